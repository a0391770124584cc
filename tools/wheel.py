# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py wheel`: the package for pip, in dist/."""

from __future__ import annotations

import os
import subprocess
import sys

from . import sources
from .places import BUILD, DIST, ChoreFailed, clean_environment, say


def main(arguments: list[str]) -> int:
    """Build the wheel and say where it is."""
    if arguments:
        raise ChoreFailed("wheel takes no arguments")
    say(build(DIST))
    return 0


def build(target: str, python: str = sys.executable, isolated: bool = True) -> str:
    """Build the wheel into the folder `target` and return its path; without isolation `python` must have setuptools."""
    tree = sources.copy(os.path.join(BUILD, f"sources-{os.getpid()}"))
    for path in _wheels(target):
        os.remove(path)
    isolation = [] if isolated else ["--no-build-isolation"]
    command = [
        python,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        "wheel",
        "--no-deps",
        "-w",
        target,
        *isolation,
        tree,
    ]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    sources.remove(tree)
    if done.returncode:
        raise ChoreFailed(f"pip could not build the wheel:\n{done.stderr.strip()}")
    return _wheels(target)[0]


def _wheels(folder: str) -> list[str]:
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return [os.path.join(folder, name) for name in names if name.startswith("ramses_plates-") and name.endswith(".whl")]
