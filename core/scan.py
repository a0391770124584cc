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
| given path is a pattern (plate.%04d.exr) | that sequence alone is found, if no file is called so               |
"""

from __future__ import annotations

import os
import stat
import sys
import time
import unicodedata
from collections.abc import Container, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

from .clip import Clip
from .errors import PlatesError
from .events import Cancel, Event, Listener, silent
from .frames import NO_FRAMES, FrameSet
from .grouping import Grouped, Grouper, Place
from .naming_facts import Skipped, extension, is_footage, skipped_folder
from .pattern_path import PatternPath, parse_pattern
from .scan_result import Ignored, ScanResult
from .views import view_in
from .walk import Trees, Walk

_PORTION = 65_536  # directory entries held at a time: a folder of five million frames needs no more
_BETWEEN_EVENTS = 0.05  # seconds


@dataclass(frozen=True)
class _Task:
    """One folder to list. `only` are the file names that are wanted, None for all and everything below; `patterns`
    are sequences that are wanted.
    """

    path: str
    place: Place
    only: frozenset[str] | None = None
    patterns: tuple[PatternPath, ...] = ()


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
    measured latency unless given. Events carry the clips found since the one before, as a tuple. Raises PlatesError
    for a path that is missing or cannot be read, Cancelled.
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
    trees = Trees()
    tasks = _first_tasks(paths, trees)
    files, reported = 0, 0.0
    news: list[Clip] = []
    while tasks:
        links: list[_Task] = []
        for found in walk.run(tasks):
            files += found.files
            links += found.links
            news += found.grouped.clips
            if time.monotonic() - reported > _BETWEEN_EVENTS:
                reported = time.monotonic()
                listen(Event("scan", files, 0, "files", message=found.task.place.dir, payload=tuple(news)))
                news.clear()
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
    if news:
        listen(Event("scan", files, 0, "files", payload=tuple(news)))


def _first_tasks(paths: Sequence[str], trees: Trees) -> list[_Task]:
    """The given paths as folders to list: each tree once, files together with the others of their folder."""
    given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    tasks: list[_Task] = []
    wanted: dict[str, set[str]] = {}
    patterns: dict[str, list[PatternPath]] = {}
    for path in sorted((os.path.abspath(os.fspath(path)) for path in given), key=len):
        folder, name = os.path.split(path)
        pattern = None if os.path.lexists(path) else parse_pattern(path)
        if pattern is not None and _is_folder(pattern.folder):
            patterns.setdefault(pattern.folder, []).append(pattern)
        elif _is_folder(path):
            if trees.enter(os.path.realpath(path)) is None:
                view = view_in(name, ()) if name.lower() in ("left", "right") else ""
                tasks.append(_Task(path, Place(path, view=view)))
        elif not trees.holds(os.path.realpath(folder)):
            wanted.setdefault(folder, set()).add(name)
    tasks += [_Task(folder, Place(folder), frozenset(names)) for folder, names in wanted.items()]
    return tasks + [_Task(folder, Place(folder), frozenset(), tuple(found)) for folder, found in patterns.items()]


def _is_folder(path: str) -> bool:
    """True for a folder, False for anything else that exists. Raises PlatesError where there is nothing."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError) as problem:
        if not isinstance(problem, ValueError) and os.path.islink(path):
            return False
        shown = path.replace("\0", "\\0")
        raise PlatesError(
            "there is no such file or folder.", shown, "Check the path and the mounted shares."
        ) from problem
    except OSError as problem:
        raise PlatesError(f"it cannot be read: {problem.strerror}.", path, "Check its permissions.") from problem


def _list_folder(path: str) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
    """The one place where directory entries come from; tests and benches slow it down to be a share."""
    return os.scandir(path)


