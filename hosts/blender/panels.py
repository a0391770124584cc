# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab Ramses in the sidebars of the 3D view, the clip editor and the sequencer."""

from __future__ import annotations

import textwrap
from typing import Any

import bpy

from .load_operators import KINDS
from .placing import timecode_at
from .plates import plates
from .session import label_of
from .tasks import running

_AREAS = (("VIEW_3D", "VIEW3D"), ("CLIP_EDITOR", "CLIP"), ("SEQUENCE_EDITOR", "SEQUENCER"))
_ICONS = {
    "planned": "FILE_TICK",
    "published": "CHECKMARK",
    "duplicate": "DUPLICATE",
    "refused": "ERROR",
    "failed": "CANCEL",
    "newest": "CHECKMARK",
    "outdated": "FILE_REFRESH",
    "missing": "ERROR",
    "error": "CANCEL",
    "warning": "ERROR",
    "info": "INFO",
}


class RAMSES_UL_clips(bpy.types.UIList):
    """Clips of a delivery."""

    def draw_item(
        self, _context: Any, layout: Any, _data: Any, item: Any, _icon: Any, _active: Any, _name: Any, _at: Any
    ) -> None:
        """Status, what it becomes, what it is."""
        row = layout.row(align=True)
        row.label(text=item.label, icon=_ICONS.get(item.status, "DOT"))
        row.prop(item, "shot", text="", emboss=True)
        row.prop(item, "resource", text="", emboss=True)


class RAMSES_UL_versions(bpy.types.UIList):
    """Published versions."""

    def draw_item(
        self, _context: Any, layout: Any, _data: Any, item: Any, _icon: Any, _active: Any, _name: Any, _at: Any
    ) -> None:
        """Name and facts."""
        layout.label(text=item.label, icon="FILE_MOVIE")


class RAMSES_UL_plates(bpy.types.UIList):
    """Plates of this file."""

    def draw_item(
        self, _context: Any, layout: Any, _data: Any, item: Any, _icon: Any, _active: Any, _name: Any, _at: Any
    ) -> None:
        """How it stands; a button where it is outdated."""
        row = layout.row(align=True)
        row.label(text=f"{item.label}: {item.standing}", icon=_ICONS.get(item.standing, "DOT"))
        if item.standing == "outdated":
            button = row.operator("ramses.update_plates", text="", icon="FILE_REFRESH")
            button.every = False
            button.kind, button.owner, button.datablock = item.kind, item.owner, item.datablock


class _Panel:
    bl_region_type = "UI"
    bl_category = "Ramses"


class _Shot(_Panel):
    bl_label = "Shot"

    def draw(self: Any, context: Any) -> None:
        """Which shot this is, and what works now."""
        layout, chosen = self.layout, context.scene.ramses
        _progress(layout)
        said, known = label_of(context)
        _text(layout, context, said, "SEQUENCE" if known else "ERROR")
        column = layout.column(align=True)
        for name in ("root", "project", "shot", "step", "resource"):
            column.prop(chosen, name)
        layout.operator("ramses.setup_scene", icon="SCENE_DATA")
        row = layout.row(align=True)
        row.operator("ramses.sync", icon="EXPORT")
        _text(layout, context, context.window_manager.ramses.message, "INFO")


class _Ingest(_Panel):
    bl_label = "Ingest"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self: Any, context: Any) -> None:
        """Delivery, plan, publish."""
        layout, chosen, session = self.layout, context.scene.ramses, context.window_manager.ramses
        column = layout.column(align=True)
        for name in ("delivery", "edl", "plate_step", "plate_state"):
            column.prop(chosen, name)
        layout.operator("ramses.ingest_plan", icon="VIEWZOOM")
        if session.clips:
            layout.template_list("RAMSES_UL_clips", "", session, "clips", session, "clip_index", rows=5)
            row = session.clips[min(session.clip_index, len(session.clips) - 1)]
            box = layout.box()
            facts = (row.status, row.sequence, row.shot, row.resource, row.frames, row.timecode, row.rate, row.folder)
            _text(box, context, ", ".join(filter(None, facts)), "NONE")
            for line in row.findings.splitlines():
                _text(box, context, line, _ICONS.get(line.partition(":")[0], "DOT"))
        layout.operator("ramses.ingest_publish", icon="EXPORT")


