# SPDX-License-Identifier: GPL-3.0-or-later
"""The scene as Ramses wants it, and asking Ramses for what it wants."""

from __future__ import annotations

import os
from typing import Any

import bpy
from bpy.props import StringProperty

from ...core.ask_ramses import refresh_facts
from ...core.errors import PlatesError, SettingsError
from ...core.project_facts import ProjectFacts
from ...lib.ramses.client import RamDaemonInterface
from ...lib.ramses.errors import RamsesError
from .background import Answer, Steps, Work
from .scene_setup import Setup
from .session import Choice, choice, start_setting, work_context
from .tasks import TaskOperator, refuse, say
from .watch import known_now, look_again


class RAMSES_OT_setup_scene(bpy.types.Operator):
    """Give the scene the rate, size, pixel aspect and range that Ramses knows for this shot"""

    bl_idname = "ramses.setup_scene"
    bl_label = "Set Up Scene"
    bl_options = {"REGISTER", "UNDO"}

    def invoke(self, context: Any, _event: Any) -> Any:
        """Show what will change before it does."""
        return context.window_manager.invoke_props_dialog(self, width=420)

    def draw(self: Any, context: Any) -> None:
        """The differences."""
        try:
            lines = setup_of(context).differences(context.scene)
        except PlatesError as problem:
            lines = [("", str(problem))]
        for _code, text in lines or [("", "The scene is as Ramses wants it")]:
            self.layout.label(text=text)

    def execute(self, context: Any) -> Answer:
        """Apply."""
        try:
            setup = setup_of(context)
        except PlatesError as problem:
            return refuse(self, problem)
        if setup == Setup():
            unknown = SettingsError("Ramses was never asked about this project.", advice="Start the Ramses Client.")
            return refuse(self, unknown)
        changed = setup.differences(context.scene)
        setup.apply(context.scene)
        self.report({"INFO"}, ". ".join(text for _code, text in changed) or "Nothing had to change")
        return {"FINISHED"}


class RAMSES_OT_ask_ramses(TaskOperator, bpy.types.Operator):
    """Ask Ramses for the project's shots, steps and settings, and keep them for the times when it is off"""

    bl_idname = "ramses.ask_ramses"
    bl_label = "Ask Ramses"
    bl_options = {"REGISTER"}
    title = "Asking Ramses"

    def prepare(self, context: Any) -> Work:
        """The project of this scene."""
        found = choice(context)
        return lambda _listen, _cancel: _asked(found)

    def finish(self, context: Any, result: ProjectFacts) -> Steps:
        """What is known now."""
        yield
        look_again()
        said = f"{result.short_name}: {len(result.shots)} shots, {len(result.steps)} steps, {result.rate:g} frames/s."
        return say(self, said)


class RAMSES_OT_choose_project(bpy.types.Operator):
    """Work in this project"""

    bl_idname = "ramses.choose_project"
    bl_label = "Choose Project"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    folder: StringProperty(subtype="DIR_PATH")

    def execute(self, context: Any) -> Answer:
        """Its folder is chosen; what was chosen in another project is forgotten."""
        chosen = context.scene.ramses
        if os.path.normpath(self.folder) != os.path.normpath(bpy.path.abspath(chosen.root) or "."):
            chosen.root, chosen.project, chosen.sequence, chosen.shot = self.folder, "", "", ""
        look_again()
        return {"FINISHED"}


class RAMSES_MT_projects(bpy.types.Menu):
    """Projects of Ramses whose folders are on this machine"""

    bl_idname = "RAMSES_MT_projects"
    bl_label = "Projects"

    def draw(self: Any, context: Any) -> None:
        """One line per project, or what to do where there is none."""
        offers = known_now(context).projects
        for folder, name in offers:
            self.layout.operator("ramses.choose_project", text=f"{name}   {folder}").folder = folder
        if not offers:
            self.layout.label(text="Ramses names no project here: choose the folder", icon="INFO")


def setup_of(context: Any) -> Setup:
    """What Ramses wants of this scene. Raises PlatesError."""
    return Setup.of(work_context(context), start_setting(context))


def _asked(found: Choice) -> ProjectFacts:
    if found.offline:
        raise SettingsError("the preferences say to work without Ramses.", advice="Switch that off first.")
    try:
        facts = refresh_facts(RamDaemonInterface.instance(), found.root, found.project or None)
    except RamsesError as problem:
        raise SettingsError(str(problem)) from problem
    if facts is None:
        raise SettingsError("Ramses has no project in this folder.", found.root, "Create it there, or name its id.")
    return facts


_CLASSES = (RAMSES_OT_setup_scene, RAMSES_OT_ask_ramses, RAMSES_OT_choose_project, RAMSES_MT_projects)


def register() -> None:
    """Add the operators."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
