# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of clips: thousands of rows that fill in while a worker reads, sorted, filtered and edited in place.

Texts, colours and sort keys live in Qt's own item model and its own filter: while the table is drawn, sorted or
filtered Qt never asks Python for anything. A worker that computes in Python holds the interpreter for milliseconds at
a time; a model written in Python would wait for it at every cell.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence, Set
from typing import Any

from . import style
from .binding import Qt, QtCore, QtGui, QtWidgets, Signal, number
from .ingest_filter import filter_pattern, filter_text
from .ingest_rows import AT, COLUMNS, STATES, Row

SORT = number(Qt.ItemDataRole.UserRole) + 1
FILTER = SORT + 1
KEY = SORT + 2
# Rows are shown in slices, with room between them for drawing and for the person. A slice is measured in the work that
# was done, since a busy worker takes its turns in between; the clock only ends what takes far too long.
_EVERY_MS, _SLICE, _LONGEST = 10, 0.004, 0.01
_ROLE = Qt.ItemDataRole
_DISPLAY, _TIP, _ICON, _FONT, _INK, _SIDE = (
    number(role)
    for role in (
        _ROLE.DisplayRole,
        _ROLE.ToolTipRole,
        _ROLE.DecorationRole,
        _ROLE.FontRole,
        _ROLE.ForegroundRole,
        _ROLE.TextAlignmentRole,
    )
)
_RIGHT = number(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = number(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_FITTED = ("name", "frames", "picture", "bytes", "codec", "colour")
_WITH_TIP = {AT[name] for name in ("name", "findings", "codec")}


class ClipTable(QtWidgets.QTreeView):
    """A list of Rows, by their keys. `edited` brings (keys, field, text) when a person typed something."""

    edited = Signal(object, str, str)
    chosen = Signal()
    settled = Signal()
    left_out = Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, Row] = {}
        self._at: dict[str, int] = {}
        self._waiting: deque[Row] = deque()
        self._to_finish: list[Callable[[], None]] = []
        self._latest: dict[str, Row] = {}
        self._clips = QtGui.QStandardItemModel(0, len(COLUMNS), self)
        self._shown = QtCore.QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._clips)
        self._shown.setSortRole(SORT)
        self._shown.setFilterRole(FILTER)
        self._shown.setFilterKeyColumn(0)
        self._shown.setDynamicSortFilter(False)
        self._icons: dict[str, Any] = {}
        self._inks: dict[str, Any] = {}
        self._pattern = ""
        self._unsorted = False
        self._fitting = False
        self._sized: set[int] = set()
        self.nothing = QtWidgets.QLabel(
            "No clip matches. Clear the search and release the buttons to see all.", self.viewport()
        )
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.nothing.setForegroundRole(QtGui.QPalette.ColorRole.PlaceholderText)
        self.nothing.hide()
        self._tick = QtCore.QTimer(self)
        self._tick.setInterval(_EVERY_MS)
        self._tick.timeout.connect(self._slice)
        self._set_up()

    # ---- what is shown ---------------------------------------------------------------------------------------------

    @property
    def shown(self) -> int:
        """How many rows the filter lets through."""
        return int(self._shown.rowCount())

    @property
    def busy(self) -> bool:
        """True while rows wait to be shown, or to be put in order."""
        return bool(self._waiting or self._to_finish)

    def put(self, rows: Iterable[Row]) -> None:
        """Add rows, or bring those with the same key up to date, a few at a time; `settled` tells the end."""
        for row in rows:
            if row.key not in self._latest:
                self._waiting.append(row)
            self._latest[row.key] = row
            self.rows[row.key] = row
        if self._waiting:
            self._tick.start()

    def keep_only(self, keys: Set[str]) -> bool:
        """False, and everything is taken away, where rows are shown that are not among these."""
        if self.rows.keys() <= keys:
            return True
        self.clear_rows()
        return False

    def clear_rows(self) -> None:
        """Take all rows away."""
        self._tick.stop()
        self._waiting.clear()
        self._to_finish.clear()
        self._latest.clear()
        self.rows.clear()
        self._at.clear()
        self._clips.removeRows(0, self._clips.rowCount())

    def flush(self) -> None:
        """Show everything that waits, however long it takes; for tests and pictures."""
        while self.busy:
            self._slice()

    def set_filter(self, search: str, groups: Iterable[str] = (), kinds: Iterable[str] = ()) -> None:
        """Show only rows with all these words, of one of these groups and kinds; none = all."""
        pattern = filter_pattern(search, tuple(groups), tuple(kinds))
        if pattern != self._pattern:
            self._pattern = pattern
            self._shown.setFilterRegularExpression(QtCore.QRegularExpression(pattern))
        self._tell_nothing()

    # ---- what is chosen --------------------------------------------------------------------------------------------

    def chosen_keys(self) -> list[str]:
        """The keys of the selected rows, in the order in which they are shown."""
        ranges = sorted((part.top(), part.bottom()) for part in self.selectionModel().selection())
        lines = sorted({line for top, bottom in ranges for line in range(top, bottom + 1)})
        return [str(self._shown.index(line, 0).data(KEY)) for line in lines]

    def current_key(self) -> str:
        """The key of the row with the cursor, "" where there is none."""
        index = self.currentIndex()
        return str(index.siblingAtColumn(0).data(KEY)) if index.isValid() else ""

    def choose(self, keys: Iterable[str]) -> None:
        """Select these rows and scroll to the first of them."""
        selection = QtCore.QItemSelection()
        first = None
        for key in keys:
            if key in self._at:
                index = self._shown.mapFromSource(self._clips.index(self._at[key], 0))
                selection.select(index, index.siblingAtColumn(len(COLUMNS) - 1))
                first = first or index
        flag = QtCore.QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flag.ClearAndSelect)
        if first is not None and first.isValid():
            self.selectionModel().setCurrentIndex(first, flag.NoUpdate)
            self.scrollTo(first)

    def text_at(self, key: str, column: str) -> str:
        """What the table shows in a cell."""
        return str(self._clips.index(self._at[key], AT[column]).data(_DISPLAY) or "")

    def shown_keys(self) -> list[str]:
        """All shown rows from top to bottom."""
        return [str(self._shown.index(row, 0).data(KEY)) for row in range(self.shown)]

    def edit_column(self, name: str) -> None:
        """Open the editor in this column of the current row."""
        index = self.currentIndex()
        if index.isValid():
            index = index.siblingAtColumn(AT[name])
            self.scrollTo(index)
            self.edit(index)

    def type_in(self, name: str, text: str) -> None:
        """As if a person had typed the text into a column of the chosen rows."""
        self._typed(AT[name], text)

    # ---- keys ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: Any) -> None:
        """Space and Delete leave clips out or take them in again, Return and F2 edit; the rest is Qt's own."""
        key = event.key()
        if self.state() == QtWidgets.QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)  # what the editor had no use for
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.left_out.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            index = self.currentIndex()
            name = COLUMNS[index.column()].name if index.isValid() and COLUMNS[index.column()].field else "shot"
            self.edit_column(name)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: Any) -> None:
        """Another palette needs other colours."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.PaletteChange and hasattr(self, "_inks"):
            self._icons.clear()
            self._inks.clear()
            rows = list(self.rows.values())
            self.rows = {}
            self._repaint(rows)

    # ---- within ----------------------------------------------------------------------------------------------------

    def _set_up(self) -> None:
        self.setModel(self._shown)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setSortingEnabled(True)
        self.setAllColumnsShowFocus(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QtWidgets.QAbstractItemView.SelectionBehavior.SelectRows)
        triggers = QtWidgets.QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setHorizontalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(style.wide(self, 4))
        for at, column in enumerate(COLUMNS):
            for role, value in (
                (_DISPLAY, column.title),
                (_TIP, column.tip),
                (_SIDE, _RIGHT if column.right else _LEFT),
            ):
                self._clips.setHeaderData(at, Qt.Orientation.Horizontal, value, role)
            digits = self.fontMetrics().horizontalAdvance("0") * column.letters if column.right else 0
            header.resizeSection(at, max(digits + style.wide(self, 1.5), style.wide(self, column.letters + 2)))
        self.sortByColumn(AT["name"], Qt.SortOrder.AscendingOrder)
        self._editor = _Editor(self._typed, self)
        self.setItemDelegate(self._editor)
        header.sectionResized.connect(self._resized)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    def resizeEvent(self, event: Any) -> None:
        """Keep the words in the middle."""
        super().resizeEvent(event)
        self.nothing.resize(self.viewport().size())

    def _fit_columns(self) -> None:
        """Give the columns with the longest texts what the rows in sight need, but for those sized by hand."""
        header = self.header()
        self._fitting = True
        for at in {AT[name] for name in _FITTED} - self._sized:
            wanted = min(style.wide(self, COLUMNS[at].letters * 1.6), self.sizeHintForColumn(at) + style.gap(self))
            header.resizeSection(at, max(header.sectionSize(at), wanted))
        self._fitting = False

    def _resized(self, section: int, _before: int, _now: int) -> None:
        if not self._fitting:
            self._sized.add(section)

    def _tell_nothing(self) -> None:
        """Words instead of an empty table, where the filter lets nothing through."""
        self.nothing.setVisible(bool(self.rows) and not self.shown)

    def _slice(self) -> None:
        """Some rows, or one of the steps after the last row: each costs milliseconds, and no turn bears two."""
        if self._waiting:
            self._fill_in()
            self._to_finish = [self._tell_settled, self._fit_columns, self._put_in_order]
        elif self._to_finish:
            self._to_finish.pop()()
        if not self.busy:
            self._tick.stop()

    def _fill_in(self) -> None:
        until, latest = time.thread_time() + _SLICE, time.perf_counter() + _LONGEST
        while self._waiting and time.thread_time() < until and time.perf_counter() < latest:
            row = self._latest.pop(self._waiting.popleft().key)
            if row.key in self._at:
                self._renew(self._at[row.key], row)
            else:
                self._append(row)

    def _tell_settled(self) -> None:
        self._tell_nothing()
        self.settled.emit()

    def _put_in_order(self) -> None:
        """Sort and filter anew, where what was filled in asks for it: both cost their time with thousands of rows."""
        header = self.header()
        if self._unsorted:
            self._shown.sort(header.sortIndicatorSection(), header.sortIndicatorOrder())
        if self._pattern:
            self._shown.invalidateFilter()
        self._unsorted = False

    def _append(self, row: Row) -> None:
        # Cells are made by Qt itself when they get data; made here, they would ask Python for each role that is drawn.
        self._unsorted = True
        line = self._at[row.key] = self._clips.rowCount()
        self._clips.insertRows(line, 1)
        for at in range(len(COLUMNS)):
            self._clips.setItemData(self._clips.index(line, at), dict(self._cell(row, at)))

    def _renew(self, line: int, row: Row) -> None:
        sorted_by = self.header().sortIndicatorSection()
        for at in range(len(COLUMNS)):
            index = self._clips.index(line, at)
            bold = COLUMNS[at].field in row.edited
            if at and (index.data(_DISPLAY), bool(index.data(_FONT))) == (row.cells[at], bold):
                continue
            self._unsorted = self._unsorted or at == sorted_by
            for role, value in self._cell(row, at, True):
                self._clips.setData(index, value, role)

    def _repaint(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.rows[row.key] = row
        for key, line in self._at.items():
            for at in (AT["status"], AT["findings"]):
                index = self._clips.index(line, at)
                for role, value in self._cell(self.rows[key], at, True):
                    self._clips.setData(index, value, role)

    def _cell(self, row: Row, at: int, again: bool = False) -> list[tuple[Any, Any]]:
        """The roles of one cell that have a value; `again` also those that have none any more."""
        text = row.cells[at]
        found: list[tuple[Any, Any]] = [(_DISPLAY, text), (SORT, row.sort[at])]
        if COLUMNS[at].right and not again:
            found.append((_SIDE, _RIGHT))
        if at == 0:
            found += [(_ICON, self._icon(row)), (FILTER, filter_text(row)), (KEY, row.key)]
            found.append((_INK, self._ink(row.state)))
        elif at == AT["findings"] and (text or again):
            errors = any(finding.severity == "error" for finding in row.findings)
            found.append((_INK, self._ink("error" if errors else "warning") if text else None))
        if at in _WITH_TIP and (text or again):
            tip = row.where if at == AT["name"] else text.replace(" · ", "\n")
            found.append((_TIP, tip or None))
        if COLUMNS[at].field and (COLUMNS[at].field in row.edited or again):
            found.append((_FONT, self._edited_font() if COLUMNS[at].field in row.edited else None))
        return found

    def _edited_font(self) -> QtGui.QFont:
        font = QtGui.QFont(self.font())
        font.setBold(True)
        return font

    def _icon(self, row: Row) -> QtGui.QIcon:
        if row.state not in self._icons:
            self._icons[row.state] = style.state_icon(row.state, self.palette(), style.icon_size(self))
        return self._icons[row.state]

    def _ink(self, state: str) -> QtGui.QBrush:
        if state not in self._inks:
            self._inks[state] = QtGui.QBrush(style.state_colour(state, self.palette()))
        return self._inks[state]

    def _typed(self, column: int, text: str) -> None:
        keys = self.chosen_keys()
        current = self.current_key()
        if current and current not in keys:
            keys = [current]
        if keys:
            self.edited.emit(keys, COLUMNS[column].field, text)


class _Editor(QtWidgets.QStyledItemDelegate):
    """What is typed goes to the plan, which changes the rows; it is never written into the table itself."""

    def __init__(self, typed: Callable[[int, str], None], parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._typed = typed

    def createEditor(self, parent: Any, _option: Any, index: Any) -> Any:
        """An editor, in the columns that can be edited."""
        if not COLUMNS[index.column()].field:
            return None
        editor = QtWidgets.QLineEdit(parent)
        editor.setFrame(False)
        editor.setAutoFillBackground(True)
        return editor

    def setModelData(self, editor: Any, _model: Any, index: Any) -> None:
        """A person ended the editing."""
        text = editor.text()
        if text != (index.data(_DISPLAY) or ""):
            self._typed(index.column(), text)


def state_words(state: str) -> str:
    """The word of a state as the table shows it."""
    return STATES[state]
