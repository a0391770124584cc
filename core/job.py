# SPDX-License-Identifier: GPL-3.0-or-later
"""One version to be published, as a frozen work unit that can be pickled, sent elsewhere and carried out twice."""

from __future__ import annotations

import hashlib
import heapq
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from .errors import NameRefused, WriteFailed
from .frames import FrameSet
from .longpath import native
from .mhl_hashes import Listed
from .sidecar import SidecarFacts
from .source_files import SourceFile, SourceFiles
from .tree import PUBLISHED, TRASH, check_component, check_relative, version_folder

VerifyLevel = Literal["size", "copy", "full"]
Pair = tuple[SourceFile, str]


@dataclass(frozen=True)
class Copies:
    """Files of one clip and how their copies are called: `prefix` + frame digits as delivered + `suffix`.

    `frames` picks some frames of a sequence; None takes all files.
    """

    sources: SourceFiles
    prefix: str
    suffix: str
    frames: FrameSet | None = None

    def __iter__(self) -> Iterator[Pair]:
        for file in self.sources:
            if self.frames is None or file.frame in self.frames:
                yield file, f"{self.prefix}{file.frame_text}{self.suffix}"


@dataclass(frozen=True)
class PublishJob:
    """Everything that publishing one version needs; nothing is asked while it runs.

    `project_root` is absolute, `step_folder` relative to it with `/` separators. `resource` "" is the main plate. A
    patch delivery has two `files`: the frames of a published version that stay, and the new ones. `plan` is the plan's
    hash, `run` the run's name, `facts` what only the plan knows (publishing adds version, date, state ...). `label`
    names the clip in events. `least` is the lowest version number it may get: an artist's scene keeps its own.
    `expected` is, by source path, what the vendor's manifests list: compared with the bytes that are copied.
    """

    project_root: str
    step_folder: str
    resource: str
    state: str
    files: tuple[Copies, ...]
    run: str
    plan: str
    facts: SidecarFacts = field(default_factory=SidecarFacts)
    verify: VerifyLevel = "full"
    comment: str = ""
    operator: str = ""
    label: str = ""
    least: int = 1
    expected: Mapping[str, tuple[Listed, ...]] = field(default_factory=dict)

    def pairs(self) -> Iterator[Pair]:
        """(source file, name of its copy) by frame; every call gives the same ones in the same order."""
        if len(self.files) == 1:
            return iter(self.files[0])
        return heapq.merge(*self.files, key=_frame)

    def size(self) -> tuple[int, int]:
        """(number of files, bytes) that will be copied."""
        if len(self.files) == 1 and self.files[0].frames is None:
            return len(self.files[0].sources), self.files[0].sources.total_bytes
        sizes = [file.size for file, _target in self.pairs()]
        return len(sizes), sum(sizes)

    @cached_property
    def key(self) -> str:
        """16 hex digits that stand for this work: the same plan for the same target has the same key."""
        parts = [self.plan, self.step_folder, self.resource, self.state]
        for copies in self.files:
            parts += [copies.sources.digest(), copies.prefix, copies.suffix, str(copies.frames)]
        return hashlib.sha1(json.dumps(parts).encode("ascii"), usedforsecurity=False).hexdigest()[:16]

    @property
    def published(self) -> str:
        """The absolute folder that holds the versions of the step."""
        return os.path.join(self.project_root, *self.step_folder.split("/"), PUBLISHED)

    @property
    def trash(self) -> str:
        """The absolute folder that undone versions of the step are moved to."""
        return trash_folder(self.project_root, self.step_folder)

    def folder(self, number: int) -> str:
        """The version folder with this number, relative to the project."""
        return f"{self.step_folder}/{PUBLISHED}/{version_folder(number, self.state, self.resource)}"

    def check(self) -> None:
        """Raise NameRefused for names that could not be read back, WriteFailed where the project is not there."""
        check_relative(self.step_folder)
        version_folder(1, self.state, self.resource)
        if not any(len(copies.sources) for copies in self.files):
            raise NameRefused("there is nothing to publish: no file was planned.", self.step_folder)
        for copies in self.files:
            # A dot-name would be left out by every reader, "0" stands for any frame.
            if check_component(f"{copies.prefix}0{copies.suffix}").startswith("."):
                raise NameRefused("a published file cannot be called this.", f"{copies.prefix}…{copies.suffix}")
        # A missing project folder may be a share that is not mounted: making it would publish to the wrong disk.
        if not os.path.isabs(self.project_root) or not os.path.isdir(native(self.project_root)):
            raise WriteFailed("the project folder does not exist.", self.project_root, "Is its disk or share mounted?")


def trash_folder(project_root: str, step_folder: str) -> str:
    """Where the undone versions of a step lie: below the project's trash, in the step's own path."""
    return os.path.join(project_root, TRASH, *step_folder.split("/"))


@dataclass(frozen=True)
class Published:
    """A version that stands. `folder` and `manifest` are relative to the project folder, with `/` separators.

    `bytes` are those of the media files, `seconds` how long it took, `verification` the level that was asked for.
    `already` is true where an earlier run of the same plan had committed it. `warnings` are sentences about what does
    not hurt the version: a cache that could not be passed, a folder whose last flush failed.
    """

    version: int
    folder: str
    files: int
    bytes: int
    hash_name: str
    verification: VerifyLevel
    seconds: float
    manifest: str
    warnings: tuple[str, ...] = ()
    already: bool = False


def _frame(pair: Pair) -> tuple[bool, int, str]:
    file, target = pair
    return file.frame is not None, file.frame or 0, target
