# SPDX-License-Identifier: GPL-3.0-or-later
"""Ingest: a delivery is planned, shown, edited and published."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy
from bpy.props import StringProperty

from ...core.editorial.read import read_edit
from ...core.errors import SettingsError
from ...core.events import Cancel, Listener
from ...core.ingest import Register, carry_out, plan_delivery
from ...core.plan import Override, Plan, PlanOptions
from ...core.project_view import project_view
from ...core.register import sync
from ...core.run import RunResult
from ...lib.ramses.client import RamDaemonInterface
from . import garbage
from .background import Answer, Steps, Work, counted
from .ingest_rows import overrides, show, told
from .preferences import preferences
from .session import Choice, choice, start_facts
from .tasks import TaskOperator, refuse, say, wrote
from .watch import look_again


@dataclass(frozen=True)
class Planned:
    """A plan and the way to tell Ramses about it."""

    plan: Plan
    register: Register | None


_latest: list[Planned] = []


def latest() -> Planned | None:
    """The plan that the panel shows."""
    return _latest[0] if _latest else None


@dataclass(frozen=True)
class _Wish:
    """What the artist asked for, free of bpy."""

    project: Choice
    delivery: str
    edl: str
    step: str
    state: str
    every_frame: bool
    overrides: dict[str, Override]

    def plan(self, listen: Listener, cancel: Cancel) -> Planned:
        facts, register = self.project.connect()
        view = project_view(self.project.root, facts, self.project.project or None)
        options = PlanOptions(
            root=self.project.root,
            view=view,
            step=self.step,
            state=self.state,
            edit=read_edit(self.edl, view.spec.rate) if self.edl else None,
            start=start_facts(self.project.start),
            overrides=self.overrides,
        )
        plan = plan_delivery([self.delivery], options, every_frame=self.every_frame, listen=listen, cancel=cancel)
        return Planned(plan, register)


class RAMSES_OT_ingest_plan(TaskOperator, bpy.types.Operator):
    """Look at the delivery and show what would be published; nothing is written"""

    bl_idname = "ramses.ingest_plan"
    bl_label = "Look at Delivery"
    bl_options = {"REGISTER"}
    panel = "ingest"
    large = True
    title = "Ingest plan"

    filepath: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})

    def prepare(self, context: Any) -> Work:
        """Take over the choices and the rows that the artist edited."""
        chosen = context.scene.ramses
        if self.filepath:
            if self.filepath != chosen.delivery:
                context.window_manager.ramses.clips.clear()
            chosen.delivery = self.filepath
        delivery = bpy.path.abspath(chosen.delivery) if chosen.delivery else ""
        if not delivery or not os.path.exists(delivery):
            raise SettingsError("there is no delivery to look at.", delivery or None, "Choose its folder.")
        return _Wish(
            choice(context),
            os.path.abspath(delivery),
            bpy.path.abspath(chosen.edl) if chosen.edl else "",
            chosen.plate_step,
            chosen.plate_state,
            bool(preferences(context).every_frame),
            overrides(context.window_manager.ramses.clips),
        ).plan

    def finish(self, context: Any, result: Planned) -> Steps:
        """Show the plan."""
        session, edited = context.window_manager.ramses, dict(result.plan.options.overrides)
        yield from _forget()
        _latest[:] = [result]
        yield from show(session, result.plan, edited)
        refused = sum(clip.status == "refused" for clip in result.plan.clips)
        left_out = sum(override.skip for override in edited.values())
        there = sum(clip.status == "duplicate" for clip in result.plan.clips)
        parts = ((len(result.plan.to_publish), "new"), (there, "published before"), (refused - left_out, "refused"))
        told = [f"{number} {word}" for number, word in (*parts, (left_out, "left out")) if number]
        clips = counted(len(result.plan.clips), "clip")
        return say(self, f"{clips}: {', '.join(told) or 'nothing to publish'}.", warn=refused > left_out)


class RAMSES_OT_ingest_publish(TaskOperator, bpy.types.Operator):
    """Publish the clips of the plan into the Ramses project, every byte checked"""

    bl_idname = "ramses.ingest_publish"
    bl_label = "Publish Plates"
    bl_options = {"REGISTER"}
    panel = "ingest"
    title = "Ingest"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a plan with something to publish."""
        planned = latest()
        if planned is None or not planned.plan.to_publish:
            cls.poll_message_set("Look at a delivery first: nothing is planned that could be published")
            return False
        return super().poll(context)

    def prepare(self, context: Any) -> Work:
        """The plan as it was shown, unless rows were edited since."""
        planned = latest()
        edited = overrides(context.window_manager.ramses.clips)
        if planned is None or edited != dict(planned.plan.options.overrides):
            raise SettingsError("rows were edited since the plan was made.", advice="Look at the delivery again.")
        return lambda listen, cancel: carry_out(planned.plan, register=planned.register, listen=listen, cancel=cancel)

    def finish(self, context: Any, result: RunResult) -> Steps:
        """Show what happened to each clip."""
        yield from _forget()
        rows = {row.key: row for row in context.window_manager.ramses.clips}
        for clip in result.clips:
            row = rows.get(clip.planned.key)
            if row is not None:
                row.status = clip.status
                row.folder = clip.published.folder if clip.published is not None else row.folder
                row.findings = told(clip.planned, clip.findings)
            yield
        done = sum(clip.status == "published" for clip in result.clips)
        failed = [clip for clip in result.clips if clip.status in ("failed", "refused")]
        registered = {"yes": "Ramses knows them", "queued": "Ramses will be told later", "off": "nothing to register"}
        message = f"{counted(done, 'plate')} published, {len(failed)} not; {registered[result.registered]}."
        root = result.plan.options.root
        report = os.path.join(root, *result.report.split("/")) if result.report else ""
        wrote(self, next((os.path.join(root, *folder.split("/")) for folder in _folders(result)), ""), report)
        look_again()
        return say(self, " ".join([message, *result.warnings]), warn=bool(failed or result.warnings))


