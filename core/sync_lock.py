# SPDX-License-Identifier: GPL-3.0-or-later
"""One sync at a time per project: two of them would both create the shot that neither finds."""

from __future__ import annotations

import os
import time
from types import TracebackType

from . import fsops
from .errors import PlatesError
from .events import Cancel
from .holder import Holder
from .longpath import native
from .outbox import outbox_folder

_LOCK = f"{fsops.PRIVATE}sync"
# Each name ends with its holder, so that what a killed process left can be told from what is in use.
_DRAFT, _ASIDE, _PROBE = (f"{_LOCK}-{kind}-" for kind in ("draft", "aside", "probe"))
# A sync stops by itself after this long, so that a lock of another machine that is much older is left over.
LONGEST_SYNC = 1800.0
_LEFT_OVER = 2 * LONGEST_SYNC
_POLL = 0.2


class SyncBusy(PlatesError):
    """Another process is emptying this outbox right now."""


class SyncLock:
    """Held while inside. Waits up to `patience` seconds for another holder, then raises SyncBusy.

    A lock whose holder is dead, by evidence of this machine, or older than any sync can take (by the clock of the disk
    itself) is moved away. Raises WriteFailed, Cancelled.
    """

    def __init__(self, project_root: str, run: str, patience: float = 20.0, cancel: Cancel | None = None) -> None:
        self._folder = outbox_folder(project_root)
        self._path = os.path.join(self._folder, _LOCK)
        self._holder = Holder.me(run, "sync")
        self._me = self._holder.text()
        self._patience = patience
        self._cancel = cancel or Cancel()

    def __enter__(self) -> SyncLock:
        try:
            self._take()
        except BaseException:
            self._holder.done()
            raise
        return self

    def _take(self) -> None:
        waited_since = time.monotonic()
        left_over = None
        fsops.sweep(self._folder, _DRAFT, _ASIDE, _PROBE)
        while not self._taken():
            if left_over is None:
                left_over = self._is_left_over()
            if self._removed_dead(left_over):
                left_over = False
                continue
            if time.monotonic() - waited_since > self._patience:
                raise SyncBusy(
                    "another program is delivering these registrations to Ramses right now.",
                    self._folder,
                    "Try again in a moment.",
                )
            self._cancel.wait(_POLL)
            self._cancel.check()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._me in fsops.names_in(self._path):
                # One step, so that the lock never stands without its holder: nobody could tell that it is left over.
                aside = os.path.join(self._folder, _ASIDE + self._me)
                fsops.move(self._path, aside)
                fsops.remove_private(aside)
        finally:
            self._holder.done()

    def _taken(self) -> bool:
        """Make a folder with our name in it and rename it: the lock never exists without its holder."""
        if os.path.lexists(native(self._path)):
            return False
        fsops.make_folders(self._folder, [])
        draft = os.path.join(self._folder, _DRAFT + self._me)
        fsops.make_folder(draft)
        try:
            fsops.write_file(os.path.join(draft, self._me), [b""])
            taken = fsops.move(draft, self._path)
        except BaseException:
            fsops.remove_private(draft)
            raise
        if not taken:
            fsops.remove_private(draft)
        return taken

    def _removed_dead(self, left_over: bool) -> bool:
        """Move a lock away that nobody holds any more; False where it is held."""
        names = _inside(self._path)
        if not names:  # a power cut may keep the folder and lose who held it
            fsops.remove_empty([self._path])
            return not os.path.lexists(native(self._path))
        holders = [Holder.parse(name) for name in names]
        if not (all(holder and holder.is_dead for holder in holders) or left_over):
            return False
        aside = os.path.join(self._folder, _ASIDE + self._me)
        try:
            if not fsops.move(self._path, aside):
                return False
        except PlatesError:
            return True  # somebody else was faster
        if _inside(aside) != names:
            # A new holder took it between our look and our move: give it back.
            fsops.move(aside, self._path)
            return False
        fsops.remove_private(aside)
        return True

    def _is_left_over(self) -> bool:
        """Older than any sync, by the disk's own clock: a fresh folder beside it tells the disk's time."""
        probe = os.path.join(self._folder, _PROBE + self._me)
        fsops.make_folder(probe)
        try:
            return os.stat(native(probe)).st_mtime - os.stat(native(self._path)).st_mtime > _LEFT_OVER
        except FileNotFoundError:
            return False
        finally:
            fsops.remove_private(probe)


def _inside(path: str) -> list[str]:
    try:
        return sorted(os.listdir(native(path)))
    except OSError:
        return []
