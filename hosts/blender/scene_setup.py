# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scene of this shot should look like, by Ramses and its newest plate: rate, size, pixel aspect, range."""

from __future__ import annotations

from typing import Any

from ...core.placement import StartFacts
from ...core.shot_setup import ShotSetup, shot_setup
from ...core.timecode import rate_text
from ...core.work_context import WorkContext
from .session import scene_rate, set_rate


class Setup(ShotSetup):
    """What this scene should be, against what it is; None = nobody knows."""

    @classmethod
    def of(cls, work: WorkContext, setting: StartFacts) -> Setup:
        """From what Ramses said the last time; handles come from the step's settings."""
        return cls(**vars(shot_setup(work, setting)))

    def differences(self, scene: Any) -> list[tuple[str, str]]:
        """(code, sentence) of everything in the scene that is otherwise."""
        found = []
        render = scene.render
        if self.rate is not None and scene_rate(scene) != self.rate:
            found.append(
                ("rate", f"The scene runs at {rate_text(scene_rate(scene))}, it should run at {rate_text(self.rate)}")
            )
        now = (render.resolution_x, render.resolution_y)
        if self.size is not None and now != self.size:
            found.append(("size", f"The scene is {now[0]} x {now[1]}, it should be {self.size[0]} x {self.size[1]}"))
        aspect = render.pixel_aspect_x / render.pixel_aspect_y
        if self.pixel_aspect is not None and abs(aspect - float(self.pixel_aspect)) > 1e-4:
            text = f"The pixel aspect is {aspect:.4g}, it should be {float(self.pixel_aspect):.4g}"
            found.append(("aspect", text))
        if self.first is not None and (scene.frame_start, scene.frame_end) != (self.first, self.last):
            text = f"The range is {scene.frame_start}-{scene.frame_end}, it should be {self.first}-{self.last}"
            found.append(("range", text))
        return found + self._colour_differences(scene)

    def _colour_differences(self, scene: Any) -> list[tuple[str, str]]:
        """Display and view as the step's settings in Ramses want them; a name that is not offered is only told."""
        found = []
        for what, settings, name, wanted in self._colours(scene):
            now = getattr(settings, name)
            if wanted and now != wanted:
                lacking = "" if _offered(settings, name, wanted) else ", which this colour configuration does not have"
                found.append(("colour", f"The {what} is {now}, it should be {wanted}{lacking}"))
        return found

    def _colours(self, scene: Any) -> tuple[tuple[str, Any, str, str], ...]:
        return (
            ("display", scene.display_settings, "display_device", self.colour.display),
            ("view transform", scene.view_settings, "view_transform", self.colour.view),
        )

    def apply(self, scene: Any) -> None:
        """Give the scene what is known; the rest stays."""
        render = scene.render
        if self.rate is not None:
            set_rate(scene, self.rate)
        if self.size is not None:
            render.resolution_x, render.resolution_y = self.size
            render.resolution_percentage = 100
        if self.pixel_aspect is not None:
            # Blender's aspects begin at 1: the smaller side is 1
            value = float(self.pixel_aspect)
            render.pixel_aspect_x, render.pixel_aspect_y = max(1.0, value), max(1.0, 1 / value)
        if self.first is not None and self.last is not None:
            scene.frame_start, scene.frame_end = self.first, self.last
        for _what, settings, name, wanted in self._colours(scene):
            if wanted and _offered(settings, name, wanted):
                setattr(settings, name, wanted)


def _offered(settings: Any, name: str, wanted: str) -> bool:
    """Whether the colour configuration has this name. Found by trying: Blender does not tell the list to scripts."""
    now = getattr(settings, name)
    try:
        setattr(settings, name, wanted)
    except TypeError:
        return False
    setattr(settings, name, now)
    return True
