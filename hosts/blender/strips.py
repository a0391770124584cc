# SPDX-License-Identifier: GPL-3.0-or-later
"""Plates in the sequencer, on every Blender's own names for strips and their timing."""

from __future__ import annotations

import os
from typing import Any

import bpy

from ...core.errors import PlacementRefused
from ...core.placement import Placement
from .placing import Loaded, write_facts


def sequencer_scene(context: Any) -> Any:
    """The scene whose strips are edited: its own setting from Blender 5.0 on."""
    workspace = context.workspace
    return (getattr(workspace, "sequencer_scene", None) if workspace is not None else None) or context.scene


def strips_of(scene: Any) -> Any:
    """The collection of a scene's strips; the editor is made where there is none."""
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def all_strips(scene: Any) -> list[Any]:
    """All strips of a scene, those inside meta strips included."""
    editor = scene.sequence_editor
    if editor is None:
        return []
    return list(editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)


def add_strip(scene: Any, loaded: Loaded, placement: Placement, trim: bool) -> Any:
    """A new strip, one frame of the plate per frame of the scene, in the lowest free channel."""
    channel = _free_channel(scene, placement)
    first = placement.timeline_first
    if loaded.clip.file and loaded.clip.kind == "movie":
        strip = strips_of(scene).new_movie(loaded.name, loaded.clip.first_path, channel, first)
    else:
        strip = strips_of(scene).new_image(loaded.name, loaded.clip.first_path, channel, first)
        for name in names(loaded)[1:]:
            strip.elements.append(name)
    _black_gaps(scene, loaded)
    set_start(strip, first)
    set_visible(strip, *_range(placement, trim))
    write_facts(strip.ramses, loaded, placement)
    return strip


def add_sound(scene: Any, loaded: Loaded, placement: Placement, picture: Any) -> str:
    """The sound of a movie, in a channel of its own below the picture's; a sentence where it was left out.

    Sound runs in seconds: in a scene at another rate it would drift away from frames that are placed one to one.
    """
    if loaded.clip.kind != "movie":
        return ""
    sound = bpy.data.sounds.load(loaded.clip.first_path, check_existing=True)
    if sound.channels == "INVALID":  # a silent movie, or a Blender that was built without sound
        bpy.data.sounds.remove(sound)
        return ""
    if placement.rate is not None and placement.rate != placement.project_rate:
        bpy.data.sounds.remove(sound)
        return "Its sound was left out: it would drift at this scene's rate."
    strip = strips_of(scene).new_sound(
        f"{loaded.name} sound", loaded.clip.first_path, _free_channel(scene, placement), placement.timeline_first
    )
    first, end = visible(picture)
    set_start(strip, placement.timeline_first)
    last = placement.timeline_first + length(strip)
    set_visible(strip, max(first, placement.timeline_first), max(first + 1, min(end, last)))
    write_facts(strip.ramses, loaded, placement)
    return ""


def _black_gaps(scene: Any, loaded: Loaded) -> None:
    """Blender 4.2 crashes when it paints its mark for a missing file while rendering; without it gaps are black."""
    if loaded.clip.missing and hasattr(scene.sequence_editor, "show_missing_media"):
        scene.sequence_editor.show_missing_media = False


def set_strip(strip: Any, loaded: Loaded, placement: Placement, start: int, visible: tuple[int, int]) -> None:
    """Point a strip at the plate; `start` is the scene frame of its first frame, `visible` [first, end) is kept."""
    _black_gaps(strip.id_data, loaded)
    if strip.type == "MOVIE":
        strip.filepath = loaded.clip.first_path
    elif strip.type == "SOUND":
        strip.sound = bpy.data.sounds.load(loaded.clip.first_path, check_existing=True)
    else:
        strip.directory = os.path.dirname(loaded.clip.first_path)
        wanted = names(loaded)
        while len(strip.elements) > len(wanted):
            strip.elements.pop(len(strip.elements) - 1)
        for at, name in enumerate(wanted):
            if at < len(strip.elements):
                strip.elements[at].filename = name
            else:
                strip.elements.append(name)
    set_start(strip, start)
    set_visible(strip, *visible)
    write_facts(strip.ramses, loaded, placement)


def refuse_other_kind(strip: Any, loaded: Loaded) -> None:
    """Raise PlacementRefused where numbered files became a movie or the other way: a strip cannot turn into that."""
    is_movie = loaded.clip.kind == "movie"
    if is_movie != (strip.type in ("MOVIE", "SOUND")):
        found, shown = ("a movie", "numbered files") if is_movie else ("no movie", "one")
        advice = "Load it as a new strip; this one stays as it is."
        raise PlacementRefused(f"the newer version is {found}, this strip shows {shown}.", loaded.version.path, advice)


def names(loaded: Loaded) -> list[str]:
    """File names from the first to the last frame; a missing frame keeps its place and shows black."""
    clip = loaded.clip
    if clip.file or not clip.missing:
        return [name for _frame, name in clip.files()]
    there = {frame: name for frame, name in clip.files() if frame is not None}
    run = clip.runs[0]
    return [there.get(frame) or run.name(frame) for frame in range(clip.frames.first, clip.frames.last + 1)]


def start(strip: Any) -> int:
    """The scene frame where the first frame of its content sits."""
    return int(strip.content_start if hasattr(strip, "content_start") else strip.frame_start)


def set_start(strip: Any, frame: int) -> None:
    """Move the content."""
    if hasattr(strip, "content_start"):
        strip.content_start = frame
    else:
        strip.frame_start = frame


def length(strip: Any) -> int:
    """How many frames the content has."""
    return int(strip.content_duration if hasattr(strip, "content_duration") else strip.frame_duration)


def visible(strip: Any) -> tuple[int, int]:
    """[first, end) of the scene frames where the strip is seen."""
    if hasattr(strip, "left_handle"):
        return int(strip.left_handle), int(strip.right_handle)
    return int(strip.frame_final_start), int(strip.frame_final_end)


def set_visible(strip: Any, first: int, end: int) -> None:
    """Trim or extend what is seen; the content stays where it is."""
    if hasattr(strip, "left_handle"):
        strip.right_handle = end
        strip.left_handle = first
    else:
        strip.frame_final_end = end
        strip.frame_final_start = first


def _range(placement: Placement, trim: bool) -> tuple[int, int]:
    first, last = placement.timeline_first, placement.timeline_last
    if trim and placement.cut_out >= first and placement.cut_in <= last:
        first, last = max(first, placement.cut_in), min(last, placement.cut_out)
    return first, last + 1


def _free_channel(scene: Any, placement: Placement) -> int:
    taken = set()
    for strip in all_strips(scene):
        first, end = visible(strip)
        if first <= placement.timeline_last and end > placement.timeline_first:
            taken.add(strip.channel)
    return next(channel for channel in range(1, 129) if channel not in taken or channel == 128)
