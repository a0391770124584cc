# SPDX-License-Identifier: GPL-3.0-or-later
"""The program's own garbage collection is as it was, once the panels have done their work."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest
from ramses_plates.hosts.qt.binding import QtCore, alive
from ramses_plates.hosts.qt.tidying import Tidying

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(autouse=True)
def usual() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    yield before
    assert gc.get_threshold() == before


class Knot:
    """Something that only the full search finds."""

    def __init__(self) -> None:
        self.me = self


def test_full_searches_wait_and_come_once(usual: tuple[int, int, int]) -> None:
    owner = QtCore.QObject()
    tidying, other = Tidying(owner), Tidying(owner)
    tidying.hold()
    tidying.hold()
    other.hold()
    assert gc.get_threshold()[:2] == usual[:2] and gc.get_threshold()[2] > 100_000
    knot = Knot()
    gc.collect(1)
    gone = weakref.ref(knot)
    del knot
    tidying.let_go()
    assert gc.get_threshold()[2] > 100_000 and gone() is not None  # the other one still holds
    other.let_go()
    assert gc.get_threshold() == usual and gone() is None
    other.let_go()  # once is enough


def test_a_panel_that_goes_away_lets_go(usual: tuple[int, int, int]) -> None:
    owner = QtCore.QObject()
    tidying = Tidying(owner)
    tidying.hold()
    owner.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    assert not alive(tidying) and gc.get_threshold() == usual


def test_thresholds_that_somebody_else_sets_meanwhile_are_theirs(usual: tuple[int, int, int]) -> None:
    owner = QtCore.QObject()
    tidying = Tidying(owner)
    tidying.hold()
    gc.set_threshold(500, 5, 5)
    tidying.let_go()
    try:
        assert gc.get_threshold() == (500, 5, 5)
    finally:
        gc.set_threshold(*usual)


def test_threads_take_short_turns_while_somebody_looks(usual: tuple[int, int, int]) -> None:
    parent, before = QtCore.QObject(), sys.getswitchinterval()
    tidying = Tidying(parent)
    tidying.hold()
    assert sys.getswitchinterval() == pytest.approx(0.001)
    tidying.let_go()
    assert sys.getswitchinterval() == before and gc.get_threshold() == usual
