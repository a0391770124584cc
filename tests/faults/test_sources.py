# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises 2, 5 and 6: a source that is not, or does not stay, what was planned is refused by name, at any moment.

What is published instead is what was planned, byte for byte, or nothing.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import judge
import make_job
import pytest
from fault_figures import Figures
from ramses_plates.core import stage
from ramses_plates.core.errors import PlatesError, SourceChanged
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles

SIZE = 3 << 20
MOMENTS = range(16)


def shrinks(path: Path) -> None:
    os.truncate(path, SIZE // 3)


def grows(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def vanishes(path: Path) -> None:
    path.unlink()


def is_replaced(path: Path) -> None:
    """As rsync and editors do: a new file under the old name, with the old size and time."""
    facts = path.stat()
    new = path.with_name("new")
    new.write_bytes(bytes(facts.st_size))
    os.utime(new, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    new.replace(path)


def is_rewritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"another first line")


def is_rewritten_and_dated_back(path: Path) -> None:
    """Size and modification time are the planned ones again; only the time of the last change tells."""
    facts = path.stat()
    with path.open("r+b") as file:
        file.write(b"another first line")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def becomes_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def becomes_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


WAYS = (
    shrinks, grows, vanishes, is_replaced, is_rewritten, is_rewritten_and_dated_back, becomes_a_folder, becomes_a_pipe,
)  # fmt: skip


@pytest.mark.parametrize("jobs", [None, 1])
@pytest.mark.parametrize("way", WAYS)
def test_a_source_that_changes_while_its_clip_is_copied(
    way: Callable[[Path], None], jobs: int | None, fast_folder: Path, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    """At every piece that is copied, the second of three files changes."""
    for at in MOMENTS:
        place = fast_folder / str(at)
        clip = make_job.sequence(place / "in", last=1003, size=SIZE)
        files, project = SourceFiles.take(clip), place / "PROJ"
        planned = {file.path: Path(file.path).read_bytes() for file in files}
        project.mkdir()
        victim = place / "in" / "plate.1002.exr"
        monkeypatch.setattr(stage._Copier, "_alive", changing(at, lambda victim=victim: way(victim)))
        try:
            done = publish(make_job.job(project, files), jobs=jobs)
        except SourceChanged as error:
            assert error.path == os.fspath(victim) and error.advice
            assert judge.versions(project) == [] and judge.leftovers(project) == []
        else:
            # It changed when its last byte had been read already: what stands is what was planned.
            # Dated back before its copy began, it is the file that was delivered in the end: whole, never a mixture.
            whole = {path: {data} for path, data in planned.items()}
            if way is is_rewritten_and_dated_back:
                whole[os.fspath(victim)].add(victim.read_bytes())
            content = sorted(judge.content(project / done.folder).items())
            for (_name, data), allowed in zip(content, whole.values(), strict=True):
                assert data in allowed
        figures.add("changing sources")


def changing(at: int, action: Callable[[], None]) -> Callable[[Any, int], None]:
    """A stand-in for _alive that acts at the nth call of any thread."""
    lock = threading.Lock()
    left = [at]
    real = stage._Copier.__dict__["_alive"] if not hasattr(stage._Copier._alive, "real") else stage._Copier._alive.real

    def alive(copier: Any, count: int) -> None:
        with lock:
            left[0] -= 1
            if left[0] == -1:
                action()
        real(copier, count)

    alive.real = real  # type: ignore[attr-defined]
    return alive


def test_a_source_that_somebody_writes_all_the_time(fast_folder: Path, figures: Figures) -> None:
    """Without any plan behind it: a writer at random moments, and each publishing right or refused."""
    place = fast_folder
    clip = make_job.sequence(place / "in", last=1004, size=200_000)
    victims = sorted((place / "in").iterdir())
    stop, dice = threading.Event(), random.Random(5)

    def write() -> None:
        while not stop.wait(dice.random() * 0.004):
            path = dice.choice(victims)
            with path.open("r+b") as file:
                file.seek(dice.randrange(190_000))
                file.write(dice.randbytes(5000))

    writer = threading.Thread(target=write)
    writer.start()
    refused = published = 0
    try:
        for turn in range(60):
            project = place / f"PROJ{turn}"
            project.mkdir()
            files = SourceFiles.take(clip)
            try:
                publish(make_job.job(project, files, plan=str(turn)))
                published += 1
            except PlatesError as error:
                assert isinstance(error, SourceChanged) and error.path and "plate.1" in error.path
                refused += 1
            assert judge.leftovers(project) == []
            assert len(judge.versions(project)) <= 1
    finally:
        stop.set()
        writer.join()
    assert refused
    figures.add("changing sources", refused + published)
    # Nobody writes any more: the same work ends well.
    project = place / "PROJ-calm"
    project.mkdir()
    publish(make_job.job(project, SourceFiles.take(clip)))
    assert sorted(judge.content(judge.versions(project)[0]).values()) == sorted(path.read_bytes() for path in victims)


@pytest.mark.parametrize("size", [0, 1, SIZE // 2, SIZE - 1])
def test_a_source_that_was_still_arriving_when_it_was_planned(size: int, fast_folder: Path, figures: Figures) -> None:
    """Planned half, copied later: it is another file by then, whether its name is the old one or a new one."""
    clip = make_job.sequence(fast_folder / "in", last=1002, size=SIZE)
    victim = fast_folder / "in" / "plate.1002.exr"
    whole = victim.read_bytes()
    victim.write_bytes(whole[:size])
    files = SourceFiles.take(clip)
    victim.write_bytes(whole)
    project = fast_folder / "PROJ"
    project.mkdir()
    with pytest.raises(SourceChanged, match=r"plate\.1002"):
        publish(make_job.job(project, files))
    assert judge.versions(project) == [] and judge.leftovers(project) == []
    assert publish(make_job.job(project, SourceFiles.take(clip))).version == 1
    figures.add("changing sources")
