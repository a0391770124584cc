# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the plan: names checked, files looked at, versions counted, findings gathered. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .assign import Assigned, assign
from .checks import (
    ColourCase,
    Target,
    check_collisions,
    check_colour,
    check_completeness,
    check_frames_report,
    check_media,
    check_spec,
    expected_spec,
)
from .delivery import Delivered, Delivery
from .destination import Shelves, shots_on_disk
from .errors import NameRefused
from .events import Cancel, Event, Listener, silent
from .finding import Finding, blocks, error, info, warning
from .footage import Footage
from .ids import DEFAULT_STATES, check_id, check_resource, check_state
from .manifest_check import Manifests
from .mhl_delivered import find_manifests, folders_of, histories_above, read_manifests
from .order import compare as compare_with_edit
from .order_report import findings as findings_of
from .placement_record import placement_record
from .plan import Plan, PlannedClip, PlanOptions, clip_key
from .project_facts import compare
from .redelivery import check_published
from .registration import shot_frames
from .scan_result import ScanResult
from .shot_names import ShotName, unique_shots
from .source_files import SourceFiles
from .tree import shot_spelling, version_folder


@dataclass(frozen=True)
class _Delivered:
    """What is known of the delivery beside its clips: files that an earlier plan looked at, the vendor's manifests."""

    sources: Mapping[str, SourceFiles]
    manifests: Manifests


