# SPDX-License-Identifier: GPL-3.0-or-later
"""Placement: exact numbers and their reason, for every policy, and for everything that can be odd about a plate."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ramses_plates.core.clip import Clip, NameRun
from ramses_plates.core.conform import (
    BLENDER,
    NUKE,
    POLICIES,
    Placement,
    Policy,
    StartFacts,
    from_record,
    place,
    placement_record,
    start_facts,
    with_sidecar,
)
from ramses_plates.core.editorial import Event
from ramses_plates.core.errors import ManifestError, PlacementRefused
from ramses_plates.core.footage import Footage
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.media import Media
from ramses_plates.core.timecode import Timecode, can_drop

F24 = Fraction(24)
NTSC24, NTSC30, NTSC60 = (Fraction(n * 1000, 1001) for n in (24, 30, 60))
RATES = [F24, Fraction(25), Fraction(30), Fraction(50), Fraction(60), NTSC24, NTSC30, NTSC60]
COUNTINGS = [(rate, False) for rate in RATES] + [(NTSC30, True), (NTSC60, True)]
FACTS = StartFacts(1001, 8, 8, "the plate's own record")


def tc(text: str, rate: Fraction = F24) -> Timecode:
    return Timecode.parse(text, rate)


def plate(
    first: int = 993, count: int = 116, start: str | None = "01:00:09:16", rate: Fraction | None = F24
) -> Footage:
    frames = FrameSet(((first, first + count - 1),))
    return Footage("A001C002", "sequence", frames, rate, start, names=("A001C002",), ext="exr", path="/p/A001C002.exr")


def event(source_in: str, source_out: str, rate: Fraction = F24, **more: object) -> Event:
    start, end = tc(source_in, rate), tc(source_out, rate)
    record = Timecode(3600 * 24, rate)
    facts: dict[str, object] = {
        "number": "001",
        "reel": "A001C002",
        "source_in": start,
        "source_out": end,
        "record_in": record,
        "record_out": record + end.frames_since(start),
    }
    return Event(**{**facts, **more})  # type: ignore[arg-type]


CUT = event("01:00:10:00", "01:00:14:04")


def numbers(placement: Placement) -> tuple[int, ...]:
    return (
        placement.first_file_frame,
        placement.last_file_frame,
        placement.timeline_first,
        placement.cut_in,
        placement.cut_out,
        placement.head_handle,
        placement.tail_handle,
    )


@pytest.mark.parametrize(
    ("policy", "expected", "said"),
    [
        ("shot-start", (101, 216, 993, 1001, 1100, 8, 8), "cut in sits on 1001"),
        ("source-frames", (101, 216, 101, 109, 208, 8, 8), "numbers of the files are kept"),
        ("timecode", (101, 216, 86632, 86640, 86739, 8, 8), "01:00:09:16 is frame 86632 at 24"),
    ],
)
def test_each_policy_gives_its_numbers_and_its_reason(policy: Policy, expected: tuple[int, ...], said: str) -> None:
    placement = place(plate(101), policy, shot_start=FACTS, event=CUT, project_rate=F24, limits=NUKE)
    assert numbers(placement) == expected
    assert said in placement.reason
    assert "event 001" in placement.reason
    assert placement.reason.count(". ") == 0
    assert placement.reason.endswith(".")
    assert placement.notes == ()
    assert str(placement.source_timecode(placement.cut_in)) == "01:00:10:00"
    assert str(placement.source_timecode(placement.timeline_first)) == "01:00:09:16"


def test_without_an_edit_the_handles_find_the_cut_and_their_source_is_said() -> None:
    placement = place(plate(), "shot-start", shot_start=FACTS)
    assert numbers(placement) == (993, 1108, 993, 1001, 1100, 8, 8)
    assert "the plate's own record" in placement.reason


def test_without_edit_and_handles_the_whole_plate_is_the_cut() -> None:
    placement = place(plate(), "shot-start", shot_start=1001)
    assert numbers(placement) == (993, 1108, 1001, 1001, 1116, 0, 0)
    assert "no handles are known" in placement.reason


def test_a_short_delivery_stays_in_place_and_says_by_how_much_it_is_short() -> None:
    placement = place(plate(1, 90, "01:00:10:03"), "shot-start", event=CUT)
    assert (placement.timeline_first, placement.cut_in, placement.cut_out) == (1004, 1001, 1100)
    assert (placement.head_short, placement.tail_short) == (3, 7)
    assert (placement.head_handle, placement.tail_handle) == (0, 0)
    assert any("first 3 frames" in note for note in placement.notes)
    assert any("last 7 frames" in note for note in placement.notes)
    assert not placement.covers(1003)
    assert placement.covers(1004)


def test_an_event_of_another_part_of_the_reel_is_refused() -> None:
    with pytest.raises(PlacementRefused, match="no frame in common"):
        place(plate(), "shot-start", event=event("02:00:00:00", "02:00:01:00"))


def test_handles_longer_than_the_plate_are_refused_with_their_source() -> None:
    with pytest.raises(PlacementRefused, match=r"own record.* do not fit into 10 frames"):
        place(plate(1, 10), "shot-start", shot_start=FACTS)


def test_the_timecode_policy_never_invents_a_timecode() -> None:
    with pytest.raises(PlacementRefused, match="has no timecode"):
        place(plate(start=None), "timecode")
    with pytest.raises(PlacementRefused, match="rate"):
        place(plate(rate=None), "timecode")
    with pytest.raises(PlacementRefused, match="does not exist"):
        place(plate(start="01:00:00:24"), "timecode")


def test_without_timecode_the_other_policies_place_by_number_and_say_so() -> None:
    for policy in ("shot-start", "source-frames"):
        placement = place(plate(start=None), policy, shot_start=FACTS)
        assert placement.source_timecode(placement.cut_in) is None
        assert placement.timeline_of(tc("01:00:00:00")) is None
        assert any("no timecode" in note for note in placement.notes)


def test_without_timecode_an_event_falls_back_to_handles_and_says_so() -> None:
    placement = place(plate(start=None), "shot-start", shot_start=FACTS, event=CUT)
    assert (placement.timeline_first, placement.cut_in) == (993, 1001)
    assert any("could not be used: the clip has no timecode" in note for note in placement.notes)
    longer = place(plate(start=None, count=120), "shot-start", shot_start=FACTS, event=CUT)
    assert any("100 frames long, the plate without its handles 104" in note for note in longer.notes)


def test_frame_numbers_that_are_frames_of_the_day_find_the_cut_when_the_header_is_silent() -> None:
    placement = place(plate(86632, start=None), "shot-start", event=CUT)
    assert (placement.timeline_first, placement.cut_in, placement.cut_out) == (993, 1001, 1100)
    assert "file frame 86640" in placement.reason
    assert any("taken for frames of the day" in note for note in placement.notes)


def test_a_note_that_asks_for_file_frames_finds_the_cut() -> None:
    asked = Event(clip_name="A001C002", shot="SH010", expected=(1001, 1100), line=1)
    placement = place(plate(993, start=None), "shot-start", shot_start=1, event=asked)
    assert (placement.timeline_first, placement.cut_in, placement.cut_out) == (-7, 1, 100)
    assert "file frames 1001 to 1100" in placement.reason


@pytest.mark.parametrize(("ext", "first"), [("mov", 1), ("mp4", 1), ("mxf", 1), ("r3d", 0)])
def test_movies_start_where_hosts_start_them(ext: str, first: int) -> None:
    clip = Clip("movie", "/p", ".", "A001", ext, file=f"A001.{ext}")
    media = Media("quicktime", fps=F24, start_timecode="01:00:09:16", frame_count=116, reel="A001")
    footage = Footage.of_clip(clip, media)
    placement = place(footage, "shot-start", event=CUT)
    assert numbers(placement) == (first, first + 115, 993, 1001, 1100, 8, 8)
    kept = place(footage, "source-frames", event=CUT)
    assert (kept.timeline_first, kept.cut_in) == (first, first + 8)


def test_a_movie_without_a_stated_length_is_measured_by_its_duration_or_refused() -> None:
    clip = Clip("movie", "/p", ".", "A001", "mov", file="A001.mov")
    timed = Footage.of_clip(clip, Media("pyav", fps=NTSC24, duration_seconds=Fraction(1001, 250)))
    assert timed.frames == FrameSet(((1, 96),))
    assert any("96" in note for note in timed.notes)
    with pytest.raises(PlacementRefused, match="length of this clip is unknown"):
        place(Footage.of_clip(clip, Media("pyav", fps=NTSC24)), "shot-start")


def test_a_single_frame_has_no_handles_and_sits_on_the_start() -> None:
    clip = Clip("still", "/p", ".", "REF", "exr", file="REF.exr")
    footage = Footage.of_clip(clip, Media("exr", fps=F24, start_timecode="01:00:00:00"))
    placement = place(footage, "shot-start", shot_start=FACTS)
    assert numbers(placement) == (1, 1, 1001, 1001, 1001, 0, 0)
    assert "A single frame has no handles." in placement.notes


def test_tiles_have_no_place_in_time() -> None:
    with pytest.raises(PlacementRefused, match="UDIM"):
        place(replace(plate(1001, 10), kind="udim"), "shot-start")


def test_a_policy_that_does_not_exist_is_refused() -> None:
    with pytest.raises(PlacementRefused, match="no placement policy"):
        place(plate(), "guess")  # type: ignore[arg-type]


def test_negative_and_zero_frame_numbers_are_numbers_like_others() -> None:
    placement = place(plate(-4, 9, "00:00:00:00"), "source-frames")
    assert numbers(placement) == (-4, 4, -4, -4, 4, 0, 0)
    assert placement.file_frame(0) == 0


def test_a_sequence_with_gaps_or_on_twos_keeps_its_numbers() -> None:
    holed = replace(plate(), frames=FrameSet.parse("993-1000,1004-1108"))
    assert numbers(place(holed, "shot-start", event=CUT)) == (993, 1108, 993, 1001, 1100, 8, 8)
    twos = replace(plate(), frames=FrameSet.of(range(993, 1108, 2)))
    placement = place(twos, "shot-start", event=CUT)
    assert (placement.last_file_frame, placement.timeline_last, placement.tail_handle) == (1107, 1107, 7)


def test_a_clip_over_midnight_goes_on_counting() -> None:
    footage = plate(1, 48, "23:59:59:00")
    placement = place(footage, "timecode", event=event("00:00:00:00", "00:00:00:12"))
    assert placement.timeline_first == 2073576
    assert (placement.cut_in, placement.cut_out) == (2073600, 2073611)
    assert str(placement.source_timecode(placement.cut_in)) == "00:00:00:00"
    assert placement.timeline_of(tc("00:00:00:11")) == placement.cut_out
    assert any("midnight" in note for note in placement.notes)


def test_an_event_over_midnight_is_found() -> None:
    placement = place(plate(1, 96, "23:59:58:00"), "shot-start", event=event("23:59:59:12", "00:00:00:12"))
    assert (placement.timeline_first, placement.cut_in, placement.cut_out) == (965, 1001, 1024)


def test_drop_frame_counts_frames_not_labels() -> None:
    footage = plate(1, 100, "00:00:59;20", NTSC30)
    placement = place(footage, "shot-start", event=event("00:01:00;02", "00:01:01;02", NTSC30))
    assert (placement.head_handle, placement.cut_out - placement.cut_in + 1) == (10, 30)
    assert str(placement.source_timecode(1001)) == "00:01:00;02"
    assert place(footage, "timecode").timeline_first == 1790


def test_a_list_without_drop_labels_is_read_as_the_clip_counts_and_says_so() -> None:
    footage = plate(1, 100, "00:00:59;20", NTSC30)
    placement = place(footage, "shot-start", event=event("00:01:00:02", "00:01:01:02", NTSC30))
    assert placement.head_handle == 10
    assert any("labels were read as the clip counts" in note for note in placement.notes)
    with pytest.raises(PlacementRefused, match="skips"):
        place(footage, "shot-start", event=event("00:01:00:00", "00:01:01:02", NTSC30))


def test_a_drop_flag_that_means_nothing_is_ignored_and_said() -> None:
    placement = place(plate(1, 48, "01:00:00;00"), "timecode")
    assert placement.timeline_first == 86400
    assert any("means nothing at 24" in note for note in placement.notes)


def test_counted_positions_keep_their_number_whatever_their_labels_look_like() -> None:
    start = Timecode.parse("01:00:00;00", NTSC30)
    counted = Event(
        number="001",
        source_in=Timecode(start.frame + 10, NTSC30),
        source_out=Timecode(start.frame + 20, NTSC30),
        counted=True,
    )
    assert place(plate(1, 30, "01:00:00;00", NTSC30), "shot-start", event=counted).head_handle == 10


@pytest.mark.parametrize(
    ("own", "project", "said"),
    [
        (Fraction(25), F24, "4 % slower"),
        (F24, Fraction(25), "4.167 % faster"),
        (NTSC24, F24, "differs by 0.1 %"),
        (Fraction(48), F24, "50 % slower"),
    ],
)
def test_other_rates_are_placed_frame_for_frame_and_said(own: Fraction, project: Fraction, said: str) -> None:
    placement = place(plate(1, 100, "01:00:00:00", own), "shot-start", project_rate=project)
    assert (placement.timeline_first, placement.timeline_last) == (1001, 1100)
    assert any("frame for frame" in note and said in note for note in placement.notes)
    assert (placement.rate, placement.project_rate) == (own, project)


def test_an_edit_that_counts_at_another_rate_is_read_as_the_clip_counts_or_refused() -> None:
    footage = plate(1, 100, "01:00:00:00", Fraction(25))
    placement = place(footage, "shot-start", event=event("01:00:01:00", "01:00:02:00"))
    assert (placement.head_handle, placement.cut_out - placement.cut_in + 1) == (25, 25)
    assert any("24 non-drop, the clip 25 non-drop" in note for note in placement.notes)
    with pytest.raises(PlacementRefused, match="does not exist at 24"):
        place(plate(1, 100, "01:00:00:00"), "shot-start", event=event("01:00:01:24", "01:00:02:00", Fraction(25)))


def test_a_missing_rate_is_taken_from_the_project_and_said() -> None:
    placement = place(plate(rate=None), "timecode", project_rate=F24)
    assert placement.timeline_first == 86632
    assert any("project's 24 was taken" in note for note in placement.notes)
    by_edit = place(plate(rate=None), "timecode", event=CUT)
    assert any("edit's 24 was taken" in note for note in by_edit.notes)


def test_fast_rates_in_headers_that_cannot_count_them_are_doubted() -> None:
    clip = Clip("sequence", "/p", ".", "A", "exr", ".", 4, FrameSet(((1, 60),)), (NameRun("A.", ".exr", 4, 1, 60),))
    footage = Footage.of_clip(clip, Media("exr", fps=Fraction(60), start_timecode="01:00:00:00"))
    assert "pairs" in footage.doubt
    with pytest.raises(PlacementRefused, match="cannot be trusted"):
        place(footage, "timecode")
    doubted = place(footage, "shot-start", event=event("01:00:00:10", "01:00:00:20", Fraction(60)), shot_start=FACTS)
    assert (doubted.head_handle, doubted.cut_in) == (8, 1001)
    assert place(footage.confirmed(), "timecode").timeline_first == 216000


@pytest.mark.parametrize(
    ("speed", "source_out", "frames", "needed", "first_shown", "last_shown"),
    [
        (Fraction(2), "01:00:12:00", 24, 48, 0, 46),
        (Fraction(1, 2), "01:00:10:12", 24, 12, 0, 11),
        (Fraction(-1), "01:00:11:00", 24, 24, 23, 0),
        (Fraction(-2), "01:00:12:00", 24, 48, 47, 1),
        (Fraction(0), "01:00:10:01", 24, 1, 0, 0),
    ],
)
def test_retimes_leave_the_plate_alone_and_say_what_the_edit_shows(
    speed: Fraction, source_out: str, frames: int, needed: int, first_shown: int, last_shown: int
) -> None:
    retimed = event("01:00:10:00", source_out, speed=speed, record_out=Timecode(86400 + frames, F24))
    placement = place(plate(), "shot-start", event=retimed)
    assert (placement.timeline_first, placement.cut_in) == (993, 1001)
    assert placement.cut_out - placement.cut_in + 1 == needed
    assert (placement.edit_frames, placement.edit_out) == (frames, 1000 + frames)
    cut_file = placement.file_frame(placement.cut_in)
    assert placement.edit_file_frame(1001) == cut_file + first_shown
    assert placement.edit_file_frame(placement.edit_out) == cut_file + last_shown
    assert any("plate is placed unchanged" in note for note in placement.notes)


@pytest.mark.parametrize(
    ("first", "start", "policy", "refused"),
    [
        (1, "12:08:10:14", "timecode", "cannot hold frame"),
        (1, "12:08:00:00", "timecode", None),
        (1_048_000, None, "source-frames", "cannot hold frame"),
        (-20, None, "source-frames", "cannot start a scene at -20"),
        (0, None, "source-frames", None),
    ],
)
def test_blender_refuses_what_it_would_silently_clamp(
    first: int, start: str | None, policy: Policy, refused: str | None
) -> None:
    footage = plate(first, 1000 if first > 1000 else 24, start)
    if refused is None:
        place(footage, policy, limits=BLENDER)
    else:
        with pytest.raises(PlacementRefused, match=refused):
            place(footage, policy, limits=BLENDER)
    place(footage, policy, limits=NUKE)


def test_handles_before_frame_zero_are_no_reason_to_refuse() -> None:
    placement = place(plate(), "shot-start", shot_start=StartFacts(0, 8, 8, "a setting"), limits=BLENDER)
    assert (placement.timeline_first, placement.cut_in) == (-8, 0)


# Start frame and handles ------------------------------------------------------------------------------------------


def test_the_record_wins_over_the_step_and_the_step_over_the_setting() -> None:
    record = from_record(placement_record(plate(), start=StartFacts(2001, 4, 4, "x")))
    step = "shot:\n  first_image_number: 993\n  handle_in: 8\n  handle_out: 8\n"
    setting = StartFacts(101, 1, 1, "the command line")
    assert start_facts(record, step, setting) == StartFacts(2001, 4, 4, "the plate's own record")
    assert start_facts(None, step, setting) == StartFacts(1001, 8, 8, "the step's settings in Ramses")
    assert start_facts(None, None, setting) == setting
    assert start_facts() == StartFacts(1001, None, None, "the default")


def test_each_source_may_leave_a_part_open() -> None:
    facts = start_facts(None, {"shot": {"handle_in": 8, "handle_out": 10}}, StartFacts(1001, source="the setting"))
    assert (facts.start, facts.head, facts.tail) == (1001, 8, 10)
    assert facts.source == "the setting, handles from the step's settings in Ramses"


def test_ramses_counts_its_first_image_from_the_head_handle_on() -> None:
    """As Ramses-Maya lays out a scene, so that plate and scene line up."""
    assert start_facts(None, {"shot": {"first_image_number": 1001, "handle_in": 8}}).start == 1009
    assert start_facts(None, {"shot": {"first_image_number": 1001}}).start == 1001


@pytest.mark.parametrize(
    "settings",
    [
        "shot: {handle_in: 8, handle_out: 10, first_image_number: 993}",
        "shot: {handle_in: 8,\n  handle_out: 10, first_image_number: 993}\n",
        '{"color": 1, "shot": {"handle_in": 8, "handle_out": 10, "first_image_number": 993}}',
        (
            "colour:\n  handle_in: 99\nshot:\n  # in frames\n  handle_in: 8\n\n"
            "  handle_out: '10'\n  first_image_number: 993\nz:\n  handle_in: 7\n"
        ),
        "a: 1\r\nshot:\r\n    first_image_number: 993 # first\r\n    handle_in: 8\r\n    handle_out: 10\r\n",
    ],
)
def test_step_settings_are_read_as_people_write_them(settings: str) -> None:
    assert start_facts(None, settings) == StartFacts(1001, 8, 10, "the step's settings in Ramses")


@pytest.mark.parametrize(
    "settings",
    ["", "shot:", "shot: nothing", "{", '{"shot": 3}', '{"shot": {"handle_in": "x"}}', "[" * 90_000, "handle_in: 8"],
)
def test_settings_without_these_numbers_say_nothing(settings: str) -> None:
    assert start_facts(None, settings) == StartFacts()


# The record of a published version --------------------------------------------------------------------------------


def test_a_published_version_is_placed_from_its_record_alone() -> None:
    facts = StartFacts(1001, 8, 8, "the step's settings in Ramses")
    footage = replace(plate(), reel="A001C002_240101", reel_source="header")
    cut = replace(CUT, shot="SH010", speed=Fraction(1), expected=(1001, 1100))
    record = json.loads(json.dumps(placement_record(footage, event=cut, start=facts)))
    assert record["cut"] == [1001, 1100]
    assert record["handles"] == [8, 8]
    assert (record["rate"], record["drop"], record["start_timecode"]) == ("24", False, "01:00:09:16")
    recorded = from_record(record, path="/v/001_OK/x.exr", ext="exr")
    assert recorded.event is not None
    assert recorded.event.shot == "SH010"
    for policy in POLICIES:
        again = place(recorded.footage, policy, shot_start=start_facts(recorded), event=recorded.event)
        assert numbers(again) == numbers(place(footage, policy, shot_start=facts, event=cut))


def test_a_record_without_an_edit_remembers_the_handles() -> None:
    recorded = from_record(placement_record(plate(start=None, rate=None), start=FACTS))
    assert numbers(place(recorded.footage, "shot-start", shot_start=start_facts(recorded))) == (
        993, 1108, 993, 1001, 1100, 8, 8,
    )  # fmt: skip


def test_frames_added_later_make_longer_handles() -> None:
    recorded = from_record(placement_record(plate(start=None), start=FACTS), frames=FrameSet(((989, 1110),)))
    assert recorded.handles == (12, 10)
    assert recorded.start == 1001


def test_an_event_of_another_part_leaves_no_cut_in_the_record() -> None:
    record = placement_record(plate(), event=event("05:00:00:00", "05:00:01:00"), start=FACTS)
    assert "cut" not in record
    assert "handles" not in record


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 99},
        {"rate": "fast"},
        {"kind": "film"},
        {"frames": "1-"},
        {"frames": "1-2000000000"},
        {"frames": None},
        {"handles": [1]},
        {"handles": "ab"},
        {"event": "SH010"},
        {"event": {"source_in": "01:00:00:00"}},
        {"event": {"speed": "1/0"}},
        {"shot_start": "x"},
        {"cut": [1]},
    ],
)
def test_a_broken_record_is_named_broken(change: dict[str, object]) -> None:
    record = {**placement_record(plate(), event=CUT, start=FACTS), **change}
    with pytest.raises(ManifestError, match="broken"):
        from_record(record, path="/v/001_OK")


def test_the_sidecar_of_another_tool_fills_only_what_headers_leave_open() -> None:
    bare = plate(start=None, rate=None)
    filled = with_sidecar(bare, {"timecode": "02:00:00:00", "fps": 23.976, "sourceMedia": "A001C002_240101_R1AB"})
    assert (filled.start_label, filled.rate) == ("02:00:00:00", NTSC24)
    assert "A001C002_240101_R1AB" in filled.names
    assert len(filled.notes) == 2
    kept = with_sidecar(plate(), {"timecode": "02:00:00:00", "fps": 25.0})
    assert (kept.start_label, kept.rate) == ("01:00:09:16", F24)
    assert with_sidecar(bare, {"timecode": 5, "fps": -1, "sourceMedia": None}).rate is None


# Properties -------------------------------------------------------------------------------------------------------


@st.composite
def situations(draw: st.DrawFn) -> tuple[Footage, Event]:
    """A plate anywhere in the day, midnight included, and an event that has a frame in common with it."""
    rate, drop = draw(st.sampled_from(COUNTINGS))
    day = Timecode(0, rate, drop).frames_per_day
    start = Timecode(draw(st.integers(0, day - 1)), rate, drop)
    count = draw(st.integers(1, 5000))
    first = draw(st.integers(-1000, 200_000))
    length = draw(st.integers(1, 3000))
    offset = draw(st.integers(-length + 1, count - 1))
    footage = replace(plate(first, count, str(start), rate), doubt="")
    source_in = (start + offset).wrapped()
    record = Timecode(draw(st.integers(0, day - 1)), rate, drop)
    ordered = Event(
        number="001",
        reel="A001",
        source_in=source_in,
        source_out=(source_in + length).wrapped(),
        record_in=record,
        record_out=(record + length).wrapped(),
    )
    return footage, ordered


@given(situations(), st.sampled_from(POLICIES), st.integers(-100, 100_000))
def test_placement_to_timecode_to_placement_is_a_round_trip(
    situation: tuple[Footage, Event], policy: Policy, start: int
) -> None:
    footage, ordered = situation
    placement = place(footage, policy, shot_start=start, event=ordered)
    for frame in (placement.timeline_first, placement.timeline_last, placement.cut_in, placement.cut_out):
        timecode = placement.source_timecode(frame)
        assert timecode is not None
        reread = Timecode.parse(str(timecode), timecode.rate, timecode.drop)
        assert placement.timeline_of(reread) == frame
        assert placement.timeline_frame(placement.file_frame(frame)) == frame
    cut_in, cut_out = placement.source_timecode(placement.cut_in), placement.source_timecode(placement.cut_out)
    assert cut_in is not None
    assert cut_out is not None
    again = replace(ordered, source_in=cut_in.wrapped(), source_out=(cut_out + 1).wrapped())
    assert place(footage, policy, shot_start=start, event=again) == placement


@given(situations(), st.sampled_from(POLICIES))
def test_a_record_places_like_the_original(situation: tuple[Footage, Event], policy: Policy) -> None:
    footage, ordered = situation
    record = json.loads(json.dumps(placement_record(footage, event=ordered, start=StartFacts(1001, source="x"))))
    recorded = from_record(record, ext="exr")
    placement = place(recorded.footage, policy, shot_start=start_facts(recorded), event=recorded.event)
    assert numbers(placement) == numbers(place(footage, policy, shot_start=1001, event=ordered))


@given(situations())
def test_handles_shorts_and_cut_add_up(situation: tuple[Footage, Event]) -> None:
    footage, ordered = situation
    placement = place(footage, "shot-start", event=ordered)
    cut = placement.cut_out - placement.cut_in + 1
    inside = cut - placement.head_short - placement.tail_short
    assert placement.cut_in == 1001
    assert cut == ordered.source_frames
    assert placement.head_handle + inside + placement.tail_handle == footage.length


@given(st.data())
def test_opentimelineio_arithmetic_finds_the_same_frames(data: st.DataObject) -> None:
    """A thousand random events, ten for each of a hundred plates: the independent judge is OpenTimelineIO."""
    import opentimelineio.opentime as opentime

    rate, drop = data.draw(st.sampled_from([counting for counting in COUNTINGS if counting[0] <= 60]))
    number = float(rate)
    # OpenTimelineIO ends the day of 29.97 and 59.94 where drop-frame counting ends it.
    day = Timecode(0, rate, can_drop(rate) and rate.denominator == 1001).frames_per_day
    count = data.draw(st.integers(200, 20_000))
    start = Timecode(data.draw(st.integers(0, day - count - 1)), rate, drop)
    first = data.draw(st.integers(0, 100_000))
    footage = replace(plate(first, count, str(start), rate), doubt="")
    clip_start = opentime.from_timecode(str(start), number)
    for _event in range(10):
        offset = data.draw(st.integers(0, count - 2))
        length = data.draw(st.integers(1, count - offset - 1))
        time_in = opentime.RationalTime(clip_start.value + offset, number)
        time_out = opentime.RationalTime(clip_start.value + offset + length, number)
        label_in = opentime.to_timecode(time_in, number, drop)
        label_out = opentime.to_timecode(time_out, number, drop)
        assume(label_in != label_out)
        ordered = Event(
            number="001",
            source_in=Timecode.parse(label_in, rate),
            source_out=Timecode.parse(label_out, rate),
        )
        placement = place(footage, "shot-start", event=ordered)
        seen = opentime.TimeRange(
            opentime.from_timecode(label_in, number), opentime.from_timecode(label_out, number) - time_in
        )
        assert placement.file_frame(placement.cut_in) - first == round((seen.start_time - clip_start).value)
        assert placement.cut_out - placement.cut_in + 1 == round(seen.duration.value)
        absolute = place(footage, "timecode", event=ordered)
        assert absolute.cut_in == round(opentime.from_timecode(label_in, number).value)
