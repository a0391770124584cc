# SPDX-License-Identifier: GPL-3.0-or-later
"""Placement: where the frames of a plate sit on a host's timeline, and why."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, Literal

from .timecode import Timecode, rate_text

Policy = Literal["shot-start", "source-frames", "timecode"]
POLICIES: tuple[Policy, ...] = ("shot-start", "source-frames", "timecode")


@dataclass(frozen=True)
class HostLimits:
    """The frames that a host can hold, inclusive. `lowest_cut` is the lowest start its scene range takes."""

    name: str
    lowest: int
    highest: int
    lowest_cut: int


# Nuke keeps frames in 32-bit integer knobs.
NUKE = HostLimits("Nuke", -(2**31) + 1, 2**31 - 1, -(2**31) + 1)
# Blender silently clamps frames beyond 1,048,574, and the start of a scene at 0.
BLENDER = HostLimits("Blender", -1_048_574, 1_048_574, 0)


@dataclass(frozen=True)
class StartFacts:
    """The shot's start frame and handles, and in words where they come from.

    `start` is the timeline frame of the cut in. `head` and `tail` are plate frames outside the cut, None = unknown.
    """

    start: int = 1001
    head: int | None = None
    tail: int | None = None
    source: str = "the default"


@dataclass(frozen=True)
class Placement:
    """Exact numbers for a host. Every frame of the plate is placed one to one: nothing is retimed or resampled.

    `first_file_frame` and `last_file_frame` are what the host asks the file for (a movie's first frame is 1),
    `timeline_first` is where the first one sits. `cut_in` and `cut_out` are the timeline frames of the first and last
    plate frame that the cut needs (inclusive), whether they were delivered or not. `head_handle` and `tail_handle`
    count delivered frames outside the cut. `rate` is the clip's, `project_rate` the host's. `start_timecode` belongs
    to the first file frame. With a `speed` other than 1 the edit shows the cut in `edit_frames` frames.
    `reason` is one sentence, `notes` are further sentences that the person should read.
    """

    policy: Policy
    first_file_frame: int
    last_file_frame: int
    timeline_first: int
    cut_in: int
    cut_out: int
    head_handle: int
    tail_handle: int
    reason: str
    rate: Fraction | None = None
    project_rate: Fraction | None = None
    start_timecode: Timecode | None = None
    speed: Fraction = Fraction(1)
    edit_frames: int = 0
    notes: tuple[str, ...] = ()

    @property
    def timeline_last(self) -> int:
        """The timeline frame of the last file frame."""
        return self.timeline_frame(self.last_file_frame)

    @property
    def head_short(self) -> int:
        """How many frames of the cut are missing before the first file frame."""
        return min(max(0, self.timeline_first - self.cut_in), self.cut_out - self.cut_in + 1)

    @property
    def tail_short(self) -> int:
        """How many frames of the cut are missing after the last file frame."""
        return min(max(0, self.cut_out - self.timeline_last), self.cut_out - self.cut_in + 1)

    @property
    def edit_out(self) -> int:
        """The last timeline frame of the shot in the edit (inclusive): the cut out once the retime is applied."""
        return self.cut_in + self.edit_frames - 1

    def timeline_frame(self, file_frame: int) -> int:
        """Where a file frame sits; also for frames before the first and after the last one."""
        return self.timeline_first + file_frame - self.first_file_frame

    def file_frame(self, timeline_frame: int) -> int:
        """Which file frame sits at a timeline frame; ask `covers` whether the clip has it."""
        return self.first_file_frame + timeline_frame - self.timeline_first

    def covers(self, timeline_frame: int) -> bool:
        """True where the clip reaches: from its first to its last file frame, gaps included."""
        return self.timeline_first <= timeline_frame <= self.timeline_last

    def source_timecode(self, timeline_frame: int) -> Timecode | None:
        """The source timecode at a timeline frame, None where the clip has no timecode. Its label wraps at 24 hours."""
        return None if self.start_timecode is None else self.start_timecode + (timeline_frame - self.timeline_first)

    def timeline_of(self, timecode: Timecode) -> int | None:
        """The timeline frame of a source timecode: the one nearest to the clip's start, over midnight if need be."""
        start = self.start_timecode
        if start is None:
            return None
        return self.timeline_first + signed_distance(start, timecode)

    def edit_file_frame(self, timeline_frame: int) -> int:
        """Which file frame the edit shows at a timeline frame from `cut_in` to `edit_out`, its retime applied."""
        at = timeline_frame - self.cut_in
        first, last = self.file_frame(self.cut_in), self.file_frame(self.cut_out)
        if self.speed < 0:
            return last - floor(at * -self.speed)
        return first + floor(at * self.speed)

    def document(self) -> dict[str, Any]:
        """The placement for reports and for the record that a host keeps."""
        return {
            "policy": self.policy,
            "first_file_frame": self.first_file_frame,
            "last_file_frame": self.last_file_frame,
            "timeline_first": self.timeline_first,
            "timeline_last": self.timeline_last,
            "cut_in": self.cut_in,
            "cut_out": self.cut_out,
            "head_handle": self.head_handle,
            "tail_handle": self.tail_handle,
            "head_short": self.head_short,
            "tail_short": self.tail_short,
            "rate": None if self.rate is None else rate_text(self.rate),
            "project_rate": None if self.project_rate is None else rate_text(self.project_rate),
            "start_timecode": None if self.start_timecode is None else str(self.start_timecode),
            "speed": str(self.speed),
            "edit_frames": self.edit_frames,
            "reason": self.reason,
            "notes": list(self.notes),
        }


def signed_distance(start: Timecode, position: Timecode) -> int:
    """Frames from `start` to `position` by the shorter way round the day: negative where it lies before.

    Both must be counted at the same rate and drop mode.
    """
    day = start.frames_per_day
    distance = (position.frame - start.frame) % day
    return distance - day if distance > day // 2 else distance
