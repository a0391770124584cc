# SPDX-License-Identifier: GPL-3.0-or-later
"""A project folder with shots, plates and what Ramses said of it, for tests of the panels."""

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
from ramses_plates.core.project_facts import ProjectFacts, SequenceFacts, ShotFacts, StateFacts, StepFacts, save_facts
from ramses_plates.core.sidecar import FrameFacts, SidecarFacts, write_entries
from ramses_plates.core.versions import PublishedVersion, versions_in

PROJECT = "PROJ"


def facts(root: Path, shots: Sequence[tuple[str, str]]) -> ProjectFacts:
    """What Ramses says: (sequence, shot) pairs at 24 frames a second, handles of 4; kept in the project."""
    settings = "shot:\n  first_image_number: 997\n  handle_in: 4\n  handle_out: 4\n"
    found = ProjectFacts(
        "uuid", PROJECT, "The Project", os.fspath(root), 24.0, 64, 36, 1.0,
        tuple(StepFacts(name, name, name, "shot", settings) for name in ("PLATE", "ROTO", "COMP")),
        (StateFacts("w", "WIP", "Work in progress"), StateFacts("k", "OK", "Finished", 100)),
        tuple(SequenceFacts(name, name) for name in sorted({sequence for sequence, _shot in shots if sequence})),
        tuple(ShotFacts(shot, shot, sequence, 8) for sequence, shot in shots),
        "2026-01-01T00:00:00Z",
    )  # fmt: skip
    save_facts(os.fspath(root), found)
    return found


def step(shot: str, name: str = "PLATE") -> str:
    """The step folder below the project."""
    return f"05-SHOTS/{PROJECT}_S_{shot}/{PROJECT}_S_{shot}_{name}"


def plate(
    root: Path,
    shot: str,
    version: str = "001_WIP",
    frames: Sequence[int] = (1001, 1002, 1003),
    *,
    complete: bool = True,
    timecode: str = "01:00:00:00",
) -> PublishedVersion:
    """A published EXR sequence with a record, as an ingest leaves it."""
    home = root.joinpath(*step(shot).split("/"), "_published", version)
    home.mkdir(parents=True)
    stem = f"{PROJECT}_S_{shot}_PLATE"
    names = [f"{stem}.{frame}.exr" for frame in frames]
    for name in names:
        make_exr.write(os.fspath(home / name), 64, 36)
    footage = Footage(stem, "sequence", FrameSet.of(frames), Fraction(24), timecode, ext="exr", reel="A001")
    told = SidecarFacts(
        comment="from the vendor",
        operator="anna",
        display=(64, 36),
        record=placement_record(footage, start=StartFacts(1001, 1, 1)),
        rate=Fraction(24),
    )
    entries = (FrameFacts(name, frame) for name, frame in zip(names, frames, strict=True))
    (home / "_ramses_data.json").write_bytes(b"".join(write_entries(told, entries)))
    if complete:
        (home / ".ramses_complete").write_bytes(b"1700000000")
    return find(root, shot, version)


def find(root: Path, shot: str, version: str) -> PublishedVersion:
    """A version as the tool sees it."""
    return next(one for one in versions_in(os.fspath(root), step(shot)) if one.name == version)
