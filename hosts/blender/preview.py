# SPDX-License-Identifier: GPL-3.0-or-later
"""Preview: a movie and a still in `_preview`, named so that review tools find them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import bpy

from ...core.errors import PlatesError, WriteFailed
from ...core.longpath import native
from .session import work_context
from .tasks import refuse

_SIDE = 960


class RAMSES_OT_preview(bpy.types.Operator):
    """Make a preview movie and still: of the viewport with a window, by Workbench without one"""

    bl_idname = "ramses.preview"
    bl_label = "Make Preview"
    bl_options = {"REGISTER"}

    def execute(self, context: Any) -> set[str]:
        """Both pictures are made under a name of their own and put in place when they are whole."""
        draft = ""
        try:
            work = work_context(context)
            if context.scene.camera is None:
                raise WriteFailed("the scene has no camera, so there is nothing to see.", advice="Add a camera.")
            os.makedirs(native(work.preview), exist_ok=True)
            movie, still = work.preview_path("mp4"), work.preview_path("jpg")
            draft = os.path.join(work.preview, f".ramses-draft-{os.getpid()}")
            with _settings(context.scene):
                _render(context, f"{draft}.mp4", animation=True)
                _render(context, f"{draft}.jpg", animation=False)
            for made, target in ((f"{draft}.mp4", movie), (f"{draft}.jpg", still)):
                os.replace(native(made), native(target))
        except PlatesError as problem:
            return refuse(self, problem)
        except (OSError, RuntimeError) as problem:
            self.report({"ERROR"}, f"The preview could not be made: {problem}")
            return {"CANCELLED"}
        finally:
            for ending in (".mp4", ".jpg") if draft else ():
                with suppress(OSError):  # in place by now, unless something failed
                    os.unlink(native(draft + ending))
        self.report({"INFO"}, f"Preview: {movie}")
        return {"FINISHED"}


def _render(context: Any, path: str, animation: bool) -> None:
    scene = context.scene
    image = scene.render.image_settings
    if hasattr(image, "media_type"):  # Blender 5.0 asks for the kind of output first
        image.media_type = "VIDEO" if animation else "IMAGE"
    image.file_format = "FFMPEG" if animation else "JPEG"
    if animation:
        scene.render.ffmpeg.format, scene.render.ffmpeg.codec = "MPEG4", "H264"
        scene.render.ffmpeg.constant_rate_factor = "HIGH"
    scene.render.filepath = path
    scene.render.use_file_extension = False
    if bpy.app.background or context.window is None:
        scene.render.engine = "BLENDER_WORKBENCH"
        bpy.ops.render.render(animation=animation, write_still=not animation)
    else:
        # with its overlays, or the plate behind the camera would not be seen
        bpy.ops.render.opengl(animation=animation, write_still=not animation, view_context=True)


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
