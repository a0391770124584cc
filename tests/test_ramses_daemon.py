# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ramses test daemon against recorded requests and replies of the real app."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import ramses_transcripts as real
from ramses_app import App, Died
from ramses_database import PROJECT, Database, demo, empty, indented
from ramses_double import Daemon

ROWS = real.rows()
PROGRAM = Path(__file__).parent / "ramses_daemon.py"


def with_wiped_shot(app: App) -> None:
    """A shot was wiped by an unescaped write: from now on it matches any path."""
    app.answer(f'create&uuid={real.WIPED}&type=RamShot&data={{"shortName":"X","name":"X","project":"{PROJECT}"}}')
    app.answer(f"setData&uuid={real.WIPED}&data=broken")


def with_broken_creates(app: App) -> None:
    """The objects that the crash tests had made before the recorded request."""
    app.answer("create&uuid=11111111-0000-0000-0000-000000000001&type=RamShot&data={}")
    app.answer(f'create&uuid=11111111-0000-0000-0000-000000000002&type=RamShot&data={{"project":"{PROJECT}"}}')
    app.answer(
        f'create&uuid=11111111-0000-0000-0000-000000000009&type=RamShot&data={{"shortName":"X5","name":"X5",'
        f'"project":"{PROJECT}"}}'
    )


def with_created_objects(app: App) -> None:
    """The create matrix read each object right after its create; those creates are not all on record."""
    app.answer(f"getStatus&itemUuid={real.SH120}&stepUuid={real.COMP}")
    for row in ROWS:
        if row["note"].startswith("create matrix: getData right after create of ") and row["reply"]:
            content = row["reply"]["content"]
            kind = row["note"].split(" of ")[1]
            app.answer(f"create&uuid={content['uuid']}&type={kind}&data={json.dumps(content['data'])}")


def with_new_shots(app: App) -> None:
    """The status flow made two shots, one of them with a status that was made by create."""
    for row in ROWS:
        if row["note"] == "status flow" and row["request"].startswith("create&"):
            app.answer(row["request"])
    data = next(row["reply"]["content"] for row in ROWS if row["note"].startswith("getStatus for a pair whose only"))
    app.answer(f"create&uuid={data['uuid']}&type=RamStatus&data={json.dumps(data['data'])}")


def with_second_project(app: App) -> None:
    """The sequence of the second project is on record only in the shots that refer to it."""
    sequence = "b8d7dd91-0cfd-464b-96b1-844a1b14f99f"
    record = {"shortName": "A", "name": "A", "project": "e4217d0e-fc6d-42f6-ad25-567ea1009f21"}
    app.answer(f"create&uuid={sequence}&type=RamSequence&data={json.dumps(record)}")


def recorded_objects() -> Database:
    """A database that holds exactly what some getObjects replies list."""
    database = empty()
    for row in ROWS:
        if row["note"].startswith(("steps made in the GUI", "status created by the app itself")):
            for found in row["reply"]["content"]["objects"]:
                database.add(row["request"].split("type=")[1], found["uuid"], **found["data"])
    return database


def templates() -> Database:
    database = real.seeded()
    for row in ROWS:
        if row["request"].endswith("RamTemplateAssetGroup"):
            for found in row["reply"]["content"]["objects"]:
                database.add("RamTemplateAssetGroup", found["uuid"], **found["data"])
    return database


def nothing(_app: App) -> None:
    """The state needs nothing more."""


