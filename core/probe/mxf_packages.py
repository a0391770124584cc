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

from .mxf_klv import Set
from .mxf_labels import data_kind

PREFACE, ESSENCE_DATA, MATERIAL, SOURCE = 0x2F, 0x23, 0x36, 0x37
TIMECODE, CLIP, SEQUENCE = 0x14, 0x11, 0x0F
PICTURE_DESCRIPTORS = frozenset((0x27, 0x28, 0x29, 0x51))
SOUND_DESCRIPTORS = frozenset((0x42, 0x47, 0x48))
_DESCRIPTORS = PICTURE_DESCRIPTORS | SOUND_DESCRIPTORS
MULTIPLE = 0x44
_TRACKS = (0x3B, 0x3A, 0x39)
WANTED = (
    frozenset((PREFACE, 0x18, ESSENCE_DATA, MATERIAL, SOURCE, TIMECODE, CLIP, SEQUENCE, MULTIPLE, 0x2E, 0x4A, *_TRACKS))
    | PICTURE_DESCRIPTORS
    | SOUND_DESCRIPTORS
)
_LONGEST_CHAIN = 8
_MOST_PARTS = 4096
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
    over, under = struct.unpack(">ii", data)
    return Fraction(over, under) if over > 0 and under > 0 else None


def text(values: Mapping[int, bytes], tag: int) -> str | None:
    """A UTF-16 text without padding; None where it is missing or empty."""
    data = values.get(tag, b"")
    found = data[: len(data) // 2 * 2].decode("utf-16-be", "replace").split("\0")[0].strip()
    return found if found and found.isprintable() else None


def references(data: bytes) -> Iterator[bytes]:
    """The instance ids of a batch or array: count, size of each, ids."""
    if len(data) < 8 or data[4:8] != b"\0\0\0\x10":
        return
    count = min(int.from_bytes(data[:4], "big"), _MOST_PARTS, (len(data) - 8) // 16)
    for at in range(8, 8 + count * 16, 16):
        yield data[at : at + 16]


@dataclass(frozen=True)
class Track:
    """A track of a package. `duration` is in edit units of `rate`, None where it is not known."""

    number: int
    rate: Fraction | None
    kind: str | None
    duration: int | None
    components: tuple[Set, ...]

    @property
    def clip(self) -> Mapping[int, bytes] | None:
        """The first source clip."""
        return next((values for kind, values in self.components if kind == CLIP), None)

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

    def __init__(self, sets: Mapping[bytes, Set]) -> None:
        self._sets = sets
        self._packages: dict[bytes, Mapping[int, bytes]] = {
            values[0x4401]: values for kind, values in sets.values() if kind == SOURCE and 0x4401 in values
        }
        self._tracks: dict[bytes, list[Track]] = {}

    @property
    def material(self) -> Mapping[int, bytes] | None:
        """The material package: the one that the preface calls primary, else the first."""
        materials = {instance: values for instance, (kind, values) in self._sets.items() if kind == MATERIAL}
        for kind, values in self._sets.values():
            if kind == PREFACE and values.get(0x3B08) in materials:
                return materials[values[0x3B08]]
        return next(iter(materials.values()), None)

    def inside(self) -> list[Mapping[int, bytes]]:
        """The file packages whose essence is in this file."""
        linked = [values.get(0x2701, b"") for kind, values in self._sets.values() if kind == ESSENCE_DATA]
        found = [self._packages[package] for package in linked if package in self._packages]
        return found or [package for package in self._packages.values() if self.descriptors(package)]

    def package(self, identifier: bytes) -> Mapping[int, bytes] | None:
        """A source package by its id, None for one that is not described in this file."""
        return None if identifier == _NO_PACKAGE else self._packages.get(identifier)

    def tracks(self, package: Mapping[int, bytes]) -> list[Track]:
        """The tracks of a package, in its order."""
        listed = package.get(0x4403, b"")
        if listed not in self._tracks:
            sets = (self._sets.get(instance, (0, {})) for instance in references(listed))
            self._tracks[listed] = [self._track(values) for kind, values in sets if kind in _TRACKS]
        return self._tracks[listed]

    def _track(self, values: Mapping[int, bytes]) -> Track:
        kind, sequence = self._sets.get(values.get(0x4803, b""), (0, {}))
        if kind == SEQUENCE:
            parts = tuple(self._sets[part] for part in references(sequence.get(0x1001, b"")) if part in self._sets)
        else:
            parts = ((kind, sequence),) if sequence else ()
        duration = integer(sequence, 0x0202, signed=True)
        return Track(
            number=integer(values, 0x4801) or 0,
            rate=ratio(values, 0x4B01),
            kind=data_kind(sequence.get(0x0201, b"")),
            duration=duration if duration is not None and duration >= 0 else None,
            components=parts,
        )

    def descriptors(self, package: Mapping[int, bytes]) -> list[Set]:
        """The descriptors of a package; those of a multiple descriptor one by one."""
        kind, values = self._sets.get(package.get(0x4701, b""), (0, {}))
        if kind == MULTIPLE:
            parts = (self._sets.get(part) for part in references(values.get(0x3F01, b"")))
            return [part for part in parts if part is not None]
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
        package, at = file, Fraction(position)
        found: Origin | None = None
        for _ in range(_LONGEST_CHAIN):
            track = next((track for track in self.tracks(package) if track.number == number), None)
            clip = track.clip if track is not None else None
            following = self.package(clip.get(0x1101, b"")) if clip is not None else None
            if track is None or clip is None or following is None:
                break
            if found is not None and found.rate and track.rate:
                at = at / found.rate * track.rate
            at += integer(clip, 0x1201, signed=True) or 0
            found = Origin(following, round(at), track.rate)
            number, package = integer(clip, 0x1102) or 0, following
        return found
