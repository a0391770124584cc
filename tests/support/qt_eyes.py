# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test of the panels needs: wait until the work is done, and see how long the window's thread was held."""

from __future__ import annotations

import threading
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
    """Measures the longest time between two turns of the event loop while it is entered.

    The time that the thread stood in line for a processor is no fault of the panel and does not count, where the
    system tells it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = self._stood = 0.0
        self._place = f"/proc/self/task/{threading.get_native_id()}/schedstat"
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tick)

    def __enter__(self) -> Watchdog:
        self._last, self._stood = time.monotonic(), self._in_line()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._tick()
        self._timer.stop()

    def _tick(self) -> None:
        now, stood = time.monotonic(), self._in_line()
        self.longest = max(self.longest, now - self._last - (stood - self._stood))
        self._last, self._stood = now, stood

    def _in_line(self) -> float:
        """Seconds that this thread has waited for a processor since it began; 0 where nobody counts them."""
        try:
            with open(self._place, encoding="ascii") as file:
                return int(file.read().split()[1]) / 1e9
        except OSError:
            return 0.0
