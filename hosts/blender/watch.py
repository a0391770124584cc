# SPDX-License-Identifier: GPL-3.0-or-later
"""What panels show of disk and Ramses: found out by a thread, kept, asked anew now and then. Drawing never waits."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import bpy

from ...core.ask_ramses import ask_facts
from ...core.errors import PlatesError
from ...core.outbox import labels, pending
from ...core.project_facts import ProjectFacts, load_facts
from ...lib.ramses.app_state import AppState, Condition
from ...lib.ramses.client import RamDaemonInterface
from ...lib.ramses.errors import RamsesError
from ...lib.ramses.model import RamProject
from . import live
from .known import Known, known_of, of_work
from .session import SceneChoice

_TICK = 0.2  # seconds between two looks for the thread's answer
_FRESH = 20.0  # seconds after which Ramses and the disk are asked again
_LASTING = 300.0  # seconds that the lists of shots, steps and projects are kept
_ASLEEP = 600.0  # seconds without a panel on the screen after which nobody is asked any more

_SHORT = {
    Condition.OFFLINE: "Ramses is off",
    Condition.NO_DATABASE: "Ramses: no database open",
    Condition.NOBODY_LOGGED_IN: "Ramses: nobody logged in",
    Condition.NO_CURRENT_PROJECT: "Ramses: no project open",
}


@dataclass(frozen=True)
class Seen:
    """What was found out for one choice. `label` says what the scene belongs to, or why that is not known.

    `ramses` is a short line about Ramses, `ready` True where this project is open in it. `waiting` are the outbox's
    records in words. `scene` tells whether the scene belongs to a step.
    """

    label: str = "Looking ..."
    scene: bool = False
    ramses: str = "Ramses: asking ..."
    ready: bool = False
    waiting: tuple[str, ...] = ()
    known: Known = field(default_factory=Known)


@dataclass
class _Watch:
    wanted: SceneChoice | None = None
    seen_of: SceneChoice | None = None
    seen: Seen = field(default_factory=Seen)
    asked: float = 0.0
    drawn: float = 0.0
    thread: threading.Thread | None = None
    answers: queue.SimpleQueue[tuple[SceneChoice, Seen]] = field(default_factory=queue.SimpleQueue)


@dataclass
class _Asked:
    """The long answers of Ramses, kept for minutes: they hold every shot of every project."""

    key: tuple[str, str] = ("", "")
    at: float = 0.0
    projects: list[tuple[str, str]] = field(default_factory=list)
    facts: ProjectFacts | None = None

    def of(
        self, client: RamDaemonInterface, root: str, project: str
    ) -> tuple[list[tuple[str, str]], ProjectFacts | None]:
        """Its projects as (short name, folder), and what it says of this one. Raises RamsesError."""
        now = time.monotonic()
        if not self.at or self.key != (root, project) or now - self.at > _LASTING:
            self.facts = ask_facts(client, root, project or None) if root else None
            self.projects = [(one.short_name, client.path(one.uuid)) for one in client.objects(RamProject)]
            self.key, self.at = (root, project), now
        return self.projects, self.facts


_watch = _Watch()
_asked = _Asked()


def seen(context: Any) -> Seen:
    """What is known now, for drawing; a thread finds out the rest and has the panels drawn again."""
    wanted = SceneChoice.of(context)
    _watch.drawn = time.monotonic()
    if wanted != _watch.wanted:
        _watch.wanted, _watch.asked = wanted, 0.0
    if bpy.app.background:
        return _watch.seen if _watch.seen_of == wanted else Seen()
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=0.01)
    if _watch.seen_of is not None and wanted.root == _watch.seen_of.root and wanted.file == _watch.seen_of.file:
        return _watch.seen  # of the choice a moment ago: better than a panel that flickers
    return _watch.seen if wanted == _watch.seen_of else Seen()


def look_again() -> None:
    """Ask anew at the next tick: something was published, registered or chosen."""
    _watch.asked = _asked.at = 0.0
    redraw()


def redraw() -> None:
    """Have every area drawn again."""
    for window in live.context().window_manager.windows:
        for area in window.screen.areas:
            area.tag_redraw()


def known_now(context: Any) -> Known:
    """What the pickers offer. Without a window it is found out here and now."""
    if bpy.app.background:
        return find_out(SceneChoice.of(context)).known
    return seen(context).known


def find_out(wanted: SceneChoice) -> Seen:
    """Everything about a choice: reads the disk and asks Ramses. For a thread; touches no bpy."""
    work = None
    try:
        work = wanted.work()
        label = f"{work.project}  {work.label}"
    except PlatesError as problem:
        label = str(problem)
    try:
        root = wanted.choice().root
    except PlatesError:
        root = ""
    state, projects, asked = _ask(wanted, root)
    facts = asked or (load_facts(root) if root else None)
    known = known_of(root, work.shot if work is not None else wanted.shot, facts, projects)
    if work is not None:
        known = of_work(known, work)
    return Seen(label, work is not None, _line(wanted, state, facts), _is_open(state, facts), _waiting(root), known)


def _ask(wanted: SceneChoice, root: str) -> tuple[AppState | None, list[tuple[str, str]], ProjectFacts | None]:
    """(its state, its projects as (short name, folder), what it says of this one); Nones where it is not asked."""
    if wanted.offline:
        return None, [], None
    client = RamDaemonInterface.instance()
    try:
        state = client.app_state()
        if not state.online:
            return state, [], None
        return state, *_asked.of(client, root, wanted.project)
    except (RamsesError, PlatesError) as problem:
        return AppState(Condition.OFFLINE, reason=str(problem)), [], None


def _line(wanted: SceneChoice, state: AppState | None, facts: ProjectFacts | None) -> str:
    if wanted.offline or state is None:
        return "Ramses is not asked"
    if state.project is None:
        return _SHORT.get(state.condition, "Ramses is off")
    if facts is not None and facts.uuid != state.project.uuid:
        return f"Ramses has {state.project.short_name} open"
    return f"Ramses is on: {state.project.short_name}"


def _is_open(state: AppState | None, facts: ProjectFacts | None) -> bool:
    return bool(state and state.project and (facts is None or facts.uuid == state.project.uuid))


def _waiting(root: str) -> tuple[str, ...]:
    try:
        return tuple(labels(pending(root))) if root else ()
    except PlatesError as problem:
        return (str(problem),)


def _tick() -> float | None:
    """The timer: takes the thread's answer, starts the next question when it is time."""
    while not _watch.answers.empty():
        wanted, found = _watch.answers.get()
        if (wanted, found) != (_watch.seen_of, _watch.seen):
            _watch.seen_of, _watch.seen = wanted, found
            redraw()
    now = time.monotonic()
    if now - _watch.drawn > _ASLEEP:
        return None
    idle = _watch.thread is None or not _watch.thread.is_alive()
    due = not _watch.asked or now - _watch.asked > _FRESH
    if idle and due and _watch.wanted is not None:
        _watch.asked = now
        _watch.thread = threading.Thread(target=_answer, args=(_watch.wanted,), name="Ramses watch", daemon=True)
        _watch.thread.start()
    return _TICK


def _answer(wanted: SceneChoice) -> None:
    try:
        found = find_out(wanted)
    except Exception as fault:  # noqa: BLE001  the thread's edge: without an answer the panel would say "asking" forever
        found = Seen(label=f"A fault of this add-on: {fault!r}", ramses="Ramses was not asked")
    _watch.answers.put((wanted, found))


def register() -> None:
    """Nothing to add: the first panel that is drawn starts the timer."""


def unregister() -> None:
    """Neither timer nor thread may outlive the add-on."""
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    if _watch.thread is not None:
        _watch.thread.join(2.0)
    _watch.__init__()  # type: ignore[misc]
    _asked.__init__()  # type: ignore[misc]
