# SPDX-License-Identifier: GPL-3.0-or-later
"""One use of a clip in exact seconds, as timeline formats state it, and the event that an EDL would make of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..timecode import Timecode
from .model import Event, Transition
from .names import ShotNote, split_sequence

# A format that holds more picture clips than this is no edit.
MOST_CLIPS = 100_000
# Compound clips inside compound clips.
DEEPEST = 16
Reach = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Use:
    """A clip as it is seen. All times are seconds; `rate` counts its source, None = unknown.

    `source` is the source time of its first frame (0 = midnight) and `record` where it sits on the timeline, None
    where the format does not say. `head` and `tail` are how far a transition reaches before and after each cut.
    """

    name: str | None
    length: Fraction
    source: Fraction | None = None
    rate: Fraction | None = None
    record: Fraction | None = None
    speed: Fraction = Fraction(1)
    head: Reach | None = None
    tail: Reach | None = None
    reel: str | None = None
    source_file: str | None = None
    scene: str | None = None
    take: str | None = None
    shot: ShotNote | None = None
    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def event_of(number: int, use: Use, rate: Fraction, drop: bool = False) -> Event:
    """As an EDL lists it: the event begins and ends where a transition begins. `rate` and `drop` count its record."""
    early = use.head[0] if use.head is not None else Fraction(0)
    late = use.tail[0] if use.tail is not None else Fraction(0)
    length = use.length + early - late
    source_in = source_out = None
    if use.source is not None and use.rate is not None:
        first = round((use.source - early * (use.speed or 1)) * use.rate)
        needed = 1 if use.speed == 0 else max(1, round(length * use.rate * abs(use.speed)))
        source_in = Timecode(first, use.rate).wrapped()
        source_out = Timecode(first + needed, use.rate).wrapped()
    record_in = record_out = None
    if use.record is not None:
        record_in = Timecode(round((use.record - early) * rate), rate, drop)
        record_out = Timecode(round((use.record - early + length) * rate), rate, drop)
    sequence, shot = split_sequence(use.shot.shot) if use.shot is not None else (None, None)
    return Event(
        number=f"{number:03d}",
        reel=use.reel,
        clip_name=use.name,
        shot=shot,
        sequence=sequence,
        source_in=source_in,
        source_out=source_out,
        record_in=record_in,
        record_out=record_out,
        speed=use.speed,
        transition=None if use.head is None else Transition("dissolve", round(sum(use.head) * rate)),
        overlap_out=0 if use.tail is None else round(sum(use.tail) * rate),
        source_file=use.source_file,
        scene=use.scene,
        take=use.take,
        expected=use.shot.expected if use.shot is not None else None,
        counted=True,
        comments=use.comments[:100],
        notes=use.notes,
    )
