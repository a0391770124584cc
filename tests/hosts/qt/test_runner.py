# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on a thread: its news, its end, its cancel, and what happens when the panel goes first."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from ramses_plates.core.errors import Cancelled, SettingsError
from ramses_plates.core.events import Cancel, Event, Listener
from ramses_plates.hosts.qt import binding, style
from ramses_plates.hosts.qt import runner as runner_module
from ramses_plates.hosts.qt.binding import QtCore, QtGui, QtWidgets
from ramses_plates.hosts.qt.host import Job
from ramses_plates.hosts.qt.runner import CourteousCancel, Runner, stop_all


def job(work: Callable[[Listener, Cancel], Any], finish: Callable[[Any], Any] = lambda found: found) -> Job[Any, Any]:
    return Job("Test", work, finish)


def heard(runner: Runner) -> list[tuple[str, Any]]:
    """Everything that the runner tells, in order."""
    told: list[tuple[str, Any]] = []
    runner.progress.connect(lambda events: told.append(("progress", events)))
    runner.done.connect(lambda answer: told.append(("done", answer)))
    runner.problem.connect(lambda text: told.append(("problem", text)))
    runner.cancelled.connect(lambda: told.append(("cancelled", None)))
    runner.ended.connect(lambda: told.append(("ended", None)))
    return told


@pytest.mark.usefixtures("qapp")
def test_the_binding_is_the_one_that_the_suite_asked_for() -> None:
    wanted = os.environ.get(binding.VARIABLE, "")
    assert binding.BINDING.lower() == (wanted or binding.BINDING.lower())
    assert binding.number(binding.Qt.AlignmentFlag.AlignRight | binding.Qt.AlignmentFlag.AlignVCenter) == 0x82


@pytest.mark.usefixtures("qapp")
def test_news_arrive_on_the_ui_thread_before_the_end_and_the_work_runs_on_another() -> None:
    runner = Runner()
    told = heard(runner)
    threads = []
    runner.progress.connect(lambda _events: threads.append(threading.get_ident()))

    def work(listen: Listener, _cancel: Cancel) -> int:
        for count in range(1000):
            listen(Event("scan", count, 1000, payload=count))
        return threading.get_ident()

    def finish(worker: int) -> tuple[int, int]:
        return worker, threading.get_ident()

    assert runner.start(job(work, finish))
    assert not runner.start(job(work))  # one at a time
    assert runner.wait()
    here = threading.get_ident()
    batches = [events for kind, events in told if kind == "progress"]
    assert [event.payload for events in batches for event in events] == list(range(1000))
    assert max(map(len, batches)) <= 25
    assert set(threads) == {here}
    (kind, (worker, finisher)), last = told[-2:]
    assert kind == "done" and worker != here and finisher == here and last == ("ended", None)


@pytest.mark.usefixtures("qapp")
def test_a_counter_that_goes_on_does_not_pile_up() -> None:
    runner = Runner()
    told = heard(runner)

    def work(listen: Listener, _cancel: Cancel) -> None:
        for count in range(50_000):
            listen(Event("publish", count, 50_000, "bytes", payload="one clip"))

    runner.start(job(work))
    assert runner.wait()
    events = [event for kind, batch in told if kind == "progress" for event in batch]
    assert events[-1].done == 49_999 and len(events) < 1000


@pytest.mark.usefixtures("qapp")
def test_a_problem_is_told_in_words_with_advice_and_a_fault_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    runner = Runner()
    told = heard(runner)

    def refuse(_listen: Listener, _cancel: Cancel) -> None:
        raise SettingsError("it cannot be used.", "/some/file", "Choose another one.")

    runner.start(job(refuse))
    assert runner.wait()
    assert told == [("problem", "/some/file: it cannot be used. Choose another one."), ("ended", None)]
    told.clear()
    runner.start(job(lambda _listen, _cancel: None, lambda _found: {}["nothing"]))
    assert runner.wait()
    assert told[0][0] == "problem" and "KeyError" in told[0][1] and told[1] == ("ended", None)
    assert "KeyError" in caplog.text


