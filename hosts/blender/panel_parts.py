# SPDX-License-Identifier: GPL-3.0-or-later
"""What all panels share: icons, texts over several lines, progress, and what the last action said."""

from __future__ import annotations

import textwrap
from typing import Any

import bpy

from .tasks import running

ICONS = {
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
# Width of a letter and of an icon with its margins, in pixels of an interface that is not scaled.
_LETTER, _MARGIN = 6.6, 52


def text(layout: Any, context: Any, words: str, icon: str = "NONE", lines: int = 8) -> None:
    """A text over as many lines as the sidebar's width asks for, at most so many."""
    region, scale = context.region, context.preferences.system.ui_scale
    room = region.width / scale if region is not None else 300
    width = max(20, int((room - _MARGIN) / _LETTER))
    column = layout.column(align=True)
    column.scale_y = 0.8
    words = words[:1].upper() + words[1:]
    wrapped = textwrap.wrap(words, width, break_long_words=True, break_on_hyphens=False)
    for at, line in enumerate(wrapped[:lines]):
        cut = f"{line} ..." if at == lines - 1 and len(wrapped) > lines else line
        if icon == "NONE":
            column.label(text=cut)
        else:
            column.label(text=cut, icon=icon if at == 0 else "BLANK1")


def progress(layout: Any, panel: str) -> None:
    """The bar of a task that this panel started."""
    task = running()
    if task is None or task.panel != panel:
        return
    column = layout.column(align=True)
    functions: Any = getattr(bpy.types.UILayout.bl_rna, "functions", ())
    if "progress" in functions:
        column.progress(factor=task.fraction, text=task.text)
    else:
        column.label(text=f"{task.fraction:.0%} {task.text}")
    column.label(text="ESC cancels")


def outcome(layout: Any, context: Any, panel: str) -> None:
    """What the last action of this panel said."""
    session = context.window_manager.ramses
    if session.message and session.place == panel and running() is None:
        text(layout.box(), context, session.message, "ERROR" if session.grave else "INFO")


def fields(layout: Any, owner: Any, *names: str) -> Any:
    """Properties below each other, labels at the left."""
    column = layout.column(align=True)
    column.use_property_split = True
    column.use_property_decorate = False
    for name in names:
        column.prop(owner, name)
    return column


def short_folder(folder: str) -> str:
    """A version folder as a person knows it: `PROJ_S_SH010_PLATE / 003_WIP`."""
    parts = folder.split("/")
    return f"{parts[-3]} / {parts[-1]}" if len(parts) > 2 else folder


def split(layout: Any) -> Any:
    """A column whose properties have their labels at the left."""
    column = layout.column(align=True)
    column.use_property_split = True
    column.use_property_decorate = False
    return column
