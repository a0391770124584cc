# SPDX-License-Identifier: GPL-3.0-or-later
"""`import nuke` gives the fake to these tests, with a new script for each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "nuke_fake"))


@pytest.fixture
def nuke() -> Iterator[ModuleType]:
    """A fresh Nuke with a GUI."""
    import nuke as fake

    fake._reset()
    yield fake
    fake._reset()
