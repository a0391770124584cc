# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pickers offer: names that Ramses knows, then those that lie on the disk. Free text stays possible."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ...core.errors import PlatesError
from ...core.ids import DEFAULT_STATES
from ...core.project_facts import ProjectFacts
from ...core.tree import SHOTS, parse_shot_folder, parse_step_folder
from ...core.versions import list_versions
from ...core.work_context import WorkContext
from ...core.workfile import templates, work_versions

Offer = tuple[str, str]  # (what is chosen, what is said beside it)


@dataclass(frozen=True)
class Known:
    """Offers of each picker. `projects` are (folder, short name); `scenes` steps with a published Blender scene."""

    projects: tuple[Offer, ...] = ()
    sequences: tuple[Offer, ...] = ()
    shots: tuple[Offer, ...] = ()
    steps: tuple[Offer, ...] = ()
    states: tuple[Offer, ...] = ()
    scenes: tuple[Offer, ...] = ()
    saved: tuple[Offer, ...] = ()
    templates: tuple[Offer, ...] = ()


def known_of(root: str, shot: str, facts: ProjectFacts | None, projects: Iterable[tuple[str, str]] = ()) -> Known:
    """What there is to choose from; lists two folders of the project and the versions of one shot."""
    offered = tuple((folder, name) for name, folder in projects if folder and os.path.isdir(folder))
    if not root:
        return Known(projects=offered)
    known_shots = {one.short_name: one.sequence for one in facts.shots} if facts is not None else {}
    found = {name: sequence or "" for name, sequence in known_shots.items()}
    for name in _shots_on_disk(root):
        found.setdefault(name, "on the disk")
    steps = {one.short_name: one.name for one in facts.steps if one.kind == "shot"} if facts is not None else {}
    for name in _steps_on_disk(root, shot):
        steps.setdefault(name, "on the disk")
    states = ((one.short_name, one.name) for one in facts.states) if facts is not None else ()
    return Known(
        offered,
        tuple((one.short_name, "") for one in facts.sequences) if facts is not None else (),
        tuple(sorted(found.items())),
        tuple(steps.items()),
        tuple(states) or tuple((name, "") for name in DEFAULT_STATES),
        tuple(_scenes(root, shot)),
    )


def of_work(known: Known, work: WorkContext) -> Known:
    """The same with the saved versions and templates of the scene's step."""
    try:
        saved = tuple((os.path.basename(one.path), one.state) for one in work_versions(work, "blend"))
        offered = tuple((os.path.basename(path), "") for path in templates(work, ("blend",)))
    except PlatesError:
        return known  # the panel says elsewhere what is wrong with the folder
    return replace(known, saved=saved, templates=offered)


def matching(offers: Iterable[Offer], typed: str) -> list[Offer]:
    """Those that hold the typed text; all where it is one of them, so that a chosen name does not hide the others."""
    offers = list(offers)
    folded = typed.casefold()
    if any(name.casefold() == folded for name, _about in offers):
        return offers
    return [offer for offer in offers if folded in " ".join(offer).casefold()]


def _shots_on_disk(root: str) -> Iterator[str]:
    for name in _names(os.path.join(root, SHOTS)):
        parsed = parse_shot_folder(name)
        if parsed is not None:
            yield parsed[1]


def _steps_on_disk(root: str, shot: str) -> Iterator[str]:
    for name in _names(os.path.join(root, SHOTS)):
        parsed = parse_shot_folder(name)
        if parsed is None or parsed[1].upper() != shot.upper():
            continue
        for below in _names(os.path.join(root, SHOTS, name)):
            step = parse_step_folder(below, name)
            if step is not None:
                yield step.step


def _scenes(root: str, shot: str) -> Iterator[Offer]:
    """The steps of the shot that published a Blender scene, with the newest version's number."""
    if not shot:
        return
    try:
        versions = list_versions(root, shot)
    except PlatesError:
        return
    newest = {one.step: one.number for one in versions if any(name.lower().endswith(".blend") for name in one.files)}
    for step, number in newest.items():
        yield step, f"v{number:03d}"


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
