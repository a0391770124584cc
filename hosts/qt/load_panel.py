# SPDX-License-Identifier: GPL-3.0-or-later
"""The load panel: choose a published plate, see what it is and where it will sit, make the node."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ...core.versions import PublishedVersion
from . import style
from .binding import Qt, QtWidgets
from .host import Host, Job, Note, Shown, Wanted
from .load_browser import Browser, shot_home
from .load_details import Details
from .window_parts import Notes, Tell, WorkLine, action, asked, button, columns, copy_text, open_folder, relabel, rows
from .window_work import HostWork


class LoadPanel(QtWidgets.QWidget):
    """Works before any project is known. The disk is looked at by workers, from the first show on."""

    def __init__(self, host: Host, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.host = host
        self._has_scene = asked(lambda: host.has_scene, False)
        self._started, self._home = False, ""
        self.work = HostWork(self)
        self.runner = self.work.runner
        self.browser = Browser()
        self.details = Details(places=True)
        self.notes, self.tell, self.line = Notes(), Tell(), WorkLine(self.runner)
        self.create_button = button("Create", "Make a node for each chosen version", self.create, "Ctrl+Return")
        self.update_button = button(
            "Update", "Bring the nodes that show this plate to the chosen version", self.update_nodes, "Ctrl+U"
        )
        self.folder_button = button("Open folder", "Show the version in the file manager", self.open_folder)
        self.copy_button = button("Copy path", "Put the version's path on the clipboard", self.copy_path)
        self._lay_out()
        self._connect()
        self._enable()

    def _lay_out(self) -> None:
        both = QtWidgets.QSplitter(Qt.Orientation.Vertical)
        both.setChildrenCollapsible(False)
        both.addWidget(self.browser)
        both.addWidget(self.details)
        both.setStretchFactor(0, 5)
        both.setStretchFactor(1, 4)
        both.setSizes([500, 400])
        self.create_button.setVisible(self._has_scene)
        self.update_button.setVisible(self._has_scene)
        self.create_button.setDefault(True)
        buttons = columns(self.folder_button, self.copy_button, None, self.update_button, self.create_button)
        self.setLayout(rows((both, 1), self.tell, self.notes, self.line, buttons))
        self.layout().setSpacing(style.gap(self) * 2)
        self.details.hide()

    def _connect(self) -> None:
        self.browser.chosen.connect(self._show)
        self.browser.versions.activated.connect(lambda *_: self.create())
        self.details.ready.connect(self._enable)
        self.details.policy_chosen.connect(self.browser.keep_policy)
        self.work.failed.connect(lambda sentence: self.tell.say(sentence, "error"))
        self.work.cancelled.connect(lambda: self.tell.say("Cancelled; nothing was changed."))
        self.work.changed.connect(self._enable)
        action(self, "Ctrl+Return", self.create)
        action(self, "Ctrl+U", self.update_nodes)

    def showEvent(self, event: Any) -> None:
        """The first show opens the project: a panel of a saved workspace is built before the host is ready."""
        super().showEvent(event)
        if self._started:
            self.follow()
            return
        self._started = True
        path = asked(self.host.scene_path, "")
        self._home = shot_home(path)
        self.browser.start(path)
        self.details.choose_policy(self.browser.policy)

    def follow(self) -> None:
        """Go to the shot of the scene, where it is another one than the last time."""
        path = asked(self.host.scene_path, "")
        home = shot_home(path)
        if self._started and home and home != self._home:
            self._home = home
            self.browser.start(path)

    def hideEvent(self, event: Any) -> None:
        """Remember where the person was."""
        super().hideEvent(event)
        if self._started:
            self.browser.save_place()

    @property
    def wanted(self) -> list[Wanted]:
        """What *Create* would make."""
        return [Wanted(version, self.details.policy) for version in reversed(self.browser.selected)]

    def create(self) -> None:
        """Make a node for each chosen version; without a scene, show the folder."""
        if not self._has_scene:
            self.open_folder()
            return
        wanted = self.wanted
        if not wanted or not self.create_button.isEnabled():
            return
        self._run("Create", lambda: self.host.create(wanted), self._created)

    def update_nodes(self) -> None:
        """Bring the nodes of the scene that show this plate to the chosen version."""
        version = self.browser.current
        if version is not None and self.update_button.isEnabled():
            self._run("Update", self.host.shown, lambda shown: self._found(version, shown))

    def open_folder(self) -> None:
        """Show the current version in the file manager."""
        version = self.browser.current
        if version is not None and not open_folder(version.path):
            self.tell.say(f"{version.path}: no file manager could be started. Copy the path instead.", "warning")

    def copy_path(self) -> None:
        """Put the paths of the chosen versions on the clipboard."""
        copy_text("\n".join(version.path for version in self.browser.selected))
        self.tell.say("Copied.")

    def _show(self) -> None:
        project = self.browser.project
        self.details.setVisible(project is not None)
        self.details.show_version(self.browser.current, project.facts if project is not None else None)
        self._enable()

    def _enable(self) -> None:
        chosen = self.browser.selected
        for one in (self.folder_button, self.copy_button):
            one.setEnabled(bool(chosen))
        examined = self.details.examined
        fits = examined is None or (not examined.problem and examined.seats[self.details.policy].placement is not None)
        free = bool(chosen) and not self.work.busy
        self.create_button.setEnabled(free and (fits or len(chosen) > 1))
        self.update_button.setEnabled(free and len(chosen) == 1 and (examined is None or not examined.problem))
        relabel(self.create_button, "Create" if len(chosen) < 2 else f"Create {len(chosen)}")

    def _run(self, title: str, job: Callable[[], Job[Any, Any]], then: Callable[[Any], None]) -> None:
        self.tell.say("")
        self.notes.show_notes([])
        self.work.run(title, job, then)

    def _found(self, version: PublishedVersion, shown: list[Shown]) -> None:
        """The scene's nodes are known: those that show another version of this plate are updated."""
        same = [one for one in shown if one.version is not None and plate_of(one.version) == plate_of(version)]
        nodes = [one.node for one in same if one.version is not None and one.version.folder != version.folder]
        if nodes:
            self.work.follow(lambda: self._run("Update", lambda: self.host.update(nodes, version), self._created))
        elif same:
            self.tell.say(f"{', '.join(one.node for one in same)}: shows this version already.")
        else:
            self.tell.say("No node of the scene shows this plate yet: create one.")

    def _created(self, notes: list[Note]) -> None:
        self.notes.show_notes(notes or [Note("Done.")])


def plate_of(version: PublishedVersion) -> tuple[str, str, str]:
    """What all versions of one plate share."""
    root = os.path.normcase(os.path.abspath(version.project_root))
    return root, version.folder.partition("/_published/")[0], version.resource.upper()
