# SPDX-License-Identifier: GPL-3.0-or-later
"""The running side of the Ramses test daemon: what is loaded, who is logged in, and what each request does to it.

Everything here was measured on the Ramses Client 0.10: what wipes objects, what vanishes, what ends the app.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from ramses_database import NO, PROJECT, USER, Database, Record, compact, named, parsed

# The first of these found among the keys of a request is carried out, wherever it stands.
_DISPATCH = """
    ping raise quit open getCurrentProject setCurrentProject getRamsesFolder getProjects setData getData uuidFromPath
    getPath getObjects create getStatus getAssets getShots getAssetGroups getSequences getPipes getSteps
"""
DISPATCH = tuple(_DISPATCH.split())
# In memory from the start, whatever project is current.
GLOBAL_TYPES = ("RamProject", "RamUser", "RamState", "RamFileType", "RamApplication")
# In memory while their project is the current (or the only) one.
PROJECT_TYPES = ("RamSequence", "RamShot", "RamStep", "RamAsset", "RamAssetGroup", "RamPipeFile")
GROUPS = {
    "sequenceUuid": ("RamSequence", "sequence", "sequence"),
    "groupUuid": ("RamAssetGroup", "asset group", "assetGroup"),
}
STEP_FOLDERS = {"asset": "02-PROD", "shot": "02-PROD", "post": "03-POST-PROD"}
STEP_KINDS = {
    "ALL": ("pre", "asset", "shot", "post"),
    "PRE_PRODUCTION": ("pre",),
    "ASSET_PRODUCTION": ("asset",),
    "SHOT_PRODUCTION": ("shot",),
    "POST_PRODUCTION": ("post",),
    "PRODUCTION": ("asset", "shot"),
}


class Died(Exception):
    """The app is gone: it was asked to quit, or it aborted."""


class Loaded:
    """An object in memory: its type, the text last written to it, and lists that are read only when loading."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.write(text)
        self.users, self.pipeline = (
            tuple(self.record[key]) if isinstance(self.record.get(key), list) else () for key in ("users", "pipeline")
        )

    def write(self, text: str) -> None:
        """Replace the record; text that is no record reads as {}."""
        self.record = parsed(text)
        self.text = text if self.record else "{}"


