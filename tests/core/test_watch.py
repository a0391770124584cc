# SPDX-License-Identifier: GPL-3.0-or-later
"""A watched folder: what has settled is handled once, what changed again, whatever the others do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from make_delivery import plate, project
from ramses_plates.core.errors import Cancelled, SettingsError, WriteFailed
from ramses_plates.core.events import Cancel
from ramses_plates.core.settle import Settling, is_unchanged
from ramses_plates.core.verify import verify
from ramses_plates.core.versions import list_versions
from ramses_plates.core.watch import LOOSE, Outcome, Watch, WatchEvent, WatchRules
from ramses_plates.core.watch_state import WatchState
from ramses_plates.hosts.cli.main import main

GO = Cancel()


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def write(path: Path, data: bytes = b"x", age: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, ns=(1_700_000_000_000_000_000 - age, 1_700_000_000_000_000_000 - age))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    for frame in range(200):
        write(tmp_path / "in" / "a" / f"x.{frame:04d}.exr", age=frame)
    return tmp_path / "in"


def settled(settling: Settling, clock: Clock, looks: int = 4) -> bool:
    """Look until it has settled, an hour between looks."""
    for _ in range(looks):
        if settling.look(GO).state == "settled":
            return True
        clock.now += 3600
    return False


# ---- settling


def test_it_settles_after_the_wait_and_not_before(delivery: Path, clock: Clock) -> None:
    settling = Settling(os.fspath(delivery), 30, clock=clock)
    states = []
    for _ in range(8):
        states.append(settling.look(GO).state)
        clock.now += 10
    assert states == ["arriving"] * 4 + ["settled"] * 4


@pytest.mark.parametrize("change", ["grow", "grow-cold", "same-size", "add", "remove", "rename", "folder"])
def test_every_change_starts_the_wait_anew(delivery: Path, clock: Clock, change: str) -> None:
    settling = Settling(os.fspath(delivery), 30, clock=clock)
    settling.look(GO)
    settling.look(GO)
    path = delivery / "a" / ("x.0199.exr" if change == "grow-cold" else "x.0000.exr")
    if change.startswith("grow"):
        with open(path, "ab") as file:
            file.write(b"more")
    elif change == "same-size":
        path.write_bytes(b"y")
    elif change == "add":
        write(delivery / "a" / "y.0001.exr")
    elif change == "remove":
        path.unlink()
    elif change == "rename":
        path.rename(path.with_name("z.exr"))
    else:
        write(delivery / "b" / "z.mov")
    clock.now += 31
    assert settling.look(GO).state == "arriving"
    assert settled(settling, clock)


@pytest.mark.parametrize(
    "name",
    ["x.exr.part", "x.exr.tmp", "x.mov.filepart", "x.exr~", ".x.0001.exr.aB3dE6", "x.mov.crdownload", ".nfs0001"],
)
def test_partial_names_never_settle(delivery: Path, clock: Clock, name: str) -> None:
    write(delivery / "a" / name)
    settling = Settling(os.fspath(delivery), 30, clock=clock)
    assert not settled(settling, clock)
    assert name in settling.look(GO).why
    (delivery / "a" / name).unlink()
    assert settled(settling, clock)


def test_preallocated_files_are_told_by_their_times(delivery: Path, clock: Clock) -> None:
    path = delivery / "a" / "x.0000.exr"
    settling = Settling(os.fspath(delivery), 30, clock=clock)
    for byte in (b"1", b"2", b"3"):
        settling.look(GO)
        path.write_bytes(byte)
        os.utime(path, ns=(1_700_000_000_000_000_000,) * 2)  # the content's time set back: its state's time tells
        clock.now += 31
    assert settling.look(GO).state == "arriving" and settled(settling, clock)


def test_an_empty_folder_and_one_that_vanishes(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "in").mkdir()
    settling = Settling(os.fspath(tmp_path / "in"), 30, clock=clock)
    assert settling.look(GO).state == "empty"
    (tmp_path / "in").rmdir()
    with pytest.raises(FileNotFoundError):
        settling.look(GO)


def test_a_slow_share_is_asked_for_each_file_twice(
    delivery: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = os.stat

    def stat(path: str, **options: object) -> os.stat_result:
        asked.append(os.fspath(path))
        return real(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", stat)
    settling = Settling(os.fspath(delivery), 1000, clock=clock)
    settling.look(GO)
    assert not [path for path in asked if path.endswith(".exr")]
    settling.look(GO)
    asked.clear()
    for _ in range(10):
        clock.now += 10
        assert settling.look(GO).state == "arriving"
    assert len([path for path in asked if path.endswith(".exr")]) == 10 * 64
    clock.now += 1000
    asked.clear()
    found = settling.look(GO)
    assert found.state == "settled" and len([path for path in asked if path.endswith(".exr")]) == 200 + 64
    asked.clear()
    assert is_unchanged(os.fspath(delivery), found.folders) and len(asked) == 2


def test_a_cancel_is_heard_while_listing(delivery: Path, clock: Clock) -> None:
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        Settling(os.fspath(delivery), 1, clock=clock).look(cancel)


# ---- watching


class Watched:
    """A watch whose handling and clock the test holds."""

    def __init__(self, folder: Path, root: Path, clock: Clock, publishes: bool = True, options: str = "") -> None:
        self.events: list[WatchEvent] = []
        self.handled: list[list[str]] = []
        self.verdict = Outcome("published", "run-1")
        self.broken: dict[str, BaseException] = {}
        self._clock = clock
        self.state = WatchState.open(os.fspath(root), os.fspath(folder))
        rules = WatchRules(30, 10, publishes, options)
        self.watch = Watch(os.fspath(folder), self.state, self._handle, self.events.append, rules, clock)

    def _handle(self, paths: Sequence[str], _cancel: Cancel) -> Outcome:
        self.handled.append([os.path.basename(path) for path in paths])
        name = os.path.basename(paths[0])
        if name in self.broken:
            raise self.broken[name]
        return self.verdict

    def steps(self, count: int = 5) -> list[list[str]]:
        """Some looks, half a minute apart; what was handled in them."""
        before = len(self.handled)
        for _ in range(count):
            self.watch.step(GO)
            self._clock.now += 31
        return self.handled[before:]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path)


def test_each_delivery_is_handled_once_and_again_when_it_changed(folder: Path, root: Path, clock: Clock) -> None:
    write(folder / "day1" / "a.mov")
    write(folder / "day2" / "a.mov")
    watched = Watched(folder, root, clock)
    assert watched.steps() == [["day1"], ["day2"]] and watched.steps() == []
    write(folder / "day2" / "b.mov")
    assert watched.steps() == [["day2"]] and watched.steps() == []
    (folder / "day2" / ".DS_Store").touch()
    assert watched.steps() == []


def test_loose_files_are_one_delivery(folder: Path, root: Path, clock: Clock) -> None:
    write(folder / "a.mov")
    write(folder / "b.mov")
    write(folder / "day1" / "c.mov")
    watched = Watched(folder, root, clock)
    assert watched.steps() == [["a.mov", "b.mov"], ["day1"]] and watched.steps() == []
    assert set(watched.state.handled) == {LOOSE, "day1"}


def test_a_restart_remembers(folder: Path, root: Path, clock: Clock) -> None:
    write(folder / "day1" / "a.mov")
    assert Watched(folder, root, clock).steps() == [["day1"]]
    again = Watched(folder, root, clock)
    write(folder / "day2" / "a.mov")
    assert again.steps() == [["day2"]]


def test_a_damaged_state_file_only_costs_work(folder: Path, root: Path, clock: Clock) -> None:
    write(folder / "day1" / "a.mov")
    first = Watched(folder, root, clock)
    first.steps()
    for text in ("", "[", "[]", '{"schema": 1, "deliveries": {"day1": {"fingerprint": 7}}}', '{"schema": 9}'):
        Path(first.state.path).write_text(text)
        assert Watched(folder, root, clock).steps() == [["day1"]]


def test_plans_are_published_once_that_is_wanted(folder: Path, root: Path, clock: Clock) -> None:
    write(folder / "day1" / "a.mov")
    planning = Watched(folder, root, clock, publishes=False)
    planning.verdict = Outcome("planned")
    assert planning.steps() == [["day1"]] and planning.steps() == []
    assert Watched(folder, root, clock, publishes=False).steps() == []
    assert Watched(folder, root, clock, publishes=True).steps() == [["day1"]]


def test_what_was_refused_is_tried_again_under_other_rules_only(folder: Path, root: Path, clock: Clock) -> None:
    write(folder / "day1" / "a.mov")
    watched = Watched(folder, root, clock, options="old rules")
    watched.verdict = Outcome("refused")
    watched.steps()
    assert Watched(folder, root, clock, options="old rules").steps() == []
    assert Watched(folder, root, clock, options="new rules").steps() == [["day1"]]


@pytest.mark.parametrize(
    "error", [WriteFailed("no room"), RuntimeError("a bug"), MemoryError(), OSError(5, "Input/output")]
)
def test_a_broken_one_never_stops_the_others(folder: Path, root: Path, clock: Clock, error: BaseException) -> None:
    write(folder / "day1" / "a.mov")
    write(folder / "day2" / "a.mov")
    watched = Watched(folder, root, clock)
    watched.broken["day1"] = error
    handled = watched.steps()
    assert ["day2"] in handled and watched.state.handled["day1"].verdict == "failed"
    assert [event.delivery for event in watched.events if event.kind == "failed"][:1] == ["day1"]
    watched.broken.clear()
    assert watched.steps(200)[-1:] == [["day1"]] and watched.steps(200) == []


def test_failures_are_tried_again_ever_more_rarely(folder: Path, root: Path, clock: Clock) -> None:
    write(folder / "day1" / "a.mov")
    watched = Watched(folder, root, clock)
    watched.broken["day1"] = WriteFailed("no room")
    assert 3 <= len(watched.steps(100)) <= 10


def test_a_delivery_that_never_ends_blocks_no_other(folder: Path, root: Path, clock: Clock) -> None:
    write(folder / "day1" / "a.mov")
    write(folder / "day2" / "a.mov.part")
    watched = Watched(folder, root, clock)
    assert watched.steps() == [["day1"]]
    assert [event.delivery for event in watched.events if event.kind == "arriving"].count("day2") == 1


def test_the_folder_may_go_away_and_come_back(folder: Path, root: Path, clock: Clock) -> None:
    write(folder / "day1" / "a.mov")
    watched = Watched(folder, root, clock)
    folder.rename(folder.with_name("away"))
    assert watched.steps() == [] and [event.kind for event in watched.events] == ["problem"]
    folder.with_name("away").rename(folder)
    assert watched.steps() == [["day1"]]


def test_two_watches_of_one_folder(folder: Path, root: Path, tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from ramses_plates.core.watch_state import WatchState\n"
        "WatchState.open(sys.argv[1], sys.argv[2]); print('open', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, os.fspath(root), os.fspath(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    try:
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        with pytest.raises(SettingsError, match="watches this folder already"):
            WatchState.open(os.fspath(root), os.fspath(folder))
    finally:
        other.kill()
        other.communicate()
    WatchState.open(os.fspath(root), os.fspath(folder)).close()


def test_a_state_that_cannot_be_kept_is_told_and_the_watch_goes_on(
    folder: Path, root: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "day1" / "a.mov")
    watched = Watched(folder, root, clock)

    def refuse(_state: WatchState) -> None:
        raise WriteFailed("no room")

    monkeypatch.setattr(WatchState, "save", refuse)
    assert watched.steps() == [["day1"]] and watched.steps() == []
    assert "problem" in [event.kind for event in watched.events]


# ---- the verb


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def words(folder: Path, root: Path, *more: str) -> list[str]:
    options = ["--settle", "0.05", "--poll", "0.05", "--offline", "--no-preview", "--project", "PROJ", "--json"]
    return ["ingest", "--watch", os.fspath(folder), "--root", os.fspath(root), *options, *more]


def test_the_verb_plans_and_with_yes_publishes(folder: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plate(folder / "day1", "SH010", range(1001, 1004))
    plate(folder / "day2", "nothing-known", range(1, 4))
    assert main(words(folder, root, "--once")) == 0
    told = lines(capsys.readouterr().out)
    assert told[0]["event"] == "watching" and told[-1]["event"] == "stopped"
    assert {str(one["delivery"]): one["event"] for one in told if "ingest" in one} == {
        "day1": "planned",
        "day2": "refused",
    }
    assert list_versions(os.fspath(root)) == ()
    assert main(words(folder, root, "--once", "--yes")) == 0
    told = lines(capsys.readouterr().out)
    (done,) = [one for one in told if "ingest" in one]
    assert done["event"] == "published" and done["delivery"] == "day1"
    assert len(list_versions(os.fspath(root))) == 1
    assert main(words(folder, root, "--once", "--yes")) == 0
    assert not [one for one in lines(capsys.readouterr().out) if "ingest" in one]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(folder: Path, root: Path, tmp_path: Path, number: int) -> None:
    plate(folder / "day1", "SH010", range(1001, 1004))
    command = [sys.executable, "-m", "ramses_plates.hosts.cli.main", *words(folder, root, "--yes")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    assert running.stdout is not None
    seen = []
    limit = time.monotonic() + 60
    while "published" not in seen and time.monotonic() < limit:
        seen.append(str(json.loads(running.stdout.readline())["event"]))
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0 and "Traceback" not in err
    assert lines(out)[-1]["event"] == "stopped" and len(list_versions(os.fspath(root))) == 1


def test_killed_while_it_publishes_a_restart_converges(folder: Path, root: Path, tmp_path: Path) -> None:
    """Killed at several moments after the delivery had settled: in the end one whole version stands, once."""
    plate(folder / "day1", "SH010", range(1001, 1101))
    command = [sys.executable, "-m", "ramses_plates.hosts.cli.main", *words(folder, root, "--yes", "--once")]
    for delay in (0.0, 0.1, 0.2, 0.4, 0.8):
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=tmp_path)
        assert running.stdout is not None
        for text in running.stdout:
            if json.loads(text)["event"] in ("settled", "stopped"):
                break
        time.sleep(delay)
        running.kill()
        running.communicate()
    assert main(words(folder, root, "--yes", "--once")) == 0
    (version,) = list_versions(os.fspath(root))
    assert version.number == 1 and verify(version.path).intact and len(version.files) == 100


def test_wrong_usage(folder: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", "--root", os.fspath(root)]) == 2
    assert main(["ingest", "x", "--watch", os.fspath(folder), "--root", os.fspath(root)]) == 2
    assert main(words(folder / "nowhere", root)) == 1
    assert "no such folder" in capsys.readouterr().err
