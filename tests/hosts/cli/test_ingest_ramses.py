# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole line with Ramses at its end: `ingest`, `status` and `sync` against the double of the real app."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_delivery import plate, project, tree
from ramses_database import PROJECT, USER, WIP, Database, demo, named
from ramses_double import Daemon
from ramses_plates.core.outbox import pending
from ramses_plates.hosts.cli.main import main
from ramses_plates.lib.ramses.client import RamDaemonInterface

Start = Callable[..., Daemon]
PLATE = named("step", "PLATE")


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    """The exit code and document of one command."""
    code = main([os.fspath(word) if isinstance(word, Path) else str(word) for word in (*words, "--json")])
    return code, json.loads(capsys.readouterr().out)


def database(root: Path, **settings: Any) -> Database:
    return demo(short_name="PROJ", folder=root.as_posix(), **settings)


def delivery(folder: Path) -> Path:
    """Two new shots, one of them with a reference beside it, and a known shot."""
    plate(folder, "SEQ01_SH010_plate", range(1001, 1005))
    plate(folder, "SEQ01_SH500_plate", range(1001, 1009))
    plate(folder, "SEQ01_SH500_ref", range(1001, 1009))
    plate(folder, "SEQ09_SH510_plate", range(1001, 1005))
    return folder


def rows(daemon: Daemon, kind: str) -> dict[str, dict[str, Any]]:
    """The records of one type by short name."""
    found: dict[str, dict[str, Any]] = {}
    for uid, record in daemon.app.stored.rows(kind):
        name = record.get("shortName", uid)
        assert name not in found, f"{kind} {name} is there twice"
        found[name] = dict(record, uuid=uid)
    return found


def check_registered(daemon: Daemon, root: Path) -> None:
    """Everything that stands on disk is in Ramses, once and with the right data."""
    assert pending(os.fspath(root)) == []
    sequences, shots, statuses = (rows(daemon, kind) for kind in ("RamSequence", "RamShot", "RamStatus"))
    assert set(sequences) == {"SEQ01", "SEQ02", "SEQ09"} and len(shots) == 7
    assert shots["SH500"]["sequence"] == sequences["SEQ01"]["uuid"]
    assert shots["SH510"]["sequence"] == sequences["SEQ09"]["uuid"]
    for name, frames in (("SH500", 8), ("SH510", 4)):
        assert round(shots[name]["duration"] * 24) == frames and shots[name]["project"] == PROJECT
        assert shots[name]["sourceMedia"].endswith(f"{name}_plate")
        status = statuses[f"{name}-PLATE"]
        assert (status["state"], status["completionRatio"], status["user"]) == (WIP, 50, USER)
        assert status["version"] == len(list(root.glob(f"05-SHOTS/PROJ_S_{name}/*/_published/*")))
        assert (status["item"], status["step"], status["itemType"]) == (shots[name]["uuid"], PLATE, "shot")
    assert shots["SH010"]["duration"] == 4.166666666666667, "the length that Ramses knows is kept"


def test_an_ingest_is_registered(tmp_path: Path, start_ramses: Start, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path)
    daemon = start_ramses(database(root))
    code, document = run(capsys, "ingest", delivery(tmp_path / "in"), "--root", root, "--yes")
    assert (code, document["registered"]) == (0, "yes")
    check_registered(daemon, root)
    assert len(daemon.log.requests) <= 6 * len(document["clips"]) + 30 and daemon.log.connections == 1
    before = {kind: dict(table) for kind, table in daemon.app.stored.tables.items()}
    code, document = run(capsys, "ingest", tmp_path / "in", "--root", root, "--yes")
    assert code == 0 and {clip["status"] for clip in document["clips"]} == {"duplicate"}
    assert daemon.app.stored.tables == before


def test_offline_waits_and_sync_delivers(
    tmp_path: Path, start_ramses: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path)
    code, document = run(capsys, "ingest", delivery(tmp_path / "in"), "--root", root, "--yes")
    assert (code, document["registered"]) == (0, "queued")
    waiting = len(pending(os.fspath(root)))
    assert waiting == len(document["clips"]) >= 3
    code, document = run(capsys, "status", "--root", root)
    assert code == 0 and len(document["project"]["outbox"]) == waiting and not document["ramses"]["online"]
    code, document = run(capsys, "sync", "--root", root)
    assert (code, document["waiting"]) == (1, waiting)
    daemon = start_ramses(database(root))
    code, document = run(capsys, "sync", "--root", root)
    assert (code, document["registered"], document["waiting"]) == (0, waiting, 0)
    check_registered(daemon, root)


