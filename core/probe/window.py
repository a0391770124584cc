# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a file that is read in pieces as it is asked for."""

from __future__ import annotations

from ..errors import DamagedFile
from .source import Source

# The first read holds the whole index of an ordinary clip. The index of a long movie is mostly tables of sample
# sizes and offsets; those are stepped over, and what lies between them is read in small pieces.
FIRST_READ = 64 * 1024
NEXT_READ = 8 * 1024

CUT_SHORT = "it is still being written or was cut short"


class Window:
    """The bytes from `start` to `end`.

    `piece` are the bytes that were last read, from offset `first` on; loops that are called often look there before
    they `take`. A part that is not in the file at all (an index that was unpacked) has all its bytes in `piece`; its
    offsets count from 0.
    """

    __slots__ = ("end", "first", "piece", "source", "start")

    def __init__(self, source: Source, start: int, end: int, first: int = 0, piece: bytes = b"") -> None:
        self.source = source
        self.start = start
        self.end = end
        if first <= start and end <= first + len(piece):
            self.first, self.piece = first, piece
        else:
            self.first, self.piece = start, source.read_some(start, min(FIRST_READ, end - start))

    def take(self, at: int, length: int) -> bytes:
        """Exactly `length` bytes from offset `at`. Raises DamagedFile where the part or the file ends before that."""
        start = at - self.first
        if start >= 0:
            piece = self.piece[start : start + length]
            if len(piece) == length:
                return piece
        if length < 0 or at < self.start or at + length > self.end:
            raise DamagedFile(f"the content at byte {at} of the header is cut off.", self.source.path)
        if length > NEXT_READ:
            return self.source.read_at(at, length)
        self.piece = self.source.read_some(at, min(NEXT_READ, self.end - at))
        self.first = at
        if len(self.piece) < length:
            raise DamagedFile(f"the file ends inside its header: {CUT_SHORT}.", self.source.path)
        return self.piece[:length]
