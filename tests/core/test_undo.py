# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo moves a run's versions to the trash, whole, and nothing else; numbers stay taken."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import judge
import kill
import make_job
import pytest
from ramses_plates.core import fsops, journal
from ramses_plates.core.errors import Cancelled, ManifestError, NameRefused
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.undo import undo

HOME = f"{make_job.STEP_FOLDER}/_published"
TRASH = f"_trash/{make_job.STEP_FOLDER}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "proj"
    folder.mkdir()
    return folder


@pytest.fixture
def source(tmp_path: Path) -> SourceFiles:
    return SourceFiles.take(make_job.sequence(tmp_path / "in", last=1002))


def put(project: Path, source: SourceFiles, run: str, plan: str, **changes: object) -> Path:
    return project / publish(make_job.job(project, source, run=run, plan=plan, **changes), jobs=1).folder


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.is_dir() else []


def test_all_versions_of_a_run_and_no_others_go_to_the_trash_whole(project: Path, source: SourceFiles) -> None:
    put(project, source, "run-1", "a")
    put(project, source, "run-2", "b")
    third = put(project, source, "run-1", "c", resource="REF")
    content = judge.content(third)
    events: list[Event] = []
    done = undo(os.fspath(project), "run-1", listen=events.append)
    assert done.moved == ((f"{HOME}/001_OK", f"{TRASH}/001_OK"), (f"{HOME}/REF_003_OK", f"{TRASH}/REF_003_OK"))
    assert done.ok and not done.already and (events[-1].done, events[-1].total) == (2, 2)
    assert [path.name for path in judge.versions(project)] == ["002_OK"]
    judge.complete(project / TRASH / "001_OK")
    assert judge.content(project / TRASH / "REF_003_OK") == content


def test_an_undone_number_is_never_issued_again(project: Path, source: SourceFiles) -> None:
    put(project, source, "run-1", "a")
    undo(os.fspath(project), "run-1")
    assert put(project, source, "run-2", "a").name == "002_OK"


def test_undo_twice_says_that_it_was_done_before(project: Path, source: SourceFiles) -> None:
    put(project, source, "run-1", "a")
    undo(os.fspath(project), "run-1")
    again = undo(os.fspath(project), "run-1")
    assert again.ok and again.already == (f"{HOME}/001_OK",) and not again.moved


def test_a_rerun_that_found_its_version_can_undo_it_too(project: Path, source: SourceFiles) -> None:
    put(project, source, "run-1", "a")
    put(project, source, "run-2", "a")
    assert undo(os.fspath(project), "run-2").moved == ((f"{HOME}/001_OK", f"{TRASH}/001_OK"),)
    assert undo(os.fspath(project), "run-1").ok


def test_a_restored_version_can_be_undone_again(project: Path, source: SourceFiles) -> None:
    version = put(project, source, "run-1", "a")
    undo(os.fspath(project), "run-1")
    (project / TRASH / "001_OK" / "kept").touch()
    os.rename(project / TRASH / "001_OK", version)
    (project / TRASH / "001_OK").mkdir()
    assert undo(os.fspath(project), "run-1").moved == ((f"{HOME}/001_OK", f"{TRASH}/001_OK+1"),)
    assert put(project, source, "run-2", "b").name == "002_OK"


def test_a_version_of_somebody_else_under_our_name_is_not_touched(project: Path, source: SourceFiles) -> None:
    """The run died before its commit, and another one got the number."""
    version = put(project, source, "run-2", "b")
    record = {"action": "publish", "folder": f"{HOME}/001_OK", "manifest": "ascmhl/0001_x.mhl", "c4": "c4x"}
    journal.append(os.fspath(project), "run-1", record)
    done = undo(os.fspath(project), "run-1")
    assert done.ok and not done.moved and version.is_dir()


def test_a_version_whose_seal_was_changed_is_refused(project: Path, source: SourceFiles) -> None:
    version = put(project, source, "run-1", "a")
    next((version / "ascmhl").glob("*.mhl")).unlink()
    done = undo(os.fspath(project), "run-1")
    assert not done.ok and done.refused[0][0] == f"{HOME}/001_OK" and version.is_dir()


def test_other_tools_may_have_rewritten_the_sidecar(project: Path, source: SourceFiles) -> None:
    version = put(project, source, "run-1", "a")
    (version / "_ramses_data.json").unlink()
    assert undo(os.fspath(project), "run-1").ok and not version.exists()


def test_a_move_that_is_refused_is_told_and_the_others_go_on(
    project: Path, source: SourceFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(project, source, "run-1", "a")
    put(project, source, "run-1", "b")
    real = fsops.rename_exclusive

    def refuse(path: str, target: str) -> bool:
        if path.endswith("001_OK"):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return real(path, target)

    monkeypatch.setattr(fsops, "rename_exclusive", refuse)
    done = undo(os.fspath(project), "run-1")
    assert [folder for folder, _ in done.moved] == [f"{HOME}/002_OK"]
    assert done.refused[0][0] == f"{HOME}/001_OK" and "same disk" in done.refused[0][1]
    assert (project / HOME / "001_OK").is_dir() and not names(project / TRASH / "001_OK")


def test_unknown_runs_and_odd_names(project: Path) -> None:
    with pytest.raises(ManifestError, match="no run run-7"):
        undo(os.fspath(project), "run-7")
    with pytest.raises(NameRefused):
        undo(os.fspath(project), "../run-7")


@pytest.mark.parametrize(
    "record",
    [
        {"action": "publish", "folder": "../outside", "manifest": "ascmhl/x", "c4": "c"},
        {"action": "publish", "folder": "/outside", "manifest": "ascmhl/x", "c4": "c"},
        {"action": "publish", "folder": 7, "manifest": "ascmhl/x", "c4": "c"},
        {"action": "publish"},
        ["publish"],
        "publish",
    ],
)
def test_an_edited_journal_leads_nowhere(project: Path, record: object) -> None:
    path = project / "_ingest_reports" / "journal" / "run-1.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(record) + "\nnot json\n", encoding="utf-8")
    assert undo(os.fspath(project), "run-1").ok
    assert names(project) == ["_ingest_reports"]


def test_runs_are_listed(project: Path, source: SourceFiles) -> None:
    assert journal.runs(os.fspath(project)) == []
    put(project, source, "run-2", "a")
    put(project, source, "run-1", "b")
    assert journal.runs(os.fspath(project)) == ["run-1", "run-2"]


def test_cancel(project: Path, source: SourceFiles) -> None:
    put(project, source, "run-1", "a")
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        undo(os.fspath(project), "run-1", cancel=cancel)


def test_killed_anywhere(tmp_path: Path, source: SourceFiles) -> None:
    """Each version is in its place or in the trash, whole, and undo again ends the work."""
    points = 0
    made = tmp_path / "made"
    made.mkdir()
    put(made, source, "run-1", "a")
    put(made, source, "run-1", "b")
    for nth in range(1, 200):
        project = tmp_path / f"proj-{nth}"
        shutil.copytree(made, project)
        if not kill.killed_at(nth, lambda project=project: undo(os.fspath(project), "run-1")):
            break
        points += 1
        placed, trashed = names(project / HOME), names(project / TRASH)
        assert sorted([*placed, *trashed]) == ["001_OK", "002_OK"]
        judge.versions(project)
        assert undo(os.fspath(project), "run-1").ok
        assert names(project / HOME) == [] and names(project / TRASH) == ["001_OK", "002_OK"]
        judge.complete(project / TRASH / "001_OK")
    assert points > 10
    assert put(project, source, "run-2", "a").name == "003_OK"
