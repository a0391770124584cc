# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run came to, and what can be done with it: nodes, folder, report, undo."""

from __future__ import annotations

from ...core.run import RunResult
from . import style
from .binding import Qt, QtWidgets, Signal
from .ingest_words import result_text
from .window_parts import button, columns, paragraph, rows


class ResultBar(QtWidgets.QFrame):
    """Shown after a run until the next one; takes no room before."""

    create = Signal()
    folder = Signal()
    report = Signal()
    undo = Signal()

    def __init__(self, has_scene: bool, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        self._sign = QtWidgets.QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words = paragraph()
        self.create_nodes = button("Create Read nodes", "One node for each published plate", self.create.emit)
        self.open_folder = button("Open folder", "Show the published files", self.folder.emit)
        self.open_report = button("Open report", "The page that this run left in _ingest_reports", self.report.emit)
        self.take_back = button("Undo", "Move what this run published to the project's trash", self.undo.emit)
        self.create_nodes.setVisible(has_scene)
        self._has_scene = has_scene
        buttons = columns(self.create_nodes, self.open_folder, self.open_report, None, self.take_back)
        self.setLayout(rows(columns(self._sign, (self._words, 1)), buttons, margin=style.gap(self)))
        self.hide()

    @property
    def in_order(self) -> list[QtWidgets.QWidget]:
        """What Tab visits, in its order."""
        return [self.create_nodes, self.open_folder, self.open_report, self.take_back]

    @property
    def text(self) -> str:
        """What it says."""
        return str(self._words.text())

    def show_result(self, result: RunResult) -> None:
        """Tell of a run."""
        published = any(clip.status == "published" for clip in result.clips)
        failed = any(clip.status in ("failed", "planned") for clip in result.clips)
        self.say(result_text(result), "attention" if failed or result.warnings else "good")
        self.create_nodes.setVisible(self._has_scene and published)
        self.open_folder.setEnabled(published)
        self.open_report.setEnabled(result.report is not None)
        self.take_back.setEnabled(published)
        self.show()

    def say(self, text: str, sign: str) -> None:
        """Change the sentence."""
        size = style.icon_size(self)
        self._sign.setPixmap(style.state_icon(sign, self.palette(), size).pixmap(size, size))
        self._words.setText(text)

    def undone(self, text: str, ok: bool) -> None:
        """The run was taken back."""
        self.say(text, "good" if ok else "attention")
        for made in (self.create_nodes, self.open_folder, self.take_back):
            made.setEnabled(False)
