# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that was killed before its pictures were made: the same ingest again makes those that lack, and no others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from make_delivery import plate, project
from ramses_plates.hosts.cli.main import main


def pictures(root: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in root.rglob("_preview/*")}


@pytest.mark.parametrize("lost", [".jpg", ".preview.json", ".mp4", ".proxy.json", "all"])
def test_the_same_ingest_again_makes_what_lacks(lost: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path)
    for shot in ("SH010", "SH020"):
        plate(tmp_path / "in", shot, [1001, 1002])
    verb = ["ingest", os.fspath(tmp_path / "in"), "--root", os.fspath(root), "--yes", "--offline", "--proxy"]
    assert main(verb) == 0
    whole = pictures(root)
    assert len(whole) == 8
    for path in root.rglob("_preview/*SH020*"):
        if lost in ("all", "".join(path.suffixes)):
            path.unlink()
    assert len(pictures(root)) < 8
    assert main(verb) == 0
    again = pictures(root)
    assert set(again) == set(whole)
    assert {name: time for name, time in again.items() if "SH010" in name} == {
        name: time for name, time in whole.items() if "SH010" in name
    }
    capsys.readouterr()


def test_an_older_delivery_again_changes_no_picture(tmp_path: Path) -> None:
    root = project(tmp_path)
    for day in ("a", "b"):
        plate(tmp_path / day, "SH010", [1001, 1002], comments=day)
        assert main(["ingest", os.fspath(tmp_path / day), "--root", os.fspath(root), "--yes", "--offline"]) == 0
    before = pictures(root)
    assert main(["ingest", os.fspath(tmp_path / "a"), "--root", os.fspath(root), "--yes", "--offline"]) == 0
    assert pictures(root) == before
