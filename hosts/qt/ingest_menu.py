# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu of the chosen clips."""

from __future__ import annotations

from typing import Any

from .binding import QtWidgets
from .ingest_rows import COLUMNS
from .window_parts import copy_text, open_folder


def make_menu(panel: Any) -> QtWidgets.QMenu:
    """The menu for what is chosen in the panel's table now."""
    table = panel.table
    keys = table.chosen_keys()
    menu = QtWidgets.QMenu(panel)
    menu.setToolTipsVisible(True)
    several = f" of {len(keys)} clips" if len(keys) > 1 else ""
    for column in COLUMNS:
        if column.field:
            _add(menu, f"Edit {column.title.lower()}{several}…", lambda name=column.name: table.edit_column(name), "F2")
    menu.addSeparator()
    overrides = panel.history.now
    out = bool(keys) and all(key in overrides and overrides[key].skip for key in keys)
    _add(menu, "Take in again" if out else "Leave out", panel.toggle_left_out, "Space")
    edited = _add(menu, "Give back to the rules", panel.reset_edits)
    edited.setEnabled(any(key in overrides for key in keys))
    menu.addSeparator()
    _add(menu, "Mark the shot in this name…", panel.mark_example, "Ctrl+E")
    _add(menu, "Show the delivered files", lambda: open_folder(panel.delivered_folder(keys[0])))
    _add(menu, "Copy as text", lambda: copy_text(as_text(panel, keys)))
    for action in menu.actions():
        action.setEnabled(action.isEnabled() and bool(keys))
    return menu


def as_text(panel: Any, keys: list[str]) -> str:
    """The rows as lines with tabs, for a message or a sheet."""
    lines = ["\t".join(column.title for column in COLUMNS)]
    lines += ["\t".join(panel.table.rows[key].cells) for key in keys]
    return "\n".join(lines)


def _add(menu: QtWidgets.QMenu, words: str, act: Any, keys: str = "") -> Any:
    # The key is shown behind a tab; as a shortcut of the action it would work in the whole window.
    action = menu.addAction(f"{words}\t{keys}" if keys else words)
    action.triggered.connect(lambda *_: act())
    return action
