# SPDX-License-Identifier: GPL-3.0-or-later
"""MXF files put together set by set: tapes, chains of packages, headers that were never finished.

`mxf(...)` gives the bytes of a file with a header partition, some essence and a footer, all small.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import count

PICTURE = bytes.fromhex("060e2b34040101010103020201000000")
SOUND = bytes.fromhex("060e2b34040101010103020202000000")
CLOCK = bytes.fromhex("060e2b34040101010103020101000000")
DNXHR_HQ = bytes.fromhex("060e2b340401010a0401020271260000")
VC3_FRAMES = bytes.fromhex("060e2b340401010a0d01030102110100")
FILL = bytes.fromhex("060e2b34010101020301021001000000")
ESSENCE = bytes.fromhex("060e2b34010201010d01030115010c00")
RANDOM_INDEX = bytes.fromhex("060e2b34020501010d01020101110100")
PRIMER = bytes.fromhex("060e2b34020501010d01020101050100")
FILE, TAPE, IMPORT = b"F" * 32, b"T" * 32, b"I" * 32


def klv(key: bytes, value: bytes, width: int = 4) -> bytes:
    """One packet, its length in `width` bytes (0: the short form)."""
    length = bytes([len(value)]) if not width else bytes([0x80 | width]) + len(value).to_bytes(width, "big")
    return key + length + value


def items(values: dict[int, bytes]) -> bytes:
    """Local tags and values of a set."""
    return b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in values.items())


def batch(ids: list[bytes]) -> bytes:
    """A batch of instance ids."""
    return struct.pack(">II", len(ids), 16) + b"".join(ids)


@dataclass(frozen=True)
class Clock:
    """A timecode component; `parts` more of them follow as (length, start)."""

    start: int
    base: int = 25
    drop: bool = False
    rate: tuple[int, int] = (25, 1)
    length: int = 100
    parts: tuple[tuple[int, int], ...] = ()


@dataclass
class Package:
    """A package: its id, name, timecode, and the clip of its essence track (package, track, start, length)."""

    umid: bytes
    clip: tuple[bytes, int, int, int] | None = None
    name: str | None = None
    clock: Clock | None = None
    descriptor: tuple[int, dict[int, bytes]] | None = None
    kind: bytes = PICTURE
    rate: tuple[int, int] = (25, 1)
    number: int = 2


@dataclass
class Writer:
    """Collects sets and gives each an instance id."""

    data: list[bytes] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def add(self, kind: int, values: dict[int, bytes]) -> bytes:
        """Append a set and return its instance id."""
        instance = struct.pack(">QQ", kind, next(self._numbers))
        key = bytes.fromhex("060e2b34025301010d010101010100")[:14] + bytes([kind, 0])
        self.data.append(klv(key, items({0x3C0A: instance, **values})))
        return instance

    def package(self, kind: int, package: Package) -> bytes:
        """Append a package with all that hangs on it."""
        tracks = []
        if package.clock is not None:
            tracks.append(self._clock_track(package.clock))
        if package.clip is not None:
            source, number, start, length = package.clip
            clip = self.add(
                0x11,
                {
                    0x0201: package.kind,
                    0x0202: struct.pack(">q", length),
                    0x1201: struct.pack(">q", start),
                    0x1101: source,
                    0x1102: struct.pack(">I", number),
                },
            )
            tracks.append(self._track(package.number, package.rate, package.kind, length, [clip]))
        values = {0x4401: package.umid, 0x4403: batch(tracks)}
        if package.name is not None:
            values[0x4402] = package.name.encode("utf-16-be") + b"\0\0"
        if package.descriptor is not None:
            values[0x4701] = self.add(*package.descriptor)
        return self.add(kind, values)

    def _clock_track(self, clock: Clock) -> bytes:
        parts = []
        for length, start in ((clock.length, clock.start), *clock.parts):
            values = {0x0201: CLOCK, 0x0202: struct.pack(">q", length), 0x1501: struct.pack(">q", start)}
            values |= {0x1502: struct.pack(">H", clock.base), 0x1503: bytes([clock.drop])}
            parts.append(self.add(0x14, values))
        return self._track(1, clock.rate, CLOCK, clock.length, parts)

    def _track(self, number: int, rate: tuple[int, int], kind: bytes, length: int, parts: list[bytes]) -> bytes:
        sequence = self.add(0x0F, {0x0201: kind, 0x0202: struct.pack(">q", length), 0x1001: batch(parts)})
        return self.add(0x3B, {0x4801: struct.pack(">I", number), 0x4B01: struct.pack(">ii", *rate), 0x4803: sequence})


def picture_descriptor(
    size: tuple[int, int] = (1920, 1080),
    layout: int = 0,
    aspect: tuple[int, int] = (16, 9),
    coding: bytes = DNXHR_HQ,
    container: bytes = VC3_FRAMES,
    rate: tuple[int, int] = (25, 1),
    more: dict[int, bytes] | None = None,
) -> tuple[int, dict[int, bytes]]:
    """A CDCI descriptor of eight-bit 4:2:2."""
    width, height = (struct.pack(">I", value) for value in size)
    values = {
        0x3006: struct.pack(">I", 2),
        0x3001: struct.pack(">ii", *rate),
        0x3004: container,
        0x3203: width,
        0x3202: height,
        0x320C: bytes([layout]),
        0x320E: struct.pack(">ii", *aspect),
        0x3201: coding,
        0x3301: struct.pack(">I", 8),
        0x3302: struct.pack(">I", 2),
        0x3308: struct.pack(">I", 1),
    }
    return 0x28, values | (more or {})


def sound_descriptor(bits: int = 24) -> tuple[int, dict[int, bytes]]:
    """A descriptor of PCM at 48 kHz."""
    values = {0x3006: struct.pack(">I", 2), 0x3001: struct.pack(">ii", 48000, 1), 0x3D01: struct.pack(">I", bits)}
    return 0x48, values


def metadata(material: Package, sources: list[Package], inside: bytes = FILE, primer: bytes = b"") -> bytes:
    """Primer and all sets."""
    writer = Writer()
    packages = [writer.package(0x36, material), *(writer.package(0x37, source) for source in sources)]
    essence = writer.add(0x23, {0x2701: inside, 0x3F07: struct.pack(">I", 1)})
    storage = writer.add(0x18, {0x1901: batch(packages), 0x1902: batch([essence])})
    writer.add(0x2F, {0x3B03: storage, 0x3B08: packages[0]})
    rows = primer or struct.pack(">H", 0x3C0A) + bytes(16)
    return klv(PRIMER, struct.pack(">II", len(rows) // 18, 18) + rows) + b"".join(writer.data)


def partition(kind: int, status: int, this: int, footer: int, header_bytes: int) -> bytes:
    """A partition pack."""
    key = bytes.fromhex("060e2b34020501010d01020101") + bytes([kind, status, 0])
    pattern = bytes.fromhex("060e2b34040101010d01020101010900")
    value = struct.pack(">HHIQQQQQIQI16sII", 1, 3, 1, this, 0, footer, header_bytes, 0, 0, 0, 1, pattern, 0, 16)
    return klv(key, value)


def mxf(
    header: bytes,
    status: int = 4,
    run_in: bytes = b"",
    footer_metadata: bytes = b"",
    footer_known: bool = True,
    with_footer: bool = True,
    random_index: bool = True,
    fill: int = 40,
) -> bytes:
    """A whole file around the metadata of its header."""
    filling = klv(FILL, bytes(fill)) if fill else b""
    head = partition(2, status, 0, 0, len(header)) + filling + header
    body = klv(ESSENCE, bytes(500))
    footer = len(head) + len(body)
    head = partition(2, status, 0, footer if footer_known else 0, len(header)) + filling + header
    if not with_footer:
        return run_in + head + body
    end = partition(4, 4, footer, footer, len(footer_metadata)) + footer_metadata
    index = struct.pack(">IQIQ", 1, 0, 0, footer)
    tail = klv(RANDOM_INDEX, index + struct.pack(">I", 16 + 5 + len(index) + 4)) if random_index else b""
    return run_in + head + body + end + tail


def material(start: int = 0, length: int = 100, number: int = 2, **more: object) -> Package:
    """A material package whose clip plays the file package."""
    return Package(b"M" * 32, (FILE, number, start, length), **more)  # type: ignore[arg-type]


def file(
    start: int = 0,
    behind: bytes = bytes(32),
    length: int = 100,
    descriptor: tuple[int, dict[int, bytes]] | None = None,
    **more: object,
) -> Package:
    """The file package whose essence is in the file."""
    described = picture_descriptor() if descriptor is None else descriptor
    return Package(FILE, (behind, 2, start, length), descriptor=described, **more)  # type: ignore[arg-type]


def tape(name: str = "A001", clock: Clock | None = None, umid: bytes = TAPE, **more: object) -> Package:
    """A tape package."""
    clip = more.pop("clip", (bytes(32), 0, 0, 100))
    return Package(umid, clip, name, clock, (0x2E, {}), **more)  # type: ignore[arg-type]