@pytest.mark.usefixtures("qapp")
def test_cancel_ends_the_work_silently() -> None:
    runner = Runner()
    told = heard(runner)

    def work(_listen: Listener, cancel: Cancel) -> None:
        while not cancel.wait(0.01):
            pass
        cancel.check()

    runner.start(job(work))
    runner.cancel()
    assert runner.stopping
    assert runner.wait()
    assert told == [("cancelled", None), ("ended", None)]


def test_whoever_looks_at_the_flag_makes_way_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now, slept = [100.0], []
    monkeypatch.setattr(runner_module.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(runner_module.time, "sleep", slept.append)
    flag = CourteousCancel()
    for _ in range(10):  # ten milliseconds of work, a look at the flag after each
        now[0] += 0.001
        flag.check()
    assert 3 <= len(slept) <= 5 and max(slept) < 0.001
    flag.set()
    with pytest.raises(Cancelled):
        flag.check()


@pytest.mark.usefixtures("qapp")
def test_work_that_is_replaced_says_nothing_any_more() -> None:
    runner = Runner()
    told = heard(runner)
    stopped = threading.Event()

    def slow(listen: Listener, cancel: Cancel) -> str:
        while not cancel.wait(0.01):
            listen(Event("scan"))
        stopped.set()
        return "old"

    runner.start(job(slow))
    runner.replace(job(lambda _listen, _cancel: "new"))
    assert runner.wait()
    assert stopped.wait(5)
    assert told == [("done", "new"), ("ended", None)]


@pytest.mark.usefixtures("qapp")
def test_a_panel_that_is_deleted_during_work_stops_it() -> None:
    stopped = threading.Event()

    def work(listen: Listener, cancel: Cancel) -> None:
        while not cancel.wait(0.005):
            listen(Event("scan"))
        stopped.set()

    panel = QtWidgets.QWidget()
    runner = Runner(panel)
    told = heard(runner)
    runner.start(job(work))
    panel.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    assert not binding.alive(runner)
    assert stopped.wait(5)
    QtCore.QCoreApplication.processEvents()
    assert ("done", None) not in told and ("cancelled", None) not in told


@pytest.mark.usefixtures("qapp")
def test_the_end_of_the_program_stops_everything() -> None:
    runner = Runner()
    seen = []

    def work(_listen: Listener, cancel: Cancel) -> None:
        seen.append(cancel.wait(30))

    runner.start(job(work))
    stop_all()
    assert seen == [True]
    assert runner.wait()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("dark", [True, False])
def test_states_stand_out_from_what_they_are_drawn_on(dark: bool) -> None:
    palette = style.dark_palette() if dark else QtGui.QPalette(QtGui.QColor("#e6e6e6"), QtGui.QColor("#f0f0f0"))
    assert style.is_dark(palette) is dark
    ground = _luminance(palette.color(QtGui.QPalette.ColorRole.Base))
    for state in ("planned", "published", "duplicate", "refused", "attention", "older", "unknown"):
        light, shade = sorted((_luminance(style.state_colour(state, palette)), ground), reverse=True)
        assert (light + 0.05) / (shade + 0.05) >= 4.5, state  # the contrast that WCAG asks of small text
        image = style.state_icon(state, palette, 16).pixmap(16, 16).toImage()
        corners = [(0, 0), (15, 0), (0, 15), (15, 15)]
        assert any(image.pixelColor(x, y).alpha() for x in range(16) for y in range(16))
        assert not any(image.pixelColor(x, y).alpha() for x, y in corners)  # nothing is cut off at the edges


def _luminance(colour: Any) -> float:
    def part(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = part(colour.redF()), part(colour.greenF()), part(colour.blueF())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
