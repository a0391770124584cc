# SPDX-License-Identifier: GPL-3.0-or-later
"""The KLV structure of MXF files: partitions, primer, metadata sets (SMPTE ST 336, ST 377-1).

Everything is a key of 16 bytes, a length in BER form and a value. Offsets inside the file count from the header
partition, before which up to 64 KiB of something else (a run-in) may stand.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ..errors import DamagedFile
from .source import Source
from .window import CUT_SHORT, Window

RUN_IN = 64 * 1024
# What a header of ours is believed to hold at most: the largest real ones list a few thousand sets in a few MiB
LARGEST_METADATA = 16 * 1024 * 1024
MOST_SETS = 20_000
LARGEST_SET = 256 * 1024
MOST_PARTITIONS = 4096

_PARTITION = bytes.fromhex("060e2b34020501010d01020101")
_HEADER_PARTITION = _PARTITION + b"\x02"
_PACK = struct.Struct(">HHIQQQQQIQI16s")
_KEY_START = b"\x06\x0e\x2b\x34"
_SET_START = bytes.fromhex("0d0101010101")
# The first 20 bytes of a packet: twelve bytes of the key in words, two more, the kind, one more, the length
_HEAD = struct.Struct(">IIIHBxI").unpack_from
_KEY = 0x060E2B34
_PRIMER, _PRIMER_KEY = -1, (0x0D010201, 0x0105, 0x01)
_INSTANCE = 0x3C0A
_INSTANCE_FIRST = bytes.fromhex("3c0a0010")
_LOCAL = struct.Struct(">HH").unpack_from
# Partition kinds and, in the next byte of the key, what is known when they are written
HEADER, FOOTER = 2, 4
_OPEN = (1, 3)

Set = tuple[int, dict[int, bytes]]  # kind of the set, its values by local tag

# Properties that some writers keep under a tag of their own, which the primer explains: the second half of each label
_PRIMED = {
    bytes.fromhex("0401020101010200"): 0x3210,
    bytes.fromhex("0401020101030100"): 0x321A,
    bytes.fromhex("0401020101060100"): 0x3219,
}


@dataclass(frozen=True)
class Partition:
    """A partition pack. `offset` is its place in the file, `after` the first byte behind it."""

    offset: int
    after: int
    kind: int
    status: int
    footer: int
    header_bytes: int
    index_bytes: int

    @property
    def open(self) -> bool:
        """True where the writer had not finished when it wrote this."""
        return self.status in _OPEN


def find_header(source: Source) -> int:
    """Where the header partition begins, 0 without a run-in. -1 where there is none."""
    if source.head.startswith(_HEADER_PARTITION):
        return 0
    found = source.head.find(_HEADER_PARTITION)
    if found >= 0 or len(source.head) < 4096:
        return found
    return source.read_some(0, RUN_IN + len(_HEADER_PARTITION)).find(_HEADER_PARTITION)


def has_header(head: bytes) -> bool:
    """True where a header partition begins in the first bytes of a file."""
    return head.find(_HEADER_PARTITION) >= 0


def read_partition(source: Source, offset: int) -> Partition | None:
    """The partition pack at a file offset; None where none stands there. Raises DamagedFile for a broken one."""
    head = source.read_some(offset, 16 + 9 + _PACK.size)
    if len(head) < 17 or not head.startswith(_PARTITION):
        return None
    start, length = _length(head, 16, source)
    if length < _PACK.size or len(head) < start + _PACK.size:
        raise DamagedFile(f"a partition of the file is cut off: {CUT_SHORT}.", source.path)
    values = _PACK.unpack_from(head, start)
    return Partition(offset, offset + start + length, head[13], head[14], values[5], values[6], values[7])


def _length(data: bytes, at: int, source: Source) -> tuple[int, int]:
    """Where the value begins and how long it is, from a BER length at `at`."""
    first = data[at]
    if first < 0x80:
        return at + 1, first
    width = first & 0x7F
    if at + 1 + width > len(data):
        raise DamagedFile(f"the file ends inside its header: {CUT_SHORT}.", source.path)
    if not 0 < width <= 8:
        raise DamagedFile("a length in the header is broken.", source.path)
    return at + 1 + width, int.from_bytes(data[at + 1 : at + 1 + width], "big")


class Sets:
    """The metadata sets of a header, by instance id; their values are taken apart when somebody asks."""

    def __init__(self) -> None:
        self._raw: dict[bytes, tuple[int, bytes]] = {}
        self._known: dict[bytes, Set] = {}
        self._kinds: dict[int, list[bytes]] = {}
        self.primed: dict[int, int] = {}

    def add(self, kind: int, value: bytes) -> None:
        """Remember a set. One without an instance id cannot be referred to and is left out."""
        # the id comes first in the files of almost every writer
        instance = value[4:20] if value[:4] == _INSTANCE_FIRST else _values(value).get(_INSTANCE, b"")
        if len(instance) == 16 and instance not in self._raw:
            self._raw[instance] = kind, value
            self._kinds.setdefault(kind, []).append(instance)

    def of_kind(self, kind: int) -> list[bytes]:
        """The instance ids of all sets of one kind, in file order."""
        return self._kinds.get(kind, [])

    def get(self, instance: bytes) -> Set:
        """Kind and values of a set; (0, {}) for one that is not there."""
        known = self._known.get(instance)
        if known is None:
            kind, value = self._raw.get(instance, (0, b""))
            values = _values(value)
            for tag, usual in self.primed.items():
                if tag in values:
                    values[usual] = values[tag]
            known = self._known[instance] = kind, values
        return known


def _values(value: bytes) -> dict[int, bytes]:
    """Local tag -> bytes: u16 tag, u16 length, value, again and again."""
    values: dict[int, bytes] = {}
    at, last = 4, len(value)
    while at <= last:
        tag, length = _LOCAL(value, at - 4)
        values[tag] = value[at : at + length]
        at += length + 4
    return values


def metadata_sets(source: Source, partition: Partition, kinds: frozenset[int]) -> Sets:
    """The header metadata of a partition: its sets of the wanted kinds.

    Raises DamagedFile for metadata that is cut off or impossibly large.
    """
    start = _after_fill(source, partition.after)
    if partition.header_bytes > LARGEST_METADATA:
        raise DamagedFile("the header claims an impossible length.", source.path)
    window = Window(source, start, start + partition.header_bytes)
    sets = Sets()
    for kind, value, after in packets(window):
        if kind in kinds and after - value <= LARGEST_SET:
            sets.add(kind, window.take(value, after - value))
        elif kind == _PRIMER:
            sets.primed = _primer(window.take(value, min(after - value, LARGEST_SET)))
    return sets


def packets(window: Window) -> list[tuple[int, int, int]]:
    """(kind, first byte of the value, first byte after it) of the packets in a window. Raises DamagedFile.

    The kind of a metadata set is the one its key tells, the primer is _PRIMER, everything else 0.
    """
    found: list[tuple[int, int, int]] = []
    at, end, source = window.start, window.end, window.source
    for _ in range(MOST_SETS):
        if end - at < 17:
            return found
        place, data = at - window.first, window.piece
        if place < 0 or place + 25 > len(data):
            place, data = 0, window.take(at, min(25, end - at)).ljust(25, b"\0")
        start, coding, root, branch, kind, number = _HEAD(data, place)
        if start != _KEY:
            return found  # padding without a key: the rest is no metadata
        if number >> 24 == 0x83:  # three bytes of length, or none: what nearly all writers use
            value, after = at + 20, at + 20 + (number & 0xFFFFFF)
        elif number < 0x80000000:
            value, after = at + 17, at + 17 + (number >> 24)
        else:
            value, length = _length(window.take(at, min(25, end - at)), 16, source)
            value, after = at + value, at + value + length
        if after > end:
            raise DamagedFile("a part of the header is longer than the header itself.", source.path)
        at = after
        if coding >> 16 != 0x0253:
            found.append((_PRIMER if (root, branch, kind) == _PRIMER_KEY else 0, value, at))
        elif root == 0x0D010101 and branch == 0x0101:
            found.append((kind, value, at))
    raise DamagedFile("the header holds more parts than any file has.", source.path)


def _after_fill(source: Source, at: int) -> int:
    """The end of the filling between a partition pack and its metadata."""
    head = source.read_some(at, 25)
    if len(head) >= 20 and head[:4] == _KEY_START and head[8:12] == b"\x03\x01\x02\x10":
        value, length = _length(head, 16, source)
        return at + value + length
    return at


def _primer(value: bytes) -> dict[int, int]:
    """Tags that stand for properties we know under another tag. Rows of the primer are a tag and its label."""
    if value[4:8] != b"\0\0\0\x12":
        return {}
    found: dict[int, int] = {}
    for half, known in _PRIMED.items():
        row = value.find(half) - 10
        if row >= 8 and (row - 8) % 18 == 0:
            tag = value[row] << 8 | value[row + 1]
            if tag != known:
                found[tag] = known
    return found


def footer_of(source: Source, origin: int, header: Partition) -> Partition | None:
    """The footer partition, found by the header's word or by the random index at the end of the file."""
    if header.footer:
        return read_partition(source, origin + header.footer)
    for offset in random_index(source)[-16:][::-1]:
        found = read_partition(source, origin + offset)
        if found is not None and found.kind == FOOTER:
            return found
    return None


def random_index(source: Source) -> list[int]:
    """The offsets of all partitions, from the random index pack that may end the file; empty without one."""
    size = source.size
    if size < 32:
        return []
    whole = int.from_bytes(source.read_at(size - 4, 4), "big")
    if not 20 < whole <= min(size, MOST_PARTITIONS * 12 + 64):
        return []
    data = source.read_at(size - whole, whole)
    if data[:4] != _KEY_START or data[4:8] != b"\x02\x05\x01\x01" or data[13] != 0x11:
        return []
    start, length = _length(data, 16, source)
    last = min(start + length, whole) - 4  # rows of a stream id and an offset, then the length of the whole pack
    return [int.from_bytes(data[at + 4 : at + 12], "big") for at in range(start, last - 11, 12)]
