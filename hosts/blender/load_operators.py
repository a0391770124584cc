# SPDX-License-Identifier: GPL-3.0-or-later
"""Load plate: which versions there are, and putting one into the scene."""

from __future__ import annotations

import os
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ...core.errors import SettingsError
from ...core.events import Cancel, Listener
from ...core.placement import Placement
from ...core.project_facts import load_facts
from ...core.redelivery import frames_of
from ...core.timecode import rate_text
from ...core.versions import PublishedVersion, list_versions, versions_in
from . import placing, strips
from .background import Steps, Work
from .placing import Loaded
from .session import choice, scene_rate, shot_of, start_setting
from .tasks import TaskOperator

KINDS = (
    ("CLIP", "Movie Clip", "For tracking, in the clip editor"),
    ("BACKGROUND", "Camera Background", "A movie clip behind the scene's camera"),
    ("PLANE", "Image Plane", "A plane that fills the camera's frame"),
    ("TEXTURE", "Texture", "An image for materials"),
    ("STRIP", "Sequencer Strip", "In the sequencer, frame for frame"),
)


class RAMSES_OT_list_versions(TaskOperator, bpy.types.Operator):
    """List the published plates of this shot"""

    bl_idname = "ramses.list_versions"
    bl_label = "List Plates"
    bl_options = {"REGISTER"}
    title = "Version list"

    def prepare(self, context: Any) -> Work:
        """The scene's shot, all shots where it has none."""
        root, shot = choice(context).root, shot_of(context) or None
        return lambda listen, cancel: _rows(root, shot, listen, cancel)

    def finish(self, context: Any, result: list[tuple[str, str, str]]) -> Steps:
        """Fill the list."""
        rows = context.window_manager.ramses.versions
        rows.clear()
        for folder, label, facts in result:
            row = rows.add()
            row.folder, row.label, row.facts = folder, label, facts
            yield
        context.window_manager.ramses.version_index = 0
        return {"FINISHED"}


class RAMSES_OT_load_plate(TaskOperator, bpy.types.Operator):
    """Load a published plate and place it exactly"""

    bl_idname = "ramses.load_plate"
    bl_label = "Load Plate"
    bl_options = {"REGISTER", "UNDO"}
    title = "Loading a plate"

    folder: StringProperty(name="Version folder", description="Below the project; the list's choice by default")
    kind: EnumProperty(name="As", items=KINDS)

    def prepare(self, context: Any) -> Work:
        """Read the version in the worker."""
        session = context.window_manager.ramses
        folder = self.folder
        if not folder and session.version_index < len(session.versions):
            folder = session.versions[session.version_index].folder
        if not folder:
            raise SettingsError("no plate is chosen.", advice="List the plates and choose one.")
        root = choice(context).root
        return lambda _listen, _cancel: placing.read_version(version_of(root, folder))

    def finish(self, context: Any, result: Loaded) -> Steps:
        """Place it and say why it sits there."""
        yield
        chosen = context.scene.ramses
        scene = strips.sequencer_scene(context) if self.kind == "STRIP" else context.scene
        placement = placement_in(context, scene, result, chosen.policy)
        notes = self._load(scene, result, placement, chosen.trim)
        if chosen.markers:
            placing.cut_markers(scene, placement)
        if result.clip.missing:
            notes.append(f"Frames {result.clip.missing} were never delivered and stay empty.")
        text = " ".join(filter(None, [placement.reason, *placement.notes, *notes]))
        context.window_manager.ramses.message = text
        self.report({"WARNING" if notes or placement.notes else "INFO"}, text)
        return {"FINISHED"}

    def _load(self, scene: Any, loaded: Loaded, placement: Placement, trim: bool) -> list[str]:
        if self.kind == "STRIP":
            strip = strips.add_strip(scene, loaded, placement, trim)
            return [placing.set_colorspace(strip, loaded.colorspace)] if hasattr(strip, "colorspace_settings") else []
        if self.kind in ("PLANE", "TEXTURE"):
            image = placing.load_image(loaded, placement)
            notes = [placing.set_colorspace(image, loaded.colorspace)]
            if self.kind == "PLANE":
                placing.make_plane(scene, image, placement, placing.aspect_of(loaded, image))
            else:
                placing.make_material(image, placement).use_fake_user = True
            return list(filter(None, notes))
        placing.refuse_stills(loaded)
        clip = placing.load_clip(loaded, placement)
        notes = [placing.set_colorspace(clip, loaded.colorspace)]
        if self.kind == "BACKGROUND":
            notes.append(placing.add_background(scene, clip))
        return list(filter(None, notes))


def version_of(root: str, folder: str) -> PublishedVersion:
    """One version by its folder. Raises SettingsError where it is not there."""
    step_folder, _, name = folder.rpartition("/_published/")
    found = next((version for version in versions_in(root, step_folder) if version.name == name), None)
    if found is None:
        raise SettingsError("this version is not there.", os.path.join(root, folder), "List the plates again.")
    return found


def placement_in(context: Any, scene: Any, loaded: Loaded, policy: Any) -> Placement:
    """Where a plate sits in this scene, with all that is known of its start."""
    facts = load_facts(loaded.version.project_root)
    step = facts.step(loaded.version.step) if facts is not None else None
    setting = start_setting(choice(context))
    return placing.placed(loaded, policy, scene_rate(scene), setting, step.settings if step is not None else None)


def _rows(root: str, shot: str | None, listen: Listener, cancel: Cancel) -> list[tuple[str, str, str]]:
    """(folder, label, facts) of every version with footage, newest first."""
    rows = []
    found = sorted(list_versions(root, shot, listen=listen, cancel=cancel), key=lambda one: -one.number)
    for version in sorted(found, key=lambda one: (one.shot.upper(), one.step.upper())):
        cancel.check()
        if all(name.lower().endswith((".blend", ".nk", ".ma", ".mb", ".hip", ".comp")) for name in version.files):
            continue
        facts = None if version.problem else version.facts
        label = f"{version.shot} {version.step} {version.resource} v{version.number:03d} {version.state}".split()
        told = [str(frames_of(version)) or f"{len(version.files)} file"]
        if facts is not None:
            told += [facts.timecode or "no timecode", "" if facts.rate is None else rate_text(facts.rate)]
            told += [facts.colorspace or "", facts.comment]
        if not version.complete:
            told.append("unfinished, or from another tool")
        rows.append((version.folder, " ".join(label), ", ".join(filter(None, told))))
    return rows


_CLASSES = (RAMSES_OT_list_versions, RAMSES_OT_load_plate)


def register() -> None:
    """Add the operators."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
