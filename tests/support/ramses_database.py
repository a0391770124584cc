# SPDX-License-Identifier: GPL-3.0-or-later
"""The stored side of the Ramses test daemon: tables of texts, the seeds, and JSON as Qt reads and writes it."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

Record = dict[str, Any]
NAMESPACE = uuid.UUID("5d0c1a52-31f1-4d5b-9a08-7f0c5a1b7c11")
USER = "89703055-fc23-513d-90db-942bb1a0f2c2"
PROJECT = "28c5187c-8b00-5d9f-a10c-80a04afe68aa"
NO, WIP, OK = (
    "37fb68c3-1e0f-5f20-ad8e-138d81f67ea0",
    "f826583f-7c87-5dd4-bcaf-f708aae8d8da",
    "94bfe2b8-4774-5bfc-bcbd-8653679e0def",
)


def named(*words: str) -> str:
    """A uuid that is the same in every run."""
    return str(uuid.uuid5(NAMESPACE, "/".join(words)))


class Parsed(Record):
    """A record together with the text it was read from, so that a project of thousands is printed only once."""

    source = ""


@lru_cache(maxsize=50_000)
def parsed(text: str) -> Record:
    """The record in `text` as Qt reads it: raw control characters pass, anything but an object is {}."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        found = json.loads(text, strict=False, parse_constant=refuse, parse_int=_number, parse_float=_number)
    except (ValueError, RecursionError):
        return {}
    record = Parsed(found) if isinstance(found, dict) else Parsed()
    record.source = text
    return record


def _number(text: str) -> int | float:
    """Every number is a double there."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def compact(record: Record) -> str:
    """A record as the database stores it after setData."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def indented(value: Any, margin: str = "") -> str:
    """JSON as Qt writes it: four spaces, sorted keys, empty containers over two lines."""
    if isinstance(value, Parsed):
        return _indented_record(value.source, margin)
    inner = margin + "    "
    if isinstance(value, dict):
        items = [f"{inner}{_text(key)}: {indented(value[key], inner)}" for key in sorted(value)]
        return "{\n" + ",\n".join(items) + ("\n" if items else "") + margin + "}"
    if isinstance(value, list):
        items = [inner + indented(item, inner) for item in value]
        return "[\n" + ",\n".join(items) + ("\n" if items else "") + margin + "]"
    return _text(value)


@lru_cache(maxsize=50_000)
def _indented_record(source: str, margin: str) -> str:
    return indented(dict(parsed(source)), margin)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class Database:
    """One table per type: uuid -> text, exactly as written. Kept in a JSON file where `path` is given."""

    def __init__(self, path: str | None = None) -> None:
        self.path = path
        self.tables: dict[str, dict[str, str]] = {}
        self.removed: set[str] = set()
        if path and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                stored = json.load(file)
            self.tables = stored["tables"]
            self.removed = set(stored["removed"])

    def put(self, kind: str, uid: str, text: str) -> None:
        """Insert or replace the row; a removed row stays removed."""
        self.tables.setdefault(kind, {})[uid] = text
        self.save()

    def add(self, kind: str, uid: str, **record: Any) -> str:
        """Insert a record; for seeds."""
        self.tables.setdefault(kind, {})[uid] = compact(record)
        return uid

    def rows(self, kind: str) -> Iterator[tuple[str, Record]]:
        """(uuid, record) of the rows that are not removed, in the order they were made."""
        for uid, text in self.tables.get(kind, {}).items():
            if uid not in self.removed:
                yield uid, parsed(text)

    def record(self, kind: str, uid: str) -> Record | None:
        """The record of one row, None where there is none."""
        text = self.tables.get(kind, {}).get(uid)
        return None if text is None or uid in self.removed else parsed(text)

    def kind_of(self, uid: str) -> str:
        """The table that has the uuid, "" for none."""
        return next((kind for kind, rows in self.tables.items() if uid in rows), "")

    def save(self) -> None:
        """Write the file, if there is one."""
        if self.path:
            with open(self.path + ".new", "w", encoding="utf-8") as file:
                json.dump({"tables": self.tables, "removed": sorted(self.removed)}, file, indent=1)
            os.replace(self.path + ".new", self.path)


