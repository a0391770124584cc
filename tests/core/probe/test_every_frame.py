# SPDX-License-Identifier: GPL-3.0-or-later
"""Every header of a sequence: odd, empty, cut and unreadable frames are each named, breaks of the timecode found."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import make_clips
import make_dpx
import make_exr
import pytest
from ramses_plates.core.clip import Clip
from ramses_plates.core.errors import Cancelled
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.probe import check_frames, frame_report_document, probe_clip
from ramses_plates.core.timecode import Timecode

RATE = Fraction(24000, 1001)
START = Timecode.parse("01:00:00:00", RATE)


def code_of(frame: int) -> tuple[int, int, int, int, bool]:
    hours, minutes, seconds, frames = str(START + (frame - 1001)).split(":")
    return int(hours), int(minutes), int(seconds), int(frames), False


def plate(frame: int, **options: Any) -> bytes:
    return make_exr.build(**{"width": 64, "height": 36, "timecode": code_of(frame), "fps": RATE, **options})


def plates(folder: Path, count: int = 40) -> Clip:
    return make_clips.written(str(folder), "plate", "exr", range(1001, 1001 + count), plate)


def replace_frame(clip: Clip, frame: int, data: bytes) -> None:
    (Path(clip.folder) / clip.runs[0].name(frame)).write_bytes(data)


def test_a_sound_sequence(tmp_path: Path) -> None:
    clip = plates(tmp_path)
    report = check_frames(clip, probe_clip(clip))
    assert report.checked == 40
    document = frame_report_document(report)
    assert document == {
        "checked_frames": 40,
        "timecode_breaks": [],
        "odd_frames": [],
        "truncated": [],
        "unreadable": [],
        "zero_byte": "",
    }


def test_everything_wrong_at_once_is_named(tmp_path: Path) -> None:
    clip = plates(tmp_path)
    replace_frame(clip, 1005, b"")
    replace_frame(clip, 1006, b"")
    replace_frame(clip, 1010, plate(1010)[:-100])
    replace_frame(clip, 1015, plate(1015, width=32))
    replace_frame(clip, 1016, plate(1016, channels=("R", "G", "B", "A"), compression="zips"))
    replace_frame(clip, 1020, plate(1020, timecode=(1, 0, 0, 18, False)))
    replace_frame(clip, 1025, b"no picture at all" * 10)
    replace_frame(clip, 1026, plate(1026)[:70])
    document = frame_report_document(check_frames(clip, probe_clip(clip)))
    assert document["zero_byte"] == "1005-1006"
    assert [item["frame"] for item in document["truncated"]] == [1010]
    assert document["truncated"][0]["message"].startswith("plate.1010.exr: pixel data missing")
    assert document["odd_frames"] == [
        {"frame": 1015, "message": "plate.1015.exr: size 32x36 instead of 64x36."},
        {
            "frame": 1016,
            "message": "plate.1016.exr: compression zips instead of none, channels A B G R instead of B G R.",
        },
    ]
    assert document["timecode_breaks"] == [{"frame": 1020, "found": "01:00:00:18", "expected": "01:00:00:19"}]
    assert [item["frame"] for item in document["unreadable"]] == [1025, 1026]
    assert json.loads(json.dumps(document)) == document


def test_most_frames_decide_not_the_first(tmp_path: Path) -> None:
    """A slate of another size at the head is the odd one, not the forty frames behind it."""
    clip = plates(tmp_path)
    replace_frame(clip, 1001, plate(1001, width=128))
    report = check_frames(clip, probe_clip(clip))
    assert [frame for frame, _message in report.odd] == [1001]


def test_a_data_window_may_follow_the_picture(tmp_path: Path) -> None:
    clip = make_clips.written(
        str(tmp_path), "crop", "exr", range(1001, 1021), lambda frame: plate(frame, data_window=(frame - 1001, 0, 4, 4))
    )
    assert check_frames(clip, probe_clip(clip)).odd == ()


def test_a_code_that_stands_still(tmp_path: Path) -> None:
    clip = make_clips.written(
        str(tmp_path), "still", "exr", range(1001, 1021), lambda frame: plate(frame, timecode=(1, 0, 0, 0, False))
    )
    report = check_frames(clip, probe_clip(clip))
    assert [item.frame for item in report.timecode_breaks] == list(range(1002, 1021))


def test_missing_frames_keep_their_place_in_the_timecode(tmp_path: Path) -> None:
    frames = [*range(1001, 1010), *range(1015, 1020)]
    clip = make_clips.written(str(tmp_path), "gap", "exr", frames, plate)
    report = check_frames(clip, probe_clip(clip))
    assert (report.checked, report.timecode_breaks) == (14, ())


@pytest.mark.parametrize("big_endian", [True, False])
def test_dpx(tmp_path: Path, big_endian: bool) -> None:
    def build(frame: int) -> bytes:
        return make_dpx.build(timecode=code_of(frame), fps=24, big_endian=big_endian)

    clip = make_clips.written(str(tmp_path), "scan", "dpx", range(1001, 1021), build)
    assert check_frames(clip, probe_clip(clip)).timecode_breaks == ()
    replace_frame(clip, 1003, build(1003)[:-1])
    replace_frame(clip, 1004, make_dpx.build(timecode=code_of(1005), fps=24, big_endian=big_endian))
    report = check_frames(clip, probe_clip(clip))
    assert [frame for frame, _message in report.truncated] == [1003]
    assert [item.frame for item in report.timecode_breaks] == [1004]


def test_a_frame_that_vanished(tmp_path: Path) -> None:
    clip = plates(tmp_path, 5)
    media = probe_clip(clip)
    (tmp_path / "plate.1003.exr").unlink()
    ((frame, message),) = check_frames(clip, media).unreadable
    assert frame == 1003 and "cannot be read" in message


def test_progress_and_cancel(tmp_path: Path) -> None:
    clip = plates(tmp_path, 250)
    media = probe_clip(clip)
    events: list[Event] = []
    check_frames(clip, media, listen=events.append)
    assert [event.done for event in events] == [100, 200, 250]
    assert {(event.stage, event.unit, event.total) for event in events} == {("probe", "frames", 250)}
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        check_frames(clip, media, cancel=cancel)


def test_movies_and_stills_have_nothing_to_compare(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    path.write_bytes(plate(1001))
    clip = make_clips.single(str(path))
    assert check_frames(clip, probe_clip(clip)).checked == 0
