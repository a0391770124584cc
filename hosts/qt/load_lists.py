# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of the load panel: a titled column of names, and the table of versions. Quick with thousands of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...core.versions import PublishedVersion
from . import style
from .binding import Qt, QtCore, QtGui, QtWidgets, Signal
from .window_parts import caption

Role = Qt.ItemDataRole


@dataclass(frozen=True)
class Row:
    """One name of a column: what it stands for, how it reads, a tooltip; a `quiet` one holds nothing to load."""

    value: Any
    text: str
    tip: str = ""
    quiet: bool = False


class _Rows(QtCore.QAbstractListModel):
    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.size = QtCore.QSize()

    def fill(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Any = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Any, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Role.DisplayRole:
            return row.text
        if role == Role.ToolTipRole:
            return row.tip or None
        if role == Role.SizeHintRole:
            return self.size
        if role == Role.ForegroundRole and row.quiet:
            return QtWidgets.QApplication.palette().brush(QtGui.QPalette.ColorRole.PlaceholderText)
        return None


class Column(QtWidgets.QWidget):
    """A title, a list, and a sentence in the list's place while it is empty."""

    chosen = Signal()

    def __init__(self, title: str, tip: str, several: bool = False, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = caption(title)
        self.view = QtWidgets.QListView()
        self.view.setUniformItemSizes(True)  # or Qt measures each of 3,000 rows
        self.view.setToolTip(tip)
        self.view.setAccessibleName(title)
        self.view.setMinimumWidth(style.wide(self, 9))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        mode = QtWidgets.QAbstractItemView.SelectionMode
        self.view.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
        self._model = _Rows(self)
        self._model.size = QtCore.QSize(0, style.high(self, 1.4))
        self.view.setModel(self._model)
        self._about = title
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.title)
        layout.addWidget(self.view, 1)
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self._quiet = False

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is listed."""
        return self._model.rows

    @property
    def values(self) -> list[Any]:
        """What is selected, from top to bottom."""
        chosen = sorted(index.row() for index in self.view.selectionModel().selectedIndexes())
        return [self._model.rows[row].value for row in chosen]

    @property
    def value(self) -> Any:
        """The one that is selected, None where none is."""
        return next(iter(self.values), None)

    def fill(self, rows: Sequence[Row], select: Sequence[Any] = (), count: int | None = None) -> None:
        """List these and select the given values; nothing is told by a signal. The title shows how many they are."""
        self._quiet = True
        self._model.fill(rows)
        number = len(rows) if count is None else count
        self.title.setText(f"{self._about}  {number}" if number > 1 else self._about)
        self.select(select)
        self._quiet = False

    def select(self, values: Sequence[Any]) -> None:
        """Select these values, as far as they are listed."""
        kept, self._quiet = self._quiet, True
        selection = self.view.selectionModel()
        selection.clearSelection()
        flags = QtCore.QItemSelectionModel.SelectionFlag
        for at, row in enumerate(self._model.rows):
            if row.value in values:
                index = self._model.index(at, 0)
                selection.select(index, flags.Select)
                selection.setCurrentIndex(index, flags.NoUpdate)
                self.view.scrollTo(index)
        self._quiet = kept

    def _selected(self, *_: Any) -> None:
        if not self._quiet:
            self.chosen.emit()


HEADERS = ("Plate", "Version", "State", "Frames", "Published", "Comment")


@dataclass(frozen=True)
class Line:
    """A version in the table; `texts` are those of HEADERS, filled in when its sidecar was read."""

    version: PublishedVersion
    texts: tuple[str, str, str, str, str, str]

    @classmethod
    def bare(cls, version: PublishedVersion) -> Line:
        """What the folder's name says."""
        return cls(version, (version.resource or "main", f"{version.number:03d}", version.state, "", "", ""))


class _Lines(QtCore.QAbstractTableModel):
    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.size = QtCore.QSize()

    def fill(self, lines: Sequence[Line]) -> None:
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def renew(self, lines: Sequence[Line]) -> None:
        """Put better known lines in the place of those with the same version."""
        known = {line.version.folder: line for line in lines}
        self.lines = [known.get(line.version.folder, line) for line in self.lines]
        if self.lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, len(HEADERS) - 1))

    def rowCount(self, parent: Any = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: Any = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADERS)

    def flags(self, index: Any) -> Any:
        """Rows can be dragged, into the node graph or a file manager."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeData(self, indexes: Any) -> Any:
        """The folders of the versions."""
        data = QtCore.QMimeData()
        found = dict.fromkeys(index.row() for index in indexes)
        data.setUrls([QtCore.QUrl.fromLocalFile(self.lines[row].version.path) for row in found])
        return data

    def headerData(self, section: int, orientation: Any, role: int = Role.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return HEADERS[section]
        return None

    def data(self, index: Any, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        text = line.texts[index.column()]
        if role == Role.DisplayRole:
            return text
        if role == Role.SizeHintRole:
            return self.size
        if role == Role.ToolTipRole:
            return f"{line.version.path}\n{text}" if text else line.version.path
        return None


class VersionTable(QtWidgets.QTreeView):
    """The versions of the chosen plates, newest first."""

    chosen = Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Lines(self)
        self._model.size = QtCore.QSize(0, style.high(self, 1.4))
        self.setModel(self._model)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setAllColumnsShowFocus(True)
        self.setAccessibleName("Versions")
        self.setToolTip("Newest first. Several can be chosen; Enter or a double click creates, dragging works too")
        self.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QtWidgets.QAbstractItemView.SelectionBehavior.SelectRows)
        self.setDragEnabled(True)
        header = self.header()
        header.setStretchLastSection(True)
        for section, letters in enumerate((11, 9, 8, 16, 19, 20)):
            header.resizeSection(section, style.wide(self, letters))
        self.selectionModel().selectionChanged.connect(self._selected)
        self._quiet = False

    @property
    def lines(self) -> list[Line]:
        """What is listed."""
        return self._model.lines

    @property
    def versions(self) -> list[PublishedVersion]:
        """The chosen versions, from top to bottom."""
        found = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        return [self._model.lines[row].version for row in found]

    @property
    def current(self) -> PublishedVersion | None:
        """The version whose facts are shown: the one with the focus where it is chosen, else the first chosen one."""
        chosen = self.versions
        row = self.currentIndex().row()
        if 0 <= row < len(self.lines) and self.lines[row].version in chosen:
            return self.lines[row].version
        return chosen[0] if chosen else None

    def fill(self, lines: Sequence[Line], plates: bool) -> None:
        """List these; the newest of each plate is chosen, and nothing is told by a signal."""
        self._quiet = True
        self._model.fill(lines)
        self.setColumnHidden(0, not plates)
        self.choose(_newest([line.version for line in lines]))
        self._quiet = False

    def renew(self, lines: Sequence[Line]) -> None:
        """Fill in what the sidecars say."""
        self._model.renew(lines)

    def choose(self, versions: Sequence[PublishedVersion]) -> None:
        """Choose these versions, as far as they are listed."""
        selection, flags = self.selectionModel(), QtCore.QItemSelectionModel.SelectionFlag
        selection.clearSelection()
        for row, line in reversed(list(enumerate(self.lines))):
            if line.version in versions:
                index = self._model.index(row, 0)
                selection.select(index, flags.Select | flags.Rows)
                selection.setCurrentIndex(index, flags.NoUpdate)

    def _selected(self, *_: Any) -> None:
        if not self._quiet:
            self.chosen.emit()


def _newest(versions: Sequence[PublishedVersion]) -> list[PublishedVersion]:
    """The first one of each plate in a list that is newest first."""
    found: dict[str, PublishedVersion] = {}
    for version in versions:
        found.setdefault(version.resource, version)
    return list(found.values())
