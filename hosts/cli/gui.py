# SPDX-License-Identifier: GPL-3.0-or-later
"""The verb `gui`: ingest and look up plates in a window."""

from __future__ import annotations

import argparse
import os
import sys

from ...core.errors import SettingsError
from ...core.events import Cancel

_INSTALL = "Install it with: pip install PySide6-Essentials"


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of `gui`."""
    del verb
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="deliveries to open in the ingest panel")


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Show the window until it is closed. Raises SettingsError where there is no Qt, no screen or no such folder."""
    folders = [os.path.abspath(folder) for folder in arguments.folders]
    for folder in folders:
        if not os.path.exists(folder):
            raise SettingsError("there is no such file or folder.", folder, "Is its disk not mounted?")
    _expect_screen()
    try:
        from ..qt import standalone
    except ImportError as problem:
        raise SettingsError(_why(problem), advice=_INSTALL) from problem
    return standalone.run(folders, cancel)


def _expect_screen() -> None:
    """Without a screen Qt would end the process with a message of its own."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise SettingsError(
            "this terminal has no screen to open a window on.",
            advice="Use ramses-plates ingest here, or connect with a screen (ssh -X).",
        )


def _why(problem: ImportError) -> str:
    """What keeps Qt from being loaded: it is not there, or the system lacks a library that it needs."""
    try:
        import PySide6.QtWidgets
    except ModuleNotFoundError:
        return "The window needs PySide6, which is not installed."
    except ImportError as deeper:
        return f"PySide6 is installed but cannot be loaded: {deeper}."
    del PySide6
    return f"The window cannot be loaded: {problem}."
