# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions panel: how the plates of a scene stand, and every way of bringing them up to date."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import Any

import make_project
import pytest
from fake_scene import FakeScene
from qt_eyes import HELD, Watchdog, settle
from ramses_plates.core.errors import WriteFailed
from ramses_plates.core.versions import PublishedVersion
from ramses_plates.hosts.qt import versions_panel
from ramses_plates.hosts.qt.binding import Qt, QtCore, alive
from ramses_plates.hosts.qt.host import Job, Note, Shown
from ramses_plates.hosts.qt.versions_panel import VersionsPanel


@pytest.fixture
def scene(tmp_path: Path) -> FakeScene:
    root = tmp_path / "PROJ"
    old = make_project.plate(root, "SH010", "001_WIP")
    make_project.plate(root, "SH010", "002_WIP")
    make_project.plate(root, "SH010", "003_OK")
    gone = make_project.plate(root, "SH020", "002_WIP")
    make_project.plate(root, "SH020", "001_WIP")
    shutil.rmtree(gone.path)
    now = make_project.plate(root, "SH030")
    strange = Shown("Read9", "/mnt/x.mov", "unknown", "Its file lies in no published version.", True)
    return FakeScene(plates={"Read1": old, "Read2": gone, "Read3": now}, strangers=(strange,))


@pytest.fixture
def panel(qtbot: Any, scene: FakeScene) -> VersionsPanel:
    made = VersionsPanel(scene)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    settle(made)
    return made


def states(panel: VersionsPanel) -> list[tuple[str, str]]:
    return [(one.node, one.state) for one in panel.table.shown]


def choose(panel: VersionsPanel, *nodes: str) -> None:
    for at, one in enumerate(panel.table.shown):
        panel.table.topLevelItem(at).setSelected(one.node in nodes)


def test_what_needs_somebody_comes_first_with_its_reason(panel: VersionsPanel) -> None:
    assert states(panel) == [("Read1", "older"), ("Read2", "missing"), ("Read9", "unknown"), ("Read3", "newest")]
    item = panel.table.topLevelItem(0)
    assert [item.text(column) for column in range(6)] == [
        "older", "Read1", "SH010 PLATE", "001 WIP", "003 OK", "Version 003 is there, this is 001.",
    ]  # fmt: skip
    assert panel.tell.text == "4 plates: 1 older, 1 missing, 1 unknown, 1 newest."
    assert panel.tell.severity == "error"
    colours = {panel.table.topLevelItem(at).foreground(0).color().name() for at in range(4)}
    assert len(colours) == 4