State = tuple[Callable[[], "Database | None"], dict[str, Any], Callable[[App], None]]
NOBODY: dict[str, Any] = {"user": ""}
STATES: list[tuple[tuple[str, ...], State]] = [
    (("nobody logged in, no database",), (lambda: None, {}, nothing)),
    (("user logged in, no project exists", "project just created by the GUI"), (empty, {}, nothing)),
    (("steps made in the GUI", "status created by the app"), (recorded_objects, {}, nothing)),
    (("seeded database, user logged in, current",), (templates, {}, nothing)),
    (("fresh start, user logged in, NO current",), (real.seeded, {"current": None}, nothing)),
    (("second project", "setData on a shot of a project that is not"), (real.seeded, {}, with_second_project)),
    (("database open, nobody",), (real.seeded, NOBODY, nothing)),
    (("uuidFromPath with percent",), (real.seeded, {}, nothing)),
    (("uuidFromPath matrix",), (real.seeded, {}, with_wiped_shot)),
    (("create matrix",), (real.seeded, {}, with_created_objects)),
    (("getStatus for a pair whose only", "setData on the status"), (real.seeded, {}, with_new_shots)),
    (("crash test: create", "crash test: shot", "crash test: seq"), (real.seeded, {}, with_broken_creates)),
    (("seed:",), (real.seeded, {}, nothing)),
    (("",), (real.seeded, {}, nothing)),
]


def replayable() -> Iterator[tuple[int, dict[str, Any]]]:
    for number, row in enumerate(ROWS):
        if row["reply"] is not None and row["reply_bytes"]:
            yield number, row


def state_of(note: str) -> int:
    return next(index for index, (starts, _state) in enumerate(STATES) if note.startswith(starts))


@pytest.mark.parametrize("state", range(len(STATES)), ids=lambda index: (STATES[index][0][0] or "others")[:30])
def test_answers_like_the_real_app(state: int) -> None:
    make, options, prepare = STATES[state][1]
    app = App(make(), **options)
    prepare(app)
    replayed = 0
    for number, row in replayable():
        if state_of(row["note"]) != state:
            continue
        request = row["request"].split("\0")[0]
        reply = app.answer(request)
        where = f"row {number}: {request[:200]}"
        assert reply is not None, where
        expected = row["reply"]
        if request.startswith("getStatus") and expected["content"].get("uuid"):
            # The app draws the ids of statuses it makes by itself.
            assert len(reply["content"]["uuid"]) == 36, where
            reply["content"]["uuid"] = expected["content"]["uuid"]
        assert reply == expected, where
        if not any(
            start in json.dumps(expected) for start in ("/home/artist", "/mnt/")
        ):  # paths were shortened after the bytes had been counted
            assert len((indented(reply) + "\n").encode("utf-8")) == row["reply_bytes"], where
        replayed += 1
    assert replayed


def test_nearly_the_whole_record_is_replayed() -> None:
    """What has no reply on record is told in words there; those rows have tests of their own below."""
    assert sum(1 for _row in replayable()) >= 200


@pytest.mark.parametrize(
    "request_",
    [
        "setCurrentProject&uuid=",
        "setCurrentProject",
        "getStatus",
        f"getStatus&itemUuid={real.SH010}&stepUuid=",
        f"getStatus&itemUuid=&stepUuid={real.PLATE}",
        "raise",
        "quit",
        "open&file=/nowhere.ramses",
        next(row["request"] for row in ROWS if row["note"].startswith("dangerous value: &quit=1")),
        next(row["request"] for row in ROWS if row["note"] == "crash test: status_state_empty"),
    ],
)
def test_ends_the_app(request_: str) -> None:
    with pytest.raises(Died):
        App(real.seeded()).answer(request_)


def test_an_empty_state_ends_every_later_start() -> None:
    database = real.seeded()
    request = next(row["request"] for row in ROWS if row["note"] == "crash test: status_state_empty")
    with pytest.raises(Died):
        App(database).answer(request)
    with pytest.raises(Died):
        App(database)


def test_an_empty_sequence_ends_the_app_in_the_shots_table() -> None:
    app = App(real.seeded())
    request = next(row["request"] for row in ROWS if row["note"] == "crash test: create_shot_sequence_empty")
    assert app.answer(request)
    with pytest.raises(Died):
        app.show_shots_table()


def test_an_empty_project_ends_the_app_at_the_next_path() -> None:
    app = App(real.seeded())
    assert app.answer(f'setData&uuid={real.SH020}&data={{"shortName":"SH020","project":""}}')
    with pytest.raises(Died):
        app.answer(f"getPath&uuid={real.SH020}")


