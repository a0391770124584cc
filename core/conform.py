# SPDX-License-Identifier: GPL-3.0-or-later
"""Conform: from footage, event, shot start and policy to exact frames, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .cut import Cut, find_cut
from .editorial.model import Event
from .errors import PlacementRefused
from .footage import Footage
from .placement import BLENDER, NUKE, POLICIES, HostLimits, Placement, Policy, StartFacts
from .placement_record import Recorded, from_record, placement_record, with_sidecar
from .start_facts import start_facts
from .timecode import Timecode, nominal_rate, rate_text

__all__ = [
    "BLENDER",
    "NUKE",
    "POLICIES",
    "HostLimits",
    "Placement",
    "Policy",
    "Recorded",
    "StartFacts",
    "from_record",
    "place",
    "placement_record",
    "start_facts",
    "with_sidecar",
]


@dataclass(frozen=True)
class _Seat:
    """Where the first file frame goes, and the sentence that says why."""

    timeline_first: int
    reason: str


def place(
    footage: Footage,
    policy: Policy,
    *,
    shot_start: StartFacts | int = 1001,
    event: Event | None = None,
    project_rate: Fraction | None = None,
    limits: HostLimits | None = None,
) -> Placement:
    """Place footage on a timeline.

    `shot-start` puts the cut in on the shot's start frame, handles before it; `source-frames` keeps the numbers of
    the files; `timecode` puts every frame at its timecode, counted as frames at the clip's rate. `project_rate` is
    the host's rate. Raises PlacementRefused, with the reason, where the policy cannot be honoured exactly.
    """
    _check(footage, policy)
    facts = shot_start if isinstance(shot_start, StartFacts) else StartFacts(shot_start, source="the given start frame")
    rate, notes = _rates(footage, event, project_rate)
    start, timecode_note = footage.timecode(rate)
    cut = find_cut(footage, event, facts, rate)
    seat = _seat(footage, policy, facts, cut, start)
    first = seat.timeline_first
    cut_in = first + cut.offset
    placement = Placement(
        policy=policy,
        first_file_frame=footage.frames.first,
        last_file_frame=footage.frames.last,
        timeline_first=first,
        cut_in=cut_in,
        cut_out=cut_in + cut.count - 1,
        head_handle=min(max(0, cut.offset), footage.length),
        tail_handle=min(max(0, footage.length - cut.offset - cut.count), footage.length),
        reason=seat.reason,
        rate=rate,
        project_rate=project_rate,
        start_timecode=start,
        speed=cut.speed,
        edit_frames=cut.edit_frames,
        notes=(*notes, *((timecode_note,) if timecode_note else ()), *cut.notes, *_cut_notes(footage, cut, start)),
    )
    if limits is not None:
        _check_limits(placement, limits)
    return placement


def _check(footage: Footage, policy: Policy) -> None:
    path = footage.path or None
    if policy not in POLICIES:
        raise PlacementRefused(f"{policy!r} is no placement policy.", advice=f"Use one of {', '.join(POLICIES)}.")
    if footage.kind == "udim":
        raise PlacementRefused("UDIM tiles are parts of one picture: they have no place in time.", path)
    if not footage.frames:
        raise PlacementRefused("The length of this clip is unknown, so it cannot be placed.", path, "Probe it again.")


def _rates(footage: Footage, event: Event | None, project: Fraction | None) -> tuple[Fraction | None, list[str]]:
    """The rate that counts the clip's timecode, and what must be said about rates."""
    own = footage.rate
    if own is None:
        listed = event.source_in.rate if event is not None and event.source_in is not None else None
        rate = project or listed
        if rate is None or footage.start_label is None:
            return rate, []
        whose = "project's" if project is not None else "edit's"
        return rate, [f"The clip does not state its rate: the {whose} {rate_text(rate)} was taken."]
    if project is None or project == own:
        return own, []
    if nominal_rate(own) == nominal_rate(project):
        effect = "the labels are the same, the speed differs by 0.1 %"
    else:
        change = abs(project / own - 1) * 100
        effect = f"it plays {float(change):.4g} % {'faster' if project > own else 'slower'}"
    return own, [
        f"The clip runs at {rate_text(own)}, the project at {rate_text(project)}: placed frame for frame, {effect}."
    ]


