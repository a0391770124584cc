# SPDX-License-Identifier: GPL-3.0-or-later
"""Save, save a version, open, restore, begin from a template: the artist's own scene file."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import bpy
from bpy.props import StringProperty

from ...core.errors import PlatesError, SettingsError, WriteFailed
from ...core.work_context import WorkContext
from ...core.workfile import restored_path, save_version, templates, work_versions
from . import live
from .background import Answer, Steps, Work
from .blend_paths import save
from .session import work_context
from .tasks import TaskOperator, refuse, say
from .watch import look_again


class RAMSES_OT_save(bpy.types.Operator):
    """Save the scene as the work file of its shot and step"""

    bl_idname = "ramses.save"
    bl_label = "Save"
    bl_options = {"REGISTER"}
    panel = "publish"

    def execute(self, context: Any) -> Answer:
        """A file that lies in its step folder is saved where it is, under its own name."""
        try:
            work = work_context(context)
            path = bpy.data.filepath
            if not path or os.path.dirname(os.path.abspath(path)) != work.folder:
                path = work.work_path("blend")
                if os.path.exists(path):
                    raise WriteFailed("there is a work file already.", path, "Open it, or choose a resource name.")
            save(path)
        except PlatesError as problem:
            return refuse(self, problem)
        look_again()
        return say(self, f"Saved {os.path.basename(path)}")


class RAMSES_OT_save_version(TaskOperator, bpy.types.Operator):
    """Save the scene, and a copy of it as a new version"""

    bl_idname = "ramses.save_version"
    bl_label = "Save New Version"
    bl_options = {"REGISTER"}
    panel = "publish"
    title = "Saving a version"

    def prepare(self, context: Any) -> Work:
        """The work file first; its copy is the worker's."""
        try:
            live.ops.ramses.save()
        except RuntimeError as problem:  # how Blender hands on what `save` reported
            raise WriteFailed(plain(problem)) from problem
        work, path = work_context(context), bpy.data.filepath
        chosen = context.scene.ramses
        state, comment = chosen.state or "WIP", chosen.comment
        return lambda _listen, _cancel: save_version(work, path, state, comment)

    def finish(self, context: Any, result: str) -> Steps:
        """Its name."""
        yield
        look_again()
        return say(self, f"Saved {os.path.basename(result)}")


class RAMSES_OT_open_work(TaskOperator, bpy.types.Operator):
    """Open the work file of the chosen shot and step"""

    bl_idname = "ramses.open_work"
    bl_label = "Open Work File"
    bl_options = {"REGISTER"}
    panel = "shot"
    title = "Opening"

    def prepare(self, context: Any) -> Work:
        """The work file of the choice; unsaved changes of the open file come first."""
        _saved_first()
        work = work_context(context)
        return lambda _listen, _cancel: _there(work.work_path("blend"), "Save makes it.")

    def finish(self, context: Any, result: str) -> Steps:
        """Open it."""
        yield
        self.open_file(result, look_again)
        return {"FINISHED"}


class RAMSES_OT_restore_version(TaskOperator, bpy.types.Operator):
    """Open a saved version as a file of its own beside the work file; nothing is overwritten"""

    bl_idname = "ramses.restore_version"
    bl_label = "Restore Version"
    bl_options = {"REGISTER"}
    panel = "publish"
    title = "Restoring"

    version: StringProperty(name="Version file", description="Path or name; the panel's choice, else the newest")

    def prepare(self, context: Any) -> Work:
        """Which file becomes which."""
        _saved_first()
        work, wanted = work_context(context), self.version or context.scene.ramses.restore
        return lambda _listen, _cancel: _restorable(work, wanted)

    def finish(self, context: Any, result: tuple[str, str]) -> Steps:
        """Open the version and save it under its new name."""
        yield
        source, target = result
        self.open_file(source, lambda: save(target))
        return {"FINISHED"}


class RAMSES_OT_open_template(TaskOperator, bpy.types.Operator):
    """Begin from the step's template: it is saved at once as the work file of this shot and step"""

    bl_idname = "ramses.open_template"
    bl_label = "Open Template"
    bl_options = {"REGISTER"}
    panel = "import"
    title = "Opening a template"

    name: StringProperty(name="Template", description="The panel's choice, else the first one")

    def prepare(self, context: Any) -> Work:
        """Which template; the shot stays chosen."""
        _saved_first()
        work, wanted = work_context(context), self.name or context.scene.ramses.template
        return lambda _listen, _cancel: (work, _template(work, wanted))

    def finish(self, context: Any, result: tuple[WorkContext, str]) -> Steps:
        """Open it and save it as the work file."""
        yield
        work, path = result
        self.open_file(path, _begin(work))
        return {"FINISHED"}


def plain(problem: RuntimeError) -> str:
    """The sentence that another operator reported, as Blender hands it on."""
    return str(problem).removeprefix("Error: ").strip()


def _saved_first() -> None:
    """Opening another file would lose changes. Without a window Blender never calls a file saved."""
    if bpy.data.is_dirty and not bpy.app.background:
        raise SettingsError("there are changes that are not saved.", bpy.data.filepath or None, "Save them first.")


def _there(path: str, advice: str) -> str:
    if not os.path.isfile(path):
        raise SettingsError("there is no such file.", path, advice)
    return path


def _restorable(work: WorkContext, wanted: str) -> tuple[str, str]:
    """(the saved version, where it is opened). Raises SettingsError, WriteFailed."""
    known = work_versions(work, "blend")
    chosen = next((one for one in known if wanted in ("", one.path, os.path.basename(one.path))), None)
    if chosen is None:
        raise SettingsError("there is no such saved version.", wanted or work.versions)
    target = restored_path(work, chosen)
    if os.path.exists(target):
        raise WriteFailed("this version was restored before.", target, "Open that file.")
    return chosen.path, target


def _template(work: WorkContext, wanted: str) -> str:
    path = next((one for one in templates(work, ("blend",)) if wanted in ("", os.path.basename(one))), None)
    if path is None:
        raise SettingsError("the step has no such template.", work.templates)
    if os.path.exists(work.work_path("blend")):
        raise WriteFailed("there is a work file already.", work.work_path("blend"), "Open it instead.")
    return path


def _begin(work: WorkContext) -> Callable[[], None]:
    def begin() -> None:
        chosen = live.context().scene.ramses
        chosen.root, chosen.project, chosen.shot = work.root, work.project, work.shot
        chosen.step, chosen.resource = work.step, work.resource
        live.ops.ramses.save()

    return begin


_CLASSES = (
    RAMSES_OT_save,
    RAMSES_OT_save_version,
    RAMSES_OT_open_work,
    RAMSES_OT_restore_version,
    RAMSES_OT_open_template,
)


def register() -> None:
    """Add the operators."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
