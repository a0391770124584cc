# SPDX-License-Identifier: GPL-3.0-or-later
"""A text to be read, copied or kept."""

from __future__ import annotations

from . import style
from .binding import Qt, QtGui, QtWidgets
from .window_parts import button, columns, copy_text, rows


class TextDialog(QtWidgets.QDialog):
    """A window beside the panel with a long text in it; the panel stays usable."""

    def __init__(self, title: str, text: str, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.body = QtWidgets.QPlainTextEdit(text)
        self.body.setReadOnly(True)
        self.body.setLineWrapMode(QtWidgets.QPlainTextEdit.LineWrapMode.NoWrap)
        self.body.setFont(QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.SystemFont.FixedFont))
        close = button("Close", "Back to the panel", self.close, "Esc")
        copy = button("Copy", "Put the whole text on the clipboard", lambda: copy_text(self.body.toPlainText()))
        self.setLayout(rows((self.body, 1), columns(None, copy, close), margin=style.gap(self) * 2))
        self.resize(style.wide(self, 110), style.high(self, 34))
