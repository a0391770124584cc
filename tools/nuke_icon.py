# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of the toolbar's button: a film frame with its perforation, drawn here so that no binary is kept."""

from __future__ import annotations

import struct
import zlib

SIZE = 24  # what Nuke's toolbar shows
_FINE = 4  # samples per pixel and side: smooth edges
_FRAME, _HOLE = (0xE8, 0x86, 0x1A), (0x2B, 0x2B, 0x2B)


def png() -> bytes:
    """The icon as a PNG file of 24 x 24 pixels with transparency."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y) for x in range(SIZE)) for y in range(SIZE))
    head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _pixel(x: int, y: int) -> bytes:
    """Red, green, blue, alpha of one pixel: the mean of its samples."""
    samples = [
        _sample(x + (column + 0.5) / _FINE, y + (row + 0.5) / _FINE) for row in range(_FINE) for column in range(_FINE)
    ]
    drawn = [sample for sample in samples if sample is not None]
    if not drawn:
        return bytes(4)
    mean = [round(sum(sample[channel] for sample in drawn) / len(drawn)) for channel in range(3)]
    return bytes([*mean, round(255 * len(drawn) / len(samples))])


def _sample(x: float, y: float) -> tuple[int, int, int] | None:
    """The colour at a point, None outside the frame."""
    if not _rounded(x, y, 2, 4, 22, 20, 2.5):
        return None
    holes = any(_rounded(x, y, at, top, at + 2, top + 2, 0.5) for at in (4.5, 8.5, 13.5, 17.5) for top in (5.3, 16.7))
    play = x >= 10 and abs(y - 12) <= (15.5 - x) * 0.62
    return _HOLE if holes or play else _FRAME


def _rounded(x: float, y: float, left: float, top: float, right: float, bottom: float, radius: float) -> bool:
    """True inside a rectangle with round corners."""
    dx = max(left + radius - x, 0, x - (right - radius))
    dy = max(top + radius - y, 0, y - (bottom - radius))
    return dx * dx + dy * dy <= radius * radius
