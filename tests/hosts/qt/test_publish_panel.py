# SPDX-License-Identifier: GPL-3.0-or-later
"""The publish panel on a real project: plan, checks with their cures, scene and render, cancel, Ramses on and off."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_scene
import make_exr
import make_project
import pytest
from fake_scene import FakeScene
from qt_eyes import settle
from ramses_plates.core.errors import WriteFailed
from ramses_plates.core.outbox import pending
from ramses_plates.core.versions import list_versions
from ramses_plates.core.work_context import WorkContext
from ramses_plates.core.workfile import work_versions
from ramses_plates.hosts.qt import load_memory, publish_panel
from ramses_plates.hosts.qt.binding import Qt, QtCore, QtWidgets, alive
from ramses_plates.hosts.qt.host import Check
from ramses_plates.hosts.qt.publish_panel import PublishPanel


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "PROJ"
    make_project.plate(root, "SH010")
    make_project.facts(root, [("SEQ1", "SH010"), ("SEQ1", "SH020")])
    load_memory.remember(load_memory.Memory((os.fspath(root),)))
    return root


@pytest.fixture
def context(project: Path) -> WorkContext:
    return WorkContext.of_shot(os.fspath(project), "PROJ", "SH010", "COMP")


@pytest.fixture
def scene(context: WorkContext) -> FakeScene:
    made = FakeScene()
    made.save(context)
    made.calls.clear()
    return made


@pytest.fixture
def panel(qtbot: Any, scene: FakeScene) -> PublishPanel:
    return shown(qtbot, scene)


def shown(qtbot: Any, scene: FakeScene) -> PublishPanel:
    made = PublishPanel(scene)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    settle(made)
    return made


def render(context: WorkContext, *frames: int) -> None:
    folder = os.path.join(context.folder, "_render")
    os.makedirs(folder, exist_ok=True)
    for frame in frames:
        make_exr.write(os.path.join(folder, f"{context.stem}.{frame}.exr"), 16, 9)


def published(context: WorkContext) -> list[str]:
    return [version.name for version in list_versions(context.root, context.shot, context.step)]


def test_the_panel_says_what_will_be_written(panel: PublishPanel, context: WorkContext) -> None:
    assert panel.bar.label.text() == "SH010 COMP"
    assert panel.folder_label.text() == os.path.join(context.published, "001_WIP")
    assert panel.files_label.text() == "PROJ_S_SH010_COMP.nk"
    assert panel.also_label.text() == "kept as PROJ_S_SH010_COMP_WIP001.nk in _versions"
    assert [panel.states.itemText(at) for at in range(panel.states.count())] == [
        "WIP  Work in progress",
        "OK  Finished",
    ]
    assert panel.checks.texts == [] and panel.publish_button.isEnabled()
    panel.states.setCurrentIndex(1)
    panel.states.activated.emit(1)
    settle(panel)
    assert panel.folder_label.text() == os.path.join(context.published, "001_OK")


def test_a_scene_is_published_with_state_and_comment(
    qtbot: Any, panel: PublishPanel, context: WorkContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.states.setCurrentIndex(1)
    panel.comment.setText("  grain matched ")
    qtbot.mouseClick(panel.publish_button, Qt.MouseButton.LeftButton)
    settle(panel)
    assert published(context) == ["001_OK"]
    assert panel.tell.text == "Published 001_OK, 1 file." and panel.tell.severity == "good"
    facts = list_versions(context.root, context.shot, context.step)[0].facts
    assert facts is not None and facts.comment.endswith(": grain matched")
    assert panel.comment.text() == ""
    assert panel.folder_label.text().endswith("002_OK")  # the next one
    opened: list[str] = []
    monkeypatch.setattr(publish_panel, "open_folder", lambda path: not opened.append(path))
    panel.open_button.click()
    panel.copy_button.click()
    assert opened == [QtWidgets.QApplication.clipboard().text()] == [os.path.join(context.published, "001_OK")]


def test_errors_keep_a_scene_back_and_one_click_cures_them(
    qtbot: Any, panel: PublishPanel, scene: FakeScene, context: WorkContext
) -> None:
    scene.findings = [
        Check("note", "Proxy mode is on.", "info"),
        Check("old", "Read1 is older.", "warning", "Update"),
        Check("unsaved", "There are changes that are not saved.", "error", "Save it"),
    ]
    panel.publish()
    settle(panel)
    assert panel.tell.text == "Not published: There are changes that are not saved." and published(context) == []
    assert panel.checks.texts[0].startswith("There are changes")  # errors first
    assert [cure.text() for cure in panel.checks.fix_buttons] == ["Save it", "Update"]
    qtbot.mouseClick(panel.checks.fix_buttons[0], Qt.MouseButton.LeftButton)
    settle(panel)
    assert panel.checks.texts == ["Read1 is older.", "Proxy mode is on."]
    panel.publish()
    settle(panel)
    assert published(context) == ["001_WIP"]


def test_a_render_is_published_like_a_plate(panel: PublishPanel, context: WorkContext) -> None:
    panel.render_choice.setChecked(True)
    assert "Nothing is rendered yet" in panel.folder_label.text() and not panel.publish_button.isEnabled()
    panel.render_button.click()
    assert "RamsesRender" in panel.notes.texts()[0]
    settle(panel)
    render(context, 1001, 1002, 1003)
    panel.check_button.click()
    settle(panel)
    assert panel.files_label.text() == "3 files: PROJ_S_SH010_COMP.1001.exr – PROJ_S_SH010_COMP.1003.exr"
    assert panel.publish_button.text() == "Publish render"
    panel.publish()
    settle(panel)
    assert panel.tell.text == "Published 001_WIP, 3 files."
    assert len(os.listdir(os.path.join(context.published, "001_WIP"))) >= 4


def test_checks_and_publish_show_how_far_they_are(
    qtbot: Any, panel: PublishPanel, scene: FakeScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bool]] = []
    go = threading.Event()

    def patient(*found: Any, **options: Any) -> Any:
        assert go.wait(20)
        return real(*found, **options)

    real = fake_scene.publish_scene
    monkeypatch.setattr(fake_scene, "publish_scene", patient)
    panel.publish()
    qtbot.waitUntil(lambda: panel.runner.title == "Publish")
    qtbot.wait(50)
    seen.append((panel.runner.title, panel.line.isVisible()))
    go.set()
    settle(panel)
    assert seen == [("Publish", True)] and not panel.line.isVisible() and scene.calls.count("publish") == 1


def test_a_publish_goes_on_when_the_person_looks_elsewhere(
    panel: PublishPanel, scene: FakeScene, context: WorkContext
) -> None:
    scene.slow = threading.Event()
    panel.publish()
    panel.hide()
    scene.slow.set()
    settle(panel)
    assert published(context) == ["001_WIP"] and panel.written is not None


def test_a_render_with_holes_is_refused_with_the_frame(panel: PublishPanel, context: WorkContext) -> None:
    render(context, 1001, 1003)
    panel.render_choice.setChecked(True)
    panel.look()
    settle(panel)
    panel.publish()
    settle(panel)
    assert "1002" in panel.tell.text and panel.tell.severity == "error" and published(context) == []


def test_saving_and_saving_versions(panel: PublishPanel, scene: FakeScene, context: WorkContext) -> None:
    os.remove(scene.path)
    panel.save_button.click()
    settle(panel)
    assert os.path.isfile(context.work_path("nk")) and panel.notes.texts() == ["Saved PROJ_S_SH010_COMP.nk."]
    panel.version_button.click()
    settle(panel)
    assert [version.number for version in work_versions(context)] == [1]
    assert panel.notes.texts() == ["Kept as PROJ_S_SH010_COMP_WIP001.nk."]
    scene.problem = WriteFailed("the disk is read only.", "/x")
    panel.save_button.click()
    assert "read only" in panel.tell.text


def test_an_unsaved_scene_chooses_its_shot_then_saves_there(qtbot: Any, scene: FakeScene, context: WorkContext) -> None:
    scene.path = ""
    panel = shown(qtbot, scene)
    assert "belongs to no shot yet" in panel.empty.text and not panel.save_button.isEnabled()
    panel.scene.choose(context.root, "PROJ", "SH020", "COMP")
    settle(panel)
    assert "save it first" in panel.folder_label.text() and not panel.publish_button.isEnabled()
    panel.save_button.click()
    settle(panel)
    assert scene.path.endswith("PROJ_S_SH020_COMP.nk") and os.path.isfile(scene.path)
    assert panel.publish_button.isEnabled() and "by the path" in panel.bar.about.text()


def test_a_publish_can_be_cancelled_and_leaves_nothing(
    qtbot: Any, panel: PublishPanel, scene: FakeScene, context: WorkContext
) -> None:
    scene.slow = threading.Event()
    panel._go()
    assert not panel.publish_button.isEnabled() and panel.line.isVisible()
    qtbot.mouseClick(panel.line._cancel, Qt.MouseButton.LeftButton)
    settle(panel)
    assert "Cancelled" in panel.tell.text and panel.publish_button.isEnabled()
    assert published(context) == []


def test_closing_during_a_publish_is_safe_and_leaves_nothing_half_done(
    qtbot: Any, scene: FakeScene, context: WorkContext
) -> None:
    panel = PublishPanel(scene)
    panel.show()
    settle(panel)
    panel._go()
    panel.close()
    panel.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, 52)
    QtCore.QCoreApplication.processEvents()
    assert not alive(panel)
    qtbot.wait(300)
    assert all(version.complete for version in list_versions(context.root, context.shot, context.step))


def test_a_failing_host_is_told(panel: PublishPanel, scene: FakeScene, caplog: Any) -> None:
    scene.problem = RuntimeError("boom")
    panel.look()
    settle(panel)
    assert "boom" in panel.tell.text
    panel.fix(Check("x", "y", fix="z"))
    assert "Fix failed" in panel.tell.text and "boom" in caplog.text


@pytest.mark.parametrize("on", [True, False])
def test_the_registration_waits_whether_ramses_runs_or_not(
    panel: PublishPanel, context: WorkContext, on: bool, start_ramses: Callable[..., Any]
) -> None:
    if on:
        start_ramses()
    panel.publish()
    settle(panel)
    assert published(context) == ["001_WIP"]
    waiting = [entry.registration for entry in pending(context.root)]
    assert [(one.shot, one.step, one.version) for one in waiting if one is not None] == [("SH010", "COMP", 1)]
