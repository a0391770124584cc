# SPDX-License-Identifier: GPL-3.0-or-later
"""Visiting trees of folders, each real folder once.

One thread where the disk answers at once, many where each answer has to travel.
Measured: on a local disk more threads make a walk 1.5 to 1.8 times slower, because each directory entry gives the
interpreter lock away; with 2 ms per listing 16 threads make it ten times faster. So the walk starts with one thread
and compares the time that the first listings took with the processor time in it.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from .events import Cancel

Task = TypeVar("Task")
Found = TypeVar("Found")

FEWEST_THREADS, MOST_THREADS = 8, 16
_TRIAL = 4  # listings before the first judgement
# The thread clock of Windows ticks every 16 ms, so that short listings seem to take no processor time at all.
_SHORTEST_TRIAL = 0.2 if sys.platform == "win32" else 0.004  # seconds
_SLOW = 0.0004  # seconds of waiting per listing from which threads pay
_POLL = 0.1  # seconds between two looks at the cancel flag


def _no_switches() -> int | None:
    return None


def _switches_of_thread() -> Callable[[], int | None]:
    """A function that counts how often this thread gave the processor away by itself, as it does to wait for a disk.

    On a busy machine a thread waits for its turn as well, which the clocks cannot tell from a slow share. Only Linux
    counts per thread; elsewhere the function gives None.
    """
    try:
        import resource

        who = resource.RUSAGE_THREAD
    except (ImportError, AttributeError):
        return _no_switches
    return lambda: resource.getrusage(who).ru_nvcsw


@dataclass
class _Pace:
    """How long listings take, and how much of it is waiting. Older listings count less and less."""

    listings: float = 0.0
    wall: float = 0.0
    busy: float = 0.0
    switches: Callable[[], int | None] = field(default_factory=_switches_of_thread)
    _seen: int = 0
    _suspected: tuple[int, int] | None = None

    def add(self, wall: float, busy: float) -> None:
        """Take in one listing."""
        self.listings = self.listings * 0.95 + 1
        self.wall = self.wall * 0.95 + wall
        self.busy = self.busy * 0.95 + busy
        self._seen += 1

    def threads(self) -> int:
        """How many threads fit the pace; 1 while there is no reason for more."""
        waiting = self.wall - self.busy
        slow = waiting > _SLOW * self.listings and waiting > 2 * self.busy
        if not slow or self._seen < _TRIAL or self.wall < _SHORTEST_TRIAL or not self._blocks():
            self._suspected = self._suspected if slow else None
            return 1
        return MOST_THREADS if waiting > 4 * self.busy else FEWEST_THREADS

    def _blocks(self) -> bool:
        """True where listings since the first suspicion did wait for something other than the processor."""
        switches = self.switches()
        if switches is None:
            return True
        if self._suspected is None:
            self._suspected = self._seen, switches
        seen, before = self._seen - self._suspected[0], switches - self._suspected[1]
        if seen < _TRIAL:
            return False
        if 2 * before < seen:
            self._suspected = None
            return False
        return True


class Walk(Generic[Task, Found]):
    """`visit(task)` is called once per task and gives what it found and the tasks below it.

    `threads` is the number of threads, or None to choose by measured latency. Results come in no fixed order.
    """

    def __init__(
        self,
        visit: Callable[[Task], tuple[Found, list[Task]]],
        threads: int | None = None,
        cancel: Cancel | None = None,
    ) -> None:
        self._visit = visit
        self._threads = None if threads is None else max(1, threads)
        self._cancel = cancel or Cancel()

    def run(self, tasks: list[Task]) -> Iterator[Found]:
        """Visit the tasks and all below them. Raises Cancelled, and whatever `visit` raises."""
        waiting = list(reversed(tasks))
        pace = _Pace()
        threads = self._threads or 1
        while waiting and threads == 1:
            self._cancel.check()
            wall, busy = time.perf_counter(), time.thread_time()
            found, below = self._visit(waiting.pop())
            pace.add(time.perf_counter() - wall, time.thread_time() - busy)
            waiting.extend(reversed(below))
            yield found
            if self._threads is None and len(waiting) > 1:
                threads = pace.threads()
        if waiting:
            yield from self._run_threads(waiting, threads)

    def _run_threads(self, waiting: list[Task], threads: int) -> Iterator[Found]:
        tasks: SimpleQueue[Task | None] = SimpleQueue()
        results: SimpleQueue[tuple[Found, int] | BaseException] = SimpleQueue()
        stop = Cancel()

        def work() -> None:
            while (task := tasks.get()) is not None:
                if stop.is_set:
                    continue
                try:
                    found, below = self._visit(task)
                except BaseException as problem:  # noqa: BLE001 - handed over to the caller's thread and raised there
                    results.put(problem)
                    continue
                for child in below:
                    tasks.put(child)
                results.put((found, len(below)))

        # Daemons: a listing that hangs on a dead share must not keep the program from ending.
        pool = [threading.Thread(target=work, name=f"walk-{at}", daemon=True) for at in range(threads)]
        for task in reversed(waiting):
            tasks.put(task)
        open_tasks = len(waiting)
        for thread in pool:
            thread.start()
        try:
            while open_tasks:
                result = self._next(results)
                if isinstance(result, BaseException):
                    raise result
                open_tasks += result[1] - 1
                yield result[0]
        finally:
            stop.set()
            for _thread in pool:
                tasks.put(None)

    def _next(self, results: SimpleQueue[tuple[Found, int] | BaseException]) -> tuple[Found, int] | BaseException:
        while True:
            self._cancel.check()
            try:
                return results.get(timeout=_POLL)
            except Empty:
                continue


class Trees:
    """The real folders whose trees are scanned, so that no link leads into one of them again or around in circles."""

    def __init__(self) -> None:
        self._scanned: set[str] = set()
        self._above: set[str] = set()

    def enter(self, real: str) -> str | None:
        """Note a tree by its real path; where it must not be entered, say why and note nothing."""
        path = os.path.normcase(real)
        upwards = list(_upwards(path))
        if any(folder in self._scanned for folder in upwards):
            return "a link to a folder that is scanned under its own name"
        if path in self._above:
            return "a link to a folder above the scanned one"
        self._scanned.add(path)
        self._above.update(upwards)
        return None

    def holds(self, real: str) -> bool:
        """True where the path lies in one of the trees."""
        return any(folder in self._scanned for folder in _upwards(os.path.normcase(real)))


def _upwards(path: str) -> Iterator[str]:
    """The path and all folders above it."""
    while True:
        yield path
        above = os.path.dirname(path)
        if above == path:
            return
        path = above
