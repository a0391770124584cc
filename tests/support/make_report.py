# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports made of plain facts, for tests of pages of any size."""

from __future__ import annotations

import re
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any

from ramses_plates.core.finding import error, warning
from ramses_plates.core.report.rows import Report, Row

# A whole JPEG of one grey pixel.
PIXEL = (
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQ"
    "Ew8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q=="
)


def row(shot: str = "SH010", **changes: Any) -> Row:
    """A published plate of 24 frames."""
    facts: dict[str, Any] = {
        "status": "published",
        "label": f"{shot}_plate.####.exr [1001-1024]",
        "shot": shot,
        "sequence": "SEQ",
        "step": "PLATE",
        "version": 1,
        "state": "WIP",
        "kind": "sequence",
        "name": f"{shot}_plate",
        "count": 24,
        "files": 24,
        "frames": "1001-1024",
        "width": 1920,
        "height": 1080,
        "rate": Fraction(24000, 1001),
        "timecode_in": "01:00:00:00",
        "timecode_out": "01:00:00:23",
        "bytes": 24_000_000,
        "verification": "full",
        "hash_name": "xxh128",
        "folder": f"05-SHOTS/P_S_{shot}/P_S_{shot}_PLATE/_published/001_WIP",
        "source": "/mnt/in/day 1",
        "operator": "kim",
        "when": 1_750_000_000.0,
        "identity": shot,
    }
    return Row(**{**facts, **changes})


def report(*rows: Row, **changes: Any) -> Report:
    """A run's report of these rows."""
    facts: dict[str, Any] = {"kind": "run", "project": "PROJ", "when": 1_750_000_000.0, "operator": "kim", "took": 2.0}
    return Report(rows=rows, **{**facts, **changes})


def many(count: int) -> Report:
    """Clips of which every tenth has a remark and every hundredth is refused."""
    rows = []
    for number in range(count):
        findings = () if number % 10 else (warning("missing-frames", "2 frames are missing: 1009-1010."),)
        status = "published" if number % 100 else "refused"
        if status == "refused":
            findings = (error("unmatched", "No rule tells the shot from this name."),)
        rows.append(row(f"SH{number:05d}", status=status, findings=findings, bytes=1000 * (number + 1)))
    return report(*rows)


class Outline(HTMLParser):
    """What a page consists of: tags with their attributes, and its text without scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._silent = 0
        self.feed(text)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += " "
        self._silent += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data
