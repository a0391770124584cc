# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender host against the types of one Blender: its stubs are in this suite's environment."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def named_tree(tmp_path: Path) -> Path:
    """mypy names a package after its folder, and a checkout may be called anything: a link gives it the right name."""
    (tmp_path / "ramses_plates").symlink_to(ROOT, target_is_directory=True)
    return tmp_path


def mypy(folder: Path, *what: str) -> subprocess.CompletedProcess[str]:
    stubs = next(name for name in map(str, metadata.packages_distributions().get("bpy-stubs", ["none"])))
    settings = ("--config-file", os.fspath(ROOT / "pyproject.toml"), "--cache-dir", os.fspath(ROOT / "build" / stubs))
    command = [sys.executable, "-m", "mypy", "--strict", *settings, *what]
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def test_the_host_fits_this_blender(named_tree: Path) -> None:
    done = mypy(named_tree, "-p", "ramses_plates.hosts.blender")
    assert done.returncode == 0, "\n" + done.stdout + done.stderr


def test_the_stubs_are_looked_at(tmp_path: Path) -> None:
    """A misspelled property is found: without stubs everything would pass."""
    (tmp_path / "wrong.py").write_text("import bpy\n\nbpy.data.movieclips[0].frame_strat = 1\n", encoding="utf-8")
    done = mypy(tmp_path, "wrong.py")
    assert done.returncode == 1 and "frame_strat" in done.stdout
