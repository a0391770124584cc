# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies the files of one version into its working folder: each read once, hashed on its way, flushed, read back."""

from __future__ import annotations

import os
import threading
import time
from types import TracebackType

from . import fsops, hashing
from .errors import DiskFull, NotAsListed, PlatesError, ReadFailed, VerifyFailed, WriteFailed
from .events import Cancel, Listener
from .hashing import Hasher
from .holder import Holder
from .job import Pair, PublishJob
from .longpath import native
from .manifest_check import ContentCheck
from .mhl_hashes import Together
from .progress import Progress
from .readback import hash_file
from .reserve import STAGING, tell
from .workers import run_all

# Several files at once hide the wait for the disk at each flush; small files wait more than they copy.
_LARGE_FILE = 2 << 20
_THREADS_LARGE = 8
_THREADS_SMALL = 16
# Sidecar and manifest together, per file and as a whole (bytes, generous).
_SEAL_PER_FILE = 1536
_SEAL = 64 * 1024
_TRIES = 10
# Seconds without a single byte, in any thread: a disk or share that hangs. Tapes and sleeping disks are quicker.
PATIENCE = 180.0


class Staging:
    """The private working folder of one publishing, beside the versions; gone again when the `with` block ends.

    The folders above it are made where they are missing, and removed again if nothing came to lie in them.
    """

    def __init__(self, published: str, holder: Holder) -> None:
        self._published = published
        self.path = os.path.join(published, STAGING + holder.text())
        self._made: list[str] = []
        self.left_behind = ""

    def __enter__(self) -> Staging:
        try:
            self._make()
        except BaseException:
            fsops.remove_empty(reversed(self._made))
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, PlatesError) and error.path is not None:
            # The working folder is gone when this is read, and its name says nothing to anybody.
            error.path = error.path.replace(self.path, self._published)
        try:
            fsops.remove_private(self.path)
        except PlatesError as problem:
            self.left_behind = str(problem)
            tell(error, problem)
        if error is not None:  # else the version lies in them
            fsops.remove_empty(reversed(self._made))

    def _make(self) -> None:
        for attempt in range(_TRIES):
            fsops.make_folders(self._published, self._made)
            try:
                fsops.make_folder(self.path)
                return
            except WriteFailed:
                # Another publisher that failed may have removed the empty folders which it had made.
                if attempt == _TRIES - 1 or os.path.isdir(native(self._published)):
                    raise


class Digests:
    """One digest per file, in a few bytes each."""

    def __init__(self, hash_name: str, count: int) -> None:
        self.hash_name = hash_name
        self._width = len(new_hasher(hash_name).digest())
        self._data = bytearray(self._width * count)

    def __setitem__(self, index: int, digest: bytes) -> None:
        self._data[index * self._width : (index + 1) * self._width] = digest

    def text(self, index: int) -> str:
        """The digest as a manifest writes it."""
        return hashing.text(self.hash_name, bytes(self._data[index * self._width : (index + 1) * self._width]))


def check_space(job: PublishJob, folder: str) -> None:
    """Raise DiskFull where the version cannot fit on the disk of `folder`."""
    count, size = job.size()
    room, files = fsops.free_space(folder)
    needed = size + _SEAL + _SEAL_PER_FILE * count
    if room is not None and room < needed:
        raise fsops.disk_full(folder, needed - room)
    if files is not None and files < count:
        raise DiskFull(
            f"the disk takes {files:,} more files, {count:,} are needed.", folder, "Remove files and run again."
        )


def copy_files(
    job: PublishJob, folder: str, hash_name: str, jobs: int | None, listen: Listener, cancel: Cancel
) -> Digests:
    """Copy every file of the job into `folder`; the digests are those of what was read, in the order of `pairs`.

    Raises NotAsListed, SourceChanged, ReadFailed, DiskFull, WriteFailed, VerifyFailed (each names its file), Cancelled.
    """
    count, size = job.size()
    progress = Progress(listen, "publish", size, "bytes", job.label)
    copier = _Copier(job, folder, Digests(hash_name, count), progress, cancel)
    threads = _threads(count, size) if jobs is None else jobs
    watch = None if jobs == 1 else copier.watch  # one thread was asked for: this one, which cannot watch itself
    run_all(enumerate(job.pairs()), copier.copy, threads, copier.stop, watch)
    copier.progress.finish()
    return copier.digests


def new_hasher(hash_name: str) -> Hasher:
    """A hasher that must exist here."""
    hasher = hashing.new(hash_name)
    if hasher is None:
        raise ValueError(f"{hash_name} cannot be computed here")
    return hasher


class _Copier:
    """The state of one copying, shared by its threads."""

    def __init__(self, job: PublishJob, folder: str, digests: Digests, progress: Progress, cancel: Cancel) -> None:
        self._folder = folder
        self._full = job.verify == "full"
        self._expected = job.expected
        self._size = job.size()[1]
        self.digests = digests
        self.progress = progress
        self._lock = threading.Lock()
        self.written = 0
        self.stop = Cancel()
        self.cancel = cancel
        self._moved = time.monotonic()
        self._busy: dict[int, str] = {}

    def copy(self, item: tuple[int, Pair]) -> None:
        index, (file, name) = item
        self._alive(0)
        self._busy[threading.get_ident()] = file.path
        target = os.path.join(self._folder, name)
        hasher = new_hasher(self.digests.hash_name)
        listed = ContentCheck(self._expected.get(file.path, ()))
        every = Together(hasher, *listed.hashers) if listed.hashers else hasher
        try:
            fsops.copy_hashed(file, target, every, self._copied)
        except DiskFull as error:
            raise self._disk_full(target) from error
        if listed.problem():
            raise NotAsListed(f"{listed.problem()}.", file.path, "Have this file delivered again.")
        digest = hasher.digest()
        if self._full:
            self._read_back(target, file.path, digest)
        self.digests[index] = digest
        self._busy.pop(threading.get_ident(), None)
        self.progress.add(file.size // 2 if self._full else 0)

    def _copied(self, count: int) -> None:
        self._alive(count)
        with self._lock:
            self.written += count
        self.progress.add(count - count // 2 if self._full else count)

    def watch(self) -> None:
        """Raise Cancelled or ReadFailed while the threads hang in a call that cannot be cancelled."""
        self.cancel.check()
        if time.monotonic() - self._moved > PATIENCE:
            raise ReadFailed(
                f"nothing was copied for {PATIENCE:.0f} seconds: its disk or the project's does not answer.",
                next(iter(self._busy.values()), self._folder),
                "Check the disk or the network share, then run again.",
            )

    def _alive(self, _count: int) -> None:
        self.cancel.check()
        self.stop.check()
        self._moved = time.monotonic()

    def _read_back(self, target: str, source: str, digest: bytes) -> None:
        hasher = new_hasher(self.digests.hash_name)
        hash_file(target, hasher, self._alive, from_device=True)
        if hasher.digest() != digest:
            advice = "The disk or the network changes data: do not use it before it was checked."
            raise VerifyFailed(f"what the disk gives back is not what was read from {source}.", target, advice)

    def _disk_full(self, target: str) -> DiskFull:
        """The same error with what the whole version still lacks."""
        left = self._size - self.written
        try:
            room = fsops.free_space(self._folder)[0]
        except PlatesError:
            room = None
        return fsops.disk_full(target, None if room is None or room >= left else left - room)


def _threads(count: int, size: int) -> int:
    return max(1, min(count, _THREADS_LARGE if size >= count * _LARGE_FILE else _THREADS_SMALL))
