# SPDX-License-Identifier: GPL-3.0-or-later
"""Media unlike our usual ones: other rates, drop frame, huge and negative numbers, gaps, codecs, single frames."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import make_exr
import make_movie
import pytest
from blender_eyes import SCALE, ZERO, camera_frame, clip_frame, image_frame, movie_frame, strip_frame
from make_delivery import ingest
from ramses_plates.core.placement import StartFacts
from ramses_plates.core.timecode import Timecode

Ours = Callable[[str], Any]
DROP = Fraction(30000, 1001)


def coded(folder: Path, name: str, files: list[int], rate: Fraction, start: str, shown: int = 1001) -> Path:
    """EXR files of any numbers and rate; the first one's pixels say `shown`, the others count on from it by number."""
    folder.mkdir(parents=True, exist_ok=True)
    first = Timecode.parse(start, rate)
    for number in files:
        at = first + (number - files[0])
        parts = [int(part) for part in str(at).replace(";", ":").split(":")]
        make_exr.write(
            os.fspath(folder / f"{name}.{number:04d}.exr"), 32, 18, fps=rate,
            timecode=(parts[0], parts[1], parts[2], parts[3], ";" in str(at)),
            pixels=((shown + number - files[0] - ZERO) / SCALE,) * 3,
        )  # fmt: skip
    return folder


def load(kind: str, policy: str = "shot-start") -> Any:
    bpy.context.scene.ramses.policy = policy
    assert bpy.ops.ramses.list_versions() == {"FINISHED"}
    assert bpy.ops.ramses.load_plate(kind=kind) == {"FINISHED"}


def set_rate(ours: Ours, rate: Fraction) -> None:
    ours("hosts.blender.session").set_rate(bpy.context.scene, rate)


@pytest.mark.parametrize(
    ("rate", "start", "told"),
    [
        (Fraction(25), "10:00:00:24", "10:00:01:03"),
        (DROP, "01:00:59;28", "01:01:00;04"),  # two labels are dropped on the way
        (Fraction(60000, 1001), "01:00:59:20", "01:00:59:24"),
        (Fraction(24000, 1001), "23:59:59:22", "00:00:00:02"),  # past midnight
    ],
    ids=["25", "29.97 drop", "59.94", "midnight"],
)
def test_every_rate_sits_on_its_frame_and_tells_its_timecode(
    rate: Fraction, start: str, told: str, scene: Any, tmp_path: Path, ours: Ours
) -> None:
    set_rate(ours, rate)
    plate = coded(tmp_path / "in", "SH010", list(range(1001, 1009)), rate, start)
    assert ingest(plate, tmp_path / "PROJ", start=StartFacts(201, 2, 2)).ok
    load("CLIP")
    load("STRIP")
    (clip,) = bpy.data.movieclips
    assert [clip_frame(clip, frame, tmp_path) for frame in (199, 201, 206)] == [1001, 1003, 1008]
    assert [strip_frame(scene, frame, tmp_path) for frame in (198, 199, 206, 207)] == [None, 1001, 1008, None]
    timecode_at = ours("hosts.blender.placing").timecode_at
    assert (timecode_at(clip.ramses, 199), timecode_at(clip.ramses, 203)) == (start, told)


def test_numbers_that_blender_cannot_hold_still_load_at_the_shots_start(scene: Any, tmp_path: Path, ours: Ours) -> None:
    """Files counted from midnight at 24 frames: far beyond what a scene may hold, exact all the same."""
    first = 1_329_365
    plate = coded(tmp_path / "in", "SH010", list(range(first, first + 8)), Fraction(24), "15:23:10:05")
    set_rate(ours, Fraction(24))
    assert ingest(plate, tmp_path / "PROJ", start=StartFacts(1001, 0, 0)).ok
    with pytest.raises(RuntimeError, match="cannot hold frame"):
        load("STRIP", "source-frames")
    for kind in ("CLIP", "STRIP"):
        load(kind)
    (clip,) = bpy.data.movieclips
    assert [clip_frame(clip, frame, tmp_path) for frame in (1001, 1008)] == [1001, 1008]
    assert [strip_frame(scene, frame, tmp_path) for frame in (1001, 1008)] == [1001, 1008]
    with pytest.raises(RuntimeError, match=r"no file numbers above 1,048,574.* Load it as movie clip"):
        bpy.ops.ramses.load_plate(kind="PLANE")
    assert not [image for image in bpy.data.images if image.ramses.folder]


