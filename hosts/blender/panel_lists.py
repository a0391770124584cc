# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists in the panels: clips of a delivery, published versions, plates of this file."""

from __future__ import annotations

from typing import Any

import bpy

from . import thumbnails
from .panel_parts import ICONS


class RAMSES_UL_clips(bpy.types.UIList):
    """Clips of a delivery."""

    def draw_item(
        self,
        context: Any,
        layout: Any,
        data: Any,
        item: Any,
        icon: Any,
        active_data: Any,
        active_property: Any,
        index: Any = 0,
        flt_flag: Any = 0,
    ) -> None:
        """Whether it is published, how it stands, what it is called, the shot it goes to."""
        row = layout.row(align=True)
        row.prop(item, "use", text="")
        row.label(text="", icon=ICONS.get(item.status, "DOT"))
        parts = row.split(factor=0.68, align=True)
        parts.label(text=item.name)
        parts.label(text=f"{item.shot} {item.resource}".rstrip() or "no shot")
        row.active = item.use


class RAMSES_UL_versions(bpy.types.UIList):
    """Published versions."""

    def draw_item(
        self,
        context: Any,
        layout: Any,
        data: Any,
        item: Any,
        icon: Any,
        active_data: Any,
        active_property: Any,
        index: Any = 0,
        flt_flag: Any = 0,
    ) -> None:
        """Picture and name."""
        picture = thumbnails.icon(item.picture, item.stamp)
        if picture:
            layout.label(text=item.label, icon_value=picture)
        else:
            layout.label(text=item.label, icon="FILE_MOVIE")


class RAMSES_UL_plates(bpy.types.UIList):
    """Plates of this file."""

    def draw_item(
        self,
        context: Any,
        layout: Any,
        data: Any,
        item: Any,
        icon: Any,
        active_data: Any,
        active_property: Any,
        index: Any = 0,
        flt_flag: Any = 0,
    ) -> None:
        """How it stands; a button where it is outdated."""
        row = layout.row(align=True)
        row.label(text=item.label, icon=ICONS.get(item.standing, "DOT"))
        side = row.row(align=True)
        side.alignment = "RIGHT"
        side.label(text=item.standing)
        if item.standing == "outdated":
            button = side.operator("ramses.update_plates", text="", icon="FILE_REFRESH")
            button.every = False
            button.kind, button.owner, button.datablock = item.kind, item.owner, item.datablock


_CLASSES = (RAMSES_UL_clips, RAMSES_UL_versions, RAMSES_UL_plates)


def register() -> None:
    """Add the lists."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