def data_of(app: App, uid: str) -> dict[str, Any]:
    reply = app.answer(f"getData&uuid={uid}")
    assert reply is not None
    return dict(reply["content"]["data"])


@pytest.mark.parametrize(
    "text", ["", "not json", "[1,2]", '{"comment":"this & that"}', '{"comment":"a=b"}', '{"a":NaN}']
)
def test_broken_data_wipes_the_object(text: str) -> None:
    app = App(real.seeded())
    reply = app.answer(f"setData&uuid={real.SH030}&data={text}")
    assert reply is not None and reply["message"] == "Data updated." and reply["success"]
    assert data_of(app, real.SH030) == {}
    assert app.stored.tables["RamShot"][real.SH030] == "{}"


@pytest.mark.parametrize("row", [row for row in ROWS if row["note"].startswith("special characters")])
def test_escaped_values_survive(row: dict[str, Any]) -> None:
    app = App(real.seeded())
    app.answer(row["request"])
    assert data_of(app, real.SH030) == json.loads(row["request"].split("&data=")[1], strict=False)


def test_set_data_replaces() -> None:
    app = App(real.seeded())
    app.answer(f'setData&uuid={real.SH030}&data={{"comment":"only this"}}')
    assert data_of(app, real.SH030) == {"comment": "only this"}


def test_writes_to_other_projects_vanish() -> None:
    app = App(real.seeded())
    with_second_project(app)
    for row in ROWS:
        if row["note"].startswith("second project made"):
            app.answer(row["request"])
    before = dict(app.stored.tables["RamShot"])
    request = next(row["request"] for row in ROWS if row["note"].startswith("setData on a shot of a project that"))
    reply = app.answer(request)
    assert reply is not None and reply["message"] == "Data updated."
    assert app.stored.tables["RamShot"] == before
    app.select_project("e4217d0e-fc6d-42f6-ad25-567ea1009f21")
    assert data_of(app, "408c7b26-8745-485c-b77b-476763e007f2")["shortName"] == "A010"


def test_create_over_an_existing_object_splits_row_and_memory() -> None:
    app = App(real.seeded())
    app.answer(f'create&uuid={real.SH010}&type=RamShot&data={{"shortName":"OTHER"}}')
    assert data_of(app, real.SH010)["shortName"] == "SH010"
    assert json.loads(app.stored.tables["RamShot"][real.SH010]) == {"shortName": "OTHER"}


def test_a_removed_row_stays_removed() -> None:
    app = App(real.seeded())
    app.stored.removed.add(real.SH010)
    app.answer(f'create&uuid={real.SH010}&type=RamShot&data={{"shortName":"SH010"}}')
    reply = app.answer("getObjects&type=RamShot")
    assert reply is not None
    assert real.SH010 not in [found["uuid"] for found in reply["content"]["objects"]]


def test_the_database_file_survives_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "db.json")
    with Daemon(demo(path)) as daemon:
        talk(daemon.port, f'setData&uuid={PROJECT}&data={{"shortName":"NEW","name":"New"}}')
    assert data_of(App(demo(path)), PROJECT)["shortName"] == "NEW"


# ---- the socket ------------------------------------------------------------------------------------------------------


