# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages, tracks and clips of MXF metadata: what the file plays, where it came from, which timecode that had.

The material package is what a player shows; its clips point into a file source package (the essence in this file),
whose clips may point on to a tape or another physical source (SMPTE ST 377-1).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from .mxf_klv import Set, Sets
from .mxf_labels import data_kind

PREFACE, ESSENCE_DATA, MATERIAL, SOURCE = 0x2F, 0x23, 0x36, 0x37
TIMECODE, CLIP, SEQUENCE = 0x14, 0x11, 0x0F
PICTURE_DESCRIPTORS = frozenset((0x27, 0x28, 0x29, 0x51))
SOUND_DESCRIPTORS = frozenset((0x42, 0x47, 0x48))
_DESCRIPTORS = PICTURE_DESCRIPTORS | SOUND_DESCRIPTORS
MULTIPLE = 0x44
_TRACKS = (0x3B, 0x3A, 0x39)
WANTED = (
    frozenset((PREFACE, ESSENCE_DATA, MATERIAL, SOURCE, TIMECODE, CLIP, SEQUENCE, MULTIPLE, *_TRACKS))
    | PICTURE_DESCRIPTORS
    | SOUND_DESCRIPTORS
)
_LONGEST_CHAIN = 8
_MOST_TRACKS = 256
_MOST_PARTS = 1024
_NO_PACKAGE = bytes(32)


def integer(values: Mapping[int, bytes], tag: int, signed: bool = False) -> int | None:
    """A number of whatever width; None where the set does not have it."""
    data = values.get(tag)
    return int.from_bytes(data, "big", signed=signed) if data else None


def ratio(values: Mapping[int, bytes], tag: int) -> Fraction | None:
    """A rational of two 32-bit numbers; None where it is missing or not positive."""
    data = values.get(tag, b"")
    if len(data) != 8:
        return None
    return _ratio(*struct.unpack(">ii", data))


@lru_cache(maxsize=512)
def _ratio(over: int, under: int) -> Fraction | None:
    return Fraction(over, under) if over > 0 and under > 0 else None


