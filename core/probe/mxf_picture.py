# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture descriptor of an MXF file: size, pixel aspect, colour, codec (SMPTE ST 377-1 annex F and G)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..media import Colour
from .mxf_labels import colour_name, flavour, picture_codec
from .mxf_packages import integer, label, ratio
from .parameter_sets import pixel_format
from .sample_entry import sensible_aspect

CDCI = 0x28
_SEPARATE_FIELDS, _MIXED_FIELDS = 1, 3
_DISPLAY, _SAMPLED, _STORED = (0x3209, 0x3208), (0x3205, 0x3204), (0x3203, 0x3202)
_CHROMA = {(2, 2): 1, (2, 1): 2, (1, 1): 3}
_UNCOMPRESSED = {"0401020101020101": "uyvy422", "0401020101020102": "yuyv422", "0401020101020201": "yuv422p10le"}


@dataclass(frozen=True)
class Picture:
    """What a picture descriptor says; None where it is silent."""

    width: int | None
    height: int | None
    pixel_aspect: Fraction | None
    codec: str | None
    flavour: str | None
    pixel_format: str | None
    colour: Colour
    interlaced: bool


def picture(kind: int, values: Mapping[int, bytes]) -> Picture:
    """Read a picture descriptor. The size is that of the display window, of whole frames where fields are stored."""
    layout = integer(values, 0x320C) or 0
    width, height = _size(values, 2 if layout == _SEPARATE_FIELDS else 1)
    coding, container = label(values, 0x3201), label(values, 0x3004)
    codec = picture_codec(coding, container)
    return Picture(
        width=width,
        height=height,
        pixel_aspect=_aspect(ratio(values, 0x320E), width, height),
        codec=codec,
        flavour=flavour(codec, coding),
        pixel_format=_UNCOMPRESSED.get(coding[8:].hex()) or (_planar(values) if kind == CDCI else None),
        colour=Colour(
            None,
            colour_name(label(values, 0x3219)),
            colour_name(label(values, 0x3210)),
            colour_name(label(values, 0x321A)),
        ),
        interlaced=layout in (_SEPARATE_FIELDS, _MIXED_FIELDS),
    )


def _size(values: Mapping[int, bytes], fields: int) -> tuple[int | None, int | None]:
    for wide, high in (_DISPLAY, _SAMPLED, _STORED):
        width, height = integer(values, wide), integer(values, high)
        if width and height:
            return width, height * fields
    return None, None


@lru_cache(maxsize=256)
def _aspect(shape: Fraction | None, width: int | None, height: int | None) -> Fraction | None:
    """The pixel aspect from that of the whole picture, which is often rounded (1.9, 17:9)."""
    if shape is None or not width or not height:
        return None
    aspect = shape * height / width
    if abs(aspect - 1) < Fraction(1, 100):
        return Fraction(1)
    return sensible_aspect(aspect.limit_denominator(1000))


def _planar(values: Mapping[int, bytes]) -> str | None:
    depth = integer(values, 0x3301) or 0
    chroma = _CHROMA.get((integer(values, 0x3302) or 0, integer(values, 0x3308) or 1))
    return pixel_format(chroma, depth) if chroma is not None and 8 <= depth <= 16 else None
