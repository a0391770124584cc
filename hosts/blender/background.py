# SPDX-License-Identifier: GPL-3.0-or-later
"""Long work in a thread that never touches Blender; its news wait in a queue until the event loop asks for them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from ...core.errors import Cancelled, PlatesError
from ...core.events import Cancel, Event, Listener

Work = Callable[[Listener, Cancel], Any]


class Task:
    """One piece of work. `poll()` from the event loop, or `run()` to do it here and now.

    `fraction` is 0 to 1, `text` says what is worked on; after the end `result` or `error` (a sentence) is set.
    """

    def __init__(self, title: str, work: Work) -> None:
        self.title = title
        self.cancel = Cancel()
        self.fraction = 0.0
        self.text = title
        self.result: Any = None
        self.error = ""
        self.cancelled = False
        self.done = False
        self._work = work
        self._news: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name=self.title, daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Do all of it in this thread: for scripts and for Blender without a window."""
        self._run()
        self.poll()

    def poll(self) -> bool:
        """Take in the news; True once the work has ended. Takes microseconds, whatever the work does."""
        ended = self._thread is None or not self._thread.is_alive()
        for _ in range(10_000):  # bounded, so that a flood of news cannot hold the window
            try:
                event = self._news.get_nowait()
            except queue.Empty:
                break
            self._take(event)
        self.done = ended
        return self.done

    def stop(self, seconds: float = 5.0) -> None:
        """Ask it to stop and wait a little: a thread must not outlive the add-on."""
        self.cancel.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _take(self, event: Event) -> None:
        self.fraction = min(1.0, event.done / event.total) if event.total else 0.0
        count = f" {event.done:,} of {event.total:,}" if event.total else f" {event.done:,}"
        self.text = f"{event.stage.capitalize()}{count} {event.unit} {event.clip}".rstrip()

    def _run(self) -> None:
        try:
            self.result = self._work(self._news.put, self.cancel)
        except Cancelled as stopped:
            self.cancelled, self.error = True, str(stopped)
        except PlatesError as problem:
            self.error = str(problem)
        except Exception as fault:  # noqa: BLE001  the thread's edge: an error that ends here unseen looks like a hang
            self.error = f"{self.title} failed by a fault of this add-on: {type(fault).__name__}: {fault}"
