# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealing again adds true generations, judged by the official tool; what is damaged is never sealed over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import judge
import kill
import make_job
import make_mhl
import pytest
from ramses_plates.core import mhl, mhl_reseal
from ramses_plates.core.errors import ManifestError
from ramses_plates.core.mhl_reseal import reseal
from ramses_plates.core.publish import publish
from ramses_plates.core.undo import undo
from ramses_plates.core.verify import verify
from ramses_plates.hosts.cli.main import main

TOOL = Path(sys.executable).parent / "ascmhl-debug"


@pytest.fixture
def version(tmp_path: Path) -> Path:
    (tmp_path / "proj").mkdir()
    job = make_job.job(tmp_path / "proj", make_job.sequence(tmp_path / "in", last=1002, size=60))
    return tmp_path / "proj" / publish(job, jobs=1).folder


def judged(folder: Path) -> int:
    """The verdict of the reference tool: 0 = all is well."""
    return subprocess.run([TOOL, "verify", folder], capture_output=True, text=True, check=False).returncode


def generations(folder: Path) -> list[str]:
    return [name for name, _c4 in mhl.chain_rows(os.fspath(folder))]


def test_a_generation_more(version: Path) -> None:
    for number in (2, 3, 4):
        done = reseal(os.fspath(version))
        assert done.generation.startswith(f"{number:04d}_001_OK_") and done.report.intact
        assert generations(version)[-1] == done.generation and len(generations(version)) == number
    assert verify(os.fspath(version)).intact


@pytest.mark.ascmhl
def test_the_reference_tool_accepts_generations_additions_and_nested_histories(version: Path) -> None:
    reseal(os.fspath(version))
    assert judged(version) == 0
    (version / "look.cube").write_text("LUT")
    assert judged(version) != 0
    assert reseal(os.fspath(version)).generation and judged(version) == 0
    (version / "reel" / "deep").mkdir(parents=True)
    (version / "reel" / "a.mov").write_bytes(b"a")
    (version / "reel" / "deep" / "b.mov").write_bytes(b"b")
    make_mhl.history(version / "reel" / "deep", [version / "reel" / "deep" / "b.mov"])
    make_mhl.history(version / "reel", [version / "reel" / "a.mov"])
    assert reseal(os.fspath(version)).generation and judged(version) == 0
    assert len(generations(version / "reel")) == 2 and len(generations(version / "reel" / "deep")) == 2
    text = next((version / "ascmhl").glob("0004*")).read_text()
    assert "<hashlistreference>" in text and "reel/ascmhl/0002_reel_" in text
    (version / "reel" / "deep" / "b.mov").write_bytes(b"c")
    assert judged(version) != 0


@pytest.mark.ascmhl
def test_a_folder_without_history_gets_its_first(tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / "a.mov").write_bytes(b"a")
    assert reseal(os.fspath(tmp_path / "day")).generation.startswith("0001_day_")
    assert judged(tmp_path / "day") == 0


def test_nested_histories_are_verified(version: Path) -> None:
    (version / "reel").mkdir()
    (version / "reel" / "a.mov").write_bytes(b"a")
    assert verify(os.fspath(version)).extra == ("reel/a.mov",)
    make_mhl.history(version / "reel", [version / "reel" / "a.mov"])
    assert verify(os.fspath(version)).intact
    (version / "reel" / "a.mov").write_bytes(b"b")
    assert [name for name, _why in verify(os.fspath(version)).changed] == ["reel/a.mov"]
    assert reseal(os.fspath(version)).generation == "" and len(generations(version)) == 1


@pytest.mark.parametrize("damage", ["changed", "missing", "grown"])
def test_damage_is_never_sealed_over(version: Path, damage: str) -> None:
    frame = version / f"{make_job.STEM}.1002.exr"
    data = frame.read_bytes()
    if damage == "missing":
        frame.unlink()
    else:
        frame.write_bytes(data + b"x" if damage == "grown" else b"x" + data[1:])
    before = judge.content(version)
    done = reseal(os.fspath(version))
    assert not done.generation and not done.report.intact and judge.content(version) == before


def test_a_broken_history_is_not_continued(version: Path) -> None:
    (version / "ascmhl" / "ascmhl_chain.xml").write_text("<x/>")
    with pytest.raises(ManifestError):
        reseal(os.fspath(version))


def test_somebody_else_sealed_it_meanwhile(version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = mhl.chain_rows, []

    def rows(folder: str) -> list[tuple[str, str]]:
        calls.append(folder)
        return [*real(folder), ("0002_other.mhl", "c4x")] if len(calls) == 2 else real(folder)

    monkeypatch.setattr(mhl_reseal.mhl, "chain_rows", rows)
    before = judge.content(version)
    with pytest.raises(ManifestError, match="somebody else"):
        reseal(os.fspath(version))
    assert judge.content(version) == before


def test_killed_anywhere(version: Path, tmp_path: Path) -> None:
    for nth in range(1, 100):
        folder = tmp_path / f"k{nth}" / version.name
        shutil.copytree(version, folder)
        hit = kill.killed_at(nth, lambda folder=folder: reseal(os.fspath(folder), jobs=1))
        assert verify(os.fspath(folder)).intact
        assert reseal(os.fspath(folder), jobs=1).generation
        assert verify(os.fspath(folder)).intact
        if not hit:
            assert nth > 15 and len(generations(folder)) == 3
            return
    raise AssertionError("it never came to its end")


def test_a_version_that_was_sealed_again_can_be_undone(version: Path, tmp_path: Path) -> None:
    reseal(os.fspath(version))
    assert undo(os.fspath(tmp_path / "proj"), "run-1").ok and not version.exists()


def test_the_verb(version: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", os.fspath(version), "--reseal", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["folders"]
    assert entry["sealed"].startswith("0002_") and entry["ok"]
    assert main(["verify", os.fspath(version), "--reseal"]) == 0
    assert "sealed again: 0003_" in capsys.readouterr().out
