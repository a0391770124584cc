# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that answers with exactly the bytes it is told, in exactly the pieces it is told."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

PING = b'{"accepted": true, "content": {"ramses": "Ramses-Client", "userUuid": "", "version": "0.10.0-Beta"}, "message": "", "query": "ping", "success": true}\n'  # noqa: E501


def reply(content: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A well-formed reply as a dict."""
    return {"accepted": True, "success": True, "message": "m", "query": "q", "content": content or {}} | changes


def written(document: Any, indent: int | None = 4) -> bytes:
    """A reply as the app writes it; on one line with `indent` None."""
    return (json.dumps(document, indent=indent, ensure_ascii=False) + "\n").encode("utf-8")


class RawServer:
    """Answers every request but pings with `pieces(request)`; pings get a proper answer unless `greets` is False.

    A piece of None closes the connection. `requests` are the reads, `connections` how many there were.
    """

    def __init__(self, pieces: Callable[[bytes], Iterable[bytes | None]], greets: bool = True) -> None:
        self.pieces = pieces
        self.greets = greets
        self.requests: list[bytes] = []
        self.connections = 0
        self._links: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> RawServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for link in [self._server, *self._links]:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()

    def _accept(self) -> None:
        while True:
            try:
                link, _address = self._server.accept()
            except OSError:
                return
            self.connections += 1
            self._links.append(link)
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while data := link.recv(1 << 20):
                self.requests.append(data)
                if data == b"ping" and self.greets:
                    link.sendall(PING)
                    continue
                for piece in self.pieces(data):
                    if piece is None:
                        link.shutdown(socket.SHUT_RDWR)
                        return
                    link.sendall(piece)
        except OSError:
            return
