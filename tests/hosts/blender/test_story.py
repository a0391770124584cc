# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's whole day: ingest, load, a second delivery, outdated, update, publish; Ramses on, off, and dying."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import make_exr
import pytest
from blender_eyes import clip_frame, coded_plate, strip_frame
from make_delivery import ingest
from ramses_database import demo
from ramses_double import Daemon
from ramses_plates.core.outbox import pending
from ramses_plates.core.sidecar import read_facts
from ramses_plates.core.verify import verify

Ours = Callable[[str], Any]
STEP = "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_COMP"


@pytest.fixture
def root(scene: Any, tmp_path: Path) -> Path:
    scene.ramses.step = "COMP"
    return tmp_path / "PROJ"


def message() -> str:
    return str(bpy.context.window_manager.ramses.message)


def standings() -> list[str]:
    assert bpy.ops.ramses.check_versions() == {"FINISHED"}
    return sorted(row.standing for row in bpy.context.window_manager.ramses.plates)


def publish_plates(delivery: Path) -> None:
    assert bpy.ops.ramses.ingest_plan(filepath=os.fspath(delivery)) == {"FINISHED"}
    assert bpy.ops.ramses.ingest_publish() == {"FINISHED"}


@pytest.mark.parametrize("ramses", ["on", "off", "dying"])
def test_the_whole_story(ramses: str, root: Path, tmp_path: Path, start_ramses: Callable[..., Daemon]) -> None:
    scene = bpy.context.scene
    daemon = start_ramses(demo(short_name="PROJ", folder=root.as_posix())) if ramses != "off" else None
    publish_plates(coded_plate(tmp_path / "day1", "SH010", range(1001, 1009)))
    (row,) = bpy.context.window_manager.ramses.clips
    assert (row.status, row.shot, row.timecode) == ("published", "SH010", "01:00:00:00")
    assert (pending(os.fspath(root)) == []) == (ramses != "off")
    bpy.ops.ramses.list_versions()
    bpy.ops.ramses.load_plate(kind="CLIP")
    bpy.ops.ramses.load_plate(kind="STRIP")
    assert clip_frame(bpy.data.movieclips[0], 1004, tmp_path) == 1004
    assert standings() == ["newest", "newest"]

    # the artist works: shifts the clip, trims the strip
    (clip,) = bpy.data.movieclips
    (strip,) = strips(scene)
    clip.frame_start += 10
    trim(strip, 1003, 1009)
    publish_plates(coded_plate(tmp_path / "day2", "SH010", range(999, 1011)))
    assert standings() == ["outdated", "outdated"]
    assert bpy.ops.ramses.update_plates() == {"FINISHED"}
    assert "kept its shift by +10 frames" in message() and "kept its trimmed head" in message()
    assert standings() == ["newest", "newest"]
    at = clip.ramses.timeline_first  # files count from 999 in the new version
    assert clip_frame(clip, at + 10 + 4, tmp_path) == 1003
    assert strip_frame(scene, 1002, tmp_path) is None
    assert strip_frame(scene, 1003, tmp_path) == 999 + 1003 - at

    if daemon is not None and ramses == "dying":
        daemon.set_faults(nth=3, kill_after=True)
    scene.ramses.comment = "solved"
    assert bpy.ops.ramses.save() == {"FINISHED"}
    assert bpy.ops.ramses.publish() == {"FINISHED"}
    folder = root / STEP / "_published/001_WIP"
    assert verify(os.fspath(folder)).intact and (root / STEP / "_versions/PROJ_S_SH010_COMP_WIP001.blend").is_file()
    facts = read_facts(os.fspath(folder))
    assert facts is not None and facts.comment.endswith("from Blender: solved")
    assert [plate["version"] for plate in facts.record["plates"]] == [2, 2]
    assert bpy.data.filepath == os.fspath(root / STEP / "PROJ_S_SH010_COMP.blend"), "the artist stays in the work file"
    if ramses == "on":
        assert pending(os.fspath(root)) == [] and "Ramses knows it" in message()
        comments = [record["comment"] for _uid, record in daemon.app.stored.rows("RamStatus")]  # type: ignore[union-attr]
        assert any(text.startswith("Published v001 by") and text.endswith("solved") for text in comments)
        return
    assert "later" in message() or "not told" in message()
    assert pending(os.fspath(root))
    if daemon is not None:
        daemon.set_faults()
        daemon.restart()
    else:
        daemon = start_ramses(demo(short_name="PROJ", folder=root.as_posix()))
        client = __import__("importlib").import_module("bl_ext.user_default.ramses_plates.lib.ramses.client")
        client.RamDaemonInterface._instance = None
    assert bpy.ops.ramses.sync() == {"FINISHED"}
    assert pending(os.fspath(root)) == [], message()


