# SPDX-License-Identifier: GPL-3.0-or-later
"""An undone version leaves Ramses too: the status goes back, artists' words stay, killed anywhere it converges."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import make_job
import pytest
from ramses_database import OK, WIP, demo, named
from ramses_double import Daemon
from ramses_plates.core.outbox import UNDO, enqueue, pending
from ramses_plates.core.publish import publish
from ramses_plates.core.register import SyncReport, sync
from ramses_plates.core.trash import restore
from ramses_plates.core.undo import Undone, undo
from ramses_plates.hosts.cli.main import main
from ramses_plates.lib.ramses.client import RamDaemonInterface
from ramses_plates.lib.ramses.wire import Limits
from registrations import registration

SHOT, STEP = named("shot", "SH010"), named("step", "PLATE")
LIMITS = Limits(connect=5.0, silence=5.0, total=20.0)


@pytest.fixture
def root(ramses_project: Path) -> Path:
    return ramses_project


@pytest.fixture
def daemon(ramses_with_folder: Daemon) -> Daemon:
    return ramses_with_folder


@pytest.fixture(autouse=True)
def without_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of runs: their flushes to the disk say nothing about Ramses."""
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda _fd: None, raising=False)


def put(root: Path, run: str, seed: int, **changes: Any) -> None:
    """Publish a version and leave its registration in the outbox, as an ingest does."""
    source = make_job.sequence(root.parent / f"in-{run}-{seed}", last=1002, size=50, seed=seed)
    job = make_job.job(root, source, run=run, plan=f"plan-{seed}", verify="copy", **changes)

    def sealed(version: int, folder: str) -> None:
        record = registration(
            "SH010", version, job.resource, state=job.state, folder=folder, run=run, plan=job.key, id=f"r-{job.key}"
        )
        enqueue(os.fspath(root), record)

    publish(job, jobs=1, sealed=sealed)


def deliver(root: Path, daemon: Daemon) -> SyncReport:
    client = RamDaemonInterface(daemon.port, limits=LIMITS)
    try:
        return sync(os.fspath(root), client)
    finally:
        client.close()


def take_back(root: Path, run: str) -> Undone:
    done = undo(os.fspath(root), run)
    assert done.ok
    return done


def status(daemon: Daemon) -> dict[str, Any]:
    (found,) = [
        record
        for _uid, record in daemon.app.stored.rows("RamStatus")
        if (record.get("item"), record.get("step")) == (SHOT, STEP)
    ]
    return dict(found)


def edit(daemon: Daemon, **changes: Any) -> None:
    (uid,) = [
        uid
        for uid, record in daemon.app.stored.rows("RamStatus")
        if (record.get("item"), record.get("step")) == (SHOT, STEP)
    ]
    daemon.app.answer(f"setData&uuid={uid}&data={json.dumps(status(daemon) | changes)}")


def test_the_status_goes_back_to_the_newest_version_left(root: Path, daemon: Daemon) -> None:
    put(root, "run-1", 1, state="WIP")
    put(root, "run-2", 2)
    assert deliver(root, daemon).done
    assert (status(daemon)["version"], status(daemon)["state"]) == (2, OK)
    edit(daemon, comment="look at the edges\n" + status(daemon)["comment"], difficulty="hard", goal=3)
    take_back(root, "run-2")
    (waiting,) = pending(os.fspath(root))
    assert waiting.registration is not None and waiting.registration.action == UNDO
    report = deliver(root, daemon)
    assert report.done and [one.document()["action"] for one in report.outcomes] == ["undo"]
    now = status(daemon)
    assert (now["version"], now["published"], now["state"], now["completionRatio"]) == (1, True, WIP, 50)
    assert (now["difficulty"], now["goal"]) == ("hard", 3)
    first, second = now["comment"].split("\n")
    assert first == "look at the edges" and second.startswith("Took back v002: v001 is the newest again (by ")
    assert pending(os.fspath(root)) == []


def test_nothing_left(root: Path, daemon: Daemon) -> None:
    put(root, "run-1", 1)
    deliver(root, daemon)
    take_back(root, "run-1")
    assert deliver(root, daemon).done
    now = status(daemon)
    assert (now["version"], now["published"]) == (0, False)
    assert now["comment"].startswith("Took back v001: no published version of it is left")
    put(root, "run-2", 2)
    deliver(root, daemon)
    now = status(daemon)
    assert (now["version"], now["published"], now["comment"][:13]) == (2, True, "Ingested v002")
    assert "Took back" not in now["comment"]


