# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's first command does what the README says: `build.py demo`, and what it advises to try next."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLATES = {
    "DEMO_S_SH010_PLATE": ["001_WIP", "REF_002_WIP"],
    "DEMO_S_SH020_PLATE": ["001_WIP"],
    "DEMO_S_SH110_PLATE": ["001_WIP"],
    "DEMO_S_SH120_PLATE": ["001_WIP"],
    "DEMO_S_SH130_PLATE": ["001_WIP"],
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


@pytest.fixture(scope="module")
def demo() -> str:
    """What the demo says; it runs twice, because it may be run again at any time."""
    for _time in (1, 2):
        done = run(sys.executable, "build.py", "demo")
        assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.usefixtures("demo")
def test_the_project_holds_what_was_good() -> None:
    found = {folder.name: sorted(path.name for path in folder.glob("_published/*")) for folder in steps()}
    assert found == PLATES


def steps() -> list[Path]:
    return sorted((ROOT / "demo" / "project" / "05-SHOTS").glob("*/*"))


@pytest.mark.parametrize(
    "sentence",
    ["1009-1010", "1005", "No rule tells the shot", "AppleDouble", ".mov.part", "Thumbs.db", "6 versions"],
)
def test_the_person_is_told(sentence: str, demo: str) -> None:
    assert sentence in demo


@pytest.mark.usefixtures("demo")
def test_every_plate_has_its_picture_and_the_page_shows_them() -> None:
    pictures = sorted(path.name for folder in steps() for path in folder.glob("_preview/*.jpg"))
    assert pictures == sorted([*(f"{name}.jpg" for name in PLATES), "DEMO_S_SH010_PLATE_REF.jpg"])
    (page,) = (ROOT / "demo" / "project" / "_ingest_reports").glob("Ingest_Report_*.html")
    assert page.read_text(encoding="utf-8").count("data:image/jpeg;base64,") == len(pictures)


@pytest.mark.usefixtures("demo")
def test_the_page_shows_what_the_edit_ordered() -> None:
    (document,) = (ROOT / "demo" / "project" / "_ingest_reports").glob("Ingest_Audit_*.json")
    edit = json.loads(document.read_text(encoding="utf-8"))["edit"]
    found = {line["shot"]: line["word"] for line in edit["lines"]}
    assert found == {
        "SH010": "delivered",
        "SH020": "frames missing",
        "SH030": "delivered, but refused",
        "SH040": "not delivered",
        "SH110": "delivered",
        "SH120": "delivered",
        "SH130": "delivered",
    }


def advised(demo: str, verb: str) -> list[str]:
    line = next(line for line in demo.splitlines() if f"ramses-plates {verb} demo" in line or f"{verb} 2" in line)
    return shlex.split(line.partition(":  ")[2])


def test_what_it_advises_works(demo: str) -> None:
    verified = run(*advised(demo, "verify"))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.count("intact") == 6
    made = run(*advised(demo, "preview"))
    assert made.returncode == 0 and made.stdout.count("24 frames at 24") == 6, made.stdout + made.stderr
    undone = run(*advised(demo, "undo"))
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert not [path for folder in steps() for path in folder.glob("_published/*")]
