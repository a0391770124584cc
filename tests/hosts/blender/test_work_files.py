# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's files: opened, restored, begun from a template; files from outside copied in, lost ones found."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest
from blender_eyes import clip_frame, coded_plate
from ramses_database import demo
from ramses_double import Daemon

STEP = "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_TRACK"


def codes() -> set[str]:
    assert bpy.ops.ramses.check_scene() == {"FINISHED"}
    return {row.code for row in bpy.context.window_manager.ramses.checks}


def test_files_from_outside_are_copied_in_and_used(scene: Any, tmp_path: Path) -> None:
    bpy.ops.ramses.save()
    coded_plate(tmp_path / "stock", "sky", range(1001, 1004))
    clip = bpy.data.movieclips.load(os.fspath(tmp_path / "stock/sky.1001.exr"))
    clip.use_fake_user = True
    strips = scene.sequence_editor_create()
    strips = strips.strips if hasattr(strips, "strips") else strips.sequences
    strip = strips.new_image("sky", os.fspath(tmp_path / "stock/sky.1001.exr"), 1, 1001)
    strip.elements.append("sky.1002.exr")
    assert "outside" in codes()
    (row,) = {row.fix for row in bpy.context.window_manager.ramses.checks if row.code == "outside"}
    assert row == "copy"
    assert bpy.ops.ramses.fix(fix="copy") == {"FINISHED"}
    home = tmp_path / "PROJ" / STEP / "_sources/stock"
    assert sorted(os.listdir(home)) == [f"sky.{frame}.exr" for frame in (1001, 1002, 1003)]
    assert clip.filepath == os.fspath(home / "sky.1001.exr")
    assert os.path.normpath(strip.directory) == os.fspath(home)
    assert (tmp_path / "stock/sky.1003.exr").exists(), "never moved"
    clip.frame_start = 1001
    assert clip_frame(clip, 1003, tmp_path) == 1003
    assert "outside" not in codes()
    with pytest.raises(RuntimeError, match="no file lies outside"):
        bpy.ops.ramses.bring_in()


def test_lost_files_are_found_by_name(scene: Any, tmp_path: Path) -> None:
    bpy.ops.ramses.save()
    paths = {}
    for name in ("once", "twice", "never"):
        image = bpy.data.images.new(name, 8, 8)
        image.filepath_raw, image.file_format = os.fspath(tmp_path / f"PROJ/{name}.png"), "PNG"
        image.save()
        image.use_fake_user = True
        paths[name] = image
    for name, folders in {"once": ["02-PROD/a"], "twice": ["02-PROD/a", "02-PROD/b"], "never": []}.items():
        data = (tmp_path / f"PROJ/{name}.png").read_bytes()
        (tmp_path / f"PROJ/{name}.png").unlink()
        for folder in folders:
            (tmp_path / "PROJ" / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / "PROJ" / folder / f"{name}.png").write_bytes(data)
    assert "missing" in codes()
    assert bpy.ops.ramses.find_missing() == {"FINISHED"}
    assert paths["once"].filepath == os.fspath(tmp_path / "PROJ/02-PROD/a/once.png")
    assert paths["twice"].filepath == os.fspath(tmp_path / "PROJ/twice.png"), "nobody guesses"
    assert "never.png" in bpy.context.window_manager.ramses.message


def test_the_work_file_is_opened_and_a_chosen_version_restored(scene: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such file"):
        bpy.ops.ramses.open_work()
    for name in ("first", "second"):
        scene["told"] = name
        assert bpy.ops.ramses.save_version() == {"FINISHED"}
    home = tmp_path / "PROJ" / STEP
    assert sorted(path.name for path in (home / "_versions").glob("*.blend")) == [
        "PROJ_S_SH010_TRACK_WIP001.blend",
        "PROJ_S_SH010_TRACK_WIP002.blend",
    ]
    assert codes() == set() and bpy.context.window_manager.ramses.message
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not bpy.context.window_manager.ramses.checks and not bpy.context.window_manager.ramses.message
    chosen = bpy.context.scene.ramses
    chosen.root, chosen.project, chosen.shot, chosen.step = os.fspath(tmp_path / "PROJ"), "PROJ", "SH010", "TRACK"
    assert bpy.ops.ramses.open_work() == {"FINISHED"}
    assert bpy.data.filepath == os.fspath(home / "PROJ_S_SH010_TRACK.blend")
    bpy.context.scene.ramses.restore = "PROJ_S_SH010_TRACK_WIP001.blend"
    assert bpy.ops.ramses.restore_version() == {"FINISHED"}
    assert bpy.context.scene["told"] == "first" and "+restored-v1+" in bpy.data.filepath
    bpy.context.scene.ramses.restore = "PROJ_S_SH010_TRACK_WIP001.blend"
    with pytest.raises(RuntimeError, match="restored before"):
        bpy.ops.ramses.restore_version()


def test_a_chosen_template_becomes_the_work_file(scene: Any, tmp_path: Path) -> None:
    folder = tmp_path / "PROJ/02-PROD/PROJ_G_TRACK/Templates"
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        scene["told"] = name
        bpy.ops.wm.save_as_mainfile(filepath=os.fspath(folder / f"PROJ_G_TRACK_{name}.blend"), copy=True)
    scene.ramses.template = "PROJ_G_TRACK_b.blend"
    assert bpy.ops.ramses.open_template() == {"FINISHED"}
    assert bpy.context.scene["told"] == "b"
    assert bpy.data.filepath == os.fspath(tmp_path / "PROJ" / STEP / "PROJ_S_SH010_TRACK.blend")
    with pytest.raises(RuntimeError, match="work file already"):
        bpy.ops.ramses.open_template()


def test_what_is_gone_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="not there any more"):
        bpy.ops.ramses.open_path(path=os.fspath(tmp_path / "report.html"))


