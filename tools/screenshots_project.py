# SPDX-License-Identifier: GPL-3.0-or-later
"""The project that the guides' pictures show: two real deliveries, ingested one after the other, and an artist's work.

`python -m ramses_plates.tools.screenshots_project FOLDER` makes it; needs what the demo's pictures need.
"""

from __future__ import annotations

import os
import shutil
import sys

from ..core.preview_record import picture_path, record_path
from ..core.project_facts import (
    ProjectFacts,
    SequenceFacts,
    ShotFacts,
    StateFacts,
    StepFacts,
    save_facts,
)
from ..core.versions import list_versions
from ..core.work_context import WorkContext
from ..core.workfile import save_version
from ..hosts.cli.main import main as command_line
from .demo_delivery import Take, at, dpx, exr, make_delivery
from .demo_pictures import DAY, DUSK, NIGHT

PROJECT, DELIVERIES = "MOON", "from_vendor"
_SETTINGS = "shot:\n  first_image_number: 997\n  handle_in: 4\n  handle_out: 4\n"


def make_project(folder: str) -> None:
    """Everything below `folder`, which is emptied before. Raises OSError, and RuntimeError where an ingest failed."""
    shutil.rmtree(folder, ignore_errors=True)
    root = os.path.join(folder, "projects", PROJECT)
    os.makedirs(os.path.join(root, "05-SHOTS"))
    save_facts(root, _facts(root))
    first, second = (os.path.join(folder, DELIVERIES, name) for name in ("day_14", "day_15"))
    make_delivery(first)
    _second_delivery(second)
    _third_delivery(os.path.join(folder, DELIVERIES, "day_16"))
    for delivery in (first, second):
        if command_line(["ingest", delivery, "--root", root, "--project", PROJECT, "--yes"]) not in (0, 1):
            raise RuntimeError(f"{delivery} was not ingested")
    _forget_picture(root, "SH110")
    _artists_work(root)


def _second_delivery(folder: str) -> None:
    """The vendor sends two plates again, and one for the first time."""
    exr(folder, "SEQ010", Take("SEQ010_SH010_PLATE_V002", DAY, at(1, 0, 40, 17), "A001C003"))
    exr(folder, "SEQ010", Take("SEQ010_SH020_PLATE_V002", DUSK, at(1, 2, 3, 0), "A001C007"))
    exr(folder, "SEQ010", Take("SEQ010_SH030_PLATE_V002", NIGHT, at(1, 4, 59, 20), "A002C001"))


def _third_delivery(folder: str) -> None:
    """What comes after an artist has loaded the second: newer plates to update to."""
    exr(folder, "SEQ010", Take("SEQ010_SH010_PLATE_V003", DUSK, at(1, 0, 40, 17), "A001C003"))
    dpx(folder, "SEQ020", Take("SEQ020_SH110_PLATE_V002", NIGHT, at(1, 0, 0, 0), "B001C002", first=at(1, 0, 0, 0)))


def _facts(root: str) -> ProjectFacts:
    """What Ramses would have said of this project."""
    names = {
        "SEQ010": ["SH010", "SH020", "SH030", "SH040", "SH050", "SH060"],
        "SEQ020": ["SH110", "SH120", "SH130", "SH140", "SH150"],
    }
    shots = [ShotFacts(shot, shot, sequence, 16) for sequence, found in names.items() for shot in found]
    states = (("WIP", "Work in progress", 50), ("CHK", "Ready to be checked", 80), ("OK", "Finished", 100))
    return ProjectFacts(
        "project", PROJECT, "The Moon", root, 24.0, 480, 270, 1.0,
        tuple(StepFacts(name, name, name.title(), "shot", _SETTINGS) for name in ("PLATE", "ROTO", "COMP")),
        tuple(StateFacts(short, short, name, completion) for short, name, completion in states),
        tuple(SequenceFacts(name, name) for name in names),
        tuple(shots),
        "2026-11-22T09:00:00Z",
    )  # fmt: skip


def _forget_picture(root: str, shot: str) -> None:
    """One plate without a picture, as another tool leaves it."""
    for version in list_versions(root, shot):
        for path in (picture_path(version), record_path(version)):
            if os.path.exists(path):
                os.remove(path)


def _artists_work(root: str) -> None:
    """A comp script with two saved versions, and a render of it."""
    context = WorkContext.of_shot(root, PROJECT, "SH010", "COMP")
    os.makedirs(context.folder)
    script = context.work_path("nk")
    with open(script, "w", encoding="ascii") as file:
        file.write("Root {\n inputs 0\n}\n")
    for _ in range(2):
        save_version(context, script)
    frames = Take(context.stem, DAY, at(1, 0, 40, 17), "A001C003")
    exr(context.folder, "", frames)
    os.replace(os.path.join(context.folder, context.stem), os.path.join(context.folder, "_render"))


if __name__ == "__main__":
    make_project(sys.argv[1])
