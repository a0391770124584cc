# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordered versus delivered: what the edit needs of every clip, and how much of it has arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .cut import source_range
from .editorial.model import Edit, Event
from .errors import PlacementRefused
from .footage import Footage
from .frames import NO_FRAMES, FrameSet
from .match import Criteria, Match, Matched, Matches, match_all
from .timecode import nominal_rate, rate_text

# `unchecked`: delivered by name, but nothing tells which part of the source it is.
Status = Literal["covered", "short", "gaps", "missing", "several", "wrong-rate", "unchecked"]
GOOD: tuple[Status, ...] = ("covered", "unchecked")


@dataclass(frozen=True)
class OrderLine:
    """One ordered event and what was delivered for it.

    `head_handle` and `tail_handle` are delivered frames outside what the event needs, `head_short` and `tail_short`
    frames that it lacks, handles that were asked for counted in. `needed` is the number of source frames, transition
    and retime counted in. `gaps` are file frames inside the needed range that are not there. `clips` are positions in
    the delivery. `message` is one sentence.
    """

    event: Event
    status: Status
    message: str
    clips: tuple[int, ...] = ()
    needed: int | None = None
    head_handle: int = 0
    tail_handle: int = 0
    head_short: int = 0
    tail_short: int = 0
    gaps: FrameSet = NO_FRAMES
    by: str = ""

    @property
    def retimed(self) -> bool:
        """True where the edit plays the clip at another speed."""
        return self.event.speed != 1

    def document(self, footage: Sequence[Footage]) -> dict[str, Any]:
        """The line as JSON: the event's own keys and what was delivered."""
        return {
            **self.event.document(),
            "status": self.status,
            "message": self.message,
            "clips": [footage[at].name for at in self.clips],
            "paths": [footage[at].path for at in self.clips],
            "needed_frames": self.needed,
            "head_handle": self.head_handle,
            "tail_handle": self.tail_handle,
            "head_short": self.head_short,
            "tail_short": self.tail_short,
            "gaps": str(self.gaps),
            "matched_by": self.by or None,
        }


@dataclass(frozen=True)
class Order:
    """The whole comparison. `unordered` are positions of clips that no event needs, with near misses in `matches`."""

    edit: Edit
    footage: tuple[Footage, ...]
    lines: tuple[OrderLine, ...]
    unordered: tuple[int, ...]
    matches: Matches
    handles: tuple[int, int] = (0, 0)

    @property
    def complete(self) -> bool:
        """True where every event has what it needs, as far as it could be checked."""
        return all(line.status in GOOD for line in self.lines)

    def document(self) -> dict[str, Any]:
        """The comparison as JSON: `lines` by event, `unordered` clips, `summary` counts by status."""
        return {
            "title": self.edit.title,
            "rate": rate_text(self.edit.rate),
            "rate_source": self.edit.rate_source,
            "handles": list(self.handles),
            "complete": self.complete,
            "summary": summary(self),
            "lines": [line.document(self.footage) for line in self.lines],
            "unordered": [
                {
                    "clip": self.footage[at].name,
                    "path": self.footage[at].path,
                    "near": list(self.matches.by_footage[at].near),
                }
                for at in self.unordered
            ],
            "notes": list(self.edit.notes),
            "refused_lines": [problem.document() for problem in self.edit.refused_lines],
        }


def compare(
    edit: Edit, footage: Sequence[Footage], *, criteria: Criteria | None = None, handles: tuple[int, int] = (0, 0)
) -> Order:
    """Compare an edit with a delivery. `handles` are the head and tail frames that were ordered around each cut."""
    matches = match_all(edit, footage, criteria)
    lines = tuple(
        _line(event, matched, edit, matches.footage, handles)
        for event, matched in zip(matches.events, matches.by_event, strict=True)
    )
    unordered = tuple(at for at, matched in enumerate(matches.by_footage) if matched.kind == "none")
    return Order(edit, matches.footage, lines, unordered, matches, handles)


def summary(order: Order) -> dict[str, int]:
    """How many events have which status, how many are retimed, and how many clips nobody ordered."""
    counts: dict[str, int] = {"events": len(order.lines)}
    counts.update(sorted(Counter(line.status for line in order.lines).items()))
    counts["retimed"] = sum(line.retimed for line in order.lines)
    counts["unordered"] = len(order.unordered)
    return counts


def _line(
    event: Event, matched: Matched, edit: Edit, footage: tuple[Footage, ...], handles: tuple[int, int]
) -> OrderLine:
    needed = event.source_frames
    needed = None if needed is None else needed + overlap_frames(event)
    if matched.kind == "none":
        wanted = f"{needed} frames of it are needed" if needed else "its length is unknown"
        return OrderLine(event, "missing", f"Nothing was delivered for {event.label}: {wanted}.", needed=needed)
    checked = [_checked(event, match, footage[match.footage], edit, needed, handles) for match in matched.matches]
    if len(checked) == 1:
        return checked[0]
    clips = tuple(match.footage for match in matched.matches)
    names = ", ".join(sorted({footage[at].name for at in clips})[:4])
    best = min(checked, key=lambda line: GOOD.index(line.status) if line.status in GOOD else len(GOOD))
    if best.status in GOOD and len({footage[at].name for at in clips}) == 1:
        return OrderLine(
            event,
            best.status,
            f"{best.message} It was delivered {len(clips)} times.",
            clips,
            needed,
            best.head_handle,
            best.tail_handle,
            by=best.by,
        )
    message = f"{len(clips)} clips fit {event.label} equally well: {names}."
    return OrderLine(event, "several", message, clips, needed, by=checked[0].by)


