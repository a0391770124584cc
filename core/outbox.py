# SPDX-License-Identifier: GPL-3.0-or-later
"""The outbox: registrations that Ramses has not confirmed yet, one durable file each, inside the project folder.

A record is written before its version is committed and removed only after Ramses was read back, so that no crash of
ours or of Ramses, and no change of machine, can lose a registration. `_ingest_reports/outbox/` is a place that no other
Ramses tool reads.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timezone
from typing import Any

from . import fsops
from .errors import NameRefused, WriteFailed
from .longpath import native
from .os_errors import advice, reason
from .tree import REPORTS, check_relative

FOLDER = "outbox"
# Why each record waits, as the last sync saw it. Not a record: it starts with a dot.
_REASONS = ".reasons.json"
_ENDING = ".json"
_SCHEMA = 1
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9+-]{0,79}\Z")
_UNSAFE = re.compile(r"[^A-Za-z0-9+-]+")
_LARGEST = 1 << 20
_DAMAGED = (ValueError, RecursionError, NameRefused)
# What a record tells Ramses.
PUBLISH, UNDO = "publish", "undo"


@dataclass(frozen=True)
class Registration:
    """One published version that Ramses is to know of.

    `id` names the record: the same work has the same id in every run. `run` and `plan` are the publishing's.
    `project` is the short name, `project_uuid` "" where it is not known. `sequence` is None where the delivery names
    none. `resource` "" is the main plate: only that one sets the shot's length and source. `folder` is the version
    folder relative to the project. `frames` is how long the shot is (0 = not known), counted at the project's rate;
    `seconds` the same in time, as planned. `rate` is text such as "24000/1001". `source_media` is the clip's name as
    delivered, `comment` where it came from, `created` UTC "yyyy-MM-dd hh:mm:ss". `holder` names the process that
    publishes. `before` tells what was known of the shot before. `attempt` counts new objects that Ramses took and did
    not keep. `action` is "publish", or "undo" for a version that was taken back: then Ramses' status goes back.
    `kind` is "S" for a shot; with "A" an artist published a scene of an asset, and `shot` is the asset's short name.
    """

    id: str
    run: str
    plan: str
    project: str
    shot: str
    step: str
    version: int
    state: str
    folder: str
    sequence: str | None = None
    resource: str = ""
    project_uuid: str = ""
    frames: int = 0
    seconds: float | None = None
    rate: str = ""
    width: int | None = None
    height: int | None = None
    pixel_aspect: str = ""
    source_media: str = ""
    comment: str = ""
    operator: str = ""
    created: str = ""
    holder: str = ""
    before: Mapping[str, Any] = field(default_factory=dict, hash=False)
    attempt: int = 0
    action: str = PUBLISH
    kind: str = "S"

    @property
    def label(self) -> str:
        """A short name for people: "SH010 PLATE v003 REF", "SH010 PLATE v003, taken back"."""
        name = f"{self.shot} {self.step} v{self.version:03d} {self.resource}".rstrip()
        return f"{name}, taken back" if self.action == UNDO else name

    def document(self) -> dict[str, Any]:
        """The record as it is stored and shown."""
        return {"schema": _SCHEMA, **asdict(self)}


@dataclass(frozen=True)
class Waiting:
    """A file of the outbox. `registration` is None for a file that cannot be read; `reason` says why it waits."""

    path: str
    registration: Registration | None
    reason: str

    def document(self) -> dict[str, Any]:
        """The entry as `status` shows it."""
        record = None if self.registration is None else self.registration.document()
        return {"path": self.path, "reason": self.reason, "registration": record}


def registration_id(shot: str, step: str, resource: str, key: str) -> str:
    """The id of a record: readable, safe as a file name, the same for the same work (`key` stands for it)."""
    digest = hashlib.sha1(f"{shot}\n{step}\n{resource}\n{key}".encode("utf-8", "surrogatepass"), usedforsecurity=False)
    words = [_UNSAFE.sub("", word)[:12] for word in (shot, step, resource)]
    return "-".join(word for word in [*words, digest.hexdigest()[:20]] if word).lstrip("+-")


def now_text() -> str:
    """The present UTC time as records write it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def outbox_folder(project_root: str) -> str:
    """Where the records lie."""
    return os.path.join(project_root, REPORTS, FOLDER)


def enqueue(project_root: str, registration: Registration) -> str:
    """Store a record; it is on the disk when this returns. The same id replaces an earlier record.

    Returns the path. Raises NameRefused for an id or folder that is no safe name, WriteFailed, DiskFull.
    """
    _check(registration)
    if not registration.created:
        registration = replace(registration, created=now_text())
    folder = outbox_folder(project_root)
    fsops.make_folders(folder, [])
    path = os.path.join(folder, registration.id + _ENDING)
    text = json.dumps(registration.document(), indent=1, sort_keys=True, allow_nan=False)
    fsops.write_file(path, [text.encode("ascii")], replace=True)
    return path


def is_empty(project_root: str) -> bool:
    """True where nothing waits; one look into the folder, no file is opened. Raises WriteFailed."""
    return not _names(outbox_folder(project_root))


