# SPDX-License-Identifier: GPL-3.0-or-later
"""The menu's commands as an artist meets them, and the zip that brings them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import make_published
import pytest
from ramses_plates.hosts.nuke import commands, menu
from ramses_plates.hosts.nuke.updates import COLOURS
from ramses_plates.tools import nuke as zipping

FAKE = Path(__file__).parents[2] / "nuke_fake"


@pytest.fixture
def host(nuke: Any) -> Any:
    nuke._host().told = []
    return nuke


def idle(host: Any) -> None:
    """Let the worker finish, and play the idle loop."""
    limit = time.monotonic() + 30
    while not host._host().waiting:
        assert time.monotonic() < limit
        time.sleep(0.005)
    host._pump()


def test_load_refresh_and_update_from_the_menu(host: Any, tmp_path: Path) -> None:
    make_published.plate(tmp_path, "001_WIP", range(993, 1051))
    host.root()["name"].setValue(os.fspath(tmp_path.joinpath(*make_published.STEP.split("/"), "x.nk")))
    host._host().answers["Shot"] = "SH010"
    menu.install()
    entries = host.menu("Nuke").addMenu("Ramses")._entries
    exec(entries["Load newest plates..."])
    idle(host)
    (node,) = host.allNodes()
    make_published.plate(tmp_path, "002_WIP", range(989, 1051), handles=(12, 8))
    exec(entries["Refresh"])
    idle(host)
    assert node["tile_color"].value() == COLOURS["older"]
    exec(entries["Update all"])
    idle(host)
    assert node["tile_color"].value() == COLOURS["newest"]
    assert host._host().told[-1] == "Read1: 001_WIP became 002_WIP."
    assert node.metadata("input/frame", 1001) == 1001


def test_a_shot_without_plates_is_said(host: Any, tmp_path: Path) -> None:
    (tmp_path / "05-SHOTS").mkdir()
    host._host().answers.update({"Ramses project folder": os.fspath(tmp_path), "Shot": "SH999"})
    commands.load_newest()
    idle(host)
    assert host._host().told == ["Nothing is published for this shot."]


def test_closing_the_dialogs_does_nothing(host: Any) -> None:
    host._host().answers["Ramses project folder"] = None
    commands.load_newest()
    assert host._host().told == []


def test_a_folder_outside_any_project_is_said(host: Any) -> None:
    host._host().answers["Ramses project folder"] = os.path.abspath(os.sep)
    commands.load_newest()
    assert "no Ramses project" in host._host().told[0]


def test_cancel_stops_the_look_at_the_disk(host: Any, monkeypatch: Any) -> None:
    stopped = []

    def slow(_seen: Any, cancel: Any) -> None:
        stopped.append(cancel.wait(30))
        cancel.check()

    monkeypatch.setattr(commands, "judge", slow)
    host._host().cancelled = True
    commands.refresh()
    idle(host)
    assert (stopped, host._host().told) == ([True], [])


def test_a_terminal_does_the_same_without_threads(host: Any, tmp_path: Path, capsys: Any) -> None:
    host._reset(gui=False)
    host._host().answers.update({"Ramses project folder": os.fspath(tmp_path), "Shot": "SH010"})
    make_published.plate(tmp_path, "001_WIP", range(1001, 1018))
    commands.load_newest()
    commands.update_all()
    assert len(host.allNodes()) == 1
    assert "Every Read of ours shows its newest version." in capsys.readouterr().out


def test_a_fault_of_ours_is_told_and_stops_nothing(host: Any, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(commands, "judge", lambda *_all: 1 / 0)
    commands.refresh()
    idle(host)
    assert "ZeroDivisionError" in host._host().told[0]
    assert "Traceback" in capsys.readouterr().out


@pytest.mark.parametrize("broken", [False, True])
def test_the_zip_starts_and_never_stops_nuke(tmp_path: Path, broken: bool) -> None:
    path = zipping.build(os.fspath(tmp_path))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    home = tmp_path / "ramses"
    if broken:
        (home / "ramses_plates" / "hosts" / "nuke" / "nuke_api.py").write_text("1 / 0\n")
    code = (
        f"import sys; sys.path.insert(0, {os.fspath(FAKE)!r}); import nuke\n"
        f"nuke.pluginPath = lambda: [{os.fspath(home)!r}]\n"
        f"for name in ('init.py', 'menu.py'): exec(open({os.fspath(home)!r} + '/' + name).read(), {{}})\n"
        "print('started', sorted(nuke.menu('Nuke')._entries))\n"
        "print(any(name.endswith('.commands') for name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [f"started {[] if broken else ['Ramses']}", "False"], done.stderr
    assert ("ZeroDivisionError" in done.stderr) is broken
