# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises 1, 7 and 8: fifty at once get fifty versions, whoever is killed among them blocks nobody."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from pathlib import Path

import judge
import make_job
import pytest
import system_calls
from fault_figures import Figures
from ramses_plates.core.job import PublishJob
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.undo import undo

MANY = 50
LONGEST = 120.0  # seconds: whoever takes longer waits for somebody


def start(job: PublishJob, begin: int, go: int) -> int:
    """A process that publishes as soon as nobody holds `go` any more; it ends with 0 if all is well."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(go)
            os.read(begin, 1)
            publish(job, jobs=1)
            status = 0
        finally:  # a child must never come back into the test
            os._exit(status)
    return child


def ended(children: list[int]) -> list[int]:
    """How each ended, as waitpid tells it; none may take for ever."""
    until, found = time.monotonic() + LONGEST, {}
    while len(found) < len(children):
        for child in children:
            if child not in found:
                pid, status = os.waitpid(child, os.WNOHANG)
                if pid:
                    found[child] = status
        if time.monotonic() > until:
            for child in set(children) - set(found):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            raise AssertionError(f"{len(children) - len(found)} of {len(children)} hang")
        time.sleep(0.01)
    return [found[child] for child in children]


@pytest.fixture
def project(fast_folder: Path) -> Path:
    """An empty project, and what is imported late imported."""
    warm = fast_folder / "warm"
    warm.mkdir()
    publish(make_job.job(warm, make_job.movie(fast_folder / "warm-in")))
    folder = fast_folder / "PROJ"
    folder.mkdir()
    return folder


def race(jobs: list[PublishJob]) -> list[int]:
    """One process per job, let go in one moment."""
    begin, go = os.pipe()
    children = [start(job, begin, go) for job in jobs]
    os.close(begin)
    os.close(go)
    return children


@pytest.mark.parametrize("turn", range(2))
def test_fifty_publish_the_same_shot_at_once(turn: int, project: Path, figures: Figures) -> None:
    files = SourceFiles.take(make_job.sequence(project.parent / "in", last=1003, size=50_000, seed=turn))
    jobs = [make_job.job(project, files, plan=f"plan {number}", run=f"run-{number}") for number in range(MANY)]
    assert ended(race(jobs)) == [0] * MANY
    found = judge.versions(project)
    # A number that was given back while higher ones were committed stays unused: numbers only ever grow.
    assert len({int(folder.name[:3]) for folder in found}) == len(found) == MANY
    assert len({_plan_of(folder) for folder in found}) == MANY
    assert judge.leftovers(project) == []
    assert all(undo(os.fspath(project), job.run).ok for job in jobs[::10])
    figures.add("processes at once", MANY)


@pytest.mark.parametrize("seed", range(4))
def test_half_of_them_are_killed_at_any_moment(seed: int, project: Path, figures: Figures) -> None:
    """The others end well, nobody waits for the dead, and the dead ones' work done again is no second version."""
    files = SourceFiles.take(make_job.sequence(project.parent / "in", last=1003, size=50_000, seed=seed))
    jobs = [make_job.job(project, files, plan=f"plan {number}", run=f"run-{number}") for number in range(24)]
    children, dice = race(jobs), random.Random(seed)
    victims = dice.sample(children, 12)
    for victim in victims:
        time.sleep(dice.random() * 0.02)
        os.kill(victim, signal.SIGKILL)
    results = ended(children)
    for child, status in zip(children, results, strict=True):
        assert status == 0 or child in victims
    judge.versions(project)
    again = [job for job, status in zip(jobs, results, strict=True) if status != 0]
    assert ended(race(again)) == [0] * len(again)
    found = judge.versions(project)
    assert len(found) == len(jobs) and judge.leftovers(project) == []
    plans = {_plan_of(folder) for folder in found}
    assert len(plans) == len(jobs)
    figures.add("processes at once", len(jobs))
    figures.add("killed in a race", sum(os.WIFSIGNALED(status) for status in results))


@pytest.mark.parametrize("nth", range(1, 4))
def test_a_holder_killed_while_reserving_blocks_nobody(nth: int, project: Path, figures: Figures) -> None:
    """Reserve, commit, give back: killed at each of these renames, the next one gets on at once."""
    files = SourceFiles.take(make_job.sequence(project.parent / "in", last=1001))
    dead = make_job.job(project, files, plan="dead", run="dead")
    point = system_calls.Point("renameat2", nth)
    assert system_calls.killed_at(point, lambda: publish(dead, jobs=1)).killed
    before = time.monotonic()
    assert publish(make_job.job(project, files, plan="next"), jobs=1).version == (2 if nth == 3 else 1)
    assert time.monotonic() - before < 5
    assert judge.leftovers(project) == []
    figures.add("killed in a race")


def _plan_of(folder: Path) -> str:
    entries = json.loads((folder / "_ramses_data.json").read_bytes())
    return str(next(iter(entries.values()))["ramses_plates"]["plan"])
