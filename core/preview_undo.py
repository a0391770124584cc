# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a plate's pictures when the version they show is taken back: they show the newest one left, or go.

Only a still or proxy goes whose record names the version that was moved, and whose content is still what was written
then: another tool's, a newer version's, or one that somebody replaced stays where it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from . import fsops
from .errors import Cancelled, PlatesError
from .events import Cancel, Listener, silent
from .longpath import native
from .preview import missing_libraries
from .preview_record import picture_path, read_record, record_path
from .preview_set import PreviewWish, make_preview_set, our_proxy
from .proxy import ProxyOptions
from .proxy_record import content_of, proxy_path, proxy_record_path
from .sidecar import completed_at
from .tree import PUBLISHED, parse_version_folder
from .versions import PublishedVersion, versions_in


@dataclass(frozen=True)
class _Removed:
    """What was removed of one plate; `proxy` tells how its movie was made."""

    still: bool = False
    proxy: ProxyOptions | None = None


def take_back_previews(
    root: str, moved: Iterable[tuple[str, str]], *, listen: Listener = silent, cancel: Cancel | None = None
) -> tuple[str, ...]:
    """After versions went to the trash: (version folder, where it lies now), both relative to the project.

    Returns a sentence for each plate whose pictures changed or could not be cleared away; nothing here undoes an undo.
    Where the libraries for pictures are missing, or after a cancel, nothing is made anew. Never raises for a plate.
    """
    changed: dict[str, tuple[PublishedVersion, _Removed]] = {}
    said = []
    for folder, where in moved:
        version = _version(root, folder)
        if version is None:
            continue
        try:
            removed = _remove(version, completed_at(os.path.join(root, *where.split("/"))) or 0)
        except PlatesError as problem:
            said.append(f"A preview of {version.name} ({version.shot}) could not be removed: {problem}")
            continue
        if removed.still or removed.proxy is not None:
            changed[picture_path(version)] = (version, removed)
    for version, removed in changed.values():
        said.append(_make_anew(version, removed, listen, cancel))
    return tuple(said)


def _version(root: str, folder: str) -> PublishedVersion | None:
    """The version that stood in a folder, as far as its pictures need to know it."""
    step, _, name = folder.rpartition(f"/{PUBLISHED}/")
    found = parse_version_folder(name)
    if found is None:
        return None
    shot = step.rpartition("/")[2]
    return PublishedVersion(root, folder, found.number, found.state, found.resource, shot, "")


def _remove(version: PublishedVersion, completed: int) -> _Removed:
    """Remove what shows this very version and is ours; the picture first: its record tells whose it is."""
    still, proxy = False, None
    record = read_record(record_path(version))
    if record is not None and (record.version, record.completed) == (version.name, completed) and record.content:
        still = content_of(picture_path(version)) == record.content
        if still:
            _gone(picture_path(version), record_path(version))
    movie = our_proxy(version)
    if movie is not None and (movie.version, movie.completed) == (version.name, completed):
        proxy = ProxyOptions(movie.burn_in)
        _gone(proxy_path(version), proxy_record_path(version))
    return _Removed(still, proxy)


def _gone(*paths: str) -> None:
    for path in paths:
        fsops.remove_file(path)


def _make_anew(version: PublishedVersion, removed: _Removed, listen: Listener, cancel: Cancel | None) -> str:
    """Pictures of the newest complete version left, of the kinds that were there."""
    step = version.folder.rpartition(f"/{PUBLISHED}/")[0]
    was = f"The preview of {version.shot} showed {version.name} and was removed"
    try:
        left = [one for one in versions_in(version.project_root, step) if one.resource == version.resource]
        left = [one for one in left if one.complete]
        if not left:
            return f"{was}."
        if missing_libraries():
            return f"{was}; the verb preview makes one of {left[-1].name}."
        free = not os.path.lexists(native(picture_path(version)))  # another tool's still is not ours to replace
        wish = PreviewWish(proxy=removed.proxy, stills=free)
        made = make_preview_set([left[-1]], wish, listen=listen, cancel=cancel)
    except Cancelled:
        return f"{was}; stopped before another was made."
    except PlatesError as problem:
        return f"{was}; no other could be made: {problem}"
    if made.failed:
        return f"{was}; no other could be made: {' '.join(made.notes)}"
    return f"The preview of {version.shot} shows {left[-1].name} again."
