# SPDX-License-Identifier: GPL-3.0-or-later
"""What the load panel lists, without any Qt: projects, shots, steps, plates, and what is told of one version."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import make_project
import pytest
from ramses_plates.core.errors import SettingsError
from ramses_plates.core.preview_record import PreviewRecord, picture_path, record_path
from ramses_plates.hosts.qt import load_memory
from ramses_plates.hosts.qt.load_media import examine, picture_of, version_line
from ramses_plates.hosts.qt.load_tree import Shelf, open_project, plates_of, steps_of


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "PROJ"
    for shot in ("SH020", "SH010", "SH200"):
        make_project.plate(root, shot)
    make_project.facts(root, [("SEQ1", "SH010"), ("SEQ1", "SH020"), ("SEQ2", "SH030")])
    return root


def test_shots_of_the_disk_and_of_ramses_come_by_sequence(project: Path) -> None:
    found = open_project(os.fspath(project / "05-SHOTS" / "PROJ_S_SH010"))
    assert (found.root, found.name) == (os.fspath(project), "PROJ")
    assert [(shot.sequence, shot.name, bool(shot.folder)) for shot in found.shots] == [
        ("SEQ1", "SH010", True),
        ("SEQ1", "SH020", True),
        ("SEQ2", "SH030", False),
        ("", "SH200", True),
    ]
    assert found.sequences == ("SEQ1", "SEQ2", "")


@pytest.mark.parametrize(
    ("text", "sequence", "shots"),
    [
        ("", None, ["SH010", "SH020", "SH030", "SH200"]),
        ("sh0", None, ["SH010", "SH020", "SH030"]),
        ("seq1 20", None, ["SH020"]),
        ("", "SEQ1", ["SH010", "SH020"]),
        ("", "", ["SH200"]),
        ("nothing", None, []),
    ],
)
def test_a_search_holds_every_word(project: Path, text: str, sequence: str | None, shots: list[str]) -> None:
    found = open_project(os.fspath(project))
    assert [shot.name for shot in found.matching(text, sequence)] == shots


def test_a_folder_outside_any_project_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="05-SHOTS"):
        open_project(os.fspath(tmp_path))


def test_steps_come_in_the_order_of_ramses_and_unknown_ones_last(project: Path) -> None:
    for name in ("COMP", "ANIM", "ROTO"):
        (project / make_project.step("SH010", name)).mkdir()
    found = open_project(os.fspath(project))
    shot = found.shot("sh010")
    assert shot is not None
    assert [step.name for step in steps_of(found, shot)] == ["PLATE", "ROTO", "COMP", "ANIM"]
    assert steps_of(found, found.shots[2]) == ()  # only Ramses knows that one


def test_plates_are_newest_first_and_scenes_are_left_out(project: Path) -> None:
    make_project.plate(project, "SH010", "010_OK")
    make_project.plate(project, "SH010", "BG_002_WIP")
    scene = project / make_project.step("SH010") / "_published" / "011_WIP"
    scene.mkdir()
    (scene / "PROJ_S_SH010_PLATE.nk").write_text("Root {}")
    found = plates_of(os.fspath(project), make_project.step("SH010"))
    assert found.resources == ("", "BG")
    assert [version.number for version in found.plates[""]] == [10, 1]
    assert found.scenes == 1


def test_a_step_is_listed_once_until_the_shelf_is_cleared(project: Path) -> None:
    root, folder, shelf = os.fspath(project), make_project.step("SH010"), Shelf()
    assert shelf.known_plates(root, folder) is None
    first = shelf.plates(root, folder)
    make_project.plate(project, "SH010", "002_WIP")
    assert shelf.plates(root, folder) is first
    shelf.clear()
    assert [version.number for version in shelf.plates(root, folder).plates[""]] == [2, 1]


def test_a_version_tells_its_facts_and_where_each_policy_puts_it(project: Path) -> None:
    version = make_project.plate(project, "SH010", "002_WIP", range(1001, 1011))
    found = examine(version, open_project(os.fspath(project)).facts)
    rows = dict(found.rows)
    assert rows["Frames"] == "1001-1010  (10)"
    assert rows["Timecode"] == "01:00:00:00  –  01:00:00:09"
    assert (rows["Size"], rows["Rate"], rows["Reel"]) == ("64 × 36", "24", "A001")
    assert rows["Published"].endswith("by anna")
    first = {policy: seat.placement.timeline_first for policy, seat in found.seats.items() if seat.placement}
    assert first == {"shot-start": 1000, "source-frames": 1001, "timecode": 86400}
    seat = found.seats["shot-start"].placement
    assert seat is not None and seat.reason.startswith("The cut in sits on 1001")


def test_gaps_and_a_missing_timecode_are_said(project: Path) -> None:
    version = make_project.plate(project, "SH010", "002_WIP", (1001, 1003), timecode="")
    found = examine(version)
    assert dict(found.rows)["Missing"] == "1002  (1)"
    assert found.seats["timecode"].placement is None
    assert "Place it by shot start" in found.seats["timecode"].refusal


def test_a_broken_version_has_a_problem_and_no_seats(project: Path) -> None:
    version = make_project.plate(project, "SH010", "002_WIP")
    Path(version.path, "stranger.mov").write_bytes(b"x")
    found = examine(make_project.find(project, "SH010", "002_WIP"))
    assert "exactly one clip" in found.problem and not found.seats
    shutil.rmtree(version.path)
    assert version.path in examine(version).problem


def test_the_line_of_a_version_says_when_it_is_unfinished(project: Path) -> None:
    number, state, frames, date, about = version_line(make_project.find(project, "SH010", "001_WIP"))
    assert (number, state, frames, about) == ("001", "WIP", "1001-1003", "from the vendor")
    assert date.startswith("2023-11-1")
    unfinished = make_project.plate(project, "SH010", "002_WIP", complete=False)
    assert version_line(unfinished)[4].startswith("Unfinished, or from another tool.")
    Path(unfinished.path, "_ramses_data.json").write_text("{")
    assert "sidecar is broken" in version_line(make_project.find(project, "SH010", "002_WIP"))[4]


def test_a_picture_is_only_shown_with_the_version_that_it_was_made_of(project: Path) -> None:
    version = make_project.find(project, "SH010", "001_WIP")
    path, note = picture_of(version)
    assert path == "" and f"ramses-plates preview {version.path}" in note
    os.makedirs(os.path.dirname(picture_path(version)))
    Path(picture_path(version)).write_bytes(b"\xff\xd8\xff")
    assert picture_of(version)[0] == picture_path(version)  # another tool's
    record = PreviewRecord("001_WIP", 1002, "01:00:00:01", completed=1700000000)
    Path(record_path(version)).write_text(json.dumps(record.document()))
    assert picture_of(version) == (picture_path(version), "Frame 1002 at 01:00:00:01.")
    other = make_project.plate(project, "SH010", "002_WIP")
    assert picture_of(other)[0] == "" and "shows 001_WIP" in picture_of(other)[1]


def test_projects_and_places_are_remembered() -> None:
    memory = load_memory.Memory().used("/a").used("/b").used("/a").at("/a", "SH010", "COMP")
    load_memory.remember(memory)
    again = load_memory.recall()
    assert again == memory
    assert again.projects == ("/a", "/b") and again.place("/a") == ("SH010", "COMP") and again.place("/c") == ("", "")
    for number in range(40):
        memory = memory.used(f"/p{number}")
    assert len(memory.projects) == 12


def test_a_memory_that_cannot_be_read_is_empty(own_user_folders: Path) -> None:
    load_memory.remember(load_memory.Memory(("/x",)))
    path = own_user_folders / "settings" / "panels.json"
    assert path.exists()
    for text in ("[", "[]", '{"projects": 3}', '{"places": [["a"]]}', '{"policy": "sideways"}'):
        path.write_text(text)
        assert load_memory.recall() == load_memory.Memory()
