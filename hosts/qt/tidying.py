# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps Python's own habits away from the moments in which a person would notice them.

A delivery of thousands of clips makes hundreds of thousands of objects. To search them all takes more than a tenth of
a second, in which no thread moves, and Python does it several times while they are made, in vain. The young
generations go on being collected, so nothing piles up; the full search comes once, when nobody is at work.

A thread that computes is asked to make way only every five milliseconds, and where several compute, the window stands
in line several times for each thing it draws: meanwhile they are asked five times as often.
"""

from __future__ import annotations

import gc
import sys
import threading

from .binding import QtCore

_NEVER = 1_000_000
_IDLE_MS = 4000
_SOON = 0.001
_lock = threading.Lock()
_postponed: list[int] = []
_usual: list[tuple[int, int, int]] = []
_usual_turn: list[float] = []


def _postpone(who: int) -> None:
    with _lock:
        if not _postponed:
            _usual[:] = [gc.get_threshold()]
            gc.set_threshold(_usual[0][0], _usual[0][1], _NEVER)
            _usual_turn[:] = [sys.getswitchinterval()]
            sys.setswitchinterval(min(_SOON, _usual_turn[0]))
        if who not in _postponed:
            _postponed.append(who)


def _resume(who: int) -> bool:
    """Give the program its own habits back once nobody needs the rest; True where that was done."""
    with _lock:
        if who not in _postponed:
            return False
        _postponed.remove(who)
        if _postponed:
            return False
        if abs(sys.getswitchinterval() - _SOON) < 1e-6:
            sys.setswitchinterval(_usual_turn[0])
        if gc.get_threshold()[2] != _NEVER:  # somebody else has set them meanwhile
            return False
        gc.set_threshold(*_usual[0])
        return True


class Tidying(QtCore.QObject):
    """One for each panel: `hold` while there is work, it lets go by itself some seconds after the last one."""

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._me = id(self)
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_IDLE_MS)
        self._timer.timeout.connect(self.let_go)
        me = self._me
        self.destroyed.connect(lambda *_: _resume(me))

    def hold(self) -> None:
        """No full collection from now on until some seconds after the last call."""
        _postpone(self._me)
        self._timer.start()

    def let_go(self) -> None:
        """Nobody is at work: search once, then leave it to Python again."""
        self._timer.stop()
        if _resume(self._me):
            gc.collect()
