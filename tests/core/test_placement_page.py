# SPDX-License-Identifier: GPL-3.0-or-later
"""The page for artists and its drawing say what the code does."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
from ramses_plates.core.conform import BLENDER, POLICIES, Placement, place, start_facts
from ramses_plates.core.editorial import Event
from ramses_plates.core.footage import Footage
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.order import Status
from ramses_plates.core.timecode import Timecode

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "placement.md").read_text(encoding="utf-8")
F24 = Fraction(24)
PLATE = Footage("A001C002", "sequence", FrameSet(((101, 216),)), F24, "01:00:09:16", ext="exr")
SOURCE_IN = Timecode.parse("01:00:10:00", F24)
EVENT = Event(number="001", reel="A001C002", source_in=SOURCE_IN, source_out=SOURCE_IN + 100)
PLACED = {policy: place(PLATE, policy, event=EVENT) for policy in POLICIES}


def numbers(placement: Placement) -> list[str]:
    frames = (placement.timeline_first, placement.cut_in, placement.cut_out, placement.timeline_last)
    return [str(frame) for frame in frames]


@pytest.mark.parametrize("policy", POLICIES)
def test_the_table_of_policies_holds_the_numbers_of_the_code(policy: str) -> None:
    row = re.search(rf"^\| `{policy}` \|(.*)$", PAGE, re.MULTILINE)
    assert row is not None
    assert [cell.strip() for cell in row[1].split("|")[:4]] == numbers(PLACED[policy])  # type: ignore[index]


def test_the_drawing_holds_the_same_numbers_and_labels() -> None:
    root = ElementTree.parse(DOCS / "images" / "placement.svg").getroot()
    drawn = {text.strip() for text in root.itertext()}
    placement = PLACED["shot-start"]
    for policy in POLICIES:
        assert set(numbers(PLACED[policy])) <= drawn
    ends = (placement.timeline_first, placement.cut_in, placement.cut_out, placement.timeline_last)
    assert {str(placement.source_timecode(frame)) for frame in ends} <= drawn


def test_the_example_of_the_step_settings_is_right() -> None:
    assert "`first_image_number: 993` and `handle_in: 8` the cut in sits on 1001" in PAGE
    assert start_facts(None, {"shot": {"first_image_number": 993, "handle_in": 8}}).start == 1001


def test_the_last_timecode_that_blender_holds_is_right() -> None:
    last = re.search(r"every timecode after ([\d:]+)", PAGE)
    assert last is not None
    assert Timecode.parse(last[1], F24).frame == BLENDER.highest
    assert f"{BLENDER.highest:,}" in PAGE
    single = replace(PLATE, frames=FrameSet(((1, 1),)), start_label="12:08:10:14")
    assert place(single, "timecode", limits=BLENDER).timeline_first == BLENDER.highest


def test_every_status_is_explained() -> None:
    assert set(get_args(Status)) <= set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE))
