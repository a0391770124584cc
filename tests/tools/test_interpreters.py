# SPDX-License-Identifier: GPL-3.0-or-later
"""A Python is found only where it really starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from ramses_plates.tools import interpreters

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHER = "3.10" if RUNNING != "3.10" else "3.11"


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    interpreters.find.cache_clear()


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_running_python_is_itself() -> None:
    assert interpreters.find(RUNNING) == sys.executable


@pytest.mark.parametrize(
    "text",
    ["echo 'choose a version first' >&2; exit 127", "echo 2.7", "exit 0", f"echo {OTHER}; exit 1"],
)
def test_a_name_that_does_not_start_is_no_python(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, f"python{OTHER}", text)
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    monkeypatch.setattr(interpreters, "_INSTALLED", ())
    assert interpreters.find(OTHER) is None


def test_a_working_one_behind_a_broken_one_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "shims", f"python{OTHER}", "exit 127")
    works = program(tmp_path / "real" / f"{OTHER}.9" / "bin", "python", f"echo {OTHER}")
    monkeypatch.setenv("PATH", os.fspath(tmp_path / "shims"))
    monkeypatch.setattr(interpreters, "_INSTALLED", (f"{tmp_path}/real/{{}}.*/bin/python",))
    assert interpreters.find(OTHER) == os.fspath(works)
