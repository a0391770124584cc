# SPDX-License-Identifier: GPL-3.0-or-later
"""Many small jobs that wait for disks: as many threads as the latency asks for, and none that can hang the run."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from ..events import Cancel

MOST_THREADS = 16
# Below this a file comes from memory or a local disk, where more threads make pure Python slower.
_WAIT_WORTH_THREADS = 0.0005
# Above this a library does the work outside the interpreter lock, and other cores can help.
_WORK_WORTH_CORES = 0.002
# A process that keeps a core as busy as this waits for its own interpreter, not for disks: a window beside us, say,
# which many more threads would keep from getting its turn.
_OCCUPIED = 0.7
_FIRST_LOOK, _TICK = 0.01, 0.05
# The first jobs are all measured, later ones now and then: the next folder may lie on a slower disk.
_ALL_MEASURED, _EVERY = 64, 16
# A share that lets that many files hang is gone; the files that are left are not tried.
_MOST_HUNG = 32
# After that many time-outs in a row without one answer, patience is a tenth.
_LOSING_PATIENCE = 3

T = TypeVar("T")
R = TypeVar("R")


class TimedOut:
    """Stands for the result of a job that gave no answer within the time limit."""


TIMED_OUT = TimedOut()


def run_each(
    items: Iterable[T],
    work: Callable[[T], R],
    *,
    jobs: int | None = None,
    time_limit: float = 30.0,
    cancel: Cancel | None = None,
) -> Iterator[tuple[int, R | TimedOut]]:
    """Yield (position, result) of `work` for every item, as they are ready.

    `jobs` fixes the number of threads; None starts with one and takes up to 16 when the time goes into waiting. A
    job that hangs gives TIMED_OUT after `time_limit` seconds and keeps its thread, which nobody waits for. Exceptions
    of `work` are raised here. Raises Cancelled within a tenth of a second after `cancel` is set.
    """
    crew = _Crew(items, work, time_limit)
    crew.measuring = jobs is None
    crew.hire(jobs or 1)
    tick = _FIRST_LOOK
    try:
        while not crew.finished():
            crew.news.wait(tick)
            crew.news.clear()
            if cancel is not None:
                cancel.check()
            yield from crew.results()
            yield from crew.overdue()
            if crew.measuring:
                crew.grow()
            # Every look takes the interpreter lock away from the threads: one early, then few.
            tick = _TICK
        yield from crew.results()
    finally:
        crew.stopped = True


class _Worker(threading.Thread):
    """One thread; `position` and `since` tell what it works on, None when it has nothing."""

    def __init__(self, crew: _Crew[Any, Any]) -> None:
        super().__init__(name="plates-probe", daemon=True)
        self._crew = crew
        self.position: int | None = None
        self.since = 0.0
        self.abandoned = False
        self.busy = self.cpu = 0.0
        self.jobs = 0

    def run(self) -> None:
        crew = self._crew
        try:
            while not (crew.stopped or self.abandoned):
                job = crew.take()
                if job is None:
                    break
                self.since = time.monotonic()
                self.position = job[0]
                look = crew.measuring and (job[0] < _ALL_MEASURED or job[0] % _EVERY == 0)
                result = self._measured(job[1]) if look else crew.work(job[1])
                self.position = None
                crew.done.append((job[0], result))
        except BaseException as error:  # noqa: BLE001 carried over to the thread that asked, and raised there
            crew.fault = error
        finally:
            crew.news.set()

    def _measured(self, item: Any) -> Any:
        started = time.thread_time()
        result = self._crew.work(item)
        self.cpu += time.thread_time() - started
        self.busy += time.monotonic() - self.since
        self.jobs += 1
        return result


class _Crew(Generic[T, R]):
    """The threads of one run, the jobs that are left, and the results that nobody has fetched yet."""

    def __init__(self, items: Iterable[T], work: Callable[[T], R], time_limit: float) -> None:
        self._items = enumerate(items)
        self._lock = threading.Lock()
        self._exhausted = False
        self._limit = time_limit
        self._workers: list[_Worker] = []
        self._given_up: set[int] = set()
        self._in_a_row = 0
        self._looked, self._looked_cpu = time.monotonic(), time.process_time()
        self.work = work
        self.done: deque[tuple[int, R]] = deque()
        self.news = threading.Event()
        self.stopped = False
        self.measuring = False
        self.fault: BaseException | None = None

    def hire(self, count: int) -> None:
        """Start threads."""
        for _number in range(count):
            worker = _Worker(self)
            self._workers.append(worker)
            worker.start()

    def take(self) -> tuple[int, T] | None:
        """The next job, None when there is none left."""
        with self._lock:
            job = None if self._exhausted else next(self._items, None)
            self._exhausted = job is None
            return job

    def finished(self) -> bool:
        """True when no thread will bring another result."""
        return not any(worker.is_alive() and not worker.abandoned for worker in self._workers)

    def results(self) -> Iterator[tuple[int, R]]:
        """What has come in since the last call."""
        while self.done:
            position, result = self.done.popleft()
            if position not in self._given_up:
                self._in_a_row = 0
                yield position, result
        if self.fault is not None:
            raise self.fault

    def overdue(self) -> Iterator[tuple[int, TimedOut]]:
        """Give up jobs that take too long; a fresh thread takes the place of each that hangs."""
        now = time.monotonic()
        limit = self._limit / 10 if self._in_a_row >= _LOSING_PATIENCE else self._limit
        for worker in list(self._workers):
            position = worker.position
            if position is None or worker.abandoned or now - worker.since < limit:
                continue
            worker.abandoned = True
            self._given_up.add(position)
            self._in_a_row += 1
            if len(self._given_up) < _MOST_HUNG:
                self.hire(1)
            yield position, TIMED_OUT
        if len(self._given_up) >= _MOST_HUNG:
            while (job := self.take()) is not None:
                yield job[0], TIMED_OUT

    def grow(self) -> None:
        """Hire as many threads as the jobs measured since the last look ask for."""
        jobs = sum(worker.jobs for worker in self._workers)
        busy = sum(worker.busy for worker in self._workers)
        waited = busy - sum(worker.cpu for worker in self._workers)
        wanted = 1
        elapsed, worked = time.monotonic() - self._looked, time.process_time() - self._looked_cpu
        if jobs == 0:
            # Not one file in all that time: has the process worked, or waited?
            if elapsed >= _FIRST_LOOK and worked < elapsed / 2:
                wanted = MOST_THREADS
        elif waited / jobs > _WAIT_WORTH_THREADS and waited > busy / 2 and worked < elapsed * _OCCUPIED:
            wanted = MOST_THREADS
        elif busy / jobs > _WORK_WORTH_CORES:
            wanted = min(4, os.cpu_count() or 1)
        self.hire(wanted - len(self._workers))
        self.measuring = wanted < MOST_THREADS
        if jobs >= _ALL_MEASURED // 2:
            for worker in self._workers:
                worker.busy = worker.cpu = 0.0
                worker.jobs = 0
        self._looked, self._looked_cpu = time.monotonic(), time.process_time()
