# SPDX-License-Identifier: GPL-3.0-or-later
"""A delivery: the clips of some folders together with what their headers say. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .cache import ProbeCache
from .clip import Clip
from .events import Cancel, Event, Listener, silent
from .media import FrameReport, Media
from .probe import check_frames, probe_clips
from .scan import scan
from .scan_result import Ignored


@dataclass(frozen=True)
class Delivered:
    """One clip, its media, and what a look at every frame found (None = nobody looked)."""

    clip: Clip
    media: Media
    frames: FrameReport | None = None


@dataclass(frozen=True)
class Delivery:
    """All clips found under `paths`, in a stable order, and what was left out and why."""

    paths: tuple[str, ...]
    items: tuple[Delivered, ...]
    ignored: tuple[Ignored, ...] = ()
    warnings: tuple[str, ...] = ()


def survey(
    paths: Sequence[str],
    *,
    every_frame: bool = True,
    jobs: int | None = None,
    cache: ProbeCache | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> Delivery:
    """Scan `paths`, probe every clip and (unless told otherwise) read the header of every frame of its sequences.

    Events of stages "scan" and "probe" carry what is found as it is found. Raises Cancelled, and PlatesError for a
    path that does not exist; a bad file costs only its clip.
    """
    cancel = cancel or Cancel()
    found = scan(paths, threads=jobs, listen=listen, cancel=cancel)
    media: list[Media | None] = [None] * len(found.clips)
    for done, (index, facts) in enumerate(
        probe_clips(found.clips, jobs=jobs, cache=cache, listen=silent, cancel=cancel), start=1
    ):
        media[index] = facts
        clip = found.clips[index]
        listen(Event("probe", done, len(found.clips), "clips", clip.label, payload=(clip, facts)))
    items = []
    total = sum(clip.count for clip in found.clips)
    checked = 0
    for clip, facts_ in zip(found.clips, media, strict=True):
        if facts_ is None:  # probe_clips answers for every clip; a hole would be its fault, not the file's
            raise RuntimeError(f"no answer for {clip.label}")
        report = None
        if every_frame and clip.kind == "sequence" and clip.count > 1 and facts_.error is None:
            report = check_frames(clip, facts_, jobs=jobs, listen=silent, cancel=cancel)
        checked += clip.count
        listen(Event("frames", checked, total, "frames", clip.label))
        items.append(Delivered(clip, facts_, report))
    return Delivery(tuple(paths), tuple(items), found.ignored, found.warnings)
