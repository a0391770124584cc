# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a Truevision TGA file. It has no magic: the header must make sense, and no other reader want the file."""

from __future__ import annotations

import struct

from ..errors import DamagedFile
from ..media import Media
from .source import Source
from .still_rules import far_too_many, ratio

_FOOTER = b"TRUEVISION-XFILE.\0"
_COMPRESSED = 8
_GREY = 3
# colour map flag, image type, first entry, entries, bits of an entry, x, y, width, height, bits, descriptor
_HEADER = struct.Struct("<xBBHHBHHHHBB")


def recognises(head: bytes) -> bool:
    """True where the first bytes can be a TGA header."""
    if len(head) < _HEADER.size:
        return False
    mapped, kind, _first, entries, entry_bits, _x, _y, width, height, bits, descriptor = _HEADER.unpack_from(head)
    if kind not in (1, 2, 3, 9, 10, 11) or mapped > 1 or not width or not height or descriptor & 0xC0:
        return False
    if mapped != (kind & 7 == 1) and kind & 7 == 1:
        return False
    if mapped and not (entries and entry_bits in (15, 16, 24, 32)):
        return False
    return bits in ((8, 16) if kind & 7 != 2 else (15, 16, 24, 32)) and (descriptor & 15) in (0, 1, 8)


def read(source: Source) -> Media:
    """The facts of one TGA. Raises DamagedFile where the claimed size is absurd."""
    fields = _HEADER.unpack_from(source.head)
    kind, width, height, bits, descriptor = fields[1], fields[7], fields[8], fields[9], fields[10]
    problem = far_too_many(width, height, source.size)
    if problem is not None:
        raise DamagedFile(problem, source.path)
    grey = kind & 7 == _GREY
    alpha = bits == 32 or (descriptor & 15) > 0
    aspect = None
    footer = source.read_some(max(0, source.size - 26), 26)
    if footer.endswith(_FOOTER):
        (extension,) = struct.unpack_from("<I", footer)
        area = source.read_some(extension, 478) if 0 < extension < source.size else b""
        if len(area) == 478:
            aspect = ratio(*struct.unpack_from("<HH", area, 474))
    return Media(
        source="tga",
        width=width,
        height=height,
        pixel_aspect=aspect,
        codec="targa",
        compression="rle" if kind & _COMPRESSED else "none",
        pixel_format="uint8",
        channels=("Y",) if grey else ("R", "G", "B", "A") if alpha else ("R", "G", "B"),
    )


def check_complete(source: Source) -> str | None:
    """One sentence where an uncompressed picture is cut off; a compressed one tells no size."""
    fields = _HEADER.unpack_from(source.head)
    mapped, kind, entries, entry_bits, width, height, bits = (fields[at] for at in (0, 1, 3, 4, 7, 8, 9))
    if kind & _COMPRESSED:
        return None
    needed = 18 + source.head[0] + mapped * entries * ((entry_bits + 7) // 8) + width * height * ((bits + 7) // 8)
    if source.size < needed:
        return f"pixel data missing: the file has {source.size} bytes instead of {needed}."
    return None
