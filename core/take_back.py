# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells Ramses that a version was taken back: its status goes to the newest version left, with a line that says so.

Ramses cannot delete. The status keeps everything that artists wrote; only what the undone version had brought goes
back: its number, its line in the comment, and its state where the status still has that very state. What is left is
looked up on the disk at the moment of writing, so that a repeated or late correction writes what is true then.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ..lib.ramses.app_state import AppState
from ..lib.ramses.client import RamDaemonInterface
from ..lib.ramses.model import RamShot, RamStatus
from ..lib.ramses.values import write_date
from .outbox import Registration
from .provenance import clean_text, ingested_versions, merged_comment, taken_back_line
from .ramses_snapshot import Snapshot
from .register_clip import CannotRegister, ProjectClosed, Written
from .tree import PUBLISHED
from .versions import PublishedVersion, versions_in


def take_back_clip(
    client: RamDaemonInterface, snapshot: Snapshot, record: Registration, state: AppState, project_root: str
) -> Written:
    """At most five requests, none where Ramses never heard of the version. Raises RamsesError, CannotRegister."""
    project = snapshot.project(record.project, record.project_uuid)
    if project is None:
        raise CannotRegister(f"Ramses has no project {record.project}.")
    sequence = snapshot.sequence(project, record.sequence) if record.sequence else None
    shot = snapshot.shot(project, record.shot, sequence)
    step = snapshot.step(project, record.step)
    known = None if shot is None or step is None else snapshot.statuses.get((shot.uuid, step.uuid))
    done = Written(record, shot or RamShot("", {}))
    if shot is None or step is None or known is None:
        return done
    left = _Left(project_root, record)

    def changes(status: RamStatus) -> dict[str, Any]:
        return _changes(record, status, left, snapshot, state)

    if not changes(known):
        return done
    current = client.current_project()
    if current is None or current.uuid != project.uuid:
        raise ProjectClosed(f"Project {project.short_name} is not open in Ramses any more: open it there.")
    client.write_status(shot.uuid, step.uuid, changes)
    return done


class _Left:
    """The complete versions of a step that are left: the newest one, and the newest one of the same resource."""

    def __init__(self, project_root: str, record: Registration) -> None:
        step_folder = record.folder.rpartition(f"/{PUBLISHED}/")[0]
        standing = [version for version in versions_in(project_root, step_folder) if version.complete]
        self.newest: PublishedVersion | None = standing[-1] if standing else None
        resource = record.resource.upper()
        self.same = max((one.number for one in standing if one.resource.upper() == resource), default=0)


def _changes(record: Registration, status: RamStatus, left: _Left, snapshot: Snapshot, app: AppState) -> dict[str, Any]:
    """What to write into the status as it is now; nothing where it tells of another version by now."""
    changes: dict[str, Any] = {}
    told = ingested_versions(status.comment).get(clean_text(record.resource))
    if told == record.version:
        changes["comment"] = merged_comment(status.comment, taken_back_line(record, left.same))
    if status.version == record.version:
        changes["version"] = 0 if left.newest is None else left.newest.number
        changes["published"] = left.newest is not None
        changes.setdefault("comment", merged_comment(status.comment, taken_back_line(record, left.same)))
        changes.update(_state(record, status, left, snapshot))
    if changes:
        changes["date"] = write_date(datetime.now(timezone.utc))
        if app.user:
            changes["user"] = app.user
    return changes


def _state(record: Registration, status: RamStatus, left: _Left, snapshot: Snapshot) -> dict[str, Any]:
    """Back to the state of the version that is left, where the status still shows that of the undone one."""
    undone = snapshot.state(record.state)
    before = snapshot.state(left.newest.state) if left.newest is not None else None
    if undone is None or before is None or status.state != undone.uuid or before.uuid == undone.uuid:
        return {}
    return {"state": before.uuid, "completionRatio": before.completion}
