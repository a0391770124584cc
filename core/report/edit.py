# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report shows of an edit: every event beside what arrived for it, and where the edit itself holds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..editorial.model import Edit, Event
from ..order import GOOD, Order, OrderLine
from ..timecode import Timecode, rate_text

Mark = Literal["ok", "doubt", "lacking"]
_WORDS = {
    "covered": "delivered",
    "unchecked": "delivered, range not checked",
    "short": "too short",
    "gaps": "frames missing",
    "missing": "not delivered",
    "several": "several clips fit",
    "wrong-rate": "another rate",
}
# A list of that many holes is a pull list: its events were never meant to follow each other.
_MOST_HOLES = 12


@dataclass(frozen=True)
class EditLine:
    """One event. `ordered` names its clip, `source` and `record` are (in, out) labels, outs exclusive.

    `needed` counts source frames, `delivered` names what arrived, `handles` are the frames before and after it,
    negative where they lack.
    `place` is (start, length) on the edit's timeline as shares of the whole, None where it is not known.
    """

    number: str
    shot: str
    ordered: str
    reel: str
    source: tuple[str, str] | None
    record: tuple[str, str] | None
    needed: int | None
    delivered: tuple[str, ...]
    handles: tuple[int, int] | None
    missing: str
    mark: Mark
    word: str
    said: str
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class EditComparison:
    """An edit against a delivery. `holes` are sentences about stretches of the timeline without any event."""

    title: str
    rate: str
    lines: tuple[EditLine, ...]
    unordered: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    holes: tuple[str, ...] = ()

    @property
    def lacking(self) -> int:
        """How many events do not have what they need."""
        return sum(line.mark == "lacking" for line in self.lines)


def edit_comparison(order: Order, fates: Mapping[str, str] | None = None) -> EditComparison:
    """The comparison as a report shows it; `fates` says by path what became of a delivered clip ("v003", "refused")."""
    known = [(fates or {}).get(one.path, "") for one in order.footage]
    names = [_named(one.name, fate) for one, fate in zip(order.footage, known, strict=True)]
    places = _places([line.event for line in order.lines])
    rate = f"{rate_text(order.edit.rate)} frames a second, {order.edit.rate_source}"
    return EditComparison(
        order.edit.title or "",
        rate,
        tuple(_line(line, names, known, place) for line, place in zip(order.lines, places, strict=True)),
        tuple(names[at] for at in order.unordered),
        tuple(f"line {problem.line}: {problem.reason}" for problem in order.edit.refused_lines),
        _holes(order.edit),
    )


def _named(name: str, fate: str) -> str:
    return f"{name}, {fate}" if fate else name


def _line(line: OrderLine, names: Sequence[str], fates: Sequence[str], place: tuple[float, float] | None) -> EditLine:
    event, word = line.event, _WORDS[line.status]
    mark: Mark = "ok" if line.status == "covered" else "doubt" if line.status in GOOD else "lacking"
    if mark != "lacking" and {fates[at] for at in line.clips} <= {"refused", "failed"}:
        mark, word = "lacking", f"delivered, but {fates[line.clips[0]]}"
    placed = line.status in ("covered", "short", "gaps") and len(line.clips) == 1
    return EditLine(
        number=event.number or "",
        shot=event.shot or "",
        ordered=event.clip or "",
        reel=event.tape or "",
        source=_pair(event.source_in, event.source_out),
        record=_pair(event.record_in, event.record_out),
        needed=line.needed,
        delivered=tuple(dict.fromkeys(names[at] for at in line.clips)),
        handles=(line.head_handle - line.head_short, line.tail_handle - line.tail_short) if placed else None,
        missing=str(line.gaps),
        mark=mark,
        word=word + (", retimed" if line.retimed else ""),
        # how many handles there are stands in a column of its own
        said="" if line.status == "covered" and not line.retimed and len(line.clips) == 1 else line.message,
        place=place,
    )


def _pair(first: Timecode | None, last: Timecode | None) -> tuple[str, str] | None:
    return None if first is None or last is None else (str(first), str(last))


def _span(event: Event) -> tuple[int, int] | None:
    if event.record_in is None or event.record_out is None or event.record_out.frame <= event.record_in.frame:
        return None
    return event.record_in.frame, event.record_out.frame


def _places(events: Sequence[Event]) -> list[tuple[float, float] | None]:
    """Where each event stands on the whole timeline; nothing where that would be a picture of emptiness."""
    spans = [_span(event) for event in events]
    known = [span for span in spans if span is not None]
    if not known:
        return [None] * len(events)
    start, end = min(span[0] for span in known), max(span[1] for span in known)
    if end - start > 4 * sum(last - first for first, last in known):
        return [None] * len(events)
    whole = end - start
    return [None if span is None else ((span[0] - start) / whole, (span[1] - span[0]) / whole) for span in spans]


def _holes(edit: Edit) -> tuple[str, ...]:
    """Sentences about stretches between the first and the last event where the list has neither picture nor black."""
    events = [event for event in edit.events if event.is_picture and _span(event) is not None]
    found = list(_uncovered(sorted(events, key=lambda event: event.record_in.frame if event.record_in else 0)))
    if len(found) > _MOST_HOLES:
        frames = sum(last.frame - first.frame for first, last in found)
        return (f"{len(found)} stretches of the edit, {frames:,} frames in all, have no event in this list.",)
    return tuple(
        f"From {first} to {last} ({last.frame - first.frame:,} frames) the edit has no event." for first, last in found
    )


def _uncovered(events: Iterable[Event]) -> Iterable[tuple[Timecode, Timecode]]:
    reached: Timecode | None = None
    for event in events:
        first, last = event.record_in, event.record_out
        if first is None or last is None:
            continue
        if reached is not None and first.frame > reached.frame:
            yield reached, first
        if reached is None or last.frame > reached.frame:
            reached = last
