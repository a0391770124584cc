# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a JPEG file (ITU-T T.81, JFIF) from its frame header."""

from __future__ import annotations

import struct
from fractions import Fraction

from ..errors import DamagedFile
from ..media import Media
from .source import Source
from .still_rules import far_too_many, ratio

_CHANNELS = {1: ("Y",), 3: ("R", "G", "B"), 4: ("C", "M", "Y", "K")}
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST_SEGMENTS = 2000


def recognises(head: bytes) -> bool:
    """True for the first bytes of a JPEG file."""
    return head.startswith(b"\xff\xd8\xff")


def read(source: Source) -> Media:
    """The facts of one JPEG. Raises DamagedFile where no frame header can be found."""
    aspect: Fraction | None = None
    at = 2
    for _count in range(_MOST_SEGMENTS):
        start = source.read_some(at, 20)
        if len(start) < 4:
            break
        if start[0] != 0xFF:
            # A segment with a wrong length: like every decoder, look for the next marker.
            skipped = source.read_some(at, 4096).find(b"\xff")
            at += skipped if skipped >= 0 else 4096
            continue
        marker = start[1]
        if marker in (0x00, 0xFF):  # fill bytes
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        if marker in _FRAMES and len(start) >= 10:
            return _media(source, start, marker, aspect)
        if marker == 0xE0 and start[4:9] == b"JFIF\0" and len(start) >= 16:
            unit, across, down = struct.unpack_from(">BHH", start, 11)
            # Without a unit the two numbers are the ratio itself, with one they are dots on an inch or centimetre.
            aspect = ratio(down, across) if unit else ratio(across, down)
        if marker in (0xD9, 0xDA):
            break
        at += 2 + struct.unpack_from(">H", start, 2)[0]
    raise DamagedFile("the JPEG has no readable frame header.", source.path)


def _media(source: Source, segment: bytes, marker: int, aspect: Fraction | None) -> Media:
    depth, height, width, count = struct.unpack_from(">BHHB", segment, 4)
    if width == 0 or not 1 <= count <= 4 or not 2 <= depth <= 16:
        raise DamagedFile("the JPEG frame header describes an impossible picture.", source.path)
    return Media(
        source="jpeg",
        width=width,
        height=height or None,  # 0: told only after the first scan
        pixel_aspect=aspect,
        codec="jpeg",
        compression="jpeg" if marker != 0xC3 else "lossless jpeg",
        pixel_format=f"uint{depth}",
        channels=_CHANNELS.get(count, ()),
        error=far_too_many(width, height, source.size),
    )


def check_complete(source: Source) -> str | None:
    """One sentence where the end mark is missing. Cameras append previews after it, so a long tail is searched."""
    length = 65_536
    tail = source.read_some(max(0, source.size - length), length)
    return None if b"\xff\xd9" in tail else "pixel data missing: the JPEG has no end mark."
