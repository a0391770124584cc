# SPDX-License-Identifier: GPL-3.0-or-later
"""The run: a delivery becomes a plan, a plan becomes versions, registrations and a report. Every host calls this."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from . import fsops, registration
from .cache import ProbeCache
from .delivery import survey
from .errors import Cancelled, NotAsListed, PlatesError
from .events import Cancel, Event, Listener, silent
from .finding import error, warning
from .frames import FrameSet
from .holder import Holder
from .job import Copies, PublishJob
from .manifest_check import different_files, mismatch
from .mhl_hashes import Listed
from .outbox import pending
from .plan import Plan, PlannedClip, PlanOptions
from .planner import make_plan
from .publish import publish
from .report import write_reports
from .reserve import sweep
from .run import ClipResult, Registered, RunResult, new_run_id, operator_name
from .sidecar import SidecarFacts
from .tree import PUBLISHED, REPORTS, media_stem
from .versions import PublishedVersion, versions_in

# Called with the project folder once everything is on disk: delivers what waits and says how that went.
Register = Callable[[str, Listener, Cancel], Registered]
# Called with the versions that now stand: makes their previews and returns a sentence for each that has none.
Pictures = Callable[[Sequence[PublishedVersion], Listener, Cancel], Sequence[str]]


def plan_delivery(
    paths: Sequence[str],
    options: PlanOptions,
    *,
    every_frame: bool = True,
    jobs: int | None = None,
    cache: ProbeCache | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> Plan:
    """Scan, probe, identify and plan in one go; reads only. Raises PlatesError, Cancelled."""
    delivery = survey(paths, every_frame=every_frame, jobs=jobs, cache=cache, listen=listen, cancel=cancel)
    return make_plan(delivery, options, listen=listen, cancel=cancel)


def carry_out(
    plan: Plan,
    *,
    register: Register | None = None,
    pictures: Pictures | None = None,
    jobs: int | None = None,
    run: str | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> RunResult:
    """Publish the planned clips one after the other, by version number, then register and report.

    A clip that fails costs only itself. After a cancel the clips that stand are kept, registered and reported, the
    others stay "planned". `register` None leaves the registrations waiting in the outbox, `pictures` None makes no
    previews. Events carry the key of the clip that is copied, and its ClipResult once it is through. Never raises for
    one clip.
    """
    cancel = cancel or Cancel()
    started, clock = time.time(), time.monotonic()
    run = run or new_run_id()
    operator = operator_name()
    total = _Total(listen, plan.bytes)
    clips = [ClipResult(planned, planned.status) for planned in plan.clips]
    fsops.sweep_drafts(os.path.join(plan.options.root, REPORTS))
    for index in sorted(range(len(clips)), key=lambda at: plan.clips[at].version or 0):
        planned = plan.clips[index]
        if planned.status == "planned" and not cancel.is_set:
            clips[index] = _publish_one(plan, planned, run, operator, jobs, total, cancel)
            total.add(planned.bytes)
            listen(Event("publish", total.done, total.total, "bytes", planned.clip.label, payload=clips[index]))
        elif planned.status == "duplicate" and planned.step_folder is not None:
            _tidy(plan.options.root, planned.step_folder, run)
    result = RunResult(run, plan, tuple(clips), started, time.monotonic() - clock, operator)
    return _finish(result, register, pictures, listen, cancel)


def _publish_one(
    plan: Plan, planned: PlannedClip, run: str, operator: str, jobs: int | None, total: _Total, cancel: Cancel
) -> ClipResult:
    job = make_job(plan.options, planned, run, operator)

    def sealed(version: int, folder: str) -> None:
        registration.enqueue_clip(plan.options, planned, job, version, folder)

    try:
        published = publish(job, jobs=jobs, listen=total.of_clip(planned), cancel=cancel, sealed=sealed)
    except Cancelled:
        return ClipResult(planned, "planned", None, (warning("cancelled", "Stopped before this clip was done."),))
    except NotAsListed as failure:
        return _not_as_listed(planned, failure, cancel)
    except PlatesError as failure:
        return ClipResult(planned, "failed", None, (error("publish-failed", str(failure), failure.path),))
    except MemoryError:
        return ClipResult(planned, "failed", None, (error("publish-failed", "There was not enough memory."),))
    notes = tuple(warning("publish-note", text) for text in published.warnings)
    return ClipResult(planned, "published", published, notes)


def _not_as_listed(planned: PlannedClip, failure: PlatesError, cancel: Cancel) -> ClipResult:
    """The copy stopped at the first file; all others that differ are named too, so that one request to the vendor does.

    Costs a second reading of one clip, and only of one that was refused.
    """
    different: tuple[tuple[str, str], ...] = ((os.path.basename(failure.path or ""), failure.message.rstrip(".")),)
    if planned.listing is not None and planned.sources is not None:
        with suppress(Cancelled):
            different = different_files(planned.listing.expected, planned.sources, cancel) or different
    return ClipResult(planned, "failed", None, (mismatch(different),), different)


def _tidy(root: str, step_folder: str, run: str) -> None:
    """What stands may have been committed by a run that was killed right after: nobody else removes the rest."""
    with suppress(PlatesError):  # this run writes nothing there
        sweep(os.path.join(root, *step_folder.split("/"), PUBLISHED), Holder.me(run, "tidy"))


def make_job(options: PlanOptions, planned: PlannedClip, run: str, operator: str) -> PublishJob:
    """The work unit of one planned clip."""
    if planned.sources is None or planned.step_folder is None:
        raise ValueError(f"{planned.clip.label} was not planned")
    media, clip = planned.media, planned.clip
    stem = media_stem(options.view.project, planned.shot, planned.step, planned.resource)
    suffix = f".{clip.ext}"
    prefix = stem if clip.file else f"{stem}."
    files = [Copies(planned.sources, prefix, suffix)]
    if planned.base is not None:
        kept = planned.base.clip.frames - clip.frames
        files.insert(0, Copies(planned.base, prefix, suffix, FrameSet.of(kept)))
    comment = f"Ingested from {clip.folder} by {operator}"
    facts = SidecarFacts(
        comment=comment,
        timecode=media.start_timecode,
        source=clip.folder.replace("\\", "/"),
        source_media=clip.base or clip.file,
        operator=operator,
        rate=planned.rate,
        rate_manual=planned.rate_manual,
        colorspace=planned.colorspace,
        colorspace_manual=planned.colorspace_manual,
        display=None if media.width is None or media.height is None else (media.width, media.height),
        data_window=media.data_window,
        pixel_aspect=media.pixel_aspect,
        timecode_breaks=planned.timecode_breaks,
        record={**planned.record, "sequence": planned.sequence},
    )
    return PublishJob(
        project_root=options.root,
        step_folder=planned.step_folder,
        resource=planned.resource,
        state=planned.state,
        files=tuple(files),
        run=run,
        plan=planned.hash,
        facts=facts,
        verify=options.verify,
        comment=comment,
        operator=operator,
        label=clip.label,
        expected=_by_path(planned),
    )


def _by_path(planned: PlannedClip) -> dict[str, tuple[Listed, ...]]:
    """What the vendor's manifests list and nobody has compared yet."""
    listing, folder = planned.listing, planned.clip.folder
    if listing is None or listing.compared:
        return {}
    return {os.path.join(folder, name): listed for name, listed in listing.expected.items()}


