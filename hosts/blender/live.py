# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender as it is while it runs: with our own operators and properties, which no type stub knows."""

from __future__ import annotations

from typing import Any

import bpy

context: Any = bpy.context
ops: Any = bpy.ops


def session() -> Any:
    """The lists and messages of the panels."""
    return context.window_manager.ramses
