# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Blender as a Python module, with the built zip installed by Blender's own operators."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# Before Blender is imported: its user folders are those of these tests.
_HOME = tempfile.mkdtemp(prefix="ramses-blender-")
os.environ["BLENDER_USER_RESOURCES"] = _HOME

try:
    import bpy
except ImportError:  # another suite's environment; the suites of this folder bring Blender
    bpy = None
    collect_ignore_glob = ["*"]

MODULE = "bl_ext.user_default.ramses_plates"
_exit_code = 0


def pytest_sessionfinish(exitstatus: int) -> None:
    global _exit_code
    _exit_code = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Blender 4.2 crashes and 4.5 hangs at the interpreter's own exit while Python classes are registered."""
    if bpy is None:
        return
    sys.stdout.flush()
    sys.stderr.flush()
    import shutil

    shutil.rmtree(_HOME, ignore_errors=True)
    os._exit(_exit_code)


@pytest.fixture(scope="session")
def zip_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The extension as `build.py blender` builds it."""
    from ramses_plates.tools import blender

    return blender.build(os.fspath(tmp_path_factory.mktemp("dist")))


@pytest.fixture(scope="session")
def installed(zip_path: str) -> str:
    """Install and enable it; the name of its module."""
    done = bpy.ops.extensions.package_install_files(
        filepath=zip_path, repo="user_default", enable_on_install=True, overwrite=True
    )
    assert done == {"FINISHED"} and MODULE in bpy.context.preferences.addons
    return MODULE


@pytest.fixture
def ours(installed: str) -> Callable[[str], Any]:
    """A module of the installed extension: `ours("core.placement")`."""
    return lambda name: importlib.import_module(f"{installed}.{name}")


@pytest.fixture(autouse=True)
def empty_scene(installed: str, ours: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty file for every test, and no Ramses client left of the test before."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    session = bpy.context.window_manager.ramses
    for rows in (session.clips, session.versions, session.plates, session.checks):
        rows.clear()
    ours("hosts.blender.ingest_operators")._latest.clear()
    monkeypatch.setattr(ours("lib.ramses.client").RamDaemonInterface, "_instance", None)
    yield
    client = ours("lib.ramses.client").RamDaemonInterface._instance
    if client is not None:
        client.close()


@pytest.fixture
def scene(tmp_path: Path) -> Any:
    """The scene at 24000/1001, in an empty project PROJ, in shot SH010."""
    from make_delivery import project

    project(tmp_path)
    found = bpy.context.scene
    found.render.fps, found.render.fps_base = 24, 1.001
    found.ramses.root = os.fspath(tmp_path / "PROJ")
    found.ramses.project, found.ramses.shot, found.ramses.step = "PROJ", "SH010", "TRACK"
    return found