def test_the_highest_number_that_an_image_shows(scene: Any, tmp_path: Path, ours: Ours) -> None:
    first = 1_048_567
    plate = coded(tmp_path / "in", "SH010", list(range(first, first + 8)), Fraction(24), "12:08:10:07")
    set_rate(ours, Fraction(24))
    assert ingest(plate, tmp_path / "PROJ", start=StartFacts(1001, 0, 0)).ok
    load("TEXTURE")
    image = next(image for image in bpy.data.images if image.ramses.folder)
    (user,) = ours("hosts.blender.plates").image_users(image)
    assert (user.frame_start, user.frame_offset, user.frame_duration) == (1001, first - 1, 8)

    def as_user(node: Any) -> None:
        node.frame_start, node.frame_offset, node.frame_duration = 1001, first - 1, 8
        node.use_auto_refresh = True

    assert [image_frame(image, as_user, frame, tmp_path) for frame in (1001, 1005, 1008)] == [1001, 1005, 1008]


def test_the_start_of_files_may_lie_before_zero(scene: Any, tmp_path: Path, ours: Ours) -> None:
    """A cut in on 5 with 8 frames of head: the plate begins on -3, as a clip and a strip can."""
    plate = coded(tmp_path / "in", "SH010", list(range(1, 17)), Fraction(24), "01:00:00:00")
    set_rate(ours, Fraction(24))
    assert ingest(plate, tmp_path / "PROJ", start=StartFacts(5, 8, 0)).ok
    load("CLIP")
    load("STRIP")
    (clip,) = bpy.data.movieclips
    assert clip.frame_start == -3
    assert [clip_frame(clip, frame, tmp_path) for frame in (0, 5, 12)] == [1004, 1009, 1016]
    assert [strip_frame(scene, frame, tmp_path) for frame in (0, 5, 12)] == [1004, 1009, 1016]


def test_file_zero_and_wide_gaps(scene: Any, tmp_path: Path, ours: Ours) -> None:
    """Numbers from 0 on, every second file missing for a while: what is there stays where it belongs."""
    files = [0, 1, 2, 4, 6, 8, 9, 15]
    set_rate(ours, Fraction(24))
    assert ingest(coded(tmp_path / "in", "SH010", files, Fraction(24), "01:00:00:00"), tmp_path / "PROJ").ok
    for kind in ("CLIP", "STRIP"):
        load(kind)
    (clip,) = bpy.data.movieclips
    start = clip.frame_start
    expected = [1001 + number if number in files else None for number in range(16)]
    assert [clip_frame(clip, start + number, tmp_path) for number in range(16)] == expected
    assert [strip_frame(scene, start + number, tmp_path) for number in range(16)] == expected
    assert "3,5,7,10-14" in bpy.context.window_manager.ramses.message


def test_source_frames_and_timecode_put_strips_where_they_say(scene: Any, tmp_path: Path, ours: Ours) -> None:
    set_rate(ours, Fraction(25))
    plate = coded(tmp_path / "in", "SH010", list(range(86000, 86008)), Fraction(25), "00:59:59:20")
    assert ingest(plate, tmp_path / "PROJ").ok
    load("STRIP", "source-frames")
    assert [strip_frame(scene, frame, tmp_path) for frame in (85999, 86000, 86007)] == [None, 1001, 1008]
    bpy.ops.wm.read_homefile(use_empty=True)
    chosen = bpy.context.scene.ramses
    chosen.root, chosen.project, chosen.shot = os.fspath(tmp_path / "PROJ"), "PROJ", "SH010"
    chosen.step = "TRACK"
    set_rate(ours, Fraction(25))
    load("CLIP", "timecode")
    at = ((0 * 60 + 59) * 60 + 59) * 25 + 20
    assert [clip_frame(bpy.data.movieclips[0], at + n, tmp_path) for n in (0, 7)] == [1001, 1008]


