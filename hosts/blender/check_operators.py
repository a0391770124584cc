# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks before a publish, and the fixes that one click applies."""

from __future__ import annotations

import os
from typing import Any

import bpy
from bpy.props import StringProperty

from ...core.bring_in import bring_in, find_by_name, outside
from ...core.errors import PlatesError, SettingsError
from ...core.events import Cancel, Listener
from . import live, plates, publish_checks, version_operators
from .background import Answer, Steps, Work, counted
from .blend_paths import external_files, missing_of, point_at
from .save_operators import plain
from .session import choice, work_context
from .setup_operators import setup_of
from .tasks import TaskOperator, say


class RAMSES_OT_check_scene(TaskOperator, bpy.types.Operator):
    """Look for what should not be published"""

    bl_idname = "ramses.check_scene"
    bl_label = "Run Checks"
    bl_options = {"REGISTER"}
    panel = "publish"
    title = "Checks"

    def prepare(self, context: Any) -> Work:
        """The published versions are listed by the worker."""
        work_context(context)
        keys, files = {plate.key for plate in plates.plates()}, external_files()
        return lambda listen, cancel: (version_operators.newest_of(keys, listen, cancel), missing_of(files, cancel))

    def finish(self, context: Any, result: Any) -> Steps:
        """Show the findings."""
        yield
        newest, missing = result
        found = publish_checks.checks(context.scene, work_context(context), setup_of(context), newest, missing)
        rows = context.window_manager.ramses.checks
        rows.clear()
        for check in found:
            row = rows.add()
            row.code, row.message, row.severity, row.fix = check.code, check.message, check.severity, check.fix
        wrong = sum(check.severity != "info" for check in found)
        said = counted(wrong, "finding") if wrong else "Nothing to complain about"
        context.window_manager.ramses.checked = said
        return say(self, said, warn=bool(wrong))


class RAMSES_OT_fix(bpy.types.Operator):
    """Cure this finding; saving is a button of its own, because an undo step would make the file unsaved again"""

    bl_idname = "ramses.fix"
    bl_label = "Fix"
    bl_options = {"REGISTER", "UNDO"}
    panel = "publish"

    fix: StringProperty()

    def execute(self, context: Any) -> Answer:
        """Each fix is one of the other operators, followed by the checks."""
        cures: dict[str, Any] = {
            "setup": lambda: live.ops.ramses.setup_scene(),
            "update": lambda: live.ops.ramses.update_plates(),
            "absolute": lambda: bpy.ops.file.make_paths_absolute(),
            "find": lambda: live.ops.ramses.find_missing(),
            "copy": lambda: live.ops.ramses.bring_in(),
        }
        if self.fix not in cures:
            self.report({"ERROR"}, "Only you can cure this.")
            return {"CANCELLED"}
        try:
            cures[self.fix]()
            live.ops.ramses.check_scene()
        except (RuntimeError, PlatesError) as problem:
            self.report({"ERROR"}, plain(problem) if isinstance(problem, RuntimeError) else str(problem))
            return {"CANCELLED"}
        return {"FINISHED"}


class RAMSES_OT_bring_in(TaskOperator, bpy.types.Operator):
    """Copy files from outside the project into this step's folder and use the copies; nothing is moved"""

    bl_idname = "ramses.bring_in"
    bl_label = "Copy Into Project"
    bl_options = {"REGISTER", "UNDO"}
    panel = "publish"
    title = "Copying"

    def prepare(self, context: Any) -> Work:
        """Every file outside, linked libraries left out: they name further files that would stay behind."""
        work = work_context(context)
        libraries = {os.path.normpath(bpy.path.abspath(one.filepath)) for one in bpy.data.libraries}
        paths = set(outside(work.root, external_files() - libraries))

        def copy(listen: Listener, cancel: Cancel) -> dict[str, str]:
            there = paths - missing_of(paths, cancel)
            if not there:
                raise SettingsError("no file lies outside the project that could be copied.")
            return bring_in(work, there, listen=listen, cancel=cancel)

        return copy

    def finish(self, context: Any, result: dict[str, str]) -> Steps:
        """Use the copies."""
        yield
        changed = point_at(result)
        cured(context, "copy")
        return say(
            self, f"{counted(len(result), 'file')} copied into the step, {counted(changed, 'datablock')} changed."
        )


class RAMSES_OT_find_missing(TaskOperator, bpy.types.Operator):
    """Look for the missing files everywhere in the project, by their names"""

    bl_idname = "ramses.find_missing"
    bl_label = "Find Missing Files"
    bl_options = {"REGISTER", "UNDO"}
    panel = "publish"
    title = "Looking for files"

    def prepare(self, context: Any) -> Work:
        """The project is walked by the worker."""
        root = choice(context).root
        files = external_files()
        return lambda listen, cancel: find_by_name(root, missing_of(files, cancel), listen=listen, cancel=cancel)

    def finish(self, context: Any, result: tuple[dict[str, str], list[str]]) -> Steps:
        """Use what was found; say what was not, or lies in several places."""
        yield
        found, still = result
        point_at(found)
        if not still:
            cured(context, "find")
        rest = f" Not found, or found more than once: {', '.join(map(os.path.basename, still[:5]))}." if still else ""
        return say(self, f"{counted(len(found), 'file')} found.{rest}", warn=bool(still))


def cured(context: Any, fix: str) -> None:
    """Take the findings that a fix has cured out of the list."""
    rows = context.window_manager.ramses.checks
    for at in reversed(range(len(rows))):
        if rows[at].fix == fix:
            rows.remove(at)


_CLASSES = (RAMSES_OT_check_scene, RAMSES_OT_fix, RAMSES_OT_bring_in, RAMSES_OT_find_missing)


def register() -> None:
    """Add the operators."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
