# SPDX-License-Identifier: GPL-3.0-or-later
"""Second deliveries unlike the first: other kinds, shorter ones, numbers below zero; and whoever shows an image."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import make_exr
import make_movie
import pytest
from blender_eyes import SCALE, ZERO, clip_frame, coded_plate, movie_frame, strip_frame
from make_delivery import RATE, ingest
from ramses_plates.core.placement import StartFacts

Ours = Callable[[str], Any]


def load(kind: str) -> None:
    assert bpy.ops.ramses.list_versions() == {"FINISHED"}
    assert bpy.ops.ramses.load_plate(kind=kind) == {"FINISHED"}


def our_image() -> Any:
    return next(image for image in bpy.data.images if image.ramses.folder)


def user_facts(user: Any) -> tuple[int, int, int]:
    return user.frame_start, user.frame_offset, user.frame_duration


def test_numbers_below_zero_are_seen_in_strips_and_refused_elsewhere(scene: Any, tmp_path: Path) -> None:
    """Blender's clips read `name.-0003.exr` as frame 3 and would count the wrong way."""
    (tmp_path / "in").mkdir()
    for at, number in enumerate(range(-3, 3)):
        text = f"-{-number:04d}" if number < 0 else f"{number:04d}"
        path = os.fspath(tmp_path / f"in/SH010.{text}.exr")
        make_exr.write(path, 32, 18, fps=RATE, pixels=((1001 + at - ZERO) / SCALE,) * 3)
    assert ingest(tmp_path / "in", tmp_path / "PROJ", start=StartFacts(1001, 0, 0)).ok
    load("STRIP")
    assert [strip_frame(scene, frame, tmp_path) for frame in range(1000, 1008)] == [None, *range(1001, 1007), None]
    for kind in ("CLIP", "BACKGROUND", "PLANE", "TEXTURE"):
        with pytest.raises(RuntimeError, match=r"no file numbers below 0.* Load it as strip"):
            bpy.ops.ramses.load_plate(kind=kind)
    assert not bpy.data.movieclips and not [image for image in bpy.data.images if image.ramses.folder]


def test_a_clip_is_not_updated_to_numbers_below_zero(scene: Any, tmp_path: Path) -> None:
    assert ingest(coded_plate(tmp_path / "a", "SH010", range(1001, 1005)), tmp_path / "PROJ").ok
    load("CLIP")
    (tmp_path / "b").mkdir()
    for number in (-2, -1):
        make_exr.write(os.fspath(tmp_path / f"b/SH010.-000{-number}.exr"), 32, 18, fps=RATE, pixels=(0.5,) * 3)
    assert ingest(tmp_path / "b", tmp_path / "PROJ").ok
    assert bpy.ops.ramses.update_plates() == {"FINISHED"}
    assert "no file numbers below 0" in bpy.context.window_manager.ramses.message
    (clip,) = bpy.data.movieclips
    assert clip.ramses.version == 1 and clip_frame(clip, clip.frame_start, tmp_path) == 1001


@pytest.mark.parametrize("movie_first", [False, True])
def test_a_strip_whose_plate_came_as_another_kind_stays(movie_first: bool, scene: Any, tmp_path: Path) -> None:
    def movie(folder: Path) -> None:
        folder.mkdir()
        make_movie.write(os.fspath(folder / "SH010.mov"), rate=RATE, frames=12)

    def files(folder: Path) -> None:
        coded_plate(folder, "SH010", range(1001, 1013))

    makers = (movie, files) if movie_first else (files, movie)
    for day, make in enumerate(makers):
        make(tmp_path / f"{day}")
        assert ingest(tmp_path / f"{day}", tmp_path / "PROJ", start=StartFacts(1001, 2, 2)).ok
        if day == 0:
            load("STRIP")
            load("CLIP")
    assert bpy.ops.ramses.update_plates() == {"FINISHED"}
    message = bpy.context.window_manager.ramses.message
    assert "Load it as a new strip" in message and "kept its trimmed" not in message
    look = (lambda at: movie_frame("strip", scene, None, 999 + at, tmp_path)) if movie_first else None
    look = look or (lambda at: strip_frame(scene, 999 + at, tmp_path))
    assert [look(at) for at in (0, 11)] == ([0, 11] if movie_first else [1001, 1012])
    (clip,) = bpy.data.movieclips
    assert clip.ramses.version == 2 and "so its colour space is" in message
    if movie_first:
        assert clip_frame(clip, 999, tmp_path) == 1001
    else:
        assert movie_frame("clip", scene, clip, 999, tmp_path) == 0


