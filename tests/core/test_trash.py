# SPDX-License-Identifier: GPL-3.0-or-later
"""The trash: what undo put aside comes back whole under its own number, or goes for good and keeps its number taken."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import judge
import kill
import make_job
import pytest
from ramses_plates.core import fsops
from ramses_plates.core.errors import Cancelled, ManifestError, WriteFailed
from ramses_plates.core.events import Cancel
from ramses_plates.core.outbox import PUBLISH, UNDO, pending
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.standing import standing
from ramses_plates.core.trash import list_trash, restore
from ramses_plates.core.trash_empty import empty_trash, to_empty
from ramses_plates.core.undo import undo
from ramses_plates.hosts.cli.main import main

HOME = f"{make_job.STEP_FOLDER}/_published"
TRASH = f"_trash/{make_job.STEP_FOLDER}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "proj"
    folder.mkdir()
    return folder


@pytest.fixture
def source(tmp_path: Path) -> SourceFiles:
    return SourceFiles.take(make_job.sequence(tmp_path / "in", last=1002, size=60))


def put(project: Path, source: SourceFiles, run: str, plan: str, **changes: object) -> Path:
    job = make_job.job(project, source, run=run, plan=plan, verify="copy", **changes)
    return project / publish(job, jobs=1).folder


def undone(project: Path, source: SourceFiles, run: str = "run-1", plan: str = "a") -> Path:
    """A version that was published and taken back; its place in the trash."""
    name = put(project, source, run, plan).name
    assert undo(os.fspath(project), run).ok
    return project / TRASH / name


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.is_dir() else []


def test_listed_with_its_run_and_place_and_nothing_foreign(project: Path, source: SourceFiles) -> None:
    undone(project, source)
    (project / TRASH / "007_OK").mkdir()
    (project / "_trash" / "somebody's.blend").touch()
    (entry,) = list_trash(os.fspath(project))
    assert (entry.place, entry.folder, entry.run) == (f"{TRASH}/001_OK", f"{HOME}/001_OK", "run-1")
    assert abs(entry.undone - time.time()) < 600


@pytest.mark.parametrize("wanted", [f"{TRASH}/001_OK", f"{HOME}/001_OK", "run-1"])
def test_restored_whole_under_its_own_number(project: Path, source: SourceFiles, wanted: str) -> None:
    content = judge.content(put(project, source, "run-1", "a"))
    undo(os.fspath(project), "run-1")
    done = restore(os.fspath(project), wanted)
    assert done.ok and done.restored == (f"{HOME}/001_OK",)
    judge.complete(project / HOME / "001_OK")
    assert judge.content(project / HOME / "001_OK") == content
    assert list_trash(os.fspath(project)) == ()
    (waiting,) = pending(os.fspath(project))
    assert waiting.registration is not None and waiting.registration.action == PUBLISH
    assert standing(os.fspath(project), waiting.registration).stands
    assert undo(os.fspath(project), "run-1").moved == ((f"{HOME}/001_OK", f"{TRASH}/001_OK"),)


def test_a_damaged_version_stays_in_the_trash(project: Path, source: SourceFiles) -> None:
    place = undone(project, source)
    frame = place / f"{make_job.STEM}.1002.exr"
    frame.write_bytes(b"x" * frame.stat().st_size)
    done = restore(os.fspath(project), "run-1")
    assert not done.ok and "1002" in done.refused[0][1] and place.is_dir() and names(project / HOME) == []


def test_a_number_that_somebody_took_is_not_given_twice(project: Path, source: SourceFiles) -> None:
    place = undone(project, source)
    (project / HOME / "REF_001_WIP").mkdir(parents=True)
    done = restore(os.fspath(project), "run-1")
    assert not done.ok and "REF_001_WIP" in done.refused[0][1] and place.is_dir()


def test_nothing_of_that_name(project: Path, source: SourceFiles) -> None:
    undone(project, source)
    with pytest.raises(ManifestError, match="nothing in the trash"):
        restore(os.fspath(project), "run-7")


def test_emptied_for_good_and_its_number_stays_taken(project: Path, source: SourceFiles) -> None:
    place = undone(project, source)
    done = empty_trash(os.fspath(project))
    assert done.ok and done.removed == (f"{TRASH}/001_OK",) and done.bytes > 120
    assert names(place.parent) == ["001_OK+emptied"]
    assert put(project, source, "run-2", "b").name == "002_OK"
    assert list_trash(os.fspath(project)) == () and undo(os.fspath(project), "run-1").ok
    undo(os.fspath(project), "run-2")
    empty_trash(os.fspath(project))
    assert put(project, source, "run-3", "c").name == "003_OK"


def test_only_what_is_old_enough(project: Path, source: SourceFiles) -> None:
    undone(project, source)
    assert to_empty(os.fspath(project), 1.0) == ()
    assert len(to_empty(os.fspath(project), 1.0, now=time.time() + 2 * 86400)) == 1
    assert len(to_empty(os.fspath(project))) == 1


def test_foreign_files_are_named_and_keep_the_version(project: Path, source: SourceFiles) -> None:
    place = undone(project, source)
    (place / "notes.txt").write_text("keep me")
    done = empty_trash(os.fspath(project))
    assert not done.ok and "notes.txt" in done.refused[0][1]
    assert (place / "notes.txt").read_text() == "keep me" and len(names(place)) == 6


def test_a_link_in_the_place_of_a_frame_or_of_the_version(project: Path, source: SourceFiles, tmp_path: Path) -> None:
    place = undone(project, source)
    precious = tmp_path / "precious.exr"
    precious.write_bytes(b"precious")
    frame = place / f"{make_job.STEM}.1002.exr"
    frame.unlink()
    frame.symlink_to(precious)
    assert not empty_trash(os.fspath(project)).ok and precious.read_bytes() == b"precious"
    frame.unlink()
    moved = tmp_path / "elsewhere"
    os.rename(place, moved)
    place.symlink_to(moved, target_is_directory=True)
    assert not empty_trash(os.fspath(project)).ok and len(names(moved)) == 4
    assert not restore(os.fspath(project), "run-1").ok and place.is_symlink()


def test_another_version_in_its_place_is_not_ours(project: Path, source: SourceFiles) -> None:
    place = undone(project, source)
    shutil.rmtree(place)
    other = put(project, source, "run-2", "b")
    os.rename(other, place)
    assert not empty_trash(os.fspath(project)).ok and len(names(place)) == 5


def test_published_versions_are_never_touched(project: Path, source: SourceFiles) -> None:
    kept = put(project, source, "run-1", "a")
    undone(project, source, "run-2", "b")
    content = judge.content(kept)
    assert empty_trash(os.fspath(project)).ok and judge.content(kept) == content
    assert empty_trash(os.fspath(project)).removed == ()


def test_only_plain_files_are_removed_by_name(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(WriteFailed):
        fsops.remove_named(os.fspath(tmp_path / "folder"))
    assert fsops.remove_named(os.fspath(tmp_path / "gone")) == 0


def test_cancel(project: Path, source: SourceFiles) -> None:
    place = undone(project, source)
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        empty_trash(os.fspath(project), cancel=cancel)
    with pytest.raises(Cancelled):
        restore(os.fspath(project), "run-1", cancel=cancel)
    judge.complete(place)


def test_restore_killed_anywhere(tmp_path: Path, source: SourceFiles) -> None:
    made = tmp_path / "made"
    made.mkdir()
    undone(made, source)
    for nth in range(1, 200):
        project = tmp_path / f"proj-{nth}"
        shutil.copytree(made, project)
        hit = kill.killed_at(nth, lambda project=project: restore(os.fspath(project), "run-1", jobs=1))
        placed, trashed = names(project / HOME), names(project / TRASH)
        assert sorted([*placed, *trashed]) == ["001_OK"]
        if not placed:
            assert restore(os.fspath(project), "run-1", jobs=1).ok
        judge.complete(project / HOME / "001_OK")
        for waiting in pending(os.fspath(project)):
            assert waiting.registration is not None
            found = standing(os.fspath(project), waiting.registration)
            assert found.stands == (waiting.registration.action != UNDO)
        if not hit:
            assert nth > 20
            return
    raise AssertionError("the restore never came to its end")


def test_empty_killed_anywhere(tmp_path: Path, source: SourceFiles) -> None:
    """The version is in the trash, whole, or on its way out; the number is taken at every instant."""
    made = tmp_path / "made"
    made.mkdir()
    undone(made, source)
    for nth in range(1, 300):
        project = tmp_path / f"proj-{nth}"
        shutil.copytree(made, project)
        hit = kill.killed_at(nth, lambda project=project: empty_trash(os.fspath(project)))
        if (project / TRASH / "001_OK").is_dir():
            judge.complete(project / TRASH / "001_OK")
        assert put(project, source, "run-2", "b").name == "002_OK"
        assert empty_trash(os.fspath(project)).ok
        assert names(project / TRASH) == ["001_OK+emptied"]
        if not hit:
            assert nth > 20
            return
    raise AssertionError("the emptying never came to its end")


def test_the_verb(project: Path, source: SourceFiles, capsys: pytest.CaptureFixture[str]) -> None:
    undone(project, source)
    root = os.fspath(project)

    def run(*words: str) -> tuple[int, dict[str, object]]:
        code = main(["trash", *words, "--root", root, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, shown = run("list")
    assert code == 0 and shown["versions"][0]["run"] == "run-1"  # type: ignore[index]
    code, shown = run("empty")
    assert code == 1 and len(shown["versions"]) == 1 and (project / TRASH / "001_OK").is_dir()  # type: ignore[arg-type]
    code, shown = run("empty", "--older-than", "30", "--yes")
    assert code == 0 and shown["removed"] == []
    code, shown = run("restore", "run-1")
    assert code == 0 and shown["restored"] == [f"{HOME}/001_OK"] and shown["registered"] == "queued"
    undo(root, "run-1")
    assert main(["trash", "empty", "--root", root]) == 1 and "add --yes" in capsys.readouterr().out
    code, shown = run("empty", "--yes")
    assert code == 0 and shown["removed"] == [f"{TRASH}/001_OK"]
    code, shown = run("list")
    assert shown["versions"] == []
