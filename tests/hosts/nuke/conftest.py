# SPDX-License-Identifier: GPL-3.0-or-later
"""`import nuke` gives the fake to these tests, with a new script for each."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from ramses_plates.core import native
from ramses_plates.core.events import Cancel

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "nuke_fake"))


@pytest.fixture
def nuke(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A fresh Nuke with a GUI."""
    import nuke as fake

    monkeypatch.setattr(native, "_allowed", True)  # a host forbids it for its whole process, which this one is not
    fake._reset()
    yield fake
    fake._reset()


@pytest.fixture
def run() -> Callable[[Any], Any]:
    """Do a job as the panels do: its work in a thread, which may not touch Nuke, the rest here."""

    def play(job: Any) -> Any:
        answer: list[Any] = []
        problem: list[BaseException] = []

        def work() -> None:
            try:
                answer.append(job.work(lambda _event: None, Cancel()))
            except BaseException as error:  # noqa: BLE001 - handed on to the test
                problem.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(60)
        if problem:
            raise problem[0]
        return job.finish(answer[0])

    return play
