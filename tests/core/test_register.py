# SPDX-License-Identifier: GPL-3.0-or-later
"""Registered exactly once, or visibly waiting: against the double of the real app, killed at every reply."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_database import OK, PROJECT, USER, WIP, Database, compact, demo, named
from ramses_double import Daemon
from ramses_plates.core import outbox
from ramses_plates.core.ask_ramses import project_for_folder, refresh_facts
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.outbox import Registration, pending
from ramses_plates.core.project_facts import ProjectFacts, compare, load_facts, save_facts
from ramses_plates.core.provenance import clean_text, comment_line, merged_comment
from ramses_plates.core.register import SyncReport, sync
from ramses_plates.core.sync_lock import SyncLock
from ramses_plates.lib.ramses.client import RamDaemonInterface
from ramses_plates.lib.ramses.wire import Limits
from registrations import publish, registration, stand

SHORT = Limits(connect=5.0, silence=5.0, total=20.0)
PLATE = named("step", "PLATE")
SEQ01 = named("sequence", "SEQ01")
SH010 = named("shot", "SH010")
SECOND = named("project", "SECOND")


@pytest.fixture
def without_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of syncs in one test: their flushes to the disk say nothing about Ramses."""
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda _fd: None, raising=False)


@pytest.fixture
def root(ramses_project: Path) -> Path:
    """The project folder."""
    return ramses_project


@pytest.fixture
def daemon(ramses_with_folder: Daemon) -> Daemon:
    """Ramses with project PROJ in that folder."""
    return ramses_with_folder


def deliver(root: Path, daemon: Daemon, **options: Any) -> SyncReport:
    """One sync with a client of its own."""
    client = RamDaemonInterface(daemon.port, limits=SHORT)
    try:
        return sync(os.fspath(root), client, **options)
    finally:
        client.close()


def shots(daemon: Daemon, name: str) -> list[dict[str, Any]]:
    return [
        dict(record, uuid=uid) for uid, record in daemon.app.stored.rows("RamShot") if record.get("shortName") == name
    ]


def statuses(daemon: Daemon, shot: str, step: str = PLATE) -> list[dict[str, Any]]:
    return [
        dict(record)
        for _uid, record in daemon.app.stored.rows("RamStatus")
        if (record.get("item"), record.get("step")) == (shot, step)
    ]


def reasons(report: SyncReport) -> list[str]:
    return [outcome.reason for outcome in report.of("waiting")]


def kinds(daemon: Daemon) -> list[str]:
    return [request.split(b"&")[0].decode() for request in daemon.log.requests]


def set_record(daemon: Daemon, uid: str, **changes: Any) -> None:
    """What an artist does in the app."""
    record = {key: value for key, value in (dict(daemon.app.memory[uid].record) | changes).items() if value is not None}
    text = compact(record).replace("&", "\\u0026").replace("=", "\\u003d")
    daemon.app.answer(f"setData&uuid={uid}&data={text}")


# ---- what is written -------------------------------------------------------------------------------------------------


def test_a_new_shot_in_a_new_sequence(root: Path, daemon: Daemon) -> None:
    publish(root, registration(sequence="SEQ09"))
    report = deliver(root, daemon)
    assert (report.done, report.registered, len(report.of("registered"))) == (True, "yes", 1)
    assert pending(os.fspath(root)) == []
    shot = shots(daemon, "SH500")[0]
    sequences = {record["shortName"]: (uid, record) for uid, record in daemon.app.stored.rows("RamSequence")}
    assert shot | {"uuid": ""} == {
        "uuid": "",
        "comment": "",
        "duration": 4,
        "folderPath": f"{root.as_posix()}/05-SHOTS/PROJ_S_SH500",
        "name": "SH500",
        "order": 5,
        "project": PROJECT,
        "sequence": sequences["SEQ09"][0],
        "shortName": "SH500",
        "sourceMedia": "A001_SH500",
    }
    assert sequences["SEQ09"][1] == {
        "comment": "",
        "folderPath": f"{root.as_posix()}/05-SHOTS/SEQ09",
        "name": "SEQ09",
        "order": 2,
        "project": PROJECT,
        "shortName": "SEQ09",
    }
    (status,) = statuses(daemon, shot["uuid"])
    assert (status["state"], status["completionRatio"], status["version"], status["user"]) == (WIP, 50, 1, USER)
    assert status["published"] is True and status["itemType"] == "shot"
    assert status["comment"] == "Ingested v001 from /deliveries/day 1 by anna"
    assert len(status["date"]) == 19 and status["date"][10] == " "


