# SPDX-License-Identifier: GPL-3.0-or-later
"""When a walk goes from one thread to many, and which folders it enters twice (none)."""

from __future__ import annotations

from itertools import count

import pytest
from ramses_plates.core.walk import Trees, Walk, _Pace


def threads_after(listings: int, wall: float, busy: float, switches: int | None) -> int:
    """The choice after so many equal listings, each of which gives the processor away `switches` times."""
    clock = count(0, switches) if switches is not None else None
    pace = _Pace(switches=lambda: None if clock is None else next(clock))
    chosen = 1
    for _at in range(listings):
        pace.add(wall, busy)
        chosen = max(chosen, pace.threads())
    return chosen


@pytest.mark.parametrize(
    ("listings", "wall", "busy", "switches", "threads"),
    [
        (40, 0.0003, 0.0003, 0, 1),  # a local disk
        (40, 0.0025, 0.0002, 2, 16),  # a share
        (40, 0.0020, 0.0005, 2, 8),  # a share with large folders
        (40, 0.0025, 0.0002, 0, 1),  # a local disk on a busy machine: it waits, but for the processor
        (40, 0.0025, 0.0002, None, 16),  # a share on a system that does not count switches
        (3, 0.0025, 0.0002, 2, 1),  # too early to tell
        (40, 0.0003, 0.0001, 2, 1),  # waiting too short to pay for threads
    ],
)
def test_threads_follow_the_pace(listings: int, wall: float, busy: float, switches: int | None, threads: int) -> None:
    assert threads_after(listings, wall, busy, switches) == threads


def test_a_share_below_a_local_folder_is_noticed() -> None:
    clock = count()
    pace = _Pace(switches=lambda: next(clock))
    for _at in range(500):
        pace.add(0.0003, 0.0003)
        assert pace.threads() == 1
    after = 0
    while pace.threads() == 1:
        pace.add(0.005, 0.0003)
        after += 1
        assert after < 30


@pytest.mark.parametrize("threads", [None, 1, 5])
def test_every_task_is_visited_once(threads: int | None) -> None:
    def visit(task: str) -> tuple[str, list[str]]:
        return task, [task + letter for letter in "abc"] if len(task) < 4 else []

    found = list(Walk(visit, threads).run(["x", "y"]))
    assert len(found) == len(set(found)) == 2 * (1 + 3 + 9 + 27)


def test_trees_are_entered_once() -> None:
    trees = Trees()
    assert trees.enter("/a/b") is None
    assert "under its own name" in str(trees.enter("/a/b"))
    assert "under its own name" in str(trees.enter("/a/b/c"))
    assert "above" in str(trees.enter("/a"))
    assert trees.enter("/a/bc") is None
    assert trees.holds("/a/bc/d") and not trees.holds("/a/x")
