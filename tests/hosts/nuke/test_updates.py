# SPDX-License-Identifier: GPL-3.0-or-later
"""Newer versions: seen, shown, taken over, and the artist's own changes left alone."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import Any

import make_published
import pytest
from nuke_hands import refresh, update_all
from ramses_plates.hosts.nuke.node_record import read_record
from ramses_plates.hosts.nuke.plate import read_plate
from ramses_plates.hosts.nuke.reads import create_read, placed
from ramses_plates.hosts.nuke.standing import judge
from ramses_plates.hosts.nuke.updates import COLOURS, seen, show, update_read


def load(nuke: Any, version: Any) -> Any:
    plate = read_plate(version)
    return nuke.toNode(create_read(plate, placed(plate, "shot-start")).node)


@pytest.fixture
def node(nuke: Any, tmp_path: Path) -> Any:
    """The Read of version 1: frames 993-1050, handles of 8."""
    return load(nuke, make_published.plate(tmp_path, "001_WIP", range(993, 1051)))


def second(tmp_path: Path) -> Any:
    """Version 2: four more frames of head, other numbers, another size."""
    return make_published.plate(tmp_path, "002_WIP", range(1989, 2051), handles=(12, 8), size=(48, 20))


def states() -> list[str]:
    return [standing.state for standing in refresh()]


@pytest.mark.parametrize("printf", [False, True])
def test_a_second_delivery_is_seen_and_taken_over(nuke: Any, node: Any, tmp_path: Path, printf: bool) -> None:
    nuke._host().printf = printf
    assert states() == ["newest"]
    assert node["tile_color"].value() == COLOURS["newest"]
    second(tmp_path)
    assert states() == ["older"]
    assert node["tile_color"].value() == COLOURS["older"]
    (done,) = update_all()
    assert (done.was, done.now, done.kept, done.problem) == ("001_WIP", "002_WIP", (), "")
    assert node["tile_color"].value() == COLOURS["newest"]
    assert (node["first"].value(), node["last"].value(), node["frame"].value()) == (1989, 2050, "989")
    assert node.metadata("input/frame", 1001) == 2001
    assert (node["format"].value().width(), node["ramses_version"].value()) == (48, "002_WIP")
    assert (nuke.root()["first_frame"].value(), nuke.root()["last_frame"].value()) == (1, 100)
    assert states() == ["newest"]
    assert update_all() == []


def test_an_update_is_one_undo_step(nuke: Any, node: Any, tmp_path: Path) -> None:
    before = {name: knob.value() for name, knob in node.knobs().items()}
    update_read(node.fullName(), read_plate(second(tmp_path)))
    assert nuke._steps()[-1] == "Update Read1 to 002_WIP"
    nuke.undo()
    assert {name: knob.value() for name, knob in node.knobs().items()} == before


def test_the_artists_changes_stay_and_are_told(node: Any, tmp_path: Path) -> None:
    node["colorspace"].setValue("sRGB")
    node["last"].setValue(1040)
    node["before"].setValue("black")
    node["label"].setValue("mine")
    node["tile_color"].setValue(0x123456FF)
    (done,) = [update_read(node.fullName(), read_plate(second(tmp_path)))]
    assert done.kept == ("its last frame", "its colorspace")
    assert (node["colorspace"].value(), node["last"].value(), node["first"].value()) == ("sRGB", 1040, 1989)
    assert (node["before"].value(), node["label"].value(), node["tile_color"].value()) == ("black", "mine", 0x123456FF)
    third = make_published.plate(tmp_path, "003_WIP", range(993, 1051))
    assert update_read(node.fullName(), read_plate(third)).kept == ("its last frame", "its colorspace")


def test_a_slip_in_time_stays_through_updates(node: Any, tmp_path: Path) -> None:
    node["frame"].setValue("998")
    done = update_read(node.fullName(), read_plate(second(tmp_path)))
    assert done.kept == ("its slip by +5 frames",)
    assert node.metadata("input/frame", 1006) == 2001
    third = make_published.plate(tmp_path, "003_WIP", range(993, 1051))
    assert update_read(node.fullName(), read_plate(third)).kept == ("its slip by +5 frames",)
    assert node.metadata("input/frame", 1006) == 1001


def test_a_trimmed_head_shows_the_same_pictures(node: Any, tmp_path: Path) -> None:
    node["first"].setValue(1001)
    node["frame"].setValue("1001")
    third = make_published.plate(tmp_path, "003_WIP", range(989, 1051), handles=(12, 8))
    done = update_read(node.fullName(), read_plate(third))
    assert done.kept == ("its first frame",)
    assert [node.metadata("input/frame", at) for at in (990, 1001, 1020)] == [1001, 1001, 1020]


def test_an_artists_frame_mode_is_not_fought(node: Any, tmp_path: Path) -> None:
    node["frame_mode"].setValue("expression")
    node["frame"].setValue("frame+3")
    done = update_read(node.fullName(), read_plate(second(tmp_path)))
    assert "its frame_mode" in done.kept
    assert (node["frame_mode"].value(), node["frame"].value()) == ("expression", "frame+3")


def test_a_file_of_another_clip_is_left_alone(node: Any, tmp_path: Path) -> None:
    node["file"].setValue("/elsewhere/x.####.exr")
    done = update_read(node.fullName(), read_plate(second(tmp_path)))
    assert (done.kept, node["first"].value()) == (("its file",), 993)
    assert states() == ["unknown"]


def test_missing_versions_are_red(node: Any, tmp_path: Path) -> None:
    for name in os.listdir(make_published.folder(tmp_path, "001_WIP")):
        os.unlink(make_published.folder(tmp_path, "001_WIP") / name)
    assert states() == ["missing"]
    shutil.rmtree(make_published.folder(tmp_path, "001_WIP"))
    assert states() == ["missing"]
    assert node["tile_color"].value() == COLOURS["missing"]


def test_an_unfinished_version_is_not_offered(node: Any, tmp_path: Path) -> None:
    version = second(tmp_path)
    os.unlink(os.path.join(version.path, ".ramses_complete"))
    assert states() == ["newest"]
    assert node["tile_color"].value() == COLOURS["newest"]


def test_resources_have_newest_versions_of_their_own(node: Any, tmp_path: Path) -> None:
    make_published.plate(tmp_path, "BG_002_WIP", range(1001, 1018))
    assert states() == ["newest"]
    assert node["tile_color"].value() == COLOURS["newest"]


def test_foreign_reads_of_the_tree_are_seen_others_are_not(nuke: Any, tmp_path: Path) -> None:
    version = make_published.plate(tmp_path, "001_WIP", range(1001, 1018))
    second(tmp_path)
    foreign, stranger = nuke.nodes.Read(), nuke.nodes.Read()
    foreign["file"].fromUserText(f"{version.path}/PROJ_S_SH010_PLATE.####.exr")
    stranger["file"].setValue("/elsewhere/x.exr")
    (standing,) = refresh()
    assert (standing.node, standing.state, standing.ours) == (foreign.fullName(), "older", False)
    assert stranger["tile_color"].value() == 0
    assert update_all() == []
    foreign["frame_mode"].setValue("start at")
    foreign["frame"].setValue("101")
    update_read(foreign.fullName(), read_plate(second(tmp_path)))
    assert (foreign["first"].value(), foreign["last"].value()) == (1989, 2050)
    assert foreign["frame"].value() == str(1989 + (101 - 1001))
    assert states() == ["newest"]


def test_reads_in_groups_count_those_in_other_peoples_files_do_not(nuke: Any, tmp_path: Path) -> None:
    version = make_published.plate(tmp_path, "001_WIP", range(1001, 1018))
    for kind in ("Group", "LiveGroup", "Precomp", "Gizmo"):
        group = nuke.nodes.__getattr__(kind)().begin()
        load_inside = nuke.nodes.Read()
        load_inside["file"].setValue(f"{version.path}/PROJ_S_SH010_PLATE.####.exr")
        group.end()
    assert [standing.node for standing in refresh()] == ["Group1.Read1"]


def test_a_copied_node_gets_an_id_of_its_own(nuke: Any, node: Any) -> None:
    copy = nuke.nodes.Read()
    copy["file"].setValue(node["file"].value())
    copy.addKnob(nuke.String_Knob("ramses_plates_record", "record"))
    copy["ramses_plates_record"].setValue(node["ramses_plates_record"].value())
    assert len(seen()) == 2
    mine, other = read_record(node), read_record(copy)
    assert mine is not None and other is not None
    assert mine.uuid != other.uuid


def test_a_disk_that_is_away_is_said(node: Any, tmp_path: Path) -> None:
    (tmp_path / "05-SHOTS").rename(tmp_path / "away")
    (standing,) = refresh()
    assert (standing.state, node["tile_color"].value()) == ("missing", COLOURS["missing"])
    assert "cannot be reached" in standing.reason and os.fspath(tmp_path) in standing.reason
    assert update_all() == []


def test_the_disk_is_judged_off_the_main_thread(node: Any, tmp_path: Path) -> None:
    second(tmp_path)
    reads, found = seen(), []
    thread = threading.Thread(target=lambda: found.extend(judge(reads)))
    thread.start()
    thread.join()
    assert [(one.node, one.state) for one in found] == [(node.fullName(), "older")]


def test_a_failed_update_leaves_the_node_as_it_was(nuke: Any, node: Any, tmp_path: Path, monkeypatch: Any) -> None:
    plate = read_plate(second(tmp_path))
    before = {name: knob.value() for name, knob in node.knobs().items()}
    monkeypatch.setattr(nuke, "addFormat", lambda _text: 1 / 0)
    for name in os.listdir(plate.version.path):
        if name.endswith(".exr"):
            os.unlink(os.path.join(plate.version.path, name))
    with pytest.raises(ZeroDivisionError):
        update_read(node.fullName(), plate)
    after = {name: knob.value() for name, knob in node.knobs().items()}
    assert after == before
    assert nuke.root()["lock_range"].value() is False


def test_a_version_that_the_artist_switched_by_hand_is_updated(node: Any, tmp_path: Path) -> None:
    make_published.plate(tmp_path, "003_WIP", range(993, 1060))
    node["file"].setValue(node["file"].value().replace("001_WIP", second(tmp_path).name))
    (done,) = update_all()
    assert (done.now, done.kept, node["last"].value()) == ("003_WIP", (), 1059)


def test_a_resource_that_the_artist_put_in_does_not_become_the_plate(node: Any, tmp_path: Path) -> None:
    make_published.plate(tmp_path, "BG_001_WIP", range(993, 1051))
    node["file"].setValue(node["file"].value().replace("001_WIP", "BG_001_WIP"))
    assert update_read(node.fullName(), read_plate(second(tmp_path))).kept == ("its file",)


def test_a_look_costs_one_listing_per_step_and_none_for_reads_elsewhere(
    nuke: Any, node: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    """On a slow server each of these is a round trip, and a script may hold thousands of Reads."""
    for number in range(2, 12):
        make_published.plate(tmp_path, f"{number:03d}_WIP", range(1001, 1003))
    for at in range(30):
        nuke.nodes.Read()["file"].setValue(f"/elsewhere/{at}/x.####.exr")
        nuke.nodes.Read()["file"].setValue(node["file"].value())
    reads, asked = seen(), []
    for module, name in ((os, "scandir"), (os.path, "isdir"), (os.path, "exists"), (os, "stat")):
        real = getattr(module, name)
        monkeypatch.setattr(
            module,
            name,
            lambda path, *more, _real=real, **options: (
                asked.append(os.fspath(path)) if isinstance(path, (str, os.PathLike)) else None,
                _real(path, *more, **options),
            )[1],
        )
    standings = judge(reads)
    assert len(standings) == 31 and {standing.state for standing in standings} == {"older"}
    assert not [path for path in asked if path.startswith("/elsewhere")]
    assert len(asked) < 31 * 2 + 30


def test_a_look_asks_for_no_node_by_its_name(nuke: Any, node: Any, tmp_path: Path, monkeypatch: Any) -> None:
    """Names are looked up one by one: a script of thousands of Reads would be held for seconds."""
    second(tmp_path)
    monkeypatch.setattr(nuke, "toNode", lambda _name: pytest.fail("a node was looked up"))
    show(judge(seen()))
    assert node["tile_color"].value() == COLOURS["older"]
