# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known about a proxy movie: which version it shows, at which rate, and which of its frames are slates.

It lies beside the movie as `<stem>.proxy.json`. The C4 id of the movie tells later whether it is still the one that
was made here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .errors import TimecodeError
from .hashing import C4
from .longpath import native
from .preview_record import picture_path
from .timecode import rate_of, rate_text
from .versions import PublishedVersion

SCHEMA = "ramses-plates/proxy/1"
_LONGEST = 1 << 20
_PIECE = 1 << 20


@dataclass(frozen=True)
class ProxyRecord:
    """`version` and `completed` tell the version as in a PreviewRecord; `rate_from` who said the rate.

    `first` and `last` are frame numbers of the plate, gaps counted in; `slates` those without a picture, as text.
    `timecode` is the label in the movie's own track. `content` is the movie's C4 id.
    """

    version: str
    completed: int = 0
    first: int = 1
    last: int = 1
    slates: str = ""
    rate: Fraction | None = None
    rate_from: str = ""
    timecode: str | None = None
    burn_in: bool = False
    width: int = 0
    height: int = 0
    input: str = ""
    why: str = ""
    shown: str = ""
    bytes: int = 0
    content: str = ""

    @property
    def frames(self) -> int:
        """How many frames the movie has."""
        return self.last - self.first + 1

    def document(self) -> dict[str, Any]:
        """The record as it is written."""
        return {
            "schema": SCHEMA,
            "version": self.version,
            "completed": self.completed,
            "first": self.first,
            "last": self.last,
            "slates": self.slates,
            "rate": None if self.rate is None else rate_text(self.rate),
            "rate_from": self.rate_from,
            "timecode": self.timecode,
            "burn_in": self.burn_in,
            "width": self.width,
            "height": self.height,
            "colour": {"input": self.input, "why": self.why, "shown": self.shown},
            "bytes": self.bytes,
            "c4": self.content,
        }


def proxy_path(version: PublishedVersion) -> str:
    """The absolute path of a version's proxy movie, which need not exist."""
    return picture_path(version, ".mp4")


def proxy_record_path(version: PublishedVersion) -> str:
    """The absolute path of the record beside the movie."""
    return picture_path(version, ".proxy.json")


def read_proxy_record(path: str) -> ProxyRecord | None:
    """The record in a file; None where there is none or it is no record of ours."""
    try:
        with open(native(path), "rb") as file:
            data = json.loads(file.read(_LONGEST))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        return None
    colour = data.get("colour")
    colour = colour if isinstance(colour, dict) else {}
    timecode = data.get("timecode")
    return ProxyRecord(
        _text(data, "version"),
        _whole(data, "completed"),
        _whole(data, "first"),
        _whole(data, "last"),
        _text(data, "slates"),
        _rate(data.get("rate")),
        _text(data, "rate_from"),
        timecode if isinstance(timecode, str) else None,
        data.get("burn_in") is True,
        _whole(data, "width"),
        _whole(data, "height"),
        _text(colour, "input"),
        _text(colour, "why"),
        _text(colour, "shown"),
        _whole(data, "bytes"),
        _text(data, "c4"),
    )


def content_of(path: str) -> str:
    """The C4 id of a file; "" where it cannot be read."""
    total = C4()
    try:
        with open(native(path), "rb") as file:
            while piece := file.read(_PIECE):
                total.update(piece)
    except OSError:
        return ""
    return total.text()


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _whole(data: dict[str, Any], key: str) -> int:
    value = data.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _rate(value: object) -> Fraction | None:
    try:
        return rate_of(value) if isinstance(value, str) else None
    except TimecodeError:
        return None
