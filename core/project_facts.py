# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ramses says about a project: asked while it runs, kept in the project folder for the times when it does not."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, TypeVar

from ..lib.ramses.client import RamDaemonInterface
from ..lib.ramses.model import RamProject, RamSequence, RamShot, RamState, RamStep, by_short_name
from . import fsops
from .finding import Finding, info, warning
from .longpath import native
from .outbox import now_text
from .tree import REPORTS

FILE = "ramses_project.json"
_SCHEMA = 1
_LARGEST = 64 << 20


@dataclass(frozen=True)
class StepFacts:
    """A step: `kind` is pre, asset, shot or post; `settings` its general settings as written (meant as YAML)."""

    uuid: str
    short_name: str
    name: str = ""
    kind: str = "pre"
    settings: str = ""


@dataclass(frozen=True)
class StateFacts:
    """A state and its completion, 0 to 100."""

    uuid: str
    short_name: str
    name: str = ""
    completion: int = 50


@dataclass(frozen=True)
class SequenceFacts:
    """A sequence; rate, size and pixel aspect are None unless it overrides the project's."""

    uuid: str
    short_name: str
    rate: float | None = None
    width: int | None = None
    height: int | None = None
    pixel_aspect: float | None = None


@dataclass(frozen=True)
class ShotFacts:
    """A shot: the short name of its sequence ("" = none) and its frames at the project's rate (None = never said)."""

    uuid: str
    short_name: str
    sequence: str = ""
    frames: int | None = None


@dataclass(frozen=True)
class ProjectFacts:
    """Everything about a project that planning needs. `rate` is as typed (23.976), `seen` UTC when Ramses said it."""

    uuid: str
    short_name: str
    name: str
    folder: str
    rate: float
    width: int
    height: int
    pixel_aspect: float
    steps: tuple[StepFacts, ...] = ()
    states: tuple[StateFacts, ...] = ()
    sequences: tuple[SequenceFacts, ...] = ()
    shots: tuple[ShotFacts, ...] = ()
    seen: str = ""

    def shot(self, short_name: str) -> ShotFacts | None:
        """The shot of that id, in any case."""
        return _named(self.shots, short_name)

    def sequence(self, short_name: str) -> SequenceFacts | None:
        """The sequence of that id, in any case."""
        return _named(self.sequences, short_name)

    def step(self, short_name: str) -> StepFacts | None:
        """The step of that id, in any case."""
        return _named(self.steps, short_name)


def load_facts(project_root: str) -> ProjectFacts | None:
    """The facts of the last time Ramses was seen; None where it never was, or the file cannot be used."""
    try:
        with open(native(_path(project_root)), "rb") as file:
            data = json.loads(file.read(_LARGEST))
        return _parse(data) if isinstance(data, dict) and data.get("schema") == _SCHEMA else None
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        return None


def save_facts(project_root: str, facts: ProjectFacts) -> None:
    """Keep the facts for later, durably; nothing is written where only the time differs. Raises WriteFailed."""
    known = load_facts(project_root)
    if known is not None and replace(known, seen="") == replace(facts, seen=""):
        return
    path = _path(project_root)
    fsops.make_folders(os.path.dirname(path), [])
    text = json.dumps({"schema": _SCHEMA, **asdict(facts)}, indent=1, sort_keys=True)
    fsops.write_file(path, [text.encode("ascii")], replace=True)


def ask_facts(client: RamDaemonInterface, project_root: str, short_name: str | None = None) -> ProjectFacts | None:
    """Ask Ramses about the project of this folder (or of that short name); nothing is written.

    None where Ramses has no such project. Raises RamsesError.
    """
    project = project_for_folder(client, project_root, short_name)
    if project is None:
        return None
    sequences, shots = client.objects(RamSequence), client.objects(RamShot)
    facts = facts_of(project, client.objects(RamStep), client.objects(RamState), sequences, shots)
    return replace(facts, folder=client.path(project.uuid) or project.folder(client.ramses_folder()))


def refresh_facts(client: RamDaemonInterface, project_root: str, short_name: str | None = None) -> ProjectFacts | None:
    """Ask Ramses and keep the answer for later. Raises RamsesError, WriteFailed."""
    facts = ask_facts(client, project_root, short_name)
    if facts is not None:
        save_facts(project_root, facts)
    return facts


def facts_of(
    project: RamProject,
    steps: Sequence[RamStep],
    states: Sequence[RamState],
    sequences: Sequence[RamSequence],
    shots: Sequence[RamShot],
) -> ProjectFacts:
    """The facts of one project from bulk reads of all objects."""
    mine = [sequence for sequence in sequences if sequence.project == project.uuid]
    names = {sequence.uuid: sequence.short_name for sequence in mine}
    own_steps = sorted((step for step in steps if step.project == project.uuid), key=lambda step: step.order)
    return ProjectFacts(
        uuid=project.uuid,
        short_name=project.short_name,
        name=project.name,
        folder="",
        rate=project.framerate,
        width=project.width,
        height=project.height,
        pixel_aspect=project.pixel_aspect,
        steps=tuple(
            StepFacts(step.uuid, step.short_name, step.name, step.kind, _settings_of(step)) for step in own_steps
        ),
        states=tuple(StateFacts(state.uuid, state.short_name, state.name, state.completion) for state in states),
        sequences=tuple(_sequence(sequence) for sequence in mine),
        shots=tuple(
            ShotFacts(shot.uuid, shot.short_name, names.get(shot.sequence, ""), _frames(shot, project))
            for shot in shots
            if shot.project == project.uuid and shot.short_name
        ),
        seen=now_text(),
    )


