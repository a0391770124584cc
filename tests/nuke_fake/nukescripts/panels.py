# SPDX-License-Identifier: GPL-3.0-or-later
"""Panels: a class named as text, built without arguments when a pane or a saved workspace asks for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import nuke
from nuke._state import STATE, check_thread


class PythonPanel:
    """A panel around one widget."""

    def __init__(self, title: str, id: str) -> None:  # noqa: A002 - the real parameter name
        self._title, self._id = title, id
        self._widget: Any = None
        self._place = ""

    def addToPane(self, pane: Any = None) -> PythonPanel:
        check_thread()
        self._place = "" if pane is None else pane._name
        STATE.panes.add(self._id)
        return self


def registerPanel(id: str, command: Callable[[], Any]) -> None:  # noqa: A002 - the real parameter name
    STATE.panels[id] = command


def restorePanel(id: str) -> Any:  # noqa: A002 - the real parameter name
    """What a saved workspace does."""
    try:
        return STATE.panels[id]()
    except Exception as error:  # noqa: BLE001 - the real one swallows everything too
        print(f"Can't restore panel {id}: {error}", file=sys.stderr)
        return None


def registerWidgetAsPanel(widget: str, name: str, id: str, create: bool = False) -> PythonPanel | None:  # noqa: A002
    check_thread()
    if not isinstance(widget, str):
        raise TypeError("the widget's class is named as text")

    def made() -> PythonPanel:
        panel = PythonPanel(name, id)
        panel._widget = eval(widget, {})()  # OPEN panel-built: whether at once, or when the panel is shown
        return panel

    bar: Any = nuke.menu("Pane")
    bar.addCommand(name, lambda: made().addToPane())
    registerPanel(id, lambda: made().addToPane())
    return made() if create else None
