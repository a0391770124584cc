# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixel-coded plates and a look at them: which source frame does Blender show at a scene frame?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bpy
from make_delivery import plate

ZERO, SCALE = 960, 128.0


def coded_plate(folder: Path, name: str, frames: Iterable[int], **options: Any) -> Path:
    """EXR frames whose pixels hold their frame number."""
    for frame in frames:
        plate(folder, name, [frame], pixels=((frame - ZERO) / SCALE,) * 3, **options)
    return folder


def clip_frame(clip: Any, frame: int, folder: Path) -> int | None:
    """The file frame that a movie clip shows, None for black."""
    scene, nodes, links, output = _compositor()
    node = nodes.new("CompositorNodeMovieClip")
    node.clip = clip
    links.new(node.outputs["Image"], output)
    return _seen(scene, frame, folder)


def image_frame(image: Any, set_user: Any, frame: int, folder: Path) -> int | None:
    """The file frame that an image shows with a user set by `set_user`."""
    scene, nodes, links, output = _compositor()
    node = nodes.new("CompositorNodeImage")
    node.image = image
    set_user(node)
    links.new(node.outputs["Image"], output)
    return _seen(scene, frame, folder)


def strip_frame(scene: Any, frame: int, folder: Path) -> int | None:
    """The file frame that the sequencer shows, None for black."""
    scene.render.use_sequencer, scene.render.use_compositing = True, False
    return _seen(scene, frame, folder)


def camera_frame(scene: Any, frame: int, folder: Path) -> int | None:
    """The file frame that the camera sees in the middle of its picture."""
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.cycles.device = "CPU"
    scene.render.use_sequencer = scene.render.use_compositing = False
    return _seen(scene, frame, folder)


def _compositor() -> tuple[Any, Any, Any, Any]:
    scene = bpy.context.scene
    scene.render.use_compositing, scene.render.use_sequencer = True, False
    if hasattr(scene, "compositing_node_group"):
        tree = bpy.data.node_groups.new("look", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        scene.compositing_node_group = tree
        output = tree.nodes.new("NodeGroupOutput").inputs[0]
    else:
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        output = tree.nodes.new("CompositorNodeComposite").inputs["Image"]
    return scene, tree.nodes, tree.links, output


def movie_frame(how: str, scene: Any, clip: Any, frame: int, folder: Path) -> int | None:
    """The number that a movie of make_movie shows, as `how` "clip" or "strip"; None for black."""
    if how == "clip":
        scene, nodes, links, output = _compositor()
        node = nodes.new("CompositorNodeMovieClip")
        node.clip = clip
        links.new(node.outputs["Image"], output)
    else:
        scene.render.use_sequencer, scene.render.use_compositing = True, False
    pixels = _look(scene, frame, folder, (320, 180))
    if not any(pixels[at] > 0.1 for at in range(0, len(pixels), 4)):
        return None
    # the row of blocks at the foot of the picture, 16 blocks of 20 pixels
    return sum((pixels[4 * (2 * 320 + bit * 20 + 10)] > 0.3) << bit for bit in range(16))


def _seen(scene: Any, frame: int, folder: Path) -> int | None:
    pixels = _look(scene, frame, folder, (32, 18))
    at = 4 * (9 * 32 + 16)
    number = round(pixels[at] * SCALE)
    return None if number <= 0 or pixels[at + 3] == 0 else number + ZERO


def _look(scene: Any, frame: int, folder: Path, size: tuple[int, int]) -> list[float]:
    """Render one frame and give back its pixels as RGBA floats, from the lowest line up."""
    render = scene.render
    render.resolution_x, render.resolution_y = size
    render.resolution_percentage = 100
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "IMAGE"
    render.image_settings.file_format, render.image_settings.color_depth = "OPEN_EXR", "32"
    path = os.fspath(folder / f"seen_{frame}.exr")
    render.filepath = path
    scene.frame_set(frame)
    bpy.ops.render.render(write_still=True, scene=scene.name)
    image = bpy.data.images.load(path)
    pixels = list(image.pixels)
    bpy.data.images.remove(image)
    return pixels
