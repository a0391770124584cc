# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/rules.md promises what the program does: its tables and files are executed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ramses_plates.core.clip import Clip
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.identify import identify, identify_clip
from ramses_plates.core.infer import infer, read_examples
from ramses_plates.core.resources import assign_resources
from ramses_plates.core.rules import BUILTIN, Rules, check_rules, load_rules

TEXT = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
_PART = re.compile(r"<!-- (?P<what>[^>]+) -->\n\n(?P<body>.*?)(?=\n#|\n<!--|\Z)", re.DOTALL)
PARTS = [(part["what"], part["body"]) for part in _PART.finditer(TEXT)]


def json_of(body: str) -> str:
    found = re.search(r"```json\n(.*?)```", body, re.DOTALL)
    return found[1] if found else ""


def rows(body: str) -> list[list[str]]:
    table = [line for line in body.splitlines() if line.startswith("| ")]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in table[1:]]


def rules_of(body: str, folder: Path) -> Rules:
    if not json_of(body):
        return BUILTIN
    path = folder / "rules.json"
    path.write_text(json_of(body), encoding="utf-8")
    assert check_rules(str(path)) == []
    return load_rules(str(path))


def hold(table: list[list[str]], parent: str, rules: Rules) -> None:
    assert table
    for name, *expected in table:
        found = identify(name, parent, rules)
        version = "" if found.version is None else str(found.version)
        values = [found.sequence or "", found.shot or "", found.step or "", found.resource or "", version]
        assert values == expected, name


def test_the_document_has_all_its_parts() -> None:
    assert [what.split(":")[0] for what, _body in PARTS] == ["check", "check", "infer", "resources", "resource rules"]


@pytest.mark.parametrize("number", [0, 1])
def test_tables_of_names(tmp_path: Path, number: int) -> None:
    what, body = PARTS[number]
    hold(rows(body), what.split(": ")[1], rules_of(body, tmp_path))


def test_the_inferred_rule() -> None:
    body = PARTS[2][1]
    examples, negative = read_examples(json.loads(json_of(body)))
    hold(rows(body), "", Rules((infer(examples, negative),)))


def sequence(base: str = "SH010", ext: str = "exr", folder: str = ".", view: str = "", suffix: str = "") -> Clip:
    return Clip("sequence", "/in", folder, base, ext, ".", 4, FrameSet([(1001, 1009)]), view=view, suffix=suffix)


def movie(ext: str = "mov") -> Clip:
    return Clip("movie", "/in", ".", "SH010", ext, file=f"SH010.{ext}")


def resources(rules: Rules, *clips: Clip) -> list[str | None]:
    return [found.resource for found in assign_resources(clips, [identify_clip(one, rules) for one in clips], rules)]


def test_resources_as_in_the_table() -> None:
    promised = [row[1].replace("`", "") for row in rows(PARTS[3][1])]
    still = Clip("still", "/in", ".", "SH010", "jpg", file="SH010.jpg")
    left_right = resources(BUILTIN, sequence(view="left"), sequence(view="right"))
    folders = resources(BUILTIN, sequence(folder="ref"), sequence(folder="mattes"))
    assert promised[0] == ", ".join(map(str, left_right))
    assert promised[1] == resources(BUILTIN, sequence(suffix="_matte"))[0]
    assert resources(BUILTIN, sequence(suffix="_dirt"), sequence(view="top")) == ["DIRT", "TOP"]
    assert promised[3] == ", ".join(map(str, folders))
    assert resources(BUILTIN, sequence(), movie(), movie("mp4")) == [None, "REF", "REF2"]
    assert promised[5] == resources(BUILTIN, sequence(), sequence(ext="jpg"))[1]
    assert promised[6] == resources(BUILTIN, movie(), still)[1]


def test_the_resource_rules(tmp_path: Path) -> None:
    rules = rules_of(PARTS[4][1], tmp_path)
    assert resources(rules, sequence(view="left"), sequence(view="right")) == [None, "RIGHT"]
    assert resources(rules, sequence(), movie()) == [None, "OFFLINE"]
    assert resources(rules, sequence(folder="Witness"), sequence("SH010_hdr")) == ["WITNESS", "HDRI"]
    found = identify("SH010_scn_dirt_proxy", "", rules)
    assert (found.step, found.resource) == ("PLATE", "DIRT")
