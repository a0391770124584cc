# SPDX-License-Identifier: GPL-3.0-or-later
"""Drops on the node graph: a published version becomes a Read, a delivery folder opens the ingest panel with it.

What a drop needs is imported by the first one: Nuke starts no slower.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from . import background, dock

if TYPE_CHECKING:
    from ...core.versions import PublishedVersion
    from ..qt.host import Note

_active = False
_added = False


def install() -> None:
    """Ask for drops. Nuke has no way to take a drop callback back, so it is added once and switched."""
    global _active, _added
    if not _added:
        import_module("nukescripts").addDropDataCallback(dropped)
        _added = True
    _active = True


def remove() -> None:
    """Leave all drops to Nuke again."""
    global _active
    _active = False


def dropped(mime: str, text: str) -> bool | None:
    """True where the drop is ours, None where Nuke or somebody else should take it. Never raises."""
    answer: list[bool | None] = []
    if not _active or not (mime.startswith("text/") and text.strip()):
        return None
    background.caught(lambda: answer.append(_taken(text)))
    return answer[0] if answer else None


def _taken(text: str) -> bool | None:
    from ...core.longpath import native
    from ...core.tree import find_project_root
    from .standing import version_place

    paths = [path for line in text.splitlines() if (path := local_path(line))]
    if not paths or not all(os.path.isabs(path) for path in paths):
        return None
    places = [version_place(path) or version_place(os.path.join(path, "x")) for path in paths]
    if all(places):
        _load([place for place in dict.fromkeys(places) if place is not None])
        return True
    if all(os.path.isdir(native(path)) and find_project_root(path) is None for path in paths):
        dock.show("Ingest", paths)
        return True
    return None


def local_path(line: str) -> str:
    """The path in a line of dropped text, from a file manager's URL too; "" for other URLs."""
    line = line.strip()
    if "://" not in line:
        return os.path.normpath(line) if line else ""
    try:
        url = urlsplit(line)
    except ValueError:  # brackets that are no address
        return ""
    if url.scheme != "file":
        return ""
    path = unquote(url.path)
    if url.netloc and url.netloc != "localhost":
        path = f"//{url.netloc}{path}"
    elif path[2:3] == ":":  # file:///C:/plates
        path = path[1:]
    return os.path.normpath(path)


def _load(places: list[tuple[str, str, str]]) -> None:
    """Find the versions in a thread, then make their Reads."""
    from ...core.versions import versions_in
    from ..qt.host import Job

    def find(*_: object) -> list[PublishedVersion]:
        found = []
        for root, step, name in places:
            found += [version for version in versions_in(root, step) if version.name == name]
        return found

    background.start(Job("Load plates", find, lambda found: found), _create)


def _create(versions: list[PublishedVersion]) -> None:
    from ..qt.host import Wanted
    from .qt_host import host

    if versions:
        background.start(host().create([Wanted(version) for version in versions]), _tell)
    else:
        background.say(["That version is not there any more."])


def _tell(notes: list[Note]) -> None:
    background.say([note.text for note in notes if note.severity != "info"])
