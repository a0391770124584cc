# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are small on the disk and want to be huge in memory or endless in time, for every reader there is."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache

import make_dpx
import make_exr
import make_mxf
from make_boxes import box, full, movie, video

MANY = 200_000
HUGE = 0x7FFFFFFF
Maker = Callable[[], bytes]


def attribute(name: bytes, kind: bytes, value: bytes, size: int | None = None) -> bytes:
    return name + b"\0" + kind + b"\0" + struct.pack("<i", len(value) if size is None else size) + value


MAGIC = b"\x76\x2f\x31\x01" + struct.pack("<I", 2)
PARTS = b"\x76\x2f\x31\x01" + struct.pack("<I", 2 | 0x1000)


def _exr_window(low: int, high: int) -> bytes:
    """A true file whose windows claim to be enormous."""
    data = bytearray(make_exr.build(8, 8))
    for name in (b"dataWindow\0box2i\0", b"displayWindow\0box2i\0"):
        at = data.index(name) + len(name) + 4
        data[at : at + 16] = struct.pack("<4i", low, low, high, high)
    return bytes(data)


def _exr_offsets() -> bytes:
    """A multi-part file whose part claims two thousand million chunks."""
    part = attribute(b"chunkCount", b"int", struct.pack("<i", HUGE)) + attribute(b"name", b"string", b"a")
    return PARTS + part + b"\0" + b"\0"


EXR: dict[str, Maker] = {
    "window-of-all-integers.exr": lambda: _exr_window(-(2**31), 2**31 - 1),
    "window-of-two-million.exr": lambda: _exr_window(0, 2_000_000),
    "window-inside-out.exr": lambda: _exr_window(2**31 - 1, -(2**31)),
    "attribute-of-2-gb.exr": lambda: MAGIC + attribute(b"a", b"string", b"x", HUGE),
    "attribute-of-minus-one.exr": lambda: MAGIC + attribute(b"a", b"string", b"x", -1),
    "endless-name.exr": lambda: MAGIC + b"x" * (8 << 20),
    "many-attributes.exr": lambda: MAGIC + b"".join(attribute(b"a%d" % n, b"int", b"1234") for n in range(MANY)),
    "many-channels.exr": lambda: (
        MAGIC + attribute(b"channels", b"chlist", b"".join(b"c%d\0" % n + bytes(16) for n in range(MANY)) + b"\0")
    ),
    "many-parts.exr": lambda: PARTS + (attribute(b"name", b"string", b"a") + b"\0") * MANY + b"\0",
    "two-thousand-million-chunks.exr": _exr_offsets,
    "long-preview.exr": lambda: MAGIC + attribute(b"preview", b"preview", struct.pack("<II", HUGE, HUGE)),
    "string-vectors.exr": lambda: MAGIC + attribute(b"v", b"stringvector", struct.pack("<i", HUGE) * 1000),
}


def _dpx(changes: dict[int, bytes]) -> bytes:
    data = bytearray(make_dpx.build(8, 8))
    for at, value in changes.items():
        data[at : at + len(value)] = value
    return bytes(data)


DPX: dict[str, Maker] = {
    "offset-beyond-all.dpx": lambda: _dpx({4: b"\xff\xff\xff\xfe"}),
    "size-of-4-thousand-million.dpx": lambda: _dpx({772: b"\xff\xff\xff\xfe" * 2}),
    "many-elements.dpx": lambda: _dpx({770: b"\xff\xff"}),
    "long-user-data.dpx": lambda: _dpx({28: b"\xff\xff\xff\xfe"}),
    "long-name.dpx": lambda: _dpx({36: b"\xff" * 700}),
}


def chunk(kind: bytes, value: bytes, length: int | None = None) -> bytes:
    size = len(value) if length is None else length
    return struct.pack(">I", size) + kind + value + struct.pack(">I", zlib.crc32(kind + value))


