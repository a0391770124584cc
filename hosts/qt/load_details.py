# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of the chosen version: its picture, its facts, and where it will sit and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...core.placement import POLICIES, Policy
from ...core.project_facts import ProjectFacts
from ...core.versions import PublishedVersion
from . import style
from .binding import Qt, QtCore, QtGui, QtWidgets, Signal
from .host import Job
from .load_media import POLICY_HELP, POLICY_NAMES, Examined, examine
from .runner import Runner
from .window_parts import Tell, caption, columns, paragraph, rows

# A disk that is quicker changes the facts without a flicker.
_PATIENCE_MS = 300
# From so many letters on there is room for facts beside a picture.
_BESIDE = 66


@dataclass(frozen=True)
class _Looked:
    """A version and its picture, read by the worker."""

    examined: Examined
    image: Any


class Picture(QtWidgets.QLabel):
    """A picture that keeps its shape and never asks for more room than it has; a sentence where there is none."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap: Any = None
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setForegroundRole(QtGui.QPalette.ColorRole.PlaceholderText)
        self.setMinimumSize(style.wide(self, 24), style.high(self, 9))
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Expanding)

    def show_image(self, image: Any, text: str) -> None:
        """An image, or a text where it is None."""
        self._pixmap = None if image is None or image.isNull() else QtGui.QPixmap.fromImage(image)
        if self._pixmap is None:
            self.setPixmap(QtGui.QPixmap())
            self.setText(text)
        self._scale()

    @property
    def has_picture(self) -> bool:
        """True while a picture is shown."""
        return self._pixmap is not None

    def sizeHint(self) -> QtCore.QSize:
        """As large as it is at least: the picture follows the layout, not the other way round."""
        return self.minimumSize()

    def resizeEvent(self, event: Any) -> None:
        """Fit the picture anew."""
        super().resizeEvent(event)
        self._scale()

    def _scale(self) -> None:
        if self._pixmap is None:
            return
        density = self.devicePixelRatioF()
        room = self.contentsRect().size() * density
        mode = Qt.TransformationMode.SmoothTransformation
        scaled = self._pixmap.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, mode)
        scaled.setDevicePixelRatio(density)
        self.setPixmap(scaled)


class Facts(QtWidgets.QWidget):
    """Label and value below each other; values can be copied."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QtWidgets.QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setHorizontalSpacing(style.gap(self) * 2)
        self._grid.setColumnStretch(1, 1)
        self.rows: tuple[tuple[str, str], ...] = ()

    def fill(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these."""
        self.rows = tuple(facts)
        while self._grid.count():
            self._grid.takeAt(0).widget().deleteLater()
        top = Qt.AlignmentFlag.AlignTop
        for at, (label, value) in enumerate(self.rows):
            self._grid.addWidget(caption(label), at, 0, top)
            self._grid.addWidget(paragraph(value), at, 1, top)
            self._grid.setRowStretch(at, 0)
        self._grid.setRowStretch(len(self.rows), 1)


class Details(QtWidgets.QWidget):
    """Picture, facts and placement of one version. `ready` is told when another one was read."""

    ready = Signal()
    policy_chosen = Signal(str)

    def __init__(self, places: bool, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.runner = Runner(self)
        self.runner.done.connect(self._show)
        self.runner.problem.connect(self._fail)
        self.examined: Examined | None = None
        self._asked: PublishedVersion | None = None
        self.picture, self.facts = Picture(), Facts()
        self.policies = QtWidgets.QComboBox()
        for policy in POLICIES:
            self.policies.addItem(POLICY_NAMES[policy], policy)
            self.policies.setItemData(self.policies.count() - 1, POLICY_HELP[policy], Qt.ItemDataRole.ToolTipRole)
        self.policies.setToolTip("On which frame the plate is put")
        self.policies.activated.connect(self._choose_policy)
        self.reason = paragraph()
        self.reason.setMinimumHeight(style.high(self, 2))
        self.warning, self.problem = Tell(), Tell()
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        scroll.setWidget(self.facts)
        self._place = QtWidgets.QWidget()
        placed = columns(caption("Place by"), self.policies, None)
        self._place.setLayout(rows(placed, self.reason, self.warning))
        scroll.setMinimumHeight(style.high(self, 5))
        self._upper = columns((self.picture, 4), (scroll, 5))
        self._upper.setSpacing(style.gap(self) * 2)
        self.setLayout(rows((self._upper, 1), self.problem, self._place))
        self.layout().setSpacing(style.gap(self))
        self._slow = QtCore.QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_PATIENCE_MS)
        self._slow.timeout.connect(self._wait)
        self._places = places
        self.show_version(None, None)

    @property
    def policy(self) -> Policy:
        """The chosen policy."""
        chosen: Policy = self.policies.currentData()
        return chosen

    def choose_policy(self, policy: Policy) -> None:
        """Choose without telling."""
        self.policies.setCurrentIndex(max(0, self.policies.findData(policy)))
        self._show_seat()

    def show_version(self, version: PublishedVersion | None, facts: ProjectFacts | None) -> None:
        """Read a version in the background and show it; None shows nothing."""
        self._asked, self.examined = version, None
        self._slow.stop()
        if version is None:
            self.picture.show_image(None, "Choose a version to see it.")
            self.facts.fill(())
            self.problem.say("")
            self._place.hide()
            self.ready.emit()
            return

        def work(_listen: Any, cancel: Any) -> _Looked:
            examined = examine(version, facts)
            cancel.check()
            # An image may be read on any thread; only pixmaps belong to the window's.
            return _Looked(examined, QtGui.QImage(examined.picture) if examined.picture else None)

        self._slow.start()
        self.runner.replace(Job("Reading the version", work, lambda looked: looked))

    def resizeEvent(self, event: Any) -> None:
        """Facts stand beside the picture, in a narrow dock below it."""
        super().resizeEvent(event)
        narrow = event.size().width() < style.wide(self, _BESIDE)
        way = QtWidgets.QBoxLayout.Direction
        self._upper.setDirection(way.TopToBottom if narrow else way.LeftToRight)

    def _wait(self) -> None:
        """The disk is slow: what is shown belongs to another version."""
        self.picture.show_image(None, "Reading …")
        self.facts.fill(())
        self.problem.say("")
        self._place.hide()

    def _show(self, looked: _Looked) -> None:
        if looked.examined.version != self._asked:
            return
        self._slow.stop()
        self.examined = looked.examined
        broken = looked.image is not None and looked.image.isNull()
        note = "The picture there cannot be read." if broken else looked.examined.picture_note
        self.picture.show_image(looked.image, note)
        self.picture.setToolTip(f"{looked.examined.picture}\n{note}".strip())
        self.facts.fill(looked.examined.rows)
        self.problem.say(looked.examined.problem, "error")
        self._show_seat()
        self.ready.emit()

    def _fail(self, sentence: str) -> None:
        self._slow.stop()
        self.problem.say(sentence, "error")
        self.ready.emit()

    def _choose_policy(self, _index: int) -> None:
        self._show_seat()
        self.policy_chosen.emit(self.policy)

    def _show_seat(self) -> None:
        seat = self.examined.seats.get(self.policy) if self.examined is not None else None
        self._place.setVisible(seat is not None and self._places)
        if seat is None:
            return
        if seat.placement is None:
            self.reason.hide()
            self.warning.say(seat.refusal, "error")
            return
        self.reason.setText(seat.placement.reason)
        self.reason.show()
        self.warning.say("\n".join(seat.placement.notes), "warning")
