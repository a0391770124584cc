# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py nuke`: the plug-in folder for Nuke as a zip in dist/: unzip it, add its path to ~/.nuke/init.py."""

from __future__ import annotations

import os
import re
import zipfile

from . import nuke_icon, sources
from .places import DIST, ROOT, ChoreFailed, say

_OTHER_HOSTS = ("blender", "cli")
# the files that Nuke itself runs, under the names that it wants
_STARTED = {"init.py": "nuke_init.py", "menu.py": "nuke_menu.py"}


def main(arguments: list[str]) -> int:
    """Build the zip and say where it is."""
    if arguments:
        raise ChoreFailed("nuke takes no arguments")
    say(build(DIST))
    return 0


def build(target: str) -> str:
    """Pack the folder `ramses` into a zip in `target`; returns the zip's path."""
    os.makedirs(target, exist_ok=True)
    path = os.path.join(target, f"ramses_plates-nuke-{_version()}.zip")
    draft = f"{path}.{os.getpid()}"
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in sources.files():
            name = os.path.relpath(source, ROOT).replace(os.sep, "/")
            parts = name.split("/")
            if name != "pyproject.toml" and not (parts[0] == "hosts" and len(parts) > 2 and parts[1] in _OTHER_HOSTS):
                archive.write(source, f"ramses/ramses_plates/{name}")
        for name, source in _STARTED.items():
            archive.write(os.path.join(ROOT, "tools", source), f"ramses/{name}")
        archive.writestr("ramses/ramses_plates.png", nuke_icon.png())
    os.replace(draft, path)
    return path


def _version() -> str:
    with open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as file:
        match = re.search(r'^version = "([^"]+)"', file.read(), re.MULTILINE)
    if match is None:
        raise ChoreFailed("pyproject.toml names no version")
    return match[1]
