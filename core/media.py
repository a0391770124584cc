# SPDX-License-Identifier: GPL-3.0-or-later
"""Media: the technical facts of one clip, as its own header states them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .errors import TimecodeError
from .frames import NO_FRAMES, FrameSet
from .timecode import Timecode, rate_text


@dataclass(frozen=True)
class Colour:
    """Colour tags as found: names in lower case such as "bt709", None where the file says nothing."""

    space: str | None = None
    primaries: str | None = None
    transfer: str | None = None
    matrix: str | None = None


@dataclass(frozen=True)
class Media:
    """What a header says. None means that the file does not say it; nothing is ever guessed.

    `width`/`height` are the display window, `data_window` is (x, y, width, height). `start_timecode` is the label as
    the file writes it (";" before the frames when its drop flag is set). `fps` is exact. `channels` are the names
    in file order. `source` names the reader, `error` is one sentence when the file could not be read.
    `notes` are sentences about how a fact was read (a drop flag ignored, a rate from the film header ...).
    """

    source: str
    width: int | None = None
    height: int | None = None
    pixel_aspect: Fraction | None = None
    fps: Fraction | None = None
    start_timecode: str | None = None
    frame_count: int | None = None
    duration_seconds: Fraction | None = None
    codec: str | None = None
    compression: str | None = None
    pixel_format: str | None = None
    channels: tuple[str, ...] = ()
    data_window: tuple[int, int, int, int] | None = None
    reel: str | None = None
    colour: Colour = Colour()
    error: str | None = None
    notes: tuple[str, ...] = ()

    def timecode(self, rate: Fraction | None = None) -> Timecode | None:
        """The start timecode at `rate` (default: the file's own); None where label or rate is missing or impossible.

        A drop label at a rate without drop numbering is read as non-drop: real cameras write it.
        """
        rate = rate or self.fps
        if self.start_timecode is None or rate is None:
            return None
        for drop in (None, False):
            try:
                return Timecode.parse(self.start_timecode, rate, drop)
            except TimecodeError:
                continue
        return None

    def document(self) -> dict[str, Any]:
        """The media as the JSON contract writes it."""
        colour = self.colour
        data: dict[str, Any] = {
            "width": self.width,
            "height": self.height,
            "pixel_aspect": None if self.pixel_aspect is None else round(float(self.pixel_aspect), 6),
            "fps": None if self.fps is None else rate_text(self.fps),
            "start_timecode": self.start_timecode,
            "frame_count": self.frame_count,
            "duration_seconds": None if self.duration_seconds is None else round(float(self.duration_seconds), 6),
            "codec": self.codec,
            "compression": self.compression,
            "pixel_format": self.pixel_format,
            "channels": list(self.channels),
            "data_window": None if self.data_window is None else list(self.data_window),
            "reel": self.reel,
            "colour": {
                "space": colour.space,
                "primaries": colour.primaries,
                "transfer": colour.transfer,
                "matrix": colour.matrix,
            },
            "source": self.source,
            "error": self.error,
        }
        if self.notes:
            data["notes"] = list(self.notes)
        return data


@dataclass(frozen=True)
class TimecodeBreak:
    """The frame where a sequence's timecode stops counting: what its header says and what was expected."""

    frame: int
    found: str | None
    expected: str


@dataclass(frozen=True)
class FrameReport:
    """What `--every-frame` found in a sequence. Frames are file numbers; `odd` differ in size, format or channels.

    `truncated` and `unreadable` map to one sentence each, by frame; `zero_byte` are empty files.
    """

    checked: int
    timecode_breaks: tuple[TimecodeBreak, ...] = ()
    odd: tuple[tuple[int, str], ...] = ()
    truncated: tuple[tuple[int, str], ...] = ()
    unreadable: tuple[tuple[int, str], ...] = ()
    zero_byte: FrameSet = NO_FRAMES
