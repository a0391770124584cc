# SPDX-License-Identifier: GPL-3.0-or-later
"""Publish: the scene, or frames that it rendered, as a version that others build on."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ...core.errors import PlatesError, ReadFailed, SettingsError
from ...core.events import Cancel, Listener
from ...core.ids import check_state
from ...core.job import Published
from ...core.work_context import WorkContext
from ...core.work_publish import publish_render, publish_scene
from . import plates
from .background import Answer, Steps, Work, counted
from .blend_paths import absolute_copy, external_files, missing_of, save
from .session import Choice, choice, work_context
from .tasks import TaskOperator, say, wrote
from .watch import look_again

_HOST = "Blender"


class RAMSES_OT_publish(TaskOperator, bpy.types.Operator):
    """Publish the scene: a version that others build on, and Ramses is told"""

    bl_idname = "ramses.publish"
    bl_label = "Publish"
    bl_options = {"REGISTER"}
    panel = "publish"
    title = "Publish"

    ignore_checks: BoolProperty(name="In spite of errors", options={"SKIP_SAVE"})

    def prepare(self, context: Any) -> Work:
        """Save, write the copy with absolute paths, and leave copying, checking and telling to the worker."""
        work = work_context(context)
        chosen = context.scene.ramses
        state = check_state(chosen.state or "WIP")
        if not bpy.data.filepath or os.path.dirname(os.path.abspath(bpy.data.filepath)) != work.folder:
            raise SettingsError("the scene is not saved in its step folder.", bpy.data.filepath or None, "Save it.")
        save(bpy.data.filepath)
        needed = set() if self.ignore_checks else external_files()
        folder = tempfile.mkdtemp(prefix="ramses-")
        prepared = os.path.join(folder, f"{work.stem}.blend")
        absolute_copy(prepared)
        record = {"scene": _scene_record(context.scene), "plates": [_plate_record(plate) for plate in plates.plates()]}
        scene_file, comment, found = bpy.data.filepath, chosen.comment, choice(context)

        def publish_it(listen: Listener, cancel: Cancel) -> tuple[Published, str]:
            try:
                missing = sorted(missing_of(needed, cancel))
                if missing:
                    raise ReadFailed("this file is missing.", missing[0], "Run the checks, or publish in spite of it.")
                published = publish_scene(
                    work, prepared, "blend", state, comment,
                    work_file=scene_file, host=_HOST, record=record, listen=listen, cancel=cancel,
                )  # fmt: skip
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            return published, tell(found, work, listen, cancel)

        return publish_it

    def finish(self, context: Any, result: tuple[Published, str]) -> Steps:
        """Where it went."""
        yield
        return _say_published(self, context, result)


class RAMSES_OT_publish_render(TaskOperator, bpy.types.Operator):
    """Publish rendered frames like a plate: every frame checked, hashed, all or nothing"""

    bl_idname = "ramses.publish_render"
    bl_label = "Publish Render"
    bl_options = {"REGISTER"}
    panel = "publish"
    title = "Publish render"

    directory: StringProperty(name="Rendered frames", subtype="DIR_PATH")

    def prepare(self, context: Any) -> Work:
        """By default the folder that the scene renders to."""
        folder = bpy.path.abspath(self.directory or os.path.dirname(context.scene.render.filepath) or "")
        if not os.path.isdir(folder):
            raise SettingsError("the folder of rendered frames is not there.", folder or None, "Render first.")
        work, found, chosen = work_context(context), choice(context), context.scene.ramses
        state, comment, scene_file = check_state(chosen.state or "WIP"), chosen.comment, bpy.data.filepath or None

        def publish_it(listen: Listener, cancel: Cancel) -> tuple[Published, str]:
            published, _findings = publish_render(
                work, folder, state, comment, work_file=scene_file, host=_HOST, listen=listen, cancel=cancel
            )
            return published, tell(found, work, listen, cancel)

        return publish_it

    def finish(self, context: Any, result: tuple[Published, str]) -> Steps:
        """Where it went."""
        yield
        return _say_published(self, context, result)


def tell(found: Choice, work: WorkContext, listen: Listener, cancel: Cancel) -> str:
    """Deliver the outbox; a sentence about how that went. The version stands in any case."""
    _facts, register = found.connect()
    if register is None:
        return "Ramses will be told later."
    try:
        return "Ramses knows it." if register(work.root, listen, cancel) == "yes" else "Ramses will be told later."
    except PlatesError as problem:
        return f"Ramses was not told yet: {problem}"


def _say_published(operator: Any, context: Any, result: tuple[Published, str]) -> Answer:
    published, told = result
    wrote(operator, os.path.join(choice(context).root, *published.folder.split("/")))
    look_again()
    return say(operator, f"Version {published.version:03d} is published ({counted(published.files, 'file')}). {told}")


def _scene_record(scene: Any) -> dict[str, Any]:
    render = scene.render
    return {
        "blender": bpy.app.version_string,
        "range": [scene.frame_start, scene.frame_end],
        "fps": [render.fps, render.fps_base],
        "size": [render.resolution_x, render.resolution_y],
    }


def _plate_record(plate: Any) -> dict[str, Any]:
    facts = plate.facts
    return {"folder": facts.folder, "version": facts.version, "timeline_first": facts.timeline_first}


_CLASSES = (RAMSES_OT_publish, RAMSES_OT_publish_render)


def register() -> None:
    """Add the operators."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
