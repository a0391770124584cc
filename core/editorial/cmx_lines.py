# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a CMX3600 list, each told apart on its own: strict about columns, forgiving about layout."""

from __future__ import annotations

import re
from dataclasses import dataclass

# No line of a real list comes near this.
LONGEST_LINE = 8192
_LABEL = r"\d{1,2}[:;.,]\d{1,2}[:;.,]\d{1,2}[:;.,]\d{1,3}"
_EVENT = re.compile(
    rf"(\d{{1,9}}[A-Za-z]?) (\S.*?) ({_LABEL}) ({_LABEL}) ({_LABEL}) ({_LABEL})(?: (.*))?\Z",
    re.ASCII,
)
_EVENT_LIKE = re.compile(rf"\d{{1,9}}[A-Za-z]? \S.* {_LABEL}(?: |\Z)|\d{{3,9}} \S+ \S+ [CDWK]\d*(?: |\Z)", re.ASCII)
_CHANNELS = re.compile(
    r"(?:NONE|B|V\d{0,2}|(?:A\d{0,2}|AA\d?)(?:/V\d?)?|V/A+\d?|A\d?(?:/?A\d?){0,15}(?:/?V)?)\Z", re.ASCII
)
_KIND = re.compile(r"(C|D|W\d{0,3}|K(?:B|O|\s)?)\Z", re.ASCII)
_SPEED = re.compile(rf"M2 (?:(\S.*?) )??([+-]?\d{{1,5}}(?:\.\d{{0,6}})?)(-?)(?: ({_LABEL}))?\Z", re.ASCII | re.I)
_LABELLED = re.compile(r"([A-Za-z][A-Za-z0-9 _/]{0,40}?)\s*:\s*(.*)\Z", re.DOTALL)
_FCM = re.compile(r"FCM ?: ?(NON[- ]?)?DROP", re.I)
_TITLE = re.compile(r"TITLE ?:(.*)\Z", re.I)


@dataclass(frozen=True)
class EventLine:
    """`001  A001  V  C  [nnn]  in out in out`; labels as written, `kind` C, D, W001, K ..., `after` what follows."""

    number: str
    reel: str | None
    channels: str
    kind: str
    frames: int
    labels: tuple[str, str, str, str]
    after: str


@dataclass(frozen=True)
class SpeedLine:
    """`M2  reel  048.0  [label]`: frames a second as written, negative = backwards."""

    reel: str
    speed: str


@dataclass(frozen=True)
class ModeLine:
    """`FCM: DROP FRAME` and its opposite; holds for the lines after it."""

    drop: bool


@dataclass(frozen=True)
class TitleLine:
    """`TITLE: ...`."""

    title: str


@dataclass(frozen=True)
class NoteLine:
    """Any other line: a label in capitals ("" = none), the text after it, and the whole note."""

    label: str
    text: str
    whole: str


@dataclass(frozen=True)
class BrokenLine:
    """A line that wants to be an event and is none."""

    reason: str


Line = EventLine | SpeedLine | ModeLine | TitleLine | NoteLine | BrokenLine


def read_line(text: str) -> Line | None:
    """What one line says; None for a blank one."""
    if not text or text.isspace():
        return None
    if len(text) > LONGEST_LINE:
        return BrokenLine(f"it is {len(text)} characters long")
    words = " ".join(text.split())
    mode = _FCM.match(words)
    if mode is not None:
        return ModeLine(mode[1] is None)
    title = _TITLE.match(words)
    if title is not None:
        return TitleLine(title[1].strip())
    speed = _SPEED.match(words)
    if speed is not None:
        sign = "-" if speed[3] and not speed[2].startswith("-") else ""
        return SpeedLine((speed[1] or "").strip(), sign + speed[2])
    event = _EVENT.match(words)
    if event is not None:
        return _event(event)
    if _EVENT_LIKE.match(words):
        return BrokenLine("an event needs a number, a reel, a channel, an edit type and four timecodes")
    return _note(text)


def _event(match: re.Match[str]) -> EventLine | BrokenLine:
    """The words between number and timecodes, read from the right: [reel] channels type [frames]."""
    words = match[2].split()
    frames = 0
    if len(words) > 1 and words[-1].isdigit() and len(words[-1]) <= 5 and _KIND.match(words[-2].upper()):
        frames = int(words.pop())
    if (
        len(words) > 2 and words[-1].upper() in ("B", "O") and words[-2].upper() == "K"
    ):  # "K B", "K O": key back, key out
        words.pop()
    kind = words.pop().upper()
    if _KIND.match(kind) is None:
        return BrokenLine(f"{kind[:20]!r} is no edit type (C, D, W or K)")
    if not words:
        return BrokenLine("it names no channel")
    channels = words.pop().upper()
    if _CHANNELS.match(channels) is None:
        return BrokenLine(f"{channels[:20]!r} is no channel (V, A, A2, AA/V, B, NONE)")
    if kind[0] in "DW" and not frames:
        return BrokenLine("a dissolve or wipe needs its length in frames")
    labels = (match[3], match[4], match[5], match[6])
    reel = " ".join(words) or None
    return EventLine(match[1], reel, channels, kind, frames, labels, (match[7] or "").strip())


def _note(text: str) -> NoteLine:
    """A note with its stars taken off; blanks inside names are kept as they are."""
    body = text.strip().lstrip("*>#\t ")
    labelled = _LABELLED.match(body)
    if labelled is None:
        return NoteLine("", body, body)
    return NoteLine(" ".join(labelled[1].upper().replace("_", " ").split()), labelled[2].strip(), body)
