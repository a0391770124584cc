# SPDX-License-Identifier: GPL-3.0-or-later
"""The one stream of progress going up, and the one cancel going down."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .errors import Cancelled


@dataclass(frozen=True)
class Event:
    """One step of progress, small enough to be sent a hundred times a second.

    `stage` is a room of the core: scan, probe, identify, plan, publish, verify, register, report.
    `done` and `total` count in `unit` ("files", "clips", "frames", "bytes"); `total` 0 means not known yet.
    `clip` names what is worked on, `message` is for people and may be empty.
    `payload` carries the room's own result (a Clip, a Media ...) for in-process listeners; it is never serialised.
    """

    stage: str
    done: int = 0
    total: int = 0
    unit: str = ""
    clip: str = ""
    message: str = ""
    payload: Any = None

    def document(self) -> dict[str, Any]:
        """The event as a JSON-ready dict, empty fields left out."""
        data = asdict(Event(self.stage, self.done, self.total, self.unit, self.clip, self.message))
        return {key: value for key, value in data.items() if value not in ("", None)}


Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """The listener of those who do not listen."""


class Cancel:
    """A flag that any thread may set and every loop of the core looks at."""

    def __init__(self) -> None:
        self._flag = threading.Event()

    def set(self) -> None:
        """Ask everything that looks at this flag to stop and clean up."""
        self._flag.set()

    @property
    def is_set(self) -> bool:
        """True once somebody asked to stop."""
        return self._flag.is_set()

    def check(self) -> None:
        """Raise Cancelled once the flag is set."""
        if self._flag.is_set():
            raise Cancelled()

    def wait(self, seconds: float) -> bool:
        """Sleep up to `seconds`, return True as soon as the flag is set."""
        return self._flag.wait(seconds)
