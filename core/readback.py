# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a file for its hash, from the disk itself where the system lets us pass its cache by."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable

from .errors import ReadFailed
from .events import Cancel
from .hashing import Hasher
from .longpath import native
from .os_errors import advice, reason
from .workers import run_all

BUFFER = 1 << 20
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOINHERIT", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe in the place of a file must not block the open
)
_local = threading.local()


def passes_cache() -> bool:
    """True where a file can be read from its device although the system has it in memory (Linux).

    On a network share this reaches the server, whose own memory nobody outside can pass by.
    """
    return hasattr(os, "posix_fadvise")


def hash_file(path: str, hasher: Hasher, passed: Callable[[int], None], *, from_device: bool = False) -> int:
    """Feed a whole file to the hasher and return its length in bytes; `passed` is told of every piece and may raise.

    With `from_device` the pages of the file are dropped from memory first; only what is on the disk already can be,
    so flush a file before. Raises ReadFailed.
    """
    length = 0
    try:
        with io.FileIO(native(path), "rb", opener=_open) as file:
            if from_device:
                leave_cache(file.fileno())
            buffer = thread_buffer()
            while True:
                count = file.readinto(buffer)
                if not count:
                    return length
                hasher.update(buffer[:count])
                length += count
                passed(count)
    except OSError as error:
        raise ReadFailed(f"cannot read: {reason(error)}.", path, advice(error)) from error


def hash_whole(path: str, hasher: Hasher, cancel: Cancel, *, from_device: bool = False) -> int:
    """Like hash_file; a cancel is heard even while the disk gives no answer. The thread that waits is left to it then.

    Raises ReadFailed, Cancelled.
    """
    lengths: list[int] = []

    def read(one: str) -> None:
        lengths.append(hash_file(one, hasher, lambda _count: cancel.check(), from_device=from_device))

    run_all([path], read, 1, watch=cancel.check)
    return lengths[0]


def thread_buffer() -> memoryview:
    """BUFFER bytes that belong to this thread until it asks again."""
    buffer: memoryview | None = getattr(_local, "buffer", None)
    if buffer is None:
        buffer = _local.buffer = memoryview(bytearray(BUFFER))
    return buffer


def _open(path: str, _flags: int) -> int:
    return os.open(path, _FLAGS)


def leave_cache(fd: int) -> None:
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    elif sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(fd, fcntl.F_NOCACHE, 1)
