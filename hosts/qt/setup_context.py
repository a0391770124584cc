# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scene belongs to, shared by the panels: told by its path, else chosen by the person."""

from __future__ import annotations

from typing import Any

from ...core.errors import PlatesError
from ...core.events import Cancel, Listener
from ...core.work_context import WorkContext
from . import style
from .binding import Qt, QtCore, QtWidgets, Signal
from .host import Host, Job
from .load_memory import recall, remember
from .load_tree import Project, Shot, open_project, steps_of
from .publish_plan import Step, step_of, with_states
from .runner import Runner
from .window_parts import Tell, asked, button, caption, choose_folder, columns, paragraph, rows

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
        self.chooser = Chooser(scene)
        self.chooser.hide()
        self.chooser.taken.connect(self.choose)
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


class Chooser(QtWidgets.QWidget):
    """Project, shot, step and resource; filled by a worker."""

    taken = Signal()

    def __init__(self, scene: SceneContext, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._project: Project | None = None
        self._wanted = ("", "")
        self.runner = Runner(self)
        self.tell = Tell()
        self.runner.problem.connect(lambda sentence: self.tell.say(sentence, "error"))
        self.projects, self.shots, self.steps = QtWidgets.QComboBox(), QtWidgets.QComboBox(), QtWidgets.QComboBox()
        self.projects.setToolTip("Projects used before; Open… adds one")
        self.shots.setEditable(True)
        self.shots.setToolTip("Type to search; a new name makes a new shot folder when you save")
        self.shots.setInsertPolicy(QtWidgets.QComboBox.InsertPolicy.NoInsert)
        self.shots.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        self.shots.completer().setCompletionMode(QtWidgets.QCompleter.CompletionMode.PopupCompletion)
        self.steps.setEditable(True)
        self.steps.setInsertPolicy(QtWidgets.QComboBox.InsertPolicy.NoInsert)
        self.steps.setToolTip("A step of this shot, or one that Ramses knows")
        self.resource = QtWidgets.QLineEdit()
        self.resource.setPlaceholderText("main scene")
        self.resource.setToolTip("Leave empty for the main scene of the step; a name makes a second one beside it")
        self.open_button = button("Open…", "Choose a project folder (the one with 05-SHOTS in it)", self._ask)
        self.take_button = button("Use this", "Work on this shot and step", self.take)
        for box in (self.projects, self.shots, self.steps):
            box.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(7)
        self.projects.activated.connect(self._open_known)
        self.shots.activated.connect(lambda *_: self._list_steps())
        self.resource.returnPressed.connect(self.take)
        form = QtWidgets.QGridLayout()
        for at, (name, field) in enumerate((("Shot", self.shots), ("Step", self.steps), ("Resource", self.resource))):
            form.addWidget(caption(name), 2, at)
            form.addWidget(field, 3, at)
            form.setColumnStretch(at, 1)
        form.addWidget(self.take_button, 3, 3)
        form.addWidget(caption("Project"), 0, 0)
        form.addWidget(self.projects, 1, 0, 1, 3)
        form.addWidget(self.open_button, 1, 3)
        form.setVerticalSpacing(2)
        frame = QtWidgets.QFrame()
        frame.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        frame.setLayout(rows(form, self.tell, margin=style.gap(self) * 2))
        self.setLayout(rows(frame))

    def begin(self, context: WorkContext | None) -> None:
        """Start from a context, else from the project that was used last."""
        memory = recall()
        self.projects.clear()
        roots = list(memory.projects)
        if context is not None and context.root not in roots:
            roots.insert(0, context.root)
        for root in roots:
            self.projects.addItem(root, root)
        if not roots:
            self.tell.say("No project was used yet: choose its folder with Open….")
            return
        root = context.root if context is not None else roots[0]
        self.projects.setCurrentIndex(roots.index(root))
        self._open(root, *((context.name, context.step) if context is not None else memory.place(root)))

    def _ask(self) -> None:
        folder = choose_folder(self, "Ramses project folder")
        if folder:
            self._open(folder)

    def _open_known(self, _index: int) -> None:
        root = str(self.projects.currentData())
        self._open(root, *recall().place(root))

    def _open(self, folder: str, shot: str = "", step: str = "") -> None:
        self.tell.say("")
        self._wanted = (shot, step)
        self.runner.replace(
            Job("Opening the project", lambda _listen, cancel: open_project(folder, cancel), self._opened)
        )

    def _opened(self, project: Project) -> None:
        self._project = project
        remember(recall().used(project.root))
        if self.projects.findData(project.root) < 0:
            self.projects.insertItem(0, project.root, project.root)
        at = self.projects.findData(project.root)
        self.projects.setItemText(at, f"{project.name}   {project.root}")
        self.projects.setCurrentIndex(at)
        self.shots.clear()
        for shot in project.shots:
            self.shots.addItem(shot.name, shot)
        wanted = project.shot(self._wanted[0])
        if wanted is not None:
            self.shots.setCurrentIndex(project.shots.index(wanted))
        self._list_steps()

    def _list_steps(self) -> None:
        project, shot = self._project, self.shots.currentData()
        if project is None:
            return
        known = [step.short_name for step in project.facts.steps if step.kind == "shot"] if project.facts else []

        def work(_listen: Listener, _cancel: Cancel) -> list[str]:
            found = [step.name for step in steps_of(project, shot)] if isinstance(shot, Shot) else []
            upper = {name.upper() for name in found}
            return [*found, *(name for name in known if name.upper() not in upper)]

        self.runner.replace(Job("Steps", work, self._show_steps))

    def _show_steps(self, names: list[str]) -> None:
        kept = self.steps.currentText() or self._wanted[1]
        self.steps.clear()
        self.steps.addItems(names)
        at = next((at for at, name in enumerate(names) if name.upper() == kept.upper()), -1)
        self.steps.setCurrentIndex(at if at >= 0 else (0 if names else -1))

    def take(self) -> None:
        """Hand over what is chosen. Names that Ramses cannot write are refused with a sentence."""
        if self._project is None:
            self.tell.say("Choose a project first.", "warning")
            return
        shot, step = self.shots.currentText().strip(), self.steps.currentText().strip()
        if not shot or not step:
            self.tell.say("Choose a shot and a step.", "warning")
            return
        resource = self.resource.text().strip()
        try:
            WorkContext.of_shot(self._project.root, self._project.name, shot, step, resource)
        except PlatesError as problem:
            self.tell.say(str(problem), "error")
            return
        remember(recall().at(self._project.root, shot, step))
        self._scene.choose(self._project.root, self._project.name, shot, step, resource)
        self.taken.emit()


def needs_context(scene: SceneContext) -> tuple[str, str]:
    """(title, text) for the empty state of a panel that needs a shot."""
    if scene.busy or scene.reason.endswith("…"):
        return "One moment", scene.reason
    return "This scene belongs to no shot yet", "Choose its project, shot and step with Change…, then save it there."
