# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a running Ramses which project lives in a folder, and for everything that planning needs of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from ..lib.ramses.client import RamDaemonInterface
from ..lib.ramses.model import RamProject, RamSequence, RamShot, RamState, RamStep, by_short_name
from .longpath import native
from .outbox import now_text
from .project_facts import ProjectFacts, SequenceFacts, ShotFacts, StateFacts, StepFacts, load_facts, save_facts


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


def _real(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))
