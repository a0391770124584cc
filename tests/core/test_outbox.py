# SPDX-License-Identifier: GPL-3.0-or-later
"""The outbox: durable, tolerant, and never in two hands at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core import fsops, outbox
from ramses_plates.core.errors import Cancelled, NameRefused, PlatesError
from ramses_plates.core.events import Cancel
from ramses_plates.core.holder import Holder
from ramses_plates.core.outbox import (
    confirmed,
    enqueue,
    forget_run,
    note_reasons,
    pending,
    registration_id,
)
from ramses_plates.core.standing import standing
from ramses_plates.core.sync_lock import SyncBusy, SyncLock
from registrations import publish, registration, stand

TEXT = st.text(max_size=60) | st.sampled_from(["A&quit&B", "x=1", "\udcff", "\ud800", "a\nb", "x" * 10_000, "🎬", '"'])


def dead_holder() -> str:
    """The holder text of a process that is no more."""
    code = "from ramses_plates.core.holder import Holder; print(Holder.me('run', 'key').text())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    record = registration(resource="REF", width=1920, height=1080, pixel_aspect="1", before={"version": 2}, seconds=4.0)
    path = enqueue(str(tmp_path), record)
    assert os.path.dirname(path) == str(tmp_path / "_ingest_reports" / "outbox")
    found = pending(str(tmp_path))
    assert [entry.registration for entry in found] == [record]
    assert found[0].path == path and found[0].reason == "Ramses has not been told yet."
    assert json.loads(json.dumps(found[0].document()))["registration"]["shot"] == "SH500"


@given(TEXT, TEXT, TEXT)
@settings(max_examples=30)
def test_any_text_comes_back(source: str, comment: str, operator: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as root:
        record = registration(source_media=source, comment=comment, operator=operator)
        enqueue(root, record)
        assert pending(root)[0].registration == record


def test_the_same_work_has_one_record(tmp_path: Path) -> None:
    enqueue(str(tmp_path), registration())
    enqueue(str(tmp_path), registration())
    again = registration(folder=registration(version=4).folder)
    enqueue(str(tmp_path), again)
    assert [entry.registration for entry in pending(str(tmp_path))] == [again]


@pytest.mark.parametrize("text", ["SH010", "a/b", "..", "", "&=", "🎬", "x" * 500, "a\nb", "CON"])
def test_ids_are_safe_file_names_and_differ(text: str, tmp_path: Path) -> None:
    ids = {registration_id(text, "PLATE", resource, key) for resource in ("", "REF") for key in ("a", "b")}
    assert len(ids) == 4
    for found in ids:
        enqueue(str(tmp_path), registration(id=found))
    assert len(pending(str(tmp_path))) == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "../x"},
        {"id": ""},
        {"id": ".hidden"},
        {"folder": "../outside"},
        {"folder": "/etc"},
        {"folder": ""},
        {"shot": ""},
        {"project": ""},
        {"state": ""},
    ],
)
def test_records_that_lead_astray_are_refused(changes: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(NameRefused):
        enqueue(str(tmp_path), replace(registration(), **changes))
    assert pending(str(tmp_path)) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"schema": 1}',
        b"\xff\xfe",
        b'{"schema": 2}',
        json.dumps({"schema": 1, **asdict(registration()), "version": "x"}).encode(),
        json.dumps({"schema": 1, **asdict(registration()), "version": True}).encode(),
        json.dumps({"schema": 1, **asdict(registration()), "folder": "../../etc"}).encode(),
        json.dumps({"schema": 1, **asdict(registration()), "shot": None}).encode(),
        b'{"a":' * 100_000,
        b" " * 2_000_000,
    ],
)
def test_damaged_records_are_shown_and_kept(data: bytes, tmp_path: Path) -> None:
    enqueue(str(tmp_path), registration())
    damaged = tmp_path / "_ingest_reports" / "outbox" / "damaged.json"
    damaged.write_bytes(data)
    found = pending(str(tmp_path))
    assert [entry.registration is None for entry in found] == [False, True]
    assert "damaged" in found[1].reason and found[1].path == str(damaged)
    assert damaged.exists() and outbox.labels(found)[1].startswith("damaged.json")


def test_unknown_keys_of_later_versions_are_passed_over(tmp_path: Path) -> None:
    path = enqueue(str(tmp_path), registration())
    data = json.loads(Path(path).read_text())
    Path(path).write_text(json.dumps(data | {"later": 1}))
    assert pending(str(tmp_path))[0].registration == registration()


def shots_in(root: Path) -> list[str]:
    return [entry.registration.shot for entry in pending(str(root)) if entry.registration]


def test_oldest_first(tmp_path: Path) -> None:
    for shot, second in (("SH020", 2), ("SH010", 3), ("SH030", 1)):
        enqueue(str(tmp_path), registration(shot, created=f"2026-11-22 10:00:0{second}"))
    assert shots_in(tmp_path) == ["SH030", "SH020", "SH010"]


def test_what_is_confirmed_goes_and_what_was_replaced_stays(tmp_path: Path) -> None:
    old, new = registration(), registration(version=2, id=registration().id)
    enqueue(str(tmp_path), new)
    confirmed(str(tmp_path), old)
    assert len(pending(str(tmp_path))) == 1
    confirmed(str(tmp_path), new)
    confirmed(str(tmp_path), new)
    assert pending(str(tmp_path)) == []


def test_a_run_that_was_taken_back_is_forgotten(tmp_path: Path) -> None:
    enqueue(str(tmp_path), registration("SH010"))
    enqueue(str(tmp_path), registration("SH020", run="other"))
    assert [record.shot for record in forget_run(str(tmp_path), registration().run)] == ["SH010"]
    assert shots_in(tmp_path) == ["SH020"]


def test_reasons_are_kept_until_the_next_sync(tmp_path: Path) -> None:
    note_reasons(str(tmp_path), {"a": "b"})
    enqueue(str(tmp_path), registration())
    assert not outbox.is_empty(str(tmp_path))
    note_reasons(str(tmp_path), {registration().id: "Ramses is off."})
    assert pending(str(tmp_path))[0].reason == "Ramses is off."
    (tmp_path / "_ingest_reports" / "outbox" / ".reasons.json").write_bytes(b"broken")
    assert pending(str(tmp_path))[0].reason == "Ramses has not been told yet."
    note_reasons(str(tmp_path / "no project"), {"a": "b"})
    assert not (tmp_path / "no project").exists()


def test_no_outbox_is_an_empty_one(tmp_path: Path) -> None:
    assert outbox.is_empty(str(tmp_path)) and outbox.is_empty(str(tmp_path / "absent"))
    assert pending(str(tmp_path)) == [] and pending(str(tmp_path / "absent")) == []
    assert os.listdir(tmp_path) == []


def test_a_record_is_flushed_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File flushed, renamed, folder flushed: in this order, or a power cut could lose a registration."""
    (tmp_path / "_ingest_reports" / "outbox").mkdir(parents=True)
    calls: list[str] = []
    real_replace, real_flush, real_sync = os.replace, fsops._flush, fsops.sync_folder
    monkeypatch.setattr(fsops, "_flush", lambda fd: (calls.append("flush"), real_flush(fd))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (calls.append("rename"), real_replace(a, b))[1])
    monkeypatch.setattr(fsops, "sync_folder", lambda path: (calls.append("folder"), real_sync(path))[1])
    enqueue(str(tmp_path), registration())
    assert calls == ["flush", "rename", "folder"]