@pytest.mark.parametrize(
    ("codec", "ending", "rate", "start"),
    [
        ("h264_b", "mp4", Fraction(25), "10:11:12:13"),
        ("prores_proxy", "mov", DROP, "01:00:59;20"),
        ("dnxhr_sq", "mov", Fraction(60000, 1001), "01:00:00;00"),
        ("mjpeg", "mov", Fraction(24), "00:00:00:01"),
    ],
)
def test_movies_of_other_kinds(
    codec: str, ending: str, rate: Fraction, start: str, scene: Any, tmp_path: Path, ours: Ours
) -> None:
    set_rate(ours, rate)
    (tmp_path / "in").mkdir()
    path = os.fspath(tmp_path / f"in/SH010.{ending}")
    make_movie.write(path, codec=codec, rate=rate, timecode=start, frames=20)
    assert ingest(tmp_path / "in", tmp_path / "PROJ", start=StartFacts(1001, 5, 5)).ok
    load("CLIP")
    load("STRIP")
    (clip,) = bpy.data.movieclips
    assert clip.ramses.start_timecode == start and clip.frame_start == 996
    for at in (0, 5, 19):
        assert movie_frame("clip", scene, clip, 996 + at, tmp_path) == at
        assert movie_frame("strip", scene, None, 996 + at, tmp_path) == at


@pytest.mark.parametrize(("scene_rate", "left_out"), [(Fraction(25), False), (Fraction(24), True)], ids=str)
def test_the_sound_of_a_movie_lies_beside_its_strip(
    scene_rate: Fraction, left_out: bool, scene: Any, tmp_path: Path, ours: Ours
) -> None:
    set_rate(ours, scene_rate)
    (tmp_path / "in").mkdir()
    make_movie.write(os.fspath(tmp_path / "in/SH010.mov"), rate=Fraction(25), frames=50, audio=True)
    assert ingest(tmp_path / "in", tmp_path / "PROJ", start=StartFacts(1001, 5, 5)).ok
    load("STRIP")
    strips = ours("hosts.blender.strips")
    kinds = sorted(strip.type for strip in strips.all_strips(scene))
    if bpy.app.version < (4, 5, 0):
        assert kinds == ["MOVIE"], "this Blender was built without sound"
        return
    assert kinds == (["MOVIE"] if left_out else ["MOVIE", "SOUND"])
    assert ("Its sound was left out" in bpy.context.window_manager.ramses.message) == left_out
    if not left_out:
        sound = next(strip for strip in strips.all_strips(scene) if strip.type == "SOUND")
        assert strips.start(sound) == 996 and sound.channel == 2
        assert bpy.ops.ramses.check_versions() == {"FINISHED"}
        assert [row.standing for row in bpy.context.window_manager.ramses.plates] == ["newest", "newest"]
        (tmp_path / "in2").mkdir()
        make_movie.write(os.fspath(tmp_path / "in2/SH010.mov"), rate=Fraction(25), frames=60, audio=True)
        assert ingest(tmp_path / "in2", tmp_path / "PROJ", start=StartFacts(1001, 7, 5)).ok
        assert bpy.ops.ramses.update_plates() == {"FINISHED"}
        assert "/002_WIP/" in sound.sound.filepath and strips.start(sound) == 994
        assert movie_frame("strip", scene, None, 1001, tmp_path) == 7


def test_a_single_frame_holds_as_texture_and_shows_once_as_strip(scene: Any, tmp_path: Path, ours: Ours) -> None:
    set_rate(ours, Fraction(24))
    assert ingest(coded(tmp_path / "in", "SH010", [1001], Fraction(24), "01:00:00:00"), tmp_path / "PROJ").ok
    load("STRIP")
    assert [strip_frame(scene, frame, tmp_path) for frame in (1000, 1001, 1002)] == [None, 1001, None]
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.resolution_x, scene.render.resolution_y = 32, 18
    load("PLANE")
    assert [camera_frame(scene, frame, tmp_path) for frame in (990, 1001, 1100)] == [1001] * 3


def test_both_eyes_are_loaded_one_by_one(scene: Any, tmp_path: Path, ours: Ours) -> None:
    """Views are published as resources, each a plate of its own with its own pictures."""
    set_rate(ours, Fraction(24))
    for shown, view in ((1001, "left"), (1041, "right")):
        coded(tmp_path / "in" / view, "SH010", list(range(1001, 1009)), Fraction(24), "01:00:00:00", shown=shown)
    assert ingest(tmp_path / "in", tmp_path / "PROJ", start=StartFacts(1001, 0, 0)).ok
    bpy.ops.ramses.list_versions()
    rows = bpy.context.window_manager.ramses.versions
    assert len(rows) == 2
    for row in rows:
        bpy.ops.ramses.load_plate(kind="CLIP", folder=row.folder)
    seen = {clip.ramses.resource: clip_frame(clip, 1003, tmp_path) for clip in bpy.data.movieclips}
    assert sorted(seen.values()) == [1003, 1043] and seen["RIGHT"] == 1043, seen
