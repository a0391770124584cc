# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress counted by many threads and told by one at a time, at most ten times a second."""

from __future__ import annotations

import threading
import time

from .events import Event, Listener

_INTERVAL = 0.1


class Progress:
    """Counts `unit`s of one stage up to `total` and tells the listener, never from two threads at once."""

    def __init__(self, listen: Listener, stage: str, total: int, unit: str, clip: str = "") -> None:
        self._listen = listen
        self._total = total
        self._lock = threading.Lock()
        self._event = (stage, unit, clip)
        self._told = time.monotonic()
        self.done = 0

    def add(self, count: int) -> None:
        """Count something done; tells the listener when it is time again."""
        with self._lock:
            self.done += count
            now = time.monotonic()
            if now - self._told >= _INTERVAL:
                self._told = now
                self._tell()

    def finish(self) -> None:
        """Tell where the count stands now, whenever the listener was told last."""
        with self._lock:
            self._tell()

    def _tell(self) -> None:
        stage, unit, clip = self._event
        self._listen(Event(stage, self.done, self._total, unit, clip))