def _visit(task: _Task, sizes: bool, cancel: Cancel) -> tuple[_Visited, list[_Task]]:
    """List one folder and group its names; also the folders below it."""
    found = _Visited(task)
    folders: list[str] = []
    grouper = Grouper(task.place)
    problem: OSError | None = None
    try:
        with _list_folder(task.path) as entries:
            while portion := list(islice(entries, _PORTION)):
                cancel.check()
                found.files += _take_in(portion, grouper, found, folders)
                if sizes:
                    found.empty.update(entry.name for entry in portion if _is_empty(entry))
    except OSError as refused:
        problem = refused
    found.grouped = grouper.grouped()
    if problem is not None:
        _report_unreadable(found, problem)
    if task.only is None:
        return found, _all_below(task, folders)
    found.grouped, found.links = _only(found.grouped, task.only, task.patterns), []
    return found, []


def _take_in(portion: list[os.DirEntry[str]], grouper: Grouper, found: _Visited, folders: list[str]) -> int:
    """Sort entries into files, folders, links and the rest; return how many files there were."""
    names = [entry.name for entry in portion if entry.is_file(follow_symlinks=False)]
    links: list[str] = []
    if len(names) != len(portion):
        for entry in portion:
            if not entry.is_file(follow_symlinks=False):
                reason = _take_in_other(entry, found, folders, links)
                if reason is not None:
                    grouper.ignore(entry.name, reason)
        names += links
    grouper.add(names, links)
    return len(names)


def _take_in_other(entry: os.DirEntry[str], found: _Visited, folders: list[str], links: list[str]) -> Skipped | None:
    """Take in a folder or a link; the reason where it is not to be looked at."""
    name = entry.name
    try:
        is_link = _is_link(entry)
        if entry.is_dir():
            reason = skipped_folder(name)
            if reason is not None:
                return reason
            if is_link:
                found.links.append(_below(found.task, name, (), linked=True))
            else:
                folders.append(name)
        elif is_link and entry.is_file():
            links.append(name)
        else:
            return Skipped("a link that leads nowhere" if is_link else "not a file (a pipe, socket or device)")
    except OSError as problem:  # a link in a circle, or into a folder that may not be read
        return Skipped(f"a link that cannot be followed: {problem.strerror}")
    return None


def _is_link(entry: os.DirEntry[str]) -> bool:
    """True for symbolic links, and for the junctions of Windows, which may lead around in circles as well."""
    if sys.platform == "win32" and not entry.is_symlink():
        return entry.stat(follow_symlinks=False).st_reparse_tag == stat.IO_REPARSE_TAG_MOUNT_POINT
    return entry.is_symlink()


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


def _only(grouped: Grouped, names: frozenset[str], patterns: Sequence[PatternPath]) -> Grouped:
    """The clips that one of the names belongs to, and the names that are no footage; those that a pattern means.

    Raises PlatesError for a pattern that no file fits.
    """
    chosen = Grouped()
    if patterns:
        for pattern in patterns:
            found = pattern.chosen(grouped.clips)
            if not found:
                raise PlatesError("no file fits this pattern.", pattern.path, "Check the name and the frame numbers.")
            chosen.clips += [clip for clip in found if clip not in chosen.clips]
        return chosen
    for same in (str, _folded):  # where a file system takes a name in any case, so do we
        wanted = {same(name) for name in names}
        chosen.clips = [clip for clip in grouped.clips if any(same(name) in wanted for _frame, name in clip.files())]
        chosen.ignored = [entry for entry in grouped.ignored if same(entry.path) in wanted]
        if chosen.clips or chosen.ignored:
            break
    bases = tuple(clip.base for clip in chosen.clips)
    chosen.warnings = [warning for warning in grouped.warnings if bases and warning.startswith(bases)]
    return chosen


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _empty_frames(found: _Visited) -> Iterator[tuple[Clip, FrameSet]]:
    """The clips of a folder with their empty files."""
    for clip in found.grouped.clips if found.empty else ():
        if clip.file in found.empty:
            yield clip, NO_FRAMES
        elif frames := [frame for frame, name in clip.files() if frame is not None and name in found.empty]:
            yield clip, FrameSet.of(frames)
