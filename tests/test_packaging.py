# SPDX-License-Identifier: GPL-3.0-or-later
"""The wheel holds every package and every data file, and nothing of the workshop."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

import pytest
from ramses_plates.tools import sources, wheel

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    target = tmp_path_factory.mktemp("dist")
    with zipfile.ZipFile(wheel.build(os.fspath(target), sys.executable, isolated=False)) as archive:
        return set(archive.namelist())


def package_files() -> set[str]:
    """Every file of the rooms as the wheel must name it."""
    found = {"ramses_plates/__init__.py", "ramses_plates/py.typed"}
    for room in sources.ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                found.add(f"ramses_plates/{path.relative_to(ROOT).as_posix()}")
    return found


def test_the_wheel_holds_every_file_of_the_rooms_and_no_other(wheel_names: set[str]) -> None:
    ours = {name for name in wheel_names if ".dist-info/" not in name}
    assert ours == package_files(), "list new packages and kinds of data files in pyproject.toml"


def test_the_wheel_brings_licence_and_command(wheel_names: set[str]) -> None:
    assert any(name.endswith("LICENSE") for name in wheel_names)
    assert any(name.endswith("entry_points.txt") for name in wheel_names)


def test_every_folder_of_sources_is_a_package() -> None:
    """A folder without __init__.py would work in a checkout and be missing from the wheel."""
    for room in sources.ROOMS:
        for folder in {path.parent for path in (ROOT / room).rglob("*.py")}:
            assert (folder / "__init__.py").is_file(), folder


def test_one_version_everywhere() -> None:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    import ramses_plates

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert ramses_plates.__version__ == project["version"]
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
