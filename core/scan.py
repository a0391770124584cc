# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders to clips: one pass over the directory entries, no stat per file.

| on the way             | what happens                                                                          |
|------------------------|---------------------------------------------------------------------------------------|
| link to a file         | belongs to a clip like any file; the clip is marked `via_symlink`                      |
| link to a folder       | followed once if it leads out of everything that is scanned anyway; else ignored       |
| link to nothing        | ignored with the reason                                                               |
| unreadable folder      | ignored with the reason, and a warning; the scan goes on                              |
| system folder (@eaDir) | ignored as a whole, not entered                                                       |
| given path is a file   | its folder is listed, and the clip that the file belongs to is found                  |
"""

from __future__ import annotations

import os
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

from .clip import Clip
from .errors import PlatesError
from .events import Cancel, Event, Listener, silent
from .frames import NO_FRAMES, FrameSet
from .grouping import Grouped, Grouper, Place, ignored
from .naming_facts import Skipped, extension, is_footage, skipped_folder
from .scan_result import Ignored, ScanResult
from .views import view_in
from .walk import Walk

_PORTION = 65_536  # directory entries held at a time: a folder of five million frames needs no more
_BETWEEN_EVENTS = 0.05  # seconds


@dataclass(frozen=True)
class _Task:
    """One folder to list. `only` are the file names that are wanted, None for all and everything below."""

    path: str
    place: Place
    only: frozenset[str] | None = None


@dataclass
class _Visited:
    """What one folder holds. `links` are folders behind symbolic links, `empty` the names of files of no bytes."""

    task: _Task
    grouped: Grouped = field(default_factory=Grouped)
    files: int = 0
    links: list[_Task] = field(default_factory=list)
    empty: set[str] = field(default_factory=set)
    listed: bool = True


def scan(
    paths: Sequence[str],
    *,
    sizes: bool = False,
    threads: int | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> ScanResult:
    """All clips in the given folders and files.

    `sizes` asks for the size of each file, to find empty ones: one more call per file. `threads` is chosen by
    measured latency unless given. Raises PlatesError for a path that is missing or cannot be read, Cancelled.
    """
    clips: list[Clip] = []
    skipped: list[Ignored] = []
    warnings: list[str] = []
    zero_byte: dict[Clip, FrameSet] = {}
    files = folders = 0
    for found in _visits(paths, sizes, threads, listen, cancel):
        clips += found.grouped.clips
        skipped += found.grouped.ignored
        warnings += found.grouped.warnings
        zero_byte.update(_empty_frames(found))
        files += found.files
        folders += found.listed
    clips.sort(key=lambda clip: (clip.root, clip.dir, clip.base, clip.suffix, clip.ext, -clip.padding, clip.first_file))
    skipped.sort(key=lambda entry: (entry.root, entry.path))
    warnings.sort()
    arriving = sum(entry.temporary for entry in skipped)
    if arriving:
        warnings.append(f"{arriving} temporary file{'s' * (arriving > 1)} found: a copy may still be running.")
    listen(Event("scan", files, files, "files", message=f"{len(clips)} clips in {folders} folders"))
    return ScanResult(tuple(clips), tuple(skipped), tuple(warnings), files, folders, sizes, MappingProxyType(zero_byte))


def iter_scan(
    paths: Sequence[str],
    *,
    threads: int | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> Iterator[Clip | Ignored]:
    """The clips and ignored files as they are found, folder by folder in no fixed order; for lists that fill up.

    Raises as `scan` does.
    """
    for found in _visits(paths, False, threads, listen, cancel):
        yield from found.grouped.clips
        yield from found.grouped.ignored


def _visits(
    paths: Sequence[str], sizes: bool, threads: int | None, listen: Listener, cancel: Cancel | None
) -> Iterator[_Visited]:
    """Every folder below the paths, then those behind links that lead elsewhere."""
    stop = cancel or Cancel()
    walk = Walk(lambda task: _visit(task, sizes, stop), threads, stop)
    trees = _Trees()
    tasks = _first_tasks(paths, trees)
    files, reported = 0, 0.0
    while tasks:
        links: list[_Task] = []
        for found in walk.run(tasks):
            files += found.files
            links += found.links
            if time.monotonic() - reported > _BETWEEN_EVENTS:
                reported = time.monotonic()
                listen(Event("scan", files, 0, "files", message=found.task.place.dir))
            yield found
        tasks = []
        for link in sorted(links, key=lambda task: (len(os.path.realpath(task.path)), task.path)):
            reason = trees.enter(os.path.realpath(link.path))
            if reason is None:
                tasks.append(link)
            else:
                place = link.place
                entry = Ignored(place.root, place.dir, reason)
                yield _Visited(link, Grouped(ignored=[entry]), listed=False)


class _Trees:
    """The real folders whose trees are scanned, so that no link leads into one of them again or around in circles."""

    def __init__(self) -> None:
        self._scanned: set[str] = set()
        self._above: set[str] = set()

    def enter(self, real: str) -> str | None:
        """Note a tree by its real path; where it must not be entered, say why and note nothing."""
        path = os.path.normcase(real)
        upwards = list(_upwards(path))
        if any(folder in self._scanned for folder in upwards):
            return "a link to a folder that is scanned under its own name"
        if path in self._above:
            return "a link to a folder above the scanned one"
        self._scanned.add(path)
        self._above.update(upwards)
        return None

    def holds(self, real: str) -> bool:
        """True where the path lies in one of the trees."""
        return any(folder in self._scanned for folder in _upwards(os.path.normcase(real)))


def _upwards(path: str) -> Iterator[str]:
    """The path and all folders above it."""
    while True:
        yield path
        above = os.path.dirname(path)
        if above == path:
            return
        path = above


def _first_tasks(paths: Sequence[str], trees: _Trees) -> list[_Task]:
    """The given paths as folders to list: each tree once, files together with the others of their folder."""
    given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    whole = [os.path.abspath(os.fspath(path)) for path in given]
    tasks, wanted = [], dict[str, set[str]]()
    for path in sorted(whole, key=len):
        if os.path.isdir(path):
            if trees.enter(os.path.realpath(path)) is None:
                view = (
                    view_in(os.path.basename(path), ()) if os.path.basename(path).lower() in ("left", "right") else ""
                )
                tasks.append(_Task(path, Place(path, view=view)))
        elif os.path.lexists(path):
            if not trees.holds(os.path.realpath(os.path.dirname(path))):
                wanted.setdefault(os.path.dirname(path), set()).add(os.path.basename(path))
        else:
            raise PlatesError("there is no such file or folder.", path, "Check the path and the mounted shares.")
    return tasks + [_Task(folder, Place(folder), frozenset(names)) for folder, names in wanted.items()]


def _list_folder(path: str) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
    """The one place where directory entries come from; tests and benches slow it down to be a share."""
    return os.scandir(path)


def _visit(task: _Task, sizes: bool, cancel: Cancel) -> tuple[_Visited, list[_Task]]:
    """List one folder and group its names; also the folders below it."""
    found = _Visited(task)
    folders: list[str] = []
    grouper = Grouper(task.place)
    try:
        with _list_folder(task.path) as entries:
            while portion := list(islice(entries, _PORTION)):
                cancel.check()
                found.files += _take_in(portion, grouper, found, folders, sizes)
    except OSError as problem:
        _report_unreadable(found, problem)
    grouped = grouper.grouped()
    if task.only is not None:
        grouped = _only(grouped, task.only)
    found.grouped.clips += grouped.clips
    found.grouped.ignored += grouped.ignored
    found.grouped.warnings += grouped.warnings
    return found, [] if task.only is not None else _all_below(task, folders)


def _take_in(
    portion: list[os.DirEntry[str]], grouper: Grouper, found: _Visited, folders: list[str], sizes: bool
) -> int:
    """Sort entries into files, folders, links and the rest; return how many files there were."""
    names = [entry.name for entry in portion if entry.is_file(follow_symlinks=False)]
    links: list[str] = []
    if len(names) != len(portion):
        for entry in portion:
            if not entry.is_file(follow_symlinks=False):
                _take_in_other(entry, found, folders, links)
        names += links
    if sizes:
        found.empty.update(entry.name for entry in portion if _is_empty(entry))
    count = len(names)
    grouper.add(names, links)
    return count


def _take_in_other(entry: os.DirEntry[str], found: _Visited, folders: list[str], links: list[str]) -> None:
    """A folder, a link, or something that is neither file nor folder."""
    task, name = found.task, entry.name
    is_link = entry.is_symlink()
    reason: Skipped | None = None
    try:
        if entry.is_dir():
            reason = skipped_folder(name)
            if reason is None and is_link:
                found.links.append(_below(task, name, (), linked=True))
            elif reason is None:
                folders.append(name)
        elif is_link and entry.is_file():
            links.append(name)
        else:
            reason = Skipped("a link that leads nowhere" if is_link else "not a file (a pipe, socket or device)")
    except OSError as problem:  # a link in a circle, or into a folder that may not be read
        reason = Skipped(f"a link that cannot be followed: {problem.strerror}")
    if reason is not None:
        found.grouped.ignored.append(ignored(task.place, name, reason))


def _all_below(task: _Task, names: list[str]) -> list[_Task]:
    siblings = frozenset(names)
    return [_below(task, name, siblings) for name in sorted(names)]


def _below(task: _Task, name: str, siblings: Container[str], linked: bool = False) -> _Task:
    place = task.place
    view = view_in(name, siblings) or place.view
    below = Place(place.root, place.below(name), view, linked or place.linked)
    return _Task(os.path.join(task.path, name), below)


def _is_empty(entry: os.DirEntry[str]) -> bool:
    """True for footage of no bytes; one call to the file system."""
    try:
        return is_footage(extension(entry.name)) and entry.is_file() and entry.stat().st_size == 0
    except OSError:
        return False  # it went away since it was listed


def _report_unreadable(found: _Visited, problem: OSError) -> None:
    """A folder that refuses, vanishes or breaks off: an error for a given path, else a warning."""
    place, why = found.task.place, problem.strerror or type(problem).__name__
    if place.dir == ".":
        raise PlatesError(f"the folder cannot be read: {why}.", found.task.path, "Check its permissions.") from problem
    found.grouped.ignored.append(Ignored(place.root, place.dir, f"the folder cannot be read: {why}"))
    found.grouped.warnings.append(f"{place.dir}: the folder cannot be read ({why}); footage may be missing.")


def _only(grouped: Grouped, names: frozenset[str]) -> Grouped:
    """The clips that one of the names belongs to, and the names that are no footage."""
    clips = [clip for clip in grouped.clips if any(_holds(clip, name) for name in names)]
    skips = [entry for entry in grouped.ignored if entry.path in names]
    return Grouped(clips, skips, grouped.warnings if clips else [])


def _holds(clip: Clip, name: str) -> bool:
    return name == clip.file or any(
        run.prefix == name[: len(run.prefix)] and any(run.name(frame) == name for frame in run.frames())
        for run in clip.runs
    )


def _empty_frames(found: _Visited) -> Iterator[tuple[Clip, FrameSet]]:
    """The clips of a folder with their empty files."""
    for clip in found.grouped.clips if found.empty else ():
        if clip.file in found.empty:
            yield clip, NO_FRAMES
        elif frames := [frame for frame, name in clip.files() if frame is not None and name in found.empty]:
            yield clip, FrameSet.of(frames)