def test_update_all_brings_older_ones_to_the_newest_and_says_what_was_kept(
    qtbot: Any, panel: VersionsPanel, scene: FakeScene
) -> None:
    qtbot.mouseClick(panel.all_button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert scene.plates["Read1"].name == "003_OK"
    assert panel.notes.texts() == ["Read1: 001_WIP became 003_OK, kept its last frame."]
    assert ("Read1", "newest") in states(panel)
    assert not panel.all_button.isEnabled()


def test_update_selected_takes_only_the_chosen_ones(panel: VersionsPanel, scene: FakeScene) -> None:
    assert not panel.chosen_button.isEnabled()
    choose(panel, "Read2")
    panel.chosen_button.click()
    settle(panel)
    assert scene.plates["Read2"].name == "001_WIP" and scene.plates["Read1"].name == "001_WIP"


def test_one_plate_goes_to_a_chosen_version(
    panel: VersionsPanel, scene: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(panel, "Read1", "Read3")
    assert not panel.to_button.isEnabled()
    choose(panel, "Read1")
    shown: list[list[tuple[str, bool]]] = []

    def pick(menu: Any, _at: Any) -> None:
        shown.append([(entry.text(), entry.isEnabled()) for entry in menu.actions()])
        menu.actions()[1].trigger()

    monkeypatch.setattr(versions_panel, "exec_menu", pick)
    panel.to_button.click()
    settle(panel)
    assert shown == [[("003 OK   newest", True), ("002 WIP", True), ("001 WIP   shown", False)]]
    assert scene.plates["Read1"].name == "002_WIP"
    assert ("Read1", "older") in states(panel)


def test_refresh_sees_what_was_published_meanwhile(panel: VersionsPanel, scene: FakeScene, tmp_path: Path) -> None:
    make_project.plate(tmp_path / "PROJ", "SH030", "002_WIP")
    assert ("Read3", "newest") in states(panel)
    panel.refresh_button.click()
    settle(panel)
    assert ("Read3", "older") in states(panel)
    panel.hide()
    del scene.plates["Read3"]
    panel.show()  # coming back looks again
    settle(panel)
    assert "Read3" not in dict(states(panel))


def test_a_scene_without_plates_says_what_to_do(qtbot: Any) -> None:
    made = VersionsPanel(FakeScene())
    qtbot.addWidget(made)
    made.show()
    settle(made)
    assert "No published plate in this scene" in made.empty.text and made.empty.isVisible()


def test_a_host_that_is_not_ready_or_fails_is_told(panel: VersionsPanel, scene: FakeScene, caplog: Any) -> None:
    scene.problem = RuntimeError("no interface yet")
    panel.refresh()
    settle(panel)
    assert "no interface yet" in panel.tell.text and panel.tell.severity == "error"
    scene.problem = None
    panel.refresh()
    settle(panel)
    assert len(states(panel)) == 4
    assert "Versions failed" in caplog.text


def test_why_an_update_failed_is_still_there_after_the_list_was_renewed(
    panel: VersionsPanel, scene: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Job[object, list[Note]]:
        def work(*_: Any) -> object:
            raise WriteFailed("the node is locked.", "Read1")

        return Job("Update", work, lambda _found: [])

    monkeypatch.setattr(scene, "update", fail)
    panel.update_all()
    settle(panel)
    assert panel.notes.texts() == ["Read1: the node is locked."]
    assert panel.tell.text.startswith("4 plates") and scene.calls.count("shown") == 2


def test_an_update_can_be_cancelled_and_the_list_is_right_afterwards(
    qtbot: Any, panel: VersionsPanel, scene: FakeScene
) -> None:
    scene.slow = threading.Event()
    panel.update_all()
    assert panel.runner.busy and not panel.all_button.isEnabled()
    panel.runner.cancel()
    qtbot.waitUntil(lambda: scene.calls.count("shown") == 2)
    scene.slow.set()
    settle(panel)
    assert scene.plates["Read1"].name == "001_WIP"
    assert ("Read1", "older") in states(panel)


def test_closing_while_it_looks_is_safe(qtbot: Any, scene: FakeScene) -> None:
    scene.slow = threading.Event()
    made = VersionsPanel(scene)
    made.show()
    assert made.runner.busy
    made.close()
    made.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, 52)
    QtCore.QCoreApplication.processEvents()
    assert not alive(made)
    scene.slow.set()
    qtbot.wait(50)


def test_a_script_of_1000_plates_never_holds_the_window(qtbot: Any, tmp_path: Path) -> None:
    root = os.fspath(tmp_path)
    versions = [
        PublishedVersion(
            root, f"05-SHOTS/P_S_A/P_S_A_PLATE/_published/{number:03d}_WIP", number, "WIP", "", "A", "PLATE"
        )
        for number in range(5, 0, -1)
    ]
    found = [
        Shown(f"Read{number}", "x", "older", "Newer.", True, versions[-1], tuple(versions)) for number in range(1000)
    ]

    class Many(FakeScene):
        def shown(self) -> Job[object, list[Shown]]:
            return Job("Versions", lambda _listen, _cancel: found, lambda shown: shown)

        def update(self, nodes: Any, to: Any = None) -> Job[object, list[Note]]:
            del to
            return Job("Update", lambda *_: list(nodes), lambda names: [Note(f"{name}: updated.") for name in names])

    made = VersionsPanel(Many())
    qtbot.addWidget(made)
    with Watchdog() as watch:
        made.show()
        settle(made)
        made.update_all()
        settle(made)
    assert made.notes.count() == 1000
    assert watch.longest < HELD
