# SPDX-License-Identifier: GPL-3.0-or-later
"""The dockable panel: registered under a name that saved workspaces keep, built only when somebody looks at it."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from . import background, editions
from .nuke_api import NukeRefused, nuke

ID = "org.ramses-plates.panel"
TITLE = "Ramses"
# Nuke wants the class as text, evaluates it in its own namespace and calls it without arguments.
EXPRESSION = f"__import__({__name__!r}, fromlist=['panel']).panel"
_PANES = ("Properties.1", "DAG.1")

_latest: Any = None  # a weak reference to the panel that was made last
_floating: Any = None  # what floats needs an owner
_wanted: tuple[str, list[str]] = ("", [])  # what the panel is to show once Nuke has built it


def register() -> None:
    """Make the panel known to the Pane menu and to saved workspaces. Only with a GUI."""
    import_module("nukescripts.panels").registerWidgetAsPanel(EXPRESSION, TITLE, ID)


def panel() -> Any:
    """The widget; where it cannot be built, one that says why: a saved workspace must open in any case."""
    global _latest
    made: list[Any] = []
    problem = background.caught(lambda: made.append(_build()))
    widget = made[0] if made else _sorry(problem or "")
    _latest = weakref.ref(widget)
    if made:
        background.caught(lambda: _turn(widget))
    return widget


def show(page: str = "", paths: Sequence[str] = ()) -> None:
    """Bring the panel to the front, at one of its tabs, and give that the paths to take in."""
    refused = editions.no_panel(page)
    if refused:
        background.say([refused])
        return
    problem = background.caught(lambda: _show(page, list(paths)))
    if problem:
        background.say([problem])


def current() -> Any:
    """The panel that was made last, None where there is none or Qt has deleted it."""
    widget = _latest() if _latest is not None else None
    try:
        if widget is not None:
            widget.isVisible()
    except RuntimeError:  # Python's half outlives Qt's
        return None
    return widget


def _build() -> Any:
    window = _qt("window")
    return window.RamsesPanel(import_module(".qt_host", __package__).host())


def _qt(module: str) -> Any:
    """A module of the panels. Raises NukeRefused where this Nuke brings no Qt that they can use."""
    try:
        return import_module(f"..qt.{module}", __package__)
    except ImportError as error:
        raise NukeRefused(f"The panel cannot be opened: {error}.", advice="Menu commands work all the same.") from error


def _sorry(text: str) -> Any:
    widgets = _qt("binding").QtWidgets
    label = widgets.QLabel(f"Ramses Plates could not open its panel. {text}")
    label.setWordWrap(True)
    return label


def _show(page: str, paths: list[str]) -> None:
    global _wanted
    _wanted = (page, paths)
    widget = current()
    if widget is not None:
        _raise(widget)
    if widget is None or not widget.isVisible():  # closed: Nuke may keep the widget, in no pane
        _open()  # Nuke builds the panel now, or when it shows the pane
    elif hasattr(widget, "open"):  # not the label that says why there is no panel
        _turn(widget)


def _turn(widget: Any) -> None:
    """Show the tab that was asked for, and give it the paths."""
    global _wanted
    (page, paths), _wanted = _wanted, ("", [])
    if page:
        opened = widget.open(page)
        if paths and hasattr(opened, "drop"):
            opened.drop(paths)


def _open() -> None:
    """In the pane of the properties, else of the node graph; a Nuke without either gets a window."""
    global _floating
    panes = [pane for name in _PANES if (pane := nuke().getPaneFor(name)) is not None]
    if panes:
        import_module("nukescripts.panels").registerWidgetAsPanel(EXPRESSION, TITLE, ID, True).addToPane(panes[0])
        return
    _floating = panel()
    _floating.setWindowTitle(TITLE)
    _floating.resize(900, 700)
    _floating.show()


def _raise(widget: Any) -> None:
    """Choose the panel's tab in whatever holds it."""
    child, holder = widget, widget.parentWidget()
    while holder is not None:
        if hasattr(holder, "setCurrentWidget") and holder.indexOf(child) >= 0:
            holder.setCurrentWidget(child)
        child, holder = holder, holder.parentWidget()
    widget.window().raise_()
