# SPDX-License-Identifier: GPL-3.0-or-later
"""An artist's scene in the Ramses tree: its saved versions, and what can be restored or imported.

The work file `PROJ_S_SHOT_STEP[_RES].ext` lies in the step folder. `_versions/PROJ_S_SHOT_STEP[_RES]_<state><NNN>.ext`
are its saved versions; a published version has the number of the saved version that it came from.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import fsops
from .errors import ReadFailed
from .fsops import names_in
from .ids import check_state
from .job import trash_folder
from .longpath import native
from .os_errors import advice, reason
from .tree import SIDECAR, next_version, parse_file_name, work_file_name
from .versions import PublishedVersion, list_versions
from .work_context import WorkContext, known_states

__all__ = [
    "WorkContext",
    "WorkVersion",
    "importable",
    "newest_work_version",
    "next_work_number",
    "note_files",
    "publish_number",
    "restored_path",
    "save_version",
    "save_version_path",
    "templates",
    "work_versions",
]

_PIECE = 1 << 20
_LARGEST_SIDECAR = 64 << 20


@dataclass(frozen=True)
class WorkVersion:
    """One file of `_versions`. `path` is absolute, `state` as written in its name."""

    path: str
    number: int
    state: str
    resource: str
    ext: str


def work_versions(context: WorkContext, ext: str | None = None) -> tuple[WorkVersion, ...]:
    """The saved versions of this scene, newest first; of one file type where `ext` is given. Raises ReadFailed."""
    found = []
    states = known_states(context.root)
    for name in names_in(context.versions):
        parsed = parse_file_name(name, states)
        if parsed is None or parsed.version is None or parsed.resource.upper() != context.resource.upper():
            continue
        if not name.upper().startswith(context.stem.upper()) or (ext and parsed.ext.lower() != ext.lower().lstrip(".")):
            continue
        path = os.path.join(context.versions, name)
        found.append(WorkVersion(path, parsed.version, parsed.state, parsed.resource, parsed.ext))
    return tuple(sorted(found, key=lambda version: (-version.number, version.path)))


def newest_work_version(context: WorkContext, ext: str | None = None) -> WorkVersion | None:
    """The saved version with the highest number, None where none was saved. Raises ReadFailed."""
    return next(iter(work_versions(context, ext)), None)


def next_work_number(context: WorkContext) -> int:
    """The number of the next saved version: above all that were saved or published. Raises ReadFailed."""
    return max(_newest_number(context) + 1, _after_published(context))


def publish_number(context: WorkContext) -> int:
    """The number of the next publish: that of the newest work version, or one above the newest published version."""
    return max(_newest_number(context), _after_published(context), 1)


def save_version_path(context: WorkContext, ext: str, state: str = "WIP", number: int | None = None) -> str:
    """The path of a saved version, by default the next one. Raises NameRefused, ReadFailed."""
    number = next_work_number(context) if number is None else number
    name = work_file_name(
        context.project, context.name, context.step, ext, context.resource, check_state(state), number
    )
    return os.path.join(context.versions, name if context.kind == "S" else name.replace("_S_", f"_{context.kind}_", 1))


def save_version(
    context: WorkContext, scene_path: str, state: str = "WIP", comment: str = "", number: int | None = None
) -> str:
    """Copy the saved scene file into `_versions`, durably, and return the copy's path.

    A version of the same number and state is replaced at once: the work file moved on. Raises ReadFailed, WriteFailed,
    DiskFull, NameRefused.
    """
    target = save_version_path(context, os.path.splitext(scene_path)[1], state, number)
    fsops.make_folders(context.versions, [])
    fsops.write_file(target, _pieces(scene_path), replace=True)
    parsed = parse_file_name(os.path.basename(target), (*known_states(context.root), check_state(state)))
    _note_version(context, target, state, comment, parsed.version if parsed and parsed.version else 0)
    return target


def restored_path(context: WorkContext, version: WorkVersion) -> str:
    """Where a restored version is opened: beside the work file, named as Ramses names it, so that nothing is lost."""
    resource = f"_{context.resource}" if context.resource else ""
    stem = context.stem[: len(context.stem) - len(resource)]
    return os.path.join(context.folder, f"{stem}_{context.resource}+restored-v{version.number}+.{version.ext}")


def importable(
    context: WorkContext, extensions: tuple[str, ...], shot: str | None = None
) -> tuple[tuple[PublishedVersion, str], ...]:
    """(version, absolute path) of every published file of these types in the shot, newest first within a step.

    `extensions` are lower case without dot. `shot` "" means every shot. Raises ReadFailed.
    """
    wanted = context.shot if shot is None else shot
    found = []
    for version in reversed(list_versions(context.root, wanted or None)):
        for name in version.files:
            if os.path.splitext(name)[1].lower().lstrip(".") in extensions:
                found.append((version, os.path.join(version.path, name)))
    return tuple(found)


def templates(context: WorkContext, extensions: tuple[str, ...]) -> tuple[str, ...]:
    """Absolute paths of the step's template scenes. Raises ReadFailed."""
    names = sorted(names_in(context.templates))
    wanted = [name for name in names if os.path.splitext(name)[1].lower().lstrip(".") in extensions]
    return tuple(os.path.join(context.templates, name) for name in wanted if not name.startswith("."))


def _newest_number(context: WorkContext) -> int:
    newest = newest_work_version(context)
    return 0 if newest is None else newest.number


def _after_published(context: WorkContext) -> int:
    trash = trash_folder(context.root, context.step_folder)
    return next_version([*names_in(context.published), *names_in(trash)])


def _pieces(path: str) -> Iterator[bytes]:
    try:
        with open(native(path), "rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise ReadFailed(f"cannot read the scene: {error.strerror}.", path, "Save it first.") from error


def _note_version(context: WorkContext, target: str, state: str, comment: str, number: int) -> None:
    """Ramses-Py's sidecar of `_versions`: one entry per file."""
    entry = {
        "version": number,
        "comment": comment,
        "date": int(time.time()),
        "stateShortName": check_state(state),
        "resource": context.resource,
    }
    note_files(os.path.join(context.versions, SIDECAR), {os.path.basename(target): entry})


def note_files(path: str, new: Mapping[str, Mapping[str, Any]]) -> None:
    """Add entries to a sidecar of Ramses-Py; what others wrote in it stays. One that is broken is left as it is.

    Raises ReadFailed, WriteFailed, DiskFull.
    """
    entries: Any = {}
    try:
        with open(native(path), encoding="utf-8-sig") as file:
            entries = json.loads(file.read(_LARGEST_SIDECAR))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ReadFailed(f"cannot read: {reason(error)}.", path, advice(error)) from error
    except (ValueError, RecursionError):
        return
    if not isinstance(entries, dict):
        return
    for name, entry in new.items():
        known = entries.get(name)
        entries[name] = {**(known if isinstance(known, dict) else {}), **entry}
    fsops.write_file(path, [json.dumps(entries, indent=4).encode("ascii")], replace=True)
