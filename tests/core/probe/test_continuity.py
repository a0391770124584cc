# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a timecode stops counting: jumps, repeats, codes that stand still, midnight, drop frame, pairs."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from ramses_plates.core.probe.continuity import MOST_BREAKS, timecode_breaks
from ramses_plates.core.timecode import Timecode

NTSC24, NTSC30 = Fraction(24000, 1001), Fraction(30000, 1001)
RATES = [NTSC24, Fraction(24), Fraction(25), NTSC30, Fraction(30)]


def run(start: str, rate: Fraction, count: int, first: int = 1001) -> list[tuple[int, str | None]]:
    begin = Timecode.parse(start, rate)
    return [(first + at, str(begin + at)) for at in range(count)]


@given(st.sampled_from(RATES), st.integers(0, 2_589_407), st.booleans())
def test_a_run_that_counts_has_no_breaks(rate: Fraction, begin: int, drop: bool) -> None:
    """Over minutes, over ten minutes, over midnight."""
    start = Timecode(begin, rate, drop and rate == NTSC30)
    labels = [(at, str(start + at)) for at in range(0, 4000, 7)]
    assert timecode_breaks(labels, rate) == ()


def test_no_timecode_at_all_breaks_nothing() -> None:
    assert timecode_breaks([(at, None) for at in range(10)], Fraction(24)) == ()
    assert timecode_breaks([], Fraction(24)) == ()


def test_a_jump_is_one_break() -> None:
    labels = run("01:00:00:00", NTSC24, 10) + run("01:00:05:00", NTSC24, 10, 1011)
    breaks = timecode_breaks(labels, NTSC24)
    assert [(item.frame, item.found, item.expected) for item in breaks] == [(1011, "01:00:05:00", "01:00:00:10")]


def test_one_wrong_frame_is_one_break() -> None:
    labels = run("01:00:00:00", NTSC24, 10)
    labels[4] = (1005, "09:09:09:09")
    assert [item.frame for item in timecode_breaks(labels, NTSC24)] == [1005]


def test_a_frame_without_code_among_others() -> None:
    labels = run("01:00:00:00", NTSC24, 10)
    labels[4] = (1005, None)
    (only,) = timecode_breaks(labels, NTSC24)
    assert (only.frame, only.found, only.expected) == (1005, None, "01:00:00:04")


def test_a_code_that_stands_still_is_told_by_its_first_frames() -> None:
    labels = [(at, "01:00:00:00") for at in range(5000)]
    breaks = timecode_breaks(labels, NTSC24)
    assert len(breaks) == MOST_BREAKS
    assert (breaks[0].frame, breaks[0].expected) == (1, "01:00:00:01")


def test_missing_frames_of_the_sequence_do_not_break_the_code() -> None:
    labels = [item for item in run("01:00:00:00", NTSC24, 50) if not 1010 <= item[0] < 1020]
    assert timecode_breaks(labels, NTSC24) == ()


def test_a_dropped_label_is_expected() -> None:
    labels = run("00:00:59;28", NTSC30, 4)
    assert [label for _frame, label in labels] == ["00:00:59;28", "00:00:59;29", "00:01:00;02", "00:01:00;03"]
    assert timecode_breaks(labels, NTSC30) == ()
    non_drop = [(1, "00:00:59;29"), (2, "00:01:00:00")]
    assert len(timecode_breaks(non_drop, NTSC30)) == 1


def test_a_drop_flag_at_24_is_read_as_non_drop() -> None:
    labels = [(frame, str(label).replace(":", ";")) for frame, label in run("01:00:59:20", Fraction(24), 20)]
    assert timecode_breaks(labels, Fraction(24)) == ()


def test_above_thirty_frames_a_label_may_stand_for_a_pair() -> None:
    pairs = [(at, str(Timecode.parse("01:00:00:00", Fraction(24)) + at // 2)) for at in range(100)]
    assert timecode_breaks(pairs, Fraction(48)) == ()
    assert timecode_breaks(pairs[1:], Fraction(48)) == ()
    singles = [(at, str(Timecode.parse("01:00:00:00", Fraction(48)) + at)) for at in range(100)]
    assert timecode_breaks(singles, Fraction(48)) == ()
    assert timecode_breaks(pairs[:50] + pairs[60:], Fraction(48)) == ()
    broken = [*pairs[:50], (50, "02:00:00:00"), *pairs[51:]]
    assert [item.frame for item in timecode_breaks(broken, Fraction(48))] == [50]


def test_without_a_rate_the_labels_show_what_they_count_in() -> None:
    assert timecode_breaks(run("01:00:00:20", Fraction(25), 30), None) == ()
    assert timecode_breaks(run("01:00:00:20", Fraction(24), 30), None) == ()
    labels = run("01:00:00:20", Fraction(25), 30)
    labels[10] = (1011, "07:00:00:00")
    assert [item.frame for item in timecode_breaks(labels, None)] == [1011]


def test_a_label_that_the_rate_does_not_have() -> None:
    labels = run("01:00:00:00", Fraction(24), 5)
    labels[2] = (1003, "01:00:00:27")
    assert [item.frame for item in timecode_breaks(labels, Fraction(24))] == [1003]
