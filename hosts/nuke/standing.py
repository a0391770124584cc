# SPDX-License-Identifier: GPL-3.0-or-later
"""How Read nodes stand beside what is published: newest, older, missing, unknown. Looks at the disk, never at Nuke."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ...core.errors import ReadFailed
from ...core.events import Cancel
from ...core.tree import PUBLISHED, SHOTS, find_project_root
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
    """What is true of one Read. `version` is the one it shows, `newest` the newest complete one of that plate."""

    node: str
    state: State
    reason: str
    ours: bool
    version: PublishedVersion | None = None
    newest: PublishedVersion | None = None


def judge(seen: Iterable[Seen], cancel: Cancel | None = None) -> list[Standing]:
    """One answer for each of our nodes and for each foreign one below a Ramses project; others are left out.

    Each step folder is listed once. Raises Cancelled.
    """
    listed: dict[tuple[str, str], tuple[PublishedVersion, ...]] = {}
    found = []
    for one in seen:
        if cancel is not None:
            cancel.check()
        standing = _judge(one, listed)
        if standing is not None:
            found.append(standing)
    return found


def version_place(path: str) -> tuple[str, str, str] | None:
    """(project folder, step folder below it, version folder name) of a file's path; None outside any project."""
    if not os.path.isabs(path):
        return None
    root = find_project_root(os.path.dirname(path))
    if root is None:
        return None
    parts = os.path.relpath(path, root).replace(os.sep, "/").split("/")
    if len(parts) < 6 or parts[0] != SHOTS or parts[3] != PUBLISHED:
        return None
    return root, "/".join(parts[:3]), parts[4]


def _judge(one: Seen, listed: dict[tuple[str, str], tuple[PublishedVersion, ...]]) -> Standing | None:
    where = version_place(one.path)
    if where is None:
        reason = "Its file lies in no published version of a Ramses project."
        return Standing(one.node, "unknown", reason, one.ours) if one.ours else None
    root, step_folder, name = where
    if (root, step_folder) not in listed:
        try:
            listed[root, step_folder] = versions_in(root, step_folder)
        except ReadFailed as error:
            return Standing(one.node, "unknown", str(error), one.ours)
    versions = listed[root, step_folder]
    version = next((version for version in versions if version.name == name), None)
    if version is None:
        return Standing(one.node, "missing", f"The version folder {name} is not there.", one.ours)
    newest = _newest(version, versions)
    if not _has_files(version, one.path):
        return Standing(one.node, "missing", "None of its files is there.", one.ours, version, newest)
    if newest is not None and newest.number > version.number:
        reason = f"Version {newest.number:03d} is there, this is {version.number:03d}."
        return Standing(one.node, "older", reason, one.ours, version, newest)
    return Standing(one.node, "newest", "No newer version is published.", one.ours, version, newest)


def _newest(version: PublishedVersion, versions: Iterable[PublishedVersion]) -> PublishedVersion | None:
    """The highest complete version of the same plate."""
    same = [other for other in versions if other.resource.upper() == version.resource.upper()]
    return next((other for other in sorted(same, key=lambda one: -one.number) if other.complete), None)


def _has_files(version: PublishedVersion, path: str) -> bool:
    """True where one file of the clip is there; a gap at its first frame is no missing clip."""
    name = plain_path(path.replace("\\", "/").rpartition("/")[2])
    form = re.escape(name)
    form = re.sub(r"(?:\\#)+", r"-?\\d+", form).replace("%V", "(?:left|right)").replace("%v", "[lr]")
    try:
        return any(re.fullmatch(form, file) for file in version.files)
    except ReadFailed:
        return False
