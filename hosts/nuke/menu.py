# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu Ramses. What the commands need is loaded when one is chosen first: Nuke starts no slower."""

from __future__ import annotations

from .nuke_api import nuke

COMMANDS = (
    ("Load newest plates...", "load_newest"),
    ("Refresh", "refresh"),
    ("Update all", "update_all"),
)


def install() -> None:
    """Add the menu; nothing where this Nuke has no menu bar."""
    bar = nuke().menu("Nuke")
    if bar is None:
        return
    menu = bar.addMenu("Ramses")
    for label, name in COMMANDS:
        menu.addCommand(label, f"from {__package__} import commands; commands.{name}()")
