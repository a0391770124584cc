# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens by itself: colours on load and save, drops, a panel that survives workspaces. Nuke is never stopped."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import make_published
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.hosts.nuke import callbacks, dock, drop, menu
from ramses_plates.hosts.nuke.plate import read_plate
from ramses_plates.hosts.nuke.reads import create_read, placed
from ramses_plates.hosts.nuke.updates import COLOURS


@pytest.fixture
def host(nuke: Any) -> Iterator[Any]:
    nuke._host().told = []
    callbacks._looking = drop._added = False
    dock._latest = dock._floating = None
    dock._wanted = ("", [])
    callbacks.install()
    yield nuke
    callbacks.remove()


@pytest.fixture
def nukescripts(host: Any) -> Any:
    import nukescripts as fake

    return fake


def idle(host: Any) -> None:
    """Play the idle loop until the workers have finished and nobody waits."""
    limit = time.monotonic() + 30
    while any(thread.name == "ramses plates" for thread in threading.enumerate()) or host._host().waiting:
        assert time.monotonic() < limit
        time.sleep(0.005)
        host._pump()


def load(version: Any) -> Any:
    plate = read_plate(version)
    return create_read(plate, placed(plate, "shot-start"))


@pytest.fixture
def older(host: Any, tmp_path: Path) -> Any:
    """A Read whose plate has a newer version."""
    load(make_published.plate(tmp_path, "001_WIP", range(1001, 1018)))
    make_published.plate(tmp_path, "002_WIP", range(1001, 1018))
    return host.allNodes("Read")[0]


def test_opening_a_script_colours_its_reads_and_asks_nothing(host: Any, older: Any) -> None:
    steps = host._steps()
    host._load()
    assert older["tile_color"].value() == 0  # nothing waits for the disk
    idle(host)
    assert older["tile_color"].value() == COLOURS["older"]
    assert (host.root().modified(), host._steps(), host._host().told, host._host().tasks) == (False, steps, [], [])


def test_saving_looks_too_and_the_saved_script_stays_saved(host: Any, older: Any, tmp_path: Path) -> None:
    path = os.fspath(tmp_path / "x.nk")
    host.scriptSaveAs(path)
    idle(host)
    assert older["tile_color"].value() == COLOURS["older"]
    assert not host.root().modified()
    host.scriptSave()
    idle(host)
    first = Path(path).read_text()
    host.scriptSave()
    idle(host)
    assert Path(path).read_text() == first  # a second save finds nothing more to say


