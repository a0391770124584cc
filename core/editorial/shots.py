# SPDX-License-Identifier: GPL-3.0-or-later
"""Shots that an edit names, with the length of their cut: what a shot lasts in Ramses, handles not counted."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .model import Edit, Event


@dataclass(frozen=True)
class EditShot:
    """A shot as the edit has it. `frames` is its cut length at `rate`, `basis` says in words what was counted."""

    shot: str
    sequence: str | None
    frames: int | None
    rate: Fraction
    events: tuple[Event, ...]
    basis: str

    @property
    def seconds(self) -> Fraction | None:
        """The duration that Ramses stores."""
        return None if self.frames is None else self.frames / self.rate


def shots_from_edit(edit: Edit) -> tuple[EditShot, ...]:
    """Every shot that the edit names, once, in the order of the list.

    A shot of several events lasts from its first frame in the edit to its last one, where those events follow each
    other or lie on top of each other; otherwise the sum of its events.
    """
    found: dict[str, list[Event]] = {}
    for event in edit.picture:
        if event.shot is not None:
            found.setdefault(event.shot, []).append(event)
    return tuple(_shot(shot, events, edit.rate) for shot, events in found.items())


def _shot(shot: str, events: list[Event], rate: Fraction) -> EditShot:
    sequence = next((event.sequence for event in events if event.sequence is not None), None)
    frames, basis = _length(events)
    return EditShot(shot, sequence, frames, rate, tuple(events), basis)


def _length(events: list[Event]) -> tuple[int | None, str]:
    """The cut length of a shot in frames, and what it was taken from."""
    if len(events) == 1:
        event = events[0]
        if event.record_in is not None:
            return event.cut_frames, "cut length in the edit, without handles"
        if event.source_length is not None:
            return event.source_length, "source length in the list, which states no record"
        if event.expected is not None:
            return event.expected[1] - event.expected[0] + 1, "the file range that a note of the list asks for"
        return None, "the list states no length"
    spans = sorted(
        (event.record_in.frame, event.record_in.frame + (event.cut_frames or 0))
        for event in events
        if event.record_in is not None
    )
    if len(spans) != len(events):
        lengths = [event.cut_frames for event in events if event.cut_frames is not None]
        return (sum(lengths) if lengths else None), f"the sum of its {len(events)} events"
    end = spans[0][1]
    for first, last in spans[1:]:
        if first > end:
            return sum(last - first for first, last in spans), f"the sum of its {len(events)} separate events"
        end = max(end, last)
    return end - spans[0][0], f"from the first to the last frame of its {len(events)} events, without handles"
