# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of an OpenEXR file from its header: one read of 4 KiB for an ordinary plate."""

from __future__ import annotations

import re
import struct
from fractions import Fraction
from functools import lru_cache
from math import isfinite

from ..errors import TimecodeError
from ..media import Colour, Media
from ..timecode import rate_of
from . import bcd, gamut
from . import exr_header as eh
from .exr_chunks import check_complete as check_complete
from .exr_header import Header, Part
from .exr_layout import COMPRESSIONS, channel_list, contradiction, window
from .retouch import with_label
from .source import Source

# The flag bits of a timecode (fields, colour frame, binary groups) say nothing about the label.
_LABEL_BITS = 0x3F7F7F7F
_LABEL = re.compile(r"\d\d:[0-5]\d:[0-5]\d[:;]\d\d\Z")
_PAIRS = "EXR timecode stops at frame 29: above 30 frames a second its frames may count pairs."
# What the OpenEXR library takes where a damaged header lacks an attribute; such a file always has an error, too.
_DEFAULTS: Part = {
    eh.DISPLAY_WINDOW: struct.pack("<4i", 0, 0, 63, 63),
    eh.PIXEL_ASPECT: struct.pack("<f", 1.0),
}


def recognises(head: bytes) -> bool:
    """True for the first bytes of an EXR file."""
    return head.startswith(eh.MAGIC)


def read(source: Source) -> Media:
    """The facts of one EXR.

    A damaged header gives what stands in it, and a sentence in `error`. Raises DamagedFile where it has nothing.
    """
    plain = eh.remembered(source)
    if plain is None:
        return _facts(eh.parse(source))
    # Frames and clips of a delivery differ in little but their timecode: what is equal is decoded once.
    media = _facts_of(plain.flags, plain.names, plain.values)
    return media if plain.timecode is None else _with_timecode(media, plain.timecode)


@lru_cache(128)
def _facts_of(flags: int, names: tuple[bytes, ...], values: tuple[bytes, ...]) -> Media:
    return _facts(Header(flags, (dict(zip(names, values, strict=True)),), 0))


def _facts(header: Header) -> Media:
    part = header.parts[0]
    damage = contradiction(header)
    if damage is not None:
        part = _DEFAULTS | part
    rate, notes = _rate(part)
    names, pixel_format = _channels(header)
    display = window(part[eh.DISPLAY_WINDOW])
    text = _text(part.get(eh.TIMECODE_TEXT, b"")) or ""
    media = Media(
        source="exr",
        width=display[2] if display else None,
        height=display[3] if display else None,
        pixel_aspect=_aspect(part[eh.PIXEL_ASPECT]),
        fps=rate,
        start_timecode=text if _LABEL.match(text) else None,
        codec="exr",
        compression=COMPRESSIONS.get(part.get(eh.COMPRESSION, b""), (None, 0))[0],
        pixel_format=pixel_format,
        channels=names,
        data_window=window(part.get(eh.DATA_WINDOW, b"")),
        reel=_text(part.get(eh.REEL, b"")),
        colour=_colour(part),
        error=damage,
        notes=notes,
    )
    return _with_timecode(media, part[eh.TIMECODE]) if eh.TIMECODE in part else media


def _with_timecode(media: Media, value: bytes) -> Media:
    """The same media with the label of a timeCode attribute."""
    if len(value) != 8:
        return with_label(media, None, ("The timeCode of the header has a wrong length.",))
    label, doubts = bcd.label(int.from_bytes(value[:4], "little") & _LABEL_BITS, media.fps)
    if label is not None and media.fps is not None and media.fps.numerator > 30 * media.fps.denominator:
        doubts += (_PAIRS,)
    return with_label(media, label, doubts)


def _rate(part: Part) -> tuple[Fraction | None, tuple[str, ...]]:
    value = part.get(eh.RATE)
    if value is not None:
        return _decoded_rate(eh.RATE, value)
    for name in eh.RATES:
        if name in part:
            return _decoded_rate(name, part[name])
    return None, ()


def _decoded_rate(name: bytes, value: bytes) -> tuple[Fraction | None, tuple[str, ...]]:
    kind = name.split(b"\0")[1]
    try:
        if kind == b"rational":
            return rate_of(Fraction(*struct.unpack("<iI", value))), ()
        if kind == b"string":
            return rate_of(_text(value) or ""), ()
        form = {b"float": "<f", b"double": "<d", b"int": "<i"}[kind]
        return rate_of(struct.unpack(form, value)[0]), ()
    except (struct.error, ZeroDivisionError, TimecodeError):
        return None, ("The framesPerSecond of the header is not a frame rate.",)


def _channels(header: Header) -> tuple[tuple[str, ...], str | None]:
    """Names of all parts in file order, `part.channel` in multi-part files, and the pixel types that occur."""
    if len(header.parts) == 1:
        found = channel_list(header.parts[0].get(eh.CHANNELS, b""))
        return (found.names, found.types) if found else ((), None)
    names: list[str] = []
    types: dict[str, None] = {}
    for part in header.parts:
        found = channel_list(part.get(eh.CHANNELS, b""))
        if found is None:
            continue
        layer = _text(part.get(eh.NAME, b""))
        prefix = f"{layer}." if layer else ""
        names.extend(name if name.startswith(prefix) else prefix + name for name in found.names)
        types.update(dict.fromkeys(found.types.split(",")))
    return tuple(names), ",".join(types) or None


def _aspect(value: bytes) -> Fraction | None:
    if len(value) != 4:
        return None
    (ratio,) = struct.unpack("<f", value)
    return Fraction(ratio).limit_denominator(10_000) if isfinite(ratio) and 0.001 < ratio < 1000 else None


def _colour(part: Part) -> Colour:
    chromaticities = part.get(eh.CHROMATICITIES, b"")
    primaries = gamut.name_of(struct.unpack("<8f", chromaticities)) if len(chromaticities) == 32 else None
    space = _text(part.get(eh.COLOUR_SPACE, b""))
    if space is None and any(part.get(eh.ACES, b"")):
        space = "aces2065-1"
    return Colour(space.lower() if space else None, primaries)


def _text(value: bytes) -> str | None:
    return value.decode("utf-8", "replace").strip("\0 \n") or None
