# SPDX-License-Identifier: GPL-3.0-or-later
"""Each frame's own timecode, from the label of the first one."""

from __future__ import annotations

from .errors import TimecodeError
from .sidecar import SidecarFacts
from .timecode import Timecode


class FrameClock:
    """The start label of a version counted on from file to file, anew from every break that the headers showed.

    `first` is the file number that the start label belongs to (None for movies and stills). There is no label where
    start or rate is unknown, or where the header is known to count in another way.
    """

    def __init__(self, facts: SidecarFacts, first: int | None) -> None:
        self._marks: list[tuple[int, Timecode | None]] = []
        if not facts.record.get("timecode_doubt"):
            marks = [(first or 0, facts.timecode), *facts.timecode_breaks]
            self._marks = sorted(((frame, _read(label, facts)) for frame, label in marks), key=lambda mark: mark[0])

    def label(self, frame: int | None) -> str | None:
        """The timecode of one file; a movie or still (None) has that of its start."""
        found: str | None = None
        for at, start in self._marks:
            if frame is not None and at > frame:
                break
            found = None if start is None else str(start + (0 if frame is None else frame - at))
        return found


def _read(label: str | None, facts: SidecarFacts) -> Timecode | None:
    if label is None or facts.rate is None:
        return None
    drop = facts.record.get("drop")
    try:
        return Timecode.read(label, facts.rate, drop if isinstance(drop, bool) else None)[0]
    except TimecodeError:
        return None