def test_a_second_sync_writes_nothing(root: Path, daemon: Daemon) -> None:
    publish(root, registration())
    deliver(root, daemon)
    before = {kind: dict(rows) for kind, rows in daemon.app.stored.tables.items()}
    publish(root, registration())
    daemon.log.requests.clear()
    report = deliver(root, daemon)
    assert report.done and len(report.of("registered")) == 1
    assert not {"create", "setData"} & set(kinds(daemon)) and "getStatus" not in kinds(daemon)
    assert daemon.app.stored.tables == before


def test_an_empty_outbox_asks_nothing(root: Path, daemon: Daemon) -> None:
    assert deliver(root, daemon) == SyncReport(())
    assert daemon.log.requests == []


def test_several_shots_and_a_resource(root: Path, daemon: Daemon) -> None:
    """The resource's record is older, yet length and source come from the main plate."""
    publish(
        root,
        registration("SH500", 1, "REF", frames=10, source_media="ref", created="2026-01-01 00:00:00"),
        registration("SH500", 2),
        registration("SH510", 1),
    )
    deliver(root, daemon)
    (shot,) = shots(daemon, "SH500")
    assert (shot["duration"], shot["sourceMedia"]) == (4, "A001_SH500")
    (status,) = statuses(daemon, shot["uuid"])
    assert status["version"] == 2
    assert status["comment"].split("\n") == [
        "Ingested v002 from /deliveries/day 1 by anna",
        "Ingested v001 [REF] from /deliveries/day 1 by anna",
    ]
    assert [shots(daemon, name)[0]["order"] for name in ("SH500", "SH510")] == [5, 6]
    assert len([1 for _uid, r in daemon.app.stored.rows("RamSequence") if r["shortName"] == "SEQ01"]) == 1


def test_a_resource_alone_says_nothing_about_the_shots_length(root: Path, daemon: Daemon) -> None:
    publish(root, registration("SH500", 1, "REF"))
    deliver(root, daemon)
    (shot,) = shots(daemon, "SH500")
    assert "duration" not in shot and "sourceMedia" not in shot
    publish(root, registration("SH500", 2))
    deliver(root, daemon)
    (shot,) = shots(daemon, "SH500")
    assert (shot["duration"], shot["sourceMedia"]) == (4, "A001_SH500")


def test_a_shot_without_sequence(root: Path, daemon: Daemon) -> None:
    publish(root, registration(sequence=None))
    assert deliver(root, daemon).done
    assert "sequence" not in shots(daemon, "SH500")[0]
    daemon.app.show_shots_table()


@pytest.mark.parametrize("name", ["R&D = x", "caf\u00e9", "two  blanks", "\udcff"])
def test_the_project_folder_may_be_called_anything(name: str, tmp_path: Path) -> None:
    root = tmp_path / name
    root.mkdir()
    with Daemon(demo(short_name="PROJ")) as daemon:
        publish(root, registration(sequence="SEQ09"))
        assert deliver(root, daemon).done and daemon.alive
        folder = f"{root.as_posix()}/05-SHOTS/PROJ_S_SH500"
        assert shots(daemon, "SH500")[0].get("folderPath") == (None if name == "\udcff" else folder)


@pytest.mark.parametrize("rate", [24, 25, 23.976, 29.97, 59.94])
def test_the_duration_reads_back_as_the_same_frames(rate: float, tmp_path: Path) -> None:
    with Daemon(demo(short_name="PROJ", folder=tmp_path.as_posix(), framerate=rate)) as daemon:
        publish(tmp_path, registration(frames=1001))
        deliver(tmp_path, daemon)
        assert round(shots(daemon, "SH500")[0]["duration"] * rate) == 1001


# ---- what is kept ----------------------------------------------------------------------------------------------------


def test_an_artists_fields_survive(root: Path, daemon: Daemon) -> None:
    artist = {
        "name": "The long one",
        "comment": "R&D = careful",
        "order": 3,
        "color": "#ff0000",
        "assets": [named("asset", "HERO")],
        "duration": 7.5,
        "sourceMedia": "chosen by hand",
        "customSettings": "x: 1",
        "own": {"deep": [1, None]},
        "folderPath": "/somewhere/else",
    }
    set_record(daemon, SH010, **artist)
    before = dict(daemon.app.stored.record("RamShot", SH010) or {})
    publish(root, registration("SH010"))
    report = deliver(root, daemon)
    assert daemon.app.stored.record("RamShot", SH010) == before
    assert {finding.code for finding in report.outcomes[0].findings} == {"duration-differs", "source-differs"}
    assert report.done


def test_what_is_missing_is_filled_in_and_nothing_else(root: Path, daemon: Daemon) -> None:
    set_record(daemon, SH010, duration=None, color="#123456")
    before = dict(daemon.app.memory[SH010].record)
    publish(root, registration("SH010"))
    assert deliver(root, daemon).done
    assert daemon.app.memory[SH010].record == before | {"duration": 4, "sourceMedia": "A001_SH010"}


