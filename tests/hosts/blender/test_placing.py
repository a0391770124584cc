# SPDX-License-Identifier: GPL-3.0-or-later
"""Placement is seen, not assumed: the number of the source frame is in its pixels."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest
from blender_eyes import camera_frame, clip_frame, coded_plate, image_frame, strip_frame
from make_delivery import ingest
from ramses_plates.core.placement import StartFacts

Ours = Callable[[str], Any]


@pytest.fixture
def published(tmp_path: Path, scene: Any) -> Path:
    """SH010 PLATE v001: files 993 to 1024, 8 frames of handles, so the cut in (file 1001) sits on 1001."""
    delivery = coded_plate(tmp_path / "in", "SH010", range(993, 1025), start="01:00:04:12")
    result = ingest(delivery, tmp_path / "PROJ", start=StartFacts(1001, 8, 8))
    assert result.ok
    return tmp_path / "PROJ"


def load(kind: str, **choices: Any) -> None:
    for name, value in choices.items():
        setattr(bpy.context.scene.ramses, name, value)
    assert bpy.ops.ramses.list_versions() == {"FINISHED"}
    assert bpy.ops.ramses.load_plate(kind=kind) == {"FINISHED"}


@pytest.mark.parametrize("frame", [993, 1001, 1017, 1024])
def test_a_clip_shows_the_frame_that_belongs_there(published: Path, tmp_path: Path, frame: int) -> None:
    load("CLIP")
    (clip,) = bpy.data.movieclips
    assert (clip.frame_start, clip.frame_offset) == (993, 0)
    assert clip_frame(clip, frame, tmp_path) == frame


def test_outside_the_clip_is_black(published: Path, tmp_path: Path) -> None:
    load("CLIP")
    assert clip_frame(bpy.data.movieclips[0], 992, tmp_path) is None
    assert clip_frame(bpy.data.movieclips[0], 1025, tmp_path) is None


def test_another_start_moves_all_kinds_alike(scene: Any, tmp_path: Path, ours: Ours) -> None:
    """Cut in on 101 instead of 1001: scene frame F shows file F + 900, whatever shows it."""
    delivery = coded_plate(tmp_path / "in", "SH010", range(993, 1025))
    assert ingest(delivery, tmp_path / "PROJ", start=StartFacts(101, 8, 8)).ok
    for kind in ("CLIP", "TEXTURE", "STRIP"):
        load(kind)
    assert clip_frame(bpy.data.movieclips[0], 101, tmp_path) == 1001
    image = next(image for image in bpy.data.images if image.ramses.folder)
    (user,) = ours("hosts.blender.plates").image_users(image)
    assert (user.frame_start, user.frame_offset, user.frame_duration) == (93, 992, 32)

    def as_user(node: Any) -> None:
        node.frame_start, node.frame_offset, node.frame_duration = 93, 992, 32
        node.use_auto_refresh = True

    assert image_frame(image, as_user, 101, tmp_path) == 1001
    assert strip_frame(scene, 101, tmp_path) == 1001
    assert strip_frame(scene, 93, tmp_path) == 993
    assert strip_frame(scene, 124, tmp_path) == 1024
    assert strip_frame(scene, 125, tmp_path) is None


def test_the_plane_fills_the_camera_with_the_right_frame(published: Path, scene: Any, tmp_path: Path) -> None:
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    camera.location, camera.rotation_euler = (1.0, 2.0, 3.0), (0.3, 0.2, 0.1)
    scene.render.resolution_x, scene.render.resolution_y = 32, 18
    load("PLANE")
    (plane,) = [thing for thing in bpy.data.objects if thing.type == "MESH"]
    assert plane.parent == camera
    assert camera_frame(scene, 1001, tmp_path) == 1001
    assert camera_frame(scene, 1013, tmp_path) == 1013


def test_the_background_of_the_camera(published: Path, scene: Any) -> None:
    load("BACKGROUND")
    (background,) = scene.camera.data.background_images
    assert (background.source, background.clip) == ("MOVIE_CLIP", bpy.data.movieclips[0])
    assert scene.camera.data.show_background_images and "camera" in bpy.context.window_manager.ramses.message


def test_a_gap_keeps_the_rest_in_place(scene: Any, tmp_path: Path) -> None:
    frames = [frame for frame in range(1001, 1013) if frame not in (1004, 1005)]
    assert ingest(coded_plate(tmp_path / "in", "SH010", frames), tmp_path / "PROJ").ok
    load("CLIP")
    load("STRIP")
    assert "1004-1005" in bpy.context.window_manager.ramses.message
    clip = bpy.data.movieclips[0]
    start = clip.frame_start
    assert clip.ramses.missing == "1004-1005"
    assert clip_frame(clip, start + 9, tmp_path) == 1010
    assert strip_frame(scene, start + 9, tmp_path) == 1010
    assert strip_frame(scene, start + 3, tmp_path) is None


def test_trimmed_strips_show_the_cut_only(published: Path, scene: Any, tmp_path: Path) -> None:
    load("STRIP", trim=True)
    assert strip_frame(scene, 1000, tmp_path) is None
    assert strip_frame(scene, 1001, tmp_path) == 1001
    assert strip_frame(scene, 1016, tmp_path) == 1016
    assert strip_frame(scene, 1017, tmp_path) is None


def test_facts_stay_with_the_datablock(published: Path, tmp_path: Path, ours: Ours) -> None:
    load("CLIP", markers=True)
    load("STRIP")
    path = os.fspath(tmp_path / "kept.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    kept = [plate.facts for plate in ours("hosts.blender.plates").plates()]
    assert len(kept) == 2
    for facts in kept:
        assert (facts.start_timecode, facts.rate, facts.version) == ("01:00:04:04", "24000/1001", 1)
        assert facts.reason and ours("hosts.blender.placing").timecode_at(facts, 1001) == "01:00:04:12"
    names = {marker.name: marker.frame for marker in bpy.context.scene.timeline_markers}
    assert names == {"Cut in 01:00:04:12": 1001, "Cut out 01:00:05:03": 1016}


def test_what_blender_would_clamp_is_refused_with_the_reason(scene: Any, tmp_path: Path) -> None:
    delivery = coded_plate(tmp_path / "in", "SH010", range(1001, 1003), start="15:00:00:00")
    assert ingest(delivery, tmp_path / "PROJ").ok
    scene.ramses.policy = "timecode"
    bpy.ops.ramses.list_versions()
    with pytest.raises(RuntimeError, match=r"cannot hold frame \d+"):
        bpy.ops.ramses.load_plate(kind="CLIP")
    assert len(bpy.data.movieclips) == 0


def test_colour_only_where_it_is_offered(scene: Any, tmp_path: Path, ours: Ours) -> None:
    assert ingest(coded_plate(tmp_path / "in", "SH010", [1001, 1002]), tmp_path / "PROJ", colorspace="acescg").ok
    load("CLIP")
    assert bpy.data.movieclips[0].colorspace_settings.name == "ACEScg"
    set_space = ours("hosts.blender.placing").set_colorspace
    before = bpy.data.movieclips[0].colorspace_settings.name
    assert "no Nobody's Log" in set_space(bpy.data.movieclips[0], "Nobody's Log")
    assert bpy.data.movieclips[0].colorspace_settings.name == before