def test_an_unwritable_project_is_an_error_with_the_path(tmp_path: Path) -> None:
    (tmp_path / "_ingest_reports").write_text("a file")
    with pytest.raises(PlatesError) as caught:
        enqueue(str(tmp_path), registration())
    assert str(tmp_path) in str(caught.value)


# ---- standing --------------------------------------------------------------------------------------------------------


def test_a_version_that_stands(tmp_path: Path) -> None:
    stand(tmp_path, registration())
    assert standing(str(tmp_path), registration()).stands


def test_a_version_without_marker_waits(tmp_path: Path) -> None:
    stand(tmp_path, registration())
    tmp_path.joinpath(*registration().folder.split("/"), ".ramses_complete").unlink()
    found = standing(str(tmp_path), registration())
    assert not found.stands and not found.moot and "marker" in found.reason


def test_a_version_of_a_living_or_foreign_publisher_waits(tmp_path: Path) -> None:
    living = Holder.me("run", "key")
    for holder in (living.text(), replace(living, machine="elsewhere").text(), "", "unreadable"):
        found = standing(str(tmp_path), registration(holder=holder))
        assert not found.stands and not found.moot and found.reason


def test_a_version_of_a_dead_publisher_is_moot(tmp_path: Path) -> None:
    found = standing(str(tmp_path), registration(holder=dead_holder()))
    assert found.moot and not found.stands
    stand(tmp_path, registration())
    assert standing(str(tmp_path), registration(holder=dead_holder())).stands


