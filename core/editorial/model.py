# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns of an edit: its events, what could not be read of it, and the shots that it orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any, Literal

from ..timecode import Timecode, rate_text
from .names import clip_key

TransitionKind = Literal["dissolve", "wipe", "key"]
# Reel names that stand for "no tape": black, auxiliary source (CMX3600).
NO_REEL = frozenset({"AX", "BL", "BLACK", ""})


@dataclass(frozen=True)
class Transition:
    """How the event begins when it is no cut. `frames` is its length at the edit's rate, `code` the wipe's number."""

    kind: TransitionKind
    frames: int
    code: str = ""
    from_clip: str | None = None


@dataclass(frozen=True)
class LineProblem:
    """A line that was refused: its number (from 1), its text (cut short) and why."""

    line: int
    text: str
    reason: str

    def document(self) -> dict[str, Any]:
        """The problem as the JSON contract writes it."""
        return {"line": self.line, "text": self.text, "reason": self.reason}


@dataclass(frozen=True)
class Event:
    """One use of a clip in the edit. All outs are exclusive; None where the list does not say.

    `reel` is the longest reel name that the list gives, `short_reel` what its event line holds where that differs.
    Source positions are labels of the clip's own timecode, counted at the edit's rate; record positions lie on the
    edit's timeline. `speed` 1 is normal, 2 twice as fast, negative backwards, 0 a freeze frame. `source_file` is the
    file or long clip name of a SOURCE FILE or FROM FILE note. `expected` are the first and last file frame that a
    note asks for (both inclusive). `overlap_out` counts the frames after the out that the next event's transition still
    shows. `line` is where the event stands in its file, 0 where files have no lines.
    `counted` tells that the source positions are frame counts of a format without labels (OTIO, AAF, FCPXML): what
    their labels look like is then no evidence. `notes` say how something doubtful was read.
    """

    number: str | None = None
    reel: str | None = None
    clip_name: str | None = None
    shot: str | None = None
    sequence: str | None = None
    source_in: Timecode | None = None
    source_out: Timecode | None = None
    record_in: Timecode | None = None
    record_out: Timecode | None = None
    speed: Fraction = Fraction(1)
    transition: Transition | None = None
    overlap_out: int = 0
    channels: str = "V"
    source_file: str | None = None
    scene: str | None = None
    take: str | None = None
    short_reel: str | None = None
    counted: bool = False
    expected: tuple[int, int] | None = None
    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    line: int = 0

    @property
    def tape(self) -> str | None:
        """The reel, or None where the list names none (AX) or black (BL)."""
        return None if self.reel is None or self.reel.upper() in NO_REEL else self.reel

    @property
    def is_black(self) -> bool:
        """True for black and slugs: nothing is ordered there."""
        return self.reel is not None and self.reel.upper() in ("BL", "BLACK")

    @property
    def is_picture(self) -> bool:
        """False for events that only touch audio tracks: they would count every shot twice."""
        return (
            not self.channels
            or not self.channels.upper().replace("AA/", "A/").startswith(("A", "NONE"))
            or ("V" in self.channels.upper())
        )

    @property
    def clip(self) -> str | None:
        """The name that a delivered clip is expected to carry: clip name, else source file, without extension."""
        name = self.clip_name or self.source_file
        return clip_key(name) if name else None

    @property
    def label(self) -> str:
        """A short name for people: "event 003 (SH010)"."""
        number = f"event {self.number}" if self.number else f"line {self.line}" if self.line else "the event"
        name = self.shot or self.clip or self.tape
        return f"{number} ({name})" if name else number

    @property
    def cut_frames(self) -> int | None:
        """The length on the edit's timeline: record out - in, else the source length."""
        if self.record_in is not None and self.record_out is not None:
            return self.record_out.frames_since(self.record_in)
        return self.source_length

    @property
    def source_length(self) -> int | None:
        """The source length as written, without regard to the speed."""
        if self.source_in is None or self.source_out is None:
            return None
        return self.source_out.frames_since(self.source_in)

    @property
    def source_frames(self) -> int | None:
        """How many source frames the edit needs.

        The written length is believed while the speed explains it: an edit system writes either record x speed or
        the frames it really shows, floor((record - 1) x speed) + 1. A list that repeats the record length beside a
        speed leaves only record x speed, rounded up. A freeze needs one frame.
        """
        written = self.source_length
        cut = self.cut_frames
        if self.speed == 0:
            return 1
        if written is None or cut is None or self.speed == 1:
            return written if written is not None else cut
        speed = abs(self.speed)
        # M2 rounds the speed to a tenth of a frame a second.
        slack = 1 + Fraction(cut, 400)
        if floor((cut - 1) * speed) + 1 - slack <= written <= ceil(cut * speed) + slack:
            return written
        return ceil(cut * speed)

    def document(self) -> dict[str, Any]:
        """The event as the JSON contract writes it: outs exclusive, `frames` the length of the cut."""
        positions = ("source_in", "source_out", "record_in", "record_out")
        data: dict[str, Any] = {
            "number": self.number,
            "reel": self.reel,
            "clip_name": self.clip_name,
            "shot": self.shot,
            "sequence": self.sequence,
        }
        for name in positions:
            value: Timecode | None = getattr(self, name)
            data[name] = None if value is None else str(value)
        data["speed"] = int(self.speed) if self.speed.denominator == 1 else round(float(self.speed), 6)
        data["transition"] = None if self.transition is None else self.transition.kind
        data["transition_frames"] = None if self.transition is None else self.transition.frames
        data["overlap_out"] = self.overlap_out
        data["frames"] = self.cut_frames
        data["source_frames"] = self.source_frames
        data["expected_frames"] = None if self.expected is None else f"{self.expected[0]}-{self.expected[1]}"
        data["channels"] = self.channels
        for name in ("source_file", "scene", "take"):
            data[name] = getattr(self, name)
        data["comments"] = list(self.comments)
        data["notes"] = list(self.notes)
        data["line"] = self.line or None
        return data