def test_an_edit_between_the_bulk_read_and_the_write_survives(root: Path, daemon: Daemon) -> None:
    """The record is read afresh just before the write: here the artist edits right after the bulk read."""
    set_record(daemon, SH010, duration=None)
    edited = threading.Event()
    answer = daemon.app.answer

    def edit_after_the_bulk_read(text: str) -> dict[str, Any] | None:
        reply = answer(text)
        if text == "getObjects&type=RamStatus" and not edited.is_set():
            edited.set()
            set_record(daemon, SH010, comment="just typed", duration=9)
            daemon.app.answer(f"getStatus&itemUuid={SH010}&stepUuid={PLATE}")
            status = next(uid for uid, found in daemon.app.memory.items() if found.kind == "RamStatus")
            set_record(daemon, status, state=OK, completionRatio=100, date="2026-01-01 00:00:00", assignedUser=USER)
        return reply

    daemon.app.answer = edit_after_the_bulk_read  # type: ignore[method-assign]
    publish(root, registration("SH010"))
    assert deliver(root, daemon).done and edited.is_set()
    record = daemon.app.memory[SH010].record
    assert (record["comment"], record["duration"], record["sourceMedia"]) == ("just typed", 9, "A001_SH010")
    (status,) = statuses(daemon, SH010)
    assert (status["state"], status["completionRatio"], status["assignedUser"], status["version"]) == (OK, 100, USER, 1)


def test_a_shot_is_never_moved_to_another_sequence(root: Path, daemon: Daemon) -> None:
    publish(root, registration("SH010", sequence="SEQ02"), registration("SH020", sequence="NEWSEQ"))
    report = deliver(root, daemon)
    assert shots(daemon, "SH010")[0]["sequence"] == shots(daemon, "SH020")[0]["sequence"] == SEQ01
    assert all("other-sequence" in {finding.code for finding in outcome.findings} for outcome in report.outcomes)
    assert not any(record["shortName"] == "NEWSEQ" for _uid, record in daemon.app.stored.rows("RamSequence"))


def test_the_existing_spelling_wins(root: Path, daemon: Daemon) -> None:
    set_record(daemon, SH010, shortName="Sh010")
    publish(root, registration("SH010", sequence="seq01"), registration("SH500", sequence="seq01"))
    assert deliver(root, daemon).done
    assert len(shots(daemon, "Sh010")) == 1 and shots(daemon, "SH010") == []
    assert shots(daemon, "SH500")[0]["sequence"] == SEQ01
    assert len(list(daemon.app.stored.rows("RamSequence"))) == 2


def status_of(daemon: Daemon, **changes: Any) -> str:
    """Give SH010 a status as an artist would."""
    reply = daemon.app.answer(f"getStatus&itemUuid={SH010}&stepUuid={PLATE}")
    assert reply is not None
    uid = str(reply["content"]["uuid"])
    set_record(daemon, uid, **({"date": "2026-01-01 00:00:00", "user": USER} | changes))
    return uid


@pytest.mark.parametrize(
    ("has", "gets", "state", "completion"),
    [
        ({"state": OK, "completionRatio": 100}, "WIP", OK, 100),
        ({"state": named("state", "CHK"), "completionRatio": 85}, "WIP", named("state", "CHK"), 85),
        ({"state": WIP, "completionRatio": 80}, "WIP", WIP, 80),
        ({"state": WIP, "completionRatio": 20}, "OK", OK, 100),
        ({"state": named("state", "TODO"), "completionRatio": 0}, "WIP", WIP, 50),
        ({"state": named("state", "TODO"), "completionRatio": 0}, "STB", named("state", "TODO"), 0),
        ({"state": OK, "completionRatio": 5}, "CHK", OK, 5),
    ],
)
def test_a_status_is_never_lowered(
    root: Path, daemon: Daemon, has: dict[str, Any], gets: str, state: str, completion: int
) -> None:
    status_of(daemon, version=4, comment="the artist's\nown words", priority=2, difficulty="hard", **has)
    publish(root, registration("SH010", 5, state=gets))
    assert deliver(root, daemon).done
    (status,) = statuses(daemon, SH010)
    assert (status["state"], status["completionRatio"], status["version"]) == (state, completion, 5)
    assert status["comment"].startswith("the artist's\nown words\nIngested v005 from")
    assert (status["priority"], status["difficulty"]) == (2, "hard")


def test_an_older_version_changes_nothing(root: Path, daemon: Daemon) -> None:
    status_of(daemon, state=OK, completionRatio=100, version=9, comment="Ingested v009 from /later by bob")
    before = statuses(daemon, SH010)
    publish(root, registration("SH010", 3))
    assert deliver(root, daemon).done
    assert statuses(daemon, SH010) == before and pending(os.fspath(root)) == []


