# SPDX-License-Identifier: GPL-3.0-or-later
"""Version folders as a publisher leaves them: media, sidecar with placement record, completion marker."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import make_exr
from ramses_plates.core.footage import Footage
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.placement import StartFacts
from ramses_plates.core.placement_record import placement_record
from ramses_plates.core.sidecar import FrameFacts, SidecarFacts, write_entries
from ramses_plates.core.versions import PublishedVersion, versions_in

STEP = "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE"


def folder(project: Path, name: str) -> Path:
    """The version folder, made if need be."""
    path = project.joinpath(*STEP.split("/"), "_published", name)
    path.mkdir(parents=True, exist_ok=True)
    return path


def plate(
    project: Path,
    name: str,
    frames: Sequence[int],
    *,
    handles: tuple[int, int] = (8, 8),
    start: int = 1001,
    size: tuple[int, int] = (64, 36),
    colorspace: str | None = None,
    timecode: str = "01:00:00:00",
    stem: str = "PROJ_S_SH010_PLATE",
) -> PublishedVersion:
    """A published EXR sequence with everything that an ingest records."""
    home = folder(project, name)
    names = [f"{stem}.{'-' if frame < 0 else ''}{abs(frame):04d}.exr" for frame in frames]
    for one in names:
        make_exr.write(os.fspath(home / one), *size)
    footage = Footage(stem, "sequence", FrameSet.of(frames), Fraction(24), timecode, ext="exr", reel="A001")
    record = placement_record(footage, start=StartFacts(start, *handles))
    facts = SidecarFacts(version=1, display=size, colorspace=colorspace, record=record, rate=Fraction(24))
    entries = (FrameFacts(one, frame) for one, frame in zip(names, frames, strict=True))
    (home / "_ramses_data.json").write_bytes(b"".join(write_entries(facts, entries)))
    return finish(project, name)


def finish(project: Path, name: str) -> PublishedVersion:
    """Mark a version complete, and find it as the tool does."""
    (folder(project, name) / ".ramses_complete").write_bytes(b"1700000000")
    return next(version for version in versions_in(os.fspath(project), STEP) if version.name == name)
