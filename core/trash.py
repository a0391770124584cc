# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's trash: which undone versions lie there, and how one comes back under its own number.

Only what a run's journal moved there, and what still holds the seal of that run, is ours; anything else in `_trash`
belongs to Ramses or to people and is neither listed nor touched.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import fsops, hashing, journal, outbox
from .errors import ManifestError, NameRefused, PlatesError, WriteFailed
from .events import Cancel, Listener, silent
from .fsops import names_in
from .ids import check_relative
from .longpath import native
from .os_errors import advice
from .preview_undo import bring_back_previews
from .registration import correction_of, registration_of_version
from .reserve import RESERVED
from .tree import PUBLISHED, TRASH, parse_version_folder
from .verify import verify
from .versions import versions_in

_LOOK = "Look at it before you move it."


@dataclass(frozen=True)
class Trashed:
    """An undone version. `place` is where it lies, `folder` where it stood; both relative to the project, with `/`.

    `run` published it, `undone` is when it was taken back (epoch seconds), `manifest` and `c4` are its seal.
    """

    place: str
    folder: str
    run: str
    undone: float
    manifest: str
    c4: str

    def document(self) -> dict[str, Any]:
        """The entry as the JSON of `trash` writes it."""
        return {"place": self.place, "folder": self.folder, "run": self.run, "undone": self.undone}


