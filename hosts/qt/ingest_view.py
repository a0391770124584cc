# SPDX-License-Identifier: GPL-3.0-or-later
"""The ingest panel as far as it only looks: its parts, their places, what is dropped, and its keys."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from . import style
from .binding import Qt, QtCore, QtWidgets
from .ingest_detail import DetailView
from .ingest_filterbar import FilterBar
from .ingest_foot import Foot
from .ingest_keys import Keys
from .ingest_result import ResultBar
from .ingest_source import Source
from .ingest_table import ClipTable
from .ramses_state import StatusBar
from .window_parts import Empty, Tell, rows


class IngestView(QtWidgets.QWidget):
    """The parts from top to bottom; `locked` refuses drops."""

    keys = Keys({})  # of the class, since events arrive from the first child on

    def __init__(self, has_scene: bool, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.locked = False
        self.limits = Tell()
        self.source = Source()
        self.filters = FilterBar()
        self.table = ClipTable()
        self.details = DetailView()
        self.empty = Empty()
        self.foot = Foot()
        self.result = ResultBar(has_scene)
        self.ramses = StatusBar()
        self._pages = QtWidgets.QStackedWidget()
        self._lay_out()
        self.setAcceptDrops(True)

    def show_clips(self) -> None:
        """The table and what belongs to it."""
        self._pages.setCurrentIndex(1)

    def show_empty(self, title: str, text: str, button_text: str = "") -> None:
        """A page that says what to do instead of an empty table."""
        self.empty.say(title, text, button_text)
        self._pages.setCurrentIndex(0)

    def drop(self, paths: Sequence[str], add: bool = False) -> None:
        """Something was dropped, `add` beside what is there."""
        raise NotImplementedError

    def event(self, event: Any) -> bool:
        """Claim the panel's keys before the program around it gets them."""
        return self.keys.claims(event) or bool(super().event(event))

    def keyPressEvent(self, event: Any) -> None:
        """The panel's keys."""
        if not self.keys.press(event):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: Any) -> None:
        """Files and folders are welcome, unless plates are being published."""
        if not self.locked and _local(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:
        """Take what was dropped: with Shift beside what is there."""
        paths = _local(event.mimeData())
        if paths and not self.locked:
            event.acceptProposedAction()
            shift = Qt.KeyboardModifier.ShiftModifier
            self.drop(paths, bool(QtWidgets.QApplication.keyboardModifiers() & shift))

    def _lay_out(self) -> None:
        split = QtWidgets.QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(self.details)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 1)
        split.setSizes([style.high(self, 30), style.high(self, 8)])
        split.setChildrenCollapsible(False)
        clips = QtWidgets.QWidget()
        clips.setLayout(rows(self.filters, (split, 1)))
        self._pages.addWidget(self.empty)
        self._pages.addWidget(clips)
        gap = style.gap(self)
        whole = rows(self.limits, self.source, (self._pages, 1), self.result, self.foot, self.ramses, margin=gap)
        whole.setSpacing(gap)
        self.setLayout(whole)
        self._set_tab_order()

    def _set_tab_order(self) -> None:
        """Tab goes where the eye goes: from the top to the bottom, in each line from left to right."""
        places = [
            *self.source.in_order,
            *self.filters.in_order,
            self.table,
            self.details,
            *self.result.in_order,
            *self.foot.in_order,
            self.ramses.button,
        ]
        for one, following in pairwise(places):
            self.setTabOrder(one, following)


def _local(data: QtCore.QMimeData) -> list[str]:
    """The files and folders in what is dragged."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []
