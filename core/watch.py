# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches a folder into which deliveries arrive: each sub-folder is one, and so are the loose files together.

A delivery is handled once it has settled, and again when it has changed since. Each is on its own: one that is broken,
unreadable or never done keeps no other from being handled.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .errors import Cancelled, PlatesError
from .events import Cancel
from .longpath import native
from .naming_facts import skipped_folder
from .settle import Arrival, Settling, is_unchanged
from .watch_state import Handled, Verdict, WatchState

LOOSE = "."
# What failed because of the target or the network is tried again, ever more rarely (seconds).
_FIRST_RETRY, _LONGEST_RETRY = 60.0, 3600.0


@dataclass(frozen=True)
class WatchEvent:
    """Something that happened. `kind`: watching, arriving, settled, planned, published, refused, failed, problem,
    stopped. `delivery` is its name below the folder ("." for loose files), `document` what an ingest would print.
    """

    kind: str
    delivery: str = ""
    message: str = ""
    files: int = 0
    document: dict[str, Any] | None = field(default=None, hash=False)


@dataclass(frozen=True)
class Outcome:
    """What handling a delivery led to."""

    verdict: Verdict
    run: str = ""
    message: str = ""
    document: dict[str, Any] | None = field(default=None, hash=False)


# Called with the paths of a settled delivery; plans it and, where that is wanted, publishes it.
Handle = Callable[[Sequence[str], Cancel], Outcome]
Tell = Callable[[WatchEvent], None]


@dataclass(frozen=True)
class WatchRules:
    """`settle`: seconds without change until a delivery counts as arrived. `poll`: seconds between two looks.

    `publishes` tells whether handling publishes: plans that were only shown are then done at last. `options` stand for
    what else the handling depends on: deliveries that were refused under others are looked at again.
    """

    settle: float = 30.0
    poll: float = 10.0
    publishes: bool = False
    options: str = ""


class Watch:
    """One watched folder of one project."""

    def __init__(
        self,
        folder: str,
        state: WatchState,
        handle: Handle,
        tell: Tell,
        rules: WatchRules,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._state = state
        self._handle = handle
        self._tell = tell
        self._rules = rules
        self._clock = clock
        self._settling: dict[str, Settling] = {}
        self._told: dict[str, str] = {}
        self._retry: dict[str, tuple[float, float]] = {}
        # Times of folders are coarse on some shares: the names of what was just handled are looked at once more.
        self._fresh: dict[str, str] = {}

    def run(self, cancel: Cancel, once: bool = False) -> None:
        """Look every `poll` seconds until `cancel`; with `once` until nothing is arriving any more."""
        while not cancel.is_set:
            try:
                waiting = self.step(cancel)
            except Cancelled:
                return
            if (once and not waiting) or cancel.wait(self._rules.poll):
                return

    def step(self, cancel: Cancel) -> int:
        """Look at every delivery once; how many may still have to be handled. Raises Cancelled."""
        try:
            names = self._deliveries()
        except OSError as problem:
            self._say(WatchEvent("problem", "", f"{self._folder}: cannot be listed: {problem.strerror}."))
            return 0
        self._told.pop("", None)
        for gone in set(self._settling) - set(names):
            del self._settling[gone]
        waiting = 0
        for name in names:
            cancel.check()
            try:
                waiting += self._look(name, cancel)
            except OSError as problem:
                self._say(WatchEvent("problem", name, f"cannot be looked at: {problem.strerror}."))
        return waiting

    def _deliveries(self) -> list[str]:
        with os.scandir(native(self._folder)) as entries:
            inside = list(entries)
        names = [entry.name for entry in inside if entry.is_dir() and skipped_folder(entry.name) is None]
        loose = [LOOSE] if any(not entry.is_dir() and not entry.name.startswith(".") for entry in inside) else []
        return [*loose, *sorted(names)]

    def _look(self, name: str, cancel: Cancel) -> bool:
        """Look at one delivery and handle it where it has settled; True while it may still have to be handled."""
        path = self._folder if name == LOOSE else os.path.join(self._folder, name)
        known = self._state.handled.get(name)
        if known is not None and self._is_done(known) and self._rests(name, path, known, cancel):
            return False
        if known is not None and self._pauses(name) and is_unchanged(path, known.folders):
            return False
        settling = self._settling.get(name)
        if settling is None:
            settling = Settling(path, self._rules.settle, flat=name == LOOSE, clock=self._clock)
            self._settling[name] = settling
        found = settling.look(cancel)
        if found.state != "settled":
            self._say(WatchEvent("arriving", name, found.why, found.files))
            return found.state == "arriving"
        del self._settling[name]
        if known is not None and self._is_done(known) and known.fingerprint == found.fingerprint:
            self._note(name, replace(known, folders=found.folders))
        else:
            self._take_in(name, path, found, cancel)
        return False

    def _pauses(self, name: str) -> bool:
        return name in self._retry and self._clock() < self._retry[name][0]

    def _rests(self, name: str, path: str, known: Handled, cancel: Cancel) -> bool:
        if name in self._settling or not is_unchanged(path, known.folders):
            return False
        names = self._fresh.pop(name, None)
        return names is None or names == Settling(path, 0.0, flat=name == LOOSE).names(cancel)

    def _is_done(self, known: Handled) -> bool:
        if known.verdict == "failed":
            return False
        if known.verdict == "planned" and self._rules.publishes:
            return False
        return known.verdict == "published" or known.options == self._rules.options

    def _take_in(self, name: str, path: str, found: Arrival, cancel: Cancel) -> None:
        self._say(WatchEvent("settled", name, "", found.files))
        paths = [path] if name != LOOSE else _loose_files(path)
        try:
            outcome = self._handle(paths, cancel)
        except Cancelled:
            raise
        except PlatesError as problem:
            outcome = Outcome("failed", message=str(problem))
        except OSError as problem:
            where = f"{problem.filename}: " if problem.filename else ""
            outcome = Outcome("failed", message=f"{where}{problem.strerror or problem}.")
        except MemoryError:
            outcome = Outcome("failed", message="There was not enough memory.")
        except Exception as problem:  # noqa: BLE001 - a fault of ours in one delivery must not stop the others for days
            outcome = Outcome("failed", message=f"This is a fault of the program: {type(problem).__name__}: {problem}")
        cancel.check()  # a run that was stopped is handled again
        known = Handled(found.fingerprint, outcome.verdict, self._rules.options, outcome.run, found.folders)
        if outcome.verdict == "failed":
            pause = min(2 * self._retry[name][1], _LONGEST_RETRY) if name in self._retry else _FIRST_RETRY
            self._retry[name] = (self._clock() + pause, pause)
        else:
            self._retry.pop(name, None)
            self._fresh[name] = found.names
        self._told.pop(name, None)
        self._note(name, known)
        self._tell(WatchEvent(outcome.verdict, name, outcome.message, found.files, outcome.document))

    def _note(self, name: str, known: Handled) -> None:
        """Remember it; where that cannot be written, this process still knows, and the others are handled."""
        try:
            self._state.note(name, known)
        except PlatesError as problem:
            self._say(WatchEvent("problem", name, f"cannot be remembered for the next start: {problem}"))

    def _say(self, event: WatchEvent) -> None:
        """Tell an event unless it is what was told of this delivery last."""
        said = f"{event.kind} {event.message}"
        if self._told.get(event.delivery) != said:
            self._told[event.delivery] = said
            self._tell(event)


def _loose_files(folder: str) -> list[str]:
    with os.scandir(native(folder)) as entries:
        return sorted(os.path.join(folder, entry.name) for entry in entries if not entry.is_dir())
