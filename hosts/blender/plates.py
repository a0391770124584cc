# SPDX-License-Identifier: GPL-3.0-or-later
"""The plates that a file shows: found, compared with what is published, updated without losing the artist's changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy

from ...core.placement import Placement
from ...core.versions import PublishedVersion
from . import placing, strips
from .placing import Loaded


@dataclass(frozen=True)
class Plate:
    """A datablock that shows a published plate. `kind` is CLIP, IMAGE or STRIP, `owner` the strip's scene."""

    kind: str
    owner: str
    name: str
    datablock: Any

    @property
    def facts(self) -> Any:
        """Its RamsesPlate."""
        return self.datablock.ramses

    @property
    def key(self) -> tuple[str, str, str, str]:
        """(project folder, shot, step, resource), by which its versions are found."""
        facts = self.facts
        return facts.root, facts.shot, facts.step, facts.resource


def plates() -> Iterator[Plate]:
    """All plates of this file."""
    owners: Any = (("CLIP", bpy.data.movieclips), ("IMAGE", bpy.data.images))
    for kind, blocks in owners:
        for block in blocks:
            if block.ramses.folder:
                yield Plate(kind, "", block.name, block)
    for scene in bpy.data.scenes:
        for strip in strips.all_strips(scene):
            if strip.ramses.folder:
                yield Plate("STRIP", scene.name, strip.name, strip)


def find(kind: str, owner: str, name: str) -> Plate | None:
    """One plate again, after anything may have happened to the file."""
    return next((plate for plate in plates() if (plate.kind, plate.owner, plate.name) == (kind, owner, name)), None)


def standing(version: int, newest: PublishedVersion | None) -> str:
    """How a plate stands beside what is published: newest, outdated, or missing (also where it was taken back)."""
    if newest is None or newest.number < version:
        return "missing"
    return "outdated" if newest.number > version else "newest"


def update(plate: Plate, loaded: Loaded, placement: Placement) -> str:
    """Show another version; a sentence about what of the artist's changes was kept."""
    old = plate.facts.timeline_first
    was, ending = plate.facts.version, _ending(plate.datablock)
    if plate.kind == "CLIP":
        kept = _update_clip(plate.datablock, loaded, placement, old)
    elif plate.kind == "IMAGE":
        kept = _update_image(plate.datablock, loaded, placement, old)
    else:
        kept = _update_strip(plate.datablock, loaded, placement, old)
    told = f"{plate.name}: version {was} became {loaded.version.number}{', kept ' + ', '.join(kept) if kept else ''}."
    if plate.kind == "STRIP" or _ending(plate.datablock) == ending:
        return told
    space = placing.set_own_colorspace(plate.datablock, loaded)
    return f"{told} Its files are of another format, so its colour space is {space} now."


def _ending(datablock: Any) -> str:
    return os.path.splitext(getattr(datablock, "filepath", ""))[1].lower()


def _update_clip(clip: Any, loaded: Loaded, placement: Placement, old: int) -> list[str]:
    shift, offset, space = clip.frame_start - old, clip.frame_offset, clip.colorspace_settings.name
    placing.set_clip(clip, loaded, placement)
    clip.frame_start = placement.timeline_first + shift
    clip.frame_offset = offset
    clip.colorspace_settings.name = space
    return [*_moved(shift), *([f"its offset of {offset}"] if offset else [])]


def _update_image(image: Any, loaded: Loaded, placement: Placement, old: int) -> list[str]:
    shifts = [(user, user.frame_start - old, user.use_cyclic, user.use_auto_refresh) for user in image_users(image)]
    space = image.colorspace_settings.name
    placing.set_image(image, loaded, placement)
    image.colorspace_settings.name = space
    for user, shift, cyclic, refresh in shifts:
        placing.set_image_user(user, placement)
        user.frame_start = placement.timeline_first + shift
        user.use_cyclic, user.use_auto_refresh = cyclic, refresh
    image.reload()
    return _moved(max((user[1] for user in shifts), key=abs, default=0))


def _update_strip(strip: Any, loaded: Loaded, placement: Placement, old: int) -> list[str]:
    strips.refuse_other_kind(strip, loaded)
    shift, (first, end) = strips.start(strip) - old, strips.visible(strip)
    content = strips.start(strip), strips.start(strip) + strips.length(strip)
    start = placement.timeline_first + shift
    whole = (start, start + placement.last_file_frame - placement.first_file_frame + 1)
    # an end that was never trimmed follows the new plate, a trimmed one stays on its frame
    seen = (whole[0] if first == content[0] else first, whole[1] if end == content[1] else end)
    strips.set_strip(strip, loaded, placement, start, seen)
    trimmed = [
        text
        for text, was in (("its trimmed head", first != content[0]), ("its trimmed tail", end != content[1]))
        if was
    ]
    return [*_moved(shift), *trimmed]


def _moved(shift: int) -> list[str]:
    return [f"its shift by {shift:+d} frames"] if shift else []


def image_users(image: Any) -> Iterator[Any]:
    """Everything that decides which frame of an image is seen: nodes of all kinds, camera backgrounds, empties."""
    for node in _nodes():
        if getattr(node, "image", None) == image:
            if getattr(node, "image_user", None) is not None:
                yield node.image_user
            elif hasattr(node, "frame_duration"):  # the compositor's image node is its own user
                yield node
    textures: Any = bpy.data.textures
    for texture in textures:
        if texture.type == "IMAGE" and texture.image == image:
            yield texture.image_user
    for camera in bpy.data.cameras:
        for background in camera.background_images:
            if background.source == "IMAGE" and background.image == image:
                yield background.image_user
    for thing in bpy.data.objects:
        if thing.type == "EMPTY" and thing.data == image:
            yield thing.image_user


def _nodes() -> Iterator[Any]:
    """The nodes of all trees, those that belong to a datablock included; a scene's own goes with Blender 5.0."""
    data = bpy.data
    for owner in (*data.materials, *data.worlds, *data.lights, *data.linestyles, *data.textures, *data.scenes):
        tree = getattr(owner, "node_tree", None)
        if tree is not None:
            yield from tree.nodes
    for tree in data.node_groups:
        yield from tree.nodes
