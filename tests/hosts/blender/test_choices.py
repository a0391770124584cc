# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist chooses from, what the panel tells of Ramses, and what may be changed about a clip."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest
from blender_eyes import coded_plate
from make_delivery import ingest
from ramses_database import demo
from ramses_double import Daemon
from ramses_plates.core.sidecar import read_facts

Ours = Callable[[str], Any]


def seen(ours: Ours) -> Any:
    choice = ours("hosts.blender.session").SceneChoice.of(bpy.context)
    return ours("hosts.blender.watch").find_out(choice)


def names(offers: Any) -> list[str]:
    return [name for name, _about in offers]


def test_pickers_offer_what_ramses_knows_and_what_lies_on_the_disk(
    scene: Any, tmp_path: Path, ours: Ours, start_ramses: Callable[..., Daemon]
) -> None:
    root = tmp_path / "PROJ"
    (root / "05-SHOTS/PROJ_S_SH990/PROJ_S_SH990_ROTO").mkdir(parents=True)
    scene.ramses.shot = "SH990"
    off = seen(ours)
    assert names(off.known.shots) == ["SH990"] and names(off.known.steps) == ["ROTO"]
    assert off.ramses == "Ramses is off" and not off.ready
    start_ramses(demo(short_name="PROJ", folder=root.as_posix()))
    ours("hosts.blender.watch").look_again()
    on = seen(ours)
    assert on.ready and on.ramses == "Ramses is on: PROJ"
    assert {"SH010", "SH110", "SH990"} <= set(names(on.known.shots))
    assert {"PLATE", "COMP", "ROTO"} <= set(names(on.known.steps)) and "Mod" not in names(on.known.steps)
    assert names(on.known.sequences) == ["SEQ01", "SEQ02"] and "CHK" in names(on.known.states)
    assert (root.as_posix(), "PROJ") in on.known.projects


def test_the_chosen_sequence_narrows_the_shots(
    scene: Any, tmp_path: Path, ours: Ours, start_ramses: Callable[..., Daemon]
) -> None:
    start_ramses(demo(short_name="PROJ", folder=(tmp_path / "PROJ").as_posix()))
    ours("hosts.blender.watch").look_again()
    search = ours("hosts.blender.properties")._shots
    scene.ramses.sequence = "SEQ02"
    assert names(search(scene.ramses, bpy.context, "")) == ["SH110", "SH120"]
    assert names(search(scene.ramses, bpy.context, "12")) == ["SH120"]
    assert len(search(scene.ramses, bpy.context, "SH110")) == 2, "a chosen name does not hide the others"
    scene.ramses.shot = "SH777"
    assert seen(ours).label == "PROJ  SH777 TRACK", "free text stays possible"


def test_another_open_project_and_a_waiting_outbox_are_told(
    scene: Any, tmp_path: Path, ours: Ours, start_ramses: Callable[..., Daemon]
) -> None:
    assert ingest(coded_plate(tmp_path / "in", "SH010", [1001, 1002]), tmp_path / "PROJ").ok
    assert [line.startswith("SH010 PLATE v001") for line in seen(ours).waiting] == [True]
    start_ramses(demo(short_name="OTHER", folder=os.fspath(tmp_path / "elsewhere")))
    ours("hosts.blender.watch").look_again()
    assert "OTHER" in seen(ours).ramses


