# SPDX-License-Identifier: GPL-3.0-or-later
"""Import published: collections of another step's scene, linked or appended."""

from __future__ import annotations

import os
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ...core.errors import ReadFailed, SettingsError
from ...core.work_context import WorkContext
from ...core.workfile import importable
from .background import Steps, Work, counted
from .session import work_context
from .tasks import TaskOperator, say


class RAMSES_OT_import_published(TaskOperator, bpy.types.Operator):
    """Link or append the collections of a published scene of this shot"""

    bl_idname = "ramses.import_published"
    bl_label = "Import Published"
    bl_options = {"REGISTER", "UNDO"}
    panel = "import"
    title = "Import"

    filepath: StringProperty(name="Published scene", subtype="FILE_PATH")
    step: StringProperty(name="Step", description="The newest published scene of this step, where no file is named")
    how: EnumProperty(name="How", items=(("LINK", "Link", ""), ("APPEND", "Append", "")))

    def prepare(self, context: Any) -> Work:
        """The worker looks for the newest scene."""
        work, path, step = work_context(context), self.filepath, self.step
        if not path and not step:
            raise SettingsError("no step is chosen.", advice="Choose the step whose scene you want.")
        return lambda _listen, _cancel: _published(work, path, step)

    def finish(self, context: Any, result: str) -> Steps:
        """All top collections of the file."""
        yield
        tops = _load(result, self.how == "LINK")
        for collection in tops:
            context.scene.collection.children.link(collection)
        done = "linked" if self.how == "LINK" else "appended"
        return say(self, f"{counted(len(tops), 'collection')} of {os.path.basename(result)} {done}.")


def _published(work: WorkContext, path: str, step: str) -> str:
    """The scene file. Raises SettingsError where there is none."""
    path = path or next(
        (path for version, path in importable(work, ("blend",)) if version.step.upper() == step.upper()), ""
    )
    if not path or not os.path.isfile(path):
        raise SettingsError(f"there is no published scene of {step or 'that name'}.", path or None)
    return path


def _load(path: str, link: bool) -> list[Any]:
    """The collections that lie in no other. Raises ReadFailed where Blender cannot read the file."""
    try:
        libraries: Any = bpy.data.libraries
        with libraries.load(path, link=link) as (there, here):
            here.collections = list(there.collections)
    except OSError as problem:
        raise ReadFailed(f"Blender cannot read it: {problem}.", path) from problem
    nested = {child for one in here.collections for child in one.children}
    return [one for one in here.collections if one not in nested]


_CLASSES = (RAMSES_OT_import_published,)


def register() -> None:
    """Add the operators."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
