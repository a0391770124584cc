# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scene belongs to, shared by the panels: told by its path, else chosen by the person."""

from __future__ import annotations

from typing import Any

from ...core.events import Cancel, Listener
from ...core.work_context import WorkContext
from . import style
from .binding import Qt, QtCore, QtWidgets, Signal
from .host import Host, Job
from .publish_plan import Step, step_of, with_states
from .runner import Runner
from .setup_chooser import Chooser
from .window_parts import asked, button, columns, paragraph, rows

# How often the host is asked for its scene's path: hosts tell nobody that another one was opened.
_LOOK_MS = 1500


class SceneContext(QtCore.QObject):
    """The step of the current scene. `changed` is told when it, or the reason why there is none, is another one."""

    changed = Signal()

    def __init__(self, host: Host, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.host = host
        self.step: Step | None = None
        self.reason = "Looking where the scene lies …"
        self.by_hand = self._told_by_hand = False
        self._path: str | None = None
        self._watchers = 0
        self._runner = Runner(self)
        self._runner.done.connect(self._found)
        self._runner.problem.connect(self._nothing)
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def context(self) -> WorkContext | None:
        """What the scene belongs to, None while nobody knows."""
        return self.step.context if self.step is not None else None

    @property
    def busy(self) -> bool:
        """True while the path is looked up."""
        return bool(self._runner.busy)

    def watch(self, on: bool) -> None:
        """Panels that are seen keep the timer going; nothing is asked while none is."""
        self._watchers = max(0, self._watchers + (1 if on else -1))
        if self._watchers and not self._timer.isActive():
            self._timer.start()
            self.look()
        elif not self._watchers:
            self._timer.stop()

    def look(self) -> None:
        """Ask the host for its scene, and look it up where it is another one."""
        path = asked(self.host.scene_path, "")
        if path != self._path:
            self._path = path
            if not self.by_hand or path:
                self.from_scene()

    def from_scene(self) -> None:
        """Take what the path of the scene says, whatever was chosen before."""
        path = self._path or ""
        self.by_hand = False
        self._runner.replace(Job("Where the scene lies", lambda _listen, _cancel: step_of(path), lambda found: found))

    def choose(self, root: str, project: str, shot: str, step: str, resource: str = "") -> None:
        """Take what the person chose."""

        def work(_listen: Listener, _cancel: Cancel) -> Step:
            return with_states(WorkContext.of_shot(root, project, shot, step, resource))

        self.by_hand = True
        self._runner.replace(Job("The chosen step", work, lambda found: found))

    def _found(self, step: Step) -> None:
        now = (step, "", self.by_hand)
        if now != (self.step, self.reason, self._told_by_hand):
            self.step, self.reason, self._told_by_hand = now
            self.changed.emit()

    def _nothing(self, reason: str) -> None:
        self.step, self.reason = None, reason
        self.changed.emit()


class ContextBar(QtWidgets.QWidget):
    """Says what the scene belongs to; *Change…* chooses something else. `toggled`: the fields came or went."""

    toggled = Signal()

    def __init__(self, scene: SceneContext, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = scene
        self._seen = False
        self.label = paragraph()
        self.label.setFont(style.title_font(self))
        self.about = paragraph(quiet=True)
        self.change_button = button("Change…", "Choose project, shot and step by hand", self.choose)
        self.scene_button = button("From scene", "Take what the path of the scene says", scene.from_scene)
        self.chooser = Chooser()
        self.chooser.hide()
        self.chooser.taken.connect(self._taken)
        top = columns((rows(self.label, self.about), 1), self.scene_button, self.change_button)
        for one in (self.scene_button, self.change_button):
            top.setAlignment(one, Qt.AlignmentFlag.AlignTop)
        self.setLayout(rows(top, self.chooser))
        scene.changed.connect(self._show)
        self._show()

    def showEvent(self, event: Any) -> None:
        """Keep asking while it is seen."""
        super().showEvent(event)
        if not self._seen:
            self._seen = True
            self.scene.watch(True)

    def hideEvent(self, event: Any) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        if self._seen:
            self._seen = False
            self.scene.watch(False)

    @property
    def choosing(self) -> bool:
        """True while the fields for choosing are there."""
        return not self.chooser.isHidden()

    def choose(self) -> None:
        """Show or hide the fields for choosing."""
        self.chooser.setVisible(not self.choosing)
        if self.choosing:
            self.chooser.begin(self.scene.context)
        self.toggled.emit()

    def _taken(self, root: str, project: str, shot: str, step: str, resource: str) -> None:
        self.scene.choose(root, project, shot, step, resource)
        self.choose()

    def _show(self) -> None:
        context = self.scene.context
        self.scene_button.setVisible(self.scene.by_hand)
        if context is None:
            self.label.setText("Which shot?")
            self.about.setText(self.scene.reason)
            return
        self.label.setText(context.label)
        how = "chosen by hand" if self.scene.by_hand else "by the path of the scene"
        self.about.setText(f"{context.project}, {how}  ·  {context.folder}")


def needs_context(scene: SceneContext) -> tuple[str, str]:
    """(title, text) for the empty state of a panel that needs a shot."""
    if scene.busy or scene.reason.endswith("…"):
        return "One moment", scene.reason
    return "This scene belongs to no shot yet", "Choose its project, shot and step with Change…, then save it there."