class _Load(_Panel):
    bl_label = "Load Plate"

    def draw(self: Any, context: Any) -> None:
        """Versions, how to place, as what."""
        layout, chosen, session = self.layout, context.scene.ramses, context.window_manager.ramses
        layout.operator("ramses.list_versions", icon="FILE_REFRESH")
        if session.versions:
            layout.template_list("RAMSES_UL_versions", "", session, "versions", session, "version_index", rows=4)
            row = session.versions[min(session.version_index, len(session.versions) - 1)]
            _text(layout, context, row.facts, "NONE")
        layout.prop(chosen, "policy")
        row = layout.row()
        row.prop(chosen, "markers")
        row.prop(chosen, "trim")
        column = layout.column(align=True)
        column.enabled = bool(session.versions)
        for kind, label, _about in KINDS:
            column.operator("ramses.load_plate", text=label).kind = kind


class _Versions(_Panel):
    bl_label = "Plates in This File"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self: Any, context: Any) -> None:
        """How they stand, and their timecode at this frame."""
        layout, session = self.layout, context.window_manager.ramses
        layout.operator("ramses.check_versions", icon="FILE_REFRESH")
        if session.plates:
            layout.template_list("RAMSES_UL_plates", "", session, "plates", session, "plate_index", rows=3)
            layout.operator("ramses.update_plates", text="Update All").every = True
        for plate in plates():
            timecode = timecode_at(plate.facts, context.scene.frame_current)
            box = layout.box()
            box.label(text=f"{plate.name}  {timecode or 'no timecode'}  {plate.facts.rate}", icon="TIME")
            _text(box, context, plate.facts.reason, "NONE")


class _Publish(_Panel):
    bl_label = "Publish"

    def draw(self: Any, context: Any) -> None:
        """Save, check, publish."""
        layout, chosen, session = self.layout, context.scene.ramses, context.window_manager.ramses
        row = layout.row(align=True)
        row.operator("ramses.save", icon="FILE_TICK")
        row.operator("ramses.save_version", icon="DUPLICATE")
        column = layout.column(align=True)
        column.prop(chosen, "state")
        column.prop(chosen, "comment")
        layout.operator("ramses.check_scene", icon="VIEWZOOM")
        for check in session.checks:
            box = layout.box()
            _text(box, context, check.message, _ICONS.get(check.severity, "DOT"))
            if check.fix == "save":
                box.operator("ramses.save")
            elif check.fix:
                box.operator("ramses.fix", text="Fix").fix = check.fix
        layout.operator("ramses.publish", icon="EXPORT")
        layout.operator("ramses.publish_render", icon="RENDER_ANIMATION")
        layout.operator("ramses.preview", icon="RENDER_STILL")
        layout.operator("ramses.restore_version", icon="LOOP_BACK")


class _Import(_Panel):
    bl_label = "Import Published"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self: Any, context: Any) -> None:
        """Other steps' scenes, and the step's template."""
        layout, chosen = self.layout, context.scene.ramses
        layout.prop(chosen, "import_step")
        row = layout.row(align=True)
        row.enabled = bool(chosen.import_step)
        for how in ("LINK", "APPEND"):
            button = row.operator("ramses.import_published", text=how.capitalize())
            button.step, button.how = chosen.import_step, how
        layout.operator("ramses.open_template", icon="FILE_BLEND")


def _progress(layout: Any) -> None:
    task = running()
    if task is None:
        return
    if "progress" in bpy.types.UILayout.bl_rna.functions:
        layout.progress(factor=task.fraction, text=task.text)
    else:
        layout.label(text=f"{task.fraction:.0%} {task.text}")
    layout.label(text="ESC cancels")


def _text(layout: Any, context: Any, text: str, icon: str) -> None:
    """A text over as many lines as the sidebar's width asks for."""
    width = max(20, int(context.region.width / (7 * context.preferences.system.ui_scale))) if context.region else 40
    for at, line in enumerate(textwrap.wrap(text, width)):
        layout.label(text=line, icon=icon if at == 0 and icon != "NONE" else "BLANK1" if icon != "NONE" else "NONE")


def _panels() -> tuple[Any, ...]:
    """Every panel once for every area: Blender binds a panel class to one."""
    made = []
    for area, short in _AREAS:
        for order, base in enumerate((_Shot, _Ingest, _Load, _Versions, _Publish, _Import)):
            name = f"RAMSES_PT_{short.lower()}_{base.__name__.strip('_').lower()}"
            facts = {"bl_space_type": area, "bl_idname": name, "bl_order": order, "__doc__": base.__doc__}
            made.append(type(name, (base, bpy.types.Panel), facts))
    return tuple(made)


_CLASSES = (RAMSES_UL_clips, RAMSES_UL_versions, RAMSES_UL_plates, *_panels())


def register() -> None:
    """Add lists and panels."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
