# SPDX-License-Identifier: GPL-3.0-or-later
"""What was dropped: a delivery, a project, an edit or naming rules. No Qt here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from ...core.tree import PROJECT_MARKERS

_EDITS = (".edl", ".ale", ".otio", ".otioz", ".aaf", ".xml", ".fcpxml", ".fcpxmld")


@dataclass(frozen=True)
class Dropped:
    """Paths by what they are."""

    delivery: tuple[str, ...] = ()
    project: str = ""
    edit: str = ""
    rules: str = ""


def sorted_out(paths: Sequence[str]) -> Dropped:
    """Tell what each path is; of projects, edits and rules the last one counts."""
    delivery, project, edit, rules = [], "", "", ""
    for path in paths:
        ending = os.path.splitext(path)[1].lower()
        if ending in _EDITS:
            edit = path
        elif ending == ".json":
            rules = path
        elif is_project(path):
            project = path
        else:
            delivery.append(path)
    return Dropped(tuple(delivery), project, edit, rules)


def is_project(path: str) -> bool:
    """True for the root folder of a Ramses project."""
    return any(os.path.isdir(os.path.join(path, marker)) for marker in PROJECT_MARKERS)
