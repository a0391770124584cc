# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a panel's job without a panel: from the menu, a drop or a callback. In a terminal it runs at once."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...core.errors import Cancelled, PlatesError
from ...core.events import Cancel, silent
from .nuke_api import env, nuke

if TYPE_CHECKING:
    from ..qt.host import Job


_THREAD = "ramses plates"


def _nothing() -> None:
    """The default of `always`."""


def start(
    job: Job[Any, Any],
    then: Callable[[Any], None],
    *,
    quiet: bool = False,
    always: Callable[[], None] = _nothing,
) -> None:
    """Do a job's work in a thread with a cancel button, and finish it on the main thread; returns at once.

    `then` is given the job's answer, on the main thread. A quiet one shows no progress and tells no trouble but in the
    script editor: nobody asked for it. `always` is called when all is over, however it went.
    """
    run = _Run(job, then, _log if quiet else say, always)
    if not env("gui"):
        _guarded(lambda: then(job.finish(job.work(silent, Cancel()))), run.tell)
        always()
        return
    if not quiet:
        task = nuke().ProgressTask(f"Ramses: {job.title}")
        threading.Thread(target=run.watch, args=(task,), name=_THREAD, daemon=True).start()
    threading.Thread(target=run.work, name=_THREAD, daemon=True).start()


@dataclass(frozen=True)
class _Run:
    """One job on its way: `work` and `watch` each have a thread, `finish` is Nuke's own."""

    job: Job[Any, Any]
    then: Callable[[Any], None]
    tell: Callable[[Sequence[str]], None]
    always: Callable[[], None]
    cancel: Cancel = field(default_factory=Cancel)
    done: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        answer: list[Any] = []
        problem, trace = _tried(lambda: answer.append(self.job.work(silent, self.cancel)))
        self.done.set()
        nuke().executeInMainThread(self.finish, (answer, problem, trace))

    def watch(self, task: Any) -> None:
        while not self.done.wait(0.1):
            if task.isCancelled():
                self.cancel.set()

    def finish(self, answer: list[Any], problem: str | None, trace: str) -> None:
        self.always()
        if trace:
            nuke().tprint(trace)
        if problem is not None:
            self.tell([problem] if problem else [])
        else:
            _guarded(lambda: self.then(self.job.finish(answer[0])), self.tell)


def say(lines: Sequence[str]) -> None:
    """A message box, or lines in a terminal; nothing where there is nothing to say."""
    if lines:
        (nuke().message if env("gui") else nuke().tprint)("\n".join(lines))


def caught(call: Callable[[], Any]) -> str | None:
    """What went wrong in words, "" where the person cancelled, None where all went well. On the main thread."""
    problem, trace = _tried(call)
    if trace:
        nuke().tprint(trace)
    return problem


def _tried(call: Callable[[], Any]) -> tuple[str | None, str]:
    """What `caught` answers, and the traceback of a fault of ours; never touches Nuke."""
    try:
        call()
    except Cancelled:
        return "", ""
    except PlatesError as error:
        return str(error), ""
    except Exception as error:  # noqa: BLE001 - the border to Nuke: a fault of ours is told and logged, never a crash
        text = f"Ramses Plates met a fault of its own ({type(error).__name__}); the script editor has the details."
        return text, traceback.format_exc()
    return None, ""


def _guarded(call: Callable[[], None], tell: Callable[[Sequence[str]], None]) -> None:
    problem = caught(call)
    if problem:
        tell([problem])


def _log(lines: Sequence[str]) -> None:
    for line in lines:
        nuke().tprint(f"Ramses: {line}")
