# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan knows of each delivered file: size, time and identity, taken once and held in a few bytes per file."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .clip import Clip
from .events import Cancel, Listener, silent
from .frames import FrameSet
from .longpath import native
from .progress import Progress
from .workers import paced

# Some Windows file systems have 128-bit file numbers; the lower half is as good as the whole for noticing a change.
_MASK = (1 << 64) - 1
_HALF = 1 << 63
_VANISHED = -1
_CHUNK = 64


class SourceFile(NamedTuple):
    """One delivered file as it was when it was planned. `frame` is None for movies and stills.

    `frame_text` is the number with sign and digits exactly as delivered, "" where there is none.
    """

    path: str
    frame: int | None
    frame_text: str
    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True)
class SourceFiles:
    """The files of one clip, by frame, with their sizes (bytes), times and inodes at the time of `take`.

    `problems` are (file name, sentence) of the files that cannot be published: vanished, unreadable, not a file.
    """

    clip: Clip
    sizes: array[int]
    mtimes: array[int]
    inodes: array[int]
    problems: tuple[tuple[str, str], ...] = ()

    @classmethod
    def take(
        cls,
        clip: Clip,
        *,
        threads: int | None = None,
        listen: Listener = silent,
        cancel: Cancel | None = None,
    ) -> SourceFiles:
        """Ask the disk once for every file of the clip. Events: stage "plan", unit "files". Raises Cancelled."""
        look = _Look(clip, listen, cancel or Cancel())
        paced(look.chunks(), look.take, threads)
        look.progress.finish()
        return cls(clip, look.sizes, look.mtimes, look.inodes, tuple(sorted(look.problems)))

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self) -> Iterator[SourceFile]:
        folder = self.clip.folder
        facts = zip(_numbered(self.clip), self.sizes, self.mtimes, self.inodes, strict=True)
        for (frame, text, name), size, mtime_ns, inode in facts:
            yield SourceFile(os.path.join(folder, name), frame, text, size, mtime_ns, inode)

    @property
    def total_bytes(self) -> int:
        """Bytes of all files together."""
        return sum(size for size in self.sizes if size > 0)

    @property
    def vanished(self) -> tuple[str, ...]:
        """Names of the files that are gone or cannot be looked at."""
        return self._named(_VANISHED)

    @property
    def zero_byte(self) -> tuple[str, ...]:
        """Names of the empty files."""
        return self._named(0)

    @property
    def zero_byte_frames(self) -> FrameSet:
        """Frame numbers of the empty files of a sequence."""
        if 0 not in self.sizes:
            return FrameSet()
        pairs = zip(_numbered(self.clip), self.sizes, strict=True)
        return FrameSet.of(frame for (frame, _, _), size in pairs if size == 0 and frame is not None)

    def digest(self) -> str:
        """A text that changes whenever a name, size, time or inode of the plan does."""
        clip = self.clip
        names = [clip.folder, clip.file, [(run.prefix, run.suffix, run.width, str(run.frames())) for run in clip.runs]]
        digest = hashlib.sha1(json.dumps(names).encode("ascii"), usedforsecurity=False)
        for column in (self.sizes, self.mtimes, self.inodes):
            digest.update(column)
        return digest.hexdigest()

    def _named(self, size: int) -> tuple[str, ...]:
        if size not in self.sizes:
            return ()
        pairs = zip(_numbered(self.clip), self.sizes, strict=True)
        return tuple(name for (_, _, name), found in pairs if found == size)


def inode_of(facts: os.stat_result) -> int:
    """The file's number as plans hold it."""
    return facts.st_ino & _MASK


def mtime_of(facts: os.stat_result) -> int:
    """The time of the last change in nanoseconds; absurd years wrap around, which still tells one from another."""
    return (facts.st_mtime_ns + _HALF) % (2 * _HALF) - _HALF


def _numbered(clip: Clip) -> Iterator[tuple[int | None, str, str]]:
    """(frame, frame text, file name) of every file, in the order of Clip.files()."""
    if clip.file:
        yield None, "", clip.file
        return
    for run in clip.runs:
        start, end = len(run.prefix), len(run.suffix)
        for frame in run.frames():
            name = run.name(frame)
            yield frame, name[start : len(name) - end], name


class _Look:
    """One pass over the files of a clip, in chunks that threads can share."""

    def __init__(self, clip: Clip, listen: Listener, cancel: Cancel) -> None:
        self._clip = clip
        self._cancel = cancel
        count = clip.count
        self.progress = Progress(listen, "plan", count, "files", clip.label)
        self.sizes = array("q", [_VANISHED]) * count
        self.mtimes = array("q", [0]) * count
        self.inodes = array("Q", [0]) * count
        self.problems: list[tuple[str, str]] = []

    def chunks(self) -> Iterator[tuple[int, list[str]]]:
        names: list[str] = []
        start = 0
        for _frame, name in self._clip.files():
            names.append(name)
            if len(names) == (1 if start < 16 else _CHUNK):  # the first few alone, so that their time can be measured
                yield start, names
                start += len(names)
                names = []
        if names:
            yield start, names

    def take(self, chunk: tuple[int, list[str]]) -> None:
        start, names = chunk
        folder = native(self._clip.folder)
        for index, name in enumerate(names, start):
            self._cancel.check()
            try:
                facts = os.stat(os.path.join(folder, name))
            except FileNotFoundError:
                self.problems.append((name, "the file is gone."))
                continue
            except OSError as error:
                self.problems.append((name, f"the file cannot be read: {error.strerror}."))
                continue
            if not stat.S_ISREG(facts.st_mode):
                self.problems.append((name, "this is not a file."))
                continue
            self.sizes[index] = facts.st_size
            self.mtimes[index] = mtime_of(facts)
            self.inodes[index] = inode_of(facts)
        self.progress.add(len(names))
