# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing the core costs little, loads nobody else's modules and no host: it runs inside other people's programs."""

from __future__ import annotations

import ast
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# A bare interpreter sees neither site-packages nor the checkout's own folder of modules, only the package.
LOAD = """
import importlib, importlib.util, json, sys, time
started = time.perf_counter()
spec = importlib.util.spec_from_file_location("ramses_plates", {init!r}, submodule_search_locations=[{root!r}])
sys.modules["ramses_plates"] = package = importlib.util.module_from_spec(spec)
spec.loader.exec_module(package)
for name in {names!r}:
    importlib.import_module(name)
seconds = time.perf_counter() - started
print(json.dumps([seconds, sorted(sys.modules)]))
"""


def modules_below(*rooms: str) -> list[str]:
    """The dotted names of every module in these rooms."""
    names = []
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            names.append(".".join(["ramses_plates", *(part for part in parts if part != "__init__")]))
    return names


def load(names: list[str]) -> tuple[float, set[str]]:
    """Import `names` in a bare interpreter: seconds and the names of all modules that are loaded then."""
    code = LOAD.format(init=os.fspath(ROOT / "__init__.py"), root=os.fspath(ROOT), names=names)
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seconds, loaded = json.loads(done.stdout)
    return seconds, set(loaded)


@pytest.mark.parametrize("rooms", [("core",), ("lib",), ("core", "lib")])
def test_every_room_loads_the_standard_library_only(rooms: tuple[str, ...]) -> None:
    _seconds, loaded = load(modules_below(*rooms))
    foreign = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"ramses_plates"}
    assert not {name for name in foreign if not name.startswith(("__", "_sysconfigdata", "_frozen"))}


def test_the_core_never_loads_a_host() -> None:
    _seconds, loaded = load(modules_below("core", "lib"))
    assert not {name for name in loaded if name.startswith("ramses_plates.hosts")}


def test_the_ramses_client_knows_neither_core_nor_hosts() -> None:
    _seconds, loaded = load(modules_below("lib"))
    assert not {name for name in loaded if name.startswith(("ramses_plates.core", "ramses_plates.hosts"))}


def test_import_cost_has_not_slipped_tenfold() -> None:
    """The mark is 60 ms for `ramses_plates.core`; the bench measures it, this only guards against a slip."""
    assert statistics.median(load(["ramses_plates.core"])[0] for _ in range(5)) < 0.6


def sources(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def test_every_source_is_python_3_10() -> None:
    everything = sources("core", "lib", "hosts", "tools", "bench", "tests")
    for path in [ROOT / "__init__.py", ROOT / "build.py", *everything]:
        ast.parse(path.read_text(encoding="utf-8"), os.fspath(path), feature_version=(3, 10))


def test_the_package_imports_itself_relatively() -> None:
    """Inside Nuke and Blender the package has another name, or lies below another one."""
    absolute = []
    for path in sources("core", "lib", "hosts"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            absolute += [f"{path}:{node.lineno}" for name in names if name.partition(".")[0] == "ramses_plates"]
    assert not absolute
