# SPDX-License-Identifier: GPL-3.0-or-later
"""Fragmented MP4 (ISO/IEC 14496-12 8.8): the index is empty and the frames are listed fragment by fragment."""

from __future__ import annotations

from .quicktime_boxes import Boxes, TopBoxes
from .quicktime_tracks import Movie, Run

# Each fragment costs a read, on a slow share a millisecond or more; an edit or a plate has a few dozen
MOST_FRAGMENTS = 1024
_LARGEST_FRAGMENT = 1024 * 1024


def fragment_runs(movie: Movie, track: int) -> tuple[list[Run], bool]:
    """Runs of equal frame durations of a track over all fragments, and whether every fragment was read."""
    default = _default_duration(movie, track)
    runs: list[Run] = []
    fragments = 0
    source = movie.index.source
    for kind, body, end in TopBoxes(source):
        if kind != b"moof":
            continue
        fragments += 1
        if fragments > MOST_FRAGMENTS or end > source.size or end - body > _LARGEST_FRAGMENT:
            return runs, False
        window = Boxes(source, body, end)
        for part, start, stop in window.children(body, end):
            if part == b"traf":
                _add_runs(window, start, stop, track, default, runs)
    return runs, True


def is_fragmented(movie: Movie) -> bool:
    """True where the index announces fragments (`mvex`)."""
    return any(kind == b"mvex" for kind, _, _ in movie.boxes)


def _default_duration(movie: Movie, track: int) -> int:
    """The frame duration that `trex` gives for a whole track."""
    index = movie.index
    for kind, body, end in movie.boxes:
        if kind != b"mvex":
            continue
        for part, start, stop in index.children(body, end):
            if part == b"trex" and stop - start >= 24:
                words = index.take(start, 24)
                if int.from_bytes(words[4:8], "big") == track:
                    return int.from_bytes(words[12:16], "big")
    return 0


def _add_runs(window: Boxes, start: int, end: int, track: int, default: int, runs: list[Run]) -> None:
    for kind, body, stop in window.children(start, end):
        if kind == b"tfhd" and stop - body >= 8:
            words = window.take(body, min(stop - body, 40))
            if int.from_bytes(words[4:8], "big") != track:
                return
            flags = int.from_bytes(words[1:4], "big")
            if flags & 0x08:
                # before the default duration stand the base offset and the description index, where flagged
                at = 8 + (8 if flags & 0x01 else 0) + (4 if flags & 0x02 else 0)
                default = int.from_bytes(words[at : at + 4], "big")
        elif kind == b"trun" and stop - body >= 8:
            _add_run(window, body, stop, default, runs)


def _add_run(window: Boxes, body: int, stop: int, default: int, runs: list[Run]) -> None:
    words = window.take(body, 8)
    flags, count = int.from_bytes(words[1:4], "big"), int.from_bytes(words[4:8], "big")
    start = body + 8 + (4 if flags & 0x01 else 0) + (4 if flags & 0x04 else 0)
    width = 4 * sum(1 for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit)
    if not flags & 0x100:
        _append(runs, count, default)
        return
    rows = window.take(start, min(count * width, max(stop - start, 0)))
    for at in range(0, len(rows) - width + 1, width):
        _append(runs, 1, int.from_bytes(rows[at : at + 4], "big"))


def _append(runs: list[Run], count: int, duration: int) -> None:
    if runs and runs[-1][1] == duration:
        runs[-1] = (runs[-1][0] + count, duration)
    elif count:
        runs.append((count, duration))
