# SPDX-License-Identifier: GPL-3.0-or-later
"""File > Import, and files dropped into Blender."""

from __future__ import annotations

import os
from typing import Any

import bpy
from bpy.props import CollectionProperty, StringProperty

from . import live

_ENDINGS = ".exr;.dpx;.cin;.tif;.tiff;.mov;.mp4;.mxf;.edl;.otio;.aaf;.xml;.fcpxml;.ale"
_EDITS = (".edl", ".otio", ".aaf", ".xml", ".fcpxml", ".ale")


class RAMSES_OT_import_delivery(bpy.types.Operator):
    """Choose a delivery or an edit for the ingest, from the file browser or by dropping its files"""

    bl_idname = "ramses.import_delivery"
    bl_label = "Ramses Delivery"
    bl_options = {"REGISTER"}

    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE", "HIDDEN"})
    filter_folder: bpy.props.BoolProperty(default=True, options={"HIDDEN"})
    files: CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE", "HIDDEN"})

    def invoke(self, context: Any, _event: Any) -> Any:
        """Dropped files name their folder; otherwise the file browser asks for one."""
        if self.directory:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> Any:
        """An edit is noted, anything else is the delivery: the folder, because its clips belong together."""
        chosen = context.scene.ramses
        names = [file.name for file in self.files if file.name]
        edits = [name for name in names if name.lower().endswith(_EDITS)]
        if edits:
            chosen.edl = os.path.join(self.directory, edits[0])
        if len(edits) == len(names) and names:
            self.report({"INFO"}, f"Edit: {edits[0]}")
            return {"FINISHED"}
        try:
            return live.ops.ramses.ingest_plan("INVOKE_DEFAULT", filepath=self.directory)
        except RuntimeError as problem:  # how Blender hands on what the plan reported
            self.report({"ERROR"}, str(problem).removeprefix("Error: ").strip())
            return {"CANCELLED"}


class RAMSES_FH_delivery(bpy.types.FileHandler):
    """Plates and edits dropped into the 3D view, the clip editor or the sequencer"""

    bl_idname = "RAMSES_FH_delivery"
    bl_label = "Ramses Delivery"
    bl_import_operator = "ramses.import_delivery"
    bl_file_extensions = _ENDINGS

    @classmethod
    def poll_drop(cls, context: Any) -> bool:
        """Where the panels are."""
        return context.area is not None and context.area.type in ("VIEW_3D", "CLIP_EDITOR", "SEQUENCE_EDITOR")


def _menu(self: Any, _context: Any) -> None:
    self.layout.operator(RAMSES_OT_import_delivery.bl_idname, text="Ramses Delivery (plates, edits)")


def register() -> None:
    """Add operator, handler and menu entry."""
    bpy.utils.register_class(RAMSES_OT_import_delivery)
    bpy.utils.register_class(RAMSES_FH_delivery)
    bpy.types.TOPBAR_MT_file_import.append(_menu)


def unregister() -> None:
    """Take them back."""
    bpy.types.TOPBAR_MT_file_import.remove(_menu)
    bpy.utils.unregister_class(RAMSES_FH_delivery)
    bpy.utils.unregister_class(RAMSES_OT_import_delivery)
