# SPDX-License-Identifier: GPL-3.0-or-later
"""Matroska and WebM headers: size, rate, frames, colour, codec, timecode (RFC 8794 EBML, RFC 9559 Matroska)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ..errors import DamagedFile, TimecodeError
from ..media import Colour, Media
from ..timecode import Timecode, snap_rate
from .codec_names import codec_of
from .colour_names import colour_of
from .parameter_sets import NOTHING, CodecFacts, av1_facts, avc_facts, hevc_facts
from .sample_entry import sensible_aspect
from .source import Source
from .window import CUT_SHORT, Window

_SEGMENT, _SEEK_HEAD, _INFO, _TRACKS, _TAGS, _CLUSTER = (
    0x18538067,
    0x114D9B74,
    0x1549A966,
    0x1654AE6B,
    0x1254C367,
    0x1F43B675,
)
_MOST_ELEMENTS = 4096
_LARGEST_PART = 512 * 1024
_VIDEO = 1
_CODECS = {
    "V_MPEG4/ISO/AVC": "h264",
    "V_MPEGH/ISO/HEVC": "hevc",
    "V_MPEG4/ISO/ASP": "mpeg4",
    "V_MPEG4/ISO/SP": "mpeg4",
    "V_MPEG1": "mpeg1video",
    "V_MPEG2": "mpeg2video",
    "V_PRORES": "prores",
    "V_FFV1": "ffv1",
    "V_AV1": "av1",
    "V_VP8": "vp8",
    "V_VP9": "vp9",
    "V_MJPEG": "mjpeg",
    "V_UNCOMPRESSED": "rawvideo",
    "V_THEORA": "theora",
    "V_DIRAC": "dirac",
}


@dataclass
class _Track:
    number: int = 0
    kind: int = 0
    codec: str = ""
    private: bytes = b""
    ticks: int = 0  # nanoseconds per frame
    width: int = 0
    height: int = 0
    display: tuple[int, int, int] = (0, 0, 0)  # width, height, unit (0: pixels, 3: a ratio)
    colour: tuple[int, int, int] = (2, 2, 2)


@dataclass
class _File:
    end: int = 0
    scale: int = 1_000_000
    duration: float = 0.0
    tracks: list[_Track] = field(default_factory=list)
    label: str = ""
    reel: str = ""
    places: dict[int, int] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)


def recognises(head: bytes) -> bool:
    """True for the first bytes of a Matroska or WebM file."""
    return head[:4] == b"\x1a\x45\xdf\xa3"


def read(source: Source) -> Media:
    """The facts of the header. Raises DamagedFile where it is cut short or broken."""
    file = _read_file(source)
    seconds = Fraction(file.duration).limit_denominator(10**6) * file.scale / 10**9 if file.duration > 0 else None
    track = next((track for track in file.tracks if track.kind == _VIDEO), None)
    if track is None:
        return Media(source="matroska", duration_seconds=seconds, notes=("The file has no picture.",))
    rate = _rate(track.ticks)
    codec, facts = _codec(track)
    notes: tuple[str, ...] = ()
    frames = None
    if seconds and rate:
        frames = round(seconds * rate)
        seconds = frames / rate
        notes = ("The number of frames is counted from the duration.",)
    colour = colour_of(*track.colour)
    return Media(
        source="matroska",
        width=track.width or None,
        height=track.height or None,
        pixel_aspect=_aspect(track) or facts.pixel_aspect,
        fps=rate,
        start_timecode=_label(file.label, rate),
        frame_count=frames,
        duration_seconds=seconds,
        codec=codec,
        pixel_format=facts.pixel_format,
        reel=file.reel or None,
        colour=colour if colour != Colour() else facts.colour or Colour(),
        notes=notes,
    )


def _read_file(source: Source) -> _File:
    file = _File()
    whole = Window(source, 0, max(source.size, 1))
    segment = 0
    for kind, body, end in _elements(whole, 0, source.size):
        if kind == _SEGMENT:
            segment, file.end = body, end
            break
    if not segment:
        raise DamagedFile(f"the file has no segment: {CUT_SHORT}.", source.path)
    for kind, body, end in _elements(whole, segment, source.size):
        if kind == _CLUSTER:
            break  # the pictures; what else there is stands behind them, where the seek head says
        _read_part(source, kind, body, end, segment, file)
    for kind in (_INFO, _TRACKS, _TAGS):
        if kind not in file.read and kind in file.places:
            _read_at(source, whole, kind, file.places[kind], segment, file)
    if not file.tracks:
        raise DamagedFile(f"the file describes neither picture nor sound: {CUT_SHORT}.", source.path)
    return file


def _read_at(source: Source, whole: Window, wanted: int, place: int, segment: int, file: _File) -> None:
    for kind, body, end in _elements(whole, place, source.size):
        if kind == wanted:
            _read_part(source, kind, body, end, segment, file)
        return


def _read_part(source: Source, kind: int, body: int, end: int, segment: int, file: _File) -> None:
    if kind not in (_SEEK_HEAD, _INFO, _TRACKS, _TAGS):
        return
    if end > source.size or end - body > _LARGEST_PART:
        if kind == _TAGS:
            return
        raise DamagedFile(f"the file ends inside its header: {CUT_SHORT}.", source.path)
    file.read.add(kind)
    window = Window(source, body, end)
    if kind == _SEEK_HEAD:
        for _, start, stop in _elements(window, body, end):
            values = {part: window.take(at, min(to - at, 8)) for part, at, to in _elements(window, start, stop)}
            found = int.from_bytes(values.get(0x53AB, b""), "big")
            file.places.setdefault(found, segment + int.from_bytes(values.get(0x53AC, b""), "big"))
    elif kind == _INFO:
        _read_info(window, body, end, file)
    elif kind == _TRACKS:
        file.tracks += [_track(window, start, stop) for _, start, stop in _elements(window, body, end)]
    else:
        _read_tags(window, body, end, file)


def _elements(window: Window, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(id, first byte of the body, first byte after it). An element of unknown size reaches to the end."""
    for _ in range(_MOST_ELEMENTS):
        if end - start < 2:
            return
        head = window.take(start, min(12, end - start))
        width = 9 - head[0].bit_length()
        if width > 4 or len(head) <= width or not head[width]:
            return
        size_width = 9 - head[width].bit_length()
        if len(head) < width + size_width:
            return
        kind = int.from_bytes(head[:width], "big")
        body = start + width + size_width
        size = int.from_bytes(head[width : width + size_width], "big") & ((1 << 7 * size_width) - 1)
        start = end if size == (1 << 7 * size_width) - 1 else body + size
        yield kind, body, start


