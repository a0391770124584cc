# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of clips: the window is never held for long, also while a worker computes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import make_exr
import pytest
from fake_scene import FakeScene
from qt_eyes import HELD, Watchdog, settle
from ramses_plates.core.infer import Mark
from ramses_plates.hosts.qt.binding import Qt, QtCore
from ramses_plates.hosts.qt.ingest_panel import IngestPanel
from ramses_plates.hosts.qt.ingest_rows import AT, COLUMNS, STATES, Row
from ramses_plates.hosts.qt.ingest_table import ClipTable

MANY = 5000


def row(number: int, state: str = "read") -> Row:
    """A row whose texts come in no order."""
    mixed = number * 7919 % MANY
    cells = tuple(f"{column.name} {mixed:05d}" for column in COLUMNS)
    cells = (STATES[state], f"SEQ{mixed % 40:03d}_SH{mixed:05d}_plate.####.exr", *cells[2:])
    return Row(f"clip {number}", state, "sequence", cells, (0, *cells[1:]))  # type: ignore[arg-type]


@pytest.fixture
def busy_worker() -> Iterator[None]:
    """A thread that computes in Python, as a plan does: it holds the interpreter milliseconds at a time.

    It rests between, since these machines have other work too.
    """
    stop = threading.Event()

    def compute() -> None:
        total = 0
        while not stop.is_set():
            for number in range(100_000):
                total += number * number
            stop.wait(0.005)

    thread = threading.Thread(target=compute, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.fixture
def table(qtbot: Any) -> ClipTable:
    made = ClipTable()
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    return made


@pytest.mark.usefixtures("busy_worker")
def test_filling_sorting_filtering_and_scrolling_hold_the_window_for_no_time(table: ClipTable) -> None:
    rows, again = [row(number) for number in range(MANY)], [row(number, "planned") for number in range(MANY)]
    watch = Watchdog()
    with watch:
        for at in range(0, MANY, 100):
            table.put(rows[at : at + 100])
            QtCore.QCoreApplication.processEvents()
        settle(table, lambda: not table.busy, 60)
        table.put(again)
        settle(table, lambda: not table.busy, 60)
    assert table.shown == MANY and watch.longest < HELD
    with watch:
        for words in ("sh0", "sh00 seq01", "nothing like it", "0", ""):
            table.set_filter(words)
            QtCore.QCoreApplication.processEvents()
        for name in ("shot", "status", "name"):
            table.sortByColumn(AT[name], Qt.SortOrder.DescendingOrder)
            QtCore.QCoreApplication.processEvents()
        for at in range(0, MANY, 250):
            table.verticalScrollBar().setValue(at)
            QtCore.QCoreApplication.processEvents()
        table.selectAll()
        assert len(table.chosen_keys()) == MANY
    assert watch.longest < HELD


def test_a_filter_holds_also_for_rows_that_come_later(table: ClipTable) -> None:
    table.set_filter("sh00007")
    table.put(row(number) for number in range(200))
    settle(table, lambda: not table.busy)
    before = table.shown
    table.put(row(number) for number in range(MANY))
    settle(table, lambda: not table.busy, 60)
    assert table.shown == 1 and before <= 1


def test_the_same_row_told_twice_is_shown_once_in_its_latest_state(table: ClipTable) -> None:
    table.put([row(1), row(2)])
    table.put([row(1, "planned")])
    table.put([row(1, "refused")])
    table.flush()
    assert table.shown == 2 and table.text_at("clip 1", "status") == "Refused"
    table.clear_rows()
    assert table.shown == 0 and not table.busy


def test_a_thousand_real_clips_from_the_drop_to_the_plan(qtbot: Any, tmp_path: Path) -> None:
    data = make_exr.build(16, 8)
    for number in range(1000):
        (tmp_path / "in" / f"SEQ{number // 100:03d}").mkdir(parents=True, exist_ok=True)
        path = tmp_path / "in" / f"SEQ{number // 100:03d}" / f"S{number // 100:02d}_SH{number:04d}_plate.1001.exr"
        path.write_bytes(data)
    root = tmp_path / "PROJ"
    (root / "05-SHOTS").mkdir(parents=True)
    panel = IngestPanel(FakeScene())
    qtbot.addWidget(panel)
    panel.resize(1200, 800)
    panel.show()
    panel.set_project(os.fspath(root))
    watch = Watchdog()
    with watch:
        panel.set_delivery([os.fspath(tmp_path / "in")])
        settle(panel, lambda: not panel.table.busy and panel._planned is not None, 120)
        panel.table.selectAll()
        panel.edit(panel.table.chosen_keys(), "colorspace", "ACEScg")
        settle(panel, lambda: not (panel.table.busy or panel._wait.isActive()), 120)
        panel.mark_example()
        dialog = panel.findChildren(QtCore.QObject, "example")[0]
        dialog.mark_part("shot", 4, 10)
        settle(dialog, lambda: dialog.inferred.rule is not None)
        dialog.reject()
    assert watch.longest < HELD
    assert dialog.marks.of(dialog.name.toPlainText()) == (Mark("shot", 4, 10),)
    assert len(panel.table.rows) == 1000
    assert {panel.table.text_at(key, "colour") for key in panel.table.rows} == {"ACEScg"}
