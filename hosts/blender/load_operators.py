# SPDX-License-Identifier: GPL-3.0-or-later
"""Load plate: which versions there are, and putting one into the scene."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ...core.errors import SettingsError
from ...core.events import Cancel, Listener
from ...core.placement import Placement
from ...core.redelivery import frames_of
from ...core.sidecar import SidecarFacts
from ...core.timecode import rate_text
from ...core.versions import PublishedVersion, list_versions, versions_in
from . import placing, strips
from .background import Steps, Work, counted
from .placing import Loaded
from .session import choice, scene_rate, shot_of, start_setting
from .tasks import TaskOperator, say
from .thumbnails import picture_of

_SCENES = (".blend", ".nk", ".ma", ".mb", ".hip", ".comp")
# These show a picture as it is, under the names of Blender's own and of ACES configurations.
_PLAIN_VIEWS = ("Standard", "Raw", "None", "Un-tone-mapped")

KINDS = (
    ("CLIP", "Movie Clip", "For tracking, in the clip editor"),
    ("BACKGROUND", "Camera Background", "A movie clip behind the scene's camera"),
    ("PLANE", "Image Plane", "A plane that fills the camera's frame"),
    ("TEXTURE", "Texture", "An image for materials"),
    ("STRIP", "Sequencer Strip", "In the sequencer, frame for frame"),
)


@dataclass(frozen=True)
class _Row:
    """One line of the list; `picture` is (path, time), both "" where there is none."""

    folder: str
    label: str
    facts: str
    picture: tuple[str, str]


class RAMSES_OT_list_versions(TaskOperator, bpy.types.Operator):
    """List the published plates of this shot"""

    bl_idname = "ramses.list_versions"
    bl_label = "List Plates"
    bl_options = {"REGISTER"}
    panel = "load"
    title = "Version list"

    def prepare(self, context: Any) -> Work:
        """The scene's shot, all shots where it has none."""
        root, shot = choice(context).root, shot_of(context) or None
        return lambda listen, cancel: _rows(root, shot, listen, cancel)

    def finish(self, context: Any, result: list[_Row]) -> Steps:
        """Fill the list."""
        rows = context.window_manager.ramses.versions
        rows.clear()
        for found in result:
            row = rows.add()
            row.name = found.label
            row.folder, row.label, row.facts = found.folder, found.label, found.facts
            row.picture, row.stamp = found.picture
            yield
        context.window_manager.ramses.version_index = 0
        shot = shot_of(context)
        if result:
            return say(self, f"{counted(len(result), 'version')}{f' of {shot}' if shot else ''}.")
        where = f"Nothing is published for {shot} yet" if shot else "Nothing is published in this project yet"
        return say(self, f"{where}: ingest a delivery first.", warn=True)


class RAMSES_OT_load_plate(TaskOperator, bpy.types.Operator):
    """Load a published plate and place it exactly"""

    bl_idname = "ramses.load_plate"
    bl_label = "Load Plate"
    bl_options = {"REGISTER", "UNDO"}
    panel = "load"
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
        shown, notes = self._load(scene, result, placement, chosen.trim)
        if chosen.markers:
            placing.mark_cut(scene, shown.ramses)
        if result.clip.missing:
            notes.append(f"Frames {result.clip.missing} were never delivered and stay empty.")
        look = colour_note(scene)
        told = filter(None, [placement.reason, *placement.notes, *notes, look])
        return say(self, " ".join(told), warn=bool(notes or placement.notes))

    def _load(self, scene: Any, loaded: Loaded, placement: Placement, trim: bool) -> tuple[Any, list[str]]:
        """(the datablock or strip that shows the plate, sentences about what the artist should know)."""
        notes: list[str] = []
        shown: Any
        if self.kind == "STRIP":
            shown = strips.add_strip(scene, loaded, placement, trim)
            if scene.ramses.sound:
                notes.append(strips.add_sound(scene, loaded, placement, shown))
        elif self.kind in ("PLANE", "TEXTURE"):
            shown = placing.load_image(loaded, placement)
        else:
            placing.refuse_stills(loaded)
            shown = placing.load_clip(loaded, placement)
        if hasattr(shown, "colorspace_settings"):
            notes.append(placing.set_colorspace(shown, loaded.colorspace))
        if self.kind == "PLANE":
            placing.make_plane(scene, shown, placement, placing.aspect_of(loaded, shown))
        elif self.kind == "TEXTURE":
            placing.make_material(shown, placement).use_fake_user = True
        elif self.kind == "BACKGROUND":
            notes.append(placing.add_background(scene, shown))
        return shown, list(filter(None, notes))


def version_of(root: str, folder: str) -> PublishedVersion:
    """One version by its folder. Raises SettingsError where it is not there."""
    step_folder, _, name = folder.rpartition("/_published/")
    found = next((version for version in versions_in(root, step_folder) if version.name == name), None)
    if found is None:
        raise SettingsError("this version is not there.", os.path.join(root, folder), "List the plates again.")
    return found


def placement_in(context: Any, scene: Any, loaded: Loaded, policy: Any) -> Placement:
    """Where a plate sits in this scene, with all that is known of its start."""
    return placing.placed(loaded, policy, scene_rate(scene), start_setting(context))


def colour_note(scene: Any) -> str:
    """A sentence where this scene shows pictures through a look of its own; "" where a plate looks as delivered."""
    view = scene.view_settings.view_transform
    if view in _PLAIN_VIEWS:
        return ""
    return f"The scene's view transform is {view}: the plate looks different here from its review."


def _rows(root: str, shot: str | None, listen: Listener, cancel: Cancel) -> list[_Row]:
    """Every version with footage, newest first."""
    rows = []
    found = sorted(list_versions(root, shot, listen=listen, cancel=cancel), key=lambda one: -one.number)
    pictured: set[tuple[str, str, str]] = set()
    for version in sorted(found, key=lambda one: (one.shot.upper(), one.step.upper())):
        cancel.check()
        if all(name.lower().endswith(_SCENES) for name in version.files):
            continue
        plate = (version.shot, version.step, version.resource)
        picture = picture_of(version, plate not in pictured)
        pictured.add(plate)
        label = f"{version.shot} {version.step} {version.resource} v{version.number:03d} {version.state}".split()
        rows.append(_Row(version.folder, " ".join(label), _told(version), picture))
    return rows


def _told(version: PublishedVersion) -> str:
    """What is known of a version, one fact per line."""
    facts = None if version.problem else version.facts
    told = [f"Frames {frames_of(version)}" if frames_of(version) else f"{len(version.files)} file"]
    if facts is not None:
        told.append(", ".join(filter(None, [facts.timecode or "no timecode", rate_of_facts(facts)])))
        told += [facts.colorspace or "", _origin(facts)]
    if not version.complete:
        told.append("Unfinished, or from another tool")
    return "\n".join(filter(None, told))


def _origin(facts: SidecarFacts) -> str:
    """An artist's comment; of an ingested plate the end of its source's path, which is what tells deliveries apart."""
    if not facts.comment.startswith("Ingested from ") or not facts.source:
        return facts.comment
    return f"From {'/'.join(facts.source.rstrip('/').split('/')[-2:])}"


def rate_of_facts(facts: SidecarFacts) -> str:
    """The rate in words, "" where nobody knows it."""
    return "" if facts.rate is None else f"{rate_text(facts.rate)} frames/s"


_CLASSES = (RAMSES_OT_list_versions, RAMSES_OT_load_plate)


def register() -> None:
    """Add the operators."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
