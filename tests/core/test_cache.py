# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe cache: what it knows, what it forgets, several processes at once, and files that are no database."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core import cache as module
from ramses_plates.core.cache import ProbeCache, default_path, state_of
from ramses_plates.core.media import Colour, Media

MEDIA = Media(
    "exr",
    1920,
    1080,
    Fraction(2, 3),
    Fraction(24000, 1001),
    "01:02:03;04",
    12,
    Fraction(1001, 2000),
    "exr",
    "dwaa",
    "half",
    ("B", "G", "R"),
    (-8, -8, 80, 52),
    "A001",
    Colour("lin", "bt709", None, "bt709"),
    None,
    ("A note.",),
)
texts = st.none() | st.text(max_size=8)
ratios = st.none() | st.fractions(min_value=0, max_denominator=2000)
medias = st.builds(
    Media,
    source=st.sampled_from(["exr", "mxf"]),
    width=st.none() | st.integers(0, 10**6),
    height=st.none() | st.integers(0, 10**6),
    pixel_aspect=ratios,
    fps=ratios,
    start_timecode=texts,
    frame_count=st.none() | st.integers(0, 10**9),
    duration_seconds=ratios,
    codec=texts,
    compression=texts,
    pixel_format=texts,
    channels=st.lists(st.text(max_size=8), max_size=4).map(tuple),
    data_window=st.none() | st.tuples(*[st.integers(-(2**31), 2**31)] * 4),
    reel=texts,
    colour=st.builds(Colour, texts, texts, texts, texts),
    error=texts,
    notes=st.lists(st.text(max_size=8), max_size=3).map(tuple),
)