@dataclass(frozen=True)
class Restored:
    """Versions that stand again (their folders), and (place, sentence) of those that could not.

    `previews` are sentences about pictures that show a restored version again.
    """

    restored: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    previews: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True where all that was asked for stands again."""
        return not self.refused


def list_trash(project_root: str) -> tuple[Trashed, ...]:
    """The undone versions that lie in the trash, by place. Raises ManifestError for a journal that cannot be read."""
    found: dict[str, Trashed] = {}
    for run in journal.runs(project_root):
        for entry in _of_run(run, journal.read(project_root, run)):
            # Several runs may know one version (a rerun that found it published): the last move counts.
            known = found.get(entry.place)
            if known is None or entry.undone >= known.undone:
                found[entry.place] = entry
    return tuple(
        found[place] for place in sorted(found) if os.path.isdir(native(os.path.join(project_root, *place.split("/"))))
    )


def restore(
    project_root: str,
    wanted: str,
    *,
    operator: str = "",
    jobs: int | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> Restored:
    """Put versions back: `wanted` is a place in the trash, the folder where a version stood, or a run.

    Every byte is compared with the manifest before a version is moved; a version whose number somebody else has taken
    stays where it is. Its registration waits in the outbox afterwards. Events: stage "verify", unit "bytes". Raises
    ManifestError where nothing in the trash is meant, Cancelled.
    """
    cancel = cancel or Cancel()
    name = wanted.replace(os.sep, "/").strip("/")
    entries = [entry for entry in list_trash(project_root) if name in (entry.place, entry.folder, entry.run)]
    if not entries:
        raise ManifestError(f"nothing in the trash is called {wanted}.", project_root, "See `trash list`.")
    restored, refused = [], []
    for entry in entries:
        cancel.check()
        try:
            _restore_one(project_root, entry, operator, jobs, listen, cancel)
        except PlatesError as problem:
            cancel.check()
            refused.append((entry.place, str(problem)))
        else:
            restored.append(entry.folder)
    previews = bring_back_previews(project_root, restored, listen=listen, cancel=cancel)
    return Restored(tuple(restored), tuple(refused), previews)


def is_sealed_by(project_root: str, entry: Trashed) -> bool:
    """True where the folder still holds the very seal that its run wrote. Raises ManifestError if it is unreadable."""
    path = os.path.join(project_root, *entry.place.split("/"), *entry.manifest.split("/"))
    try:
        with open(native(path), "rb") as file:
            return hashing.c4_of(file.read()) == entry.c4
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ManifestError(f"its manifest cannot be read: {error.strerror}.", path, advice(error)) from error


def _restore_one(root: str, entry: Trashed, operator: str, jobs: int | None, listen: Listener, cancel: Cancel) -> None:
    source = os.path.join(root, *entry.place.split("/"))
    target = os.path.join(root, *entry.folder.split("/"))
    if os.path.islink(native(source)):
        raise WriteFailed("this is a link and is not moved.", source)
    if not is_sealed_by(root, entry):
        raise ManifestError("its manifest was removed or changed since.", source, _LOOK)
    _check_free(entry, target)
    report = verify(source, jobs=jobs, listen=listen, cancel=cancel)
    if not report.intact:
        damage = [name for name, _why in (*report.changed, *report.unchecked)]
        names = ", ".join([*damage, *report.missing, *report.extra][:5])
        raise ManifestError(f"it is not what was published ({names}), so it stays in the trash.", source, _LOOK)
    # What Ramses was to hear of the undo is void; what it is to hear now lies ready before the version stands.
    step_folder = entry.folder.rpartition(f"/{PUBLISHED}/")[0]
    fsops.make_folders(os.path.dirname(target), [])
    record = {"action": "restore", "time": time.time(), "folder": entry.folder, "from": entry.place}
    journal.append(root, entry.run, record)
    registration = registration_of_version(source, entry.folder, entry.run, operator)
    if registration is not None:
        outbox.enqueue(root, registration)
    _check_free(entry, target)
    if not fsops.move(source, target):
        raise WriteFailed("somebody else's version has this name by now.", target)
    fsops.sync_folder(os.path.dirname(target))
    fsops.sync_folder(os.path.dirname(source))
    _forget_correction(root, entry)
    if not any(one.folder == entry.folder for one in versions_in(root, step_folder)):
        raise WriteFailed("the version was moved back but does not show in its folder.", target)


def _check_free(entry: Trashed, target: str) -> None:
    """Raise NameRefused where the version's number was taken by somebody, whatever its resource and state."""
    wanted = parse_version_folder(entry.folder.rpartition("/")[2])
    if wanted is None:
        raise NameRefused("this is no version folder.", entry.folder)
    for name in names_in(os.path.dirname(target)):
        found = parse_version_folder(name)
        if found is not None and found.number == wanted.number:
            raise NameRefused(f"version {wanted.number:03d} exists: {name}.", entry.folder, "It stays in the trash.")
        if name == f"{RESERVED}{wanted.number:03d}":
            raise NameRefused(f"somebody is publishing version {wanted.number:03d}.", entry.folder, "Try again later.")


def _forget_correction(root: str, entry: Trashed) -> None:
    correction = correction_of(entry.run, entry.folder, "")
    for waiting in outbox.pending(root) if correction is not None else ():
        record = waiting.registration
        if record is not None and correction is not None and record.id == correction.id:
            outbox.confirmed(root, record)


def _of_run(run: str, records: list[dict[str, Any]]) -> Iterator[Trashed]:
    seals = {}
    for record in records:
        if record.get("action") == "publish" and _are_paths(record, "folder", "manifest") and "c4" in record:
            seals[record["folder"]] = (record["manifest"], str(record["c4"]))
        elif record.get("action") == "undo" and _are_paths(record, "folder", "to") and record["folder"] in seals:
            moved = record.get("time")
            when = float(moved) if isinstance(moved, (int, float)) else 0.0
            if record["to"].startswith(f"{TRASH}/"):
                yield Trashed(record["to"], record["folder"], run, when, *seals[record["folder"]])


def _are_paths(record: Mapping[str, Any], *keys: str) -> bool:
    """A journal is a file that anybody may have edited: paths that lead out of the project are none of ours."""
    for key in keys:
        value = record.get(key)
        if not isinstance(value, str):
            return False
        try:
            check_relative(value)
        except PlatesError:
            return False
    return True
