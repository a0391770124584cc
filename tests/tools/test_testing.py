# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py test` ends with 0 only where everything that could run passed, and says what could not run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from ramses_plates.tools import suites, testing
from ramses_plates.tools.environments import Environment
from ramses_plates.tools.places import ChoreFailed
from ramses_plates.tools.suites import Suite


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project whose suites run in this interpreter."""
    results = tmp_path / "results"
    monkeypatch.setattr(testing, "ROOT", os.fspath(tmp_path))
    monkeypatch.setattr(suites, "ROOT", os.fspath(tmp_path))
    monkeypatch.setattr(testing, "RESULTS", os.fspath(results))
    monkeypatch.setattr(testing, "NOT_RUN", os.fspath(results / "not-run.txt"))
    monkeypatch.setattr(testing, "prepare", lambda _environment: 0.0)
    monkeypatch.setattr(Environment, "executable", sys.executable)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "tests").mkdir()
    return tmp_path


def suite(name: str = "one", **facts: object) -> Suite:
    return Suite(name, "what it tests", ("",), Environment("one"), workers=0, **facts)  # type: ignore[arg-type]


def run(project: Path, source: str, *known: Suite) -> int:
    (project / "tests" / "test_it.py").write_text(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suites, "SUITES", known or (suite(),))
        return testing.main([])


@pytest.mark.parametrize(
    ("source", "code", "closing"),
    [
        ("def test_a(): pass", 0, "1 passed, 0 failed"),
        ("def test_a(): assert 0", 1, "0 passed, 1 failed"),
        ("import nothing_like_it", 1, "0 passed, 1 failed"),
        ("import pytest\ndef test_a(): pytest.skip('no ffprobe')", 1, "0 passed, 0 failed, 1 skipped"),
        ("import pytest\ndef test_a(): pytest.skip('real media absent: x')", 0, "0 passed, 0 failed, 1 skipped"),
        ("", 1, "0 passed, 1 failed"),
    ],
)
def test_one_honest_answer(
    source: str, code: int, closing: str, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(project, source) == code
    assert capfd.readouterr().out.splitlines()[-1] == closing


def test_a_suite_that_hangs_is_ended(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(project, "import time\ndef test_a(): time.sleep(600)", suite(minutes=0.05)) == 1
    assert "it did not end in time" in capfd.readouterr().out


def test_what_cannot_run_is_listed_and_fails_nothing(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    absent = suite("two", needs=("no-such-program",))
    assert run(project, "def test_a(): pass", suite(), absent) == 0
    assert "  two: install no-such-program" in capfd.readouterr().out
    assert Path(testing.NOT_RUN).read_text().startswith("two: ")


def test_nothing_that_can_run_is_no_success(project: Path) -> None:
    assert run(project, "def test_a(): pass", suite(needs=("no-such-program",))) == 1


def test_a_suite_on_demand_waits_to_be_named(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(project, "def test_a(): pass", suite(), suite("later", on_demand=True)) == 0
    assert "later" not in capfd.readouterr().out


@pytest.mark.usefixtures("project")
def test_an_unknown_suite_is_named() -> None:
    with pytest.raises(ChoreFailed, match="no suite is called nope"):
        testing.main(["nope"])
