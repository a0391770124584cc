# SPDX-License-Identifier: GPL-3.0-or-later
"""Ramses: our client against a plain one that connects for every request and looks every shot up by uuid.

Both talk to the test daemon in a process of its own. The plain client does what the official Python API does, and is
spared its worst: the ping that doubles every request, and the limit of one read of 64 KiB that loses all shots of a
larger project.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measure import Row, at_least, at_most, main, medians, progress

sys.path.insert(0, os.fspath(Path(__file__).parents[1] / "tests" / "support"))

from ramses_database import PROJECT, named
from ramses_plates.core.register import sync
from ramses_plates.lib.ramses.client import RamDaemonInterface
from ramses_plates.lib.ramses.model import RamShot
from registrations import publish, registration

_PROGRAM = Path(__file__).parents[1] / "tests" / "ramses_daemon.py"
_END = b"\n}\n"
# What 50 new clips in a project of 1,000 shots may cost.
_MOST_REQUESTS = 320
_MOST_BYTES = 3_000_000


class PlainClient:
    """One connection per request, every object by its uuid."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests = 0
        self.received = 0

    def ask(self, request: str) -> dict[str, Any]:
        """The content of the reply."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as link:
            link.sendall(request.encode("utf-8"))
            data = b""
            while not data.endswith(_END):
                data += link.recv(65536)
        self.requests += 1
        self.received += len(data)
        content: dict[str, Any] = json.loads(data)["content"]
        return content

    def shots(self) -> list[dict[str, Any]]:
        """All shots of the project with their data."""
        uuids = self.ask(f"getShots&projectUuid={PROJECT}")["shots"]
        return [self.ask(f"getData&uuid={uuid}")["data"] for uuid in uuids]


def run(quick: bool) -> list[Row]:
    """The rows of Ramses."""
    shots = 100 if quick else 1000
    return [*_read_project(shots, 3 if quick else 7), _long_reply(3 * shots), *_register(shots, 5 if quick else 50)]


def _read_project(shots: int, rounds: int) -> list[Row]:
    progress(f"a project of {shots:,} shots")
    with _daemon("--shots", str(shots)) as port:
        ours, plain = RamDaemonInterface(port), PlainClient(port)
        found = [shot.data for shot in ours.objects(RamShot)]
        if found != plain.shots() or len(found) != shots:
            raise RuntimeError("the two clients do not read the same")
        requests, _received, _connections = ours.counts
        work = f"read {shots:,} shots with data"
        rows = [at_least(f"{work}: requests", requests, plain.requests, 50, "requests")]
        taken = medians({"ours": lambda: ours.objects(RamShot), "plain": plain.shots}, rounds)
        rows.append(at_least(f"{work}: time", taken["ours"], taken["plain"], 20))
        ours.close()
        return rows


def _long_reply(shots: int) -> Row:
    """All shots at the first try, however long the reply is; the mark is what there are."""
    with _daemon("--shots", str(shots)) as port:
        client = RamDaemonInterface(port)
        found = len(client.objects(RamShot))
        _requests, received, connections = client.counts
        progress(f"{received:,} bytes on {connections} connection")
        client.close()
    return at_least(f"{received / 1e6:.1f} MB reply: shots found of those that are there", shots, found, 1, "shots")


def _register(shots: int, clips: int) -> list[Row]:
    progress(f"registering {clips} new clips in a project of {shots:,} shots")
    with tempfile.TemporaryDirectory(prefix="plates-bench-") as folder:
        with _daemon("--shots", str(shots), "--short-name", "PROJ", "--folder", folder) as port:
            client = RamDaemonInterface(port)
            for shot in client.objects(RamShot):  # a project at work has a status for every shot
                client.get_status(shot.uuid, named("step", "PLATE"))
            client.close()
            before = client.counts
            publish(Path(folder), *(registration(f"N{number:04d}") for number in range(clips)))
            report = sync(folder, client)
            now = client.counts
            client.close()
        if len(report.of("registered")) != clips:
            raise RuntimeError(f"not all were registered: {report.document()}")
    requests, received, connections = (now[at] - before[at] for at in range(3))
    work = f"register {clips} new clips among {shots:,} shots"
    return [
        at_most(f"{work}: requests", requests, _MOST_REQUESTS, 1, "requests"),
        at_most(f"{work}: received", received / 1e6, _MOST_BYTES / 1e6, 1, "MB"),
        at_most(f"{work}: connections", connections, 1, 1, "connections"),
    ]


@contextmanager
def _daemon(*arguments: str) -> Iterator[int]:
    """The test daemon as a program of its own; its port."""
    command = [sys.executable, os.fspath(_PROGRAM), "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        try:
            assert program.stdout is not None
            yield int(program.stdout.readline())
        finally:
            program.kill()


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
