# SPDX-License-Identifier: GPL-3.0-or-later
"""The project that the guides' pictures show: two real deliveries, ingested one after the other, and an artist's work.

`python -m ramses_plates.tools.screenshots_project FOLDER` makes it; needs what the demo's pictures need.
"""

from __future__ import annotations

import os
import shutil
import sys

from .places import ROOT

sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from ramses_database import PROJECT as PROJECT_UUID

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
from .demo_delivery import Take, at, dpx, exr, label, make_delivery
from .demo_pictures import DAY, DUSK, NIGHT

PROJECT, DELIVERIES = "MOON", "from_vendor"
# A project that nothing was ingested into yet.
FRESH = "MARS"
# What Ramses knows, more than was delivered.
SHOTS = {
    "SEQ010": ["SH010", "SH020", "SH030", "SH040", "SH050", "SH060"],
    "SEQ020": ["SH110", "SH120", "SH130", "SH140", "SH150"],
}
_EDL = """TITLE: DAY 14
FCM: NON-DROP FRAME

"""
# (reel, source in, frames, clip name, shot) of the edit that ordered the first delivery
_ORDERED = (
    ("A001C003", "01:00:40:21", 16, "SEQ010_SH010_PLATE", "SEQ010_SH010"),
    ("A001C007", "01:02:03:04", 16, "SEQ010_SH020_PLATE", "SEQ010_SH020"),
    ("A002C001", "01:05:00:00", 16, "SEQ010_SH030_PLATE", "SEQ010_SH030"),
    ("A002C005", "01:07:10:12", 20, "SEQ010_SH040_PLATE", "SEQ010_SH040"),
    ("B001C002", "01:00:00:04", 24, "SEQ020_SH110_PLATE", "SEQ020_SH110"),
    ("B001C009", "10:11:12:17", 16, "SEQ020_SH120_PLATE", "SEQ020_SH120"),
)
SETTINGS = "shot:\n  first_image_number: 997\n  handle_in: 4\n  handle_out: 4\n"


def make_project(folder: str) -> None:
    """Everything below `folder`, which is emptied before. Raises OSError, and RuntimeError where an ingest failed."""
    shutil.rmtree(folder, ignore_errors=True)
    root = os.path.join(folder, "projects", PROJECT)
    for project in (root, os.path.join(folder, "projects", FRESH)):
        os.makedirs(os.path.join(project, "05-SHOTS"))
        save_facts(project, _facts(project))
    first, second = (os.path.join(folder, DELIVERIES, name) for name in ("day_14", "day_15"))
    make_delivery(first)
    _second_delivery(second)
    _third_delivery(os.path.join(folder, DELIVERIES, "day_16"))
    _other_names(os.path.join(folder, DELIVERIES, "reshoot"))
    _order(os.path.join(folder, DELIVERIES, "day_14.edl"))
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


def _other_names(folder: str) -> None:
    """A vendor with names of its own, for the dialog that learns a rule."""
    for reel, shot in enumerate((450, 460, 470, 475, 480), 1):
        exr(folder, "", Take(f"mn.a03.{shot:04d}.bg-r2", DAY, at(15, reel, 0, 0), f"C{reel:03d}", frames=3))


def _order(path: str) -> None:
    """The edit of the first delivery: one shot of it never came, one is short."""
    lines, record = [_EDL], at(1, 0, 0, 0)
    for number, (reel, start, frames, clip, shot) in enumerate(_ORDERED, 1):
        hours, minutes, seconds, rest = (int(part) for part in start.split(":"))
        first = at(hours, minutes, seconds, rest)
        times = " ".join(label(time) for time in (first, first + frames, record, record + frames))
        lines.append(f"{number:03d}  {reel} V     C        {times}\n")
        lines.append(f"* FROM CLIP NAME: {clip}\n* COMMENT: {shot}\n\n")
        record += frames
    with open(path, "w", encoding="ascii") as file:
        file.write("".join(lines))


def _facts(root: str) -> ProjectFacts:
    """What Ramses would have said of this project."""
    shots = [ShotFacts(shot, shot, sequence, 16) for sequence, found in SHOTS.items() for shot in found]
    states = (("WIP", "Work in progress", 50), ("CHK", "Ready to be checked", 80), ("OK", "Finished", 100))
    return ProjectFacts(
        PROJECT_UUID, os.path.basename(root), os.path.basename(root).title(), root, 24.0, 480, 270, 1.0,
        tuple(StepFacts(name, name, name.title(), "shot", SETTINGS) for name in ("PLATE", "ROTO", "COMP")),
        tuple(StateFacts(short, short, name, completion) for short, name, completion in states),
        tuple(SequenceFacts(name, name) for name in SHOTS),
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
