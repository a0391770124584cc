# SPDX-License-Identifier: GPL-3.0-or-later
"""The ingest panel: a delivery is looked at, edited, planned, published and, if need be, taken back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...core import native
from ...core.errors import PlatesError
from ...core.events import Event
from ...core.plan import PlannedClip
from ...core.preview import missing_libraries
from ...core.run import RunResult
from ...core.tree import find_project_root
from ...core.undo import Undone
from ...core.versions import PublishedVersion
from .binding import QtCore, QtWidgets
from .host import Host, Job, Wanted
from .ingest_drop import Dropped, sorted_out
from .ingest_edits import History, left_out, with_value, without
from .ingest_filter import counted
from .ingest_keys import Keys
from .ingest_menu import make_menu
from .ingest_news import News, typed_row
from .ingest_rows import detail, with_state
from .ingest_text import TextDialog
from .ingest_view import IngestView
from .ingest_words import undone_text
from .ingest_work import (
    Finished,
    LongText,
    Looked,
    Planned,
    Versions,
    dry_run_job,
    look_job,
    plan_job,
    publish_job,
    result_folder,
    rows_job,
    undo_job,
    versions_job,
)
from .load_memory import recall
from .runner import Runner
from .tidying import Tidying
from .window_parts import asked, open_folder

# After an edit: more may follow. After a choice: a person who holds an arrow key chooses many.
_WAIT_MS, _CHOICE_MS = 250, 30
# So many rows show at once what was typed; the others when it is planned, which does not hold the window.
_AT_ONCE = 200
_SERIOUS = ("info", "warning", "error")


class IngestPanel(IngestView):
    """A delivery in, published versions out. Works before any project or delivery is known."""

    def __init__(self, host: Host, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(asked(lambda: host.has_scene, False), parent)
        self._host = host
        self._looked: Looked | None = None
        self._planned: Planned | None = None
        self._result: RunResult | None = None
        self._clips: Mapping[str, PlannedClip] = {}
        self._tidings = News()
        self.history = History()
        self.runner = Runner(self)
        self._tidying = Tidying(self)
        self._wait = self._timer(_WAIT_MS)
        self._choice = self._timer(_CHOICE_MS)
        self._set_keys()
        self._connect()
        self._show_page()
        self._find_project()
        self.limits.say(asked(lambda: host.limits, ""))

    # ---- what a person can do --------------------------------------------------------------------------------------

    def set_delivery(self, paths: Iterable[str]) -> None:
        """Look at these folders and files."""
        self.source.set_paths(tuple(os.path.abspath(path) for path in paths))

    def set_project(self, root: str, project: str = "") -> None:
        """Publish into this project."""
        self.source.set_root(root, project)

    def look(self) -> None:
        """Scan and probe the delivery, then plan."""
        if self.locked or not self.source.wish.paths:
            return
        self._wait.stop()
        self._looked = self._planned = None
        self._clips = {}
        self.result.hide()
        self.table.clear_rows()
        self.runner.replace(look_job(self.source.wish, self.history.now))
        self._show_page()

    def plan_again(self, fresh: bool = False) -> None:
        """Plan what was looked at with the edits and choices as they are now; `fresh` asks disk and Ramses again."""
        self._wait.stop()
        if self.locked or self._looked is None:
            return
        if not self.source.wish.root:
            self.runner.replace(rows_job(self._looked.delivery, self.source.wish.rules))
            return
        before = None if fresh else self._planned
        self.runner.replace(plan_job(self._looked.delivery, self.source.wish, self.history.now, before))

    def edit(self, keys: Iterable[str], field: str, text: str) -> None:
        """Set a field of these clips, then plan again."""
        keys = list(keys)
        try:
            overrides = with_value(self.history.now, keys, field, text)
        except PlatesError as problem:
            self.foot.say(str(problem), "error")
            return
        if not self.locked and self.history.take(overrides):
            self.table.put(typed_row(self.table.rows[key], field, text) for key in keys[:_AT_ONCE])
            self._edited()

    def toggle_left_out(self) -> None:
        """Leave the chosen clips out, or take them in again where all of them are out."""
        keys = self.table.chosen_keys()
        now = self.history.now
        skip = not all(key in now and now[key].skip for key in keys)
        if keys and not self.locked and self.history.take(left_out(now, keys, skip)):
            if skip:
                self.table.put(with_state(self.table.rows[key], "left-out") for key in keys)
            self._edited()

    def reset_edits(self) -> None:
        """Give the chosen clips back to the rules."""
        if not self.locked and self.history.take(without(self.history.now, self.table.chosen_keys())):
            self._edited()

    def undo_edit(self) -> None:
        """Take the last edit back."""
        if not self.locked and self.history.back():
            self._edited()

    def redo_edit(self) -> None:
        """Do it again."""
        if not self.locked and self.history.again():
            self._edited()

    def publish(self) -> None:
        """Publish the plan as it is shown."""
        if self.runner.busy or self._wait.isActive() or self._planned is None or not self._planned.ready:
            return
        pictures = self.source.wish.pictures and native.allowed() and not missing_libraries()
        self.locked = True
        self._tidings = News()
        self.result.hide()
        self.source.lock(True)
        self.runner.start(publish_job(self._planned, pictures))

    def dry_run(self) -> None:
        """Show everything that publishing would do."""
        if self._planned is not None and not self.runner.busy:
            self.runner.start(dry_run_job(self._planned))

    def cancel(self) -> None:
        """Stop what runs."""
        if self.runner.busy:
            self.foot.stopping()
            self.runner.cancel()

    def undo(self) -> None:
        """Take the last run back."""
        if self._result is not None and not self.runner.busy:
            self.runner.start(undo_job(self._result.plan.options.root, self._result.run))

    def create_nodes(self) -> None:
        """Make one node for each version of the last run."""
        result = self._result
        if result is not None and not self.runner.busy:
            self.runner.start(versions_job(result))

    def mark_example(self) -> None:
        """Let a person show in a name where the shot is."""
        from .ingest_example import ExampleDialog

        known = self._looked.clips if self._looked is not None else {}
        chosen = (self.table.chosen_keys() or self.table.shown_keys())[:1]
        first = known.get(chosen[0]) if chosen else None
        dialog = ExampleDialog(tuple(known.values()), first, self.source.wish.rules, self)
        dialog.accepted.connect(lambda: self.source.add_rules(dialog.rules, dialog.label))
        dialog.open()

    def show_order(self) -> None:
        """Show what the edit ordered beside what was delivered."""
        from .ingest_order import OrderDialog

        if self._planned is not None and self._planned.order is not None:
            dialog = OrderDialog(self._planned.order, self._planned.order_rows, self)
            dialog.wanted.connect(self._choose_paths)
            dialog.show()

    def drop(self, paths: Sequence[str], add: bool = False) -> None:
        """Take a delivery, a project, an edit or naming rules, whatever each path is; the disk says what."""
        chosen = list(paths)
        self._ask("Looking at what was dropped", lambda: sorted_out(chosen), lambda found: self._take_drop(found, add))

    def closeEvent(self, event: Any) -> None:
        """Whoever closes the panel does not want its work any more."""
        self.runner.cancel()
        super().closeEvent(event)

    # ---- how the parts hang together -------------------------------------------------------------------------------

    def _find_project(self) -> None:
        """Begin with the project that the scene lies in, if any; the disk is asked on a worker."""
        path = asked(self._host.scene_path, "")

        def take(root: Any) -> None:
            if root and not self.source.wish.root:
                self.set_project(str(root))

        if path:
            self._ask("Finding the project", lambda: find_project_root(path), take)

    def _ask(self, title: str, question: Callable[[], Any], take: Callable[[Any], None]) -> None:
        """Ask the disk something small, beside whatever else is at work."""
        runner = Runner(self)
        runner.done.connect(take)
        runner.problem.connect(self._problem)
        runner.ended.connect(runner.deleteLater)
        runner.start(Job(title, lambda _listen, _cancel: question(), _same))

    def _take_drop(self, found: Dropped, add: bool) -> None:
        if self.locked:
            return
        if found.project:
            self.source.set_root(found.project)
        if found.rules:
            self.source.load_rules(found.rules)
        if found.edit:
            self.source.set_edit(found.edit)
        if found.delivery:
            before = self.source.wish.paths if add else ()
            self.set_delivery(dict.fromkeys([*before, *found.delivery]))

    def _hold(self) -> None:
        """Somebody looks, and thousands of objects are made; copying for hours makes none."""
        if not self.locked:
            self._tidying.hold()

    def _timer(self, milliseconds: int) -> QtCore.QTimer:
        made = QtCore.QTimer(self)
        made.setSingleShot(True)
        made.setInterval(milliseconds)
        return made

    def _set_keys(self) -> None:
        self.keys = Keys(
            {
                "Ctrl+O": self.source.choose_delivery,
                "Ctrl+Shift+O": lambda: self.source.choose_delivery(True),
                "Ctrl+F": self.filters.find,
                "Ctrl+E": self.mark_example,
                "Ctrl+D": self.dry_run,
                "Ctrl+Return": self.publish,
                "Ctrl+Enter": self.publish,
                "Ctrl+Z": self.undo_edit,
                "Ctrl+Shift+Z": self.redo_edit,
                "F5": self.look,
                "Esc": self._escape,
            }
        )

    def _connect(self) -> None:
        self.source.delivery.connect(self._new_delivery)
        self.source.look_again.connect(self.look)
        self.source.changed.connect(self._wish_changed)
        self.source.problem.connect(lambda text: self.foot.say(text, "error"))
        self.source.example.connect(self.mark_example)
        self.source.show_order.connect(self.show_order)
        self.filters.changed.connect(self._filter)
        self.table.edited.connect(self.edit)
        self.table.left_out.connect(self.toggle_left_out)
        self.table.chosen.connect(self._choice.start)
        self.table.settled.connect(self._settled)
        self.table.verticalScrollBar().valueChanged.connect(lambda _at: self._hold())
        self.table.setContextMenuPolicy(QtCore.Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self._choice.timeout.connect(self._show_detail)
        self._wait.timeout.connect(self.plan_again)
        self.empty.pressed.connect(self.source.choose_delivery)
        self.foot.cancel.connect(self.cancel)
        self.foot.dry_run.connect(self.dry_run)
        self.foot.publish.connect(self.publish)
        self.result.create.connect(self.create_nodes)
        self.result.folder.connect(lambda: open_folder(result_folder(self._result)) if self._result else None)
        self.result.report.connect(self._open_report)
        self.result.undo.connect(self.undo)
        self.runner.began.connect(self.foot.work)
        self.runner.began.connect(lambda _title: self._hold())
        self.runner.progress.connect(self._news)
        self.runner.done.connect(self._done)
        self.runner.problem.connect(self._problem)
        self.runner.cancelled.connect(self._cancelled)
        self.runner.ended.connect(self._ended)

    # ---- news of the work ------------------------------------------------------------------------------------------

    def _news(self, events: list[Event]) -> None:
        self._hold()
        clips = self._planned.clips if self._planned is not None else {}
        found = self._tidings.rows_of(events, self.table.rows, clips)
        if found:
            self.table.put(found)
            self.show_clips()
        if not self.runner.stopping:
            self.foot.news(events[-1])

    def _done(self, answer: object) -> None:
        if isinstance(answer, Looked):
            self._looked = answer
            if answer.planned is not None:
                self._take_plan(answer.planned)
            elif answer.problem:
                self.foot.say(answer.problem, "error")
            elif self.source.wish.root:
                self._edited()  # the project was chosen while the delivery was looked at
        elif isinstance(answer, Planned):
            self._take_plan(answer)
        elif isinstance(answer, Finished):
            self._take_result(answer)
        elif isinstance(answer, Undone):
            self.result.undone(undone_text(answer), answer.ok)
            self.ramses.refresh()
            QtCore.QTimer.singleShot(0, lambda: self.plan_again(True))
        elif isinstance(answer, Versions):
            QtCore.QTimer.singleShot(0, lambda: self._create(answer.versions))
        elif isinstance(answer, LongText):
            TextDialog(answer.title, answer.text, self).show()
            self.foot.say(self._planned.words if self._planned is not None else "")
        elif isinstance(answer, tuple):
            edits = self.history.now
            self.table.put(row for row in answer if row.key not in edits)
        elif isinstance(answer, list):
            worst = max((_SERIOUS.index(note.severity) for note in answer), default=0)
            text = "\n".join(note.text for note in answer) or "The nodes are made."
            self.result.say(text, _SERIOUS[worst] if worst else "good")

    def _take_plan(self, planned: Planned) -> None:
        self._planned = planned
        self._clips = planned.clips
        self.table.keep_only(planned.clips.keys())
        self.table.put(planned.rows)
        view = planned.link.view
        self.source.learn(view.steps, view.states, view.project)
        self.ramses.set_project(planned.wish.root)
        self.foot.say(planned.words)
        if self.history.now is not planned.overrides or planned.wish != self._wish_for_plan(planned):
            self._edited()

    def _wish_for_plan(self, planned: Planned) -> Any:
        """The wish of now, as far as a plan depends on it."""
        return replace(self.source.wish, paths=planned.wish.paths, every_frame=planned.wish.every_frame)

    def _take_result(self, finished: Finished) -> None:
        self._result = finished.result
        self._planned = None
        self.table.put(finished.rows)
        self.result.show_result(finished.result)
        self.ramses.refresh()
        self.foot.say("")

    def _problem(self, text: str) -> None:
        self.foot.say(text, "error")

    def _cancelled(self) -> None:
        self.foot.say("Stopped. F5 looks again.", "attention")

    def _ended(self) -> None:
        if self.locked:
            self.locked = False
            self.source.lock(False)
        self.foot.rest()
        self._show_page()

    def _settled(self) -> None:
        self._hold()
        self.filters.show_counts(counted(self.table.rows.values()))
        self._show_detail()
        self._show_page()

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def _new_delivery(self) -> None:
        self.history.clear()
        self._result = None
        self.look()

    def _wish_changed(self) -> None:
        self.ramses.set_project(self.source.wish.root)
        if self._looked is not None:
            self._wait.start()
        self._show_page()

    def _edited(self) -> None:
        self._wait.start()
        self._show_page()

    def _filter(self) -> None:
        self._hold()
        self.table.set_filter(self.filters.search, self.filters.groups, self.filters.kinds)

    def _show_detail(self) -> None:
        key = self.table.current_key()
        row = self.table.rows.get(key)
        if row is None:
            self.details.say("Choose a clip to see where it goes and what was found.")
            return
        self.details.show_detail(detail(row, self._clips.get(key), self.source.wish.root))

    def _show_page(self) -> None:
        """The buttons, and the empty page where there is no clip to show."""
        planned = self._planned
        idle = not self.runner.busy and not self._wait.isActive()
        words = planned.button if planned is not None else "Publish"
        self.foot.ready(words, idle and planned is not None and planned.ready > 0, idle and planned is not None)
        if self.table.rows:
            self.show_clips()
            if not self.source.wish.root and idle:
                self.foot.say("Choose the project folder to see where these clips go.", "info")
        elif self.runner.busy:
            self.show_empty("Looking …", "Clips appear here as they are found.")
        elif self.source.wish.paths and self._looked is not None:
            text = "No file in it is footage that this tool knows."
            self.show_empty("There is no clip in this delivery", text, "Choose a folder…")
        else:
            text = "A folder or files. An edit, naming rules and the project folder can be dropped as well."
            self.show_empty("Drop a delivery here", text, "Choose a folder…")

    def _escape(self) -> None:
        if self.runner.busy:
            self.cancel()
        elif self.filters.field.hasFocus():
            self.filters.field.clear()
            self.table.setFocus()

    def _show_menu(self, at: QtCore.QPoint) -> None:
        menu = make_menu(self)
        menu.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(at))

    def delivered_folder(self, key: str) -> str:
        """The folder that a clip was delivered in."""
        clip = self._looked.clips.get(key) if self._looked is not None else None
        return "" if clip is None else clip.folder

    def _open_report(self) -> None:
        if self._result is not None and self._result.report is not None:
            open_folder(os.path.join(self._result.plan.options.root, *self._result.report.split("/")))

    def _create(self, versions: Sequence[PublishedVersion]) -> None:
        try:
            job = self._host.create([Wanted(version, recall().policy) for version in versions])
        except PlatesError as problem:
            self.foot.say(str(problem), "error")
            return
        self.runner.start(job)

    def _choose_paths(self, paths: object) -> None:
        wanted = set(paths) if isinstance(paths, (list, tuple)) else set()
        known = self._looked.clips if self._looked is not None else {}
        self.filters.reset()
        self.table.choose(key for key, clip in known.items() if clip.first_path in wanted)


def _same(found: Any) -> Any:
    return found
