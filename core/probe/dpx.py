# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a DPX file (SMPTE ST 268) from its header: sizes, rates of both industry parts, timecode, reel."""

from __future__ import annotations

import struct
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ..errors import DamagedFile, TimecodeError
from ..media import Colour, Media
from ..timecode import rate_of, rate_text
from . import bcd
from .retouch import with_label
from .source import Source

HEADER_SIZE = 2048
UNDEFINED = 0xFFFFFFFF
_GENERIC_SIZE = 1664
# offset of the picture, sizes of generic and industry part, elements, width, height, first element (descriptor,
# transfer, colorimetric, bits, packing, encoding), source file, input device, pixel aspect, film rate, timecode, rate.
_FIELDS = "4xI16xII738xHII20x4BHH624x100s24x32s40xII88xI192xI16xI"
_READ = {b"SDPX": struct.Struct(">" + _FIELDS).unpack_from, b"XPDS": struct.Struct("<" + _FIELDS).unpack_from}
_ORDERS = {b"SDPX": ">", b"XPDS": "<"}
_BITS = {1: "uint1", 8: "uint8", 10: "uint10", 12: "uint12", 16: "uint16", 32: "float", 64: "double"}
_CHANNELS: dict[int, tuple[str, ...]] = {
    1: ("R",),
    2: ("G",),
    3: ("B",),
    4: ("A",),
    6: ("Y",),
    8: ("Z",),
    50: ("R", "G", "B"),
    51: ("R", "G", "B", "A"),
    52: ("A", "B", "G", "R"),
    100: ("Cb", "Y", "Cr", "Y"),
    101: ("Cb", "Y", "A", "Cr", "Y", "A"),
    102: ("Cb", "Y", "Cr"),
    103: ("Cb", "Y", "Cr", "A"),
}
# Components in one pixel where that is not the number of channels above.
_COMPONENTS = {100: 2, 101: 3}
_TRANSFERS = {1: "printing-density", 2: "linear", 3: "log", 5: "bt709", 6: "bt709", 7: "bt470bg", 8: "smpte170m"}
_PRIMARIES = {5: "bt709", 6: "bt709", 7: "bt470bg", 8: "smpte170m"}
_COMPRESSIONS = {0: "none", 1: "rle"}
# What programs write as input device when there is none.
_PROGRAMS = ("created with", "openimageio", "imagemagick", "graphicsmagick")


class _Fields(NamedTuple):
    offset: int
    generic: int
    industry: int
    elements: int
    width: int
    height: int
    descriptor: int
    transfer: int
    colorimetric: int
    bits: int
    packing: int
    encoding: int


def recognises(head: bytes) -> bool:
    """True for the first bytes of a DPX file of either byte order."""
    return head[:4] in _READ


def read(source: Source) -> Media:
    """The facts of one DPX; `error` is set where the header contradicts itself. Raises DamagedFile for a cut one."""
    head = source.head
    if len(head) < HEADER_SIZE:
        if len(head) < 812:
            raise DamagedFile("the DPX header is cut off.", source.path)
        # Ends before the industry headers; a picture cannot follow, but the size can still be told.
        head = head.ljust(HEADER_SIZE, b"\xff")
    magic = head[:4]
    values = _READ[magic](head)
    source_file, device, across, down, film, code, television = values[12:]
    media, has_industry = _facts_of(values[:12], across, down, film, television)
    if not has_industry:
        return media
    reel = device_name(device) or file_stem(source_file)
    if code == UNDEFINED:
        return with_label(media, None, (), reel)
    label, doubts = bcd.label(code, media.fps)
    return with_label(media, label, doubts, reel)


@lru_cache(128)
def _facts_of(raw: tuple[int, ...], across: int, down: int, film: int, television: int) -> tuple[Media, bool]:
    fields = _Fields(*raw)
    # FFmpeg writes pictures at 1664: what lies where the industry headers would be are pixels then.
    has_industry = fields.offset >= HEADER_SIZE and fields.generic in (_GENERIC_SIZE, UNDEFINED) and fields.industry > 0
    rate, notes = _rates(_rate(film), _rate(television)) if has_industry else (None, ())
    media = Media(
        source="dpx",
        width=fields.width or None,
        height=fields.height or None,
        pixel_aspect=pixel_aspect(across, down),
        fps=rate,
        codec="dpx",
        compression=_COMPRESSIONS.get(fields.encoding),
        pixel_format=_BITS.get(fields.bits),
        channels=_CHANNELS.get(fields.descriptor, ()),
        colour=Colour(None, _PRIMARIES.get(fields.colorimetric), _TRANSFERS.get(fields.transfer)),
        error=_damage(fields),
        notes=notes,
    )
    return media, has_industry


