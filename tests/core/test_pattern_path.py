# SPDX-License-Identifier: GPL-3.0-or-later
"""A path with a frame placeholder means that sequence alone, as a compositor pastes it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from make_delivery import plate, project
from ramses_plates.core.errors import PlatesError
from ramses_plates.core.scan import scan
from ramses_plates.hosts.cli.main import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("SH010", "SH010b", "SH020"):
        for frame in (*range(1001, 1011), 10000):
            (tmp_path / f"{name}.{frame:04d}.exr").touch()
    for frame in range(8, 13):
        (tmp_path / f"short.{frame}.exr").touch()
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "SH010.1001.exr").touch()
    return tmp_path


def found(folder: Path, *names: str) -> list[str]:
    return [clip.label for clip in scan([os.fspath(folder / name) for name in names]).clips]


@pytest.mark.parametrize("token", ["%04d", "####", "@@@@", "%d", "#", "@", "%4d"])
def test_the_one_sequence_is_found(folder: Path, token: str) -> None:
    assert found(folder, f"SH010.{token}.exr") == ["SH010.####.exr [1001-1010,10000]"]


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("SH010.%04d.exr 1003-1005", "1003-1005"),
        ("SH010.####.exr 1003", "1003"),
        ("SH010.1003-1005####.exr", "1003-1005"),
        ("SH010.1001-1005x2#.exr", "1001,1003,1005"),
        ("SH010.%04d.exr 1009-20000", "1009-1010,10000"),
        ("SH010.@@@@.exr 1001,1004-1006", "1001,1004-1006"),
    ],
)
def test_a_range_cuts_it(folder: Path, name: str, frames: str) -> None:
    (clip,) = scan([os.fspath(folder / name)]).clips
    assert str(clip.frames) == frames and [frame for frame, _name in clip.files()] == list(clip.frames)
    assert all((folder / file).exists() for _frame, file in clip.files())


def test_padding_counts(folder: Path) -> None:
    assert found(folder, "short.%d.exr") == ["short.#.exr [8-12]"]
    for name in ("short.%04d.exr", "SH010.%06d.exr", "nothing.####.exr", "SH010.####.exr 1-5"):
        with pytest.raises(PlatesError, match="no file fits"):
            found(folder, name)


def test_several_and_real_names(folder: Path) -> None:
    assert len(found(folder, "SH010.####.exr", "SH020.%04d.exr", "SH020.####.exr")) == 2
    (folder / "real.%04d.exr").touch()
    (folder / "a####").mkdir()
    (folder / "a####" / "x.mov").touch()
    assert found(folder, "real.%04d.exr") == ["real.%04d.exr"] and found(folder, "a####") == ["x.mov"]
    with pytest.raises(PlatesError, match="no such file"):
        found(folder, "SH010.##.%04d.exr")
    with pytest.raises(PlatesError, match="no such file"):
        found(folder, "nowhere/SH010.%04d.exr")


def test_the_verbs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = plate(tmp_path / "in", "SH010", range(1001, 1006))
    plate(folder, "SH020", range(1001, 1006))
    pattern = os.fspath(folder / "SH010.%04d.exr 1002-1004")
    for verb in ("scan", "probe"):
        assert main([verb, pattern, "--json"]) == 0
        assert [clip["frames"] for clip in json.loads(capsys.readouterr().out)["clips"]] == ["1002-1004"]
    options = ["--root", os.fspath(project(tmp_path)), "--offline", "--no-preview", "--yes", "--json"]
    assert main(["ingest", pattern, *options]) == 0
    (clip,) = json.loads(capsys.readouterr().out)["clips"]
    assert (clip["shot"], clip["frames"], clip["status"]) == ("SH010", "1002-1004", "published")
