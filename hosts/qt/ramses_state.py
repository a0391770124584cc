# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether Ramses runs and what waits to be told to it: always in sight, asked on a worker."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ...core.events import Cancel, Listener
from ...core.outbox import pending
from ...core.register import SyncReport, sync
from ...core.report.rows import count_text
from ...lib.ramses.client import RamDaemonInterface
from . import style
from .binding import QtCore, QtWidgets, Signal
from .host import Job
from .runner import Runner

_EVERY_MS = 15_000


@dataclass(frozen=True)
class RamsesState:
    """`sentence` says whether Ramses runs; `waiting` registrations are in the project's outbox, for `reasons`."""

    online: bool
    sentence: str
    waiting: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """One line for the bar."""
        if not self.waiting:
            return self.sentence
        return f"{count_text(self.waiting, 'registration')} waiting. {self.sentence}"

    @property
    def sign(self) -> str:
        """The state that style draws."""
        return "waiting" if self.waiting else "online" if self.online else "offline"


def ask_state(root: str) -> RamsesState:
    """Ask Ramses and the outbox of a project ("" = no project); never raises, may take as long as Ramses may."""
    found = RamDaemonInterface.instance().app_state()
    entries = pending(root) if root and os.path.isdir(root) else []
    reasons = tuple(dict.fromkeys(entry.reason for entry in entries if entry.reason))
    return RamsesState(found.online, found.sentence(), len(entries), reasons)


class StatusBar(QtWidgets.QWidget):
    """One quiet line: a sign, a sentence, and a button where registrations wait.

    `changed` brings every new RamsesState. While the widget is shown it asks again every 15 seconds.
    """

    changed = Signal(object)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.state: RamsesState | None = None
        self._root = ""
        self._again = False
        self._runner = Runner(self)
        self._runner.done.connect(self._take)
        self._runner.problem.connect(self._tell)
        self._runner.ended.connect(self._ended)
        self._sign = QtWidgets.QLabel()
        self._words = QtWidgets.QLabel("Asking Ramses …")
        self._words.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Preferred)
        self.button = QtWidgets.QPushButton("Register now")
        self.button.setToolTip("Tell Ramses about the published versions that it does not know yet")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(lambda *_: self.register_now())
        self.button.hide()
        line = QtWidgets.QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._sign)
        line.addWidget(self._words, 1)
        line.addWidget(self.button)
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self._show_sign("offline")

    @property
    def text(self) -> str:
        """What the bar says."""
        return str(self._words.text())

    @property
    def busy(self) -> bool:
        """True while Ramses is asked or told."""
        return self._runner.busy

    def set_project(self, root: str) -> None:
        """The project folder whose outbox counts, "" for none."""
        if root != self._root:
            self._root = root
            self.refresh()

    def refresh(self) -> None:
        """Ask again now, or as soon as the question under way is answered."""
        root = self._root
        if not self._runner.start(Job("Asking Ramses", lambda _listen, _cancel: ask_state(root), _same)):
            self._again = True

    def register_now(self) -> None:
        """Deliver the outbox."""
        root = self._root
        if not root:
            return

        def work(listen: Listener, cancel: Cancel) -> SyncReport:
            return sync(root, RamDaemonInterface.instance(), listen=listen, cancel=cancel)

        if self._runner.start(Job("Telling Ramses", work, _same)):
            self.button.setEnabled(False)
            self._words.setText("Telling Ramses …")

    def showEvent(self, event: object) -> None:
        """Begin to ask."""
        super().showEvent(event)
        self._timer.start()
        self.refresh()

    def hideEvent(self, event: object) -> None:
        """Nobody looks: nobody asks."""
        super().hideEvent(event)
        self._timer.stop()

    def _take(self, found: object) -> None:
        if isinstance(found, SyncReport):
            self._again = True
            return
        if isinstance(found, RamsesState):
            self.state = found
            self._words.setText(found.words)
            self._words.setToolTip("\n".join([found.words, *found.reasons]))
            self._show_sign(found.sign)
            self.button.setVisible(bool(found.waiting))
            self.button.setEnabled(found.online)
            self.changed.emit(found)

    def _tell(self, text: str) -> None:
        self._words.setText(text)
        self._words.setToolTip(text)

    def _ended(self) -> None:
        if self._again:
            self._again = False
            self.refresh()

    def _show_sign(self, sign: str) -> None:
        size = style.icon_size(self)
        self._sign.setPixmap(style.state_icon(sign, self.palette(), size).pixmap(size, size))


def _same(found: object) -> object:
    return found
