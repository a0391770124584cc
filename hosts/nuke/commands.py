# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the menu. What a panel does is done in the panel: the menu opens it at the right page."""

from __future__ import annotations

from ..qt.host import Note, Shown
from . import background, dock
from .qt_host import host


def panel(tab: str) -> None:
    """Open the panel at one of its tabs."""
    dock.show(tab)


def refresh() -> None:
    """Colour every Read by how it stands."""
    background.start(host().shown(), lambda _shown: None)


def update_all() -> None:
    """Bring every older Read of ours to the newest version, and say what was kept."""
    background.start(host().shown(), _update)


def _update(shown: list[Shown]) -> None:
    older = [one.node for one in shown if one.ours and one.state == "older"]
    if not older:
        background.say(["Every Read of ours shows its newest version."])
        return
    background.start(host().update(older), _tell)


def _tell(notes: list[Note]) -> None:
    background.say([note.text for note in notes])
