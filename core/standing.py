# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the version of a registration stands on the disk, may still come, or never can."""

from __future__ import annotations

import os
from dataclasses import dataclass

from .holder import Holder
from .job import trash_folder
from .longpath import native
from .outbox import UNDO, Registration
from .sidecar import completed_at
from .tree import PUBLISHED


@dataclass(frozen=True)
class Standing:
    """`stands`: registered at once. `moot`: never to be registered. Neither: it waits. `reason` says why not."""

    stands: bool = False
    moot: bool = False
    reason: str = ""


def standing(project_root: str, registration: Registration) -> Standing:
    """Look at the disk. A record is moot only with evidence: its publisher is dead, or its version was taken back.

    A dead publisher commits nothing any more; the same plan run again writes its record anew before it commits. The
    silence of another machine is no evidence, its version may be on its way through the network share.
    """
    path = os.path.join(project_root, *registration.folder.split("/"))
    if registration.action == UNDO:
        return _taken_back(project_root, path, registration)
    if completed_at(path) is not None:
        return Standing(stands=True)
    if os.path.isdir(native(path)):
        return Standing(reason="The version folder has no completion marker; verify it.")
    step_folder, _, name = registration.folder.rpartition(f"/{PUBLISHED}/")
    if step_folder and os.path.lexists(native(os.path.join(trash_folder(project_root, step_folder), name))):
        return Standing(moot=True, reason="The version was taken back.")
    if not os.path.isdir(native(project_root)):
        return Standing(reason="The project folder is not there.")
    holder = Holder.parse(registration.holder)
    if holder is not None and holder.is_dead:
        return Standing(moot=True, reason="The publishing died before its version was there; publish it again.")
    return Standing(reason="The version is not there yet: it is being published, or its machine has not finished.")


def _taken_back(project_root: str, path: str, registration: Registration) -> Standing:
    """Ramses is told of an undo once the version is gone; one that stands (again) is nothing to tell of."""
    if not os.path.isdir(native(project_root)):
        return Standing(reason="The project folder is not there.")
    if not os.path.isdir(native(path)):
        return Standing(stands=True)
    holder = Holder.parse(registration.holder)
    if holder is not None and holder.is_dead:
        return Standing(moot=True, reason="The version stands: it was restored, or its undo did not end.")
    return Standing(reason="The version still stands: its undo has not ended.")
