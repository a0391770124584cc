# SPDX-License-Identifier: GPL-3.0-or-later
"""The work that is killed and made to fail: each scene prepares a project, acts on it, and can act again.

A scene's act returns the sentences that it would show besides its success, and raises PlatesError where it fails.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import judge
import make_clips
import make_delivery
import make_job
import system_calls
from ramses_plates.core import os_errors, outbox, trash
from ramses_plates.core.cache import ProbeCache
from ramses_plates.core.errors import PlatesError
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.ingest import carry_out
from ramses_plates.core.job import Copies, PublishJob
from ramses_plates.core.media import Media
from ramses_plates.core.project_facts import ProjectFacts, save_facts
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.sync_lock import SyncLock
from ramses_plates.core.trash_empty import empty_trash
from ramses_plates.core.undo import undo
from ramses_plates.core.work_context import WorkContext
from ramses_plates.core.work_publish import publish_scene
from registrations import registration

HOME = f"{make_job.STEP_FOLDER}/_published"
TRASH = f"_trash/{make_job.STEP_FOLDER}"
FRAMES = (1001, 1002)
_numbers = itertools.count()


@dataclass(frozen=True)
class Scene:
    """`prepare` fills an empty project, `act` works on it under a run's name; `moved` are paths that act may change."""

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path, str], list[str]]
    moved: tuple[str, ...] = ()


