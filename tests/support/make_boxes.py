# SPDX-License-Identifier: GPL-3.0-or-later
"""QuickTime and MP4 files put together box by box: what no writer of today makes, but files of the past and bugs do.

`movie(video(...), clock(...))` gives the bytes of a whole file with a `mdat` that holds the timecode and some padding
for the pictures.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

IDENTITY = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(kind: bytes, *parts: bytes, large: bool = False) -> bytes:
    """One box; `large` writes its size in 64 bits."""
    body = b"".join(parts)
    if large:
        return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


@dataclass
class Part:
    """A track to be: its handler, sample entry, sample data and the rest of what its boxes say."""

    handler: bytes
    entry: bytes
    scale: int
    runs: list[tuple[int, int]]
    data: list[bytes]
    edits: list[tuple[int, int]] = field(default_factory=list)
    offsets: list[tuple[int, int]] = field(default_factory=list)
    display: tuple[float, float] = (0, 0)
    matrix: tuple[int, ...] = IDENTITY
    refers: bytes = b""
    enabled: bool = True
    elsewhere: bool = False
    version: int = 0


def video(
    code: bytes = b"apch",
    size: tuple[int, int] = (320, 180),
    scale: int = 24000,
    runs: list[tuple[int, int]] | None = None,
    extensions: bytes = b"",
    sample: bytes = b"\0" * 16,
    **more: object,
) -> Part:
    """A video track; `runs` are (how many frames, ticks each)."""
    runs = [(24, 1000)] if runs is None else runs
    fixed = struct.pack(">6xH16xHHIII", 1, *size, 0x480000, 0x480000, 0)
    entry = box(code, fixed, struct.pack(">H32sHh", 1, b"", 24, -1), extensions)
    count = min(sum(frames for frames, _ in runs), 1000)
    return Part(b"vide", entry, scale, runs, [sample] * count, **{"display": size, **more})  # type: ignore[arg-type]


def clock(
    frame: int | list[int] = 86400,
    scale: int = 24000,
    tick: int = 1000,
    counted: int = 24,
    flags: int = 0,
    reel: bytes | None = None,
    runs: list[tuple[int, int]] | None = None,
    code: bytes = b"tmcd",
    **more: object,
) -> Part:
    """A timecode track. Several `frame` numbers make several samples of one run each."""
    name = b"" if reel is None else box(b"name", struct.pack(">HH", len(reel), 0), reel)
    entry = box(code, struct.pack(">6xHIIIIBB", 1, 0, flags, scale, tick, counted, 0), name)
    frames = frame if isinstance(frame, list) else [frame]
    width = ">q" if code == b"tc64" else ">I"
    data = [struct.pack(width, number if width == ">q" else number & 0xFFFFFFFF) for number in frames]
    runs = [(len(frames), 24 * tick)] if runs is None else runs
    return Part(b"tmcd", entry, scale, runs, data, **more)  # type: ignore[arg-type]


def sound(code: bytes = b"sowt", rate: int = 48000, samples: int = 48000) -> Part:
    """A silent audio track."""
    entry = box(code, struct.pack(">6xH8xHHHHI", 1, 2, 16, 0, 0, rate << 16))
    return Part(b"soun", entry, rate, [(samples, 1)], [b"\0" * 4])


def movie(
    *parts: Part,
    scale: int = 600,
    index_first: bool = False,
    extra: bytes = b"",
    ftyp: bytes | None = b"qt  ",
    large_data: bool = False,
    open_end: bool = False,
    packed: bool = False,
    between: bytes = b"",
) -> bytes:
    """A whole file. `extra` are more boxes of the index, `open_end` leaves the size of the last box at zero."""
    start = b"" if ftyp is None else box(b"ftyp", ftyp, b"\0\0\0\0", ftyp)
    blob = b"".join(b"".join(part.data) for part in parts)
    data_header = 16 if large_data else 8
    index = _index(parts, scale, extra, 0, packed)
    base = len(start) + data_header + (len(index) if index_first else 0) + len(between)
    index = _index(parts, scale, extra, base, packed)
    data = box(b"mdat", blob, large=large_data)
    whole = start + between + (index + data if index_first else data + index)
    if open_end:
        last = whole.rindex(b"mdat" if index_first else b"moov") - 4
        whole = whole[:last] + b"\0\0\0\0" + whole[last + 4 :]
    return whole


def _index(parts: tuple[Part, ...], scale: int, extra: bytes, base: int, packed: bool) -> bytes:
    header = full(b"mvhd", struct.pack(">IIII", 0, 0, scale, 0), bytes(80))
    tracks = []
    for number, part in enumerate(parts, 1):
        tracks.append(_track(part, number, base))
        base += sum(map(len, part.data))
    plain = box(b"moov", header, *tracks, extra)
    if not packed:
        return plain
    body = struct.pack(">I", len(plain)) + zlib.compress(plain, 0)  # stored, so that its length is always the same
    return box(b"moov", box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", body)))


def _track(part: Part, number: int, base: int) -> bytes:
    width, height = (round(value * 65536) for value in part.display)
    wide = part.version == 1
    dates = struct.pack(">QQ" if wide else ">II", 0, 0)
    header = dates + struct.pack(">I4x", number) + (bytes(8) if wide else bytes(4)) + bytes(16)
    header += struct.pack(">9iII", *part.matrix, width, height)
    boxes = [full(b"tkhd", header, version=part.version, flags=1 if part.enabled else 0)]
    if part.edits:
        rows = b"".join(struct.pack(">QqI" if wide else ">IiI", *edit, 0x10000) for edit in part.edits)
        boxes.append(box(b"edts", full(b"elst", struct.pack(">I", len(part.edits)), rows, version=part.version)))
    if part.refers:
        boxes.append(box(b"tref", part.refers))
    total = sum(count * ticks for count, ticks in part.runs)
    clock_rate = struct.pack(">IQ4x" if wide else ">II4x", part.scale, total)
    media = [full(b"mdhd", dates, clock_rate, version=part.version)]
    media.append(full(b"hdlr", b"mhlr", part.handler, bytes(13)))
    media.append(box(b"minf", full(b"hdlr", b"dhlr", b"url ", bytes(13)), _data_reference(part), _table(part, base)))
    return box(b"trak", *boxes, box(b"mdia", *media))


def _data_reference(part: Part) -> bytes:
    return box(b"dinf", full(b"dref", struct.pack(">I", 1), full(b"url ", flags=0 if part.elsewhere else 1)))


def _table(part: Part, base: int) -> bytes:
    runs = b"".join(struct.pack(">II", *run) for run in part.runs)
    boxes = [full(b"stsd", struct.pack(">I", 1), part.entry), full(b"stts", struct.pack(">I", len(part.runs)), runs)]
    if part.offsets:
        rows = b"".join(struct.pack(">Ii", *run) for run in part.offsets)
        boxes.append(full(b"ctts", struct.pack(">I", len(part.offsets)), rows))
    count = len(part.data)
    boxes.append(full(b"stsc", struct.pack(">IIII", 1, 1, max(count, 1), 1)))
    sizes = b"".join(struct.pack(">I", len(sample)) for sample in part.data)
    boxes.append(full(b"stsz", struct.pack(">II", 0, count), sizes))
    if part.version == 1:
        boxes.append(full(b"co64", struct.pack(">IQ", 1, base)))
    else:
        boxes.append(full(b"stco", struct.pack(">II", 1, base)))
    return box(b"stbl", *boxes)
