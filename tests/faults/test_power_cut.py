# SPDX-License-Identifier: GPL-3.0-or-later
"""Promise 10: what was called done survives a power cut at any moment, and nothing half is ever seen after one.

The real calls of each work are recorded; every disk that a cut before each of them may leave is built and judged by the
independent reader, and from many of them the work is done again. Without its flushes the same work must fail here.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import fault_points
import fault_scenes
import power_cut
import pytest
from fault_figures import Figures
from fault_scenes import Stage
from ramses_plates.core import ingest, journal, outbox, work_publish
from ramses_plates.core.errors import PlatesError
from ramses_plates.core.publish import publish

# The cache promises nothing: a broken one is begun anew.
NAMES = tuple(name for name in fault_scenes.NAMES if name != "cache")
# Work after which Ramses must hear of each version.
REGISTERED = ("movie", "ingest", "artist", "restore")
AGAIN = 150  # disks per scene from which the work is done again


def recorded(stage: Stage, project: Path) -> power_cut.Recording:
    """The work, with a note wherever a part of it was called done, and one at its end."""

    def relative(path: str) -> str:
        return os.path.relpath(path, project)

    def telling(what: Callable[..., Any], where: Callable[..., str]) -> Callable[..., Any]:
        def call(*words: Any, **options: Any) -> Any:
            found = what(*words, **options)
            power_cut.tell(where(found, *words))
            return found

        return call

    def record_path(_found: Any, root: str, record: outbox.Registration) -> str:
        return relative(os.path.join(outbox.outbox_folder(root), f"{record.id}.json"))

    def journal_path(_found: Any, _root: str, run: str, *_rest: Any) -> str:
        return f"_ingest_reports/journal/{run}.jsonl"

    def act() -> None:
        with ExitStack() as patches:
            for module in (ingest, work_publish, fault_scenes):
                done = telling(publish, lambda found, *_words: found.folder)
                patches.enter_context(mock.patch.object(module, "publish", done))
            for name in ("enqueue", "confirmed"):
                patches.enter_context(mock.patch.object(outbox, name, telling(getattr(outbox, name), record_path)))
            patches.enter_context(mock.patch.object(work_publish, "enqueue", outbox.enqueue))
            patches.enter_context(mock.patch.object(journal, "append", telling(journal.append, journal_path)))
            stage.scene.act(project, "run-1")
            power_cut.tell("")

    return power_cut.record(project, stage.before, act)


def built(tree: power_cut.Tree, project: Path, origin: Path) -> None:
    """Make the project hold exactly this. What a version held before is the same file as in `origin`."""
    project.mkdir()
    for path, data in tree.items():
        old = origin / path
        if data is None:
            (project / path).mkdir()
        elif "/_published/" in path and old.exists() and old.read_bytes() == data:
            os.link(old, project / path)
        else:
            (project / path).write_bytes(data)


def check(stage: Stage, project: Path) -> None:
    """The judge's word, and that the run's own records know of all that stands or lies in the trash."""
    stage.check(project)
    known = {record[key] for record in journal_lines(project) for key in ("folder", "to") if key in record}
    told_of = {record.get("folder") for record in outbox_records(project)}
    trashed = [path for path in project.glob("_trash/05-SHOTS/*/*/[!.]*") if path.is_dir()]
    for path in sorted([*project.glob("05-SHOTS/*/*/_published/[!.]*"), *trashed]):
        folder = path.relative_to(project).as_posix()
        assert folder in known, f"{folder}: no journal knows it"
        if folder not in stage.before and stage.scene.name in REGISTERED and "_trash" not in folder:
            assert folder in told_of, f"{folder}: Ramses would never hear of it"


def journal_lines(project: Path) -> Iterator[dict[str, Any]]:
    """The records that can be read."""
    for path in project.glob("_ingest_reports/journal/*.jsonl"):
        for line in path.read_bytes().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue


def outbox_records(project: Path) -> Iterator[dict[str, Any]]:
    """What waits for Ramses."""
    for path in project.glob("_ingest_reports/outbox/[!.]*.json"):
        yield json.loads(path.read_bytes())


@dataclass
class Scenery:
    """A scene, what was recorded of it, and where each disk is built: in the very place of the recorded one."""

    stage: Stage
    project: Path
    origin: Path
    recording: power_cut.Recording
    expected: dict[str, bytes | None]

    @classmethod
    def of(cls, name: str, folder: Path) -> Scenery:
        """Record a scene."""
        stage = Stage(fault_scenes.scenes(folder / "deliveries")[name], folder)
        undisturbed = stage.project()
        stage.scene.act(undisturbed, "run-2")
        project = stage.project()
        recording = recorded(stage, project)
        origin = project.with_name("ORIGIN")
        project.rename(origin)
        return cls(stage, project, origin, recording, stage.shape(undisturbed))

    def judge(self, crash: power_cut.Crash, again: bool = False) -> None:
        """Fail unless this disk keeps every promise; `again`: the work is done once more on it and must converge."""
        assert not crash.lost, f"lost: {crash.lost}"
        built(crash.tree, self.project, self.origin)
        try:
            check(self.stage, self.project)
            if again:
                self.stage.scene.act(self.project, "run-2")
                after = self.stage.shape(self.project)
                assert after == self.expected, sorted(after.items() ^ self.expected.items())
        finally:
            shutil.rmtree(self.project)


@pytest.mark.parametrize("name", NAMES)
def test_a_power_cut_at_any_moment(name: str, fast_folder: Path, figures: Figures) -> None:
    scenery = Scenery.of(name, fast_folder)
    operations = scenery.recording.operations
    crashes = fault_points.chosen(list(scenery.recording.crashes()))
    assert len(operations) >= 5 and crashes
    again = set(random.Random(1).sample(range(len(crashes)), min(AGAIN, len(crashes))))
    for index, crash in enumerate(crashes):
        try:
            scenery.judge(crash, index in again)
        except (AssertionError, PlatesError, OSError, ValueError, SyntaxError) as error:
            done = str(operations[max(0, crash.at - 3) : crash.at])[-900:]
            raise AssertionError(f"cut at {crash.at}, {crash.how}, after {done}: {error}") from error
    figures.add("power cut moments", len(operations) + 1)
    figures.add("disks after a power cut", len(crashes))
    figures.add("work done again after a power cut", len(again))
    print(f"{name}: {len(operations)} operations, {len(crashes)} disks, {len(again)} again")


def broken(scenery: Scenery, recording: power_cut.Recording) -> bool:
    """True where some disk breaks a promise."""
    crashes = list(recording.crashes())
    crashes.sort(key=lambda crash: (not crash.lost, -crash.at))  # likely ones first
    for crash in crashes:
        try:
            scenery.judge(crash)
        except (AssertionError, OSError, ValueError, SyntaxError):  # the last is what a torn XML raises
            return True
    return False


@pytest.mark.parametrize("kind", ["none", "files", "folders"])
@pytest.mark.parametrize("name", ["sequence", "movie", "patch", "undo", "outbox", "ingest", "artist", "restore"])
def test_without_flushes_the_judge_finds_what_is_lost(name: str, kind: str, fast_folder: Path) -> None:
    """Proof that the judge can fail: what flushes nothing, or no files, or no folders, is found out."""
    scenery = Scenery.of(name, fast_folder)

    def left_out(one: power_cut.Operation) -> bool:
        return isinstance(one, power_cut.Flush) and (kind == "none" or one.is_folder == (kind == "folders"))

    assert broken(scenery, scenery.recording.without(left_out))


@pytest.mark.parametrize("name", ["sequence", "movie"])
def test_every_flush_of_a_file_is_needed(name: str, fast_folder: Path) -> None:
    scenery = Scenery.of(name, fast_folder)
    flushes = [one for one in scenery.recording.flushes() if not one.is_folder]
    assert len(flushes) >= 6
    for flush in flushes:
        assert broken(scenery, scenery.recording.without(lambda one, flush=flush: one == flush)), flush
