# SPDX-License-Identifier: GPL-3.0-or-later
"""Which shot this scene is, and the connection to Ramses: found, asked once, never waited for by the window."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import bpy

from ...core.ask_ramses import ask_facts
from ...core.errors import PlatesError, SettingsError
from ...core.events import Cancel, Listener
from ...core.ingest import Register
from ...core.placement import StartFacts
from ...core.project_facts import ProjectFacts, load_facts
from ...core.register import sync
from ...core.run import Registered
from ...core.timecode import rate_of
from ...core.tree import find_project_id, find_project_root
from ...core.work_context import WorkContext
from ...lib.ramses.client import RamDaemonInterface
from ...lib.ramses.errors import RamsesError
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
        known = load_facts(self.root)
        if self.offline:
            return known, None
        client = RamDaemonInterface.instance()
        try:
            if not client.is_online():
                return known, None
            facts = ask_facts(client, self.root, self.project or None)
        except (RamsesError, PlatesError):
            return known, None  # a broken Ramses must not stop an ingest: registrations wait in the outbox

        def register(root: str, listen: Listener, cancel: Cancel) -> Registered:
            return sync(root, client, listen=listen, cancel=cancel).registered

        return facts or known, register


def choice(context: Any) -> Choice:
    """The project of this scene: chosen, else the one its file lies in. Raises SettingsError where there is none."""
    chosen = context.scene.ramses
    settings = preferences(context)
    found = find_project_root(bpy.data.filepath) if bpy.data.filepath else None
    root = bpy.path.abspath(chosen.root) if chosen.root else found or ""
    if not root or not os.path.isdir(root):
        raise SettingsError(
            "no Ramses project is chosen.", root or None, "Choose its folder in the Shot panel, or save into a project."
        )
    root = os.path.normpath(os.path.abspath(root))
    return Choice(root, chosen.project, bool(settings.offline), int(settings.start))


def work_context(context: Any) -> WorkContext:
    """What this scene belongs to: the artist's choice, else the path of its file. Raises PlatesError."""
    chosen = context.scene.ramses
    if chosen.shot and chosen.step:
        found = choice(context)
        project = chosen.project or find_project_id(found.root) or os.path.basename(found.root)
        return WorkContext.of_shot(found.root, project, chosen.shot, chosen.step, chosen.resource)
    if not bpy.data.filepath:
        raise SettingsError("the scene is not saved and no shot is chosen.", advice="Choose shot and step, then save.")
    return WorkContext.from_path(bpy.data.filepath)


_told: dict[tuple[str, ...], tuple[float, str, bool]] = {}
_FRESH = 5.0


def label_of(context: Any) -> tuple[str, bool]:
    """(what this scene belongs to or why that is not known, whether it is known), for drawing.

    Panels are drawn many times a second: the disk is asked at most every few seconds.
    """
    chosen = context.scene.ramses
    key = (bpy.data.filepath, chosen.root, chosen.project, chosen.shot, chosen.step, chosen.resource)
    now = time.monotonic()
    if key not in _told or now - _told[key][0] > _FRESH:
        try:
            said, known = work_context(context).label, True
        except PlatesError as problem:
            said, known = str(problem), False
        _told.clear()
        _told[key] = (now, said, known)
    return _told[key][1:]


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


def start_setting(found: Choice) -> StartFacts:
    """Where shots start when neither the plate's record nor Ramses says it."""
    return StartFacts(found.start, source="the add-on's preferences")
