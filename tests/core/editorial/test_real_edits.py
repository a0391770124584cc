# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits that real systems wrote, against what a person reads in them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from ramses_plates.core.editorial import Edit, read_edit, shots_from_edit

NTSC24 = Fraction(24000, 1001)
# File -> rate, number of events, first clip name, its source in and length, its record in.
READ = {
    "edl/avid_example.edl": (24, 2, "take_1", "01:00:04:05", 31, "00:59:53:11"),
    "edl/dissolve_test.edl": (24, 3, "clip_A", "01:00:04:05", 9, "01:00:00:00"),
    "edl/dissolve_test_4.edl": (24, 6, None, "01:00:06:18", 30, "01:04:11:17"),
    "edl/dissolve_test_fail.edl": (24, 3, "clip_A", "01:00:04:05", 9, "01:00:00:00"),
    "edl/no_spaces_test.edl": (24, 9, "ZZ100_501 (LAY3)", "01:00:04:05", 31, "00:59:53:11"),
    "edl/nucoda_example.edl": (24, 2, "take_1", "01:00:04:05", 31, "00:59:53:11"),
    "edl/premiere_example.edl": (24, 2, "ZZ100_501.take_1.0001.exr", "01:00:04:05", 31, "00:59:53:11"),
    "edl/speed_effects.edl": (24, 548, "Z677_4C (ANIM10)", "01:00:01:21", 126, "01:00:00:00"),
    "edl/timecode_mismatch.edl": (25, 20, "sq001_s001", "01:00:00:00", 161, "00:00:00:00"),
    "edl/transition_duration.edl": (24, 4, None, "01:00:12:15", 106, "01:00:48:20"),
    "edl/wipe_test.edl": (24, 3, "clip_A", "01:00:04:05", 9, "01:00:00:00"),
    "ale/sample.ale": (24, 4, "test_017056", "01:00:00:00", 99, None),
    "ale/sample2.ale": (NTSC24, 2, "19A-1xa", "04:00:00:00", 1120, None),
    "ale/sample_cdl.ale": (NTSC24, 4, "A005_C010_0501J0", "17:49:33:01", 57, None),
    "ale/sample_no_blanks.ale": (25, 6, "469C-4-1", "19:42:28:17", 2612, None),
    "aaf/timecode_test.aaf": (24, 2, "Frame Debugger 0h.mov", "00:00:01:00", 24, "01:00:00:00"),
    "aaf/utf8.aaf": (24, 1, "Clip_ABCXYZñçêœ•∑´®†¥¨ˆøπ“‘åß∂ƒ©˙∆˚¬…æΩ≈ç√∫˜µ≤≥÷", "01:00:04:05", 10, "01:00:00:00"),
    "fcpxml/fcpx_clips.fcpxml": (30, 6, "IMG_0233", "00:00:00:00", 300, None),
    "fcpxml/fcpx_event.fcpxml": (30, 12, "IMG_0715", "00:00:00:00", 285, "00:00:00:00"),
    "fcpxml/fcpx_project.fcpxml": (30, 12, "IMG_0715", "00:00:00:00", 285, "00:00:00:00"),
}


def read(folder: Path, name: str) -> Edit:
    return read_edit(str(folder / "editorial" / name))


@pytest.mark.parametrize("name", READ)
def test_real_edits_read_as_a_person_reads_them(media_folder: Path, name: str) -> None:
    edit = read(media_folder, name)
    first = edit.events[0]
    record = None if first.record_in is None else str(first.record_in)
    assert edit.refused_lines == ()
    assert READ[name] == (
        edit.rate,
        len(edit.events),
        first.clip_name,
        str(first.source_in),
        first.source_frames,
        record,
    )


def test_every_real_edit_is_tried(media_folder: Path) -> None:
    folder = media_folder / "editorial"
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {*READ, "edl/multi_audio.edl"}


def test_a_real_list_of_sound_orders_nothing(media_folder: Path) -> None:
    edit = read(media_folder, "edl/multi_audio.edl")
    assert (edit.events, edit.title) == ((), "MultiAudio")
    assert edit.notes == ("1 audio event was left out: sound orders no plates.",)


def test_real_dissolves_and_wipes(media_folder: Path) -> None:
    for name, kind in (("edl/dissolve_test.edl", "dissolve"), ("edl/wipe_test.edl", "wipe")):
        first, second, third = read(media_folder, name).events
        assert second.transition is not None
        assert (second.transition.kind, second.transition.frames, second.transition.from_clip) == (kind, 10, "clip_A")
        assert (second.clip_name, first.overlap_out, third.transition) == ("clip_B", 10, None)
    lengths = [
        None if event.transition is None else event.transition.frames
        for event in read(media_folder, "edl/dissolve_test_4.edl").events
    ]
    assert lengths == [None, None, 35, 64, None, None]


def test_real_retimes_need_the_source_frames_that_the_edit_system_wrote(media_folder: Path) -> None:
    edit = read(media_folder, "edl/speed_effects.edl")
    fast = [event for event in edit.events if event.speed not in (0, 1)]
    frozen = [event for event in edit.events if event.speed == 0]
    assert (len(fast), len(frozen)) == (10, 7)
    assert all(event.source_frames == event.source_length for event in fast)
    assert all(event.source_frames == 1 for event in frozen)
    by_number = {event.number: event for event in edit.events}
    assert (by_number["000282"].speed, by_number["000282"].clip) == (Fraction(4756, 2400), "Z686_5A (LAY2)")
    assert not any(event.notes for event in edit.events)


def test_a_real_list_with_lengths_that_disagree_says_so(media_folder: Path) -> None:
    edit = read(media_folder, "edl/timecode_mismatch.edl")
    assert [event.number for event in edit.events if event.notes] == ["004", "005", "009", "010"]
    shots = shots_from_edit(edit)
    assert (shots[0].sequence, shots[0].shot, shots[0].frames) == ("sq001", "s001", 161)
    assert edit.clip_to_shot["sq001_s001"] == "s001"


def test_the_tape_of_a_real_aaf_is_found_at_the_end_of_its_chain(media_folder: Path) -> None:
    (event,) = read(media_folder, "aaf/utf8.aaf").events
    assert event.reel == "ppjoshm_1.SIM1.02"
    assert [item.reel for item in read(media_folder, "aaf/timecode_test.aaf").events] == [None, None]


def test_real_connected_storylines_and_compound_clips(media_folder: Path) -> None:
    edit = read(media_folder, "fcpxml/fcpx_project.fcpxml")
    rows = [(event.clip_name, str(event.source_in), str(event.record_in), event.cut_frames) for event in edit.events]
    assert rows[2] == ("IMG_0268", "00:00:00:00", "00:00:50:00", 270)
    assert rows[3] == ("IMG_0740", "00:00:00:00", "00:00:59:00", 300)
    assert rows[4] == ("IMG_0857", "00:00:00:00", "00:01:04:17", 300)
    assert rows[5] == ("IMG_0233", "00:00:03:19", "00:01:20:00", 191)
    assert edit.events[3].transition is not None
    assert edit.events[3].transition.frames == 30
