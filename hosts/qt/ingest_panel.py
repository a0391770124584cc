# SPDX-License-Identifier: GPL-3.0-or-later
"""The ingest panel: a delivery is looked at, edited, planned, published and, if need be, taken back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ...core import native
from ...core.errors import PlatesError
from ...core.events import Event
from ...core.preview import missing_libraries
from ...core.run import RunResult
from ...core.undo import Undone
from ...core.versions import PublishedVersion
from .binding import QtCore, QtWidgets
from .host import Host, Wanted
from .ingest_keys import Keys
from .ingest_menu import make_menu
from .ingest_news import News
from .ingest_planning import IngestPlanning
from .ingest_text import TextDialog
from .ingest_words import undone_text
from .ingest_work import (
    Finished,
    LongText,
    Looked,
    Planned,
    Versions,
    dry_run_job,
    publish_job,
    result_folder,
    undo_job,
    versions_job,
)
from .load_memory import recall
from .window_parts import open_folder

_SERIOUS = ("info", "warning", "error")


class IngestPanel(IngestPlanning):
    """A delivery in, published versions out. Works before any project or delivery is known."""

    def __init__(self, host: Host, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(host, parent)
        self._result: RunResult | None = None
        self._tidings = News()
        self._set_keys()
        self._connect()
        self._show_page()
        self._find_project()

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

    def undo(self) -> None:
        """Take the last run back."""
        if self._result is not None and not self.runner.busy:
            self.runner.start(undo_job(self._result.plan.options.root, self._result.run))

    def create_nodes(self) -> None:
        """Make one node for each version of the last run."""
        result = self._result
        if result is not None and not self.runner.busy:
            self.runner.start(versions_job(result))

    def closeEvent(self, event: Any) -> None:
        """Whoever closes the panel does not want its work any more."""
        self.runner.cancel()
        super().closeEvent(event)

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

    def _new_delivery(self) -> None:
        self._result = None
        super()._new_delivery()

    def _take_result(self, finished: Finished) -> None:
        self._result = finished.result
        self._planned = None
        self.table.put(finished.rows)
        self.result.show_result(finished.result)
        self.ramses.refresh()
        self.foot.say("")

    def _cancelled(self) -> None:
        self.foot.say("Stopped. F5 looks again.", "attention")

    def _ended(self) -> None:
        if self.locked:
            self.locked = False
            self.source.lock(False)
        self.foot.rest()
        self._show_page()

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
