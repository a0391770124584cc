# SPDX-License-Identifier: GPL-3.0-or-later
"""The timecode track of a QuickTime or MP4 file: start label, rate, reel (QTFF, timecode media).

A sample is one big-endian frame number, counted from 00:00:00:00, not BCD. The label that belongs to a picture is the
one of the same movie time: edit lists of both tracks count.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction

from ..timecode import Timecode, can_drop, nominal_rate, rate_text
from .quicktime_samples import sample_offset
from .quicktime_timing import NOW, empty_start, tick_rate
from .quicktime_tracks import Track

_ENTRY = struct.Struct(">IIIB").unpack_from  # flags, time scale, frame duration, frames a second
_FIXED = 34
_DROP, _NEGATIVE = 1, 4
_MOST_SAMPLES = 4096


@dataclass(frozen=True)
class StartTimecode:
    """The label of the first picture (None where the track does not give one), and how it was read."""

    label: str | None = None
    rate: Fraction | None = None
    reel: str | None = None


NO_TIMECODE = StartTimecode()


def start_timecode(
    track: Track, movie_scale: int, lead: Fraction, fps: Fraction | None, notes: list[str]
) -> StartTimecode:
    """The label at `lead` seconds of movie time. `fps` is the picture's rate. Raises DamagedFile."""
    entry = track.entry()
    if len(entry) < _FIXED - 1:
        notes.append("The timecode track has no description.")
        return NO_TIMECODE
    flags, scale, duration, counted = _ENTRY(entry, 20)
    reel = _reel(entry)
    rate = tick_rate(scale, duration) or tick_rate(counted, 1) or fps
    if rate is None:
        notes.append("The timecode track has no usable rate.")
        return StartTimecode(None, None, reel)
    drop = bool(flags & _DROP) and can_drop(rate)
    _explain(rate, counted, fps, bool(flags & _DROP) and not drop, notes)
    frame = _frame_at(track, entry[4:8], movie_scale, lead, rate, bool(flags & _NEGATIVE), notes)
    label = None if frame is None else str(Timecode(frame, rate, drop))
    return StartTimecode(label, rate, reel)


def _explain(rate: Fraction, counted: int, fps: Fraction | None, undropped: bool, notes: list[str]) -> None:
    text = rate_text(rate)
    if nominal_rate(rate) != counted:
        notes.append(f"The timecode track says {counted} frames a second but counts {text}, which holds.")
    if fps is not None and fps != rate and nominal_rate(fps) != nominal_rate(rate):
        notes.append(f"The timecode counts {text} frames a second, the picture {rate_text(fps)}.")
    if undropped:
        notes.append(f"The drop flag is ignored: there is no drop-frame numbering at {text}.")


def _frame_at(
    track: Track, kind: bytes, movie_scale: int, lead: Fraction, rate: Fraction, signed: bool, notes: list[str]
) -> int | None:
    """The frame number at `lead` seconds of movie time; None where the file does not hold it."""
    ahead = _ticks_at(track, movie_scale, lead)
    index, begin = _sample_at(track, ahead, notes)
    offset = sample_offset(track, index)
    width = 8 if kind == b"tc64" else 4
    data = b"" if offset is None else track.window.source.read_some(offset, width)
    if len(data) < width:
        notes.append("The timecode itself lies past the end of the file.")
        return None
    number = int.from_bytes(data, "big", signed=signed or width == 8)
    return number + round((ahead - begin) / track.timescale * rate) if ahead != begin else number


def _ticks_at(track: Track, movie_scale: int, lead: Fraction) -> Fraction:
    """The timecode track's own time at `lead` seconds of movie time, in its ticks."""
    edits = track.edits()
    trim = next((media for _, media in edits if media >= 0), 0)
    gap = empty_start(edits)
    if not gap and lead is NOW:
        return Fraction(trim) if trim else NOW
    return (lead - Fraction(gap, movie_scale)) * track.timescale + trim


def _sample_at(track: Track, ticks: Fraction, notes: list[str]) -> tuple[int, int]:
    """The sample that holds a media time, and when it begins."""
    runs = track.durations()
    samples = min(sum(count for count, _ in runs), _MOST_SAMPLES)
    if samples < 2:
        return 0, 0
    notes.append(f"The timecode track has {samples} parts: it may not run on without a break.")
    index = begin = 0
    for count, duration in runs:
        for _ in range(count):
            if ticks < begin + duration or index + 1 >= samples:
                return index, begin
            begin += duration
            index += 1
    return index, begin


def _reel(entry: bytes) -> str | None:
    """The reel in the `name` box after the fixed part: u16 length, u16 language, text."""
    at = _FIXED
    while len(entry) - at >= 8:
        size = int.from_bytes(entry[at : at + 4], "big")
        if size < 8:
            return None
        if entry[at + 4 : at + 8] == b"name" and at + 12 <= len(entry):
            length = int.from_bytes(entry[at + 8 : at + 10], "big")
            return clean_reel(entry[at + 12 : min(at + size, at + 12 + length)])
        at += size
    return None


def clean_reel(text: bytes) -> str | None:
    """A reel name without padding; None for an empty one and for a UMID that some tools park in that field."""
    name = text.split(b"\0")[0].decode("utf-8", "replace").strip()
    return name if name and name.isprintable() and not name.lower().startswith("0x060a2b34") else None
