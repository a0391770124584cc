# SPDX-License-Identifier: GPL-3.0-or-later
"""What a publish would write, and what the current scene belongs to; looked up by a worker. No Qt in here."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ...core.clip import Clip
from ...core.errors import PlatesError, SettingsError
from ...core.grouping import Place, group_names
from ...core.ids import DEFAULT_STATES
from ...core.project_facts import load_facts
from ...core.tree import version_folder
from ...core.versions import files_in
from ...core.work_context import WorkContext
from ...core.workfile import publish_number, save_version_path
from .host import Written

# What a publish is called as long as nobody says otherwise.
DEFAULT_STATE = "WIP"


@dataclass(frozen=True)
class State:
    """A state as the combo box shows it."""

    short_name: str
    name: str = ""

    @property
    def label(self) -> str:
        """For people: "WIP, work in progress"."""
        return f"{self.short_name}  {self.name}" if self.name else self.short_name


@dataclass(frozen=True)
class Step:
    """Where a scene belongs, with the states that its project knows; `known` tells that Ramses named them."""

    context: WorkContext
    states: tuple[State, ...]
    known: bool


@dataclass(frozen=True)
class Plan:
    """What each kind of publish would write now. A problem is a sentence, "" where there is none."""

    scene: Written | None
    work_version: str = ""
    scene_problem: str = ""
    render: Written | None = None
    render_problem: str = ""
    render_text: str = ""


def step_of(path: str) -> Step:
    """What a saved scene belongs to. Raises SettingsError where it lies in no step folder of a project."""
    if not path:
        raise SettingsError("The scene is not saved yet.", advice="Choose its shot and step here, then save it.")
    return with_states(WorkContext.from_path(path))


def with_states(context: WorkContext) -> Step:
    """The context with the states of its project."""
    facts = load_facts(context.root)
    if facts is None or not facts.states:
        return Step(context, tuple(State(name) for name in DEFAULT_STATES), known=False)
    return Step(context, tuple(State(state.short_name, state.name) for state in facts.states), known=True)


def plan_publish(context: WorkContext, scene_path: str, render_folder: str, state: str) -> Plan:
    """Folders, files and the next number, as they would be now: somebody else may take the number meanwhile."""
    try:
        number = publish_number(context)
        folder = os.path.join(context.published, version_folder(number, state, context.resource))
    except PlatesError as error:
        return Plan(None, scene_problem=str(error), render_problem=str(error))
    ext = os.path.splitext(scene_path)[1].lstrip(".").lower()
    scene = Written("scene", folder, (os.path.join(folder, f"{context.stem}.{ext}"),), number) if ext else None
    problem = "" if ext else "The scene was never saved: save it first."
    kept = save_version_path(context, ext, state, number) if ext else ""
    return _with_render(Plan(scene, kept, problem), context, folder, render_folder, number)


def _with_render(plan: Plan, context: WorkContext, folder: str, render_folder: str, number: int) -> Plan:
    clip, problem = _rendered(render_folder)
    if clip is None:
        return Plan(plan.scene, plan.work_version, plan.scene_problem, None, problem)
    files = tuple(os.path.join(folder, name) for name in _names(context.stem, clip))
    text = clip.label if not clip.missing else f"{clip.label}, frames {clip.missing} are missing"
    return Plan(plan.scene, plan.work_version, plan.scene_problem, Written("render", folder, files, number), "", text)


def _names(stem: str, clip: Clip) -> list[str]:
    """The published name of every file: the step's name, the frame number as it was rendered."""
    if clip.file:
        return [f"{stem}.{clip.ext}"]
    names = []
    for run in clip.runs:
        for frame in run.frames():
            sign = "-" if frame < 0 else ""
            names.append(f"{stem}.{sign}{abs(frame):0{run.width}d}.{clip.ext}")
    return names


def _rendered(folder: str) -> tuple[Clip | None, str]:
    """The one clip in the render folder, or a sentence why there is none to publish."""
    if not folder:
        return None, "This program does not say where its render lies."
    if not os.path.isdir(folder):
        return None, "Nothing is rendered yet: set up the render, render, then come back."
    try:
        clips = group_names(files_in(folder), Place(folder)).clips
    except PlatesError as error:
        return None, str(error)
    if len(clips) != 1:
        told = ", ".join(clip.label for clip in clips[:4]) or "none"
        return None, f"One clip is published at a time, and the render folder holds: {told}."
    return clips[0], ""
