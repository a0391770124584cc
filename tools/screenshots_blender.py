# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of docs/blender.md: the built zip in a real Blender window, every panel, with real plates."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack

from . import blender, blender_window
from .environments import prepare
from .places import ROOT, ChoreFailed, clean_environment, say
from .suites import PICTURES

_SCRIPT = os.path.join(ROOT, "tools", "blender_window_scene.py")
# A folder that could be anyone's: the pictures show where plates came from.
_SCENE = os.path.join(tempfile.gettempdir(), "ramses-plates-blender")
_MOST_BYTES, _MOST_WIDTH = 250_000, 1400


def make(images: str) -> None:
    """Make all pictures anew into a folder. Raises ChoreFailed where this machine cannot, or the window's checks fail.

    The pictures on file stay as they are until every new one is there.
    """
    reason = blender_window.cannot()
    if reason:
        raise ChoreFailed(f"no pictures of Blender: {reason}", "those on file stay")
    blender_window.prepare()
    prepare(PICTURES)
    _project()
    zip_path = blender.build(_SCENE)
    os.replace(zip_path, os.path.join(_SCENE, "extension.zip"))
    made = _shoot()
    _judge_results()
    for name in made:
        shutil.copyfile(os.path.join(_SCENE, name), os.path.join(images, name))
    shutil.rmtree(_SCENE, ignore_errors=True)


def _project() -> None:
    """The project that the pictures show, made by the Python that can draw plates, and the Ramses that knows it."""
    _python("screenshots_project", _SCENE)
    for name in ("outbox", "ramses_project.json"):  # here a Ramses answers by itself
        path = os.path.join(_SCENE, "projects", "MOON", "_ingest_reports", name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    _python("blender_window_ramses", _SCENE, "/scene/projects/MOON")


def _python(module: str, *arguments: str) -> None:
    command = [PICTURES.executable, "-m", f"ramses_plates.tools.{module}", *arguments]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=clean_environment(),
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise ChoreFailed(f"the pictures' project was not made:\n{done.stderr[-2000:]}")


def _shoot() -> list[str]:
    """Run the window; take a picture whenever its script asks for one. Names of the pictures."""
    made = []
    with ExitStack() as stack:
        display = stack.enter_context(blender_window.screen())
        port = stack.enter_context(_Daemon())
        window = blender_window.run(_SCRIPT, _SCENE, {"DISPLAY": display, "RAMSES_PLATES_PORT": str(port)})
        stack.callback(_end, window)
        while window.poll() is None:
            wish = os.path.join(_SCENE, "wish.json")
            if not os.path.exists(wish):
                time.sleep(0.1)
                continue
            with open(wish, encoding="utf-8") as file:
                wanted = json.load(file)
            path = os.path.join(_SCENE, wanted["name"])
            blender_window.grab(display, path, tuple(wanted["area"]))
            _check_size(path, wanted["area"][2])
            made.append(wanted["name"])
            os.unlink(wish)
        if window.returncode:
            raise ChoreFailed(f"Blender ended with {window.returncode}:\n{_log()}")
    return made


def _check_size(path: str, width: int) -> None:
    if os.path.getsize(path) > _MOST_BYTES or width > _MOST_WIDTH:
        raise ChoreFailed(f"{path} is too large for a guide: {os.path.getsize(path)} bytes, {width} pixels wide")


def _judge_results() -> None:
    """What the script found while it was there: the first sentence that says no ends the chore."""
    try:
        with open(os.path.join(_SCENE, "results.json"), encoding="utf-8") as file:
            results = json.load(file)
    except OSError:
        raise ChoreFailed(f"the window's script did not come to its end:\n{_log()}") from None
    for sentence, good in results:
        say(f"  {'ok    ' if good else 'FAILED'} {sentence}")
    if not results or not all(good for _sentence, good in results):
        raise ChoreFailed("the extension does not do in a window what it should", f"see {_SCENE}/blender.log")


def _log() -> str:
    with open(os.path.join(_SCENE, "blender.log"), encoding="utf-8", errors="replace") as file:
        return file.read()[-4000:]


def _end(window: subprocess.Popen[bytes]) -> None:
    if window.poll() is None:
        window.terminate()
        window.wait(30)


class _Daemon:
    """A test daemon whose project is the pictures'; entering gives its port."""

    def __enter__(self) -> int:
        command = [PICTURES.executable, os.path.join(ROOT, "tests", "ramses_daemon.py"), "--port", "0"]
        command += ["--database", "ramses.json"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=clean_environment(), cwd=_SCENE,
        )  # fmt: skip
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def __exit__(self, *_raised: object) -> None:
        self._process.terminate()
        self._process.wait()