def text(values: Mapping[int, bytes], tag: int) -> str | None:
    """A UTF-16 text without padding; None where it is missing or empty."""
    data = values.get(tag, b"")
    found = data[: len(data) // 2 * 2].decode("utf-16-be", "replace").split("\0")[0].strip()
    return found if found and found.isprintable() else None


def label(values: Mapping[int, bytes], tag: int) -> bytes:
    """A universal label; b"" where it is missing or broken."""
    data = values.get(tag, b"")
    return data if len(data) == 16 else b""


def references(data: bytes, most: int) -> list[bytes]:
    """Up to `most` instance ids of a batch or array: count, size of each, ids."""
    if len(data) < 8 or data[4:8] != b"\0\0\0\x10":
        return []
    count = min(int.from_bytes(data[:4], "big"), most, (len(data) - 8) // 16)
    return [data[at : at + 16] for at in range(8, 8 + count * 16, 16)]


class Track:
    """A track of a package: its number, and its edit rate. What it plays is looked up when somebody asks."""

    __slots__ = ("_components", "_sequence", "_sets", "number", "rate")

    def __init__(self, sets: Sets, values: Mapping[int, bytes]) -> None:
        self._sets = sets
        self._components: list[Set] | None = None
        self._sequence = values.get(0x4803, b"")
        self.number = integer(values, 0x4801) or 0
        self.rate = ratio(values, 0x4B01)

    @property
    def kind(self) -> str | None:
        """PICTURE, SOUND, or None for anything else."""
        return data_kind(self._sets.get(self._sequence)[1].get(0x0201, b""))

    @property
    def duration(self) -> int | None:
        """In edit units of `rate`, None where it is not known."""
        duration = integer(self._sets.get(self._sequence)[1], 0x0202, signed=True)
        return duration if duration is not None and duration >= 0 else None

    @property
    def components(self) -> list[Set]:
        """The parts of the track's sequence; a track may also have a single part without a sequence."""
        if self._components is None:
            kind, values = found = self._sets.get(self._sequence)
            self._components = [found]
            if kind == SEQUENCE:
                parts = references(values.get(0x1001, b""), _MOST_PARTS)
                self._components = [self._sets.get(part) for part in parts]
        return self._components

    @property
    def clip(self) -> Mapping[int, bytes] | None:
        """The first source clip."""
        for kind, values in self.components:
            if kind == CLIP:
                return values
        return None

    @property
    def is_timecode(self) -> bool:
        """True where the track counts timecode."""
        return any(kind == TIMECODE for kind, _ in self.components)


@dataclass(frozen=True)
class Count:
    """A timecode: its label's frame number, the labels per second, the exact rate, the drop flag."""

    frame: int
    base: int
    rate: Fraction | None
    drop: bool


@dataclass(frozen=True)
class Origin:
    """A package that a file package came from, and the place in it, in edit units of `rate`."""

    package: Mapping[int, bytes]
    position: int
    rate: Fraction | None


class Metadata:
    """The sets of a header, as packages and tracks."""

    def __init__(self, sets: Sets) -> None:
        self._sets = sets
        sources = (sets.get(instance)[1] for instance in sets.of_kind(SOURCE))
        self._packages: dict[bytes, Mapping[int, bytes]] = {package.get(0x4401, b""): package for package in sources}
        self._tracks: dict[bytes, Track] = {}

    @property
    def material(self) -> Mapping[int, bytes] | None:
        """The material package: the one that the preface calls primary, else the first."""
        materials = self._sets.of_kind(MATERIAL)
        if not materials:
            return None
        prefaces = self._sets.of_kind(PREFACE)
        primary = self._sets.get(prefaces[0])[1].get(0x3B08, b"") if prefaces else b""
        return self._sets.get(primary if primary in materials else materials[0])[1]

    def inside(self) -> list[Mapping[int, bytes]]:
        """The file packages whose essence is in this file."""
        linked = (self._sets.get(instance)[1].get(0x2701, b"") for instance in self._sets.of_kind(ESSENCE_DATA))
        found = [self._packages[package] for package in linked if package in self._packages]
        return found or [package for package in self._packages.values() if self.descriptors(package)]

    def package(self, identifier: bytes) -> Mapping[int, bytes] | None:
        """A source package by its id, None for one that is not described in this file."""
        return None if identifier in (b"", _NO_PACKAGE) else self._packages.get(identifier)

    def tracks(self, package: Mapping[int, bytes]) -> Iterator[Track]:
        """The tracks of a package, in its order."""
        for instance in references(package.get(0x4403, b""), _MOST_TRACKS):
            track = self._tracks.get(instance)
            if track is None:
                kind, values = self._sets.get(instance)
                if kind not in _TRACKS:
                    continue
                track = self._tracks[instance] = Track(self._sets, values)
            yield track

    def descriptors(self, package: Mapping[int, bytes]) -> list[Set]:
        """The descriptors of a package; those of a multiple descriptor one by one."""
        kind, values = self._sets.get(package.get(0x4701, b""))
        if kind == MULTIPLE:
            return [self._sets.get(part) for part in references(values.get(0x3F01, b""), _MOST_TRACKS)]
        return [(kind, values)] if kind in _DESCRIPTORS else []

    def timecode(self, package: Mapping[int, bytes], position: int, rate: Fraction | None) -> Count | None:
        """The timecode of a package at `position`, in edit units of `rate`; None where it has no timecode track."""
        track = next((track for track in self.tracks(package) if track.is_timecode), None)
        if track is None:
            return None
        if rate is not None and track.rate is not None and rate != track.rate:
            position = round(position / rate * track.rate)
        begin = 0
        found: Count | None = None
        for kind, values in track.components:
            length = integer(values, 0x0202, signed=True)
            if kind == TIMECODE:
                start = integer(values, 0x1501, signed=True) or 0
                base, drop = integer(values, 0x1502) or 0, bool(integer(values, 0x1503))
                found = Count(start + position - begin, base, track.rate, drop)
            if length is None or length < 0 or position < begin + length:
                break
            begin += length
        return found

    def origin(self, file: Mapping[int, bytes], number: int, position: int) -> Origin | None:
        """The last package behind track `number` of a file package, and where in it `position` came from."""
        package, at = file, position
        found: Origin | None = None
        for _ in range(_LONGEST_CHAIN):
            track = next((track for track in self.tracks(package) if track.number == number), None)
            clip = track.clip if track is not None else None
            following = self.package(clip.get(0x1101, b"")) if clip is not None else None
            if track is None or clip is None or following is None:
                break
            if found is not None and found.rate and track.rate and found.rate != track.rate:
                at = round(at / found.rate * track.rate)
            at += integer(clip, 0x1201, signed=True) or 0
            found = Origin(following, at, track.rate)
            number, package = integer(clip, 0x1102) or 0, following
        return found
