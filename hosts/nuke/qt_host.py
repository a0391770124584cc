# SPDX-License-Identifier: GPL-3.0-or-later
"""Nuke as the panels see it: every question is taken down on the main thread, worked on elsewhere, finished here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from ...core import native
from ...core.errors import PlatesError
from ...core.events import Cancel, Listener
from ...core.ids import check_state
from ...core.shot_setup import ShotSetup, main_plate, shot_setup
from ...core.versions import PublishedVersion
from ...core.work_context import WorkContext
from ...core.workfile import save_version
from ..qt.host import Check, Host, Job, Note, SetupRow, Shown, Wanted, Written
from . import editions, publish_checks, publish_work, render_setup, updates, work_save
from . import shot_setup as script_setup
from .nuke_api import NukeRefused, script_path
from .plate import Plate, read_plates
from .reads import create_reads, placed
from .standing import Standing, judge

_SETUP = ("rate", "range", "format", "colour")


class NukeHost:
    """Nuke's side of `hosts.qt.host.Host`; its docstrings say what each method is for."""

    def __init__(self) -> None:
        native.forbid()
        self._checked: WorkContext | None = None  # what the checks that a panel shows were made for

    @property
    def name(self) -> str:
        """For people: "Nuke 16.0v3"."""
        return editions.name()

    @property
    def has_scene(self) -> bool:
        """False in Hiero alone."""
        return editions.has_graph()

    @property
    def limits(self) -> str:
        """What this edition cannot do, in a sentence."""
        return editions.limits()

    def scene_path(self) -> str:
        """The saved script, "" while it has no name."""
        return script_path()

    def create(self, wanted: Sequence[Wanted]) -> Job[object, list[Note]]:
        """Read nodes in a row on a backdrop, one undo step; a plate that cannot be one stops no other."""
        chosen, script = list(wanted), script_path()

        def look(_listen: Listener, cancel: Cancel) -> list[tuple[Plate | str, Wanted]]:
            return list(zip(read_plates((one.version for one in chosen), cancel), chosen, strict=True))

        def finish(found: Any) -> list[Note]:
            if script_path() != script:
                raise NukeRefused("Another script was opened meanwhile: nothing was made.", advice="Load them again.")
            return _create(found)

        return _job("Load plates", look, finish)

    def shown(self) -> Job[object, list[Shown]]:
        """How every Read stands, coloured when that is known."""
        reads = updates.seen()

        def finish(found: Any) -> list[Shown]:
            updates.show(found)
            return [_shown(standing) for standing in found]

        return _job("Look for newer versions", lambda _listen, cancel: judge(reads, cancel, every=True), finish)

    def update(self, nodes: Sequence[str], to: PublishedVersion | None = None) -> Job[object, list[Note]]:
        """Each node is one undo step; what the artist changed stays and is told."""
        names = set(nodes)
        reads = [one for one in updates.seen() if one.node in names]
        gone = sorted(names - {one.node for one in reads})

        def finish(found: Any) -> list[Note]:
            coming, problems = found
            notes = [Note(f"There is no node {name} any more.", "warning") for name in gone]
            for done in [*updates.take(coming), *problems]:
                notes += _updated(done)
            return notes or [Note("Every plate shows that version already.")]

        return _job("Update", lambda _listen, cancel: updates.coming(judge(reads, cancel), to, cancel), finish)

    def setup(self, context: WorkContext) -> Job[object, list[SetupRow]]:
        """The rows are compared when the shot's facts have been read."""
        return _job("Read the shot's settings", lambda _listen, cancel: _wanted(context, cancel), script_setup.rows)

    def apply_setup(self, rows: Sequence[SetupRow]) -> list[Note]:
        """One undo step; the range is locked so that the next clip does not stretch it."""
        return script_setup.apply(rows)

    def checks(self, context: WorkContext) -> Job[object, list[Check]]:
        """The script is taken down now, the disk is asked by the worker."""
        found = publish_checks.script()
        self._checked = context

        def finish(looked: Any) -> list[Check]:
            return publish_checks.checks(found, looked, context)

        return _job("Checks", lambda _listen, cancel: publish_checks.look(found, context, cancel), finish)

    def fix(self, check: Check) -> Job[object, list[Note]]:
        """Each fix is one of the other methods."""
        context = self._checked
        try:
            if check.code in ("outdated", "missing") and check.subject:
                return self.update([check.subject])
            if context is not None and check.code in _SETUP:
                chosen = context
                return _job(
                    "Set up", lambda _listen, cancel: _wanted(chosen, cancel), lambda wanted: _fix_row(check, wanted)
                )
            if context is not None and check.code == "render-path":
                return _done("Set up render", self.setup_render(context))
            if context is not None and check.code in ("unsaved", "elsewhere"):
                return _done("Save", self.save(context))
        except PlatesError as error:
            return _failed("Fix", error)
        return _failed("Fix", NukeRefused(f"{check.message} Only you can cure this."))

    def render(self, context: WorkContext) -> str:
        """`<step folder>/_render`."""
        return render_setup.render_folder(context)

    def setup_render(self, context: WorkContext) -> list[Note]:
        """The Write of this scene, connected to nothing while it is new."""
        return render_setup.setup_render(context)

    def save(self, context: WorkContext) -> list[Note]:
        """A script of this scene keeps its name."""
        return [Note(f"Saved {work_save.save(context)}.")]

    def save_version(self, context: WorkContext, state: str, comment: str) -> Job[object, list[Note]]:
        """The work file is saved now and stays open; the worker makes the copy."""
        try:
            path, checked = work_save.save(context), check_state(state)
        except PlatesError as error:
            return _failed("Save version", error)
        return _job(
            "Save version",
            lambda *_: save_version(context, path, checked, comment),
            lambda target: [Note(f"Saved {target}.")],
        )

    def publish(
        self, context: WorkContext, what: Literal["scene", "render"], state: str, comment: str
    ) -> Job[object, tuple[Written, list[Note]]]:
        """The script is saved now; hashing, copying and telling Ramses are the worker's."""
        try:
            scene = work_save.save(context)
            record = publish_work.scene_record()
            order = publish_work.Order(context, scene, check_state(state), comment, self.name, record)
        except PlatesError as error:
            return _failed("Publish", error)
        work = publish_work.publish_script if what == "scene" else publish_work.publish_frames
        return _job(f"Publish {what}", lambda listen, cancel: work(order, listen, cancel), lambda found: found)


