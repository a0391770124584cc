# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender as it is while it runs: with our own operators and properties, which no type stub knows."""

from __future__ import annotations

from typing import Any

import bpy

ops: Any = bpy.ops


def context() -> Any:
    """Blender's context, asked for each time: while an add-on is enabled Blender has a restricted one in its place."""
    return bpy.context


def session() -> Any:
    """The lists and messages of the panels."""
    return context().window_manager.ramses