def strips(scene: Any) -> list[Any]:
    editor = scene.sequence_editor
    return list(editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)


def trim(strip: Any, first: int, end: int) -> None:
    if hasattr(strip, "left_handle"):
        strip.left_handle, strip.right_handle = first, end
    else:
        strip.frame_final_start, strip.frame_final_end = first, end


def test_an_unmatched_clip_is_named_by_hand(root: Path, tmp_path: Path) -> None:
    delivery = coded_plate(tmp_path / "in", "garbage", range(1, 4))
    bpy.ops.ramses.ingest_plan(filepath=os.fspath(delivery))
    (row,) = bpy.context.window_manager.ramses.clips
    assert row.status == "refused" and "rule" in row.findings
    row.shot, row.resource = "SH010", "REF"
    with pytest.raises(RuntimeError, match="nothing is planned"):
        bpy.ops.ramses.ingest_publish()
    bpy.ops.ramses.ingest_plan()
    (row,) = bpy.context.window_manager.ramses.clips
    assert (row.status, row.shot, row.resource) == ("planned", "SH010", "REF")
    bpy.ops.ramses.ingest_plan()
    assert bpy.ops.ramses.ingest_publish() == {"FINISHED"}
    assert (root / "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE/_published/REF_001_WIP").is_dir()


def test_versions_are_saved_restored_and_imported(root: Path) -> None:
    scene = bpy.context.scene
    collection = bpy.data.collections.new("Layout")
    scene.collection.children.link(collection)
    collection.objects.link(bpy.data.objects.new("Marker", None))
    for expected in ("WIP001", "WIP002"):
        assert bpy.ops.ramses.save_version() == {"FINISHED"}
        assert (root / STEP / f"_versions/PROJ_S_SH010_COMP_{expected}.blend").is_file()
    assert bpy.ops.ramses.publish() == {"FINISHED"}
    assert (root / STEP / "_published/002_WIP/PROJ_S_SH010_COMP.blend").is_file()
    assert bpy.ops.ramses.publish() == {"FINISHED"}
    assert (root / STEP / "_published/003_WIP").is_dir()
    bpy.ops.ramses.restore_version(version="PROJ_S_SH010_COMP_WIP001.blend")
    assert os.path.basename(bpy.data.filepath) == "PROJ_S_SH010_COMP_+restored-v1+.blend"
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    chosen = bpy.context.scene.ramses
    chosen.root, chosen.project, chosen.shot, chosen.step = os.fspath(root), "PROJ", "SH010", "LIGHT"
    assert bpy.ops.ramses.import_published(step="COMP", how="APPEND") == {"FINISHED"}
    assert [one.name for one in bpy.context.scene.collection.children] == ["Layout"]


def test_the_published_copy_has_absolute_paths(root: Path, tmp_path: Path) -> None:
    assert ingest(coded_plate(tmp_path / "in", "SH010", [1001, 1002]), root).ok
    bpy.ops.ramses.list_versions()
    bpy.ops.ramses.load_plate(kind="CLIP")
    bpy.ops.ramses.load_plate(kind="STRIP")
    bpy.ops.ramses.save()
    bpy.ops.file.make_paths_relative()
    assert bpy.data.movieclips[0].filepath.startswith("//")
    assert bpy.ops.ramses.publish() == {"FINISHED"}
    assert bpy.data.movieclips[0].filepath.startswith("//"), "the work file keeps its own paths"
    copy = root / STEP / "_published/001_WIP/PROJ_S_SH010_COMP.blend"
    bpy.ops.wm.open_mainfile(filepath=os.fspath(copy))
    assert not [path for path in bpy.utils.blend_paths(absolute=False) if path.startswith("//")]
    assert all(os.path.exists(path) for path in bpy.utils.blend_paths(absolute=True))


