# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads made from published plates: the right frame at the right place, and nothing else in the script touched."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import make_exr
import make_movie
import make_published
import pytest
from ramses_plates.core.errors import ReadFailed
from ramses_plates.hosts.nuke import node_record, nuke_api
from ramses_plates.hosts.nuke.plate import read_plate, read_plates
from ramses_plates.hosts.nuke.reads import Made, create_read, create_reads, placed


def load(version: Any, policy: Any = "shot-start") -> Made:
    plate = read_plate(version)
    return create_read(plate, placed(plate, policy))


def test_a_plate_sits_where_its_record_says(nuke: Any, tmp_path: Path) -> None:
    other = nuke.createNode("Blur")
    made = load(make_published.plate(tmp_path, "001_WIP", range(993, 1051), handles=(8, 8)))
    node = nuke.toNode(made.node)
    assert node["frame_mode"].value() == "start at"
    assert node["frame"].value() == "993"
    assert [node.metadata("input/frame", at) for at in (993, 1001, 1050)] == [993, 1001, 1050]
    assert (nuke.root()["first_frame"].value(), nuke.root()["last_frame"].value()) == (1, 100)
    assert nuke.root()["lock_range"].value() is False
    assert (node.inputs(), nuke.selectedNodes()) == (0, [other])
    assert node["ramses_timecode"].value() == "01:00:00:00"
    assert node["ramses_version"].value() == "001_WIP"
    assert node._tab == 0


def test_file_numbers_that_are_not_shot_frames_are_moved(nuke: Any, tmp_path: Path) -> None:
    made = load(make_published.plate(tmp_path, "001_WIP", range(86400, 86440), handles=(10, 5)))
    node = nuke.toNode(made.node)
    assert node["frame"].value() == "991"
    assert node.metadata("input/frame", 1001) == 86410
    made = load(make_published.plate(tmp_path, "002_WIP", range(86400, 86440)), "source-frames")
    assert nuke.toNode(made.node).metadata("input/frame", 86410) == 86410


@pytest.mark.parametrize("frames", [range(-3, 4), range(10)])
def test_frame_zero_and_negative_frames_are_frames(nuke: Any, tmp_path: Path, frames: range) -> None:
    made = load(make_published.plate(tmp_path, "001_WIP", frames, handles=(0, 0), start=0), "source-frames")
    node = nuke.toNode(made.node)
    assert [node.metadata("input/frame", at) for at in frames] == list(frames)


def test_gaps_are_said_and_move_nothing(nuke: Any, tmp_path: Path) -> None:
    made = load(make_published.plate(tmp_path, "001_WIP", [1001, 1002, 1005, 1006], handles=(0, 0)))
    node = nuke.toNode(made.node)
    assert "Frames without a file: 1003-1004." in made.notes
    assert [node.metadata("input/frame", at) for at in (1002, 1003, 1005)] == [1002, None, 1005]
    assert (node["first"].value(), node["last"].value()) == (1001, 1006)


def test_movies_count_from_one(nuke: Any, tmp_path: Path) -> None:
    path = make_published.folder(tmp_path, "001_WIP") / "PROJ_S_SH010_PLATE.mov"
    make_movie.write(os.fspath(path), frames=12)
    made = load(make_published.finish(tmp_path, "001_WIP"))
    node = nuke.toNode(made.node)
    assert node["file"].value().endswith("PLATE.mov")
    assert (node["first"].value(), node["last"].value(), node["frame"].value()) == (1, 12, "1001")
    assert node.metadata("input/frame", 1003) == 3


def test_a_still_is_one_frame_that_holds(nuke: Any, tmp_path: Path) -> None:
    make_exr.write(os.fspath(make_published.folder(tmp_path, "REF_001_WIP") / "PROJ_S_SH010_PLATE_REF.exr"))
    node = nuke.toNode(load(make_published.finish(tmp_path, "REF_001_WIP")).node)
    assert (node["first"].value(), node["last"].value()) == (1, 1)
    assert node.metadata("input/frame", 5000) == 1


def test_a_stereo_pair_is_one_read(nuke: Any, tmp_path: Path) -> None:
    home = make_published.folder(tmp_path, "001_WIP")
    for eye in ("left", "right"):
        for frame in (1001, 1002):
            make_exr.write(os.fspath(home / f"PROJ_S_SH010_PLATE_{eye}.{frame}.exr"))
    version = make_published.finish(tmp_path, "001_WIP")
    made = load(version)
    assert nuke.toNode(made.node)["file"].value().endswith("PROJ_S_SH010_PLATE_%V.####.exr")
    assert any("no views left and right" in note for note in made.notes)
    nuke._host().views = ["left", "right"]
    assert not any("views" in note for note in load(version).notes)


def test_deep_pictures_get_a_deep_read(nuke: Any, tmp_path: Path) -> None:
    version = make_published.plate(tmp_path, "001_WIP", range(1001, 1003), handles=(0, 0), colorspace="linear")
    for name in version.files:
        with open(os.path.join(version.path, name), "r+b") as file:
            file.seek(4)
            file.write(struct.pack("<I", 2 | 0x800))
    assert nuke.toNode(load(version).node).Class() == "DeepRead"


def test_colour_is_set_where_it_is_offered_and_said_where_not(nuke: Any, tmp_path: Path) -> None:
    nuke._host().colorspaces = ["default (linear)", "linear", "ACEScg\tACES/ACEScg"]

    def space(number: int, wanted: str) -> tuple[str, list[str]]:
        made = load(make_published.plate(tmp_path, f"00{number}_WIP", range(1001, 1018), colorspace=wanted))
        notes = [note for note in made.notes if "colour space" in note]
        return nuke.toNode(made.node)["colorspace"].value(), notes

    assert space(1, "ACEScg") == ("ACEScg", [])
    assert space(2, "linear") == ("default (linear)", [])
    value, notes = space(3, "LogC3")
    assert (value, len(notes)) == ("default (linear)", 1)
    assert "LogC3" in notes[0] and "linear" in notes[0]


