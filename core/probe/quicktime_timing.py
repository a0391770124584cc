# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame rate, frame count and duration of a video track, from its sample durations and its edit list."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from ..timecode import snap_rate
from .quicktime_tracks import Edit, Run, Track

NOW = Fraction(0)
# Rates that a movie with a coarse clock may mean (its frame durations are rounded to whole ticks)
_STANDARD = tuple(Fraction(rate) for rate in (12, 15, 24, 25, 30, 48, 50, 60, 72, 96, 100, 120, 240)) + tuple(
    Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60, 120)
)
# Up to here every frame is held against the edit list; beyond, a cut is worked out from the rate
_MOST_COUNTED = 50_000


@dataclass(frozen=True)
class Timing:
    """`frames` are those that the edit list shows, of `stored` ones; `lead` is the time before the first of them.

    `steady` is False where frames last differently; `rate` is then that of most of them.
    """

    rate: Fraction | None
    steady: bool
    frames: int
    stored: int
    seconds: Fraction | None
    lead: Fraction


def video_timing(track: Track, movie_scale: int, runs: list[Run]) -> Timing:
    """The timing of frames that last `runs` ticks; the edit list counts `movie_scale` a second. Raises DamagedFile."""
    scale = track.timescale
    edits = track.edits()
    shown = [edit for edit in edits if edit[1] >= 0]
    ticks = sum(count * duration for count, duration in runs)
    frames = stored = sum(count for count, _ in runs)
    rate, steady = frame_rate(runs, scale)
    if shown and stored:
        offsets = track.offsets()
        # only a movie that cuts its frames, or stores them unevenly, is worth looking at frame by frame
        if not (steady and _shows_all(shown, runs, offsets, ticks, scale, movie_scale)):
            if stored * len(shown) <= _MOST_COUNTED:
                frames, rate, steady = _count(shown, runs, offsets, scale, movie_scale)
            elif rate is not None:
                seconds = Fraction(sum(duration for duration, _ in shown), movie_scale)
                frames = min(stored, round(seconds * rate))
    return Timing(rate, steady, frames, stored, _length(frames, rate, steady, ticks, scale), _lead(edits, movie_scale))


def _length(frames: int, rate: Fraction | None, steady: bool, ticks: int, scale: int) -> Fraction | None:
    if rate is not None and steady:
        return frames / rate
    return Fraction(ticks, scale) if ticks else None


def _lead(edits: list[Edit], movie_scale: int) -> Fraction:
    gap = empty_start(edits)
    return Fraction(gap, movie_scale) if gap else NOW


def empty_start(edits: list[Edit]) -> int:
    """How long nothing is shown at the start, in ticks of the movie."""
    gap = 0
    for duration, media in edits:
        if media >= 0:
            break
        gap += duration
    return gap


@lru_cache(maxsize=512)
def tick_rate(scale: int, ticks: int) -> Fraction | None:
    """The rate of frames of `ticks`/`scale` seconds; None for one that no movie has."""
    rate = snap_rate(Fraction(scale, ticks)) if ticks > 0 else NOW
    return rate if 0 < rate <= 1000 else None


def frame_rate(runs: list[Run], scale: int) -> tuple[Fraction | None, bool]:
    """The rate of frames that last `runs` ticks of 1/scale second, and whether they all last the same."""
    if len(runs) == 1:
        return tick_rate(scale, runs[0][1]), True
    weights: Counter[int] = Counter()
    for count, duration in runs:
        weights[duration] += count
    if runs and runs[-1][0] == 1 and len(weights) > 1:
        weights[runs[-1][1]] -= 1  # many writers give the last frame another duration
    weights = +weights
    del weights[0]
    if not weights:
        return None, True
    usual, count = weights.most_common(1)[0]
    if count == weights.total():
        return tick_rate(scale, usual), True
    if max(weights) - min(weights) <= 1:
        return _meant(weights.total(), sum(ticks * number for ticks, number in weights.items()), scale), True
    return tick_rate(scale, usual), False


def _meant(frames: int, ticks: int, scale: int) -> Fraction | None:
    """The rate behind durations that were rounded to ticks: a standard one within the rounding, else the average."""
    average = Fraction(frames * scale, ticks)
    nearest = min(_STANDARD, key=lambda rate: abs(rate - average))
    return nearest if abs(frames * scale / nearest - ticks) <= 1 else tick_rate(frames * scale, ticks)


def _shows_all(
    shown: list[Edit], runs: list[Run], offsets: list[Run], ticks: int, scale: int, movie_scale: int
) -> bool:
    """True where one edit shows every frame. An edit without duration does (fragmented files)."""
    if len(shown) > 1:
        return False
    duration, media = shown[0]
    frame = runs[0][1]
    first = offsets[0][1] if offsets else 0
    # half a frame of tolerance: the ends of an edit are rounded to the movie's coarser clock
    whole = not duration or 2 * duration * scale >= (2 * ticks - frame) * movie_scale
    return whole and 2 * abs(media - first) < frame + (frame == 0)


def _count(
    shown: list[Edit], runs: list[Run], offsets: list[Run], scale: int, movie_scale: int
) -> tuple[int, Fraction | None, bool]:
    """How many frames the edits show, and the rate of these, by the times at which the frames are shown."""
    times = sorted(_times(runs, offsets))
    half = runs[0][1] // 2
    seen: list[int] = []
    total = 0
    for duration, media in shown:
        begin = bisect_left(times, media - half)
        end = bisect_left(times, media - half + duration * scale // movie_scale) if duration else len(times)
        total += max(end - begin, 0)
        seen = max(seen, times[begin:end], key=len)
    lengths = Counter(after - before for before, after in pairwise(seen))
    if not lengths:
        return total, *frame_rate(runs, scale)
    return total, *frame_rate(_as_runs(lengths.items()), scale)


def _as_runs(lengths: Iterable[tuple[int, int]]) -> list[Run]:
    # the closing run keeps `frame_rate` from taking a single odd frame for the last one
    return [*((count, duration) for duration, count in lengths), (0, 0)]


def _times(runs: list[Run], offsets: list[Run]) -> Iterator[int]:
    """When each sample is shown, in ticks, in the order of storage."""
    shifts = (shift for count, shift in offsets for _ in range(min(count, _MOST_COUNTED)))
    now = 0
    for count, duration in runs:
        for _ in range(count):
            yield now + next(shifts, 0)
            now += duration
