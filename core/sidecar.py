# SPDX-License-Identifier: GPL-3.0-or-later
"""`_ramses_data.json` and `.ramses_complete`: what a version folder says about itself, written for every Ramses tool.

Each file of the folder has one entry. It holds the keys that Ramses-Py reads (version, comment, date, stateShortName,
resource) and those of Ramses-Ingest (state, timecode, source, sourceMedia, operator, verification, fps, fpsManual,
colorspace, colorspaceManual); everything richer lies under the one key `ramses_plates`, which both leave alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from . import os_errors
from .errors import ManifestError, TimecodeError
from .json_entries import entries
from .longpath import native
from .timecode import rate_of, rate_text
from .tree import COMPLETE_MARKER, SIDECAR

OWN_KEY = "ramses_plates"
SCHEMA = 1
_LONGEST_MARKER = 64
_LATEST = 1e15  # seconds; also keeps NaN and infinity out


@dataclass(frozen=True)
class SidecarFacts:
    """What a sidecar says about a version. None and "" where it says nothing.

    `date` is epoch seconds, `state` a state's short name, `timecode` the label of the first frame, `rate` exact,
    `rate_manual` and `colorspace_manual` tell that a person decided. `source` is the delivery folder, `source_media`
    the clip's base name there, `verification` size, copy or full. `display` is (width, height), `data_window`
    (x, y, width, height). `timecode_breaks` are (frame, label) where the count starts anew (label None: no timecode
    from there on). `run` and `plan` name the publishing, `hash_name` the manifest's hash. `record` is the placement
    record of the plate.
    """

    version: int | None = None
    comment: str = ""
    date: float | None = None
    state: str = ""
    resource: str = ""
    timecode: str | None = None
    source: str = ""
    source_media: str = ""
    operator: str = ""
    verification: str = ""
    rate: Fraction | None = None
    rate_manual: bool = False
    colorspace: str | None = None
    colorspace_manual: bool = False
    display: tuple[int, int] | None = None
    data_window: tuple[int, int, int, int] | None = None
    pixel_aspect: Fraction | None = None
    timecode_breaks: tuple[tuple[int, str | None], ...] = ()
    run: str = ""
    plan: str = ""
    hash_name: str = ""
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FrameFacts:
    """One file's own part: its frame, the timecode of that frame and its hash (a manifest's text), None if unknown."""

    name: str
    frame: int | None = None
    timecode: str | None = None
    hash: str | None = None


def write_entries(facts: SidecarFacts, files: Iterable[FrameFacts]) -> Iterator[bytes]:
    """The sidecar as pieces of UTF-8 text, one line per file, for any number of files in little memory."""
    shared = _inside(_shared_keys(facts))
    own = _inside(_own_keys(facts))
    pieces = ["{\n"]
    length = 0
    comma = ""
    for file in files:
        mine: dict[str, Any] = {"frame": file.frame, "timecode": file.timecode}
        if file.hash is not None:
            mine["hash"] = {facts.hash_name: file.hash}
        line = f'{comma}    {json.dumps(file.name)}: {{{shared}, "{OWN_KEY}": {{{own}, {_inside(mine)}}}}}'
        comma = ",\n"
        pieces.append(line)
        length += len(line)
        if length > 1 << 20:
            yield "".join(pieces).encode("ascii")
            pieces, length = [], 0
    pieces.append("\n}\n")
    yield "".join(pieces).encode("ascii")


def marker(date: float) -> bytes:
    """The content of `.ramses_complete`: whole epoch seconds, no newline."""
    return str(int(date)).encode("ascii")


def read_facts(folder: str) -> SidecarFacts | None:
    """What the sidecar of a version folder says, from its first entry; None where there is no sidecar.

    Reads a few KiB however long the sidecar is. Raises ManifestError where it is broken or unreadable.
    """
    for _name, entry in read_entries(folder):
        if isinstance(entry, dict):
            return parse_facts(entry)
    return None


def read_entries(folder: str) -> Iterator[tuple[str, Any]]:
    """(file name, entry) of a version folder's sidecar; nothing where there is none. Raises ManifestError."""
    path = os.path.join(folder, SIDECAR)
    advice = "The files themselves are not touched by this; verify the version."
    try:
        with open(native(path), encoding="utf-8-sig") as file:
            yield from entries(file)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ManifestError(f"the sidecar cannot be read: {error.strerror}.", path, os_errors.advice(error)) from error
    except ValueError as error:
        raise ManifestError(f"the sidecar is broken: {error}.", path, advice) from error


