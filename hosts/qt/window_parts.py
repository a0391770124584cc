# SPDX-License-Identifier: GPL-3.0-or-later
"""Small parts that the panels share: a line that tells something, a list of notes, a line of work with its cancel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar

from ...core.events import Event
from . import style
from .binding import Qt, QtCore, QtGui, QtWidgets, Signal
from .host import Note, Severity
from .ingest_keys import Keys
from .ingest_words import Pace, progress_text
from .runner import Runner

Answer = TypeVar("Answer")


def button(text: str, tip: str, act: Callable[[], Any], keys: str = "") -> QtWidgets.QPushButton:
    """A button with a tooltip; `keys` are only named there: an `action` of the panel listens to them.

    A shortcut of the button itself would work in the whole window, and inside a host that is the host's window.
    """
    made = QtWidgets.QPushButton(text)
    made.setToolTip(f"{tip}  ({keys})" if keys else tip)
    made.setAutoDefault(False)
    relabel(made, text)
    made.clicked.connect(lambda *_: act())
    return made


def relabel(made: QtWidgets.QPushButton, text: str) -> None:
    """Give a button other words, and the room that they need."""
    made.setText(text)
    made.setMinimumWidth(made.fontMetrics().horizontalAdvance(text) + style.wide(made, 4))


class _KeyFilter(QtCore.QObject):
    """Hears the keys that reach one widget, also those that its children left alone."""

    def __init__(self, owner: QtWidgets.QWidget) -> None:
        super().__init__(owner)
        self.table: dict[str, Callable[[], Any]] = {}
        self.keys = Keys({})
        owner.installEventFilter(self)

    def eventFilter(self, _watched: Any, event: Any) -> bool:
        """Claim our keys before the program around us gets them, then do what they stand for."""
        kind = event.type()
        if kind == QtCore.QEvent.Type.ShortcutOverride:
            return self.keys.claims(event)
        return kind == QtCore.QEvent.Type.KeyPress and self.keys.press(event)


def action(owner: QtWidgets.QWidget, keys: str, act: Callable[[], Any]) -> None:
    """Keys that work while the focus is anywhere inside `owner`, and nowhere else in the host."""
    found = next((child for child in owner.children() if isinstance(child, _KeyFilter)), None) or _KeyFilter(owner)
    found.table[keys] = act
    if keys.endswith("Return"):
        found.table[keys.replace("Return", "Enter")] = act
    found.keys = Keys(found.table)


def caption(text: str) -> QtWidgets.QLabel:
    """A quiet label above or beside a field."""
    label = QtWidgets.QLabel(text)
    label.setForegroundRole(QtGui.QPalette.ColorRole.PlaceholderText)
    return label


def paragraph(text: str = "", quiet: bool = False) -> QtWidgets.QLabel:
    """Text that wraps and can be copied."""
    label = QtWidgets.QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if quiet:
        label.setForegroundRole(QtGui.QPalette.ColorRole.PlaceholderText)
    return label


def rows(*things: Any, margin: int = 0) -> QtWidgets.QVBoxLayout:
    """Things below each other; a layout, a widget, or a (widget, stretch)."""
    return _filled(QtWidgets.QVBoxLayout(), things, margin)


def columns(*things: Any, margin: int = 0) -> QtWidgets.QHBoxLayout:
    """Things beside each other; None is a spring."""
    return _filled(QtWidgets.QHBoxLayout(), things, margin)


def _filled(layout: Any, things: Iterable[Any], margin: int) -> Any:
    layout.setContentsMargins(margin, margin, margin, margin)
    for thing in things:
        stretch = 0
        if isinstance(thing, tuple):
            thing, stretch = thing
        if thing is None:
            layout.addStretch(1)
        elif isinstance(thing, QtWidgets.QLayout):
            layout.addLayout(thing, stretch)
        else:
            layout.addWidget(thing, stretch)
    return layout


class Tell(QtWidgets.QWidget):
    """One message with its icon; takes no room while there is none."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QtWidgets.QLabel()
        self._label = paragraph()
        self.setLayout(columns(self._icon, (self._label, 1)))
        self.text = ""
        self.severity: Severity | Literal["good"] = "info"
        self.hide()

    def say(self, text: str, severity: Severity | Literal["good"] = "info") -> None:
        """Show a message, "" takes it away."""
        self.text, self.severity = text, severity
        size = style.icon_size(self)
        self._icon.setPixmap(style.state_icon(severity, self.palette(), size).pixmap(size, size))
        self._label.setText(text)
        self.setVisible(bool(text))


