# SPDX-License-Identifier: GPL-3.0-or-later
"""Any history of publishing, failing, being killed, undoing and strangers at work: the rules hold after every step."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import judge
import kill
import make_job
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ramses_plates.core.errors import SourceChanged, WriteFailed
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.undo import undo

HOME = f"{make_job.STEP_FOLDER}/_published"
TRASH = f"_trash/{make_job.STEP_FOLDER}"
PLANS = st.integers(1, 3)


class History(RuleBasedStateMachine):
    """One step folder of one project, and what must be true of it whatever happened."""

    @initialize()
    def begin(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="plates-history-"))
        self.project = self.place / "proj"
        self.project.mkdir()
        self.sources = {
            plan: SourceFiles.take(make_job.sequence(self.place / f"in-{plan}", last=1001, size=300, seed=plan))
            for plan in (1, 2, 3)
        }
        self.numbers: set[int] = set()  # every number that was ever committed
        self.standing: dict[int, int] = {}  # number -> plan, as far as published and not undone
        self.runs: dict[str, int] = {}  # run -> number
        self.strangers: dict[str, bytes] = {}
        self.count = 0

    def teardown(self) -> None:
        if hasattr(self, "place"):
            shutil.rmtree(self.place)

    def run_name(self) -> str:
        self.count += 1
        return f"run-{self.count}"

    def committed(self, plan: int, run: str, version: int) -> None:
        if plan in self.standing.values():
            assert self.standing[version] == plan  # converged
        else:
            assert version not in self.numbers, "a number was issued twice"
            self.numbers.add(version)
            self.standing[version] = plan
        self.runs[run] = version

    @rule(plan=PLANS)
    def publishes(self, plan: int) -> None:
        run = self.run_name()
        job = make_job.job(self.project, self.sources[plan], plan=str(plan), run=run)
        self.committed(plan, run, publish(job, jobs=1).version)

    @rule(plan=PLANS, nth=st.integers(1, 90))
    def is_killed(self, plan: int, nth: int) -> None:
        """The rerun that every killed run gets sooner or later comes at once here."""
        run = self.run_name()
        job = make_job.job(self.project, self.sources[plan], plan=str(plan), run=run)
        kill.killed_at(nth, lambda: publish(job, jobs=1))
        self.committed(plan, run, publish(job, jobs=1).version)

    @rule(plan=PLANS)
    def fails(self, plan: int) -> None:
        def refuse(_version: int, _folder: str) -> None:
            raise WriteFailed("the outbox is full.")

        job = make_job.job(self.project, self.sources[plan], plan=f"failing {plan}", run=self.run_name())
        try:
            publish(job, jobs=1, sealed=refuse)
        except WriteFailed:
            return
        raise AssertionError("no error")

    @rule(plan=PLANS)
    def finds_another_source(self, plan: int) -> None:
        good = self.sources[plan]
        bad = SourceFiles(good.clip, good.sizes[:], good.mtimes[:], good.inodes[:])
        bad.sizes[0] += 1
        try:
            publish(make_job.job(self.project, bad, plan=f"bad {plan}", run=self.run_name()), jobs=1)
        except SourceChanged:
            return
        raise AssertionError("no error")

    @rule(data=st.data())
    def is_undone(self, data: st.DataObject) -> None:
        if not self.runs:
            return
        run = data.draw(st.sampled_from(sorted(self.runs)))
        assert undo(os.fspath(self.project), run).ok
        self.standing.pop(self.runs[run], None)

    @rule(plan=PLANS, state=st.sampled_from(["OK", "WIP"]))
    def meets_a_stranger(self, plan: int, state: str) -> None:
        """Somebody who knows no reservations publishes under the very number that ours is about to commit."""
        run = self.run_name()
        taken: list[int] = []

        def stranger(version: int, folder: str) -> None:
            if not taken:
                taken.append(version)
                path = self.project / folder[: folder.rindex("/")] / f"{version:03d}_{state}"
                path.mkdir()
                (path / "theirs.exr").write_bytes(run.encode())
                self.strangers[f"{path.relative_to(self.project).as_posix()}/theirs.exr"] = run.encode()
                self.numbers.add(version)

        job = make_job.job(self.project, self.sources[plan], plan=str(plan), run=run)
        self.committed(plan, run, publish(job, jobs=1, sealed=stranger).version)

    @invariant()
    def everything_is_in_its_place(self) -> None:
        if not hasattr(self, "project"):
            return
        home, trash = self.project / HOME, self.project / TRASH
        assert judge.leftovers(self.project) == []
        theirs = {path.split("/")[-2] for path in self.strangers}
        ours = sorted(name for name in (os.listdir(home) if home.is_dir() else ()) if name not in theirs)
        assert [int(name[:3]) for name in ours] == sorted(self.standing)
        for name in ours:
            judge.complete(home / name)
            (data,) = judge.content(home / name).values()
            assert data == (self.place / f"in-{self.standing[int(name[:3])]}" / "plate.1001.exr").read_bytes()
        for path, data in self.strangers.items():
            assert (self.project / path).read_bytes() == data
        for folder in trash.iterdir() if trash.is_dir() else ():
            judge.complete(folder)


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
