# SPDX-License-Identifier: GPL-3.0-or-later
"""CMX3600 as edit systems write it: layouts, notes, speeds, transitions, sound, rates, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from ramses_plates.core.editorial.cmx3600 import read_cmx3600
from ramses_plates.core.editorial.decode import decode
from ramses_plates.core.editorial.model import Edit, Event, Transition
from ramses_plates.core.errors import EditError

F24 = Fraction(24)
NTSC24, NTSC30, NTSC60 = (Fraction(n * 1000, 1001) for n in (24, 30, 60))
EVENT = "001  A001C002 V     C        01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00\n"


def edl(text: str, rate: Fraction | None = F24) -> Edit:
    return read_cmx3600(text, "cut.edl", rate)


def one(text: str, rate: Fraction | None = F24) -> Event:
    (event,) = edl(text, rate).events
    return event


def labels(event: Event) -> tuple[str, ...]:
    return tuple(str(item) for item in (event.source_in, event.source_out, event.record_in, event.record_out))


def test_an_event_line_gives_everything_it_holds() -> None:
    event = one(EVENT)
    assert (event.number, event.reel, event.channels, event.line) == ("001", "A001C002", "V", 1)
    assert labels(event) == ("01:00:10:00", "01:00:14:00", "00:00:00:00", "00:00:04:00")
    assert (event.cut_frames, event.source_frames, event.speed) == (96, 96, 1)
    assert event.transition is None
    assert event.clip_name is event.shot is None


@pytest.mark.parametrize(
    "line",
    [
        "001 A001C002 V C 01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00",
        "001\tA001C002\tV\tC\t01:00:10:00\t01:00:14:00\t00:00:00:00\t00:00:04:00",
        "   000001   A001C002   V   C      01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00   ",
        "1 A001C002 v c 1:00:10:00 1:00:14:00 0:00:00:00 0:00:04:00",
        "001  A001C002 AA/V  C        01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00",
        "001  A001C002 B     C        01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00",
        "001  A001C002 V2    C        01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00 extra words",
    ],
)
def test_layout_is_forgiven(line: str) -> None:
    event = one(line)
    assert event.reel == "A001C002"
    assert labels(event) == ("01:00:10:00", "01:00:14:00", "00:00:00:00", "00:00:04:00")


def test_reels_may_be_long_or_hold_blanks() -> None:
    long = "A001C002_240101_R1AB_and_much_longer_than_32"
    assert one(EVENT.replace("A001C002", long)).reel == long
    assert one(EVENT.replace("A001C002", "MY TAPE 4")).reel == "MY TAPE 4"


@pytest.mark.parametrize(
    "note",
    [
        "* REEL: A001C002_240101_R1AB",
        "* TAPE NAME: A001C002_240101_R1AB",
        "FINAL CUT PRO REEL: A001C002_240101_R1AB REPLACED BY: A001C002",
        "* source reel : A001C002_240101_R1AB",
    ],
)
def test_a_longer_reel_in_a_note_wins_and_the_short_one_is_kept(note: str) -> None:
    event = one(f"{EVENT}{note}\n")
    assert (event.reel, event.short_reel) == ("A001C002_240101_R1AB", "A001C002")


@pytest.mark.parametrize("reel", ["AX", "BL", "ax"])
def test_reels_that_are_none(reel: str) -> None:
    event = one(EVENT.replace("A001C002", reel))
    assert event.tape is None
    assert event.is_black == (reel == "BL")


def test_notes_belong_to_the_event_above_them_in_any_order() -> None:
    first, second = edl(
        f"{EVENT}* COMMENT: SH010\n* SOURCE FILE: A.mov\n* FROM CLIP NAME: PLATE_A\n"
        f"{EVENT.replace('001', '002', 1)}* LOC: 01:00:01:00 RED  SH020\n* FROM CLIP NAME: PLATE_B\n"
    ).events
    assert (first.shot, first.clip_name, first.source_file) == ("SH010", "PLATE_A", "A.mov")
    assert (second.shot, second.clip_name) == ("SH020", "PLATE_B")


@pytest.mark.parametrize(
    ("note", "shot"),
    [
        ("* COMMENT: SH010", "SH010"),
        ("* comment:sh010", "sh010"),
        ("*COMMENT : SH010 please", "SH010"),
        ("* COMMENT: 0010", "0010"),
        ("* COMMENT: ABC0010", "ABC0010"),
        ("* COMMENT: TST_010_0020", "TST_010_0020"),
        ("* LOC: 01:00:01:00 GREEN   SH010 comp", "SH010"),
        ("* LOC: 01:00:01:00 GREEN   VFX", None),
        ("* LOC: 01:00:01:00 RED     ANIM FIX NEEDED", None),
        ("* SHOT: SH010", "SH010"),
        ("* VFX ID: SH010", "SH010"),
        ("* VFX ID: ABC0010 remove the rig", "ABC0010"),
        ("* COMMENT: ABC0010 remove the rig", None),
        ("* LOC: 01:00:01:00 GREEN   ABC_010_0010 - remove the rig", "ABC_010_0010"),
        ("* SH010", "SH010"),
        (" |C:ResolveColorBlue |M:SH010 |D:1", "SH010"),
        ("* COMMENT: approved", None),
        ("* COMMENT: v002", None),
        ("* COMMENT: take3", None),
        ("* COMMENT: 4K", None),
        ("* COMMENT: 50%", None),
        ("* COMMENT: 24fps", None),
        ("* COMMENT: 2024-05-01", None),
        ("* COMMENT: retime at 12 frames", None),
        ("* GREEN 12", None),
        ("* COMMENT:", None),
    ],
)
def test_a_note_names_a_shot_only_when_it_surely_does(note: str, shot: str | None) -> None:
    assert one(f"{EVENT}{note}\n").shot == shot


def test_a_comment_wins_over_a_locator_and_the_first_over_the_second() -> None:
    notes = "* LOC: 01:00:01:00 RED SH030\n* COMMENT: approved\n* COMMENT: SH010\n* COMMENT: SH020\n"
    event = one(EVENT + notes)
    assert event.shot == "SH010"
    assert event.comments == ("LOC: 01:00:01:00 RED SH030", "COMMENT: approved", "COMMENT: SH010", "COMMENT: SH020")


def test_a_sequence_before_the_shot_is_told_apart() -> None:
    event = one(f"{EVENT}* COMMENT: SQ010_SH020\n")
    assert (event.sequence, event.shot) == ("SQ010", "SH020")


def test_one_clip_in_several_shots_has_no_one_shot() -> None:
    text = f"{EVENT}* FROM CLIP NAME: P\n* COMMENT: SH010\n{EVENT}* FROM CLIP NAME: P\n* COMMENT: SH020\n"
    edit = edl(text)
    assert edit.clip_to_shot == {"P": None}
    assert edit.document()["several_shots"] == {"P": ["SH010", "SH020"]}
    assert edl(text.replace("SH020", "SH010")).clip_to_shot == {"P": "SH010"}


def test_unknown_notes_are_kept() -> None:
    event = one(f"{EVENT}* ASC_SOP (1 1 1)(0 0 0)(1 1 1)\nAUD  3\n>>> SOURCE A001\nEFFECTS NAME IS X\n")
    assert event.comments == ("ASC_SOP (1 1 1)(0 0 0)(1 1 1)", "AUD  3", "SOURCE A001", "EFFECTS NAME IS X")


# Lists without event lines ----------------------------------------------------------------------------------------


def test_a_list_of_notes_alone_maps_clips() -> None:
    edit = edl(
        "TITLE: x\n* FROM CLIP NAME: A\n* COMMENT: SH010 1001-1100\n\n* FROM CLIP NAME: B\n* COMMENT: SH020\n", None
    )
    assert edit.clip_to_shot == {"A": "SH010", "B": "SH020"}
    assert edit.events[0].expected == (1001, 1100)
    assert edit.events[0].source_in is None
    assert [event.line for event in edit.events] == [2, 5]


def test_a_list_of_notes_may_put_its_comments_first() -> None:
    edit = edl("* COMMENT: SH010\n* FROM CLIP NAME: A\n* COMMENT: SH020\n* FROM CLIP NAME: B\n", None)
    assert edit.clip_to_shot == {"A": "SH010", "B": "SH020"}


def test_the_second_comment_of_a_clip_stays_with_it() -> None:
    edit = edl("* FROM CLIP NAME: A\n* COMMENT: SH010\n* COMMENT: retime\n* FROM CLIP NAME: B\n", None)
    assert edit.clip_to_shot == {"A": "SH010", "B": None}


# Rates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("highest", "rate"),
    [("23", 24), ("24", 25), ("25", 30), ("29", 30), ("47", 48), ("49", 50), ("59", 60), ("119", 120)],
)
def test_the_rate_is_assumed_from_the_labels_and_said(highest: str, rate: int) -> None:
    edit = edl(EVENT.replace("01:00:14:00", f"01:00:13:{highest}"), None)
    assert edit.rate == rate
    assert "assumed" in edit.rate_source
    assert f":{highest}" in edit.rate_source
    assert edit.rate_assumed


def test_drop_frame_lists_are_assumed_ntsc() -> None:
    for text in (f"FCM: DROP FRAME\n{EVENT}", EVENT.replace("01:00:10:00", "01:00:10;00")):
        edit = edl(text, None)
        assert edit.rate == NTSC30
        assert "drop-frame" in edit.rate_source


def test_a_given_rate_is_not_assumed() -> None:
    edit = edl(EVENT, NTSC24)
    assert (edit.rate, edit.rate_source, edit.rate_assumed) == (NTSC24, "as given", False)


def test_fcm_holds_for_the_lines_after_it_and_may_change() -> None:
    line = "001 A V C 01:00:10:00 01:00:14:00 01:00:00:00 01:00:04:00\n"
    events = edl(f"{line}FCM: DROP FRAME\n{line}FCM: NON-DROP FRAME\n{line}fcm:non drop frame\n{line}", NTSC30).events
    assert [event.source_in.drop for event in events if event.source_in] == [False, True, False, False]
    assert events[0].source_in is not None
    assert events[1].source_in is not None
    assert events[0].source_in.frame - events[1].source_in.frame == 108


def test_semicolons_decide_for_themselves() -> None:
    event = one("FCM: NON-DROP FRAME\n001 A V C 01:00:10;00 01:00:14;00 01:00:00:00 01:00:04:00\n", NTSC30)
    assert event.source_in is not None
    assert event.record_in is not None
    assert (event.source_in.drop, event.record_in.drop) == (True, False)


def test_a_label_that_drop_frame_skips_is_read_as_non_drop_and_said() -> None:
    event = one("FCM: DROP FRAME\n001 A V C 01:01:00:00 01:01:04:00 01:00:00:00 01:00:04:00\n", NTSC30)
    assert event.source_in is not None
    assert not event.source_in.drop
    assert any("read as non-drop" in note for note in event.notes)


def test_a_drop_flag_at_24_is_ignored_and_said() -> None:
    event = one(EVENT.replace("01:00:10:00", "01:00:10;00"))
    assert event.source_in is not None
    assert event.source_in.frame == 86640
    assert any("means nothing at 24" in note for note in event.notes)


# Speeds -----------------------------------------------------------------------------------------------------------


def retimed(speed: str, source: str, record: str, rate: Fraction = F24, name: str = "A") -> Event:
    line = f"001 A001 V C 01:00:10:00 {source} 01:00:00:00 {record}\n"
    return one(f"{line}M2   A001  {speed}   01:00:10:00\n* FROM CLIP NAME: {name}\n", rate)


@pytest.mark.parametrize(
    ("speed", "source", "record", "rate", "expected", "needed"),
    [
        ("048.0", "01:00:12:00", "01:00:01:00", F24, Fraction(2), 48),
        ("048.0", "01:00:11:23", "01:00:01:00", F24, Fraction(2), 47),
        ("012.0", "01:00:10:12", "01:00:01:00", F24, Fraction(1, 2), 12),
        ("-024.0", "01:00:11:00", "01:00:01:00", F24, Fraction(-1), 24),
        ("024.0-", "01:00:11:00", "01:00:01:00", F24, Fraction(-1), 24),
        ("000.0", "01:00:10:01", "01:00:01:00", F24, Fraction(0), 1),
        ("000.0", "01:00:11:00", "01:00:01:00", F24, Fraction(0), 1),
        ("048.0", "01:00:11:00", "01:00:01:00", F24, Fraction(2), 48),
        ("050", "01:00:12:00", "01:00:01:00", Fraction(25), Fraction(2), 50),
        ("023.9", "01:00:11:00", "01:00:01:00", NTSC24, Fraction(1), 24),
        ("024.0", "01:00:11:00", "01:00:01:00", NTSC24, Fraction(1), 24),
        ("047.9", "01:00:12:00", "01:00:01:00", NTSC24, Fraction(2), 48),
        ("048.0", "01:00:12:00", "01:00:01:00", NTSC24, Fraction(2), 48),
        ("036.0", "01:00:11:12", "01:00:01:00", F24, Fraction(3, 2), 36),
    ],
)
def test_m2_speeds(speed: str, source: str, record: str, rate: Fraction, expected: Fraction, needed: int) -> None:
    event = retimed(speed, source, record, rate)
    assert event.speed == expected
    assert event.source_frames == needed
    assert event.cut_frames == int(rate) if rate.denominator == 1 else 24


def test_hundredths_in_the_clip_name_make_the_speed_exact() -> None:
    event = retimed("047.6", "01:00:12:22", "01:00:01:12", name="Z686_5A (LAY2) (47.56 FPS)")
    assert event.speed == Fraction(4756, 2400)
    assert (event.source_frames, event.clip) == (70, "Z686_5A (LAY2)")
    assert retimed("047.6", "01:00:12:22", "01:00:01:12", name="X (12.00 FPS)").speed == Fraction(476, 240)


def test_a_freeze_note_without_m2_is_a_freeze() -> None:
    event = one("001 A V C 01:00:10:00 01:00:10:01 01:00:00:00 01:00:01:00\n* * FREEZE FRAME\n")
    assert (event.speed, event.source_frames, event.cut_frames) == (0, 1, 24)


def test_lengths_that_no_speed_explains_are_said_and_the_source_is_believed() -> None:
    event = one("001 A V C 01:00:10:00 01:00:12:00 01:00:00:00 01:00:01:00\n")
    assert (event.speed, event.source_frames, event.cut_frames) == (1, 48, 24)
    assert any("no M2 line explains it" in note for note in event.notes)


def test_a_reverse_that_writes_its_source_backwards_is_turned_round() -> None:
    event = one("001 A V C 01:00:11:00 01:00:10:00 01:00:00:00 01:00:01:00\nM2 A -024.0 01:00:11:00\n")
    assert (labels(event)[:2], event.speed) == (("01:00:10:00", "01:00:11:00"), -1)


def test_the_outgoing_clips_speed_is_not_the_incoming_ones() -> None:
    text = (
        "001 A V C 01:00:00:00 01:00:00:00 01:00:00:00 01:00:00:00\n"
        "001 B V D 012 02:00:00:00 02:00:01:00 01:00:00:00 01:00:01:00\n"
        "M2 A 048.0 01:00:00:00\n"
    )
    event = one(text)
    assert (event.reel, event.speed) == ("B", 1)
    assert any("outgoing" in note for note in event.notes)


def test_a_speed_before_any_event_is_refused_by_line() -> None:
    (problem,) = edl(f"M2 A 048.0 01:00:00:00\n{EVENT}").refused_lines
    assert (problem.line, problem.reason) == (1, "a speed must follow its event")


# Transitions ------------------------------------------------------------------------------------------------------

CUT_A = "001 TST V C 01:00:04:05 01:00:04:14 01:00:00:00 01:00:00:09\n* FROM CLIP NAME: clip_A\n"
ENDS = "* FROM CLIP NAME: clip_A\n* TO CLIP NAME: clip_B\n"


@pytest.mark.parametrize(("code", "kind", "wipe"), [("D", "dissolve", ""), ("W001", "wipe", "001"), ("K", "key", "")])
def test_a_transition_is_one_event_with_the_incoming_clip(code: str, kind: str, wipe: str) -> None:
    text = (
        f"{CUT_A}002 TST V C 01:00:04:14 01:00:04:14 01:00:00:09 01:00:00:09\n"
        f"002 TST V {code} 010 01:00:08:08 01:00:08:18 01:00:00:09 01:00:00:19\n{ENDS}"
    )
    first, second = edl(text).events
    assert second.transition == Transition(kind, 10, wipe, "clip_A")  # type: ignore[arg-type]
    assert (second.clip_name, second.number, second.cut_frames) == ("clip_B", "002", 10)
    assert (first.overlap_out, second.overlap_out) == (10, 0)


def test_a_dissolve_on_one_line_is_a_dissolve() -> None:
    first, second = edl(f"{CUT_A}002 TST V D 010 01:00:08:08 01:00:08:18 01:00:00:09 01:00:00:19\n{ENDS}").events
    assert second.transition == Transition("dissolve", 10, "", "clip_A")
    assert first.overlap_out == 10


def test_a_fade_from_black_keeps_the_name_of_its_own_clip() -> None:
    text = (
        "001 BL V C 00:00:00:00 00:00:00:00 01:00:00:00 01:00:00:00\n"
        "001 A V D 024 01:00:00:00 01:00:04:00 01:00:00:00 01:00:04:00\n* FROM CLIP NAME: clip_A\n"
    )
    event = one(text)
    assert event.transition == Transition("dissolve", 24, "", None)
    assert event.clip_name == "clip_A"


def test_a_dissolve_without_its_length_is_refused() -> None:
    (problem,) = edl(f"{CUT_A}002 TST V D 01:00:08:08 01:00:08:18 01:00:00:09 01:00:00:19\n").refused_lines
    assert (problem.line, problem.reason) == (3, "a dissolve or wipe needs its length in frames")


# Sound, black, split edits ----------------------------------------------------------------------------------------


def test_sound_is_left_out_and_counted() -> None:
    text = EVENT + EVENT.replace(" V ", " A ") + EVENT.replace(" V ", " AA ") + EVENT.replace(" V ", " NONE ")
    edit = edl(text)
    assert len(edit.events) == 1
    assert edit.notes == ("3 audio events were left out: sound orders no plates.",)


def test_a_split_edit_is_its_picture() -> None:
    edit = edl(
        "SPLIT:    VIDEO DELAY=  00:00:01:00\n"
        "002 A AA C 01:00:00:00 01:00:05:00 01:00:00:00 01:00:05:00\n"
        "002 A V  C 01:00:01:00 01:00:05:00 01:00:01:00 01:00:05:00\n* FROM CLIP NAME: P\n* COMMENT: SH010\n"
    )
    (event,) = edit.events
    assert (labels(event)[0], event.shot) == ("01:00:01:00", "SH010")


def test_black_is_listed_and_orders_nothing() -> None:
    edit = edl(EVENT + EVENT.replace("A001C002", "BL").replace("001 ", "002 ", 1))
    assert len(edit.events) == 2
    assert [event.number for event in edit.picture] == ["001"]


# Refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("002 A V C 01:00:10:24 01:00:14:00 00:00:00:00 00:00:04:00", "does not exist at 24"),
        ("002 A V C 25:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00", "does not exist"),
        ("002 A V C 01:00:10:00 01:00:14:00 00:00:00:00", "four timecodes"),
        ("002 A V C 01:00:14:00 01:00:10:00 00:00:00:00 00:00:04:00", "lies before source in"),
        ("002 A V C 01:00:10:00 01:00:14:00 00:00:04:00 00:00:00:00", "lies before record in"),
        ("002 A V X 01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00", "no edit type"),
        ("002 A Q C 01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00", "no channel"),
        ("002 C 01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00", "names no channel"),
        ("002 A V C 01:00:xx:00 01:00:14:00 00:00:00:00 00:00:04:00", "four timecodes"),
        ("002 A V C", "four timecodes"),
    ],
)
def test_a_bad_line_costs_only_itself_and_is_named(line: str, reason: str) -> None:
    edit = edl(f"TITLE: x\n{EVENT}{line}\n* FROM CLIP NAME: B\n{EVENT.replace('001 ', '003 ', 1)}")
    assert [event.number for event in edit.events] == ["001", "003"]
    assert [event.clip_name for event in edit.events] == [None, None]
    (problem,) = edit.refused_lines
    assert (problem.line, problem.text) == (3, line)
    assert reason in problem.reason


def test_a_list_of_bad_lines_only_is_refused_with_the_first() -> None:
    with pytest.raises(EditError, match=r"cut\.edl: line 2: .*does not exist at 24.*2 lines"):
        edl("TITLE: x\n" + 2 * "001 A V C 01:00:10:24 01:00:14:00 00:00:00:00 00:00:04:00\n")


@pytest.mark.parametrize("text", ["", "\n\n", "TITLE: nothing\n", "Dear all,\nplease find the plates.\n", "* a note\n"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(EditError, match="no event was found"):
        edl(text)


def test_notes_of_a_refused_event_do_not_go_to_the_one_before() -> None:
    edit = edl(f"{EVENT}002 A V C 01:00:10:24 01:00:14:00 00:00:00:00 00:00:04:00\n* COMMENT: SH020\n")
    assert edit.events[0].shot is None


def test_source_and_record_may_run_over_midnight() -> None:
    event = one("001 A V C 23:59:59:00 00:00:01:00 23:59:58:00 00:00:00:00\n")
    assert (event.source_frames, event.cut_frames) == (48, 48)


# Encodings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_reads_alike(encoding: str, end: str) -> None:
    text = f"TITLE: Déjà vu\n{EVENT}* FROM CLIP NAME: Übersicht_ÄÖ\n* COMMENT: SH010\n".replace("\n", end)
    edit = edl(decode(text.encode(encoding), "cut.edl"))
    assert edit.title == "Déjà vu"
    assert edit.clip_to_shot == {"Übersicht_ÄÖ": "SH010"}


def test_a_control_z_and_zero_bytes_at_the_end_are_old_systems_not_damage() -> None:
    assert edl(decode(EVENT.encode() + b"\x1a\x00\x00", "cut.edl")).events


def test_bytes_that_are_no_text_are_named_by_line() -> None:
    with pytest.raises(EditError, match=r"cut\.edl: line 2: .*0x07"):
        decode(EVENT.encode() + b"\x07 bell\n", "cut.edl")


# Hostile input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "9" * 100_000,
        "001 " + "A " * 50_000,
        "001 " + " " * 50_000 + "A V C 01:00:00:00",
        "001 A V C" + " 01:00:00:00" * 8000,
        "* " * 50_000,
        "* COMMENT: " + "s-" * 4000,
        "* COMMENT: " + "A_" * 4000 + "!",
        "* FROM CLIP NAME: " + "a." * 4000 + "exr",
        "M2 " + "A " * 4000 + "x",
        "M2 " + "1" * 8000,
        "|M:" + "|" * 8000,
        "001 A V D " + "9" * 5000 + " 01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00",
    ],
    ids=range(12),
)
def test_hostile_lines_are_read_in_no_time(line: str) -> None:
    edit = edl(EVENT + (line + "\n") * 20)
    assert edit.events[0].number == "001"


def test_too_many_events_are_no_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ramses_plates.core.editorial.cmx3600.MOST_EVENTS", 3)
    with pytest.raises(EditError, match="line 4: more than 3 events"):
        edl(EVENT * 5)
