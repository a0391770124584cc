# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved script, read back by plain Tcl: every value is the one that was set."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path
from typing import Any

import make_published
import pytest
from nuke_hands import update_all
from ramses_plates.hosts.nuke.node_record import NodeRecord
from ramses_plates.hosts.nuke.plate import read_plate
from ramses_plates.hosts.nuke.reads import create_read, placed

pytestmark = pytest.mark.tclsh
READER = Path(__file__).parents[2] / "support" / "read_nk.tcl"


def saved(nuke: Any, folder: Path) -> list[tuple[str, str, str]]:
    """(class, knob, value) of everything in the script that Nuke writes."""
    path = os.fspath(folder / "script.nk")
    nuke.scriptSaveAs(path, overwrite=1)
    done = subprocess.run(["tclsh", os.fspath(READER), path], capture_output=True, text=True, check=True)
    rows = [line.split(" ") for line in done.stdout.splitlines()]
    return [(kind, knob, base64.b64decode(value).decode()) for kind, knob, value in rows]


def test_a_read_is_saved_with_what_it_shows_and_remembers(nuke: Any, tmp_path: Path) -> None:
    project = tmp_path / "pröjekt {a} b"
    plate = read_plate(make_published.plate(project, "001_WIP", range(-5, 20), handles=(0, 0)))
    create_read(plate, placed(plate, "source-frames"))
    make_published.plate(project, "002_WIP", range(-6, 20), handles=(0, 0), colorspace="sRGB")
    assert [done.problem for done in update_all()] == [""]
    values = {knob: value for kind, knob, value in saved(nuke, tmp_path) if kind == "Read" and knob != "addUserKnob"}
    assert (
        values["file"] == f"{project.as_posix()}/{make_published.STEP}/_published/002_WIP/PROJ_S_SH010_PLATE.####.exr"
    )
    assert (values["first"], values["last"], values["frame"]) == ("-6", "19", "-6")
    assert (values["frame_mode"], values["colorspace"], values["ramses_version"]) == ("start at", "sRGB", "002_WIP")
    record = NodeRecord.parse(values["ramses_plates_record"])
    assert record is not None
    assert (record.folder.rpartition("/")[2], record.root) == ("002_WIP", os.fspath(project))
    knobs = [value.split()[1] for _kind, knob, value in saved(nuke, tmp_path) if knob == "addUserKnob"]
    assert len(knobs) == len(set(knobs)) == 12


@pytest.mark.parametrize("text", ['\\ " [ ] { } $x', "a\nb", "{", "#no comment", "  two  blanks ", "ü €", "a;b"])
def test_any_text_comes_back(nuke: Any, tmp_path: Path, text: str) -> None:
    group = nuke.createNode("Group").begin()
    nuke.nodes.Read()["label"].setValue(text)
    group.end()
    assert ("Read", "label", text) in saved(nuke, tmp_path)
