# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that work inside a panel, also where the program around it uses the same ones.

Two shortcuts of one key in one window cancel each other out. A panel that claims a key while the focus is inside gets
it as a plain key press instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .binding import QtCore, QtGui, number


class Keys:
    """A table of keys, asked from the panel's `event` and `keyPressEvent`."""

    def __init__(self, table: Mapping[str, Callable[[], Any]]) -> None:
        self._table = {QtGui.QKeySequence(text).toString(): act for text, act in table.items()}

    def claims(self, event: Any) -> bool:
        """True, and the event is taken, where it asks whether somebody wants a key that is ours."""
        if event.type() != QtCore.QEvent.Type.ShortcutOverride or self._name(event) not in self._table:
            return False
        event.accept()
        return True

    def press(self, event: Any) -> bool:
        """Do what the key stands for; False where it is none of ours."""
        act = self._table.get(self._name(event))
        if act is None:
            return False
        event.accept()
        act()
        return True

    def _name(self, event: Any) -> str:
        modifiers = number(event.modifiers()) & 0x0E000000  # Shift, Ctrl and Alt, not the keypad's own
        return str(QtGui.QKeySequence(modifiers | number(event.key())).toString())
