# SPDX-License-Identifier: GPL-3.0-or-later
"""What the terminal shows: JSON on stdout, everything for people beside it, never a traceback."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Sequence
from typing import Any, TextIO

from ...core.events import Event

OK, REFUSED, USAGE = 0, 1, 2


def schema(verb: str) -> str:
    """The schema name of a verb's document."""
    return f"ramses-plates/{verb}/1"


def write_json(document: Any, stream: TextIO | None = None) -> None:
    """One JSON document. Undecodable bytes of file names leave as \\udcXX, so that the text itself stays valid."""
    stream = stream or sys.stdout
    # ensure_ascii also keeps lone surrogates printable on every terminal and pipe
    stream.write(json.dumps(document, indent=2, ensure_ascii=True) + "\n")
    stream.flush()


def printable(text: str) -> str:
    """Text that any terminal can show on one line: control characters and undecodable bytes are escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def say(text: str = "", stream: TextIO | None = None) -> None:
    """Print a line for a person; characters that the terminal's encoding lacks are replaced, never fatal."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """Aligned columns, the last one free to be long; an empty table is only its header."""
    cells = [[printable(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines.insert(1, "  ".join("-" * width for width in widths[:-1]) + "  " + "-" * min(widths[-1], 20))
    return "\n".join(lines)


def size_text(count: float) -> str:
    """Bytes for people: "12.3 MiB"."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


class Progress:
    """A progress line on a terminal, JSON lines with `--events`, nothing otherwise. Always on stderr."""

    def __init__(self, events: bool, quiet: bool = False) -> None:
        self._events = events
        self._bar = sys.stderr.isatty() and not events and not quiet
        self._stage = ""
        self._started = 0.0
        self._shown = 0.0
        self._width = 0

    def __call__(self, event: Event) -> None:
        """Take one event; a terminal line is redrawn at most ten times a second."""
        if self._events:
            write_line(sys.stderr, json.dumps(event.document()))
            return
        now = time.monotonic()
        if event.stage != self._stage:
            self._stage, self._started, self._shown = event.stage, now, 0.0
        if self._bar and (now - self._shown > 0.1 or (event.total and event.done >= event.total)):
            self._shown = now
            self._draw(event, now - self._started)

    def _draw(self, event: Event, seconds: float) -> None:
        columns = shutil.get_terminal_size().columns - 1
        amount = f"{event.done}" + (f"/{event.total}" if event.total else "") + (f" {event.unit}" if event.unit else "")
        if event.unit == "bytes":
            amount = size_text(event.done) + (f" of {size_text(event.total)}" if event.total else "")
            if seconds > 1:
                amount += f", {size_text(event.done / seconds)}/s"
        if event.total and 0 < event.done < event.total and seconds > 2:
            amount += f", {seconds * (event.total - event.done) / event.done:.0f} s left"
        text = f"{event.stage:<9} {amount}  {printable(event.clip or event.message)}"[:columns]
        write_line(sys.stderr, "\r" + text.ljust(self._width), end="")
        self._width = len(text)

    def finish(self) -> None:
        """Leave the terminal's line clean."""
        if self._bar and self._width:
            write_line(sys.stderr, "\r" + " " * self._width + "\r", end="")
            self._width = 0


def write_line(stream: TextIO, text: str, end: str = "\n") -> None:
    """Write and flush; a reader that went away is not our error."""
    try:
        stream.write(text + end)
        stream.flush()
    except (BrokenPipeError, ValueError):
        return
