# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the timecode of a sequence count with its frames? Where not, which frames break the run."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..errors import TimecodeError
from ..media import TimecodeBreak
from ..timecode import Timecode

# A code that stands still breaks at every frame: the first ones tell it.
MOST_BREAKS = 100
# Tried where a sequence does not state its rate; the one that breaks least is what its labels count in.
_USUAL_RATES = (Fraction(24), Fraction(25), Fraction(30), Fraction(60))


def timecode_breaks(
    labels: Sequence[tuple[int, str | None]], rate: Fraction | None, most: int = MOST_BREAKS
) -> tuple[TimecodeBreak, ...]:
    """The first frames, at most `most`, whose label neither counts on from the start nor from the frame before.

    `labels` are (frame number, label) in ascending order. Nothing breaks where no frame has a label. Above 30 frames
    a second a label may stand for a pair of frames (SMPTE ST 12-1); then both ways of counting are tried.
    """
    if not any(label for _frame, label in labels):
        return ()
    best: list[TimecodeBreak] | None = None
    for count_rate, frames_per_label, phase in _ways_of_counting(rate):
        breaks = _breaks(labels, count_rate, frames_per_label, phase, most)
        if not breaks:
            return ()
        if best is None or len(breaks) < len(best):
            best = breaks
    return tuple(best or ())


def _ways_of_counting(rate: Fraction | None) -> list[tuple[Fraction, int, int]]:
    if rate is None:
        return [(usual, 1, 0) for usual in _USUAL_RATES]
    if rate > 30:
        return [(rate, 1, 0), (rate / 2, 2, 0), (rate / 2, 2, 1)]
    return [(rate, 1, 0)]


def _breaks(
    labels: Sequence[tuple[int, str | None]], rate: Fraction, frames_per_label: int, phase: int, most: int
) -> list[TimecodeBreak]:
    breaks: list[TimecodeBreak] = []
    start: Timecode | None = None
    first = 0
    before: tuple[int, bool] | None = None
    for frame, label in labels:
        found = _parsed(label, rate)
        if start is None:
            if found is not None:
                start, first = found, frame
            continue
        expected = start + (frame - first + phase) // frames_per_label
        if found is not None:
            # How far the label is off; a run that goes on after a jump is off by the same.
            off = ((found.frame - expected.frame) % start.frames_per_day, found.drop)
            goes_on = off in ((0, start.drop), before)
            before = off
            if goes_on:
                continue
        breaks.append(TimecodeBreak(frame, label, str(expected)))
        if len(breaks) >= most:
            break
    return breaks


def _parsed(label: str | None, rate: Fraction) -> Timecode | None:
    """The position; a drop label at a rate without drop numbering is read as non-drop, as real cameras write it."""
    for drop in (None, False):
        try:
            return None if label is None else Timecode.parse(label, rate, drop)
        except TimecodeError:
            continue
    return None
