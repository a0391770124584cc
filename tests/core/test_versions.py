# SPDX-License-Identifier: GPL-3.0-or-later
"""What is published, by us and by others, and how little must be read to know."""

from __future__ import annotations

import os
from pathlib import Path

import make_job
import pytest
from ramses_plates.core import sidecar
from ramses_plates.core.errors import Cancelled, ManifestError
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.publish import publish
from ramses_plates.core.versions import list_versions, newest, versions_in


def put(project: Path, shot: str, step: str, *names: str, complete: bool = True) -> Path:
    home = project / f"05-SHOTS/PROJ_S_{shot}/PROJ_S_{shot}_{step}/_published"
    for name in names:
        (home / name).mkdir(parents=True)
        (home / name / f"PROJ_S_{shot}_{step}.1001.exr").touch()
        if complete:
            (home / name / ".ramses_complete").write_bytes(b"1700000000")
    return home


def found(project: Path, *values: str | None) -> list[tuple[str, str, int, str, str]]:
    versions = list_versions(os.fspath(project), *values)
    return [(v.shot, v.step, v.number, v.state, v.resource) for v in versions]


def test_ours(tmp_path: Path) -> None:
    done = publish(make_job.job(tmp_path, make_job.sequence(tmp_path / "in"), resource="REF", state="WIP"))
    (version,) = list_versions(os.fspath(tmp_path))
    assert (version.folder, version.number, version.state, version.resource) == (done.folder, 1, "WIP", "REF")
    assert (version.project, version.shot, version.step, version.name) == ("PROJ", "SH010", "PLATE", "REF_001_WIP")
    assert version.complete and version.completed is not None and version.problem == ""
    assert version.facts is not None and version.facts.run == "run-1"
    assert version.files == tuple(f"PROJ_S_SH010_PLATE_REF.{frame}.exr" for frame in range(1001, 1005))
    assert version.path == os.fspath(tmp_path / done.folder)


def test_everybodys_names_in_order(tmp_path: Path) -> None:
    put(tmp_path, "SH020", "PLATE", "002_OK", "001_WIP", "BG_010_OK", "12_WIP", "1000_OK")
    put(tmp_path, "SH010", "COMP", "003")
    put(tmp_path, "SH010", "PLATE", "notes", ".ramses-staging-x", "BG_CITY_007_WIP")
    (tmp_path / "05-SHOTS/readme.txt").touch()
    (tmp_path / "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE/_published/009_OK").touch()  # a file is no version
    put(tmp_path / "_trash", "SH010", "PLATE", "008_OK")
    assert found(tmp_path) == [
        ("SH010", "COMP", 3, "", ""),
        ("SH010", "PLATE", 7, "WIP", "BG_CITY"),
        ("SH020", "PLATE", 1, "WIP", ""),
        ("SH020", "PLATE", 2, "OK", ""),
        ("SH020", "PLATE", 10, "OK", "BG"),
        ("SH020", "PLATE", 12, "WIP", ""),
        ("SH020", "PLATE", 1000, "OK", ""),
    ]
    assert found(tmp_path, "sh010") == [("SH010", "COMP", 3, "", ""), ("SH010", "PLATE", 7, "WIP", "BG_CITY")]
    assert found(tmp_path, None, "comp") == [("SH010", "COMP", 3, "", "")]
    assert found(tmp_path, "SH099") == []
    in_step = versions_in(os.fspath(tmp_path), "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_COMP")
    assert [version.number for version in in_step] == [3]


def test_a_project_without_shots_has_none(tmp_path: Path) -> None:
    assert list_versions(os.fspath(tmp_path)) == ()
    assert versions_in(os.fspath(tmp_path), make_job.STEP_FOLDER) == ()


def test_the_newest_is_the_newest_complete_one_of_its_resource(tmp_path: Path) -> None:
    put(tmp_path, "SH010", "PLATE", "001_OK", "REF_003_OK", "002_OK")
    put(tmp_path, "SH010", "PLATE", "004_WIP", complete=False)

    def number(resource: str = "", **options: bool) -> int | None:
        version = newest(os.fspath(tmp_path), "sh010", "plate", resource, **options)
        return None if version is None else version.number

    assert number() == 2
    assert number(complete_only=False) == 4
    assert number("ref") == 3
    assert number("LEFT") is None


def test_a_broken_sidecar_does_not_hide_a_version(tmp_path: Path) -> None:
    home = put(tmp_path, "SH010", "PLATE", "001_OK")
    (home / "001_OK" / "_ramses_data.json").write_text("{broken", encoding="utf-8")
    (version,) = list_versions(os.fspath(tmp_path))
    assert version.complete and len(version.files) == 1
    assert "broken" in version.problem
    with pytest.raises(ManifestError):
        _ = version.facts


def test_files_are_media_only(tmp_path: Path) -> None:
    home = put(tmp_path, "SH010", "PLATE", "001_OK")
    for name in ("_ramses_data.json", ".DS_Store", "x.tmp", "Notes.TXT", "b.mov"):
        (home / "001_OK" / name).touch()
    (home / "001_OK" / "ascmhl").mkdir()
    (version,) = list_versions(os.fspath(tmp_path))
    assert version.files == ("PROJ_S_SH010_PLATE.1001.exr", "b.mov")


def test_listing_opens_no_file_and_knows_big_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for shot in range(300):
        put(tmp_path, f"SH{shot:04d}", "PLATE", "001_OK", "002_OK")
    monkeypatch.setattr("builtins.open", lambda *_values, **_options: pytest.fail("opened"))
    events: list[Event] = []
    for threads in (None, 1, 8):
        versions = list_versions(os.fspath(tmp_path), threads=threads, listen=events.append)
        assert len(versions) == 600
    assert (events[-1].stage, events[-1].done, events[-1].total) == ("versions", 300, 300)


def test_facts_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(make_job.job(tmp_path, make_job.sequence(tmp_path / "in")))
    (version,) = list_versions(os.fspath(tmp_path))
    first = version.facts
    monkeypatch.setattr(sidecar, "entries", lambda _file: pytest.fail("read again"))
    assert version.facts is first


def test_cancel(tmp_path: Path) -> None:
    put(tmp_path, "SH010", "PLATE", "001_OK")
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        list_versions(os.fspath(tmp_path), cancel=cancel)