def test_whatever_shows_an_image_is_updated_and_keeps_its_settings(scene: Any, tmp_path: Path, ours: Ours) -> None:
    """The compositor's node, a lamp's texture and a classic texture, shifted and made to repeat by the artist."""
    assert ingest(
        coded_plate(tmp_path / "a", "SH010", range(999, 1009)), tmp_path / "PROJ", start=StartFacts(1001, 2, 2)
    ).ok
    load("TEXTURE")
    if hasattr(scene, "compositing_node_group"):
        tree: Any = bpy.data.node_groups.new("look", "CompositorNodeTree")
        scene.compositing_node_group = tree
    else:
        scene.use_nodes = True
        tree = scene.node_tree
    composited = tree.nodes.new("CompositorNodeImage")
    light: Any = bpy.data.lights.new("gobo", "SPOT")
    light.use_nodes = True
    gobo = light.node_tree.nodes.new("ShaderNodeTexImage")
    classic: Any = bpy.data.textures.new("classic", "IMAGE")
    for owner in (composited, gobo, classic):
        owner.image = our_image()
    users = (composited, gobo.image_user, classic.image_user)
    for user in users:
        user.frame_start, user.frame_offset, user.frame_duration, user.use_cyclic = 1004, 998, 10, True
    assert ingest(
        coded_plate(tmp_path / "b", "SH010", range(993, 1015)), tmp_path / "PROJ", start=StartFacts(1001, 8, 8)
    ).ok
    assert bpy.ops.ramses.update_plates() == {"FINISHED"}
    assert [user_facts(user) for user in users] == [(998, 992, 22)] * 3
    assert all(user.use_cyclic for user in users)
    assert "kept its shift by +5 frames" in bpy.context.window_manager.ramses.message


@pytest.mark.parametrize("kind", ["files", "movie"])
def test_a_shorter_second_delivery_keeps_what_it_can_of_a_trim(
    kind: str, scene: Any, tmp_path: Path, ours: Ours
) -> None:
    strips = ours("hosts.blender.strips")
    for day, (count, handle) in enumerate(((32, 8), (12, 2))):
        folder = tmp_path / f"{day}"
        if kind == "files":
            coded_plate(folder, "SH010", range(1001 - handle, 1001 - handle + count), comments=kind + str(day))
        else:
            folder.mkdir()
            make_movie.write(os.fspath(folder / "SH010.mov"), rate=RATE, frames=count, first_number=1001 - handle)
        assert ingest(folder, tmp_path / "PROJ", start=StartFacts(1001, handle, handle), incomplete="publish").ok
        if day == 0:
            load("STRIP")
            strips.set_visible(strips.all_strips(scene)[0], 1003, 1020)
    assert bpy.ops.ramses.update_plates() == {"FINISHED"}
    (strip,) = strips.all_strips(scene)
    assert (strips.start(strip), strips.length(strip)) == (999, 12)

    def seen(frame: int) -> int | None:
        if kind == "files":
            return strip_frame(scene, frame, tmp_path)
        return movie_frame("strip", scene, None, frame, tmp_path)

    assert [seen(frame) for frame in (1002, 1003, 1010)] == [None, 1003, 1010]
    assert strips.visible(strip) == (1003, 1020)
