# SPDX-License-Identifier: GPL-3.0-or-later
"""What is published in a project: by us, and by any other Ramses tool. Looks at names first, opens files when asked."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .errors import ManifestError, ReadFailed
from .events import Cancel, Listener, silent
from .longpath import native
from .os_errors import advice
from .progress import Progress
from .sidecar import SidecarFacts, completed_at, read_facts
from .tree import (
    PUBLISHED,
    SHOTS,
    StepFolder,
    VersionName,
    parse_shot_folder,
    parse_step_folder,
    parse_version_folder,
)
from .workers import paced

# What lies in version folders beside the media, written by us and by the other tools.
_BESIDE = (".json", ".mhl", ".xml", ".txt", ".log", ".tmp", ".lock")


@dataclass(frozen=True)
class PublishedVersion:
    """One version folder. `folder` is relative to `project_root`, with `/` separators; `shot`, `step` as spelled there.

    Everything else is read from the disk when it is asked for first, and kept.
    """

    project_root: str
    folder: str
    number: int
    state: str
    resource: str
    shot: str
    step: str
    project: str = ""

    @property
    def name(self) -> str:
        """The name of the version folder."""
        return self.folder.rpartition("/")[2]

    @property
    def path(self) -> str:
        """The absolute version folder."""
        return os.path.join(self.project_root, *self.folder.split("/"))

    @cached_property
    def completed(self) -> int | None:
        """When it was completed (epoch seconds, 0 = unknown); None where the marker is missing.

        Ramses-Ingest and this tool write the marker, others do not: theirs may be complete without.
        """
        return completed_at(self.path)

    @property
    def complete(self) -> bool:
        """True where the marker says that all was written."""
        return self.completed is not None

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Names of its media files in order of their names. Raises ReadFailed."""
        return tuple(sorted(files_in(self.path)))

    @cached_property
    def facts(self) -> SidecarFacts | None:
        """What its sidecar says, from a bounded read; None without one. Raises ManifestError where it is broken."""
        return read_facts(self.path)

    @property
    def problem(self) -> str:
        """A sentence about a broken sidecar, "" where nothing is wrong with it."""
        try:
            _ = self.facts
        except ManifestError as error:
            return str(error)
        return ""


def list_versions(
    project_root: str,
    shot: str | None = None,
    step: str | None = None,
    *,
    resource: str | None = None,
    threads: int | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> tuple[PublishedVersion, ...]:
    """All versions of a project's shots, by shot, step, number; only those of one shot, step or resource where given.

    Ids are compared without case. Lists folders and opens no file; several threads where listing is slow. Folders that
    are no version, private working folders and the trash are passed over. Raises ReadFailed, Cancelled.
    """
    look = _Look(project_root, shot, step, resource, cancel or Cancel())
    shots = look.shots()
    look.progress = Progress(listen, "versions", len(shots), "shots")
    paced(iter(shots), look.shot_folder, threads)
    look.progress.finish()
    return tuple(sorted(look.found, key=_order))


def newest(
    project_root: str,
    shot: str,
    step: str,
    resource: str = "",
    *,
    complete_only: bool = True,
) -> PublishedVersion | None:
    """The highest version of one plate; by default only complete ones (with the marker) count. None where none is."""
    for version in reversed(list_versions(project_root, shot, step, resource=resource)):
        if version.complete or not complete_only:
            return version
    return None


def versions_in(project_root: str, step_folder: str) -> tuple[PublishedVersion, ...]:
    """The versions in one step folder (relative to the project, `/` separators), by number. Raises ReadFailed."""
    parts = step_folder.split("/")
    found = parse_step_folder(parts[-1], parts[-2] if len(parts) > 1 else "") or StepFolder("", "S", "", parts[-1])
    return tuple(sorted(_versions(project_root, step_folder, found), key=_order))


def files_in(folder: str) -> list[str]:
    """Names of the media files in a version folder, whoever published it, in no order. Raises ReadFailed."""
    try:
        with os.scandir(native(folder)) as entries:
            return [entry.name for entry in entries if _is_media(entry.name) and entry.is_file()]
    except OSError as error:
        raise ReadFailed(f"cannot list the folder: {error.strerror}.", folder, advice(error)) from error


def _is_media(name: str) -> bool:
    return not name.startswith(".") and not name.lower().endswith(_BESIDE)


class _Look:
    """One look at a project, shared by its threads."""

    def __init__(self, root: str, shot: str | None, step: str | None, resource: str | None, cancel: Cancel) -> None:
        self._root = root
        self._shot = None if shot is None else shot.upper()
        self._step = None if step is None else step.upper()
        self._resource = None if resource is None else resource.upper()
        self._cancel = cancel
        self._lock = threading.Lock()
        self.progress = Progress(silent, "versions", 0, "shots")
        self.found: list[PublishedVersion] = []

    def shots(self) -> list[str]:
        """Names of the shot folders that matter."""
        found = []
        for name in _folders(os.path.join(self._root, SHOTS)):
            parsed = parse_shot_folder(name)
            if parsed is not None and self._shot in (None, parsed[1].upper()):
                found.append(name)
        return sorted(found)

    def shot_folder(self, name: str) -> None:
        self._cancel.check()
        found = []
        for step_name in _folders(os.path.join(self._root, SHOTS, name)):
            step = parse_step_folder(step_name, name)
            if step is None or self._step not in (None, step.step.upper()):
                continue
            for version in _versions(self._root, f"{SHOTS}/{name}/{step_name}", step):
                if self._resource in (None, version.resource.upper()):
                    found.append(version)
        with self._lock:
            self.found += found
        self.progress.add(1)


def _versions(root: str, step_folder: str, step: StepFolder) -> Iterator[PublishedVersion]:
    home = f"{step_folder}/{PUBLISHED}"
    for name in _folders(os.path.join(root, *home.split("/"))):
        version: VersionName | None = parse_version_folder(name)
        if version is not None:
            yield PublishedVersion(
                root,
                f"{home}/{name}",
                version.number,
                version.state,
                version.resource,
                step.name,
                step.step,
                step.project,
            )


def _folders(path: str) -> list[str]:
    """Names of the folders in a folder, none where it does not exist. A link to a folder counts."""
    try:
        with os.scandir(native(path)) as entries:
            return [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ReadFailed(f"cannot list the folder: {error.strerror}.", path, advice(error)) from error


def _order(version: PublishedVersion) -> tuple[str, str, int, str]:
    return version.shot.upper(), version.step.upper(), version.number, version.folder