@given(st.dictionaries(st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text), medias, max_size=20))
@settings(max_examples=25)
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, known: dict[str, Media]) -> None:
    known = {path.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape"): m for path, m in known.items()}
    with ProbeCache(str(tmp_path_factory.mktemp("cache") / "probe.sqlite")) as cache:
        cache.put_many([(path, "1", media) for path, media in known.items()])
        assert cache.get_many(dict.fromkeys(known, "1")) == known
        assert cache.get_many(dict.fromkeys(known, "2")) == {}


def test_names_that_are_no_text(tmp_path: Path) -> None:
    path = os.fsdecode(b"/plates/\xff\xfe.exr")
    with ProbeCache(str(tmp_path / "c.sqlite")) as cache:
        cache.put_many([(path, "1", MEDIA)])
        assert cache.get_many({path: "1"}) == {path: MEDIA}


def test_it_is_there_for_the_next_process(tmp_path: Path) -> None:
    path = str(tmp_path / "deep" / "folder" / "c.sqlite")
    with ProbeCache(path) as cache:
        cache.put_many([(f"/{at}.exr", "1", MEDIA) for at in range(1234)])
    with ProbeCache(path) as cache:
        assert len(cache.get_many({f"/{at}.exr": "1" for at in range(1234)})) == 1234


def test_few_clips_among_many_others(tmp_path: Path) -> None:
    """A long walk along the index ends before it reads the rows of all other deliveries."""
    with ProbeCache(str(tmp_path / "c.sqlite")) as cache:
        cache.put_many([(f"/{at:05d}.exr", "1", MEDIA) for at in range(10_000)])
        wanted = {f"/{at:05d}.exr": "1" for at in range(0, 10_000, 16)}
        assert len(wanted) > 500
        assert cache.get_many(wanted) == dict.fromkeys(wanted, MEDIA)


class TestState:
    def state(self, path: Path, count: int = 1) -> str:
        return state_of(os.stat(path), count)

    def test_size_time_and_count_matter(self, tmp_path: Path) -> None:
        path = tmp_path / "a.exr"
        path.write_bytes(b"1234")
        first = self.state(path)
        assert self.state(path) == first
        assert self.state(path, 2) != first
        path.write_bytes(b"12345")
        assert self.state(path) != first

    def test_a_rewritten_file_with_its_old_time_is_seen(self, tmp_path: Path) -> None:
        path = tmp_path / "a.exr"
        path.write_bytes(b"1234")
        before = os.stat(path)
        first = self.state(path)
        time.sleep(0.02)
        path.write_bytes(b"4321")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert os.stat(path).st_mtime_ns == before.st_mtime_ns
        assert self.state(path) != first

    def test_the_version_of_the_readers_matters(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "a.exr"
        path.write_bytes(b"1234")
        first = self.state(path)
        monkeypatch.setattr(module, "PROBER_VERSION", module.PROBER_VERSION + 1)
        assert self.state(path) != first


class TestPlace:
    def test_the_variable_names_a_file_or_a_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(module.VARIABLE, str(tmp_path / "mine.sqlite"))
        assert default_path() == str(tmp_path / "mine.sqlite")
        monkeypatch.setenv(module.VARIABLE, str(tmp_path))
        assert default_path() == str(tmp_path / module.FILE_NAME)
        with ProbeCache() as cache:
            assert cache.path == default_path() and cache.usable

    @pytest.mark.parametrize(
        ("platform", "variables", "expected"),
        [
            ("linux", {"XDG_CACHE_HOME": "/x/cache"}, "/x/cache"),
            ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache"),
            ("linux", {}, "/home/me/.cache"),
            ("darwin", {}, "/home/me/Library/Caches"),
            ("win32", {"LOCALAPPDATA": r"C:\Users\me\AppData\Local"}, r"C:\Users\me\AppData\Local"),
        ],
    )
    def test_each_platform(
        self, monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: str
    ) -> None:
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", module.VARIABLE):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"HOME": "/home/me", **variables}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(module.sys, "platform", platform)
        assert default_path().startswith(expected)

    def test_a_share_gets_no_write_ahead_log(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def mode(path: Path) -> str:
            with ProbeCache(str(path)), sqlite3.connect(path) as connection:
                return str(connection.execute("PRAGMA journal_mode").fetchone()[0])

        assert mode(tmp_path / "local.sqlite") == "wal"
        monkeypatch.setattr(module, "on_network", lambda _path: True)
        assert mode(tmp_path / "share.sqlite") != "wal"


class TestNeverFatal:
    @pytest.mark.parametrize(
        "content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000, b"\0" * 100_000]
    )
    def test_a_broken_file_is_begun_anew(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "c.sqlite"
        path.write_bytes(content)
        with ProbeCache(str(path)) as cache:
            cache.put_many([("/a.exr", "1", MEDIA)])
            assert cache.usable and cache.get_many({"/a.exr": "1"}) == {"/a.exr": MEDIA}

    def test_a_file_that_breaks_while_in_use(self, tmp_path: Path) -> None:
        path = tmp_path / "c.sqlite"
        states = {f"/{at}.exr": "1" for at in range(3000)}
        with ProbeCache(str(path)) as cache:
            cache.put_many([(path, "1", MEDIA) for path in states])
        data = bytearray(path.read_bytes())
        data[8192:] = os.urandom(len(data) - 8192)
        path.write_bytes(data)
        with ProbeCache(str(path)) as cache:
            cache.get_many(states)
            cache.put_many([("/0.exr", "1", MEDIA)])
            cache.get_many(states)
            cache.put_many([("/0.exr", "1", MEDIA)])
            assert cache.get_many({"/0.exr": "1"}) == {"/0.exr": MEDIA}

    def test_another_layout_is_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / "c.sqlite"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE media (something TEXT)")
            connection.execute("PRAGMA user_version=77")
        connection.close()
        with ProbeCache(str(path)) as cache:
            cache.put_many([("/a", "1", MEDIA)])
            assert cache.get_many({"/a": "1"})

    @pytest.mark.parametrize("facts", ["", "[]", "{}", "null", "[1,2", '["exr"]', "[" * 5000])
    def test_a_row_that_is_not_ours_is_a_miss(self, tmp_path: Path, facts: str) -> None:
        path = tmp_path / "c.sqlite"
        with ProbeCache(str(path)) as cache:
            cache.put_many([("/a", "1", MEDIA)])
            with sqlite3.connect(path) as connection:
                connection.execute("UPDATE media SET facts=?", (facts,))
            assert cache.get_many({"/a": "1"}) == {}
            connection.close()

    def test_a_place_that_cannot_be_written_turns_it_off(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with ProbeCache(str(tmp_path / "file" / "below" / "c.sqlite")) as cache:
            cache.put_many([("/a", "1", MEDIA)])
            assert not cache.usable and cache.get_many({"/a": "1"}) == {}
        with ProbeCache(str(tmp_path)) as cache:
            assert not cache.usable

    def test_a_file_locked_by_somebody_turns_it_off_and_stays(self, tmp_path: Path) -> None:
        path = tmp_path / "c.sqlite"
        with ProbeCache(str(path)) as cache:
            cache.put_many([("/a", "1", MEDIA)])
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with ProbeCache(str(path)) as cache:
            cache.put_many([("/b", "1", MEDIA)])
            assert not cache.usable
        holder.execute("ROLLBACK")
        holder.close()
        with ProbeCache(str(path)) as cache:
            assert list(cache.get_many({"/a": "1", "/b": "1"})) == ["/a"]

    def test_closed_is_off(self, tmp_path: Path) -> None:
        cache = ProbeCache(str(tmp_path / "c.sqlite"))
        cache.close()
        cache.put_many([("/a", "1", MEDIA)])
        assert not cache.usable and cache.get_many({"/a": "1"}) == {}

    def test_nobody_else_may_read_what_is_where(self, tmp_path: Path) -> None:
        with ProbeCache(str(tmp_path / "own" / "c.sqlite")):
            assert stat.S_IMODE(os.stat(tmp_path / "own").st_mode) & 0o077 == 0


def test_the_oldest_rows_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 100)
    paths = [f"/{at}.exr" for at in range(1000)]
    with ProbeCache(str(tmp_path / "c.sqlite")) as cache:
        for at in range(0, 1000, 50):
            cache.put_many([(path, "1", MEDIA) for path in paths[at : at + 50]])
        cache.put_many([("/900.exr", "1", MEDIA)])
        found = cache.get_many(dict.fromkeys(paths, "1"))
    assert len(found) <= 100 and "/999.exr" in found and "/900.exr" in found and "/800.exr" not in found


_WORKER = """
import sys
from ramses_plates.core.cache import ProbeCache
from ramses_plates.core.media import Media
with ProbeCache(sys.argv[1]) as cache:
    for at in range(50):
        cache.put_many([(f"/{sys.argv[2]}/{at}/{row}.exr", "1", Media("exr", 1920)) for row in range(10)])
"""


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "c.sqlite")
    workers = [subprocess.Popen([sys.executable, "-c", _WORKER, path, str(number)]) for number in range(4)]
    assert [worker.wait(120) for worker in workers] == [0, 0, 0, 0]
    states = {f"/{worker}/{at}/{row}.exr": "1" for worker in range(4) for at in range(50) for row in range(10)}
    with ProbeCache(path) as cache:
        assert len(cache.get_many(states)) == 2000
