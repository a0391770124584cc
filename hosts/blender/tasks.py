# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that work in the background with a window, and at once without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from ...core.errors import PlatesError
from . import garbage, live
from .background import Answer, Finish, Steps, Task, Work
from .watch import redraw

TICK = 0.1
_running: list[Task] = []


def running() -> Task | None:
    """The task that works now, for panels and polls."""
    return _running[0] if _running else None


class TaskOperator:
    """Mix into a bpy Operator. Give `prepare` and `finish`; `execute` does all at once, `invoke` in the background."""

    title = "Ramses"
    panel = "shot"  # where its progress and its outcome are shown
    large = False  # whether its result may be thousands of objects
    _modal = False

    def prepare(self, context: Any) -> Work:
        """Read what is needed of the scene and return the work; the work must not touch bpy. May raise PlatesError."""
        raise NotImplementedError

    def finish(self, context: Any, result: Any) -> Steps:
        """Take the result over into Blender, yielding now and then. May raise PlatesError."""
        raise NotImplementedError

    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Greyed, with the reason, while another task works."""
        task = running()
        if task is not None:
            cls.poll_message_set(f"{task.title} is at work: wait for it or press ESC")  # type: ignore[attr-defined]
        return task is None

    def execute(self: Any, context: Any) -> Answer:
        """Everything at once, for scripts."""
        try:
            task = Task(self.title, self.prepare(context), self.panel, self.large)
        except PlatesError as problem:
            return refuse(self, problem)
        task.run()
        answer = self._fail(task)
        if answer:
            return answer
        try:
            return Finish(self.finish(context, task.result)).run()
        except PlatesError as problem:
            return refuse(self, problem)

    def invoke(self: Any, context: Any, _event: Any) -> Answer:
        """Start the thread; a timer asks for its news."""
        if bpy.app.background or context.window is None:
            return self.execute(context)
        try:
            self._task, self._finish = Task(self.title, self.prepare(context), self.panel, self.large), None
        except PlatesError as problem:
            return refuse(self, problem)
        self._modal = True
        _running.append(self._task)
        self._timer = context.window_manager.event_timer_add(TICK, window=context.window)
        context.window_manager.modal_handler_add(self)
        context.workspace.status_text_set(f"{self.title} ... [ESC] cancels")
        self._task.start()
        return {"RUNNING_MODAL"}

    def modal(self: Any, context: Any, event: Any) -> Answer:
        """ESC asks to stop, the timer looks for news, everything else goes to the artist's own work."""
        if event.type == "ESC":
            self._task.cancel.set()
            return {"RUNNING_MODAL"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        try:
            answer = self._tick(context)
        except BaseException:
            self._leave(context)  # or every button would stay greyed
            raise
        redraw()
        if not answer:
            context.workspace.status_text_set(f"{self._task.text}  [ESC] cancels")
            return {"PASS_THROUGH"}
        self._leave(context)
        return answer

    def cancel(self: Any, context: Any) -> None:
        """Blender ends the operator, for another file or at its exit."""
        self._task.stop()
        self._leave(context)

    def open_file(self: Any, path: str, then: Callable[[], object]) -> None:
        """Open another Blender file and go on in it.

        A running operator does not outlive the file that it was started in, so with a window this waits for its end.
        """
        if not self._modal:
            bpy.ops.wm.open_mainfile(filepath=path)
            then()
            return

        def later() -> None:
            window = live.context().window_manager.windows[0]
            with bpy.context.temp_override(window=window):
                bpy.ops.wm.open_mainfile(filepath=path)
            with bpy.context.temp_override(window=live.context().window_manager.windows[0]):
                then()

        bpy.app.timers.register(later, first_interval=0.1)

    def _leave(self: Any, context: Any) -> None:
        context.window_manager.event_timer_remove(self._timer)
        context.workspace.status_text_set(None)
        if self._task in _running:
            _running.remove(self._task)
        self._task.leave()

    def _tick(self: Any, context: Any) -> Answer:
        """One slice of work for the window: first the news, after the end of the task its result. Empty = not done."""
        if self._finish is None:
            if not self._task.poll():
                return set()
            answer = self._fail(self._task)
            if answer:
                return answer
            self._finish = Finish(self.finish(context, self._task.result))
        try:
            return self._finish.answer if self._finish.advance() else set()
        except PlatesError as problem:
            return refuse(self, problem)

    def _fail(self: Any, task: Task) -> Answer:
        """Tell why there is no result; empty where there is one."""
        if task.cancelled:
            keep(self, f"{self.title} was cancelled; nothing is left half done.", True)
            self.report({"WARNING"}, f"{self.title} was cancelled; nothing is left half done.")
            return {"CANCELLED"}
        if task.error:
            keep(self, task.error, True)
            self.report({"ERROR"}, task.error)
            return {"CANCELLED"}
        return set()


def refuse(operator: Any, problem: PlatesError) -> Answer:
    """Tell a refusal in plain words."""
    keep(operator, str(problem), True)
    operator.report({"ERROR"}, str(problem))
    return {"CANCELLED"}


def say(operator: Any, text: str, warn: bool = False) -> Answer:
    """Tell what was done, here and in the panel; the answer of an operator that is through."""
    keep(operator, text, warn)
    operator.report({"WARNING" if warn else "INFO"}, text)
    return {"FINISHED"}


def wrote(operator: Any, folder: str, report: str = "") -> None:
    """Have the operator's panel offer to open what was written."""
    session = live.session()
    session.written, session.report, session.written_by = folder, report, getattr(operator, "panel", "")


def keep(operator: Any, text: str, grave: bool) -> None:
    """Have the operator's panel show this until something else happens."""
    session = live.session()
    session.message, session.grave, session.place = text, grave, getattr(operator, "panel", "shot")


def register() -> None:
    """Nothing to add: the operators are registered by their own modules."""


def unregister() -> None:
    """No thread may outlive the add-on."""
    for task in list(_running):
        task.stop()
    _running.clear()
    garbage.unregister()