def _create(found: Sequence[tuple[Plate | str, Wanted]]) -> list[Note]:
    """The main thread's half of `create`."""
    notes, pairs = [], []
    for plate, one in found:
        if isinstance(plate, str):
            notes.append(Note(plate, "warning"))
            continue
        try:
            pairs.append((plate, placed(plate, one.policy)))
        except PlatesError as error:
            notes.append(Note(f"{plate.version.name}: {error}", "error"))
    for made in create_reads(pairs, _step_name(pairs)) if pairs else []:
        notes.append(Note(f"{made.node}: {made.placement.reason}"))
        notes += [Note(f"{made.node}: {text}", "warning") for text in made.notes]
    return notes


def _step_name(pairs: Sequence[tuple[Plate, Any]]) -> str:
    version = pairs[0][0].version
    return f"Load {version.shot} {version.name}" if len(pairs) == 1 else f"Load {len(pairs)} plates"


def _shown(standing: Standing) -> Shown:
    return Shown(
        standing.node,
        standing.path,
        standing.state,
        standing.reason,
        standing.ours,
        standing.version,
        standing.versions,
    )


def _updated(done: updates.Updated) -> list[Note]:
    if done.problem:
        return [Note(f"{done.node}: {done.problem}", "error")]
    kept = f", kept {', '.join(done.kept)}" if done.kept else ""
    text = f"{done.node}: {done.was} became {done.now}{kept}." if done.now else f"{done.node}: nothing changed{kept}."
    return [Note(text), *(Note(f"{done.node}: {note}", "warning") for note in done.notes)]


def _wanted(context: WorkContext, cancel: Cancel) -> ShotSetup:
    """The worker's half of `setup`."""
    return shot_setup(context, plate=main_plate(context, cancel))


def _fix_row(check: Check, wanted: Any) -> list[Note]:
    found = [row for row in script_setup.rows(wanted) if row.code == check.code and row.label == check.subject]
    return script_setup.apply(found)


def _job(title: str, work: Any, finish: Any) -> Job[Any, Any]:
    """A job whose halves fit together: what `work` finds is what `finish` takes."""
    return Job(title, work, finish)


def _done(title: str, notes: list[Note]) -> Job[Any, list[Note]]:
    """A job that had to be done on the main thread, at once."""
    return Job(title, lambda *_: None, lambda _found: notes)


def _failed(title: str, error: PlatesError) -> Job[Any, Any]:
    """A job that could not even begin: whoever runs it hears why."""

    def work(_listen: Listener, _cancel: Cancel) -> None:
        raise error

    return Job(title, work, lambda found: found)


def host() -> Host:
    """Nuke for the panels. The checker sees here that nothing of the interface is missing."""
    return NukeHost()
