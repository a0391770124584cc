# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of suites leaves no test out, runs none twice and is the one that the docs show."""

from __future__ import annotations

from pathlib import Path

import pytest
from ramses_plates.tools import environments, suites
from ramses_plates.tools.suites import Suite

ROOT = Path(__file__).parents[2]
ENVIRONMENT = environments.Environment("core")
EVERYTHING = Suite("core", "", ("",), ENVIRONMENT)
CLIENT = Suite("ramses", "", ("lib/ramses",), ENVIRONMENT)
PROBES = Suite("ffprobe", "", ("",), ENVIRONMENT, mark="ffprobe")


def test_what_others_name_is_left_to_them() -> None:
    known = [EVERYTHING, CLIENT, PROBES]
    assert EVERYTHING.targets(known) == ["tests", "--ignore=tests/lib/ramses", "-m", "not ffprobe"]
    assert CLIENT.targets(known) == ["tests/lib/ramses", "-m", "not ffprobe"]
    assert PROBES.targets(known) == ["tests", "-m", "ffprobe"]


def test_a_mark_does_not_reach_into_folders_of_another_environment() -> None:
    inside_a_host = Suite("host", "", ("hosts/other",), environments.Environment("host"))
    assert PROBES.targets([EVERYTHING, PROBES, inside_a_host]) == [
        "tests",
        "--ignore=tests/hosts/other",
        "-m",
        "ffprobe",
    ]


def test_every_environment_has_one_content() -> None:
    by_name: dict[str, environments.Environment] = {}
    for suite in suites.SUITES:
        assert by_name.setdefault(suite.environment.name, suite.environment) == suite.environment


def test_suite_names_are_unique() -> None:
    names = [suite.name for suite in suites.SUITES]
    assert len(names) == len(set(names))


def test_a_python_is_tested_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "running_version", lambda: "3.13")
    names = [suite.name for suite in suites.present()]
    assert "core" in names and "core-3.10" in names and "core-3.13" not in names


def test_a_missing_program_is_named() -> None:
    suite = Suite("x", "", ("",), ENVIRONMENT, needs=("sh", "no-such-program"))
    assert suite.missing_programs == ["no-such-program"]


def test_the_docs_show_this_table() -> None:
    """`build.py test --table` prints it."""
    assert suites.table() in (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
