# SPDX-License-Identifier: GPL-3.0-or-later
"""A run counts as good only when every test passed, and only real media may be missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from ramses_plates.tools import results

PASSED = '<testcase classname="a" name="good"/>'
FAILED = '<testcase classname="a" name="bad"><failure message="no">trace</failure></testcase>'
BROKEN = '<testcase classname="a" name="broken"><error message="no">trace</error></testcase>'


def skipped(reason: str, kind: str = "pytest.skip") -> str:
    return f'<testcase classname="a" name="absent"><skipped type="{kind}" message="{reason}">x</skipped></testcase>'


def read(folder: Path, exit_code: int | None, *cases: str) -> results.Outcome:
    path = folder / "suite.xml"
    path.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
    return results.read("suite", str(path), exit_code)


def test_all_passed(tmp_path: Path) -> None:
    outcome = read(tmp_path, 0, PASSED, PASSED)
    assert (outcome.passed, outcome.failed, outcome.skipped, outcome.trouble) == (2, 0, 0, ())


def test_failures_and_errors_count_alike(tmp_path: Path) -> None:
    outcome = read(tmp_path, 1, PASSED, FAILED, BROKEN)
    assert (outcome.passed, outcome.failed) == (1, 2)
    assert outcome.trouble


def test_absent_media_is_the_one_reason_to_skip(tmp_path: Path) -> None:
    import real_media

    outcome = read(tmp_path, 0, PASSED, skipped(real_media.ABSENT))
    assert (outcome.passed, outcome.skipped, outcome.trouble) == (1, 1, ())


@pytest.mark.parametrize("case", [skipped("ffprobe is missing"), skipped(""), skipped("later", "pytest.xfail")])
def test_any_other_skip_is_trouble(case: str, tmp_path: Path) -> None:
    outcome = read(tmp_path, 0, PASSED, case)
    assert "not allowed to skip: a.absent" in outcome.trouble[0]


@pytest.mark.parametrize(("exit_code", "cases"), [(2, (PASSED,)), (None, (PASSED,)), (-9, (PASSED,)), (5, ())])
def test_a_run_that_ended_badly_is_a_failure(exit_code: int | None, cases: tuple[str, ...], tmp_path: Path) -> None:
    assert read(tmp_path, exit_code, *cases).trouble


def test_no_results_are_a_failure(tmp_path: Path) -> None:
    outcome = results.read("suite", str(tmp_path / "none.xml"), 0)
    assert (outcome.failed, len(outcome.trouble)) == (1, 1)


def test_a_run_without_tests_is_a_failure(tmp_path: Path) -> None:
    assert read(tmp_path, 0).trouble == ("it ran no test",)


def test_the_closing_line_adds_up() -> None:
    outcomes = [results.Outcome("a", 3, 1), results.Outcome("b", 4, 0, 2)]
    assert results.closing_line(outcomes) == "7 passed, 1 failed, 2 skipped"
    assert results.closing_line(outcomes[:1]) == "3 passed, 1 failed"
