# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes small, valid DPX files (SMPTE ST 268, 10-bit RGB, version 2.0) for tests, benches and the demo."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction

HEADER_SIZE = 2048
UNDEFINED = 0xFFFFFFFF

Timecode = tuple[int, int, int, int, bool]
Pixels = bytes | Sequence[float] | None


def write(path: str, width: int = 64, height: int = 36, **options: object) -> None:
    """Write `build(width, height, ...)` to `path`."""
    with open(path, "wb") as file:
        file.write(build(width, height, **options))  # type: ignore[arg-type]


def build(
    width: int = 64,
    height: int = 36,
    *,
    timecode: Timecode | None = None,
    fps: Fraction | float | None = None,
    film_fps: Fraction | float | None = None,
    reel: str | None = None,
    source_file: str | None = None,
    pixel_aspect: tuple[int, int] | None = (1, 1),
    transfer: int = 3,
    colorimetric: int = 1,
    big_endian: bool = True,
    pixels: Pixels = None,
) -> bytes:
    """The bytes of one DPX, filled method A: one 32-bit word per pixel.

    `timecode` is (hours, minutes, seconds, frames, drop) and `fps` the rate of the television header, `film_fps` the
    one of the film header; None leaves a field undefined. `pixels` is None for a grey ramp, three values between 0 and
    1 for a flat picture, or the raw data.
    """
    order = ">" if big_endian else "<"
    body = _body(width, height, order, pixels)
    head = bytearray(HEADER_SIZE)

    def put(offset: int, form: str, *values: float) -> None:
        struct.pack_into(order + form, head, offset, *values)

    def put_text(offset: int, length: int, text: str | None) -> None:
        raw = (text or "").encode()[:length]
        head[offset : offset + len(raw)] = raw

    head[0:4] = b"SDPX" if big_endian else b"XPDS"
    put(4, "I", HEADER_SIZE)
    put_text(8, 8, "V2.0")
    put(16, "4I", HEADER_SIZE + len(body), 1, 1664, 384)
    put(32, "I", 0)
    put(660, "I", UNDEFINED)
    put(768, "HH2I", 0, 1, width, height)
    # First image element: unsigned, 10 bit RGB (descriptor 50), filled method A, no compression.
    put(780, "5I4B2H3I", 0, 0, UNDEFINED, 1023, UNDEFINED, 50, transfer, colorimetric, 10, 1, 0, HEADER_SIZE, 0, 0)
    put(1408, "6I", 0, 0, UNDEFINED, UNDEFINED, width, height)
    put_text(1432, 100, source_file)
    put_text(1556, 32, reel)
    put(1628, "2I", *(pixel_aspect or (UNDEFINED, UNDEFINED)))
    put(1712, "3I", UNDEFINED, UNDEFINED, UNDEFINED)
    _put_rate(head, 1724, order, film_fps)
    put(1728, "I", UNDEFINED)
    put(1920, "2I", UNDEFINED if timecode is None else pack_timecode(*timecode), UNDEFINED)
    put(1932, "2I", UNDEFINED, UNDEFINED)
    _put_rate(head, 1940, order, fps)
    put(1944, "7I", *[UNDEFINED] * 7)
    return bytes(head) + body


def pack_timecode(hours: int, minutes: int, seconds: int, frames: int, drop: bool = False) -> int:
    """The 32-bit BCD word of the television header, drop flag in bit 6."""
    word = 0
    for part in (hours, minutes, seconds, frames):
        word = word << 8 | part // 10 << 4 | part % 10
    return word | (0x40 if drop else 0)


def _put_rate(head: bytearray, offset: int, order: str, rate: Fraction | float | None) -> None:
    if rate is None:
        struct.pack_into(order + "I", head, offset, UNDEFINED)
    else:
        struct.pack_into(order + "f", head, offset, float(rate))


def _body(width: int, height: int, order: str, pixels: Pixels) -> bytes:
    if isinstance(pixels, bytes):
        return pixels
    if pixels is not None:
        red, green, blue = (round(max(0.0, min(1.0, value)) * 1023) for value in pixels)
        return struct.pack(order + "I", red << 22 | green << 12 | blue << 2) * (width * height)
    levels = (at * 1023 // max(1, width - 1) for at in range(width))
    row = struct.pack(f"{order}{width}I", *(level << 22 | level << 12 | level << 2 for level in levels))
    return row * height
