# SPDX-License-Identifier: GPL-3.0-or-later
"""A file as the header readers see it: a few bounded reads, never the whole file."""

from __future__ import annotations

import os
from types import TracebackType

from ..errors import DamagedFile

HEAD_SIZE = 4096
# No header that we read is larger; a length beyond it is damage, not data.
LARGEST_READ = 64 * 1024 * 1024
# Beyond every file; operating systems refuse larger offsets in ways of their own.
_FARTHEST = 1 << 62
# O_NONBLOCK: opening a named pipe must not wait for somebody to write into it; files do not care.
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


class Source:
    """An open file with its first 4 KiB in `head`; `size` is asked for only when a reader needs it.

    Raises OSError when the file cannot be opened. Use it as a context manager.
    """

    __slots__ = ("_fd", "_size", "head", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self._size: int | None = None
        self._fd = os.open(path, os.O_RDONLY | _BINARY)
        try:
            self.head = self._pread(HEAD_SIZE, 0)
        except BaseException:
            os.close(self._fd)
            raise

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    @property
    def size(self) -> int:
        """The size in bytes, from one fstat."""
        if self._size is None:
            self._size = os.fstat(self._fd).st_size
        return self._size

    def read_at(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`. Raises DamagedFile where the file ends before that."""
        data = self.read_some(offset, length)
        if len(data) != length:
            raise DamagedFile(f"the file ends at byte {offset + len(data)}, inside its header.", self.path)
        return data

    def read_some(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer only at the end of the file."""
        if not 0 <= length <= LARGEST_READ or offset < 0:
            raise DamagedFile("the header claims an impossible length.", self.path)
        if offset + length <= len(self.head):
            return self.head[offset : offset + length]
        if offset > _FARTHEST:
            return b""
        pieces = []
        while length > 0:
            piece = self._pread(length, offset)
            if not piece:
                break
            pieces.append(piece)
            offset += len(piece)
            length -= len(piece)
        return b"".join(pieces)

    if hasattr(os, "pread"):

        def _pread(self, length: int, offset: int) -> bytes:
            return os.pread(self._fd, length, offset)

    else:  # Windows has no pread; a Source is never shared between threads

        def _pread(self, length: int, offset: int) -> bytes:
            os.lseek(self._fd, offset, os.SEEK_SET)
            return os.read(self._fd, length)
