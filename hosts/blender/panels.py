# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab Ramses in the sidebars of the 3D view, the clip editor and the sequencer."""

from __future__ import annotations

from typing import Any

import bpy

from .panel_parts import ICONS, fields, outcome, progress, short_folder, split, text
from .placing import timecode_at
from .plates import plates
from .tasks import running
from .thumbnails import icon
from .watch import seen

_AREAS = (("VIEW_3D", "VIEW3D"), ("CLIP_EDITOR", "CLIP"), ("SEQUENCE_EDITOR", "SEQUENCER"))
_KINDS = {
    "CLIP": ("Movie Clip", "TRACKER"),
    "BACKGROUND": ("Camera Background", "CAMERA_DATA"),
    "PLANE": ("Image Plane", "IMAGE_PLANE"),
    "TEXTURE": ("Texture", "TEXTURE"),
    "STRIP": ("Strip", "SEQ_SEQUENCER"),
}
# What a finding's button does: (operator, its text); saving and updating have buttons of their own elsewhere, too.
_CURES = {
    "save": ("ramses.save", "Save"),
    "update": ("ramses.update_plates", "Update Plates"),
    "copy": ("ramses.bring_in", "Copy Into Project"),
    "find": ("ramses.find_missing", "Find in Project"),
    "setup": ("ramses.setup_scene", "Set Up Scene"),
    "absolute": ("file.make_paths_absolute", "Make Absolute"),
}


class _Panel:
    bl_region_type = "UI"
    bl_category = "Ramses"


class _Shot(_Panel):
    bl_label = "Shot"

    def draw(self: Any, context: Any) -> None:
        """Which shot this is, how Ramses stands, and what works now."""
        layout, chosen, found = self.layout, context.scene.ramses, seen(context)
        box = layout.box()
        text(box, context, found.label, "SEQUENCE" if found.scene else "QUESTION")
        row = box.row(align=True)
        row.label(text=found.ramses, icon="LINKED" if found.ready else "UNLINKED")
        row.operator("ramses.ask_ramses", text="", icon="FILE_REFRESH")
        if found.waiting:
            row = box.row(align=True)
            row.label(text=f"Outbox: {len(found.waiting)}", icon="TIME")
            row.operator("ramses.sync", text="Deliver")
            text(box, context, found.waiting[0], lines=3)
        column = split(layout)
        row = column.row(align=True)
        row.prop(chosen, "root")
        row.menu("RAMSES_MT_projects", text="", icon="DOWNARROW_HLT")
        for name in ("sequence", "shot", "step", "resource"):
            column.prop(chosen, name)
        row = layout.row(align=True)
        row.operator("ramses.open_work", text="Open", icon="FILE_FOLDER")
        row.operator("ramses.setup_scene", icon="SCENE_DATA")
        progress(layout, "shot")
        outcome(layout, context, "shot")


class _Ingest(_Panel):
    bl_label = "Ingest"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self: Any, context: Any) -> None:
        """Delivery, plan, publish."""
        layout, chosen, session = self.layout, context.scene.ramses, context.window_manager.ramses
        fields(layout, chosen, "delivery", "edl", "plate_step", "plate_state")
        layout.operator("ramses.ingest_plan", icon="VIEWZOOM")
        if session.clips:
            layout.template_list("RAMSES_UL_clips", "", session, "clips", session, "clip_index", rows=5)
            _clip(layout.box(), context, session.clips[min(session.clip_index, len(session.clips) - 1)])
        else:
            text(layout, context, "Choose a delivery, or drop its files here. Looking writes nothing.", "INFO")
        layout.operator("ramses.ingest_publish", icon="EXPORT")
        progress(layout, "ingest")
        outcome(layout, context, "ingest")
        _results(layout, session, "ingest")


def _clip(box: Any, context: Any, row: Any) -> None:
    """The chosen clip: what may be edited, what it is, what is wrong with it."""
    text(box, context, row.label, ICONS.get(row.status, "DOT"), lines=2)
    fields(box, row, "shot", "resource", "rate", "colorspace")
    frames = f"Frames {row.frames}" if row.frames else ""
    lines = (frames, row.timecode and f"Timecode {row.timecode}", row.folder and f"To {short_folder(row.folder)}")
    for line in filter(None, lines):
        text(box, context, line, lines=3)
    for line in row.findings.splitlines():
        severity, _, words = line.partition(": ")
        text(box, context, words, ICONS.get(severity, "DOT"))


class _Load(_Panel):
    bl_label = "Load Plate"

    def draw(self: Any, context: Any) -> None:
        """Versions, how to place, as what."""
        layout, chosen, session = self.layout, context.scene.ramses, context.window_manager.ramses
        layout.operator("ramses.list_versions", icon="FILE_REFRESH")
        if session.versions:
            layout.template_list("RAMSES_UL_versions", "", session, "versions", session, "version_index", rows=4)
            row = session.versions[min(session.version_index, len(session.versions) - 1)]
            picture = icon(row.picture, row.stamp)
            if picture:
                layout.template_icon(picture, scale=5.0)
            for line in row.facts.splitlines():
                text(layout, context, line, lines=2)
        else:
            text(layout, context, "List the plates of this shot, then choose how to load one.", "INFO")
        fields(layout, chosen, "policy")
        column = layout.column(align=True)
        for name in ("markers", "trim", "sound"):
            column.prop(chosen, name)
        column = layout.column(align=True)
        column.enabled = bool(session.versions)
        for pair in (("BACKGROUND",), ("CLIP", "PLANE"), ("TEXTURE", "STRIP")):
            row = column.row(align=True)
            for kind in pair:
                row.operator("ramses.load_plate", text=_KINDS[kind][0], icon=_KINDS[kind][1]).kind = kind
        view = split(layout)
        view.prop(context.scene.view_settings, "view_transform", text="View")
        progress(layout, "load")
        outcome(layout, context, "load")


