# SPDX-License-Identifier: GPL-3.0-or-later
"""What a panel has its host do: one job at a time, what follows it, and every refusal in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .binding import QtCore, Signal
from .host import Job
from .runner import Runner, in_words

Answer = TypeVar("Answer")


class HostWork(QtCore.QObject):
    """`failed` brings a sentence, `cancelled` tells that a person stopped it, `changed` that work began or ended."""

    failed = Signal(str)
    cancelled = Signal()
    changed = Signal()

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = Runner(self)
        self._then: Callable[[Any], None] | None = None
        self._next: Callable[[], object] | None = None
        self._in_any_case = False
        self.runner.done.connect(self._done)
        self.runner.problem.connect(self._fail)
        self.runner.cancelled.connect(self._cancelled)
        self.runner.ended.connect(self._ended)

    @property
    def busy(self) -> bool:
        """True while a job runs."""
        return bool(self.runner.busy)

    @property
    def followed(self) -> bool:
        """True where something is to follow the job that ends now."""
        return self._next is not None

    def run(self, title: str, make: Callable[[], Job[Any, Answer]], then: Callable[[Answer], None]) -> bool:
        """Have the host make a job and start it; `then` gets its answer. False while another one runs, or refused."""
        if self.busy:
            return False
        self._then = then
        made = self.at_once(title, make)
        if made is None:
            self._next = None
        else:
            self.runner.start(made)
        self.changed.emit()
        return made is not None

    def follow(self, act: Callable[[], object], in_any_case: bool = False) -> None:
        """What comes once the job at work has ended: well, or `in_any_case`."""
        self._next, self._in_any_case = act, in_any_case

    def at_once(self, title: str, act: Callable[[], Answer]) -> Answer | None:
        """What the host does on the spot; None, and `failed` is told, where it refuses."""
        try:
            return act()
        except Exception as problem:  # noqa: BLE001 - the border to the host: whatever it raises is told
            self._fail(in_words(problem, title))
            return None

    def _done(self, answer: Any) -> None:
        if self._then is not None:
            self._then(answer)

    def _fail(self, sentence: str) -> None:
        self._drop()
        self.failed.emit(sentence)

    def _cancelled(self) -> None:
        self._drop()
        self.cancelled.emit()

    def _drop(self) -> None:
        if not self._in_any_case:
            self._next = None

    def _ended(self) -> None:
        following, self._next = self._next, None
        if following is not None:
            following()
        self.changed.emit()
