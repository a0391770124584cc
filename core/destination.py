# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a clip would go: its step folder, the version it would become, and what is already published there."""

from __future__ import annotations

import os
from collections.abc import Container
from dataclasses import dataclass

from .errors import ManifestError
from .frames import FrameSet
from .fsops import names_in
from .job import trash_folder
from .longpath import native
from .sidecar import read_facts
from .tree import PUBLISHED, SHOTS, next_version, parse_shot_folder, parse_version_folder, step_folder
from .versions import PublishedVersion, versions_in


@dataclass(frozen=True)
class StepShelf:
    """What lies in one step folder at the time of planning. `path` is relative to the project."""

    path: str
    versions: tuple[PublishedVersion, ...]
    next_number: int


class Shelves:
    """The step folders of a project, each listed once per plan, and the numbers that this plan already counts on."""

    def __init__(self, root: str, project: str) -> None:
        self._root = root
        self._project = project
        self._shelves: dict[str, StepShelf] = {}
        self._promised: dict[str, int] = {}

    def shelf(self, shot: str, step: str) -> StepShelf:
        """The shelf of a shot's step. The shot must be spelled as it is on disk. Raises ReadFailed."""
        path = step_folder(self._project, shot, step)
        if path not in self._shelves:
            versions = versions_in(self._root, path)
            taken = [version.name for version in versions] + names_in(trash_folder(self._root, path))
            self._shelves[path] = StepShelf(path, versions, next_version(taken))
        return self._shelves[path]

    def promise(self, shelf: StepShelf) -> int:
        """The next number that no other clip of this plan counts on."""
        number = max(shelf.next_number, self._promised.get(shelf.path, 0) + 1)
        self._promised[shelf.path] = number
        return number


def shots_on_disk(root: str, project: str, wanted: Container[str]) -> dict[str, tuple[str, str | None]]:
    """Upper-case shot id -> (its spelling, the sequence its newest version remembers) of the `wanted` shots."""
    found = {}
    for name in names_in(os.path.join(root, SHOTS)):
        parsed = parse_shot_folder(name)
        if parsed is not None and parsed[0].upper() == project.upper() and parsed[1].upper() in wanted:
            found[parsed[1].upper()] = (parsed[1], _sequence_of(os.path.join(root, SHOTS, name)))
    return found


def _sequence_of(shot_folder: str) -> str | None:
    """The sequence that a shot's published versions remember, None where none does."""
    for step in names_in(shot_folder):
        published = os.path.join(shot_folder, step, PUBLISHED)
        if not os.path.isdir(native(published)):
            continue
        versions = [version for name in names_in(published) if (version := parse_version_folder(name)) is not None]
        for version in sorted(versions, key=lambda one: one.number, reverse=True)[:3]:
            try:
                facts = read_facts(os.path.join(published, version.name))
            except ManifestError:
                continue  # a broken sidecar is told where the version itself is looked at
            sequence = facts.record.get("sequence") if facts is not None else None
            if isinstance(sequence, str) and sequence:
                return sequence
    return None


def looks_like_patch(new: FrameSet, published: FrameSet) -> bool:
    """True for a few frames out of a published version: every one of them is in it, and less than half of it."""
    return bool(new) and len(new) * 2 < len(published) and not (new - published)
