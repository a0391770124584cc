# SPDX-License-Identifier: GPL-3.0-or-later
"""The box structure of QuickTime and MP4 files (ISO/IEC 14496-12, QuickTime File Format): walked, never trusted.

A box is a size (u32, or u64 when that is 1, or "to the end" when it is 0), a four-letter kind and a body.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from ..errors import DamagedFile
from .source import Source

# The first read holds the whole index of an ordinary clip. The index of a long movie is mostly tables of sample
# sizes and offsets; those are stepped over, and what lies between them is read in small pieces.
FIRST_READ = 64 * 1024
NEXT_READ = 8 * 1024
# What is read behind the picture data in search of the index: a short clip's index fits, and one round trip is saved
_PEEK = 4096
# Far more than any real movie has; a hostile file could hold millions of empty boxes.
MOST_BOXES = 20_000
MOST_TOP_BOXES = 10_000
# A compressed index (QuickTime 3 to 7) of more than this is not believed.
LARGEST_INDEX = 8 * 1024 * 1024

CUT_SHORT = "it is still being written or was cut short"

_HEADER = struct.Struct(">I4s").unpack_from
_LARGE = struct.Struct(">Q").unpack_from

Box = tuple[bytes, int, int]  # kind, first byte of the body, first byte after the box


class Window:
    """The part of a file from `start` to `end`, read in pieces as they are asked for.

    `first` and `piece` are bytes that were read already. A part that is not in the file at all (an index that was
    unpacked) has all its bytes in `piece`; its offsets count from 0.
    """

    __slots__ = ("_boxes", "_first", "_piece", "end", "source", "start")

    def __init__(self, source: Source, start: int, end: int, first: int = 0, piece: bytes = b"") -> None:
        self.source = source
        self.start = start
        self.end = end
        self._boxes = 0
        if first <= start and end <= first + len(piece):
            self._first, self._piece = first, piece
        else:
            self._first, self._piece = start, source.read_some(start, min(FIRST_READ, end - start))

    def take(self, at: int, length: int) -> bytes:
        """Exactly `length` bytes from offset `at`. Raises DamagedFile where the part or the file ends before that."""
        start = at - self._first
        if start >= 0:
            piece = self._piece[start : start + length]
            if len(piece) == length:
                return piece
        if length < 0 or at < self.start or at + length > self.end:
            raise DamagedFile(f"the box content at byte {at} is cut off.", self.source.path)
        if length > NEXT_READ:
            return self.source.read_at(at, length)
        self._piece = self.source.read_some(at, min(NEXT_READ, self.end - at))
        self._first = at
        if len(self._piece) < length:
            raise DamagedFile(f"the file ends inside its index: {CUT_SHORT}.", self.source.path)
        return self._piece[:length]

    def children(self, start: int, end: int) -> list[Box]:
        """The boxes between `start` and `end`. Raises DamagedFile for a box that does not fit in there."""
        found: list[Box] = []
        while end - start >= 8:
            at = start - self._first
            if 0 <= at <= len(self._piece) - 8:
                size, kind = _HEADER(self._piece, at)
            else:
                size, kind = _HEADER(self.take(start, 8))
            body = start + 8
            if size < 8:
                if size == 0:
                    break  # the zero that ends a list of user data
                size, body = self._large(size, body, end)
            if start + size > end or size < body - start:
                raise DamagedFile(f"the box {name(kind)} at byte {start} claims an impossible size.", self.source.path)
            start += size
            found.append((kind, body, start))
            if len(found) > MOST_BOXES:
                break
        self._boxes += len(found)
        if self._boxes > MOST_BOXES:
            raise DamagedFile("the index holds more boxes than any movie has.", self.source.path)
        return found

    def _large(self, size: int, body: int, end: int) -> tuple[int, int]:
        """Size and body of a box whose size stands in the eight bytes after its kind."""
        if size != 1 or body + 8 > end:
            return 0, body
        return _LARGE(self.take(body, 8))[0], body + 8


def name(kind: bytes) -> str:
    """A box kind for people: 'moov'."""
    return repr(kind.decode("latin-1"))


class TopBoxes:
    """The boxes of the file itself; the last one may end past the end of the file, the caller judges that.

    `piece` are the bytes that were last read, from offset `first` on.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.first = 0
        self.piece = source.head

    def __iter__(self) -> Iterator[Box]:
        start = 0
        for _ in range(MOST_TOP_BOXES):
            at = start - self.first
            if at + 16 > len(self.piece):
                self.first, at, self.piece = start, 0, self._source.read_some(start, _PEEK)
            if at + 8 > len(self.piece):
                return
            size, kind = _HEADER(self.piece, at)
            body = start + 8
            if size == 1 and at + 16 <= len(self.piece):
                size = _LARGE(self.piece, at + 8)[0]
                body += 8
            elif size == 0:
                size = max(self._source.size - start, 8)
            if size < body - start or not _is_kind(kind):
                return  # zeros and rubbish after the last box do no harm
            start += size
            yield kind, body, start


def _is_kind(kind: bytes) -> bool:
    return kind.isalnum() or all(32 <= letter < 127 or letter == 0xA9 for letter in kind)


def find_index(source: Source) -> Window:
    """The inside of the movie's index (`moov`), wherever it stands. Raises DamagedFile where there is none."""
    missing = 0
    boxes = TopBoxes(source)
    for kind, body, end in boxes:
        if kind == b"moov":
            if end > boxes.first + len(boxes.piece) and end > source.size:
                missing = end - source.size
                raise DamagedFile(f"the movie ends {missing} bytes before its index does: {CUT_SHORT}.", source.path)
            window = Window(source, body, end, boxes.first, boxes.piece)
            if end - body >= 8 and window.take(body + 4, 4) == b"cmov":
                return _unpacked(source, window)
            return window
        missing = end
    missing -= source.size
    early = f"ends {missing} bytes too early and " if missing > 0 else ""
    raise DamagedFile(f"the movie {early}has no index (moov): {CUT_SHORT}.", source.path)


def _unpacked(source: Source, window: Window) -> Window:
    """The index out of `cmov`: its `cmvd` holds the size (u32) and then a whole moov box, packed with zlib."""
    for _, body, end in window.children(window.start, window.end):
        for kind, start, stop in window.children(body, end):
            if kind != b"cmvd" or not 4 <= stop - start <= LARGEST_INDEX:
                continue
            try:
                data = zlib.decompressobj().decompress(window.take(start + 4, stop - start - 4), LARGEST_INDEX)
            except zlib.error:
                continue
            if data[4:8] == b"moov":
                return Window(source, 0, len(data) - 8, 0, data[8:])
    raise DamagedFile("the compressed index of the movie cannot be unpacked.", source.path)
