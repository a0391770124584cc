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
from .window import CUT_SHORT, Window

# What is read behind the picture data in search of the index: a short clip's index fits, and one round trip is saved
_PEEK = 4096
# Far more than any real movie has; a hostile file could hold millions of empty boxes.
MOST_BOXES = 20_000
MOST_TOP_BOXES = 10_000
# A compressed index (QuickTime 3 to 7) of more than this is not believed.
LARGEST_INDEX = 8 * 1024 * 1024

_HEADER = struct.Struct(">I4s").unpack_from
_LARGE = struct.Struct(">Q").unpack_from

Box = tuple[bytes, int, int]  # kind, first byte of the body, first byte after the box


class Boxes(Window):
    """A part of a file that holds boxes; it counts them, so that no file can keep us busy."""

    __slots__ = ("_count",)

    def __init__(self, source: Source, start: int, end: int, first: int = 0, piece: bytes = b"") -> None:
        super().__init__(source, start, end, first, piece)
        self._count = 0

    def children(self, start: int, end: int) -> list[Box]:
        """The boxes between `start` and `end`. Raises DamagedFile for a box that does not fit in there."""
        found: list[Box] = []
        while end - start >= 8:
            at = start - self.first
            if 0 <= at <= len(self.piece) - 8:
                size, kind = _HEADER(self.piece, at)
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
        self._count += len(found)
        if self._count > MOST_BOXES:
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


def find_index(source: Source) -> Boxes:
    """The inside of the movie's index (`moov`), wherever it stands. Raises DamagedFile where there is none."""
    missing = 0
    boxes = TopBoxes(source)
    for kind, body, end in boxes:
        if kind == b"moov":
            if end > boxes.first + len(boxes.piece) and end > source.size:
                missing = end - source.size
                raise DamagedFile(f"the movie ends {missing} bytes before its index does: {CUT_SHORT}.", source.path)
            window = Boxes(source, body, end, boxes.first, boxes.piece)
            if end - body >= 8 and window.take(body + 4, 4) == b"cmov":
                return _unpacked(source, window)
            return window
        missing = end
    missing -= source.size
    early = f"ends {missing} bytes too early and " if missing > 0 else ""
    raise DamagedFile(f"the movie {early}has no index (moov): {CUT_SHORT}.", source.path)


def _unpacked(source: Source, window: Boxes) -> Boxes:
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
                return Boxes(source, 0, len(data) - 8, 0, data[8:])
    raise DamagedFile("the compressed index of the movie cannot be unpacked.", source.path)
