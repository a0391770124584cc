# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a PNG file (W3C PNG, third edition) from the chunks before its pixels."""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction

from ..errors import DamagedFile
from ..media import Colour, Media
from . import gamut
from .colour_names import colour_of
from .source import Source
from .still_rules import far_too_many, ratio

_MAGIC = b"\x89PNG\r\n\x1a\n"
_END = b"\0\0\0\0IEND\xae\x42\x60\x82"
_CHANNELS = {0: ("Y",), 2: ("R", "G", "B"), 3: ("R", "G", "B"), 4: ("Y", "A"), 6: ("R", "G", "B", "A")}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_WANTED = (b"pHYs", b"cICP", b"sRGB", b"cHRM", b"gAMA")
_MOST_CHUNKS = 256


def recognises(head: bytes) -> bool:
    """True for the first bytes of a PNG file."""
    return head.startswith(_MAGIC)


def read(source: Source) -> Media:
    """The facts of one PNG. Raises DamagedFile where its first chunk is broken."""
    head = source.head
    if len(head) < 33 or head[8:16] != b"\0\0\0\rIHDR" or zlib.crc32(head[12:29]) != int.from_bytes(head[29:33], "big"):
        raise DamagedFile("the PNG header is cut off or damaged.", source.path)
    width, height, depth, kind = struct.unpack_from(">IIBB", head, 16)
    if not (0 < width < 2**31 and 0 < height < 2**31) or depth not in _DEPTHS.get(kind, ()):
        raise DamagedFile("the PNG header describes an impossible picture.", source.path)
    chunks = _chunks_before_pixels(source)
    return Media(
        source="png",
        width=width,
        height=height,
        pixel_aspect=_aspect(chunks.get(b"pHYs", b"")),
        codec="png",
        compression="zip",
        pixel_format="uint8" if kind == 3 else f"uint{depth}",
        channels=_CHANNELS[kind],
        colour=_colour(chunks),
        error=far_too_many(width, height, source.size),
    )


def _chunks_before_pixels(source: Source) -> dict[bytes, bytes]:
    """The small chunks between header and pixels; a broken one ends the search, the pixels are not ours to judge."""
    chunks: dict[bytes, bytes] = {}
    at = 33
    for _count in range(_MOST_CHUNKS):
        start = source.read_some(at, 8)
        if len(start) < 8 or start[4:] in (b"IDAT", b"IEND"):
            break
        length = int.from_bytes(start[:4], "big")
        if start[4:] in _WANTED and length <= 64:
            chunks[start[4:]] = source.read_some(at + 8, length)
        at += 12 + length
    return chunks


def _aspect(value: bytes) -> Fraction | None:
    if len(value) != 9:
        return None
    across, down = struct.unpack_from(">II", value)
    return ratio(down, across)


def _colour(chunks: dict[bytes, bytes]) -> Colour:
    code = chunks.get(b"cICP", b"")
    if len(code) == 4:
        return colour_of(code[0], code[1], code[2])
    if b"sRGB" in chunks:
        return Colour(primaries="bt709", transfer="iec61966-2-1")
    primaries = None
    if len(chunks.get(b"cHRM", b"")) == 32:
        white_x, white_y, *rest = (value / 100_000 for value in struct.unpack(">8I", chunks[b"cHRM"]))
        primaries = gamut.name_of((*rest, white_x, white_y))
    linear = chunks.get(b"gAMA", b"") == (100_000).to_bytes(4, "big")
    return Colour(primaries=primaries, transfer="linear" if linear else None)


def check_complete(source: Source) -> str | None:
    """One sentence where the end mark is missing. Programs may append a little after it."""
    tail = source.read_some(max(0, source.size - 4096), 4096)
    return None if _END in tail else "pixel data missing: the PNG has no end mark."
