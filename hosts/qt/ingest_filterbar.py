# SPDX-License-Identifier: GPL-3.0-or-later
"""The line above the table: a search box, a button per state with its count, and the kinds of clips."""

from __future__ import annotations

from collections.abc import Mapping

from . import style
from .binding import QtCore, QtWidgets, Signal
from .ingest_filter import GROUPS
from .ingest_rows import KINDS

_ICONS = {
    "ready": "planned",
    "attention": "attention",
    "bad": "refused",
    "there": "duplicate",
    "done": "published",
    "out": "left-out",
}
_WAIT_MS = 120


class FilterBar(QtWidgets.QWidget):
    """`changed` tells that other rows are wanted; typing is waited for a moment."""

    changed = Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._search = QtWidgets.QLineEdit()
        self._search.setPlaceholderText("Search")
        self._search.setToolTip("Words that must all occur in a row  (Ctrl+F)")
        self._search.setClearButtonEnabled(True)
        self._search.setAcceptDrops(False)
        self._search.setMinimumWidth(style.wide(self, 12))
        self._kind = QtWidgets.QComboBox()
        self._kind.setToolTip("Show only clips of this kind")
        self._kind.addItem("All kinds", "")
        for kind, words in KINDS.items():
            self._kind.addItem(words, kind)
        self._buttons = {name: self._button(name, word) for name, word, _states in GROUPS}
        line = QtWidgets.QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._search, 1)
        for made in self._buttons.values():
            line.addWidget(made)
        line.addWidget(self._kind)
        self._wait = QtCore.QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_WAIT_MS)
        self._wait.timeout.connect(self.changed)
        self._search.textChanged.connect(lambda *_: self._wait.start())
        self._kind.currentIndexChanged.connect(lambda *_: self.changed.emit())
        self.show_counts({})

    @property
    def search(self) -> str:
        """What is searched for."""
        return str(self._search.text())

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the pressed buttons; none = all."""
        return tuple(name for name, made in self._buttons.items() if made.isChecked())

    @property
    def kinds(self) -> tuple[str, ...]:
        """The chosen kind; none = all."""
        kind = str(self._kind.currentData() or "")
        return (kind,) if kind else ()

    @property
    def in_order(self) -> list[QtWidgets.QWidget]:
        """What Tab visits, in its order."""
        return [self._search, *self._buttons.values(), self._kind]

    @property
    def field(self) -> QtWidgets.QLineEdit:
        """The search box."""
        return self._search

    def find(self) -> None:
        """Go to the search box."""
        self._search.setFocus()
        self._search.selectAll()

    def reset(self) -> None:
        """Show everything again."""
        self._search.clear()
        self._kind.setCurrentIndex(0)
        for made in self._buttons.values():
            made.setChecked(False)
        self.changed.emit()

    def press(self, name: str, on: bool = True) -> None:
        """Press the button of a group."""
        self._buttons[name].setChecked(on)
        self.changed.emit()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """How many rows each button shows; a button without any is not there unless it is pressed."""
        words = {name: word for name, word, _states in GROUPS}
        for name, made in self._buttons.items():
            count = counts.get(name, 0)
            made.setText(f"{words[name]} {count:,}")
            made.setVisible(bool(count) or made.isChecked())

    def _button(self, name: str, word: str) -> QtWidgets.QToolButton:
        made = QtWidgets.QToolButton()
        made.setText(word)
        made.setCheckable(True)
        made.setAutoRaise(True)
        size = style.icon_size(self)
        made.setIcon(style.state_icon(_ICONS[name], self.palette(), size))
        made.setIconSize(QtCore.QSize(size, size))
        made.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setToolTip(f"Show only these clips: {word.lower()}. Press several to see them together")
        made.clicked.connect(lambda *_: self.changed.emit())
        return made
