# SPDX-License-Identifier: GPL-3.0-or-later
"""The panels in a window of their own, for those who ingest without Nuke."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Literal, NoReturn

from ...core.errors import SettingsError
from ...core.events import Cancel
from ...core.work_context import WorkContext
from . import style
from .binding import BINDING, QtCore, QtGui, QtWidgets
from .host import Check, Job, Note, SetupRow, Shown, Wanted, Written
from .runner import stop_all
from .window import RamsesPanel

# How often Ctrl-C of the terminal is looked for: Qt's loop does not let Python see a signal by itself.
_LOOK_MS = 250


class NoScene:
    """A Host without a scene. The panels ask `has_scene` and offer none of the rest."""

    name = "Ramses Plates"
    has_scene = False
    limits = ""

    def scene_path(self) -> str:
        """There is none."""
        return ""

    def create(self, wanted: Sequence[Wanted]) -> Job[object, list[Note]]:
        """Refused."""
        _refuse(wanted)

    def shown(self) -> Job[object, list[Shown]]:
        """Nothing is shown."""
        return Job("Versions", lambda _listen, _cancel: None, lambda _found: [])

    def update(self, nodes: Sequence[str], to: Any = None) -> Job[object, list[Note]]:
        """Refused."""
        _refuse(nodes, to)

    def setup(self, context: WorkContext) -> Job[object, list[SetupRow]]:
        """Refused."""
        _refuse(context)

    def apply_setup(self, rows: Sequence[SetupRow]) -> list[Note]:
        """Refused."""
        _refuse(rows)

    def checks(self, context: WorkContext) -> Job[object, list[Check]]:
        """Refused."""
        _refuse(context)

    def fix(self, check: Check) -> Job[object, list[Note]]:
        """Refused."""
        _refuse(check)

    def render(self, context: WorkContext) -> str:
        """No render."""
        del context
        return ""

    def setup_render(self, context: WorkContext) -> list[Note]:
        """Refused."""
        _refuse(context)

    def save(self, context: WorkContext) -> list[Note]:
        """Refused."""
        _refuse(context)

    def save_version(self, context: WorkContext, state: str, comment: str) -> Job[object, list[Note]]:
        """Refused."""
        _refuse(context, state, comment)

    def publish(
        self, context: WorkContext, what: Literal["scene", "render"], state: str, comment: str
    ) -> Job[object, tuple[Written, list[Note]]]:
        """Refused."""
        _refuse(context, what, state, comment)


def _refuse(*_asked: object) -> NoReturn:
    raise SettingsError("this window has no scene.", advice="Open the panel in Nuke, or use the add-on in Blender.")


def application() -> QtWidgets.QApplication:
    """The running application, else a new one in our dark greys."""
    found = QtWidgets.QApplication.instance()
    if found is not None:
        return found
    if BINDING == "PySide2":  # Qt 5 scales only when asked to
        QtCore.QCoreApplication.setAttribute(QtCore.Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
        QtCore.QCoreApplication.setAttribute(QtCore.Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)
    made = QtWidgets.QApplication(sys.argv[:1])
    made.setApplicationName("Ramses Plates")
    made.setStyle("Fusion")
    made.setPalette(style.dark_palette())
    return made


def window(folders: Sequence[str] = ()) -> RamsesPanel:
    """The window, ready to be shown; the folders are handed to the ingest panel as if they were dropped there."""
    panel = RamsesPanel(NoScene())
    _fit(panel)
    if folders:
        ingest: Any = panel.open("Ingest")
        ingest.set_delivery(folders)
    return panel


def run(folders: Sequence[str] = (), cancel: Cancel | None = None) -> int:
    """Show the window until it is closed. Returns the exit code."""
    made = application()
    panel = window(folders)
    panel.show()
    timer = QtCore.QTimer()
    if cancel is not None:
        timer.timeout.connect(lambda: panel.close() if cancel.is_set else None)
        timer.start(_LOOK_MS)
    code = int((made.exec if hasattr(made, "exec") else made.exec_)())
    timer.stop()
    stop_all()
    return code


def _fit(panel: RamsesPanel) -> None:
    """Room for all columns, unlike in a dock, as far as this screen has it."""
    screen = QtGui.QGuiApplication.primaryScreen()
    wanted = QtCore.QSize(style.wide(panel, 220), style.high(panel, 52))
    panel.resize(wanted.boundedTo(screen.availableSize() * 0.92) if screen is not None else wanted)