def empty(path: str | None = None) -> Database:
    """A new database: the states of the template, one user, no project."""
    database = Database(path)
    if database.tables:
        return database
    states = (
        ("STB", "Stand by", 0, "ce329919-4c37-5020-9561-f6a5e2557778"),
        ("NO", "Nothing to do", 0, NO),
        ("TODO", "To do", 0, ""),
        ("WIP", "Work in progress", None, WIP),
        ("FIRST", "First draft", 65, ""),
        ("RTK", "To retake", 75, ""),
        ("CHK", "To check", 85, ""),
        ("CBB", "Could be better", 90, ""),
        ("RDR", "Rendering", 95, ""),
        ("OK", "Finished", 100, OK),
    )
    for order, (short, name, completion, uid) in enumerate(states):
        record: Record = {"color": "#51a548", "comment": "", "name": name, "order": order, "shortName": short}
        if completion is not None:
            record["completionRatio"] = completion
        if short == "CHK":
            del record["order"]
        database.add("RamState", uid or named("state", short), **record)
    database.add("RamUser", USER, comment="", name="Test Artist", order=0, role="admin", shortName="Artist")
    database.add("RamFileType", named("exr"), comment="", name="OpenEXR", order=0, shortName="exr")
    database.save()
    return database


def demo(
    path: str | None = None, short_name: str = "TEST", folder: str = "", shots: int = 0, **settings: Any
) -> Database:
    """A small project: two sequences, five shots, steps PLATE, COMP, Mod, Script; or `shots` shots instead of five.

    `settings` are keys of the project's record (framerate, width ...).
    """
    database = empty(path)
    if database.tables.get("RamProject"):
        return database
    record = {"comment": "", "framerate": 24, "height": 1080, "name": "Test Project", "order": 0, "width": 1920}
    record |= {"shortName": short_name, "users": [USER], "pipeline": [named("pipe")]} | settings
    if folder:
        record["path"] = folder
    database.add("RamProject", PROJECT, **record)
    steps = (("PLATE", "Plate", "shot"), ("Script", "Scenario", "pre"), ("Mod", "Modeling", "asset"))
    for order, (short, name, kind) in enumerate((*steps, ("COMP", "Compositing", "shot"))):
        step = {"color": "#3388cc", "comment": "", "name": name, "order": order, "project": PROJECT, "type": kind}
        database.add("RamStep", named("step", short), shortName=short, **step)
    for order, short in enumerate(("SEQ01", "SEQ02")):
        sequence = {"comment": "", "name": f"Sequence {order + 1}", "order": order, "project": PROJECT}
        database.add("RamSequence", named("sequence", short), shortName=short, **sequence)
    names = ["SH010", "SH020", "SH030", "SH110", "SH120"]
    if shots:
        names = [f"S{number:05d}" for number in range(10, 10 * shots + 1, 10)]
    for order, short in enumerate(names):
        sequence_uuid = named("sequence", "SEQ02" if "SH1" in short else "SEQ01")
        shot = {"comment": "", "duration": 4.166666666666667, "name": f"Shot {short[2:]}", "order": order}
        database.add("RamShot", named("shot", short), shortName=short, project=PROJECT, sequence=sequence_uuid, **shot)
    database.add("RamAssetGroup", named("group"), comment="", name="Characters", project=PROJECT, shortName="CHARS")
    hero = {"comment": "", "name": "Hero", "project": PROJECT, "shortName": "HERO", "tags": []}
    database.add("RamAsset", named("asset", "HERO"), assetGroup=named("group"), **hero)
    pipe = {"comment": "", "name": "Pipe", "shortName": "PLATE-COMP", "pipeFiles": []}
    database.add("RamPipe", named("pipe"), outputStep=named("step", "PLATE"), inputStep=named("step", "COMP"), **pipe)
    database.save()
    return database
