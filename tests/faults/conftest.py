# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of the fault tests: how much was tried, kept for whoever publishes them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import fault_scenes
import pytest
from fault_figures import Figures

# Each worker leaves a file of its own there; `build.py faults` adds them up.
VARIABLE = "RAMSES_PLATES_FIGURES"


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    """Counts of this process, written at its end."""
    found = Figures()
    yield found
    folder = os.environ.get(VARIABLE)
    if folder and found:
        Path(folder, f"part-{os.getpid()}.json").write_text(json.dumps(found), encoding="ascii")


@pytest.fixture
def fast_folder() -> Iterator[Path]:
    """A new empty folder on a disk that flushes at once."""
    folder = fault_scenes.fast_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
