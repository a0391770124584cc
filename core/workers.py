# SPDX-License-Identifier: GPL-3.0-or-later
"""A few threads that work through a stream of items: nothing is queued, so the stream may have any length."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from .errors import Cancelled
from .events import Cancel

T = TypeVar("T")
# A call that takes longer than this waits for a disk or a share, not for the processor: more threads pay.
SLOW_CALL = 0.0005
SLOW_THREADS = 16
# Seconds for a thread that was told to stop. Windows cannot remove what it still holds open.
_GRACE = 20.0 if os.name == "nt" else 0.5


def run_all(
    items: Iterable[T],
    work: Callable[[T], None],
    threads: int,
    stop: Cancel | None = None,
    watch: Callable[[], None] | None = None,
) -> None:
    """Call `work` for every item; with one thread here, in order, otherwise in `threads` threads.

    The first error sets `stop` (which `work` may look at), ends the others and is raised here, once every thread has
    ended: nothing is still at work behind the back of whoever cleans up. With `watch` even one thread is not this one:
    it is called here several times a second, and when it raises, threads that do not end soon are left alone with the
    call in which they hang; `work` must look at `stop` before it does anything more.
    """
    stop = stop or Cancel()
    if threads <= 1 and watch is None:
        for item in items:
            work(item)
        return
    crew = _Crew(iter(items), work, stop)
    running = [threading.Thread(target=crew.run, name=f"plates-{index}", daemon=True) for index in range(threads)]
    for thread in running:
        thread.start()
    try:
        _join(running, watch)
    except BaseException:  # Ctrl-C arrives in this thread; the others should end before anything is cleaned up
        stop.set()
        until = time.monotonic() + _GRACE
        for thread in running:
            thread.join(None if watch is None else max(0.0, until - time.monotonic()))
        raise
    if crew.error is not None:
        raise crew.error


def paced(items: Iterator[T], work: Callable[[T], None], threads: int | None, stop: Cancel | None = None) -> None:
    """Like run_all; with `threads` None one thread begins, and more join where the calls turn out to be slow."""
    if threads is None:
        waits = []
        for item in items:
            started = time.perf_counter()
            work(item)
            waits.append(time.perf_counter() - started)
            if len(waits) == 16:
                break
        threads = SLOW_THREADS if waits and sorted(waits)[len(waits) // 2] > SLOW_CALL else 1
    run_all(items, work, threads, stop)


class _Crew:
    """What the threads of one run share."""

    def __init__(self, items: Iterator[T], work: Callable[[T], None], stop: Cancel) -> None:
        self._items = items
        self._work = work
        self._stop = stop
        self._lock = threading.Lock()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._stop.is_set:
                with self._lock:
                    item = next(self._items, self)
                if item is self:
                    return
                self._work(item)  # type: ignore[arg-type]
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits, which raises it
            with self._lock:
                # A worker that stopped because another one failed must not hide the reason.
                if self.error is None or (isinstance(self.error, Cancelled) and not isinstance(error, Cancelled)):
                    self.error = error
            self._stop.set()


def _join(threads: list[threading.Thread], watch: Callable[[], None] | None = None) -> None:
    for thread in threads:
        while thread.is_alive():
            thread.join(0.1)  # a bounded wait lets Ctrl-C through on Windows
            if watch is not None:
                watch()
