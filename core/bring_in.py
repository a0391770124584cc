# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies files from outside the project into a scene's step folder, so that everybody who gets the scene has them.

They go to `<step folder>/_sources/<name of their folder>/`; no Ramses tool reads folders with an underscore that it
does not know. Nothing is moved and nothing overwritten: other content under a taken name gets a folder of its own.
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Iterable, Iterator

from . import fsops
from .errors import ReadFailed
from .events import Cancel, Listener, silent
from .grouping import Place, group_names
from .longpath import native
from .progress import Progress
from .tree import TRASH
from .work_context import WorkContext

SOURCES = "_sources"
_PIECE = 1 << 20


def outside(root: str, paths: Iterable[str]) -> list[str]:
    """Those of the absolute paths that do not lie below the project folder, sorted; links are not followed."""
    return sorted(path for path in set(paths) if not _is_below(root, path))


def bring_in(
    work: WorkContext, paths: Iterable[str], *, listen: Listener = silent, cancel: Cancel | None = None
) -> dict[str, str]:
    """Copy these files, each with the whole sequence or tile set that it belongs to; what became of every file.

    Returns {absolute source: absolute copy}. Raises ReadFailed, WriteFailed, DiskFull, Cancelled; copies that were
    finished by then stay, and are found and used by the next call.
    """
    cancel = cancel or Cancel()
    by_folder: dict[str, set[str]] = {}
    for path in paths:
        folder, name = os.path.split(os.path.abspath(path))
        by_folder.setdefault(folder, set()).update(_belonging(folder, name))
    progress = Progress(listen, "copy", sum(map(len, by_folder.values())), "files")
    copied: dict[str, str] = {}
    for folder, names in sorted(by_folder.items()):
        target = _home(work, folder, names)
        fsops.make_folders(target, [])
        for name in sorted(names):
            cancel.check()
            source, copy = os.path.join(folder, name), os.path.join(target, name)
            if not os.path.lexists(native(copy)):
                fsops.write_file(copy, _pieces(source), replace=True)
            copied[source] = copy
            progress.add(1)
    progress.finish()
    return copied


def _belonging(folder: str, name: str) -> set[str]:
    """The names of the sequence that a file belongs to, only its own where it is none."""
    try:
        names = os.listdir(native(folder))
    except OSError as error:
        raise ReadFailed(f"cannot list the folder: {error.strerror}.", folder) from error
    for clip in group_names(names, Place(folder)).clips:
        files = {file for _frame, file in clip.files()}
        if name in files:
            return files
    return {name}


def _home(work: WorkContext, folder: str, names: set[str]) -> str:
    """The first folder of that name in which none of the names stands for other content."""
    wanted = os.path.basename(folder) or "files"
    for number in range(1, 1000):
        home = os.path.join(work.folder, SOURCES, wanted if number == 1 else f"{wanted}-{number}")
        if all(_free_or_same(os.path.join(folder, name), os.path.join(home, name)) for name in names):
            return home
    raise ReadFailed("a thousand other folders of this name were copied before.", folder, "Clean up _sources.")


def _free_or_same(source: str, copy: str) -> bool:
    if not os.path.lexists(native(copy)):
        return True
    try:
        return filecmp.cmp(native(source), native(copy), shallow=False)
    except OSError:
        return False


def _is_below(root: str, path: str) -> bool:
    try:
        return os.path.commonpath([os.path.normcase(root), os.path.normcase(path)]) == os.path.normcase(root)
    except ValueError:  # on another drive
        return False


def _pieces(path: str) -> Iterator[bytes]:
    try:
        with open(native(path), "rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise ReadFailed(f"cannot read the file: {error.strerror}.", path) from error


def find_by_name(
    root: str, lost: Iterable[str], *, listen: Listener = silent, cancel: Cancel | None = None
) -> tuple[dict[str, str], list[str]]:
    """Look below a project folder for files of the same names: ({lost path: found path}, those not found or not once).

    Folders that begin with a dot, the trash and links to folders are passed over. Raises Cancelled.
    """
    cancel = cancel or Cancel()
    wanted: dict[str, list[str]] = {}
    for path in lost:
        wanted.setdefault(os.path.basename(path), []).append(path)
    places: dict[str, list[str]] = {name: [] for name in wanted}
    progress = Progress(listen, "find", 0, "folders")
    base = native(root)
    for folder, below, names in os.walk(base):
        cancel.check()
        below[:] = sorted(name for name in below if not name.startswith(".") and name != TRASH)
        for name in wanted.keys() & set(names):
            places[name].append(os.path.normpath(os.path.join(root, os.path.relpath(folder, base), name)))
        progress.add(1)
    progress.finish()
    found = {path: places[name][0] for name, paths in wanted.items() for path in paths if len(places[name]) == 1}
    return found, sorted(path for paths in wanted.values() for path in paths if path not in found)
