# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells whether a delivery has arrived: its files, sizes and times stayed as they are for a while.

A look lists the folders and asks for no file's size as long as names still come and go; sizes and times of all files
are asked for twice, `wait` seconds apart by this machine's own clock, and in between only those of the files that were
written last. So a slow share with 200,000 files pays for two rounds of questions, however long the transfer takes.
"""

from __future__ import annotations

import hashlib
import os
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from .events import Cancel
from .longpath import native
from .naming_facts import skipped, skipped_folder

State = Literal["empty", "arriving", "settled"]
# The files that were written last are those that may still grow.
_HOT = 64
_MASK = (1 << 63) - 1
_BACKUP = "~"


@dataclass(frozen=True)
class Arrival:
    """What a look found. `why` is a sentence for people.

    `fingerprint` names the content of a settled delivery, `names` only its names. `folders` are its folders (relative,
    "" for itself) with their times (ns), taken before the files were looked at: while they stay, no file was added,
    removed or renamed.
    """

    state: State
    why: str = ""
    files: int = 0
    fingerprint: str = ""
    folders: tuple[tuple[str, int], ...] = ()
    names: str = ""


@dataclass
class _Names:
    """All files of a delivery by folder, in order; `temporary` is one whose name says that it is being written."""

    files: list[str] = field(default_factory=list)
    folders: list[tuple[str, int]] = field(default_factory=list)
    digest: str = ""
    temporary: str = ""


class Settling:
    """One delivery that is watched until it has settled; `flat` leaves its sub-folders out."""

    def __init__(
        self, path: str, wait: float, *, flat: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.path = path
        self._wait = wait
        self._flat = flat
        self._clock = clock
        self._names = ""
        self._facts: array[int] | None = None
        self._hot: list[int] = []
        self._since = 0.0

    def look(self, cancel: Cancel) -> Arrival:
        """One look; call it again and again. Raises OSError where a folder cannot be listed, Cancelled."""
        names = self._list(cancel)
        if not names.files and not names.temporary:
            return self._again("empty", "there is nothing in it yet")
        if names.temporary:
            return self._again("arriving", f"a transfer is at work: {names.temporary}", names)
        if names.digest != self._names:
            self._again("arriving", "", names)
            self._names = names.digest
            return Arrival("arriving", "its files were not the same a moment ago", len(names.files))
        return self._compare(names, cancel)

    def names(self, cancel: Cancel) -> str:
        """What stands for the names in the delivery: one listing, no file is asked for. Raises OSError, Cancelled."""
        return self._list(cancel).digest

    def _again(self, state: State, why: str, names: _Names | None = None) -> Arrival:
        self._names, self._facts = "", None
        return Arrival(state, why, 0 if names is None else len(names.files))

    def _compare(self, names: _Names, cancel: Cancel) -> Arrival:
        count = len(names.files)
        if self._facts is None:
            self._remember(self._ask(names, cancel))
            return Arrival("arriving", "waiting whether its files change", count)
        changed = next((index for index in self._hot if self._differs(names, index)), None)
        if changed is None and self._clock() - self._since < self._wait:
            return Arrival("arriving", "waiting whether its files change", count)
        if changed is None:
            facts = self._ask(names, cancel)
            changed = next((at // 3 for at in range(len(facts)) if facts[at] != self._facts[at]), None)
            if changed is None:
                print_of = hashlib.sha1(names.digest.encode("ascii"), usedforsecurity=False)
                print_of.update(facts)
                return Arrival("settled", "", count, print_of.hexdigest(), tuple(names.folders), names.digest)
        else:
            facts = self._ask_some(names, self._facts)
        name = names.files[changed]
        self._remember(facts)
        return Arrival("arriving", f"{name} changed", count)

    def _remember(self, facts: array[int]) -> None:
        self._facts = facts
        self._since = self._clock()
        self._hot = sorted(range(len(facts) // 3), key=lambda index: facts[3 * index + 1], reverse=True)[:_HOT]

    def _differs(self, names: _Names, index: int) -> bool:
        assert self._facts is not None
        return tuple(self._facts[3 * index : 3 * index + 3]) != self._facts_of(names.files[index])

    def _ask(self, names: _Names, cancel: Cancel) -> array[int]:
        facts = array("q")
        for name in names.files:
            cancel.check()
            facts.extend(self._facts_of(name))
        return facts

    def _ask_some(self, names: _Names, known: array[int]) -> array[int]:
        """The facts as they are known, those of the hot files afresh."""
        facts = array("q", known)
        for index in self._hot:
            facts[3 * index : 3 * index + 3] = array("q", self._facts_of(names.files[index]))
        return facts

    def _facts_of(self, name: str) -> tuple[int, int, int]:
        """(size, time of the content, time of the state); a file that vanished has none."""
        try:
            found = os.stat(native(os.path.join(self.path, name)))
        except FileNotFoundError:
            return (-1, 0, 0)
        return found.st_size & _MASK, found.st_mtime_ns & _MASK, found.st_ctime_ns & _MASK

    def _list(self, cancel: Cancel) -> _Names:
        names = _Names()
        digest = hashlib.sha1(usedforsecurity=False)
        for below, changed, files in self._walk("", cancel):
            names.folders.append((below, changed))
            digest.update(os.fsencode(below) + b"\0\0")
            for name in files:
                if _is_temporary(name):
                    names.temporary = names.temporary or os.path.join(below, name)
                names.files.append(os.path.join(below, name))
                digest.update(os.fsencode(name) + b"\0")
        names.digest = digest.hexdigest()
        return names

    def _walk(self, below: str, cancel: Cancel) -> Iterator[tuple[str, int, list[str]]]:
        """(folder below the delivery, its time in ns, the names of its files), in a fixed order."""
        cancel.check()
        path = native(os.path.join(self.path, below) if below else self.path)
        changed = os.stat(path).st_mtime_ns
        files, folders = [], []
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    found = skipped_folder(entry.name)
                    if found is None or found.temporary:
                        folders.append(entry.name)
                elif not entry.name.startswith("._") and entry.name not in (".DS_Store", "Thumbs.db"):
                    files.append(entry.name)
        yield below, changed, sorted(files)
        for name in sorted(folders) if not self._flat else ():
            yield from self._walk(os.path.join(below, name), cancel)


def _is_temporary(name: str) -> bool:
    """True for the names that copy tools and writers give to what they have not finished."""
    found = skipped(name)
    return (found is not None and found.temporary) or name.endswith(_BACKUP)


def is_unchanged(path: str, folders: tuple[tuple[str, int], ...]) -> bool:
    """True while no folder of a delivery has changed since: one question per folder, none per file."""
    for below, changed in folders:
        try:
            if os.stat(native(os.path.join(path, below))).st_mtime_ns != changed:
                return False
        except OSError:
            return False
    return True
