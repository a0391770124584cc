# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree is kept as ruff and mypy want it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str, cwd: Path = ROOT, **variables: str) -> None:
    """Fail with the tool's own words."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, "\n" + done.stdout + done.stderr


def mypy(*what: str, cwd: Path, **variables: str) -> None:
    settings = ("--config-file", os.fspath(ROOT / "pyproject.toml"), "--cache-dir", os.fspath(ROOT / "build" / "mypy"))
    run("mypy", "--strict", *settings, *what, cwd=cwd, **variables)


@pytest.fixture
def named_tree(tmp_path: Path) -> Path:
    """mypy names a package after its folder, and a checkout may be called anything: a link gives it the right name."""
    (tmp_path / "ramses_plates").symlink_to(ROOT, target_is_directory=True)
    return tmp_path


def test_ruff_finds_nothing() -> None:
    run("ruff", "check", "--no-cache", ".")


def test_the_format_is_kept() -> None:
    run("ruff", "format", "--no-cache", "--check", "--diff", ".")


def test_mypy_strict_on_the_package(named_tree: Path) -> None:
    mypy("-p", "ramses_plates", cwd=named_tree)


def test_mypy_strict_on_the_benches(named_tree: Path) -> None:
    benches = sorted(os.fspath(path) for path in (ROOT / "bench").glob("*.py"))
    mypy(*benches, cwd=named_tree, MYPYPATH=os.pathsep.join([f"{ROOT}/bench", f"{ROOT}/tests/support"]))


def test_mypy_strict_on_the_chores() -> None:
    mypy("build.py", cwd=ROOT)


def test_every_source_names_its_licence() -> None:
    line = "# SPDX-License-Identifier: GPL-3.0-or-later"
    sources = [
        path for room in ("core", "lib", "hosts", "tools", "tests", "bench") for path in (ROOT / room).rglob("*.py")
    ]
    without = [path for path in sources if path.open(encoding="utf-8").readline().rstrip() != line]
    assert sources and not without