@lru_cache
def _zeros(megabytes: int) -> bytes:
    """Zlib data of that many megabytes of zeros."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


def _png(*chunks: bytes, width: int = 8, height: int = 8) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


PNG: dict[str, Maker] = {
    "picture-of-2-thousand-million.png": lambda: _png(chunk(b"IDAT", _zeros(1)), width=HUGE, height=HUGE),
    "pixels-of-512-mb.png": lambda: _png(chunk(b"IDAT", _zeros(512)), width=30_000, height=30_000),
    "profile-of-512-mb.png": lambda: _png(chunk(b"iCCP", b"x\0\0" + _zeros(512)), chunk(b"IDAT", _zeros(1))),
    "text-of-512-mb.png": lambda: _png(chunk(b"zTXt", b"x\0\0" + _zeros(512)), chunk(b"IDAT", _zeros(1))),
    "international-text.png": lambda: _png(chunk(b"iTXt", b"x\0\1\0\0\0" + _zeros(512)), chunk(b"IDAT", _zeros(1))),
    "chunk-beyond-the-end.png": lambda: _png(chunk(b"tEXt", b"x", HUGE)),
    "many-chunks.png": lambda: _png(chunk(b"tEXt", b"a\0b") * MANY, chunk(b"IDAT", _zeros(1))),
}


def _ifd(entries: list[tuple[int, int, int, int]], following: int, count: int | None = None) -> bytes:
    rows = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries) if count is None else count) + rows + struct.pack("<I", following)


SIZE = [(256, 4, 1, 8), (257, 4, 1, 8)]
TIFF: dict[str, Maker] = {
    "directory-in-a-circle.tif": lambda: b"II*\0" + struct.pack("<I", 8) + _ifd(SIZE, 8),
    "many-directories.tif": lambda: (
        b"II*\0" + struct.pack("<I", 8) + b"".join(_ifd(SIZE, 8 + 30 * (n + 1)) for n in range(MANY))
    ),
    "entries-of-4-thousand-million.tif": lambda: (
        b"II*\0"
        + struct.pack("<I", 8)
        + _ifd([*SIZE, (273, 4, 0xFFFFFFFF, 8), (279, 4, 0xFFFFFFFF, 8), (700, 1, 0xFFFFFFFF, 8)], 0)
    ),
    "65535-entries.tif": lambda: b"II*\0" + struct.pack("<I", 8) + _ifd(SIZE, 0, 0xFFFF),
    "circle-below.tif": lambda: b"II*\0" + struct.pack("<I", 8) + _ifd([*SIZE, (330, 4, 1, 8), (34665, 4, 1, 8)], 8),
    "bigtiff.tif": lambda: b"II+\0" + struct.pack("<HHQ", 8, 0, 16) + struct.pack("<Q", 2**63),
    "picture-of-4-thousand-million.tif": lambda: (
        b"II*\0"
        + struct.pack("<I", 8)
        + _ifd([(256, 4, 1, 0xFFFFFFFF), (257, 4, 1, 0xFFFFFFFF), (258, 3, 1, 64), (273, 4, 1, 8), (279, 4, 1, 8)], 0)
    ),
}
JPEG: dict[str, Maker] = {
    "fill-bytes.jpg": lambda: b"\xff\xd8" + b"\xff" * (16 << 20),
    "many-segments.jpg": lambda: b"\xff\xd8" + b"\xff\xe1\0\4ab" * MANY,
    "picture-of-65535.jpg": lambda: b"\xff\xd8\xff\xc2" + struct.pack(">HBHHB", 17, 8, 65535, 65535, 3) + bytes(9),
}


def _nested(kind: bytes, depth: int) -> bytes:
    data = b""
    for _ in range(depth):
        data = box(kind, data)
    return data


def _table(kind: bytes, count: int) -> bytes:
    return full(kind, struct.pack(">I", count))


def _movie(*boxes: bytes) -> bytes:
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + b"".join(boxes)


def _track(*tables: bytes) -> bytes:
    return box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", *tables)))))


def _compressed() -> bytes:
    packed = _zeros(512)
    inner = box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", struct.pack(">I", 512 << 20) + packed))
    return _movie(box(b"moov", inner))


def _true_movie(table: bytes, count: int) -> bytes:
    """A true file of which one table claims `count` entries."""
    data = bytearray(movie(video()))
    at = data.index(table) + 8
    data[at : at + 4] = struct.pack(">I", count)
    return bytes(data)


MOV: dict[str, Maker] = {
    "nested-boxes.mov": lambda: _movie(_nested(b"moov", 2000)),
    "nested-metadata.mov": lambda: _movie(box(b"moov", _nested(b"udta", 2000))),
    "compressed-header-of-512-mb.mov": _compressed,
    "box-of-zero-bytes.mov": lambda: _movie(box(b"moov", struct.pack(">I4s", 0, b"trak") * 1000)),
    "box-of-2-to-63.mov": lambda: _movie(struct.pack(">I4sQ", 1, b"moov", 2**63)),
    "box-shorter-than-itself.mov": lambda: _movie(struct.pack(">I4sQ", 1, b"moov", 3) * 1000),
    "many-boxes.mov": lambda: _movie(box(b"free") * MANY),
    "many-tracks.mov": lambda: _movie(box(b"moov", box(b"trak", box(b"tkhd")) * (MANY // 4))),
    "many-fragments.mov": lambda: _movie(
        box(b"moov", box(b"mvex", full(b"trex", struct.pack(">5I", 1, 1, 1, 1, 0)))),
        box(b"moof", box(b"traf", full(b"tfhd", struct.pack(">I", 1)), full(b"trun", struct.pack(">I", HUGE))))
        * 20_000,
    ),
    **{
        f"table-{table.decode()}.mov": lambda table=table: _true_movie(table, 0xFFFFFFFF)  # type: ignore[misc]
        for table in (b"stts", b"stsd", b"stsz", b"stsc", b"stco")
    },
    **{
        f"track-{table.decode()}.mov": lambda table=table: _movie(_track(_table(table, 0xFFFFFFFF)))  # type: ignore[misc]
        for table in (b"stts", b"stsd", b"stsz", b"co64", b"ctts")
    },
}


HEAD = bytes.fromhex("060e2b34020501010d01020101020400")


def _partition(footer: int, previous: int) -> bytes:
    fields = (
        struct.pack(">HHIQQQQQIQI", 1, 3, 1, 0, previous, footer, 0, 0, 0, 0, 0) + bytes(16) + struct.pack(">II", 0, 16)
    )
    return make_mxf.klv(HEAD, fields)


MXF: dict[str, Maker] = {
    "length-of-2-to-63.mxf": lambda: (
        _partition(0, 0) + bytes.fromhex("060e2b34025301010d01010101010100") + b"\x88\x7f" + b"\xff" * 7
    ),
    "partition-of-itself.mxf": lambda: _partition(0, 0) * 2 + make_mxf.klv(make_mxf.RANDOM_INDEX, bytes(12) * 100),
    "footer-beyond-the-end.mxf": lambda: _partition(2**62, 2**62),
    "long-run-in.mxf": lambda: b"x" * 65_000 + _partition(0, 0),
    "many-packets.mxf": lambda: _partition(0, 0) + make_mxf.klv(make_mxf.FILL, b"", 1) * MANY,
    "long-set.mxf": lambda: (
        _partition(0, 0)
        + make_mxf.klv(bytes.fromhex("060e2b34025301010d01010101012300"), make_mxf.items({0x3C0A: b"i" * 16}) * MANY)
    ),
    "batch-of-4-thousand-million.mxf": lambda: (
        _partition(0, 0)
        + make_mxf.klv(make_mxf.PRIMER, struct.pack(">II", 1, 18) + b"\x3c\x0a" + bytes(16))
        + make_mxf.klv(
            bytes.fromhex("060e2b34025301010d01010101012300"),
            make_mxf.items({0x3C0A: b"i" * 16, 0x1901: struct.pack(">II", 0xFFFFFFFF, 16)}),
        )
    ),
    "long-primer.mxf": lambda: (
        _partition(0, 0) + make_mxf.klv(make_mxf.PRIMER, struct.pack(">II", 0xFFFFFFFF, 18) + bytes(18) * 1000)
    ),
}


def _list(kind: bytes, name: bytes, value: bytes) -> bytes:
    return kind + struct.pack("<I", len(value) + 4) + name + value


def _nested_lists(depth: int) -> bytes:
    data = b""
    for _ in range(depth):
        data = _list(b"LIST", b"hdrl", data)
    return data


AVI: dict[str, Maker] = {
    "nested-lists.avi": lambda: _list(b"RIFF", b"AVI ", _nested_lists(3000)),
    "many-empty-chunks.avi": lambda: _list(b"RIFF", b"AVI ", _list(b"LIST", b"hdrl", b"JUNK\0\0\0\0" * MANY)),
    "chunk-beyond-the-end.avi": lambda: _list(b"RIFF", b"AVI ", b"LIST\xff\xff\xff\xffhdrl"),
    "many-streams.avi": lambda: _list(
        b"RIFF",
        b"AVI ",
        _list(b"LIST", b"hdrl", _list(b"LIST", b"strl", b"strh" + struct.pack("<I", 56) + bytes(56)) * 20_000),
    ),
}
EBML = b"\x1a\x45\xdf\xa3\x80"
SEGMENT = b"\x18\x53\x80\x67"
MKV: dict[str, Maker] = {
    "element-of-2-to-56.mkv": lambda: EBML + SEGMENT + b"\x01\xff\xff\xff\xff\xff\xff\xfe" + b"\xec\xbf" + bytes(63),
    "unknown-sizes.mkv": lambda: EBML + (SEGMENT + b"\x01\xff\xff\xff\xff\xff\xff\xff") * 50_000,
    "nested-tags.mkv": lambda: EBML + SEGMENT + b"\x01\xff\xff\xff\xff\xff\xff\xff" + b"\x12\x54\xc3\x67\xff" * 50_000,
    "many-voids.mkv": lambda: EBML + SEGMENT + b"\x01\xff\xff\xff\xff\xff\xff\xff" + b"\xec\x80" * MANY,
    "many-tracks.mkv": lambda: (
        EBML
        + SEGMENT
        + b"\x01\xff\xff\xff\xff\xff\xff\xff"
        + b"\x16\x54\xae\x6b\x08"
        + struct.pack(">I", 5 * 100_000)[1:]
        + b"\xae\x83\xd7\x81\x01" * 100_000
    ),
    "text-of-2-gb.mkv": lambda: EBML + b"\x42\x82\x08\x7f\xff\xff\xff",
}
MEDIA: dict[str, Maker] = {**EXR, **DPX, **PNG, **TIFF, **JPEG, **MOV, **MXF, **AVI, **MKV}


def _laughs(root: str, head: str = "") -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "lol">{entities}]><{root}{head}>&l11;</{root}>'.encode()


def _events() -> Iterator[str]:
    yield "TITLE: many\nFCM: NON-DROP FRAME\n"
    for number in range(50_000):
        yield f"{number % 1000:03d}  AX       V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n"


EDITS: dict[str, Maker] = {
    "one-long-line.edl": lambda: b"TITLE: x\n" + b"x" * (32 << 20),
    "many-events.edl": lambda: "".join(_events()).encode(),
    "long-numbers.edl": lambda: b"001  AX V C " + b"9" * 500_000 + b":00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n",
    "long-speed.edl": lambda: (
        b"001  AX V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\nM2 AX " + b"9" * 400_000 + b".0 00:00:00:00\n"
    ),
    "many-blanks.edl": lambda: b"001" + b" " * 4_000_000 + b"AX V C\n",
    "laughs.fcpxml": lambda: _laughs("fcpxml", ' version="1.9"'),
    "laughs.xml": lambda: _laughs("xmeml", ' version="5"'),
    "entity-file.fcpxml": lambda: (
        b'<!DOCTYPE fcpxml [<!ENTITY x SYSTEM "file:///etc/passwd">]><fcpxml version="1.9">&x;</fcpxml>'
    ),
    "deep.fcpxml": lambda: b'<fcpxml version="1.9">' + b"<spine>" * 100_000,
    "deep-and-closed.fcpxml": lambda: (
        b'<fcpxml version="1.9">' + b"<spine>" * 20_000 + b"</spine>" * 20_000 + b"</fcpxml>"
    ),
    "deep.xml": lambda: b'<xmeml version="5">' + b"<clip>" * 20_000 + b"</clip>" * 20_000 + b"</xmeml>",
    "deep.otio": lambda: b'{"OTIO_SCHEMA": "Timeline.1", "x": ' + b"[" * 100_000,
    "deep-and-closed.otio": lambda: (
        b'{"OTIO_SCHEMA": "Timeline.1", "metadata": {"x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}"
    ),
    "long-number.otio": lambda: b'{"OTIO_SCHEMA": "Timeline.1", "metadata": {"x": ' + b"9" * 1_000_000 + b"}}",
    "wide.ale": lambda: b"Heading\nFIELD_DELIM\tTABS\nColumn\n" + b"a\t" * MANY + b"\nData\n" + b"b\t" * MANY,
}
RECORDS: dict[str, Maker] = {
    "deep": lambda: b"[" * 1_000_000,
    "deep-objects": lambda: b'{"a":' * 200_000,
    "long-number": lambda: b'{"a": ' + b"9" * 3_000_000 + b"}",
    "long-text": lambda: b'{"a": "' + b"x" * 3_000_000 + b'"}',
    "many-keys": lambda: json.dumps({f"k{n}": n for n in range(MANY)}).encode(),
    "nan": lambda: b'{"schema": NaN, "version": Infinity, "date": 1e999}',
    "binary": lambda: bytes(range(256)) * 1000,
}
