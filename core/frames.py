# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets of frame numbers, held as spans: five million frames in a few tuples."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

Span = tuple[int, int]
_PART = re.compile(r"\s*(-?\d{1,18})(?:-(-?\d{1,18})(?:x(\d{1,18}))?)?\s*\Z")
# A stepped set is written frame by frame up to this count, and as "1-99999x2" beyond it: text must stay bounded too.
_STEPPED_TEXT_LIMIT = 2000
# Stepped ranges that are not the whole set must be spelt out; text may not make us spell out more than this.
_SPELT_LIMIT = 5_000_000


class FrameSet:
    """An immutable, ordered set of integers.

    `spans` are inclusive (first, last) pairs, ascending, never touching each other. `step` is 1, or n > 1 for
    a set with one span whose members lie n apart (a render on twos).
    """

    __slots__ = ("_count", "spans", "step")

    def __init__(self, spans: Iterable[Span] = (), step: int = 1) -> None:
        self.spans: tuple[Span, ...] = tuple(spans)
        self.step = step
        self._count = sum((last - first) // step + 1 for first, last in self.spans)

    @classmethod
    def of(cls, frames: Iterable[int]) -> FrameSet:
        """The set of any frame numbers, in any order, with or without repeats."""
        ordered = sorted(set(frames))
        if not ordered:
            return cls()
        if len(ordered) > 2:
            step = ordered[1] - ordered[0]
            if step > 1 and ordered == list(range(ordered[0], ordered[-1] + 1, step)):
                return cls([(ordered[0], ordered[-1])], step)
        spans: list[Span] = []
        first = last = ordered[0]
        for frame in ordered[1:]:
            if frame != last + 1:
                spans.append((first, last))
                first = frame
            last = frame
        spans.append((first, last))
        return cls(spans)

    @classmethod
    def parse(cls, text: str) -> FrameSet:
        """Read text such as "1001-1010,1012" or "1-9x2". Raises ValueError for anything else.

        A constant step is recognised, as `of` does.
        """
        spans: list[Span] = []
        stepped: list[range] = []
        for part in text.split(",") if text.strip() else ():
            run = _parse_part(part)
            if run.step == 1:
                spans.append((run[0], run[-1]))
            else:
                stepped.append(run)
        if len(stepped) == 1 and not spans and len(stepped[0]) > 2:
            return cls([(stepped[0][0], stepped[0][-1])], stepped[0].step)
        if sum(map(len, stepped)) > _SPELT_LIMIT:
            raise ValueError(f"more than {_SPELT_LIMIT} single frames are no frame range")
        for run in stepped:
            spans.extend((frame, frame) for frame in run)
        return cls._recognised(_merge(spans))

    @classmethod
    def _recognised(cls, spans: list[Span]) -> FrameSet:
        """Spans as they are, or as a step where single frames lie equally far apart."""
        if len(spans) > 2:
            step = spans[1][0] - spans[0][0]
            steady = all(first == last == spans[0][0] + at * step for at, (first, last) in enumerate(spans))
            if steady:
                return cls([(spans[0][0], spans[-1][0])], step)
        return cls(spans)

    @property
    def first(self) -> int:
        """The lowest frame. Raises IndexError on an empty set."""
        return self.spans[0][0]

    @property
    def last(self) -> int:
        """The highest frame. Raises IndexError on an empty set."""
        return self.spans[-1][1]

    @property
    def gaps(self) -> FrameSet:
        """The frames between first and last that are not in the set; nothing for a set with a constant step."""
        if self.step > 1:
            return FrameSet()
        pairs = zip(self.spans, self.spans[1:], strict=False)
        return FrameSet((before[1] + 1, after[0] - 1) for before, after in pairs)

    def plain(self) -> FrameSet:
        """The same frames without a step, one span per run of neighbours: as large as the set itself."""
        return self if self.step == 1 else FrameSet((frame, frame) for frame in self)

    def __or__(self, other: FrameSet) -> FrameSet:
        return FrameSet(_merge([*self.plain().spans, *other.plain().spans]))

    def __and__(self, other: FrameSet) -> FrameSet:
        return self - (self - other)

    def __sub__(self, other: FrameSet) -> FrameSet:
        left: list[Span] = []
        cuts = other.plain().spans
        for first, last in self.plain().spans:
            at = max(0, bisect_right(cuts, (first, first)) - 1)
            while at < len(cuts) and cuts[at][0] <= last:
                cut_first, cut_last = cuts[at]
                if cut_last >= first:
                    if cut_first > first:
                        left.append((first, cut_first - 1))
                    first = cut_last + 1
                at += 1
            if first <= last:
                left.append((first, last))
        return FrameSet(left)

    def __len__(self) -> int:
        return self._count

    def __bool__(self) -> bool:
        return self._count > 0

    def __iter__(self) -> Iterator[int]:
        for first, last in self.spans:
            yield from range(first, last + 1, self.step)

    def __contains__(self, frame: object) -> bool:
        if not isinstance(frame, int) or not self.spans:
            return False
        at = bisect_right(self.spans, (frame, frame))
        for first, last in self.spans[max(0, at - 1) : at + 1]:
            if first <= frame <= last:
                return (frame - first) % self.step == 0
        return False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FrameSet) or self._count != other._count:
            return False
        if self.step == other.step:
            return self.spans == other.spans
        # One of them is spelt out, so it is no larger than its own spans.
        return (self.spans[0][0], self.spans[-1][1]) == (other.spans[0][0], other.spans[-1][1]) and all(
            mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    def __hash__(self) -> int:
        return hash((self._count, self.spans[0][0], self.spans[-1][1])) if self.spans else 0

    def __str__(self) -> str:
        if self.step > 1:
            first, last = self.spans[0]
            if self._count > _STEPPED_TEXT_LIMIT:
                return f"{first}-{last}x{self.step}"
            return ",".join(map(str, self))
        return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in self.spans)

    def __repr__(self) -> str:
        return f"FrameSet.parse({str(self)!r})"


def _parse_part(part: str) -> range:
    match = _PART.match(part)
    if match is None:
        raise ValueError(f"{part!r} is not a frame or a frame range")
    first = int(match[1])
    last = int(match[2]) if match[2] is not None else first
    step = int(match[3] or 1)
    if last < first or step < 1:
        raise ValueError(f"{part!r} runs backwards")
    return range(first, last + 1, step)


def _merge(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


NO_FRAMES = FrameSet()
