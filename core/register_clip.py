# SPDX-License-Identifier: GPL-3.0-or-later
"""Registers one published version: its sequence and shot where they are missing, its length, its status."""

from __future__ import annotations

import os
import uuid as uuids
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..lib.ramses.app_state import AppState
from ..lib.ramses.client import RamDaemonInterface
from ..lib.ramses.errors import Refused
from ..lib.ramses.merge import same
from ..lib.ramses.model import RamAsset, RamProject, RamSequence, RamShot, RamState, RamStatus, RamStep
from ..lib.ramses.values import write_date
from .errors import PlatesError
from .finding import Finding, info, warning
from .outbox import Registration
from .provenance import clean_text, comment_line, ingested_versions, merged_comment
from .ramses_snapshot import Snapshot
from .tree import SHOTS, shot_folder

_NAMESPACE = uuids.UUID("b0c5a9d2-6f3e-4c55-9d0c-2f8d3c8e6a41")


class CannotRegister(PlatesError):
    """Something that Ramses must have is not there; the record waits."""


class ProjectClosed(CannotRegister):
    """Another project was opened in Ramses meanwhile; all records wait."""


class Burnt(CannotRegister):
    """Ramses took a new object and does not know it: its id belongs to one that was removed. Another id is needed."""


@dataclass(frozen=True)
class Written:
    """A registration that Ramses took. `shot` is what must read back, `touched` tells that it was written now."""

    registration: Registration
    shot: RamShot | RamAsset
    touched: bool = False
    new_sequence: str = ""
    findings: tuple[Finding, ...] = ()

    def missing_from(self, shots: Mapping[str, RamShot] | None, sequences: set[str] | None) -> str:
        """Why this does not read back from the bulk reads; "" where all is there (None = nothing had to be read)."""
        if self.new_sequence and sequences is not None and self.new_sequence not in sequences:
            return f"Ramses took the new sequence of {self.shot.short_name}, but does not list it."
        if not self.touched or shots is None:
            return ""
        found = shots.get(self.shot.uuid)
        if found is None:
            return f"Ramses took the new shot {self.shot.short_name}, but does not list it; it may have been removed."
        for key in ("project", "shortName", "duration", "sourceMedia"):
            # Written by us or read just before: anything else but emptiness is an artist's edit since, and right.
            if self.shot.get(key) is not None and found.get(key) is None:
                return f"Shot {self.shot.short_name} reads back without its {key}."
        return ""


def register_clip(
    client: RamDaemonInterface, snapshot: Snapshot, record: Registration, state: AppState, project_root: str
) -> Written:
    """At most six requests; none where all of it is registered already. Raises RamsesError, CannotRegister."""
    project = snapshot.project(record.project, record.project_uuid)
    if project is None:
        raise CannotRegister(f"Ramses has no project {record.project}.")
    return _Clip(client, snapshot, record, state, project, project_root).register()


