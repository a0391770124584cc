# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a TIFF or BigTIFF file (TIFF 6.0, Adobe 1992) from its first directory."""

from __future__ import annotations

import struct
from fractions import Fraction

from ..errors import DamagedFile
from ..media import Media
from .source import Source
from .still_rules import far_too_many, ratio

_ORDERS = {b"II*\0": "<", b"MM\0*": ">", b"II+\0": "<", b"MM\0+": ">"}
# type -> (bytes, struct letter); rationals are read as two numbers
_TYPES = {1: (1, "B"), 3: (2, "H"), 4: (4, "I"), 5: (8, "II"), 13: (4, "I"), 16: (8, "Q"), 18: (8, "Q")}
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES = 256, 257, 258, 259, 262, 277
_ACROSS, _DOWN, _EXTRA, _FORMAT = 282, 283, 338, 339
_PIECES = ((273, 279), (324, 325))  # offsets and sizes of strips, of tiles
_COMPRESSIONS = {
    1: "none",
    2: "ccittrle",
    3: "ccittfax3",
    4: "ccittfax4",
    5: "lzw",
    6: "ojpeg",
    7: "jpeg",
    8: "zip",
    32773: "packbits",
    32809: "thunderscan",
    32946: "zip",
    34712: "jp2000",
    34925: "lzma",
    50000: "zstd",
    50001: "webp",
}
_CHANNELS = {0: ("Y",), 1: ("Y",), 2: ("R", "G", "B"), 3: ("R", "G", "B"), 5: ("C", "M", "Y", "K"), 6: ("R", "G", "B")}
_FLOATS = {16: "half", 32: "float", 64: "double"}
_MOST_ENTRIES = 4096
_MOST_VALUES = 1_000_000


def recognises(head: bytes) -> bool:
    """True for the first bytes of a TIFF file of either byte order."""
    return head[:4] in _ORDERS


def read(source: Source) -> Media:
    """The facts of the first picture. Raises DamagedFile where the directory is cut off or has no size."""
    tags = _Directory(source)
    width, height = tags.number(_WIDTH), tags.number(_HEIGHT)
    if not width or not height:
        raise DamagedFile("the TIFF has no picture size.", source.path)
    channels = _CHANNELS.get(tags.number(_PHOTOMETRIC) or 0, ())
    extra = tags.values(_EXTRA)
    channels += tuple("A" if kind in (1, 2) else f"extra{at}" for at, kind in enumerate(extra))
    return Media(
        source="tiff",
        width=width,
        height=height,
        pixel_aspect=_aspect(tags),
        codec="tiff",
        compression=_COMPRESSIONS.get(tags.number(_COMPRESSION) or 1),
        pixel_format=_pixel_format(tags),
        channels=channels,
        error=far_too_many(width, height, source.size),
    )


def _pixel_format(tags: _Directory) -> str | None:
    bits, kind = tags.number(_BITS) or 1, tags.number(_FORMAT) or 1
    if tags.number(_PHOTOMETRIC) == 3:  # a palette of 8-bit colours
        return "uint8"
    return _FLOATS.get(bits) if kind == 3 else f"{'int' if kind == 2 else 'uint'}{bits}"


def _aspect(tags: _Directory) -> Fraction | None:
    """From the resolutions: a pixel is as wide as there are few of them on an inch."""
    across, down = tags.values(_ACROSS), tags.values(_DOWN)
    if len(across) != 2 or len(down) != 2:
        return None
    return ratio(down[0] * across[1], down[1] * across[0])


def check_complete(source: Source) -> str | None:
    """One sentence where a strip or tile of the first picture lies beyond the end of the file."""
    tags = _Directory(source)
    for offsets_tag, sizes_tag in _PIECES:
        offsets, sizes = tags.values(offsets_tag), tags.values(sizes_tag)
        if len(offsets) != len(sizes):
            continue
        if any(offset + size > source.size for offset, size in zip(offsets, sizes, strict=True)):
            return "pixel data missing: the file was cut off."
    return None


class _Directory:
    """The first image file directory: numbers by tag. Raises DamagedFile where it is cut off."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._order = _ORDERS[source.head[:4]]
        big = b"+" in source.head[2:4]
        self._address = struct.Struct(self._order + ("Q" if big else "I"))
        counter = struct.Struct(self._order + ("Q" if big else "H"))
        entry = struct.Struct(self._order + ("HHQ8s" if big else "HHI4s"))
        (start,) = self._address.unpack(source.read_at(8 if big else 4, self._address.size))
        (count,) = counter.unpack(source.read_at(start, counter.size))
        if not 0 < count <= _MOST_ENTRIES:
            raise DamagedFile("the TIFF directory is damaged.", source.path)
        self._entries: dict[int, tuple[int, int, bytes]] = {}
        for tag, kind, length, value in entry.iter_unpack(source.read_at(start + counter.size, count * entry.size)):
            self._entries.setdefault(tag, (kind, length, value))

    def values(self, tag: int) -> tuple[int, ...]:
        """All numbers of a tag, rationals as pairs; () where it is missing or not of numbers."""
        kind, count, inline = self._entries.get(tag, (0, 0, b""))
        if kind not in _TYPES or not 0 < count <= _MOST_VALUES:
            return ()
        size, letter = _TYPES[kind]
        if size * count <= len(inline):
            raw = inline[: size * count]
        else:
            (at,) = self._address.unpack(inline)
            raw = self._source.read_at(at, size * count)
        return struct.unpack(f"{self._order}{letter * count if len(letter) > 1 else f'{count}{letter}'}", raw)

    def number(self, tag: int) -> int | None:
        """The first number of a tag."""
        values = self.values(tag)
        return values[0] if values else None
