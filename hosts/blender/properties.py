# SPDX-License-Identifier: GPL-3.0-or-later
"""What the add-on keeps: facts of a plate on its datablock, the artist's choices in the scene, lists in the session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

from .known import matching
from .watch import known_now

POLICY_ITEMS = (
    ("shot-start", "Shot start", "The cut in sits on the shot's start frame, handles before it"),
    ("source-frames", "Source frames", "Frames keep the numbers of their files"),
    ("timecode", "Timecode", "Every frame sits at its timecode, counted as frames"),
)

_FREE = {"SUGGESTION"}  # what is offered may be chosen, anything else may be typed
_RATES = ("23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60")

Search = Callable[[Any, Any, str], Iterable[Any]]


def _offers(name: str) -> Search:
    """What a picker offers: the names that are known, with a word about each."""

    def search(_owner: Any, context: Any, typed: str) -> Iterable[Any]:
        return matching(getattr(known_now(context), name), typed)

    return search


def _shots(owner: Any, context: Any, typed: str) -> Iterable[Any]:
    """The shots of the chosen sequence, all where none is chosen or it has none."""
    offers = known_now(context).shots
    folded = owner.sequence.casefold()
    own = [offer for offer in offers if offer[1].casefold() == folded]
    return matching(own if folded and own else offers, typed)


def _rates(_owner: Any, _context: Any, typed: str) -> Iterable[Any]:
    return [name for name, _about in matching([(rate, "") for rate in _RATES], typed)]


def _spaces(_owner: Any, context: Any, typed: str) -> Iterable[Any]:
    """The colour spaces of this Blender's configuration."""
    settings = context.scene.sequencer_colorspace_settings
    names = [item.identifier for item in settings.bl_rna.properties["name"].enum_items]
    return [name for name, _about in matching([(name, "") for name in names], typed)]


def _edited(row: Any, _context: Any) -> None:
    """Remember that somebody touched it: of thousands of rows only these are read again."""
    row.edited = True


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
    """One clip of a delivery. What may be edited has a `planned_` twin: what the rules and headers say."""

    key: StringProperty()
    label: StringProperty()
    status: StringProperty()
    sequence: StringProperty()
    use: BoolProperty(
        name="Publish", default=True, description="Leave this clip out by taking the tick away", update=_edited
    )
    edited: BoolProperty()
    shot: StringProperty(
        name="Shot",
        description="Another shot than the rules say",
        search=_offers("shots"),
        search_options=_FREE,
        update=_edited,
    )
    resource: StringProperty(name="Resource", description="A name beside the main plate, such as REF", update=_edited)
    rate: StringProperty(
        name="Rate",
        description="Frames a second, such as 23.976 or 25",
        search=_rates,
        search_options=_FREE,
        update=_edited,
    )
    colorspace: StringProperty(
        name="Colour", description="Colour space of the files", search=_spaces, search_options=_FREE, update=_edited
    )
    planned_shot: StringProperty()
    planned_resource: StringProperty()
    planned_rate: StringProperty()
    planned_colorspace: StringProperty()
    frames: StringProperty()
    timecode: StringProperty()
    findings: StringProperty()
    folder: StringProperty()


class RamsesVersionRow(bpy.types.PropertyGroup):
    """One published version of the shot, newest first."""

    folder: StringProperty()
    label: StringProperty()
    facts: StringProperty()
    picture: StringProperty()
    stamp: StringProperty()


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
    project: StringProperty(name="Project id", description="The project's short name, where its folder does not say it")
    sequence: StringProperty(
        name="Sequence",
        description="Only its shots are offered below",
        search=_offers("sequences"),
        search_options=_FREE,
    )
    shot: StringProperty(
        name="Shot", description="The shot that this scene is for", search=_shots, search_options=_FREE
    )
    step: StringProperty(
        name="Step", description="The step that this scene is for", search=_offers("steps"), search_options=_FREE
    )
    resource: StringProperty(name="Resource", description="A second scene of the same step; empty = the main one")
    policy: EnumProperty(name="Placement", items=POLICY_ITEMS)
    delivery: StringProperty(name="Delivery", subtype="DIR_PATH", description="Folder or file of the delivery")
    edl: StringProperty(name="Edit", subtype="FILE_PATH", description="EDL, OTIO, AAF, XML or ALE that names the shots")
    plate_step: StringProperty(
        name="Step", default="PLATE", description="Plates go into this step", search=_offers("steps"),
        search_options=_FREE,
    )  # fmt: skip
    plate_state: StringProperty(
        name="State", default="WIP", description="State of the plates", search=_offers("states"), search_options=_FREE
    )
    state: StringProperty(
        name="State", default="WIP", description="State of the version", search=_offers("states"), search_options=_FREE
    )
    comment: StringProperty(name="Comment", description="Kept with the version and told to Ramses")
    import_step: StringProperty(
        name="From step",
        description="The step whose newest published scene is imported",
        search=_offers("scenes"),
        search_options=_FREE,
    )
    restore: StringProperty(
        name="Saved version",
        description="Empty = the newest one",
        search=_offers("saved"),
        search_options=_FREE,
    )
    template: StringProperty(
        name="Template", description="Empty = the first one", search=_offers("templates"), search_options=_FREE
    )
    markers: BoolProperty(name="Cut markers", description="Mark cut in and cut out on the timeline")
    trim: BoolProperty(name="Trim to the cut", description="Of strips: handles stay in the strip, out of sight")
    sound: BoolProperty(name="Sound", default=True, description="Add a movie's sound beside its strip")


class RamsesSession(bpy.types.PropertyGroup):
    """Lists that panels show; never saved."""

    clips: CollectionProperty(type=RamsesClipRow)
    clip_index: IntProperty()
    versions: CollectionProperty(type=RamsesVersionRow)
    version_index: IntProperty()
    plates: CollectionProperty(type=RamsesPlateRow)
    plate_index: IntProperty()
    checks: CollectionProperty(type=RamsesCheckRow)
    checked: StringProperty()
    message: StringProperty()
    grave: BoolProperty()
    place: StringProperty()
    report: StringProperty()
    written: StringProperty()
    written_by: StringProperty()


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
    return getattr(bpy.types, "Strip", None) or getattr(bpy.types, "Sequence")  # noqa: B009  no Blender has both names


def _owners() -> tuple[tuple[Any, Any], ...]:
    plates = tuple((owner, RamsesPlate) for owner in (bpy.types.MovieClip, bpy.types.Image, strip_type()))
    return (*plates, (bpy.types.Scene, RamsesScene), (bpy.types.WindowManager, RamsesSession))


def register() -> None:
    """Classes first, then the pointers to them."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)
    pointer: Any = PointerProperty
    for owner, kind in _owners():
        owner.ramses = pointer(type=kind)


def unregister() -> None:
    """The mirror of register."""
    for owner, _kind in reversed(_owners()):
        del owner.ramses
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
