# SPDX-License-Identifier: GPL-3.0-or-later
"""Timecode truth: header, frame numbers and file name compared, and in words which of them was believed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .clip import Clip
from .errors import PlatesError, TimecodeError
from .finding import Finding, info, warning
from .footage import Footage
from .media import FrameReport, Media
from .placement import signed_distance
from .timecode import Timecode, nominal_rate, rate_text

Probe = Callable[[str], Media]
# Headers that hold a timecode per frame.
_PER_FRAME = frozenset({"exr", "sxr", "dpx"})
# File numbers below this are counted by somebody, not by a clock: 1001, 86400 / 24 seconds ...
_LOWEST_CLOCK_NUMBER = 20_000
_NAMED = re.compile(r"(?<![A-Za-z0-9])tc[-_.]?(\d\d)[-_.:;]?(\d\d)[-_.:;]?(\d\d)[-_.:;]?(\d\d)(?!\d)", re.ASCII | re.I)
_DASHED = re.compile(r"(?<![\d.-])(\d\d)([-.;])(\d\d)\2(\d\d)\2(\d\d)(?![\d.-]?\d)", re.ASCII)
_RATES = tuple(map(Fraction, (24, 25, 30, 48, 50, 60)))


@dataclass(frozen=True)
class Truth:
    """What was believed. `footage` is the clip as it may be placed: its timecode confirmed or doubted.

    `checked` says how much was looked at: "every frame", "first and last frame" or "first frame".
    """

    footage: Footage
    findings: tuple[Finding, ...]
    checked: str


def check_timecode(clip: Clip, media: Media, *, report: FrameReport | None = None, probe: Probe | None = None) -> Truth:
    """Compare what a clip's header, its frame numbers and its file name say of its timecode.

    With a `report` of every frame that decides; otherwise the last frame of a sequence is read by `probe` (the probe
    room's own by default) and must carry start + length - 1. Never raises for a bad file: that is a finding.
    """
    footage = Footage.of_clip(clip, media)
    start, note = footage.timecode()
    if note:
        said = warning("timecode-doubtful", note, clip.first_file)
        return Truth(footage, (said, *_names_and_numbers(clip, start)), "first frame")
    if start is None:
        return Truth(footage, _without(clip, footage), "first frame")
    found: list[Finding] = []
    checked = "first frame"
    if report is not None:
        checked = "every frame"
        found.extend(_breaks(report, clip))
        if not report.timecode_breaks and report.checked == clip.count:
            footage = footage.confirmed()
    elif _has_last(clip):
        checked = "first and last frame"
        found.extend(_compare_last(clip, start, probe))
        if not found:
            footage = footage.confirmed()
    if footage.doubt:
        found.append(warning("timecode-doubtful", footage.doubt, clip.first_file, "Check every frame of it."))
    found.extend(_names_and_numbers(clip, start))
    return Truth(footage, tuple(found), checked)


def _has_last(clip: Clip) -> bool:
    return clip.kind == "sequence" and clip.count > 1 and clip.ext in _PER_FRAME


def _read_last(clip: Clip, probe: Probe | None) -> Media:
    if probe is None:
        from .probe import probe_file  # the readers are loaded only when a frame must be read

        probe = probe_file
    return probe(os.path.join(clip.folder, clip.last_file))


def _compare_last(clip: Clip, start: Timecode, probe: Probe | None) -> tuple[Finding, ...]:
    """The last frame must carry the first frame's timecode plus the distance of their numbers."""
    distance = clip.frames.last - clip.frames.first
    expected = start + distance
    file = clip.last_file
    try:
        last = _read_last(clip, probe)
    except (PlatesError, OSError) as problem:
        why = problem.message if isinstance(problem, PlatesError) else problem.strerror or str(problem)
        return (warning("timecode-unchecked", f"The last frame could not be read: {why}", file),)
    if last.start_timecode is None:
        said = f"The first frame has the timecode {start}, the last one has none; {expected} was expected."
        return (warning("timecode-breaks", said, file, "Check every frame; the first frame's was believed."),)
    try:
        found = Timecode.read(last.start_timecode, start.rate, start.drop)[0]
    except TimecodeError as problem:
        return (warning("timecode-breaks", f"The last frame's timecode is wrong: {problem.message}", file),)
    moved = found.frames_since(start)
    if moved == distance:
        return ()
    said = f"The last frame says {found}, {expected} was expected."
    if moved == 0:
        said = f"The last frame says {found} like the first one: the timecode stands still, {expected} was expected."
    elif moved == distance // 2 and nominal_rate(start.rate) > 30:
        said = f"The last frame says {found}, {expected} was expected: it seems to count pairs of frames."
    advice = "Check every frame to find where it breaks; the first frame's timecode was believed."
    return (warning("timecode-breaks", said, file, advice),)


def _breaks(report: FrameReport, clip: Clip) -> tuple[Finding, ...]:
    """One finding for all breaks: the first one named, the others counted."""
    if not report.timecode_breaks:
        return ()
    first = report.timecode_breaks[0]
    more = len(report.timecode_breaks) - 1
    others = "" if not more else f" It breaks {more} more time{'s' if more > 1 else ''}."
    said = f"At frame {first.frame} the timecode is {first.found or 'missing'}, expected was {first.expected}.{others}"
    advice = "Frames before it were placed by the first frame's timecode; check the rest by eye."
    return (warning("timecode-breaks", said, _file_of(clip, first.frame), advice),)


def _without(clip: Clip, footage: Footage) -> tuple[Finding, ...]:
    """No timecode in the header: frame numbers place the clip, and a name that holds one is only told."""
    if footage.start_label is not None:
        said = f"The timecode {footage.start_label} cannot be counted: the file does not state its rate."
        return (warning("timecode-without-rate", said, clip.first_file, "Give the rate (--rate)."),)
    named = named_timecode(clip, footage.rate)
    if named is not None:
        said = f"The header has no timecode, the file name holds {named}: frame numbers were believed, not the name."
        return (info("timecode-only-in-name", said, clip.first_file),)
    return ()


def _names_and_numbers(clip: Clip, start: Timecode | None) -> tuple[Finding, ...]:
    if start is None:
        return ()
    found = []
    named = named_timecode(clip, start.rate)
    if named is not None and str(named)[:8] + str(named)[9:] != str(start)[:8] + str(start)[9:]:
        said = f"The file name says {named}, the header {start}: the header was believed."
        found.append(warning("timecode-name-differs", said, clip.first_file))
    numbered = _numbered(clip, start)
    if numbered:
        found.append(warning("timecode-number-differs", numbered, clip.first_file))
    return tuple(found)


def _numbered(clip: Clip, start: Timecode) -> str:
    """A sentence where the frame numbers count a clock, but another one than the header; "" everywhere else."""
    if clip.kind != "sequence" or not clip.frames or clip.frames.first < _LOWEST_CLOCK_NUMBER:
        return ""
    number = clip.frames.first
    if number == start.wrapped().frame:
        return ""
    believed = "the header was believed"
    for rate in _RATES:
        if nominal_rate(rate) != nominal_rate(start.rate) and _same_label(number, rate, start):
            counted = f"counted at {rate_text(rate)} frames a second, the header says {rate_text(start.rate)}"
            return f"Frame number {number} is {start} {counted}: {believed}."
    if start.drop and number == Timecode.parse(str(start).replace(";", ":"), start.rate, False).frame:
        return f"Frame number {number} is {start} counted non-drop, the header counts drop-frame: {believed}."
    clock = Timecode(number, start.rate, start.drop)
    if abs(signed_distance(start, clock)) <= 2 * nominal_rate(start.rate):
        return f"Frame number {number} would be {clock}, the header says {start}: {believed}."
    return ""


def _same_label(number: int, rate: Fraction, start: Timecode) -> bool:
    """True where the number is the header's label, counted at another rate."""
    try:
        return Timecode.parse(str(start), rate, False).frame == number
    except TimecodeError:
        return False


def named_timecode(clip: Clip, rate: Fraction | None) -> Timecode | None:
    """The timecode that a file name holds, marked by TC or written 01-00-04-12; None where there is no certain one."""
    name = clip.file or clip.base
    match = _NAMED.search(name)
    parts = (match[1], match[2], match[3], match[4]) if match else None
    if parts is None:
        dashed = _DASHED.search(name)
        parts = (dashed[1], dashed[3], dashed[4], dashed[5]) if dashed else None
    if parts is None:
        return None
    try:
        return Timecode.parse(":".join(parts), rate or Fraction(60), False)
    except TimecodeError:
        return None


def _file_of(clip: Clip, frame: int) -> str | None:
    for run in clip.runs:
        if run.first <= frame <= run.last and (frame - run.first) % run.step == 0:
            return run.name(frame)
    return None
