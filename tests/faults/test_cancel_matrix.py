# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises 1, 8 and 13: cancelled at any call, the work answers within a second and leaves as little as a kill."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fault_scenes
import judge
import kill
import make_delivery
import make_job
import pytest
from fault_figures import Figures
from ramses_plates.core import fsops
from ramses_plates.core.errors import Cancelled
from ramses_plates.core.events import Cancel
from ramses_plates.core.ingest import carry_out
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.undo import undo


class Countdown:
    """Sets a Cancel right before the nth call of anything that touches the disk, whichever thread makes it."""

    def __init__(self, nth: int, patch: pytest.MonkeyPatch) -> None:
        self.cancel = Cancel()
        self.asked = 0.0
        self._left = nth
        for name in kill.CALLS:
            patch.setattr(os, name, self._hook(getattr(os, name)))
        patch.setattr(fsops, "rename_exclusive", self._hook(fsops.rename_exclusive))

    def _hook(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any, **options: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                self.asked = time.monotonic()
                self.cancel.set()
            return real(*values, **options)

        return call


def cancelled(nth: int, action: Callable[[Cancel], object]) -> bool | None:
    """True where it was cancelled in time, False where it ended well all the same, None where it never came so far."""
    with pytest.MonkeyPatch.context() as patch:
        countdown = Countdown(nth, patch)
        try:
            action(countdown.cancel)
            stopped = False
        except Cancelled:
            stopped = True
        answered = time.monotonic()
    if not countdown.asked:
        return None
    assert answered - countdown.asked < 1.0
    return stopped


@pytest.mark.parametrize("jobs", [1, None])
@pytest.mark.parametrize("kind", ["sequence", "movie"])
def test_a_publishing_cancelled_at_every_call(kind: str, jobs: int | None, fast_folder: Path, figures: Figures) -> None:
    make = make_job.sequence if kind == "sequence" else make_job.movie
    files = SourceFiles.take(make(fast_folder / "in"))
    tried = 0
    for nth in range(1, 2000):
        project = fast_folder / "PROJ"
        project.mkdir()
        job = make_job.job(project, files)
        stopped = cancelled(nth, lambda cancel, job=job: publish(job, jobs=jobs, cancel=cancel))
        if stopped is None:
            break
        tried += 1
        assert len(judge.versions(project)) == (0 if stopped else 1)
        assert judge.leftovers(project) == []
        assert publish(make_job.job(project, files, run="again")).version == 1
        assert len(judge.versions(project)) == 1 and judge.leftovers(project) == []
        shutil.rmtree(project)
    assert tried > 40
    figures.add("cancels", tried)


def test_an_ingest_cancelled_at_every_fifth_call(fast_folder: Path, figures: Figures) -> None:
    """The clips that stand are kept, registered and reported; the others are as if nobody had begun."""
    for shot in ("SH010", "SH020"):
        make_delivery.plate(fast_folder / "in" / shot, f"SEQ010_{shot}_PLATE", range(1001, 1003))
    tried = 0
    for nth in range(1, 2000, 5):
        project = make_delivery.project(fast_folder / str(nth))
        plan = make_delivery.plan(fast_folder / "in", project)
        results: list[Any] = []
        stopped = cancelled(nth, lambda cancel, p=plan, r=results: r.append(carry_out(p, cancel=cancel)))
        assert not stopped
        if stopped is None:
            break
        tried += 1
        (result,) = results
        standing = {clip.planned.shot for clip in result.clips if clip.status == "published"}
        assert {clip.status for clip in result.clips} <= {"published", "planned"}
        assert len(judge.versions(project)) == len(standing) and judge.leftovers(project) == []
        waiting = list((project / "_ingest_reports" / "outbox").glob("*.json"))
        assert len(waiting) >= len(standing)
        judge.readable(project)
        assert carry_out(make_delivery.plan(fast_folder / "in", project)).ok
        assert len(judge.versions(project)) == 2
    assert tried > 20
    figures.add("cancels", tried)


def test_an_undo_cancelled_at_every_call(fast_folder: Path, figures: Figures) -> None:
    stage = fault_scenes.Stage(fault_scenes.scenes(fast_folder / "deliveries")["undo"], fast_folder)
    tried = 0
    for nth in range(1, 2000):
        project = stage.project()
        if cancelled(nth, lambda cancel, project=project: undo(os.fspath(project), "mine", cancel=cancel)) is None:
            break
        tried += 1
        stage.check(project)
        stage.scene.act(project, "run-2")
        assert stage.shape(project) == stage.expected
        shutil.rmtree(project.parent)
    assert tried > 20
    figures.add("cancels", tried)
