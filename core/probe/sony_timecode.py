# SPDX-License-Identifier: GPL-3.0-or-later
"""The timecode of Sony's XAVC cameras, whose MP4 files have no timecode track: it stands in an XML text instead.

`NonRealTimeMeta` holds a table of timecode changes: the label of frame 0 as eight digits, frames first (FFSSMMHH, the
drop flag in bit 6 of the frames as in ST 12-1), counted `tcFps` a second; `halfStep` tells that two pictures share
a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from ..errors import DamagedFile, TimecodeError
from ..timecode import Timecode, nominal_rate
from .quicktime_boxes import TopBoxes
from .quicktime_timecode import NO_TIMECODE, StartTimecode
from .quicktime_tracks import Movie
from .source import Source

_BRAND = b"XAVC"
_LARGEST_TEXT = 256 * 1024
_TABLE = re.compile(rb'<LtcChangeTable\b[^>]*?\btcFps="(\d{2,3})"[^>]*>(.*?)</LtcChangeTable>', re.DOTALL)
_FIRST = re.compile(rb'<LtcChange\b(?=[^>]*\bframeCount="0")[^>]*\bvalue="([0-9A-Fa-f]{8})"')
_DROP = 0x40


def is_xavc(source: Source) -> bool:
    """True where the file type says that the camera's own text may be there."""
    return source.head[4:8] == b"ftyp" and _BRAND in source.head[8:64]


def camera_timecode(movie: Movie, fps: Fraction | None, notes: list[str]) -> StartTimecode:
    """The label of the first frame out of the camera's text; nothing where there is none or it makes no sense."""
    for text in _texts(movie):
        table = _TABLE.search(text)
        first = table and _FIRST.search(table[2])
        if table and first:
            found = _start(bytes.fromhex(first[1].decode("ascii")), int(table[1]), fps)
            if found.label is not None:
                notes.append("The timecode comes from the camera's own metadata: the movie has no timecode track.")
                return found
    return NO_TIMECODE


def _texts(movie: Movie) -> Iterator[bytes]:
    """Where cameras put their text: a `meta` box of the index, or a box of the file itself."""
    source = movie.index.source
    for kind, body, end in movie.boxes:
        if kind == b"meta":
            yield _text(source, body, end)
    for kind, body, end in TopBoxes(source):
        if kind in (b"meta", b"uuid"):
            yield _text(source, body, end)


def _text(source: Source, body: int, end: int) -> bytes:
    try:
        return source.read_some(body, min(end - body, _LARGEST_TEXT))
    except DamagedFile:
        return b""


def _start(digits: bytes, counted: int, fps: Fraction | None) -> StartTimecode:
    frames, seconds, minutes, hours = digits
    rate = Fraction(counted)
    if fps is not None and nominal_rate(fps) in (counted, 2 * counted):
        rate = fps if nominal_rate(fps) == counted else fps / 2
    label = f"{hours & 0x3F:02x}:{minutes & 0x7F:02x}:{seconds & 0x7F:02x}:{frames & 0x3F:02x}"
    try:
        start = Timecode.parse(label, rate, bool(frames & _DROP))
    except TimecodeError:
        return NO_TIMECODE
    return StartTimecode(str(start), rate)
