# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordered versus delivered: what arrived of what the edit needs, in numbers, words, findings and a table."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from ramses_plates.core.editorial import Edit, Event, Transition
from ramses_plates.core.editorial.cmx3600 import read_cmx3600
from ramses_plates.core.footage import Footage
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.match import Matcher, parse_criteria
from ramses_plates.core.order import OrderLine, compare, summary
from ramses_plates.core.order_report import clip_findings, expectation_findings, findings, table
from ramses_plates.core.timecode import Timecode

F24 = Fraction(24)
NTSC24 = Fraction(24000, 1001)


def event(source: str = "01:00:10:00", frames: int = 100, **facts: object) -> Event:
    start = Timecode.parse(source, F24)
    record = Timecode(86400, F24)
    common: dict[str, object] = {
        "number": "001",
        "reel": "A001",
        "clip_name": "A",
        "shot": "SH010",
        "source_in": start,
        "source_out": start + frames,
        "record_in": record,
        "record_out": record + frames,
    }
    return Event(**{**common, **facts})  # type: ignore[arg-type]


def clip(start: str | None = "01:00:09:16", frames: int = 116, name: str = "A", **facts: object) -> Footage:
    numbers = FrameSet(((1001, 1000 + frames),))
    made = Footage(name, "sequence", numbers, F24, start, names=(name,), ext="exr", path=f"/d/{name}.1001.exr")
    return replace(made, **facts)  # type: ignore[arg-type]


def edit(*events: Event, source: str = "as given") -> Edit:
    return Edit(events, F24, source)


def line(ordered: Event, *clips: Footage, handles: tuple[int, int] = (0, 0), source: str = "as given") -> OrderLine:
    (found,) = compare(edit(ordered, source=source), clips, handles=handles).lines
    return found


def test_a_covered_event_tells_its_handles() -> None:
    found = line(event(), clip())
    assert (found.status, found.head_handle, found.tail_handle, found.needed) == ("covered", 8, 8, 100)
    assert found.message == "A covers event 001 (SH010) with handles of 8 and 8 frames."


@pytest.mark.parametrize(
    ("start", "frames", "handles", "short", "said"),
    [
        ("01:00:10:03", 120, (0, 0), (3, 0), "head by 3 frames"),
        ("01:00:09:16", 101, (0, 0), (0, 7), "tail by 7 frames"),
        ("01:00:10:03", 90, (0, 0), (3, 7), "head by 3 and tail by 7 frames"),
        ("01:00:09:16", 116, (12, 8), (4, 0), "head by 4 frames, handles of 12 and 8 counted in"),
        ("01:00:09:16", 116, (8, 8), (0, 0), ""),
    ],
)
def test_short_heads_and_tails_are_counted(
    start: str, frames: int, handles: tuple[int, int], short: tuple[int, int], said: str
) -> None:
    found = line(event(), clip(start, frames), handles=handles)
    assert (found.head_short, found.tail_short) == short
    assert found.status == ("short" if said else "covered")
    assert said in found.message


def test_nothing_delivered_is_missing() -> None:
    found = line(event())
    assert (found.status, found.needed) == ("missing", 100)
    assert "100 frames of it are needed" in found.message


def test_another_part_of_the_reel_is_missing_and_the_clip_is_not_ordered() -> None:
    order = compare(edit(event()), [clip("05:00:00:00")])
    assert order.lines[0].status == "missing"
    assert order.unordered == (0,)
    assert not order.complete
    (_missing, unordered) = findings(order)
    assert unordered.code == "edit-unordered"
    assert "05:00:00:00" in unordered.message


def test_missing_frames_inside_the_needed_range_are_named_and_others_are_not() -> None:
    holed = clip(frames=116)
    outside = replace(holed, frames=FrameSet.parse("1001-1003,1005-1116"))
    inside = replace(holed, frames=FrameSet.parse("1001-1050,1053-1070,1072-1116"))
    assert line(event(), outside).status == "covered"
    found = line(event(), inside)
    assert (found.status, str(found.gaps)) == ("gaps", "1051-1052,1071")
    assert "3 frames inside it are missing: 1051-1052, 1071" in found.message
    assert line(event(), outside, handles=(8, 8)).status == "gaps"


