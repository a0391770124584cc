# SPDX-License-Identifier: GPL-3.0-or-later
"""Promise 13: a cancel is answered within a second at every stage, also in the middle of one huge file or of a disk or
a Ramses that gives no answer, and leaves nothing behind.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import judge
import make_delivery
import make_exr
import make_job
import pytest
from bad_disk import BadDisk
from fault_figures import Figures
from ramses_database import demo
from ramses_double import Daemon, Faults
from ramses_plates.core import hashing, mhl, stage
from ramses_plates.core.clip import Clip
from ramses_plates.core.delivery import survey
from ramses_plates.core.duplicates import same_content
from ramses_plates.core.errors import Cancelled
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.outbox import pending
from ramses_plates.core.planner import make_plan
from ramses_plates.core.publish import publish
from ramses_plates.core.register import sync
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.sync_lock import SyncLock
from ramses_plates.core.trash_empty import empty_trash
from ramses_plates.core.undo import undo
from ramses_plates.core.verify import verify
from ramses_plates.lib.ramses.client import RamDaemonInterface
from registrations import publish as published
from registrations import registration

HUGE = 200 << 30  # bytes of nothing: read to the end it takes minutes
WITHIN = 1.0  # seconds
LOOKS = [("scan", 300, 50), ("probe", 2000, 1), ("frames", 20, 800)]  # stage, clips, frames


class Stop:
    """A cancel that remembers when it was asked for: by a timer, or by the first event of a stage."""

    def __init__(self, stage: str = "", after: float = 0.0) -> None:
        self.cancel = Cancel()
        self.asked = 0.0
        self._stage = stage
        if after:
            threading.Timer(after, self.now).start()

    def now(self) -> None:
        """Ask, once."""
        if not self.asked:
            self.asked = time.monotonic()
            self.cancel.set()

    def __call__(self, event: Event) -> None:
        if event.stage == self._stage and event.done:
            self.now()

    def answered(self, work: Callable[[], object], *, raises: bool = True) -> None:
        """The work ends soon after it was asked to."""
        if raises:
            with pytest.raises(Cancelled):
                work()
        else:
            work()
        ended = time.monotonic()
        assert self.asked, "it ended before it was asked to"
        assert ended - self.asked < WITHIN, f"answered after {ended - self.asked:.2f} s"


@pytest.fixture
def project(fast_folder: Path) -> Path:
    """An empty project."""
    return make_delivery.project(fast_folder)


@pytest.fixture
def disk(fast_folder: Path) -> Iterator[BadDisk]:
    """A disk that can hang."""
    with BadDisk(fast_folder) as disk:
        yield disk


@pytest.fixture(autouse=True)
def counted(figures: Figures) -> None:
    """Every test here is one cancel."""
    figures.add("cancels")


def huge(path: Path) -> Path:
    """A file whose bytes take no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.truncate(path, HUGE)
    return path


def huge_movie(folder: Path) -> Clip:
    """A movie to publish."""
    clip = make_job.movie(folder)
    os.truncate(os.path.join(clip.folder, clip.file), HUGE)
    return clip


def huge_version(folder: Path) -> Path:
    """A version that holds a huge movie; what its manifest says of it is wrong, but who reads that far?"""
    movie = huge(folder / f"{make_job.STEM}.mov")
    home = folder / mhl.FOLDER
    home.mkdir()
    name = mhl.generation_name(make_job.STEM, 1.7e9)
    creator = mhl.Creator("test", "1", "host", "")
    hash_name = hashing.preferred()
    digest = hashing.new(hash_name)
    assert digest is not None
    text = hashing.text(hash_name, digest.digest())
    data = b"".join(mhl.write_generation(creator, 1.7e9, hash_name, [(movie.name, HUGE, text)]))
    (home / name).write_bytes(data)
    (home / mhl.CHAIN).write_bytes(mhl.write_chain(name, hashing.c4_of(data)))
    (folder / ".ramses_complete").write_bytes(b"1700000000")
    return folder


def links(folder: Path, clips: int, frames: int) -> Path:
    """Many files of one frame."""
    one = folder / "one.exr"
    folder.mkdir()
    make_exr.write(os.fspath(one), 16, 9)
    for clip in range(clips):
        home = folder / "in" / f"SH{clip:04d}"
        home.mkdir(parents=True)
        for frame in range(1001, 1001 + frames):
            os.link(one, home / f"SEQ010_SH{clip:04d}_PLATE.{frame}.exr")
    return folder / "in"


@pytest.mark.parametrize(("name", "clips", "frames"), LOOKS)
def test_looking_at_a_delivery(name: str, clips: int, frames: int, fast_folder: Path) -> None:
    delivery, stop = links(fast_folder / "many", clips, frames), Stop(name)
    stop.answered(lambda: survey([os.fspath(delivery)], listen=stop, cancel=stop.cancel))