class _Versions(_Panel):
    bl_label = "Plates in This File"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self: Any, context: Any) -> None:
        """How they stand, and their timecode at this frame."""
        layout, session = self.layout, context.window_manager.ramses
        layout.operator("ramses.check_versions", icon="FILE_REFRESH")
        if session.plates:
            layout.template_list("RAMSES_UL_plates", "", session, "plates", session, "plate_index", rows=3)
            row = layout.row(align=True)
            row.operator("ramses.update_plates", text="Update All", icon="FILE_REFRESH").every = True
            row.operator("ramses.mark_cut", icon="MARKER_HLT")
        here = list(plates())
        if not here:
            text(layout, context, "This file shows no plate yet: load one above.", "INFO")
        for plate in here:
            facts = plate.facts
            box = layout.box()
            box.label(text=f"{plate.name}  v{facts.version:03d}", icon="FILE_MOVIE")
            timecode = timecode_at(facts, context.scene.frame_current)
            box.label(text=f"{timecode or 'no timecode'}   {facts.rate} {facts.reel}".rstrip(), icon="TIME")
            text(box, context, facts.reason)
        progress(layout, "plates")
        outcome(layout, context, "plates")


class _Publish(_Panel):
    bl_label = "Publish"

    def draw(self: Any, context: Any) -> None:
        """Save, check, publish."""
        layout, chosen, session = self.layout, context.scene.ramses, context.window_manager.ramses
        row = layout.row(align=True)
        row.operator("ramses.save", icon="FILE_TICK")
        row.operator("ramses.save_version", text="New Version", icon="DUPLICATE")
        fields(layout, chosen, "state", "comment")
        layout.operator("ramses.check_scene", icon="VIEWZOOM")
        _checks(layout, context, session)
        column = layout.column(align=True)
        column.operator("ramses.publish", icon="EXPORT")
        column.operator("ramses.publish_render", icon="RENDER_ANIMATION")
        column.operator("ramses.preview", icon="RENDER_STILL")
        progress(layout, "publish")
        outcome(layout, context, "publish")
        _results(layout, session, "publish")
        column = split(layout)
        column.prop(chosen, "restore", text="Restore")
        layout.operator("ramses.restore_version", icon="LOOP_BACK")


def _checks(layout: Any, context: Any, session: Any) -> None:
    """The findings, those of one cure together above its button."""
    cures = list(dict.fromkeys(check.fix for check in session.checks))
    for cure in cures:
        box = layout.box()
        for check in session.checks:
            if check.fix == cure:
                text(box, context, check.message, ICONS.get(check.severity, "DOT"), lines=4)
        if cure in _CURES:
            operator, label = _CURES[cure]
            box.operator(operator, text=label)
    if session.checked and not session.checks:
        layout.label(text="Nothing to complain about", icon="CHECKMARK")


class _Import(_Panel):
    bl_label = "Import Published"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self: Any, context: Any) -> None:
        """Other steps' scenes, and the step's template."""
        layout, chosen = self.layout, context.scene.ramses
        fields(layout, chosen, "import_step")
        row = layout.row(align=True)
        row.enabled = bool(chosen.import_step)
        for how, sign in (("LINK", "LINKED"), ("APPEND", "APPEND_BLEND")):
            button = row.operator("ramses.import_published", text=how.capitalize(), icon=sign)
            button.step, button.how = chosen.import_step, how
        layout.separator()
        fields(layout, chosen, "template")
        layout.operator("ramses.open_template", icon="FILE_BLEND")
        progress(layout, "import")
        outcome(layout, context, "import")


def _results(layout: Any, session: Any, panel: str) -> None:
    """Buttons that open what the last run wrote."""
    if running() is not None or session.written_by != panel:
        return
    row = layout.row(align=True)
    if session.report:
        row.operator("ramses.open_path", text="Report", icon="FILE_TEXT").path = session.report
    if session.written:
        row.operator("ramses.open_path", text="Folder", icon="FILE_FOLDER").path = session.written


def _panels() -> tuple[Any, ...]:
    """Every panel once for every area: Blender binds a panel class to one."""
    made = []
    for area, short in _AREAS:
        for order, base in enumerate((_Shot, _Ingest, _Load, _Versions, _Publish, _Import)):
            name = f"RAMSES_PT_{short.lower()}_{base.__name__.strip('_').lower()}"
            facts = {"bl_space_type": area, "bl_idname": name, "bl_order": order, "__doc__": base.__doc__}
            made.append(type(name, (base, bpy.types.Panel), facts))
    return tuple(made)


_CLASSES = _panels()


def register() -> None:
    """Add the panels."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