def test_the_format_is_ours_where_the_file_says_another(nuke: Any, tmp_path: Path) -> None:
    version = make_published.plate(tmp_path, "001_WIP", range(1001, 1018), size=(1920, 1080))
    for name in version.files:
        make_exr.write(os.path.join(version.path, name), 64, 36)
    form = nuke.toNode(load(version).node)["format"].value()
    assert (form.width(), form.height(), form.name()) == (1920, 1080, "HD_1080")


def test_loading_is_one_undo_step(nuke: Any, tmp_path: Path) -> None:
    load(make_published.plate(tmp_path, "001_WIP", range(1001, 1018)))
    assert nuke._steps() == ["Load SH010 001_WIP"]
    nuke.undo()
    assert nuke.allNodes() == []
    assert nuke.root()["lock_range"].value() is False


def test_the_limit_of_a_non_commercial_nuke_is_explained(nuke: Any, tmp_path: Path) -> None:
    nuke._reset(nc=True)
    for _each in range(10):
        nuke.createNode("Blur")
    with pytest.raises(nuke_api.NukeRefused, match="Non-commercial"):
        load(make_published.plate(tmp_path, "001_WIP", range(1001, 1018)))


def test_a_node_that_cannot_be_finished_does_not_stay(nuke: Any, tmp_path: Path, monkeypatch: Any) -> None:
    plate = read_plate(make_published.plate(tmp_path, "001_WIP", range(1001, 1018)))
    placement = placed(plate, "shot-start")
    monkeypatch.setattr(nuke.Int_Knob, "setValue", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        create_read(plate, placement)
    assert nuke.allNodes() == []


def test_terminal_mode_loads_too(nuke: Any, tmp_path: Path) -> None:
    nuke._reset(gui=False)
    assert load(make_published.plate(tmp_path, "001_WIP", range(1001, 1018))).node == "Read1"


@pytest.mark.parametrize("sign", ["[", "$", "#", "%"])
def test_paths_that_nuke_would_read_otherwise_are_refused(tmp_path: Path, sign: str) -> None:
    version = make_published.plate(tmp_path / f"a{sign}b", "001_WIP", range(1001, 1018))
    with pytest.raises(ReadFailed, match="would not take"):
        read_plate(version)


def test_two_clips_are_no_plate(tmp_path: Path) -> None:
    home = make_published.folder(tmp_path, "001_WIP")
    for name in ("a.1001.exr", "b.1001.exr"):
        make_exr.write(os.fspath(home / name))
    with pytest.raises(ReadFailed, match="2 clips"):
        read_plate(make_published.finish(tmp_path, "001_WIP"))


def test_a_broken_record_is_nobodys() -> None:
    assert node_record.NodeRecord.parse("no base64!") is None
    assert node_record.NodeRecord.parse("e30=") is None
    record = node_record.NodeRecord("/p", "05-SHOTS/a/b/_published/001", "shot-start", 1, 2, {"file": 'ü"[$'})
    assert node_record.NodeRecord.parse(record.text()) == record


def test_a_batch_comes_in_a_row_and_one_step(nuke: Any, tmp_path: Path) -> None:
    other = nuke.nodes.Blur()
    other["xpos"].setValue(40)
    other["ypos"].setValue(-20)
    versions = [make_published.plate(tmp_path, name, range(1001, 1018)) for name in ("002_WIP", "BG_003_WIP")]
    bad = make_published.folder(tmp_path, "REF_001_WIP")
    *plates, problem = read_plates([*versions, make_published.finish(tmp_path, "REF_001_WIP")])
    again, same = read_plates([versions[0]] * 2)
    assert again is same
    assert [plate.version.name for plate in plates] == ["002_WIP", "BG_003_WIP"]
    assert isinstance(problem, str) and os.fspath(bad) in problem
    made = create_reads([(plate, placed(plate, "shot-start")) for plate in plates], "Load SH010")
    tiles = [(node["xpos"].value(), node["ypos"].value()) for node in (nuke.toNode(one.node) for one in made)]
    assert tiles == [(40, 130), (150, 130)]
    assert nuke._steps()[-1] == "Load SH010"
    nuke.undo()
    assert nuke.allNodes() == [other]


def test_a_batch_that_meets_the_limit_leaves_nothing(nuke: Any, tmp_path: Path) -> None:
    nuke._reset(nc=True)
    plate = read_plate(make_published.plate(tmp_path, "001_WIP", range(1001, 1018)))
    with pytest.raises(nuke_api.NukeRefused):
        create_reads([(plate, placed(plate, "shot-start"))] * 11, "Load all")
    assert nuke.allNodes() == []


def test_a_nuke_that_lacks_a_node_class_says_so(nuke: Any, tmp_path: Path, monkeypatch: Any) -> None:
    plate = read_plate(make_published.plate(tmp_path, "001_WIP", range(1001, 1018)))

    def lacking(typ: str, knobs: str = "", inpanel: bool = True) -> Any:
        raise RuntimeError(f"{typ}: Unknown command")

    monkeypatch.setattr(nuke, "createNode", lacking)
    with pytest.raises(nuke_api.NukeRefused, match="makes no Read"):
        create_reads([(plate, placed(plate, "shot-start"))], "Load")
    assert nuke._steps() == []
