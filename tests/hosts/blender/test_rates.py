# SPDX-License-Identifier: GPL-3.0-or-later
"""Movies and other rates: frame for frame at any rate of the scene, with exact rates and timecodes of our own."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import make_movie
import pytest
from blender_eyes import camera_frame, coded_plate, movie_frame, strip_frame
from make_delivery import ingest
from ramses_plates.core.placement import StartFacts

Ours = Callable[[str], Any]
RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(48), Fraction(60000, 1001)]


def load(kind: str) -> None:
    bpy.ops.ramses.list_versions()
    assert bpy.ops.ramses.load_plate(kind=kind) == {"FINISHED"}


@pytest.mark.parametrize("rate", [*RATES, Fraction(15), Fraction(120000, 1001)], ids=str)
def test_rates_are_exact_both_ways(rate: Fraction, ours: Ours) -> None:
    session = ours("hosts.blender.session")
    session.set_rate(bpy.context.scene, rate)
    assert session.scene_rate(bpy.context.scene) == rate


@pytest.mark.parametrize("rate", RATES[1:4], ids=str)
def test_a_scene_at_another_rate_is_told_and_never_retimed(
    rate: Fraction, scene: Any, tmp_path: Path, ours: Ours
) -> None:
    ours("hosts.blender.session").set_rate(scene, rate)
    assert ingest(coded_plate(tmp_path / "in", "SH010", range(1001, 1013)), tmp_path / "PROJ").ok
    load("STRIP")
    (plate,) = ours("hosts.blender.plates").plates()
    first = plate.facts.timeline_first
    assert [strip_frame(scene, first + at, tmp_path) for at in (0, 11, 12)] == [1001, 1012, None]
    said = bpy.context.window_manager.ramses.message
    assert "placed frame for frame" in said and "24000/1001" in said


@pytest.mark.parametrize("start", [1001, 101])
def test_a_movie_is_seen_frame_for_frame(start: int, scene: Any, tmp_path: Path, ours: Ours) -> None:
    """A ProRes movie of 24 frames with timecode; its first frame is index 0 in the picture."""
    (tmp_path / "in").mkdir()
    make_movie.write(
        os.fspath(tmp_path / "in/SH010.mov"), codec="prores", timecode="01:00:00:00", rate=Fraction(24000, 1001)
    )
    assert ingest(tmp_path / "in", tmp_path / "PROJ", start=StartFacts(start, 4, 4)).ok
    for kind in ("CLIP", "STRIP", "TEXTURE"):
        load(kind)
    (clip,) = bpy.data.movieclips
    assert clip.frame_start == start - 4 and clip.ramses.start_timecode == "01:00:00:00"
    for at in (0, 4, 23):
        assert movie_frame("clip", scene, clip, start - 4 + at, tmp_path) == at
        assert movie_frame("strip", scene, None, start - 4 + at, tmp_path) == at
    image = next(image for image in bpy.data.images if image.ramses.folder)
    (user,) = ours("hosts.blender.plates").image_users(image)
    assert (image.source, user.frame_start, user.frame_offset, user.frame_duration) == ("MOVIE", start - 4, 0, 24)


def test_a_movie_is_replaced_and_keeps_its_trims(scene: Any, tmp_path: Path, ours: Ours) -> None:
    """The second delivery begins 6 frames earlier: what was seen at a frame is still seen there."""
    rate = Fraction(24000, 1001)
    for day, (label, count, head) in enumerate((("01:00:00:06", 20, 2), ("01:00:00:00", 30, 8)), start=1):
        folder = tmp_path / f"day{day}"
        folder.mkdir()
        make_movie.write(os.fspath(folder / "SH010.mov"), codec="prores", timecode=label, rate=rate, frames=count)
        assert ingest(folder, tmp_path / "PROJ", start=StartFacts(1001, head, 2)).ok
        if day == 1:
            load("STRIP")
            ours("hosts.blender.strips").set_visible(ours("hosts.blender.strips").all_strips(scene)[0], 1003, 1010)
    assert movie_frame("strip", scene, None, 1003, tmp_path) == 4
    assert bpy.ops.ramses.update_plates() == {"FINISHED"}
    strips = ours("hosts.blender.strips")
    assert strips.visible(strips.all_strips(scene)[0]) == (1003, 1010)
    assert movie_frame("strip", scene, None, 1003, tmp_path) == 10


def test_an_image_plane_is_updated(scene: Any, tmp_path: Path, ours: Ours) -> None:
    """The second delivery has other handles: the plane shows the same file frame on the same scene frame."""
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    assert ingest(
        coded_plate(tmp_path / "a", "SH010", range(999, 1009)), tmp_path / "PROJ", start=StartFacts(1001, 2, 2)
    ).ok
    scene.render.resolution_x, scene.render.resolution_y = 32, 18
    load("PLANE")
    assert camera_frame(scene, 1004, tmp_path) == 1004
    assert ingest(
        coded_plate(tmp_path / "b", "SH010", range(993, 1015)), tmp_path / "PROJ", start=StartFacts(1001, 8, 8)
    ).ok
    assert bpy.ops.ramses.update_plates() == {"FINISHED"}
    (image,) = [image for image in bpy.data.images if image.ramses.folder]
    assert image.ramses.version == 2
    (user,) = ours("hosts.blender.plates").image_users(image)
    assert (user.frame_start, user.frame_offset, user.frame_duration) == (993, 992, 22)
    assert camera_frame(scene, 1004, tmp_path) == 1004
    assert camera_frame(scene, 994, tmp_path) == 994


def test_a_version_that_was_taken_back_is_missing(scene: Any, tmp_path: Path) -> None:
    for day in ("a", "b"):
        assert ingest(coded_plate(tmp_path / day, "SH010", [1001, 1002], comments=day), tmp_path / "PROJ").ok
    load("CLIP")
    (newest,) = tmp_path.glob("PROJ/05-SHOTS/*/*/_published/002_WIP")
    newest.rename(tmp_path / "away")
    assert bpy.ops.ramses.check_versions() == {"FINISHED"}
    assert [row.standing for row in bpy.context.window_manager.ramses.plates] == ["missing"]


def test_a_still_is_no_clip_but_a_texture(scene: Any, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    coded_plate(tmp_path / "x", "SH010", [1001])
    (tmp_path / "x/SH010.1001.exr").rename(tmp_path / "in/SH010.exr")
    assert ingest(tmp_path / "in", tmp_path / "PROJ").ok
    bpy.ops.ramses.list_versions()
    with pytest.raises(RuntimeError, match="still"):
        bpy.ops.ramses.load_plate(kind="CLIP")
    load("TEXTURE")
    (image,) = [image for image in bpy.data.images if image.ramses.folder]
    assert image.source == "FILE" and image.pixels[0] > 0.1
