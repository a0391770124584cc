# SPDX-License-Identifier: GPL-3.0-or-later
"""Timecode truth on real header bytes: what is compared, what is believed, and that it is said."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import make_dpx
import make_exr
import pytest
from ramses_plates.core.clip import Clip, NameRun
from ramses_plates.core.errors import DamagedFile
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.media import FrameReport, Media, TimecodeBreak
from ramses_plates.core.timecode_truth import check_timecode, named_timecode

F24 = Fraction(24)


def sequence(first: int = 1001, last: int = 1010, base: str = "A001", ext: str = "exr", root: str = "/d") -> Clip:
    run = NameRun(f"{base}.", f".{ext}", 4, first, last)
    return Clip("sequence", root, ".", base, ext, ".", 4, FrameSet(((first, last),)), (run,))


def media(start: str | None = "01:00:00:00", rate: Fraction | None = F24, **facts: object) -> Media:
    return Media("exr", fps=rate, start_timecode=start, **facts)  # type: ignore[arg-type]


def codes(clip: Clip, first: Media, last: str | Media | None) -> list[str]:
    answer = last if isinstance(last, Media) else media(last, first.fps)
    return [finding.code for finding in check_timecode(clip, first, probe=lambda _path: answer).findings]


def test_a_last_frame_that_counts_on_is_silent_and_was_read_once() -> None:
    asked: list[str] = []

    def probe(path: str) -> Media:
        asked.append(path)
        return media("01:00:00:09")

    truth = check_timecode(sequence(), media(), probe=probe)
    assert truth.findings == ()
    assert truth.checked == "first and last frame"
    assert [path.replace("\\", "/") for path in asked] == ["/d/A001.1010.exr"]


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("01:00:00:10", "says 01:00:00:10, 01:00:00:09 was expected"),
        ("01:00:00:00", "the timecode stands still"),
        (None, "the last one has none; 01:00:00:09 was expected"),
        ("01:00:00:24", "does not exist at 24"),
    ],
)
def test_a_last_frame_that_does_not_count_on_is_told(last: str | None, said: str) -> None:
    (finding,) = check_timecode(sequence(), media(), probe=lambda _path: media(last)).findings
    assert (finding.code, finding.severity, finding.file) == ("timecode-breaks", "warning", "A001.1010.exr")
    assert said in finding.message


def test_a_last_frame_that_cannot_be_read_is_told() -> None:
    def broken(path: str) -> Media:
        raise DamagedFile("the file ends inside its header.", path)

    def gone(path: str) -> Media:
        raise FileNotFoundError(2, "No such file or directory", path)

    for probe in (broken, gone):
        (finding,) = check_timecode(sequence(), media(), probe=probe).findings
        assert finding.code == "timecode-unchecked"


def test_gaps_and_midnight_are_no_breaks() -> None:
    holed = replace(sequence(), frames=FrameSet.parse("1001-1003,1008-1010"))
    assert codes(holed, media(), "01:00:00:09") == []
    assert codes(sequence(), media("23:59:59:20"), "00:00:00:05") == []


def test_drop_frame_counts_over_the_skipped_labels() -> None:
    rate = Fraction(30000, 1001)
    assert codes(sequence(), media("00:00:59;25", rate), "00:01:00;06") == []


def test_a_report_of_every_frame_decides_and_names_the_first_break() -> None:
    report = FrameReport(10, (TimecodeBreak(1005, "01:00:01:00", "01:00:00:04"), TimecodeBreak(1008, None, "x")))
    truth = check_timecode(sequence(), media(), report=report)
    (finding,) = truth.findings
    assert truth.checked == "every frame"
    assert finding.file == "A001.1005.exr"
    assert (
        "At frame 1005 the timecode is 01:00:01:00, expected was 01:00:00:04. It breaks 1 more time." in finding.message
    )


@pytest.mark.parametrize(("last", "confirmed"), [("01:00:00:09", True), ("01:00:00:04", False)])
def test_fast_rates_are_believed_once_their_last_frame_counts_every_frame(last: str, confirmed: bool) -> None:
    rate = Fraction(48)
    truth = check_timecode(sequence(), media(rate=rate), probe=lambda _path: media(last, rate))
    assert (truth.footage.doubt == "") == confirmed
    assert (not truth.findings) == confirmed
    if not confirmed:
        assert "pairs of frames" in truth.findings[0].message
        assert truth.findings[1].code == "timecode-doubtful"


def test_a_full_report_without_breaks_confirms_a_fast_rate() -> None:
    clip = sequence()
    assert check_timecode(clip, media(rate=Fraction(60)), report=FrameReport(10)).footage.doubt == ""
    assert check_timecode(clip, media(rate=Fraction(60)), report=FrameReport(9)).footage.doubt != ""


def test_a_label_that_cannot_be_counted_is_told() -> None:
    assert codes(sequence(), media("01:00:00:24"), "01:00:00:24") == ["timecode-doubtful"]
    assert codes(sequence(), media("01:00:00:00", None), None) == ["timecode-without-rate"]
    assert codes(sequence(), media("01:00:00;00"), "01:00:00;09") == ["timecode-doubtful"]


def test_no_timecode_is_no_fault() -> None:
    assert codes(sequence(), media(None), None) == []


@pytest.mark.parametrize(
    ("first", "start", "said"),
    [
        (86400, "01:00:00:00", None),
        (1001, "01:00:00:00", None),
        (86401, "01:00:00:00", "Frame number 86401 would be 01:00:00:01, the header says 01:00:00:00"),
        (90000, "01:00:00:00", "Frame number 90000 is 01:00:00:00 counted at 25"),
        (500_000, "01:00:00:00", None),
    ],
)
def test_frame_numbers_that_are_another_clock_are_told(first: int, start: str, said: str | None) -> None:
    clip = sequence(first, first)
    found = check_timecode(clip, media(start)).findings
    if said is None:
        assert found == ()
    else:
        (finding,) = found
        assert finding.code == "timecode-number-differs"
        assert said in finding.message
        assert "the header was believed" in finding.message


def test_frame_numbers_counted_non_drop_are_told() -> None:
    rate = Fraction(30000, 1001)
    (finding,) = check_timecode(sequence(108000, 108000), media("01:00:00;00", rate)).findings
    assert "counted non-drop, the header counts drop-frame" in finding.message


@pytest.mark.parametrize(
    ("base", "found"),
    [
        ("A001_TC01000000", "01:00:00:00"),
        ("A001_tc_01_00_00_12", "01:00:00:12"),
        ("A001_01-00-00-12", "01:00:00:12"),
        ("A001.01.00.00.12_x", None),
        ("A001C002_20240101", None),
        ("shot_2024-05-01-12", None),
        ("A001_01_00_00_12", None),
        ("TC99000000", None),
        ("etc01000000", None),
    ],
)
def test_timecode_in_a_name_is_read_only_where_it_is_certain(base: str, found: str | None) -> None:
    named = named_timecode(sequence(base=base), F24)
    assert (None if named is None else str(named)) == found


def test_a_name_that_disagrees_with_the_header_is_told_and_the_header_believed() -> None:
    (finding,) = check_timecode(sequence(1001, 1001, "A_TC02000000"), media()).findings
    assert finding.code == "timecode-name-differs"
    assert finding.message == "The file name says 02:00:00:00, the header 01:00:00:00: the header was believed."
    assert check_timecode(sequence(1001, 1001, "A_TC01000000"), media()).findings == ()
    (only,) = check_timecode(sequence(1001, 1001, "A_TC01000000"), media(None)).findings
    assert (only.code, only.severity) == ("timecode-only-in-name", "info")


@pytest.mark.parametrize("kind", ["exr", "dpx"])
def test_the_last_frame_is_read_from_its_own_header(kind: str, tmp_path: Path) -> None:
    for frame, count in ((1001, 0), (1002, 1), (1003, 7)):
        path = str(tmp_path / f"A001.{frame}.{kind}")
        if kind == "exr":
            make_exr.write(path, timecode=(1, 0, 0, count, False), fps=24)
        else:
            make_dpx.write(path, timecode=(1, 0, 0, count, False), fps=24)
    clip = sequence(1001, 1003, ext=kind, root=str(tmp_path))
    (finding,) = check_timecode(clip, media()).findings
    assert "The last frame says 01:00:00:07, 01:00:00:02 was expected." in finding.message
    shorter = replace(sequence(1001, 1002, ext=kind, root=str(tmp_path)))
    assert check_timecode(shorter, media()).findings == ()
