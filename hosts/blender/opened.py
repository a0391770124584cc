# SPDX-License-Identifier: GPL-3.0-or-later
"""Another file was opened: lists of the one before are emptied, how its plates stand is looked up beside the work."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import bpy
from bpy.app.handlers import persistent

from . import live, plates
from .preferences import preferences
from .tasks import running

_SOON = 1.0  # seconds: the file is drawn first


def _opened(*_file: object) -> None:
    session = live.session()
    for rows in (session.versions, session.plates, session.checks):
        rows.clear()
    session.message = session.checked = ""
    if bpy.app.background or not preferences().check_opened or next(plates.plates(), None) is None:
        return
    if not bpy.app.timers.is_registered(_check):
        bpy.app.timers.register(_check, first_interval=_SOON)


def _check() -> None:
    """As if the button were pressed; whoever is working already comes first."""
    windows = live.context().window_manager.windows
    if running() is None and windows:
        with suppress(RuntimeError), live.context().temp_override(window=windows[0]):
            live.ops.ramses.check_versions("INVOKE_DEFAULT")


# Blender drops what is not marked so with every file.
_marked: Any = persistent
_listener = _marked(_opened)


def register() -> None:
    """Listen to opened files."""
    bpy.app.handlers.load_post.append(_listener)


def unregister() -> None:
    """No longer."""
    if bpy.app.timers.is_registered(_check):
        bpy.app.timers.unregister(_check)
    bpy.app.handlers.load_post.remove(_listener)