def _seat(footage: Footage, policy: Policy, facts: StartFacts, cut: Cut, start: Timecode | None) -> _Seat:
    if policy == "shot-start":
        first = facts.start - cut.offset
        reason = f"The cut in sits on {facts.start} (from {facts.source}), found by {cut.basis}"
        return _Seat(first, f"{reason}; so the first frame{_labelled(start)} sits on {first}.")
    if policy == "source-frames":
        first = footage.frames.first
        kept = "The numbers of the files are kept" if footage.kind == "sequence" else "The file counts its own frames"
        return _Seat(first, f"{kept}: the first frame{_labelled(start)} sits on {first}; cut found by {cut.basis}.")
    if footage.doubt:
        raise PlacementRefused(
            f"The timecode cannot be trusted: {footage.doubt}",
            footage.path or None,
            "Check its frames one by one, or place it by shot start or source frames.",
        )
    if start is None:
        missing = footage.timecode(footage.rate)[1] or (
            "The clip has no timecode." if footage.start_label is None else "Nobody knows the rate of its timecode."
        )
        raise PlacementRefused(
            f"{missing} The timecode policy needs one.",
            footage.path or None,
            "Place it by shot start or source frames.",
        )
    first = start.wrapped().frame
    reason = f"The first frame's timecode {start} is frame {first} at {rate_text(start.rate)}, so it sits there"
    return _Seat(first, f"{reason}; cut found by {cut.basis}.")


def _labelled(start: Timecode | None) -> str:
    return "" if start is None else f" ({start})"


def _cut_notes(footage: Footage, cut: Cut, start: Timecode | None) -> list[str]:
    """What a person should know of the cut: frames that are missing, a retime, midnight, no timecode."""
    notes = []
    if footage.doubt:
        notes.append(footage.doubt)
    if start is None and footage.start_label is None:
        notes.append("The clip has no timecode: only its frame numbers place it.")
    elif start is not None and start.wrapped().frame + footage.length > start.frames_per_day:
        notes.append("The clip runs over midnight: timeline frames go on, its labels start again at 00:00:00:00.")
    if cut.offset < 0:
        notes.append(
            f"The head is short: the first {min(-cut.offset, cut.count)} frames of the cut were not delivered."
        )
    short = cut.offset + cut.count - footage.length
    if short > 0:
        notes.append(f"The tail is short: the last {min(short, cut.count)} frames of the cut were not delivered.")
    if cut.speed != 1:
        notes.append(_retime_note(cut))
    return notes


def _retime_note(cut: Cut) -> str:
    if cut.speed == 0:
        return f"The edit holds this frame for {cut.edit_frames} frames; the plate is placed unchanged."
    percent = f"{float(abs(cut.speed) * 100):.6g} %"
    backwards = " backwards" if cut.speed < 0 else ""
    return (
        f"The edit plays the cut at {percent}{backwards}: {cut.count} plate frames become {cut.edit_frames}; "
        "the plate is placed unchanged, the retime is left to the artist."
    )


def _check_limits(placement: Placement, limits: HostLimits) -> None:
    """Raises PlacementRefused where the host would clamp a frame number."""
    low = min(placement.timeline_first, placement.cut_in)
    high = max(placement.timeline_last, placement.cut_out)
    advice = "Place it by shot start: the source timecode is kept beside the frames."
    if high > limits.highest:
        raise PlacementRefused(f"{limits.name} cannot hold frame {high}: it ends at {limits.highest}.", advice=advice)
    if low < limits.lowest:
        raise PlacementRefused(f"{limits.name} cannot hold frame {low}: it begins at {limits.lowest}.", advice=advice)
    if placement.cut_in < limits.lowest_cut:
        raise PlacementRefused(
            f"{limits.name} cannot start a scene at {placement.cut_in}: {limits.lowest_cut} is its lowest start.",
            advice="Use a shot start such as 1001.",
        )