def _damage(fields: _Fields) -> str | None:
    if not (0 < fields.width < 2**24 and 0 < fields.height < 2**24):
        return "the DPX header has an impossible picture size."
    if not 1 <= fields.elements <= 8 and fields.elements != 0xFFFF:
        return f"the DPX header claims {fields.elements} picture elements."
    if fields.bits not in _BITS:
        return f"the DPX header claims {fields.bits} bits a component."
    return None


def _rate(raw: int) -> Fraction | None:
    """The rate in a 32-bit float field, None for an undefined or impossible one."""
    value = struct.unpack("<f", struct.pack("<I", raw))[0]
    if not 1 <= value <= 1000:  # NaN, too
        return None
    try:
        return rate_of(round(value, 4))
    except TimecodeError:
        return None


def _rates(film: Fraction | None, television: Fraction | None) -> tuple[Fraction | None, tuple[str, ...]]:
    if film is not None and television is not None and film != television:
        both = f"The film header says {rate_text(film)}, the television header {rate_text(television)} frames a second."
        return television, (both,)
    if television is None and film is not None:
        return film, ("The rate is that of the film header.",)
    return television, ()


def pixel_aspect(across: int, down: int) -> Fraction | None:
    """Two header fields as a ratio, None where one of them is undefined."""
    if across in (0, UNDEFINED) or down in (0, UNDEFINED):
        return None
    return Fraction(across, down).limit_denominator(10_000) or None


def device_name(raw: bytes) -> str | None:
    """The input device as a reel name; None where the field is empty or names a program."""
    name = text(raw)
    return None if name is None or name.lower().startswith(_PROGRAMS) else name


def file_stem(raw: bytes) -> str | None:
    """The source file name without folders and extension."""
    name = text(raw)
    if name is None:
        return None
    return name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0] or None


def text(raw: bytes) -> str | None:
    """A header text up to its end mark; None where it is empty, undefined or not text."""
    cut = raw.split(b"\0", 1)[0]
    if not cut or cut[0] == 0xFF:
        return None
    found = cut.decode("utf-8", "replace").strip()
    return found if found and found.isprintable() and "\ufffd" not in found else None


def check_complete(source: Source) -> str | None:
    """One sentence where the file ends before its picture does; the size is told by the header."""
    head = source.head
    if len(head) < 1408:
        return "pixel data missing: the file ends inside its header."
    order = _ORDERS[head[:4]]
    elements, width, height = struct.unpack_from(order + "HII", head, 770)
    needed = 0
    for at in range(780, 780 + 72 * min(elements, 8), 72):
        descriptor, _transfer, _colour, bits, packing, encoding, start = struct.unpack_from(
            order + "4BHHI", head, at + 20
        )
        line_padding = struct.unpack_from(order + "I", head, at + 32)[0]
        if start == UNDEFINED or start == 0:
            start = struct.unpack_from(order + "I", head, 4)[0]
        if encoding == 1:  # run-length encoded: the size cannot be told, but there is a picture at its place
            needed = max(needed, start + 1)
            continue
        line = _line_bytes(width, descriptor, bits, packing)
        padding = 0 if line_padding == UNDEFINED else line_padding
        needed = max(needed, start + height * (line + (padding if padding < 2**16 else 0)))
    if source.size < needed:
        return f"pixel data missing: the file has {source.size} bytes instead of {needed}."
    return None


def _line_bytes(width: int, descriptor: int, bits: int, packing: int) -> int:
    """Bytes of one line, at the least: writers differ in whether they fill up lines to 32 bits."""
    components = width * _COMPONENTS.get(descriptor, len(_CHANNELS.get(descriptor, ("?",))))
    if packing in (1, 2) and bits == 10:
        return -(-components // 3) * 4
    if packing in (1, 2) and bits == 12:
        return components * 2
    return -(-components * bits // 8)
