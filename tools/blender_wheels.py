# SPDX-License-Identifier: GPL-3.0-or-later
"""The wheels inside the extension: xxhash, some 30 KB each, for every system and Python of the supported Blenders.

Without them hashes are SHA-1, several times slower, and a manifest that another machine wrote with XXH3 cannot be
checked inside Blender. Blender takes the one wheel that fits; pip fetches them once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from .places import BUILD, ChoreFailed, clean_environment, say

VERSION = "3.6.0"
# Blender's name of a system -> pip's; each with the oldest system that the supported Blenders run on
PLATFORMS = {
    "linux-x64": "manylinux2014_x86_64",
    "macos-arm64": "macosx_11_0_arm64",
    "macos-x64": "macosx_11_0_x86_64",
    "windows-x64": "win_amd64",
    "windows-arm64": "win_arm64",
}
# Blender 4.2 to 5.0 bring 3.11, 5.1 and newer 3.13
PYTHONS = ("311", "313")
_STORE = os.path.join(BUILD, f"wheels-xxhash-{VERSION}")


def fetch() -> list[str]:
    """The paths of all wheels, from the store or by pip. Raises ChoreFailed where one cannot be had."""
    wanted = [(python, platform) for python in PYTHONS for platform in PLATFORMS.values()]
    if len(_stored()) < len(wanted):
        say(f"fetching {len(wanted)} wheels of xxhash {VERSION} ...")
        draft = f"{_STORE}.{os.getpid()}"
        try:
            for python, platform in wanted:
                _download(python, platform, draft)
            shutil.rmtree(_STORE, ignore_errors=True)
            os.replace(draft, _STORE)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    found = _stored()
    if len(found) != len(wanted):
        raise ChoreFailed(
            f"{len(found)} of {len(wanted)} wheels of xxhash were found", f"remove {_STORE} and try again"
        )
    return found


def listed(paths: list[str]) -> str:
    """The manifest's lines: the systems, and the wheels as Blender looks for them."""
    platforms = ", ".join(f'"{name}"' for name in PLATFORMS)
    wheels = "".join(f'  "./wheels/{os.path.basename(path)}",\n' for path in paths)
    return f"platforms = [{platforms}]\nwheels = [\n{wheels}]\n"


def _stored() -> list[str]:
    try:
        return sorted(os.path.join(_STORE, name) for name in os.listdir(_STORE) if name.endswith(".whl"))
    except OSError:
        return []


def _download(python: str, platform: str, folder: str) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "--retries", "2"]
    command = [*pip, "download", f"xxhash=={VERSION}", "--no-deps", "--only-binary=:all:", "--dest", folder]
    command += ["--implementation", "cp", "--python-version", f"{python[0]}.{python[1:]}", "--abi", f"cp{python}"]
    command += ["--platform", platform]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=clean_environment(), check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise ChoreFailed(f"pip could not fetch xxhash for {platform}: {''.join(said)}", "check the network")