def test_work_without_ramses_asks_nobody(scene: Any, ours: Ours, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_args: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(ours("lib.ramses.client").RamDaemonInterface, "ask", never)
    bpy.context.preferences.addons["bl_ext.user_default.ramses_plates"].preferences.offline = True
    try:
        assert seen(ours).ramses == "Ramses is not asked"
    finally:
        bpy.context.preferences.addons["bl_ext.user_default.ramses_plates"].preferences.offline = False


def test_ramses_is_asked_and_remembered(scene: Any, tmp_path: Path, start_ramses: Callable[..., Daemon]) -> None:
    with pytest.raises(RuntimeError, match="Ramses"):
        bpy.ops.ramses.ask_ramses()
    with pytest.raises(RuntimeError, match="never asked"):
        bpy.ops.ramses.setup_scene()
    start_ramses(demo(short_name="PROJ", folder=(tmp_path / "PROJ").as_posix(), framerate=25))
    assert bpy.ops.ramses.ask_ramses() == {"FINISHED"}
    assert "5 shots" in bpy.context.window_manager.ramses.message
    assert bpy.ops.ramses.setup_scene() == {"FINISHED"}
    assert (scene.render.fps, scene.render.fps_base) == (25, 1.0)


def test_another_project_forgets_the_shot(scene: Any, tmp_path: Path) -> None:
    assert bpy.ops.ramses.choose_project(folder=os.fspath(tmp_path / "PROJ")) == {"FINISHED"}
    assert scene.ramses.shot == "SH010", "the same project: nothing is forgotten"
    (tmp_path / "NEXT/05-SHOTS").mkdir(parents=True)
    assert bpy.ops.ramses.choose_project(folder=os.fspath(tmp_path / "NEXT")) == {"FINISHED"}
    assert (scene.ramses.shot, scene.ramses.project) == ("", "")


def test_rate_colour_and_leaving_out_are_the_artists(scene: Any, tmp_path: Path) -> None:
    folder = coded_plate(tmp_path / "in", "SH010", [1001, 1002])
    coded_plate(folder, "SH020", [1001, 1002])
    bpy.ops.ramses.ingest_plan(filepath=os.fspath(folder))
    rows = bpy.context.window_manager.ramses.clips
    first, second = sorted(rows, key=lambda row: row.shot)
    assert (first.rate, first.planned_rate) == ("24000/1001", "24000/1001")
    first.rate, first.colorspace, second.use = "25", "ACEScg", False
    with pytest.raises(RuntimeError, match="edited"):
        bpy.ops.ramses.ingest_publish()
    bpy.ops.ramses.ingest_plan()
    first, second = sorted(rows, key=lambda row: row.name)
    assert (first.rate, first.planned_rate, first.colorspace) == ("25", "24000/1001", "ACEScg")
    assert (first.status, second.status, second.use) == ("planned", "refused", False)
    bpy.ops.ramses.ingest_plan()
    assert sorted(row.rate for row in rows)[1] == "25", "an edit survives another look"
    assert bpy.ops.ramses.ingest_publish() == {"FINISHED"}
    home = tmp_path / "PROJ/05-SHOTS"
    facts = read_facts(os.fspath(home / "PROJ_S_SH010/PROJ_S_SH010_PLATE/_published/001_WIP"))
    assert facts is not None and (facts.rate, facts.colorspace) == (25, "ACEScg")
    assert not (home / "PROJ_S_SH020").exists()
    session = bpy.context.window_manager.ramses
    assert os.path.isfile(session.report) and session.written.endswith("001_WIP")


def test_a_rate_that_is_none_is_said(scene: Any, tmp_path: Path) -> None:
    folder = coded_plate(tmp_path / "in", "SH010", [1001, 1002])
    bpy.ops.ramses.ingest_plan(filepath=os.fspath(folder))
    bpy.context.window_manager.ramses.clips[0].rate = "fast"
    with pytest.raises(RuntimeError, match="fast is no frame rate"):
        bpy.ops.ramses.ingest_plan()
    with pytest.raises(RuntimeError, match="fast is no frame rate"):
        bpy.ops.ramses.ingest_publish()


def test_the_picture_belongs_to_its_version(scene: Any, tmp_path: Path, ours: Ours) -> None:
    for day in ("a", "b"):
        assert ingest(coded_plate(tmp_path / day, "SH010", [1001, 1002], comments=day), tmp_path / "PROJ").ok
    bpy.ops.ramses.list_versions()
    rows = bpy.context.window_manager.ramses.versions
    assert [row.picture for row in rows] == ["", ""]
    record = ours("core.preview_record")
    newest, _older = reversed(ours("core.versions").list_versions(os.fspath(tmp_path / "PROJ"), "SH010"))
    path = Path(record.picture_path(newest))
    path.parent.mkdir()
    image = bpy.data.images.new("thumbnail", 16, 9)
    image.filepath_raw, image.file_format = os.fspath(path), "JPEG"
    image.save()
    bpy.ops.ramses.list_versions()
    assert [bool(row.picture) for row in rows] == [True, False], "another tool's picture is the newest version's"
    text = str(record.PreviewRecord("001_WIP", completed=_older.completed).document()).replace("'", '"')
    Path(record.record_path(newest)).write_text(text.replace("None", "null"), encoding="utf-8")
    bpy.ops.ramses.list_versions()
    assert [bool(row.picture) for row in rows] == [False, True], "the record says of which version it is"
    thumbnails = ours("hosts.blender.thumbnails")
    thumbnails.icon(rows[1].picture, rows[1].stamp)
    assert len(thumbnails._pictures[0]) == 1 and thumbnails.icon("", "") == 0


def test_the_steps_colours_are_set_where_they_are_offered(scene: Any, tmp_path: Path, ours: Ours) -> None:
    setup_of, colour = ours("hosts.blender.scene_setup").Setup, ours("core.shot_setup").Colour
    scene.view_settings.view_transform = "AgX"
    wanted = setup_of(colour=colour(display="sRGB", view="Standard"))
    assert [text for code, text in wanted.differences(scene) if code == "colour"] == [
        "The view transform is AgX, it should be Standard"
    ]
    wanted.apply(scene)
    assert scene.view_settings.view_transform == "Standard" and wanted.differences(scene) == []
    strange = setup_of(colour=colour(view="ACES 9.9"))
    assert "does not have" in strange.differences(scene)[0][1]
    strange.apply(scene)
    assert scene.view_settings.view_transform == "Standard"
