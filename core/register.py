# SPDX-License-Identifier: GPL-3.0-or-later
"""Empties the outbox into Ramses: every published version registered exactly once, or visibly waiting, with a reason.

One bulk read per run finds everything; each change reads its object afresh just before writing, so that no edit of an
artist is undone; shots are read back in one bulk read, each status by its own query. A record leaves the outbox only
after that. What Ramses holds wins: shots are never moved to another sequence, artists' fields are never overwritten,
a status is never lowered. Which project is open in Ramses is never changed: others wait until an artist opens them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..lib.ramses.app_state import AppState, Condition
from ..lib.ramses.client import RamDaemonInterface
from ..lib.ramses.errors import Interrupted, RamsesError, RamsesOffline, RamsesTimeout
from ..lib.ramses.model import RamProject, RamSequence, RamShot
from . import outbox
from .ask_ramses import is_same_folder
from .errors import PlatesError
from .events import Cancel, Event, Listener, silent
from .finding import Finding
from .longpath import native
from .outbox import Registration, Waiting
from .project_facts import save_facts
from .ramses_snapshot import Snapshot
from .register_clip import Burnt, ProjectClosed, Written, register_clip
from .standing import Standing, standing
from .sync_lock import LONGEST_SYNC, SyncLock
from .take_back import take_back_clip

Result = Literal["registered", "waiting", "dropped"]
_SWITCHED_OFF = "Ramses was not asked."
_STOPPED = "Stopped before its turn."
_STARTED = "Ramses is being told, or was when the telling broke off."


@dataclass(frozen=True)
class Outcome:
    """What became of one record. `reason` says why it waits or was dropped; `path` names a record nobody can read."""

    registration: Registration | None
    result: Result
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    path: str = ""

    def document(self) -> dict[str, Any]:
        """The outcome as the JSON of `sync` writes it."""
        known = self.registration
        return {
            "id": None if known is None else known.id,
            "action": None if known is None else known.action,
            "shot": None if known is None else known.shot,
            "step": None if known is None else known.step,
            "resource": None if known is None or not known.resource else known.resource,
            "version": None if known is None else known.version,
            "folder": None if known is None else known.folder,
            "path": self.path or None,
            "result": self.result,
            "reason": self.reason,
            "findings": [finding.document() for finding in self.findings],
        }


@dataclass(frozen=True)
class SyncReport:
    """What a sync did. `state` is a sentence about Ramses; `requests` and `received` (bytes) count the traffic."""

    outcomes: tuple[Outcome, ...]
    state: str = ""
    requests: int = 0
    received: int = 0

    def of(self, result: Result) -> tuple[Outcome, ...]:
        """The outcomes with that result."""
        return tuple(outcome for outcome in self.outcomes if outcome.result == result)

    @property
    def done(self) -> bool:
        """True where nothing waits any more."""
        return not self.of("waiting")

    @property
    def registered(self) -> Literal["yes", "queued"]:
        """The word for the JSON contract of `ingest`."""
        return "yes" if self.done else "queued"

    def document(self) -> dict[str, Any]:
        """The report as the JSON of `sync` writes it."""
        return {
            "registered": len(self.of("registered")),
            "waiting": len(self.of("waiting")),
            "dropped": len(self.of("dropped")),
            "ramses": self.state,
            "records": [outcome.document() for outcome in self.outcomes],
        }


def sync(
    project_root: str,
    client: RamDaemonInterface | None,
    *,
    listen: Listener = silent,
    cancel: Cancel | None = None,
    run: str = "sync",
    patience: float = 20.0,
) -> SyncReport:
    """Deliver what waits in the outbox of a project; run it again at any time, after any failure.

    `client` None keeps everything waiting, and so does another sync that takes longer than `patience` seconds. Never
    raises for Ramses or for single records: the report says what
    happened. Events: stage "register", unit "clips". Raises WriteFailed where the outbox itself cannot be used.
    """
    cancel = cancel or Cancel()
    project_root = os.path.abspath(project_root)
    if outbox.is_empty(project_root):
        return SyncReport(())
    if client is None:
        return _all_wait(outbox.pending(project_root), _SWITCHED_OFF)
    try:
        with SyncLock(project_root, run, patience, cancel), client.stopping_when(lambda: cancel.is_set):
            before = client.counts
            report = _Sync(project_root, client, listen, cancel).deliver()
            now = client.counts
            return replace(report, requests=now[0] - before[0], received=now[1] - before[1])
    except PlatesError as error:  # SyncBusy, a project folder that cannot be written, a cancel while waiting
        return _all_wait(outbox.pending(project_root), str(error))


def _all_wait(waiting: Iterable[Waiting], reason: str, state: str = "") -> SyncReport:
    return SyncReport(
        tuple(
            Outcome(None, "waiting", entry.reason, path=entry.path)
            if entry.registration is None
            else Outcome(entry.registration, "waiting", reason)
            for entry in waiting
        ),
        state or reason,
    )


class _Sync:
    """One delivery of an outbox, under its lock."""

    def __init__(self, project_root: str, client: RamDaemonInterface, listen: Listener, cancel: Cancel) -> None:
        self._root = project_root
        self._client = client
        self._listen = listen
        self._cancel = cancel
        self._deadline = time.monotonic() + LONGEST_SYNC
        self._outcomes: list[Outcome] = []
        self._written: list[Written] = []

    def deliver(self) -> SyncReport:
        records = self._records_that_stand()
        sentence = ""
        try:
            if records:
                state = self._client.app_state()
                sentence = state.sentence()
                self._deliver(records, state)
        except Interrupted:  # Ramses had not even said how it is
            sentence = _STOPPED
            self._wait_rest(records, _STOPPED)
        finally:
            reasons = {o.registration.id: o.reason for o in self._outcomes if o.registration and o.result == "waiting"}
            outbox.note_reasons(self._root, reasons)
        return SyncReport(tuple(self._outcomes), sentence)

    def _records_that_stand(self) -> list[Registration]:
        """The records whose version is there; the others are dropped where it never can be, else they wait."""
        found = []
        for entry in outbox.pending(self._root):
            if entry.registration is None:
                self._outcomes.append(Outcome(None, "waiting", entry.reason, path=entry.path))
                continue
            verdict: Standing = standing(self._root, entry.registration)
            if verdict.stands:
                found.append(entry.registration)
            elif verdict.moot:
                outbox.confirmed(self._root, entry.registration)
                self._outcomes.append(Outcome(entry.registration, "dropped", verdict.reason))
            else:
                self._wait(entry.registration, verdict.reason)
        # Main plates first: they set a shot's length; then in the order of the shots, which is how they are listed.
        found.sort(key=lambda record: (bool(record.resource), record.sequence or "", record.shot, record.version))
        return found

    def _deliver(self, records: Sequence[Registration], state: AppState) -> None:
        if state.condition is not Condition.READY or state.project is None:
            self._wait_all(records, state.sentence())
            return
        try:
            # Durable before the first request that may change anything: an undo must know that Ramses may have heard.
            outbox.note_reasons(self._root, {record.id: _STARTED for record in records})
            snapshot = Snapshot.read(self._client, any(record.kind == "A" for record in records))
            mine, others = self._of_open_project(records, snapshot, state.project)
            for record, reason in others:
                self._wait(record, reason)
            self._register_all(mine, snapshot, state)
            if mine:
                self._confirm()
                self._keep_facts(snapshot, state.project)
        except Interrupted:
            self._wait_rest(records, _STOPPED)
        except RamsesError as error:
            self._wait_rest(records, str(error))

    def _of_open_project(
        self, records: Sequence[Registration], snapshot: Snapshot, current: RamProject
    ) -> tuple[list[Registration], list[tuple[Registration, str]]]:
        """The records of the project that is open in Ramses, and the others with the reason why they wait."""
        mine, others = [], []
        elsewhere = ""
        folder = self._client.path(current.uuid)
        if folder and os.path.isdir(native(folder)) and not is_same_folder(folder, self._root):
            elsewhere = f"The project {current.short_name} that is open in Ramses lives in {folder}, not here."
        for record in records:
            project = snapshot.project(record.project, record.project_uuid)
            if project is None:
                others.append((record, f"Ramses has no project {record.project}."))
            elif project.uuid != current.uuid:
                name = current.short_name or current.name
                others.append((record, f"Project {record.project} is not open in Ramses ({name} is): open it there."))
            elif elsewhere:
                others.append((record, elsewhere))
            else:
                mine.append(record)
        return mine, others

    def _register_all(self, records: Sequence[Registration], snapshot: Snapshot, state: AppState) -> None:
        for done, record in enumerate(records):
            self._listen(Event("register", done, len(records), "clips", record.label))
            if self._cancel.is_set or time.monotonic() > self._deadline:
                self._wait_rest(records, _STOPPED)
                break
            try:
                tell = take_back_clip if record.action == outbox.UNDO else register_clip
                written = tell(self._client, snapshot, record, state, self._root)
            except Interrupted:
                self._wait(record, _STOPPED)
            except (RamsesOffline, RamsesTimeout, ProjectClosed) as error:
                self._wait(record, str(error))
                self._wait_rest(records, str(error), but=self._written)
                break
            except Burnt as error:
                self._need_new_id(record, str(error))
            except (RamsesError, PlatesError) as error:
                self._wait(record, str(error))
            else:
                self._written.append(written)
        else:
            self._listen(Event("register", len(records), len(records), "clips"))

    def _confirm(self) -> None:
        """Read back what was written in bulk, and only then take the records out of the outbox."""
        shots, sequences = None, None
        if any(written.touched for written in self._written):
            shots = {shot.uuid: shot for shot in self._client.objects(RamShot)}
            if any(written.new_sequence for written in self._written):
                sequences = {sequence.uuid for sequence in self._client.objects(RamSequence)}
        for written in self._written:
            reason = written.missing_from(shots, sequences)
            if not reason:
                outbox.confirmed(self._root, written.registration)
                self._outcomes.append(Outcome(written.registration, "registered", findings=written.findings))
                continue
            self._need_new_id(written.registration, reason)
        self._written = []

    def _need_new_id(self, record: Registration, reason: str) -> None:
        """The id of what was created is burnt (Ramses keeps removed rows removed): the next try takes another."""
        outbox.enqueue(self._root, replace(record, attempt=record.attempt + 1))
        self._wait(record, reason)

    def _keep_facts(self, snapshot: Snapshot, project: RamProject) -> None:
        folder = self._client.path(project.uuid)
        with suppress(PlatesError):  # they only help to plan offline, and everything is registered by now
            save_facts(self._root, replace(snapshot.facts(project), folder=folder))

    def _wait(self, record: Registration, reason: str) -> None:
        self._outcomes.append(Outcome(record, "waiting", reason))

    def _wait_all(self, records: Iterable[Registration], reason: str) -> None:
        for record in records:
            self._wait(record, reason)

    def _wait_rest(self, records: Iterable[Registration], reason: str, but: Sequence[Written] = ()) -> None:
        """All records that have no outcome yet wait, except those that were written and only need confirmation."""
        known = {outcome.registration.id for outcome in self._outcomes if outcome.registration is not None}
        known |= {written.registration.id for written in but}
        self._wait_all((record for record in records if record.id not in known), reason)
