# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a plate's pictures when versions are taken back or restored: they show the newest one left, or go.

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


def bring_back_previews(
    root: str, folders: Iterable[str], *, listen: Listener = silent, cancel: Cancel | None = None
) -> tuple[str, ...]:
    """After versions were restored: pictures of those that are the newest of their plates again.

    A still that somebody else made stays. Returns a sentence for each plate whose pictures changed; where the
    libraries for pictures are missing, nothing happens. Never raises for a plate.
    """
    said: list[str] = []
    for folder in folders if not missing_libraries() else ():
        version = _version(root, folder)
        if version is None:
            continue
        try:
            left = _left(version)
            if not left or left[-1].folder != folder:
                continue
            wish = PreviewWish(stills=_may_replace(left[-1]))
            made = make_preview_set([left[-1]], wish, listen=listen, cancel=cancel)
        except Cancelled:
            return (*said, "Stopped before all previews were made; make them with the verb preview.")
        except PlatesError as problem:
            said.append(f"No preview of {version.shot}: {problem}")
            continue
        said.extend(made.notes)
        if (made.stills or made.proxies) and not made.failed:
            said.append(f"The preview of {version.shot} shows {version.name} again.")
    return tuple(said)


def _may_replace(version: PublishedVersion) -> bool:
    """True where no still lies there, or one that was made here and nobody has changed."""
    path = picture_path(version)
    if not os.path.lexists(native(path)):
        return True
    record = read_record(record_path(version))
    return record is not None and bool(record.content) and content_of(path) == record.content


def _left(version: PublishedVersion) -> list[PublishedVersion]:
    """The complete versions of the same plate that stand, by number."""
    step = version.folder.rpartition(f"/{PUBLISHED}/")[0]
    found = versions_in(version.project_root, step)
    return [one for one in found if one.resource == version.resource and one.complete]


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
    was = f"The preview of {version.shot} showed {version.name} and was removed"
    try:
        left = _left(version)
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
