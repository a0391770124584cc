# SPDX-License-Identifier: GPL-3.0-or-later
"""A Ramses for the pictures: the test daemon with their project in it, found by everything in this process."""

from __future__ import annotations

import os
import sys

from .places import ROOT

sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from ramses_database import PROJECT, Database, demo, named
from ramses_double import Daemon

from ..core.ask_ramses import refresh_facts
from ..core.register import sync
from ..lib.ramses.client import RamDaemonInterface
from .screenshots_project import SETTINGS, SHOTS

_OLD = {"SEQ010": "SEQ01", "SEQ020": "SEQ02"}
_SECONDS = 16 / 24


def start(project: str, root: str) -> Daemon:
    """Start it with this project open, and tell it everything that waited. `kill` ends it."""
    daemon = Daemon(_database(project, root))
    os.environ["RAMSES_PLATES_PORT"] = str(daemon.port)
    RamDaemonInterface._instance = None
    client = RamDaemonInterface.instance()
    refresh_facts(client, root, project)
    sync(root, client)
    return daemon


def _database(project: str, root: str) -> Database:
    """The demo project with the sequences, lengths and settings of the deliveries."""
    database = demo(None, project, root, framerate=24, width=480, height=270, name=project.title())
    for uid, row in list(database.rows("RamSequence")):
        new = next(new for new, old in _OLD.items() if old == row["shortName"])
        database.add("RamSequence", uid, **{**row, "shortName": new})
    for sequence, shots in SHOTS.items():
        for order, shot in enumerate(shots):
            row = {"project": PROJECT, "sequence": named("sequence", _OLD[sequence]), "order": order, "comment": ""}
            row |= {"name": f"Shot {shot[2:]}", "shortName": shot, "duration": _SECONDS}
            database.add("RamShot", named("shot", shot), **row)
    for uid, row in list(database.rows("RamStep")):
        database.add("RamStep", uid, **{**row, "customSettings": SETTINGS})
    return database
