# SPDX-License-Identifier: GPL-3.0-or-later
"""From the project to the versions of a plate: lists beside each other, filled by a worker, kept once listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...core.errors import PlatesError
from ...core.events import Cancel, Event, Listener
from ...core.tree import SHOTS, parse_shot_folder
from ...core.versions import PublishedVersion
from ...lib.ramses.client import RamDaemonInterface
from . import style
from .binding import Qt, QtCore, QtWidgets, Signal
from .host import Job
from .load_lists import Column, Line, Row, VersionTable
from .load_media import version_line
from .load_memory import Memory, recall, remember
from .load_tree import Project, Published, Shelf, Shot, Step, open_project, projects_of_ramses
from .runner import Runner
from .window_parts import Empty, Tell, action, button, choose_folder, columns, rows

_ALL = "\0all"
_LISTING = "Listing …"
# A disk that is quicker needs no word.
_PATIENCE_MS = 400
# A sidecar costs a round trip on a share: the table shows what came so far.
_BATCH = 8


class Browser(QtWidgets.QWidget):
    """Choose a published version. `chosen` is told whenever another one is, `opened` brings a project's folder."""

    chosen = Signal()
    opened = Signal(str)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory: Memory = Memory()
        self._shelf = Shelf()
        self._wanted: tuple[str, str] = ("", "")
        self.project: Project | None = None
        self.listing, self._reading, self._asking = Runner(self), Runner(self), Runner(self)
        self._of_ramses: tuple[str, ...] = ()
        self._make()
        self._lay_out()
        self._connect()

    def _make(self) -> None:
        self.projects = QtWidgets.QComboBox()
        self.projects.setToolTip("The Ramses project; the ones used last come first")
        self.projects.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.projects.setMinimumContentsLength(18)
        self.open_button = button("Open…", "Choose a project folder (the one with 05-SHOTS in it)", self.ask_project)
        self.refresh_button = button("Refresh", "List everything anew from the disk", self.refresh, "F5")
        self.search = QtWidgets.QLineEdit()
        self.search.setPlaceholderText("Search sequences and shots")
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip("Words of sequence and shot, in any order  (Ctrl+F)")
        self.sequences = Column("Sequence", "The sequences that have shots")
        self.shots = Column("Shot", "Quiet names have nothing on the disk yet")
        self.steps = Column("Step", "The steps of this shot that have a folder")
        self.plates = Column("Plate", "The main plate and its resources; several can be chosen", several=True)
        self.versions = VersionTable()
        self.tell, self.empty = Tell(), Empty()
        self.empty.say(
            "No project is open", "Choose the folder of a Ramses project: the one with 05-SHOTS in it.", "Open…"
        )

    def _lay_out(self) -> None:
        lists = QtWidgets.QSplitter(Qt.Orientation.Horizontal)
        lists.setChildrenCollapsible(False)
        for at, column in enumerate((self.sequences, self.shots, self.steps, self.plates)):
            lists.addWidget(column)
            lists.setStretchFactor(at, 3 if column is self.shots else 2)
        self.versions.setMinimumHeight(style.high(self, 5))
        lists.setMinimumHeight(style.high(self, 7))
        both = QtWidgets.QSplitter(Qt.Orientation.Vertical)
        both.setChildrenCollapsible(False)
        both.addWidget(lists)
        both.addWidget(self.versions)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        self._listed = QtWidgets.QWidget()
        self._listed.setLayout(rows(self.search, self.tell, (both, 1)))
        self._pages = QtWidgets.QStackedWidget()
        self._pages.addWidget(self._listed)
        self._pages.addWidget(self.empty)
        top = columns((self.projects, 1), self.open_button, self.refresh_button)
        self.setLayout(rows(top, (self._pages, 1)))

    def _connect(self) -> None:
        action(self, "F5", self.refresh)
        action(self, "Ctrl+F", self.search.setFocus)
        self.empty.pressed.connect(self.ask_project)
        self.projects.activated.connect(self._other_project)
        self.search.textChanged.connect(self._filter)
        self.sequences.chosen.connect(self._filter)
        self.shots.chosen.connect(self._shot_chosen)
        self.steps.chosen.connect(self._step_chosen)
        self.plates.chosen.connect(self._plate_chosen)
        self.versions.chosen.connect(self.chosen)
        self.listing.problem.connect(self._fail)
        self._slow = QtCore.QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_PATIENCE_MS)
        self._slow.timeout.connect(lambda: self.tell.say(_LISTING))
        self.listing.began.connect(lambda *_: self._slow.start())
        self.listing.ended.connect(self._listed_all)
        self._reading.progress.connect(self._read)

    # what the panel asks and tells

    @property
    def selected(self) -> list[PublishedVersion]:
        """The versions that are chosen."""
        return list(self.versions.versions)

    @property
    def current(self) -> PublishedVersion | None:
        """The version whose facts are to be shown."""
        return self.versions.current

    def start(self, scene_path: str) -> None:
        """Open the project of the scene at its shot, else the one that was used last. Cheap: a worker does it."""
        self._memory = recall()
        self._list_projects()
        known = list(self._memory.projects)

        def work(_listen: Listener, cancel: Cancel) -> tuple[Project | None, str, str]:
            return _first_project(scene_path, known, self._memory, cancel)

        self.listing.replace(Job("Opening the project", work, lambda found: self._opened(*found)))
        self._asking.replace(Job("Asking Ramses", _ask_ramses, self._ramses_answered))

    def open(self, folder: str, shot: str = "", step: str = "") -> None:
        """Open the project at or above a folder."""

        def work(_listen: Listener, cancel: Cancel) -> Project:
            return open_project(folder, cancel)

        self.listing.replace(Job("Opening the project", work, lambda project: self._opened(project, shot, step)))

    def ask_project(self) -> None:
        """Let the person choose a folder."""
        folder = choose_folder(self, "Ramses project folder", self.project.root if self.project else "")
        if folder:
            self.open(folder)

    def refresh(self) -> None:
        """Everything anew; the person stays where he was."""
        self._shelf.clear()
        if self.project is not None:
            shot, step = self.shots.value, self.steps.value
            self.open(self.project.root, shot.name if shot else "", step.name if step else "")

    def keep_policy(self, policy: Any) -> None:
        """Remember how plates are placed."""
        self._memory = replace(recall(), policy=policy)
        remember(self._memory)

    @property
    def policy(self) -> Any:
        """How plates were placed the last time."""
        return self._memory.policy

    # projects

    def _list_projects(self) -> None:
        self.projects.clear()
        for root in dict.fromkeys([*self._memory.projects, *self._of_ramses]):
            self.projects.addItem(root, root)
        if not self.projects.count():
            self.projects.addItem("No project yet", "")
        if self.project is not None:
            at = max(0, self.projects.findData(self.project.root))
            self.projects.setItemText(at, f"{self.project.name}   {self.project.root}")
            self.projects.setCurrentIndex(at)

    def _ramses_answered(self, folders: tuple[str, ...]) -> None:
        """Offer the projects of Ramses too; open the one that is open there where nothing else is."""
        self._of_ramses = folders
        if folders and self.project is None and not self.listing.busy:
            self.open(folders[0])
        else:
            self._list_projects()

    def _other_project(self, _index: int) -> None:
        root = str(self.projects.currentData() or "")
        if root:
            self.open(root, *self._memory.place(root))

    def _opened(self, project: Project | None, shot: str, step: str) -> None:
        if project is None and self._of_ramses:
            self.open(self._of_ramses[0])
            return
        if project is None:
            self._pages.setCurrentWidget(self.empty)
            self._clear()
            return
        self._pages.setCurrentWidget(self._listed)
        self.tell.say("")
        self.project = project
        self._memory = recall().used(project.root)
        remember(self._memory)
        self._list_projects()
        self._wanted = (shot, step)
        self.opened.emit(project.root)
        if not project.shots:
            self.tell.say(f"Project {project.name} has no shots yet: the first ingest makes them.")
        names = [Row(name, name or "no sequence") for name in project.sequences]
        at = project.shot(shot)
        chosen = at.sequence if at is not None and len(names) > 1 else _ALL
        self.shots.fill([])  # or the same shot again would count as no other one
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.sequences.fill([Row(_ALL, "All"), *names] if len(names) > 1 else names, [chosen], len(names))
        self._filter()

    def _clear(self) -> None:
        self.project = None
        for column in (self.sequences, self.shots, self.steps, self.plates):
            column.fill([])
        self._show_plates(None)

    # shots

    def _filter(self, *_: Any) -> None:
        """List the shots that the search leaves; a search looks into all sequences."""
        if self.project is None:
            return
        text, sequence = self.search.text(), self.sequences.value
        if text.strip():
            self.sequences.select([_ALL])
        one = None if text.strip() or sequence in (None, _ALL) else sequence
        found = self.project.matching(text, one)
        kept = self.shots.value
        at = kept or self.project.shot(self._wanted[0])
        select = at if at in found else found[0] if found else None
        listed = [Row(shot, shot.name, _shot_tip(shot), not shot.folder) for shot in found]
        self.shots.fill(listed, [select])
        if select != kept or kept is None:
            self._shot_chosen()

    def _shot_chosen(self) -> None:
        shot, project = self.shots.value, self.project
        if shot is None or project is None:
            self.steps.fill([])
            self._show_plates(None)
            return
        known = self._shelf.known_steps(project, shot)
        if known is not None:
            self._show_steps(shot, known)
            return

        def work(_listen: Listener, _cancel: Cancel) -> tuple[Step, ...]:
            return self._shelf.steps(project, shot)

        self.listing.replace(Job("Steps", work, lambda steps: self._show_steps(shot, steps)))

    def _show_steps(self, shot: Shot, steps: tuple[Step, ...]) -> None:
        if shot != self.shots.value:
            return  # another one was chosen meanwhile
        wanted = [step for step in steps if step.name.upper() == self._wanted[1].upper()]
        plates = [step for step in steps if step.name.upper() == "PLATE"]
        select = next(iter([*wanted, *plates, *steps]), None)
        self.steps.fill([Row(step, step.name) for step in steps], [select])
        if select is None:
            self.tell.say(f"Nothing of shot {shot.name} is on the disk yet: ingest its plates first.")
        else:
            self.tell.say("")
        self._step_chosen()

    # steps, plates, versions

    def _step_chosen(self) -> None:
        step, project = self.steps.value, self.project
        if step is None or project is None:
            self._show_plates(None)
            return
        self._wanted = (self.shots.value.name if self.shots.value else "", step.name)
        known = self._shelf.known_plates(project.root, step.folder)
        if known is not None:
            self._show_plates(known)
            return
        root = project.root

        def work(_listen: Listener, cancel: Cancel) -> Published:
            return self._shelf.plates(root, step.folder, cancel)

        self.listing.replace(Job("Versions", work, lambda found: self._show_step_plates(step, found)))

    def _show_step_plates(self, step: Step, found: Published) -> None:
        if step == self.steps.value:
            self._show_plates(found)

    def _show_plates(self, found: Published | None) -> None:
        resources = found.resources if found is not None else ()
        listed = [Row(found.plates[name], name or "main plate") for name in resources] if found else []
        self.plates.fill(listed, [listed[0].value] if listed else [])
        if found is not None and not listed:
            scenes = " Scenes are: they are opened, not loaded." if found.scenes else ""
            self.tell.say(f"No plate is published in this step.{scenes}")
        elif found is not None:
            self.tell.say("")
            self._keep_place()
        self._plate_chosen()

    def _keep_place(self) -> None:
        if self.project is not None:
            self._memory = self._memory.at(self.project.root, *self._wanted)

    def _plate_chosen(self) -> None:
        chosen: list[tuple[PublishedVersion, ...]] = self.plates.values
        versions = [version for plate in chosen for version in plate]
        self.versions.fill([Line.bare(version) for version in versions], len(chosen) > 1)
        if versions:
            self._reading.replace(Job("Versions", _lines_of(versions), lambda found: found))
        self.chosen.emit()

    def _read(self, events: list[Event]) -> None:
        lines = [line for event in events if isinstance(event.payload, list) for line in event.payload]
        self.versions.renew(lines)

    def _fail(self, sentence: str) -> None:
        self.tell.say(sentence, "error")

    def _listed_all(self) -> None:
        if self.listing.busy:
            return  # the end of one listing has begun the next
        self._slow.stop()
        if self.tell.text == _LISTING:
            self.tell.say("")

    def save_place(self) -> None:
        """Remember where the person is, for the next time."""
        if self.project is not None:
            remember(recall().at(self.project.root, *self._wanted))


