# SPDX-License-Identifier: GPL-3.0-or-later
"""The wire: one connection to the Ramses Client, one send per request, one complete reply for each.

The app treats whatever bytes are readable at one moment as one request, serves one request at a time in its GUI
thread and never closes a connection. So a request must leave in one piece and wait for its reply, and our sending
side stays open until then (a half-closed connection gets no reply at all).
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from .errors import BadReply, Interrupted, RamsesError, RamsesOffline, RamsesTimeout, ReplyLost, Unsendable
from .reply import LARGEST_REPLY, Reply, ReplyBuffer, envelope
from .request import LARGEST_REQUEST, Request, build

# The app listens on IPv4 only; "localhost" may mean ::1, which it refuses.
HOST = "127.0.0.1"
_PIECE = 1 << 18
# How often a waiting call looks whether it should stop.
_TICK = 0.2
_BLANKS = b" \t\r\n"


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes that one exchange may take: to connect, between two pieces, altogether; the largest reply.

    The app is single threaded, so a slow action of the artist delays every reply: silence has to last long.
    """

    connect: float = 3.0
    silence: float = 15.0
    total: float = 120.0
    reply: int = LARGEST_REPLY
    request: int = LARGEST_REQUEST


def never() -> bool:
    """The stop flag of those who never stop."""
    return False


class Wire:
    """A persistent connection that reconnects by itself. Not thread-safe; RamDaemonInterface holds the lock.

    Every new connection begins with a `ping`: nothing else is ever sent to a program that does not answer like
    Ramses. A read whose reply was lost is sent once more; a write never is, because it may have been carried out.
    `requests`, `received` (bytes) and `connections` count what went over the wire.
    """

    def __init__(self, port: int, limits: Limits | None = None, host: str = HOST) -> None:
        self.host = host
        self.port = port
        self.limits = limits or Limits()
        self.stopped: Callable[[], bool] = never
        self.requests = 0
        self.received = 0
        self.connections = 0
        self.greeting: dict[str, object] = {}
        self._socket: socket.socket | None = None

    @property
    def place(self) -> str:
        """Where we talk to, for messages."""
        return f"{self.host}:{self.port}"

    def ask(self, request: Request) -> Reply:
        """Send `request` and return its reply.

        Raises RamsesOffline, ReplyLost, RamsesTimeout, BadReply, Interrupted, Unsendable. Errors that leave a sent
        request unanswered have `may_have_acted` set.
        """
        try:
            return self._exchange(request)
        except ReplyLost as error:
            if request.writes and error.may_have_acted:
                raise
        return self._exchange(request)

    def close(self) -> None:
        """Hang up. The next request connects again."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

    def _exchange(self, request: Request) -> Reply:
        if len(request.payload) > self.limits.request:
            raise Unsendable(f"A request of {len(request.payload)} bytes may be cut in two on its way to Ramses.")
        link = self._link()
        try:
            return self._talk(link, request)
        except RamsesError:
            # Whatever still arrives on this connection belongs to the failed request.
            self.close()
            raise

    def _link(self) -> socket.socket:
        if self._socket is not None and _is_stale(self._socket):
            self.close()
        if self._socket is None:
            link = self._connect()
            self._socket = link
            try:
                reply = self._talk(link, build("ping"))
                if reply.content.get("ramses") != "Ramses-Client":
                    raise BadReply(f"The program at {self.place} does not answer like Ramses.")
            except RamsesError as error:
                self.close()
                error.may_have_acted = False  # nothing but a ping was sent
                raise
            self.greeting = reply.content
        return self._socket

    def _connect(self) -> socket.socket:
        link = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            link.settimeout(self.limits.connect)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if link.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) < 4 * self.limits.request:
                link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * self.limits.request)
            link.connect((self.host, self.port))
            # A connection to a free local port can meet itself when the system picks the same number for our side.
            if link.getsockname() == link.getpeername():
                raise ConnectionRefusedError
        except TimeoutError:
            link.close()
            raise RamsesTimeout(f"Nothing accepts a connection at {self.place} in {self.limits.connect:g} s.") from None
        except OSError as error:
            link.close()
            reason = f" ({error.strerror})" if error.strerror else ""
            raise RamsesOffline(f"Ramses is not running at {self.place}{reason}.", "Start the Ramses Client.") from None
        self.connections += 1
        return link

    def _talk(self, link: socket.socket, request: Request) -> Reply:
        deadline = time.monotonic() + self.limits.total
        self.requests += 1
        try:
            link.settimeout(self.limits.silence)
            sent = link.send(request.payload)
        except TimeoutError:
            raise RamsesTimeout(f"Ramses takes no {request.query} request.", may_have_acted=True) from None
        except OSError as error:
            raise ReplyLost(f"Ramses hung up ({error}).", may_have_acted=True) from None
        if sent != len(request.payload):
            # The rest must not follow: it would be carried out as a request of its own.
            raise ReplyLost("The system sent only a part of the request.", may_have_acted=True)
        buffer = ReplyBuffer(self.limits.reply)
        try:
            while not buffer.feed(self._receive(link, request, deadline, len(buffer))):
                pass
        except BadReply as error:
            error.may_have_acted = True
            raise
        finally:
            self.received += len(buffer)
        return envelope(buffer.document())

    def _receive(self, link: socket.socket, request: Request, deadline: float, so_far: int) -> bytes:
        silent_from = time.monotonic()
        while True:
            if self.stopped():
                raise Interrupted(f"Stopped while waiting for the reply to {request.query}.", may_have_acted=True)
            now = time.monotonic()
            if now >= deadline or now - silent_from >= self.limits.silence:
                raise RamsesTimeout(
                    f"Ramses did not finish its reply to {request.query} in {_seconds(self.limits, now >= deadline)}"
                    f" ({so_far} bytes came).",
                    "It may be busy or show a dialog; try again.",
                    may_have_acted=True,
                )
            link.settimeout(max(0.001, min(_TICK, deadline - now, silent_from + self.limits.silence - now)))
            try:
                piece = link.recv(_PIECE)
            except TimeoutError:
                continue
            except OSError as error:
                raise ReplyLost(f"The connection to Ramses broke ({error}).", may_have_acted=True) from None
            if not piece:
                raise ReplyLost("Ramses closed the connection before its reply was complete.", may_have_acted=True)
            return piece


def _seconds(limits: Limits, total: bool) -> str:
    return f"{limits.total if total else limits.silence:g} s"


def _is_stale(link: socket.socket) -> bool:
    """True where the other side has hung up or sent something nobody asked for; blanks after a reply are its end."""
    try:
        link.setblocking(False)
        while True:
            piece = link.recv(4096)
            if not piece or piece.strip(_BLANKS):
                return True
    except BlockingIOError:
        return False
    except OSError:
        return True
