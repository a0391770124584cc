# SPDX-License-Identifier: GPL-3.0-or-later
"""Footage: the few facts of a clip or of a published version that decide where its frames belong."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from fractions import Fraction

from .clip import Clip, Kind
from .errors import TimecodeError
from .frames import NO_FRAMES, FrameSet
from .media import Media
from .timecode import Timecode, nominal_rate

# Nuke counts the frames of these from 0, those of every other movie from 1 (nuke.md section 4).
_FROM_ZERO = frozenset({"r3d"})
# Their headers hold one BCD timecode that ends at :29 (EXR) or shares its tens with the drop flag (DPX).
_BCD_HEADERS = frozenset({"exr", "sxr", "dpx"})


@dataclass(frozen=True)
class Footage:
    """What placement and matching need to know.

    `frames` are the numbers a host asks for: file numbers of a sequence, 1..n of a movie, 1 of a still. `rate` is the
    file's own, None where it states none. `start_label` is the timecode text of the first frame, at `drop` numbering
    (None = as its separators say). `names` are other names it may be ordered by (the delivered base name, the movie's
    file name ...). `reel_source` says in words where the reel comes from. `doubt` is a sentence where the timecode
    must not be believed without looking at more frames.
    """

    name: str
    kind: Kind
    frames: FrameSet = NO_FRAMES
    rate: Fraction | None = None
    start_label: str | None = None
    drop: bool | None = None
    reel: str | None = None
    reel_source: str = ""
    names: tuple[str, ...] = ()
    ext: str = ""
    path: str = ""
    doubt: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of_clip(cls, clip: Clip, media: Media) -> Footage:
        """The footage of a scanned clip and what its header says."""
        frames, notes = _frames(clip, media)
        names = (clip.base, os.path.splitext(clip.file)[0]) if clip.file else (clip.base,)
        footage = cls(
            name=clip.base,
            kind=clip.kind,
            frames=frames,
            rate=media.fps,
            start_label=media.start_timecode,
            reel=media.reel,
            reel_source="header" if media.reel else "",
            names=tuple(dict.fromkeys(names)),
            ext=clip.ext,
            path=clip.first_path,
            notes=(*media.notes, *notes),
        )
        return replace(footage, doubt=footage._doubt())

    @property
    def is_movie(self) -> bool:
        """True for one file with many frames."""
        return self.kind == "movie"

    @property
    def first(self) -> int:
        """The first number a host asks for. Raises IndexError where the length is unknown."""
        return self.frames.first

    @property
    def length(self) -> int:
        """From the first to the last frame, gaps included; 0 where it is unknown."""
        return self.frames.last - self.frames.first + 1 if self.frames else 0

    def start(self, rate: Fraction | None = None) -> Timecode | None:
        """The first frame's timecode, counted at the file's rate, or at `rate` where the file states none."""
        return self.timecode(rate)[0]

    def timecode(self, rate: Fraction | None = None) -> tuple[Timecode | None, str]:
        """The first frame's timecode and a sentence where it was read with doubt or not at all ("" = neither)."""
        rate = self.rate or rate
        if self.start_label is None or rate is None:
            return None, ""
        try:
            return Timecode.read(self.start_label, rate, self.drop)
        except TimecodeError as problem:
            return None, str(problem)

    def at_rate(self, rate: Fraction) -> Footage:
        """The same footage with the rate that a person or the project decided."""
        changed = replace(self, rate=rate, doubt="")
        return replace(changed, doubt=changed._doubt())

    def confirmed(self) -> Footage:
        """The same footage after its frames have shown that its timecode counts every frame."""
        return replace(self, doubt="")

    def _doubt(self) -> str:
        if self.start_label is None or self.rate is None or self.ext not in _BCD_HEADERS:
            return ""
        nominal = nominal_rate(self.rate)
        if nominal <= 30:
            return ""
        return (
            f"{self.ext.upper()} headers cannot count {nominal} frames a second: "
            "the timecode may stand for pairs of frames."
        )


def _frames(clip: Clip, media: Media) -> tuple[FrameSet, tuple[str, ...]]:
    """The frame numbers of a clip, and a note where a movie's length had to be worked out."""
    if clip.kind in ("sequence", "udim"):
        return clip.frames, ()
    if clip.kind == "still":
        return FrameSet.of((1,)), ()
    first = 0 if clip.ext in _FROM_ZERO else 1
    if media.frame_count:
        return FrameSet(((first, first + media.frame_count - 1),)), ()
    if media.duration_seconds and media.fps:
        count = round(media.duration_seconds * media.fps)
        if count > 0:
            note = f"The movie does not state its frames: {count} follow from its duration and rate."
            return FrameSet(((first, first + count - 1),)), (note,)
    return NO_FRAMES, ()
