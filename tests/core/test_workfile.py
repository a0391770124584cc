# SPDX-License-Identifier: GPL-3.0-or-later
"""An artist's scene: which shot it is, which number it gets, and what a publish leaves on the disk."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import make_exr
import pytest
from make_delivery import project
from ramses_database import demo, named
from ramses_double import Daemon
from ramses_plates.core.errors import NameRefused, PlatesError, ReadFailed, SettingsError
from ramses_plates.core.outbox import pending
from ramses_plates.core.register import sync
from ramses_plates.core.sidecar import read_facts
from ramses_plates.core.tree import parse_file_name
from ramses_plates.core.verify import verify
from ramses_plates.core.versions import list_versions
from ramses_plates.core.work_publish import publish_render, publish_scene
from ramses_plates.core.workfile import (
    WorkContext,
    importable,
    newest_work_version,
    publish_number,
    restored_path,
    save_version,
    save_version_path,
    templates,
    work_versions,
)
from ramses_plates.lib.ramses.client import RamDaemonInterface

STEP = "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_COMP"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path)


@pytest.fixture
def scene(root: Path) -> Path:
    """A saved work file."""
    path = root / STEP / "PROJ_S_SH010_COMP.nk"
    path.parent.mkdir(parents=True)
    path.write_text("Root {}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (f"{STEP}/PROJ_S_SH010_COMP.blend", ("S", "SH010", "COMP", "")),
        (f"{STEP}/PROJ_S_SH010_COMP_KEY.nk", ("S", "SH010", "COMP", "KEY")),
        (f"{STEP}/_versions/PROJ_S_SH010_COMP_KEY_WIP003.nk", ("S", "SH010", "COMP", "KEY")),
        (f"{STEP}/_published/003_OK/PROJ_S_SH010_COMP.nk", ("S", "SH010", "COMP", "")),
        (f"{STEP}/try out.nk", ("S", "SH010", "COMP", "")),
        ("04-ASSETS/PROPS/PROJ_A_LAMP/PROJ_A_LAMP_MOD/PROJ_A_LAMP_MOD.blend", ("A", "LAMP", "MOD", "")),
    ],
)
def test_the_path_tells_the_context(root: Path, below: str, expected: tuple[str, ...]) -> None:
    context = WorkContext.from_path(os.fspath(root / below))
    assert (context.kind, context.name, context.step, context.resource) == expected
    assert (context.root, context.project) == (os.fspath(root), "PROJ")
    assert context.work_path("nk").startswith(os.fspath(root / Path(below).parts[0]))
    read_back = parse_file_name(os.path.basename(context.work_path("nk")))
    assert read_back is not None and (read_back.kind, read_back.name, read_back.step, read_back.resource) == expected


@pytest.mark.parametrize("below", ["scene.nk", "05-SHOTS/PROJ_S_SH010/scene.nk", "05-SHOTS/scene.nk", "x/y/scene.nk"])
def test_a_path_outside_a_step_is_refused_with_advice(root: Path, below: str) -> None:
    with pytest.raises(SettingsError) as refused:
        WorkContext.from_path(os.fspath(root / below))
    assert "PROJ_S_SHOT_STEP" in refused.value.advice


def test_a_chosen_shot_is_the_same_context(root: Path, scene: Path) -> None:
    assert WorkContext.of_shot(os.fspath(root), "PROJ", "SH010", "COMP") == WorkContext.from_path(os.fspath(scene))
    with pytest.raises(NameRefused):
        WorkContext.of_shot(os.fspath(root), "PROJ", "SH_010", "COMP")


def test_versions_count_up_and_stay(scene: Path) -> None:
    context = WorkContext.from_path(os.fspath(scene))
    first = save_version(context, os.fspath(scene), comment="first try")
    scene.write_text("Root { changed }\n", encoding="utf-8")
    second = save_version(context, os.fspath(scene), "OK")
    assert [os.path.basename(path) for path in (first, second)] == [
        "PROJ_S_SH010_COMP_WIP001.nk",
        "PROJ_S_SH010_COMP_OK002.nk",
    ]
    assert Path(first).read_text(encoding="utf-8") == "Root {}\n"
    newest = newest_work_version(context)
    assert newest is not None and (newest.number, newest.state, newest.ext) == (2, "OK", "nk")
    entries = json.loads((scene.parent / "_versions/_ramses_data.json").read_text(encoding="utf-8"))
    assert entries["PROJ_S_SH010_COMP_WIP001.nk"]["comment"] == "first try"
    assert save_version_path(context, "nk").endswith("PROJ_S_SH010_COMP_WIP003.nk")
    assert work_versions(context, "blend") == ()


def test_resources_have_versions_of_their_own(scene: Path) -> None:
    key = scene.with_name("PROJ_S_SH010_COMP_KEY.nk")
    key.write_text("key", encoding="utf-8")
    main, other = WorkContext.from_path(os.fspath(scene)), WorkContext.from_path(os.fspath(key))
    save_version(main, os.fspath(scene), number=7)
    assert newest_work_version(other) is None
    assert save_version_path(other, "nk").endswith("PROJ_S_SH010_COMP_KEY_WIP001.nk")


def test_a_publish_saves_the_work_file_under_its_number(root: Path, scene: Path) -> None:
    context = WorkContext.from_path(os.fspath(scene))
    save_version(context, os.fspath(scene), number=5)
    scene.write_text("Root { later }\n", encoding="utf-8")
    published = publish_scene(context, os.fspath(scene), state="OK", comment="key fixed", host="Nuke")
    assert (published.version, published.folder) == (5, f"{STEP}/_published/005_OK")
    copy = root / published.folder / "PROJ_S_SH010_COMP.nk"
    assert copy.read_bytes() == scene.read_bytes() and verify(os.fspath(copy.parent)).intact
    saved = scene.parent / "_versions/PROJ_S_SH010_COMP_OK005.nk"
    assert saved.read_bytes() == scene.read_bytes()
    assert (scene.parent / "_versions/PROJ_S_SH010_COMP_WIP005.nk").read_text(encoding="utf-8") == "Root {}\n"
    facts = read_facts(os.fspath(copy.parent))
    assert facts is not None and facts.comment.endswith("from Nuke: key fixed") and facts.version == 5
    scene.write_text("Root { and again }\n", encoding="utf-8")
    assert publish_number(context) == 6
    assert publish_scene(context, os.fspath(scene), state="OK").version == 6


def test_the_scene_may_be_a_copy_that_the_host_prepared(root: Path, scene: Path, tmp_path: Path) -> None:
    prepared = tmp_path / "absolute.nk"
    prepared.write_text("absolute paths", encoding="utf-8")
    lut = tmp_path / "shot.cube"
    lut.write_text("lut", encoding="utf-8")
    context = WorkContext.from_path(os.fspath(scene))
    published = publish_scene(
        context, os.fspath(prepared), extra=[os.fspath(lut)], work_file=os.fspath(scene), record={"plates": ["x"]}
    )
    folder = root / published.folder
    assert (folder / "PROJ_S_SH010_COMP.nk").read_text(encoding="utf-8") == "absolute paths"
    assert (folder / "PROJ_S_SH010_COMP.shot.cube").read_text(encoding="utf-8") == "lut"
    assert (scene.parent / "_versions/PROJ_S_SH010_COMP_WIP001.nk").read_text(encoding="utf-8") == "Root {}\n"
    assert (read_facts(os.fspath(folder)) or pytest.fail("no sidecar")).record["plates"] == ["x"]


def test_an_unsaved_scene_is_refused_and_leaves_nothing(root: Path, scene: Path) -> None:
    context = WorkContext.from_path(os.fspath(scene))
    with pytest.raises(PlatesError, match="gone"):
        publish_scene(context, os.fspath(scene.with_name("other.nk")))
    assert not (scene.parent / "_published").exists() and pending(os.fspath(root)) == []


def test_ramses_is_told(root: Path, scene: Path, start_ramses: Callable[..., Daemon]) -> None:
    context = WorkContext.from_path(os.fspath(scene))
    publish_scene(context, os.fspath(scene), state="WIP", comment="first", host="Nuke")
    (waiting,) = pending(os.fspath(root))
    assert waiting.registration is not None and waiting.registration.frames == 0
    daemon = start_ramses(demo(short_name="PROJ", folder=root.as_posix()))
    before = {uid: record["duration"] for uid, record in daemon.app.stored.rows("RamShot") if "duration" in record}
    report = sync(os.fspath(root), RamDaemonInterface.instance())
    assert report.done and pending(os.fspath(root)) == []
    (status,) = [record for _uid, record in daemon.app.stored.rows("RamStatus")]
    assert (status["version"], status["step"]) == (1, named("step", "COMP"))
    assert status["comment"].startswith("Published v001 by ") and status["comment"].endswith("from Nuke: first")
    after = {uid: record["duration"] for uid, record in daemon.app.stored.rows("RamShot") if "duration" in record}
    assert after == before, "a scene says nothing about the length of its shot"


def test_rendered_frames_are_published_like_a_plate(root: Path, tmp_path: Path) -> None:
    frames = tmp_path / "render"
    frames.mkdir()
    for frame in range(1001, 1005):
        make_exr.write(os.fspath(frames / f"out_{frame}.exr"), 16, 9, pixels=(frame / 2048, 0.0, 0.0))
    context = WorkContext.of_shot(os.fspath(root), "PROJ", "SH010", "COMP")
    published, _findings = publish_render(context, os.fspath(frames), "OK")
    (version,) = list_versions(os.fspath(root))
    assert version.files[0] == "PROJ_S_SH010_COMP.1001.exr" and len(version.files) == published.files == 4
    (frames / "out_1002.exr").unlink()
    with pytest.raises(ReadFailed, match="1002"):
        publish_render(context, os.fspath(frames), "OK")
    assert len(list_versions(os.fspath(root))) == 1


def test_what_can_be_restored_and_imported(scene: Path) -> None:
    context = WorkContext.from_path(os.fspath(scene))
    save_version(context, os.fspath(scene))
    (version,) = work_versions(context, "nk")
    back = restored_path(context, version)
    assert os.path.basename(back) == "PROJ_S_SH010_COMP_+restored-v1+.nk"
    assert WorkContext.from_path(back) == context, "a restored version is published as the scene that it is"
    published = publish_scene(context, os.fspath(scene))
    ((found, path),) = importable(context, ("nk",))
    assert found.number == published.version and path.endswith("001_WIP/PROJ_S_SH010_COMP.nk")
    assert importable(context, ("blend",)) == ()
    home = Path(context.templates)
    home.mkdir(parents=True)
    (home / "start.nk").write_text("template", encoding="utf-8")
    assert [os.path.basename(path) for path in templates(context, ("nk", "blend"))] == ["start.nk"]
