# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for everything that talks to Ramses: a running test daemon, a client for it, a project folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ramses_database import Database, demo
from ramses_double import Daemon
from ramses_plates.lib.ramses.client import RamDaemonInterface
from ramses_plates.lib.ramses.wire import Limits

PROGRAM = Path(__file__).parents[1] / "ramses_daemon.py"
# Long enough for a busy machine, short enough for a test that waits for the limit.
SHORT = Limits(connect=5.0, silence=5.0, total=20.0)


@pytest.fixture
def start_ramses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Daemon]]:
    """Start test daemons in this process; the newest is the one that settings and `instance()` find."""
    running: list[Daemon] = []

    def start(database: Database | None = None, **options: Any) -> Daemon:
        daemon = Daemon(demo() if database is None else database, **options)
        running.append(daemon)
        monkeypatch.setenv("RAMSES_PLATES_PORT", str(daemon.port))
        monkeypatch.setattr(RamDaemonInterface, "_instance", None)
        return daemon

    yield start
    for daemon in running:
        daemon.kill("stopped")


@pytest.fixture
def ramses(start_ramses: Callable[..., Daemon]) -> Daemon:
    """A running Ramses with project TEST (sequences, shots, steps PLATE and COMP, states), logged in, project open."""
    return start_ramses()


@pytest.fixture
def ramses_project(tmp_path: Path) -> Path:
    """An empty project folder."""
    folder = tmp_path / "PROJ"
    (folder / "05-SHOTS").mkdir(parents=True)
    return folder


@pytest.fixture
def ramses_with_folder(start_ramses: Callable[..., Daemon], ramses_project: Path) -> Daemon:
    """A running Ramses whose project PROJ lies in `ramses_project`."""
    return start_ramses(demo(short_name="PROJ", folder=ramses_project.as_posix()))


@pytest.fixture
def ramses_client(ramses: Daemon) -> Iterator[RamDaemonInterface]:
    """A client of its own for `ramses`."""
    client = RamDaemonInterface(ramses.port, limits=SHORT)
    yield client
    client.close()


@pytest.fixture
def ramses_program(tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Start the daemon as a program of its own: `ramses_program("--seed", "demo") -> port`."""
    programs: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> int:
        command = [sys.executable, os.fspath(PROGRAM), "--port", "0", *arguments]
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=tmp_path)
        programs.append(program)
        assert program.stdout is not None
        return int(program.stdout.readline())

    yield start
    for program in programs:
        program.kill()
        program.communicate()
