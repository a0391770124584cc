# SPDX-License-Identifier: GPL-3.0-or-later
"""Long work in a thread that never touches Blender; its news wait in a queue until the event loop asks for them."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, Literal

from ...core.errors import Cancelled, PlatesError
from ...core.events import Cancel, Event, Listener
from . import garbage

# What an operator of Blender returns.
Answer = set[Literal["RUNNING_MODAL", "CANCELLED", "FINISHED", "PASS_THROUGH", "INTERFACE"]]
Work = Callable[[Listener, Cancel], Any]
# What a result is taken over by: it yields wherever the window may breathe, and returns the operator's answer.
Steps = Generator[None, None, Answer]
# Seconds of the event loop that one look may take; 50 ms is what a person begins to feel.
_SHARE = 0.01


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 plate", "2 plates"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class Task:
    """One piece of work. `poll()` from the event loop, or `run()` to do it here and now.

    `fraction` is 0 to 1, `text` says what is worked on; after the end `result` or `error` (a sentence) is set.
    `panel` names the panel that shows it, `large` announces a result of many objects.
    """

    def __init__(self, title: str, work: Work, panel: str = "", large: bool = False) -> None:
        self.title = title
        self.large = large
        self.panel = panel
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
        """Begin in a thread of its own; `leave` follows, whatever happens."""
        garbage.hold_off()
        self._thread = threading.Thread(target=self._run, name=self.title, daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Do all of it in this thread: for scripts and for Blender without a window."""
        self._run()
        self.poll()

    def poll(self) -> bool:
        """Take in the news; True once the work has ended. Takes microseconds, whatever the work does."""
        ended = self._thread is None or not self._thread.is_alive()
        latest: Event | None = None
        until = time.perf_counter() + _SHARE
        while time.perf_counter() < until:  # a flood of news must not hold the window
            try:
                latest = self._news.get_nowait()
            except queue.Empty:
                break
        if latest is not None:
            self._take(latest)
        self.done = ended
        return self.done

    def leave(self) -> None:
        """The window is done with it."""
        garbage.resume(aside=self.large)

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


class Finish:
    """Takes a long result over in slices: thousands of rows must not hold the window either."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.answer: Answer = set()

    def advance(self, seconds: float = _SHARE) -> bool:
        """Work for that long; True once all is done. Raises what the steps raise."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            try:
                next(self._steps)
            except StopIteration as end:
                self.answer = end.value
                return True
        return False

    def run(self) -> Answer:
        """All of it at once."""
        while not self.advance(3600.0):
            pass
        return self.answer
