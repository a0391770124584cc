# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings before a publish, each with the button that cures it."""

from __future__ import annotations

from collections.abc import Sequence

from . import style
from .binding import Qt, QtWidgets, Signal
from .host import Check
from .window_parts import button, columns, paragraph, rows

_ORDER = ("error", "warning", "info")
# Beyond these a person reads no further, and each is a widget.
_MOST = 200


class CheckList(QtWidgets.QScrollArea):
    """Errors first. `fix_pressed` brings the Check."""

    fix_pressed = Signal(object)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(style.high(self, 5))
        self.found: tuple[Check, ...] = ()
        self.fix_buttons: list[QtWidgets.QPushButton] = []
        self.wait()

    def wait(self) -> None:
        """Say that nothing was looked at yet."""
        self.found, self.fix_buttons = (), []
        self._say("Looking …", "offline")

    def fill(self, found: Sequence[Check]) -> None:
        """Show these."""
        self.fix_buttons = []
        self.found = tuple(sorted(found, key=lambda check: _ORDER.index(check.severity)))
        if not self.found:
            self._say("Nothing to complain about.", "good")
            return
        lines = [self._line(check) for check in self.found[:_MOST]]
        if len(self.found) > _MOST:
            lines.append(_text(self, f"… and {len(self.found) - _MOST} more.", "info"))
        self._put(lines)

    @property
    def texts(self) -> list[str]:
        """The findings as they read."""
        return [check.message for check in self.found]

    def _say(self, text: str, state: str) -> None:
        self._put([_text(self, text, state)])

    def _put(self, lines: Sequence[QtWidgets.QWidget]) -> None:
        body = QtWidgets.QWidget()
        body.setLayout(rows(*lines, None, margin=style.gap(self)))
        self.setWidget(body)

    def _line(self, check: Check) -> QtWidgets.QWidget:
        line = _text(self, check.message, check.severity)
        if check.subject:
            line.setToolTip(check.subject)
        if check.fix:
            cure = button(check.fix, f"Cures: {check.message}", lambda: self.fix_pressed.emit(check))
            line.layout().addWidget(cure)
            self.fix_buttons.append(cure)
        return line


def _text(owner: QtWidgets.QWidget, text: str, state: str) -> QtWidgets.QWidget:
    size = style.icon_size(owner)
    icon = QtWidgets.QLabel()
    icon.setPixmap(style.state_icon(state, owner.palette(), size).pixmap(size, size))
    line = QtWidgets.QWidget()
    line.setLayout(columns(icon, (paragraph(text), 1)))
    line.setMinimumHeight(style.high(owner, 1.6))
    return line
