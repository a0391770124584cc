# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panels remember from one day to the next: projects, and how plates are placed. A small file of our own."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from ...core.placement import POLICIES, Policy

# Names another folder for the file.
VARIABLE = "RAMSES_PLATES_SETTINGS"
# Longer lists help nobody to find a project.
_MOST = 12
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Memory:
    """`projects` are project folders, the last used one first; `places` the last (shot, step) in each of them."""

    projects: tuple[str, ...] = ()
    policy: Policy = "shot-start"
    places: tuple[tuple[str, str, str], ...] = ()

    def used(self, root: str) -> Memory:
        """The same with this project in front."""
        return replace(self, projects=(root, *(one for one in self.projects if one != root))[:_MOST])

    def at(self, root: str, shot: str, step: str) -> Memory:
        """The same with the place where the person was in a project."""
        others = tuple(place for place in self.places if place[0] != root)
        return replace(self, places=((root, shot, step), *others)[:_MOST])

    def place(self, root: str) -> tuple[str, str]:
        """(shot, step) where the person was, "" where nobody knows."""
        return next(((shot, step) for known, shot, step in self.places if known == root), ("", ""))


def recall() -> Memory:
    """What was remembered; an empty memory where there is no file that can be used."""
    try:
        with open(_path(), "rb") as file:
            data = json.loads(file.read(_LARGEST))
        return _parse(data)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Memory()


def remember(memory: Memory) -> None:
    """Keep it. A home folder that cannot be written costs the memory, nothing else.

    Nothing is flushed: the window waits for this, and the memory is not worth a moment.
    """
    path = _path()
    draft = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(draft, "w", encoding="ascii") as file:
            json.dump(asdict(memory), file, indent=1)
        os.replace(draft, path)
    except OSError:
        return


def _path() -> str:
    return os.path.join(os.environ.get(VARIABLE) or os.path.join(_folder(), "ramses-plates"), "panels.json")


def _folder() -> str:
    """The user's folder for settings, as each system has it."""
    if sys.platform == "win32":
        return os.environ.get("APPDATA") or os.path.expanduser(r"~\AppData\Roaming")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support")
    named = os.environ.get("XDG_CONFIG_HOME", "")
    return named if os.path.isabs(named) else os.path.expanduser("~/.config")


def _parse(data: dict[str, Any]) -> Memory:
    policy = data.get("policy")
    places = tuple((str(root), str(shot), str(step)) for root, shot, step in data.get("places", ()))
    return Memory(
        tuple(str(root) for root in data.get("projects", ()))[:_MOST],
        cast(Policy, policy) if policy in POLICIES else "shot-start",
        places[:_MOST],
    )
