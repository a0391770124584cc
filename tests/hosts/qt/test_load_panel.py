# SPDX-License-Identifier: GPL-3.0-or-later
"""The load panel as an artist meets it: from the project to the node, with 3,000 shots, and without a project."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import make_project
import pytest
from fake_scene import FakeScene
from qt_eyes import HELD, Watchdog, settle
from ramses_database import demo
from ramses_plates.core.errors import SettingsError
from ramses_plates.core.preview_record import picture_path
from ramses_plates.hosts.qt import load_details, load_memory, load_panel, load_tree, window_parts
from ramses_plates.hosts.qt.binding import Qt, QtCore, QtGui, QtWidgets, alive, qt_module
from ramses_plates.hosts.qt.load_panel import LoadPanel


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    load_memory.remember(load_memory.Memory())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "PROJ"
    make_project.plate(root, "SH010")
    make_project.plate(root, "SH010", "003_OK", range(1001, 1009))
    make_project.plate(root, "SH010", "BG_002_WIP")
    make_project.plate(root, "SH020")
    make_project.facts(root, [("SEQ1", "SH010"), ("SEQ2", "SH020"), ("SEQ2", "SH030")])
    return root


@pytest.fixture
def scene(project: Path) -> FakeScene:
    return FakeScene(os.fspath(project / make_project.step("SH010", "COMP") / "PROJ_S_SH010_COMP.nk"))


@pytest.fixture
def panel(qtbot: Any, scene: FakeScene) -> Iterator[LoadPanel]:
    made = LoadPanel(scene)
    qtbot.addWidget(made)
    made.resize(900, 800)
    made.show()
    settle(made)
    yield made


def names(column: Any) -> list[str]:
    return [row.text for row in column.rows]


def test_the_panel_opens_at_the_shot_of_the_scene_and_its_newest_plate(panel: LoadPanel) -> None:
    browser = panel.browser
    assert names(browser.sequences) == ["All", "SEQ1", "SEQ2"]
    assert names(browser.shots) == ["SH010"]
    assert names(browser.plates) == ["main plate", "BG"]
    assert [line.texts[1:4] for line in browser.versions.lines] == [
        ("003", "OK", "1001-1008"),
        ("001", "WIP", "1001-1003"),
    ]
    assert [version.number for version in browser.selected] == [3]
    assert panel.details.examined is not None and panel.details.examined.version.number == 3
    assert dict(panel.details.facts.rows)["Timecode"].startswith("01:00:00:00")
    assert panel.details.reason.text().startswith("The cut in sits on 1001")


def test_create_makes_a_node_by_the_chosen_policy_and_the_policy_is_remembered(
    qtbot: Any, panel: LoadPanel, scene: FakeScene
) -> None:
    combo = panel.details.policies
    combo.setCurrentIndex(combo.findData("timecode"))
    combo.activated.emit(combo.currentIndex())
    assert "01:00:00:00 is frame 86400" in panel.details.reason.text()
    qtbot.mouseClick(panel.create_button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert [version.name for version in scene.plates.values()] == ["003_OK"]
    assert panel.notes.texts() == ["Read1: SH010 003_OK, placed by timecode."]
    assert load_memory.recall().policy == "timecode"


def test_update_brings_the_nodes_of_this_plate_to_the_chosen_version(panel: LoadPanel, scene: FakeScene) -> None:
    panel.update_button.click()
    settle(panel)
    assert panel.tell.text == "No node of the scene shows this plate yet: create one."
    panel.create()
    settle(panel)
    panel.update_button.click()
    settle(panel)
    assert panel.tell.text == "Read1: shows this version already."
    table = panel.browser.versions
    table.setCurrentIndex(table.model().index(1, 0))
    settle(panel)
    panel.update_button.click()
    settle(panel)
    assert scene.plates["Read1"].name == "001_WIP"
    assert panel.notes.texts() == ["Read1: 003_OK became 001_WIP, kept its last frame."]
    panel.browser.plates.view.selectAll()
    settle(panel)
    assert not panel.update_button.isEnabled()  # which one?


def test_several_plates_are_created_in_one_go(panel: LoadPanel, scene: FakeScene) -> None:
    panel.browser.plates.view.selectAll()
    settle(panel)
    assert panel.create_button.text() == "Create 2"
    assert [line.texts[0] for line in panel.browser.versions.lines] == ["main", "main", "BG"]
    panel.create()
    settle(panel)
    assert sorted(version.name for version in scene.plates.values()) == ["003_OK", "BG_002_WIP"]
    assert scene.calls.count("create") == 1


def test_enter_on_a_version_creates_it(panel: LoadPanel, scene: FakeScene) -> None:
    table = panel.browser.versions
    older = table.model().index(1, 0)
    table.setCurrentIndex(older)
    settle(panel)
    table.activated.emit(older)
    settle(panel)
    assert [version.number for version in scene.plates.values()] == [1]


def test_a_search_looks_into_all_sequences_and_keys_work_inside(qtbot: Any, panel: LoadPanel) -> None:
    browser = panel.browser
    qtbot.keyClick(browser.shots.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(browser.search, "seq2")
    settle(panel)
    assert names(browser.shots) == ["SH020", "SH030"]
    assert [version.shot for version in browser.selected] == ["SH020"]
    browser.shots.select([browser.shots.rows[1].value])
    browser.shots.chosen.emit()
    settle(panel)
    assert "Nothing of shot SH030 is on the disk yet" in browser.tell.text
    assert browser.selected == [] and not panel.create_button.isEnabled()


def test_what_was_listed_is_not_listed_again_until_refresh(panel: LoadPanel, project: Path) -> None:
    make_project.plate(project, "SH010", "004_WIP")
    browser = panel.browser
    browser.sequences.select([browser.sequences.rows[0].value])
    browser.sequences.chosen.emit()
    for at in (1, 0):
        browser.shots.select([browser.shots.rows[at].value])
        browser.shots.chosen.emit()
        settle(panel)
    assert [version.number for version in browser.selected] == [3]
    browser.refresh_button.click()
    settle(panel)
    assert [version.number for version in browser.selected] == [4]
    assert browser.shots.value.name == "SH010"


def test_pictures_are_shown_and_where_there_is_none_the_panel_says_how_to_get_one(
    panel: LoadPanel, project: Path
) -> None:
    assert "ramses-plates preview" in panel.details.picture.text()
    assert not panel.details.picture.has_picture
    path = picture_path(make_project.find(project, "SH010", "003_OK"))
    os.makedirs(os.path.dirname(path))
    image = QtGui.QImage(160, 90, QtGui.QImage.Format.Format_RGB32)
    image.fill(QtGui.QColor("teal"))
    assert image.save(path, "JPG")
    panel.browser.refresh()
    settle(panel)
    assert panel.details.picture.has_picture
    Path(path).write_bytes(b"\xff\xd8\xff no picture")
    panel.browser.refresh()
    settle(panel)
    assert panel.details.picture.text() == "The picture there cannot be read."


def test_a_version_that_cannot_be_placed_cannot_be_created(panel: LoadPanel, project: Path) -> None:
    make_project.plate(project, "SH010", "005_WIP", timecode="")
    panel.browser.refresh()
    settle(panel)
    panel.details.choose_policy("timecode")
    panel._enable()
    assert "needs one" in panel.details.warning.text
    assert not panel.create_button.isEnabled()
    panel.details.choose_policy("shot-start")
    panel._enable()
    assert panel.create_button.isEnabled()


def test_without_any_project_the_panel_says_what_to_do(
    qtbot: Any, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = LoadPanel(FakeScene())
    qtbot.addWidget(made)
    made.show()
    settle(made)
    assert "No project is open" in made.browser.empty.text and made.browser.empty.isVisible()
    monkeypatch.setattr("ramses_plates.hosts.qt.load_browser.choose_folder", lambda *_: os.fspath(project))
    made.browser.empty.pressed.emit()
    settle(made)
    assert not made.browser.empty.isVisible()
    assert made.browser.project is not None and made.browser.project.name == "PROJ"
    monkeypatch.setattr("ramses_plates.hosts.qt.load_browser.choose_folder", lambda *_: os.fspath(tmp_path / "x"))
    made.browser.open_button.click()
    settle(made)
    assert "no Ramses project in or above" in made.browser.tell.text
    made.close()
    again = LoadPanel(FakeScene())  # the next day
    qtbot.addWidget(again)
    again.show()
    settle(again)
    assert again.browser.project is not None and again.browser.project.name == "PROJ"


def test_a_host_that_is_not_ready_costs_nothing(qtbot: Any) -> None:
    made = LoadPanel(FakeScene(problem=RuntimeError("no interface yet")))
    qtbot.addWidget(made)
    made.show()
    settle(made)
    assert made.browser.empty.isVisible()


def test_a_refusal_of_the_host_is_told(panel: LoadPanel, scene: FakeScene) -> None:
    scene.problem = SettingsError("ten nodes are all that this edition makes.")
    panel.create()
    settle(panel)
    assert "ten nodes" in panel.tell.text and panel.tell.severity == "error"
    scene.problem = None
    panel.create()
    settle(panel)
    assert len(scene.plates) == 1


def test_a_creation_can_be_cancelled(qtbot: Any, panel: LoadPanel, scene: FakeScene) -> None:
    scene.slow = threading.Event()
    panel.create()
    qtbot.waitUntil(lambda: panel.line.isVisible())
    qtbot.mouseClick(panel.line._cancel, Qt.MouseButton.LeftButton)
    settle(panel)
    assert "Cancelled" in panel.tell.text and scene.plates == {}
    assert panel.create_button.isEnabled()


def test_without_a_scene_folders_are_opened_and_paths_copied(
    qtbot: Any, scene: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.has_scene = False
    opened: list[str] = []
    monkeypatch.setattr(load_panel, "open_folder", lambda path: not opened.append(path))
    made = LoadPanel(scene)
    qtbot.addWidget(made)
    made.show()
    settle(made)
    assert not made.create_button.isVisible()
    made.folder_button.click()
    made.copy_button.click()
    version = made.browser.current
    assert version is not None
    assert opened == [version.path]
    assert QtWidgets.QApplication.clipboard().text() == version.path
    monkeypatch.setattr(load_panel, "open_folder", lambda _path: False)
    made.folder_button.click()
    assert "no file manager" in made.tell.text


def test_a_slow_disk_is_said_and_no_wrong_facts_are_shown(
    qtbot: Any, panel: LoadPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def slow(real: Callable[..., Any]) -> Callable[..., Any]:
        def wait(*found: Any) -> Any:
            assert go.wait(20)
            return real(*found)

        return wait

    monkeypatch.setattr("ramses_plates.hosts.qt.load_details.examine", slow(load_details.examine))
    table = panel.browser.versions
    table.setCurrentIndex(table.model().index(1, 0))
    qtbot.waitUntil(lambda: panel.details.picture.text() == "Reading …")
    assert panel.details.facts.rows == () and panel.details.examined is None
    monkeypatch.setattr("ramses_plates.hosts.qt.load_browser.open_project", slow(load_tree.open_project))
    panel.browser.refresh()
    qtbot.waitUntil(lambda: panel.browser.tell.text == "Listing …")
    go.set()
    settle(panel)
    assert panel.browser.tell.text == ""
    assert panel.details.examined is not None and panel.details.examined.version.number == 3


def test_closing_while_the_disk_is_slow_is_safe(qtbot: Any, scene: FakeScene, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(*found: Any) -> Any:
        begun.set()
        go.wait(20)
        return real(*found)

    real = load_tree.open_project
    monkeypatch.setattr("ramses_plates.hosts.qt.load_browser.open_project", slow)
    made = LoadPanel(scene)
    made.show()
    assert begun.wait(10)
    made.close()
    made.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    QtCore.QCoreApplication.processEvents()
    assert not alive(made)
    go.set()
    qtbot.wait(100)


def test_the_project_that_is_open_in_ramses_is_opened_where_no_other_is_known(
    qtbot: Any, project: Path, tmp_path: Path, start_ramses: Callable[..., Any]
) -> None:
    start_ramses(demo(folder=os.fspath(project), short_name="PROJ"))
    made = LoadPanel(FakeScene())
    qtbot.addWidget(made)
    made.show()
    settle(made, lambda: made.browser.project is not None)
    assert made.browser.project is not None and made.browser.project.root == os.fspath(project)
    other = tmp_path / "OTHER"
    make_project.plate(other, "SH900")
    made.browser.open(os.fspath(other))
    settle(made)
    roots = [made.browser.projects.itemData(at) for at in range(made.browser.projects.count())]
    assert roots == [os.fspath(other), os.fspath(project)]
    made.browser.projects.setCurrentIndex(1)
    made.browser.projects.activated.emit(1)
    settle(made)
    assert made.browser.project.name == "PROJ"


def test_versions_can_be_dragged_out(panel: LoadPanel) -> None:
    table = panel.browser.versions
    data = table.model().mimeData(table.selectionModel().selectedIndexes())
    assert [url.toLocalFile() for url in data.urls()] == [panel.browser.selected[0].path.replace(os.sep, "/")]
    assert table.dragEnabled() and table.model().flags(table.model().index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled


def test_a_project_of_3000_shots_never_holds_the_window(qtbot: Any, tmp_path: Path) -> None:
    root = tmp_path / "PROJ"
    shots = [(f"SEQ{number // 50:02d}", f"S{number:04d}") for number in range(3000)]
    for _sequence, shot in shots:
        (root / make_project.step(shot) / "_published").mkdir(parents=True)
    make_project.plate(root, "S2999")
    make_project.facts(root, shots)
    load_memory.remember(load_memory.Memory((os.fspath(root),)))
    made = LoadPanel(FakeScene())
    qtbot.addWidget(made)
    with Watchdog() as watch:
        made.show()
        settle(made)
        assert len(made.browser.shots.rows) == 3000
        for text in ("s", "s2", "s29", "s299", "s2999"):
            made.browser.search.setText(text)
            settle(made)
    assert [version.shot for version in made.browser.selected] == ["S2999"]
    assert watch.longest < HELD


def test_the_file_manager_is_asked_by_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(QtGui.QDesktopServices, "openUrl", lambda url: not asked.append(url))
    assert window_parts.open_folder("/projects/with space/ä")
    assert asked[0].toLocalFile() == "/projects/with space/ä"
    assert qt_module("QtCore") is QtCore
