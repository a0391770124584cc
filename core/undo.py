# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a run back: its versions are moved to the project's trash by a rename each, never deleted.

Their numbers stay taken: publishing counts what lies in the trash. Before a version is moved of which
Ramses may have heard, the record that will tell Ramses so lies in the outbox; the next sync delivers it, or drops it
where the version stands all the same.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import fsops, hashing, journal, outbox
from .errors import ManifestError, PlatesError, WriteFailed
from .events import Cancel, Event, Listener, silent
from .job import trash_folder
from .longpath import native
from .os_errors import advice
from .preview_undo import take_back_previews
from .registration import correction_of
from .run import operator_name
from .sidecar import read_facts
from .tree import PUBLISHED, TRASH, check_relative

_COPIES = 1000


@dataclass(frozen=True)
class Undone:
    """What became of a run's versions; folders are relative to the project, with `/` separators.

    `moved` are (version folder, where it lies in the trash), `already` those that lay there before. `refused` are
    (folder, sentence): gone, no longer ours, or the system did not let us. `previews` are sentences about pictures
    that showed a version that was moved.
    """

    run: str
    moved: tuple[tuple[str, str], ...] = ()
    already: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    previews: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True where nothing of the run is published any more."""
        return not self.refused


def undo(project_root: str, run: str, *, listen: Listener = silent, cancel: Cancel | None = None) -> Undone:
    """Move every version that a run committed to the trash; run again after a failure, it goes on where it ended.

    Registrations of the run that still wait are taken out of the outbox; corrections for Ramses wait there instead.
    Events: stage "undo", unit "versions". Raises ManifestError for a run that is not known here, Cancelled.
    """
    cancel = cancel or Cancel()
    records = journal.read(project_root, run)
    commits = {record["folder"]: record for record in records if _is_commit(record)}
    trashed = {record["folder"]: record["to"] for record in records if _is_undo(record)}
    moved, already, refused = [], [], []
    for done, (folder, record) in enumerate(sorted(commits.items()), start=1):
        cancel.check()
        try:
            target = _undo_one(project_root, run, folder, record)
        except PlatesError as problem:
            refused.append((folder, str(problem)))
        else:
            if target is not None:
                moved.append((folder, target))
            elif folder in trashed and os.path.isdir(native(_absolute(project_root, trashed[folder]))):
                already.append(folder)
            # Neither here nor in the trash: the run died before it committed this version.
        listen(Event("undo", done, len(commits), "versions", folder))
    if not refused:
        outbox.forget_run(project_root, run)
    previews = take_back_previews(project_root, moved, listen=listen, cancel=cancel)
    return Undone(run, tuple(moved), tuple(already), tuple(refused), previews)


def _undo_one(root: str, run: str, folder: str, record: Mapping[str, Any]) -> str | None:
    """Move one version; its place in the trash, None where it is not there or another's stands in its place."""
    path = _absolute(root, folder)
    if not os.path.isdir(native(path)) or not _is_ours(path, run, record):
        return None
    step_folder, _, name = folder.rpartition(f"/{PUBLISHED}/")
    home = trash_folder(root, step_folder)
    fsops.make_folders(home, [])
    untold = folder in outbox.untold(root, run)
    if not untold:
        _correct(root, run, folder)
    for copy in range(_COPIES):
        # A version that was restored and undone again finds its name taken: "003_OK+1" keeps the number readable.
        target = name if copy == 0 else f"{name}+{copy}"
        if os.path.lexists(native(os.path.join(home, target))):
            continue
        where = f"{TRASH}/{step_folder}/{target}"
        journal.append(root, run, {"action": "undo", "time": time.time(), "folder": folder, "to": where})
        if fsops.move(path, os.path.join(home, target)):
            fsops.sync_folder(home)
            fsops.sync_folder(os.path.dirname(path))
            if untold and folder not in outbox.untold(root, run):
                _correct(root, run, folder)  # a sync was quicker than the move
            return where
    raise WriteFailed("the trash holds too many versions of this name.", home)


def _correct(root: str, run: str, folder: str) -> None:
    """Have Ramses told, with the next sync, that the version is taken back."""
    correction = correction_of(run, folder, operator_name())
    if correction is not None:
        outbox.enqueue(root, correction)


def _is_ours(path: str, run: str, record: Mapping[str, Any]) -> bool:
    """True where the folder holds the very seal that the run wrote: somebody else's version is never touched."""
    try:
        with open(native(os.path.join(path, *record["manifest"].split("/"))), "rb") as file:
            if hashing.c4_of(file.read()) == record["c4"]:
                return True
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ManifestError(f"its manifest cannot be read: {error.strerror}.", path, advice(error)) from error
    facts = read_facts(path)
    if facts is not None and facts.run == run:
        raise ManifestError("its manifest was removed or changed since.", path, "Look at it before you move it away.")
    return False


def _is_commit(record: Mapping[str, Any]) -> bool:
    texts = all(isinstance(record.get(key), str) for key in ("folder", "manifest", "c4"))
    return record.get("action") == "publish" and texts and _is_inside(record["folder"], record["manifest"])


def _is_undo(record: Mapping[str, Any]) -> bool:
    texts = all(isinstance(record.get(key), str) for key in ("folder", "to"))
    return record.get("action") == "undo" and texts and _is_inside(record["folder"], record["to"])


def _is_inside(*paths: str) -> bool:
    """A journal is a file that anybody may have edited: paths that lead out of the project are none of ours."""
    try:
        for path in paths:
            check_relative(path)
    except PlatesError:
        return False
    return True


def _absolute(root: str, folder: str) -> str:
    return os.path.join(root, *folder.split("/"))
