# SPDX-License-Identifier: GPL-3.0-or-later
"""Ramses names written and read back: the case tables, the grammar, and paths that stay inside the project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ramses_plates.core import tree
from ramses_plates.core.errors import NameRefused
from ramses_plates.core.ids import is_version_like
from ramses_plates.core.tree import FileName, StepFolder, VersionName

FOLDER = Path(__file__).parent.parent / "cases"
NAMING = json.loads((FOLDER / "naming.json").read_text(encoding="utf-8"))["cases"]
VERSIONS = [
    case
    for case in json.loads((FOLDER / "versions.json").read_text(encoding="utf-8"))["cases"]
    if case["kind"] == "next-version"
]


def written(plan: dict[str, Any]) -> dict[str, Any]:
    """What the rooms of the plan write for one case: folder, files, preview and version."""
    project = tree.check_id("project", plan.get("project", "PROJ"))
    shot = tree.shot_spelling(tree.check_id("shot", plan.get("shot", "SH010")))
    step = tree.check_id("step", plan.get("step", "PLATE"))
    resource = tree.check_resource(plan.get("resource", ""))
    folder = tree.published_folder(project, shot, step)
    existing = [os.path.basename(path) for path in plan.get("existing", []) if os.path.dirname(path) == folder]
    version = tree.next_version(existing)
    files = []
    for name in plan["files"]:
        stem, ext = name.rsplit(".", 1)
        frame = stem.replace("_", ".").rsplit(".", 1)[-1]
        files.append(tree.media_name(project, shot, step, resource, frame if frame.isdigit() else "", ext))
    return {
        "publish_dir": f"{folder}/{tree.version_folder(version, plan.get('state', 'WIP'), resource)}",
        "files": files,
        "thumbnail": "<system temp>" if resource else tree.preview_file(project, shot, step),
        "version": version,
    }


@pytest.mark.parametrize("case", NAMING, ids=[case["id"] for case in NAMING])
def test_naming_cases(case: dict[str, Any]) -> None:
    if "error" in case["expected"]:
        with pytest.raises(NameRefused):
            written(case["plan"])
        return
    found = written(case["plan"])
    assert {key: found[key] for key in case["expected"]} == case["expected"]


@pytest.mark.parametrize("case", VERSIONS, ids=[case["id"] for case in VERSIONS])
def test_next_version_cases(case: dict[str, Any]) -> None:
    assert tree.next_version(case["folders_in__published"]) == case["expected"]["next_version"]


@pytest.mark.parametrize(
    ("name", "number", "state", "resource"),
    [
        ("001", 1, "", ""),
        ("001_WIP", 1, "WIP", ""),
        ("12_WIP", 12, "WIP", ""),
        ("1000_OK", 1000, "OK", ""),
        ("BG_001_WIP", 1, "WIP", "BG"),
        ("BG CITY_003_OK", 3, "OK", "BG CITY"),
        ("BG_CITY_007_WIP", 7, "WIP", "BG_CITY"),
        ("_004_OK", 4, "OK", ""),
        ("main_001", 1, "", "main"),
        ("current_001", 1, "", "current"),
        ("010_001_WIP", 1, "WIP", "010"),
        ("001_WIP_old", 1, "WIP_old", ""),
        ("001_WIP_2", 1, "WIP_2", ""),
        ("003_WIP_20240115", 3, "WIP_20240115", ""),
        ("BG_001_WIP_old", 1, "WIP_old", "BG"),
        ("BG_2_003_WIP", 3, "WIP", "BG_2"),
        ("v002_OK", 2, "OK", ""),
        ("main_v003", 3, "", "main"),
    ],
)
def test_version_folders_of_every_spelling(name: str, number: int, state: str, resource: str) -> None:
    assert tree.parse_version_folder(name) == VersionName(number, state, resource, name)


@pytest.mark.parametrize(
    "name", ["latest", "", "WIP", ".003", ".001_WIP", "BG", "20240115_backup", "_", "vv1", "１２_OK"]
)
def test_names_that_are_no_version_folders(name: str) -> None:
    assert tree.parse_version_folder(name) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PROJ_S_SH010_PLATE.1001.exr", FileName("PROJ", "S", "SH010", "PLATE", "", "", None, "1001.exr")),
        ("X_S_SH1_PLATE_v001.0001.exr", FileName("X", "S", "SH1", "PLATE", "", "v", 1, "0001.exr")),
        ("PROJ_S_SH010_COMP_002.comp", FileName("PROJ", "S", "SH010", "COMP", "002", "", None, "comp")),
        ("PROJ_S_SH010_PLATE_BG CITY_WIP012.nk", FileName("PROJ", "S", "SH010", "PLATE", "BG CITY", "WIP", 12, "nk")),
        ("PROJ_S_SH010_PLATE_pub3.nk", FileName("PROJ", "S", "SH010", "PLATE", "", "pub", 3, "nk")),
        ("PROJ_S_SH010.nk", FileName("PROJ", "S", "SH010", "", "", "", None, "nk")),
        ("PROJ_S_SH010_v1.nk", FileName("PROJ", "S", "SH010", "", "", "v", 1, "nk")),
        ("PROJ_A_HERO_MOD_main_OK002.blend", FileName("PROJ", "A", "HERO", "MOD", "main", "OK", 2, "blend")),
        ("PROJ_G_PLATE_lut.cube", FileName("PROJ", "G", "lut", "PLATE", "", "", None, "cube")),
        ("PROJ_G_PLATE.nk", FileName("PROJ", "G", "", "PLATE", "", "", None, "nk")),
        ("TEST_S_010_PLATE", FileName("TEST", "S", "010", "PLATE", "", "", None, "")),
        ("PROJ_S_SH_010.exr", FileName("PROJ", "S", "SH", "010", "", "", None, "exr")),
        ("test_s_sh020_plate.exr", FileName("test", "S", "sh020", "plate", "", "", None, "exr")),
        (
            "PROJ_S_SH010_PLATE_+restored-v1+.nk",
            FileName("PROJ", "S", "SH010", "PLATE", "+restored-v1+", "", None, "nk"),
        ),
        ("TEST_S_V010_PLATE.exr", None),
        ("TEST_S_OK010_PLATE.exr", None),
        ("TEST_S_SEQ01-SH010_PLATE.exr", None),
        ("PROJ_S_SH010_PLATE_a_b.exr", None),
        ("plate.1001.exr", None),
        ("", None),
    ],
)
def test_file_names_read_back(name: str, expected: FileName | None) -> None:
    assert tree.parse_file_name(name) == expected


def test_states_of_the_project_are_version_prefixes() -> None:
    name = "PROJ_S_SH010_PLATE_CHECK012.nk"
    assert tree.parse_file_name(name) == FileName("PROJ", "S", "SH010", "PLATE", "CHECK012", "", None, "nk")
    assert tree.parse_file_name(name, ["CHECK"]) == FileName("PROJ", "S", "SH010", "PLATE", "", "CHECK", 12, "nk")


def test_folders_read_back() -> None:
    assert tree.parse_step_folder("PROJ_S_SH010_PLATE") == StepFolder("PROJ", "S", "SH010", "PLATE")
    assert tree.parse_step_folder("PROJ_A_HERO_MOD") == StepFolder("PROJ", "A", "HERO", "MOD")
    assert tree.parse_step_folder("PROJ_S_SH_010_PLATE") == StepFolder("PROJ", "S", "SH_010", "PLATE")
    assert tree.parse_step_folder("P_S_SH_010_A_B", "P_S_SH_010") == StepFolder("P", "S", "SH_010", "A_B")
    assert tree.parse_step_folder("PROJ_S_SH010") is None
    assert tree.parse_step_folder("_published") is None
    assert tree.parse_shot_folder("PROJ_S_SH010") == ("PROJ", "SH010")
    assert tree.parse_shot_folder("PROJ_A_HERO") is None


def test_a_shot_is_upper_case_unless_it_exists_otherwise() -> None:
    assert tree.shot_spelling("sh010a") == "SH010A"
    assert tree.shot_spelling("SH010", ["SH020", "Sh010"]) == "Sh010"
    assert tree.shot_spelling("sh010", ["SH010", "sh010"]) == "sh010"


def test_four_digit_versions_go_on() -> None:
    assert tree.version_folder(1000, "OK") == "1000_OK"
    assert tree.version_folder(999, "OK", "BG") == "BG_999_OK"
    with pytest.raises(NameRefused):
        tree.version_folder(0, "WIP")


@pytest.mark.parametrize(
    "bad", ["..", "../x", "/etc", "a//b", "a\\b", "a:b", "a*", "a\nb", "a\0", "x.", "", ".", "\udc80"]
)
def test_no_name_leads_out_of_the_project(bad: str) -> None:
    for write in (
        lambda: tree.shot_folder("PROJ", f"{bad}/"),
        lambda: tree.step_folder("PROJ", "SH010", f"{bad}/x"),
        lambda: tree.check_component(bad),
        lambda: tree.check_component(f"{bad} "),
        lambda: tree.check_relative(f"a/{bad}"),
        lambda: tree.check_id("shot", bad),
        lambda: tree.media_name("PROJ", f"{bad}/x", "PLATE", "", "1001", "exr"),
    ):
        with pytest.raises(NameRefused):
            write()


@pytest.mark.parametrize("name", ["CON", "nul", "Aux.txt", "com1", "LPT9.exr", "prn ", "COM¹"])
def test_device_names_of_windows_are_refused(name: str) -> None:
    with pytest.raises(NameRefused):
        tree.check_component(name)


def test_components_end_at_255_bytes() -> None:
    assert tree.check_component("é" * 127)
    with pytest.raises(NameRefused):
        tree.check_component("é" * 128)


@pytest.mark.parametrize(
    ("frame", "ext"), [("10 1", "exr"), ("1001", ""), ("1001", "e/r"), ("#", "exr"), ("1", "exr.x")]
)
def test_frames_and_extensions_are_checked(frame: str, ext: str) -> None:
    with pytest.raises(NameRefused):
        tree.media_name("PROJ", "SH010", "PLATE", "", frame, ext)


def test_media_names() -> None:
    assert tree.media_name("PROJ", "SH010", "PLATE", "", "-0010", "EXR") == "PROJ_S_SH010_PLATE.-0010.exr"
    assert tree.work_file_name("PROJ", "SH010", "COMP", "nk") == "PROJ_S_SH010_COMP.nk"
    assert tree.work_file_name("PROJ", "SH010", "COMP", ".nk", "main", "WIP", 7) == "PROJ_S_SH010_COMP_main_WIP007.nk"


def test_the_project_root_is_found_from_anywhere_inside(tmp_path: Path) -> None:
    inside = tmp_path / "show" / "05-SHOTS" / "PROJ_S_SH010" / "PROJ_S_SH010_PLATE"
    inside.mkdir(parents=True)
    root = str(tmp_path / "show")
    for path in (root, str(inside), str(inside / "missing.exr"), os.path.join(root, "05-SHOTS")):
        assert tree.find_project_root(path) == root
    assert tree.find_project_root(str(tmp_path)) is None


@pytest.mark.parametrize("marker", tree.PROJECT_FOLDERS)
def test_each_of_the_seven_folders_marks_a_project(tmp_path: Path, marker: str) -> None:
    (tmp_path / "show" / marker).mkdir(parents=True)
    (tmp_path / "show" / "elsewhere").mkdir()
    assert tree.find_project_root(str(tmp_path / "show" / "elsewhere")) == str(tmp_path / "show")


def test_the_project_id_is_what_the_folders_agree_on(tmp_path: Path) -> None:
    assert tree.find_project_id(str(tmp_path)) is None
    (tmp_path / "02-PROD" / "SHOW_G_PLATE").mkdir(parents=True)
    assert tree.find_project_id(str(tmp_path)) == "SHOW"
    (tmp_path / "05-SHOTS" / "PROJ_S_SH010").mkdir(parents=True)
    (tmp_path / "05-SHOTS" / "notes").mkdir()
    assert tree.find_project_id(str(tmp_path)) == "PROJ"
    (tmp_path / "05-SHOTS" / "OTHER_S_SH010").mkdir()
    assert tree.find_project_id(str(tmp_path)) is None


IDS = st.text("ABCabc0129+-", min_size=1, max_size=10).filter(lambda text: not is_version_like(text))
RESOURCES = st.text("ABCab019+- ", max_size=12)


@given(IDS, IDS, IDS, RESOURCES, st.sampled_from(["", "1001", "00000567", "-0012"]))
@settings(max_examples=150)
def test_written_files_are_read_back(project: str, shot: str, step: str, resource: str, frame: str) -> None:
    try:
        resource = tree.check_resource(resource)
    except NameRefused:
        assume(False)
    found = tree.parse_file_name(tree.media_name(project, shot, step, resource, frame, "exr"))
    ext = f"{frame}.exr" if frame else "exr"
    assert found == FileName(project, "S", shot, step, resource, "", None, ext)


@given(st.integers(1, 99999), st.sampled_from(["WIP", "OK", "CHK"]), RESOURCES)
@settings(max_examples=150)
def test_written_version_folders_are_read_back(number: int, state: str, resource: str) -> None:
    try:
        resource = tree.check_resource(resource)
    except NameRefused:
        assume(False)
    name = tree.version_folder(number, state, resource)
    assert tree.parse_version_folder(name) == VersionName(number, state, resource, name)


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_any_text_is_read_or_not(name: str) -> None:
    tree.parse_version_folder(name)
    tree.parse_step_folder(name, name[:3])
    tree.parse_shot_folder(name)
    tree.parse_file_name(name)
    assert tree.next_version([name]) >= 1