class App:
    """The app behind the socket: what is stored, what is loaded, who is logged in. `answer` serves one request."""

    def __init__(
        self,
        database: Database | None,
        *,
        user: str = USER,
        current: str | None = PROJECT,
        ramses_folder: str = "/home/artist/Ramses",
        version: str = "0.10.0-Beta",
        shots_table: bool = False,
    ) -> None:
        self.database = database
        self.user = user if database is not None else ""
        self.current = current if database is not None and current in database.tables.get("RamProject", {}) else None
        self.ramses_folder = ramses_folder
        self.version = version
        self.shots_table = shots_table
        self.memory: dict[str, Loaded] = {}
        if database is not None:
            self._load_all(database)

    @property
    def stored(self) -> Database:
        """The database; an empty one while none is open."""
        return self.database if self.database is not None else Database()

    def _load_all(self, database: Database) -> None:
        for kind in GLOBAL_TYPES:
            for uid, _record in database.rows(kind):
                self._load(kind, uid)
        for _uid, record in database.rows("RamStatus"):
            if record.get("state") == "":
                raise Died("Fatal: getting empty UUID while opening the database")
        self._drop_double_statuses(database)
        projects = [uid for uid, _record in database.rows("RamProject")]
        for project in projects if len(projects) == 1 else [self.current]:
            if project:
                self._load_project(project)

    def _drop_double_statuses(self, database: Database) -> None:
        latest: dict[tuple[str, str], tuple[str, str]] = {}
        for uid, record in database.rows("RamStatus"):
            pair = (record.get("item", ""), record.get("step", ""))
            if all(pair):
                latest[pair] = max(latest.get(pair, ("", "")), (str(record.get("date", "")), uid))
        keep = {uid for _date, uid in latest.values()}
        for uid, record in list(database.rows("RamStatus")):
            if record.get("item") and record.get("step") and uid not in keep:
                database.tables.setdefault("RamStatusHistory", {})[uid] = database.tables["RamStatus"].pop(uid)

    def _load(self, kind: str, uid: str) -> None:
        if uid not in self.memory:
            self.memory[uid] = Loaded(kind, self.stored.tables[kind][uid])

    def _load_project(self, project: str) -> None:
        for kind in PROJECT_TYPES:
            for uid, record in self.stored.rows(kind):
                if record.get("project") == project:
                    self._load(kind, uid)
        for uid, record in self.stored.rows("RamStatus"):
            if record.get("item") in self.memory and record.get("step") in self.memory:
                self._load("RamStatus", uid)
        for uid in self.memory[project].pipeline:
            if uid in self.stored.tables.get("RamPipe", {}):
                self._load("RamPipe", uid)

    def _active(self) -> str | None:
        """The project whose new objects are usable at once: the current one, or the only one there is."""
        projects = [uid for uid, _record in self.stored.rows("RamProject")]
        return self.current or (projects[0] if len(projects) == 1 else None)

    def _memory(self, uid: str) -> Record:
        return self.memory[uid].record if uid in self.memory else {}

    def show_shots_table(self) -> None:
        """The artist opens the shots table."""
        self.shots_table = True
        for found in self.memory.values():
            if found.kind == "RamShot" and found.record.get("sequence") == "":
                raise Died("Fatal: getting empty UUID in the shots table")

    def select_project(self, uid: str) -> None:
        """The artist opens a project."""
        self.current = uid
        self._load_project(uid)

    # ---- requests

    def answer(self, text: str) -> Record | None:
        """The reply to one request; None where none is ever sent. Raises Died where the app would be gone."""
        arguments: dict[str, str] = {}
        for part in text.split("&"):
            pieces = part.split("=")
            if pieces[0]:
                arguments[pieces[0]] = pieces[1] if len(pieces) > 1 else ""
        for query in DISPATCH:
            if query in arguments and not (query == "setCurrentProject" and not self.version.startswith("0.")):
                handler: Callable[[dict[str, str]], Record | None] = getattr(self, f"_{query}")
                return handler(arguments)
        return _reply("", f"Unknown query: {text}", accepted=False, success=False)

    def _ping(self, _arguments: dict[str, str]) -> Record:
        content = {"ramses": "Ramses-Client", "userUuid": self.user, "version": self.version}
        return _reply("ping", "Hi, this is the Ramses Daemon", content)

    def _raise(self, _arguments: dict[str, str]) -> Record:
        raise Died("endless recursion in raise")

    def _quit(self, _arguments: dict[str, str]) -> Record:
        raise Died("quit")

    def _open(self, _arguments: dict[str, str]) -> Record:
        raise Died("the app restarts to open another file")

    def _getCurrentProject(self, _arguments: dict[str, str]) -> Record:
        found = self.memory.get(self.current or "")
        if found is None:
            return _reply("getCurrentProject", "There's no current project.", {"uuid": "", "data": "{}"})
        message = f'"{found.record.get("name", "Unnamed")}" is the current project.'
        return _reply("getCurrentProject", message, {"uuid": self.current, "data": found.text})

    def _setCurrentProject(self, arguments: dict[str, str]) -> Record:
        uid = _needed(arguments, "uuid")
        if uid not in self.stored.tables.get("RamProject", {}):
            self.current = None
            return _reply("setCurrentProject", "Project not found, sorry!", success=False)
        self.select_project(uid)
        return _reply("setCurrentProject", f'Current project set to: "{self._memory(uid).get("name", "Unnamed")}".')

    def _getRamsesFolder(self, _arguments: dict[str, str]) -> Record:
        return _reply("getRamsesFolder", "I've got the Ramses folder.", {"path": self.ramses_folder})

    def _getProjects(self, _arguments: dict[str, str]) -> Record:
        projects = [
            {"uuid": uid, "data": found.record}
            for uid, found in self.memory.items()
            if found.kind == "RamProject" and self.user and self.user in found.users
        ]
        return _reply("getProjects", "I've got the project list.", {"projects": projects})

    def _setData(self, arguments: dict[str, str]) -> Record:
        uid, text = arguments.get("uuid", ""), arguments.get("data", "")
        found = self.memory.get(uid)
        if found is not None:
            found.write(text)
            record = found.record
            self.stored.put(found.kind, uid, compact(record))
            if found.kind == "RamStatus" and record.get("state") == "":
                raise Died("Fatal: getting empty UUID (the row is written already)")
            if found.kind == "RamShot" and record.get("sequence") == "" and self.shots_table:
                raise Died("Fatal: getting empty UUID in the shots table")
        return _reply("setData", "Data updated.")

    def _getData(self, arguments: dict[str, str]) -> Record:
        uid = arguments.get("uuid", "")
        return _reply("setData", "I've got some data.", {"uuid": uid, "data": self._memory(uid)})

    def _getObjects(self, arguments: dict[str, str]) -> Record:
        kind = arguments.get("type", "")
        if self.database is not None:
            self.database.tables.setdefault(kind, {})
        objects = [{"uuid": uid, "data": record} for uid, record in self.stored.rows(kind)]
        return _reply("getObjects", f'I\'ve got the list of "{kind}".', {"objects": objects})

    def _create(self, arguments: dict[str, str]) -> Record:
        uid, kind, text = (arguments.get(key, "") for key in ("uuid", "type", "data"))
        if uid and self.database is not None:
            known = uid in self.memory
            self.database.put(kind, uid, text)
            record = parsed(text)
            mine = kind in PROJECT_TYPES and bool(self._active()) and record.get("project") == self._active()
            if (mine or kind in GLOBAL_TYPES) and not known and uid not in self.database.removed:
                self._load(kind, uid)
                if kind == "RamShot" and record.get("sequence") == "" and self.shots_table:
                    raise Died("Fatal: getting empty UUID in the shots table")
        return _reply("create", f'I\'ve created a new "{kind}".')

    def _getStatus(self, arguments: dict[str, str]) -> Record:
        nothing = {"uuid": "", "data": {}}
        if self.current is None:
            message = "There's no active project. Select a project in the client first."
            return _reply("getStatus", message, nothing, success=False)
        step_uuid = _needed(arguments, "stepUuid")
        step = self.stored.record("RamStep", step_uuid)
        if step is None:
            return _reply("getStatus", "Unknown step, sorry.", nothing, success=False)
        self._load("RamStep", step_uuid)
        kind = {"asset": "RamAsset", "shot": "RamShot"}.get(step.get("type", ""), "")
        item_uuid = _needed(arguments, "itemUuid") if kind else ""
        if not kind or self.stored.record(kind, item_uuid) is None:
            return _reply("getStatus", "Unknown item, sorry.", nothing, success=False)
        self._load(kind, item_uuid)
        uid = self._status_of(item_uuid, step_uuid, step.get("type", ""))
        return _reply("getStatus", "I've found a status.", {"uuid": uid, "data": self._memory(uid)})

    def _status_of(self, item: str, step: str, item_type: str) -> str:
        for uid, found in self.memory.items():
            record = found.record if found.kind == "RamStatus" else {}
            if (record.get("item"), record.get("step")) == (item, step):
                return uid
        stored = [
            (str(record.get("date", "")), uid)
            for uid, record in self.stored.rows("RamStatus")
            if (record.get("item"), record.get("step")) == (item, step)
        ]
        if stored:
            self._load("RamStatus", max(stored)[1])
            return max(stored)[1]
        shot, stage = self._memory(item), self._memory(step)
        record = {"comment": "", "completionRatio": 0, "item": item, "itemType": item_type, "order": 0, "step": step}
        record |= {
            "name": f"{shot.get('name', 'Unnamed')} | {stage.get('name', 'Unnamed')}",
            "state": NO,
            "user": "none",
        }
        record["shortName"] = f"{shot.get('shortName', 'UNKNOWN')}-{stage.get('shortName', 'UNKNOWN')}"
        uid = named("status", item, step)
        self.stored.put("RamStatus", uid, compact(record))
        self._load("RamStatus", uid)
        return uid

    def _uuidFromPath(self, arguments: dict[str, str]) -> Record:
        path, kind = arguments.get("path", ""), arguments.get("type", "")
        inside = posixpath.normpath(path).rstrip("/") + "/" if path else "/."
        for uid, found in self.memory.items():
            # A kind without folder has "" here, which is "/" and holds every path.
            if found.kind == kind and inside.startswith(self.folder(uid).rstrip("/") + "/"):
                return _reply("uuidFromPath", "I've found an object.", {"uuid": uid})
        return _reply("uuidFromPath", "I can't find the object.", {"uuid": ""}, success=False)

    def _getPath(self, arguments: dict[str, str]) -> Record:
        path = self.folder(arguments.get("uuid", ""))
        return _reply("getPath", "I've got the path of the object.", {"path": path})

    def folder(self, uid: str) -> str:
        """The folder of a loaded object, "" for kinds without one."""
        found = self.memory.get(uid)
        if found is None:
            return ""
        record, short = found.record, str(found.record.get("shortName", "UNKNOWN"))
        if found.kind == "RamProject":
            path = record.get("path", "")
            return path if path not in ("", "auto") else f"{self.ramses_folder}/Projects/{short}"
        if found.kind == "RamUser":
            return f"{self.ramses_folder}/Users/{short}"
        if found.kind == "RamStatus":
            base, step = self.folder(record.get("item", "")), self._memory(record.get("step", ""))
            return f"{base}/{posixpath.basename(base)}_{step.get('shortName', 'UNKNOWN')}" if base else ""
        if found.kind not in ("RamShot", "RamStep", "RamAsset", "RamAssetGroup"):
            return ""
        if record.get("project") == "":
            raise Died("Fatal: getting empty UUID for a path")
        project = self.folder(record.get("project", ""))
        if not project:
            return ""
        prefix = self._memory(record["project"]).get("shortName", "UNKNOWN")
        if found.kind == "RamShot":
            return f"{project}/05-SHOTS/{prefix}_S_{short}"
        if found.kind == "RamStep":
            return f"{project}/{STEP_FOLDERS.get(record.get('type', ''), '01-PRE-PROD')}/{prefix}_G_{short}"
        if found.kind == "RamAssetGroup":
            return f"{project}/04-ASSETS/{record.get('name', '')}"
        return f"{self.folder(record.get('assetGroup', ''))}/{prefix}_A_{short}"

    def _list(self, query: str, kind: str, arguments: dict[str, str], message: str, group: str = "") -> Record:
        """The uuids of the objects of a group (`group` is its argument), or of a project."""
        key = query[3].lower() + query[4:]
        owner, name, reference, uid = "RamProject", "project", "project", arguments.get("projectUuid", "")
        if arguments.get(group):
            owner, name, reference = GROUPS[group]
            uid = arguments[group]
        if not uid:
            return _reply(query, "You must provide either a project or an asset group UUID.", success=False)
        if self.stored.record(owner, uid) is None:
            return _reply(query, f"I can't find this {name}.", success=False)
        found = [(record, found) for found, record in self.stored.rows(kind) if record.get(reference) == uid]
        if query == "getSteps":
            wanted = STEP_KINDS.get(arguments.get("type", "ALL"), ())
            found = [pair for pair in found if _step_kind(pair[0]) in wanted]
        found.sort(key=lambda pair: (pair[0].get("order", -1), pair[0].get("shortName", ""), pair[0].get("name", "")))
        return _reply(query, message, {key: [uuid_ for _record, uuid_ in found]})

    def _getAssets(self, arguments: dict[str, str]) -> Record:
        return self._list("getAssets", "RamAsset", arguments, "I've got the asset list.", "groupUuid")

    def _getShots(self, arguments: dict[str, str]) -> Record:
        return self._list("getShots", "RamShot", arguments, "I've got the shot list.", "sequenceUuid")

    def _getAssetGroups(self, arguments: dict[str, str]) -> Record:
        return self._list("getAssetGroups", "RamAssetGroup", arguments, "I've got the asset group list.")

    def _getSequences(self, arguments: dict[str, str]) -> Record:
        return self._list("getSequences", "RamSequence", arguments, "I've got the sequence list.")

    def _getSteps(self, arguments: dict[str, str]) -> Record:
        return self._list("getSteps", "RamStep", arguments, "I've got the step list.")

    def _getPipes(self, arguments: dict[str, str]) -> Record:
        reply = self._list("getPipes", "RamPipe", arguments, "I've got the pipeline.")
        if reply["success"]:
            reply["content"]["pipes"] = list(self.memory[arguments["projectUuid"]].pipeline)
        return reply


def _reply(
    query: str, message: str, content: Record | None = None, *, accepted: bool = True, success: bool = True
) -> Record:
    return {"query": query, "message": message, "accepted": accepted, "success": success, "content": content or {}}


def _needed(arguments: dict[str, str], key: str) -> str:
    if not arguments.get(key):
        raise Died("Fatal: RamAbstractObject::get - getting empty UUID")
    return arguments[key]


def _step_kind(record: Record) -> str:
    kind = record.get("type", "pre")
    return kind if kind in ("asset", "shot", "post") else "pre"