def _read_info(window: Window, start: int, end: int, file: _File) -> None:
    for kind, body, stop in _elements(window, start, end):
        if kind == 0x2AD7B1:
            file.scale = _number(window, body, stop) or file.scale
        elif kind == 0x4489 and stop - body in (4, 8):
            value = struct.unpack(">f" if stop - body == 4 else ">d", window.take(body, stop - body))[0]
            file.duration = value if 0 < value < 1e15 else 0.0


def _number(window: Window, start: int, end: int) -> int:
    return int.from_bytes(window.take(start, min(end - start, 8)), "big")


def _track(window: Window, start: int, end: int) -> _Track:
    track = _Track()
    for kind, body, stop in _elements(window, start, end):
        if kind == 0xD7:
            track.number = _number(window, body, stop)
        elif kind == 0x83:
            track.kind = _number(window, body, stop)
        elif kind == 0x86:
            track.codec = window.take(body, min(stop - body, 64)).decode("latin-1").strip("\0")
        elif kind == 0x63A2:
            track.private = window.take(body, min(stop - body, 4096))
        elif kind == 0x23E383:
            track.ticks = _number(window, body, stop)
        elif kind == 0xE0:
            _read_video(window, body, stop, track)
    return track


def _read_video(window: Window, start: int, end: int, track: _Track) -> None:
    numbers = {
        kind: _number(window, body, stop) for kind, body, stop in _elements(window, start, end) if kind != 0x55B0
    }
    track.width, track.height = numbers.get(0xB0, 0), numbers.get(0xBA, 0)
    track.display = numbers.get(0x54B0, 0), numbers.get(0x54BA, 0), numbers.get(0x54B2, 0)
    for kind, body, stop in _elements(window, start, end):
        if kind == 0x55B0:
            tags = {part: _number(window, at, to) for part, at, to in _elements(window, body, stop)}
            track.colour = tags.get(0x55BB, 2), tags.get(0x55BA, 2), tags.get(0x55B1, 2)


def _read_tags(window: Window, start: int, end: int, file: _File) -> None:
    for tag, body, stop in _elements(window, start, end):
        if tag != 0x7373:
            continue
        for kind, inner, inner_stop in _elements(window, body, stop):
            if kind != 0x67C8:
                continue
            values = {part: window.take(at, min(to - at, 256)) for part, at, to in _elements(window, inner, inner_stop)}
            name = values.get(0x45A3, b"").strip(b"\0").upper()
            text = values.get(0x4487, b"").split(b"\0")[0].decode("utf-8", "replace").strip()
            if name == b"TIMECODE":
                file.label = file.label or text
            elif name == b"REEL_NAME":
                file.reel = file.reel or text


def _codec(track: _Track) -> tuple[str | None, CodecFacts]:
    if track.codec == "V_MS/VFW/FOURCC":
        return codec_of(track.private[16:20]), NOTHING
    if track.codec == "V_QUICKTIME":
        return codec_of(track.private[4:8]), NOTHING
    codec = _CODECS.get(track.codec, track.codec or None)
    read = {"h264": avc_facts, "hevc": hevc_facts, "av1": av1_facts}.get(codec or "")
    return codec, NOTHING if read is None else read(track.private)


def _rate(nanoseconds: int) -> Fraction | None:
    rate = snap_rate(Fraction(10**9, nanoseconds)) if nanoseconds else Fraction(0)
    return rate if 0 < rate <= 1000 else None


def _aspect(track: _Track) -> Fraction | None:
    wide, high, unit = track.display
    if not (track.width and track.height) or unit not in (0, 3):
        return None
    if not (wide and high):
        return Fraction(1)  # without a display size the pixels are square (RFC 9559 5.1.4.1.28.12)
    aspect = Fraction(wide, high) * track.height / track.width
    return Fraction(1) if abs(aspect - 1) < Fraction(1, 100) else sensible_aspect(aspect.limit_denominator(1000))


def _label(text: str, rate: Fraction | None) -> str | None:
    if rate is None:
        return None
    try:
        return str(Timecode.parse(text, rate))
    except TimecodeError:
        return None


def check_complete(source: Source) -> str | None:
    """One sentence where the file ends before its segment does, None where all of it is there."""
    end = _read_file(source).end
    if end > source.size:
        return f"The file ends {end - source.size} bytes too early: {CUT_SHORT}."
    return None