def test_a_version_that_was_taken_back_is_moot(tmp_path: Path) -> None:
    step_folder, _, name = registration().folder.rpartition("/_published/")
    tmp_path.joinpath("_trash", *step_folder.split("/"), name).mkdir(parents=True)
    assert standing(str(tmp_path), registration()).moot


def test_a_project_that_is_not_mounted_waits(tmp_path: Path) -> None:
    found = standing(str(tmp_path / "absent"), registration(holder="x"))
    assert not found.moot and "project folder" in found.reason


# ---- the lock --------------------------------------------------------------------------------------------------------


def lock(root: Path, patience: float = 0.0, **options: Any) -> SyncLock:
    return SyncLock(str(root), "run", patience, **options)


def leftovers(root: Path) -> list[str]:
    return [name for name in os.listdir(root / "_ingest_reports" / "outbox") if name.startswith(".ramses-")]


def test_only_one_holds_the_lock(tmp_path: Path) -> None:
    with lock(tmp_path):
        with pytest.raises(SyncBusy), lock(tmp_path):
            raise AssertionError("two hold it")
        assert len(leftovers(tmp_path)) == 1
    with lock(tmp_path):
        pass
    assert leftovers(tmp_path) == []


def test_many_threads_take_turns(tmp_path: Path) -> None:
    inside, most, done = 0, 0, 0

    def work() -> None:
        nonlocal inside, most, done
        with lock(tmp_path, 60.0):
            inside += 1
            most = max(most, inside)
            time.sleep(0.01)
            inside -= 1
            done += 1

    threads = [threading.Thread(target=work) for _index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, done) == (1, 8)
    assert leftovers(tmp_path) == []


def make_lock(root: Path, holder: str) -> Path:
    folder = root / "_ingest_reports" / "outbox" / ".ramses-sync"
    folder.mkdir(parents=True)
    (folder / holder).touch()
    return folder


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    make_lock(tmp_path, dead_holder())
    with lock(tmp_path):
        assert len(leftovers(tmp_path)) == 1
    assert leftovers(tmp_path) == []


def test_the_lock_of_another_machine_is_respected_until_it_is_older_than_any_sync(tmp_path: Path) -> None:
    folder = make_lock(tmp_path, replace(Holder.me("run", "sync"), machine="elsewhere").text())
    with pytest.raises(SyncBusy), lock(tmp_path):
        pass
    os.utime(folder, (time.time() - 7200, time.time() - 7200))
    with lock(tmp_path):
        pass
    assert leftovers(tmp_path) == []


def test_waiting_for_the_lock_can_be_cancelled(tmp_path: Path) -> None:
    cancel = Cancel()
    threading.Timer(0.1, cancel.set).start()
    with lock(tmp_path), pytest.raises(Cancelled), lock(tmp_path, 60.0, cancel=cancel):
        pass


def test_a_lock_that_was_taken_over_is_not_removed_by_its_first_holder(tmp_path: Path) -> None:
    first = lock(tmp_path)
    with first:
        folder = tmp_path / "_ingest_reports" / "outbox" / ".ramses-sync"
        for name in os.listdir(folder):
            (folder / name).unlink()
        (folder / "another").touch()
    assert (folder / "another").exists()


def test_publish_helper_is_what_the_outbox_holds(tmp_path: Path) -> None:
    records = [registration("SH010"), registration("SH020")]
    publish(tmp_path, *records)
    assert {entry.registration for entry in pending(str(tmp_path))} == set(records)
