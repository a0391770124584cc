# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the chores keep their things, and how they speak to a person."""

from __future__ import annotations

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENVIRONMENTS = os.path.join(ROOT, ".envs")
BUILD = os.path.join(ROOT, "build")
RESULTS = os.path.join(BUILD, "tests")
DIST = os.path.join(ROOT, "dist")
DEMO = os.path.join(ROOT, "demo")


class ChoreFailed(Exception):
    """A chore that cannot go on: the text is for the person, `advice` says what would help ("" = nothing known)."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


def say(text: str = "") -> None:
    """One line for the person, at once: children write to the same terminal, and order matters."""
    print(text, flush=True)


def clean_environment(**more: str) -> dict[str, str]:
    """The variables for a child process, without what would lead another interpreter to this one's modules."""
    keep = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    return {**keep, **more}


_MISLEADING = frozenset({"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"})


def running_version() -> str:
    """The interpreter that runs build.py, as "3.11"."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"