def talk(port: int, *sent: str | float, wait: float = 0.3) -> bytes:
    """Everything that comes back for some sends and pauses on one connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
        for item in sent:
            if isinstance(item, float):
                time.sleep(item)
            else:
                link.sendall(item.encode("utf-8"))
        link.settimeout(wait)
        found = b""
        try:
            while piece := link.recv(1 << 16):
                found += piece
        except (TimeoutError, ConnectionResetError):
            pass
        return found


def test_a_fragmented_write_wipes_the_object() -> None:
    with Daemon(real.seeded()) as daemon:
        found = talk(daemon.port, f'setData&uuid={real.SH030}&data={{"comment":"frag', 0.1, 'ment"}')
        assert found.count(b"\n}\n") == 2 and b"Data updated." in found and b"Unknown query" in found
        assert data_of(daemon.app, real.SH030) == {}


def test_glued_requests_get_one_reply() -> None:
    with Daemon(real.seeded()) as daemon:
        assert b"Unknown query: pingping" in talk(daemon.port, "pingping")


def test_a_half_closed_connection_gets_no_reply() -> None:
    with Daemon(real.seeded()) as daemon:
        daemon.set_faults(slow=0.2)
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=5) as link:
            link.sendall(b"ping")
            link.shutdown(socket.SHUT_WR)
            assert link.recv(100) == b""


def test_bytes_that_are_no_text() -> None:
    with Daemon(real.seeded()) as daemon, socket.create_connection(("127.0.0.1", daemon.port), timeout=5) as link:
        link.sendall(b"\xef\xbb\xbfping\0rest")
        assert b"Ramses-Client" in link.recv(1 << 16)
        link.sendall(b"\xff\xfe")
        assert "Unknown query: ��".encode() in link.recv(1 << 16)


def test_the_connection_stays_open_and_idle() -> None:
    with Daemon(real.seeded()) as daemon, socket.create_connection(("127.0.0.1", daemon.port), timeout=5) as link:
        for _round in range(3):
            link.sendall(b"ping")
            assert link.recv(1 << 16).endswith(b"}\n")
            time.sleep(0.05)
    assert daemon.log.connections == 1


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ({"silent": True}, b""),
        ({"reset": True}, b""),
        ({"kill_before": True}, b""),
        ({"kill_after": True}, b""),
        ({"only": "getData", "silent": True}, b"Ramses-Client"),
        ({"nth": 2, "silent": True}, b"Ramses-Client"),
        ({"pieces": 1}, b"Ramses-Client"),
        ({"line": True}, b'"success": true}  '),
        ({"twice": True}, b"}\n{"),
        ({"wrong_types": True}, b'"yes"'),
    ],
)
def test_faults(faults: dict[str, Any], expected: bytes) -> None:
    with Daemon(real.seeded()) as daemon:
        daemon.set_faults(**faults)
        found = talk(daemon.port, "ping", wait=0.5)
        assert expected in found and bool(expected) == bool(found)
        assert daemon.alive == (not any(name.startswith("kill") for name in faults))


def test_cut_and_malformed_replies_are_no_json() -> None:
    with Daemon(real.seeded()) as daemon:
        for fault in ("cut", "malformed"):
            daemon.set_faults(**{fault: True})
            with pytest.raises(ValueError):
                json.loads(talk(daemon.port, "ping"))


def test_killed_before_or_after_the_write() -> None:
    for fault, written in (("kill_before", False), ("kill_after", True), ("kill_replied", True)):
        database = real.seeded()
        with Daemon(database) as daemon:
            daemon.set_faults(**{fault: True})
            talk(daemon.port, f'setData&uuid={real.SH010}&data={{"shortName":"GONE"}}')
            assert not daemon.alive
            assert ("GONE" in database.tables["RamShot"][real.SH010]) is written
            with pytest.raises(ConnectionRefusedError):
                talk(daemon.port, "ping")
            daemon.set_faults()
            daemon.restart()
            assert b"Ramses-Client" in talk(daemon.port, "ping")


def test_as_a_program(tmp_path: Path) -> None:
    arguments = ["--port", "0", "--short-name", "PROJ", "--folder", os.fspath(tmp_path), "--fault", "pieces=7"]
    with subprocess.Popen(
        [sys.executable, os.fspath(PROGRAM), *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as program:
        assert program.stdout is not None
        port = int(program.stdout.readline())
        found = json.loads(talk(port, "getObjects&type=RamProject"))["content"]["objects"][0]["data"]
        assert (found["shortName"], found["path"]) == ("PROJ", tmp_path.as_posix())
        talk(port, "quit")
        assert program.wait(timeout=10) == 0
