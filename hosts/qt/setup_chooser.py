# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing project, shot, step and resource by hand, for a scene whose path says nothing."""

from __future__ import annotations

from ...core.errors import PlatesError
from ...core.events import Cancel, Listener
from ...core.work_context import WorkContext
from . import style
from .binding import Qt, QtWidgets, Signal
from .host import Job
from .load_memory import recall, remember
from .load_tree import Project, Shot, open_project, steps_of
from .runner import Runner
from .window_parts import Tell, button, caption, choose_folder, rows


class Chooser(QtWidgets.QWidget):
    """Fields that a worker fills. `taken` brings root, project, shot, step, resource."""

    taken = Signal(str, str, str, str, str)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._wanted = ("", "")
        self.runner = Runner(self)
        self.tell = Tell()
        self._make()
        self._lay_out()
        self.runner.problem.connect(lambda sentence: self.tell.say(sentence, "error"))
        self.projects.activated.connect(self._open_known)
        self.shots.activated.connect(lambda *_: self._list_steps())
        self.resource.returnPressed.connect(self.take)

    def _make(self) -> None:
        self.projects, self.shots, self.steps = QtWidgets.QComboBox(), QtWidgets.QComboBox(), QtWidgets.QComboBox()
        self.projects.setToolTip("Projects used before; Open… adds one")
        self.shots.setToolTip("Type to search; a new name makes a new shot folder when you save")
        self.steps.setToolTip("A step of this shot, or one that Ramses knows")
        for box in (self.shots, self.steps):
            box.setEditable(True)
            box.setInsertPolicy(QtWidgets.QComboBox.InsertPolicy.NoInsert)
        for box in (self.projects, self.shots, self.steps):
            box.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(7)
        self.shots.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        self.shots.completer().setCompletionMode(QtWidgets.QCompleter.CompletionMode.PopupCompletion)
        self.resource = QtWidgets.QLineEdit()
        self.resource.setPlaceholderText("main scene")
        self.resource.setToolTip("Leave empty for the main scene of the step; a name makes a second one beside it")
        self.open_button = button("Open…", "Choose a project folder (the one with 05-SHOTS in it)", self._ask)
        self.take_button = button("Use this", "Work on this shot and step", self.take)

    def _lay_out(self) -> None:
        form = QtWidgets.QGridLayout()
        form.setVerticalSpacing(2)
        form.addWidget(caption("Project"), 0, 0)
        form.addWidget(self.projects, 1, 0, 1, 3)
        form.addWidget(self.open_button, 1, 3)
        for at, (name, field) in enumerate((("Shot", self.shots), ("Step", self.steps), ("Resource", self.resource))):
            form.addWidget(caption(name), 2, at)
            form.addWidget(field, 3, at)
            form.setColumnStretch(at, 1)
        form.addWidget(self.take_button, 3, 3)
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
        self.taken.emit(self._project.root, self._project.name, shot, step, resource)