@dataclass
class _Clip:
    client: RamDaemonInterface
    snapshot: Snapshot
    record: Registration
    app: AppState
    project: RamProject
    root: str
    findings: list[Finding] = field(default_factory=list)
    new_sequence: str = ""
    touched: bool = False

    def register(self) -> Written:
        if self.record.kind == "A":
            return self._register_asset()
        step, wanted = self._step(), self._state()
        sequence = self.record.sequence or ""
        known_sequence = self.snapshot.sequence(self.project, sequence) if sequence else None
        shot = self.snapshot.shot(self.project, self.record.shot, known_sequence)
        if shot is not None and self._is_registered(shot, step, wanted):
            self._compare(shot, known_sequence)
            return self._written(shot)
        self._check_open_project()
        if shot is None:
            shot = self._create_shot(known_sequence or self._create_sequence())
        else:
            shot = self._complete(shot)
            self._compare(shot, known_sequence)
        self._write_status(shot, step, wanted)
        return self._written(shot)

    def _register_asset(self) -> Written:
        """An asset's status only: artists make assets, in groups that nothing here could choose for them."""
        step, wanted = self._step("asset"), self._state()
        asset = self.snapshot.asset(self.project, self.record.shot)
        if asset is None:
            text = f"Project {self.project.short_name} has no asset {self.record.shot}."
            raise CannotRegister(text, advice="Add it in Ramses.")
        known = self.snapshot.statuses.get((asset.uuid, step.uuid))
        if known is None or self._status_changes(known, wanted):
            self._check_open_project()
            self.client.write_status(asset.uuid, step.uuid, lambda status: self._status_changes(status, wanted))
        return Written(self.record, asset)

    def _write_status(self, shot: RamShot, step: RamStep, wanted: RamState) -> None:
        try:
            self.client.write_status(shot.uuid, step.uuid, lambda status: self._status_changes(status, wanted))
        except Refused as error:
            if shot.uuid == self._new_uuid(RamShot):
                raise Burnt(f"Ramses does not know the shot {shot.short_name} that it took: {error.answer}") from error
            raise

    def _written(self, shot: RamShot) -> Written:
        return Written(self.record, shot, self.touched, self.new_sequence, tuple(self.findings))

    # ---- what must be there

    def _step(self, kind: str = "shot") -> RamStep:
        step = self.snapshot.step(self.project, self.record.step, kind)
        if step is None or step.kind != kind:
            what = "no step" if step is None else f"no step of {kind}s called"
            raise CannotRegister(
                f"Project {self.project.short_name} has {what} {self.record.step}.", advice="Add it in Ramses."
            )
        return step

    def _state(self) -> RamState:
        state = self.snapshot.state(self.record.state)
        if state is None:
            raise CannotRegister(f"Ramses has no state {self.record.state}.", advice="Add it in Ramses.")
        return state

    def _check_open_project(self) -> None:
        """getStatus makes statuses for the project that is open, whatever is asked: an artist may have changed it."""
        current = self.client.current_project()
        if current is None or current.uuid != self.project.uuid:
            raise ProjectClosed(f"Project {self.project.short_name} is not open in Ramses any more: open it there.")

    # ---- sequence and shot

    def _create_sequence(self) -> RamSequence | None:
        name = self.record.sequence
        if not name:
            return None
        data = {
            "comment": "",
            **self._folder_path(f"{SHOTS}/{name}"),
            "name": name,
            "order": self.snapshot.next_order(RamSequence, self.project),
            "project": self.project.uuid,
            "shortName": name,
        }
        # No rate or size of its own: a sequence that copied those of its first plate could never show a wrong one.
        sequence = self.client.create(
            RamSequence, data, self._new_uuid(RamSequence), stored=self.snapshot.sequence_uuids, read_back=False
        )
        self.snapshot.add_sequence(sequence)
        self.new_sequence = sequence.uuid
        self.touched = True
        return sequence

    def _create_shot(self, sequence: RamSequence | None) -> RamShot:
        record = self.record
        data: dict[str, Any] = {
            "comment": "",
            **self._folder_path(shot_folder(self.project.short_name, record.shot)),
            "name": record.shot,
            "order": self.snapshot.next_order(RamShot, self.project),
            "project": self.project.uuid,
            "shortName": record.shot,
        }
        if sequence is not None:
            data["sequence"] = sequence.uuid
        data.update(self._plate_fields())
        shot = self.client.create(
            RamShot, data, self._new_uuid(RamShot), stored=self.snapshot.shot_uuids, read_back=False
        )
        self.snapshot.add_shot(shot)
        self.touched = True
        return shot

    def _complete(self, shot: RamShot) -> RamShot:
        """Give an existing shot the length and source that it lacks; nothing that it has is changed."""
        if not self._lacking(shot):
            return shot
        found = self.client.update(RamShot, shot.uuid, self._lacking, read_back=False)
        self.snapshot.replace_shot(found)
        self.touched = True
        return found

    def _lacking(self, shot: RamShot) -> dict[str, Any]:
        has = {"duration": shot.duration is not None, "sourceMedia": bool(shot.source_media)}
        return {key: value for key, value in self._plate_fields().items() if not has[key]}

    def _plate_fields(self) -> dict[str, Any]:
        """What the main plate says about its shot; a resource says nothing about it."""
        fields: dict[str, Any] = {}
        if self.record.resource:
            return fields
        if self._seconds() is not None:
            fields["duration"] = self._seconds()
        if clean_text(self.record.source_media):
            fields["sourceMedia"] = clean_text(self.record.source_media)
        return fields

    def _seconds(self) -> float | None:
        if self.record.frames > 0:
            return self.project.seconds(self.record.frames)
        return self.record.seconds if self.record.seconds and self.record.seconds > 0 else None

    def _new_uuid(self, kind: type[RamShot] | type[RamSequence]) -> str:
        """The same for the same record and attempt: a create that is repeated after a lost reply makes nothing new."""
        return str(uuids.uuid5(_NAMESPACE, f"{self.project.uuid}/{self.record.id}/{kind.TYPE}/{self.record.attempt}"))

    def _folder_path(self, below: str) -> dict[str, str]:
        """Where the other Ramses tools look for the object; left out where the folder's name is no text."""
        path = f"{self.root.replace(os.sep, '/').rstrip('/')}/{below}"
        return {} if any("\ud800" <= character <= "\udfff" for character in path) else {"folderPath": path}

    # ---- the status

    def _is_registered(self, shot: RamShot, step: RamStep, wanted: RamState) -> bool:
        """True where the bulk read shows this very registration, or a newer one: nothing is to be done."""
        status = self.snapshot.statuses.get((shot.uuid, step.uuid))
        if status is None or self._lacking(shot):
            return False
        return not self._status_changes(status, wanted)

    def _status_changes(self, status: RamStatus, wanted: RamState) -> dict[str, Any]:
        """What to write into the status as it is now. A newer version's status is left alone, a state never lowered."""
        record = self.record
        line = comment_line(record)
        told = ingested_versions(status.comment)
        # Versions of a step share one counter, so a newer resource says nothing about this plate.
        newest = told.get(clean_text(record.resource), 0) if told else status.version
        if newest > record.version or (status.version >= record.version and line in status.comment.split("\n")):
            return {}
        changes: dict[str, Any] = {
            "version": max(record.version, status.version),
            "published": True,
            "comment": merged_comment(status.comment, line),
            **self._raised(status, wanted),
        }
        if self.app.user:
            changes["user"] = self.app.user
        changes["date"] = write_date(datetime.now(timezone.utc))
        return changes

    def _raised(self, status: RamStatus, wanted: RamState) -> dict[str, Any]:
        untouched = status.date is None and status.version == 0
        known = self.snapshot.states.get(status.state)
        reached = max(status.completion, known.completion if known is not None else 0)
        if not (untouched or wanted.completion > reached or (known is None and wanted.completion >= reached)):
            return {}
        return {"state": wanted.uuid, "completionRatio": wanted.completion}

    # ---- what differs

    def _compare(self, shot: RamShot, sequence: RamSequence | None) -> None:
        record = self.record
        fields = self._plate_fields()
        if "duration" in fields and shot.duration is not None and not same(shot.duration, fields["duration"]):
            has, plate = self.project.frames(shot.duration), self.project.frames(fields["duration"])
            if has != plate:
                text = f"Shot {shot.short_name} has {has} frames in Ramses, the plate {plate}; Ramses was not changed."
                self.findings.append(warning("duration-differs", text))
        if "sourceMedia" in fields and shot.source_media and shot.source_media != fields["sourceMedia"]:
            text = (
                f"Shot {shot.short_name} keeps its source {shot.source_media}; this plate is {fields['sourceMedia']}."
            )
            self.findings.append(info("source-differs", text))
        if record.sequence and (sequence is None or shot.sequence != sequence.uuid):
            text = f"Shot {shot.short_name} is not in sequence {record.sequence} in Ramses; it was not moved."
            self.findings.append(warning("other-sequence", text))
        if self.snapshot.shots_named(self.project, record.shot) > 1:
            self.findings.append(warning("double-shot", f"Ramses has more than one shot {shot.short_name}."))