def make_plan(
    delivery: Delivery,
    options: PlanOptions,
    *,
    before: Plan | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> Plan:
    """Plan a delivery. Raises NameRefused where project or state cannot be written at all, Cancelled.

    `before` is an earlier plan of the same delivery, whose look at the delivered files is taken over: planning again
    after an edit then costs no disk. A file that changed since is found when it is copied.
    """
    cancel = cancel or Cancel()
    check_id("project", options.view.project, options.view.states or DEFAULT_STATES)
    state = check_state(options.state)
    assigned = assign(delivery.items, options)
    names = _shot_names(options, assigned)
    clips = []
    for one, name in zip(assigned, names, strict=True):
        cancel.check()
        clips.append(_name(one, name, options, state))
    clips = _between_clips(clips, delivery)
    manifests = _manifests(delivery, options, cancel) if before is None else before.manifests
    told = {clip.key: clip.listing for clip in before.clips if clip.listing} if before is not None else {}
    shelves = Shelves(options.root, options.view.project)
    known = [clip.sources for clip in before.clips] if before is not None else []
    seen = {clip_key(files.clip): files for files in known if files is not None and not files.problems}
    delivered = _Delivered(seen, manifests)
    # Main plates count first, so that a plate and its reference arrive as 001 and REF_002.
    for done, index in enumerate(sorted(range(len(clips)), key=lambda at: bool(clips[at].resource)), start=1):
        cancel.check()
        clips[index] = replace(clips[index], listing=told.get(clips[index].key))
        clips[index] = _place_on_shelf(clips[index], options, shelves, delivered, cancel)
        listen(Event("plan", done, len(clips), "clips", clips[index].clip.label))
    missing = manifests.missing((clip.clip for clip in clips), delivery.ignored)
    whole = (*manifests.findings(missing), *_against_the_edit(assigned, options))
    return Plan(options, delivery.paths, tuple(clips), delivery.ignored, delivery.warnings, whole, manifests, missing)


def _manifests(delivery: Delivery, options: PlanOptions, cancel: Cancel) -> Manifests:
    """The vendor's manifests, read, and those that cannot be used with the reason."""
    if options.check_manifests == "off":
        return Manifests()
    paths = find_manifests(delivery.ignored, delivery.paths, options.manifests)
    listings, refused = read_manifests(paths, cancel)
    above, broken = read_manifests(set(histories_above(delivery.paths)).difference(paths), cancel)
    listings += [listing for listing in above if listing.narrow(folders_of(delivery.paths))]
    refused += broken
    return Manifests(tuple(listings), tuple((path, problem.message) for path, problem in refused))


def _against_the_edit(assigned: Sequence[Assigned], options: PlanOptions) -> tuple[Finding, ...]:
    """What the edit ordered and this delivery does not have, or not in full; nothing without an edit."""
    if options.edit is None:
        return ()
    footage = [one.footage for one in assigned if one.delivered.media.error is None]
    order = compare_with_edit(options.edit, footage, criteria=options.criteria)
    return tuple(finding for finding in findings_of(order) if finding.severity != "info")


def _shot_names(options: PlanOptions, assigned: Sequence[Assigned]) -> list[ShotName]:
    """The id under which each clip's shot is published, unique across sequences, spelled as the project has it."""
    identities = [one.identity for one in assigned]
    wanted = {identity.shot.upper() for identity in identities if identity.shot}
    on_disk = shots_on_disk(options.root, options.view.project, wanted)
    existing = {**on_disk, **options.view.shots}
    for key, (spelling, sequence) in on_disk.items():
        # what lies on disk is spelled as it is spelled there; Ramses knows the sequence better
        existing[key] = (spelling, options.view.shots.get(key, (spelling, sequence))[1] or sequence)
    names = unique_shots(identities, existing, options.view.states or DEFAULT_STATES)
    spellings = [spelling for spelling, _sequence in existing.values()]
    return [name if name.shot is None else replace(name, shot=shot_spelling(name.shot, spellings)) for name in names]


def _name(one: Assigned, name: ShotName, options: PlanOptions, state: str) -> PlannedClip:
    """The clip with its ids as Ramses writes them, or with the findings that say why it cannot."""
    item, identity = one.delivered, one.identity
    findings = list(one.findings)
    ids: dict[str, str] = {}
    if one.override.skip:
        findings.append(error("left-out", "Left out by hand."))
    elif name.refusal is not None:
        findings.append(error("bad-name", name.refusal.message, advice=name.refusal.advice))
    elif name.shot is None:
        advice = "Name it by hand, or give a naming rule that reads this name (see: rules infer)."
        findings.append(error("unmatched", "No rule tells the shot from this name.", advice=advice))
    else:
        values = {"shot": name.shot, "step": _step(one, options), "resource": identity.resource or ""}
        if name.sequence:
            values["sequence"] = name.sequence
        ids, refused = _checked(values, options.view.states or DEFAULT_STATES)
        findings += [*refused, *_step_doubt(one, values["step"])]
    if item.clip.kind == "udim":
        findings.append(error("udim", "These are UDIM tiles of a texture, not frames of a plate."))
    findings += check_media(item.clip, item.media)
    findings += check_completeness(item.clip, options.incomplete or "publish")
    if item.frames is not None:
        findings += check_frames_report(item.clip, item.frames)
    return PlannedClip(
        clip=item.clip,
        media=item.media,
        identity=identity,
        shot=ids.get("shot", ""),
        sequence=ids.get("sequence"),
        step=ids.get("step", ""),
        resource=ids.get("resource", ""),
        state=state,
        rate=one.rate or options.view.spec.rate,
        rate_manual=one.rate_manual,
        colorspace=one.override.colorspace or options.colorspace or item.media.colour.space,
        colorspace_manual=bool(one.override.colorspace or options.colorspace),
        event=one.event,
        timecode_breaks=tuple((found.frame, found.found) for found in item.frames.timecode_breaks)
        if item.frames
        else (),
        record=_record(one.footage, one, options),
        findings=tuple(findings),
    )


def _breaks(item: Delivered) -> tuple[tuple[int, str | None], ...]:
    return () if item.frames is None else tuple((found.frame, found.found) for found in item.frames.timecode_breaks)


def _checked(values: dict[str, str], states: tuple[str, ...]) -> tuple[dict[str, str], list[Finding]]:
    """The ids that Ramses can write, and an error for each that it cannot."""
    good, findings = {}, []
    for kind, value in values.items():
        try:
            good[kind] = check_resource(value, states) if kind == "resource" else check_id(kind, value, states)
        except NameRefused as refused:
            findings.append(error("bad-name", refused.message, advice=refused.advice))
    return good, findings


def _record(footage: Footage, one: Assigned, options: PlanOptions) -> dict[str, object]:
    step = _step(one, options).upper()
    start = next((facts for name, facts in options.view.starts.items() if name.upper() == step), None)
    return placement_record(footage, event=one.event, start=options.start or start)


def _step(one: Assigned, options: PlanOptions) -> str:
    """The step as the project spells it: the person's, the one in the name where the project has it, the default."""
    known = {step.upper(): step for step in options.view.steps}
    named = one.identity.step or ""
    wanted = one.override.step or options.step or (named if named.upper() in known else options.usual_step)
    return known.get(wanted.upper(), wanted)


def _step_doubt(one: Assigned, step: str) -> list[Finding]:
    """A warning where the name speaks of another step than the one the clip goes to, and nobody said so."""
    named = one.identity.step
    if named is None or one.override.step is not None or named.upper() == step.upper():
        return []
    text = f"The name says step {named}; the clip goes to {step}."
    return [warning("other-step", text, advice=f"Say --step {named} if it belongs there.")]


def _between_clips(clips: list[PlannedClip], delivery: Delivery) -> list[PlannedClip]:
    """Add what only shows between clips: collisions, colour tags that disagree, files still arriving."""
    targets = [
        Target(clip.shot, clip.step, clip.resource, clip.clip.label) if clip.shot and not clip.blocked else None
        for clip in clips
    ]
    collisions = check_collisions(targets)
    cases = [ColourCase(clip.media.colour, clip.sequence, bool(clip.resource) or clip.blocked) for clip in clips]
    colours = check_colour(cases)
    found = ScanResult(tuple(clip.clip for clip in clips), delivery.ignored)
    result = []
    for index, clip in enumerate(clips):
        more = [found_[index] for found_ in (collisions, colours) if index in found_]
        arriving = found.still_arriving(clip.clip)
        if arriving:
            text = f"A transfer is still at work beside this clip: {arriving[0].path}."
            advice = "Wait until it is done and plan again."
            more.append(error("still-arriving", text, arriving[0].path, advice))
        result.append(replace(clip, findings=(*clip.findings, *more)))
    return result


def _place_on_shelf(
    clip: PlannedClip, options: PlanOptions, shelves: Shelves, delivered: _Delivered, cancel: Cancel
) -> PlannedClip:
    """Look at the files and at what is published; give the clip its folder and version, or refuse it."""
    if clip.blocked or not clip.shot or not clip.step:
        return replace(clip, status="refused")
    if not clip.resource:
        spec = expected_spec(clip.sequence, options.view.spec, dict(options.view.sequences))
        clip = replace(clip, findings=(*clip.findings, *check_spec(clip.media, clip.rate, spec)))
        if options.view.facts is not None:
            frames, _basis = shot_frames(options, clip)
            found = compare(options.view.facts, clip.shot, clip.sequence, clip.step, frames)
            clip = replace(clip, findings=(*clip.findings, *found))
    sources = delivered.sources.get(clip.key) or SourceFiles.take(clip.clip, threads=None, cancel=cancel)
    findings = [error("unreadable", why, name, "Deliver this file again.") for name, why in sources.problems[:20]]
    if sources.zero_byte:
        names = sources.zero_byte
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        text = f"Empty: {shown}."
        if not any(finding.code == "zero-byte" for finding in clip.findings):
            findings.append(error("zero-byte", text, names[0], "Ask the vendor for these frames again."))
    listing = clip.listing or delivered.manifests.of_clip(clip.clip, sources, options.check_manifests == "plan", cancel)
    if listing is not None:
        clip = replace(clip, listing=listing)
        findings += listing.findings()
    shelf = shelves.shelf(clip.shot, clip.step)
    clip = replace(clip, sources=sources, step_folder=shelf.path, findings=(*clip.findings, *findings))
    if blocks(findings):
        return replace(clip, status="refused")
    clip = check_published(clip, shelf.versions, options, cancel)
    if clip.status == "duplicate" or clip.blocked:
        return clip if clip.status == "duplicate" else replace(clip, status="refused")
    number = shelves.promise(shelf)
    folder = f"{shelf.path}/_published/{version_folder(number, clip.state, clip.resource)}"
    if clip.identity.version is not None and clip.identity.version != number:
        text = f"The name says version {clip.identity.version}; it becomes version {number} here."
        clip = replace(clip, findings=(*clip.findings, info("version-differs", text)))
    return replace(clip, version=number, folder=folder, status="planned")