def parse_facts(entry: Mapping[str, Any]) -> SidecarFacts:
    """The facts of one entry, whoever wrote it. Values of the wrong type count as absent."""
    own = entry.get(OWN_KEY)
    own = own if isinstance(own, dict) else {}
    state = _text(entry.get("stateShortName")) or _text(entry.get("state")).upper()
    version = entry.get("version")
    return SidecarFacts(
        version=version if isinstance(version, int) and not isinstance(version, bool) else None,
        comment=_text(entry.get("comment")),
        date=_number(entry.get("date")),
        state=state,
        resource=_text(entry.get("resource")),
        timecode=_text(entry.get("timecode")) or None,
        source=_text(entry.get("source")),
        source_media=_text(entry.get("sourceMedia")),
        operator=_text(entry.get("operator")),
        verification=_text(entry.get("verification")),
        rate=_rate(own.get("fps")) or _rate(entry.get("fps")),
        rate_manual=entry.get("fpsManual") is True,
        colorspace=_text(entry.get("colorspace")) or None,
        colorspace_manual=entry.get("colorspaceManual") is True,
        display=_whole(own.get("display_window"), 2),
        data_window=_whole(own.get("data_window"), 4),
        pixel_aspect=_fraction(own.get("pixel_aspect")),
        timecode_breaks=_breaks(own.get("timecode_breaks")),
        run=_text(own.get("run")),
        plan=_text(own.get("plan")),
        hash_name=_text(own.get("hash_name")),
        record={key: value for key, value in own.items() if key not in _OWN},
    )


def parse_frame(name: str, entry: Mapping[str, Any]) -> FrameFacts:
    """One file's own part of its entry."""
    own = entry.get(OWN_KEY)
    own = own if isinstance(own, dict) else {}
    frame, hashes = own.get("frame"), own.get("hash")
    values = list(hashes.values()) if isinstance(hashes, dict) else []
    return FrameFacts(
        name,
        frame if isinstance(frame, int) and not isinstance(frame, bool) else None,
        _text(own.get("timecode")) or None,
        values[0] if len(values) == 1 and isinstance(values[0], str) else None,
    )


def completed_at(folder: str) -> int | None:
    """The epoch seconds in `.ramses_complete`, 0 where it holds something else; None where it is missing."""
    try:
        with open(native(os.path.join(folder, COMPLETE_MARKER)), "rb") as file:
            text = file.read(_LONGEST_MARKER)
    except OSError:
        return None
    digits = text.strip()
    return int(digits) if digits.isdigit() else 0


# Our own keys besides those of the placement record.
_OWN = frozenset(
    (
        *("frame", "timecode", "hash", "fps", "display_window", "data_window", "pixel_aspect", "timecode_breaks"),
        *("run", "plan", "hash_name"),
    )
)


def _shared_keys(facts: SidecarFacts) -> dict[str, Any]:
    keys: dict[str, Any] = {
        "version": facts.version,
        "comment": facts.comment,
        "date": None if facts.date is None else int(facts.date),
        "stateShortName": facts.state,
        "state": facts.state.lower(),
        "resource": facts.resource,
        "source": facts.source,
        "sourceMedia": facts.source_media,
        "operator": facts.operator,
        "verification": facts.verification,
    }
    if facts.timecode is not None:
        keys["timecode"] = facts.timecode
    if facts.rate is not None:
        keys["fps"] = round(float(facts.rate), 6)
        keys["fpsManual"] = facts.rate_manual
    if facts.colorspace is not None:
        keys["colorspace"] = facts.colorspace
        keys["colorspaceManual"] = facts.colorspace_manual
    return keys


def _own_keys(facts: SidecarFacts) -> dict[str, Any]:
    keys: dict[str, Any] = {"schema": SCHEMA, **facts.record}
    keys.update(
        fps=None if facts.rate is None else rate_text(facts.rate),
        display_window=facts.display,
        data_window=facts.data_window,
        pixel_aspect=None if facts.pixel_aspect is None else str(facts.pixel_aspect),
        timecode_breaks=facts.timecode_breaks or None,
        run=facts.run,
        plan=facts.plan,
        hash_name=facts.hash_name,
    )
    return {key: value for key, value in keys.items() if value is not None}


def _inside(data: Mapping[str, Any]) -> str:
    """The text of a JSON object without its braces. ASCII only: names with undecodable bytes survive as \\udcXX."""
    return json.dumps(data, allow_nan=False)[1:-1]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_LATEST < value < _LATEST:
        return None
    return value


def _rate(value: object) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return rate_of(value)
    except TimecodeError:
        return None


def _fraction(value: object) -> Fraction | None:
    try:
        return Fraction(value) if isinstance(value, str) else None
    except (ValueError, ZeroDivisionError):
        return None


def _whole(value: object, count: int) -> Any:
    """A tuple of `count` integers, None for anything else."""
    if not isinstance(value, list) or len(value) != count:
        return None
    return tuple(value) if all(isinstance(part, int) and not isinstance(part, bool) for part in value) else None


def _breaks(value: object) -> tuple[tuple[int, str | None], ...]:
    if not isinstance(value, list):
        return ()
    found = []
    for part in value:
        if isinstance(part, list) and len(part) == 2 and isinstance(part[0], int):
            found.append((part[0], part[1] if isinstance(part[1], str) else None))
    return tuple(found)
