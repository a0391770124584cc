# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads by measured latency; a job that hangs costs itself and nobody else; cancel is answered at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from ramses_plates.core.errors import Cancelled
from ramses_plates.core.events import Cancel
from ramses_plates.core.probe import crew
from ramses_plates.core.probe.crew import TimedOut, run_each


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What hanging jobs wait for; opened at the end so that no thread of a test outlives the run."""
    event = threading.Event()
    yield event
    event.set()


def test_every_item_once_with_its_position() -> None:
    results = dict(run_each(range(1000), lambda number: number * 2))
    assert results == {at: at * 2 for at in range(1000)}
    assert list(run_each([], lambda number: number)) == []


def test_items_may_be_a_generator_and_jobs_fixed() -> None:
    seen: set[str] = set()

    def work(_item: int) -> None:
        seen.add(threading.current_thread().name + str(threading.get_ident()))
        time.sleep(0.01)

    assert len(list(run_each((at for at in range(40)), work, jobs=4))) == 40
    assert 2 <= len(seen) <= 4


def test_work_that_waits_gets_many_threads() -> None:
    running = most = 0
    lock = threading.Lock()

    def work(_item: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1

    assert len(list(run_each(range(400), work))) == 400
    assert most > 8


def test_work_that_computes_gets_one_thread() -> None:
    threads: set[int] = set()

    def work(_item: int) -> int:
        threads.add(threading.get_ident())
        return sum(range(500))

    assert len(list(run_each(range(3000), work))) == 3000
    assert len(threads) == 1


def test_a_hanging_job_costs_itself_alone(gate: threading.Event) -> None:
    def work(item: int) -> int:
        if item == 3:
            gate.wait()
        return item

    started = time.monotonic()
    results = dict(run_each(range(50), work, jobs=1, time_limit=0.3))
    assert isinstance(results.pop(3), TimedOut)
    assert results == {at: at for at in range(50) if at != 3}
    assert time.monotonic() - started < 5


def test_a_dead_share_does_not_take_the_limit_for_each_file(gate: threading.Event) -> None:
    """A thousand files that all hang end after a few limits, with an answer for each."""
    started = time.monotonic()
    results = list(run_each(range(1000), lambda _item: gate.wait(), time_limit=0.5))
    assert len(results) == 1000 and all(isinstance(result, TimedOut) for _at, result in results)
    assert time.monotonic() - started < 10


def test_a_late_answer_is_not_given_twice() -> None:
    def work(item: int) -> int:
        time.sleep(0.25 if item == 0 else 0.12)
        return item

    positions = [at for at, _result in run_each(range(6), work, jobs=1, time_limit=0.2)]
    assert sorted(positions) == list(range(6))


def test_cancel_within_a_second_even_while_all_hang(gate: threading.Event) -> None:
    cancel = Cancel()
    threading.Timer(0.2, cancel.set).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        list(run_each(range(100), lambda _item: gate.wait(), cancel=cancel))
    assert time.monotonic() - started < 1.2


def test_a_consumer_that_stops_stops_the_threads() -> None:
    done: list[int] = []

    def work(item: int) -> None:
        time.sleep(0.002)
        done.append(item)

    results = run_each(range(100_000), work, jobs=2)
    next(results)
    results.close()
    time.sleep(0.05)
    count = len(done)
    time.sleep(0.1)
    assert len(done) == count < 1000


def test_a_fault_of_the_work_is_raised_where_it_was_asked_for() -> None:
    def work(item: int) -> None:
        if item == 5:
            raise RuntimeError("fault")

    with pytest.raises(RuntimeError, match="fault"):
        list(run_each(range(10), work))


def test_no_more_threads_than_said(gate: threading.Event) -> None:
    before = threading.active_count()
    results = run_each(range(200), lambda _item: gate.wait(0.5), time_limit=60)
    next(results)
    assert threading.active_count() - before <= crew.MOST_THREADS
    results.close()


def test_a_process_that_is_at_work_itself_hires_no_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that wait for the interpreter look like jobs that wait for a disk, but for the clock of the process."""
    threads: set[int] = set()

    def work(_item: int) -> None:
        threads.add(threading.get_ident())
        time.sleep(0.002)

    monkeypatch.setattr(crew.time, "process_time", time.monotonic)
    assert len(list(run_each(range(100), work))) == 100
    assert len(threads) <= 4  # as many as cores may help, not as many as a slow share asks for
