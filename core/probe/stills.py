# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of the smaller still formats: a few fields at fixed places each. A still never has a rate."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from fractions import Fraction

from ..errors import DamagedFile
from ..media import Colour, Media
from . import gamut
from .source import Source
from .still_rules import far_too_many, ratio

_RGB, _RGBA = ("R", "G", "B"), ("R", "G", "B", "A")
_BY_COUNT = {1: ("Y",), 2: ("Y", "A"), 3: _RGB, 4: _RGBA}
_JP2 = b"\0\0\0\x0cjP  \r\n\x87\n"
_CODESTREAM = b"\xff\x4f\xff\x51"


def recognises(head: bytes) -> bool:
    """True for the first bytes of one of the formats here, by their magic."""
    return _reader(head) is not None


def read(source: Source) -> Media:
    """The facts of one still. Raises DamagedFile where the fields are cut off or absurd."""
    reader = _reader(source.head)
    assert reader is not None
    try:
        media = reader(source)
    except struct.error:
        raise DamagedFile("the header of the picture is cut off.", source.path) from None
    if not media.width or not media.height:
        raise DamagedFile("the header describes a picture without size.", source.path)
    problem = far_too_many(media.width, media.height, source.size)
    if problem is not None:
        raise DamagedFile(problem, source.path)
    return media


def _reader(head: bytes) -> Callable[[Source], Media] | None:
    for offset, magic, reader in _MAGICS:
        if head.startswith(magic, offset):
            return reader
    return None


def _radiance(source: Source) -> Media:
    """Radiance .hdr: text lines, an empty one, then the size."""
    text = source.read_some(0, 65_536)
    size = re.search(rb"\n\n([-+][XY]) (\d{1,7}) ([-+][XY]) (\d{1,7})\n", text)
    if size is None:
        raise DamagedFile("the Radiance header is cut off or damaged.", source.path)
    sides = {size[1][1:]: int(size[2]), size[3][1:]: int(size[4])}
    variables = text[: size.start()]
    aspect = re.search(rb"\nPIXASPECT=\s*([0-9.]{1,12})", variables)
    primaries = re.search(rb"\nPRIMARIES=([-0-9. \t]{15,120})", variables)
    numbers = [float(number) for number in primaries[1].split()] if primaries else []
    return Media(
        source="hdr",
        width=sides.get(b"X"),
        height=sides.get(b"Y"),
        # "the ratio of height over width" of a pixel (Radiance file formats)
        pixel_aspect=_inverse(aspect[1]) if aspect else None,
        codec="radiance",
        compression="rgbe" if b"32-bit_rle_xyze" not in variables else "xyze",
        pixel_format="float",
        channels=_RGB,
        colour=Colour(primaries=gamut.name_of(numbers) if len(numbers) == 8 else None, transfer="linear"),
    )


def _inverse(text: bytes) -> Fraction | None:
    try:
        value = Fraction(text.decode("ascii"))
    except ValueError:
        return None
    return ratio(value.denominator, value.numerator)


def _sgi(source: Source) -> Media:
    packed, size, _dimension, width, height, count = struct.unpack_from(">BBHHHH", source.head, 2)
    return Media(
        source="sgi",
        width=width,
        height=height,
        codec="sgi",
        compression="rle" if packed else "none",
        pixel_format=f"uint{8 * size}",
        channels=_BY_COUNT.get(count, ()),
    )


def _bmp(source: Source) -> Media:
    head = source.head
    (header_size,) = struct.unpack_from("<I", head, 14)
    if header_size == 12:
        width, height, _planes, bits = struct.unpack_from("<HHHH", head, 18)
        across = down = 0
    else:
        width, height, _planes, bits = struct.unpack_from("<iiHH", head, 18)
        across, down = struct.unpack_from("<ii", head, 38)
    return Media(
        source="bmp",
        width=max(0, width),
        height=abs(height),  # negative: stored from the top
        pixel_aspect=ratio(down, across),
        codec="bmp",
        pixel_format="uint8",
        channels=_RGBA if bits == 32 else _RGB,
    )


def _webp(source: Source) -> Media:
    head = source.head
    kind = head[12:16]
    alpha = False
    if kind == b"VP8X":
        flags, width, height = head[20], int.from_bytes(head[24:27], "little"), int.from_bytes(head[27:30], "little")
        width, height, alpha = width + 1, height + 1, bool(flags & 0x10)
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        width, height, alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    else:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", head, 26))
    channels = _RGBA if alpha else _RGB
    return Media(source="webp", width=width, height=height, codec="webp", pixel_format="uint8", channels=channels)


def _jpeg_2000(source: Source) -> Media:
    """A bare codestream, or one in JP2 boxes: its SIZ segment has it all."""
    head = source.head
    at = head.find(_CODESTREAM)
    if at < 0:
        box = head.find(b"ihdr")
        height, width, count, depth = struct.unpack_from(">IIHB", head, box + 4) if box > 0 else (0, 0, 0, 0)
        depth = (depth & 0x7F) + 1
    else:
        right, bottom, left, top = struct.unpack_from(">4I", head, at + 8)
        width, height = right - left, bottom - top
        count, depth = struct.unpack_from(">HB", head, at + 40)
        depth = (depth & 0x7F) + 1
    return Media(
        source="jpeg2000",
        width=max(0, width),
        height=max(0, height),
        codec="jpeg2000",
        compression="jpeg2000",
        pixel_format=f"uint{depth}",
        channels=_BY_COUNT.get(count, ()),
    )


def _photoshop(source: Source) -> Media:
    count, height, width, depth, mode = struct.unpack_from(">HIIHH", source.head, 12)
    colours = {1: ("Y",), 3: _RGB, 4: ("C", "M", "Y", "K")}.get(mode, ())
    return Media(
        source="psd",
        width=width,
        height=height,
        codec="photoshop",
        pixel_format="float" if depth == 32 else f"uint{depth}",
        channels=(*colours, "A") if colours and count > len(colours) else colours,
    )


_MAGICS: tuple[tuple[int, bytes, Callable[[Source], Media]], ...] = (
    (0, b"#?RADIANCE", _radiance),
    (0, b"#?RGBE", _radiance),
    (0, b"\x01\xda", _sgi),
    (0, b"BM", _bmp),
    (8, b"WEBP", _webp),
    (0, _JP2, _jpeg_2000),
    (0, _CODESTREAM, _jpeg_2000),
    (0, b"8BPS\0", _photoshop),
)
