# SPDX-License-Identifier: GPL-3.0-or-later
"""Preview pictures of published versions as icons; Blender's own collection, given back when the add-on goes."""

from __future__ import annotations

import os
from typing import Any

import bpy.utils.previews

from ...core.longpath import native
from ...core.preview_record import picture_path, read_record, record_path
from ...core.versions import PublishedVersion

# Every picture stays in memory until the add-on goes; more than this, and all are let go.
_MOST = 500
_pictures: list[Any] = []


def picture_of(version: PublishedVersion, newest: bool) -> tuple[str, str]:
    """(path of the version's preview picture, its time), ("", "") where there is none. Reads the disk: for a worker.

    A step has one picture: our record beside it says of which version it is, another tool's is the newest one's.
    """
    path = picture_path(version)
    try:
        stamp = str(os.stat(native(path)).st_mtime_ns)
    except OSError:
        return "", ""
    record = read_record(record_path(version))
    mine = newest if record is None else (record.version, record.completed) == (version.name, version.completed or 0)
    return (path, stamp) if mine else ("", "")


def icon(path: str, stamp: str) -> int:
    """The icon of a picture, 0 where there is none. Blender reads the file when the icon is drawn."""
    if not path or not _pictures:
        return 0
    pictures = _pictures[0]
    key = f"{path}|{stamp}"
    if key not in pictures:
        if len(pictures) >= _MOST:
            pictures.clear()
        pictures.load(key, path, "IMAGE")
    return int(pictures[key].icon_id)


def register() -> None:
    """Make the collection."""
    _pictures.append(bpy.utils.previews.new())


def unregister() -> None:
    """Blender warns of collections that nobody gave back."""
    while _pictures:
        bpy.utils.previews.remove(_pictures.pop())
