# SPDX-License-Identifier: GPL-3.0-or-later
"""The head of the ingest panel: which delivery, which project, by which names, to which step, with which options."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from ...core import native
from ...core.errors import PlatesError
from ...core.preview import missing_libraries
from ...core.rules import BUILTIN, Rules, load_rules
from . import style
from .binding import QAction, Qt, QtWidgets, Signal
from .ingest_words import paths_text
from .ingest_work import Wish
from .load_memory import recall
from .window_parts import button, caption, choose_folder, columns

_EDIT_FILES = "Edits (*.edl *.ale *.otio *.otioz *.aaf *.xml *.fcpxml);;All files (*)"
_RULES_FILES = "Naming rules (*.json);;All files (*)"
_STATES = ("WIP", "OK", "TODO")


class Source(QtWidgets.QWidget):
    """Fields around one Wish. `delivery` tells that another delivery was chosen, `changed` that the plan must be.

    `look_again` wants the same delivery read anew, with the edits kept.
    """

    delivery = Signal()
    look_again = Signal()
    changed = Signal()
    problem = Signal(str)
    example = Signal()
    show_order = Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.wish = Wish()
        self._rules: list[Rules] = [BUILTIN]
        self._make_fields()
        self._make_options()
        self._lay_out()

    # ---- from outside ----------------------------------------------------------------------------------------------

    def set_paths(self, paths: tuple[str, ...]) -> None:
        """Another delivery."""
        self.wish = replace(self.wish, paths=paths)
        self._paths.setText(paths_text(paths))
        self._paths.setToolTip("\n".join(paths[:20]))
        self.delivery.emit()

    def set_root(self, root: str, project: str = "") -> None:
        """Another project folder, "" for none."""
        if root == self.wish.root and project == self.wish.project:
            return
        self.wish = replace(self.wish, root=root, project=project)
        self._root.setEditText(root)
        self._id.setText(project)
        self.changed.emit()

    def set_edit(self, path: str) -> None:
        """Another edit, "" for none."""
        self.wish = replace(self.wish, edit_path=path)
        self._edit.setText(path.replace("\\", "/").rpartition("/")[2])
        self._edit.setToolTip(path)
        self._no_edit.setEnabled(bool(path))
        self._order.setEnabled(bool(path))
        self.changed.emit()

    def add_rules(self, rules: Rules, label: str) -> None:
        """Use these rules, and offer them from now on."""
        self._rules.append(rules)
        self._naming.addItem(label)
        self._naming.setCurrentIndex(self._naming.count() - 1)

    def load_rules(self, path: str) -> None:
        """Use the rules of a file."""
        try:
            rules = load_rules(path)
        except PlatesError as problem:
            self.problem.emit(str(problem))
            return
        self.add_rules(rules, path.replace("\\", "/").rpartition("/")[2])

    def learn(self, steps: tuple[str, ...], states: tuple[str, ...], project: str) -> None:
        """Offer what the project has, and leave what is chosen."""
        for box, known in ((self._step, steps), (self._state, states or _STATES)):
            text = box.currentText()
            if [box.itemText(at) for at in range(box.count())] != list(known):
                box.blockSignals(True)
                box.clear()
                box.addItems(list(known))
                box.setEditText(text)
                box.blockSignals(False)
        self._id.setPlaceholderText(project or "short name")

    def choose_delivery(self, files: bool = False) -> None:
        """Ask for the delivery."""
        start = self.wish.paths[0] if self.wish.paths else ""
        if files:
            found, _kind = QtWidgets.QFileDialog.getOpenFileNames(self, "Files of the delivery", start)
            paths = tuple(found)
        else:
            folder = choose_folder(self, "Folder of the delivery", start)
            paths = (folder,) if folder else ()
        if paths:
            self.set_paths(paths)

    def choose_project(self) -> None:
        """Ask for the project folder."""
        folder = choose_folder(self, "Folder of the Ramses project (the one with 05-SHOTS in it)", self.wish.root)
        if folder:
            self.set_root(folder)

    def lock(self, locked: bool) -> None:
        """While plates are published nothing of this may change."""
        self.setEnabled(not locked)

    # ---- within ----------------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self._paths = QtWidgets.QLineEdit()
        self._paths.setReadOnly(True)
        self._paths.setPlaceholderText("Drop a folder or files here, or choose them")
        self._paths.setToolTip("The folder or the files of the delivery; drop with Shift to add to them")
        self._root = QtWidgets.QComboBox()
        self._root.setEditable(True)
        self._root.addItems(list(recall().projects))
        self._root.setEditText("")
        self._root.lineEdit().setPlaceholderText("Folder of the Ramses project")
        self._root.setToolTip("The folder of the Ramses project: the one with 05-SHOTS in it")
        self._root.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self._root.setMinimumContentsLength(12)
        self._root.lineEdit().editingFinished.connect(self._root_typed)
        self._root.textActivated.connect(lambda text: self.set_root(text))
        self._id = QtWidgets.QLineEdit()
        self._id.setPlaceholderText("short name")
        self._id.setToolTip("The project's short name, where neither Ramses nor the folder tells it")
        self._id.setFixedWidth(style.wide(self, 14))
        self._id.editingFinished.connect(self._root_typed)
        self._naming = QtWidgets.QComboBox()
        self._naming.addItem("Built-in reading")
        self._naming.setToolTip("How names are read: which part is the shot")
        self._naming.setMinimumContentsLength(12)
        self._naming.currentIndexChanged.connect(self._naming_chosen)
        self._edit = QtWidgets.QLineEdit()
        self._edit.setReadOnly(True)
        self._edit.setPlaceholderText("No edit")
        self._edit.setToolTip("An EDL, OTIO, AAF, XML or ALE that names the shots")
        self._step = self._box("The step to publish to; empty: the one in the name, else the project's plate step", 14)
        self._step.lineEdit().setPlaceholderText("from the name")
        self._state = self._box("The state of the new versions", 6)
        self._state.addItems(list(_STATES))
        for field in (self._paths, self._root, self._root.lineEdit(), self._id, self._edit):
            field.setAcceptDrops(False)  # a path that is dropped belongs to the panel

    def _box(self, tip: str, letters: int) -> QtWidgets.QComboBox:
        box = QtWidgets.QComboBox()
        box.setEditable(True)
        box.setToolTip(tip)
        box.setMinimumContentsLength(letters)
        box.lineEdit().editingFinished.connect(self._target_typed)
        box.textActivated.connect(lambda *_: self._target_typed())
        return box

    def _make_options(self) -> None:
        menu = QtWidgets.QMenu(self)
        self._every = self._check(menu, "Read the header of every frame", "every_frame", True, False)
        menu.addSeparator()
        self._check(menu, "Refuse clips with missing frames", "incomplete", "refuse", None)
        self._check(menu, "Publish clips with missing frames as they are", "incomplete", "publish", None)
        self._check(menu, "These frames complete a published version", "patch", True, False)
        menu.addSeparator()
        for level, words in (
            ("full", "Read every copy back from the disk"),
            ("copy", "Hash while copying, read nothing back"),
            ("size", "Compare sizes only"),
        ):
            self._check(menu, words, "verify", level, "full")
        menu.addSeparator()
        for when, words in (
            ("copy", "Compare with the vendor's manifests while copying"),
            ("plan", "Compare with the vendor's manifests while planning"),
            ("off", "Do not compare with the vendor's manifests"),
        ):
            self._check(menu, words, "check_manifests", when, "copy")
        menu.addSeparator()
        pictures = self._check(menu, "Make preview pictures", "pictures", True, False)
        # Libraries for pictures are compiled code, which has no business in some programs.
        pictures.setEnabled(native.allowed() and not missing_libraries())
        self._options = QtWidgets.QPushButton("Options")
        self._options.setToolTip("How clips are read, checked and copied")
        self._options.setAutoDefault(False)
        self._options.setMenu(menu)
        menu.aboutToShow.connect(self._show_options)

    def _check(self, menu: QtWidgets.QMenu, words: str, field: str, on: Any, off: Any) -> QAction:
        action = QAction(words, menu)
        action.setCheckable(True)
        action.setData((field, on))
        action.triggered.connect(lambda checked: self._set(field, on if checked else off))
        menu.addAction(action)
        return action

    def _show_options(self) -> None:
        for action in self._options.menu().actions():
            if action.data():
                field, on = action.data()
                action.setChecked(getattr(self.wish, field) == on)

    def _set(self, field: str, value: Any) -> None:
        self.wish = replace(self.wish, **{field: value})
        if field == "every_frame" and self.wish.paths:
            self.look_again.emit()
        else:
            self.changed.emit()

    def _lay_out(self) -> None:
        folder = button("Folder…", "Choose the folder of the delivery", self.choose_delivery, "Ctrl+O")
        files = button("Files…", "Choose single files", lambda: self.choose_delivery(True), "Ctrl+Shift+O")
        project = button("Choose…", "Choose the project folder", self.choose_project)
        rules = button("Rules…", "Use the naming rules of a file", self._choose_rules)
        example = button("Mark an example…", "Show in one name where the shot is", self.example.emit, "Ctrl+E")
        edit = button("Load…", "Load an edit that names the shots", self._choose_edit)
        self._no_edit = button("Remove", "Plan without the edit", lambda: self.set_edit(""))
        self._order = button("Ordered…", "What the edit ordered, and what was delivered", self.show_order.emit)
        self._no_edit.setEnabled(False)
        self._order.setEnabled(False)
        self.in_order: list[QtWidgets.QWidget] = [
            self._paths, folder, files, self._root, self._id, project, self._naming, rules, example,
            self._edit, edit, self._no_edit, self._order, self._step, self._state, self._options,
        ]  # fmt: skip
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(style.gap(self))
        target = columns(self._step, caption("State"), self._state, self._options, None)
        lines = (
            ("Delivery", columns((self._paths, 1), folder, files)),
            ("Project", columns((self._root, 1), self._id, project)),
            ("Naming", columns((self._naming, 1), rules, example)),
            ("Edit", columns((self._edit, 1), edit, self._no_edit, self._order)),
            ("Step", target),
        )
        for at, (words, line) in enumerate(lines):
            line.setSpacing(style.gap(self))
            label = caption(words)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(label, at, 0)
            grid.addLayout(line, at, 1)
        grid.setColumnStretch(1, 1)

    def _root_typed(self) -> None:
        typed = self._root.currentText().strip()
        root = os.path.abspath(os.path.expanduser(typed)) if typed else ""
        self.set_root(root, self._id.text().strip().upper())

    def _target_typed(self) -> None:
        step, state = self._step.currentText().strip(), self._state.currentText().strip() or "WIP"
        if (step, state) != (self.wish.step, self.wish.state):
            self.wish = replace(self.wish, step=step, state=state)
            self.changed.emit()

    def _naming_chosen(self, at: int) -> None:
        self.wish = replace(self.wish, rules=self._rules[at])
        self.changed.emit()

    def _choose_rules(self) -> None:
        path, _kind = QtWidgets.QFileDialog.getOpenFileName(self, "Naming rules", "", _RULES_FILES)
        if path:
            self.load_rules(path)

    def _choose_edit(self) -> None:
        path, _kind = QtWidgets.QFileDialog.getOpenFileName(self, "Edit", "", _EDIT_FILES)
        if path:
            self.set_edit(path)
