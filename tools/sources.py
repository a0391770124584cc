# SPDX-License-Identifier: GPL-3.0-or-later
"""A clean copy of what a wheel is built from: setuptools litters the tree that it builds in, and reuses old litter."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from .places import ROOT

ROOMS = ("core", "lib", "hosts")
_FILES = ("__init__.py", "py.typed", "pyproject.toml", "README.md", "LICENSE")


def files() -> Iterator[str]:
    """The paths of all files that the wheel is built from, always in the same order."""
    for name in _FILES:
        yield os.path.join(ROOT, name)
    for room in ROOMS:
        for folder, below, names in os.walk(os.path.join(ROOT, room)):
            below[:] = sorted(name for name in below if not name.startswith((".", "__pycache__")))
            for name in sorted(names):
                if not name.startswith(".") and not name.endswith(".pyc"):
                    yield os.path.join(folder, name)


def copy(target: str) -> str:
    """Copy the package's sources to the new folder `target` and return it."""
    shutil.rmtree(target, ignore_errors=True)
    for path in files():
        place = os.path.join(target, os.path.relpath(path, ROOT))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copy2(path, place)
    return target


def remove(copied: str) -> None:
    """Remove a copy that is no longer wanted."""
    shutil.rmtree(copied, ignore_errors=True)
