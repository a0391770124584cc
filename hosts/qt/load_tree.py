# SPDX-License-Identifier: GPL-3.0-or-later
"""What the load panel lists: projects, sequences, shots, steps, plates and their versions. No Qt in here.

Everything that lies on a disk is listed by a worker; a `Shelf` keeps what was listed, so that going back costs nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from ...core.errors import ReadFailed, SettingsError
from ...core.events import Cancel
from ...core.longpath import native
from ...core.project_facts import ProjectFacts, load_facts
from ...core.tree import SHOTS, find_project_id, find_project_root, parse_shot_folder, parse_step_folder
from ...core.versions import PublishedVersion, versions_in
from ...lib.ramses.client import RamDaemonInterface
from ...lib.ramses.errors import RamsesError

# What an artist's programs write: such a version is a scene, and a scene is no plate to load.
SCENES = (".nk", ".nknc", ".nkple", ".blend", ".ma", ".mb", ".hip", ".hiplc", ".comp", ".aep", ".c4d", ".spp")


@dataclass(frozen=True)
class Shot:
    """A shot as the project spells it. `folder` is relative to the project, "" where only Ramses knows the shot."""

    name: str
    sequence: str = ""
    folder: str = ""


@dataclass(frozen=True)
class Step:
    """A step folder of a shot, relative to the project with `/` separators."""

    name: str
    folder: str


@dataclass(frozen=True)
class Project:
    """A project folder with all its shots, by sequence and name; `facts` is what Ramses said the last time."""

    root: str
    name: str
    shots: tuple[Shot, ...]
    facts: ProjectFacts | None = None

    @property
    def sequences(self) -> tuple[str, ...]:
        """The sequences that have shots, in order; "" stands for shots without one."""
        return tuple(sorted({shot.sequence for shot in self.shots}, key=_sequence_order))

    def shot(self, name: str) -> Shot | None:
        """The shot of that name, in any case."""
        return next((shot for shot in self.shots if shot.name.casefold() == name.casefold()), None)

    def matching(self, text: str, sequence: str | None = None) -> tuple[Shot, ...]:
        """The shots that hold every word of a search; of one sequence where it is given."""
        words = text.casefold().split()
        wanted = (shot for shot in self.shots if sequence in (None, shot.sequence))
        return tuple(shot for shot in wanted if _holds(f"{shot.sequence} {shot.name}".casefold(), words))


def open_project(path: str, cancel: Cancel | None = None) -> Project:
    """The project at or above a folder. One folder is listed. Raises SettingsError, ReadFailed, Cancelled."""
    root = find_project_root(path)
    if root is None:
        raise SettingsError(
            "there is no Ramses project in or above this folder.",
            path,
            "Choose the folder that has 05-SHOTS in it.",
        )
    facts = load_facts(root)
    if cancel is not None:
        cancel.check()
    name = (facts.short_name if facts is not None else None) or find_project_id(root) or os.path.basename(root)
    return Project(root, name, tuple(_shots(root, facts)), facts)


def projects_of_ramses(client: RamDaemonInterface) -> tuple[str, ...]:
    """The folders of the projects that a running Ramses knows, the open one first; none while it does not answer.

    Folders that this machine does not have are left out. Asks for each project once; for a worker.
    """
    try:
        current, found = client.current_project(), client.projects()
        folders = [client.path(project.uuid) for project in ([current] if current is not None else []) + found]
    except RamsesError:
        return ()
    return tuple(dict.fromkeys(os.path.normpath(folder) for folder in folders if folder and os.path.isdir(folder)))


def steps_of(project: Project, shot: Shot) -> tuple[Step, ...]:
    """The step folders of a shot, in Ramses' order of steps where it is known. Raises ReadFailed."""
    if not shot.folder:
        return ()
    parent = shot.folder.rpartition("/")[2]
    found = []
    for name in _folders(os.path.join(project.root, *shot.folder.split("/"))):
        parsed = parse_step_folder(name, parent)
        if parsed is not None:
            found.append(Step(parsed.step, f"{shot.folder}/{name}"))
    order = {step.short_name.upper(): at for at, step in enumerate(project.facts.steps)} if project.facts else {}
    return tuple(sorted(found, key=lambda step: (order.get(step.name.upper(), len(order)), step.name.upper())))


