# SPDX-License-Identifier: GPL-3.0-or-later
"""The socket of the Ramses test daemon: a read is a request, and everything that can go wrong on the way."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from ramses_app import App, Died
from ramses_database import Database, Record, indented


@dataclass
class Faults:
    """What goes wrong on the way. `only` and `nth` narrow the faults to one query and to one request of it (from 1).

    slow: seconds before a reply. silent: no reply at all. pieces: bytes per send. gap: seconds between pieces.
    reset: the connection is reset instead of answered. cut: the reply ends in its middle and the connection closes.
    malformed: the reply is no JSON. wrong_types: its keys hold the wrong types. twice: it comes twice.
    line: it is written on one line and ends with two blanks. kill_before, kill_after, kill_replied: the app dies
    before the request is carried out, after it but before the reply, or after the reply.
    """

    only: str = ""
    nth: int = 0
    slow: float = 0.0
    silent: bool = False
    pieces: int = 0
    gap: float = 0.0
    reset: bool = False
    cut: bool = False
    malformed: bool = False
    wrong_types: bool = False
    twice: bool = False
    line: bool = False
    kill_before: bool = False
    kill_after: bool = False
    kill_replied: bool = False

    @classmethod
    def parse(cls, options: list[str]) -> Faults:
        """From texts such as "slow=0.5" or "reset"."""
        readers: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float, "bool": _switch}
        kinds = {entry.name: readers[str(entry.type)] for entry in fields(cls)}
        found: Record = {}
        for option in options:
            name, _sign, value = option.partition("=")
            if name not in kinds:
                raise SystemExit(f"There is no fault {name!r}; there are {', '.join(kinds)}.")
            found[name] = kinds[name](value)
        return cls(**found)


def _switch(text: str) -> bool:
    return text not in ("0", "no")


NO_FAULTS = Faults()


@dataclass
class Log:
    """What arrived and left, for tests that count."""

    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    sent: int = 0


class Daemon:
    """The daemon in a thread of this process. Use as a context manager; `restart` is a new start of the app."""

    def __init__(self, database: Database | None, port: int = 0, faults: Faults = NO_FAULTS, **app: Any) -> None:
        self.database = database
        self.faults = faults
        self.log = Log()
        self.cause = ""
        self.gone = threading.Event()
        self._options = app
        self._lock = threading.Lock()
        self._matched = 0
        self._links: set[socket.socket] = set()
        self._server: socket.socket | None = None
        self.app: App = App(None)
        self.port = port
        self.start()

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill("stopped")

    @property
    def alive(self) -> bool:
        """True while the app listens."""
        return not self.gone.is_set()

    def start(self) -> None:
        """Start the app on `port` (0 = any). Raises Died where the database ends it at once."""
        self.app = App(self.database, **self._options)
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name != "nt":
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", self.port))
        server.listen(50)
        self.port = server.getsockname()[1]
        self._server = server
        self.gone.clear()
        self.cause = ""
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def restart(self, **app: Any) -> None:
        """Kill the app and start it again on the same port: only the database survives."""
        self.kill("restart")
        self._options.update(app)
        self.start()

    def set_faults(self, **faults: Any) -> None:
        """Faults from now on; the count of `nth` begins again."""
        with self._lock:
            self.faults = Faults(**faults)
            self._matched = 0

    def kill(self, cause: str = "killed") -> None:
        """The process ends: nothing listens, every connection breaks."""
        if self.gone.is_set():
            return
        self.cause = cause
        self.gone.set()
        if self._server is not None:
            with contextlib.suppress(OSError):
                self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()
        for link in list(self._links):
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                link, _address = server.accept()
            except OSError:
                return
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.log.connections += 1
            self._links.add(link)
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        try:
            while data := link.recv(1 << 20):
                with self._lock:  # one GUI thread
                    if self.gone.is_set() or not self._handle(link, data):
                        return
        except OSError:
            pass
        finally:
            self._links.discard(link)
            link.close()

    def _handle(self, link: socket.socket, data: bytes) -> bool:
        """Serve one read; False where the connection is over."""
        text = data.split(b"\0")[0].decode("utf-8", "replace").removeprefix("\ufeff")
        self.log.requests.append(data)
        faults = self._faults_for(text)
        if faults.kill_before:
            self.kill("killed before the request")
            return False
        try:
            reply = self.app.answer(text)
        except Died as error:
            self.kill(str(error))
            return False
        if faults.kill_after:
            self.kill("killed after the request")
            return False
        time.sleep(faults.slow)
        if reply is not None and not faults.silent and not _half_closed(link) and not self._send(link, reply, faults):
            return False
        if faults.kill_replied:
            self.kill("killed after the reply")
            return False
        return True

    def _faults_for(self, text: str) -> Faults:
        faults = self.faults
        if faults.only and faults.only != text.split("&")[0].split("=")[0]:
            return NO_FAULTS
        self._matched += 1
        return NO_FAULTS if faults.nth and faults.nth != self._matched else faults

    def _send(self, link: socket.socket, reply: Record, faults: Faults) -> bool:
        if faults.wrong_types:
            reply = reply | {"content": ["wrong"], "success": "yes"}
        written = (
            json.dumps(reply, sort_keys=True, ensure_ascii=False) + "  " if faults.line else indented(reply) + "\n"
        )
        if faults.malformed:
            written = written.replace(":", " ", 1)
        data = written.encode("utf-8") * (2 if faults.twice else 1)
        if faults.reset:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if faults.cut:
            link.sendall(data[: len(data) // 2])
            return False
        step = faults.pieces or len(data)
        for at in range(0, len(data), step):
            self.log.sent += len(data[at : at + step])  # before the other side can look
            link.sendall(data[at : at + step])
            if faults.gap:
                time.sleep(faults.gap)
        return True


def _half_closed(link: socket.socket) -> bool:
    """The other side has shut down its sending side: the real app then drops the reply."""
    readable, _writable, _broken = select.select([link], [], [], 0)
    return bool(readable) and not link.recv(1, socket.MSG_PEEK)