class Notes(QtWidgets.QListWidget):
    """What happened, a line each; as high as its lines, up to a limit."""

    _LINES = 6

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setResizeMode(QtWidgets.QListView.ResizeMode.Adjust)
        self.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setToolTip("Ctrl+C copies the chosen lines")
        action(self, "Ctrl+C", self._copy)
        self.hide()

    def show_notes(self, notes: Iterable[Note]) -> None:
        """Show these instead of the last ones; nothing takes the list away."""
        self.clear()
        size = style.icon_size(self)
        for note in notes:
            item = QtWidgets.QListWidgetItem(style.state_icon(note.severity, self.palette(), size), note.text)
            item.setToolTip(note.text)
            self.addItem(item)
        self.setVisible(self.count() > 0)
        self._fit()

    def texts(self) -> list[str]:
        """The lines as they are shown."""
        return [self.item(at).text() for at in range(self.count())]

    def resizeEvent(self, event: Any) -> None:
        """Wrapped lines take more room where it is narrow."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        self.doItemsLayout()  # a wrapped line's height is known once it was laid out
        shown = range(min(self.count(), self._LINES))
        wanted = sum(self.visualItemRect(self.item(at)).height() for at in shown)
        limit = style.high(self, 1.4) * self._LINES
        self.setFixedHeight(min(wanted, limit) + 2 * self.frameWidth() + 2)

    def _copy(self) -> None:
        chosen = [item.text() for item in self.selectedItems()] or self.texts()
        QtWidgets.QApplication.clipboard().setText("\n".join(chosen))


class WorkLine(QtWidgets.QWidget):
    """What a runner does, how far it is, and a button that stops it; takes no room while nothing runs."""

    def __init__(self, runner: Runner, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._pace = Pace()
        self._label = QtWidgets.QLabel()
        self._label.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Preferred)
        self._bar = QtWidgets.QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(max(6, style.high(self, 0.5)))
        self._cancel = button("Cancel", "Stop this; nothing is left half done", self._stop)
        self.setLayout(columns((self._label, 1), (self._bar, 1), self._cancel))
        runner.began.connect(self._begin)
        runner.progress.connect(self._news)
        runner.ended.connect(self._end)
        self.hide()

    def _begin(self, title: str) -> None:
        self._pace = Pace()
        self._label.setText(f"{title} …")
        self._bar.setRange(0, 0)
        self._cancel.setEnabled(True)
        self.show()

    def _news(self, events: list[Event]) -> None:
        last = events[-1]
        if last.unit == "bytes":
            self._pace.add(last.done)
        if not self._runner.stopping:
            self._label.setText(progress_text(last, self._pace))
        if last.total > 0:
            # Qt counts in 32 bits, bytes of a plate do not fit
            self._bar.setRange(0, 1000)
            self._bar.setValue(int(min(last.done, last.total) * 1000 // last.total))
        else:
            self._bar.setRange(0, 0)

    def _end(self) -> None:
        if not self._runner.busy:  # the end of one job may have begun the next
            self.hide()

    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        self._label.setText("Stopping …")
        self._runner.cancel()


class Empty(QtWidgets.QWidget):
    """An empty state: what is missing, what to do, and a button that does it where one can."""

    pressed = Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QtWidgets.QLabel()
        self._title.setFont(style.title_font(self))
        self._text = paragraph(quiet=True)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        self._button = QtWidgets.QPushButton()
        self._button.clicked.connect(lambda *_: self.pressed.emit())
        around = style.gap(self) * 3
        self.setLayout(rows(None, self._title, self._text, columns(None, self._button, None), None, margin=around))

    def say(self, title: str, text: str = "", button_text: str = "") -> None:
        """Fill it."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._button.setText(button_text)
        self._button.setMinimumWidth(style.wide(self, len(button_text) + 6))
        self._button.setVisible(bool(button_text))

    @property
    def text(self) -> str:
        """Everything it says."""
        return f"{self._title.text()} {self._text.text()}".strip()


def asked(call: Callable[[], Answer], otherwise: Answer) -> Answer:
    """The host's answer, or `otherwise` while it is not ready: a workspace is rebuilt before a program has a scene."""
    try:
        return call()
    except Exception:  # noqa: BLE001 - the border to the host, whose API may not be there yet
        return otherwise


def choose_folder(parent: QtWidgets.QWidget, title: str, start: str = "") -> str:
    """A folder that the person chooses, "" where none."""
    return str(QtWidgets.QFileDialog.getExistingDirectory(parent, title, start) or "")


def open_folder(path: str) -> bool:
    """Show a folder in the system's file manager. False where the system could not."""
    return bool(QtGui.QDesktopServices.openUrl(QtCore.QUrl.fromLocalFile(path)))


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QtWidgets.QApplication.clipboard().setText(text)
