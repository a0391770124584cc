# SPDX-License-Identifier: GPL-3.0-or-later
"""Promise 11: Ramses killed before and after every reply, and we at every call while we talk to it: registered once.

Whatever was lost on the way is visible in the outbox with a reason, and a later sync ends the work.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fault_points
import pytest
import system_calls
from fault_figures import Figures
from ramses_database import compact, demo, named
from ramses_double import Daemon
from ramses_plates.core.outbox import Registration, pending
from ramses_plates.core.register import SyncReport, sync
from ramses_plates.lib.ramses.client import RamDaemonInterface
from ramses_plates.lib.ramses.wire import Limits
from registrations import publish, registration

SHORT = Limits(connect=5.0, silence=5.0, total=20.0)
TALKING = f"{system_calls.CHANGING},connect,sendto,sendmsg,recvfrom,recvmsg,shutdown"
PLATE = named("step", "PLATE")
# Before a request is carried out, after it but before the reply, after the reply, and in the middle of it.
MOMENTS = ("kill_before", "kill_after", "kill_replied", "cut", "reset")


def work() -> list[Registration]:
    """Every kind of request: a new shot in a new sequence, its resource, a known sequence, a shot without length."""
    return [
        registration("SH500", 1, sequence="SEQ09"),
        registration("SH500", 2, "REF", sequence="SEQ09"),
        registration("SH510", 1, sequence="SEQ01"),
        registration("SH010", 1),
    ]


@contextmanager
def ramses(root: Path) -> Iterator[Daemon]:
    """A Ramses whose project lies in `root`, with work waiting for it."""
    root.mkdir(parents=True)
    with Daemon(demo(short_name="PROJ", folder=root.as_posix())) as daemon:
        uid = named("shot", "SH010")
        record = {key: value for key, value in daemon.app.memory[uid].record.items() if key != "duration"}
        daemon.app.answer(f"setData&uuid={uid}&data={compact(record)}")
        publish(root, *work())
        daemon.log.requests.clear()
        yield daemon


def deliver(root: Path, daemon: Daemon) -> SyncReport:
    """One sync with a client of its own."""
    client = RamDaemonInterface(daemon.port, limits=SHORT)
    try:
        return sync(os.fspath(root), client)
    finally:
        client.close()


def registered_once(daemon: Daemon, root: Path) -> None:
    """Nothing waits, and Ramses has everything exactly once, with the right data."""
    assert pending(os.fspath(root)) == []
    rows = daemon.app.stored.rows
    for name in ("SH500", "SH510", "SH010"):
        ((uid, shot),) = [(uid, record) for uid, record in rows("RamShot") if record.get("shortName") == name]
        assert shot["duration"] == 4 and shot["sourceMedia"] == f"A001_{name}"
        (status,) = [r for _uid, r in rows("RamStatus") if (r.get("item"), r.get("step")) == (uid, PLATE)]
        assert status["version"] == (2 if name == "SH500" else 1)
        assert status["comment"].count("Ingested") == (2 if name == "SH500" else 1)
    assert len([record for _uid, record in rows("RamSequence") if record["shortName"] == "SEQ09"]) == 1


def goes_on(daemon: Daemon, root: Path) -> None:
    """A later sync, or a few of them, end the work."""
    for _round in range(4):
        if deliver(root, daemon).done:
            break
    registered_once(daemon, root)
    # The lock of a dead sync stays until the next one has work, and takes it over.
    left = os.listdir(root / "_ingest_reports" / "outbox")
    assert all(name == ".reasons.json" or name.startswith(".ramses-sync") for name in left), left


@pytest.mark.parametrize("moment", MOMENTS)
def test_ramses_dies_at_every_request(moment: str, fast_folder: Path, figures: Figures) -> None:
    asked: set[str] = set()
    tried = 0
    for nth in range(1, 500):
        root = fast_folder / str(nth) / "PROJ"
        with ramses(root) as daemon:
            daemon.set_faults(nth=nth, **{moment: True})
            report = deliver(root, daemon)
            asked |= {request.split(b"&")[0].decode() for request in daemon.log.requests}
            hit = len(daemon.log.requests) >= nth
            if not report.done:
                assert all(outcome.reason for outcome in report.of("waiting"))
                assert len(pending(os.fspath(root))) == len(report.of("waiting")) > 0
            daemon.set_faults()
            daemon.restart()
            goes_on(daemon, root)
        shutil.rmtree(root.parent)
        if not hit:
            break
        tried += 1
    assert {"ping", "create", "setData", "getData", "getStatus"} <= asked and tried > 25
    figures.add("daemon deaths", tried)


def test_we_die_at_every_call_while_we_talk(fast_folder: Path, figures: Figures) -> None:
    root = fast_folder / "first" / "PROJ"
    with ramses(root) as daemon:
        points = system_calls.points(lambda: deliver(root, daemon).done, TALKING)
    tried = 0
    chosen = fault_points.chosen(points)
    for number, point in enumerate(chosen):
        root = fast_folder / str(number) / "PROJ"
        with ramses(root) as daemon:
            tried += system_calls.killed_at(point, lambda r=root, d=daemon: deliver(r, d).done).killed
            daemon.set_faults()
            goes_on(daemon, root)
        shutil.rmtree(root.parent)
    assert tried > 0.8 * len(chosen) and len(points) > 60
    figures.add("kill points", tried)
