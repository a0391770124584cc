# SPDX-License-Identifier: GPL-3.0-or-later
"""Where samples lie in the file, from the chunk tables of a track (stsc, stsz, stco, co64)."""

from __future__ import annotations

import struct

from .quicktime_tracks import Track

_MOST_ROWS = 4096
# A chunk holds a second or so; more samples than this in the last one are not added up
_MOST_SIZES = 64 * 1024


def sample_offset(track: Track, index: int) -> int | None:
    """The file offset of a sample; None where the tables do not tell. Meant for the first few thousand samples."""
    if index == 0:
        return chunk_offset(track, 0)
    rows = _chunk_rows(track)
    chunk = first = 0
    for at, (start, per_chunk) in enumerate(rows):
        if not per_chunk:
            return None
        inside = (index - first) // per_chunk
        if at + 1 < len(rows) and inside >= rows[at + 1][0] - start:
            chunk, first = rows[at + 1][0] - 1, first + (rows[at + 1][0] - start) * per_chunk
            continue
        chunk, first = chunk + inside, first + inside * per_chunk
        break
    base = chunk_offset(track, chunk)
    return None if base is None else base + _bytes_between(track, first, index)


def _chunk_rows(track: Track) -> list[tuple[int, int]]:
    """(first chunk from 1, samples in each chunk from there on)."""
    table = track.body(b"stsc", 8 + 12 * _MOST_ROWS)
    rows = table[8 : 8 + max(len(table) - 8, 0) // 12 * 12]
    return [(start, count) for start, count, _ in struct.iter_unpack(">III", rows)]


def chunk_offset(track: Track, chunk: int) -> int | None:
    """The file offset of a chunk, counted from 0, or from the end where it is negative; None where there is none."""
    kind, width = (b"co64", 8) if b"co64" in track.boxes else (b"stco", 4)
    start, end = track.boxes.get(kind, (0, 0))
    if chunk < 0:
        chunk += max(end - start - 8, 0) // width
    at = start + 8 + chunk * width
    if chunk < 0 or at + width > end:
        return None
    return int.from_bytes(track.window.take(at, width), "big")


def _bytes_between(track: Track, first: int, index: int) -> int:
    """The size of the samples from `first` up to `index`."""
    sizes = track.body(b"stsz", 12 + 4 * index)
    fixed = int.from_bytes(sizes[4:8], "big")
    if fixed:
        return fixed * (index - first)
    listed = sizes[12 + 4 * first : 12 + 4 * index]
    total: int = sum(size for (size,) in struct.iter_unpack(">I", listed[: len(listed) // 4 * 4]))
    return total


def last_byte(track: Track) -> int:
    """The end of the track's last chunk; 0 where the tables do not tell."""
    offset = chunk_offset(track, -1)
    start, end = track.boxes.get(b"stsc", (0, 0))
    if offset is None or end - start < 20:
        return offset or 0
    samples = int.from_bytes(track.window.take(end - 8, 4), "big")
    sizes = track.body(b"stsz", 12)
    if len(sizes) < 12:
        return offset
    fixed = int.from_bytes(sizes[4:8], "big")
    if fixed:
        return offset + fixed * samples
    start, end = track.boxes[b"stsz"]
    samples = min(samples, (end - start - 12) // 4, _MOST_SIZES)
    listed = track.window.take(end - 4 * samples, 4 * samples)
    total: int = sum(size for (size,) in struct.iter_unpack(">I", listed))
    return offset + total
