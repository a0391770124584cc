# SPDX-License-Identifier: GPL-3.0-or-later
"""The foot of the ingest panel: what is going on, how far it is, and the buttons of the moment."""

from __future__ import annotations

from ...core.events import Event
from . import style
from .binding import Qt, QtWidgets, Signal
from .ingest_words import Pace, progress_text
from .window_parts import button, columns, paragraph, rows

_STEPS = 1000  # Qt counts in 32 bits, bytes of a delivery do not fit


class Foot(QtWidgets.QWidget):
    """A sentence, a bar while something runs, and the buttons: dry run, publish, cancel."""

    cancel = Signal()
    dry_run = Signal()
    publish = Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._pace = Pace()
        self._sign = QtWidgets.QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._words = paragraph()
        self._bar = QtWidgets.QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(max(6, style.high(self, 0.5)))
        self._cancel = button("Cancel", "Stop; nothing is left half done", self.cancel.emit, "Esc")
        self._dry = button(
            "Dry run", "See everything that would be written; writes nothing", self.dry_run.emit, "Ctrl+D"
        )
        self._publish = button("Publish", "Copy, check and register", self.publish.emit, "Ctrl+Return")
        self._publish.setDefault(False)
        line = columns(self._sign, (self._words, 1), self._cancel, self._dry, self._publish)
        line.setSpacing(style.gap(self))
        self.setLayout(rows(self._bar, line))
        self.rest()
        self.ready("Publish", False, False)

    @property
    def in_order(self) -> list[QtWidgets.QWidget]:
        """What Tab visits, in its order."""
        return [self._cancel, self._dry, self._publish]

    @property
    def text(self) -> str:
        """What it says."""
        return str(self._words.text())

    @property
    def publish_words(self) -> str:
        """What the button says."""
        return str(self._publish.text()).strip()

    @property
    def may_publish(self) -> bool:
        """True where the button can be pressed."""
        return bool(self._publish.isEnabled())

    def say(self, text: str, sign: str = "") -> None:
        """A sentence, with the sign of a state before it."""
        self._words.setText(text)
        size = style.icon_size(self)
        if sign:
            self._sign.setPixmap(style.state_icon(sign, self.palette(), size).pixmap(size, size))
        self._sign.setVisible(bool(sign))

    def work(self, title: str) -> None:
        """Something has begun."""
        self._pace = Pace()
        self.say(f"{title} …")
        self._bar.setRange(0, 0)
        self._bar.show()
        self._cancel.setEnabled(True)
        self._cancel.show()
        self._dry.hide()
        self._publish.hide()

    def news(self, event: Event) -> None:
        """How far it is."""
        if event.unit == "bytes":
            self._pace.add(event.done)
        self.say(progress_text(event, self._pace))
        if event.total > 0:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(min(event.done, event.total) * _STEPS // event.total)
        else:
            self._bar.setRange(0, 0)

    def stopping(self) -> None:
        """Cancel was pressed."""
        self._cancel.setEnabled(False)
        self.say("Stopping …")

    def rest(self) -> None:
        """Nothing runs."""
        self._bar.hide()
        self._cancel.hide()
        self._dry.show()
        self._publish.show()

    def ready(self, words: str, may_publish: bool, may_dry_run: bool) -> None:
        """What the buttons can do."""
        self._publish.setText(f" {words} ")  # air, also in styles that leave none
        self._publish.setEnabled(may_publish)
        self._dry.setEnabled(may_dry_run)
