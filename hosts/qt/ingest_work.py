# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of the ingest panel: look at a delivery, plan it again, publish it, take a run back. No Qt here.

Everything that costs time is done in here, on the worker's thread: also the rows of the table, which go up as the
payload of events, in bundles.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ...core import connection
from ...core.cache import ProbeCache
from ...core.clip import Clip
from ...core.delivery import Delivery, survey
from ...core.editorial.model import Edit
from ...core.editorial.read import read_edit
from ...core.errors import Cancelled, PlatesError, SettingsError
from ...core.events import Cancel, Event, Listener
from ...core.footage import Footage
from ...core.ingest import Pictures, Register, carry_out
from ...core.job import VerifyLevel
from ...core.manifest_check import When
from ...core.media import Media
from ...core.order import Order, compare
from ...core.outbox import is_empty
from ...core.plan import Incomplete, Override, Plan, PlannedClip, PlanOptions, ProjectView, clip_key
from ...core.planner import make_plan
from ...core.preview import make_previews, missing_libraries, notes_of
from ...core.preview_set import lacks_previews
from ...core.project_view import project_view
from ...core.register import sync
from ...core.rules import BUILTIN, Rules
from ...core.run import RunResult
from ...core.undo import Undone, undo
from ...core.versions import PublishedVersion, versions_in
from ...lib.ramses.client import RamDaemonInterface
from .host import Job
from .ingest_order_rows import OrderRow, order_rows
from .ingest_rows import Row, found_row, planned_row, read_row, result_row
from .ingest_words import dry_run_text, plan_text, publish_button
from .load_memory import recall, remember

_BUNDLE = 100
_BETWEEN = 0.1  # seconds


@dataclass(frozen=True)
class Wish:
    """Everything that a person chose in the panel, besides the edits of single clips."""

    paths: tuple[str, ...] = ()
    root: str = ""
    project: str = ""
    step: str = ""
    state: str = "WIP"
    rules: Rules = BUILTIN
    edit_path: str = ""
    every_frame: bool = True
    incomplete: Incomplete | None = None
    patch: bool = False
    verify: VerifyLevel = "full"
    check_manifests: When = "copy"
    pictures: bool = True


@dataclass(frozen=True)
class Link:
    """What is known of the project, and how to register (None = Ramses does not run, registrations wait)."""

    view: ProjectView
    register: Register | None


@dataclass(frozen=True)
class Planned:
    """A plan with all that the window shows of it, so that the window need not count anything.

    `overrides` are the edits of clips that it was asked for, `ready` clips can be published, `words` and `button` say
    so. `order` compares with the edit where there is one.
    """

    plan: Plan
    wish: Wish
    link: Link
    rows: tuple[Row, ...]
    overrides: Mapping[str, Override]
    ready: int
    words: str
    button: str
    edit: Edit | None = None
    order: Order | None = None
    order_rows: tuple[OrderRow, ...] = ()
    clips: Mapping[str, PlannedClip] = field(default_factory=dict)


@dataclass(frozen=True)
class Looked:
    """A delivery, its clips by their keys, and its plan; without one `problem` says why, "" = no project is chosen."""

    delivery: Delivery
    clips: Mapping[str, Clip]
    planned: Planned | None = None
    problem: str = ""


@dataclass(frozen=True)
class Finished:
    """A run and the rows that it leaves."""

    result: RunResult
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Versions:
    """What a run published, as versions that a host can load."""

    versions: tuple[PublishedVersion, ...]


@dataclass(frozen=True)
class LongText:
    """A text for a window of its own."""

    title: str
    text: str