def test_a_restored_version_is_registered_again(root: Path, daemon: Daemon) -> None:
    put(root, "run-1", 1, state="WIP")
    put(root, "run-2", 2)
    deliver(root, daemon)
    take_back(root, "run-2")
    assert restore(os.fspath(root), "run-2", jobs=1).ok  # before Ramses heard of the undo
    assert deliver(root, daemon).done and status(daemon)["version"] == 2
    take_back(root, "run-2")
    assert deliver(root, daemon).done and status(daemon)["version"] == 1
    assert restore(os.fspath(root), "run-2", jobs=1).ok
    assert deliver(root, daemon).done and pending(os.fspath(root)) == []
    now = status(daemon)
    assert (now["version"], now["state"], now["published"]) == (2, OK, True)
    assert "Took back" not in now["comment"] and now["comment"].startswith("Ingested v002 ")


def test_a_whole_run_with_a_resource(root: Path, daemon: Daemon) -> None:
    put(root, "run-1", 1)
    put(root, "run-2", 2)
    put(root, "run-2", 3, resource="REF")
    deliver(root, daemon)
    assert status(daemon)["version"] == 3
    take_back(root, "run-2")
    assert deliver(root, daemon).done
    now = status(daemon)
    assert now["version"] == 1
    assert [line.partition(" (by")[0] for line in now["comment"].split("\n")] == [
        "Took back v002: v001 is the newest again",
        "Took back v003 [REF]: no published version of it is left",
    ]


def test_what_others_did_since_is_left_alone(root: Path, daemon: Daemon) -> None:
    """An artist set another state and version by hand; a newer version was published meanwhile."""
    put(root, "run-1", 1)
    deliver(root, daemon)
    edit(daemon, version=12, comment="mine", state=WIP)
    take_back(root, "run-1")
    before = status(daemon)
    assert deliver(root, daemon).done and status(daemon) == before
    put(root, "run-2", 2)
    put(root, "run-3", 3)
    deliver(root, daemon)
    edit(daemon, version=3)
    take_back(root, "run-2")
    before = status(daemon)
    assert deliver(root, daemon).done and status(daemon) == before


def test_ramses_never_heard_of_the_version(root: Path, daemon: Daemon) -> None:
    put(root, "run-1", 1)
    take_back(root, "run-1")
    daemon.log.requests.clear()
    assert deliver(root, daemon).done and pending(os.fspath(root)) == []
    assert not any(request.startswith((b"setData", b"create", b"getStatus")) for request in daemon.log.requests)


def test_ramses_off_the_correction_waits(root: Path, daemon: Daemon) -> None:
    put(root, "run-1", 1)
    deliver(root, daemon)
    daemon.kill()
    take_back(root, "run-1")
    report = deliver(root, daemon)
    assert not report.done and len(pending(os.fspath(root))) == 1
    daemon.restart()
    assert deliver(root, daemon).done and status(daemon)["version"] == 0


@pytest.mark.parametrize("fault", ["kill_before", "kill_after", "kill_replied", "cut"])
def test_killed_at_every_request_it_converges(fault: str, tmp_path: Path) -> None:
    for nth in range(1, 60):
        root = tmp_path / f"{fault}{nth}" / "PROJ"
        root.mkdir(parents=True)
        with Daemon(demo(short_name="PROJ", folder=root.as_posix())) as daemon:
            put(root, "run-1", 1, state="WIP")
            put(root, "run-2", 2)
            assert deliver(root, daemon).done
            take_back(root, "run-2")
            daemon.log.requests.clear()
            daemon.set_faults(nth=nth, **{fault: True})
            deliver(root, daemon)
            hit = not daemon.alive if fault.startswith("kill") else nth <= len(daemon.log.requests)
            daemon.set_faults()
            daemon.restart()
            assert deliver(root, daemon).done
            now = status(daemon)
            assert (now["version"], now["state"], now["comment"].count("Took back v002")) == (1, WIP, 1)
            if not hit:
                assert nth > 10
                return
    raise AssertionError("the sync never came to its end")


def test_the_verb_tells_ramses_at_once(root: Path, daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    put(root, "run-1", 1)
    deliver(root, daemon)
    assert main(["undo", "run-1", "--root", os.fspath(root), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["registered"] == "yes" and len(document["moved"]) == 1
    assert status(daemon)["version"] == 0