def test_what_waits_is_delivered_by_the_next_ingest(
    tmp_path: Path, start_ramses: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path)
    run(capsys, "ingest", delivery(tmp_path / "in"), "--root", root, "--yes")
    daemon = start_ramses(database(root))
    plate(tmp_path / "more", "SEQ01_SH520_plate", range(1001, 1003))
    code, document = run(capsys, "ingest", tmp_path / "more", "--root", root, "--yes")
    assert (code, document["registered"]) == (0, "yes") and pending(os.fspath(root)) == []
    assert {"SH500", "SH510", "SH520"} <= set(rows(daemon, "RamShot"))


def test_status_says_why_registrations_wait(
    tmp_path: Path, start_ramses: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path)
    start_ramses(database(root), user="")
    _code, document = run(capsys, "ingest", delivery(tmp_path / "in"), "--root", root, "--yes")
    assert document["registered"] == "queued"
    _code, document = run(capsys, "status", "--root", root)
    assert all("nobody is logged in" in entry["reason"] for entry in document["project"]["outbox"])


@pytest.mark.parametrize("fault", ["kill_before", "kill_after", "kill_replied"])
def test_killed_at_every_request_of_an_ingest(
    fault: str, tmp_path: Path, start_ramses: Start, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The versions stand in any case, and a later sync brings the rest to Ramses, once."""
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda _fd: None, raising=False)
    source = delivery(tmp_path / "in")
    for nth in range(1, 100):
        root = project(tmp_path / f"{fault}{nth}")
        daemon = start_ramses(database(root))
        daemon.set_faults(nth=nth, **{fault: True})
        code, document = run(capsys, "ingest", source, "--root", root, "--yes")
        assert {clip["status"] for clip in document["clips"]} == {"published"} and code == 0
        killed = not daemon.alive
        assert len(list(root.glob("05-SHOTS/*/*/_published/*/.ramses_complete"))) == len(document["clips"])
        daemon.set_faults()
        daemon.restart()
        code, document = run(capsys, "sync", "--root", root)
        assert (code, document["waiting"]) == (0, 0)
        check_registered(daemon, root)
        daemon.kill()
        if not killed:
            assert nth > 20
            return
    raise AssertionError("no ingest came through")


HOSTILE = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=40).filter(
    lambda name: name not in (".", "..") and len(name.encode()) < 200
) | st.sampled_from(
    ["A&quit&B", "take=2", "x=1&y", "&quit", "&raise&", "new\nline", '"quoted"', "🎬" * 20, "\\", "%20", " ", "x" * 200]
)


@given(folder=HOSTILE)
@settings(max_examples=25)
def test_any_folder_name_reaches_ramses_harmlessly(folder: str) -> None:
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "fdatasync"):
            patch.setattr(os, name, lambda _fd: None, raising=False)
        root = project(Path(place))
        source = Path(place, "in", folder)
        plate(source, "SEQ01_SH500_plate", range(1001, 1003))
        with Daemon(database(root)) as daemon:
            patch.setenv("RAMSES_PLATES_PORT", str(daemon.port))
            patch.setattr(RamDaemonInterface, "_instance", None)
            with redirect_stdout(io.StringIO()):
                main(["ingest", os.fspath(Path(place, "in")), "--root", os.fspath(root), "--yes", "--json"])
            published = [name for name in tree(root) if name.endswith("ramses_complete")]
            assert daemon.alive and pending(os.fspath(root)) == []
            shots, statuses = rows(daemon, "RamShot"), rows(daemon, "RamStatus")
            assert len(shots) == 5 + len(published) and len(statuses) == len(published)
            for status in statuses.values():
                assert status["comment"].startswith("Ingested v001 from ") and status["version"] == 1
            assert all(record["project"] == PROJECT for record in shots.values())
