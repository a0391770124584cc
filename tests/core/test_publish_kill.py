# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishing killed at every single call that touches the disk: absent or complete, and a rerun converges."""

from __future__ import annotations

from pathlib import Path

import judge
import kill
import make_job
import pytest
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles


def shape(project: Path) -> dict[str, bytes | None]:
    """The tree without what holds times or the name of a run; every version in it was judged complete."""
    assert judge.leftovers(project) == []
    judge.versions(project)
    timed = ("_ramses_data.json", ".ramses_complete", ".mhl", "ascmhl_chain.xml")
    found = {path: data for path, data in judge.tree(project).items() if not path.startswith("_ingest_reports")}
    return {path: None if path.endswith(timed) else data for path, data in found.items() if not path.endswith(".mhl")}


@pytest.mark.parametrize("level", ["copy", "full"])
@pytest.mark.parametrize("kind", ["sequence", "movie"])
def test_killed_anywhere(tmp_path: Path, level: str, kind: str) -> None:
    make = make_job.sequence(tmp_path / "in", last=1002) if kind == "sequence" else make_job.movie(tmp_path / "in")
    source = SourceFiles.take(make)
    resource = "" if kind == "sequence" else "REF"

    def run(project: Path, run: str) -> int:
        job = make_job.job(project, source, verify=level, resource=resource, run=run)
        return publish(job, jobs=1).version

    whole = tmp_path / "whole"
    whole.mkdir()
    run(whole, "run-0")
    expected = shape(whole)
    points = 0
    for nth in range(1, 1000):
        project = tmp_path / f"proj-{nth}"
        project.mkdir()
        if not kill.killed_at(nth, lambda project=project: run(project, "run-1")):
            break
        points += 1
        judge.versions(project)  # absent or complete, at this very instant
        assert run(project, "run-2") == 1
        assert shape(project) == expected, nth
    assert points > 40


def test_killed_anywhere_beside_other_versions(tmp_path: Path) -> None:
    """With versions of others around, numbers go on and nobody else's files are touched."""
    source = SourceFiles.take(make_job.sequence(tmp_path / "in", last=1001))
    other = SourceFiles.take(make_job.movie(tmp_path / "other"))
    points = 0
    for nth in range(1, 1000, 3):
        project = tmp_path / f"proj-{nth}"
        project.mkdir()
        publish(make_job.job(project, other, plan="before"))
        before = {path: data for path, data in judge.tree(project).items() if not path.startswith("_ingest_reports")}
        job = make_job.job(project, source, plan="killed")
        if not kill.killed_at(nth, lambda job=job: publish(job, jobs=1)):
            break
        points += 1
        done = publish(make_job.job(project, other, plan="after"))
        again = publish(job)
        assert {done.version, again.version} == {2, 3}
        assert judge.leftovers(project) == [] and len(judge.versions(project)) == 3
        after = judge.tree(project)
        assert before.items() <= after.items()
    assert points > 10
