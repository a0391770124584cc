# SPDX-License-Identifier: GPL-3.0-or-later
"""Files from outside are copied into the step, whole sequences with them; nothing is moved or overwritten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from make_delivery import project
from ramses_plates.core.bring_in import bring_in, find_by_name, outside
from ramses_plates.core.errors import Cancelled, ReadFailed
from ramses_plates.core.events import Cancel
from ramses_plates.core.work_context import WorkContext


@pytest.fixture
def work(tmp_path: Path) -> WorkContext:
    return WorkContext.of_shot(os.fspath(project(tmp_path)), "PROJ", "SH010", "COMP")


def written(folder: Path, names: list[str], text: str = "x") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(f"{text} {name}", encoding="utf-8")
    return folder


def test_a_frame_brings_its_sequence_and_nothing_else(work: WorkContext, tmp_path: Path) -> None:
    folder = written(tmp_path / "stock", ["sky.1001.exr", "sky.1002.exr", "sky.1004.exr", "notes.txt", "tree.png"])
    copied = bring_in(work, [os.fspath(folder / "sky.1002.exr")])
    home = Path(work.folder) / "_sources/stock"
    assert sorted(os.listdir(home)) == ["sky.1001.exr", "sky.1002.exr", "sky.1004.exr"]
    assert copied[os.fspath(folder / "sky.1002.exr")] == os.fspath(home / "sky.1002.exr")
    assert (home / "sky.1004.exr").read_bytes() == (folder / "sky.1004.exr").read_bytes()
    assert (folder / "sky.1002.exr").exists(), "never moved"


def test_the_same_content_is_copied_once_and_other_content_apart(work: WorkContext, tmp_path: Path) -> None:
    one = written(tmp_path / "a/stock", ["tree.png"], "one")
    bring_in(work, [os.fspath(one / "tree.png")])
    again = bring_in(work, [os.fspath(one / "tree.png")])
    assert list(again.values()) == [os.path.join(work.folder, "_sources", "stock", "tree.png")]
    other = written(tmp_path / "b/stock", ["tree.png"], "two")
    (apart,) = bring_in(work, [os.fspath(other / "tree.png")]).values()
    assert apart == os.path.join(work.folder, "_sources", "stock-2", "tree.png")
    assert Path(apart).read_text(encoding="utf-8") == "two tree.png"


def test_what_is_outside_is_told(work: WorkContext, tmp_path: Path) -> None:
    inside = os.path.join(work.root, "02-PROD", "a.png")
    beside = work.root + "-old/a.png"
    assert outside(work.root, [inside, beside, os.fspath(tmp_path / "x.png")]) == sorted(
        [beside, os.fspath(tmp_path / "x.png")]
    )


def test_a_file_that_is_gone_and_a_cancel_are_said(work: WorkContext, tmp_path: Path) -> None:
    with pytest.raises(ReadFailed, match="cannot list"):
        bring_in(work, [os.fspath(tmp_path / "gone/a.png")])
    folder = written(tmp_path / "stock", ["a.png"])
    with pytest.raises(ReadFailed, match="cannot read"):
        bring_in(work, [os.fspath(folder / "b.png")])
    stopped = Cancel()
    stopped.set()
    with pytest.raises(Cancelled):
        bring_in(work, [os.fspath(folder / "a.png")], cancel=stopped)
    assert not os.path.exists(os.path.join(work.folder, "_sources", "stock", "b.png"))


def test_lost_files_are_found_once_or_not_at_all(work: WorkContext) -> None:
    root = Path(work.root)
    for folder, name in (("a", "once.png"), ("a", "twice.png"), ("b", "twice.png"), ("_trash", "gone.png")):
        written(root / "02-PROD" / folder if folder != "_trash" else root / folder, [name])
    lost = [os.path.join(work.root, name) for name in ("once.png", "twice.png", "gone.png")]
    found, still = find_by_name(work.root, lost)
    assert found == {lost[0]: os.fspath(root / "02-PROD/a/once.png")}
    assert still == sorted(lost[1:])