def _finish(
    result: RunResult, register: Register | None, pictures: Pictures | None, listen: Listener, cancel: Cancel
) -> RunResult:
    """Register and report what stands, also after a cancel: this is short, and the versions exist already."""
    root = result.plan.options.root
    published = any(clip.status == "published" for clip in result.clips)
    warnings = []
    registered: Registered = "off"
    if published or pending(root):
        registered = "queued"
        if register is not None:
            try:
                registered = register(root, listen, Cancel())
            except PlatesError as failure:
                warnings.append(f"Ramses was not told yet, the registrations wait: {failure}")
    if pictures is not None and not cancel.is_set:
        warnings += make_pictures(result, pictures, listen, cancel)
    result = replace(result, registered=registered, warnings=(*result.warnings, *warnings))
    if not any(clip.status in ("published", "failed") for clip in result.clips):
        return result
    try:
        report = write_reports(result)
    except PlatesError as failure:
        return replace(result, warnings=(*result.warnings, f"The report could not be written: {failure}"))
    listen(Event("report", 1, 1, "reports", message=report))
    return replace(result, report=report)


def make_pictures(result: RunResult, pictures: Pictures, listen: Listener, cancel: Cancel) -> list[str]:
    """Previews of what was published; whatever goes wrong here is a sentence and costs no version.

    What an earlier run published counts as well: it may have been killed before it made them.
    """
    root = result.plan.options.root
    steps: dict[str, set[str]] = {}
    for clip in result.clips:
        folder = clip.planned.folder if clip.status == "duplicate" else clip.published and clip.published.folder
        if folder:
            step, _, name = folder.rpartition(f"/{PUBLISHED}/")
            steps.setdefault(step, set()).add(name)
    try:
        found = [one for step, names in steps.items() for one in _newest(root, step) if one.name in names]
        return list(pictures(found, listen, cancel)) if found else []
    except Cancelled:
        return ["Stopped before all previews were made; make them with the verb preview."]
    except PlatesError as failure:
        return [f"No previews: {failure}"]


def _newest(root: str, step: str) -> list[PublishedVersion]:
    """The newest version of each plate of a step: a plate has one preview."""
    found = {one.resource.upper(): one for one in sorted(versions_in(root, step), key=lambda one: one.number)}
    return list(found.values())


class _Total:
    """Turns the bytes of single clips into the progress of the whole run."""

    def __init__(self, listen: Listener, total: int) -> None:
        self._listen = listen
        self.total = total
        self.done = 0

    def add(self, count: int) -> None:
        """A clip is through, well or badly."""
        self.done += count

    def of_clip(self, planned: PlannedClip) -> Listener:
        """The listener of one clip's publishing."""

        def listen(event: Event) -> None:
            if event.stage == "publish" and event.unit == "bytes":
                done = min(self.done + event.done, self.total)
                event = Event("publish", done, self.total, "bytes", planned.clip.label, event.message, planned.key)
            self._listen(event)

        return listen