def test_a_wrong_rate_is_said_before_anything_is_counted() -> None:
    found = line(event(), clip(rate=Fraction(25)))
    assert (found.status, found.message) == ("wrong-rate", "A runs at 25 frames a second, the edit at 24.")
    assert line(event(), clip(rate=NTSC24)).status == "wrong-rate"


def test_an_assumed_rate_accepts_its_ntsc_twin() -> None:
    assumed = "assumed: the list does not state its rate"
    assert line(event(), clip(rate=NTSC24), source=assumed).status == "covered"
    found = line(event(), clip(rate=Fraction(25)), source=assumed)
    assert (found.status, "(assumed)" in found.message) == ("wrong-rate", True)


@pytest.mark.parametrize(
    ("speed", "source", "record", "needed", "said"),
    [
        (Fraction(2), 100, 50, 100, "at 200 %: 100 source frames for 50"),
        (Fraction(1, 2), 50, 100, 50, "at 50 %: 50 source frames for 100"),
        (Fraction(-1), 100, 100, 100, "at -100 %: 100 source frames for 100"),
        (Fraction(0), 1, 40, 1, "holds 1 frame for 40"),
    ],
)
def test_retimes_say_how_many_source_frames_they_need(
    speed: Fraction, source: int, record: int, needed: int, said: str
) -> None:
    found = line(event(frames=source, speed=speed, record_out=Timecode(86400 + record, F24)), clip())
    assert (found.status, found.retimed, found.needed) == ("covered", True, needed)
    assert said in found.message


def test_a_transition_out_of_the_event_needs_frames_after_its_out() -> None:
    found = line(event(overlap_out=12), clip())
    assert (found.status, found.needed, found.tail_short) == ("short", 112, 4)
    backwards = line(event(overlap_out=12, speed=Fraction(-1)), clip())
    assert (backwards.head_short, backwards.tail_short, backwards.tail_handle) == (4, 0, 8)
    doubled = line(event(overlap_out=3, speed=Fraction(2), record_out=Timecode(86450, F24)), clip())
    assert (doubled.needed, doubled.tail_handle) == (106, 2)


def test_several_clips_for_one_event_are_shown_and_not_picked_from() -> None:
    found = line(event(reel=None), clip(), clip(name="B", reel="x"), clip(name="C", names=("C", "A")))
    assert found.status == "several"
    assert found.clips == (0, 2)
    assert "2 clips fit event 001 (SH010) equally well: A, C" in found.message


def test_the_same_clip_twice_is_covered_twice() -> None:
    found = line(event(), clip(), clip(path="/d/right/A.1001.exr"))
    assert (found.status, found.clips) == ("covered", (0, 1))
    assert "delivered 2 times" in found.message


def test_without_timecode_only_the_length_can_be_checked() -> None:
    assert line(event(), clip(None)).status == "unchecked"
    found = line(event(), clip(None, 90))
    assert (found.status, found.tail_short) == ("short", 10)
    assert "10 too few at least" in found.message


def test_a_list_of_notes_is_checked_by_file_numbers() -> None:
    asked = Event(clip_name="A", shot="SH010", expected=(1009, 1108), line=1)
    found = line(asked, clip(None, 110))
    assert (found.status, found.head_handle, found.tail_handle) == ("covered", 8, 2)
    assert line(asked, clip(None, 100)).tail_short == 8


def test_movies_are_checked_like_sequences() -> None:
    movie = replace(clip(), kind="movie", frames=FrameSet(((1, 116),)), ext="mov")
    assert line(event(), movie).tail_handle == 8


