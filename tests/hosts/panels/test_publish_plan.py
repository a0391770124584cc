# SPDX-License-Identifier: GPL-3.0-or-later
"""What a publish would write, and what a scene belongs to, without any Qt."""

from __future__ import annotations

import os
from pathlib import Path

import make_exr
import make_project
import pytest
from ramses_plates.core.errors import SettingsError
from ramses_plates.core.work_context import WorkContext
from ramses_plates.core.work_publish import publish_scene
from ramses_plates.core.workfile import save_version
from ramses_plates.hosts.qt.publish_plan import plan_publish, step_of, with_states


@pytest.fixture
def context(tmp_path: Path) -> WorkContext:
    root = tmp_path / "PROJ"
    make_project.plate(root, "SH010")
    found = WorkContext.of_shot(os.fspath(root), "PROJ", "SH010", "COMP")
    os.makedirs(found.folder)
    Path(found.work_path("nk")).write_text("Root {}\n")
    return found


def test_the_path_of_a_scene_tells_its_step_and_the_states_are_those_of_ramses(context: WorkContext) -> None:
    step = step_of(context.work_path("nk"))
    assert step.context == context
    assert not step.known and "WIP" in [state.short_name for state in step.states]
    make_project.facts(Path(context.root), [("", "SH010")])
    step = with_states(context)
    assert step.known and [state.label for state in step.states] == ["WIP  Work in progress", "OK  Finished"]


def test_scenes_without_a_path_or_outside_the_tree_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Choose its shot and step"):
        step_of("")
    with pytest.raises(SettingsError, match="no step folder"):
        step_of(os.fspath(tmp_path / "untitled.nk"))


def test_the_plan_of_a_scene_is_what_the_publish_writes(context: WorkContext) -> None:
    scene = context.work_path("nk")
    for _ in range(3):
        save_version(context, scene)
    plan = plan_publish(context, scene, "", "OK")
    published = publish_scene(context, scene, "nk", "OK")
    assert plan.scene is not None and plan.scene.number == published.version == 3
    assert plan.scene.folder == os.path.join(context.root, *published.folder.split("/"))
    assert all(os.path.isfile(path) for path in plan.scene.files)
    assert os.path.isfile(plan.work_version)
    assert plan_publish(context, scene, "", "OK").scene.number == 4  # type: ignore[union-attr]


def test_an_unsaved_scene_and_an_empty_render_are_told(context: WorkContext) -> None:
    plan = plan_publish(context, "", os.path.join(context.folder, "_render"), "WIP")
    assert plan.scene is None and "save it first" in plan.scene_problem
    assert plan.render is None and "Nothing is rendered yet" in plan.render_problem


def test_a_render_keeps_its_frame_numbers(context: WorkContext) -> None:
    render = Path(context.folder, "_render")
    render.mkdir()
    for frame in (1001, 1002, 1004):
        make_exr.write(os.fspath(render / f"anything.{frame}.exr"), 16, 9)
    plan = plan_publish(context, context.work_path("nk"), os.fspath(render), "WIP")
    assert plan.render is not None
    names = [os.path.basename(path) for path in plan.render.files]
    assert names == [f"PROJ_S_SH010_COMP.{frame}.exr" for frame in (1001, 1002, 1004)]
    assert "1003" in plan.render_text
    (render / "other.mov").write_bytes(b"x")
    assert "One clip is published at a time" in plan_publish(context, "", os.fspath(render), "WIP").render_problem


def test_a_resource_has_folders_of_its_own(context: WorkContext) -> None:
    mine = WorkContext.of_shot(context.root, "PROJ", "SH010", "COMP", "ALT")
    plan = plan_publish(mine, context.work_path("nk"), "", "WIP")
    assert plan.scene is not None
    assert os.path.basename(plan.scene.folder) == "ALT_001_WIP"
    assert os.path.basename(plan.scene.files[0]) == "PROJ_S_SH010_COMP_ALT.nk"
