# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on a thread of its own, its news on the UI thread in small batches, its end told exactly once.

The thread knows no Qt object: it fills a queue that a timer empties. So a panel that is deleted while its work runs
takes nothing away from under the thread; the thread is asked to stop and ends by itself.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections import deque
from typing import Any

from ...core.errors import Cancelled, PlatesError
from ...core.events import Cancel, Event
from .binding import QtCore, Signal
from .host import Job

log = logging.getLogger("ramses_plates")

_TICK_MS = 75
# While news wait, look again soon, but leave the event loop room in between.
_BACKLOG_MS = 15
# The share of one look that taking news out of the queue may have; showing them costs more.
_BATCH = 25
# Seconds that a worker may compute on end, and seconds that it then stands back.
_HELD, _A_MOMENT = 0.002, 0.0001

_at_work: weakref.WeakSet[_Task] = weakref.WeakSet()


class CourteousCancel(Cancel):
    """Whoever looks at this flag also makes way: a thread that computes gives the interpreter up now and then.

    Left to itself it holds it for 5 milliseconds, each time that the window has something to do.
    """

    def __init__(self) -> None:
        super().__init__()
        self._made_way = time.perf_counter()

    def check(self) -> None:
        """Raise Cancelled once the flag is set."""
        super().check()
        self.make_way()

    def make_way(self) -> None:
        """Let others have a turn, if the last one was some time ago."""
        if time.perf_counter() - self._made_way > _HELD:
            time.sleep(_A_MOMENT)
            self._made_way = time.perf_counter()


class _Task:
    """One job on its thread; free of Qt."""

    def __init__(self, job: Job[Any, Any]) -> None:
        self.job = job
        self.cancel = CourteousCancel()
        self.found: Any = None
        self.error: BaseException | None = None
        self._news: deque[Event] = deque()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"plates {job.title}", daemon=True)

    def start(self) -> None:
        _at_work.add(self)
        self._thread.start()

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def leave(self, *_: object) -> None:
        """Whoever waited is gone."""
        self.cancel.set()

    def take(self) -> list[Event]:
        """The oldest news, a batch of them."""
        with self._lock:
            return [self._news.popleft() for _ in range(min(_BATCH, len(self._news)))]

    @property
    def waiting(self) -> bool:
        return bool(self._news)

    def _listen(self, event: Event) -> None:
        with self._lock:
            if self._news and _supersedes(event, self._news[-1]):
                self._news[-1] = event
            else:
                self._news.append(event)
        self.cancel.make_way()

    def _run(self) -> None:
        try:
            self.found = self.job.work(self._listen, self.cancel)
        except BaseException as error:  # noqa: BLE001 - the thread's edge: the UI thread tells every error
            self.error = error


def _supersedes(new: Event, old: Event) -> bool:
    """True where the older event says nothing that the newer does not: a counter that went on."""
    if new.stage != old.stage or new.message != old.message or new.payload.__class__ is not old.payload.__class__:
        return False
    return new.payload is None or (isinstance(new.payload, str) and bool(new.payload == old.payload))


class Runner(QtCore.QObject):
    """Runs one Job at a time.

    `progress` brings lists of Events, up to 13 times a second. Then, once: `done` with what `finish` answered, or
    `problem` with a sentence, or `cancelled`; last of all `ended`.
    """

    began = Signal(str)
    progress = Signal(object)
    done = Signal(object)
    problem = Signal(str)
    cancelled = Signal()
    ended = Signal()

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._task: _Task | None = None
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        """True from `start` until the end was told."""
        return self._task is not None

    @property
    def title(self) -> str:
        """What is being done, "" while nothing is."""
        return self._task.job.title if self._task is not None else ""

    @property
    def stopping(self) -> bool:
        """True once the work was asked to stop and has not ended yet."""
        return self._task is not None and self._task.cancel.is_set

    def start(self, job: Job[Any, Any]) -> bool:
        """Begin; False, and nothing happens, while another job is at work."""
        if self._task is not None:
            return False
        task = self._task = _Task(job)
        self.destroyed.connect(task.leave)
        _end_with_the_program()
        task.start()
        self._timer.start(_BACKLOG_MS)
        self.began.emit(job.title)
        return True

    def replace(self, job: Job[Any, Any]) -> None:
        """Begin this job instead of the one at work, whose end is not told any more. Only for work that reads."""
        if self._task is not None:
            self._task.leave()
            self._forget()
        self.start(job)

    def cancel(self) -> None:
        """Ask the work to stop; it ends soon after, by `cancelled` or, where it was done already, by `done`."""
        if self._task is not None:
            self._task.cancel.set()

    def wait(self, seconds: float = 5.0) -> bool:
        """Keep the event loop going until the end was told; for scripts and tests. True where it was."""
        until = time.monotonic() + seconds
        while self._task is not None and time.monotonic() < until:
            QtCore.QCoreApplication.processEvents()
            time.sleep(0.002)
        return self._task is None

    def _look(self) -> None:
        task = self._task
        if task is None:
            return
        ended = task.ended  # asked before the news are taken: afterwards none can come
        news = task.take()
        if news:
            self.progress.emit(news)
        if self._task is not task:  # a listener may have replaced the work
            return
        if ended and not task.waiting:
            self._tell_end(task)
        else:
            self._timer.setInterval(_BACKLOG_MS if task.waiting else _TICK_MS)

    def _tell_end(self, task: _Task) -> None:
        self._forget()
        error: BaseException | None = task.error
        answer: Any = None
        if error is None:
            try:
                answer = task.job.finish(task.found)
            except Exception as failure:  # noqa: BLE001 - the second half of the job ends here, told like the first
                error = failure
        if error is None:
            self.done.emit(answer)
        elif isinstance(error, Cancelled):
            self.cancelled.emit()
        else:
            self.problem.emit(in_words(error, task.job.title))
        self.ended.emit()

    def _forget(self) -> None:
        self._timer.stop()
        if self._task is not None:
            self.destroyed.disconnect(self._task.leave)
        self._task = None


def in_words(error: BaseException, title: str) -> str:
    """What a person is told of an error; faults of ours are also written to the log, with all that is known."""
    if isinstance(error, PlatesError):
        return str(error)
    log.error("%s failed", title, exc_info=error)
    kind = type(error).__name__
    return f"{title} failed through a fault of this program ({kind}: {error}). The details are in the program's log."


def stop_all(seconds: float = 3.0) -> None:
    """Ask all work of all panels to stop and wait for it a little; called when the program ends."""
    tasks = list(_at_work)
    for task in tasks:
        task.leave()
    until = time.monotonic() + seconds
    for task in tasks:
        task.join(max(0.0, until - time.monotonic()))


_watched: list[weakref.ref[Any]] = []


def _end_with_the_program() -> None:
    """Have `stop_all` called once when the application quits."""
    application = QtCore.QCoreApplication.instance()
    if application is None or any(known() is application for known in _watched):
        return
    _watched[:] = [weakref.ref(application)]
    application.aboutToQuit.connect(stop_all)
