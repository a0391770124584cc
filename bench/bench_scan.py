# SPDX-License-Identifier: GPL-3.0-or-later
"""Scan and group: against `find`, against fileseq, and sixteen threads against one on a share that answers slowly.

The trees hold empty files; nothing here reads one. Local figures are warm: the second look at a tree.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measure import Row, at_least, at_most, beside, main, medians, progress
from ramses_plates.core import scan as scan_module
from ramses_plates.core.scan import scan

SUPPORT = Path(__file__).parents[1] / "tests" / "support"
LATENCY = 0.002  # seconds per directory listing
MOST_MEMORY = 150  # MiB resident, for the whole process


def run(quick: bool) -> list[Row]:
    """The rows of the scan. `quick` takes a tenth of the files."""
    few, many, frames = (40, 500, 500) if quick else (400, 5000, 500)
    rows = []
    with delivery(few, frames) as tree:
        rows += _local(tree, few * frames, few, 5 if quick else 9)
        rows.append(_memory(tree, few * frames))
        rows.append(beside(_slow(tree, few, 1 if quick else 3)))
    with delivery(many, 200_000 // 5000) as tree:
        rows.append(_slow(tree, many, 1 if quick else 3))
        rows.append(beside(_find(tree, many, 3)))
    return rows


@contextmanager
def delivery(clips: int, frames: int) -> Iterator[Path]:
    """A vendor's delivery: sequences of ten shots, a plate of so many frames in a folder of its own for each shot."""
    progress(f"making {clips * frames:,} files in {clips:,} clips")
    root = Path(tempfile.mkdtemp(prefix="plates-bench-"))
    try:
        for clip in range(clips):
            shot = f"SEQ{clip // 10 + 1:03d}_SH{clip % 10 * 10 + 10:04d}"
            folder = root / shot.split("_")[0] / f"{shot}_plate_v001"
            folder.mkdir(parents=True)
            for frame in range(1001, 1001 + frames):
                (folder / f"{shot}_plate_v001.{frame}.exr").touch()
        yield root
    finally:
        shutil.rmtree(root)


def find(tree: Path) -> None:
    """The limit: what the system's own tool takes to name all files."""
    subprocess.run(f"find '{tree}' -type f | wc -l", shell=True, check=True, stdout=subprocess.DEVNULL)


def _local(tree: Path, files: int, clips: int, rounds: int) -> list[Row]:
    import fileseq

    def theirs() -> None:
        for folder in tree.glob("*/*"):
            fileseq.findSequencesOnDisk(str(folder))

    result = scan([str(tree)])
    assert (result.files, len(result.clips)) == (files, clips), "the scan did not find what was made"
    progress("local: find, scan, fileseq")
    taken = medians({"find": lambda: find(tree), "scan": lambda: scan([str(tree)])}, rounds)
    judged = medians({"scan": lambda: scan([str(tree)]), "fileseq": theirs}, max(1, rounds // 3), warm=0)
    size = f"{files:,} files in {clips:,} clips"
    return [
        at_most(f"scan + group {size}, against find", taken["scan"], taken["find"], 1.6),
        at_least(f"scan + group {size}, against fileseq", judged["scan"], judged["fileseq"], 10),
    ]


def _find(tree: Path, clips: int, rounds: int) -> Row:
    taken = medians({"find": lambda: find(tree), "scan": lambda: scan([str(tree)])}, rounds)
    return at_most(f"scan + group {clips:,} clips of 40 frames, against find", taken["scan"], taken["find"], 1.6)


def _slow(tree: Path, clips: int, rounds: int) -> Row:
    """One thread against sixteen, with every listing delayed."""
    progress(f"a slow share with {clips:,} clips")
    real = scan_module._list_folder

    def slow(path: str) -> Any:
        time.sleep(LATENCY)
        return real(path)

    scan_module._list_folder = slow
    try:
        taken = medians(
            {"one": lambda: scan([str(tree)], threads=1), "many": lambda: scan([str(tree)], threads=16)}, rounds, warm=0
        )
    finally:
        scan_module._list_folder = real
    work = f"scan + group {clips:,} clips with 2 ms per listing, 16 threads against one"
    return at_least(work, taken["many"], taken["one"], 6)


def _memory(tree: Path, files: int) -> Row:
    """Peak resident memory of a fresh process that scans the tree."""
    program = (
        "import peak_memory, sys; from ramses_plates.core.scan import scan; scan(sys.argv[1:]);print(peak_memory.kib())"
    )
    command = [sys.executable, "-c", program, str(tree)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, cwd=SUPPORT)
    peak = int(shown.stdout) / 1024
    return at_most(f"memory of a process that scans {files:,} files", peak, MOST_MEMORY, 1, "MiB")


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
