# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test of the panels needs: wait until the work is done, and see how long the window's thread was held."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ramses_plates.hosts.qt.binding import QtCore
from ramses_plates.hosts.qt.runner import Runner

# Ten times the 50 ms that a person does not notice: busy machines run tests too.
HELD = 0.5


def settle(panel: Any, until: Callable[[], object] = lambda: True, seconds: float = 20.0) -> None:
    """Keep the event loop going until no runner below the panel works and `until` holds; fails out of time."""
    end, calm = time.monotonic() + seconds, 0
    while calm < 5:
        assert time.monotonic() < end, f"{type(panel).__name__} does not come to rest"
        QtCore.QCoreApplication.processEvents()
        time.sleep(0.003)
        busy = any(runner.busy for runner in panel.findChildren(Runner))
        calm = 0 if busy or not until() else calm + 1


class Watchdog(QtCore.QObject):
    """Measures the longest time between two turns of the event loop while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = 0.0
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tick)

    def __enter__(self) -> Watchdog:
        self._last = time.monotonic()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._tick()
        self._timer.stop()

    def _tick(self) -> None:
        now = time.monotonic()
        self.longest = max(self.longest, now - self._last)
        self._last = now
