# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry: it lists its verbs, knows no others, and says its errors in a sentence."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def build(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "build.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


def listed() -> list[str]:
    lines = build().stdout.splitlines()[1:]
    return [line.split()[0] for line in lines if line]


def test_it_lists_its_verbs() -> None:
    assert {"demo", "test", "bench", "daemon", "wheel"} <= set(listed())


def test_an_unknown_verb_is_wrong_usage() -> None:
    assert build("nothing-like-it").returncode == 2


def test_an_error_is_a_sentence() -> None:
    done = build("test", "no-such-suite")
    assert done.returncode == 1
    assert done.stderr.startswith("build.py test: no suite is called no-such-suite\nthere are lint, core")


@pytest.mark.parametrize("module", ["demo", "testing", "benching", "daemon", "wheel"])
def test_every_verb_has_a_chore(module: str) -> None:
    assert callable(importlib.import_module(f"ramses_plates.tools.{module}").main)
    assert f'("{module}", ' in (ROOT / "build.py").read_text(encoding="utf-8")