def test_a_plate_is_registered_although_a_newer_resource_was(root: Path, daemon: Daemon) -> None:
    publish(root, registration("SH500", 2, "REF"))
    deliver(root, daemon)
    publish(root, registration("SH500", 1, state="OK"))
    deliver(root, daemon)
    (status,) = statuses(daemon, shots(daemon, "SH500")[0]["uuid"])
    assert (status["version"], status["state"]) == (2, OK)
    assert "Ingested v001 from" in status["comment"] and "Ingested v002 [REF]" in status["comment"]


def test_a_lines_of_the_same_resource_gives_way(root: Path, daemon: Daemon) -> None:
    for version in (1, 2, 3):
        publish(root, registration("SH500", version))
        deliver(root, daemon)
    (status,) = statuses(daemon, shots(daemon, "SH500")[0]["uuid"])
    assert status["comment"] == "Ingested v003 from /deliveries/day 1 by anna"


def test_of_two_shots_of_one_name_the_one_in_the_sequence_is_meant(root: Path, daemon: Daemon) -> None:
    other = named("double")
    record = {"shortName": "SH010", "name": "double", "project": PROJECT, "sequence": named("sequence", "SEQ02")}
    daemon.app.answer(f"create&uuid={other}&type=RamShot&data={compact(record)}")
    publish(root, registration("SH010", sequence="SEQ02"))
    report = deliver(root, daemon)
    assert statuses(daemon, other) and not statuses(daemon, SH010)
    assert "double-shot" in {finding.code for finding in report.outcomes[0].findings}


# ---- what waits ------------------------------------------------------------------------------------------------------


def second_project(folder: str) -> Database:
    database = demo(short_name="OTHER")
    database.add("RamProject", SECOND, shortName="PROJ", name="Ours", users=[USER], path=folder, framerate=24)
    for short in ("PLATE", "COMP"):
        database.add("RamStep", named("2nd", short), shortName=short, name=short, project=SECOND, type="shot")
    return database


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"user": ""}, "nobody is logged in"),
        ({"current": None}, "no project is open"),
        ({"database": None}, "no database is open"),
    ],
)
def test_an_app_that_is_not_ready(options: dict[str, Any], said: str, root: Path) -> None:
    publish(root, registration())
    database = options.pop("database", demo(short_name="PROJ", folder=root.as_posix()))
    with Daemon(database, **options) as daemon:
        report = deliver(root, daemon)
    assert said in reasons(report)[0] and said in pending(os.fspath(root))[0].reason
    assert report.registered == "queued" and not {"create", "setData", "getStatus"} & set(kinds(daemon))


def test_another_project_is_open(root: Path) -> None:
    publish(root, registration())
    with Daemon(second_project(root.as_posix())) as daemon:
        before = {kind: dict(rows) for kind, rows in daemon.app.stored.tables.items() if rows}
        report = deliver(root, daemon)
        assert "not open in Ramses (OTHER is)" in reasons(report)[0]
        assert {kind: rows for kind, rows in daemon.app.stored.tables.items() if rows} == before
        assert daemon.app.current == PROJECT and "setCurrentProject" not in kinds(daemon)
        daemon.app.select_project(SECOND)
        assert deliver(root, daemon).done
        assert shots(daemon, "SH500")[0]["project"] == SECOND


def test_the_artist_opens_another_project_during_the_sync(root: Path) -> None:
    """getStatus would make statuses for shots of the wrong project."""
    publish(root, *(registration(f"SH5{number}0") for number in range(4)))
    with Daemon(second_project(root.as_posix()), current=SECOND) as daemon:
        seen = 0
        answer = daemon.app.answer

        def switch(text: str) -> dict[str, Any] | None:
            nonlocal seen
            reply = answer(text)
            seen += text.startswith("getStatus")
            if seen == 2:
                daemon.app.select_project(PROJECT)
            return reply

        daemon.app.answer = switch  # type: ignore[method-assign]
        report = deliver(root, daemon)
        assert len(report.of("registered")) == 1 and len(report.of("waiting")) == 3
        assert all("not open in Ramses any more" in reason for reason in reasons(report))
        assert seen == 2
        daemon.app.answer = answer  # type: ignore[method-assign]
        daemon.app.select_project(SECOND)
        assert deliver(root, daemon).done
        assert len([1 for _uid, record in daemon.app.stored.rows("RamStatus")]) == 4


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"project": "NOPE"}, "no project NOPE"),
        ({"project_uuid": named("unknown")}, "no project PROJ"),
        ({"step": "NOSTEP"}, "no step NOSTEP"),
        ({"step": "Mod"}, "no step of shots called Mod"),
        ({"state": "XYZ"}, "no state XYZ"),
    ],
)
def test_what_ramses_does_not_have(changes: dict[str, Any], said: str, root: Path, daemon: Daemon) -> None:
    publish(root, registration(**changes), registration("SH510"))
    report = deliver(root, daemon)
    assert said in reasons(report)[0]
    assert len(report.of("registered")) == 1 and shots(daemon, "SH500") == []


