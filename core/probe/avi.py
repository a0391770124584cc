# SPDX-License-Identifier: GPL-3.0-or-later
"""AVI headers: size, rate, frames, codec, timecode (Microsoft's RIFF and AVI references, OpenDML 1.02)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ..errors import DamagedFile, TimecodeError
from ..media import Media
from ..timecode import Timecode
from .codec_names import PIXEL_FORMATS, codec_of
from .quicktime_timing import tick_rate
from .sample_entry import sensible_aspect
from .source import Source
from .window import CUT_SHORT, Window

_CHUNK = struct.Struct("<4sI").unpack_from
_STREAM = struct.Struct("<4s16xII4xI").unpack_from  # type, scale, rate, length
_BITMAP = struct.Struct("<4xii2xH4s").unpack_from  # width, height, bits, code
_MOST_CHUNKS = 4096
_LARGEST_HEADER = 4 * 1024 * 1024
# What an uncompressed bitmap may call itself
_RAW = (b"\0\0\0\0", b"RGB ", b"DIB ", b"\3\0\0\0")


@dataclass
class _Stream:
    kind: bytes = b""
    scale: int = 0
    rate: int = 0
    length: int = 0
    format: bytes = b""
    properties: bytes = b""


@dataclass
class _Header:
    streams: list[_Stream] = field(default_factory=list)
    frames: int = 0
    label: bytes = b""


def recognises(head: bytes) -> bool:
    """True for the first bytes of an AVI file."""
    return head[:4] == b"RIFF" and head[8:12] == b"AVI "


def read(source: Source) -> Media:
    """The facts of the header. Raises DamagedFile where it is cut short or broken."""
    header = _read_header(source)
    stream = next((stream for stream in header.streams if stream.kind == b"vids"), None)
    if stream is None:
        return Media(source="avi", notes=("The file has no picture.",))
    if len(stream.format) < 20:
        raise DamagedFile("the picture of the file has no description.", source.path)
    width, height, bits, code = _BITMAP(stream.format)
    width, height = max(width, 0), abs(height)  # a negative height means that the first line is on top
    rate = tick_rate(stream.rate, stream.scale)
    frames = max(stream.length, header.frames) or None
    raw = code in _RAW
    return Media(
        source="avi",
        width=width or None,
        height=height or None,
        pixel_aspect=_aspect(stream.properties, width, height),
        fps=rate,
        start_timecode=_label(header.label, rate),
        frame_count=frames,
        duration_seconds=frames / rate if frames and rate else None,
        codec="rawvideo" if raw else codec_of(code),
        pixel_format={24: "bgr24", 32: "bgra"}.get(bits) if raw else PIXEL_FORMATS.get(code),
    )


def _read_header(source: Source) -> _Header:
    header = _Header()
    for kind, body, end in _chunks(Window(source, 12, max(source.size, 12)), 12, source.size):
        if kind == b"hdrl":
            if end > source.size or end - body > _LARGEST_HEADER:
                raise DamagedFile(f"the file ends inside its header: {CUT_SHORT}.", source.path)
            _read_list(Window(source, body, end), body, end, header)
        elif kind == b"INFO":
            _read_list(Window(source, body, min(end, source.size)), body, min(end, source.size), header)
        elif kind == b"movi":
            break  # what stands behind the pictures is an index, and it is long
    if not header.streams:
        raise DamagedFile(f"the file has no header: {CUT_SHORT}.", source.path)
    return header


def _chunks(window: Window, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, first byte of the body, first byte after it); the kind of a list is what it lists."""
    for _ in range(_MOST_CHUNKS):
        if end - start < 8:
            return
        kind, size = _CHUNK(window.take(start, 8))
        body = start + 8
        after = body + size
        if kind in (b"LIST", b"RIFF") and size >= 4 and body + 4 <= end:
            kind = window.take(body, 4)
            body += 4
        yield kind, body, after
        start = after + size % 2


def _read_list(window: Window, start: int, end: int, header: _Header) -> None:
    for kind, body, after in _chunks(window, start, end):
        if after > end:
            return
        if kind == b"strl":
            header.streams.append(_Stream())
            _read_list(window, body, after, header)
        elif kind == b"odml":
            _read_list(window, body, after, header)
        elif kind == b"dmlh" and after - body >= 4:
            # the true length of a file of more than one RIFF chunk
            header.frames = int.from_bytes(window.take(body, 4), "little")
        elif kind == b"ISMP":
            header.label = window.take(body, min(after - body, 32))
        elif header.streams:
            _read_stream(header.streams[-1], kind, window.take(body, min(after - body, 128)))


def _read_stream(stream: _Stream, kind: bytes, data: bytes) -> None:
    if kind == b"strh" and len(data) >= 36:
        stream.kind, stream.scale, stream.rate, stream.length = _STREAM(data)
    elif kind == b"strf":
        stream.format = data
    elif kind == b"vprp":
        stream.properties = data


def _aspect(properties: bytes, width: int, height: int) -> Fraction | None:
    """The pixel aspect from that of the whole picture, in the stream's video properties (OpenDML)."""
    if len(properties) < 24 or not width or not height:
        return None
    high, wide = struct.unpack_from("<HH", properties, 20)
    if not wide or not high:
        return None
    aspect = Fraction(wide, high) * height / width
    return Fraction(1) if abs(aspect - 1) < Fraction(1, 100) else sensible_aspect(aspect.limit_denominator(1000))


def _label(text: bytes, rate: Fraction | None) -> str | None:
    if rate is None:
        return None
    try:
        return str(Timecode.parse(text.split(b"\0")[0].decode("ascii", "replace"), rate))
    except TimecodeError:
        return None


def check_complete(source: Source) -> str | None:
    """One sentence where the file ends before it should, None where all of it is there."""
    for kind, body, after in _chunks(Window(source, 0, max(source.size, 12)), 0, source.size):
        if kind not in (b"AVI ", b"AVIX"):
            break
        if after > source.size:
            return f"The file ends {after - source.size} bytes too early: {CUT_SHORT}."
        if after <= body:
            return f"The file has not been closed: {CUT_SHORT}."
    return None
