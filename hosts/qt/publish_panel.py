# SPDX-License-Identifier: GPL-3.0-or-later
"""The publish panel: what will be written, what to look at before, state and comment, then go."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Literal

from ...core.work_context import WorkContext
from . import style
from .binding import Qt, QtWidgets
from .host import Check, Host, Job, Note, Written
from .publish_checks import CheckList
from .publish_plan import DEFAULT_STATE, Plan, plan_publish
from .runner import Runner
from .setup_context import ContextBar, SceneContext, needs_context
from .window_parts import (
    Empty,
    Notes,
    Tell,
    WorkLine,
    action,
    asked,
    button,
    caption,
    columns,
    copy_text,
    open_folder,
    paragraph,
    relabel,
    rows,
)
from .window_work import HostWork

What = Literal["scene", "render"]


class PublishPanel(QtWidgets.QWidget):
    """Needs a host with a scene."""

    def __init__(self, host: Host, scene: SceneContext | None = None, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.host = host
        self.scene = scene or SceneContext(host, self)
        self.work, self._planning = HostWork(self), Runner(self)
        self.runner = self.work.runner
        self.plan: Plan | None = None
        self._shown: WorkContext | None = None
        self.written: Written | None = None
        self._make()
        self._lay_out()
        self._connect()
        self._context_changed()

    def _make(self) -> None:
        self.bar, self.empty, self.checks = ContextBar(self.scene), Empty(), CheckList()
        self.scene_choice, self.render_choice = QtWidgets.QRadioButton("Scene"), QtWidgets.QRadioButton("Render")
        self.scene_choice.setToolTip("Publish the saved scene, for others to open")
        self.render_choice.setToolTip("Publish the rendered frames, checked and hashed like a plate")
        self.scene_choice.setChecked(True)
        self.folder_label, self.files_label, self.also_label = paragraph(), paragraph(), paragraph()
        self.states = QtWidgets.QComboBox()
        self.states.setToolTip("The state that the published version gets")
        self.comment = QtWidgets.QLineEdit()
        self.comment.setPlaceholderText("What is new, for those who open it")
        self.comment.setToolTip("Kept with the version, and told to Ramses")
        self.check_button = button("Check again", "Look for what should not be published", self.look_again, "F5")
        self.save_button = button("Save", "Save the scene as the work file of this step", self.save)
        self.version_button = button("Save new version", "Save, and keep a copy in _versions", self.save_version)
        self.render_button = button(
            "Set up render", "Make the node that renders to the step's _render folder", self.set_up
        )
        self.publish_button = button("Publish scene", "Check, then publish", self.publish, "Ctrl+Return")
        self.open_button = button("Open folder", "Show what was published", self.open_published)
        self.copy_button = button("Copy path", "Put the published folder on the clipboard", self.copy_published)
        self.tell, self.notes, self.line = Tell(), Notes(), WorkLine(self.runner)

    def _lay_out(self) -> None:
        form = QtWidgets.QGridLayout()
        form.setColumnStretch(1, 1)
        form.setVerticalSpacing(style.gap(self))
        form.setHorizontalSpacing(style.gap(self) * 2)
        choice = columns(self.scene_choice, self.render_choice, None, self.render_button)
        self._fields = (
            (caption("Publish"), choice),
            (caption("Into"), self.folder_label),
            (caption("Files"), self.files_label),
            (caption("Before"), self.also_label),
            (caption("State"), columns(self.states, None)),
            (caption("Comment"), self.comment),
        )
        for at, (label, field) in enumerate(self._fields):
            middle = field in (self.comment,) or isinstance(field, QtWidgets.QLayout)
            form.addWidget(label, at, 0, Qt.AlignmentFlag.AlignVCenter if middle else Qt.AlignmentFlag.AlignTop)
            (form.addLayout if isinstance(field, QtWidgets.QLayout) else form.addWidget)(field, at, 1)
        head = columns(caption("Checks"), None, self.check_button)
        body = QtWidgets.QWidget()
        body.setLayout(rows(form, head, (self.checks, 1)))
        body.layout().setSpacing(style.gap(self) * 2)
        self._pages = QtWidgets.QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(body)
        self._result = QtWidgets.QWidget()
        self._result.setLayout(columns(self.open_button, self.copy_button))
        self._result.hide()
        buttons = columns(self.save_button, self.version_button, None, self.publish_button)
        told = columns((self.tell, 1), self._result)
        self.setLayout(rows(self.bar, (self._pages, 1), told, self.notes, self.line, buttons))
        self.layout().setSpacing(style.gap(self) * 2)

    def _connect(self) -> None:
        self.empty.pressed.connect(self.bar.choose)
        self.bar.toggled.connect(self._context_changed)
        self.scene.changed.connect(self._context_changed)
        self.scene_choice.toggled.connect(lambda *_: self._show_plan())
        self.states.activated.connect(lambda *_: self._look_ahead())
        self.checks.fix_pressed.connect(self.fix)
        self.work.failed.connect(lambda sentence: self.tell.say(sentence, "error"))
        self.work.cancelled.connect(lambda: self.tell.say("Cancelled; nothing is left half done."))
        self.work.changed.connect(self._enable)
        self._planning.done.connect(self._planned)
        self._planning.problem.connect(lambda sentence: self.tell.say(sentence, "error"))
        action(self, "F5", self.look_again)
        action(self, "Ctrl+Return", self.publish)

    # what the buttons do

    @property
    def what(self) -> What:
        """What *Publish* would publish."""
        return "scene" if self.scene_choice.isChecked() else "render"

    @property
    def state(self) -> str:
        """The chosen state's short name."""
        return str(self.states.currentData() or DEFAULT_STATE)

    def look(self) -> None:
        """Run the checks and look ahead."""
        context = self.scene.context
        if context is not None and self.isVisible():
            self._look_ahead()
            self.work.run("Checks", lambda: self.host.checks(context), self._show_checks)

    def look_again(self) -> None:
        """As `look`; what was told of the last publish goes away."""
        self._clear()
        self.look()

    def fix(self, check: Check) -> None:
        """Cure one finding, then check again."""
        self.work.run("Fix", lambda: self.host.fix(check), self._fixed)

    def save(self) -> None:
        """Save the scene as the work file."""
        context = self.scene.context
        if context is not None and not self.work.busy:
            self._at_once("Save", lambda: self.host.save(context))

    def save_version(self) -> None:
        """Save, and keep a copy."""
        context, state, comment = self.scene.context, self.state, self.comment.text().strip()
        if context is not None:
            self.work.run("Save new version", lambda: self.host.save_version(context, state, comment), self._saved)

    def set_up(self) -> None:
        """Make or renew the node that renders."""
        context = self.scene.context
        if context is not None and not self.work.busy:
            self._at_once("Set up render", lambda: self.host.setup_render(context))

    def publish(self) -> None:
        """Check once more, then publish; errors keep a scene back."""
        context = self.scene.context
        if context is None or not self.publish_button.isEnabled():
            return
        self._clear()
        self.work.run("Checks", lambda: self.host.checks(context), self._checked)

    def open_published(self) -> None:
        """Show the folder that was published."""
        if self.written is not None and not open_folder(self.written.folder):
            self.tell.say(f"{self.written.folder}: no file manager could be started. Copy the path instead.", "warning")

    def copy_published(self) -> None:
        """Put the published folder on the clipboard."""
        if self.written is not None:
            copy_text(self.written.folder)

    def showEvent(self, event: Any) -> None:
        """The scene may have changed while nobody looked."""
        super().showEvent(event)
        self.look()

    # work

    def _clear(self) -> None:
        self.tell.say("")
        self.notes.show_notes([])
        self._result.hide()

    def _at_once(self, title: str, call: Callable[[], list[Note]]) -> None:
        """What a host does on the spot."""
        notes = self.work.at_once(title, call)
        if notes is None:
            return
        self._clear()
        self.notes.show_notes(notes or [Note(f"{title}: done.")])
        self.scene.look()
        self.look()

    def _show_checks(self, found: list[Check]) -> None:
        self.checks.fill(found)

    def _checked(self, found: list[Check]) -> None:
        self.checks.fill(found)
        wrong = [check for check in found if check.severity == "error"]
        if wrong and self.what == "scene":
            self.tell.say(f"Not published: {wrong[0].message}", "error")
            return
        self.work.follow(self._go)

    def _go(self) -> None:
        context, what, state, comment = self.scene.context, self.what, self.state, self.comment.text().strip()
        if context is not None:
            self.work.run("Publish", lambda: self.host.publish(context, what, state, comment), self._published)

    def _published(self, answer: tuple[Written, list[Note]]) -> None:
        self.written, notes = answer
        name = os.path.basename(self.written.folder)
        self.tell.say(f"Published {name}, {_count(self.written.files)}.", "good")
        self.notes.show_notes(notes)
        self._result.show()
        self.comment.clear()
        self._look_ahead()

    def _saved(self, notes: list[Note]) -> None:
        self._clear()
        self.notes.show_notes(notes or [Note("Saved.")])
        self.scene.look()
        self.work.follow(self.look)

    def _fixed(self, notes: list[Note]) -> None:
        self.notes.show_notes(notes)
        self.scene.look()
        self.work.follow(self.look)

    # what is shown

    def _context_changed(self) -> None:
        step = self.scene.step
        if step is None:
            title, text = needs_context(self.scene)
            self.empty.say(title, text, "" if self.scene.busy or self.bar.choosing else "Choose shot and step…")
            self._pages.setCurrentIndex(0)
            self.plan = None
            self._enable()
            return
        self._pages.setCurrentIndex(1)
        kept = self.state
        self.states.clear()
        for state in step.states:
            self.states.addItem(state.label, state.short_name)
        at = max(self.states.findData(kept), 0) if self.states.findData(kept) >= 0 else self._default_state()
        self.states.setCurrentIndex(at)
        told = "The states of this project" if step.known else "The states of a fresh Ramses: it was never asked here"
        self.states.setToolTip(f"{told}; the published version gets the chosen one")
        if step.context != self._shown:
            self._shown = step.context
            self.checks.wait()
            self._clear()
        self.look()
        self._enable()

    def _default_state(self) -> int:
        return max(0, int(self.states.findData(DEFAULT_STATE)))

    def _look_ahead(self) -> None:
        context = self.scene.context
        if context is None or not self.isVisible():
            return
        path, state = asked(self.host.scene_path, ""), self.state
        render = asked(lambda: self.host.render(context), "")
        self._planning.replace(Job("Plan", _planner(context, path, render, state), lambda plan: plan))

    def _planned(self, plan: Plan) -> None:
        self.plan = plan
        self._show_plan()

    def _show_plan(self) -> None:
        scene = self.what == "scene"
        plan = self.plan
        written = None if plan is None else plan.scene if scene else plan.render
        relabel(self.publish_button, "Publish scene" if scene else "Publish render")
        for widget in (self.also_label, self._fields[3][0]):
            widget.setVisible(scene)
        if plan is None or written is None:
            problem = "" if plan is None else plan.scene_problem if scene else plan.render_problem
            self.folder_label.setText(problem or "…")
            self.files_label.setText("none yet")
            self.also_label.setText("none yet")
        else:
            self.folder_label.setText(written.folder)
            text = os.path.basename(written.files[0]) if len(written.files) == 1 else ""
            self.files_label.setText(text or f"{_count(written.files)}: {_ends(written.files)}")
            self.also_label.setText(f"kept as {os.path.basename(plan.work_version)} in _versions")
            self.files_label.setToolTip("" if scene else f"From {plan.render_text}")
        self._enable()

    def _enable(self) -> None:
        known = self.scene.context is not None
        free = known and not self.work.busy
        written = None if self.plan is None else self.plan.scene if self.what == "scene" else self.plan.render
        for one in (self.save_button, self.version_button, self.render_button, self.check_button):
            one.setEnabled(free)
        self.publish_button.setEnabled(free and written is not None)
        self.checks.setEnabled(free)


def _planner(context: WorkContext, path: str, render: str, state: str) -> Callable[[Any, Any], Plan]:
    return lambda _listen, _cancel: plan_publish(context, path, render, state)


def _count(files: Sequence[str]) -> str:
    return "1 file" if len(files) == 1 else f"{len(files)} files"


def _ends(files: Sequence[str]) -> str:
    return f"{os.path.basename(files[0])} – {os.path.basename(files[-1])}"
