# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the ingest panel holds the window's thread at 5,000 clips, in the longest of all its turns.

The mark is the one a person begins to feel. Measured on the Qt of a present Nuke, without a screen, in a process that
runs in that environment; this one only asks for it.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from measure import Row, at_most, main, progress

ROOT = Path(__file__).parents[1]
SUITE = "qt-pyside6"
HELD = 50  # ms
_INSIDE = "--inside"


def run(quick: bool) -> list[Row]:
    """The rows of the panel."""
    sys.path.insert(0, os.fspath(ROOT))
    suites, environments = (importlib.import_module(f"tools.{name}") for name in ("suites", "environments"))
    environment = next(suite for suite in suites.SUITES if suite.name == SUITE).environment
    environments.prepare(environment)
    clips = 500 if quick else 5000
    command = [environment.executable, os.fspath(Path(__file__)), _INSIDE, str(clips)]
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "RAMSES_PLATES_QT": "pyside6"}
    rounds: dict[str, list[float]] = {}
    for turn in range(1 if quick else 3):
        progress(f"{clips:,} clips, round {turn + 1}")
        done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=True)
        for name, longest in json.loads(done.stdout.splitlines()[-1]).items():
            rounds.setdefault(name, []).append(longest)
    words = "window held, longest turn of"
    return [
        at_most(f"{words} {name}, {clips:,} clips", statistics.median(held), HELD, 1, "ms")
        for name, held in rounds.items()
    ]


def inside(clips: int) -> dict[str, float]:
    """What the process in the panel's environment measures: milliseconds, by what was done."""
    sys.path.insert(0, os.fspath(ROOT / "tests" / "support"))
    eyes = importlib.import_module("qt_eyes")
    binding = importlib.import_module("ramses_plates.hosts.qt.binding")
    rows = importlib.import_module("ramses_plates.hosts.qt.ingest_rows")
    panels = importlib.import_module("ramses_plates.hosts.qt.ingest_panel")
    scenes = importlib.import_module("fake_scene")
    application = binding.QtWidgets.QApplication([])
    with _delivery(clips) as folder:
        panel = panels.IngestPanel(scenes.FakeScene())
        panel.resize(1400, 900)
        panel.show()
        application.processEvents()
        held: dict[str, float] = {}

        def watched(name: str, act: Callable[[], Any], still: Callable[[], bool] = lambda: False) -> None:
            with eyes.Watchdog() as watch:
                act()
                _rest(application, still)
            held[name] = max(held.get(name, 0.0), watch.longest * 1000)

        def at_work() -> bool:
            return bool(panel.runner.busy or panel.table.busy or panel._wait.isActive())

        table = panel.table
        descending = binding.Qt.SortOrder.DescendingOrder
        panel.set_project(os.fspath(folder / "PROJ"))
        watched("looking and planning", lambda: panel.set_delivery([os.fspath(folder / "in")]), at_work)
        for words in ("sh0", "sh00 seq", "nothing like it", "0", ""):
            watched("filtering", partial(table.set_filter, words))
        for name in ("shot", "status", "frames", "name"):
            watched("sorting", partial(table.sortByColumn, rows.AT[name], descending))
        for at in range(0, clips, clips // 40):
            watched("scrolling", partial(table.verticalScrollBar().setValue, at))
        watched("choosing all", table.selectAll, at_work)
        keys = table.chosen_keys()
        watched("editing all", lambda: panel.edit(keys, "colorspace", "ACEScg"), at_work)
        panel.close()
    return held


def _rest(application: Any, still: Callable[[], bool]) -> None:
    """Keep the event loop going until nothing is at work, and a little longer for what is drawn afterwards."""
    end = time.monotonic() + 0.15
    while still() or time.monotonic() < end:
        application.processEvents()
        if still():
            end = time.monotonic() + 0.15


@contextmanager
def _delivery(clips: int) -> Iterator[Path]:
    """A delivery of one-frame clips beside an empty project."""
    make_exr = importlib.import_module("make_exr")
    root = Path(tempfile.mkdtemp(prefix="plates-bench-"))
    data = make_exr.build(16, 8)
    try:
        (root / "PROJ" / "05-SHOTS").mkdir(parents=True)
        for clip in range(clips):
            folder = root / "in" / f"SEQ{clip // 100:03d}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"SEQ{clip // 100:03d}_SH{clip:05d}_plate.1001.exr").write_bytes(data)
        yield root
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    if sys.argv[1:2] == [_INSIDE]:
        print(json.dumps(inside(int(sys.argv[2]))))
        sys.exit(0)
    sys.exit(main(__doc__, run))
