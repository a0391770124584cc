# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree is kept as ruff and mypy want it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command: str, cwd: Path = ROOT) -> None:
    """Fail with the tool's own words."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0, "\n" + done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    run("ruff", "check", "--no-cache", ".")


def test_the_format_is_kept() -> None:
    run("ruff", "format", "--no-cache", "--check", "--diff", ".")


def test_mypy_strict(tmp_path: Path) -> None:
    """mypy names a package after its folder, and a checkout may be called anything: a link gives it the right name."""
    (tmp_path / "ramses_plates").symlink_to(ROOT, target_is_directory=True)
    cache = os.fspath(ROOT / "build" / "mypy")
    settings = ("--strict", "--config-file", os.fspath(ROOT / "pyproject.toml"), "--cache-dir", cache)
    run("mypy", *settings, "-p", "ramses_plates", cwd=tmp_path)


def test_mypy_strict_on_the_chores() -> None:
    run("mypy", "--strict", "--cache-dir", os.fspath(ROOT / "build" / "mypy-chores"), "build.py")


def test_every_source_names_its_licence() -> None:
    line = "# SPDX-License-Identifier: GPL-3.0-or-later"
    sources = [
        path for room in ("core", "lib", "hosts", "tools", "tests", "bench") for path in (ROOT / room).rglob("*.py")
    ]
    without = [path for path in sources if path.open(encoding="utf-8").readline().rstrip() != line]
    assert sources and not without
