# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises 3, 4 and 8: no error of the system, at any call, becomes a success; it is told by path with what to do.

strace lets one call fail. Either the work says so, and nothing of it is left, or everything stands complete; then
the same work runs again and converges.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import fault_points
import fault_scenes
import judge
import pytest
import system_calls
from fault_figures import Figures
from ramses_plates.core.errors import PlatesError

ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EACCES", "EMFILE", "ESTALE", "EXDEV")
# Calls that carry data or names to the disk: where one of them fails, a success must at least say so.
LOSING = ("write", "pwrite64", "fsync", "fdatasync", "rename", "renameat2", "mkdir", "rmdir", "unlink", "ftruncate")
# These are allowed to know nothing: the cache is only a memory.
FORGIVING = ("cache",)


def attempt(stage: fault_scenes.Stage, project: Path, run: str) -> dict[str, Any]:
    """What the work says: {"done": sentences}, or {"error", "path", "advice"}."""
    try:
        return {"done": stage.scene.act(project, run)}
    except PlatesError as error:
        return {"error": str(error), "path": error.path, "advice": error.advice}


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("name", fault_scenes.NAMES)
def test_an_error_at_every_call(name: str, error: str, fast_folder: Path, figures: Figures) -> None:
    stage = fault_scenes.Stage(fault_scenes.scenes(fast_folder / "deliveries")[name], fast_folder)
    expected, points = stage.expected, stage.points()
    tried = 0
    problems = []
    for point in fault_points.chosen(points):
        project = stage.project()
        ended = system_calls.failing_at(point, error, lambda project=project: attempt(stage, project, "run-1"))
        tried += len(ended.hit)
        try:
            if ended.hit:
                judge_answer(stage, project, ended)
            stage.check(project)
            again = attempt(stage, project, "run-2")
            assert "done" in again, again
            # What the dead left could not be removed, so their number stays taken, and that was told.
            if not (name == "after a death" and ended.answer.get("done")):
                assert not different(stage.shape(project), expected)
        except (AssertionError, PlatesError, OSError) as problem:
            problems.append(f"{ended.hit or point}: {str(problem)[:600]}")
        shutil.rmtree(project.parent)
    assert not problems, f"{len(problems)} of {tried}:\n" + "\n".join(problems)
    assert tried >= 0.9 * len(fault_points.chosen(points))
    figures.add("injected errors", tried)


def judge_answer(stage: fault_scenes.Stage, project: Path, ended: system_calls.Ended) -> None:
    """A failure is told with path and advice and leaves nothing; a success is one, and tells what went wrong."""
    answer = ended.answer
    left = new_private(stage, project)
    if "error" in answer:
        assert answer["path"] and answer["path"] in answer["error"], f"no path: {answer}"
        assert answer["advice"], f"no advice: {answer}"
        named = all(answer["path"].endswith(path) or answer["path"] in str(project / path) for path in left)
        # An emptying of the trash that was begun is ended by the next one.
        fine = named or stage.scene.name == "empty" or "Left behind" in answer["error"]
        assert not left or fine, f"left: {left}"
    elif stage.scene.name not in FORGIVING:
        changed = different(stage.shape(project), stage.expected)
        # A record that stays is dropped by the next sync: its version lies in the trash.
        assert answer["done"] or changed <= {"_ingest_reports/outbox/mine.json"}, f"neither done nor told: {changed}"
        lost = re.match(r"\d+ +(\w+)\(", ended.hit[0])
        assert lost and (lost[1] not in LOSING or answer["done"]), f"success without a word: {ended.hit}"


def different(found: dict[str, bytes | None], expected: dict[str, bytes | None]) -> set[str]:
    """The paths that only one of two trees has, or that are not the same in both."""
    return {path for path in found.keys() | expected.keys() if found.get(path, "gone") != expected.get(path, "gone")}


def new_private(stage: fault_scenes.Stage, project: Path) -> list[str]:
    """Working folders and drafts that were not there before."""
    return sorted(path for path in judge.tree(project) if "/.ramses-" in path and path not in stage.before and
                  not path.endswith(".ramses_complete"))  # fmt: skip
