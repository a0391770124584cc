# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of test suites: what each tests, on which Python, with which packages and programs.

A new suite is one more line in SUITES. A test folder or mark that no suite names belongs to `core`, so none is
forgotten. Tests that need a program which pip cannot bring carry a mark (pyproject.toml lists them), and the suite of
that mark says what it needs: so `core` runs everywhere.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .environments import Environment
from .places import ROOT, running_version


@dataclass(frozen=True)
class Suite:
    """One pytest run in one environment.

    `paths` are below tests/; `mark` narrows them to the tests that carry it; `needs` are programs that pip cannot
    bring; `workers` 0 runs in one process; `minutes` is the limit for the whole run; a suite `on_demand` runs only
    when it is named.
    """

    name: str
    about: str
    paths: tuple[str, ...]
    environment: Environment
    mark: str = ""
    needs: tuple[str, ...] = ()
    workers: int = 2
    minutes: float = 20
    on_demand: bool = False
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> str:
        """The version it runs on, as "3.11"."""
        return self.environment.python or running_version()

    @property
    def missing_programs(self) -> list[str]:
        """The programs that it needs and this machine lacks."""
        return [name for name in self.needs if shutil.which(name) is None]

    def targets(self, others: Iterable[Suite]) -> list[str]:
        """The arguments that make pytest collect this suite's tests and leave those of `others` alone."""
        own = [_below_tests(path) for path in self.paths]
        # A marked test may lie in any folder whose tests can be imported in this environment.
        strangers = [other for other in others if not self.mark or other.environment != self.environment]
        foreign = {_below_tests(path) for other in strangers if not other.mark for path in other.paths} - set(own)
        inside = sorted(path for path in foreign if any(path.startswith(mine + "/") for mine in own))
        marks = sorted({other.mark for other in others if other.mark})
        marked = self.mark or " and ".join(f"not {mark}" for mark in marks)
        return [*own, *(f"--ignore={path}" for path in inside), *(["-m", marked] if marked else [])]


def _below_tests(path: str) -> str:
    return f"tests/{path}".rstrip("/")


CORE = Environment("core", extras=("editorial", "test", "judges", "lint"))


PICTURES = Environment("pictures", extras=("pictures", "test", "judges"))


def _core_on(version: str) -> Environment:
    return Environment(f"core-{version}", python=version, extras=("editorial", "test", "judges"))


# mfusepy: disks that lie and hang, through FUSE.
FAULTS = Environment("faults", ("mfusepy>=3",), extras=("editorial", "test", "judges"))
FAULTS_SUITE = "faults"
_FAULTS_NEED = ("strace", "fusermount3", "unshare", "mount")


# Stubs are made anew every night; these are of one day.
_STUBS = "20260730"
# The official tool needs Python 3.11, a newer one than our oldest.
ASCMHL = Environment("ascmhl", ("ascmhl>=1.2",), python="3.11", extras=("test",))


def _blender(version: str, exact: str, *more: str, python: str = "3.11") -> Suite:
    """Blender as a Python module. numpy 2 came after 4.2 and breaks its audio."""
    needed = (f"bpy=={exact}", *more, "pytest>=8", "pytest-timeout", "pytest-xdist")
    environment = Environment(f"blender-{version}", needed, python=python)
    on_demand = version not in ("4.2", "5.0")
    about = f"the extension in a real Blender {exact}"
    return Suite(
        f"blender-{version}", about, ("hosts/blender",), environment, workers=0, minutes=5, on_demand=on_demand
    )


def _qt(number: int, python: str, exact: str) -> Suite:
    """The panels on the Qt of a Nuke, without a screen; one test starts an X server of its own."""
    needed = (exact, "pytest-qt==4.4.0", "pytest>=8", "pytest-timeout", "pytest-xdist")
    binding = f"pyside{number}"
    return Suite(
        f"qt-{binding}",
        f"the panels on {exact.replace('==', ' ')}",
        ("hosts/qt",),
        Environment(f"qt-{binding}", needed, python=python),
        needs=("Xvfb",),
        workers=0,
        variables={"PYTEST_QT_API": binding, "RAMSES_PLATES_QT": binding, "QT_QPA_PLATFORM": "offscreen"},
    )


