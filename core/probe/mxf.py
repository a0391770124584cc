# SPDX-License-Identifier: GPL-3.0-or-later
"""MXF headers, OP1a and OPAtom: size, rate, frames, start timecode, reel, colour, codec (SMPTE ST 377-1).

A file that came from a tape or another physical source conforms by that source's timecode; the one that the material
package starts with is told beside it where it differs. Everything comes from the header's metadata, or from the
footer's where the header was written before the facts were known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..errors import DamagedFile
from ..media import Media
from ..timecode import Timecode, can_drop, nominal_rate, rate_text, snap_rate
from .mxf_klv import Partition, find_header, footer_of, has_header, metadata_sets, random_index, read_partition
from .mxf_labels import PICTURE, SOUND, sound_codec
from .mxf_packages import (
    PICTURE_DESCRIPTORS,
    SOUND_DESCRIPTORS,
    WANTED,
    Count,
    Metadata,
    Track,
    integer,
    ratio,
    text,
)
from .mxf_picture import picture
from .source import Source
from .window import CUT_SHORT

_HIGHEST_RATE = 1000


def recognises(head: bytes) -> bool:
    """True where a header partition begins in the first bytes of the file, after a run-in or at once."""
    return has_header(head)


@dataclass(frozen=True)
class _Essence:
    """What this file holds: the package, its descriptor, the track, the material clip that plays it."""

    package: Mapping[int, bytes]
    kind: int
    descriptor: Mapping[int, bytes]
    number: int
    material: Track | None
    file: Track | None
    start: int

    @property
    def rate(self) -> Fraction | None:
        """The edit rate of the material track, else of the file's."""
        for track in (self.material, self.file):
            if track is not None and track.rate is not None:
                return track.rate
        return ratio(self.descriptor, 0x3001)

    @property
    def duration(self) -> int | None:
        """In edit units of `rate`, None where the header does not know it."""
        for track in (self.material, self.file):
            if track is not None and track.duration is not None:
                return track.duration
        count, rate, own = integer(self.descriptor, 0x3002, signed=True), self.rate, ratio(self.descriptor, 0x3001)
        if count is None or count < 0:
            return None
        return round(count / own * rate) if own and rate else count


def read(source: Source) -> Media:
    """The facts of the header. Raises DamagedFile where it is cut short, broken or empty."""
    origin, header = _header(source)
    metadata = _metadata(source, header) if header.header_bytes else None
    essence = _essence(metadata) if metadata is not None else None
    if header.open or essence is None or essence.duration is None:
        footer = footer_of(source, origin, header)
        if footer is not None and footer.header_bytes:
            later = _metadata(source, footer)
            found = _essence(later)
            if found is not None:
                metadata, essence = later, found
    if metadata is None or essence is None:
        raise DamagedFile(f"the header describes neither picture nor sound: {CUT_SHORT}.", source.path)
    return _media(metadata, essence)


def _header(source: Source) -> tuple[int, Partition]:
    """Where the file's offsets count from, and its header partition."""
    origin = find_header(source)
    header = read_partition(source, origin) if origin >= 0 else None
    if header is None:
        raise DamagedFile(f"the header partition is cut off: {CUT_SHORT}.", source.path)
    return origin, header


def _metadata(source: Source, partition: Partition) -> Metadata:
    return Metadata(metadata_sets(source, partition, WANTED))


def _essence(metadata: Metadata) -> _Essence | None:
    """The picture that is in this file, else its sound."""
    inside = metadata.inside()
    for kinds, wanted in ((PICTURE_DESCRIPTORS, PICTURE), (SOUND_DESCRIPTORS, SOUND)):
        for package in inside:
            for kind, descriptor in metadata.descriptors(package):
                if kind in kinds:
                    return _played(metadata, package, kind, descriptor, wanted)
    return None


def _played(
    metadata: Metadata, package: Mapping[int, bytes], kind: int, descriptor: Mapping[int, bytes], wanted: str
) -> _Essence:
    number = integer(descriptor, 0x3006)
    file = next((track for track in metadata.tracks(package) if track.number == number), None) if number else None
    if file is None or file.kind != wanted:
        file = next((track for track in metadata.tracks(package) if track.kind == wanted), file)
    number = file.number if file is not None else 0
    material = metadata.material
    playing: Track | None = None
    start = 0
    for track in metadata.tracks(material) if material is not None else ():
        clip = track.clip
        if clip is None or clip.get(0x1101) != package.get(0x4401):
            continue
        if playing is None or integer(clip, 0x1102) == number:
            playing, start = track, integer(clip, 0x1201, signed=True) or 0
            if integer(clip, 0x1102) == number:
                break
    return _Essence(package, kind, descriptor, number, playing, file, start)


