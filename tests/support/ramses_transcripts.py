# SPDX-License-Identifier: GPL-3.0-or-later
"""Real requests and replies of the Ramses Client 0.10, and the database that most of them were made on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ramses_database import NO, OK, PROJECT, USER, WIP, Database, empty

FILE = Path(__file__).parents[1] / "cases" / "ramses-transcripts.jsonl"

SEQ01, SEQ02 = "05a2bd48-f0d3-5a4e-95dc-f4a1f46b9f16", "22ff55cd-d070-436a-be2f-597f80f4065e"
SH010, SH020, SH030, SH110, SH120 = (
    "db4eaa77-bb1d-5f77-b25b-f9f3f45b930e",
    "9e9bbf98-af98-4012-b632-6b8238777fca",
    "187fd91b-fca8-45ce-b692-e41759aaf26e",
    "6920a0fa-7428-447b-bb95-022ab22f87b2",
    "cab54c2b-2bd9-4c17-a01d-2d3b542158f3",
)
PLATE, COMP = "d52ffed9-f873-5179-adf7-76997a750dcf", "50f27399-c5eb-5931-b642-6b3ed407d3bf"
SCRIPT, MOD, EDIT = (
    "d8ac6881-cdfe-591e-bc78-c1bc169e28a3",
    "f917df85-d0aa-5827-9a28-e692f93d899d",
    "ad46ca43-856c-5c7b-ab8b-6ba66987a6fc",
)
HERO, CHARS = "0079f01e-ae5c-4c3d-8f6d-b5f16af8e6aa", "5afebbc7-d3a9-4aa7-b7aa-0a42b72e98b4"
PIPE, PIPE_FILE = "7a022ad1-2aaf-4dea-8bda-8790eab17a31", "a93bd769-446c-499c-b265-ef3089eed735"
JPEG = "3ddaeb51-d949-540d-be15-809989a577bb"
STATUS_010, STATUS_020 = "87d4432d-cacd-4df8-9051-c0f02601960f", "99a5e905-861d-499c-9e85-933f56cb9790"
WIPED = "8e4a5fca-803c-44ec-a0c7-4ce9424103d2"


def rows() -> list[dict[str, Any]]:
    """Every row: `request` raw text, `reply` parsed or None, `reply_bytes`, `note`."""
    with FILE.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def seeded() -> Database:
    """The seeded database of the transcripts."""
    database = empty()
    add = database.add
    plain = {"comment": "", "project": PROJECT}
    add(
        "RamProject",
        PROJECT,
        comment="A comment",
        framerate=24,
        height=1080,
        name="Test Project",
        order=0,
        pipeline=[PIPE],
        shortName="TEST",
        users=[USER],
        width=1920,
    )
    for uid, short, name, order, kind in (
        (PLATE, "PLATE", "Plate", 0, "shot"),
        (SCRIPT, "Script", "Scenario", 0, "pre"),
        (MOD, "Mod", "Modeling", 8, "asset"),
        (EDIT, "Edit", "Editing", 19, "post"),
        (COMP, "COMP", "Compositing", 20, "shot"),
    ):
        add("RamStep", uid, shortName=short, name=name, order=order, type=kind, **plain)
    add("RamSequence", SEQ01, shortName="SEQ01", name="Sequence 1", order=0, **plain)
    add("RamSequence", SEQ02, shortName="SEQ02", name="Sequence 2", order=1, **plain)
    for order, (uid, short, sequence, duration) in enumerate(
        (
            (SH010, "SH010", SEQ01, 4.166666666666667),
            (SH020, "SH020", SEQ01, 3.5),
            (SH030, "SH030", SEQ01, 4.5),
            (SH110, "SH110", SEQ02, 5.5),
            (SH120, "SH120", SEQ02, 6),
        )
    ):
        name = f"Shot {short[2:]}"
        add("RamShot", uid, shortName=short, name=name, order=order, sequence=sequence, duration=duration, **plain)
    add("RamAssetGroup", CHARS, shortName="CHARS", name="Characters", order=0, color="#aa55aa", **plain)
    add("RamAsset", HERO, shortName="HERO", name="Hero", order=0, assetGroup=CHARS, tags=[], **plain)
    add("RamFileType", JPEG, shortName="jpg", name="JPEG Image", comment="", order=18, extensions=["jpg", "jpeg"])
    pipe_file = {"shortName": "PLATE", "name": "PLATE", "order": 0, "fileType": JPEG, "customSettings": "format: exr"}
    add("RamPipeFile", PIPE_FILE, **pipe_file, **plain)
    pipe = {"comment": "", "name": "Pipe", "order": 0, "shortName": "PLATE-COMP", "pipeFiles": [PIPE_FILE]}
    add("RamPipe", PIPE, inputStep=COMP, outputStep=PLATE, **pipe)
    status = {"comment": "", "itemType": "shot", "order": 0, "step": PLATE, "user": USER, "date": "2026-11-20 10:00:00"}
    older = status | {"date": "2026-11-19 10:00:00", "state": NO, "item": SH010, "shortName": "SH010-PLATE"}
    add("RamStatus", "00000000-0000-4000-8000-000000000001", **older)
    done = {"state": OK, "completionRatio": 100, "version": 1, "published": True}
    add("RamStatus", STATUS_010, item=SH010, name="SH010 | PLATE", shortName="SH010-PLATE", **done, **status)
    half = {"state": WIP, "completionRatio": 50, "version": 2, "published": False}
    add("RamStatus", STATUS_020, item=SH020, name="SH020 | PLATE", shortName="SH020-PLATE", **half, **status)
    return database
