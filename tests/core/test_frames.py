# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame sets against Python's own sets, and at sizes where only spans can keep up."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ramses_plates.core.frames import FrameSet

FRAMES = st.sets(st.integers(-60, 120), max_size=60)
STEPPED = st.builds(
    lambda first, step, count: FrameSet.of(range(first, first + step * count, step)),
    st.integers(-50, 50),
    st.integers(2, 7),
    st.integers(3, 20),
)
SETS = st.one_of(FRAMES.map(FrameSet.of), STEPPED)


@given(FRAMES)
def test_a_set_holds_exactly_what_it_was_given(frames: set[int]) -> None:
    made = FrameSet.of(frames)
    assert list(made) == sorted(frames)
    assert len(made) == len(frames)
    assert bool(made) == bool(frames)
    assert all((frame in made) == (frame in frames) for frame in range(-65, 125))


@given(SETS)
def test_text_reads_back(frames: FrameSet) -> None:
    assert FrameSet.parse(str(frames)) == frames
    assert eval(repr(frames)) == frames


@given(SETS, SETS)
def test_union_difference_and_common_part_are_those_of_sets(one: FrameSet, other: FrameSet) -> None:
    assert set(one | other) == set(one) | set(other)
    assert set(one - other) == set(one) - set(other)
    assert set(one & other) == set(one) & set(other)


@given(SETS, SETS)
def test_equal_sets_are_equal_and_hash_alike(one: FrameSet, other: FrameSet) -> None:
    assert (one == other) == (set(one) == set(other))
    if one == other:
        assert hash(one) == hash(other)
    assert hash(one) == hash(FrameSet.of(one)) == hash(one.plain())


@given(FRAMES)
def test_gaps_are_what_lies_between(frames: set[int]) -> None:
    made = FrameSet.of(frames)
    if made.step > 1:
        assert not made.gaps
    elif frames:
        assert set(made.gaps) == set(range(min(frames), max(frames) + 1)) - frames
        assert (made.first, made.last) == (min(frames), max(frames))


@given(SETS)
def test_spans_are_ascending_and_never_touch(frames: FrameSet) -> None:
    spans = frames.plain().spans
    assert all(first <= last for first, last in spans)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("", []),
        ("1001-1003,1007", [1001, 1002, 1003, 1007]),
        ("1-9x2", [1, 3, 5, 7, 9]),
        ("1-10x4", [1, 5, 9]),
        ("5-5x3", [5]),
        ("-5--3", [-5, -4, -3]),
        (" 7 , 1-2 ", [1, 2, 7]),
        ("1-5x2,2", [1, 2, 3, 5]),
        ("3,1,2,2", [1, 2, 3]),
    ],
)
def test_written_sets(text: str, frames: list[int]) -> None:
    assert list(FrameSet.parse(text)) == frames


def test_text_of_a_step_keeps_the_step() -> None:
    for count in (3, 50):
        twos = FrameSet.of(range(1001, 1001 + 2 * count, 2))
        assert FrameSet.parse(str(twos)).step == 2
    pair = FrameSet.parse("1-3x2")
    assert (pair, set(pair.gaps)) == (FrameSet.of([1, 3]), {2})


def test_text_cannot_ask_for_unbounded_memory() -> None:
    with pytest.raises(ValueError, match="more than"):
        FrameSet.parse("1-2000000000x2,7")
    with pytest.raises(ValueError, match="not a frame"):
        FrameSet.parse("9" * 5000)


@pytest.mark.parametrize("text", ["x", "1-", "5-1", "1-9x0", "1,,2", "1-2-3", "1.5"])
def test_what_is_no_set_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"frame|backwards"):
        FrameSet.parse(text)


def test_a_constant_step_is_kept_and_counted() -> None:
    twos = FrameSet.of(range(1001, 1101, 2))
    assert (twos.step, len(twos), len(twos.spans)) == (2, 50, 1)
    assert 1003 in twos
    assert 1004 not in twos
    assert not twos.gaps


def test_five_million_frames_stay_a_few_tuples() -> None:
    whole = FrameSet(((0, 4_999_999),))
    holed = whole - FrameSet(((1_000_000, 1_000_009), (3_000_000, 3_000_000)))
    assert len(holed) == 4_999_989
    assert str(holed) == "0-999999,1000010-2999999,3000001-4999999"
    assert len(holed.gaps) == 11
    assert sys.getsizeof(holed.spans) < 1000
    assert (whole & holed) == holed


def test_a_wide_step_in_text_needs_no_list_of_frames() -> None:
    """Operations on huge stepped sets must not spell them out: a hostile record could hold one."""
    wide = FrameSet.parse("1-2000000000x2")
    assert len(wide) == 1_000_000_000
    assert str(wide) == "1-1999999999x2"
    assert hash(wide) == hash(FrameSet.parse("1-2000000000x2"))
    assert wide == FrameSet.parse("1-2000000000x2")


def test_other_types_are_never_equal() -> None:
    assert FrameSet.of([1]) != {1}
    assert "1" not in FrameSet.of([1])
