# SPDX-License-Identifier: GPL-3.0-or-later
"""RamDaemonInterface: every query of the Ramses Client, safe against everything it is known to do to data.

What this class adds to the wire: `setData` replaces a whole record, so `update` reads it afresh, merges, writes and
reads it back. The app answers success for writes to objects it does not hold in memory (those of projects that are
not current); here that is NotLoaded. A write whose reply was lost is never repeated blindly, but looked up.
"""

from __future__ import annotations

import threading
import uuid as uuids
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from . import model, values
from .app_state import AppState, Condition
from .connection import Connection
from .contents import objects_in, record_in, text_of, uuids_in
from .errors import (
    AlreadyThere,
    BadReply,
    Damaged,
    Interrupted,
    NotFound,
    NotLoaded,
    NotWritten,
    RamsesError,
    Refused,
    Unconfirmed,
    UnknownQuery,
    Unsendable,
)
from .merge import same, without_empty_references
from .model import Ram, RamObject, RamProject, RamState, RamStatus, RamStep

# What a record of these types needs so that the app finds, lists and names it.
_NEEDED = {
    "RamSequence": ("project", "shortName", "name"),
    "RamShot": ("project", "shortName", "name"),
    "RamStep": ("project", "shortName", "name", "type"),
    "RamAsset": ("project", "shortName", "name", "assetGroup"),
    "RamAssetGroup": ("project", "shortName", "name"),
    "RamPipeFile": ("project", "shortName"),
}


@dataclass(frozen=True)
class _ReadBack:
    """How a written record is read again, and whether that is done after every write or only after lost replies."""

    read: Callable[[], dict[str, Any]]
    always: bool = True


