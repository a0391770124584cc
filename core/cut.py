# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the cut lies inside a plate: by timecode, else by frame numbers, else by handles."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .editorial.model import Event
from .errors import PlacementRefused, TimecodeError
from .footage import Footage
from .placement import StartFacts, signed_distance
from .timecode import Timecode, nominal_rate, rate_text


@dataclass(frozen=True)
class Cut:
    """The cut as plate frames: `offset` from the first frame to the cut in (negative = not delivered), `count` long.

    `edit_frames` is its length in the edit, `basis` the clause that says what decided.
    """

    offset: int
    count: int
    edit_frames: int
    basis: str
    speed: Fraction = Fraction(1)
    notes: tuple[str, ...] = ()


def find_cut(footage: Footage, event: Event | None, facts: StartFacts, rate: Fraction | None) -> Cut:
    """The cut of a plate. `rate` counts the plate's timecode. Raises PlacementRefused where nothing fits."""
    if event is None:
        return by_handles(footage, facts)
    start = None if footage.doubt else footage.start(rate)
    if event.source_in is not None and start is not None:
        return by_timecode(footage, event, start)
    numbered = _by_file_numbers(footage, event)
    if numbered is not None:
        return numbered
    why = footage.doubt or (
        "the list gives no source timecode" if event.source_in is None else "the clip has no timecode"
    )
    return by_handles(footage, facts, event, f"{event.label} could not be used: {why.rstrip('.')}.")


def at_clip_rate(label: Timecode, start: Timecode, what: str, counted: bool = False) -> tuple[Timecode, str]:
    """An edit's source label, counted at the clip's own rate and drop mode, and a note where that changed anything.

    `counted` positions are frame counts: their number is kept, not their label. Raises PlacementRefused for a label
    that the clip's counting does not have.
    """
    if counted:
        return _counted_at(label, start, what)
    if label.drop == start.drop and nominal_rate(label.rate) == nominal_rate(start.rate):
        return Timecode(label.frame, start.rate, start.drop), ""
    try:
        read = Timecode.parse(str(label), start.rate, start.drop)
    except TimecodeError as problem:
        raise PlacementRefused(
            f"{what} cannot be found in this clip: {problem.message}",
            advice=f"The list counts {_counting(label)}, the clip {_counting(start)}: give the list's true rate.",
        ) from None
    note = f"The list counts {_counting(label)}, the clip {_counting(start)}: labels were read as the clip counts."
    return read, note


def _counted_at(position: Timecode, start: Timecode, what: str) -> tuple[Timecode, str]:
    """A frame count at the clip's rate: the same number, or the same time of day where the rates differ."""
    own, other = nominal_rate(start.rate), nominal_rate(position.rate)
    if own == other:
        return Timecode(position.frame, start.rate, start.drop), ""
    frame = Fraction(position.frame * own, other)
    if frame.denominator != 1:
        raise PlacementRefused(
            f"{what} falls between two frames of this clip, which runs at {rate_text(start.rate)}.",
            advice="Export the edit at the clip's rate, or as an EDL.",
        )
    note = f"The edit counts this clip at {rate_text(position.rate)}, the clip itself at {rate_text(start.rate)}."
    return Timecode(int(frame), start.rate, start.drop), note


def source_range(event: Event, start: Timecode) -> tuple[int, int, str]:
    """(offset, count, note): where the event's source lies from the clip's `start` on, in plate frames.

    The offset takes the shorter way round the day, so a clip may run over midnight. Raises PlacementRefused for
    labels that the clip's counting does not have, and for an event without a source in.
    """
    if event.source_in is None:
        raise PlacementRefused(f"{event.label} states no source timecode.")
    where = f"Source in {event.source_in} of {event.label}"
    source_in, note = at_clip_rate(event.source_in, start, where, event.counted)
    count = event.source_frames
    if event.speed == 1 and event.source_out is not None:
        where = f"Source out {event.source_out} of {event.label}"
        source_out, _same_note = at_clip_rate(event.source_out, start, where, event.counted)
        count = source_out.frames_since(source_in)
    return signed_distance(start, source_in), count or 1, note


def by_timecode(footage: Footage, event: Event, start: Timecode) -> Cut:
    """The cut where the event's source labels lie in the clip's timecode.

    Raises PlacementRefused where clip and event have no frame in common.
    """
    offset, count, note = source_range(event, start)
    source_in = start + offset
    if offset >= footage.length or offset + count <= 0:
        last = start + (footage.length - 1)
        raise PlacementRefused(
            f"{event.label} needs {source_in} to {source_in + (count - 1)}, "
            f"the clip holds {start} to {last}: they have no frame in common.",
            advice="Choose another event for this clip, or place it without one.",
        )
    basis = f"source in {source_in} of {event.label}"
    return Cut(offset, count, event.cut_frames or count, basis, event.speed, (note,) if note else ())


def by_handles(footage: Footage, facts: StartFacts, event: Event | None = None, note: str = "") -> Cut:
    """The cut as what the handles leave of the plate. Raises PlacementRefused where they leave nothing."""
    length = footage.length
    notes = [note] if note else []
    head, tail = facts.head or 0, facts.tail or 0
    if length == 1 and (head or tail):
        notes.append("A single frame has no handles.")
        head = tail = 0
    count = length - head - tail
    if head < 0 or tail < 0 or count < 1:
        raise PlacementRefused(
            f"Handles of {head} and {tail} frames (from {facts.source}) do not fit into {length} frames.",
            footage.path or None,
            "Correct the handles of the shot, or place the plate with handles of 0.",
        )
    known = facts.head is not None or facts.tail is not None
    basis = f"handles of {head} and {tail} frames (from {facts.source})"
    if not known or length == 1:
        basis = "the whole plate, as no handles are known" if length > 1 else "its only frame"
    wanted = event.source_frames if event is not None else None
    if wanted is not None and wanted != count and event is not None:
        notes.append(f"{event.label} is {wanted} frames long, the plate without its handles {count}.")
    return Cut(head, count, count, basis, Fraction(1), tuple(notes))


def _by_file_numbers(footage: Footage, event: Event) -> Cut | None:
    """The cut by the numbers in the file names: as a note of the list states them, or as frames of the day."""
    if footage.kind != "sequence" or not footage.frames:
        return None
    first, last = footage.frames.first, footage.frames.last
    if event.expected is not None and event.expected[0] <= last and event.expected[1] >= first:
        low, high = event.expected
        count = high - low + 1
        basis = f"file frames {low} to {high}, which the note of {event.label} asks for"
        return Cut(low - first, count, event.cut_frames or count, basis, event.speed)
    if event.source_in is None or footage.start_label is not None:
        return None
    start = event.source_in.wrapped().frame
    count = event.source_frames or 1
    if start > last or start + count <= first:
        return None
    basis = f"file frame {start}, which is source in {event.source_in} of {event.label} counted as frames"
    note = "The clip has no timecode: its frame numbers were taken for frames of the day."
    return Cut(start - first, count, event.cut_frames or count, basis, event.speed, (note,))


def _counting(label: Timecode) -> str:
    return f"{rate_text(label.rate)} {'drop' if label.drop else 'non-drop'}"
