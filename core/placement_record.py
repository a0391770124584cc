# SPDX-License-Identifier: GPL-3.0-or-later
"""What a published version remembers, so that it can be placed years later without the edit that ordered it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, cast, get_args

from .clip import Kind
from .cut import find_cut
from .editorial.model import Event
from .errors import ManifestError, PlacementRefused, TimecodeError
from .footage import Footage
from .frames import FrameSet
from .placement import StartFacts
from .timecode import Timecode, rate_of, rate_text

SCHEMA = 1
# A week at 60 frames a second: a record that claims more is damaged, and would only cost memory.
MOST_FRAMES = 40_000_000
_POSITIONS = ("source_in", "source_out", "record_in", "record_out")
_SPEED = re.compile(r"(-?\d{1,12})(?:/([1-9]\d{0,11}))?\Z", re.ASCII)
_EVENT_TEXTS = ("number", "reel", "clip_name", "shot", "sequence", "source_file")


@dataclass(frozen=True)
class Recorded:
    """What a record gives back: everything `place` asks for.

    `start` is the recorded timeline frame of the cut in, `handles` the delivered frames before and after the cut;
    None where nobody knew them. `start_facts(recorded)` joins them with the step's settings.
    """

    footage: Footage
    event: Event | None = None
    start: int | None = None
    handles: tuple[int, int] | None = None


def placement_record(
    footage: Footage, *, event: Event | None = None, start: StartFacts | None = None
) -> dict[str, Any]:
    """The JSON-ready record of a plate, for the `ramses_plates` key of its sidecar entries.

    `start_timecode`, `rate` (a fraction as text), `drop`, `reel`, `frames`, `kind` say what the plate is; `event` what
    the edit ordered; `cut` holds the first and last file frame of the cut (inclusive), `handles` the delivered frames
    before and after it; `shot_start` the timeline frame of the cut in. Keys of unknown facts are left out.
    """
    facts = start or StartFacts()
    label = footage.start(event.source_in.rate if event is not None and event.source_in is not None else None)
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "name": footage.name,
        "kind": footage.kind,
        "frames": str(footage.frames),
        "start_timecode": footage.start_label,
        "rate": None if footage.rate is None else rate_text(footage.rate),
        "drop": label.drop if label is not None else footage.drop,
        "reel": footage.reel,
        "reel_source": footage.reel_source or None,
        "timecode_doubt": footage.doubt or None,
        "event": None if event is None else _event_record(event),
        "shot_start": None if start is None else start.start,
        "shot_start_source": None if start is None else start.source,
    }
    if footage.kind != "udim" and footage.frames and (event is not None or facts.head is not None):
        record.update(_cut_record(footage, event, facts))
    return {key: value for key, value in record.items() if value is not None}


def from_record(
    record: Mapping[str, Any], *, frames: FrameSet | None = None, path: str = "", ext: str = ""
) -> Recorded:
    """Footage, event and start facts of a record. `frames` are those on disk now, where somebody looked.

    Raises ManifestError for a record that is no record of ours or breaks its own form.
    """
    try:
        return _read(record, frames, path, ext)
    except (KeyError, TypeError, ValueError, AttributeError, TimecodeError) as problem:
        raise ManifestError(
            f"the placement record of this version is broken ({problem}).",
            path or None,
            "Probe the files: their headers can place it too.",
        ) from None


def with_sidecar(footage: Footage, entry: Mapping[str, Any]) -> Footage:
    """Probed footage of another tool's version, completed from its sidecar entry (`timecode`, `fps`, `sourceMedia`).

    What the header states wins; the sidecar only fills what it leaves open.
    """
    timecode, fps, source = entry.get("timecode"), entry.get("fps"), entry.get("sourceMedia")
    notes = list(footage.notes)
    if footage.rate is None and isinstance(fps, (int, float, str)) and not isinstance(fps, bool):
        try:
            footage = footage.at_rate(rate_of(fps))
            notes.append("The rate comes from the version's sidecar.")
        except TimecodeError:
            notes.append(f"The rate in the version's sidecar is none: {fps!r}.")
    if footage.start_label is None and isinstance(timecode, str) and timecode.strip():
        footage = replace(footage, start_label=timecode.strip())
        notes.append("The start timecode comes from the version's sidecar.")
    names = footage.names
    if isinstance(source, str) and source and source not in names:
        names = (*names, source)
    return replace(footage, names=names, notes=tuple(notes))


def _cut_record(footage: Footage, event: Event | None, facts: StartFacts) -> dict[str, Any]:
    rate = event.source_in.rate if event is not None and event.source_in is not None else None
    try:
        cut = find_cut(footage, event, facts, rate)
    except PlacementRefused:
        return {}  # the event lies outside this plate: recording a cut would be a guess
    first = footage.frames.first + cut.offset
    after = footage.length - cut.offset - cut.count
    return {"cut": [first, first + cut.count - 1], "handles": [max(0, cut.offset), max(0, after)]}


def _event_record(event: Event) -> dict[str, Any]:
    record: dict[str, Any] = {name: getattr(event, name) for name in _EVENT_TEXTS}
    for name in _POSITIONS:
        value: Timecode | None = getattr(event, name)
        if value is not None:
            record[name] = str(value)
            record[f"{name.partition('_')[0]}_rate"] = rate_text(value.rate)
    if event.speed != 1:
        record["speed"] = str(event.speed)
    if event.expected is not None:
        record["expected"] = list(event.expected)
    if event.counted:
        record["counted"] = True
    return {key: value for key, value in record.items() if value is not None}


def _read(record: Mapping[str, Any], frames: FrameSet | None, path: str, ext: str) -> Recorded:
    if record["schema"] != SCHEMA:
        raise ValueError(f"schema {record['schema']!r} is not known")
    kind = record["kind"]
    if kind not in get_args(Kind):
        raise ValueError(f"{kind!r} is no kind of clip")
    if frames is None:
        frames = FrameSet.parse(record["frames"])
        if len(frames) > MOST_FRAMES:
            raise ValueError(f"{len(frames)} frames are no clip")
    footage = Footage(
        name=str(record["name"]),
        kind=cast(Kind, kind),
        frames=frames,
        rate=rate_of(record["rate"]) if "rate" in record else None,
        start_label=_text(record.get("start_timecode")),
        drop=bool(record["drop"]) if "drop" in record else None,
        reel=_text(record.get("reel")),
        reel_source=_text(record.get("reel_source")) or "",
        names=(str(record["name"]),),
        ext=ext,
        path=path,
        doubt=_text(record.get("timecode_doubt")) or "",
    )
    event = _event_of(record["event"]) if "event" in record else None
    start = int(record["shot_start"]) if "shot_start" in record else None
    return Recorded(footage, event, start, _handles_of(record, frames))


def _event_of(record: Mapping[str, Any]) -> Event:
    texts: dict[str, Any] = {name: _text(record.get(name)) for name in _EVENT_TEXTS}
    for name in _POSITIONS:
        if name in record:
            rate = rate_of(record[f"{name.partition('_')[0]}_rate"])
            texts[name] = Timecode.read(str(record[name]), rate)[0]
    if "expected" in record:
        texts["expected"] = _pair(record["expected"])
    return Event(speed=_speed(record.get("speed", "1")), counted=record.get("counted") is True, **texts)


def _handles_of(record: Mapping[str, Any], frames: FrameSet) -> tuple[int, int] | None:
    """The recorded handles, counted anew where the frames on disk are not those of the record any more."""
    cut, handles = (_pair(record[key]) if key in record else None for key in ("cut", "handles"))
    if cut is not None and frames and record["kind"] == "sequence":
        return max(0, cut[0] - frames.first), max(0, frames.last - cut[1])
    return handles


def _pair(values: object) -> tuple[int, int]:
    if not isinstance(values, (list, tuple)):
        raise TypeError(f"{values!r} are no two numbers")
    first, last = (int(value) for value in values)
    return first, last


def _speed(text: object) -> Fraction:
    match = _SPEED.match(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is no speed")
    return Fraction(int(match[1]), int(match[2] or 1))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