def _blender_types(version: str) -> Suite:
    """The stubs know what each Blender's API has, and differ; they hold no code, so nothing runs with them."""
    stubs = f"fake-bpy-module-{version}=={_STUBS}"
    environment = Environment(f"types-blender-{version}", (stubs,), extras=("test", "lint"))
    about = f"mypy --strict against the stubs of Blender {version}"
    return Suite(f"types-blender-{version}", about, ("types_blender",), environment, workers=0, minutes=5)


SUITES = (
    Suite("lint", "ruff, formatting and mypy --strict over the whole tree", ("lint",), CORE, workers=0),
    Suite("core", "everything that no other suite names", ("",), CORE),
    Suite("demo", "the README's first command, from an empty environment on", ("demo",), CORE, workers=0),
    Suite("pictures", "previews and proxies, their colours against known patches", ("core/preview",), PICTURES),
    Suite("pictures-ffprobe", "the judge for proxies", ("core/preview",), PICTURES, "ffprobe", ("ffmpeg", "ffprobe")),
    Suite("browser", "reports in a real browser", ("browser",), CORE, needs=("chromium",), workers=0),
    Suite("ffprobe", "the fallback and the judge for movies", ("",), CORE, "ffprobe", ("ffmpeg", "ffprobe")),
    Suite("tclsh", "saved Nuke scripts, read back by plain Tcl", ("",), CORE, "tclsh", ("tclsh",)),
    Suite(
        "ascmhl",
        "the official ASC MHL tool judges our manifests",
        ("core/test_mhl.py", "core/test_mhl_reseal.py"),
        ASCMHL,
        "ascmhl",
    ),
    Suite(FAULTS_SUITE, "killed, refused, lied to: nothing is lost", ("faults",), FAULTS, needs=_FAULTS_NEED),
    _blender("4.2", "4.2.23", "numpy<2"),
    _blender("4.5", "4.5.15"),
    _blender("5.0", "5.0.1"),
    _blender("5.2", "5.2.3", python="3.13"),
    _blender_types("4.2"),
    _blender_types("5.0"),
    _qt(2, "3.10", "PySide2==5.15.2.1"),
    _qt(6, "3.11", "PySide6-Essentials==6.5.3"),
    Suite("core-3.10", "as `core`, on the oldest Python", ("",), _core_on("3.10")),
    Suite("core-3.12", "as `core`", ("",), _core_on("3.12"), on_demand=True),
    Suite("core-3.13", "as `core`, on the newest Python", ("",), _core_on("3.13")),
)

# What the bench of Blender's event loop runs in.
BLENDER = next(suite.environment for suite in SUITES if suite.name == "blender-5.0")


def present() -> Iterator[Suite]:
    """The suites whose test folders exist, each Python once."""
    for suite in SUITES:
        twin = suite.environment.python == running_version() and suite.name == f"core-{running_version()}"
        if not twin and all(os.path.exists(os.path.join(ROOT, "tests", path)) for path in suite.paths):
            yield suite


def table(suites: Iterable[Suite] = SUITES) -> str:
    """Suite x Python in Markdown, as docs/testing.md shows it."""
    lines = ["| suite | Python | tests | needs beside pip | runs |", "|---|---|---|---|---|"]
    for suite in suites:
        python = suite.environment.python or "the one that runs build.py"
        needs = ", ".join(suite.needs) or "nothing"
        runs = "when named" if suite.on_demand else "always"
        lines.append(f"| `{suite.name}` | {python} | {suite.about} | {needs} | {runs} |")
    return "\n".join(lines)
