# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes small, valid OpenEXR scan-line files for tests, benches and the demo: standard library only.

Layout after "OpenEXR File Layout" (openexr.com): magic, version, attributes, chunk-offset table, chunks.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from fractions import Fraction

COMPRESSIONS = {"none": (0, 1), "rle": (1, 1), "zips": (2, 1), "zip": (3, 16)}
PIXEL_TYPES = {"uint": (0, "I"), "half": (1, "e"), "float": (2, "f")}

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
    fps: Fraction | int | None = None,
    reel: str | None = None,
    data_window: tuple[int, int, int, int] | None = None,
    display_offset: tuple[int, int] = (0, 0),
    compression: str = "none",
    channels: Sequence[str] = ("B", "G", "R"),
    pixel_type: str = "half",
    pixels: Pixels = None,
    pixel_aspect: float = 1.0,
    chromaticities: Sequence[float] | None = None,
    attributes: Mapping[str, tuple[str, bytes]] | None = None,
) -> bytes:
    """The bytes of one EXR.

    `timecode` is (hours, minutes, seconds, frames, drop); `data_window` is (x, y, width, height), the display window
    by default; `pixels` is None for a grey ramp, one value per channel (in the order of the sorted names) for a flat
    picture, or the raw lines. `compression` is none, zips or zip. `attributes` maps name to (type, value bytes).
    """
    x, y, data_width, data_height = data_window or (*display_offset, width, height)
    names = sorted(channels)
    code, lines_per_chunk = COMPRESSIONS[compression]
    left, top = display_offset
    header = {
        "channels": ("chlist", _channel_list(names, PIXEL_TYPES[pixel_type][0])),
        "compression": ("compression", bytes([code])),
        "dataWindow": ("box2i", struct.pack("<4i", x, y, x + data_width - 1, y + data_height - 1)),
        "displayWindow": ("box2i", struct.pack("<4i", left, top, left + width - 1, top + height - 1)),
        "lineOrder": ("lineOrder", b"\0"),
        "pixelAspectRatio": ("float", struct.pack("<f", pixel_aspect)),
        "screenWindowCenter": ("v2f", bytes(8)),
        "screenWindowWidth": ("float", struct.pack("<f", 1.0)),
    }
    if chromaticities is not None:
        header["chromaticities"] = ("chromaticities", struct.pack("<8f", *chromaticities))
    if fps is not None:
        rate = Fraction(fps)
        header["framesPerSecond"] = ("rational", struct.pack("<iI", rate.numerator, rate.denominator))
    if timecode is not None:
        header["timeCode"] = ("timecode", pack_timecode(*timecode))
    if reel is not None:
        header["reelName"] = ("string", reel.encode())
    header.update(attributes or {})
    long_names = any(len(name) > 31 for name in [*header, *names])
    head = b"".join(
        [
            b"\x76\x2f\x31\x01",
            struct.pack("<I", 2 | (0x400 if long_names else 0)),
            *map(_attribute, header.items()),
            b"\0",
        ]
    )
    lines = _lines(data_width, data_height, names, PIXEL_TYPES[pixel_type][1], pixels)
    return head + _chunks(len(head), lines, y, lines_per_chunk, compression)


def pack_timecode(hours: int, minutes: int, seconds: int, frames: int, drop: bool = False) -> bytes:
    """The 8 bytes of a `timecode` attribute, TV60 packing: BCD with the drop flag in bit 6."""
    code = _bcd(hours) << 24 | _bcd(minutes) << 16 | _bcd(seconds) << 8 | _bcd(frames) | (0x40 if drop else 0)
    return struct.pack("<II", code, 0)


def _bcd(value: int) -> int:
    return value // 10 << 4 | value % 10


def _attribute(item: tuple[str, tuple[str, bytes]]) -> bytes:
    name, (kind, value) = item
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<I", len(value)) + value


def _channel_list(names: Sequence[str], pixel_type: int) -> bytes:
    entries = [name.encode() + b"\0" + struct.pack("<iB3xii", pixel_type, 0, 1, 1) for name in names]
    return b"".join(entries) + b"\0"


def _lines(width: int, height: int, names: Sequence[str], letter: str, pixels: Pixels) -> list[bytes]:
    if isinstance(pixels, bytes):
        size = len(pixels) // height
        return [pixels[at * size : (at + 1) * size] for at in range(height)]
    if pixels is not None:
        flat = b"".join(struct.pack(f"<{letter}", value) * width for value in pixels)
        return [flat] * height
    scale = 1 if letter == "I" else 1 / max(1, width - 1)
    row = struct.pack(f"<{width}{letter}", *(at * scale for at in range(width)))
    return [row * len(names)] * height


def _chunks(start: int, lines: list[bytes], first_line: int, per_chunk: int, compression: str) -> bytes:
    count = -(-len(lines) // per_chunk)
    position = start + 8 * count
    offsets, chunks = [], []
    for at in range(0, len(lines), per_chunk):
        raw = b"".join(lines[at : at + per_chunk])
        data = raw if compression == "none" else _deflate(raw)
        chunk = struct.pack("<ii", first_line + at, len(data)) + data
        offsets.append(position)
        chunks.append(chunk)
        position += len(chunk)
    return struct.pack(f"<{count}Q", *offsets) + b"".join(chunks)


def _deflate(raw: bytes) -> bytes:
    """ZIP and ZIPS of OpenEXR: even and odd bytes apart, each byte as difference to the one before, then zlib."""
    split = raw[0::2] + raw[1::2]
    differences = bytearray(split)
    for at in range(1, len(split)):
        differences[at] = (split[at] - split[at - 1] + 128) & 0xFF
    packed = zlib.compress(bytes(differences))
    return packed if len(packed) < len(raw) else raw