@dataclass(frozen=True)
class Published:
    """The versions of one step, scenes left out: resource -> versions, newest first. The main plate is ""."""

    plates: dict[str, tuple[PublishedVersion, ...]]
    scenes: int = 0

    @property
    def resources(self) -> tuple[str, ...]:
        """The main plate first, then the resources by name."""
        return tuple(sorted(self.plates, key=str.upper))


def plates_of(project_root: str, step_folder: str, cancel: Cancel | None = None) -> Published:
    """Everything published in a step that can be loaded. Raises ReadFailed, Cancelled."""
    plates: dict[str, list[PublishedVersion]] = {}
    scenes = 0
    for version in reversed(versions_in(project_root, step_folder)):
        if cancel is not None:
            cancel.check()
        if _is_scene(version):
            scenes += 1
        else:
            plates.setdefault(version.resource, []).append(version)
    return Published({resource: tuple(found) for resource, found in plates.items()}, scenes)


class Shelf:
    """What was listed before, by step folder; workers and the window share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[tuple[str, str], tuple[Step, ...]] = {}
        self._plates: dict[tuple[str, str], Published] = {}

    def clear(self) -> None:
        """Everything is listed anew when it is asked for next."""
        with self._lock:
            self._steps.clear()
            self._plates.clear()

    def known_steps(self, project: Project, shot: Shot) -> tuple[Step, ...] | None:
        """The steps of a shot where they were listed already."""
        with self._lock:
            return self._steps.get((project.root, shot.folder)) if shot.folder else ()

    def known_plates(self, root: str, step_folder: str) -> Published | None:
        """The plates of a step where they were listed already."""
        with self._lock:
            return self._plates.get((root, step_folder))

    def steps(self, project: Project, shot: Shot) -> tuple[Step, ...]:
        """The steps of a shot, listed once. Raises ReadFailed."""
        known = self.known_steps(project, shot)
        if known is None:
            known = steps_of(project, shot)
            with self._lock:
                self._steps[project.root, shot.folder] = known
        return known

    def plates(self, root: str, step_folder: str, cancel: Cancel | None = None) -> Published:
        """The plates of a step, listed once. Raises ReadFailed, Cancelled."""
        known = self.known_plates(root, step_folder)
        if known is None:
            known = plates_of(root, step_folder, cancel)
            with self._lock:
                self._plates[root, step_folder] = known
        return known


def _shots(root: str, facts: ProjectFacts | None) -> list[Shot]:
    """The shots on disk and those that only Ramses knows."""
    sequences = {shot.short_name.upper(): shot.sequence for shot in facts.shots} if facts is not None else {}
    found: dict[str, Shot] = {}
    for folder in _folders(os.path.join(root, SHOTS)):
        parsed = parse_shot_folder(folder)
        if parsed is not None:
            key = parsed[1].upper()
            found[key] = Shot(parsed[1], sequences.get(key, ""), f"{SHOTS}/{folder}")
    for shot in facts.shots if facts is not None else ():
        found.setdefault(shot.short_name.upper(), Shot(shot.short_name, shot.sequence))
    return sorted(found.values(), key=lambda shot: (_sequence_order(shot.sequence), shot.name.upper()))


def _sequence_order(sequence: str) -> tuple[bool, str]:
    return not sequence, sequence.upper()


def _holds(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def _is_scene(version: PublishedVersion) -> bool:
    try:
        files = version.files
    except ReadFailed:
        return False  # listed, so that the person sees which version cannot be read
    return bool(files) and all(name.lower().endswith(SCENES) for name in files)


def _folders(path: str) -> list[str]:
    """Names of the folders in a folder, none where it does not exist. Raises ReadFailed."""
    try:
        with os.scandir(native(path)) as entries:
            return [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ReadFailed(f"cannot list the folder: {error.strerror}.", path) from error
