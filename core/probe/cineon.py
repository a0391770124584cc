# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a Cineon file (Kodak, "Cineon Image File Format Draft", 1995), the forerunner of DPX."""

from __future__ import annotations

import struct
from dataclasses import replace

from ..errors import DamagedFile
from ..media import Colour, Media
from ..timecode import rate_of
from .dpx import UNDEFINED, device_name, file_stem
from .source import Source

_ORDERS = {b"\x80\x2a\x5f\xd7": ">", b"\xd7\x5f\x2a\x80": "<"}
_HEADER_SIZE = 1024
_BITS = (1, 8, 10, 12, 16)
_DESIGNATORS = {0: "Y", 1: "R", 2: "G", 3: "B", 4: "R", 5: "G", 6: "B"}


def recognises(head: bytes) -> bool:
    """True for the first bytes of a Cineon file of either byte order."""
    return head[:4] in _ORDERS


def read(source: Source) -> Media:
    """The facts of one Cineon file. Raises DamagedFile where the header is cut off."""
    head = source.head
    if len(head) < _HEADER_SIZE:
        raise DamagedFile("the Cineon header is cut off.", source.path)
    order = _ORDERS[head[:4]]
    count, (bits, width, height) = head[193], struct.unpack_from(order + "BxII", head, 198)
    names = [_DESIGNATORS.get(head[197 + 28 * channel], "?") for channel in range(min(count, 8))]
    media = Media(
        source="cineon",
        width=width or None,
        height=height or None,
        codec="cineon",
        compression="none",
        pixel_format=f"uint{bits}" if bits in _BITS else None,
        channels=tuple(names),
        reel=device_name(head[844:908]) or file_stem(head[720:820]),
        colour=Colour(transfer="log"),
        error=_damage(count, bits, width, height),
    )
    if struct.unpack_from(order + "I", head, 12)[0] in (0, UNDEFINED) or len(head) < 1076:
        return media
    rate = struct.unpack_from(order + "f", head, 1072)[0]
    return replace(media, fps=rate_of(round(rate, 4))) if 1 <= rate <= 1000 else media


def _damage(count: int, bits: int, width: int, height: int) -> str | None:
    if not (0 < width < 2**24 and 0 < height < 2**24):
        return "the Cineon header has an impossible picture size."
    if not 1 <= count <= 8:
        return f"the Cineon header claims {count} channels."
    if bits not in _BITS:
        return f"the Cineon header claims {bits} bits a component."
    return None


def check_complete(source: Source) -> str | None:
    """One sentence where the file ends before its picture does; the size is told by the header."""
    head = source.head
    if len(head) < _HEADER_SIZE:
        return "pixel data missing: the file ends inside its header."
    order = _ORDERS[head[:4]]
    (start,) = struct.unpack_from(order + "I", head, 4)
    count, (bits, width, height) = head[193], struct.unpack_from(order + "BxII", head, 198)
    # Three 10-bit components fill a word of 32 bits in every file known; the rest is counted as tightly packed.
    pixel_bits = 32 if (count, bits) == (3, 10) else count * bits
    needed = start + -(-width * height * pixel_bits // 8)
    if source.size < needed:
        return f"pixel data missing: the file has {source.size} bytes instead of {needed}."
    return None
