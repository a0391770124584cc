# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of nukescripts that is used: drops on the node graph, and panels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nuke._state import STATE

from . import panels
from .panels import registerPanel, registerWidgetAsPanel, restorePanel

__all__ = ["addDropDataCallback", "dropData", "panels", "registerPanel", "registerWidgetAsPanel", "restorePanel"]


def addDropDataCallback(callback: Callable[[str, str], Any]) -> None:
    """There is no way to take one back."""
    STATE.drops.append(callback)


def dropData(mimeType: str, text: str) -> bool | None:
    """Ask the callbacks, the last registered first, until one answers True."""
    for callback in reversed(STATE.drops):
        if callback(mimeType, text) == True:  # noqa: E712 - as Nuke compares
            return True
    return None