def test_a_scene_of_an_asset_is_published_and_told(
    scene: Any, tmp_path: Path, start_ramses: Callable[..., Daemon]
) -> None:
    root = tmp_path / "PROJ"
    daemon = start_ramses(demo(short_name="PROJ", folder=root.as_posix()))
    folder = root / "04-ASSETS/Characters/PROJ_A_HERO/PROJ_A_HERO_Mod"
    folder.mkdir(parents=True)
    scene.ramses.shot = scene.ramses.step = ""
    bpy.ops.wm.save_as_mainfile(filepath=os.fspath(folder / "PROJ_A_HERO_Mod.blend"))
    scene.ramses.comment = "hands are better"
    assert bpy.ops.ramses.publish() == {"FINISHED"}
    assert (folder / "_published/001_WIP/PROJ_A_HERO_Mod.blend").is_file()
    assert "Ramses knows it" in bpy.context.window_manager.ramses.message
    comments = [record["comment"] for _uid, record in daemon.app.stored.rows("RamStatus")]  # type: ignore[union-attr]
    assert any("Published v001" in text and text.endswith("hands are better") for text in comments)


def test_the_copy_renders_where_the_scene_does_and_painting_stays(scene: Any, tmp_path: Path) -> None:
    """Relative outputs would lead from the published copy into the published folder."""
    bpy.ops.ramses.save()
    home = os.path.dirname(bpy.data.filepath)
    painted = bpy.data.images.new("painted", 4, 4)
    painted.filepath_raw, painted.file_format, painted.use_fake_user = "//painted.png", "PNG", True
    painted.save()
    painted.source = "FILE"
    painted.pixels[:4] = (1.0, 0.0, 1.0, 1.0)
    scene.render.filepath = "//_render/shot_"
    if hasattr(scene, "compositing_node_group"):
        tree: Any = bpy.data.node_groups.new("look", "CompositorNodeTree")
        scene.compositing_node_group = tree
    else:
        scene.use_nodes = True
        tree = scene.node_tree
    node = tree.nodes.new("CompositorNodeOutputFile")
    place = "directory" if hasattr(node, "directory") else "base_path"
    setattr(node, place, "//_layers")
    assert bpy.ops.ramses.publish() == {"FINISHED"}
    assert painted.is_dirty and tuple(painted.pixels[:4]) == (1.0, 0.0, 1.0, 1.0)
    assert (painted.filepath, scene.render.filepath, getattr(node, place)) == (
        "//painted.png", "//_render/shot_", "//_layers",
    )  # fmt: skip
    (copy,) = (tmp_path / "PROJ" / STEP / "_published").glob("*/*.blend")
    bpy.ops.wm.open_mainfile(filepath=os.fspath(copy))
    opened = bpy.context.scene
    tree = opened.compositing_node_group if hasattr(opened, "compositing_node_group") else opened.node_tree
    (node,) = [node for node in tree.nodes if node.bl_idname == "CompositorNodeOutputFile"]
    paths = (bpy.data.images["painted"].filepath, opened.render.filepath, getattr(node, place).rstrip("/"))
    assert paths == tuple(os.path.join(home, name) for name in ("painted.png", "_render/shot_", "_layers"))


def test_files_of_a_linked_library_keep_their_paths(scene: Any, tmp_path: Path) -> None:
    """Their relative paths count from the library, not from this file."""
    library = tmp_path / "PROJ/lib"
    library.mkdir()
    image = bpy.data.images.new("tile", 4, 4)
    image.filepath_raw, image.file_format = os.fspath(library / "tile.png"), "PNG"
    image.save()
    image.source, image.use_fake_user = "FILE", True
    image.filepath_raw = "//tile.png"
    bpy.data.libraries.write(os.fspath(library / "kit.blend"), {image}, fake_user=True)
    bpy.data.images.remove(image)
    bpy.ops.ramses.save()
    with bpy.data.libraries.load(os.fspath(library / "kit.blend"), link=True, relative=True) as (there, wanted):
        wanted.images = list(there.images)
    linked = bpy.data.images["tile"]
    scene.world = bpy.data.worlds.new("w")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes.new("ShaderNodeTexEnvironment").image = linked
    before = linked.filepath
    assert bpy.ops.ramses.publish() == {"FINISHED"}
    assert bpy.data.images["tile"].filepath == before
    (copy,) = (tmp_path / "PROJ" / STEP / "_published").glob("*/*.blend")
    bpy.ops.wm.open_mainfile(filepath=os.fspath(copy))
    (found,) = bpy.data.libraries
    assert os.path.normpath(found.filepath) == os.fspath(library / "kit.blend")
    tile = bpy.data.images["tile"]
    assert os.path.samefile(bpy.path.abspath(tile.filepath, library=tile.library), library / "tile.png")