class _Bundles:
    """Turns what the core tells into rows, many per event; calls the listener at most ten times a second with them."""

    def __init__(self, listen: Listener, rules: Rules) -> None:
        self._listen = listen
        self._rules = rules
        self._rows: list[Row] = []
        self._told = time.monotonic()

    def __call__(self, event: Event) -> None:
        payload, rows = event.payload, self._rows
        if event.stage == "scan" and payload:
            rows += [found_row(clip, self._rules) for clip in payload]
        elif event.stage == "probe" and isinstance(payload, tuple):
            clip, media = payload
            if isinstance(clip, Clip) and isinstance(media, Media):
                rows.append(read_row(clip, media, self._rules))
        plain = Event(event.stage, event.done, event.total, event.unit, event.clip, event.message)
        if rows and (len(rows) >= _BUNDLE or time.monotonic() - self._told > _BETWEEN):
            self.flush(plain)
        else:
            self._listen(plain)

    def flush(self, event: Event) -> None:
        """Send the rows that wait."""
        for at in range(0, len(self._rows), _BUNDLE):
            bundle = tuple(self._rows[at : at + _BUNDLE])
            self._listen(Event(event.stage, event.done, event.total, event.unit, event.clip, payload=bundle))
        self._rows.clear()
        self._told = time.monotonic()


def look_job(wish: Wish, overrides: Mapping[str, Override]) -> Job[Looked, Looked]:
    """Scan, probe and, where a project is chosen, plan."""

    def work(listen: Listener, cancel: Cancel) -> Looked:
        bundles = _Bundles(listen, wish.rules)
        delivery = survey(wish.paths, every_frame=wish.every_frame, cache=ProbeCache(), listen=bundles, cancel=cancel)
        bundles.flush(Event("probe"))
        clips = {clip_key(item.clip): item.clip for item in delivery.items}
        if not wish.root:
            return Looked(delivery, clips)
        try:
            return Looked(delivery, clips, _plan(delivery, wish, overrides, None, listen, cancel))
        except Cancelled:
            raise
        except PlatesError as problem:
            return Looked(delivery, clips, None, str(problem))

    return Job("Looking at the delivery", work, _same)


def plan_job(
    delivery: Delivery, wish: Wish, overrides: Mapping[str, Override], before: Planned | None = None
) -> Job[Planned, Planned]:
    """Plan a delivery that was looked at already; with `before` neither its files nor Ramses are asked again."""
    return Job("Planning", lambda listen, cancel: _plan(delivery, wish, overrides, before, listen, cancel), _same)


def _plan(
    delivery: Delivery,
    wish: Wish,
    overrides: Mapping[str, Override],
    before: Planned | None,
    listen: Listener,
    cancel: Cancel,
) -> Planned:
    if not os.path.isdir(wish.root):
        raise SettingsError("there is no such project folder.", wish.root, "Choose the one with 05-SHOTS in it.")
    same = before is not None and (before.wish.root, before.wish.project) == (wish.root, wish.project)
    link = before.link if before is not None and same else connect(wish)
    edit = _edit(wish, link, before)
    options = PlanOptions(
        root=wish.root,
        view=link.view,
        step=wish.step or None,
        state=wish.state,
        rules=wish.rules,
        edit=edit,
        incomplete=wish.incomplete,
        patch=wish.patch,
        verify=wish.verify,
        check_manifests=wish.check_manifests,
        overrides=dict(overrides),
    )
    plan = make_plan(
        delivery, options, before=before.plan if before is not None else None, listen=listen, cancel=cancel
    )
    rows = tuple(planned_row(clip, overrides.get(clip.key)) for clip in plan.clips)
    order = None if edit is None else compare(edit, _footage(delivery), criteria=options.criteria)
    remember(recall().used(wish.root))
    return Planned(
        plan,
        wish,
        link,
        rows,
        overrides,
        len(plan.to_publish),
        " ".join([plan_text(plan), *_more_words(plan, order)]),
        publish_button(plan),
        edit,
        order,
        () if order is None else order_rows(order),
        {clip.key: clip for clip in plan.clips},
    )


def _more_words(plan: Plan, order: Order | None) -> list[str]:
    """What else the panel says about a plan, in whole sentences."""
    found = list(plan.warnings[:2])
    if order is not None and not order.complete:
        found.append("Not everything that the edit ordered is here: press Ordered to see what is missing.")
    if plan.ignored:
        ignored = len(plan.ignored)
        found.append(f"{ignored:,} {'entry is' if ignored == 1 else 'entries are'} no footage: see Dry run.")
    return found


