# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py screenshots`: the pictures of the guides, taken anew from the real thing, into docs/images.

A set is one function that takes the folder for its pictures; a host's engineer adds a line to SETS. Where this machine
cannot take a set, the pictures on file stay: that is said, and nothing fails.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator

from . import screenshots_blender
from .environments import Environment, interpreter, prepare
from .places import ROOT, ChoreFailed, clean_environment, say

IMAGES = os.path.join(ROOT, "docs", "images")
# What a person sees in the pictures: a folder that could be anyone's.
PLACE = os.path.join(tempfile.gettempdir(), "ramses-plates-pictures")
QT = Environment("screenshots", ("PySide6-Essentials==6.5.3", "numpy<2", "pillow"), python="3.11", extras=("pictures",))
_PACKAGE = "ramses_plates.tools"
_SCREEN = "1600x1200x24"
_MINUTES = 10


def qt(images: str) -> None:
    """The panels that Nuke docks and the window of its own shows."""
    interpreter(QT)
    _expect("Xvfb")
    prepare(QT)
    _run(f"{_PACKAGE}.screenshots_project", PLACE)
    with screen() as display:
        _run(f"{_PACKAGE}.screenshots_qt", PLACE, images, DISPLAY=display, QT_QPA_PLATFORM="xcb")
    shutil.rmtree(PLACE, ignore_errors=True)


# name -> takes the pictures of one host into a folder; raises ChoreFailed where this machine cannot
SETS: dict[str, Callable[[str], None]] = {"qt": qt, "blender": screenshots_blender.make}


def main(arguments: list[str]) -> int:
    """Take the named sets, or all. 0 also where a set could not be taken: its pictures stay as they are."""
    unknown = [name for name in arguments if name not in SETS]
    if unknown:
        raise ChoreFailed(f"there is no set {', '.join(unknown)}", f"there are {', '.join(SETS)}")
    for name in arguments or SETS:
        before = _dates()
        try:
            SETS[name](IMAGES)
        except ChoreFailed as problem:
            say(f"{name}: not taken, the pictures on file stay. {problem}. {problem.advice}".rstrip(". ") + ".")
            continue
        taken = sorted(path for path, date in _dates().items() if before.get(path) != date)
        say(f"{name}: {len(taken)} taken into docs/images")
        for path in taken:
            say(f"  {os.path.basename(path)}  {os.path.getsize(path) // 1024} KiB")
    return 0


@contextlib.contextmanager
def screen(size: str = _SCREEN) -> Iterator[str]:
    """An X server of our own on a number that is free; gives ":N". Raises ChoreFailed."""
    _expect("Xvfb")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp"]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, pass_fds=(writer,), stdin=quiet, stdout=quiet, stderr=quiet)
    os.close(writer)
    try:
        with os.fdopen(reader, encoding="ascii") as answer:
            number = answer.readline().strip()  # comes once the server is ready, or empty when it ended
        if not number:
            raise ChoreFailed("Xvfb did not start", "look at what it says when it is started by hand")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def _expect(name: str) -> None:
    if shutil.which(name) is None:
        raise ChoreFailed(f"{name} was not found", "install xvfb with the system's package manager")


def _run(module: str, *arguments: str, **variables: str) -> None:
    """One step in the environment, in the name of a person who is nobody here. Raises ChoreFailed."""
    nobody = {"LOGNAME": "anna", "USER": "anna", "RAMSES_PLATES_PORT": "off", "PYTHONFAULTHANDLER": "1"}
    home = {name: os.path.join(PLACE, "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    try:
        done = subprocess.run(
            [QT.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=clean_environment(**{**nobody, **home, **variables}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_MINUTES * 60,
        )
    except subprocess.TimeoutExpired:
        raise ChoreFailed(f"{module} did not end in {_MINUTES} minutes") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-15:]
        raise ChoreFailed("\n    ".join([f"{module} ended with {done.returncode}:", *said]))


def _dates() -> dict[str, int]:
    with os.scandir(IMAGES) as entries:
        return {entry.path: entry.stat().st_mtime_ns for entry in entries if entry.is_file()}
