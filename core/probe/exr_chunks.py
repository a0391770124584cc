# SPDX-License-Identifier: GPL-3.0-or-later
"""Is all pixel data of an EXR there? The chunk-offset tables against the file size, nothing is decoded.

A writer fills a table in as it goes, so an unfinished render has zeros there; a truncated file has chunks that end
beyond the file, or no whole table at all.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from functools import lru_cache

from . import exr_header as eh
from .exr_header import Header, Part
from .exr_layout import COMPRESSIONS, Channels, Window, channel_list, contradiction, part_type, window
from .source import Source

# Chunks are looked at in slices: the table of a huge image must not fill the memory.
_SLICE = 65_536
# Deep chunks are looked at one by one up to this count: their sizes cannot be told from the header.
_MOST_DEEP_CHUNKS = 4096
_UNCOMPRESSED = b"\0"
_MISSING = "pixel data missing: the file was cut off."
_DAMAGED = "the pixel data is damaged."


def check_complete(source: Source) -> str | None:
    """One sentence about missing pixel data, None for a complete file. Raises DamagedFile where nothing is readable."""
    plain = eh.remembered(source)
    # Frames of a sequence agree in all that their tables depend on: it is worked out once.
    plan = _plan(eh.parse(source)) if plain is None else _plan_of(plain.flags, plain.names, plain.values, plain.end)
    if isinstance(plan, str):
        return plan
    start = data_start = plan[0].start
    for table in plan:
        data_start += 8 * table.count
    if data_start > source.size:
        return "pixel data missing: the file ends inside its chunk table."
    for table in plan:
        problem = table.check(source, start, data_start)
        if problem is not None:
            return problem
        start += 8 * table.count
    return None


@lru_cache(64)
def _plan_of(flags: int, names: tuple[bytes, ...], values: tuple[bytes, ...], end: int) -> list[_Table] | str:
    return _plan(Header(flags, (dict(zip(names, values, strict=True)),), end))


def _plan(header: Header) -> list[_Table] | str:
    """The tables of all parts, the first one right behind the header; or one sentence about a damaged header."""
    damage = contradiction(header)
    if damage is not None:
        return damage
    tables = [_Table(header, part) for part in header.parts]
    if any(table.miscounted for table in tables):
        return "the EXR header counts its chunks wrongly."
    return tables


class _Table:
    """The chunk-offset table of one part, and what a chunk of that part begins with; it holds nothing of one file."""

    def __init__(self, header: Header, part: Part) -> None:
        kind = part_type(header, part)
        self._deep = kind in (b"deepscanline", b"deeptile")
        self._tiled = kind in (b"tiledimage", b"deeptile")
        form = "<i" if header.flags & eh.MULTIPART else "<"
        form += "4i" if self._tiled else "i"
        self._leader = struct.Struct(form + ("QQQ" if self._deep else "i"))
        self._raw = part[eh.COMPRESSION] == _UNCOMPRESSED
        area, channels = window(part[eh.DATA_WINDOW]), channel_list(part[eh.CHANNELS])
        assert area is not None and channels is not None  # contradiction() has looked
        self.start = header.end
        self._set_sizes(part, area, channels)
        stated = part.get(eh.CHUNK_COUNT)
        self.miscounted = stated is not None and int.from_bytes(stated, "little") != self.count

    def _set_sizes(self, part: Part, area: Window, channels: Channels) -> None:
        """The number of chunks, and the bytes of one before compression: no writer stores more than that."""
        _x, _y, width, height = area
        if self._tiled:
            tile_width, tile_height, _mode = struct.unpack("<IIB", part[eh.TILES])
            self.count = tile_count(width, height, part[eh.TILES])
            self._largest = tile_width * tile_height * channels.pixel_bytes
            self._smallest = 0
        else:
            lines = COMPRESSIONS[part[eh.COMPRESSION]][1]
            self.count = -(-height // lines)
            self._largest = width * lines * channels.pixel_bytes
            self._smallest = self._largest if self._raw and not channels.subsampled else 0

    def check(self, source: Source, start: int, data_start: int) -> str | None:
        """One sentence where a chunk of the table at `start` is not in the file."""
        farthest = unwritten = 0
        lowest = source.size
        for offsets in self._offsets(source, start):
            farthest = max(farthest, max(offsets))
            lowest = min(lowest, min(offsets))
            unwritten += offsets.count(0) if lowest == 0 else 0
        if unwritten:
            return f"pixel data missing: {unwritten} of {self.count} chunks were never written (unfinished render)."
        if lowest < data_start:
            return "the chunk table of the EXR is damaged."
        problem = self._check_chunk(source, farthest)
        if problem is None and self._deep and self.count <= _MOST_DEEP_CHUNKS:
            for offsets in self._offsets(source, start):
                problems = (self._check_chunk(source, offset) for offset in offsets)
                return next(filter(None, problems), None)
        return problem

    def _offsets(self, source: Source, start: int) -> Iterator[array[int]]:
        for at in range(0, self.count, _SLICE):
            offsets = array("Q", source.read_at(start + 8 * at, 8 * min(_SLICE, self.count - at)))
            if sys.byteorder == "big":
                offsets.byteswap()
            yield offsets

    def _check_chunk(self, source: Source, at: int) -> str | None:
        length = self._leader.size
        if at + length > source.size:
            return _MISSING
        fields = self._leader.unpack(source.read_at(at, length))
        if self._deep:
            table_size, packed, unpacked = fields[-3:]
            if at + length + table_size + packed > source.size:
                return _MISSING
            return _DAMAGED if self._raw and packed != unpacked else None
        size = fields[-1]
        if at + length + size > source.size:
            return _MISSING
        return None if self._smallest <= size <= self._largest else _DAMAGED


def tile_count(width: int, height: int, tiles: bytes) -> int:
    """How many tiles a data window of that size has at all levels, by the nine bytes of a `tiledesc`."""
    tile_width, tile_height, mode = struct.unpack("<IIB", tiles)
    levels, round_up = mode & 15, bool(mode >> 4)
    if levels == 0:
        return int(-(-width // tile_width) * -(-height // tile_height))
    if levels == 1:
        count = _levels(max(width, height), round_up)
        across = _per_level(width, tile_width, count, round_up)
        down = _per_level(height, tile_height, count, round_up)
        return sum(x * y for x, y in zip(across, down, strict=True))
    across = _per_level(width, tile_width, _levels(width, round_up), round_up)
    down = _per_level(height, tile_height, _levels(height, round_up), round_up)
    return sum(across) * sum(down)


def _levels(size: int, round_up: bool) -> int:
    return (size - 1).bit_length() + 1 if round_up else size.bit_length()


def _per_level(size: int, tile: int, levels: int, round_up: bool) -> list[int]:
    """Tiles along one side at every level: each level is half of the one before, at least one pixel."""
    sizes = [max(1, -(-size // 2**level) if round_up else size // 2**level) for level in range(levels)]
    return [-(-length // tile) for length in sizes]
