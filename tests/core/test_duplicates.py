# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as published already: the same frames with the same whole content, and nothing less."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from pathlib import Path
from typing import Any

import make_job
import pytest
from ramses_plates.core import duplicates
from ramses_plates.core.clip import Clip, NameRun
from ramses_plates.core.duplicates import find_duplicate, same_content
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFile, SourceFiles
from ramses_plates.core.versions import PublishedVersion, versions_in

TABLE = json.loads((Path(__file__).parents[1] / "cases" / "versions.json").read_text(encoding="utf-8"))
CASES = [case for case in TABLE["cases"] if case["kind"] == "duplicate"]


def content(case: str, name: str, side: str) -> bytes:
    """What the words of a case's `setup` say about one file."""
    dice = random.Random(name.partition(".")[2])  # a.1001.exr and b.1001.exr are the same frame
    if case == "dup-black-slate-first":
        return b"black" if "1001" in name else random.Random(name).randbytes(500)
    if case == "dup-movie-sampled":
        data = bytearray(random.Random(1).randbytes(4_200_000))
        if side == "clip":
            data[1_200_000] ^= 1
        return bytes(data)
    return dice.randbytes(500)


def sources(folder: Path) -> list[SourceFile]:
    """The clip that a folder holds."""
    names = sorted(os.listdir(folder))
    if len(names) == 1 and names[0].count(".") == 1:
        return list(SourceFiles.take(Clip("movie", os.fspath(folder), ".", "x", "mov", file=names[0])))
    first, last = int(names[0].split(".")[1]), int(names[-1].split(".")[1])
    prefix = names[0].split(".")[0]
    run = NameRun(f"{prefix}.", ".exr", 4, first, last)
    clip = Clip("sequence", os.fspath(folder), ".", prefix, "exr", ".", 4, FrameSet(((first, last),)), (run,))
    return list(SourceFiles.take(clip))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_table(case: dict[str, Any], tmp_path: Path) -> None:
    """These versions were published by another tool, without a manifest: both sides are read."""
    home = tmp_path / make_job.STEP_FOLDER / "_published"
    version, clip = home / case["version_folder"], tmp_path / "in"
    version.mkdir(parents=True)
    clip.mkdir()
    for name in case["version_files"]:
        (version / name).write_bytes(content(case["id"], name, "version"))
    for name in case["clip_files"]:
        (clip / name).write_bytes(content(case["id"], name, "clip"))
    if case["id"] != "dup-incomplete-version":
        (version / ".ramses_complete").write_bytes(b"1700000000")
    found = find_duplicate(versions_in(os.fspath(tmp_path), make_job.STEP_FOLDER), case["resource"], sources(clip))
    assert (found.version is not None) is case["expected"]["is_duplicate"]
    assert found.unchecked == ()


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    make_job.sequence(tmp_path / "in")
    return tmp_path / "in"


@pytest.fixture
def version(tmp_path: Path, delivery: Path) -> Path:
    (tmp_path / "proj").mkdir()
    return tmp_path / "proj" / publish(make_job.job(tmp_path / "proj", make_job.clip(delivery))).folder


def test_a_redelivery_is_the_same(version: Path, delivery: Path, tmp_path: Path) -> None:
    shutil.copytree(delivery, tmp_path / "again")
    assert same_content(os.fspath(version), sources(tmp_path / "again")) is True


@pytest.mark.parametrize("frame", [1001, 1002, 1004])
def test_a_corrected_redelivery_is_not(version: Path, delivery: Path, frame: int) -> None:
    path = delivery / f"plate.{frame}.exr"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert same_content(os.fspath(version), sources(delivery)) is False


def test_the_same_pictures_under_other_numbers_are_not(version: Path, delivery: Path, tmp_path: Path) -> None:
    (tmp_path / "moved").mkdir()
    for frame in range(1001, 1005):
        shutil.copy(delivery / f"plate.{frame}.exr", tmp_path / "moved" / f"plate.{frame + 7}.exr")
    assert same_content(os.fspath(version), sources(tmp_path / "moved")) is False


def test_nothing_is_read_where_count_or_sizes_differ(
    version: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "hash_whole", lambda *_values, **_options: pytest.fail("read"))
    assert same_content(os.fspath(version), sources(delivery)[:3]) is False
    with (delivery / "plate.1003.exr").open("ab") as file:
        file.write(b"x")
    assert same_content(os.fspath(version), sources(delivery)) is False


def test_a_version_that_is_not_whole_is_no_duplicate(version: Path, delivery: Path) -> None:
    frame = version / "PROJ_S_SH010_PLATE.1002.exr"
    data = frame.read_bytes()
    frame.unlink()
    assert same_content(os.fspath(version), sources(delivery)) is False
    frame.write_bytes(data)
    assert same_content(os.fspath(version), sources(delivery)) is True
    (version / ".ramses_complete").unlink()
    assert same_content(os.fspath(version), sources(delivery)) is False
    assert same_content(os.fspath(version.with_name("009_OK")), sources(delivery)) is False


def test_a_broken_manifest_makes_no_duplicate(version: Path, delivery: Path) -> None:
    (version / "ascmhl" / "ascmhl_chain.xml").unlink()
    assert same_content(os.fspath(version), sources(delivery)) is False


def test_without_xxhash_nobody_can_say(version: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xxhash", None)
    assert same_content(os.fspath(version), sources(delivery)) is None
    versions = versions_in(os.fspath(version.parents[4]), make_job.STEP_FOLDER)
    found = find_duplicate(versions, "", sources(delivery))
    assert found.version is None and found.unchecked[0][0] == "001_OK"


def test_many_versions_cost_one_reading(version: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = version.parents[4]
    other = make_job.sequence(project.parent / "other", seed=5)
    for plan in range(3):
        publish(make_job.job(project, other, plan=f"other-{plan}"))
    reads: list[str] = []
    real = duplicates.hash_whole

    def count(path: str, *values: Any, **options: Any) -> int:
        reads.append(path)
        return real(path, *values, **options)

    monkeypatch.setattr(duplicates, "hash_whole", count)
    found = find_duplicate(versions_in(os.fspath(project), make_job.STEP_FOLDER), "", sources(delivery))
    assert isinstance(found.version, PublishedVersion) and found.version.name == "001_OK"
    assert len(reads) == len(set(reads)) == 4
