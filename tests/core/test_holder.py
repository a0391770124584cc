# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is dead: only a process of this machine that is provably no more."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core import processes
from ramses_plates.core.holder import Holder


@pytest.fixture
def me() -> Holder:
    return Holder.me("run-1", "0123456789abcdef")


def test_this_process_lives_and_each_publishing_has_its_own_name(me: Holder) -> None:
    assert not me.is_dead
    assert Holder.me("run-1", "0123456789abcdef").text() != me.text()


def test_the_name_survives_and_looks_like_no_version(me: Holder) -> None:
    assert Holder.parse(me.text()) == me
    assert not re.search(r"^([^_]+_)?\d{3}(_.*)?$", me.text()) and "_" not in me.text()


@given(st.text(max_size=80), st.text(max_size=40))
@settings(max_examples=100)
def test_any_run_gives_a_safe_name(run: str, key: str) -> None:
    text = Holder.me(run, key).text()
    assert re.fullmatch(r"[A-Za-z0-9.-]+", text) and len(text) < 200
    parsed = Holder.parse(text)
    assert parsed is not None and parsed.text() == text


@pytest.mark.parametrize(
    "text", ["", "a", "a.b.c.d.e.f.g.h", "a.b.c.d.e.1.g.h", "a.b.c.d.e.1.g.1.2", "a.b.c.d.e.1.g_.1"]
)
def test_other_names_are_none_of_ours(text: str) -> None:
    assert Holder.parse(text) is None


def test_a_process_that_ended_is_dead(me: Holder) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    theirs = replace(me, pid=process.pid, since=processes.started(process.pid) or "")
    assert not theirs.is_dead
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert theirs.is_dead  # a zombie too
    process.wait()
    assert theirs.is_dead


def test_a_number_that_went_to_another_process_is_found_out(me: Holder) -> None:
    assert replace(me, since="1").is_dead
    assert not replace(me, since="unknown").is_dead


@pytest.mark.parametrize("pid", [1, os.getppid()])
def test_somebody_elses_process_lives(me: Holder, pid: int) -> None:
    assert not replace(me, pid=pid, since=processes.started(pid) or "unknown").is_dead


def test_another_machine_or_container_is_never_called_dead(me: Holder) -> None:
    gone = replace(me, since="1")
    assert not replace(gone, machine="0" * 12).is_dead
    assert not replace(gone, world="abc").is_dead
    assert not replace(gone, boot="0" * 12, world="abc").is_dead


def test_nothing_survives_a_new_start_of_the_machine(me: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "world", lambda: processes.HOST)
    before = replace(me, world=processes.HOST, boot="0" * 12)
    assert before.is_dead
    # In a container another boot may be another machine with the same name.
    monkeypatch.setattr(processes, "world", lambda: "f00")
    assert not replace(before, world="f00").is_dead
