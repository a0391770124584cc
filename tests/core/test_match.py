# SPDX-License-Identifier: GPL-3.0-or-later
"""Which event ordered which clip: by what, how sure, one or none or several."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ramses_plates.core.editorial import Edit, Event
from ramses_plates.core.errors import SettingsError
from ramses_plates.core.footage import Footage
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.match import Criteria, Matcher, match_all, parse_criteria
from ramses_plates.core.timecode import Timecode

F24 = Fraction(24)
NTSC30 = Fraction(30000, 1001)


def event(number: str, source: str, frames: int = 48, rate: Fraction = F24, **facts: object) -> Event:
    start = Timecode.parse(source, rate)
    return Event(number=number, source_in=start, source_out=(start + frames).wrapped(), **facts)  # type: ignore[arg-type]


def clip(name: str, start: str | None = "01:00:00:00", frames: int = 240, **facts: object) -> Footage:
    made = Footage(name, "sequence", FrameSet(((1, frames),)), F24, start, names=(name,), ext="exr")
    return replace(made, **facts)  # type: ignore[arg-type]


def edit(*events: Event) -> Edit:
    return Edit(events, F24, "as given")


def test_a_clip_name_and_timecode_decide() -> None:
    found = Matcher([event("001", "01:00:02:00", clip_name="PLATE_A.exr")]).match(clip("plate_a"))
    assert found.kind == "one"
    assert found.only is not None
    assert (found.only.by, found.only.coverage) == ("name", "full")
    assert found.only.reason == "clip name plate_a, timecode 01:00:02:00 to 01:00:03:23"


def test_a_reel_of_the_header_decides_and_its_source_is_said() -> None:
    footage = clip("whatever", reel="A001", reel_source="header")
    found = Matcher([event("001", "01:00:02:00", reel="a001")]).match(footage)
    assert found.only is not None
    assert found.only.by == "reel"
    assert "reel A001 (header)" in found.only.reason


def test_a_file_named_like_the_reel_is_the_reel() -> None:
    found = Matcher([event("001", "01:00:02:00", reel="A001C002")]).match(clip("A001C002"))
    assert found.only is not None
    assert found.only.by == "file name"


@pytest.mark.parametrize(
    ("reel", "name", "found"),
    [
        ("A001C002", "A001C002_240101_R1AB", True),
        ("A001C00", "A001C002_240101_R1AB", True),
        ("A001C002_240101_R1AB", "A001C002", True),
        ("Z686_5A.", "Z686_5A (LAY2)", True),
        ("A001C0", "A001C002_240101_R1AB", False),
        ("A001C003", "A001C002_240101_R1AB", False),
    ],
)
def test_long_against_cut_names_is_the_last_resort_and_is_said(reel: str, name: str, found: bool) -> None:
    matched = Matcher([event("001", "01:00:02:00", reel=reel)]).match(clip(name))
    assert (matched.kind == "one") == found
    if found:
        assert matched.only is not None
        assert matched.only.by == "prefix"
        assert "only the beginning" in matched.only.reason


def test_a_cut_reel_that_fits_several_events_leaves_them_several() -> None:
    """Lists whose reels were cut to the same eight characters: no event may be picked by its place in the list."""
    ordered = [event("001", "01:00:01:00", reel="ZZ100_50"), event("002", "01:00:05:00", reel="ZZ100_50")]
    assert Matcher(ordered).match(clip("ZZ100_504C")).kind == "several"


def test_an_exact_name_beats_a_prefix() -> None:
    events = [event("001", "01:00:02:00", reel="A001C002"), event("002", "01:00:02:00", reel="A001C002_240101_R1AB")]
    found = Matcher(events).match(clip("A001C002_240101_R1AB"))
    assert found.only is not None
    assert found.only.event == 1


def test_the_same_name_elsewhere_in_time_is_a_near_miss() -> None:
    found = Matcher([event("001", "05:00:00:00", clip_name="A", shot="SH010")]).match(clip("A"))
    assert found.kind == "none"
    (near,) = found.near
    assert "clip name A of event 001 (SH010), but it needs 05:00:00:00" in near


@pytest.mark.parametrize("start", [None, "01:00:00:00"])
def test_a_timecode_that_one_side_lacks_is_not_compared_and_said(start: str | None) -> None:
    ordered = event("001", "01:00:02:00", clip_name="A") if start is None else Event(number="001", clip_name="A")
    found = Matcher([ordered]).match(clip("A", start))
    assert found.only is not None
    assert found.only.coverage == "unknown"
    assert "timecode not compared" in found.only.reason


def test_a_doubted_timecode_is_not_compared() -> None:
    found = Matcher([event("001", "05:00:00:00", clip_name="A")]).match(clip("A", doubt="It counts pairs."))
    assert found.only is not None
    assert "It counts pairs." in found.only.reason


def test_several_events_of_one_clip_stay_several() -> None:
    events = [event("001", "01:00:01:00", clip_name="A"), event("002", "01:00:05:00", clip_name="A")]
    found = Matcher(events).match(clip("A"))
    assert (found.kind, found.only, len(found.matches)) == ("several", None, 2)
    assert found.document()["kind"] == "several"


def test_an_event_that_fits_whole_beats_one_whose_edge_is_touched() -> None:
    """Two plates of one reel with handles that overlap the neighbour's cut."""
    events = [event("001", "01:00:10:00", 240, reel="A001"), event("002", "01:00:20:00", 240, reel="A001")]
    first = clip("p1", "01:00:09:16", 256, reel="A001")
    second = clip("p2", "01:00:19:16", 256, reel="A001")
    matches = match_all(edit(*events), [first, second])
    assert [found.only.event for found in matches.by_footage if found.only] == [0, 1]
    assert [found.only.footage for found in matches.by_event if found.only] == [0, 1]


