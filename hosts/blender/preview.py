# SPDX-License-Identifier: GPL-3.0-or-later
"""Preview: a movie and a still in `_preview`, named so that review tools find them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import bpy

from ...core.errors import PlatesError, WriteFailed
from ...core.longpath import native
from ...core.work_context import WorkContext
from ...core.work_preview import put_preview
from .background import Answer
from .session import work_context
from .tasks import TICK, refuse, running, say, wrote

_SIDE = 960
# Blender's own viewport render, by the name that its list of running operators uses.
_VIEWPORT_RENDER = "RENDER_OT_opengl"


class RAMSES_OT_preview(bpy.types.Operator):
    """Make a preview movie and still: of the viewport with a window, by Workbench without one"""

    bl_idname = "ramses.preview"
    bl_label = "Make Preview"
    bl_options = {"REGISTER"}
    panel = "publish"

    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Greyed, with the reason, while a task works: it may read what a render changes."""
        task = running()
        if task is not None:
            cls.poll_message_set(f"{task.title} is at work: wait for it or press ESC")
        return task is None

    def execute(self, context: Any) -> Answer:
        """All at once, for scripts."""
        try:
            self._begin(context)
            with self._undo:
                _render(context, self._draft("mp4"), animation=True)
                return self._end(context)
        except (PlatesError, OSError, RuntimeError) as problem:
            return self._failed(problem)

    def invoke(self, context: Any, _event: Any) -> Answer:
        """Blender's viewport render draws frame after frame and stops at ESC; we wait for its end."""
        if bpy.app.background or context.window is None or _viewport(context) is None:
            return self.execute(context)
        window = context.window
        try:
            self._begin(context)
            self._undo.enter_context(_through_camera(context))
            self._undo.enter_context(_no_render_window(context))
            _render(context, self._draft("mp4"), animation=True, wait=False)
        except (PlatesError, OSError, RuntimeError) as problem:
            return self._failed(problem)
        self._timer = context.window_manager.event_timer_add(TICK, window=window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> Answer:
        """Wait until no viewport render runs any more."""
        if event.type == "ESC":
            self._stopped = True
            return {"PASS_THROUGH"}
        if event.type != "TIMER" or _rendering(context):
            return {"PASS_THROUGH"}
        context.window_manager.event_timer_remove(self._timer)
        try:
            with self._undo:
                if self._stopped:
                    self._clean()
                    self.report({"WARNING"}, "The preview was cancelled; the older one stays.")
                    return {"CANCELLED"}
                return self._end(context)
        except (PlatesError, OSError, RuntimeError) as problem:
            return self._failed(problem)

    def cancel(self, context: Any) -> None:
        """Blender ends the operator: the artist's settings come back."""
        context.window_manager.event_timer_remove(self._timer)
        self._undo.close()
        self._clean()

    def _begin(self, context: Any) -> None:
        self._undo = ExitStack()
        self._stopped = False
        self._work = work_context(context)
        if context.scene.camera is None:
            raise WriteFailed("the scene has no camera, so there is nothing to see.", advice="Add a camera.")
        os.makedirs(native(self._work.preview), exist_ok=True)
        self._undo.enter_context(_settings(context.scene))

    def _draft(self, ending: str) -> str:
        return os.path.join(self._work.preview, f".ramses-draft-{os.getpid()}.{ending}")

    def _end(self, context: Any) -> Answer:
        """The still, then both in place of the older ones."""
        _render(context, self._draft("jpg"), animation=False)
        drafts = {ending: self._draft(ending) for ending in ("mp4", "jpg")}
        chosen = context.scene.ramses
        movie = put_preview(self._work, drafts, bpy.data.filepath, chosen.state or "WIP", chosen.comment)
        wrote(self, self._work.preview)
        return say(self, f"Preview: {os.path.basename(movie)}")

    def _failed(self, problem: Exception) -> Answer:
        self._undo.close()
        self._clean()
        if isinstance(problem, PlatesError):
            return refuse(self, problem)
        return refuse(self, WriteFailed(f"the preview could not be made: {problem}."))

    def _clean(self) -> None:
        work: WorkContext | None = getattr(self, "_work", None)
        for ending in ("mp4", "jpg") if work is not None else ():
            with suppress(OSError):
                os.unlink(native(self._draft(ending)))


def _render(context: Any, path: str, animation: bool, wait: bool = True) -> None:
    scene = context.scene
    _output(scene, path, animation)
    view = _viewport(context)
    if view is None:
        scene.render.engine = "BLENDER_WORKBENCH"
        bpy.ops.render.render(animation=animation, write_still=not animation)
        return
    area, region = view
    with context.temp_override(area=area, region=region):
        # with its overlays, or the plate behind the camera would not be seen
        options = {"animation": animation, "write_still": not animation, "view_context": True}
        bpy.ops.render.opengl("EXEC_DEFAULT" if wait else "INVOKE_DEFAULT", **options)


def _output(scene: Any, path: str, animation: bool) -> None:
    image = scene.render.image_settings
    if hasattr(image, "media_type"):  # Blender 5.0 asks for the kind of output first
        image.media_type = "VIDEO" if animation else "IMAGE"
    image.file_format = "FFMPEG" if animation else "JPEG"
    if animation:
        scene.render.ffmpeg.format, scene.render.ffmpeg.codec = "MPEG4", "H264"
        scene.render.ffmpeg.constant_rate_factor = "HIGH"
    scene.render.filepath = path
    scene.render.use_file_extension = False


def _viewport(context: Any) -> tuple[Any, Any] | None:
    """(area, region) of the 3D view whose picture is taken: this one, else the largest of the window; None = none."""
    if bpy.app.background or context.window is None:
        return None
    areas = [area for area in context.window.screen.areas if area.type == "VIEW_3D"]
    if not areas:
        return None
    area = context.area if context.area in areas else max(areas, key=lambda one: one.width * one.height)
    return area, next(region for region in area.regions if region.type == "WINDOW")


def _rendering(context: Any) -> bool:
    """True while Blender's viewport render runs in any window."""
    running = (one for window in context.window_manager.windows for one in window.modal_operators)
    return any(one.bl_idname == _VIEWPORT_RENDER for one in running)


@contextmanager
def _no_render_window(context: Any) -> Iterator[None]:
    """Blender opens a window of its own for renders, which would take the events away from the artist's."""
    view = context.preferences.view
    before = view.render_display_type
    view.render_display_type = "NONE"
    try:
        yield
    finally:
        view.render_display_type = before


@contextmanager
def _through_camera(context: Any) -> Iterator[None]:
    """Look through the scene's camera meanwhile; the artist's view comes back."""
    view = _viewport(context)
    space = view[0].spaces.active if view is not None else None
    if space is None:
        yield
        return
    before = space.region_3d.view_perspective
    space.region_3d.view_perspective = "CAMERA"
    try:
        yield
    finally:
        space.region_3d.view_perspective = before


@contextmanager
def _settings(scene: Any) -> Iterator[None]:
    """The render settings as a preview needs them; the artist's own come back whatever happens."""
    render, image = scene.render, scene.render.image_settings
    names = ("engine", "filepath", "use_file_extension", "resolution_percentage", "use_compositing", "use_sequencer")
    before = {name: getattr(render, name) for name in names}
    media = getattr(image, "media_type", None)
    form, shading = image.file_format, scene.display.shading.color_type
    codec = (render.ffmpeg.format, render.ffmpeg.codec, render.ffmpeg.constant_rate_factor)
    try:
        render.resolution_percentage = max(1, min(100, round(100 * _SIDE / render.resolution_x)))
        render.use_compositing = render.use_sequencer = False
        scene.display.shading.color_type = "TEXTURE"  # the plate on an image plane is seen
        yield
    finally:
        for name, value in before.items():
            setattr(render, name, value)
        if media is not None:
            image.media_type = media
        image.file_format, scene.display.shading.color_type = form, shading
        render.ffmpeg.format, render.ffmpeg.codec, render.ffmpeg.constant_rate_factor = codec


def register() -> None:
    """Add the operator."""
    bpy.utils.register_class(RAMSES_OT_preview)


def unregister() -> None:
    """Take it back."""
    bpy.utils.unregister_class(RAMSES_OT_preview)