class RAMSES_OT_sync(TaskOperator, bpy.types.Operator):
    """Tell Ramses about published versions that it does not know yet"""

    bl_idname = "ramses.sync"
    bl_label = "Deliver Outbox"
    bl_options = {"REGISTER"}
    panel = "shot"
    title = "Outbox"

    def prepare(self, context: Any) -> Work:
        """The project's outbox."""
        found = choice(context)
        client = None if found.offline else RamDaemonInterface.instance()
        return lambda listen, cancel: sync(found.root, client, listen=listen, cancel=cancel)

    def finish(self, context: Any, result: Any) -> Steps:
        """How many went through, and why the others wait."""
        yield
        waiting = result.of("waiting")
        text = f"{len(result.of('registered'))} registered, {len(waiting)} waiting."
        look_again()
        return say(self, f"{text} {waiting[0].reason if waiting else ''}".rstrip(), warn=bool(waiting))


class RAMSES_OT_open_path(bpy.types.Operator):
    """Show this file or folder in the program that the system opens it with"""

    bl_idname = "ramses.open_path"
    bl_label = "Open"
    bl_options = {"INTERNAL"}
    panel = "ingest"

    path: StringProperty(subtype="FILE_PATH")

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """Which one."""
        return f"Open {properties.path}"

    def execute(self, context: Any) -> Answer:
        """Refused where it is gone."""
        if not os.path.exists(self.path):
            return refuse(self, SettingsError("it is not there any more.", self.path))
        bpy.ops.wm.path_open(filepath=self.path)
        return {"FINISHED"}


def _forget() -> Iterator[None]:
    """Let go of the older plan clip by clip: freeing thousands at once would hold the window."""
    clips = [clip for planned in _latest for clip in planned.plan.clips]
    _latest.clear()
    while clips:
        clips.pop()
        yield
    garbage.look_at_all()


def _folders(result: RunResult) -> Iterator[str]:
    """The version folders that were published, relative to the project."""
    return (clip.published.folder for clip in result.clips if clip.published is not None)


_CLASSES = (RAMSES_OT_ingest_plan, RAMSES_OT_ingest_publish, RAMSES_OT_sync, RAMSES_OT_open_path)


def register() -> None:
    """Add the operators."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back and forget the plan."""
    _latest.clear()
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
