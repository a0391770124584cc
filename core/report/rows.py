# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report shows, whether it tells of one run or of a whole project: rows of facts without any layout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from ..errors import TimecodeError
from ..finding import Finding
from ..footage import Footage
from ..media import Colour
from .edit import EditComparison

Level = Literal["ok", "warning", "refused", "idle"]
_LEVELS: dict[str, Level] = {"refused": "refused", "failed": "refused", "planned": "idle", "damaged": "refused"}


@dataclass(frozen=True)
class Picture:
    """A picture to be shown: `large` and `small` are JPEG in base64 ("" = not there), `note` says how it was made."""

    large: str = ""
    small: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One clip of a report. None and "" where a fact is not known.

    `status` is that of a run, or "published", "incomplete" (no marker) and "damaged" for what stands on the disk.
    `count` is frames, also of a movie; `files` how many files; `missing` frames as text and `missing_count` their
    number. `source` (the delivery's folder), `folder`, `manifest` and `operator` are for people inside only.
    `proxy` says in words which movie there is to look at. `identity` tells this version from any other, now and after
    an undo; "" for what is not published.
    """

    status: str
    label: str
    shot: str = ""
    sequence: str | None = None
    step: str = ""
    resource: str = ""
    version: int | None = None
    state: str = ""
    kind: str = ""
    name: str = ""
    count: int = 0
    files: int = 0
    frames: str = ""
    missing: str = ""
    missing_count: int = 0
    width: int | None = None
    height: int | None = None
    pixel_aspect: Fraction | None = None
    rate: Fraction | None = None
    rate_manual: bool = False
    codec: str | None = None
    compression: str | None = None
    pixel_format: str | None = None
    timecode_in: str | None = None
    timecode_out: str | None = None
    reel: str | None = None
    event: str | None = None
    ordered: tuple[int, int] | None = None
    handles: tuple[int, int] | None = None
    colorspace: str | None = None
    colour: Colour = field(default_factory=Colour)
    bytes: int = 0
    verification: str | None = None
    hash_name: str | None = None
    manifest: str | None = None
    folder: str | None = None
    source: str = ""
    operator: str = ""
    when: float | None = None
    findings: tuple[Finding, ...] = ()
    picture: Picture = Picture()
    preview: str | None = None
    proxy: str = ""
    identity: str = ""

    @property
    def level(self) -> Level:
        """Which of the three filters shows it; "idle" is neither good nor bad."""
        if self.status in _LEVELS:
            return _LEVELS[self.status]
        noted = any(finding.severity != "info" for finding in self.findings)
        return "warning" if noted or self.status == "incomplete" else "ok"

    @property
    def seconds(self) -> float | None:
        """How long the clip runs at its rate, gaps included as in its timecode; None without a rate."""
        return float((self.count + self.missing_count) / self.rate) if self.rate and self.count else None


@dataclass(frozen=True)
class Report:
    """A whole report. `kind` is "run" or "project"; `when` is UTC epoch seconds; `took` seconds, None for a project.

    `notes` are sentences about the report as a whole, `left_out` (name, reason) of files that are no footage,
    `private` are words that the client edition must not hold, `edit` is what an edit ordered beside what arrived.
    """

    kind: Literal["run", "project"]
    project: str
    when: float
    rows: tuple[Row, ...]
    operator: str = ""
    run: str = ""
    took: float | None = None
    registered: str = ""
    scope: str = ""
    notes: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    private: tuple[str, ...] = ()
    client: bool = False
    edit: EditComparison | None = None

    @property
    def done(self) -> tuple[Row, ...]:
        """The rows that this report calls delivered: published in this run, or standing in the project."""
        return tuple(row for row in self.rows if row.status in ("published", "incomplete"))

    @property
    def bytes(self) -> int:
        """Bytes of the media that are delivered."""
        return sum(row.bytes for row in self.done)

    @property
    def frames(self) -> int:
        """Frames that are delivered."""
        return sum(row.count for row in self.done)

    @property
    def seconds(self) -> float:
        """Running time of what is delivered and has a rate."""
        return sum(row.seconds or 0.0 for row in self.done)


def timecodes(footage: Footage) -> tuple[str | None, str | None]:
    """The timecode of the first and of the last frame (inclusive); the second None where it cannot be counted."""
    start = footage.start()
    if start is None:
        return footage.start_label, None
    try:
        return str(start), str(start + (footage.length - 1)) if footage.length else None
    except TimecodeError:
        return str(start), None


def count_text(count: int, unit: str) -> str:
    """`1 frame`, `2 frames`, `12,000 frames`."""
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def size_text(count: float) -> str:
    """Bytes for people, in the decimal units that disks are sold in: `999 bytes`, `1.4 GB`."""
    if count < 1000:
        return count_text(int(count), "byte")
    for unit in ("kB", "MB", "GB", "TB"):
        count /= 1000
        if count < 999.5 or unit == "TB":
            break
    return f"{count:.0f} {unit}" if count >= 99.5 else f"{count:.1f} {unit}"


def time_text(seconds: float) -> str:
    """Seconds for people: `4.2 s`, `3 min 20 s`, `1 h 05 min`."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def counted(rows: Iterable[Row]) -> dict[Level, int]:
    """How many rows each filter shows."""
    totals: dict[Level, int] = {"ok": 0, "warning": 0, "refused": 0, "idle": 0}
    for row in rows:
        totals[row.level] += 1
    return totals
