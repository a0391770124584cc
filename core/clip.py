# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips: footage as it lies on disk, every file remembered under the name it has there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from .frames import NO_FRAMES, FrameSet

Kind = Literal["sequence", "movie", "still", "udim"]


@dataclass(frozen=True)
class NameRun:
    """Files whose names differ only in an ascending frame number: `prefix + number + suffix`.

    `width` is the number of digits the number is zero-padded to (the sign does not count). A run is taken from
    names that exist, so `name()` gives back exactly those names.
    """

    prefix: str
    suffix: str
    width: int
    first: int
    last: int
    step: int = 1

    def name(self, frame: int) -> str:
        """The file name of one frame of this run."""
        sign = "-" if frame < 0 else ""
        return f"{self.prefix}{sign}{abs(frame):0{self.width}d}{self.suffix}"

    def frames(self) -> range:
        """The frame numbers of the run, ascending."""
        return range(self.first, self.last + 1, self.step)


@dataclass(frozen=True)
class Clip:
    """One sequence, movie, still or set of UDIM tiles.

    `root` is the absolute folder that was scanned and `dir` the clip's folder below it with `/` separators, "." for
    the root itself. `base`, `sep`, `padding`, `suffix`, `ext` follow the JSON contract: `ext` is lower case without
    dot, `padding` the width of the narrowest number, `suffix` stands between number and extension. Movies and stills
    have `file`, sequences and UDIM tiles have `runs` and `frames`. `view` is "left", "right" ... or "".
    `mixed_case` tells that extensions differ in case, `mixed_padding` that numbers are padded in more than one way,
    `via_symlink` that a link led here.
    """

    kind: Kind
    root: str
    dir: str
    base: str
    ext: str
    sep: str = ""
    padding: int = 0
    frames: FrameSet = NO_FRAMES
    runs: tuple[NameRun, ...] = ()
    file: str = ""
    view: str = ""
    suffix: str = ""
    mixed_padding: bool = False
    mixed_case: bool = False
    via_symlink: bool = False

    @property
    def folder(self) -> str:
        """The absolute folder of the files."""
        return self.root if self.dir == "." else os.path.join(self.root, *self.dir.split("/"))

    @property
    def count(self) -> int:
        """How many files the clip has."""
        return 1 if self.file else len(self.frames)

    @property
    def missing(self) -> FrameSet:
        """Frames between first and last without a file; UDIM tiles and constant steps miss nothing."""
        return NO_FRAMES if self.kind == "udim" else self.frames.gaps

    @property
    def every(self) -> int | None:
        """The constant step of a sequence on twos, threes ...; None for ordinary ones."""
        return self.frames.step if self.frames.step > 1 else None

    def files(self) -> Iterator[tuple[int | None, str]]:
        """(frame, file name) of every file, by frame; the frame is None for movies and stills."""
        if self.file:
            yield None, self.file
            return
        for run in self.runs:
            for frame in run.frames():
                yield frame, run.name(frame)

    def paths(self) -> Iterator[str]:
        """The absolute path of every file, by frame."""
        folder = self.folder
        for _frame, name in self.files():
            yield os.path.join(folder, name)

    @property
    def first_file(self) -> str:
        """The file name of the first frame, or of the movie or still."""
        return self.file or self.runs[0].name(self.runs[0].first)

    @property
    def last_file(self) -> str:
        """The file name of the last frame, or of the movie or still."""
        if self.file:
            return self.file
        run = self.runs[-1]
        return run.name(run.frames()[-1])

    @property
    def first_path(self) -> str:
        """The absolute path of the first file: the one that is probed."""
        return os.path.join(self.folder, self.first_file)

    @property
    def label(self) -> str:
        """A short name for people: folder, base and frames."""
        where = "" if self.dir == "." else f"{self.dir}/"
        if self.file:
            return f"{where}{self.file}"
        hashes = "#" * max(1, self.padding)
        return f"{where}{self.base}{self.sep}{hashes}{self.suffix}.{self.ext} [{self.frames}]"

    def document(self) -> dict[str, Any]:
        """The clip as the JSON contract writes it; keys that do not apply are left out."""
        data: dict[str, Any] = {"kind": self.kind, "dir": self.dir, "base": self.base, "ext": self.ext}
        if self.file:
            data["file"] = self.file
        else:
            data["sep"] = self.sep
            if self.kind == "sequence":
                data["padding"] = self.padding
            data["frames"] = str(self.frames)
            data["missing"] = str(self.missing)
            data["files"] = [self.first_file, self.last_file]
        data["count"] = self.count
        if self.view:
            data["view"] = self.view
        if self.suffix:
            data["suffix"] = self.suffix
        if self.every:
            data["every"] = self.every
        if self.mixed_padding:
            data["mixed_padding"] = True
        return data
