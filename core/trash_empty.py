# SPDX-License-Identifier: GPL-3.0-or-later
"""Empties the trash: the only place in this tool where anything that was published is deleted.

A version goes only if its seal is the one that our run wrote and nothing foreign lies in it. Its files are removed one
by one, by the names that its manifest lists; there is no deletion of a tree. What stays is a small file that keeps the
version's number taken for ever, written before anything is removed.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass

from . import fsops, mhl
from .errors import ManifestError, PlatesError, WriteFailed
from .events import Cancel, Event, Listener, silent
from .longpath import native
from .os_errors import advice
from .trash import Trashed, is_sealed_by, list_trash
from .tree import COMPLETE_MARKER, SIDECAR, TRASH

# `003_OK` leaves `003_OK+emptied`: every reader of version numbers still reads 3 in it.
EMPTIED = "+emptied"
# A version on its way out; the dot keeps it from being read as one.
LEAVING = fsops.PRIVATE + "emptying-"
_DAY = 86400.0


@dataclass(frozen=True)
class Emptied:
    """`removed` are the places that are gone, `refused` (place, sentence) those that stay, `bytes` what was freed."""

    removed: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    bytes: int = 0

    @property
    def ok(self) -> bool:
        """True where all that was asked for is gone."""
        return not self.refused


def to_empty(project_root: str, older_than: float = 0.0, now: float | None = None) -> tuple[Trashed, ...]:
    """The versions in the trash that were taken back more than `older_than` days ago; all of them for 0."""
    limit = (time.time() if now is None else now) - older_than * _DAY
    return tuple(entry for entry in list_trash(project_root) if not older_than or entry.undone < limit)


def empty_trash(
    project_root: str,
    older_than: float = 0.0,
    *,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> Emptied:
    """Delete undone versions for good, and finish what an earlier emptying began before it was killed.

    Events: stage "empty", unit "versions". Raises ManifestError for a journal that cannot be read, Cancelled.
    """
    cancel = cancel or Cancel()
    entries = to_empty(project_root, older_than)
    removed, refused, freed = [], [], 0
    for place in _left_by_a_kill(project_root, {entry.place for entry in list_trash(project_root)}):
        cancel.check()
        try:
            freed += _remove_files(os.path.join(project_root, *place.split("/")), cancel)
        except PlatesError as problem:
            refused.append((place, str(problem)))
        else:
            removed.append(place)
    for done, entry in enumerate(entries, start=1):
        cancel.check()
        try:
            freed += _empty_one(project_root, entry, cancel)
        except PlatesError as problem:
            cancel.check()
            refused.append((entry.place, str(problem)))
        else:
            removed.append(entry.place)
        listen(Event("empty", done, len(entries), "versions", entry.place))
    return Emptied(tuple(removed), tuple(refused), freed)


def _empty_one(root: str, entry: Trashed, cancel: Cancel) -> int:
    path = os.path.join(root, *entry.place.split("/"))
    home, name = os.path.split(path)
    if os.path.islink(native(path)):
        raise WriteFailed("this is a link and is not removed.", path)
    if not is_sealed_by(root, entry):
        raise ManifestError("its manifest was removed or changed since.", path, "Remove it by hand if you mean it.")
    _names_of_ours(path)
    _keep_number(home, name, entry)
    leaving = os.path.join(home, LEAVING + name)
    if not fsops.move(path, leaving):
        raise WriteFailed("another emptying of this version is in the way.", leaving)
    fsops.sync_folder(home)
    return _remove_files(leaving, cancel)


def _keep_number(home: str, name: str, entry: Trashed) -> None:
    """Write the file that keeps the number, before the folder that keeps it now is touched. Its name is what counts:
    one that a crash cut short does as well.
    """
    path = os.path.join(home, name + EMPTIED)
    if os.path.lexists(native(path)):
        return
    note = {"note": "Keeps this version number taken: numbers are never issued twice.", **entry.document()}
    fsops.write_file(path, [json.dumps(note, indent=1).encode("ascii")])
    fsops.sync_folder(home)


def _remove_files(folder: str, cancel: Cancel) -> int:
    """Remove what is ours, the manifest last so that a killed emptying can be finished; the bytes that were freed."""
    media, seal = _names_of_ours(folder)
    freed = _remove_named(folder, media, cancel)
    inside = {os.path.dirname(name) for name in media}
    for name in inside:
        # A power cut must not bring media back whose manifest stays gone: nobody could tell that they are ours.
        fsops.sync_folder(os.path.join(folder, *name.split("/")) if name else folder)
    freed += _remove_named(folder, seal, cancel)
    # The manifest's folder may be empty already, by an emptying that was killed.
    below = sorted(inside - {""} | {mhl.FOLDER}, key=len, reverse=True)
    for name in (*below, ""):
        path = os.path.join(folder, *name.split("/")) if name else folder
        fsops.remove_empty([path])
    if os.path.lexists(native(folder)):
        raise WriteFailed("a folder of it could not be removed.", folder, "Look what is in it, then empty again.")
    fsops.sync_folder(os.path.dirname(folder))
    return freed


def _remove_named(folder: str, names: list[str], cancel: Cancel) -> int:
    freed = 0
    for name in names:
        cancel.check()
        freed += fsops.remove_named(os.path.join(folder, *name.split("/")))
    return freed


def _names_of_ours(folder: str) -> tuple[list[str], list[str]]:
    """(listed files that are there and the records beside them, the manifest's own files); refuses what is foreign."""
    there = dict(_walk(folder, ""))
    own = {SIDECAR, COMPLETE_MARKER}
    seal = [name for name in there if name.startswith(f"{mhl.FOLDER}/")]
    listed: set[str] = set()
    if set(there) - set(seal):
        manifest = mhl.read(folder)
        if manifest is None:
            raise ManifestError("it has no manifest, so nobody can tell what is ours.", folder)
        listed = set(manifest.files)
        own |= {f"{mhl.FOLDER}/{name}" for name in manifest.generations}
    own |= {f"{mhl.FOLDER}/{mhl.CHAIN}", *(name for name in seal if name.endswith(".mhl"))}
    foreign = sorted(name for name, mode in there.items() if name not in listed | own or not stat.S_ISREG(mode))
    if foreign:
        shown = ", ".join(foreign[:5]) + (f" and {len(foreign) - 5} more" if len(foreign) > 5 else "")
        raise WriteFailed(f"it holds what was not published: {shown}.", folder, "Move that away, then empty again.")
    media = [name for name in there if name not in seal]
    # The generations before their chain: a folder with a chain alone is known as ours, too.
    return sorted(media), sorted(seal, key=lambda name: (name.endswith(mhl.CHAIN), name))


def _walk(folder: str, below: str) -> Iterator[tuple[str, int]]:
    """(path below the folder, mode) of everything that is no folder; links are not followed. Raises WriteFailed."""
    path = os.path.join(folder, *below.split("/")) if below else folder
    try:
        with os.scandir(native(path)) as entries:
            inside = [(entry.name, entry.stat(follow_symlinks=False).st_mode) for entry in entries]
    except OSError as error:
        raise WriteFailed(f"cannot look at what is in it: {error.strerror}.", path, advice(error)) from error
    for name, mode in inside:
        full = f"{below}/{name}" if below else name
        if stat.S_ISDIR(mode):
            yield from _walk(folder, full)
        else:
            yield full, mode


def _left_by_a_kill(root: str, versions: set[str]) -> Iterator[str]:
    """Places of versions whose emptying was begun: their number is kept and their name starts with LEAVING.

    `versions` are the places of whole versions, which hold thousands of files and are not looked into.
    """
    for folder, names, files in os.walk(native(os.path.join(root, TRASH))):
        below = os.path.relpath(folder, native(root)).replace(os.sep, "/")
        for name in list(names):
            if name.startswith(LEAVING):
                names.remove(name)
                if name[len(LEAVING) :] + EMPTIED in files:
                    yield f"{below}/{name}"
            elif f"{below}/{name}" in versions:
                names.remove(name)
