# SPDX-License-Identifier: GPL-3.0-or-later
"""A published version as a Read node wants it: path with `####`, frames, size, colour. Looks at the disk only."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from ...core.clip import Clip
from ...core.errors import PlatesError, ReadFailed
from ...core.events import Cancel
from ...core.footage import Footage
from ...core.grouping import Place, group_names
from ...core.longpath import native
from ...core.placement_record import Recorded
from ...core.probe import probe_clip
from ...core.project_facts import ProjectFacts, load_facts
from ...core.published_footage import recorded
from ...core.versions import PublishedVersion

# Nuke's file knob reads these as Tcl, as a frame number or as a view.
_SPECIAL = re.compile(r"[\\\[$#%]")
_EXR_MAGIC, _EXR_DEEP = 20000630, 0x800


@dataclass(frozen=True)
class Plate:
    """One version, ready for a Read. `path` has `####` where frames are numbered and %V or %v for views.

    `size` is (width, height) of the whole picture, None where nobody recorded it. `notes` are sentences for the person.
    `step_settings` is what Ramses said of the plate's step the last time.
    """

    version: PublishedVersion
    clip: Clip
    recorded: Recorded
    path: str
    deep: bool = False
    colorspace: str = ""
    size: tuple[int, int] | None = None
    pixel_aspect: Fraction = Fraction(1)
    source: str = ""
    notes: tuple[str, ...] = ()
    step_settings: str = ""

    @property
    def node_class(self) -> str:
        """Read or DeepRead."""
        return "DeepRead" if self.deep else "Read"

    @property
    def is_sequence(self) -> bool:
        """True where the file text takes a range."""
        return self.clip.kind == "sequence"


def read_plate(version: PublishedVersion, project: ProjectFacts | None = None) -> Plate:
    """Everything that a Read needs of a version; a few KiB are read. Raises ReadFailed where it cannot be a Read.

    `project` is what Ramses said the last time, read from the project where it is not given.
    """
    project = project or load_facts(version.project_root)
    step = project.step(version.step) if project is not None else None
    clips = group_names(version.files, Place(version.path)).clips
    clip, path = _clip_and_path(version, clips)
    known = recorded(version) if len(clips) == 1 else _probed(clip)
    if known is None:
        raise ReadFailed("this version holds no clip that can be read.", version.path, "Verify the version.")
    facts = None if version.problem else version.facts
    missing = clip.missing if clip.kind == "sequence" else None
    notes = [f"Frames without a file: {missing}."] if missing else []
    return Plate(
        version=version,
        clip=clip,
        recorded=known,
        path=path,
        deep=clip.ext in ("exr", "sxr") and _is_deep(clip.first_path),
        colorspace=(facts.colorspace or "") if facts is not None else "",
        size=facts.display if facts is not None else None,
        pixel_aspect=(facts.pixel_aspect or Fraction(1)) if facts is not None else Fraction(1),
        source=facts.source_media if facts is not None else "",
        notes=tuple(notes),
        step_settings=step.settings if step is not None else "",
    )


def read_plates(versions: Iterable[PublishedVersion], cancel: Cancel | None = None) -> Iterator[Plate | str]:
    """For each version, in their order, its plate, or a sentence why it is no Read. Raises Cancelled.

    What Ramses said of a project is read once, and so is a version that is asked for again.
    """
    facts = cache(load_facts)
    known: dict[str, Plate | str] = {}
    for version in versions:
        if cancel is not None:
            cancel.check()
        path = version.path
        if path not in known:
            try:
                known[path] = read_plate(version, facts(version.project_root))
            except PlatesError as error:
                known[path] = str(error)
        yield known[path]


def _clip_and_path(version: PublishedVersion, clips: list[Clip]) -> tuple[Clip, str]:
    if len(clips) == 1:
        name = _pattern(clips[0])
    else:
        clips = sorted(clips, key=lambda clip: clip.view)
        name = _pair(*map(_pattern, clips)) if [clip.view for clip in clips] == ["left", "right"] else ""
        if not name:
            raise ReadFailed(
                f"this version holds {len(clips)} clips, a Read shows one or a stereo pair.",
                version.path,
                "Stereo pairs need the words left and right (or l and r), in lower case, in their names.",
            )
    folder = version.path.replace(os.sep, "/")
    bare = "".join(part for run in clips[0].runs[:1] for part in (run.prefix, run.suffix)) or clips[0].file
    if found := _SPECIAL.search(f"{folder}/{bare}"):
        raise ReadFailed(f'Nuke would not take the "{found[0]}" in this path as it is.', version.path, "Rename it.")
    return clips[0], f"{folder}/{name}"


def _pattern(clip: Clip) -> str:
    """The file name with `####` in the place of the frame."""
    if not clip.runs:
        return clip.file
    if clip.mixed_padding:
        raise ReadFailed("its frame numbers are padded in more than one way.", clip.folder, "Publish it anew.")
    return f"{clip.runs[0].prefix}{'#' * max(1, clip.padding)}{clip.runs[0].suffix}"


def _pair(left: str, right: str) -> str:
    """The one name of two eyes, with Nuke's %V (left, right) or %v (l, r); "" where there is none."""
    for mine, other, sign in (("left", "right", "%V"), ("l", "r", "%v")):
        for found in re.finditer(rf"(?<![A-Za-z0-9]){mine}(?![A-Za-z0-9])", left):
            if left[: found.start()] + other + left[found.end() :] == right:
                return left[: found.start()] + sign + left[found.end() :]
    return ""


def _probed(clip: Clip) -> Recorded | None:
    media = probe_clip(clip)
    return None if media.error is not None else Recorded(Footage.of_clip(clip, media))


def _is_deep(path: str) -> bool:
    """True where an EXR's version field says that it holds deep data (OpenEXR file layout, byte 4 on)."""
    try:
        with open(native(path), "rb") as file:
            head = file.read(8)
    except OSError as error:
        raise ReadFailed(f"cannot read the file: {error.strerror}.", path) from error
    if len(head) < 8:
        return False
    magic, flags = struct.unpack("<II", head)
    return magic == _EXR_MAGIC and bool(flags & _EXR_DEEP)