class RamDaemonInterface(Connection):
    """The connection to the Ramses Client. One per process through `instance()`; safe to use from any thread."""

    _instance: RamDaemonInterface | None = None
    _instance_lock = threading.Lock()

    @classmethod
    def instance(cls) -> RamDaemonInterface:
        """The process's one connection, made at the first call."""
        with cls._instance_lock:
            if cls._instance is None:
                cls._instance = cls()
            return cls._instance

    # ---- the app ---------------------------------------------------------------------------------------------------

    def ping(self) -> tuple[str, str]:
        """(version, uuid of the user who is logged in or "")."""
        content = self.ask("ping").content
        if content.get("ramses") != "Ramses-Client":
            raise BadReply("What answers is not Ramses.")
        return values.text(content, "version"), values.reference(content, "userUuid")

    def is_online(self) -> bool:
        """True where Ramses answers."""
        try:
            self.ping()
        except RamsesError:
            return False
        return True

    def app_state(self) -> AppState:
        """What can be done with Ramses right now. Raises only Interrupted: offline is a state too."""
        with self._lock:
            try:
                version, user = self.ping()
                if not user:
                    # Every database has states, from its template on.
                    condition = Condition.NOBODY_LOGGED_IN if self.objects(RamState) else Condition.NO_DATABASE
                    return AppState(condition, version)
                project = self.current_project()
            except Interrupted:
                raise
            except RamsesError as error:
                return AppState(Condition.OFFLINE, reason=str(error))
        return AppState(Condition.READY if project else Condition.NO_CURRENT_PROJECT, version, user, project)

    def ramses_folder(self) -> str:
        """The Ramses folder of this machine (asking creates it)."""
        return text_of(self.ask("getRamsesFolder").content, "path")

    def current_project(self) -> RamProject | None:
        """The project that is open in the app, None where there is none."""
        content = self.ask("getCurrentProject").content
        uuid = values.reference(content, "uuid")
        if not uuid:
            return None
        # The record comes as text here, verbatim as some program last wrote it.
        data = content.get("data")
        if isinstance(data, str):
            data = record_in(data)
        return RamProject(uuid, data if isinstance(data, dict) and data else self.get_data(uuid))

    def projects(self) -> list[RamProject]:
        """The projects that the user who is logged in is a member of; none where nobody is."""
        return objects_in(self.ask("getProjects").content, "projects", RamProject)

    # ---- reading ---------------------------------------------------------------------------------------------------

    def objects(self, kind: type[Ram]) -> list[Ram]:
        """All objects of one type, of all projects, straight from the database, in one request."""
        return objects_in(self.ask("getObjects", type=kind.TYPE).content, "objects", kind)

    def find(self, kind: type[Ram], short_name: str, project: str | None = None) -> Ram | None:
        """The object with that short name (in the project of that uuid); exact spelling first, then any case."""
        return model.by_short_name(
            (found for found in self.objects(kind) if project is None or found.get("project") == project), short_name
        )

    def shot_uuids(self, project: str | None = None, sequence: str | None = None) -> list[str]:
        """The shots of a sequence or of a whole project, in the app's order."""
        return uuids_in(self.ask("getShots", projectUuid=project, sequenceUuid=sequence).content, "shots")

    def sequence_uuids(self, project: str) -> list[str]:
        """The sequences of a project, in the app's order."""
        return uuids_in(self.ask("getSequences", projectUuid=project).content, "sequences")

    def asset_uuids(self, project: str | None = None, group: str | None = None) -> list[str]:
        """The assets of a group or of a whole project."""
        return uuids_in(self.ask("getAssets", projectUuid=project, groupUuid=group).content, "assets")

    def asset_group_uuids(self, project: str) -> list[str]:
        """The asset groups of a project."""
        return uuids_in(self.ask("getAssetGroups", projectUuid=project).content, "assetGroups")

    def pipe_uuids(self, project: str) -> list[str]:
        """The pipeline of a project, as the app loaded it when it started."""
        return uuids_in(self.ask("getPipes", projectUuid=project).content, "pipes")

    def step_uuids(self, project: str, kind: str = "ALL") -> list[str]:
        """The steps of a project. `kind` is ALL, PRE_PRODUCTION, ASSET_PRODUCTION, SHOT_PRODUCTION ..."""
        return uuids_in(self.ask("getSteps", projectUuid=project, type=kind).content, "steps")

    def path(self, uuid: str) -> str:
        """The folder of a loaded object; "" for kinds without one and for objects that are not loaded."""
        return text_of(self.ask("getPath", uuid=uuid).content, "path")

    def uuid_from_path(self, path: str, kind: type[RamObject]) -> str:
        """The loaded object of that type whose folder holds `path`; "" where there is none.

        Raises Unsendable for types without folder: any path would match them.
        """
        if kind.TYPE not in ("RamProject", "RamShot", "RamAsset", "RamAssetGroup", "RamStep", "RamStatus", "RamUser"):
            raise Unsendable(f"A {kind.TYPE} has no folder, so every path would match.")
        try:
            return text_of(self.ask("uuidFromPath", path=path, type=kind.TYPE).content, "uuid")
        except UnknownQuery:
            raise
        except Refused:
            return ""

    def get_data(self, uuid: str, *, fresh: bool = False) -> dict[str, Any]:
        """The record of a loaded object, at most `cache_seconds` old unless `fresh`. {} = unknown or not loaded."""
        with self._lock:
            now = self._clock()
            known = self._cache.get(uuid)
            if known is not None and not fresh and now - known[0] < self.cache_seconds:
                return RamObject(uuid, known[1]).data
            content = self.ask("getData", uuid=uuid).content
            data = content.get("data")
            if content.get("uuid") != uuid or not isinstance(data, dict):
                raise BadReply(f"Ramses answered for another object than {uuid}.")
            if self.cache_seconds > 0:
                self._cache[uuid] = (now, data)
            return RamObject(uuid, data).data

    def read(self, kind: type[Ram], uuid: str) -> Ram:
        """A loaded object, afresh. Raises NotFound, NotLoaded or Damaged where getData would just answer {}."""
        with self._lock:
            data = self.get_data(uuid, fresh=True)
            if not data:
                self._explain_empty(kind, uuid)
            return kind(uuid, data)

    def _explain_empty(self, kind: type[RamObject], uuid: str) -> None:
        stored = next((found for found in self.objects(kind) if found.uuid == uuid), None)
        if stored is None:
            raise NotFound(f"Ramses has no {kind.TYPE} {uuid}.")
        if stored.is_empty:
            raise Damaged(
                f"The {kind.TYPE} {uuid} is stored as an empty record.", "Remove it in Ramses, or restore a backup."
            )
        raise NotLoaded(
            f"{stored.short_name or uuid} is stored, but belongs to a project that is not open in Ramses.",
            "Open its project in the Ramses Client.",
        )

    # ---- writing ---------------------------------------------------------------------------------------------------

    def create(
        self,
        kind: type[Ram],
        data: Mapping[str, Any],
        uuid: str | None = None,
        *,
        stored: Collection[str] | None = None,
        read_back: bool = True,
    ) -> Ram:
        """Create an object and return it; `uuid` defaults to a new one.

        `stored` are the uuids of that type that are already known to exist; without them, a given `uuid` is looked up.
        Raises AlreadyThere for a uuid that exists (Ramses would overwrite its row), Unsendable for records that the
        app could not list, NotWritten or Unconfirmed where the new object does not read back.
        """
        if kind is RamStatus:
            raise Unsendable("A created status is ignored where the pair has one already.", "Use write_status().")
        missing = [key for key in _NEEDED.get(kind.TYPE, ("shortName",)) if not values.text(data, key).strip()]
        if missing:
            raise Unsendable(f"A {kind.TYPE} without {', '.join(missing)} could not be found in Ramses.")
        with self._lock:
            if uuid is not None:
                taken = {found.uuid for found in self.objects(kind)} if stored is None else stored
                if uuid in taken:
                    raise AlreadyThere(f"There is a {kind.TYPE} {uuid} already.")
            uuid = uuid or str(uuids.uuid4())
            try:
                self.ask("create", uuid=uuid, type=kind.TYPE, data=data)
            except (UnknownQuery, Unsendable):
                raise
            except RamsesError as error:
                if not error.may_have_acted or not self._appeared(kind, uuid):
                    raise
            if read_back and not self._appeared(kind, uuid):
                raise NotWritten(f"Ramses took the {kind.TYPE} {values.text(data, 'shortName')}, but does not show it.")
            return kind(uuid, data)

    def _appeared(self, kind: type[RamObject], uuid: str) -> bool:
        """Whether a create whose reply was lost has happened. Raises Unconfirmed where nobody can tell."""
        try:
            return bool(self.get_data(uuid, fresh=True)) or uuid in {found.uuid for found in self.objects(kind)}
        except RamsesError as error:
            raise Unconfirmed(f"It is not known whether the {kind.TYPE} was created: {error}") from None

    def set_data(self, uuid: str, data: Mapping[str, Any]) -> None:
        """Replace the whole record of a loaded object. Keys left out are gone: nearly always `update` is meant."""
        self.ask("setData", uuid=uuid, data=data)

    def update(
        self,
        kind: type[Ram],
        uuid: str,
        changes: Mapping[str, Any] | Callable[[Ram], Mapping[str, Any]],
        remove: Collection[str] = (),
        *,
        read_back: bool = True,
    ) -> Ram:
        """Change some keys of a loaded object and keep all others, as they are at this moment.

        `changes` may be a function of the object as it is now. Writes nothing where nothing changes. The record is
        read just before the write, and read back after it unless the caller does that for many objects at once. Raises
        NotLoaded, NotFound, Damaged, NotWritten, Unconfirmed.
        """
        with self._lock:
            before = self.read(kind, uuid)
            wanted = changes(before) if callable(changes) else changes
            again = _ReadBack(lambda: self.get_data(uuid, fresh=True), read_back)
            return self._merge(before, wanted, remove, again)

    def _merge(self, before: Ram, changes: Mapping[str, Any], remove: Collection[str], again: _ReadBack) -> Ram:
        kind = type(before)
        record = before.data
        wanted = {key: value for key, value in {**record, **changes}.items() if key not in remove}
        if same(record, wanted):
            return before
        # Only what others left behind is healed; an empty reference of ours is a mistake, and refused when sending.
        wanted = {**without_empty_references(wanted), **{key: changes[key] for key in changes if key in wanted}}
        for attempt in (1, 2):
            lost = self._set_or_lose(before.uuid, wanted)
            if lost is None and not again.always:
                return kind(before.uuid, wanted)
            found = self._read_again(before, again)
            if all(same(found.get(key), wanted.get(key)) for key in {*changes, *remove}):
                return kind(before.uuid, found)
            # An empty record here is our own request cut in two on its way, and only we still know what it held.
            if found or attempt == 2:
                break
        name = before.short_name or before.uuid
        if lost is not None:
            raise Unconfirmed(f"{name} was not changed yet: {lost}") from lost
        advice = "Somebody may be editing it; try again."
        raise NotWritten(f"Ramses said it changed {name}, but it reads back differently.", advice)

    def _set_or_lose(self, uuid: str, record: Mapping[str, Any]) -> RamsesError | None:
        """Send a write; the error where its reply was lost and it may have been carried out. Raises all others."""
        try:
            self.set_data(uuid, record)
        except RamsesError as error:
            if not error.may_have_acted:
                raise
            return error
        return None

    def _read_again(self, before: RamObject, again: _ReadBack) -> dict[str, Any]:
        try:
            return again.read()
        except RamsesError as error:
            name = before.short_name or before.uuid
            raise Unconfirmed(f"It is not known whether {name} was changed: {error}") from error

    # ---- statuses --------------------------------------------------------------------------------------------------

    def get_status(self, item: str, step: str) -> RamStatus:
        """The status of a pair in the current project; the app makes a NO status where there is none.

        Raises Refused where no project is open, or item and step do not fit together.
        """
        content = self.ask("getStatus", itemUuid=item, stepUuid=step).content
        data = content.get("data")
        uuid = values.reference(content, "uuid")
        if not uuid or not isinstance(data, dict):
            raise BadReply("Ramses answered without a status.")
        return RamStatus(uuid, data)

    def write_status(self, item: str, step: str, change: Callable[[RamStatus], Mapping[str, Any]]) -> RamStatus:
        """Change the status of a pair: read it, ask `change` what to write, merge, write, read it back.

        `change` sees the status as it is at this moment and returns the keys to write ({} = nothing). Raises as
        get_status and update.
        """
        with self._lock:
            before = self.get_status(item, step)
            changes = change(before)
            return self._merge(before, changes, (), _ReadBack(lambda: self._status_record(item, step, before.uuid)))

    def _status_record(self, item: str, step: str, uuid: str) -> dict[str, Any]:
        found = self.get_status(item, step)
        if found.uuid != uuid:
            raise BadReply("Ramses has another status for this item and step now.")
        return found.data

    def steps_of(self, project: str) -> list[RamStep]:
        """All steps of one project, from one request."""
        return [step for step in self.objects(RamStep) if step.project == project]
