# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection that all threads of a process share: finds the port, takes turns, remembers nothing stale."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import request
from .errors import RamsesError, RamsesOffline, Refused, UnknownQuery
from .reply import Reply
from .settings import PORT_VARIABLES, PortChoice, port_choices
from .wire import HOST, Limits, Wire, never

# What the field's own API uses: a click in a panel asks for the same record several times.
CACHE_SECONDS = 2.0
# A program on 5555 that is not Ramses (Android's debug bridge lives there) may never answer.
_KNOCK = Limits(connect=1.0, silence=5.0, total=8.0, reply=1 << 20)


class Connection:
    """One wire, a lock around it and the cache of getData.

    Without `port` the port is looked up in the environment and in Ramses' own settings at the first request, and only
    a program that answers like Ramses is believed.
    """

    def __init__(
        self,
        port: int | None = None,
        *,
        host: str = HOST,
        limits: Limits | None = None,
        cache_seconds: float = CACHE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.cache_seconds = cache_seconds
        self._host = host
        self._fixed_port = port
        self._limits = limits or Limits()
        self._clock = clock
        self._lock = threading.RLock()
        self._wire: Wire | None = None
        self._here = threading.local()
        self._cache: dict[str, tuple[float, dict[str, Any]]] = {}
        self._past = (0, 0, 0)

    @property
    def counts(self) -> tuple[int, int, int]:
        """(requests, bytes received, connections) since this object was made."""
        wire = self._wire
        now = (wire.requests, wire.received, wire.connections) if wire is not None else (0, 0, 0)
        return (self._past[0] + now[0], self._past[1] + now[1], self._past[2] + now[2])

    @property
    def place(self) -> str:
        """The address in use, such as "127.0.0.1:18185"; "" while there is none."""
        return self._wire.place if self._wire is not None else ""

    def close(self) -> None:
        """Hang up and forget what was read; the next request connects again."""
        with self._lock:
            if self._wire is not None:
                self._wire.close()
                self._past, self._wire = self.counts, None
            self._cache.clear()

    @contextmanager
    def stopping_when(self, stopped: Callable[[], bool]) -> Iterator[None]:
        """While inside, a waiting request of this thread raises Interrupted soon after `stopped()` becomes true."""
        before = self._stop_flag()
        self._here.stopped = stopped
        try:
            yield
        finally:
            self._here.stopped = before

    def ask(self, query: str, **fields: Any) -> Reply:
        """Send one query and return its reply. Raises Refused, UnknownQuery, and whatever building and wire raise."""
        with self._lock:
            built = request.build(query, limit=self._limits.request, **fields)
            if built.writes:
                self._cache.clear()
            try:
                if self._wire is None:
                    self._wire = self._find()
                self._wire.stopped = self._stop_flag()
                reply = self._wire.ask(built)
            except RamsesOffline:
                # A port that was found by looking around may be another one next time.
                if self._fixed_port is None:
                    self.close()
                raise
        if not reply.accepted:
            raise UnknownQuery(f"This version of Ramses does not know {query}.", answer=reply.message[:200])
        if not reply.success:
            raise Refused(f"Ramses refused {query}: {reply.message[:200]}", answer=reply.message[:200])
        return reply

    def _stop_flag(self) -> Callable[[], bool]:
        found: Callable[[], bool] = getattr(self._here, "stopped", never)
        return found

    def _find(self) -> Wire:
        if self._fixed_port is not None:
            return Wire(self._fixed_port, self._limits, self._host)
        tried = []
        for choice in port_choices():
            wire = Wire(choice.port, _KNOCK, self._host)
            wire.stopped = self._stop_flag()
            try:
                wire.ask(request.build("ping"))
            except RamsesError as error:
                wire.close()
                if wire.stopped():
                    raise
                tried.append(f"{choice.port} ({_reason(error, choice)})")
                continue
            wire.limits = self._limits
            return wire
        if not tried:
            raise RamsesOffline(f"Ramses is switched off by {' or '.join(PORT_VARIABLES)}.")
        raise RamsesOffline(f"Ramses does not answer on port {', '.join(tried)}.", "Start the Ramses Client.")


def _reason(error: RamsesError, choice: PortChoice) -> str:
    why = "nothing there" if isinstance(error, RamsesOffline) else "no answer like Ramses'"
    return why if choice.source == "default" else f"{why}, named by {choice.source}"
