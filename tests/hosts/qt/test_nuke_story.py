# SPDX-License-Identifier: GPL-3.0-or-later
"""The panels on Nuke's stand-in: from a dropped delivery to a published script, by the buttons of a person."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from make_delivery import plate
from qt_eyes import settle
from ramses_database import PROJECT, demo, named
from ramses_double import Daemon
from ramses_plates.core import native
from ramses_plates.core.outbox import pending
from ramses_plates.core.project_facts import ProjectFacts, ShotFacts, StateFacts, StepFacts, save_facts
from ramses_plates.core.verify import verify
from ramses_plates.hosts.nuke import callbacks, dock, drop, menu
from ramses_plates.hosts.nuke.updates import COLOURS
from ramses_plates.hosts.qt import load_memory

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "nuke_fake"))
SETTINGS = "shot: {first_image_number: 1001, handle_in: 0, handle_out: 0}"


@pytest.fixture
def nuke(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A fresh Nuke with the plug-in in it."""
    import nuke as fake

    monkeypatch.setattr(native, "_allowed", True)

    fake._reset()
    fake._host().told = []
    callbacks._looking = drop._added = False
    dock._latest = dock._floating = None
    dock._wanted = ("", [])
    load_memory.remember(load_memory.Memory())
    menu.install()
    yield fake
    menu.uninstall()
    fake._reset()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "PROJ"
    (folder / "05-SHOTS").mkdir(parents=True)
    steps = tuple(StepFacts(name, name, name, "shot", SETTINGS) for name in ("PLATE", "COMP"))
    facts = ProjectFacts(
        "u", "PROJ", "Project", os.fspath(folder), 23.976, 32, 18, 1.0, steps,
        (StateFacts("w", "WIP", "Work in progress"), StateFacts("k", "OK", "Finished", 100)),
        (), (ShotFacts("s", "SH010", "", 8),), "2026-01-01T00:00:00Z",
    )  # fmt: skip
    save_facts(os.fspath(folder), facts)
    return folder


@pytest.fixture
def window(nuke: Any, qtbot: Any) -> Iterator[Any]:
    """The panel as the menu opens it, where Nuke has no pane for it."""
    nuke._host().panes.clear()
    nuke._choose(nuke.menu("Nuke").findItem("Ramses").findItem("Ingest..."))
    assert nuke._host().told == []
    panel = dock.current()
    qtbot.addWidget(panel)
    settle(panel)
    yield panel


def ingested(window: Any, root: Path, delivery: Path) -> Any:
    """Drop a delivery on the node graph and publish what the panel shows."""
    import nukescripts

    assert nukescripts.dropData("text/plain", delivery.as_uri()) is True
    panel = window.panel("Ingest")
    panel.set_project(os.fspath(root), "PROJ")
    settle(window, lambda: panel.foot.may_publish)
    panel.publish()
    settle(window, lambda: not panel.result.isHidden() and not panel.runner.busy)
    return panel


def publish(window: Any, what: str) -> Any:
    panel = window.open("Publish")
    settle(window, lambda: window.scene.context is not None)
    (panel.scene_choice if what == "scene" else panel.render_choice).setChecked(True)
    panel.look()  # as F5: the frames were rendered after the panel had looked
    settle(window, lambda: panel.publish_button.isEnabled())
    panel.written = None
    panel.publish_button.click()
    settle(window, lambda: panel.written is not None or panel.tell.severity == "error")
    assert panel.written is not None, panel.tell.text
    return panel


