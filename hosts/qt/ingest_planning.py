# SPDX-License-Identifier: GPL-3.0-or-later
"""The ingest panel up to the plan: a delivery is looked at, its clips are edited, and planned again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...core.errors import PlatesError
from ...core.plan import PlannedClip
from ...core.tree import find_project_root
from .binding import QtCore, QtWidgets
from .host import Host, Job
from .ingest_drop import Dropped, sorted_out
from .ingest_edits import History, left_out, with_value, without
from .ingest_filter import counted
from .ingest_news import typed_row
from .ingest_rows import detail, with_state
from .ingest_view import IngestView
from .ingest_work import Looked, Planned, look_job, plan_job, rows_job
from .runner import Runner
from .tidying import Tidying
from .window_parts import asked

# After an edit: more may follow. After a choice: a person who holds an arrow key chooses many.
_WAIT_MS, _CHOICE_MS = 250, 30
# So many rows show at once what was typed; the others when it is planned, which does not hold the window.
_AT_ONCE = 200


class IngestPlanning(IngestView):
    """A delivery, the edits of its clips, and the plan that follows from them. What works is on `runner`."""

    def __init__(self, host: Host, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(asked(lambda: host.has_scene, False), parent)
        self._host = host
        self._looked: Looked | None = None
        self._planned: Planned | None = None
        self._clips: Mapping[str, PlannedClip] = {}
        self.history = History()
        self.runner = Runner(self)
        self._tidying = Tidying(self)
        self._wait = self._timer(_WAIT_MS)
        self._choice = self._timer(_CHOICE_MS)
        self._wait.timeout.connect(self.plan_again)
        self._choice.timeout.connect(self._show_detail)
        self.limits.say(asked(lambda: host.limits, ""))

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

    def cancel(self) -> None:
        """Stop what runs."""
        if self.runner.busy:
            self.foot.stopping()
            self.runner.cancel()

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

    def delivered_folder(self, key: str) -> str:
        """The folder that a clip was delivered in."""
        clip = self._looked.clips.get(key) if self._looked is not None else None
        return "" if clip is None else clip.folder

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

    def _choose_paths(self, paths: object) -> None:
        wanted = set(paths) if isinstance(paths, (list, tuple)) else set()
        known = self._looked.clips if self._looked is not None else {}
        self.filters.reset()
        self.table.choose(key for key, clip in known.items() if clip.first_path in wanted)

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

    def _new_delivery(self) -> None:
        self.history.clear()
        self.look()

    def _wish_changed(self) -> None:
        self.ramses.set_project(self.source.wish.root)
        if self._looked is not None:
            self._wait.start()
        self._show_page()

    def _edited(self) -> None:
        self._wait.start()
        self._show_page()

    def _settled(self) -> None:
        self._hold()
        self.filters.show_counts(counted(self.table.rows.values()))
        self._show_detail()
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

    def _problem(self, text: str) -> None:
        self.foot.say(text, "error")

    def _hold(self) -> None:
        """Somebody looks, and thousands of objects are made; copying for hours makes none."""
        if not self.locked:
            self._tidying.hold()

    def _timer(self, milliseconds: int) -> QtCore.QTimer:
        made = QtCore.QTimer(self)
        made.setSingleShot(True)
        made.setInterval(milliseconds)
        return made


def _same(found: Any) -> Any:
    return found