def test_planning(fast_folder: Path, project: Path) -> None:
    delivery = survey([os.fspath(links(fast_folder / "many", 200, 5))], every_frame=False)
    stop = Stop("plan")
    stop.answered(lambda: make_plan(delivery, make_delivery.options(project), listen=stop, cancel=stop.cancel))


def test_hashing_one_huge_file_for_the_plan(fast_folder: Path) -> None:
    version, clip = huge_version(fast_folder / "001_OK"), huge_movie(fast_folder / "in")
    stop = Stop(after=0.3)
    stop.answered(lambda: same_content(os.fspath(version), SourceFiles.take(clip), stop.cancel))


@pytest.mark.parametrize("jobs", [None, 1])
def test_copying_one_huge_file(jobs: int | None, fast_folder: Path, project: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("ramses_plates.core.publish.check_space", lambda *_words: None)
    clip, stop = huge_movie(fast_folder / "in"), Stop("publish")
    stop.answered(lambda: publish(make_job.job(project, clip), jobs=jobs, listen=stop, cancel=stop.cancel))
    assert judge.leftovers(project) == [] and judge.versions(project) == []


@pytest.mark.parametrize("jobs", [None, 1])
def test_reading_a_copy_back(jobs: int | None, fast_folder: Path, project: Path, monkeypatch: Any) -> None:
    """The copy is read back from something huge in its place."""
    other, stop = huge(fast_folder / "huge"), Stop()
    real = stage.hash_file

    def read_back(_path: str, *words: Any, **options: Any) -> int:
        threading.Timer(0.3, stop.now).start()
        return real(os.fspath(other), *words, **options)

    monkeypatch.setattr(stage, "hash_file", read_back)
    job = make_job.job(project, make_job.movie(fast_folder / "in"))
    stop.answered(lambda: publish(job, jobs=jobs, cancel=stop.cancel))
    assert judge.leftovers(project) == [] and judge.versions(project) == []


@pytest.mark.parametrize("jobs", [None, 1])
def test_verifying_a_huge_file(jobs: int | None, fast_folder: Path) -> None:
    version, stop = huge_version(fast_folder / "001_OK"), Stop("verify")
    stop.answered(lambda: verify(os.fspath(version), jobs=jobs, listen=stop, cancel=stop.cancel))


def test_verifying_on_a_disk_that_hangs(disk: BadDisk) -> None:
    huge_version(disk.behind / "001_OK")
    disk.set(hang=".mov")
    stop = Stop(after=0.5)
    stop.answered(lambda: verify(os.fspath(disk.path / "001_OK"), cancel=stop.cancel))


def test_hashing_on_a_disk_that_hangs(disk: BadDisk) -> None:
    version = huge_version(disk.behind / "001_OK")
    clip = huge_movie(disk.behind / "in")
    files = SourceFiles.take(replace(clip, root=os.fspath(disk.path / "in")))
    disk.set(hang="ref.mov")
    stop = Stop(after=0.5)
    stop.answered(lambda: same_content(os.fspath(version), files, stop.cancel))


@pytest.mark.parametrize("verb", ["undo", "empty"])
def test_taking_back(verb: str, fast_folder: Path, project: Path) -> None:
    source = SourceFiles.take(make_job.movie(fast_folder / "in", size=100))
    for number in range(20):
        publish(make_job.job(project, source, plan=f"plan-{number}", run="run"), jobs=1)
    stop = Stop(verb)
    if verb == "undo":
        stop.answered(lambda: undo(os.fspath(project), "run", listen=stop, cancel=stop.cancel))
    else:
        assert undo(os.fspath(project), "run").ok
        stop.answered(lambda: empty_trash(os.fspath(project), listen=stop, cancel=stop.cancel))
    judge.versions(project)
    assert (undo(os.fspath(project), "run") if verb == "undo" else empty_trash(os.fspath(project))).ok


@pytest.mark.parametrize("nth", [1, 2, 3, 6])
def test_a_ramses_that_is_silent(nth: int, start_ramses: Callable[..., Daemon], project: Path) -> None:
    """It leaves one request without an answer."""
    published(project, registration(), registration("SH600"))
    ramses = demo(short_name="PROJ", folder=project.as_posix())
    daemon = start_ramses(ramses, faults=Faults(silent=True, nth=nth))
    client = RamDaemonInterface(daemon.port)
    stop = Stop(after=0.5)
    stop.answered(lambda: sync(os.fspath(project), client, cancel=stop.cancel), raises=False)
    client.close()
    assert len(pending(os.fspath(project))) == 2


def test_waiting_for_another_sync(project: Path) -> None:
    published(project, registration())
    stop = Stop(after=0.3)

    def second() -> None:
        with SyncLock(os.fspath(project), "second", cancel=stop.cancel):
            raise AssertionError("two hold it")

    with SyncLock(os.fspath(project), "first"):
        stop.answered(second)
