# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads published versions again, from the disk itself where possible, and compares them with their manifest."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from . import hashing, mhl
from .errors import ManifestError, ReadFailed
from .events import Cancel, Listener, silent
from .longpath import native
from .mhl import Entry
from .os_errors import advice
from .progress import Progress
from .readback import hash_file, passes_cache
from .workers import run_all

T = TypeVar("T")
_THREADS = 4


@dataclass(frozen=True)
class VerifyReport:
    """What a version folder holds, compared with its manifest; files are paths below it with `/` separators.

    `ok` were read whole and have their hash. `changed` and `unchecked` are (file, sentence): another content, or not
    readable here (no access, a hash that this machine cannot compute). `missing` are listed but not there, `extra`
    there but not listed. `from_device` tells whether the reading passed the system's cache. `notes` are about the
    manifest itself.
    """

    folder: str
    ok: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    unchecked: tuple[tuple[str, str], ...] = ()
    bytes: int = 0
    from_device: bool = False
    notes: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        """True where every file was checked and is what was published, and nothing was added."""
        return not (self.changed or self.missing or self.extra or self.unchecked)


def verify(
    folder: str, *, jobs: int | None = None, listen: Listener = silent, cancel: Cancel | None = None
) -> VerifyReport:
    """Read every file of a version folder and compare it with the manifest.

    Events: stage "verify", unit "bytes". Raises ManifestError where the folder has no manifest or one that cannot be
    trusted (missing or broken chain, changed generation), Cancelled.
    """
    manifest = mhl.read_all(folder)
    if manifest is None:
        raise ManifestError(
            "the version has no manifest, so nothing can be compared.", folder, "Other tools publish without one."
        )
    cancel = cancel or Cancel()
    check = _Check(folder, manifest.files, listen, cancel)
    watch = cancel.check if jobs is None else None
    run_all(sorted(manifest.files.items()), check.file, _THREADS if jobs is None else jobs, check.stop, watch)
    check.progress.finish()
    return VerifyReport(
        folder,
        tuple(sorted(check.ok)),
        tuple(sorted(check.changed)),
        tuple(sorted(check.missing)),
        tuple(sorted(_extra(folder, manifest))),
        tuple(sorted(check.unchecked)),
        check.progress.done,
        passes_cache(),
        manifest.notes,
    )


class _Check:
    """The state of one verification, shared by its threads."""

    def __init__(self, folder: str, files: dict[str, Entry], listen: Listener, cancel: Cancel) -> None:
        self._folder = folder
        self._cancel = cancel
        self._lock = threading.Lock()
        total = sum(entry.size or 0 for entry in files.values())
        self.progress = Progress(listen, "verify", total, "bytes", os.path.basename(folder))
        self.stop = Cancel()
        self.ok: list[str] = []
        self.changed: list[tuple[str, str]] = []
        self.missing: list[str] = []
        self.unchecked: list[tuple[str, str]] = []

    def file(self, item: tuple[str, Entry]) -> None:
        name, entry = item
        self._cancel.check()
        path = os.path.join(self._folder, *name.split("/"))
        try:
            facts = os.lstat(native(path))
        except FileNotFoundError:
            self._note(self.missing, name)
            return
        except OSError as error:
            self._note(self.unchecked, (name, f"not checked here: it cannot be looked at ({error.strerror})."))
            return
        if not stat.S_ISREG(facts.st_mode):
            self._note(self.changed, (name, "it is no file any more."))
        elif entry.size is not None and facts.st_size != entry.size:
            self._note(self.changed, (name, f"it has {facts.st_size} bytes instead of {entry.size}."))
        else:
            self._content(name, path, entry)

    def _content(self, name: str, path: str, entry: Entry) -> None:
        hash_name = next((known for known in entry.hashes if hashing.new(known) is not None), None)
        hasher = None if hash_name is None else hashing.new(hash_name)
        if hash_name is None or hasher is None:
            names = ", ".join(entry.hashes) or "none"
            self._note(self.unchecked, (name, f"not checked here: its hash ({names}) cannot be computed."))
            return
        try:
            hash_file(path, hasher, self._passed, from_device=True)
        except ReadFailed as error:
            self._note(self.unchecked, (name, f"not checked here: {error.message}"))
            return
        if hashing.same(hash_name, entry.hashes[hash_name], hasher.digest()):
            self._note(self.ok, name)
        else:
            self._note(self.changed, (name, f"its content is not what was published ({hash_name} differs)."))

    def _passed(self, count: int) -> None:
        self._cancel.check()
        self.stop.check()
        self.progress.add(count)

    def _note(self, where: list[T], what: T) -> None:
        with self._lock:
            where.append(what)


def _extra(folder: str, manifest: mhl.Manifest) -> Iterator[str]:
    """Files below the folder that the manifest neither lists nor ignores."""
    for name in _walk(folder, ""):
        if name not in manifest.files and not mhl.ignores(name, manifest.ignored):
            yield name


def _walk(folder: str, below: str) -> Iterator[str]:
    try:
        with os.scandir(native(os.path.join(folder, *below.split("/")) if below else folder)) as entries:
            inside = list(entries)
    except OSError as error:
        raise ReadFailed(f"cannot list the folder: {error.strerror}.", folder, advice(error)) from error
    for entry in inside:
        name = f"{below}/{entry.name}" if below else entry.name
        if entry.is_dir(follow_symlinks=False):
            if name != mhl.FOLDER:
                yield from _walk(folder, name)
        else:
            yield name
