# SPDX-License-Identifier: GPL-3.0-or-later
"""File names of one folder to series of frame numbers, in bulk.

Names that share everything but their number are neighbours once the names are sorted. So one name per run is taken
apart; the end of its run is found by bisecting, and the run is proved by comparing one long text. What is left over
(gaps, steps, several suffixes of one frame) is swept name by name, still without taking each name apart. Both ways
are linear, and what stays in memory is runs, or eight bytes per number where numbers do not run.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, MutableSequence
from functools import lru_cache
from typing import NamedTuple

from .frame_names import Split, may_be_dated, split
from .frames import FrameSet, Span

Numbers = MutableSequence[int]
_NUMBER = re.compile(r"[0-9]+")
_FITS_IN_8_BYTES = 18  # digits
_PROOF_SIZE = 4096  # names compared at a time: bounds the size of the two texts
_SHORTEST_RUN = 4  # below this, sweeping is cheaper


class Layer(NamedTuple):
    """Names of one spelling: prefix + number zero-padded to `width` + tail, for all `frames`."""

    prefix: str
    tail: str
    width: int
    frames: FrameSet

    def name(self, frame: int) -> str:
        """The file name of one frame."""
        sign = "-" if frame < 0 else ""
        return f"{self.prefix}{sign}{abs(frame):0{self.width}d}{self.tail}"


class Series:
    """All numbers found between one prefix and one tail, by their count of digits."""

    __slots__ = ("numbers", "prefix", "runs", "tail")

    def __init__(self, prefix: str, tail: str) -> None:
        self.prefix = prefix
        self.tail = tail
        self.runs: dict[int, list[Span]] = {}
        self.numbers: dict[int, Numbers] = {}

    def add_run(self, first: int, last: int, digits: int) -> None:
        """Take in all numbers from first to last, each written with `digits` digits."""
        self.runs.setdefault(digits, []).append((first, last))

    def numbers_of(self, digits: int) -> Numbers:
        """Where single numbers of that many digits are appended."""
        found = self.numbers.get(digits)
        if found is None:
            found = array("q") if digits <= _FITS_IN_8_BYTES else []
            self.numbers[digits] = found
        return found

    def layers(self) -> list[Layer]:
        """The series by zero-padding: one layer for ordinary ones, more where names are padded in several ways.

        A number with leading zeros shows its width. One without (998, 1001) suits every width up to its length:
        it joins the widest padding seen, and else stands with its like as not padded (width of the narrowest).
        """
        counts = {*self.runs, *self.numbers}
        spans = {digits: self._spans(digits) for digits in counts}
        if len(counts) == 1:
            (digits,) = counts
            return [Layer(self.prefix, self.tail, digits, frame_set(spans[digits]))]
        padded = [digits for digits, found in spans.items() if _has_leading_zero(found, digits)]
        free = [digits for digits in spans if not any(width <= digits for width in padded)]
        by_width: dict[int, list[Span]] = {}
        for digits, found in spans.items():
            width = max((width for width in padded if width <= digits), default=min(free, default=digits))
            by_width.setdefault(width, []).extend(found)
        return [Layer(self.prefix, self.tail, width, frame_set(by_width[width])) for width in sorted(by_width)]

    def _spans(self, digits: int) -> list[Span]:
        return [*self.runs.get(digits, ()), *_spans_of(self.numbers.get(digits, ()))]


class Table(dict[tuple[str, str], Series]):
    """Series by (prefix, tail)."""

    def __missing__(self, key: tuple[str, str]) -> Series:
        made = self[key] = Series(*key)
        return made

    def add(self, found: Split) -> None:
        """Take in one name."""
        digits = len(found.digits) - (found.digits[0] == "-")
        self[found.prefix, found.tail].numbers_of(digits).append(int(found.digits))


def collect(names: list[str], table: Table, others: Callable[[str], object]) -> None:
    """Put the names, each of them once in the list, into `table`; those without a frame number go to `others`.

    `names` is sorted in place.
    """
    names.sort()
    at, end = 0, len(names)
    while at < end:
        found = split(names[at])
        if found is None:
            others(names[at])
            at += 1
            continue
        count = _run_length(names, at, found)
        if count >= _SHORTEST_RUN:
            first = int(found.digits)
            table[found.prefix, found.tail].add_run(first, first + count - 1, len(found.digits))
            at += count
        else:
            stop = bisect_left(names, found.prefix + ":", at)  # ":" follows "9"
            _sweep(names[at:stop], found.prefix, table, others)
            at = stop


def frame_set(spans: Iterable[Span]) -> FrameSet:
    """A frame set of spans in any order; a constant step of single frames is recognised."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    if len(merged) > 2:
        step = merged[1][0] - merged[0][0]
        start = merged[0][0]
        if all(first == last == start + at * step for at, (first, last) in enumerate(merged)):
            return FrameSet([(start, merged[-1][1])], step)
    return FrameSet(merged)


