# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ramses database of the pictures' project: `python -m ramses_plates.tools.blender_window_ramses FILE FOLDER`."""

from __future__ import annotations

import os
import sys

from .places import ROOT

sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
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


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2])
