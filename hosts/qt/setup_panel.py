# SPDX-License-Identifier: GPL-3.0-or-later
"""The set-up panel: what Ramses wants of the scene beside what it has, shown before anything is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import style
from .binding import Qt, QtCore, QtGui, QtWidgets
from .host import Host, Note, SetupRow
from .setup_context import ContextBar, SceneContext, needs_context
from .window_parts import Empty, Notes, Tell, WorkLine, action, button, columns, relabel, rows
from .window_work import HostWork

HEADERS = ("Setting", "In the scene", "Ramses wants", "Says who")
_SETTING, _NOW, _WANTED, _SOURCE = range(4)


class SetupTable(QtWidgets.QTreeWidget):
    """One line per setting; those that differ carry a tick and are ticked."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderLabels(list(HEADERS))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.SingleSelection)
        self.setToolTip("Ticked lines are applied; Space ticks")
        self._rows: list[SetupRow] = []
        for section, letters in enumerate((21, 20, 20, 30)):
            self.header().resizeSection(section, style.wide(self, letters))

    def fill(self, found: Sequence[SetupRow]) -> None:
        """Show these; what differs is ticked."""
        self.clear()
        self._rows = list(found)
        size = style.icon_size(self)
        for row in self._rows:
            item = QtWidgets.QTreeWidgetItem([row.label, row.now, row.wanted or "not said", row.source])
            for column in range(len(HEADERS)):
                item.setToolTip(column, item.text(column))
            item.setSizeHint(_SETTING, QtCore.QSize(0, style.high(self, 1.5)))
            state = "older" if row.differs else "good" if row.wanted else "offline"
            item.setIcon(_WANTED, style.state_icon(state, self.palette(), size))
            if row.differs:
                item.setCheckState(_SETTING, Qt.CheckState.Checked)
                item.setForeground(_WANTED, QtGui.QBrush(style.state_colour("older", self.palette())))
            elif not row.wanted:
                item.setForeground(_WANTED, QtGui.QBrush(style.state_colour("offline", self.palette())))
            self.addTopLevelItem(item)

    @property
    def ticked(self) -> list[SetupRow]:
        """The rows to apply."""
        found = []
        for at, row in enumerate(self._rows):
            if row.differs and self.topLevelItem(at).checkState(_SETTING) == Qt.CheckState.Checked:
                found.append(row)
        return found


class SetupPanel(QtWidgets.QWidget):
    """Needs a host with a scene."""

    def __init__(self, host: Host, scene: SceneContext | None = None, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.host = host
        self.scene = scene or SceneContext(host, self)
        self.work = HostWork(self)
        self.runner = self.work.runner
        self.bar, self.table, self.empty = ContextBar(self.scene), SetupTable(), Empty()
        self.tell, self.notes, self.line = Tell(), Notes(), WorkLine(self.runner)
        self.refresh_button = button("Refresh", "Compare the scene with Ramses again", self.refresh, "F5")
        self.apply_button = button(
            "Apply", "Give the scene the ticked values, as one undo step", self.apply, "Ctrl+Return"
        )
        self._pages = QtWidgets.QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        buttons = columns(self.refresh_button, None, self.apply_button)
        self.setLayout(rows(self.bar, (self._pages, 1), self.tell, self.notes, self.line, buttons))
        self.layout().setSpacing(style.gap(self) * 2)
        self._connect()
        self._context_changed()

    def _connect(self) -> None:
        self.empty.pressed.connect(self.bar.choose)
        self.bar.toggled.connect(self._context_changed)
        self.scene.changed.connect(self._context_changed)
        self.table.itemChanged.connect(lambda *_: self._enable())
        self.work.failed.connect(lambda sentence: self.tell.say(sentence, "error"))
        self.work.changed.connect(self._enable)
        action(self, "F5", self.refresh)
        action(self, "Ctrl+Return", self.apply)

    def showEvent(self, event: Any) -> None:
        """What the scene has may have changed while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask the host for its settings beside those of Ramses."""
        context = self.scene.context
        if context is None or not self.isVisible():
            return
        if self.work.busy:
            self.work.follow(self.refresh, in_any_case=True)
            return
        self.tell.say("")
        self.work.run("Shot set-up", lambda: self.host.setup(context), self._show)

    def apply(self) -> None:
        """Apply the ticked rows, then compare again."""
        ticked = self.table.ticked
        if not ticked or self.work.busy:
            return
        notes = self.work.at_once("Shot set-up", lambda: self.host.apply_setup(ticked))
        if notes is None:
            return
        self.notes.show_notes(notes or [Note(f"Applied: {', '.join(row.label.lower() for row in ticked)}.")])
        self.refresh()

    def _context_changed(self) -> None:
        if self.scene.context is None:
            title, text = needs_context(self.scene)
            self.empty.say(title, text, "" if self.scene.busy or self.bar.choosing else "Choose shot and step…")
            self._pages.setCurrentWidget(self.empty)
            self.table.fill([])
        self._enable()
        self.refresh()

    def _show(self, found: list[SetupRow]) -> None:
        if any(row.wanted for row in found):
            self.table.fill(found)
            self._pages.setCurrentWidget(self.table)
            same = not any(row.differs for row in found)
            self.tell.say("The scene is as Ramses wants it." if same else "")
        else:
            text = "Start the Ramses Client and refresh, or ingest a plate of this project while it runs."
            self.empty.say("Ramses was never asked about this project", text)
            self._pages.setCurrentWidget(self.empty)
        self._enable()

    def _enable(self) -> None:
        here = self._pages.currentWidget() is self.table
        ticked = self.table.ticked if here else []
        self.refresh_button.setEnabled(self.scene.context is not None)
        self.apply_button.setEnabled(bool(ticked) and not self.work.busy)
        relabel(self.apply_button, f"Apply {len(ticked)}" if len(ticked) > 1 else "Apply")
