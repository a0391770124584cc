# SPDX-License-Identifier: GPL-3.0-or-later
"""Probing of clips: lengths, first files that are bad, many clips at once, and files that never answer."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import make_clips
import make_dpx
import make_exr
import make_movie
import pytest
from ramses_plates.core.cache import ProbeCache
from ramses_plates.core.clip import Clip
from ramses_plates.core.errors import Cancelled, DamagedFile, UnknownFormat
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.probe import probe_clip, probe_clips, probe_file
from ramses_plates.core.probe.source import Source

NTSC24 = Fraction(24000, 1001)


def plate(frame: int = 1001) -> bytes:
    return make_exr.build(64, 36, timecode=(1, 0, 0, frame - 1001, False), fps=NTSC24)


def plates(folder: Path, base: str = "plate", count: int = 5) -> Clip:
    return make_clips.written(str(folder), base, "exr", range(1001, 1001 + count), plate)


def test_a_sequence_is_as_long_as_its_files(tmp_path: Path) -> None:
    media = probe_clip(plates(tmp_path, count=12))
    assert (media.frame_count, media.duration_seconds) == (12, 12 / NTSC24)
    assert (media.fps, media.start_timecode, media.error) == (NTSC24, "01:00:00:00", None)


def test_missing_frames_do_not_count(tmp_path: Path) -> None:
    clip = make_clips.written(str(tmp_path), "plate", "exr", [1001, 1002, 1009], plate)
    assert probe_clip(clip).frame_count == 3


def test_a_sequence_without_a_rate_has_no_duration(tmp_path: Path) -> None:
    clip = make_clips.written(str(tmp_path), "plate", "exr", range(4), lambda _frame: make_exr.build())
    media = probe_clip(clip)
    assert (media.frame_count, media.fps, media.duration_seconds) == (4, None, None)


def test_a_still_is_one_frame_and_a_movie_knows_its_own_length(tmp_path: Path) -> None:
    path = tmp_path / "slate.dpx"
    make_dpx.write(str(path), fps=24)
    media = probe_clip(make_clips.single(str(path)))
    assert (media.frame_count, media.duration_seconds) == (1, Fraction(1, 24))
    movie = make_movie.write(str(tmp_path / "ref.mov"), frames=18)
    assert probe_clip(make_clips.single(movie, "movie")).frame_count == 18


def test_tiles_are_no_frames(tmp_path: Path) -> None:
    sequence = make_clips.written(str(tmp_path), "map", "exr", [1001, 1002], lambda _tile: make_exr.build())
    tiles = Clip("udim", sequence.root, ".", "map", "exr", ".", 4, FrameSet.of([1001, 1002]), sequence.runs)
    assert probe_clip(tiles).frame_count == 1


class TestBadFiles:
    def test_probe_file_raises(self, tmp_path: Path) -> None:
        empty = tmp_path / "empty.mov"
        empty.touch()
        with pytest.raises(DamagedFile, match="empty file"):
            probe_file(str(empty))
        text = tmp_path / "text.mov"
        text.write_text("hello, this is no movie\n" * 20)
        with pytest.raises(UnknownFormat):
            probe_file(str(text))
        with pytest.raises(FileNotFoundError):
            probe_file(str(tmp_path / "absent.exr"))
        with pytest.raises(OSError):
            probe_file(str(tmp_path))

    @pytest.mark.parametrize("name", ["zero.mov", "zero.exr", "zero.png", "zero.xyz"])
    def test_a_clip_gets_one_sentence_with_the_name(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).touch()
        media = probe_clip(make_clips.single(str(tmp_path / name)))
        assert media.error == f"{name}: empty file."

    def test_the_magic_decides_whatever_the_name_says(self, tmp_path: Path) -> None:
        for name, data in (("a.mov", make_exr.build()), ("a.exr", make_dpx.build()), ("a", make_exr.build())):
            (tmp_path / name).write_bytes(data)
        assert probe_file(str(tmp_path / "a.mov")).source == "exr"
        assert probe_file(str(tmp_path / "a.exr")).source == "dpx"
        assert probe_file(str(tmp_path / "a")).source == "exr"

    def test_a_cut_exr_keeps_its_size(self, tmp_path: Path) -> None:
        data = make_exr.build(512, 512)
        path = tmp_path / "cut.exr"
        path.write_bytes(data[: len(data) // 3])
        media = probe_clip(make_clips.single(str(path)))
        assert (media.width, media.height) == (512, 512)
        assert media.error is not None and media.error.startswith("cut.exr: pixel data missing")

    def test_a_damaged_file_is_not_handed_to_libraries(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from ramses_plates.core.probe import fallback

        def never(path: str, _head: bytes) -> None:
            raise AssertionError(path)

        monkeypatch.setattr(fallback, "read", never)
        path = tmp_path / "broken.exr"
        path.write_bytes(make_exr.build()[:60])
        assert probe_clip(make_clips.single(str(path))).error is not None

    def test_an_empty_first_frame_lets_the_second_speak(self, tmp_path: Path) -> None:
        clip = plates(tmp_path)
        Path(clip.first_path).write_bytes(b"")
        media = probe_clip(clip)
        assert media.error == "plate.1001.exr: empty file."
        assert (media.width, media.fps, media.frame_count) == (64, NTSC24, 5)
        assert media.start_timecode == "01:00:00:00"
        assert any("plate.1002.exr" in note for note in media.notes)

    def test_a_vanished_file(self, tmp_path: Path) -> None:
        clip = plates(tmp_path, count=1)
        os.remove(clip.first_path)
        error = probe_clip(clip).error
        assert error is not None and error.startswith("plate.1001.exr: the file cannot be read")

    def test_a_pipe_in_the_folder_does_not_hang(self, tmp_path: Path) -> None:
        if not hasattr(os, "mkfifo"):
            return
        os.mkfifo(tmp_path / "pipe.exr")
        started = time.monotonic()
        assert probe_clip(make_clips.single(str(tmp_path / "pipe.exr"))).error is not None
        assert time.monotonic() - started < 2

    def test_a_fault_of_a_reader_costs_one_clip(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from ramses_plates.core.probe import files

        def faulty(_source: Source) -> None:
            raise IndexError("bytearray index out of range")

        broken = tuple(reader._replace(read=faulty) for reader in files.READERS)
        monkeypatch.setattr(files, "READERS", broken)
        media = probe_clip(plates(tmp_path, count=1))
        assert media.error is not None and media.error.startswith("plate.1001.exr: ")


class TestManyClips:
    def test_all_clips_with_their_index(self, tmp_path: Path) -> None:
        clips = [plates(tmp_path / str(at), f"sh{at:03d}", at % 3 + 1) for at in range(60)]
        Path(clips[7].first_path).write_bytes(b"")
        found = dict(probe_clips(clips))
        assert sorted(found) == list(range(60))
        assert all(found[at] == probe_clip(clip) for at, clip in enumerate(clips))
        assert [at for at, media in found.items() if media.error] == [7]

    def test_progress_names_each_clip(self, tmp_path: Path) -> None:
        clips = [plates(tmp_path / str(at), count=1) for at in range(20)]
        events: list[Event] = []
        assert len(list(probe_clips(clips, listen=events.append))) == 20
        assert [event.done for event in events] == list(range(1, 21))
        assert {(event.stage, event.unit, event.total) for event in events} == {("probe", "clips", 20)}
        assert all(event.payload.width == 64 and event.clip for event in events)

    def test_no_clips(self) -> None:
        assert list(probe_clips([])) == []


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Reads of files with "hang" in their name never return, as on a share whose server is gone."""
    gate = threading.Event()
    pread = Source._pread

    def slow(source: Source, length: int, offset: int) -> bytes:
        if "hang" in source.path:
            gate.wait()
        return pread(source, length, offset)

    monkeypatch.setattr(Source, "_pread", slow)
    yield gate
    gate.set()