def overlap_frames(event: Event) -> int:
    """The source frames that the next event's transition still shows, the speed counted in."""
    return -(-event.overlap_out * abs(event.speed).numerator // abs(event.speed).denominator)


def _checked(
    event: Event, match: Match, clip: Footage, edit: Edit, needed: int | None, handles: tuple[int, int]
) -> OrderLine:
    """One event against the one clip that was delivered for it."""
    clips, by = (match.footage,), match.by
    problem = _rate_problem(clip, edit)
    if problem:
        return OrderLine(event, "wrong-rate", problem, clips, needed, by=by)
    start = clip.start(event.source_in.rate if event.source_in is not None else None)
    placed = None
    if start is not None and event.source_in is not None and not clip.doubt and match.coverage != "unknown":
        try:
            offset, count, _note = source_range(event, start)
        except PlacementRefused as refused:
            return OrderLine(event, "wrong-rate", refused.message, clips, needed, by=by)
        overlap = overlap_frames(event)
        placed = offset - (overlap if event.speed < 0 else 0), count + overlap
    elif event.expected is not None and clip.kind == "sequence" and clip.frames:
        first, last = event.expected
        placed = first - clip.frames.first, last - first + 1
    if placed is None:
        return _unplaced(event, match, clip, needed)
    return _covered(event, match, clip, placed, handles)


def _covered(event: Event, match: Match, clip: Footage, placed: tuple[int, int], handles: tuple[int, int]) -> OrderLine:
    """`placed` is the needed range: offset from the clip's first frame, and length."""
    offset, count = placed
    head, tail = offset, clip.length - offset - count
    head_short, tail_short = max(0, handles[0] - head), max(0, handles[1] - tail)
    first = clip.frames.first + max(0, offset - handles[0])
    last = min(clip.frames.last, clip.frames.first + offset + count - 1 + handles[1])
    gaps = clip.frames.gaps & FrameSet(((first, last),)) if last >= first else NO_FRAMES
    said = f"{clip.name} covers {event.label} with handles of {max(0, head)} and {max(0, tail)} frames"
    status: Status = "covered"
    if head_short or tail_short:
        status = "short"
        ends = [f"{end} by {n}" for end, n in (("head", head_short), ("tail", tail_short)) if n]
        asked = f", handles of {handles[0]} and {handles[1]} counted in" if any(handles) else ""
        said = f"{clip.name} is too short for {event.label}: {' and '.join(ends)} frames{asked}"
    if gaps:
        status = "short" if status == "short" else "gaps"
        said += f"; {len(gaps)} frames inside it are missing: {shown_ranges(gaps)}"
    return OrderLine(
        event,
        status,
        f"{said}.{_retime_words(event, count)}",
        (match.footage,),
        count,
        max(0, head),
        max(0, tail),
        head_short,
        tail_short,
        gaps,
        match.by,
    )


def _unplaced(event: Event, match: Match, clip: Footage, needed: int | None) -> OrderLine:
    """A clip known by name only: its length is all that can be compared."""
    if needed is not None and clip.length and clip.length < needed:
        short = needed - clip.length
        message = f"{clip.name} has {clip.length} frames, {event.label} needs {needed}: {short} too few at least."
        return OrderLine(event, "short", message, (match.footage,), needed, tail_short=short, by=match.by)
    message = f"{clip.name} was delivered for {event.label}; without timecode nobody can tell which part it is."
    return OrderLine(
        event, "unchecked", f"{message}{_retime_words(event, needed)}", (match.footage,), needed, by=match.by
    )


def _rate_problem(clip: Footage, edit: Edit) -> str:
    """A sentence where the clip's rate is not the edit's; "" where it is, or where nobody states one of them."""
    if clip.rate is None or clip.rate == edit.rate:
        return ""
    if edit.rate_assumed and nominal_rate(clip.rate) == nominal_rate(edit.rate):
        return ""
    assumed = " (assumed)" if edit.rate_assumed else ""
    return f"{clip.name} runs at {rate_text(clip.rate)} frames a second, the edit at {rate_text(edit.rate)}{assumed}."


def _retime_words(event: Event, needed: int | None) -> str:
    if event.speed == 1 or needed is None:
        return ""
    if event.speed == 0:
        return f" The edit holds 1 frame for {event.cut_frames}."
    percent = float(event.speed * 100)
    return f" The edit plays it at {percent:.6g} %: {needed} source frames for {event.cut_frames} of the edit."


def shown_ranges(frames: FrameSet, most: int = 12) -> str:
    """The first ranges of a frame set for a sentence, and how many more there are."""
    parts = str(frames).split(",")
    return ", ".join(parts[:most]) + (f" and {len(parts) - most} more ranges" if len(parts) > most else "")