def rows_job(delivery: Delivery, rules: Rules) -> Job[tuple[Row, ...], tuple[Row, ...]]:
    """The rows of a delivery that nobody has planned yet, after the naming has changed."""

    def work(_listen: Listener, cancel: Cancel) -> tuple[Row, ...]:
        found = []
        for item in delivery.items:
            cancel.check()
            found.append(read_row(item.clip, item.media, rules))
        return tuple(found)

    return Job("Reading names", work, _same)


def _edit(wish: Wish, link: Link, before: Planned | None) -> Edit | None:
    if not wish.edit_path:
        return None
    if before is not None and before.edit is not None and before.wish.edit_path == wish.edit_path:
        return before.edit
    return read_edit(wish.edit_path, link.view.spec.rate)


def _footage(delivery: Delivery) -> list[Footage]:
    return [Footage.of_clip(item.clip, item.media) for item in delivery.items if item.media.error is None]


def connect(wish: Wish) -> Link:
    """Ask a running Ramses about the project; without one, what it said the last time counts. Raises SettingsError."""
    found = connection.connect(wish.root, wish.project or None)
    try:
        view = project_view(wish.root, found.facts, wish.project or None)
    except SettingsError as problem:
        advice = "Type it into the field beside the project folder."
        raise SettingsError(problem.message, problem.path, advice) from problem
    return Link(view, found.register)


def publish_job(planned: Planned, with_pictures: bool) -> Job[Finished, Finished]:
    """Publish the plan as it was shown."""

    def work(listen: Listener, cancel: Cancel) -> Finished:
        pictures = _pictures() if with_pictures else None
        register = planned.link.register
        result = carry_out(planned.plan, register=register, pictures=pictures, listen=listen, cancel=cancel)
        rows = zip(planned.rows, result.clips, strict=True)
        return Finished(result, tuple(result_row(row, clip) for row, clip in rows))

    return Job("Publishing", work, _same)


def _pictures() -> Pictures | None:
    if missing_libraries():
        return None

    def make(versions: Sequence[PublishedVersion], listen: Listener, cancel: Cancel) -> Sequence[str]:
        wanted = [version for version in versions if lacks_previews(version)]
        return notes_of(make_previews(wanted, listen=listen, cancel=cancel)) if wanted else ()

    return make


def undo_job(root: str, run: str) -> Job[Undone, Undone]:
    """Take a run back into the project's trash, and tell Ramses where it runs; else the corrections wait."""

    def work(listen: Listener, cancel: Cancel) -> Undone:
        undone = undo(root, run, listen=listen, cancel=cancel)
        client = RamDaemonInterface.instance()
        with suppress(PlatesError):  # the versions are moved; what Ramses has to hear waits in the outbox
            if not is_empty(root) and client.is_online():
                sync(root, client, listen=listen)
        return undone

    return Job("Taking back", work, _same)


def versions_job(result: RunResult) -> Job[Versions, Versions]:
    """Find the versions that a run published."""

    def work(_listen: Listener, _cancel: Cancel) -> Versions:
        root = result.plan.options.root
        names: dict[str, set[str]] = {}
        for clip in result.clips:
            if clip.published is not None:
                step, _, name = clip.published.folder.rpartition("/_published/")
                names.setdefault(step, set()).add(name)
        found = [one for step, wanted in names.items() for one in versions_in(root, step) if one.name in wanted]
        return Versions(tuple(found))

    return Job("Finding the new versions", work, _same)


def dry_run_job(planned: Planned) -> Job[LongText, LongText]:
    """Write down everything that publishing would do."""
    return Job("Dry run", lambda _listen, _cancel: LongText("Dry run", dry_run_text(planned.plan)), _same)


def result_folder(result: RunResult) -> str:
    """The folder to show after a run: the one version, else the project's shots."""
    root = result.plan.options.root
    folders = [clip.published.folder for clip in result.clips if clip.published is not None]
    return os.path.join(root, *(folders[0].split("/") if len(folders) == 1 else ["05-SHOTS"]))


def _same(found: Any) -> Any:
    return found
