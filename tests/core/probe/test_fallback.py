# SPDX-License-Identifier: GPL-3.0-or-later
"""Formats without a reader of our own: PyAV, ffprobe with and without ffmpeg-python, and what they invent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import make_movie
import numpy
import OpenImageIO as oiio
import pytest
from ramses_plates.core.errors import DamagedFile, UnknownFormat
from ramses_plates.core.media import Media
from ramses_plates.core.probe import fallback, ffprobe, probe_file

WAYS = ("pyav", "ffprobe", "ffprobe without ffmpeg-python")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The three ways of asking FFmpeg, as a machine without the better one would take them."""
    ffprobe._library.cache_clear()
    if request.param != "pyav":
        monkeypatch.setitem(sys.modules, "av", None)
    if request.param == WAYS[2]:
        monkeypatch.setitem(sys.modules, "ffmpeg", None)
    yield request.param.split()[0]
    ffprobe._library.cache_clear()


def ask(path: str) -> Media:
    """FFmpeg's word on a file, even if a reader of ours knows it."""
    return fallback.read(path, Path(path).read_bytes()[:4096])


def movie(tmp_path: Path, name: str, **options: object) -> str:
    return make_movie.write(str(tmp_path / name), **options)


@pytest.fixture(scope="module")
def movies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Made once, before PyAV is hidden."""
    folder = tmp_path_factory.mktemp("movies")
    ntsc = Fraction(24000, 1001)
    return {
        "avi": movie(folder, "a.avi", codec="mpeg4", rate=24),
        "mkv": movie(folder, "a.mkv", codec="ffv1", rate=ntsc, timecode="02:00:00:00", container="matroska"),
        "mkv 29.97": movie(
            folder, "b.mkv", codec="ffv1", rate=Fraction(30000, 1001), timecode=None, container="matroska"
        ),
    }


def test_avi(movies: dict[str, str], way: str) -> None:
    media = ask(movies["avi"])
    assert (media.source, media.width, media.height, media.codec) == (way, 320, 180, "mpeg4")
    assert (media.fps, media.frame_count, media.duration_seconds) == (24, 24, 1)


def test_matroska(movies: dict[str, str], way: str) -> None:
    media = ask(movies["mkv"])
    assert (media.source, media.fps, media.frame_count) == (way, Fraction(24000, 1001), 24)
    assert media.start_timecode == "02:00:00:00"
    assert media.duration_seconds == 24 / Fraction(24000, 1001)
    assert ask(movies["mkv 29.97"]).fps == Fraction(30000, 1001)


def test_a_still_has_no_rate_whatever_ffmpeg_says(tmp_path: Path, way: str) -> None:
    path = str(tmp_path / "a.ppm")
    output = oiio.ImageOutput.create(path)
    assert output.open(path, oiio.ImageSpec(64, 36, 3, "uint8"))
    assert output.write_image(numpy.zeros((36, 64, 3), "float32")) and output.close()
    media = probe_file(path)
    assert (media.source, media.width, media.height, media.frame_count) == (way, 64, 36, 1)
    assert media.fps is None and media.duration_seconds is None


@pytest.mark.parametrize("data", [b"just text\n" * 50, b"\x93\x1f\x88" * 700, b"RED2" + bytes(2000), b"<html></html>"])
def test_what_nobody_knows(tmp_path: Path, way: str, data: bytes) -> None:
    path = tmp_path / "what.ever"
    path.write_bytes(data)
    with pytest.raises(UnknownFormat) as caught:
        probe_file(str(path))
    assert way and "no reader" in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n", b"ffconcat version 1.0\n"]
)
def test_lists_of_other_files_are_not_followed(tmp_path: Path, way: str, data: bytes) -> None:
    path = tmp_path / "list.mov"
    path.write_bytes(data)
    started = time.monotonic()
    with pytest.raises(UnknownFormat, match="list"):
        probe_file(str(path))
    assert way and time.monotonic() - started < 5


def test_a_few_bytes_are_not_worth_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setattr(shutil, "which", lambda _name: pytest.fail("ffprobe was asked"))
    path = tmp_path / "tiny.exr"
    path.write_bytes(b"\xff" * 16)
    with pytest.raises(UnknownFormat, match="16 bytes"):
        probe_file(str(path))


def test_without_any_of_them_the_advice_says_what_to_install(
    movies: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(UnknownFormat, match="pip install av"):
        ask(movies["avi"])


def script(folder: Path, text: str) -> None:
    """A program called ffprobe that is not ffprobe."""
    path = folder / "ffprobe"
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)


@pytest.mark.parametrize("library", [True, False])
def test_the_environment_of_a_host_is_not_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: bool
) -> None:
    script(tmp_path, "import json, os\nprint(json.dumps({'environment': dict(os.environ)}))")
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + os.environ["PATH"])
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/host/lib")
    monkeypatch.setenv("PYTHONPATH", "/opt/host/python")
    monkeypatch.setenv("RAMSES_PLATES_HOME_OF_TEST", "stays")
    ffprobe._library.cache_clear()
    if not library:
        monkeypatch.setitem(sys.modules, "ffmpeg", None)
    environment = ffprobe.run_ffprobe(str(tmp_path / "a.xyz"), 30.0)["environment"]
    ffprobe._library.cache_clear()
    assert "LD_LIBRARY_PATH" not in environment and "PYTHONPATH" not in environment
    assert environment["RAMSES_PLATES_HOME_OF_TEST"] == "stays"


@pytest.mark.parametrize("library", [True, False])
def test_a_process_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: bool) -> None:
    script(tmp_path, f"import os, time\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)")
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + os.environ["PATH"])
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setattr(fallback, "TIME_LIMIT", 1.0)
    ffprobe._library.cache_clear()
    if not library:
        monkeypatch.setitem(sys.modules, "ffmpeg", None)
    path = tmp_path / "a.xyz"
    path.write_bytes(b"xyz" * 100)
    with pytest.raises(DamagedFile, match="no answer within 1 seconds"):
        probe_file(str(path))
    ffprobe._library.cache_clear()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_the_library_stays_as_it_is(movies: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    import ffmpeg

    before = (ffmpeg.probe.__globals__["subprocess"], ffmpeg.probe.__code__)
    monkeypatch.setitem(sys.modules, "av", None)
    media: Media = fallback.read(movies["avi"], Path(movies["avi"]).read_bytes()[:4096])
    assert media.source == "ffprobe"
    assert before == (subprocess, ffmpeg.probe.__code__)


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.avi"
    path.write_bytes(b"RIFF\xff\xff\xff\x7fAVI LIST\xff\xff\xff\x7fhdrlavih" + bytes(500))
    with pytest.raises((UnknownFormat, DamagedFile)):
        ask(str(path))
    assert capfd.readouterr() == ("", "")


def test_windows_children_do_not_inherit_a_hosts_dll_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host's SetDllDirectory is taken off around the start of a child, and put back whatever happens."""
    calls: list[object] = []

    class Kernel32:
        @staticmethod
        def GetDllDirectoryW(size: int, buffer: Any) -> int:
            assert size == len(buffer)
            buffer.value = "C:\\Nuke"
            return 7

        @staticmethod
        def SetDllDirectoryW(path: str | None) -> int:
            calls.append(path)
            return 1

    class Windll:
        kernel32 = Kernel32

    monkeypatch.setattr(ffprobe.ctypes, "windll", Windll, raising=False)
    with pytest.raises(FileNotFoundError), ffprobe._own_dlls():
        calls.append("start")
        raise FileNotFoundError
    assert calls == [None, "start", "C:\\Nuke"]
