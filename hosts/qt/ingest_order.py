# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordered versus delivered: every event of the edit, what arrived for it, and what nobody ordered."""

from __future__ import annotations

from ...core.order import Order
from . import style
from .binding import Qt, QtCore, QtWidgets, Signal
from .ingest_order_rows import HEADS, OrderRow, order_text, summary_text
from .window_parts import button, columns, copy_text, paragraph, rows

_AT_ONCE, _EVERY_MS = 100, 15


class OrderDialog(QtWidgets.QDialog):
    """A window beside the panel. `wanted` brings the first files of the clips of a line that was double-clicked."""

    wanted = Signal(object)

    def __init__(self, order: Order, found: tuple[OrderRow, ...], parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(": ".join(filter(None, ("Ordered and delivered", order.edit.title))))
        self._order = order
        self._rows = found
        self.summary = paragraph(summary_text(order))
        self._only = QtWidgets.QCheckBox("Only what is not as ordered")
        self._only.setToolTip("Hide the events that have everything they need")
        self._only.toggled.connect(self._filter)
        self.table = QtWidgets.QTreeWidget()
        self.table.setHeaderLabels(list(HEADS))
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAlternatingRowColors(True)
        self.table.setSortingEnabled(False)
        self.table.setToolTip("Double-click a line to see its clips in the panel")
        self.table.itemDoubleClicked.connect(lambda item, _column: self._open(item))
        self.words = paragraph()
        self.words.setMinimumHeight(style.high(self, 2))
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.table.currentItemChanged.connect(lambda item, _before: self._tell(item))
        copy = button("Copy", "Put the whole comparison on the clipboard", lambda: copy_text(order_text(order)))
        close = button("Close", "Back to the panel", self.close, "Esc")
        margin = style.gap(self) * 2
        self.setLayout(
            rows(self.summary, self._only, (self.table, 1), self.words, columns(None, copy, close), margin=margin)
        )
        for column, letters in enumerate((15, 7, 10, 24, 24, 8)):
            self.table.setColumnWidth(column, style.wide(self, letters + 2))
        self._tick = QtCore.QTimer(self)
        self._tick.setInterval(_EVERY_MS)
        self._tick.timeout.connect(self._fill)
        self._tick.start()
        self._fill()
        self.table.setCurrentItem(self.table.topLevelItem(0))
        self.resize(style.wide(self, 180), style.high(self, 32))

    def _fill(self) -> None:
        """Add some more lines; an edit may have thousands."""
        size = style.icon_size(self)
        begun = self.table.topLevelItemCount()
        for row in self._rows[begun : begun + _AT_ONCE]:
            item = QtWidgets.QTreeWidgetItem(list(row.cells))
            item.setIcon(0, style.state_icon(row.sign, self.palette(), size))
            item.setForeground(0, style.state_colour(row.sign, self.palette()))
            item.setToolTip(len(HEADS) - 1, row.cells[-1])
            self.table.addTopLevelItem(item)
            item.setHidden(self._only.isChecked() and row.good)
        if self.table.topLevelItemCount() == len(self._rows):
            self._tick.stop()

    def _tell(self, item: QtWidgets.QTreeWidgetItem | None) -> None:
        self.words.setText(item.text(len(HEADS) - 1) if item is not None else "")

    def only_open(self, on: bool = True) -> None:
        """Show only what is not as ordered."""
        self._only.setChecked(on)

    def _filter(self, only: bool) -> None:
        for line, row in enumerate(self._rows[: self.table.topLevelItemCount()]):
            self.table.topLevelItem(line).setHidden(only and row.good)

    def _open(self, item: QtWidgets.QTreeWidgetItem) -> None:
        row = self._rows[self.table.indexOfTopLevelItem(item)]
        if row.paths:
            self.wanted.emit(list(row.paths))
