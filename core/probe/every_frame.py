# SPDX-License-Identifier: GPL-3.0-or-later
"""Every header of a sequence: odd frames, missing pixel data, and where the timecode stops counting."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..clip import Clip
from ..errors import DamagedFile, UnknownFormat
from ..events import Cancel, Event, Listener, silent
from ..frames import FrameSet
from ..media import FrameReport, Media
from ..timecode import rate_text
from .continuity import timecode_breaks
from .crew import TimedOut, run_each
from .files import reader_of
from .source import Source

TIME_LIMIT = 30.0
_EVERY = 100

# What all frames of a sequence share, with the word by which a difference is told.
Facts = tuple[Any, ...]


class _Frame(NamedTuple):
    """What one file says. `problem` is a sentence about it, of the kind "zero", "cut" or "unreadable"."""

    facts: Facts | None
    label: str | None
    kind: str = ""
    problem: str = ""


_LATE = _Frame(None, None, "unreadable", f"the file gave no answer within {TIME_LIMIT:g} seconds.")


def check_frames(
    clip: Clip,
    media: Media,
    *,
    jobs: int | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> FrameReport:
    """Read the header of every frame of a sequence; pixel data is looked for, never decoded.

    `media` gives the rate for the timecode, which must count up with the frame numbers. Frames that differ from most
    others are odd. Other kinds of clips have nothing to compare: their report is empty. Raises Cancelled.
    """
    if clip.kind != "sequence":
        return FrameReport(0)
    frames = list(clip.files())
    folder = clip.folder
    paths = (os.path.join(folder, name) for _frame, name in frames)
    found: list[_Frame | None] = [None] * len(frames)
    answers = run_each(paths, _look, jobs=jobs, time_limit=TIME_LIMIT, cancel=cancel)
    for done, (at, frame) in enumerate(answers, 1):
        found[at] = _LATE if isinstance(frame, TimedOut) else frame
        if done % _EVERY == 0 or done == len(frames):
            listen(Event("probe", done, len(frames), "frames", clip.label))
    return _report([(number or 0, name) for number, name in frames], found, media)


def _look(path: str) -> _Frame:
    try:
        with Source(path) as source:
            if not source.head:
                return _Frame(None, None, "zero", "empty file.")
            reader = reader_of(source)
            if reader is None:
                return _Frame(None, None, "unreadable", "no reader knows this format.")
            media = reader.read(source)
            if media.error is not None:
                return _Frame(None, None, "unreadable", media.error)
            cut = reader.check_complete(source) if reader.check_complete else None
            return _Frame(_facts(media), media.start_timecode, "cut" if cut else "", cut or "")
    except (DamagedFile, UnknownFormat) as error:
        return _Frame(None, None, "unreadable", error.message)
    except OSError as error:
        return _Frame(None, None, "unreadable", f"the file cannot be read: {error.strerror or error}.")
    except Exception as error:  # noqa: BLE001 the border between one file and a run: a fault of ours costs one frame
        return _Frame(None, None, "unreadable", f"not understood ({type(error).__name__}: {error}).")


def _facts(media: Media) -> Facts:
    size = (media.width, media.height)
    return media.source, size, media.pixel_aspect, media.compression, media.pixel_format, media.channels, media.fps


def _report(files: list[tuple[int, str]], found: list[_Frame | None], media: Media) -> FrameReport:
    looked = [(number, name, frame) for (number, name), frame in zip(files, found, strict=True) if frame is not None]
    readable = [(number, name, frame) for number, name, frame in looked if frame.facts is not None]
    labels = [(number, frame.label) for number, _name, frame in readable]

    def problems(kind: str) -> Iterator[tuple[int, str]]:
        return ((number, f"{name}: {frame.problem}") for number, name, frame in looked if frame.kind == kind)

    return FrameReport(
        checked=len(looked),
        timecode_breaks=timecode_breaks(labels, media.fps),
        odd=_odd([(number, name, frame.facts or ()) for number, name, frame in readable]),
        truncated=tuple(problems("cut")),
        unreadable=tuple(problems("unreadable")),
        zero_byte=FrameSet.of(number for number, _name, frame in looked if frame.kind == "zero"),
    )


def _odd(frames: list[tuple[int, str, Facts]]) -> tuple[tuple[int, str], ...]:
    """The frames that differ from the most common facts; the first frame's win a tie."""
    counts = Counter(facts for _number, _name, facts in frames)
    if len(counts) < 2:
        return ()
    usual = counts.most_common(1)[0][0]
    return tuple((number, f"{name}: {_difference(facts, usual)}") for number, name, facts in frames if facts != usual)


def _difference(facts: Facts, usual: Facts) -> str:
    words = ("format", "size", "pixel aspect", "compression", "pixel format", "channels", "rate")
    parts = [
        f"{word} {_shown(word, mine)} instead of {_shown(word, theirs)}"
        for word, mine, theirs in zip(words, facts, usual, strict=True)
        if mine != theirs
    ]
    return ", ".join(parts) + "."


def _shown(word: str, value: Any) -> str:
    if value is None:
        return "unknown"
    if word == "size":
        return "x".join(map(str, value))
    if word == "channels":
        return " ".join(value)
    return rate_text(value) if word == "rate" else str(value)


def frame_report_document(report: FrameReport) -> dict[str, Any]:
    """The report under the keys of the JSON contract; frame numbers are those in the file names."""

    def listed(pairs: tuple[tuple[int, str], ...]) -> list[dict[str, Any]]:
        return [{"frame": frame, "message": message} for frame, message in pairs]

    return {
        "checked_frames": report.checked,
        "timecode_breaks": [
            {"frame": item.frame, "found": item.found, "expected": item.expected} for item in report.timecode_breaks
        ],
        "odd_frames": listed(report.odd),
        "truncated": listed(report.truncated),
        "unreadable": listed(report.unreadable),
        "zero_byte": str(report.zero_byte),
    }
