# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's event loop while a delivery of 5,000 clips is looked at: how long it is held, at the worst.

In a real Blender as a Python module, driven as its timer drives it in a window: every tenth of a second, and once more
for every slice of taking the result over. The scan works in its thread meanwhile, as it does for an artist.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import make_exr
from measure import Row, at_most, main, progress

LIMIT = 50.0  # milliseconds: what a person begins to feel
_TICK = 0.1


def run(quick: bool) -> list[Row]:
    """The rows of the event loop. `quick` takes a tenth of the clips."""
    import bpy
    from ramses_plates.hosts import blender

    blender.register()
    try:
        with tempfile.TemporaryDirectory(prefix="plates-bench-") as folder:
            return _rows(bpy, Path(folder), 500 if quick else 5000, 1 if quick else 3)
    finally:
        blender.unregister()  # or some Blenders crash at the interpreter's end


def _rows(bpy: Any, folder: Path, clips: int, rounds: int) -> list[Row]:
    progress(f"a delivery of {clips:,} clips")
    _delivery(folder / "in", clips)
    (folder / "PROJ" / "05-SHOTS").mkdir(parents=True)
    chosen = bpy.context.scene.ramses
    chosen.root, chosen.project, chosen.delivery = str(folder / "PROJ"), "PROJ", str(folder / "in")
    rows = bpy.context.window_manager.ramses.clips
    first, again = [], []
    for turn in range(rounds):
        progress(f"round {turn + 1}")
        rows.clear()
        first.append(max(_holds(bpy)))
        assert len(rows) == clips, f"{len(rows)} clips are listed"
        rows[0].shot = "SH9999"
        again.append(max(_holds(bpy)))
        assert len(rows) == clips and rows[0].shot == "SH9999"
    work = f"longest hold of the event loop, looking at {clips:,} clips"
    return [
        at_most(work, statistics.median(first), LIMIT, 1, "ms"),
        at_most(f"{work} again, one of them edited", statistics.median(again), LIMIT, 1, "ms"),
    ]


def _delivery(folder: Path, clips: int) -> None:
    """One frame per clip: the number of clips is what the list suffers from."""
    data = make_exr.build(16, 9, timecode=(1, 0, 0, 0, False), fps=24)
    for at in range(clips):
        shot = folder / f"SH{at:04d}"
        shot.mkdir(parents=True)
        (shot / f"SH{at:04d}_PLATE.1001.exr").write_bytes(data)


def _holds(bpy: Any) -> list[float]:
    """Milliseconds of every call that the event loop makes to us, from the button to the last row."""
    from ramses_plates.hosts.blender.background import Task
    from ramses_plates.hosts.blender.ingest_operators import RAMSES_OT_ingest_plan
    from ramses_plates.hosts.blender.tasks import TaskOperator

    class Plan(TaskOperator):
        title, filepath = "Looking", ""
        prepare, finish = RAMSES_OT_ingest_plan.prepare, RAMSES_OT_ingest_plan.finish

        def report(self, _kind: set[str], _text: str) -> None:
            """Nobody reads it here."""

    holds: list[float] = []

    def held(call: Any, *arguments: Any) -> Any:
        clock = time.perf_counter()
        try:
            return call(*arguments)
        finally:
            holds.append((time.perf_counter() - clock) * 1000)

    operator: Any = Plan()
    work = held(operator.prepare, bpy.context)
    operator._task, operator._finish, operator._timer = Task("Looking", work, large=True), None, None
    operator._task.start()
    window = SimpleNamespace(
        window_manager=SimpleNamespace(event_timer_remove=lambda _timer: None, ramses=None),
        workspace=SimpleNamespace(status_text_set=lambda _text: None),
    )
    window.window_manager.ramses = bpy.context.window_manager.ramses
    answer = {"PASS_THROUGH"}
    while answer == {"PASS_THROUGH"}:
        if operator._finish is None:
            clock = time.perf_counter()
            time.sleep(_TICK)
            # waking up late is waiting for the interpreter, which the worker's threads use
            holds.append((time.perf_counter() - clock - _TICK) * 1000)
        answer = held(operator.modal, window, SimpleNamespace(type="TIMER"))
    assert answer == {"FINISHED"}, answer
    return holds


if __name__ == "__main__":
    code = main(__doc__, run)
    sys.stdout.flush()
    os._exit(code)  # Blender's own clean-up is none of ours