def project_for_folder(
    client: RamDaemonInterface, project_root: str, short_name: str | None = None
) -> RamProject | None:
    """The Ramses project that lives in a folder; None where there is none, or several could be meant.

    A short name decides alone. Otherwise the uuid kept from the last time does, then the folder that Ramses names
    (links are followed), and last a project with the short name of the folder, unless it has a folder of its own on
    this machine. Raises RamsesError.
    """
    projects = client.objects(RamProject)
    if short_name:
        return by_short_name(projects, short_name)
    known = load_facts(project_root)
    if known is not None:
        for project in projects:
            if project.uuid == known.uuid:
                return project
    folders = {project.uuid: client.path(project.uuid) for project in projects}
    for project in projects:
        if is_same_folder(folders[project.uuid], project_root):
            return project
    named = by_short_name(projects, os.path.basename(os.path.normpath(project_root)))
    return None if named is None or os.path.isdir(native(folders[named.uuid])) else named


def is_same_folder(one: str, other: str) -> bool:
    """True where both paths lead to one folder, through links and mounts; a folder that is not there is only itself."""
    if not one or not other:
        return False
    if _real(one) == _real(other):
        return True
    try:
        return os.path.samefile(native(one), native(other))
    except OSError:
        return False


def compare(
    facts: ProjectFacts, shot: str, sequence: str | None = None, step: str | None = None, frames: int = 0
) -> list[Finding]:
    """What the person should know before a plate of that shot goes into this project; nothing here blocks.

    `frames` is how long the plate says the shot is (0 = not known). Rate, size and pixel aspect are compared by
    `checks.check_spec`, with what `facts` says.
    """
    found = []
    known = facts.shot(shot)
    if known is not None:
        if frames and known.frames and frames != known.frames:
            text = f"The plate has {frames} frames, shot {known.short_name} has {known.frames} in Ramses."
            found.append(warning("duration-differs", text, advice="Ramses keeps its length; change it there if wrong."))
        if sequence and known.sequence.casefold() != sequence.casefold():
            where = f"in sequence {known.sequence}" if known.sequence else "in no sequence"
            text = f"Shot {known.short_name} is {where} in Ramses, the delivery says {sequence}."
            found.append(warning("other-sequence", text, advice="It stays where it is: move it in Ramses if wrong."))
        if known.short_name != shot:
            found.append(info("shot-spelling", f"The shot is called {known.short_name} in Ramses, so it is here."))
    elif sequence and facts.sequence(sequence) is None:
        found.append(info("new-sequence", f"Sequence {sequence} and shot {shot} are new in Ramses."))
    else:
        found.append(info("new-shot", f"Shot {shot} is new in Ramses."))
    if step is not None:
        found += _compare_step(facts, step)
    return found


def _compare_step(facts: ProjectFacts, step: str) -> list[Finding]:
    known = facts.step(step)
    if known is not None and known.kind == "shot":
        return []
    names = ", ".join(entry.short_name for entry in facts.steps if entry.kind == "shot") or "none"
    text = f"Project {facts.short_name} has no shot step {step} in Ramses; it has {names}."
    return [warning("unknown-step", text, advice="Add the step in Ramses: until then the registration waits.")]


def _sequence(sequence: RamSequence) -> SequenceFacts:
    width, height = sequence.own_size or (None, None)
    return SequenceFacts(
        sequence.uuid, sequence.short_name, sequence.own_framerate, width, height, sequence.own_pixel_aspect
    )


def _frames(shot: RamShot, project: RamProject) -> int | None:
    return None if shot.duration is None else project.frames(shot.duration)


def _settings_of(step: RamStep) -> str:
    written = step.get("customSettings")
    return written if isinstance(written, str) else ""


class _HasShortName(Protocol):
    @property
    def short_name(self) -> str: ...


_Named = TypeVar("_Named", bound=_HasShortName)


def _named(objects: Sequence[_Named], short_name: str) -> _Named | None:
    folded = short_name.casefold()
    found = [entry for entry in objects if entry.short_name.casefold() == folded]
    return next((entry for entry in found if entry.short_name == short_name), found[0] if found else None)


def _real(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _path(project_root: str) -> str:
    return os.path.join(project_root, REPORTS, FILE)


def _parse(data: Mapping[str, Any]) -> ProjectFacts:
    """Raises TypeError, KeyError or ValueError for what is no such document."""
    kinds: dict[str, type] = {"steps": StepFacts, "states": StateFacts, "sequences": SequenceFacts, "shots": ShotFacts}
    values: dict[str, Any] = {key: value for key, value in data.items() if key != "schema"}
    values |= {key: tuple(kind(**entry) for entry in data[key]) for key, kind in kinds.items()}
    facts = ProjectFacts(**values)
    if not (facts.uuid and facts.short_name and float(facts.rate) > 0):
        raise ValueError("no project")
    return facts
