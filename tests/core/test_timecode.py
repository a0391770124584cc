# SPDX-License-Identifier: GPL-3.0-or-later
"""Timecode against the case table, whole days, and two libraries where they are right."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ramses_plates.core.errors import TimecodeError
from ramses_plates.core.timecode import Timecode, can_drop, nominal_rate, rate_of, rate_text, snap_rate

CASES = json.loads((Path(__file__).parents[1] / "cases" / "timecode.json").read_text(encoding="utf-8"))
NTSC = [Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)]
WHOLE = [Fraction(n) for n in (24, 25, 30, 48, 50, 60, 100, 120)]
DROPPING = [Fraction(30000, 1001), Fraction(60000, 1001), Fraction(120000, 1001), Fraction(30), Fraction(60)]
COUNTINGS = [(rate, False) for rate in NTSC + WHOLE] + [(rate, True) for rate in DROPPING]
# What OpenTimelineIO 0.18 accepts, see the project's timecode notes: above 60 it raises.
OTIO_COUNTINGS = [(rate, drop) for rate, drop in COUNTINGS if rate <= 60 and not (drop and rate.denominator == 1)]


@pytest.mark.parametrize("case", CASES["valid"], ids=lambda case: f"{case['rate']}-{case['drop']}-{case['frame']}")
def test_every_case_of_the_table_reads_both_ways(case: dict[str, object]) -> None:
    rate = rate_of(str(case["rate"]))
    assert rate == Fraction(str(case["fraction"]))
    frame, text, drop = int(str(case["frame"])), str(case["timecode"]), bool(case["drop"])
    timecode = Timecode(frame, rate, drop)
    assert str(timecode) == text
    assert Timecode.parse(text, rate, drop).frame == frame % timecode.frames_per_day
    assert float(timecode.seconds()) == pytest.approx(case["seconds"], abs=1e-9)


@pytest.mark.parametrize("case", CASES["invalid"], ids=lambda case: f"{case['rate']}-{case['timecode']}")
def test_every_refused_label_of_the_table_is_refused(case: dict[str, object]) -> None:
    with pytest.raises(TimecodeError):
        Timecode.parse(str(case["timecode"]), rate_of(str(case["rate"])), bool(case["drop"]))


@pytest.mark.parametrize(("rate", "drop"), COUNTINGS, ids=lambda value: str(value))
def test_labels_of_a_whole_day_are_consecutive_unique_and_read_back(rate: Fraction, drop: bool) -> None:
    """Every minute's first and last frames, over the whole day: that is where counting can go wrong."""
    day = Timecode(0, rate, drop).frames_per_day
    nominal = nominal_rate(rate)
    for minute in range(24 * 60):
        middle = (day * minute) // (24 * 60)
        seen = set()
        for frame in range(max(0, middle - 3), min(day, middle + nominal // 8 + 3)):
            label = str(Timecode(frame, rate, drop))
            seen.add(label)
            assert Timecode.parse(label, rate, drop).frame == frame
        assert len(seen) == min(day, middle + nominal // 8 + 3) - max(0, middle - 3)


def test_every_drop_label_of_ten_minutes_counts_up_by_one() -> None:
    for rate in DROPPING:
        expected = 0
        nominal = nominal_rate(rate)
        skipped = 2 * (nominal // 30)
        for minute in range(20):
            for second in range(60):
                for frame in range(nominal):
                    if second == 0 and frame < skipped and minute % 10:
                        continue
                    digits = 3 if nominal > 100 else 2
                    label = f"00:{minute:02d}:{second:02d};{frame:0{digits}d}"
                    assert str(Timecode(expected, rate, True)) == label
                    expected += 1


@given(st.sampled_from(COUNTINGS), st.integers(-(10**9), 10**9))
def test_any_integer_has_the_label_of_its_place_in_the_day(counting: tuple[Fraction, bool], frame: int) -> None:
    rate, drop = counting
    timecode = Timecode(frame, rate, drop)
    assert 0 <= timecode.wrapped().frame < timecode.frames_per_day
    assert str(timecode) == str(timecode.wrapped())
    assert Timecode.parse(str(timecode), rate, drop) == timecode.wrapped()


@given(st.sampled_from(COUNTINGS), st.integers(0, 10**7), st.integers(0, 10**6))
def test_frames_since_goes_forward_over_midnight(counting: tuple[Fraction, bool], frame: int, further: int) -> None:
    start = Timecode(frame, *counting).wrapped()
    assert (start + further).wrapped().frames_since(start) == further % start.frames_per_day
    assert (start + further) - further == start


@given(st.sampled_from(OTIO_COUNTINGS), st.integers(0, 24 * 3600 * 60 - 1))
def test_opentimelineio_agrees_where_it_is_right(counting: tuple[Fraction, bool], frame: int) -> None:
    import opentimelineio

    rate, drop = counting
    # OpenTimelineIO 0.18 ends the day of 29.97 and 59.94 where drop-frame ends it, also when it counts non-drop.
    day = Timecode(0, rate, can_drop(rate) and rate.denominator == 1001).frames_per_day
    mine = Timecode(frame % day, rate, drop)
    number = float(rate)
    theirs = opentimelineio.opentime.to_timecode(opentimelineio.opentime.RationalTime(mine.frame, number), number, drop)
    assert str(mine) == theirs
    back = opentimelineio.opentime.from_timecode(str(mine), number)
    assert round(back.value) == mine.frame


@given(
    st.sampled_from([("29.97", Fraction(30000, 1001)), ("59.94", Fraction(60000, 1001))]),
    st.booleans(),
    st.integers(0, 2_589_407),
)
def test_the_timecode_library_agrees_at_ntsc_rates(named: tuple[str, Fraction], drop: bool, frame: int) -> None:
    import timecode

    name, rate = named
    theirs = timecode.Timecode(name, frames=frame + 1, force_non_drop_frame=not drop)
    assert str(theirs).replace(";", ":") == str(Timecode(frame, rate, drop)).replace(";", ":")


@given(st.sampled_from(["24", "25", "30", "50", "60"]), st.integers(0, 2_073_599))
def test_the_timecode_library_agrees_at_whole_rates(name: str, frame: int) -> None:
    import timecode

    theirs = timecode.Timecode(name, frames=frame + 1)
    assert str(theirs) == str(Timecode(frame, Fraction(int(name))))


@pytest.mark.parametrize(
    ("text", "rate", "drop", "frame", "doubt"),
    [
        ("01:00:00;00", Fraction(24), None, 86400, "means nothing"),
        ("01:00:00:00", Fraction(25), True, 90000, "means nothing"),
        ("01:00:00;00", Fraction(30), None, 107892, "exactly 30"),
        ("01;00;00;00", Fraction(30000, 1001), None, 107892, ""),
        ("01:00:00.00", Fraction(30000, 1001), None, 107892, ""),
        ("01:00:00:00", Fraction(30000, 1001), None, 108000, ""),
        (" 01:00:00:00 ", Fraction(24000, 1001), None, 86400, ""),
    ],
)
def test_files_are_read_tolerantly_and_doubts_are_said(
    text: str, rate: Fraction, drop: bool | None, frame: int, doubt: str
) -> None:
    timecode, note = Timecode.read(text, rate, drop)
    assert timecode.frame == frame
    assert (doubt in note) if doubt else note == ""


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "01:00:00", "01:00:00:00:00", "-1:00:00:00", "aa:00:00:00", "01:60:00:00", "01:00:60:00"),
        *("1:2:3:4444", "01:00:00:00x", "٠١:٠٠:٠٠:٠٠", "01 00 00 00", "25:00:00:00", "01:00:00:24"),
    ],
)
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(TimecodeError):
        Timecode.parse(text, Fraction(24))


def test_drop_numbering_needs_a_rate_that_has_it() -> None:
    for rate in (Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(50), Fraction(59, 2)):
        assert not can_drop(rate)
        with pytest.raises(TimecodeError):
            Timecode(0, rate, True)


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        ("23.976", "24000/1001"),
        (23.98, "24000/1001"),
        ("23.976023976", "24000/1001"),
        ("29.97", "30000/1001"),
        (59.94, "60000/1001"),
        ("47.952", "48000/1001"),
        ("119.88", "120000/1001"),
        ("24000/1001", "24000/1001"),
        ("25", "25"),
        (25, "25"),
        ("25.000", "25"),
        (" 24 ", "24"),
        ("12.5", "25/2"),
        (Fraction(24000, 1001), "24000/1001"),
    ],
)
def test_rates_are_exact_however_they_are_written(written: str | float | Fraction, rate: str) -> None:
    assert rate_text(rate_of(written)) == rate


@pytest.mark.parametrize(
    "text", ["", "x", "0", "-24", "nan", "inf", "1e9999999999", "24/0", "1/2/3", "24000/", "1001", "5" * 400, "2４"]
)
def test_what_is_no_rate_is_refused_at_once(text: str) -> None:
    with pytest.raises(TimecodeError):
        rate_of(text)


@given(st.sampled_from(NTSC + WHOLE))
def test_a_rate_survives_a_float_and_its_own_text(rate: Fraction) -> None:
    assert rate_of(float(rate)) == rate
    assert rate_of(rate_text(rate)) == rate
    assert snap_rate(Fraction(float(rate))) == rate
