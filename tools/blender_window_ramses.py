# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window's script needs beside the pictures' project: its Ramses database, and a delivery of thousands."""

from __future__ import annotations

import os
import sys

from .places import ROOT

sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import make_exr
from ramses_database import demo

_SEQUENCES = {"SEQ01": "SEQ010", "SEQ02": "SEQ020"}


def write(path: str, folder: str) -> None:
    """The demo project with the sequences, steps and picture size of the deliveries."""
    database = demo(path, "MOON", folder, framerate=24, width=480, height=270)
    for uuid, row in list(database.rows("RamSequence")):
        database.add("RamSequence", uuid, **{**row, "shortName": _SEQUENCES[row["shortName"]]})
    for uuid, row in list(database.rows("RamShot")):
        database.add("RamShot", uuid, **{**row, "duration": 1.0})
    for uuid, row in list(database.rows("RamStep")):
        if row["shortName"] == "COMP":
            database.add("RamStep", uuid, **{**row, "shortName": "TRACK", "name": "Tracking"})
    database.save()


def many(folder: str, clips: int) -> None:
    """So many clips of one frame each."""
    data = make_exr.build(16, 9, timecode=(1, 0, 0, 0, False), fps=24)
    for at in range(clips):
        shot = os.path.join(folder, f"SH{at:04d}")
        os.makedirs(shot)
        with open(os.path.join(shot, f"SH{at:04d}_PLATE.1001.exr"), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    write(os.path.join(sys.argv[1], "ramses.json"), sys.argv[2])
    many(os.path.join(sys.argv[1], "many"), 5000)
