# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look at the Reads of a large script costs, as it happens at every load and save.

Half of it is on Nuke's main thread: held against asking each Read the three things that must be asked, on the stand-in
for Nuke. The other half is the disk's: held against what has to be listed and read at all, once per plate.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from measure import Row, at_most, main, medians, progress

ROOT = Path(__file__).parents[1]
EACH = 10  # Reads per plate: a script shows a plate in several places


def run(quick: bool) -> list[Row]:
    """The rows of a look."""
    sys.path[:0] = [os.fspath(ROOT / "tests" / "nuke_fake")]
    plates = 50 if quick else 500
    with _project(plates) as folders:
        progress(f"{plates * EACH:,} Reads of {plates} plates")
        nuke = _script(folders)
        updates = importlib.import_module("ramses_plates.hosts.nuke.updates")
        standing = importlib.import_module("ramses_plates.hosts.nuke.standing")
        seen = updates.seen()
        standings = standing.judge(seen)
        if [one.state for one in standings] != ["newest"] * (plates * EACH):
            raise RuntimeError("the bench's own plates are not found")
        updates.show(standings)
        actions: dict[str, Callable[[], object]] = {
            "main": lambda: (updates.seen(), updates.show(standings)),
            "main limit": partial(_ask, nuke),
            "disk": lambda: standing.judge(seen),
            "disk limit": partial(_list, folders),
        }
        taken = medians(actions, 3 if quick else 7)
    words = f"{plates * EACH:,} Reads of {plates} plates"
    return [
        at_most(f"main thread, {words}, against asking each once", taken["main"], taken["main limit"], 10),
        at_most(f"disk, {words}, against listing each plate once", taken["disk"], taken["disk limit"], 10),
    ]


def _ask(nuke: Any) -> int:
    """The limit: the class of every node, name, file and colour of every Read."""
    found = [node for node in nuke.allNodes(recurseGroups=True) if node.Class() == "Read"]
    return len([(node.fullName(), node["file"].value(), node["tile_color"].value()) for node in found])


def _list(folders: list[str]) -> int:
    """The limit: the versions of each plate, the files of the shown one, and its marker."""
    count = 0
    for folder in folders:
        with os.scandir(os.path.dirname(folder)) as entries:
            count += sum(entry.is_dir() for entry in entries)
        with os.scandir(folder) as entries:
            count += sum(entry.is_file() for entry in entries)
        with open(os.path.join(folder, ".ramses_complete"), "rb") as file:
            count += len(file.read())
    return count


def _script(folders: list[str]) -> Any:
    nuke = importlib.import_module("nuke")
    nuke._reset()
    for folder in folders:
        name = next(name for name in os.listdir(folder) if name.endswith(".exr")).replace("1001", "####")
        for _each in range(EACH):
            nuke.nodes.Read()["file"].setValue(f"{folder}/{name}".replace(os.sep, "/"))
    return nuke


@contextmanager
def _project(plates: int) -> Iterator[list[str]]:
    """Plates of five versions each, the last one shown: its folder."""
    root = tempfile.mkdtemp(prefix="bench-nuke-")
    shown = []
    try:
        for at in range(plates):
            stem = f"PROJ_S_S{at:04d}_PLATE"
            for number in range(1, 6):
                folder = os.path.join(root, "05-SHOTS", f"PROJ_S_S{at:04d}", stem, "_published", f"{number:03d}_WIP")
                os.makedirs(folder)
                for name in (f"{stem}.1001.exr", f"{stem}.1002.exr", "_ramses_data.json", ".ramses_complete"):
                    with open(os.path.join(folder, name), "wb") as file:
                        file.write(b"1700000000" if name.startswith(".") else b"{}")
            shown.append(folder)
        yield shown
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