def test_a_fault_in_a_callback_stops_no_save(
    host: Any, older: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr("ramses_plates.hosts.nuke.updates.seen", lambda: 1 / 0)
    host.scriptSaveAs(os.fspath(tmp_path / "x.nk"))
    host._load()
    monkeypatch.undo()
    monkeypatch.setattr("ramses_plates.hosts.nuke.standing.judge", lambda *_: 1 / 0)
    host._load()
    idle(host)
    assert os.path.exists(tmp_path / "x.nk")
    assert host._host().told == []
    assert "ZeroDivisionError" in capsys.readouterr().out
    monkeypatch.undo()
    host._load()
    idle(host)
    assert older["tile_color"].value() == COLOURS["older"]


def test_one_look_at_a_time(host: Any, older: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    go, looks = threading.Event(), []

    def slow(*_: Any) -> list[Any]:
        looks.append(go.wait(30))
        return []

    monkeypatch.setattr("ramses_plates.hosts.nuke.standing.judge", slow)
    for _each in range(3):
        host._load()
    go.set()
    idle(host)
    assert looks == [True]


def test_all_is_taken_back(host: Any, nukescripts: Any, older: Any, tmp_path: Path) -> None:
    menu.uninstall()
    host._load()
    idle(host)
    assert older["tile_color"].value() == 0
    assert nukescripts.dropData("text/plain", make_published.folder(tmp_path, "002_WIP").as_posix()) is None
    assert all(not entries for kind in host._host().callbacks.values() for entries in kind.values())


def test_a_render_without_windows_is_left_alone(nuke: Any) -> None:
    nuke._reset(gui=False)
    callbacks.install()
    assert nuke._host().callbacks == {}


# ---- drops -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["folder", "file", "url", "slash"])
def test_a_dropped_version_becomes_a_read(host: Any, nukescripts: Any, tmp_path: Path, what: str) -> None:
    make_published.plate(tmp_path, "001_WIP", range(993, 1051))
    home = make_published.folder(tmp_path, "001_WIP")
    text = {
        "folder": os.fspath(home),
        "file": os.fspath(home / "PROJ_S_SH010_PLATE.0993.exr"),
        "url": home.as_uri(),
        "slash": home.as_posix() + "/\n",
    }[what]
    assert nukescripts.dropData("text/plain", text) is True
    assert host.allNodes() == []
    idle(host)
    (read,) = host.allNodes()
    assert read.metadata("input/frame", 1001) == 1001
    assert host._host().told == []


def test_several_dropped_versions_are_one_batch(host: Any, nukescripts: Any, tmp_path: Path) -> None:
    for name in ("001_WIP", "002_WIP"):
        make_published.plate(tmp_path, name, range(1001, 1018))
    text = "\n".join(os.fspath(make_published.folder(tmp_path, name)) for name in ("001_WIP", "002_WIP", "002_WIP"))
    assert nukescripts.dropData("text/plain", text) is True
    idle(host)
    assert [node.Class() for node in host.allNodes()] == ["Read", "Read", "BackdropNode"]
    assert len(host._steps()) == 1


def test_a_dropped_delivery_opens_the_ingest_panel(
    host: Any, nukescripts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    monkeypatch.setattr(dock, "show", lambda *given: opened.append(given))
    delivery = tmp_path / "a délivery"
    delivery.mkdir()
    assert nukescripts.dropData("text/plain", delivery.as_uri()) is True
    assert opened == [("Ingest", [os.fspath(delivery)])]


def test_everything_else_is_left_to_nuke(host: Any, nukescripts: Any, tmp_path: Path) -> None:
    (tmp_path / "one.exr").touch()
    (tmp_path / "05-SHOTS" / "PROJ_S_SH010").mkdir(parents=True)
    for mime, text in (
        ("text/plain", os.fspath(tmp_path / "one.exr")),
        ("text/plain", os.fspath(tmp_path / "05-SHOTS" / "PROJ_S_SH010")),
        ("text/plain", "set cut_paste_input [stack 0]\nRead {\n}"),
        ("text/plain", "https://example.org/a"),
        ("text/plain", ""),
        ("image/png", os.fspath(tmp_path)),
        ("text/plain", "\0"),
    ):
        assert nukescripts.dropData(mime, text) is None, text
    assert host._host().told == []


@settings(max_examples=150)
@given(st.text(), st.sampled_from(["", "/", "file:///", "file://", "C:\\", "//", "/05-SHOTS/a/b/_published/001/"]))
def test_no_text_makes_trouble(text: str, before: str) -> None:
    import nuke as fake

    fake._reset()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dock, "show", lambda *_: None)
        patch.setattr("ramses_plates.hosts.nuke.background.start", lambda *_: None)
        patch.setattr(drop, "_active", True)
        assert drop._taken(before + text) in (None, True)
        assert drop.dropped("text/plain", text) in (None, True)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("file:///plates/a%20b", "/plates/a b"),
        ("file://server/plates", "//server/plates"),
        ("file:///C:/plates", "C:/plates"),
        ("file://localhost/plates", "/plates"),
        (" /plates/ ", "/plates"),
        ("http://x/y", ""),
        ("file://[", ""),
    ],
)
def test_urls_of_file_managers_are_paths(line: str, path: str) -> None:
    assert drop.local_path(line).replace(os.sep, "/") == path