def fast_folder() -> Path:
    """A new empty folder in memory, or where temporary files lie: thousands of flushes say nothing about disks."""
    return Path(tempfile.mkdtemp(prefix="plates-faults-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))


@dataclass
class Stage:
    """The projects of one scene, each a copy of one that was prepared once."""

    scene: Scene
    place: Path
    template: Path = field(init=False)
    before: dict[str, bytes | None] = field(init=False)

    def __post_init__(self) -> None:
        self.template = self.place / "template"
        (self.template / "05-SHOTS").mkdir(parents=True)
        self.scene.prepare(self.template)
        self.before = judge.tree(self.template)

    def project(self) -> Path:
        """A fresh prepared project."""
        path = self.place / f"try-{next(_numbers)}" / "PROJ"
        shutil.copytree(self.template, path, symlinks=True)
        return path

    def points(self) -> list[system_calls.Point]:
        """Every system call of the scene."""
        self.scene.act(self.project(), "run-0")  # what is imported late is imported here
        project = self.project()
        return system_calls.points(lambda: self.scene.act(project, "run-0"))

    @cached_property
    def expected(self) -> dict[str, bytes | None]:
        """What an undisturbed run makes of the project."""
        project = self.project()
        self.scene.act(project, "run-2")
        return self.shape(project)

    def shape(self, project: Path) -> dict[str, bytes | None]:
        """What the work must end with, whatever happened before."""
        found = judge.shape(project)
        if self.scene.name == "restore":  # an undo whose version stands is nothing to tell: the next sync drops it
            found = {path: data for path, data in found.items() if b'"action": "undo"' not in (data or b"")}
        return found

    def check(self, project: Path) -> None:
        """Whatever happened: versions are whole, nothing foreign was touched, nothing half can be seen."""
        judge.whole(project)
        after = judge.tree(project)
        for path, data in self.before.items():
            if not path.startswith(self.scene.moved or ("\0",)):
                assert after.get(path, "gone") == data, f"{path} was touched"
        judge.readable(project)
        if self.scene.name == "empty":
            home = project / TRASH
            assert any((home / name).exists() for name in ("002_OK", "002_OK+emptied")), (
                "its number may be issued again"
            )


def scenes(place: Path) -> dict[str, Scene]:
    """All scenes by name; their deliveries lie below `place`."""
    plates = SourceFiles.take(make_job.sequence(place / "plates", last=1002))
    movie = SourceFiles.take(make_job.movie(place / "movie"))
    found = (
        _publishing("sequence", lambda root, run: make_job.job(root, plates, run=run)),
        _publishing("movie", lambda root, run: make_job.job(root, movie, run=run, verify="copy"), registered=True),
        _publishing(
            "resource", lambda root, run: make_job.job(root, movie, run=run, resource="REF"), _others(plates, movie)
        ),
        _publishing("again", lambda root, run: make_job.job(root, plates, run=run), _published(plates)),
        _publishing(
            "after a death",
            lambda root, run: make_job.job(root, plates, run=run),
            _died(plates),
            moved=(f"{HOME}/.ramses-",),
        ),
        _patch(plates, place),
        _undo(plates, movie),
        _outbox(),
        _ingest(place),
        _artist(place),
        _cache(),
        _lock(),
        _facts(),
        _restore(plates),
        _empty_trash(plates),
    )
    return {scene.name: scene for scene in found}


NAMES = (
    "sequence", "movie", "resource", "again", "after a death", "patch", "undo", "outbox", "ingest", "artist", "cache",
    "lock", "facts", "restore", "empty",
)  # fmt: skip


def told(sentence: str, path: str | None, advice: str = "") -> PlatesError:
    """The error behind a sentence that a result shows; its advice may be part of the sentence."""
    inside = next((known for known in (*os_errors.ADVICE.values(), "Look ") if known in sentence), "")
    return PlatesError(sentence, path, advice or inside)


def _empty(_root: Path) -> None:
    """Nothing was there before."""


def _publishing(
    name: str,
    make: Callable[[Path, str], PublishJob],
    prepare: Callable[[Path], None] = _empty,
    registered: bool = False,
    moved: tuple[str, ...] = (),
) -> Scene:
    def act(root: Path, run: str) -> list[str]:
        def sealed(version: int, folder: str) -> None:
            record = registration("SH010", version, state="OK", folder=folder, id="SH010-PLATE-one", created="")
            outbox.enqueue(os.fspath(root), record)

        done = publish(make(root, run), jobs=1, sealed=sealed if registered else None)
        return list(done.warnings)

    return Scene(name, prepare, act, moved)


def _others(plates: SourceFiles, movie: SourceFiles) -> Callable[[Path], None]:
    """Versions of ours and of others, also undone ones, and a stranger's files."""

    def prepare(root: Path) -> None:
        publish(make_job.job(root, plates, plan="other 1", run="other"), jobs=1)
        publish(make_job.job(root, movie, plan="other 2", run="undone"), jobs=1)
        assert undo(os.fspath(root), "undone").ok
        home = root / HOME
        (home.parent / "notes.txt").write_text("do not touch")
        (home / ".hidden").mkdir()
        (home / ".hidden" / "theirs").write_text("do not touch")

    return prepare


def _published(plates: SourceFiles) -> Callable[[Path], None]:
    return lambda root: (publish(make_job.job(root, plates, run="first"), jobs=1), None)[1]


def _died(plates: SourceFiles) -> Callable[[Path], None]:
    """A publisher of this plan and one of another plan died after their seal."""

    def prepare(root: Path) -> None:
        for plan in ("plan-1", "another"):

            def act(plan: str = plan) -> None:
                publish(make_job.job(root, plates, plan=plan, run="dead"), jobs=1)

            # The second of its exclusive renames makes it a version: reserve, commit, give back.
            assert system_calls.killed_at(system_calls.Point("renameat2", 2), act).killed

    return prepare


def _patch(plates: SourceFiles, place: Path) -> Scene:
    """One new frame and one of the published version."""
    new = SourceFiles.take(make_job.sequence(place / "patch", first=1002, last=1002, seed=2))

    def job(root: Path, run: str) -> PublishJob:
        kept = SourceFiles.take(make_clips.sequence(os.fspath(root / HOME / "001_OK"), make_job.STEM, "exr", FRAMES))
        return make_job.job(root, new, run=run, files=(
            Copies(kept, f"{make_job.STEM}.", ".exr", FrameSet.of([1001])), Copies(new, f"{make_job.STEM}.", ".exr"),
        ))  # fmt: skip

    return _publishing("patch", job, _published(plates))


def _undo(plates: SourceFiles, movie: SourceFiles) -> Scene:
    def prepare(root: Path) -> None:
        publish(make_job.job(root, plates, plan="stays", run="stays"), jobs=1)
        for plan, source in (("a", plates), ("b", movie)):
            publish(make_job.job(root, source, plan=plan, run="mine"), jobs=1)
        for run in ("mine", "other"):
            outbox.enqueue(os.fspath(root), registration(run=run, id=run))

    def act(root: Path, _run: str) -> list[str]:
        done = undo(os.fspath(root), "mine")
        if not done.ok:
            folder, sentence = done.refused[0]
            raise told(sentence, folder)
        return []

    moved = (f"{HOME}/002_OK", f"{HOME}/003_OK", "_ingest_reports/journal", "_ingest_reports/outbox/mine")
    return Scene("undo", prepare, act, moved)


def _undone(plates: SourceFiles) -> Callable[[Path], None]:
    """One version stands, another one lies in the trash."""

    def prepare(root: Path) -> None:
        publish(make_job.job(root, plates, plan="stays", run="stays"), jobs=1)
        publish(make_job.job(root, plates, plan="undone", run="undone"), jobs=1)
        assert undo(os.fspath(root), "undone").ok

    return prepare


def _restore(plates: SourceFiles) -> Scene:
    def act(root: Path, _run: str) -> list[str]:
        where = os.fspath(root)
        if any(entry.run == "undone" for entry in trash.list_trash(where)):  # else it was restored before
            done = trash.restore(where, "undone", jobs=1)
            if not done.ok:
                raise told(done.refused[0][1], done.refused[0][0])
        return []

    return Scene("restore", _undone(plates), act, (TRASH, "_ingest_reports"))


def _empty_trash(plates: SourceFiles) -> Scene:
    def act(root: Path, _run: str) -> list[str]:
        done = empty_trash(os.fspath(root))
        if not done.ok:
            raise told(done.refused[0][1], done.refused[0][0])
        return []

    return Scene("empty", _undone(plates), act, (TRASH, "_ingest_reports"))


def _outbox() -> Scene:
    def prepare(root: Path) -> None:
        outbox.enqueue(os.fspath(root), registration("SH100", id="done"))
        outbox.enqueue(os.fspath(root), registration("SH200", id="old", comment="before"))

    def act(root: Path, _run: str) -> list[str]:
        where = os.fspath(root)
        outbox.enqueue(where, registration("SH200", id="old", comment="after"))
        outbox.enqueue(where, registration("SH300", id="new"))
        outbox.note_reasons(where, {"old": "Ramses is not there."})
        outbox.confirmed(where, registration("SH100", id="done"))
        return []

    return Scene("outbox", prepare, act, ("_ingest_reports/outbox",))


def _ingest(place: Path) -> Scene:
    """A delivery with a sequence, from the plan to the report."""
    delivery = make_delivery.plate(place / "delivery", "SEQ010_SH020_PLATE", range(1001, 1003))

    def act(root: Path, run: str) -> list[str]:
        result = carry_out(make_delivery.plan(delivery, root, step="PLATE"), jobs=1, run=f"{run}-ingest")
        for clip in result.clips:
            for finding in (*clip.planned.findings, *clip.findings):
                if finding.severity == "error":
                    raise told(finding.message, finding.file, finding.advice)
        return [*result.warnings, *(finding.message for clip in result.clips for finding in clip.findings)]

    return Scene("ingest", _empty, act)


def _artist(place: Path) -> Scene:
    """A host's scene: saved as a work version, published, registered."""
    scene = place / "scene.nk"
    scene.write_text("Root {}\n" * 50)

    def act(root: Path, _run: str) -> list[str]:
        context = WorkContext.of_shot(os.fspath(root), "PROJ", "SH010", "COMP")
        return list(publish_scene(context, os.fspath(scene), state="OK").warnings)

    return Scene("artist", _empty, act)


def _cache() -> Scene:
    """The cache lies in the project here, so that the same judge sees it."""
    media = Media("exr", 64, 36, fps=Fraction(24))

    def act(root: Path, run: str) -> list[str]:
        with ProbeCache(os.fspath(root / "cache" / "probe.sqlite")) as cache:
            known = cache.get_many({"/a": "1", "/b": "1"})
            assert all(found == media for found in known.values())
            cache.put_many([(path, "1", media) for path in ("/a", "/b")])
            if run == "run-2":
                assert set(cache.get_many({"/a": "1", "/b": "1"})) == {"/a", "/b"}
        return []

    return Scene("cache", _empty, act, ("cache",))


def _lock() -> Scene:
    def act(root: Path, run: str) -> list[str]:
        with SyncLock(os.fspath(root), run, patience=5.0):
            pass
        return []

    return Scene("lock", lambda root: (outbox.enqueue(os.fspath(root), registration()), None)[1], act)


def _facts() -> Scene:
    def act(root: Path, _run: str) -> list[str]:
        save_facts(os.fspath(root), ProjectFacts("uuid", "PROJ", "Project", "", 24.0, 64, 36, 1.0))
        return []

    return Scene("facts", _empty, act, ("_ingest_reports",))
