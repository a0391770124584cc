# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions panel: how every plate of the scene stands, and bringing them up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...core.versions import PublishedVersion
from . import style
from .binding import Qt, QtCore, QtGui, QtWidgets, exec_menu
from .host import Host, Note, Shown
from .window_parts import Empty, Notes, Tell, WorkLine, action, button, columns, relabel, rows
from .window_work import HostWork

HEADERS = ("State", "Node", "Plate", "Shows", "Newest", "Why")
# What needs a person comes first.
_ORDER = ("older", "missing", "unknown", "newest")


class PlateTable(QtWidgets.QTreeWidget):
    """One line per plate; those that need somebody come first."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderLabels(list(HEADERS))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setToolTip("Right click for the versions of a plate")
        for section, letters in enumerate((13, 20, 22, 12, 12, 30)):
            self.header().resizeSection(section, style.wide(self, letters))
        self.shown: list[Shown] = []

    def fill(self, found: Sequence[Shown]) -> None:
        """Show these; what was chosen stays chosen."""
        kept = {one.node for one in self.chosen}
        self.clear()
        self.shown = sorted(found, key=lambda one: (_rank(one.state), one.node.casefold()))
        size, high = style.icon_size(self), QtCore.QSize(0, style.high(self, 1.5))
        states = {one.state for one in self.shown}
        icons = {state: style.state_icon(state, self.palette(), size) for state in states}
        inks = {state: QtGui.QBrush(style.state_colour(state, self.palette())) for state in states}
        items = []
        for one in self.shown:
            item = QtWidgets.QTreeWidgetItem(_texts(one))
            item.setSizeHint(0, high)
            item.setIcon(0, icons[one.state])
            item.setForeground(0, inks[one.state])
            tip = f"{one.path}\n{one.reason}" + ("" if one.ours else "\nMade by hand.")
            for column in range(len(HEADERS)):
                item.setToolTip(column, tip)
            items.append(item)
        self.addTopLevelItems(items)
        for one, item in zip(self.shown, items, strict=True):
            if one.node in kept:
                item.setSelected(True)

    @property
    def chosen(self) -> list[Shown]:
        """The chosen plates, from top to bottom."""
        items = (self.topLevelItem(at) for at in range(self.topLevelItemCount()))
        return [one for one, item in zip(self.shown, items, strict=False) if item.isSelected()]


class VersionsPanel(QtWidgets.QWidget):
    """Needs a host with a scene. Looks again whenever it is shown."""

    def __init__(self, host: Host, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.host = host
        self.work = HostWork(self)
        self.runner = self.work.runner
        self.table, self.empty = PlateTable(), Empty()
        self.tell, self.notes, self.line = Tell(), Notes(), WorkLine(self.runner)
        self.refresh_button = button("Refresh", "Look again at everything that is published", self.refresh, "F5")
        self.to_button = button("Update to…", "Choose a version for the chosen plate", self.ask_version, "Ctrl+T")
        self.chosen_button = button(
            "Update selected", "Bring the chosen plates to their newest version", self.update_chosen
        )
        self.all_button = button(
            "Update all", "Bring every older plate to its newest version", self.update_all, "Ctrl+U"
        )
        self._pages = QtWidgets.QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        buttons = columns(self.refresh_button, None, self.to_button, self.chosen_button, self.all_button)
        self.setLayout(rows((self._pages, 1), self.tell, self.notes, self.line, buttons))
        self.layout().setSpacing(style.gap(self) * 2)
        self._connect()
        self.empty.say("Looking at the scene …")
        self._enable()

    def _connect(self) -> None:
        self.table.itemSelectionChanged.connect(self._enable)
        self.table.customContextMenuRequested.connect(lambda *_: self.ask_version())
        self.table.itemDoubleClicked.connect(lambda *_: self.update_chosen())
        self.work.failed.connect(self._failed)
        self.work.cancelled.connect(lambda: self.notes.show_notes([Note("Cancelled.")]))
        self.work.changed.connect(self._enable)
        action(self, "F5", self.refresh)
        action(self, "Ctrl+U", self.update_all)
        action(self, "Ctrl+T", self.ask_version)

    def showEvent(self, event: Any) -> None:
        """The scene may be another one by now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask the host how everything stands."""
        if self.work.busy:
            self.work.follow(self.refresh, in_any_case=True)
            return
        self.tell.say("")
        self.work.run("Versions", self.host.shown, self._show)

    def update_all(self) -> None:
        """Bring every older plate of ours to its newest version."""
        self._update([one.node for one in self.table.shown if one.state == "older" and one.ours])

    def update_chosen(self) -> None:
        """Bring the chosen plates to their newest version."""
        self._update([one.node for one in self.table.chosen if one.versions])

    def ask_version(self) -> None:
        """Let the person choose a version of the one chosen plate."""
        chosen = self.table.chosen
        if len(chosen) != 1 or not chosen[0].versions:
            return
        menu = self.version_menu(chosen[0])
        exec_menu(menu, QtGui.QCursor.pos())

    def version_menu(self, one: Shown) -> QtWidgets.QMenu:
        """A menu of the versions that a plate can be switched to, newest first."""
        menu = QtWidgets.QMenu(self)
        for at, version in enumerate(one.versions):
            now = one.version is not None and version.folder == one.version.folder
            words = (_named(version), "newest" if at == 0 else "", "shown" if now else "")
            entry = menu.addAction("   ".join(filter(None, words)))
            entry.setEnabled(not now)
            entry.triggered.connect(lambda *_, version=version: self.update_to(one, version))
        return menu

    def update_to(self, one: Shown, version: PublishedVersion) -> None:
        """Bring one plate to a chosen version."""
        self._update([one.node], version)

    def _update(self, nodes: list[str], to: PublishedVersion | None = None) -> None:
        if nodes and not self.work.busy:
            self.notes.show_notes([])
            self.work.follow(self.refresh, in_any_case=True)
            self.work.run("Update", lambda: self.host.update(nodes, to), self._updated)

    def _updated(self, notes: list[Note]) -> None:
        self.notes.show_notes(notes or [Note("Nothing had to change.")])

    def _show(self, found: list[Shown]) -> None:
        self.table.fill(found)
        self._pages.setCurrentWidget(self.table if found else self.empty)
        if not found:
            text = "Create one in the Load tab, or open a script that has some."
            self.empty.say("No published plate in this scene", text)
        self.tell.say(*_summary(found))
        self._enable()

    def _failed(self, sentence: str) -> None:
        """Where the list is looked at next, its own summary takes the line: the sentence stays in the notes."""
        if self.work.followed:
            self.notes.show_notes([Note(sentence, "error")])
        else:
            self.tell.say(sentence, "error")

    def _enable(self) -> None:
        free = not self.work.busy
        chosen = [one for one in self.table.chosen if one.versions]
        older = [one for one in self.table.shown if one.state == "older" and one.ours]
        self.refresh_button.setEnabled(free)
        self.to_button.setEnabled(free and len(chosen) == 1)
        self.chosen_button.setEnabled(free and bool(chosen))
        self.all_button.setEnabled(free and bool(older))
        relabel(self.all_button, f"Update all {len(older)}" if len(older) > 1 else "Update all")


def _texts(one: Shown) -> list[str]:
    version = one.version
    plate = "" if version is None else " ".join(filter(None, (version.shot, version.step, version.resource)))
    newest = one.versions[0] if one.versions else None
    return [
        one.state,
        one.node,
        plate,
        "" if version is None else _named(version),
        "" if newest is None else _named(newest),
        one.reason,
    ]


def _named(version: PublishedVersion) -> str:
    return f"{version.number:03d} {version.state}".rstrip()


def _rank(state: str) -> int:
    return _ORDER.index(state) if state in _ORDER else len(_ORDER)


def _summary(found: Sequence[Shown]) -> tuple[str, Any]:
    """One sentence on all plates, and how serious it is."""
    if not found:
        return "", "info"
    counts = [(state, sum(one.state == state for one in found)) for state in _ORDER]
    if counts[-1][1] == len(found):
        return f"All {len(found)} plates show their newest version." if len(found) > 1 else "It is the newest.", "info"
    told = ", ".join(f"{count} {state}" for state, count in counts if count)
    return f"{len(found)} plates: {told}.", "error" if counts[1][1] else "warning"
