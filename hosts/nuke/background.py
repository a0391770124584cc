# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a panel's job without a panel: from the menu, a drop or a callback. In a terminal it runs at once."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Sequence
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
    tell = _log if quiet else say
    if not env("gui"):
        _guarded(lambda: then(job.finish(job.work(silent, Cancel()))), tell)
        always()
        return
    cancel, done = Cancel(), threading.Event()

    def work() -> None:
        answer: list[Any] = []
        problem, trace = _tried(lambda: answer.append(job.work(silent, cancel)))
        done.set()
        nuke().executeInMainThread(finish, (answer, problem, trace))

    def finish(answer: list[Any], problem: str | None, trace: str) -> None:
        always()
        if trace:
            nuke().tprint(trace)
        if problem is not None:
            tell([problem] if problem else [])
        else:
            _guarded(lambda: then(job.finish(answer[0])), tell)

    if not quiet:
        task = nuke().ProgressTask(f"Ramses: {job.title}")

        def watch() -> None:
            while not done.wait(0.1):
                if task.isCancelled():
                    cancel.set()

        threading.Thread(target=watch, name=_THREAD, daemon=True).start()
    threading.Thread(target=work, name=_THREAD, daemon=True).start()


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
