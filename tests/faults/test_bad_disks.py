# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises 2, 3, 5, 13 and 14: disks that lie, hang or go away are found out by the file's name, and cost one clip."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import judge
import make_delivery
import make_job
import pytest
import xxhash
from bad_disk import BadDisk
from fault_figures import Figures
from ramses_plates.core import stage
from ramses_plates.core.errors import (
    Cancelled,
    DiskFull,
    NotAsListed,
    PlatesError,
    ReadFailed,
    SourceChanged,
    VerifyFailed,
    WriteFailed,
)
from ramses_plates.core.events import Cancel
from ramses_plates.core.ingest import carry_out
from ramses_plates.core.job import PublishJob
from ramses_plates.core.mhl_hashes import Listed
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles

BIG = 3 << 20  # several reads, and more than one read ahead
FRAMES = 4


@pytest.fixture
def disk(fast_folder: Path) -> Iterator[BadDisk]:
    """A disk that behaves until it is told otherwise."""
    with BadDisk(fast_folder) as disk:
        yield disk


@pytest.fixture
def project(fast_folder: Path) -> Path:
    """An empty project on a good disk."""
    return make_delivery.project(fast_folder)


def delivered(disk: BadDisk) -> SourceFiles:
    """A planned sequence on the bad disk."""
    make_job.sequence(disk.behind / "in", last=1000 + FRAMES, size=BIG)
    return SourceFiles.take(make_job.clip(disk.path / "in", last=1000 + FRAMES))


def nothing_left(project: Path) -> bool:
    """True where nothing of a publishing is there but the journal of its run."""
    return all((path.startswith(("05-SHOTS", "_ingest_reports/journal")) and path.count("/") < 2) or
               path == "_ingest_reports" for path in judge.tree(project))  # fmt: skip


def refused(job: PublishJob, kind: type[PlatesError], name: str, project: Path, jobs: int | None) -> None:
    """The publishing fails with this kind of error, by this file's name, and leaves nothing."""
    with pytest.raises(kind) as caught:
        publish(job, jobs=jobs)
    assert caught.value.path and name in caught.value.path, caught.value
    assert caught.value.advice
    assert nothing_left(project), sorted(judge.tree(project))


@pytest.mark.parametrize("jobs", [None, 1])
@pytest.mark.parametrize(("rule", "kind"), [("short", SourceChanged), ("eio", ReadFailed)])
def test_a_source_that_ends_early_or_fails(
    rule: str, kind: type[PlatesError], jobs: int | None, disk: BadDisk, project: Path, figures: Figures
) -> None:
    files = delivered(disk)
    disk.set(**{rule: "plate.1003"})
    refused(make_job.job(project, files), kind, "plate.1003", project, jobs)
    disk.set()
    again = SourceFiles.take(make_job.clip(disk.path / "in", last=1000 + FRAMES))
    assert publish(make_job.job(project, again), jobs=jobs).version == 1
    judge.versions(project)
    figures.add("bad disks")


@pytest.mark.parametrize("jobs", [None, 1])
def test_a_flipped_bit_of_the_source_differs_from_what_the_vendor_listed(
    jobs: int | None, disk: BadDisk, project: Path, figures: Figures
) -> None:
    files = delivered(disk)
    expected = {}
    for file in files:
        data = (disk.behind / "in" / os.path.basename(file.path)).read_bytes()
        expected[file.path] = (Listed(len(data), "xxh128", xxhash.xxh3_128_hexdigest(data), "vendor.mhl"),)
    disk.set(flip="plate.1002")
    refused(make_job.job(project, files, expected=expected), NotAsListed, "plate.1002", project, jobs)
    figures.add("bad disks")


@pytest.mark.parametrize("jobs", [None, 1])
@pytest.mark.parametrize(
    ("rule", "kind"), [("flip", VerifyFailed), ("eio", ReadFailed), ("full", DiskFull), ("flush", WriteFailed)]
)
def test_a_project_disk_that_lies_or_refuses(
    rule: str, kind: type[PlatesError], jobs: int | None, disk: BadDisk, fast_folder: Path, figures: Figures
) -> None:
    files = SourceFiles.take(make_job.sequence(fast_folder / "good", last=1000 + FRAMES, size=BIG))
    project = make_delivery.project(disk.path)
    disk.set(**{rule: "PLATE.1003"})
    refused(make_job.job(project, files), kind, "PLATE.1003", project, jobs)
    disk.set()
    assert publish(make_job.job(project, files), jobs=jobs).version == 1
    judge.versions(disk.behind / "PROJ")
    figures.add("bad disks")


