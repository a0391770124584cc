# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py blender`: the extension for Blender, in dist/, judged by Blender's own tool where one is installed."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
import zipfile

from . import blender_wheels, sources
from .places import BUILD, DIST, ENVIRONMENTS, ROOT, ChoreFailed, clean_environment, say

_MANIFEST = "blender_manifest.toml"
_HOST = os.path.join("hosts", "blender")
# Other hosts' code has no business inside Blender, and its reviewers read every file.
_OTHER_HOSTS = ("nuke", "qt", "cli")
_ENTRY = """
# Blender calls these two; everything of the add-on lies in hosts/blender.
from .hosts.blender import bl_info, register, unregister  # noqa: E402

__all__ = ["__version__", "bl_info", "register", "unregister"]
"""


def main(arguments: list[str]) -> int:
    """Build the zip, have it judged, say where it is. `--pure` leaves the wheels out: for a Blender with any Python."""
    if arguments not in ([], ["--pure"]):
        raise ChoreFailed("blender knows no arguments but --pure")
    built = build(DIST, pure=bool(arguments))
    say(built)
    judge = find_judge()
    if judge is None:
        say("not validated: no Blender module is installed here (build.py test blender-5.0 brings one)")
    else:
        validate(built, judge)
        say("validated by Blender's own extension tool")
    return 0


def build(target: str, pure: bool = False) -> str:
    """Assemble the extension and pack it into the folder `target`; returns the zip's path.

    Without network and wheels fetched before it is said and the zip holds none: hashes are slower then.
    """
    tree = assemble(os.path.join(BUILD, f"blender-{os.getpid()}", "ramses_plates"))
    if not pure:
        try:
            _add_wheels(tree, blender_wheels.fetch())
        except ChoreFailed as problem:
            say(f"WITHOUT xxhash, hashes in Blender will be slower: {problem}; {problem.advice}.")
    os.makedirs(target, exist_ok=True)
    path = os.path.join(target, f"ramses_plates-{_version()}.zip")
    draft = f"{path}.{os.getpid()}"
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in _files(tree):
            archive.write(os.path.join(tree, name), name)
    os.replace(draft, path)
    shutil.rmtree(os.path.dirname(tree))
    return path


def assemble(folder: str) -> str:
    """The extension as a folder: our package with the manifest and Blender's two functions at its top."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in sources.files():
        name = os.path.relpath(path, ROOT)
        parts = name.split(os.sep)
        if name == "pyproject.toml" or (parts[0] == "hosts" and len(parts) > 2 and parts[1] in _OTHER_HOSTS):
            continue
        place = os.path.join(folder, name)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copy2(path, place)
    os.replace(os.path.join(folder, _HOST, _MANIFEST), os.path.join(folder, _MANIFEST))
    with open(os.path.join(folder, "__init__.py"), "a", encoding="utf-8") as file:
        file.write(_ENTRY)
    return folder


def _add_wheels(tree: str, paths: list[str]) -> None:
    """Copy the wheels and list them in the manifest, before its first table."""
    os.makedirs(os.path.join(tree, "wheels"))
    for path in paths:
        shutil.copy2(path, os.path.join(tree, "wheels", os.path.basename(path)))
    manifest = os.path.join(tree, _MANIFEST)
    with open(manifest, encoding="utf-8") as file:
        head, table, rest = file.read().partition("\n[")
    with open(manifest, "w", encoding="utf-8", newline="\n") as file:
        file.write(f"{head}\n{blender_wheels.listed(paths)}{table}{rest}")


def find_judge() -> str | None:
    """blender_ext.py of a Blender module in one of our environments; it runs without Blender. None = there is none."""
    below = os.path.join("lib*", "**", "bpy", "*", "scripts", "addons_core", "bl_pkg", "cli", "blender_ext.py")
    found = sorted(glob.glob(os.path.join(ENVIRONMENTS, "blender-*", below), recursive=True))
    return found[-1] if found else None


def validate(path: str, judge: str) -> None:
    """Blender's own judgement of a zip or folder. Raises ChoreFailed with its words."""
    scripts = judge.partition(f"addons_core{os.sep}")[0]
    tags = glob.glob(os.path.join(scripts, "modules", "_bpy_internal", "extensions", "tags.py"))
    command = [sys.executable, judge, "validate", *(["--valid-tags", tags[0]] if tags else []), path]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=clean_environment(), check=False
    )
    if done.returncode:
        raise ChoreFailed(f"Blender refuses the extension:\n{done.stdout.strip()}\n{done.stderr.strip()}")


def _files(tree: str) -> list[str]:
    found = []
    for folder, below, names in os.walk(tree):
        below[:] = sorted(name for name in below if name != "__pycache__")
        found += [os.path.relpath(os.path.join(folder, name), tree) for name in sorted(names)]
    return found


def _version() -> str:
    with open(os.path.join(ROOT, _HOST, _MANIFEST), encoding="utf-8") as file:
        match = re.search(r'^version = "([^"]+)"', file.read(), re.MULTILINE)
    if match is None:
        raise ChoreFailed(f"{_MANIFEST} names no version")
    return match[1]
