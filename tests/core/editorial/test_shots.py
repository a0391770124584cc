# SPDX-License-Identifier: GPL-3.0-or-later
"""Shots of an edit: named once, as long as their cut."""

from __future__ import annotations

from fractions import Fraction

import pytest
from ramses_plates.core.editorial import EditShot, shots_from_edit
from ramses_plates.core.editorial.cmx3600 import read_cmx3600
from ramses_plates.core.editorial.names import clip_key, shot_note, split_sequence


def shots(text: str) -> tuple[EditShot, ...]:
    return shots_from_edit(read_cmx3600(text, "cut.edl", Fraction(24)))


def line(number: int, source: str, record_in: str, record_out: str, shot: str) -> str:
    length = f"{source} 01:00:20:00" if source else "01:00:10:00 01:00:11:00"
    return f"{number:03d} A V C {length} {record_in} {record_out}\n* COMMENT: {shot}\n"


def test_a_shot_lasts_as_long_as_its_cut() -> None:
    (shot,) = shots(line(1, "", "01:00:00:00", "01:00:01:00", "SQ010_SH010"))
    assert (shot.shot, shot.sequence, shot.frames, shot.seconds) == ("SH010", "SQ010", 24, 1)
    assert shot.basis == "cut length in the edit, without handles"


def test_events_that_follow_each_other_are_one_length() -> None:
    text = line(1, "", "01:00:00:00", "01:00:01:00", "SH010") + line(2, "", "01:00:01:00", "01:00:02:00", "SH010")
    (shot,) = shots(text)
    assert shot.frames == 48
    assert "2 events" in shot.basis


def test_layers_on_top_of_each_other_are_not_added_up() -> None:
    text = line(1, "", "01:00:00:00", "01:00:01:00", "SH010") + line(2, "", "01:00:00:12", "01:00:01:12", "SH010")
    assert shots(text)[0].frames == 36


def test_separate_events_are_added_up_and_said() -> None:
    text = line(1, "", "01:00:00:00", "01:00:01:00", "SH010") + line(2, "", "01:00:05:00", "01:00:06:00", "SH010")
    assert (shots(text)[0].frames, shots(text)[0].basis) == (48, "the sum of its 2 separate events")


def test_a_list_of_notes_gives_the_range_it_asks_for() -> None:
    text = "* FROM CLIP NAME: A\n* COMMENT: SH010 1001-1010\n* FROM CLIP NAME: B\n* COMMENT: SH020\n"
    first, second = shots(text)
    assert (first.frames, second.frames, second.seconds) == (10, None, None)


def test_shots_come_once_and_in_the_order_of_the_list() -> None:
    text = "".join(line(at, "", "01:00:00:00", "01:00:01:00", shot) for at, shot in enumerate(("S020", "S010", "S020")))
    assert [shot.shot for shot in shots(text)] == ["S020", "S010"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("SH010_PLATE_V001.EXR", "SH010_PLATE_V001"),
        ("ZZ100_501.take_1.0001.exr", "ZZ100_501.take_1"),
        ("A001C002.[1001-1100].dpx", "A001C002"),
        ("A001C002.%04d.exr", "A001C002"),
        ("A001C002.####.exr", "A001C002"),
        (r"S:\path\to\A001.mov", "A001"),
        ("/path/to/A001.mov", "A001"),
        ("ZZ100_501 (LAY3)", "ZZ100_501 (LAY3)"),
        ("Z686_5A (LAY2) (47.56 FPS)", "Z686_5A (LAY2)"),
        ("Z682_156 (LAY3) FF", "Z682_156 (LAY3)"),
        ("A001C002_140720_R2E4.new.01", "A001C002_140720_R2E4"),
        ("A001C002.sub.01.new.02", "A001C002"),
        ("REEL:PLATE_A", "REEL:PLATE_A"),
        ("shot.v2.final", "shot.v2.final"),
        (".exr", ".exr"),
        ("1001.exr", "1001"),
    ],
)
def test_clip_names_are_what_the_scanner_would_call_the_clip(name: str, key: str) -> None:
    assert clip_key(name) == key


@pytest.mark.parametrize(
    ("text", "shot", "expected"),
    [
        ("SH010 1001-1096", "SH010", (1001, 1096)),
        ("SH010: 1001-1096", "SH010", (1001, 1096)),
        ("SH010, (1001 - 1096)", "SH010", (1001, 1096)),
        ("SH010 1096-1001", "SH010", (1001, 1096)),
        ("SH010 -10-20", "SH010", (-10, 20)),
        ("SH010 12", "SH010", None),
    ],
)
def test_notes_may_ask_for_file_frames(text: str, shot: str, expected: tuple[int, int] | None) -> None:
    note = shot_note(text)
    assert note is not None
    assert (note.shot, note.expected) == (shot, expected)


@pytest.mark.parametrize(
    ("shot", "parts"),
    [
        ("SQ010_SH020", ("SQ010", "SH020")),
        ("sq001_s001", ("sq001", "s001")),
        ("EP01-0100", ("EP01", "0100")),
        ("SEQ01/SH010", ("SEQ01", "SH010")),
        ("TST_010_0020", (None, "TST_010_0020")),
        ("SH010", (None, "SH010")),
    ],
)
def test_sequences_are_split_off_only_where_the_name_says_so(shot: str, parts: tuple[str | None, str]) -> None:
    assert split_sequence(shot) == parts
