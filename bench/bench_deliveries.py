# SPDX-License-Identifier: GPL-3.0-or-later
"""Deliveries: the vendor's manifest of 200,000 files, and what a watched folder costs while it waits.

The files are empty; their contents are not read here, only names, sizes and times.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from bench_scan import SUPPORT, delivery, find
from measure import Row, at_most, main, medians, progress
from ramses_plates.core.events import Cancel
from ramses_plates.core.manifest_check import Manifests
from ramses_plates.core.mhl_delivered import read_manifest
from ramses_plates.core.scan import scan
from ramses_plates.core.settle import Settling, is_unchanged

EMPTY = "d41d8cd98f00b204e9800998ecf8427e"
MOST_MEMORY = 150  # MiB resident, for the whole process


def run(quick: bool) -> list[Row]:
    """The rows of manifests and of watching. `quick` takes a tenth of the files."""
    clips, frames, rounds = (500, 40, 3) if quick else (5000, 40, 5)
    with delivery(clips, frames) as tree:
        return [*_manifest(tree, clips * frames, rounds), *_watch(tree, clips * frames, rounds)]


def _manifest(tree: Path, files: int, rounds: int) -> list[Row]:
    path = tree / "delivery.mhl"
    with open(path, "w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<hashlist version="1.1">\n')
        for each in sorted(tree.rglob("*.exr")):
            name = each.relative_to(tree).as_posix()
            file.write(f"<hash><file>{name}</file><size>0</size><md5>{EMPTY}</md5></hash>\n")
        file.write("</hashlist>\n")
    progress("reading the manifest, and comparing names")
    found = scan([str(tree)])
    listing = read_manifest(str(path))
    assert listing.count == files, "the manifest does not list what was made"
    manifests = Manifests((listing,))

    def compare() -> None:
        assert all(manifests.of_clip(clip, None, False, Cancel()) for clip in found.clips)
        assert not manifests.missing(found.clips, found.ignored)[str(path)]

    taken = medians(
        {
            "read": lambda: read_manifest(str(path)),
            "tree": lambda: ElementTree.parse(path),
            "compare": compare,
            "scan": lambda: scan([str(tree)]),
        },
        rounds,
    )
    program = (
        "import peak_memory, sys; from ramses_plates.core.mhl_delivered import read_manifest;"
        "kept = read_manifest(sys.argv[1]); print(peak_memory.kib())"
    )
    command = [sys.executable, "-c", program, str(path)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, cwd=SUPPORT)
    path.unlink()
    return [
        at_most(f"read a manifest of {files:,} files, against ElementTree", taken["read"], taken["tree"], 4),
        at_most("compare it with the clips by name, against their scan", taken["compare"], taken["scan"], 3),
        at_most("memory of a process that reads it", int(shown.stdout) / 1024, MOST_MEMORY, 1, "MiB"),
    ]


def _watch(tree: Path, files: int, rounds: int) -> list[Row]:
    """A look at what is arriving lists names; a look at what was handled asks for its folders only."""
    progress("watching")
    now = [0.0]
    settled = Settling(str(tree), 10, clock=lambda: now[0])
    for _ in range(3):
        done = settled.look(Cancel())
        now[0] += 20
    assert done.state == "settled"
    waiting = Settling(str(tree), 10, clock=lambda: 0.0)
    waiting.look(Cancel())
    waiting.look(Cancel())

    def rest() -> None:
        assert is_unchanged(str(tree), done.folders)

    taken = medians(
        {"wait": lambda: waiting.look(Cancel()), "rest": rest, "find": lambda: find(tree)},
        rounds,
    )
    return [
        at_most(f"a look at {files:,} files that wait to settle, against find", taken["wait"], taken["find"], 5),
        at_most("a look at them once they were handled, against find", taken["rest"], taken["find"], 0.2),
    ]


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
