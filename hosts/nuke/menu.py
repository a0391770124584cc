# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu Ramses, the button in the toolbar, the panel and the callbacks. Commands load when one is chosen first."""

from __future__ import annotations

from typing import Any

from .nuke_api import env, nuke

ICON = "ramses_plates.png"  # Nuke finds it in the plug-in's folder
# (label, call in `commands`)
COMMANDS = (
    ("Ingest...", "panel('Ingest')"),
    ("Load plates...", "panel('Load')"),
    ("Versions...", "panel('Versions')"),
    ("Set up shot...", "panel('Shot')"),
    ("Publish...", "panel('Publish')"),
    ("", ""),
    ("Refresh", "refresh()"),
    ("Update all", "update_all()"),
)


def install() -> None:
    """Add everything; nothing where this Nuke has no menu bar. What fails is left out, the rest stays usable."""
    if not env("gui"):
        return
    bar = nuke().menu("Nuke")
    if bar is None:
        return
    menu = bar.addMenu("Ramses")
    _fill(menu)
    toolbar = nuke().toolbar("Nodes")
    if toolbar is not None:
        _fill(toolbar.addMenu("Ramses", icon=ICON))
    _background()


def uninstall() -> None:
    """Take the menu, the button and the callbacks back; the panel's name stays known to saved workspaces."""
    from . import callbacks

    callbacks.remove()
    for bar in (nuke().menu("Nuke"), nuke().toolbar("Nodes")):
        if bar is not None:
            bar.removeItem("Ramses")


def _fill(menu: Any) -> None:
    for label, call in COMMANDS:
        if label:
            menu.addCommand(label, f"from {__package__} import commands; commands.{call}")
        else:
            menu.addSeparator()


def _background() -> None:
    from . import background, callbacks, dock

    for call in (dock.register, callbacks.install):
        background.caught(call)
