# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scan brings home: clips, and every file that is none with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from .clip import Clip
from .frames import FrameSet
from .naming_facts import extension

SCHEMA = "ramses-plates/scan/1"


@dataclass(frozen=True)
class Ignored:
    """A file or folder that is no footage, with the reason in a few words.

    `path` is relative to the scanned folder `root`, with `/` separators. `temporary` tells that a copy or a writer
    is still at work here; `final` is the name that the file will then have, "" where that cannot be told.
    """

    root: str
    path: str
    reason: str
    temporary: bool = False
    final: str = ""

    @property
    def dir(self) -> str:
        """The folder that it lies in, as a clip's `dir`."""
        return self.path.rpartition("/")[0] or "."

    def document(self) -> dict[str, str]:
        """The entry as the JSON contract writes it."""
        return {"path": self.path, "reason": self.reason}


@dataclass(frozen=True)
class ScanResult:
    """All clips of the scanned folders, sorted by folder and name.

    `files` and `folders` count what was seen. `zero_byte` has, where sizes were asked for (`sized`), the empty files
    of the clips that have some: by frame for sequences, all of it (an empty frame set) for a movie or still.
    """

    clips: tuple[Clip, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    warnings: tuple[str, ...] = ()
    files: int = 0
    folders: int = 0
    sized: bool = False
    zero_byte: Mapping[Clip, FrameSet] = field(default_factory=lambda: MappingProxyType({}))

    def still_arriving(self, clip: Clip) -> tuple[Ignored, ...]:
        """The temporary files beside a clip that may belong to it: while there are some, the clip is not settled.

        A temporary file whose final name is known counts only for a clip of that base name and format.
        """
        return tuple(entry for entry in self._temporary.get((clip.root, clip.dir), ()) if _may_join(entry, clip))

    @cached_property
    def _temporary(self) -> dict[tuple[str, str], list[Ignored]]:
        """The temporary files by folder: asked for once per clip, so it has to be a look-up."""
        found: dict[tuple[str, str], list[Ignored]] = {}
        for entry in self.ignored:
            if entry.temporary:
                found.setdefault((entry.root, entry.dir), []).append(entry)
        return found

    def document(self) -> dict[str, Any]:
        """The result as the JSON contract writes it; `root` is added where several folders were scanned."""
        several = len({clip.root for clip in self.clips} | {entry.root for entry in self.ignored}) > 1
        clips = []
        for clip in self.clips:
            data = clip.document()
            if self.sized:
                empty = self.zero_byte.get(clip)
                data["zero_byte"] = empty is not None if clip.file else str(empty or "")
            if several:
                data["root"] = clip.root
            clips.append(data)
        ignored = [{**entry.document(), **({"root": entry.root} if several else {})} for entry in self.ignored]
        return {"schema": SCHEMA, "clips": clips, "ignored": ignored, "warnings": list(self.warnings)}


def _may_join(entry: Ignored, clip: Clip) -> bool:
    if not entry.final:
        return True
    if clip.file:
        return entry.final == clip.file
    same_format = extension(entry.final) == clip.ext
    return same_format and any(
        entry.final.startswith(run.prefix) and entry.final.lower().endswith(run.suffix.lower()) for run in clip.runs
    )