def pending(project_root: str) -> list[Waiting]:
    """What waits, oldest first, each with the reason that the last sync gave. Files that cannot be read come last."""
    folder = outbox_folder(project_root)
    reasons = _read_reasons(folder)
    found = [_read(os.path.join(folder, name), reasons) for name in _names(folder)]
    found.sort(key=lambda entry: (entry.registration is None, _age(entry.registration), entry.path))
    return found


def confirmed(project_root: str, registration: Registration) -> None:
    """Remove the record of a registration that is done or moot. Raises WriteFailed.

    A record that was replaced meanwhile (the work was published again) stays.
    """
    path = os.path.join(outbox_folder(project_root), registration.id + _ENDING)
    try:
        known = _load(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise WriteFailed(f"the record cannot be read: {reason(error)}.", path, advice(error)) from error
    except _DAMAGED:
        return
    if known == registration:
        fsops.remove_file(path)


def forget_run(project_root: str, run: str) -> list[Registration]:
    """Remove the records of a run whose versions were taken back; what tells Ramses so stays. Returns them."""
    found = (entry.registration for entry in pending(project_root))
    gone = [record for record in found if record is not None and record.run == run and record.action == PUBLISH]
    for registration in gone:
        confirmed(project_root, registration)
    return gone


def untold(project_root: str, run: str) -> set[str]:
    """The folders of a run's versions that no sync has begun to tell Ramses of."""
    tried = _read_reasons(outbox_folder(project_root))
    found = (entry.registration for entry in pending(project_root))
    return {
        record.folder
        for record in found
        if record is not None and record.run == run and record.action == PUBLISH and record.id not in tried
    }


def note_reasons(project_root: str, reasons: Mapping[str, str]) -> None:
    """Keep why records wait (by id), for whoever asks before the next sync. Raises WriteFailed."""
    folder = outbox_folder(project_root)
    if not os.path.isdir(native(folder)) or reasons == _read_reasons(folder):
        return
    text = json.dumps(dict(reasons), indent=1, sort_keys=True)
    fsops.write_file(os.path.join(folder, _REASONS), [text.encode("ascii")], replace=True)


def _check(registration: Registration) -> None:
    if not _ID.match(registration.id):
        raise NameRefused(f"{registration.id!r} cannot name a record.", advice="Use registration_id().")
    check_relative(registration.folder)
    if registration.action not in (PUBLISH, UNDO):
        raise NameRefused(f"{registration.action!r} is nothing that Ramses can be told.", registration.folder)
    if not (registration.shot and registration.step and registration.state and registration.project):
        raise NameRefused("a registration needs a project, a shot, a step and a state.", registration.folder)


def _names(folder: str) -> list[str]:
    try:
        names = os.listdir(native(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise WriteFailed(f"the outbox cannot be read: {error.strerror}.", folder, advice(error)) from error
    if any(name.startswith(fsops.DRAFT) for name in names):
        fsops.sweep_drafts(folder)
    return sorted(name for name in names if name.endswith(_ENDING) and not name.startswith("."))


def _read(path: str, reasons: Mapping[str, str]) -> Waiting:
    try:
        registration = _load(path)
    except OSError as error:
        return Waiting(path, None, f"The record cannot be read: {reason(error)}.")
    except _DAMAGED as error:
        return Waiting(path, None, f"The record is damaged ({error}). Look at it, then remove the file.")
    return Waiting(path, registration, reasons.get(registration.id, "Ramses has not been told yet."))


def _load(path: str) -> Registration:
    with open(native(path), "rb") as file:
        return _parse(file.read(_LARGEST + 1))


def _parse(data: bytes) -> Registration:
    if len(data) > _LARGEST:
        raise ValueError("it is too large")
    record = json.loads(data)
    if not isinstance(record, dict) or record.get("schema") != _SCHEMA:
        raise ValueError("it is no record of this version")
    kinds = {entry.name: str(entry.type) for entry in fields(Registration)}
    known = {key: value for key, value in record.items() if key in kinds}
    for key, value in known.items():
        if not _fits(value, kinds[key]):
            raise ValueError(f"{key} is {value!r}")
    try:
        registration = Registration(**known)
    except TypeError:
        raise ValueError("something is missing in it") from None
    _check(registration)
    return registration


def _fits(value: object, kind: str) -> bool:
    if value is None:
        return "None" in kind
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return "str" in kind.split(" | ")
    if isinstance(value, int):
        return "int" in kind or "float" in kind
    if isinstance(value, float):
        return "float" in kind
    return isinstance(value, dict) and kind.startswith("Mapping")


def _age(registration: Registration | None) -> tuple[str, str]:
    return ("", "") if registration is None else (registration.created, registration.id)


def _read_reasons(folder: str) -> dict[str, str]:
    try:
        with open(native(os.path.join(folder, _REASONS)), "rb") as file:
            found = json.loads(file.read(_LARGEST * 16))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(key): value for key, value in found.items() if isinstance(value, str)}


def labels(waiting: Iterable[Waiting]) -> list[str]:
    """One line per entry, for people."""
    return [
        f"{entry.registration.label if entry.registration else os.path.basename(entry.path)}: {entry.reason}"
        for entry in waiting
    ]
