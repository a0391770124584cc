# SPDX-License-Identifier: GPL-3.0-or-later
"""What `file.fromUserText` finds out about a clip: its range, and the size of an EXR."""

from __future__ import annotations

import os
import re
import struct
from typing import Any

from ._state import STATE

MOVIES = (".mov", ".m4v", ".mp4", ".m4a", ".m4p", ".m4b", ".m4r", ".mpg", ".mpeg", ".avi", ".mxf")
_RANGE = re.compile(r"(.*) (-?\d+)-(-?\d+)\Z", re.DOTALL)
_PATTERN = re.compile(r"#+|%0?(\d*)d")


def printf_name(path: str) -> str:
    """The path with `####` written as `%04d`."""
    return re.sub(r"#+", lambda found: f"%0{len(found[0])}d", path)


def frame_file(path: str, frame: int) -> str:
    """The path of one frame; of the left eye where the path asks for views."""

    def number(found: re.Match[str]) -> str:
        width = len(found[0]) if found[0].startswith("#") else int(found[1] or 1)
        return f"{'-' if frame < 0 else ''}{abs(frame):0{width}d}"  # OPEN negative-numbers

    return _PATTERN.sub(number, path.replace("%V", "left").replace("%v", "l"))


def ranged(text: str) -> tuple[str, int, int]:
    """(path, first, last): the range at the end of the text, else what the disk says. Movies are 1..n."""
    match = _RANGE.match(text)
    if match is not None:
        return match[1], int(match[2]), int(match[3])
    if text.lower().endswith(MOVIES):
        return text, 1, STATE.movie_lengths.get(text, 1)
    if text.lower().endswith(".r3d"):
        return text, 0, STATE.movie_lengths.get(text, 1) - 1
    frames = _frames(text)
    return (text, min(frames), max(frames)) if frames else (text, 1, 1)


def _frames(path: str) -> list[int]:
    folder, name = os.path.split(path)
    pattern = _PATTERN.search(name)
    if pattern is None or not os.path.isdir(folder):
        return []
    form = re.compile(re.escape(name[: pattern.start()]) + r"(-?\d+)" + re.escape(name[pattern.end() :]) + r"\Z")
    return [int(found[1]) for entry in os.listdir(folder) if (found := form.match(entry))]


def exr_size(path: str) -> tuple[int, int] | None:
    """(width, height) of an EXR's display window; None for anything else."""
    try:
        with open(path, "rb") as file:
            head = file.read(65536)
    except OSError:
        return None
    mark = head.find(b"displayWindow\0box2i\0")
    if head[:4] != b"\x76\x2f\x31\x01" or mark < 0:
        return None
    left, top, right, bottom = struct.unpack_from("<4i", head, mark + 24)
    return right - left + 1, bottom - top + 1


def exr_timecode(path: str) -> str | None:
    """The `timeCode` of an EXR as Nuke's metadata tells it: `HH:MM:SS:FF`, the drop flag lost."""
    with open(path, "rb") as file:
        head = file.read(65536)
    mark = head.find(b"timeCode\0timecode\0")
    if mark < 0:
        return None
    packed = struct.unpack_from("<I", head, mark + 22)[0]
    two = [((packed >> shift) & mask, (packed >> low) & 15) for shift, mask, low in _DIGITS]
    return ":".join(f"{tens}{ones}" for tens, ones in reversed(two))


# (shift of the tens, their mask, shift of the ones): frames, seconds, minutes, hours (SMPTE 12M as OpenEXR packs it)
_DIGITS = ((4, 3, 0), (12, 7, 8), (20, 7, 16), (28, 3, 24))


def label_after(node: Any, at: int) -> str:
    """What an AddTimeCode says at a script frame: counted without drop, from `frame` where that is asked for."""
    if node["metafps"].value():
        raise NotImplementedError("the rate of the metadata")
    rate = round(node["fps"].value())
    hours, minutes, seconds, frames = map(int, re.split("[:;]", node["startcode"].value()))
    start = node["frame"].value() if node["useFrame"].value() else 1
    count = ((hours * 60 + minutes) * 60 + seconds) * rate + frames + at - start
    rest, frames = divmod(count % (24 * 3600 * rate), rate)
    return f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}:{frames:02d}"
