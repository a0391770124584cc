# SPDX-License-Identifier: GPL-3.0-or-later
"""From process start: what an import costs, and how soon 400 clips of a 200,000-file tree are probed.

The tree holds real EXR frames at the front of each clip and empty files behind them: only the first is opened.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from measure import Row, at_most, main, medians, progress

sys.path.insert(0, os.fspath(Path(__file__).parents[1] / "tests" / "support"))

import make_exr

MOST_IMPORT = 60  # ms over a bare interpreter


def run(quick: bool) -> list[Row]:
    """The rows of start-up."""
    # An installed command has its byte code beside it; a developer's setting must not measure the compiler.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rows = [_import_cost(5 if quick else 15)]
    with _tree(40 if quick else 400, 500) as tree:
        command = [
            sys.executable,
            "-m",
            "ramses_plates.hosts.cli.main",
            "probe",
            os.fspath(tree),
            "--no-cache",
            "--json",
        ]
        find = f"find '{tree}' -type f | wc -l"
        actions = {
            "find": lambda: subprocess.run(find, shell=True, check=True, stdout=subprocess.DEVNULL),
            "probe": lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL),
        }
        taken = medians(actions, 3 if quick else 9)
    work = "process start to 400 probed clips in 200,000 files, against find"
    return [*rows, at_most(work, taken["probe"], taken["find"], 3)]


def _import_cost(rounds: int) -> Row:
    """Milliseconds that the core takes on top of a bare interpreter; the limit is the mark itself."""
    bare = [sys.executable, "-c", "pass"]
    core = [sys.executable, "-c", "import ramses_plates.core"]
    taken = medians(
        {"bare": lambda: subprocess.run(bare, check=True), "core": lambda: subprocess.run(core, check=True)}, rounds
    )
    extra = max(0.0, taken["core"] - taken["bare"]) * 1000
    return at_most("import ramses_plates.core, over a bare interpreter", extra, MOST_IMPORT, 1, "ms")


@contextmanager
def _tree(clips: int, frames: int) -> Iterator[Path]:
    progress(f"making {clips * frames:,} files in {clips} clips")
    root = Path(tempfile.mkdtemp(prefix="plates-bench-"))
    data = make_exr.build(64, 36, timecode=(1, 0, 0, 0, False), fps=Fraction(24000, 1001))
    try:
        for clip in range(clips):
            folder = root / f"SEQ{clip // 10:03d}_SH{clip % 10:03d}_plate"
            folder.mkdir()
            (folder / f"{folder.name}.1001.exr").write_bytes(data)
            for frame in range(1002, 1001 + frames):
                (folder / f"{folder.name}.{frame}.exr").touch()
        yield root
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