def _media(metadata: Metadata, essence: _Essence) -> Media:
    notes: list[str] = []
    rate, duration = essence.rate, essence.duration
    start, reel = _start(metadata, essence, notes)
    seconds = duration / rate if duration is not None and rate else None
    label = None if start is None else str(start)
    if essence.kind in SOUND_DESCRIPTORS:
        notes.append("The file has no picture.")
        return Media(
            source="mxf",
            fps=None if start is None else start.rate,
            start_timecode=label,
            duration_seconds=seconds,
            codec=sound_codec(essence.descriptor.get(0x3D06, b""), integer(essence.descriptor, 0x3D01) or 0),
            reel=reel,
            notes=tuple(notes),
        )
    facts = picture(essence.kind, essence.descriptor)
    if facts.interlaced:
        notes.append("The picture is interlaced.")
    return Media(
        source="mxf",
        width=facts.width,
        height=facts.height,
        pixel_aspect=facts.pixel_aspect,
        fps=_believable(rate),
        start_timecode=label,
        frame_count=duration,
        duration_seconds=seconds,
        codec=facts.codec,
        compression=facts.flavour,
        pixel_format=facts.pixel_format,
        reel=reel,
        colour=facts.colour,
        notes=tuple(notes),
    )


@lru_cache(maxsize=256)
def _believable(rate: Fraction | None) -> Fraction | None:
    return snap_rate(rate) if rate is not None and rate <= _HIGHEST_RATE else None


def _start(metadata: Metadata, essence: _Essence, notes: list[str]) -> tuple[Timecode | None, str | None]:
    """The start timecode and the reel. The physical source comes first, then the material."""
    rate = essence.rate
    origin = metadata.origin(essence.package, essence.number, essence.start)
    material = metadata.material
    counts = (
        ("source", metadata.timecode(origin.package, origin.position, origin.rate) if origin else None),
        ("material", metadata.timecode(material, 0, rate) if material is not None else None),
        ("file", metadata.timecode(essence.package, essence.start, rate)),
    )
    found = [(name, _timecode(count, notes)) for name, count in counts if count is not None]
    starts = [(name, start) for name, start in found if start is not None]
    for name, start in starts[1:]:
        if start != starts[0][1] and str(start) != str(starts[0][1]):
            notes.append(f"The {name} package starts at {start}; the {starts[0][0]} package's timecode is used.")
    return starts[0][1] if starts else None, text(origin.package, 0x4402) if origin else None


def _timecode(count: Count, notes: list[str]) -> Timecode | None:
    """A timecode component as labels read it: its base decides, the track's rate makes it exact."""
    rate = _believable(count.rate)
    remark = ""
    if rate is None or nominal_rate(rate) != count.base:
        if not 0 < count.base <= _HIGHEST_RATE:
            return None
        if rate is not None:
            remark = f"The timecode counts {count.base} frames a second on a track of {rate_text(rate)}."
        rate = Fraction(count.base)
    drop = count.drop and can_drop(rate)
    if count.drop and not drop:
        remark = f"The drop flag is ignored: there is no drop-frame numbering at {rate_text(rate)}."
    if remark and remark not in notes:
        notes.append(remark)
    return Timecode(count.frame, rate, drop)


def check_complete(source: Source) -> str | None:
    """One sentence where the end of the file is missing, None where it is there. Raises DamagedFile.

    The end is the footer partition, which the header points to, or a random index pack.
    """
    origin, header = _header(source)
    if header.footer:
        place = origin + header.footer
        if place >= source.size:
            return f"The file ends {place - source.size + 1} bytes or more before its footer: {CUT_SHORT}."
        footer = read_partition(source, place)
        if footer is None:
            return f"There is no footer where the header says that it is: {CUT_SHORT}."
        if footer.after + footer.header_bytes + footer.index_bytes > source.size:
            return f"The file ends inside its footer: {CUT_SHORT}."
        return None
    if header.open and not random_index(source):
        return f"The file has not been closed: {CUT_SHORT}."
    return None