def _lines_of(versions: list[PublishedVersion]) -> Callable[[Listener, Cancel], None]:
    def work(listen: Listener, cancel: Cancel) -> None:
        for at in range(0, len(versions), _BATCH):
            lines = []
            for version in versions[at : at + _BATCH]:
                cancel.check()
                lines.append(Line(version, (version.resource or "main", *version_line(version))))
            listen(Event("versions", min(at + _BATCH, len(versions)), len(versions), payload=lines))

    return work


def _ask_ramses(_listen: Listener, _cancel: Cancel) -> tuple[str, ...]:
    return projects_of_ramses(RamDaemonInterface.instance())


def _first_project(scene: str, known: list[str], memory: Memory, cancel: Cancel) -> tuple[Project | None, str, str]:
    """The project of the scene with its shot; else the first remembered one that is still there."""
    if scene:
        try:
            shot, step = _place_of(scene)
            return open_project(scene, cancel), shot, step
        except PlatesError:
            cancel.check()
    for root in known:
        try:
            return open_project(root, cancel), *memory.place(root)
        except PlatesError:
            cancel.check()
    return None, "", ""


def shot_home(scene: str) -> str:
    """The shot folder that a scene lies in, by its path alone; "" outside of one."""
    before, found, after = scene.replace("\\", "/").partition(f"/{SHOTS}/")
    return f"{before}{found}{after.partition('/')[0]}" if "/" in after else ""


def _place_of(scene: str) -> tuple[str, str]:
    """(shot, "") of a scene's path: its own step is rarely where its plates lie."""
    shot = parse_shot_folder(shot_home(scene).rpartition("/")[2])
    return (shot[1], "") if shot is not None else ("", "")


def _shot_tip(shot: Shot) -> str:
    where = f"Sequence {shot.sequence}. " if shot.sequence else ""
    return where + (shot.folder or "Known to Ramses, not on the disk yet")