def test_the_document_is_json_and_holds_every_number() -> None:
    order = compare(edit(event(transition=Transition("dissolve", 10))), [clip(), clip(name="Z")], handles=(8, 8))
    document = json.loads(json.dumps(order.document()))
    assert document["complete"] is True
    assert document["summary"] == {"events": 1, "covered": 1, "retimed": 0, "unordered": 1}
    (found,) = document["lines"]
    assert (found["status"], found["clips"], found["head_handle"], found["needed_frames"]) == ("covered", ["A"], 8, 100)
    assert (found["shot"], found["transition"], found["matched_by"]) == ("SH010", "dissolve", "name")
    assert document["unordered"] == [{"clip": "Z", "path": "/d/Z.1001.exr", "near": []}]


def test_findings_name_everything_that_a_person_must_settle() -> None:
    text = (
        "001 A001 V C 01:00:10:00 01:00:14:00 01:00:00:00 01:00:04:00\n* FROM CLIP NAME: A\n"
        "002 A001 V C 01:00:10:00 01:00:14:24 01:00:00:00 01:00:04:00\n"
        "003 B001 V C 01:00:10:00 01:00:14:00 01:00:04:00 01:00:08:00\n* FROM CLIP NAME: B\n"
        "004 C001 V C 01:00:10:00 01:00:14:00 01:00:08:00 01:00:10:00\nM2 C001 048.0\n* FROM CLIP NAME: C\n"
    )
    order = compare(read_cmx3600(text, "cut.edl", F24), [clip(frames=50), clip(name="C"), clip(name="D")])
    codes = [finding.code for finding in findings(order)]
    assert codes == ["edit-short", "edit-missing", "edit-retimed", "edit-unordered", "edit-line"]
    assert all(finding.severity in ("warning", "info") for finding in findings(order))
    assert "Line 3 " in findings(order)[-1].message
    assert summary(order) == {"events": 3, "covered": 1, "missing": 1, "short": 1, "retimed": 1, "unordered": 1}


def test_the_table_has_a_row_for_every_event_and_the_counts() -> None:
    order = compare(edit(event(), event(number="002", clip_name="B", reel="B001")), [clip(), clip(name="Z")])
    lines = table(order).splitlines()
    assert lines[0].split() == ["event", "shot", "ordered", "delivered", "status", "handles", "what"]
    assert lines[1].split()[:6] == ["001", "SH010", "A", "A", "covered", "8+8"]
    assert "missing" in lines[2]
    assert lines[3] == "not ordered: /d/Z.1001.exr"
    assert lines[4] == "events: 2, covered: 1, missing: 1, unordered: 1"


# What the plan says about one clip ----------------------------------------------------------------------------------


def test_a_plan_says_which_event_ordered_a_clip_and_why() -> None:
    (finding,) = clip_findings(Matcher([event()]).match(clip()), (event(),), clip())
    assert (finding.code, finding.severity) == ("edit-event", "info")
    assert "Ordered by event 001 (SH010): clip name A, timecode 01:00:10:00 to 01:00:14:03." in finding.message


def test_a_plan_says_that_no_event_ordered_a_clip_and_what_almost_did() -> None:
    ordered = (event("05:00:00:00"),)
    (finding,) = clip_findings(Matcher(ordered).match(clip()), ordered, clip())
    assert (finding.code, finding.severity) == ("edit-no-event", "warning")
    assert "clip name A of event 001" in finding.message


def test_a_plan_never_picks_between_shots() -> None:
    ordered = (event(), event("01:00:10:12", 40, number="002", shot="SH020"))
    (finding,) = clip_findings(Matcher(ordered).match(clip()), ordered, clip())
    assert finding.code == "edit-several-events"
    same = (event(), event("01:00:10:12", 40, number="002"))
    (told,) = clip_findings(Matcher(same).match(clip()), same, clip())
    assert "and 1 more of the shot" in told.message


def test_a_movie_shorter_than_the_note_asks_for_is_found_when_its_length_is_known() -> None:
    asked = Event(clip_name="A", shot="SH010", expected=(1001, 1100), line=1)
    movie = replace(clip(), kind="movie", frames=FrameSet(((1, 90),)))
    (finding,) = expectation_findings(asked, movie)
    assert "100 frames (1001-1100), the file has 90" in finding.message
    assert parse_criteria("name").name