@pytest.mark.parametrize("after", [0, 1, 3, 5, 9, 11])
@pytest.mark.parametrize("which", ["source", "project"])
def test_an_unplugged_disk(
    which: str, after: int, disk: BadDisk, fast_folder: Path, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    """The disk is gone from one moment to the next; when it is back, the same work ends well."""
    if which == "source":
        project, behind = make_delivery.project(fast_folder), fast_folder / "PROJ"
        files = delivered(disk)
    else:
        project, behind = make_delivery.project(disk.path), disk.behind / "PROJ"
        files = SourceFiles.take(make_job.sequence(fast_folder / "good", last=1000 + FRAMES, size=BIG))
    seen = []
    real = stage._Copier._alive

    def unplug(copier: Any, count: int) -> None:
        seen.append(count)
        if len(seen) == after + 1:
            disk.unplug(and_unmount=False)
        real(copier, count)

    with monkeypatch.context() as patch, pytest.raises(PlatesError) as caught:
        patch.setattr(stage._Copier, "_alive", unplug)
        publish(make_job.job(project, files), jobs=1)
    assert caught.value.path and caught.value.advice, caught.value
    assert judge.versions(behind) == []
    disk.unplug()
    disk.mount()
    if which == "source":
        files = SourceFiles.take(make_job.clip(disk.path / "in", last=1000 + FRAMES))
    done = publish(make_job.job(project, files))
    assert len(judge.versions(behind)) == 1 and done.version >= 1
    figures.add("bad disks")


def test_a_disk_that_is_not_there_when_the_work_begins(disk: BadDisk, fast_folder: Path, figures: Figures) -> None:
    files = SourceFiles.take(make_job.sequence(fast_folder / "good", last=1002))
    project = make_delivery.project(disk.path)
    disk.unplug()
    with pytest.raises(WriteFailed, match="mounted"):
        publish(make_job.job(project, files))
    assert judge.tree(disk.path) == {}
    figures.add("bad disks")


def test_a_hanging_read_costs_one_clip_and_the_run_goes_on(
    disk: BadDisk, project: Path, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    monkeypatch.setattr(stage, "PATIENCE", 1.5)
    for shot in ("SH010", "SH020", "SH030"):
        make_delivery.plate(disk.behind / shot, f"SEQ010_{shot}_PLATE", range(1001, 1004))
    plan = make_delivery.plan(disk.path, project)
    disk.set(hang="SH020_PLATE.1002")
    _forget_pages(disk)
    started = time.monotonic()
    result = carry_out(plan)
    assert time.monotonic() - started < 15
    statuses = {clip.planned.shot: clip.status for clip in result.clips}
    assert statuses == {"SH010": "published", "SH020": "failed", "SH030": "published"}
    (problem,) = [found for clip in result.clips for found in clip.findings if found.severity == "error"]
    assert "SH020_PLATE.1002" in problem.message and "1" in problem.message
    assert judge.leftovers(project) == [] and len(judge.versions(project)) == 2
    disk.set()
    again = carry_out(make_delivery.plan(disk.path, project))
    assert len(judge.versions(project)) == 3 and again.ok
    figures.add("bad disks")


@pytest.mark.parametrize("files_at_once", [1, 4])
def test_cancel_is_heard_while_a_read_hangs(files_at_once: int, disk: BadDisk, project: Path, figures: Figures) -> None:
    clip = make_job.sequence(disk.behind / "in", last=1000 + files_at_once, size=BIG)
    files = SourceFiles.take(make_job.clip(disk.path / "in", last=1000 + clip.count))
    disk.set(hang="plate")
    cancel = Cancel()
    asked = []
    threading.Timer(0.5, lambda: (asked.append(time.monotonic()), cancel.set())).start()
    with pytest.raises(Cancelled):
        publish(make_job.job(project, files), cancel=cancel)
    assert time.monotonic() - asked[0] < 1.0
    assert judge.leftovers(project) == [] and judge.versions(project) == []
    figures.add("cancels")


def _forget_pages(disk: BadDisk) -> None:
    """What the plan read is in memory, where no disk is asked for it."""
    for path in disk.path.rglob("*.exr"):
        fd = os.open(path, os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)