def test_a_file_that_never_answers_costs_one_clip(tmp_path: Path, hanging: threading.Event) -> None:
    clips = [plates(tmp_path / str(at), "hang" if at == 2 else "plate", 1) for at in range(30)]
    started = time.monotonic()
    found = dict(probe_clips(clips, time_limit=0.5))
    assert time.monotonic() - started < 5
    assert [at for at, media in found.items() if media.error] == [2]
    assert found[2].error == "hang.1001.exr: the file gave no answer within 0.5 seconds."
    assert not hanging.is_set()


_HANGING_PROCESS = """
import sys, time
from ramses_plates.core.clip import Clip
from ramses_plates.core.probe import probe_clips
from ramses_plates.core.probe.source import Source
Source._pread = lambda *_: time.sleep(600)
clip = Clip("still", sys.argv[1], ".", "plate.1001", "exr", file="plate.1001.exr")
print([media.error for _index, media in probe_clips([clip], time_limit=0.3)])
"""


def test_a_process_ends_while_a_file_still_hangs(tmp_path: Path) -> None:
    plates(tmp_path, count=1)
    words = [sys.executable, "-c", _HANGING_PROCESS, str(tmp_path)]
    done = subprocess.run(words, timeout=30, check=True, capture_output=True, text=True)
    assert "no answer" in done.stdout and done.stderr == ""