def test_a_clip_that_covers_an_event_in_part_still_matches_it() -> None:
    found = Matcher([event("001", "01:00:08:00", 96, clip_name="A")]).match(clip("A"))
    assert found.only is not None
    assert found.only.coverage == "partial"


def test_several_clips_for_one_event_stay_several() -> None:
    matches = match_all(edit(event("001", "01:00:01:00", clip_name="A")), [clip("A"), clip("A"), clip("B")])
    assert matches.by_event[0].kind == "several"
    assert [found.kind for found in matches.by_footage] == ["one", "one", "none"]


def test_sound_and_black_are_no_events_to_match() -> None:
    events = [
        event("001", "01:00:01:00", clip_name="A", channels="A"),
        event("002", "01:00:01:00", clip_name="A", reel="BL"),
        event("003", "01:00:01:00", clip_name="A", reel="AX"),
    ]
    matches = match_all(edit(*events), [clip("A")])
    assert [found.number for found in matches.events] == ["003"]
    assert matches.by_footage[0].kind == "one"


# Criteria ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("reel,timecode,name", Criteria()),
        ("name", Criteria(reel=False, timecode=False)),
        (" Name , TIMECODE ", Criteria(reel=False)),
        ("timecode", Criteria(reel=False, name=False)),
    ],
)
def test_criteria_are_read(text: str, criteria: Criteria) -> None:
    assert parse_criteria(text) == criteria
    assert parse_criteria(str(criteria)) == criteria


@pytest.mark.parametrize("text", ["", ",", "tape", "name,date"])
def test_criteria_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="nothing to match by"):
        parse_criteria(text)


def test_loosened_criteria_find_what_strict_ones_leave() -> None:
    ordered = [event("001", "05:00:00:00", reel="A001", clip_name="A")]
    assert Matcher(ordered).match(clip("A")).kind == "none"
    by_name = Matcher(ordered, parse_criteria("name")).match(clip("A"))
    assert by_name.only is not None
    assert "timecode was not asked for" in by_name.only.reason
    assert Matcher(ordered, parse_criteria("reel")).match(clip("A")).kind == "none"
    assert Matcher(ordered, parse_criteria("reel")).match(clip("X", reel="A001")).kind == "one"


def test_timecode_alone_finds_a_clip_whatever_it_is_called() -> None:
    ordered = [event("001", "01:00:02:00"), event("002", "23:59:59:00")]
    matcher = Matcher(ordered, parse_criteria("timecode"))
    found = matcher.match(clip("renamed"))
    assert found.only is not None
    assert (found.only.event, found.only.by) == (0, "timecode")
    midnight = matcher.match(clip("late", "23:59:58:00"))
    assert midnight.only is not None
    assert midnight.only.event == 1
    assert matcher.match(clip("silent", None)).kind == "none"


def test_timecode_alone_goes_over_midnight() -> None:
    matcher = Matcher([event("001", "00:00:00:12", 12)], parse_criteria("timecode"))
    assert matcher.match(clip("late", "23:59:55:00")).kind == "one"


def test_labels_that_cannot_be_counted_alike_are_a_near_miss() -> None:
    footage = clip("A", "00:00:30:00", rate=Fraction(24))
    found = Matcher([event("001", "00:00:31:24", rate=Fraction(25), clip_name="A")]).match(footage)
    assert found.kind == "none"
    assert "does not exist at 24" in found.near[0]


@given(st.integers(0, 2_589_407), st.integers(0, 2000), st.integers(1, 500), st.booleans())
def test_every_event_inside_a_clip_is_found_with_and_without_drop_frame(
    start: int, offset: int, frames: int, drop: bool
) -> None:
    begin = Timecode(start, NTSC30, drop)
    footage = clip("A", str(begin), 2500, rate=NTSC30, reel="TAPE001")
    source = (begin + offset).wrapped()
    ordered = Event(number="1", reel="TAPE001", source_in=source, source_out=(source + frames).wrapped())
    decoy = Event(number="2", reel="TAPE001", source_in=source + 9000, source_out=source + 9100)
    found = Matcher([decoy, ordered]).match(footage)
    assert found.only is not None
    assert found.only.event == 1
    assert found.only.coverage == "full"


def test_a_long_edit_against_a_large_delivery_takes_no_square_of_time() -> None:
    """4,000 clips of 20 tapes against 4,000 events: the guard is against a tenfold slip, not a stopwatch."""
    rate = F24
    events, clips = [], []
    for number in range(4000):
        start = Timecode(number * 400, rate)
        events.append(
            Event(number=str(number), reel=f"TAPE{number % 20:04d}", source_in=start + 8, source_out=start + 300)
        )
        clips.append(clip(f"c{number}", str(start.wrapped()), 320, reel=f"TAPE{number % 20:04d}"))
    began = time.perf_counter()
    matches = match_all(edit(*events), clips)
    spent = time.perf_counter() - began
    assert all(found.kind == "one" for found in matches.by_footage)
    assert spent < 15
