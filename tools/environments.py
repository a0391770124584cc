# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments in .envs/, each made once and made anew only when what it must hold has changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass

from . import interpreters
from .places import ENVIRONMENTS, ROOT, ChoreFailed, clean_environment, running_version, say

_STAMP = "ramses-plates-stamp.txt"
_LINES_OF_AN_ERROR = 12
_VENV = ("-m", "venv")


@dataclass(frozen=True)
class Environment:
    """What one environment holds.

    `python` is a version such as "3.10" ("" = the one that runs build.py), `requirements` are pip's own words,
    `extras` those of our package, which is installed from the checkout in place. `package` "" leaves it out.
    """

    name: str
    requirements: tuple[str, ...] = ()
    python: str = ""
    extras: tuple[str, ...] = ()
    package: bool = True

    @property
    def folder(self) -> str:
        """Where the environment lies."""
        return os.path.join(ENVIRONMENTS, self.name)

    @property
    def executable(self) -> str:
        """The environment's own Python."""
        return program(self, "python")

    @property
    def wanted(self) -> list[str]:
        """The arguments that pip gets."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return [*self.requirements, *(["--editable", f"{ROOT}{extras}"] if self.package else [])]


def program(environment: Environment, name: str) -> str:
    """The path of a program that the environment's packages brought."""
    folder, ending = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return os.path.join(environment.folder, folder, name + ending)


def interpreter(environment: Environment) -> str:
    """The Python that the environment is made with; raises ChoreFailed where this machine has none."""
    version = environment.python or running_version()
    found = interpreters.find(version)
    if found is None:
        raise ChoreFailed(f"Python {version} was not found", f"install Python {version} (with venv and pip)")
    return found


def prepare(environment: Environment) -> float:
    """Make the environment where it is missing or out of date. Returns the seconds it took, 0.0 if it was ready.

    Raises ChoreFailed where there is no such Python or pip does not succeed in two tries.
    """
    python = interpreter(environment)
    stamp = _stamp(environment, python)
    if _read_stamp(environment) == stamp:
        return 0.0
    say(f"making environment .envs/{environment.name} ...")
    started = time.monotonic()
    shutil.rmtree(environment.folder, ignore_errors=True)
    _run([python, *_VENV, environment.folder], "the virtual environment could not be made")
    install(environment, environment.wanted)
    with open(os.path.join(environment.folder, _STAMP), "w", encoding="utf-8") as file:
        file.write(stamp)
    return time.monotonic() - started


def install(environment: Environment, wanted: list[str]) -> None:
    """pip install into the environment, quietly; a second try after a pause, since networks have hiccups."""
    pip = [environment.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "install"]
    command = [*pip, "--prefer-binary", *wanted]
    try:
        _run(command, "")
    except ChoreFailed:
        time.sleep(5)
        _run(command, f"pip could not fill .envs/{environment.name}")


def _run(command: list[str], trouble: str) -> None:
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
        said = (done.stderr or done.stdout).strip().splitlines()[-_LINES_OF_AN_ERROR:]
        raise ChoreFailed("\n    ".join([f"{trouble}:", *said]), "check the network, then run the same command again")


def _stamp(environment: Environment, python: str) -> str:
    lines = [f"python {environment.python or running_version()} {os.path.realpath(python)}", *environment.wanted]
    if environment.package:
        with open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as file:
            # The tools' own settings, at the end of the file, do not change what is installed.
            lines.append(file.read().partition("\n[tool.")[0])
    return "\n".join(lines) + "\n"


def _read_stamp(environment: Environment) -> str:
    try:
        with open(os.path.join(environment.folder, _STAMP), encoding="utf-8") as file:
            return file.read() if os.path.exists(environment.executable) else ""
    except OSError:
        return ""
