# SPDX-License-Identifier: GPL-3.0-or-later
"""Qt as the program around us has it: PySide6 or PySide2 under one set of names.

Which one: what is loaded already, then the variable RAMSES_PLATES_QT (pyside6 or pyside2), then PySide6, then PySide2.
Enums are written in full everywhere (`Qt.ItemDataRole.DisplayRole`): both bindings know that spelling.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

VARIABLE = "RAMSES_PLATES_QT"
_KNOWN = ("PySide6", "PySide2")


def _load() -> str:
    """The name of the binding to use, loaded; ImportError where there is none."""
    for name in _KNOWN:
        if f"{name}.QtCore" in sys.modules:
            return name
    wanted = os.environ.get(VARIABLE, "").strip().lower()
    for name in sorted(_KNOWN, key=lambda known: known.lower() != wanted):
        try:
            importlib.import_module(f"{name}.QtWidgets")
        except ImportError:
            continue
        return name
    raise ImportError("there is no Qt here: install PySide6 (or PySide2)")


BINDING = _load()

if BINDING == "PySide6":
    from PySide6 import QtCore, QtGui, QtWidgets
    from PySide6.QtGui import QAction, QShortcut
    from shiboken6 import isValid
else:
    from PySide2 import QtCore, QtGui, QtWidgets
    from PySide2.QtWidgets import QAction, QShortcut
    from shiboken2 import isValid

Qt = QtCore.Qt
Signal = QtCore.Signal
Slot = QtCore.Slot

__all__ = [
    "BINDING",
    "QAction",
    "QShortcut",
    "Qt",
    "QtCore",
    "QtGui",
    "QtWidgets",
    "Signal",
    "Slot",
    "alive",
    "exec_dialog",
    "exec_menu",
    "number",
    "qt_module",
]


def exec_dialog(dialog: Any) -> bool:
    """Run a dialog modally; True where it was accepted."""
    run = dialog.exec if hasattr(dialog, "exec") else dialog.exec_
    return bool(number(run()))


def exec_menu(menu: Any, at: Any) -> Any:
    """Show a menu at a global position; the chosen QAction, or None."""
    return menu.exec(at) if hasattr(menu, "exec") else menu.exec_(at)


def number(flag: Any) -> int:
    """The plain number of an enum member or a combination of flags: PySide6 wraps it, PySide2 does not."""
    return int(getattr(flag, "value", flag))


def alive(thing: Any) -> bool:
    """False once Qt has deleted the object behind this name."""
    return bool(isValid(thing))


def qt_module(name: str) -> Any:
    """Another module of the same binding, such as "QtTest"."""
    return importlib.import_module(f"{BINDING}.{name}")
