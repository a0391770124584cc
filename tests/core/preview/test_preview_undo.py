# SPDX-License-Identifier: GPL-3.0-or-later
"""An undo takes the pictures of its versions along, and nobody else's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from make_delivery import ingest, plate, project
from ramses_plates.core import preview_undo
from ramses_plates.core.events import Cancel
from ramses_plates.core.preview_record import picture_path, read_record, record_path
from ramses_plates.core.preview_set import PreviewWish, make_preview_set, our_proxy
from ramses_plates.core.proxy import ProxyOptions
from ramses_plates.core.proxy_record import proxy_path
from ramses_plates.core.trash import restore
from ramses_plates.core.undo import undo
from ramses_plates.core.versions import PublishedVersion, list_versions
from ramses_plates.hosts.cli.main import main

BURNT = PreviewWish(proxy=ProxyOptions(burn_in=True))


def publish(
    tmp_path: Path, root: Path, comments: str, frames: range = range(1001, 1004)
) -> tuple[str, PublishedVersion]:
    """One more version of SH010; its run and itself."""
    folder = tmp_path / f"in {comments}"
    result = ingest(plate(folder, "SEQ010_SH010_plate", frames, comments=comments), root)
    return result.run, list_versions(os.fspath(root))[-1]


def shown(version: PublishedVersion) -> tuple[str, str]:
    """Which versions still and movie show, "" where there is none."""
    record, movie = read_record(record_path(version)), our_proxy(version)
    still = record.version if record is not None and Path(picture_path(version)).exists() else ""
    return still, movie.version if movie is not None else ""


def test_the_pictures_show_the_newest_version_left(tmp_path: Path) -> None:
    root = project(tmp_path)
    _, first = publish(tmp_path, root, "one")
    run, second = publish(tmp_path, root, "two", range(1001, 1006))
    make_preview_set([second], BURNT, jobs=1)
    undone = undo(os.fspath(root), run)
    assert undone.ok and undone.previews == ("The preview of PROJ_S_SH010_PLATE shows 001_WIP again.",)
    assert shown(first) == ("001_WIP", "001_WIP")
    movie = our_proxy(first)
    assert movie is not None and movie.burn_in and movie.frames == 3


def test_with_the_last_version_the_pictures_go(tmp_path: Path) -> None:
    root = project(tmp_path)
    run, one = publish(tmp_path, root, "one")
    make_preview_set([one], BURNT, jobs=1)
    undone = undo(os.fspath(root), run)
    assert undone.previews == ("The preview of PROJ_S_SH010_PLATE showed 001_WIP and was removed.",)
    assert os.listdir(Path(picture_path(one)).parent) == []


def test_without_the_libraries_the_pictures_go_and_a_sentence_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project(tmp_path)
    publish(tmp_path, root, "one")
    run, second = publish(tmp_path, root, "two")
    make_preview_set([second], jobs=1)
    monkeypatch.setattr(preview_undo, "missing_libraries", lambda: "Pictures need av.")
    (said,) = undo(os.fspath(root), run).previews
    assert "was removed; the verb preview makes one of 001_WIP" in said and shown(second) == ("", "")


def test_a_picture_of_another_version_stays(tmp_path: Path) -> None:
    root = project(tmp_path)
    run, first = publish(tmp_path, root, "one")
    _, second = publish(tmp_path, root, "two")
    make_preview_set([second], BURNT, jobs=1)
    assert undo(os.fspath(root), run).previews == () and shown(first) == ("002_WIP", "002_WIP")


def test_a_picture_that_somebody_replaced_stays(tmp_path: Path) -> None:
    root = project(tmp_path)
    run, one = publish(tmp_path, root, "one")
    make_preview_set([one], BURNT, jobs=1)
    Path(picture_path(one)).write_bytes(b"painted by hand")
    Path(proxy_path(one)).write_bytes(b"cut by hand")
    assert undo(os.fspath(root), run).previews == ()
    assert Path(picture_path(one)).read_bytes() == b"painted by hand"
    assert Path(proxy_path(one)).read_bytes() == b"cut by hand"


def test_only_the_movie_is_made_anew_where_the_still_is_somebody_elses(tmp_path: Path) -> None:
    root = project(tmp_path)
    publish(tmp_path, root, "one")
    run, second = publish(tmp_path, root, "two")
    make_preview_set([second], BURNT, jobs=1)
    Path(picture_path(second)).write_bytes(b"painted by hand")
    undo(os.fspath(root), run)
    movie = our_proxy(second)
    assert movie is not None and movie.version == "001_WIP"
    assert Path(picture_path(second)).read_bytes() == b"painted by hand"


def test_an_undo_stands_whatever_becomes_of_the_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path)
    publish(tmp_path, root, "one")
    run, second = publish(tmp_path, root, "two")
    make_preview_set([second], jobs=1)
    shutil.copytree(root, tmp_path / "again")
    monkeypatch.setenv("OCIO", os.fspath(tmp_path / "nowhere.ocio"))
    undone = undo(os.fspath(root), run)
    assert undone.ok and len(undone.moved) == 1 and "no other could be made" in undone.previews[0]
    monkeypatch.delenv("OCIO")
    stop = Cancel()

    def after_the_move(event: object) -> None:
        del event
        stop.set()

    undone = undo(os.fspath(tmp_path / "again"), run, listen=after_the_move, cancel=stop)
    assert len(undone.moved) == 1 and "stopped before another was made" in undone.previews[0]


def test_a_restored_version_is_shown_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path)
    publish(tmp_path, root, "one")
    run, second = publish(tmp_path, root, "two")
    make_preview_set([second], BURNT, jobs=1)
    undo(os.fspath(root), run)
    assert shown(second) == ("001_WIP", "001_WIP")
    assert main(["trash", "restore", run, "--root", os.fspath(root), "--offline"]) == 0
    assert "The preview of PROJ_S_SH010_PLATE shows 002_WIP again." in capsys.readouterr().out
    assert shown(second) == ("002_WIP", "002_WIP")


def test_restoring_leaves_newer_and_foreign_pictures_alone(tmp_path: Path) -> None:
    root = project(tmp_path)
    run, first = publish(tmp_path, root, "one")
    undo(os.fspath(root), run)
    _, second = publish(tmp_path, root, "two")
    make_preview_set([second], jobs=1)
    assert restore(os.fspath(root), run).previews == () and shown(second)[0] == "002_WIP"
    last, third = publish(tmp_path, root, "three")
    undo(os.fspath(root), last)
    Path(picture_path(third)).write_bytes(b"painted by hand")
    assert restore(os.fspath(root), last).previews == ()
    assert Path(picture_path(first)).read_bytes() == b"painted by hand"


def test_the_verb_says_what_the_pictures_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path)
    publish(tmp_path, root, "one")
    run, second = publish(tmp_path, root, "two")
    make_preview_set([second], jobs=1)
    assert main(["undo", run, "--root", os.fspath(root), "--offline"]) == 0
    assert "The preview of PROJ_S_SH010_PLATE shows 001_WIP again." in capsys.readouterr().out
