# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds a Python of a given version that really starts.

A name on PATH proves nothing: version managers put a `python3.12` there that only prints how to choose a version. So
every candidate is started once, and asked for its version and for the modules that an environment needs.
"""

from __future__ import annotations

import functools
import glob
import os
import subprocess
import sys
from collections.abc import Iterator

from .places import clean_environment, running_version

_PROBE = "import sys, venv, ensurepip, ssl, sqlite3; print('%d.%d' % sys.version_info[:2])"
_SECONDS = 30
# Folders of the usual version managers and installers, `{}` stands for the version.
_INSTALLED = (
    "$PYENV_ROOT/versions/{}.*/bin/python",
    "~/.pyenv/versions/{}.*/bin/python",
    "~/.local/share/uv/python/cpython-{}.*/bin/python3",
    "~/.local/bin/python{}",
    "~/.asdf/installs/python/{}.*/bin/python",
    "~/miniconda3/envs/*/bin/python{}",
    "/usr/local/bin/python{}",
    "/opt/python/{}*/bin/python3",
    "/opt/homebrew/bin/python{}",
    "/Library/Frameworks/Python.framework/Versions/{}/bin/python3",
)


@functools.cache
def find(version: str) -> str | None:
    """The path of a working Python `version` such as "3.10"; the running one where versions agree; None if none is."""
    if version == running_version():
        return sys.executable
    return next((path for path in _candidates(version) if _works(path, version)), None)


def _candidates(version: str) -> Iterator[str]:
    names = [f"python{version}", f"python{version}.exe"]
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                yield path
    for pattern in _INSTALLED:
        place = os.path.expanduser(os.path.expandvars(pattern.format(version)))
        yield from sorted(glob.glob(place), reverse=True)
    yield from _from_windows_launcher(version)


def _from_windows_launcher(version: str) -> Iterator[str]:
    if os.name == "nt":
        path = _answer(["py", f"-{version}", "-c", "import sys; print(sys.executable)"])
        if path:
            yield path


def _works(path: str, version: str) -> bool:
    return _answer([path, "-c", _PROBE]) == version


def _answer(command: list[str]) -> str:
    """The first line that a command prints; "" where it cannot be started, fails or hangs."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env=clean_environment(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.partition("\n")[0].strip() if done.returncode == 0 else ""
