# SPDX-License-Identifier: GPL-3.0-or-later
"""Small deliveries of random bytes, and the jobs that publish them: publishing does not look into files."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

from ramses_plates.core.clip import Clip, NameRun
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.job import Copies, PublishJob
from ramses_plates.core.source_files import SourceFiles

STEP_FOLDER = "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE"
STEM = "PROJ_S_SH010_PLATE"


def sequence(folder: Path, first: int = 1001, last: int = 1004, *, size: int = 5000, seed: int = 1) -> Clip:
    """Frames `plate.1001.exr` ... of `size` and a few bytes each, no two alike; the same seed gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    for frame in range(first, last + 1):
        (folder / f"plate.{frame}.exr").write_bytes(dice.randbytes(size + frame % 7))
    return clip(folder, first, last)


def clip(folder: Path, first: int = 1001, last: int = 1004) -> Clip:
    """The clip of frames that are there already."""
    run = NameRun("plate.", ".exr", len(str(first)), first, last)
    return Clip(
        "sequence", os.fspath(folder), ".", "plate", "exr", ".", len(str(first)), FrameSet(((first, last),)), (run,)
    )


def movie(folder: Path, size: int = 20000, seed: int = 1) -> Clip:
    """One movie `ref.mov`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ref.mov").write_bytes(random.Random(seed).randbytes(size))
    return Clip("movie", os.fspath(folder), ".", "ref", "mov", file="ref.mov")


def job(project: Path, source: Clip | SourceFiles, **changes: Any) -> PublishJob:
    """The job that publishes a clip as the plate of PROJ SH010; `changes` are other fields of the job."""
    files = source if isinstance(source, SourceFiles) else SourceFiles.take(source)
    resource = changes.get("resource", "")
    stem = f"{STEM}_{resource}" if resource else STEM
    if files.clip.file:
        copies = Copies(files, stem, f".{files.clip.ext}")
    else:
        copies = Copies(files, f"{stem}.", f".{files.clip.ext}")
    fields: dict[str, Any] = {
        "project_root": os.fspath(project),
        "step_folder": STEP_FOLDER,
        "resource": "",
        "state": "OK",
        "files": (copies,),
        "run": "run-1",
        "plan": "plan-1",
    }
    return PublishJob(**{**fields, **changes})
