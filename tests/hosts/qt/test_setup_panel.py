# SPDX-License-Identifier: GPL-3.0-or-later
"""The set-up panel and the choice of the shot: shown before it is applied, chosen by hand where no path says it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import make_project
import pytest
from fake_scene import FakeScene
from qt_eyes import settle
from ramses_plates.core.errors import SettingsError
from ramses_plates.hosts.qt import load_memory, setup_chooser
from ramses_plates.hosts.qt.binding import Qt, QtWidgets
from ramses_plates.hosts.qt.host import SetupRow
from ramses_plates.hosts.qt.setup_panel import SetupPanel

ROWS = [
    SetupRow("rate", "Frames a second", "25", "24", "the project"),
    SetupRow("range", "Frame range", "1-100", "997-1012", "the shot"),
    SetupRow("format", "Format", "64 x 36", "64 x 36", "the sequence"),
    SetupRow("colour", "Colour", "OCIO", "", ""),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "PROJ"
    make_project.plate(root, "SH010")
    make_project.facts(root, [("SEQ1", "SH010"), ("SEQ1", "SH020")])
    load_memory.remember(load_memory.Memory((os.fspath(root),)))
    return root


@pytest.fixture
def scene(project: Path) -> FakeScene:
    path = project / make_project.step("SH010", "COMP") / "PROJ_S_SH010_COMP.nk"
    return FakeScene(os.fspath(path), rows=list(ROWS))


def shown(qtbot: Any, scene: FakeScene) -> SetupPanel:
    made = SetupPanel(scene)
    qtbot.addWidget(made)
    made.resize(800, 500)
    made.show()
    settle(made)
    return made


def test_what_differs_is_ticked_and_nothing_changes_before_apply(qtbot: Any, scene: FakeScene) -> None:
    panel = shown(qtbot, scene)
    assert panel.bar.label.text() == "SH010 COMP"
    assert [row.code for row in panel.table.ticked] == ["rate", "range"]
    assert panel.table.topLevelItem(3).text(2) == "not said"
    assert panel.apply_button.text() == "Apply 2" and "apply_setup" not in scene.calls
    panel.table.topLevelItem(0).setCheckState(0, Qt.CheckState.Unchecked)
    qtbot.mouseClick(panel.apply_button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert panel.notes.texts() == ["Frame range: 1-100 became 997-1012."]
    assert [row.code for row in panel.table.ticked] == ["rate"]
    panel.apply()
    settle(panel)
    assert panel.tell.text == "The scene is as Ramses wants it." and not panel.apply_button.isEnabled()


def test_a_refusal_is_told(qtbot: Any, scene: FakeScene) -> None:
    panel = shown(qtbot, scene)
    scene.problem = SettingsError("the script is locked.")
    panel.apply()
    assert "locked" in panel.tell.text and panel.tell.severity == "error"
    panel.refresh_button.click()
    settle(panel)
    assert "locked" in panel.tell.text


def test_a_project_that_ramses_never_spoke_of_says_what_to_do(qtbot: Any, scene: FakeScene) -> None:
    scene.rows = [SetupRow("rate", "Frames a second", "25", "")]
    panel = shown(qtbot, scene)
    assert "Ramses was never asked" in panel.empty.text and panel.empty.isVisible()


def test_a_scene_outside_the_tree_gets_its_shot_by_hand(qtbot: Any, scene: FakeScene, project: Path) -> None:
    scene.path = os.fspath(project.parent / "untitled.nk")
    panel = shown(qtbot, scene)
    assert "belongs to no shot yet" in panel.empty.text
    panel.empty.pressed.emit()
    settle(panel)
    chooser = panel.bar.chooser
    assert [chooser.shots.itemText(at) for at in range(chooser.shots.count())] == ["SH010", "SH020"]
    chooser.shots.setCurrentIndex(1)
    chooser.shots.activated.emit(1)
    settle(panel)
    assert [chooser.steps.itemText(at) for at in range(chooser.steps.count())] == ["PLATE", "ROTO", "COMP"]
    chooser.steps.setEditText("COMP")
    qtbot.mouseClick(chooser.take_button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert panel.bar.label.text() == "SH020 COMP" and not panel.bar.choosing
    assert "by hand" in panel.bar.about.text()
    assert [row.code for row in panel.table.ticked] == ["rate", "range"]
    panel.bar.scene_button.click()
    settle(panel)
    assert panel.scene.context is None


def test_names_that_ramses_cannot_write_are_refused_at_once(qtbot: Any, scene: FakeScene) -> None:
    scene.path = ""
    panel = shown(qtbot, scene)
    panel.bar.choose()
    settle(panel)
    chooser = panel.bar.chooser
    chooser.shots.setEditText("SH 010!")
    chooser.take()
    assert chooser.tell.severity == "error" and chooser.tell.text
    chooser.shots.setEditText("")
    chooser.take()
    assert "Choose a shot and a step" in chooser.tell.text
    assert panel.scene.context is None


def test_the_fields_take_another_project(
    qtbot: Any, scene: FakeScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "OTHER"
    make_project.plate(other, "SH900")
    monkeypatch.setattr(setup_chooser, "choose_folder", lambda *_: os.fspath(other / "05-SHOTS"))
    panel = shown(qtbot, scene)
    panel.bar.change_button.click()
    settle(panel)
    chooser = panel.bar.chooser
    assert (chooser.shots.currentText(), chooser.steps.currentText()) == ("SH010", "COMP")
    chooser.open_button.click()
    settle(panel)
    assert [chooser.shots.itemText(at) for at in range(chooser.shots.count())] == ["SH900"]
    first = chooser.projects.findData(os.fspath(tmp_path / "PROJ"))
    chooser.projects.setCurrentIndex(first)
    chooser.projects.activated.emit(first)
    settle(panel)
    assert chooser.shots.count() == 2
    monkeypatch.setattr(setup_chooser, "choose_folder", lambda *_: os.fspath(tmp_path))
    chooser.open_button.click()
    settle(panel)
    assert "no Ramses project" in chooser.tell.text
    panel.bar.change_button.click()
    assert not panel.bar.choosing


def test_notes_can_be_copied(qtbot: Any, scene: FakeScene) -> None:
    panel = shown(qtbot, scene)
    panel.apply()
    settle(panel)
    qtbot.keyClick(panel.notes, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QtWidgets.QApplication.clipboard().text().splitlines() == panel.notes.texts()


def test_another_scene_is_noticed(qtbot: Any, scene: FakeScene, project: Path) -> None:
    panel = shown(qtbot, scene)
    scene.path = os.fspath(project / make_project.step("SH020", "ROTO") / "PROJ_S_SH020_ROTO.nk")
    settle(panel, lambda: panel.bar.label.text() == "SH020 ROTO")
    panel.hide()
    assert not panel.scene._timer.isActive()


def test_a_panel_of_a_saved_workspace_waits_for_its_host(qtbot: Any, scene: FakeScene) -> None:
    scene.problem = RuntimeError("not ready")
    panel = shown(qtbot, scene)
    assert panel.scene.context is None
    scene.problem = None
    settle(panel, lambda: panel.bar.label.text() == "SH010 COMP")
    assert [row.code for row in panel.table.ticked] == ["rate", "range"]
