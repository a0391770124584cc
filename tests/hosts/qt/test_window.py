# SPDX-License-Identifier: GPL-3.0-or-later
"""All panels in one widget, and the window of its own that the command opens."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import make_project
import pytest
from fake_scene import FakeScene
from qt_eyes import HELD, Watchdog, settle
from ramses_plates.core.errors import SettingsError
from ramses_plates.core.events import Cancel
from ramses_plates.hosts.cli import gui
from ramses_plates.hosts.qt import load_memory, standalone
from ramses_plates.hosts.qt.binding import BINDING, Qt, QtCore, alive
from ramses_plates.hosts.qt.host import Check
from ramses_plates.hosts.qt.standalone import NoScene
from ramses_plates.hosts.qt.window import RamsesPanel


@pytest.fixture
def scene(tmp_path: Path) -> FakeScene:
    root = tmp_path / "PROJ"
    make_project.plate(root, "SH010")
    make_project.facts(root, [("SEQ1", "SH010")])
    load_memory.remember(load_memory.Memory((os.fspath(root),)))
    return FakeScene(os.fspath(root / make_project.step("SH010", "COMP") / "PROJ_S_SH010_COMP.nk"))


def titles(panel: RamsesPanel) -> list[str]:
    return [panel.tabs.tabText(at) for at in range(panel.tabs.count())]


def test_tabs_are_made_when_they_are_seen(qtbot: Any, scene: FakeScene) -> None:
    panel = RamsesPanel(scene)
    qtbot.addWidget(panel)
    assert scene.calls == [] and panel.panel("Ingest") is None  # a workspace is rebuilt before the host is ready
    with Watchdog() as watch:
        panel.show()
        settle(panel)
        assert titles(panel) == ["Ingest", "Load", "Versions", "Shot", "Publish"]
        assert panel.panel("Ingest") is not None and panel.panel("Load") is None
        for at, name in enumerate(titles(panel)):
            panel.tabs.setCurrentIndex(at)
            settle(panel)
            assert panel.panel(name) is not None
    assert watch.longest < HELD
    panel.tabs.setCurrentIndex(0)
    qtbot.keyClick(panel.tabs, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert panel.tabs.currentIndex() == 1


def test_without_a_scene_only_ingest_and_load_are_offered(qtbot: Any) -> None:
    panel = RamsesPanel(NoScene())
    qtbot.addWidget(panel)
    panel.show()
    settle(panel)
    assert titles(panel) == ["Ingest", "Load"]
    with pytest.raises(KeyError):
        panel.open("Publish")


def test_limits_of_an_edition_are_always_in_sight(qtbot: Any, scene: FakeScene) -> None:
    scene.limits = "Non-commercial: ten nodes at most."
    panel = RamsesPanel(scene)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.limits.isVisible() and "ten nodes" in panel.limits.text()


def test_the_shot_is_chosen_once_for_all_panels(qtbot: Any, scene: FakeScene) -> None:
    root = load_memory.recall().projects[0]
    scene.path = ""
    panel = RamsesPanel(scene)
    qtbot.addWidget(panel)
    shot: Any = panel.open("Shot")
    panel.show()
    settle(panel)
    panel.scene.choose(root, "PROJ", "SH010", "COMP")
    settle(panel)
    publish: Any = panel.open("Publish")
    settle(panel)
    assert shot.bar.label.text() == publish.bar.label.text() == "SH010 COMP"


def test_how_ramses_is_doing_follows_the_project(
    qtbot: Any, scene: FakeScene, start_ramses: Callable[..., Any]
) -> None:
    daemon = start_ramses()
    panel = RamsesPanel(scene)
    qtbot.addWidget(panel)
    panel.open("Load")
    panel.show()
    settle(panel)
    assert panel.state.state is not None and panel.state.state.online
    daemon.kill("stopped")  # a daemon that goes away
    panel.state.refresh()
    settle(panel, lambda: panel.state.state is not None and not panel.state.state.online)
    assert panel.state.isVisible()


def test_what_was_published_is_listed_without_a_click(qtbot: Any, scene: FakeScene) -> None:
    panel = RamsesPanel(scene)
    qtbot.addWidget(panel)
    load: Any = panel.open("Load")
    panel.show()
    settle(panel)
    assert [step.text for step in load.browser.steps.rows] == ["PLATE"]
    publish: Any = panel.open("Publish")
    settle(panel)
    publish.save_button.click()
    settle(panel)
    publish.publish()
    settle(panel)
    assert publish.written is not None
    assert [step.text for step in load.browser.steps.rows] == ["PLATE", "COMP"]


def test_the_ingest_goes_into_the_project_of_the_scene(qtbot: Any, scene: FakeScene) -> None:
    panel = RamsesPanel(scene)
    qtbot.addWidget(panel)
    panel.show()
    settle(panel)
    ingest: Any = panel.panel("Ingest")
    assert ingest.source.wish.root == load_memory.recall().projects[0]
    ingest.set_project("/another")  # a person's choice stays
    scene.path = ""
    settle(panel, lambda: panel.scene.context is None)
    assert ingest.source.wish.root == "/another"


def test_the_load_tab_follows_the_script_to_another_shot(qtbot: Any, scene: FakeScene) -> None:
    root = Path(load_memory.recall().projects[0])
    make_project.plate(root, "SH020")
    panel = RamsesPanel(scene)
    qtbot.addWidget(panel)
    load: Any = panel.open("Load")
    panel.show()
    settle(panel)
    assert load.browser.shots.value.name == "SH010"
    load.browser.search.setText("sh020")
    settle(panel)
    assert load.browser.shots.value.name == "SH020"
    scene.path = scene.path.replace("COMP.nk", "COMP_v2.nk")  # a person's choice stays while the shot is the same
    settle(panel)
    assert load.browser.shots.value.name == "SH020"
    scene.path = os.fspath(root / make_project.step("SH020", "COMP") / "PROJ_S_SH020_COMP.nk")
    settle(panel, lambda: panel.scene.context is not None and panel.scene.context.shot == "SH020")
    scene.path = os.fspath(root / make_project.step("SH010", "COMP") / "PROJ_S_SH010_COMP.nk")
    settle(panel, lambda: load.browser.shots.value is not None and load.browser.shots.value.name == "SH010")


def test_closing_all_while_everything_works_is_safe(qtbot: Any, scene: FakeScene) -> None:
    panel = RamsesPanel(scene)
    for name in ("Ingest", "Load", "Shot", "Publish", "Versions"):
        panel.open(name)
    scene.slow = threading.Event()
    panel.show()
    for at in range(panel.tabs.count()):
        panel.tabs.setCurrentIndex(at)
        QtCore.QCoreApplication.processEvents()
    panel.close()
    panel.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, 52)
    QtCore.QCoreApplication.processEvents()
    assert not alive(panel)
    scene.slow.set()
    qtbot.wait(100)


def test_the_window_of_its_own_hands_its_folders_to_the_ingest(qtbot: Any, tmp_path: Path) -> None:
    panel = standalone.window([os.fspath(tmp_path)])
    qtbot.addWidget(panel)
    panel.show()
    settle(panel)
    ingest: Any = panel.panel("Ingest")
    assert ingest.source.wish.paths == (os.fspath(tmp_path),)
    screen = panel.screen().availableSize()
    assert panel.width() > min(screen.width() * 0.9, panel.sizeHint().width() * 1.5)
    assert panel.width() <= screen.width() and panel.height() <= screen.height()


@pytest.mark.usefixtures("qapp")
def test_the_window_ends_with_ctrl_c_of_its_terminal() -> None:
    cancel = Cancel()
    QtCore.QTimer.singleShot(100, cancel.set)
    assert standalone.run((), cancel) == 0


def test_the_host_without_a_scene_refuses_in_words(tmp_path: Path) -> None:
    host: Any = NoScene()
    context = standalone.WorkContext.of_shot(os.fspath(tmp_path), "P", "A", "COMP")
    for call in (
        lambda: host.create([]),
        lambda: host.update([]),
        lambda: host.setup(context),
        lambda: host.apply_setup([]),
        lambda: host.checks(context),
        lambda: host.fix(Check("a", "b")),
        lambda: host.setup_render(context),
        lambda: host.save(context),
        lambda: host.save_version(context, "WIP", ""),
        lambda: host.publish(context, "scene", "WIP", ""),
    ):
        with pytest.raises(SettingsError, match="no scene"):
            call()
    assert host.render(context) == host.scene_path() == host.limits == ""
    job = host.shown()
    assert job.finish(job.work(lambda _event: None, Cancel())) == []


def command(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RAMSES_PLATES_PORT": "off", **variables}
    for name in [name for name, value in environment.items() if value == ""]:
        del environment[name]
    return subprocess.run(
        [sys.executable, "-m", "ramses_plates.hosts.cli.main", "gui", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_needs_a_screen_and_folders_that_exist(tmp_path: Path) -> None:
    done = command(QT_QPA_PLATFORM="", DISPLAY="", WAYLAND_DISPLAY="")
    if sys.platform.startswith("linux"):
        assert done.returncode == 1 and "no screen" in done.stderr and "Traceback" not in done.stderr
    done = command(os.fspath(tmp_path / "nowhere"))
    assert done.returncode == 1 and "no such file or folder" in done.stderr


def test_the_command_without_qt_says_how_to_install_it(tmp_path: Path) -> None:
    for name in ("PySide6", "PySide2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise ModuleNotFoundError('no {name}', name='{name}')")
    done = command(PYTHONPATH=os.fspath(tmp_path))
    assert done.returncode == 1
    assert "pip install PySide6-Essentials" in done.stderr and "Traceback" not in done.stderr


def test_a_qt_that_cannot_be_loaded_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    if BINDING == "PySide6":
        monkeypatch.delitem(sys.modules, "PySide6.QtWidgets")
        monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    assert "PySide6" in gui._why(ImportError("x"))
