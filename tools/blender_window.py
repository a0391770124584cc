# SPDX-License-Identifier: GPL-3.0-or-later
"""A Blender with a window, on a screen that nobody sees: Debian's own, in a folder of its own, drawn without a GPU.

The modules of pip cannot open a window. What panels look like, and the viewport's render, are seen here alone.
Needs Linux, root, debootstrap, Xvfb and ImageMagick; the tests need none of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .places import ENVIRONMENTS, ChoreFailed, say

SIZE = (1600, 1000)
FOLDER = os.path.join(ENVIRONMENTS, "blender-window")
_ROOT = os.path.join(FOLDER, "root")
_READY = os.path.join(FOLDER, "ready.txt")
_RELEASE, _MIRROR = "trixie", "http://deb.debian.org/debian"
_PACKAGES = (
    "blender libgl1 libglx-mesa0 libgl1-mesa-dri libegl1 python3-numpy python3-requests python3-cattr fonts-dejavu-core"
)
_PROGRAMS = {"debootstrap": "debootstrap", "Xvfb": "xvfb", "import": "imagemagick", "unshare": "util-linux"}
_LIMIT = 400  # seconds that one run of the window may take


def cannot() -> str:
    """Why this machine cannot have such a window and what would help; "" where it can."""
    if os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "a Blender with a window is made on Linux as root only"
    missing = [package for program, package in _PROGRAMS.items() if shutil.which(program) is None]
    return f"install {', '.join(missing)} with the system's package manager" if missing else ""


def prepare() -> None:
    """Make the folder with Debian's Blender where it is missing; some 300 MB are fetched. Raises ChoreFailed."""
    wanted = f"{_RELEASE} {_PACKAGES}\n"
    try:
        with open(_READY, encoding="utf-8") as file:
            if file.read() == wanted:
                return
    except OSError:
        pass
    say("making .envs/blender-window (Debian's Blender, 2 GB) ...")
    shutil.rmtree(_ROOT, ignore_errors=True)
    os.makedirs(_ROOT)
    _call(["debootstrap", "--variant=minbase", _RELEASE, _ROOT, _MIRROR])
    _inside(f"apt-get -y -q --no-install-recommends install {_PACKAGES}", {"DEBIAN_FRONTEND": "noninteractive"})
    with open(_READY, "w", encoding="utf-8") as file:
        file.write(wanted)


def run(script: str, scene: str, variables: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start Blender on the screen of `variables["DISPLAY"]` with a Python script; `scene` is /scene inside."""
    shutil.copy2(script, os.path.join(scene, "script.py"))
    width, height = SIZE
    blender = f"blender --factory-startup --enable-event-simulate --window-geometry 0 0 {width} {height}"
    command = _chroot(f"timeout {_LIMIT} {blender} --python-exit-code 3 --python /scene/script.py", scene)
    inside = {"HOME": "/scene/home", "BLENDER_USER_RESOURCES": "/scene/home", "TMPDIR": "/scene/tmp", **variables}
    for name in ("home", "tmp"):
        os.makedirs(os.path.join(scene, name), exist_ok=True)
    with open(os.path.join(scene, "blender.log"), "wb") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment(inside))


def grab(display: str, path: str, area: tuple[int, int, int, int]) -> None:
    """A picture of the screen's `area` (x, y, width, height from the top left), in 256 colours: it is a drawing."""
    x, y, width, height = area
    crop = f"{width}x{height}+{x}+{y}"
    draft = f"{path}.draft.png"
    _call(["import", "-display", display, "-window", "root", "-crop", crop, "+repage", draft])
    _call(["convert", draft, "-strip", "+dither", "-colors", "256", f"PNG8:{path}"])
    os.unlink(draft)


@contextmanager
def screen() -> Iterator[str]:
    """A screen of SIZE that nobody sees; its name."""
    number = next(one for one in range(77, 177) if not os.path.exists(f"/tmp/.X11-unix/X{one}"))
    width, height = SIZE
    server = subprocess.Popen(
        ["Xvfb", f":{number}", "-screen", "0", f"{width}x{height}x24", "+extension", "GLX", "-nolisten", "tcp"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + 20
        while not os.path.exists(f"/tmp/.X11-unix/X{number}"):
            if time.monotonic() > until or server.poll() is not None:
                raise ChoreFailed("Xvfb does not start")
            time.sleep(0.1)
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def _chroot(command: str, scene: str = "") -> list[str]:
    """The command inside the folder; what is mounted for it is gone with it."""
    lines = [f"mount -t proc proc {_ROOT}/proc", f"mount --rbind /dev {_ROOT}/dev"]
    if scene:
        lines += [f"mkdir -p {_ROOT}/scene {_ROOT}/tmp/.X11-unix", f"mount --bind '{scene}' {_ROOT}/scene"]
        lines += [f"mount --bind /tmp/.X11-unix {_ROOT}/tmp/.X11-unix"]
    else:
        lines += [f"cp /etc/resolv.conf {_ROOT}/etc/resolv.conf"]
    lines += [f"exec chroot {_ROOT} {command}"]
    return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", "\n".join(lines)]


def _inside(command: str, variables: dict[str, str]) -> None:
    _call(_chroot(command), _environment(variables))


def _environment(variables: dict[str, str]) -> dict[str, str]:
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "LANG": "C.UTF-8", "LIBGL_ALWAYS_SOFTWARE": "1", **variables}


def _call(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-8:]
        raise ChoreFailed("\n    ".join([f"{command[0]} failed:", *said]))
