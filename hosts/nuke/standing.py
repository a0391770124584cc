# SPDX-License-Identifier: GPL-3.0-or-later
"""How Read nodes stand beside what is published: newest, older, missing, unknown. Looks at the disk, never at Nuke."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ...core.errors import ReadFailed
from ...core.events import Cancel
from ...core.longpath import native
from ...core.tree import PUBLISHED, SHOTS, find_project_root, parse_step_folder, parse_version_folder
from ...core.versions import PublishedVersion, versions_in
from .node_record import plain_path

State = Literal["newest", "older", "missing", "unknown"]


@dataclass(frozen=True)
class Seen:
    """A Read as the script shows it. `ours` tells that it carries our record."""

    node: str
    path: str
    ours: bool


@dataclass(frozen=True)
class Standing:
    """What is true of one Read. `version` is the one it shows, `newest` the newest complete one of that plate.

    `versions` are the complete ones of that plate, newest first, where they were asked for; `path` is the file as the
    node has it.
    """

    node: str
    state: State
    reason: str
    ours: bool
    version: PublishedVersion | None = None
    newest: PublishedVersion | None = None
    versions: tuple[PublishedVersion, ...] = ()
    path: str = ""


def judge(seen: Iterable[Seen], cancel: Cancel | None = None, every: bool = False) -> list[Standing]:
    """One answer for each of our nodes and for each foreign one below a Ramses project; others are left out.

    Each step folder is listed once, and of a plate's versions only as many markers are read as it takes to find the
    newest; `every` asks all of them, and fills `versions`. Raises Cancelled.
    """
    listed: dict[tuple[str, str], tuple[PublishedVersion, ...]] = {}
    judged: dict[tuple[str, bool], Standing | None] = {}  # a script shows the same file in many places
    found = []
    for one in seen:
        if cancel is not None:
            cancel.check()
        key = (one.path, one.ours)
        if key not in judged:
            standing = _judge(one, listed)
            if standing is not None:
                versions = tuple(version for version in standing.versions if version.complete) if every else ()
                standing = replace(standing, path=one.path, versions=versions)
            judged[key] = standing
        known = judged[key]
        if known is not None:
            found.append(known if known.node == one.node else replace(known, node=one.node))
    return found


def version_place(path: str) -> tuple[str, str, str] | None:
    """(project folder, step folder below it, version folder name) of a file's path; None outside any project."""
    if not _in_project(path):
        return None  # most Reads lie elsewhere, and are not looked for on the disk
    root = find_project_root(os.path.dirname(path))
    if root is None:
        return None
    parts = os.path.relpath(path, root).replace(os.sep, "/").split("/")
    if len(parts) < 6 or parts[0] != SHOTS or parts[3] != PUBLISHED:
        return None
    return root, "/".join(parts[:3]), parts[4]


def _in_project(path: str) -> bool:
    """True where the path alone may be one of a Ramses project; the disk is not asked."""
    return os.path.isabs(path) and SHOTS in path.replace("\\", "/").split("/")


def _judge(one: Seen, listed: dict[tuple[str, str], tuple[PublishedVersion, ...]]) -> Standing | None:
    where = version_place(one.path)
    if where is None:
        if not one.ours:
            return None
        folder = os.path.dirname(one.path)
        if _in_project(one.path) and not os.path.isdir(native(folder)):
            reason = f"The folder {folder} cannot be reached. Is its disk mounted?"
            return Standing(one.node, "missing", reason, True)
        return Standing(one.node, "unknown", "Its file lies in no published version of a Ramses project.", True)
    root, step_folder, name = where
    if (root, step_folder) not in listed:
        try:
            listed[root, step_folder] = versions_in(root, step_folder)
        except ReadFailed as error:
            return Standing(one.node, "unknown", str(error), one.ours)
    versions = listed[root, step_folder]
    version = next((version for version in versions if version.name == name), None)
    if version is None:
        gone = parse_version_folder(name)
        same = _same_plate(gone.resource, versions) if gone is not None else ()
        reason = f"The version folder {name} is not there."
        return Standing(one.node, "missing", reason, one.ours, _gone(root, step_folder, name), _newest(same), same)
    same = _same_plate(version.resource, versions)
    newest = _newest(same)
    state: State = "newest"
    reason = "No newer version is published."
    if not _has_files(version, one.path):
        state, reason = "missing", "None of its files is there."
    elif newest is not None and newest.number > version.number:
        state, reason = "older", f"Version {newest.number:03d} is there, this is {version.number:03d}."
    return Standing(one.node, state, reason, one.ours, version, newest, same)


def _gone(root: str, step_folder: str, name: str) -> PublishedVersion | None:
    """What a version folder was that is not there any more, by its name."""
    parsed, parts = parse_version_folder(name), step_folder.split("/")
    step = parse_step_folder(parts[-1], parts[-2])
    if parsed is None or step is None:
        return None
    folder = f"{step_folder}/{PUBLISHED}/{name}"
    return PublishedVersion(
        root, folder, parsed.number, parsed.state, parsed.resource, step.name, step.step, step.project
    )


def _same_plate(resource: str, versions: Iterable[PublishedVersion]) -> tuple[PublishedVersion, ...]:
    """The versions of one resource, the highest first."""
    same = [other for other in versions if other.resource.upper() == resource.upper()]
    return tuple(sorted(same, key=lambda one: -one.number))


def _newest(versions: Iterable[PublishedVersion]) -> PublishedVersion | None:
    """The first complete one: an unfinished one is nobody's newest."""
    return next((version for version in versions if version.complete), None)


def _has_files(version: PublishedVersion, path: str) -> bool:
    """True where one file of the clip is there; a gap at its first frame is no missing clip."""
    name = plain_path(path.replace("\\", "/").rpartition("/")[2])
    form = re.escape(name)
    form = re.sub(r"(?:\\#)+", r"-?\\d+", form).replace("%V", "(?:left|right)").replace("%v", "[lr]")
    try:
        return any(re.fullmatch(form, file) for file in version.files)
    except ReadFailed:
        return False
