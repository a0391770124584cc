# SPDX-License-Identifier: GPL-3.0-or-later
"""Which shot this scene is, and the connection to Ramses: found, asked once, never waited for by the window."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import bpy

from ...core import connection
from ...core.errors import PlatesError, SettingsError
from ...core.ingest import Register
from ...core.placement import StartFacts
from ...core.project_facts import ProjectFacts
from ...core.timecode import rate_of
from ...core.tree import find_project_id, find_project_root
from ...core.work_context import WorkContext
from .preferences import preferences


@dataclass(frozen=True)
class Choice:
    """The artist's choice of project, taken in the main thread so that the worker needs no bpy."""

    root: str
    project: str
    offline: bool
    start: int

    def connect(self) -> tuple[ProjectFacts | None, Register | None]:
        """What Ramses knows of the project and how to register; (the last known facts, None) while it is off."""
        found = connection.connect(self.root, self.project or None, offline=self.offline)
        return found.facts, found.register


@dataclass(frozen=True)
class SceneChoice:
    """What a scene says of itself: the path of its file and what the artist typed. Reading it touches no disk."""

    file: str
    root: str
    project: str
    shot: str
    step: str
    resource: str
    offline: bool
    start: int

    @classmethod
    def of(cls, context: Any) -> SceneChoice:
        """Taken in the main thread; everything else may be asked of it by a worker."""
        chosen, settings = context.scene.ramses, preferences(context)
        return cls(
            bpy.data.filepath,
            bpy.path.abspath(chosen.root) if chosen.root else "",
            chosen.project,
            chosen.shot,
            chosen.step,
            chosen.resource,
            bool(settings.offline),
            int(settings.start),
        )

    def choice(self) -> Choice:
        """The project: chosen, else the one that the file lies in. Raises SettingsError where there is none."""
        root = self.root or (find_project_root(self.file) if self.file else None) or ""
        if not root or not os.path.isdir(root):
            advice = "Choose its folder in the Shot panel, or save into a project."
            raise SettingsError("no Ramses project is chosen.", root or None, advice)
        return Choice(os.path.normpath(os.path.abspath(root)), self.project, self.offline, self.start)

    def work(self) -> WorkContext:
        """What the scene belongs to: the artist's choice, else the path of its file. Raises PlatesError."""
        if self.shot and self.step:
            found = self.choice()
            project = self.project or find_project_id(found.root) or os.path.basename(found.root)
            return WorkContext.of_shot(found.root, project, self.shot, self.step, self.resource)
        if not self.file:
            advice = "Choose shot and step, then save."
            raise SettingsError("the scene is not saved and no shot is chosen.", advice=advice)
        return WorkContext.from_path(self.file)


def choice(context: Any) -> Choice:
    """The project of this scene. Raises SettingsError where there is none."""
    return SceneChoice.of(context).choice()


def work_context(context: Any) -> WorkContext:
    """What this scene belongs to. Raises PlatesError."""
    return SceneChoice.of(context).work()


def shot_of(context: Any) -> str:
    """The shot of this scene, "" where nothing tells it."""
    try:
        return str(context.scene.ramses.shot) or work_context(context).shot
    except PlatesError:
        return ""


def scene_rate(scene: Any) -> Fraction:
    """The scene's rate, exact: 24 over 1.001 is 24000/1001."""
    return rate_of(scene.render.fps / scene.render.fps_base)


def set_rate(scene: Any, rate: Fraction) -> None:
    """Give the scene an exact rate: whole frames over a base, 1.001 for the NTSC rates."""
    whole = -(-rate.numerator // rate.denominator)
    scene.render.fps = whole
    scene.render.fps_base = float(Fraction(whole) / rate)


def start_setting(context: Any) -> StartFacts:
    """Where shots start when neither the plate's record nor Ramses says it."""
    return start_facts(int(preferences(context).start))


def start_facts(start: int) -> StartFacts:
    """The same for a worker, which may not ask Blender."""
    return StartFacts(start, source="the add-on's preferences")