def test_cancel_while_a_file_hangs(tmp_path: Path, hanging: threading.Event) -> None:
    clips = [plates(tmp_path / str(at), "hang", 1) for at in range(3)]
    cancel = Cancel()
    threading.Timer(0.2, cancel.set).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        list(probe_clips(clips, cancel=cancel))
    assert time.monotonic() - started < 1.2
    assert not hanging.is_set()


def test_latency_is_met_with_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """4 ms for each read, as on a busy share: sixteen threads must take a small part of one thread's time."""
    clips = [plates(tmp_path / str(at), count=1) for at in range(160)]
    pread = Source._pread

    def slow(source: Source, length: int, offset: int) -> bytes:
        time.sleep(0.004)
        return pread(source, length, offset)

    monkeypatch.setattr(Source, "_pread", slow)
    started = time.monotonic()
    assert len(list(probe_clips(clips))) == 160
    taken = time.monotonic() - started
    started = time.monotonic()
    assert len(list(probe_clips(clips[:40], jobs=1))) == 40
    assert taken < 2 * (time.monotonic() - started)


class TestWithCache:
    def test_a_warm_run_opens_no_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        clips = [plates(tmp_path / str(at), f"sh{at}", 2) for at in range(30)]
        with ProbeCache(str(tmp_path / "cache.sqlite")) as cache:
            cold = dict(probe_clips(clips, cache=cache))

            def never(source: Source, path: str) -> None:
                raise AssertionError(f"{path} was opened by {source}")

            monkeypatch.setattr(Source, "__init__", never)
            assert dict(probe_clips(clips, cache=cache)) == cold
            assert probe_clip(clips[3], cache) == cold[3]

    def test_only_what_changed_is_read_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        clips = [plates(tmp_path / str(at), f"sh{at}", 2) for at in range(10)]
        opened: list[str] = []
        with ProbeCache(str(tmp_path / "cache.sqlite")) as cache:
            list(probe_clips(clips, cache=cache))
            Path(clips[4].first_path).write_bytes(make_exr.build(128, 36))
            start = Source.__init__

            def noting(source: Source, path: str) -> None:
                opened.append(path)
                start(source, path)

            monkeypatch.setattr(Source, "__init__", noting)
            found = dict(probe_clips(clips, cache=cache))
        assert opened == [clips[4].first_path]
        assert found[4].width == 128

    def test_errors_are_not_remembered(self, tmp_path: Path) -> None:
        clip = plates(tmp_path, count=1)
        data = Path(clip.first_path).read_bytes()
        with ProbeCache(str(tmp_path / "cache.sqlite")) as cache:
            Path(clip.first_path).write_bytes(data[:-10])
            assert probe_clip(clip, cache).error is not None
            assert dict(probe_clips([clip], cache=cache))[0].error is not None
            Path(clip.first_path).write_bytes(data)
            assert probe_clip(clip, cache).error is None