def test_checks_find_and_fix(root: Path, tmp_path: Path, start_ramses: Callable[..., Daemon]) -> None:
    start_ramses(demo(short_name="PROJ", folder=root.as_posix()))
    publish_plates(coded_plate(tmp_path / "in", "SH010", [1001, 1002]))
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 30, 1.0
    scene.render.resolution_x = 640
    bpy.data.images.load(os.fspath(tmp_path / "in/SH010.1001.exr"))
    bpy.data.images[0].use_fake_user = True

    def codes() -> set[str]:
        assert bpy.ops.ramses.check_scene() == {"FINISHED"}
        return {row.code for row in bpy.context.window_manager.ramses.checks}

    assert {"unsaved", "rate", "size", "outside"} <= codes()
    assert bpy.ops.ramses.fix(fix="setup") == {"FINISHED"}
    assert bpy.ops.ramses.save() == {"FINISHED"}
    assert not {"unsaved", "rate", "size", "range"} & codes()
    assert (scene.render.fps, round(scene.render.fps_base, 6)) in ((24, 1.0), (24, 1.001))
    os.rename(tmp_path / "in/SH010.1001.exr", tmp_path / "in/moved.exr")
    assert "missing" in codes()
    with pytest.raises(RuntimeError, match="missing"):
        bpy.ops.ramses.publish()
    assert not (root / STEP / "_published").exists()


def test_an_unsaved_scene_is_not_published(root: Path) -> None:
    with pytest.raises(RuntimeError, match="not saved"):
        bpy.ops.ramses.publish()
    assert not (root / STEP).exists()


def test_rendered_frames_are_published(root: Path, tmp_path: Path) -> None:
    bpy.ops.ramses.save()
    folder = tmp_path / "render"
    folder.mkdir()
    for frame in range(1001, 1004):
        make_exr.write(os.fspath(folder / f"beauty.{frame}.exr"), 16, 9, pixels=(frame / 4096,) * 3)
    assert bpy.ops.ramses.publish_render(directory=os.fspath(folder)) == {"FINISHED"}
    version = root / STEP / "_published/001_WIP"
    assert (version / "PROJ_S_SH010_COMP.1002.exr").read_bytes() == (folder / "beauty.1002.exr").read_bytes()
    assert "ramses_plates" in json.loads((version / "_ramses_data.json").read_text())["PROJ_S_SH010_COMP.1001.exr"]


def test_a_preview_lies_where_review_tools_look(root: Path, tmp_path: Path) -> None:
    assert ingest(coded_plate(tmp_path / "in", "SH010", range(1001, 1004)), root).ok
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.frame_start, scene.frame_end = 1001, 1003
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    bpy.ops.ramses.list_versions()
    bpy.ops.ramses.load_plate(kind="PLANE")
    before = (scene.render.engine, scene.render.filepath, scene.render.image_settings.file_format)
    assert bpy.ops.ramses.preview() == {"FINISHED"}
    assert (scene.render.engine, scene.render.filepath, scene.render.image_settings.file_format) == before
    home = root / STEP / "_preview"
    assert sorted(os.listdir(home)) == ["PROJ_S_SH010_COMP.jpg", "PROJ_S_SH010_COMP.mp4", "_ramses_data.json"]
    noted = json.loads((home / "_ramses_data.json").read_text())
    assert noted["PROJ_S_SH010_COMP.mp4"]["version"] == 0 and noted["PROJ_S_SH010_COMP.jpg"]["stateShortName"] == "WIP"
    movie = bpy.data.movieclips.load(os.fspath(home / "PROJ_S_SH010_COMP.mp4"))
    assert movie.frame_duration == 3 and tuple(movie.size) == (64, 36)
    still = bpy.data.images.load(os.fspath(home / "PROJ_S_SH010_COMP.jpg"))
    assert max(still.pixels[:3]) > 0.15, "the plate is seen"
