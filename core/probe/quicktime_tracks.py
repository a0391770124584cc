# SPDX-License-Identifier: GPL-3.0-or-later
"""Tracks of a QuickTime or MP4 index: their boxes, decoded when somebody asks (ISO/IEC 14496-12, QTFF)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import islice

from ..errors import DamagedFile
from .quicktime_boxes import Box, Boxes, name

# Tables are read up to this many entries: enough for every frame of an hour at a variable rate
MOST_ENTRIES = 128 * 1024
MOST_EDITS = 4096
LARGEST_ENTRY = 64 * 1024
_DEEPEST = 6
_MOST_TRACKS = 256
_CONTAINERS = frozenset((b"mdia", b"minf", b"stbl", b"edts", b"dinf"))
_U32 = struct.Struct(">I").unpack_from
_U64 = struct.Struct(">Q").unpack_from
_RUNS = struct.Struct(">II")
_OFFSET_RUNS = struct.Struct(">Ii")

Run = tuple[int, int]  # how many samples, the value of each
Display = tuple[tuple[int, ...], int, int]  # matrix (16.16 fixed point), width and height in pixels times 65536
Edit = tuple[int, int]  # duration in the movie's time scale, first media time (-1: nothing is shown)


class Track:
    """One `trak`: where each of its boxes lies in the window of the index.

    `handler` says what the track holds: b"vide", b"soun", b"tmcd" ...
    """

    __slots__ = ("boxes", "handler", "window")

    def __init__(self, window: Boxes, start: int, end: int) -> None:
        self.window = window
        self.boxes: dict[bytes, tuple[int, int]] = {}
        self._collect(start, end, 0)
        self.handler = self.body(b"hdlr")[8:12]

    def _collect(self, start: int, end: int, depth: int) -> None:
        if depth > _DEEPEST:
            raise DamagedFile("the boxes of a track are nested too deeply.", self.window.source.path)
        for kind, body, stop in self.window.children(start, end):
            if kind in _CONTAINERS:
                self._collect(body, stop, depth + 1)
            elif kind != b"hdlr" or depth < 2:
                # a second handler, deeper down, describes where the data lies
                self.boxes.setdefault(kind, (body, stop))

    def body(self, kind: bytes, most: int = 4096) -> bytes:
        """Up to `most` bytes of a box; b"" where the track has no such box."""
        start, end = self.boxes.get(kind, (0, 0))
        return self.window.take(start, min(end - start, most)) if end > start else b""

    def need(self, kind: bytes, least: int, most: int = 4096) -> bytes:
        """Like `body`, for a box that a track must have. Raises DamagedFile where it is missing or too short."""
        body = self.body(kind, most)
        if len(body) < least:
            what = "cut off" if kind in self.boxes else "missing"
            raise DamagedFile(f"the box {name(kind)} of a track is {what}.", self.window.source.path)
        return body

    @property
    def number(self) -> int:
        """The track id that references use."""
        header = self.need(b"tkhd", 24)
        return int(_U32(header, 20 if header[0] == 1 else 12)[0])

    @property
    def enabled(self) -> bool:
        """True where players show the track."""
        return bool(self.need(b"tkhd", 24)[3] & 1)

    def display(self) -> Display | None:
        """The matrix and size that players use; None where the header is too short for them."""
        header = self.need(b"tkhd", 24)
        at = 52 if header[0] == 1 else 40
        if len(header) < at + 44:
            return None
        numbers = struct.unpack_from(">9iII", header, at)
        return numbers[:9], numbers[9], numbers[10]

    @property
    def timescale(self) -> int:
        """Ticks per second of the track's own clock."""
        header = self.need(b"mdhd", 20)
        if header[0] == 1:
            header = self.need(b"mdhd", 32)
        scale = int(_U32(header, 20 if header[0] == 1 else 12)[0])
        if scale == 0:
            raise DamagedFile("a track has a clock of zero ticks a second.", self.window.source.path)
        return scale

    @property
    def duration(self) -> int:
        """The track's duration in its own ticks."""
        header = self.need(b"mdhd", 20)
        if header[0] == 1:
            return int(_U64(self.need(b"mdhd", 32), 24)[0])
        return int(_U32(header, 16)[0])

    def entry(self) -> bytes:
        """The first sample entry, from its size field on; b"" where there is none."""
        table = self.need(b"stsd", 8, LARGEST_ENTRY)
        size = _U32(table, 8)[0] if len(table) >= 16 else 0
        return table[8 : 8 + size] if size >= 16 else b""

    def durations(self) -> list[Run]:
        """Runs of samples with equal durations (stts), in ticks."""
        return self._runs(b"stts", _RUNS, self.need(b"stts", 8, 8 + 8 * MOST_ENTRIES))

    def offsets(self) -> list[Run]:
        """Runs of equal differences between showing and decoding time (ctts); empty where there are none."""
        return self._runs(b"ctts", _OFFSET_RUNS, self.body(b"ctts", 8 + 8 * MOST_ENTRIES))

    def _runs(self, kind: bytes, layout: struct.Struct, table: bytes) -> list[Run]:
        if len(table) < 8:
            return []
        count = _U32(table, 4)[0]
        start, end = self.boxes[kind]
        if 8 + count * 8 > end - start:
            raise DamagedFile(f"the table {name(kind)} claims {count} entries and is shorter.", self.window.source.path)
        rows = table[8 : 8 + min(count, MOST_ENTRIES) * 8]
        return list(layout.iter_unpack(rows))

    def edits(self) -> list[Edit]:
        """The edit list; empty where the track is shown as it is."""
        table = self.body(b"elst", 8 + 20 * MOST_EDITS)
        if len(table) < 8:
            return []
        layout = struct.Struct(">Qqi" if table[0] == 1 else ">Iii")
        rows = layout.iter_unpack(table[8 : 8 + (len(table) - 8) // layout.size * layout.size])
        return [(row[0], row[1]) for row in islice(rows, _U32(table, 4)[0])]

    @property
    def sample_count(self) -> int:
        """How many samples the size table counts (stsz, stz2)."""
        for kind in (b"stsz", b"stz2"):
            table = self.body(kind, 12)
            if len(table) == 12:
                return int(_U32(table, 8)[0])
        return 0

    def references(self, kind: bytes) -> list[int]:
        """The ids of the tracks that this one refers to, b"tmcd" for its timecode."""
        start, end = self.boxes.get(b"tref", (0, 0))
        for found, body, stop in self.window.children(start, end):
            if found == kind:
                count = min(stop - body, 256) // 4
                return list(struct.unpack(f">{count}I", self.window.take(body, count * 4)))
        return []

    @property
    def elsewhere(self) -> bool:
        """True where the samples lie in another file (a reference movie): dref entries say so by a missing flag."""
        table = self.body(b"dref", 20)
        return len(table) == 20 and not table[19] & 1


@dataclass(frozen=True)
class Movie:
    """An index taken apart: its window, its boxes, the ticks per second of its edit lists, its tracks."""

    index: Boxes
    boxes: list[Box]
    scale: int
    tracks: list[Track]

    def of_kind(self, handler: bytes) -> list[Track]:
        """The tracks that hold b"vide", b"soun", b"tmcd" ..."""
        return [track for track in self.tracks if track.handler == handler]


def open_movie(index: Boxes) -> Movie:
    """Take the inside of a `moov` box apart. Raises DamagedFile."""
    boxes = index.children(index.start, index.end)
    scale, tracks = 0, []
    for kind, body, end in boxes:
        if kind == b"mvhd":
            header = index.take(body, min(end - body, 28))
            scale = int.from_bytes(header[20:24] if header[:1] == b"\1" else header[12:16], "big")
        elif kind == b"trak":
            tracks.append(Track(index, body, end))
            if len(tracks) > _MOST_TRACKS:
                raise DamagedFile("the index holds more tracks than any movie has.", index.source.path)
    if scale == 0:
        raise DamagedFile("the movie header (mvhd) is missing or broken.", index.source.path)
    return Movie(index, boxes, scale, tracks)
