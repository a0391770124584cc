# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu's commands as an artist meets them, and the zip that brings them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import make_published
import pytest
from ramses_plates.hosts.nuke import commands, dock, menu
from ramses_plates.hosts.nuke.plate import read_plate
from ramses_plates.hosts.nuke.qt_host import NukeHost
from ramses_plates.hosts.nuke.reads import create_read, placed
from ramses_plates.hosts.nuke.updates import COLOURS
from ramses_plates.tools import nuke as zipping

FAKE = Path(__file__).parents[2] / "nuke_fake"


@pytest.fixture
def host(nuke: Any) -> Any:
    nuke._host().told = []
    return nuke


def idle(host: Any) -> None:
    """Play the idle loop until the workers have finished and nobody waits."""
    limit = time.monotonic() + 30
    while workers() or host._host().waiting:
        assert time.monotonic() < limit
        time.sleep(0.005)
        host._pump()


def workers() -> int:
    return sum(thread.name == "ramses plates" for thread in threading.enumerate())


def load(version: Any) -> None:
    plate = read_plate(version)
    create_read(plate, placed(plate, "shot-start"))


def test_refresh_and_update_from_the_menu_and_the_toolbar(host: Any, tmp_path: Path) -> None:
    load(make_published.plate(tmp_path, "001_WIP", range(993, 1051)))
    (node,) = host.allNodes()
    make_published.plate(tmp_path, "002_WIP", range(989, 1051), handles=(12, 8))
    menu.install()
    host._choose(host.toolbar("Nodes").findItem("Ramses").findItem("Refresh"))
    idle(host)
    assert node["tile_color"].value() == COLOURS["older"]
    update = host.menu("Nuke").findItem("Ramses").findItem("Update all")
    host._choose(update)
    idle(host)
    assert node["tile_color"].value() == COLOURS["newest"]
    assert host._host().told[-1] == "Read1: 001_WIP became 002_WIP."
    assert node.metadata("input/frame", 1001) == 1001
    assert host._host().tasks == ["Ramses: Look for newer versions"] * 2 + ["Ramses: Update"]
    host._choose(update)
    idle(host)
    assert host._host().told[-1] == "Every Read of ours shows its newest version."