@pytest.mark.parametrize("ramses", ["on", "off", "dying"])
def test_from_the_delivery_to_the_published_script(
    nuke: Any, window: Any, root: Path, tmp_path: Path, ramses: str, start_ramses: Callable[..., Daemon]
) -> None:
    daemon = None
    if ramses != "off":
        database = demo(short_name="PROJ", folder=root.as_posix(), shots=1, framerate=23.976, width=32, height=18)
        shot = {"name": "Ten", "comment": "", "order": 1, "project": PROJECT, "sequence": named("sequence", "SEQ01")}
        database.add("RamShot", named("shot", "SH010"), shortName="SH010", duration=8 / 23.976, **shot)
        daemon = start_ramses(database)
    first = plate(tmp_path / "day1", "SH010_plate", range(1001, 1009))
    panel = ingested(window, root, first)
    home = root / "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE/_published"
    assert os.listdir(home) == ["001_WIP"] and verify(os.fspath(home / "001_WIP")).intact
    panel.result.create_nodes.click()
    settle(window, lambda: nuke.allNodes("Read"))
    (read,) = nuke.allNodes("Read")
    assert (read.metadata("input/frame", 1003), read.metadata("input/timecode", 1003)) == (1003, "01:00:00:02")

    # the script becomes the shot's, as Ramses has it
    folder = root / "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_COMP"
    folder.mkdir(parents=True)
    nuke.scriptSaveAs(os.fspath(folder / "PROJ_S_SH010_COMP.nk"))
    shot = window.open("Shot")
    settle(window, lambda: window.scene.context is not None)
    settle(shot)
    shot.apply_button.click()
    settle(window)
    base = nuke.root()
    assert (base["fps"].value(), base["first_frame"].value(), base["last_frame"].value()) == (23.976, 1001, 1008)
    if daemon is not None and ramses == "dying":
        daemon.set_faults(nth=2, kill_after=True)

    # a second delivery turns the Read orange, the panel brings it up to date
    second = plate(tmp_path / "day2", "SH010_plate", range(999, 1011), start="01:00:00:00")
    ingested(window, root, second)
    assert sorted(os.listdir(home)) == ["001_WIP", "002_WIP"]
    versions = window.open("Versions")
    settle(window, lambda: versions.table.shown)
    assert [one.state for one in versions.table.shown] == ["older"]
    assert read["tile_color"].value() == COLOURS["older"]
    versions.all_button.click()
    settle(window, lambda: [one.state for one in versions.table.shown] == ["newest"])
    assert read["tile_color"].value() == COLOURS["newest"]
    assert read["ramses_version"].value() == "002_WIP"

    # publish
    publishing = publish(window, "scene")
    assert os.path.basename(publishing.written.folder) == "001_WIP"
    assert verify(publishing.written.folder).intact
    publishing.render_button.click()
    (write,) = nuke.allNodes("Write")
    rendered = Path(os.path.dirname(write["file"].value()))
    plate(rendered, "PROJ_S_SH010_COMP", range(1001, 1009))
    publishing = publish(window, "render")
    assert os.path.basename(publishing.written.folder) == "002_WIP"
    assert verify(publishing.written.folder).intact
    waiting = len(pending(os.fspath(root)))
    assert waiting == 0 if ramses == "on" else waiting == 4 if ramses == "off" else 0 < waiting < 4
    nuke._pump()
    assert nuke._host().told == []


def test_the_load_panel_knows_the_scripts_shot_and_makes_its_read(
    nuke: Any, window: Any, root: Path, tmp_path: Path
) -> None:
    from ramses_plates.hosts.nuke.qt_host import host

    ingested(window, root, plate(tmp_path / "day1", "SH010_plate", range(1001, 1009)))
    folder = root / "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_COMP"
    folder.mkdir(parents=True)
    nuke.scriptSaveAs(os.fspath(folder / "PROJ_S_SH010_COMP.nk"))
    load = window.open("Load")
    settle(window, lambda: load.browser.selected)
    assert [version.name for version in load.browser.selected] == ["001_WIP"]
    settle(window, lambda: load.create_button.isEnabled())
    load.create_button.click()
    settle(window, lambda: nuke.allNodes("Read"))
    (read,) = nuke.allNodes("Read")
    assert read.metadata("input/timecode", 1005) == "01:00:00:04"
    assert nuke._steps() == ["Load SH010 001_WIP"]
    assert host().name == "Nuke 16.0v8"


@pytest.mark.usefixtures("nuke")
def test_a_workspace_brings_the_panel_back_before_anything_is_known(qtbot: Any) -> None:
    import nukescripts

    restored = nukescripts.restorePanel(dock.ID)
    assert type(restored._widget).__name__ == "RamsesPanel"
    qtbot.addWidget(restored._widget)
    restored._widget.show()
    settle(restored._widget)
    assert dock.current() is restored._widget


def test_a_non_commercial_nuke_says_its_limit_in_the_panel(nuke: Any, qtbot: Any) -> None:
    nuke.env["nc"] = True
    panel = dock.panel()
    qtbot.addWidget(panel)
    assert "ten nodes" in panel.limits.text()


@pytest.mark.usefixtures("nuke")
def test_the_label_of_a_panel_that_cannot_be_built(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dock, "_build", lambda: 1 / 0)
    label = dock.panel()
    qtbot.addWidget(label)
    assert "could not open its panel" in label.text()
