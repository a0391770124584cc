# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract script, as a user of a real Nuke runs it, on the stand-in."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCRIPT = HERE.parent / "nuke_contract.py"
# whoever believes something of Nuke: the stand-in and the plug-in
SOURCES = [*HERE.glob("nuke*/*.py"), *(HERE.parents[1] / "hosts" / "nuke").glob("*.py")]


def run(folder: Path, *paths: Path, terminal: bool = True) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(os.fspath(one) for one in paths)
    more = {"FAKE_NUKE_TERMINAL": "1"} if terminal else {}
    return subprocess.run(
        [sys.executable, os.fspath(SCRIPT), os.fspath(folder)],
        env={**os.environ, "PYTHONPATH": path, **more},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("terminal", [True, False])
def test_every_fact_holds_on_the_stand_in(tmp_path: Path, terminal: bool) -> None:
    done = run(tmp_path, HERE, terminal=terminal)
    assert (done.returncode, done.stderr) == (0, "")
    assert "DIFFERS" not in done.stdout
    answers = json.loads((tmp_path / "nuke_contract.json").read_text())
    assert len(answers["facts"]) > (90 if terminal else 93)
    assert all(answer["ok"] for answer in answers["facts"])


def test_a_nuke_that_behaves_otherwise_is_found(tmp_path: Path) -> None:
    """The same script on a stand-in whose offset has the other sign."""
    other, folder = tmp_path / "other", tmp_path / "facts"
    folder.mkdir()
    for path in (HERE / "nuke").glob("*.py"):
        text = path.read_text()
        if path.name == "_nodes.py":
            text, count = re.subn(r"at \+ int\(text or 0\)", "at - int(text or 0)", text)
            assert count == 1
        (other / "nuke").mkdir(parents=True, exist_ok=True)
        (other / "nuke" / path.name).write_text(text)
    done = run(folder, other)
    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.stdout.splitlines() if "offset K" in line] == ["DIFFERS"]


def test_every_open_belief_of_the_stand_in_is_asked() -> None:
    beliefs = {
        found
        for path in (HERE / "nuke").glob("*.py")
        for found in re.findall(r"OPEN (?!with)([a-z][a-z-]+)", path.read_text())
    }
    questions = set(re.findall(r'question="([a-z-]+)"', SCRIPT.read_text()))
    assert len(beliefs) > 10
    assert beliefs - questions == set()


def test_no_open_belief_is_without_a_name() -> None:
    text = "".join(path.read_text() for path in SOURCES)
    named = len(re.findall(r"OPEN (?!with)[a-z][a-z-]+", text))
    assert named == len(re.findall(r"\bOPEN\b(?! with)", text))