def test_every_entry_of_the_menu_is_a_command_that_exists(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(dock, "show", opened.append)
    menu.install()
    bar = host.menu("Nuke").findItem("Ramses")
    labels = [item.name() for item in bar.items()]
    assert labels == [
        "Ingest...", "Load plates...", "Versions...", "Set up shot...", "Publish...", "Refresh", "Update all",
    ]  # fmt: skip
    for label in labels[:5]:
        host._choose(bar.findItem(label))
    assert opened == ["Ingest", "Load", "Versions", "Shot", "Publish"]
    menu.uninstall()
    assert host.menu("Nuke").findItem("Ramses") is None
    assert host.toolbar("Nodes").findItem("Ramses") is None


def test_cancel_stops_the_look_at_the_disk(host: Any, monkeypatch: Any) -> None:
    stopped = []

    def slow(_seen: Any, cancel: Any, every: bool) -> None:
        stopped.append(cancel.wait(30))
        cancel.check()

    monkeypatch.setattr("ramses_plates.hosts.nuke.qt_host.judge", slow)
    host._host().cancelled = True
    commands.refresh()
    idle(host)
    assert (stopped, host._host().told) == ([True], [])


def test_a_terminal_does_the_same_without_threads(host: Any, tmp_path: Path, capsys: Any) -> None:
    host._reset(gui=False)
    load(make_published.plate(tmp_path, "001_WIP", range(1001, 1018)))
    make_published.plate(tmp_path, "002_WIP", range(1001, 1018))
    commands.update_all()
    commands.update_all()
    commands.panel("Load")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Read1: 001_WIP became 002_WIP."
    assert lines[1] == "Every Read of ours shows its newest version."
    assert "without windows" in lines[2]


def test_a_fault_of_ours_is_told_and_stops_nothing(host: Any, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr("ramses_plates.hosts.nuke.qt_host.judge", lambda *_all, **_named: 1 / 0)
    commands.refresh()
    idle(host)
    assert "ZeroDivisionError" in host._host().told[0]
    assert "Traceback" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("edition", "word", "graph", "ext"),
    [
        ({}, "", True, "nk"),
        ({"nc": True}, "ten nodes", True, "nknc"),
        ({"indie": True}, "Indie", True, "nkind"),
        ({"assist": True}, "Assist", True, "nk"),
        ({"studio": True, "hiero": True}, "timeline", True, "nk"),
        ({"hiero": True}, "no node graph", False, "nk"),
        ({"gui": False}, "without windows", True, "nk"),
    ],
)
def test_every_edition_says_its_limits(host: Any, edition: dict[str, bool], word: str, graph: bool, ext: str) -> None:
    from ramses_plates.hosts.nuke import editions

    host.env.update(edition)
    panels = NukeHost()
    assert (panels.has_scene, editions.script_ext()) == (graph, ext)
    assert word in panels.limits
    assert bool(panels.limits) is bool(word)
    if not graph:
        commands.panel("Load")
        assert "no node graph" in host._host().told[0]


@pytest.fixture(scope="module")
def unzipped(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    path = zipping.build(os.fspath(tmp_path_factory.mktemp("dist")))

    def fresh() -> Path:
        folder = tmp_path_factory.mktemp("zip")
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        return folder / "ramses"

    return fresh


def start(home: Path, gui: bool = True) -> subprocess.CompletedProcess[str]:
    """init.py and menu.py as Nuke runs them, on a bare Python."""
    names = ("init.py", "menu.py") if gui else ("init.py",)
    code = (
        f"import sys; sys.path.insert(0, {os.fspath(FAKE)!r}); import nuke\n"
        f"nuke._reset(gui={gui}); nuke.pluginPath = lambda: [{os.fspath(home)!r}]\n"
        f"for name in {names!r}: exec(open({os.fspath(home)!r} + '/' + name).read(), {{}})\n"
        "print('started', sorted(nuke.menu('Nuke')._entries) if nuke.env['gui'] else 'no window')\n"
        "print(any(name.endswith(('.commands', '.qt_host')) or 'PySide' in name for name in sys.modules))\n"
    )
    return subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("broken", ["", "nuke_api.py", "menu.py", "callbacks.py", "dock.py", "background.py"])
def test_the_zip_starts_and_never_stops_nuke(unzipped: Callable[[], Path], broken: str) -> None:
    home = unzipped()
    if broken:
        (home / "ramses_plates" / "hosts" / "nuke" / broken).write_text("1 / 0\n")
    done = start(home)
    menus = [] if broken in ("nuke_api.py", "menu.py") else ["Ramses"]
    assert done.stdout.splitlines() == [f"started {menus}", "False"], done.stderr
    assert ("ZeroDivisionError" in done.stderr) is bool(broken)


def test_the_button_of_the_toolbar_has_its_picture(unzipped: Callable[[], Path]) -> None:
    from PIL import Image

    with Image.open(unzipped() / menu.ICON) as picture:
        assert (picture.size, picture.mode, picture.getpixel((0, 0))) == ((24, 24), "RGBA", (0, 0, 0, 0))
        assert len(picture.getcolors(1000) or []) > 4


def test_without_a_window_nothing_is_added(unzipped: Callable[[], Path]) -> None:
    assert start(unzipped(), gui=False).stdout.splitlines() == ["started no window", "False"]


@pytest.mark.parametrize("gui", [True, False])
def test_the_zip_alone_works_without_qt(unzipped: Callable[[], Path], gui: bool) -> None:
    """Everything but the widgets, and a sentence where these are asked for."""
    home = unzipped()
    code = (
        f"import sys; sys.path[:0] = [{os.fspath(home)!r}, {os.fspath(FAKE)!r}]; import nuke\n"
        "import ramses_plates, ramses_plates.hosts.qt.host\n"
        f"nuke._reset(gui={gui}); nuke._host().told = []\n"
        "from ramses_plates.hosts.nuke import callbacks, commands, dock, drop, qt_host\n"
        "print(qt_host.host().has_scene)\n"
        "commands.panel('Ingest')\n"
        "print(' '.join(nuke._host().told))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "True" in done.stdout
    said = "The panel cannot be opened: there is no Qt here" if gui else "runs without windows"
    assert said in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_every_module_of_the_zip_loads_on_a_bare_python(unzipped: Callable[[], Path]) -> None:
    """Only the widgets ask for something: Qt, which Nuke brings. Nothing in the zip is compiled."""
    home = unzipped()
    assert not [path for path in home.rglob("*") if path.suffix in (".so", ".pyd", ".dll", ".dylib")]
    code = (
        f"import sys; sys.path[:0] = [{os.fspath(home)!r}, {os.fspath(FAKE)!r}]\n"
        "import importlib, pkgutil, ramses_plates\n"
        "loaded = 0\n"
        "for module in pkgutil.walk_packages(ramses_plates.__path__, 'ramses_plates.', onerror=lambda name: None):\n"
        "    try:\n"
        "        importlib.import_module(module.name)\n"
        "        loaded += 1\n"
        "    except ImportError as error:\n"
        "        assert '.hosts.qt.' in module.name and 'there is no Qt here' in str(error), (module.name, error)\n"
        "native = [name for name in ('av', 'xxhash', 'OpenImageIO', 'numpy') if name in sys.modules]\n"
        "print(loaded > 150, native)\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "True []\n", done.stdout + done.stderr
