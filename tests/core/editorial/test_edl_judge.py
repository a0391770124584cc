# SPDX-License-Identifier: GPL-3.0-or-later
"""Hundreds of random events, written as an EDL and read by us and by OpenTimelineIO's own adapter."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from ramses_plates.core.editorial.cmx3600 import read_cmx3600
from ramses_plates.core.timecode import Timecode, can_drop

NTSC24, NTSC30, NTSC60 = (Fraction(n * 1000, 1001) for n in (24, 30, 60))
COUNTINGS = [(Fraction(n), False) for n in (24, 25, 30, 50, 60)] + [
    (NTSC24, False),
    (NTSC30, False),
    (NTSC30, True),
    (NTSC60, True),
]
EVENTS = 80


def written(rate: Fraction, drop: bool) -> tuple[str, list[tuple[int, int, int]]]:
    """The text of an EDL with random events, and their source in, length and record in as frames."""
    chance = random.Random(f"{rate}{drop}")
    # OpenTimelineIO ends the day of 29.97 and 59.94 where drop-frame counting ends it.
    day = Timecode(0, rate, can_drop(rate) and rate.denominator == 1001).frames_per_day
    record = Timecode(chance.randrange(day // 4), rate, drop)
    lines, truth = ["TITLE: random", "FCM: NON-DROP FRAME"], []
    for number in range(1, EVENTS + 1):
        length = chance.randrange(1, 2000)
        source = Timecode(chance.randrange(day - length), rate, drop)
        labels = (source, source + length, record, record + length)
        lines.append(f"{number:03d}  TAPE{number % 7:03d}  V     C        {' '.join(map(str, labels))}")
        lines.append(f"* FROM CLIP NAME: clip_{number}")
        truth.append((source.frame, length, record.frame))
        record += length
    return "\n".join(lines) + "\n", truth


@pytest.mark.parametrize(("rate", "drop"), COUNTINGS, ids=str)
def test_both_readers_count_the_same_frames(rate: Fraction, drop: bool) -> None:
    import opentimelineio

    text, truth = written(rate, drop)
    mine = read_cmx3600(text, "random.edl", rate).events
    theirs = opentimelineio.adapters.read_from_string(text, "cmx_3600", rate=float(rate))
    clips = list(theirs.find_clips())
    assert len(mine) == len(clips) == EVENTS
    for event, clip, (source, length, record) in zip(mine, clips, truth, strict=True):
        assert event.source_in is not None
        assert event.record_in is not None
        assert event.clip_name == clip.name
        assert event.source_in.frame == source == round(clip.source_range.start_time.value)
        assert event.source_frames == event.cut_frames == length == round(clip.source_range.duration.value)
        assert event.record_in.frame == record


def test_enough_events_were_compared() -> None:
    assert EVENTS * len(COUNTINGS) >= 500
