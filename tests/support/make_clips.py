# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips of files that a test has written, as the scanner would find them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from ramses_plates.core.clip import Clip, NameRun
from ramses_plates.core.frames import FrameSet


def single(path: str, kind: str = "still") -> Clip:
    """The clip of one movie or still."""
    folder, name = os.path.split(path)
    base, _dot, ext = name.rpartition(".")
    return Clip("movie" if kind == "movie" else "still", folder, ".", base or name, ext.lower(), file=name)


def sequence(folder: str, base: str, ext: str, frames: Sequence[int]) -> Clip:
    """The clip of `base.####.ext` with these frames, ascending."""
    runs = [NameRun(f"{base}.", f".{ext}", 4, first, last) for first, last in FrameSet.of(frames).plain().spans]
    return Clip("sequence", folder, ".", base, ext, ".", 4, FrameSet.of(frames), tuple(runs))


def written(folder: str, base: str, ext: str, frames: Sequence[int], build: Callable[[int], bytes]) -> Clip:
    """Write each frame as `build(frame)` gives it, and return the sequence."""
    os.makedirs(folder, exist_ok=True)
    clip = sequence(folder, base, ext, frames)
    for frame, name in clip.files():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(build(frame or 0))
    return clip
