# SPDX-License-Identifier: GPL-3.0-or-later
"""A clean copy of what a wheel is built from: setuptools litters the tree that it builds in, and reuses old litter."""

from __future__ import annotations

import os
import shutil

from .places import ROOT

ROOMS = ("core", "lib", "hosts")
_FILES = ("__init__.py", "py.typed", "pyproject.toml", "README.md", "LICENSE")


def copy(target: str) -> str:
    """Copy the package's sources to the new folder `target` and return it."""
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    for name in _FILES:
        shutil.copy2(os.path.join(ROOT, name), target)
    for room in ROOMS:
        hidden = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
        shutil.copytree(os.path.join(ROOT, room), os.path.join(target, room), ignore=hidden)
    return target


def remove(copied: str) -> None:
    """Remove a copy that is no longer wanted."""
    shutil.rmtree(copied, ignore_errors=True)
