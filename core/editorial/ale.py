# SPDX-License-Identifier: GPL-3.0-or-later
"""Avid Log Exchange: one row per clip with tape, start, end, scene and take. A log orders no cut, only ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ..errors import EditError, TimecodeError
from ..timecode import Timecode, rate_of, rate_text
from .decode import lines_of
from .model import Edit, Event, LineProblem
from .names import shot_note, split_sequence
from .rates import assumed_rate, read_label

MOST_ROWS = 100_000
_HEADING = re.compile(r"\s*Heading\s*\Z", re.I)
# Columns by meaning, the most telling first; compared in lower case.
_NAME = ("name", "clip name", "clipname")
_REEL = ("tape", "tape name", "reel", "reel name", "reel #", "camroll", "labroll")
_FILE = ("source file name", "source file", "filename", "file name", "original_filename", "dpx", "source path")
_SHOT = ("vfx shot", "vfx shot id", "vfx id", "shot", "vfx")
_START = ("start", "start tc", "src start tc")
_END = ("end", "end tc", "src end tc")
_NOTED = ("comments", "comment", "descript", "description")


@dataclass
class _Log:
    """The three sections of an ALE: heading pairs, column names, and rows with their line numbers."""

    heading: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, str]] = field(default_factory=list)


def is_ale(text: str) -> bool:
    """True for text whose first written line is `Heading`."""
    return _HEADING.match(next((line for line in lines_of(text[:4096]) if line.strip()), "")) is not None


def read_ale(text: str, path: str, rate: Fraction | None = None) -> Edit:
    """The rows of an ALE as events without record positions. `rate` wins over the heading's FPS.

    Raises EditError, naming the line, for a log without columns or without any usable row.
    """
    log = _sections(text, path)
    rows = [(line, dict(zip(log.columns, cells.split("\t"), strict=False)), cells) for line, cells in log.rows]
    rate, source = _rate(log.heading, rate, [_first(cells, _START) or "" for _line, cells, _raw in rows])
    events: list[Event] = []
    refused: list[LineProblem] = []
    for line, cells, raw in rows:
        try:
            events.append(_event(line, len(events) + 1, cells, rate))
        except TimecodeError as problem:
            reason = f"{problem.message.rstrip('.')}; the log is counted at {rate_text(rate)}"
            refused.append(LineProblem(line, raw.strip().replace("\t", " ")[:120], reason))
    if not events:
        where = f"line {refused[0].line}: {refused[0].reason}" if refused else "it has no rows under Data"
        raise EditError(f"this log cannot be used: {where}.", path)
    return Edit(tuple(events), rate, source, None, (), tuple(refused), path)


def _sections(text: str, path: str) -> _Log:
    log = _Log()
    section = ""
    for number, line in enumerate(lines_of(text), 1):
        word = line.strip().lower()
        if word in ("heading", "column", "data") and "\t" not in line.strip("\t"):
            section = word
        elif not word:
            continue
        elif section == "heading":
            cells = [cell.strip() for cell in line.split("\t")]
            log.heading.update((key.lower(), value) for key, value in zip(cells[::2], cells[1::2], strict=False) if key)
        elif section == "column" and not log.columns:
            log.columns = [cell.strip().lower() for cell in line.split("\t")]
        elif section == "data":
            if not log.columns:
                raise EditError(f"line {number}: rows come before the names of their columns.", path)
            if len(log.rows) >= MOST_ROWS:
                raise EditError(f"line {number}: more than {MOST_ROWS} rows are no log.", path)
            log.rows.append((number, line))
    if not log.columns:
        raise EditError("this log names no columns: there is no line after Column.", path)
    return log


def _rate(heading: Mapping[str, str], given: Fraction | None, labels: list[str]) -> tuple[Fraction, str]:
    if given is not None:
        return given, "as given"
    stated = heading.get("fps", "")
    if stated:
        try:
            return rate_of(stated), f"the log's heading states {stated}"
        except TimecodeError:
            pass
    return assumed_rate(labels, any(";" in label for label in labels))


def _event(line: int, number: int, cells: Mapping[str, str], rate: Fraction) -> Event:
    """One row. Raises TimecodeError for labels that do not exist or run backwards."""
    start, end = _first(cells, _START), _first(cells, _END)
    notes: list[str] = []
    source_in = _label(start, rate, notes)
    source_out = _label(end, rate, notes)
    if source_in is not None and source_out is not None:
        if source_out.frames_since(source_in) > source_in.frames_per_day // 2:
            raise TimecodeError(f"end {end} lies before start {start}")
    elif source_in is None:
        notes.append("This row has no start timecode.")
    shot = shot_note(_first(cells, _SHOT) or "")
    comments = tuple(text for key in _NOTED if (text := cells.get(key, "").strip()))
    shot = shot or next((found for text in comments if (found := shot_note(text)) is not None), None)
    sequence, name = split_sequence(shot.shot) if shot is not None else (None, None)
    return Event(
        number=str(number),
        reel=_first(cells, _REEL),
        clip_name=_first(cells, _NAME),
        shot=name,
        sequence=sequence,
        source_in=source_in,
        source_out=source_out,
        channels=(cells.get("tracks") or "V").strip() or "V",
        source_file=_first(cells, _FILE),
        scene=_first(cells, ("scene",)),
        take=_first(cells, ("take",)),
        expected=shot.expected if shot is not None else None,
        comments=comments,
        notes=tuple(notes),
        line=line,
    )


def _label(text: str | None, rate: Fraction, notes: list[str]) -> Timecode | None:
    if text is None:
        return None
    timecode, note = read_label(text, rate, list_drop=False)
    if note:
        notes.append(note)
    return timecode


def _first(cells: Mapping[str, str], columns: tuple[str, ...]) -> str | None:
    """The first of the columns that holds something."""
    return next((text for column in columns if (text := cells.get(column, "").strip())), None)