@dataclass(frozen=True)
class Edit:
    """A list of events as one file states it.

    `rate` is what all its labels were counted at, and `rate_source` says in words where that rate came from: an EDL
    does not hold one. `notes` are sentences about how the list was read, `refused_lines` what was left out of it.
    """

    events: tuple[Event, ...]
    rate: Fraction
    rate_source: str
    title: str | None = None
    notes: tuple[str, ...] = ()
    refused_lines: tuple[LineProblem, ...] = ()
    path: str | None = field(default=None, compare=False)

    @property
    def rate_assumed(self) -> bool:
        """True where nothing states the rate: 24 may then be 23.976."""
        return self.rate_source.startswith("assumed")

    @property
    def picture(self) -> tuple[Event, ...]:
        """The events that order footage: no audio, no black."""
        return tuple(event for event in self.events if event.is_picture and not event.is_black)

    def shots_by_clip(self) -> dict[str, tuple[str, ...]]:
        """Clip name -> the shots it is used in, each once, in the order of the list; () where no note names one."""
        found: dict[str, dict[str, None]] = {}
        for event in self.picture:
            if event.clip is not None:
                shots = found.setdefault(event.clip, {})
                if event.shot is not None:
                    shots[event.shot] = None
        return {clip: tuple(shots) for clip, shots in found.items()}

    @property
    def clip_to_shot(self) -> dict[str, str | None]:
        """Clip name -> its shot; None where no note names one, or where several do: then only timecode can tell."""
        return {clip: shots[0] if len(shots) == 1 else None for clip, shots in self.shots_by_clip().items()}

    @property
    def frame_expectations(self) -> dict[str, tuple[str | None, int, int]]:
        """Clip name -> (shot, first, last) of the file frames that a note asks for, both inclusive."""
        return {
            event.clip: (event.shot, *event.expected)
            for event in self.picture
            if event.clip is not None and event.expected is not None
        }

    def document(self) -> dict[str, Any]:
        """The edit as the JSON contract writes it, without the schema line that the command adds."""
        shots = self.shots_by_clip()
        return {
            "title": self.title,
            "rate": rate_text(self.rate),
            "rate_source": self.rate_source,
            "events": [event.document() for event in self.events],
            "clip_to_shot": self.clip_to_shot,
            "several_shots": {clip: list(names) for clip, names in shots.items() if len(names) > 1},
            "notes": list(self.notes),
            "refused_lines": [problem.document() for problem in self.refused_lines],
        }