def _run_length(names: list[str], at: int, found: Split) -> int:
    """How many names from `at` on count up by one from the name there, with as many digits."""
    prefix, digits, tail = found
    if digits[0] == "-":
        return 1  # negative numbers sort backwards
    first, width = int(digits), len(digits)
    room = min(len(names) - at, 10**width - first)
    if may_be_dated(width):
        century = 10 ** (width - 2)
        room = min(room, century - first % century)

    def fits(count: int) -> bool:
        return names[at + count - 1] == f"{prefix}{first + count - 1:0{width}d}{tail}"

    count = room
    if not fits(room):
        good, step = 1, 1
        while good + step < room and fits(good + step):
            good += step
            step *= 2
        bad = min(good + step, room)
        while bad - good > 1:
            middle = (good + bad) // 2
            if fits(middle):
                good = middle
            else:
                bad = middle
        count = good
    return count if count >= _SHORTEST_RUN and _proved(names, at, count, found) else 1


def _proved(names: list[str], at: int, count: int, found: Split) -> bool:
    """True where the names really are all those of the run; a name of another kind may stand between."""
    prefix, digits, tail = found
    first, glue = int(digits), f"{tail}\0{prefix}"  # no file name holds a NUL
    for done in range(0, count, _PROOF_SIZE):
        size = min(_PROOF_SIZE, count - done)
        expected = glue.join(_texts(first + done, size, len(digits)))
        if f"{prefix}{expected}{tail}" != "\0".join(names[at + done : at + done + size]):
            return False
    return True


def _texts(first: int, count: int, width: int) -> list[str]:
    block, offset = divmod(first, 1000)
    if offset + count <= 1000:
        return _thousand(block, width)[offset : offset + count]
    texts: list[str] = []
    while len(texts) < offset + count:
        texts += _thousand(block, width)
        block += 1
    return texts[offset : offset + count]


@lru_cache(maxsize=64)
def _thousand(block: int, width: int) -> list[str]:
    return [str(number).zfill(width) for number in range(block * 1000, block * 1000 + 1000)]


def _sweep(names: list[str], prefix: str, table: Table, others: Callable[[str], object]) -> None:
    """Put a block of names that begin with `prefix` and most likely a number into the table."""
    start = len(prefix)
    number = _NUMBER.match
    # By (tail, digits): where the numbers go, or None where such names are to be cut one by one.
    known: dict[tuple[str, int], Numbers | None] = {}
    for name in names:
        match = number(name, start)
        if match is not None:
            end = match.end()
            key = (name[end:], end - start)
            numbers = known[key] if key in known else known.setdefault(key, _bulk(name, start, end, table))
            if numbers is not None:
                numbers.append(int(name[start:end]))
                continue
        found = split(name)
        if found is None:
            others(name)
        else:
            table.add(found)


def _bulk(name: str, start: int, end: int, table: Table) -> Numbers | None:
    """Where the numbers of all names like this one go; None where not all of them are cut at the same place."""
    if end - start > _FITS_IN_8_BYTES or may_be_dated(end - start):
        return None
    found = split(name)
    if found is None or (found.prefix, found.tail) != (name[:start], name[end:]):
        return None
    return table[found.prefix, found.tail].numbers_of(end - start)


def _spans_of(numbers: Iterable[int]) -> list[Span]:
    """Runs of neighbours among numbers in any order."""
    if isinstance(numbers, array) and len(numbers) > _PROOF_SIZE:
        low, high = min(numbers), max(numbers)
        if high - low < 16 * len(numbers):  # one byte per possible number beats a list of integers
            seen = bytearray(high - low + 1)
            for number in numbers:
                seen[number - low] = 1
            return [(low + run.start(), low + run.end() - 1) for run in re.finditer(rb"\x01+", seen)]
    spans: list[Span] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans


def _has_leading_zero(spans: list[Span], digits: int) -> bool:
    """True where one of the numbers is shorter than the digits that it is written with."""
    if digits == 1:
        return False
    limit = 10 ** (digits - 1)
    return any(first < limit and last > -limit for first, last in spans)
