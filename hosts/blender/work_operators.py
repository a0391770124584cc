# SPDX-License-Identifier: GPL-3.0-or-later
"""Save, save a new version, publish, restore, import: the artist's own work."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ...core.errors import PlatesError, ReadFailed, SettingsError, WriteFailed
from ...core.events import Cancel, Listener
from ...core.ids import check_state
from ...core.job import Published
from ...core.longpath import native
from ...core.work_context import WorkContext
from ...core.work_publish import publish_render, publish_scene
from ...core.workfile import importable, restored_path, save_version, templates, work_versions
from . import plates, publish_checks, strips, version_operators
from .background import Steps, Work
from .scene_setup import Setup
from .session import Choice, choice, start_setting, work_context
from .tasks import TaskOperator, refuse

_HOST = "Blender"


class RAMSES_OT_setup_scene(bpy.types.Operator):
    """Give the scene the rate, size, pixel aspect and range that Ramses knows for this shot"""

    bl_idname = "ramses.setup_scene"
    bl_label = "Set Up Scene"
    bl_options = {"REGISTER", "UNDO"}

    def invoke(self, context: Any, _event: Any) -> Any:
        """Show what will change before it does."""
        return context.window_manager.invoke_props_dialog(self, width=420)

    def draw(self, context: Any) -> None:
        """The differences."""
        try:
            lines = setup_of(context).differences(context.scene)
        except PlatesError as problem:
            lines = [("", str(problem))]
        for _code, text in lines or [("", "The scene is as Ramses wants it")]:
            self.layout.label(text=text)

    def execute(self, context: Any) -> set[str]:
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


class RAMSES_OT_save(bpy.types.Operator):
    """Save the scene as the work file of its shot and step"""

    bl_idname = "ramses.save"
    bl_label = "Save"
    bl_options = {"REGISTER"}

    def execute(self, context: Any) -> set[str]:
        """A file that lies in its step folder is saved where it is, under its own name."""
        try:
            work = work_context(context)
            path = bpy.data.filepath
            if not path or os.path.dirname(os.path.abspath(path)) != work.folder:
                path = work.work_path("blend")
                if os.path.exists(path):
                    raise WriteFailed("there is a work file already.", path, "Open it, or choose a resource name.")
            _save(path)
        except PlatesError as problem:
            return refuse(self, problem)
        self.report({"INFO"}, f"Saved {path}")
        return {"FINISHED"}


class RAMSES_OT_save_version(bpy.types.Operator):
    """Save the scene, and a copy of it as a new version"""

    bl_idname = "ramses.save_version"
    bl_label = "Save New Version"
    bl_options = {"REGISTER"}

    def execute(self, context: Any) -> set[str]:
        """The work file first, then its copy."""
        try:
            bpy.ops.ramses.save()
            work = work_context(context)
            chosen = context.scene.ramses
            target = save_version(work, bpy.data.filepath, chosen.state or "WIP", chosen.comment)
        except PlatesError as problem:
            return refuse(self, problem)
        except RuntimeError as problem:  # how Blender hands on what `save` reported
            self.report({"ERROR"}, str(problem).removeprefix("Error: ").strip())
            return {"CANCELLED"}
        self.report({"INFO"}, f"Saved {os.path.basename(target)}")
        return {"FINISHED"}


class RAMSES_OT_check_scene(TaskOperator, bpy.types.Operator):
    """Look for what should not be published"""

    bl_idname = "ramses.check_scene"
    bl_label = "Run Checks"
    bl_options = {"REGISTER"}
    title = "Checks"

    def prepare(self, context: Any) -> Work:
        """The published versions are listed by the worker."""
        work_context(context)
        keys = {plate.key for plate in plates.plates()}
        return lambda listen, cancel: version_operators.newest_of(keys, listen, cancel)

    def finish(self, context: Any, result: Any) -> Steps:
        """Show the findings."""
        yield
        found = publish_checks.checks(context.scene, work_context(context), setup_of(context), result)
        rows = context.window_manager.ramses.checks
        rows.clear()
        for check in found:
            row = rows.add()
            row.code, row.message, row.severity, row.fix = check.code, check.message, check.severity, check.fix
        wrong = sum(check.severity != "info" for check in found)
        self.report({"WARNING" if wrong else "INFO"}, f"{wrong} findings" if wrong else "Nothing to complain about")
        return {"FINISHED"}


class RAMSES_OT_fix(bpy.types.Operator):
    """Cure this finding; saving is a button of its own, because an undo step would make the file unsaved again"""

    bl_idname = "ramses.fix"
    bl_label = "Fix"
    bl_options = {"REGISTER", "UNDO"}

    fix: StringProperty()

    def execute(self, context: Any) -> set[str]:
        """Each fix is one of the other operators, followed by the checks."""
        cures = {
            "setup": lambda: bpy.ops.ramses.setup_scene(),
            "update": lambda: bpy.ops.ramses.update_plates(),
            "absolute": lambda: bpy.ops.file.make_paths_absolute(),
            "find": lambda: bpy.ops.file.find_missing_files(directory=choice(context).root),
        }
        if self.fix not in cures:
            self.report({"ERROR"}, "Only you can cure this.")
            return {"CANCELLED"}
        try:
            cures[self.fix]()
            bpy.ops.ramses.check_scene()
        except (RuntimeError, PlatesError) as problem:
            self.report({"ERROR"}, str(problem).removeprefix("Error: ").strip())
            return {"CANCELLED"}
        return {"FINISHED"}


class RAMSES_OT_publish(TaskOperator, bpy.types.Operator):
    """Publish the scene: a version that others build on, and Ramses is told"""

    bl_idname = "ramses.publish"
    bl_label = "Publish"
    bl_options = {"REGISTER"}
    title = "Publish"

    ignore_checks: BoolProperty(name="In spite of errors", options={"SKIP_SAVE"})

    def prepare(self, context: Any) -> Work:
        """Save, write the copy with absolute paths, and leave copying, checking and telling to the worker."""
        work = work_context(context)
        chosen = context.scene.ramses
        state = check_state(chosen.state or "WIP")
        if not bpy.data.filepath or os.path.dirname(os.path.abspath(bpy.data.filepath)) != work.folder:
            raise SettingsError("the scene is not saved in its step folder.", bpy.data.filepath or None, "Save it.")
        _save(bpy.data.filepath)
        missing = [] if self.ignore_checks else [p for p in publish_checks.external_files() if not os.path.exists(p)]
        if missing:
            raise ReadFailed("this file is missing.", sorted(missing)[0], "Run the checks, or publish in spite of it.")
        folder = tempfile.mkdtemp(prefix="ramses-")
        prepared = os.path.join(folder, f"{work.stem}.blend")
        _absolute_copy(prepared)
        record = {"scene": _scene_record(context.scene), "plates": [_plate_record(plate) for plate in plates.plates()]}
        scene_file, comment, found = bpy.data.filepath, chosen.comment, choice(context)

        def publish_it(listen: Listener, cancel: Cancel) -> tuple[Published, str]:
            try:
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


class RAMSES_OT_restore_version(bpy.types.Operator):
    """Open a saved version as a file of its own beside the work file; nothing is overwritten"""

    bl_idname = "ramses.restore_version"
    bl_label = "Restore Version"
    bl_options = {"REGISTER"}

    version: StringProperty(name="Version file", subtype="FILE_PATH")

    def execute(self, context: Any) -> set[str]:
        """The newest one by default."""
        try:
            work = work_context(context)
            known = work_versions(work, "blend")
            chosen = next((one for one in known if self.version in ("", one.path, os.path.basename(one.path))), None)
            if chosen is None:
                raise SettingsError("there is no such saved version.", self.version or work.versions)
            target = restored_path(work, chosen)
            if os.path.exists(target):
                raise WriteFailed("this version was restored before.", target, "Open that file.")
            bpy.ops.wm.open_mainfile(filepath=chosen.path)
            _save(target)
        except PlatesError as problem:
            return refuse(self, problem)
        return {"FINISHED"}


class RAMSES_OT_import_published(bpy.types.Operator):
    """Link or append the collections of a published scene of this shot"""

    bl_idname = "ramses.import_published"
    bl_label = "Import Published"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="Published scene", subtype="FILE_PATH")
    step: StringProperty(name="Step", description="The newest published scene of this step, where no file is named")
    how: EnumProperty(name="How", items=(("LINK", "Link", ""), ("APPEND", "Append", "")))

    def execute(self, context: Any) -> set[str]:
        """All top collections of the file."""
        try:
            work = work_context(context)
            path = self.filepath or next(
                (path for version, path in importable(work, ("blend",)) if version.step.upper() == self.step.upper()),
                "",
            )
            if not path or not os.path.isfile(path):
                raise SettingsError("there is no published scene of this step.", path or None)
        except PlatesError as problem:
            return refuse(self, problem)
        with bpy.data.libraries.load(path, link=self.how == "LINK") as (there, here):
            here.collections = list(there.collections)
        nested = {child for one in here.collections for child in one.children}
        tops = [one for one in here.collections if one not in nested]
        for collection in tops:
            context.scene.collection.children.link(collection)
        self.report({"INFO"}, f"{len(tops)} collections of {os.path.basename(path)}")
        return {"FINISHED"}


class RAMSES_OT_open_template(bpy.types.Operator):
    """Begin from the step's template; the scene becomes the shot's work file with Save"""

    bl_idname = "ramses.open_template"
    bl_label = "Open Template"
    bl_options = {"REGISTER"}

    name: StringProperty(name="Template")

    def execute(self, context: Any) -> set[str]:
        """The first one by default; the shot stays chosen."""
        try:
            work = work_context(context)
            paths = templates(work, ("blend",))
            path = next((one for one in paths if self.name in ("", os.path.basename(one))), None)
            if path is None:
                raise SettingsError("the step has no such template.", work.templates)
        except PlatesError as problem:
            return refuse(self, problem)
        bpy.ops.wm.open_mainfile(filepath=path)
        chosen = bpy.context.scene.ramses
        chosen.root, chosen.project, chosen.shot = work.root, work.project, work.shot
        chosen.step, chosen.resource = work.step, work.resource
        bpy.ops.ramses.save()
        return {"FINISHED"}


def setup_of(context: Any) -> Setup:
    """What Ramses wants of this scene. Raises PlatesError."""
    return Setup.of(work_context(context), start_setting(choice(context)))


def tell(found: Choice, work: WorkContext, listen: Listener, cancel: Cancel) -> str:
    """Deliver the outbox; a sentence about how that went. The version stands in any case."""
    _facts, register = found.connect()
    if register is None:
        return "Ramses will be told later."
    try:
        return "Ramses knows it." if register(work.root, listen, cancel) == "yes" else "Ramses will be told later."
    except PlatesError as problem:
        return f"Ramses was not told yet: {problem}"


def _say_published(operator: Any, context: Any, result: tuple[Published, str]) -> set[str]:
    published, told = result
    text = f"Published {published.folder} ({published.files} files). {told}"
    context.window_manager.ramses.message = text
    operator.report({"INFO"}, text)
    return {"FINISHED"}


def _save(path: str) -> None:
    """Save the work file; paths stay as they are. Raises WriteFailed."""
    try:
        os.makedirs(native(os.path.dirname(path)), exist_ok=True)
        bpy.ops.wm.save_as_mainfile(filepath=path, relative_remap=False)
    except (OSError, RuntimeError) as problem:
        raise WriteFailed(f"Blender could not save it: {problem}.", path, "Check the permissions.") from problem


def _absolute_copy(target: str) -> None:
    """Write a copy of the open file in which every path is absolute; the open file stays as it is."""
    before = [(block, block.filepath) for block in _blocks_with_paths()]
    directories = [(strip, strip.directory) for strip in _image_strips()]
    try:
        for block, path in before:
            if path.startswith("//"):
                block.filepath = bpy.path.abspath(path)
        for strip, path in directories:
            if path.startswith("//"):
                strip.directory = bpy.path.abspath(path)
        bpy.ops.wm.save_as_mainfile(filepath=target, copy=True, relative_remap=False)
    except RuntimeError as problem:
        raise WriteFailed(f"Blender could not write the copy: {problem}.", target) from problem
    finally:
        for block, path in before:
            block.filepath = path
        for strip, path in directories:
            strip.directory = path


def _blocks_with_paths() -> list[Any]:
    """Everything that names a file of its own; image strips name a folder."""
    data = bpy.data
    kinds = (data.images, data.movieclips, data.libraries, data.sounds, data.fonts, data.volumes, data.cache_files)
    found = [block for kind in kinds for block in kind if block.filepath and block.filepath != "<builtin>"]
    return found + [strip for strip in _all_strips() if strip.type == "MOVIE"]


def _image_strips() -> list[Any]:
    return [strip for strip in _all_strips() if strip.type == "IMAGE"]


def _all_strips() -> list[Any]:
    return [strip for scene in bpy.data.scenes for strip in strips.all_strips(scene)]


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


_CLASSES = (
    RAMSES_OT_setup_scene,
    RAMSES_OT_save,
    RAMSES_OT_save_version,
    RAMSES_OT_check_scene,
    RAMSES_OT_fix,
    RAMSES_OT_publish,
    RAMSES_OT_publish_render,
    RAMSES_OT_restore_version,
    RAMSES_OT_import_published,
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