def test_a_project_of_the_same_name_that_lives_elsewhere(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    publish(root, registration())
    with Daemon(demo(short_name="PROJ", folder=elsewhere.as_posix())) as daemon:
        assert "not here" in reasons(deliver(root, daemon))[0]
        assert shots(daemon, "SH500") == []


def test_a_project_folder_that_this_machine_does_not_have_is_no_hindrance(root: Path) -> None:
    publish(root, registration())
    with Daemon(demo(short_name="PROJ", folder="/mnt/other_machine/PROJ")) as daemon:
        assert deliver(root, daemon).done


def test_offline_keeps_everything(root: Path, daemon: Daemon) -> None:
    daemon.kill()
    publish(root, registration())
    report = deliver(root, daemon)
    assert "not running" in reasons(report)[0] and len(pending(os.fspath(root))) == 1
    assert sync(os.fspath(root), None).registered == "queued"


def test_a_version_that_is_not_there_yet_waits_without_ramses(root: Path, daemon: Daemon) -> None:
    outbox.enqueue(os.fspath(root), registration())
    report = deliver(root, daemon)
    assert len(report.of("waiting")) == 1 and daemon.log.requests == []
    stand(root, registration())
    assert deliver(root, daemon).done


def test_a_version_that_was_taken_back_is_dropped(root: Path, daemon: Daemon) -> None:
    outbox.enqueue(os.fspath(root), registration())
    step_folder, _, name = registration().folder.rpartition("/_published/")
    root.joinpath("_trash", *step_folder.split("/"), name).mkdir(parents=True)
    report = deliver(root, daemon)
    assert len(report.of("dropped")) == 1 and report.done and pending(os.fspath(root)) == []


def test_damaged_records_are_shown_and_hinder_nobody(root: Path, daemon: Daemon) -> None:
    publish(root, registration())
    (root / "_ingest_reports" / "outbox" / "bad.json").write_text("{")
    report = deliver(root, daemon)
    assert len(report.of("registered")) == 1 and "damaged" in reasons(report)[0]
    assert report.document()["waiting"] == 1


def test_cancel_keeps_the_rest(root: Path, daemon: Daemon) -> None:
    cancel = Cancel()
    publish(root, *(registration(f"SH5{number}0") for number in range(5)))

    def listen(event: Event) -> None:
        if event.stage == "register" and event.done == 2:
            cancel.set()

    report = deliver(root, daemon, listen=listen, cancel=cancel)
    assert len(report.of("registered")) + len(report.of("waiting")) == 5 and report.of("waiting")
    assert deliver(root, daemon).done
    assert all(len(shots(daemon, f"SH5{number}0")) == 1 for number in range(5))


def test_events(root: Path, daemon: Daemon) -> None:
    seen: list[Event] = []
    publish(root, registration())
    deliver(root, daemon, listen=seen.append)
    assert [(event.stage, event.done, event.total, event.unit) for event in seen] == [
        ("register", 0, 1, "clips"),
        ("register", 1, 1, "clips"),
    ]


def test_a_shot_that_was_removed_in_ramses_is_made_anew(root: Path, daemon: Daemon) -> None:
    """Ramses keeps removed rows removed, whatever create says: the id is burnt, the next try takes another."""
    publish(root, registration())
    answer = daemon.app.answer

    def removed_at_once(text: str) -> dict[str, Any] | None:
        reply = answer(text)
        if text.startswith("create&") and "RamShot" in text and not daemon.app.stored.removed:
            daemon.app.stored.removed.add(text.split("uuid=")[1].split("&")[0])
        return reply

    daemon.app.answer = removed_at_once  # type: ignore[method-assign]
    report = deliver(root, daemon)
    assert len(report.of("waiting")) == 1, reasons(report)
    for _round in range(2):
        report = deliver(root, daemon)
    assert report.done and len(shots(daemon, "SH500")) == 1


def test_a_shot_that_ramses_does_not_list_afterwards_is_not_confirmed(root: Path, daemon: Daemon) -> None:
    """Everything was answered with success, but the bulk read that follows does not show the shot."""
    publish(root, registration())
    answer = daemon.app.answer

    def removed_later(text: str) -> dict[str, Any] | None:
        reply = answer(text)
        read_back = text.startswith("getStatus&") and b"setData" in b"".join(daemon.log.requests)
        if read_back and not daemon.app.stored.removed:
            daemon.app.stored.removed.add(shots(daemon, "SH500")[0]["uuid"])
        return reply

    daemon.app.answer = removed_later  # type: ignore[method-assign]
    report = deliver(root, daemon)
    assert "does not list it" in reasons(report)[0] and len(pending(os.fspath(root))) == 1
    assert deliver(root, daemon).done and len(shots(daemon, "SH500")) == 1


def test_another_sync_is_awaited(root: Path, daemon: Daemon) -> None:
    publish(root, registration())
    with SyncLock(os.fspath(root), "another"):
        report = deliver(root, daemon, patience=0.1)
        assert "another program" in reasons(report)[0] and daemon.log.requests == []
        waiting = threading.Thread(target=lambda: deliver(root, daemon))
        waiting.start()
    waiting.join()
    assert pending(os.fspath(root)) == [] and len(shots(daemon, "SH500")) == 1


# ---- exactly once ----------------------------------------------------------------------------------------------------


def one_of_each() -> list[Registration]:
    """A new shot in a new sequence, a resource of it, a new shot in a known sequence, a shot that lacks its length."""
    return [
        registration("SH500", 1, sequence="SEQ09"),
        registration("SH500", 2, "REF", sequence="SEQ09"),
        registration("SH510", 1, sequence="SEQ01"),
        registration("SH010", 1),
    ]


def check_all_registered(daemon: Daemon, root: Path) -> None:
    """Everything once, with the right data."""
    assert pending(os.fspath(root)) == []
    for name in ("SH500", "SH510", "SH010"):
        (shot,) = shots(daemon, name)
        assert shot["duration"] == 4 and shot["sourceMedia"] == f"A001_{name}"
        (status,) = statuses(daemon, shot["uuid"])
        assert status["state"] == WIP and status["version"] == (2 if name == "SH500" else 1)
        assert status["comment"].count("Ingested") == (2 if name == "SH500" else 1)
    assert len([1 for _uid, record in daemon.app.stored.rows("RamSequence") if record["shortName"] == "SEQ09"]) == 1


@pytest.mark.usefixtures("without_flush")
@pytest.mark.parametrize("fault", ["kill_before", "kill_after", "kill_replied", "reset", "cut"])
def test_killed_at_every_reply_a_later_sync_converges(fault: str, tmp_path: Path) -> None:
    """For the first, second, third ... request of a sync, until one run ends without hitting the fault."""
    for nth in range(1, 200):
        root = tmp_path / f"{fault}{nth}"
        root.mkdir()
        with Daemon(demo(short_name="PROJ", folder=root.as_posix())) as daemon:
            set_record(daemon, SH010, duration=None)
            publish(root, *one_of_each())
            daemon.set_faults(nth=nth, **{fault: True})
            first = deliver(root, daemon)
            hit = not daemon.alive if fault.startswith("kill") else nth <= len(daemon.log.requests)
            if not daemon.alive and not first.done:
                assert all(reason for reason in reasons(first)) and len(pending(os.fspath(root))) >= 1
            daemon.set_faults()
            daemon.restart()
            rounds = 0
            while not deliver(root, daemon).done:
                rounds += 1
                assert rounds < 3
            check_all_registered(daemon, root)
            if not hit:
                assert nth > 25
                return
    raise AssertionError("the sync never came to its end")


@pytest.mark.usefixtures("without_flush")
@pytest.mark.parametrize("fault", ["malformed", "wrong_types", "twice"])
@pytest.mark.parametrize(
    "only", ["ping", "getObjects", "create", "getData", "setData", "getStatus", "getCurrentProject"]
)
def test_broken_replies_lose_nothing(fault: str, only: str, tmp_path: Path) -> None:
    with Daemon(demo(short_name="PROJ", folder=tmp_path.as_posix())) as daemon:
        set_record(daemon, SH010, duration=None)
        publish(tmp_path, *one_of_each())
        daemon.set_faults(only=only, **{fault: True})
        report = deliver(tmp_path, daemon)
        assert daemon.alive and all(reasons(report))
        daemon.set_faults()
        assert deliver(tmp_path, daemon).done
        check_all_registered(daemon, tmp_path)


def test_silence_is_survived(tmp_path: Path) -> None:
    with Daemon(demo(short_name="PROJ", folder=tmp_path.as_posix())) as daemon:
        set_record(daemon, SH010, duration=None)
        publish(tmp_path, *one_of_each())
        client = RamDaemonInterface(daemon.port, limits=Limits(silence=0.2, total=1.0))
        for only in ("create", "setData", "getStatus", "getObjects"):
            daemon.set_faults(only=only, silent=True, nth=1)
            report = sync(os.fspath(tmp_path), client)
            assert all(reasons(report))
        daemon.set_faults()
        assert sync(os.fspath(tmp_path), client).done
        check_all_registered(daemon, tmp_path)
        client.close()


def test_slow_small_pieces_are_only_slow(tmp_path: Path) -> None:
    with Daemon(demo(short_name="PROJ", folder=tmp_path.as_posix())) as daemon:
        set_record(daemon, SH010, duration=None)
        publish(tmp_path, *one_of_each())
        daemon.set_faults(pieces=13, slow=0.001)
        assert deliver(tmp_path, daemon).done
        check_all_registered(daemon, tmp_path)


def test_two_syncs_at_once_register_once(root: Path, daemon: Daemon) -> None:
    set_record(daemon, SH010, duration=None)
    publish(root, *one_of_each())
    reports: list[SyncReport] = []
    threads = [threading.Thread(target=lambda: reports.append(deliver(root, daemon))) for _index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 4 and all(report.done for report in reports)
    check_all_registered(daemon, root)


def test_a_created_shot_has_the_same_id_in_every_try(root: Path, daemon: Daemon) -> None:
    """A create that Ramses carries out late, after its reply was lost, makes nothing twice."""
    publish(root, registration())
    daemon.set_faults(only="create", kill_before=True)
    deliver(root, daemon)
    sent = [request for request in daemon.log.requests if request.startswith(b"create")]
    daemon.set_faults()
    daemon.restart()
    daemon.app.answer(sent[0].decode())
    assert deliver(root, daemon).done and len(shots(daemon, "SH500")) == 1


# ---- cost ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clips", [1, 10, 50])
def test_requests_for_new_clips(clips: int, tmp_path: Path) -> None:
    """At most six per clip, even where each brings a sequence of its own, plus a dozen for the run; one connection."""
    with Daemon(demo(short_name="PROJ", folder=tmp_path.as_posix(), shots=100)) as daemon:
        publish(tmp_path, *(registration(f"N{number:03d}", sequence=f"Q{number:03d}") for number in range(clips)))
        report = deliver(tmp_path, daemon)
        assert len(report.of("registered")) == clips
        assert report.requests == len(daemon.log.requests) <= 6 * clips + 15
        assert report.received == daemon.log.sent
        assert daemon.log.connections == 1


def test_requests_for_existing_clips_that_lack_their_length(tmp_path: Path) -> None:
    with Daemon(demo(short_name="PROJ", folder=tmp_path.as_posix(), shots=30)) as daemon:
        names = [record["shortName"] for _uid, record in daemon.app.stored.rows("RamShot")]
        for name in names:
            set_record(daemon, named("shot", name), duration=None)
        publish(tmp_path, *(registration(name) for name in names))
        report = deliver(tmp_path, daemon)
        assert len(report.of("registered")) == 30 and report.requests <= 6 * 30 + 15


# ---- hostile texts ---------------------------------------------------------------------------------------------------

HOSTILE = st.sampled_from(
    [
        "A&quit&B",
        "x=1",
        "take=2",
        "&quit",
        "a\nb",
        '"q"',
        "🎬" * 50,
        "x" * 10_000,
        "\udcff\udc80",
        "\ud800",
        "&raise&",
        "",
    ]
) | st.text(max_size=50)


@pytest.mark.usefixtures("without_flush")
@given(HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=40)
def test_hostile_texts_reach_ramses_harmlessly(source: str, comment: str, operator: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with Daemon(demo(short_name="PROJ", folder=root.as_posix())) as daemon:
            publish(root, registration(source_media=source, comment=comment, operator=operator))
            assert deliver(root, daemon).done and daemon.alive
            (shot,) = shots(daemon, "SH500")
            assert shot.get("sourceMedia", "") == clean_text(source)
            (status,) = statuses(daemon, shot["uuid"])
            assert status["comment"].startswith("Ingested v001 ") and "\n" not in status["comment"]
            assert len([1 for _ in daemon.app.stored.rows("RamShot")]) == 6


def test_comment_lines() -> None:
    record = registration(comment="Ingested from /a&b=c by x")
    assert comment_line(record) == "Ingested v001 from /a&b=c by x"
    named = replace(record, resource="REF", comment="Ingested v009 REF from /a from b (96 frames: the whole plate)")
    assert comment_line(named) == "Ingested v001 [REF] from /a from b (96 frames: the whole plate)"
    assert comment_line(replace(record, comment="", source_media="")) == "Ingested v001 from an unknown source by anna"
    assert comment_line(replace(record, resource="REF", version=1234)).startswith("Ingested v1234 [REF] from")
    line = "Ingested v002 from /b by y"
    assert merged_comment("", line) == line
    assert merged_comment("mine\n\nIngested v001 from /a by x\nmore", line) == f"mine\n\nmore\n{line}"
    assert merged_comment("Ingested v001 [REF] from /a", line) == f"Ingested v001 [REF] from /a\n{line}"
    assert clean_text("a\tb\nc\x00d  e ") == "a b c d  e" and len(clean_text("x" * 5000)) == 1000


# ---- facts -----------------------------------------------------------------------------------------------------------


def test_facts_are_kept_for_offline(root: Path, daemon: Daemon) -> None:
    set_record(daemon, PLATE, customSettings="shot:\n  handle_in: 8\n")
    client = RamDaemonInterface(daemon.port)
    facts = refresh_facts(client, os.fspath(root))
    assert facts is not None
    assert (facts.short_name, facts.rate, facts.width, facts.height, facts.pixel_aspect) == ("PROJ", 24, 1920, 1080, 1)
    assert facts.folder == root.as_posix() and facts.uuid == PROJECT
    assert [step.short_name for step in facts.steps] == ["PLATE", "Script", "Mod", "COMP"]
    assert facts.steps[0].settings == "shot:\n  handle_in: 8\n" and facts.steps[0].kind == "shot"
    assert {state.short_name: state.completion for state in facts.states}["WIP"] == 50
    assert [sequence.short_name for sequence in facts.sequences] == ["SEQ01", "SEQ02"]
    found = facts.shot("sh010")
    assert found is not None and (found.short_name, found.sequence, found.frames) == ("SH010", "SEQ01", 100)
    daemon.kill()
    assert load_facts(os.fspath(root)) == facts
    client.close()


def test_a_sync_keeps_the_facts_up_to_date(root: Path, daemon: Daemon) -> None:
    publish(root, registration(sequence="SEQ09"))
    deliver(root, daemon)
    facts = load_facts(os.fspath(root))
    assert facts is not None and (shot := facts.shot("SH500")) and (shot.sequence, shot.frames) == ("SEQ09", 96)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"schema": 1}', b'{"schema": 1, "uuid": "x", "short_name": "A", "rate": "y"}']
)
def test_broken_facts_are_none(data: bytes, root: Path) -> None:
    (root / "_ingest_reports").mkdir()
    (root / "_ingest_reports" / "ramses_project.json").write_bytes(data)
    assert load_facts(os.fspath(root)) is None


def test_unchanged_facts_are_not_written_again(root: Path, daemon: Daemon) -> None:
    client = RamDaemonInterface(daemon.port)
    facts = refresh_facts(client, os.fspath(root))
    assert facts is not None
    path = root / "_ingest_reports" / "ramses_project.json"
    before = path.stat().st_mtime_ns
    save_facts(os.fspath(root), replace(facts, seen="2030-01-01 00:00:00"))
    assert path.stat().st_mtime_ns == before
    save_facts(os.fspath(root), replace(facts, rate=25.0))
    found = load_facts(os.fspath(root))
    assert found is not None and found.rate == 25.0
    client.close()


def test_the_project_of_a_folder(tmp_path: Path) -> None:
    here, there, link = tmp_path / "here", tmp_path / "there", tmp_path / "link"
    here.mkdir()
    there.mkdir()
    link.symlink_to(here, target_is_directory=True)
    database = demo(short_name="ONE", folder=here.as_posix())
    database.add("RamProject", SECOND, shortName="there", name="Two", path="/mnt/elsewhere")
    with Daemon(database) as daemon:
        client = RamDaemonInterface(daemon.port)

        def found(folder: Path, name: str | None = None) -> str | None:
            project = project_for_folder(client, os.fspath(folder), name)
            return project.short_name if project else None

        assert found(here) == found(link) == "ONE"
        assert found(there) == "there", "by its name: its own folder is not on this machine"
        assert found(tmp_path / "ONE") is None, "that project has a folder here, and it is another one"
        assert found(tmp_path / "nowhere") is None
        assert found(tmp_path / "nowhere", "one") == "ONE"
        save_facts(os.fspath(there), replace(facts_of_demo(client, here), uuid=PROJECT))
        assert found(there) == "ONE", "what was known before decides"
        assert refresh_facts(client, os.fspath(tmp_path / "nowhere")) is None
        client.close()


def facts_of_demo(client: RamDaemonInterface, folder: Path) -> ProjectFacts:
    facts = refresh_facts(client, os.fspath(folder))
    assert facts is not None
    return facts


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (("SH010", "SEQ01", "PLATE", 100), []),
        (("SH010", "SEQ01", "PLATE", 96), ["duration-differs"]),
        (("SH010", "SEQ02", "PLATE", 0), ["other-sequence"]),
        (("sh010", None, None, 0), ["shot-spelling"]),
        (("SH999", "SEQ01", "plate", 10), ["new-shot"]),
        (("SH999", "SEQ99", None, 10), ["new-sequence"]),
        (("SH010", None, "NOSTEP", 0), ["unknown-step"]),
        (("SH010", None, "Mod", 0), ["unknown-step"]),
    ],
)
def test_compare(arguments: tuple[Any, ...], codes: list[str], root: Path, daemon: Daemon) -> None:
    client = RamDaemonInterface(daemon.port)
    found = compare(facts_of_demo(client, root), *arguments)
    assert [finding.code for finding in found] == codes
    assert all(finding.severity in ("warning", "info") for finding in found)
    client.close()