# ---- the panel -------------------------------------------------------------------------------------------------------


class Widget:
    """What a panel's widget needs to be here, and what became of it."""

    def __init__(self) -> None:
        self.did: list[Any] = []

    def isVisible(self) -> bool:
        return True

    def parentWidget(self) -> None:
        return None

    def window(self) -> Widget:
        return self

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name in ("setCurrentWidget",):
            raise AttributeError(name)

        def call(*given: Any) -> Widget:
            self.did.append((name, *given))
            return self

        return call


@pytest.fixture
def widgets(monkeypatch: pytest.MonkeyPatch) -> list[Widget]:
    made: list[Widget] = []

    def build() -> Widget:
        made.append(Widget())
        return made[-1]

    monkeypatch.setattr(dock, "_build", build)
    return made


def test_the_panel_is_known_to_workspaces_and_built_when_one_asks(
    host: Any, nukescripts: Any, widgets: list[Widget]
) -> None:
    dock.register()
    assert widgets == []
    restored = nukescripts.restorePanel(dock.ID)
    assert restored._widget is widgets[0]
    assert host.menu("Pane").findItem("Ramses") is not None
    dock.show("Load")
    assert len(widgets) == 1  # the one that is there comes to the front
    assert widgets[0].did == [("raise_",), ("open", "Load")]


def test_the_panel_is_docked_beside_the_properties(host: Any, nukescripts: Any, widgets: list[Widget]) -> None:
    dock.show("Ingest", ["/delivery"])
    assert widgets[0].did == [("open", "Ingest"), ("drop", ["/delivery"])]
    assert host.getPaneFor(dock.ID) is not None


def test_without_a_pane_it_floats(host: Any, widgets: list[Widget]) -> None:
    host._host().panes.clear()
    dock.show()
    assert ("show",) in widgets[0].did and ("setWindowTitle", "Ramses") in widgets[0].did
    assert dock._floating is widgets[0]


def test_a_panel_that_qt_has_deleted_is_made_anew(host: Any, widgets: list[Widget]) -> None:
    dock.show()

    def deleted() -> None:
        raise RuntimeError("Internal C++ object already deleted.")

    widgets[0].isVisible = deleted  # type: ignore[method-assign, assignment]
    dock.show()
    assert len(widgets) == 2


def test_a_panel_that_nuke_builds_later_shows_what_was_asked_for(
    host: Any, nukescripts: Any, widgets: list[Widget], monkeypatch: pytest.MonkeyPatch
) -> None:
    later: list[Any] = []

    class Lazy:
        def addToPane(self, _pane: Any) -> None:
            later.append(dock.panel)

    monkeypatch.setattr(nukescripts.panels, "registerWidgetAsPanel", lambda *_: Lazy())
    dock.show("Ingest", ["/delivery"])
    assert widgets == []
    later[0]()
    assert widgets[0].did == [("open", "Ingest"), ("drop", ["/delivery"])]
    later[0]()
    assert widgets[1].did == []  # asked for once


def test_a_panel_that_was_closed_comes_back(host: Any, nukescripts: Any, widgets: list[Widget]) -> None:
    dock.show()
    widgets[0].isVisible = lambda: False  # type: ignore[method-assign]
    dock.show("Load")
    assert len(widgets) == 2 and widgets[1].did == [("open", "Load")]


def test_a_panel_that_cannot_be_built_says_why(
    host: Any, nukescripts: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    said: list[str] = []

    def sorry(text: str) -> Widget:
        said.append(text)
        return Widget()

    monkeypatch.setattr(dock, "_build", lambda: 1 / 0)
    monkeypatch.setattr(dock, "_sorry", sorry)
    dock.register()
    assert nukescripts.restorePanel(dock.ID) is not None  # the workspace opens
    assert "ZeroDivisionError" in said[0]
