# SPDX-License-Identifier: GPL-3.0-or-later
"""Promise 19: memory, open files and threads stay flat over 200,000 files and over many runs in one process.

Each measurement is made in a child of its own, after a small one that warmed it up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fault_figures import Figures

CHILD = Path(__file__).parents[1] / "support" / "flat_child.py"
CLIPS, FRAMES = 200, 1000
MEBI = 1024  # KiB
RUNS = 100


def child(*words: object) -> dict[str, Any]:
    """What the child measured."""
    command = [sys.executable, os.fspath(CHILD), *map(str, words)]
    # One heap for all threads: else the C library keeps one for each, and its noise is larger than what is measured.
    one_heap = {**os.environ, "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run(command, env=one_heap, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    print(words[0], found)
    return found


def stays(before: dict[str, int], after: dict[str, int], mebibytes: int, objects: int) -> None:
    """Nothing is open that was not before, and memory has grown by no more than noise."""
    assert after["handles"] == before["handles"]
    assert after["threads"] == before["threads"] == 1
    assert after["rss"] - before["rss"] < mebibytes * MEBI, (before, after)
    assert after["objects"] - before["objects"] < objects, (before, after)


def test_200_000_files(fast_folder: Path, figures: Figures) -> None:
    found = child("files", fast_folder, CLIPS, FRAMES)
    before, after = found["before"], found["after"]
    stays(before, after, 8, 2000)
    # 100 times as many files as in the small delivery before it.
    assert after["peak"] - before["peak"] < 32 * MEBI, (before, after)
    assert found["most_handles"] < 80 and found["most_threads"] < 40, found
    figures.add("files in one run", CLIPS * FRAMES)


def test_100_runs_in_one_process(fast_folder: Path, figures: Figures) -> None:
    found = child("runs", fast_folder, RUNS)
    stays(found["before"], found["after"], 6, 1000)
    ends = found["ends"]
    assert ends["published"] >= 20 and ends["failed"] >= 20 and ends["cancelled"] >= 5, ends
    assert sum(count for end, count in ends.items() if "planned" in end) >= 5, ends  # cancelled while publishing
    figures.add("runs in one process", RUNS)


def test_100_connections_to_ramses(ramses_program: Callable[..., int], ramses_project: Path, figures: Figures) -> None:
    port = ramses_program("--short-name", "PROJ", "--folder", os.fspath(ramses_project))
    found = child("rounds", ramses_project, RUNS, port)
    stays(found["before"], found["after"], 6, 1000)
    assert found["ends"]["registered"] >= 50 and found["ends"]["waiting"] >= 25, found["ends"]
    figures.add("connections to Ramses", RUNS)
