# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample description of a video track: codec, stored size, pixel aspect, colour (QTFF, ISO/IEC 14496-12 12.1)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..media import Colour
from .codec_names import FLAVOURS, PIXEL_FORMATS, VC3_FLAVOURS, codec_of
from .colour_names import colour_of
from .parameter_sets import NOTHING, CodecFacts, av1_facts, avc_facts, hevc_facts, vp9_facts

# Fixed part of a visual sample entry, counted from its size field; boxes follow
_FIXED = 86
_SIZE = struct.Struct(">HH").unpack_from
_PAIR = struct.Struct(">II").unpack_from
_COLOUR = struct.Struct(">HHH").unpack_from
_SETUPS: dict[bytes, Callable[[bytes], CodecFacts]] = {
    b"avcC": avc_facts,
    b"hvcC": hevc_facts,
    b"av1C": av1_facts,
    b"vpcC": vp9_facts,
}
# MPEG-4 object types (the codec behind "mp4v")
_OBJECT_TYPES = {
    0x20: "mpeg4",
    0x21: "h264",
    0x23: "hevc",
    0x6A: "mpeg1video",
    0x6C: "mjpeg",
    0x6D: "png",
    0x6E: "jpeg2000",
}
_OBJECT_TYPES.update(dict.fromkeys(range(0x60, 0x66), "mpeg2video"))


@dataclass(frozen=True)
class VideoEntry:
    """A sample description. `aperture` is the clean aperture's size, `interlaced` is None where nothing is said."""

    codec: str | None
    flavour: str | None
    width: int
    height: int
    pixel_aspect: Fraction | None
    pixel_format: str | None
    colour: Colour
    aperture: tuple[Fraction, Fraction] | None
    interlaced: bool | None


def video_entry(entry: bytes) -> VideoEntry:
    """Read one sample entry, from its size field on. What is cut off or nonsense is left out."""
    code = entry[4:8]
    width, height = _SIZE(entry, 32) if len(entry) >= 36 else (0, 0)
    boxes = dict(_extensions(entry))
    if code == b"encv":
        code = _original_code(boxes.get(b"sinf", b"")) or code
    facts = next((read(boxes[kind]) for kind, read in _SETUPS.items() if kind in boxes), NOTHING)
    flavour, pixel_format = FLAVOURS.get(code), PIXEL_FORMATS.get(code) or facts.pixel_format
    codec = codec_of(code)
    if code in (b"AVdn", b"AVdh"):
        flavour, pixel_format = VC3_FLAVOURS.get(_vc3_id(boxes), (flavour, None))
    elif code == b"mp4v":
        codec = _OBJECT_TYPES.get(_object_type(boxes.get(b"esds", b"")), codec)
    elif code == b"rle " and len(entry) >= 84:
        pixel_format = {24: "rgb24", 32: "argb"}.get(entry[83])
    colour = _colour(boxes.get(b"colr", b"")) or facts.colour or Colour()
    fields = boxes.get(b"fiel", b"")
    return VideoEntry(
        codec=codec,
        flavour=flavour,
        width=width,
        height=height,
        pixel_aspect=_aspect(boxes.get(b"pasp", b"")) or facts.pixel_aspect,
        pixel_format=pixel_format,
        colour=colour,
        aperture=_aperture(boxes.get(b"clap", b"")),
        interlaced=fields[0] == 2 if fields[:1] in (b"\1", b"\2") else None,
    )


def _extensions(entry: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes after the fixed part; a list that ends in rubbish just ends."""
    start = _FIXED
    while len(entry) - start >= 8:
        size = int.from_bytes(entry[start : start + 4], "big")
        if size < 8 or start + size > len(entry):
            return
        yield entry[start + 4 : start + 8], entry[start + 8 : start + size]
        start += size


def _colour(box: bytes) -> Colour | None:
    """`nclc` (QuickTime) and `nclx` (ISO); an ICC profile says nothing that has a name."""
    if box[:4] not in (b"nclc", b"nclx") or len(box) < 10:
        return None
    return colour_of(*_COLOUR(box, 4))


def _aspect(box: bytes) -> Fraction | None:
    if len(box) < 8:
        return None
    wide, high = _PAIR(box)
    return sensible_aspect(Fraction(wide, high)) if wide and high else None


def sensible_aspect(aspect: Fraction) -> Fraction | None:
    """The pixel aspect, or None for one that no picture has."""
    return aspect if Fraction(1, 20) <= aspect <= 20 else None


def _aperture(box: bytes) -> tuple[Fraction, Fraction] | None:
    if len(box) < 16:
        return None
    width, width_over, height, height_over = struct.unpack_from(">IIII", box)
    if not (width and width_over and height and height_over):
        return None
    return Fraction(width, width_over), Fraction(height, height_over)


def _vc3_id(boxes: dict[bytes, bytes]) -> int:
    """The VC-3 compression id in Avid's resolution box (`ADHR` for DNxHR, `ARES` for DNxHD)."""
    for kind in (b"ADHR", b"ARES"):
        box = boxes.get(kind, b"")
        if len(box) >= 8:
            return int.from_bytes(box[4:8], "big")
    return 0


def _object_type(esds: bytes) -> int:
    """The object type in the decoder configuration of an `esds` body (ISO/IEC 14496-1 7.2.6)."""
    at = 4
    for _ in range(4):
        if len(esds) <= at:
            return 0
        tag = esds[at]
        at += 1
        while at < len(esds) and esds[at] & 0x80:
            at += 1
        at += 1
        if tag == 4:
            return esds[at] if at < len(esds) else 0
        if tag == 3:
            at += 3
    return 0


def _original_code(sinf: bytes) -> bytes:
    """The codec code of an encrypted track, from `frma`."""
    at = sinf.find(b"frma")
    return sinf[at + 4 : at + 8] if at >= 0 else b""
