# SPDX-License-Identifier: GPL-3.0-or-later
"""A path with a placeholder for the frame number, as compositing programs write it, names one sequence.

| placeholder | means |
|---|---|
| `%04d`, `####`, `@@@@` | at least four digits, padded with zeros |
| `%d`, `#`, `@` | digits however many |
| `plate.%04d.exr 1001-1010` | only these frames (any frame set) |
| `plate.1001-1010####.exr` | the same |
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .clip import Clip, NameRun
from .errors import PlatesError
from .frames import FrameSet

_TOKEN = re.compile(r"%(?:0?(?P<width>[1-9]\d?))?d|(?P<marks>#+|@+)")
_BEFORE = re.compile(r"(?P<range>-?\d+(?:-\d+)?(?:x\d+)?(?:,-?\d+(?:-\d+)?(?:x\d+)?)*)\Z")
_BEHIND = re.compile(r" +(?P<range>-?\d[-\d,x]*)\Z")


@dataclass(frozen=True)
class PatternPath:
    """One sequence in `folder`: the names that `names` matches whole, whose group 1 is the number; `frames` or all."""

    path: str
    folder: str
    names: re.Pattern[str]
    frames: FrameSet | None = None

    def chosen(self, clips: Iterable[Clip]) -> list[Clip]:
        """The clips that the pattern means, cut to its frames."""
        found = []
        for clip in clips:
            if clip.file:
                match = self.names.fullmatch(clip.file)
                if match and (self.frames is None or int(match[1]) in self.frames):
                    found.append(clip)
            elif any(self.names.fullmatch(name) for run in clip.runs for name in (run.name(run.first),)):
                cut = clip if self.frames is None else _cut(clip, self.frames)
                found += [cut] if cut.runs else []
        return found


def parse_pattern(path: str) -> PatternPath | None:
    """Read an absolute path with one placeholder in its last part; None where there is none, or an unclear one."""
    folder, name = os.path.split(path)
    text = ""
    behind = _BEHIND.search(name)
    if behind is not None:
        name, text = name[: behind.start()], behind["range"]
    tokens = list(_TOKEN.finditer(name))
    if len(tokens) != 1:
        return None
    token = tokens[0]
    prefix, suffix = name[: token.start()], name[token.end() :]
    before = _BEFORE.search(prefix) if token["marks"] and not text else None
    if before is not None and "-" in before["range"].lstrip("-"):
        prefix, text = prefix[: before.start()], before["range"]
    width = int(token["width"] or 0) or len(token["marks"] or "")
    digits = r"\d+" if width <= 1 else rf"(?:\d{{{width}}}|[1-9]\d{{{width},}})"
    names = re.compile(rf"{re.escape(prefix)}(-?{digits}){re.escape(suffix)}", re.ASCII)
    if not text:
        return PatternPath(path, folder, names)
    try:
        return PatternPath(path, folder, names, FrameSet.parse(text))
    except (ValueError, PlatesError):
        return None


def _cut(clip: Clip, frames: FrameSet) -> Clip:
    """The clip with those of its files alone whose frame is wanted."""
    runs: list[NameRun] = []
    for run in clip.runs:
        wanted = [frame for frame in run.frames() if frame in frames]
        for frame in wanted:
            last = runs[-1] if runs else None
            if last is not None and (last.prefix, last.suffix, last.width) == (run.prefix, run.suffix, run.width):
                step = frame - last.last
                if last.first == last.last or step == last.step:
                    runs[-1] = replace(last, last=frame, step=step)
                    continue
            runs.append(NameRun(run.prefix, run.suffix, run.width, frame, frame))
    return replace(clip, runs=tuple(runs), frames=FrameSet.of(frame for run in runs for frame in run.frames()))
