# SPDX-License-Identifier: GPL-3.0-or-later
"""What the add-on keeps: facts of a plate on its datablock, the artist's choices in the scene, lists in the session."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

POLICY_ITEMS = (
    ("shot-start", "Shot start", "The cut in sits on the shot's start frame, handles before it"),
    ("source-frames", "Source frames", "Frames keep the numbers of their files"),
    ("timecode", "Timecode", "Every frame sits at its timecode, counted as frames"),
)


class RamsesPlate(bpy.types.PropertyGroup):
    """A published plate, on the movie clip, image or strip that shows it. `folder` is relative to `root`."""

    root: StringProperty(name="Project folder")
    folder: StringProperty(name="Version folder")
    shot: StringProperty(name="Shot")
    step: StringProperty(name="Step")
    resource: StringProperty(name="Resource")
    state: StringProperty(name="State")
    version: IntProperty(name="Version")
    start_timecode: StringProperty(name="Start timecode")
    rate: StringProperty(name="Rate")
    reel: StringProperty(name="Reel")
    policy: StringProperty(name="Placement")
    reason: StringProperty(name="Reason")
    missing: StringProperty(name="Missing frames")
    first_file_frame: IntProperty(name="First file frame")
    last_file_frame: IntProperty(name="Last file frame")
    timeline_first: IntProperty(name="First frame sits on")
    cut_in: IntProperty(name="Cut in")
    cut_out: IntProperty(name="Cut out")


class RamsesClipRow(bpy.types.PropertyGroup):
    """One clip of a delivery. `shot` and `resource` may be edited, then the delivery is planned again."""

    key: StringProperty()
    label: StringProperty()
    status: StringProperty()
    sequence: StringProperty()
    shot: StringProperty(name="Shot", description="Another shot than the rules say")
    resource: StringProperty(name="Resource", description="A name beside the main plate, such as REF")
    planned_shot: StringProperty()
    planned_resource: StringProperty()
    frames: StringProperty()
    timecode: StringProperty()
    rate: StringProperty()
    findings: StringProperty()
    folder: StringProperty()


class RamsesVersionRow(bpy.types.PropertyGroup):
    """One published version of the shot, newest first."""

    folder: StringProperty()
    label: StringProperty()
    facts: StringProperty()


class RamsesPlateRow(bpy.types.PropertyGroup):
    """One plate that this file shows, and how it stands."""

    kind: StringProperty()
    owner: StringProperty()
    datablock: StringProperty()
    label: StringProperty()
    standing: StringProperty()
    newest: StringProperty()


class RamsesCheckRow(bpy.types.PropertyGroup):
    """One finding of the checks before a publish; `fix` "" has no one-click fix."""

    code: StringProperty()
    message: StringProperty()
    severity: StringProperty()
    fix: StringProperty()


class RamsesScene(bpy.types.PropertyGroup):
    """What the artist chose for this scene; "" = what the path of the file says."""

    root: StringProperty(name="Project", subtype="DIR_PATH", description="The Ramses project folder")
    project: StringProperty(name="Project id")
    shot: StringProperty(name="Shot")
    step: StringProperty(name="Step")
    resource: StringProperty(name="Resource")
    policy: EnumProperty(name="Placement", items=POLICY_ITEMS)
    delivery: StringProperty(name="Delivery", subtype="DIR_PATH", description="Folder or file of the delivery")
    edl: StringProperty(name="Edit", subtype="FILE_PATH", description="EDL, OTIO, AAF, XML or ALE that names the shots")
    plate_step: StringProperty(name="Plate step", default="PLATE")
    plate_state: StringProperty(name="State of plates", default="WIP")
    state: StringProperty(name="State", default="WIP")
    comment: StringProperty(name="Comment")
    import_step: StringProperty(name="From step", description="The step whose newest published scene is imported")
    markers: BoolProperty(name="Cut markers", description="Mark cut in and cut out on the timeline")
    trim: BoolProperty(name="Trim strips to the cut", description="Handles stay in the strip, out of sight")


class RamsesSession(bpy.types.PropertyGroup):
    """Lists that panels show; never saved."""

    clips: CollectionProperty(type=RamsesClipRow)
    clip_index: IntProperty()
    versions: CollectionProperty(type=RamsesVersionRow)
    version_index: IntProperty()
    plates: CollectionProperty(type=RamsesPlateRow)
    plate_index: IntProperty()
    checks: CollectionProperty(type=RamsesCheckRow)
    message: StringProperty()


_CLASSES = (
    RamsesPlate,
    RamsesClipRow,
    RamsesVersionRow,
    RamsesPlateRow,
    RamsesCheckRow,
    RamsesScene,
    RamsesSession,
)


def strip_type() -> Any:
    """The base type of strips: called Sequence before Blender 4.4."""
    return getattr(bpy.types, "Strip", None) or bpy.types.Sequence


def _owners() -> tuple[tuple[Any, Any], ...]:
    plates = tuple((owner, RamsesPlate) for owner in (bpy.types.MovieClip, bpy.types.Image, strip_type()))
    return (*plates, (bpy.types.Scene, RamsesScene), (bpy.types.WindowManager, RamsesSession))


def register() -> None:
    """Classes first, then the pointers to them."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)
    for owner, kind in _owners():
        owner.ramses = PointerProperty(type=kind)


def unregister() -> None:
    """The mirror of register."""
    for owner, _kind in reversed(_owners()):
        del owner.ramses
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
