# SPDX-License-Identifier: GPL-3.0-or-later
"""Nuke behind the panels' interface: loading, versions, set-up, checks with their fixes, saving and publishing."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import make_exr
import make_published
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import PlatesError, ReadFailed, WriteFailed
from ramses_plates.core.placement_record import placement_record
from ramses_plates.core.project_facts import ProjectFacts, SequenceFacts, ShotFacts, StepFacts, save_facts
from ramses_plates.core.timecode import Timecode
from ramses_plates.core.work_context import WorkContext
from ramses_plates.hosts.nuke.node_record import read_record
from ramses_plates.hosts.nuke.nuke_api import project_rate
from ramses_plates.hosts.nuke.qt_host import NukeHost
from ramses_plates.hosts.nuke.updates import COLOURS
from ramses_plates.hosts.qt.host import Check, Host, Wanted
from ramses_plates.lib.ramses.client import RamDaemonInterface

SETTINGS = """shot:
  handle_in: 8
  handle_out: 8
  first_image_number: 993
color_management:
  ocio_path: /show/config.ocio
  rendering_space: ACES - ACEScg
"""
Run = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def no_ramses(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Ramses runs here."""
    monkeypatch.setattr(RamDaemonInterface, "_instance", RamDaemonInterface(port=9))


@pytest.fixture
def context(tmp_path: Path) -> WorkContext:
    root = tmp_path / "PROJ"
    (root / "05-SHOTS").mkdir(parents=True)
    facts = ProjectFacts(
        "p", "PROJ", "Project", root.as_posix(), 24.0, 2048, 858, 1.0,
        steps=(
            StepFacts("s", "COMP", kind="shot", settings=SETTINGS),
            StepFacts("t", "PLATE", kind="shot", settings="shot: {first_image_number: 101, handle_in: 8}"),
        ),
        sequences=(SequenceFacts("q", "SEQ1", rate=23.976),),
        shots=(ShotFacts("a", "SH010", "SEQ1", 42),),
    )  # fmt: skip
    save_facts(os.fspath(root), facts)
    return WorkContext.of_shot(os.fspath(root), "PROJ", "SH010", "COMP")


@pytest.fixture
def host(nuke: Any) -> NukeHost:
    return NukeHost()


def plate(context: WorkContext, name: str, **more: Any) -> Any:
    return make_published.plate(Path(context.root), name, range(993, 1051), **more)


def texts(notes: list[Any]) -> str:
    return "\n".join(note.text for note in notes)


def test_the_interface_is_met_completely() -> None:
    for name, wanted in inspect.getmembers(
        Host, lambda member: inspect.isfunction(member) or isinstance(member, property)
    ):
        if not name.startswith("_"):
            ours = getattr(NukeHost, name)
            assert isinstance(ours, property) is isinstance(wanted, property), name
            if not isinstance(ours, property):
                assert inspect.signature(ours) == inspect.signature(wanted), name


def test_a_batch_is_a_row_on_a_backdrop_in_one_undo_step(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run
) -> None:
    old = nuke.createNode("Blur")
    old.setXYpos(100, 400)
    first, second = plate(context, "001_WIP"), plate(context, "BG_002_WIP", stem="PROJ_S_SH010_PLATE_BG")
    notes = run(host.create([Wanted(first), Wanted(second, "source-frames")]))
    reads = nuke.allNodes("Read")
    (behind,) = nuke.allNodes("BackdropNode")
    assert [read.metadata("input/frame", 1001) for read in reads] == [1001, 1001]
    assert [read["ypos"].value() for read in reads] == [550, 550]
    assert behind["label"].value() == "SH010"
    for read in reads:
        assert behind["xpos"].value() < read["xpos"].value()
        assert read["xpos"].value() + 80 < behind["xpos"].value() + behind["bdwidth"].value()
        assert behind["ypos"].value() < read["ypos"].value() < behind["ypos"].value() + behind["bdheight"].value()
    assert behind["ypos"].value() > old["ypos"].value() + 20
    assert all(node.inputs() == 0 for node in nuke.allNodes())
    assert nuke.selectedNodes() == [old]
    assert nuke._steps()[-1] == "Load 2 plates"
    nuke.undo()
    assert nuke.allNodes() == [old]
    assert "shot start" in texts(notes).lower() or "1001" in texts(notes)


def test_the_steps_settings_place_what_no_record_places(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run
) -> None:
    """The plate's own record says nothing of a start: the step in Ramses does."""
    version = plate(context, "001_WIP")
    sidecar = Path(version.path) / "_ramses_data.json"
    data = json.loads(sidecar.read_text())
    for entry in data.values():
        for key in ("shot_start", "shot_start_source", "cut", "handles"):
            entry["ramses_plates"].pop(key, None)
    sidecar.write_text(json.dumps(data))
    fresh = make_published.finish(Path(context.root), "001_WIP")
    run(host.create([Wanted(fresh)]))
    (read,) = nuke.allNodes("Read")
    # 101 is the first of eight frames of handle, as Ramses-Maya counts
    assert (read["first"].value(), read["frame"].value()) == (993, "101")


def test_versions_are_shown_and_any_can_be_chosen(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    run(host.create([Wanted(plate(context, "001_WIP"))]))
    plate(context, "002_WIP")
    third = plate(context, "003_OK")
    nuke.root().setModified(False)
    steps = nuke._steps()
    (shown,) = run(host.shown())
    assert (shown.state, shown.ours, shown.version.name) == ("older", True, "001_WIP")
    assert [version.name for version in shown.versions] == ["003_OK", "002_WIP", "001_WIP"]
    (read,) = nuke.allNodes("Read")
    assert read["tile_color"].value() == COLOURS["older"]
    assert (nuke.root().modified(), nuke._steps()) == (False, steps)  # looking is no edit
    notes = run(host.update([shown.node], shown.versions[1]))
    assert "001_WIP became 002_WIP" in texts(notes)
    assert read["tile_color"].value() == COLOURS["older"]  # there is a newer one still
    notes = run(host.update([shown.node, "Gone1"]))
    assert "002_WIP became 003_OK" in texts(notes) and "no node Gone1" in texts(notes)
    assert read["tile_color"].value() == COLOURS["newest"]
    assert "already" in texts(run(host.update([shown.node])))
    assert run(host.update([shown.node], third))[0].text.startswith("Every plate")


def test_a_missing_version_gets_its_newest(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    import shutil

    first = plate(context, "001_WIP")
    run(host.create([Wanted(first)]))
    plate(context, "002_WIP")
    shutil.rmtree(first.path)
    (shown,) = run(host.shown())
    assert (shown.state, [version.name for version in shown.versions]) == ("missing", ["002_WIP"])
    assert shown.version is not None and (shown.version.shot, shown.version.name) == ("SH010", "001_WIP")
    run(host.update([shown.node]))
    assert run(host.shown())[0].state == "newest"


def test_another_script_that_is_opened_meanwhile_is_left_alone(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run, tmp_path: Path
) -> None:
    """The disk takes its time, and the artist does not wait."""
    run(host.create([Wanted(plate(context, "001_WIP"))]))
    second = plate(context, "002_WIP")
    loading, updating, looking = host.create([Wanted(second)]), host.update(["Read1"]), host.shown()
    nuke.scriptClear()
    other = nuke.createNode("Read")
    other["file"].setValue("/other/x.####.exr")
    nuke.scriptSaveAs(os.fspath(tmp_path / "other.nk"))
    with pytest.raises(PlatesError, match="Another script"):
        run(loading)
    assert "changed meanwhile" in texts(run(updating))
    run(looking)
    assert (other["file"].value(), other["tile_color"].value()) == ("/other/x.####.exr", 0)
    assert nuke.allNodes() == [other]


def test_what_cannot_be_loaded_is_told_and_stops_no_other(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run
) -> None:
    empty = make_published.folder(Path(context.root), "001_WIP")
    assert empty.is_dir()
    bad, good = make_published.finish(Path(context.root), "001_WIP"), plate(context, "002_WIP")
    notes = run(host.create([Wanted(bad), Wanted(good)]))
    assert "001_WIP" in notes[0].text and notes[0].severity == "warning"
    assert len(nuke.allNodes("Read")) == 1


def test_a_non_commercial_nuke_that_is_full_says_so(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    nuke._reset(nc=True)
    for _each in range(9):
        nuke.createNode("Blur")
    version = plate(context, "001_WIP")
    with pytest.raises(PlatesError, match="ten nodes"):
        run(host.create([Wanted(version), Wanted(version)]))
    assert len(nuke.allNodes()) == 9
    nuke.scriptClear()
    for _each in range(8):
        nuke.createNode("Blur")
    notes = run(host.create([Wanted(version), Wanted(version)]))
    assert "no backdrop" in texts(notes)
    assert len(nuke.allNodes("Read")) == 2


def test_no_compiled_library_is_loaded_into_nuke(host: NukeHost, tmp_path: Path, monkeypatch: Any) -> None:
    """A format without a reader of ours is asked of ffprobe, which is a program of its own."""
    from ramses_plates.core.probe import fallback

    asked: list[str] = []
    monkeypatch.setattr(fallback, "_by_pyav", lambda _path: pytest.fail("PyAV was loaded"))
    monkeypatch.setattr(fallback, "run_ffprobe", lambda path, _limit: asked.append(path) or {})
    with pytest.raises(PlatesError):
        fallback.read(os.fspath(tmp_path / "a.wmv"), b"\x30\x26\xb2\x75" * 100)
    assert asked == [os.fspath(tmp_path / "a.wmv")]


# ---- set-up ----------------------------------------------------------------------------------------------------------


def test_the_set_up_is_shown_then_applied_as_one_step(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run
) -> None:
    rows = run(host.setup(context))
    assert [(row.code, row.now, row.wanted, row.source) for row in rows] == [
        ("rate", "24", "23.976", "sequence SEQ1"),
        ("range", "1-100", "993-1050", "42 frames of the shot in Ramses, start from the step's settings in Ramses"),
        ("format", "2048 x 1556", "2048 x 858", "sequence SEQ1"),
        ("colour", "Nuke's own", "/show/config.ocio", "the step's settings in Ramses"),
        ("colour", "linear", "ACES - ACEScg", "the step's settings in Ramses"),
    ]
    assert nuke._steps() == []
    host.apply_setup(rows)
    root = nuke.root()
    assert (root["fps"].value(), root["first_frame"].value(), root["last_frame"].value()) == (23.976, 993, 1050)
    assert (root["lock_range"].value(), root["format"].value().height()) == (True, 858)
    assert (root["colorManagement"].value(), root["OCIO_config"].value()) == ("OCIO", "custom")
    assert root["customOCIOConfigPath"].value() == "/show/config.ocio"
    assert root["workingSpaceLUT"].value() == "ACES - ACEScg"
    assert not any(row.differs for row in run(host.setup(context)))
    assert nuke._steps() == ["Ramses set-up"]
    nuke.undo()
    assert [row.now for row in run(host.setup(context))] == [row.now for row in rows]


def test_a_colour_space_that_is_not_offered_is_told(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    nuke._host().working_spaces = ["linear"]
    nuke.scriptClear()
    nuke._host().working_spaces = ["linear"]
    rows = [row for row in run(host.setup(context)) if row.label == "Working space"]
    nuke.root()["workingSpaceLUT"]._items[:] = ["linear"]
    (note,) = host.apply_setup(rows)
    assert (note.severity, "no working space ACES - ACEScg" in note.text) == ("warning", True)
    assert nuke.root()["workingSpaceLUT"].value() == "linear"


def test_a_project_that_ramses_never_saw_asks_for_nothing(nuke: Any, host: NukeHost, tmp_path: Path, run: Run) -> None:
    (tmp_path / "other").mkdir()
    assert run(host.setup(WorkContext.of_shot(os.fspath(tmp_path / "other"), "PROJ", "SH010", "COMP"))) == []


@settings(max_examples=60)
@given(
    st.sampled_from(["24000/1001", "24", "25", "30000/1001", "30", "48", "60000/1001", "120"]),
    st.integers(-5000, 5000),
    st.integers(0, 5000),
    st.integers(1, 16384),
    st.integers(1, 16384),
    st.sampled_from([Fraction(1), Fraction(2), Fraction(4, 3), Fraction(12, 11), Fraction(1, 2)]),
)
def test_what_is_applied_no_longer_differs(
    rate: str, first: int, length: int, width: int, height: int, aspect: Fraction
) -> None:
    import nuke as fake
    from ramses_plates.core.shot_setup import ShotSetup
    from ramses_plates.hosts.nuke import shot_setup

    fake._reset()
    wanted = ShotSetup(Fraction(rate), (width, height), aspect, first, first + length)
    shot_setup.apply(shot_setup.rows(wanted))
    assert [row for row in shot_setup.rows(wanted) if row.differs] == []
    assert project_rate() == Fraction(rate)


def test_pixel_aspect_is_part_of_the_format(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    from ramses_plates.core.shot_setup import ShotSetup
    from ramses_plates.hosts.nuke import shot_setup

    (row,) = shot_setup.rows(ShotSetup(size=(1828, 1556), pixel_aspect=Fraction(2)))
    assert row.wanted == "1828 x 1556, pixel aspect 2"
    shot_setup.apply([row])
    form = nuke.root()["format"].value()
    assert (form.width(), form.height(), form.pixelAspect()) == (1828, 1556, 2.0)


# ---- saving ----------------------------------------------------------------------------------------------------------


def test_saving_gives_the_script_its_ramses_name(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    assert host.scene_path() == ""
    host.save(context)
    assert host.scene_path() == context.work_path("nk")
    assert not nuke.root().modified()
    nuke.createNode("Blur")
    notes = run(host.save_version(context, "WIP", "first look"))
    versions = os.listdir(context.versions)
    assert "PROJ_S_SH010_COMP_WIP001.nk" in versions and "001" in texts(notes)
    assert "Blur {" in Path(context.versions, "PROJ_S_SH010_COMP_WIP001.nk").read_text()
    assert host.scene_path() == context.work_path("nk")
    assert (
        json.loads(Path(context.versions, "_ramses_data.json").read_text())["PROJ_S_SH010_COMP_WIP001.nk"]["comment"]
        == "first look"
    )
    run(host.save_version(context, "WIP", ""))
    assert "PROJ_S_SH010_COMP_WIP002.nk" in os.listdir(context.versions)


def test_another_work_file_is_never_overwritten(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    Path(context.folder).mkdir(parents=True)
    Path(context.work_path("nk")).write_text("somebody's")
    with pytest.raises(WriteFailed, match="there is a work file already"):
        host.save(context)
    for job in (host.save_version(context, "WIP", ""), host.publish(context, "scene", "WIP", "")):
        with pytest.raises(WriteFailed):
            run(job)
    assert Path(context.work_path("nk")).read_text() == "somebody's"
    # the script of another resource is not this scene either
    other = WorkContext.of_shot(context.root, "PROJ", "SH010", "COMP", "ALT")
    host.save(other)
    with pytest.raises(WriteFailed):
        host.save(context)


def test_a_restored_version_stays_its_own_file(nuke: Any, host: NukeHost, context: WorkContext) -> None:
    Path(context.folder).mkdir(parents=True)
    path = os.path.join(context.folder, "PROJ_S_SH010_COMP_+restored-v3+.nk")
    nuke.scriptSaveAs(path)
    host.save(context)
    assert (host.scene_path(), os.listdir(context.folder)) == (path, ["PROJ_S_SH010_COMP_+restored-v3+.nk"])


def test_non_commercial_scripts_keep_their_ending(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    nuke._reset(nc=True)
    host.save(context)
    assert host.scene_path().endswith("PROJ_S_SH010_COMP.nknc")
    written, _notes = run(host.publish(context, "scene", "WIP", ""))
    assert [os.path.basename(path) for path in written.files] == ["PROJ_S_SH010_COMP.nknc"]


def test_a_disk_that_refuses_is_told_in_a_sentence(nuke: Any, host: NukeHost, context: WorkContext) -> None:
    Path(context.folder).parent.mkdir(parents=True)
    Path(context.folder).write_text("a file where the folder should be")
    with pytest.raises(WriteFailed):
        host.save(context)


# ---- publishing ------------------------------------------------------------------------------------------------------


def test_scene_and_render_share_one_counter(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    run(host.create([Wanted(plate(context, "001_WIP"))]))
    host.save(context)
    run(host.save_version(context, "WIP", ""))
    run(host.save_version(context, "WIP", ""))
    written, notes = run(host.publish(context, "scene", "OK", "for lighting"))
    assert (written.number, os.path.basename(written.folder)) == (2, "002_OK")
    assert written.files == (os.path.join(written.folder, "PROJ_S_SH010_COMP.nk"),)
    assert Path(written.files[0]).read_bytes() == Path(context.work_path("nk")).read_bytes()
    assert "PROJ_S_SH010_COMP_OK002.nk" in os.listdir(context.versions)
    assert host.scene_path() == context.work_path("nk")  # the artist stays in the work file
    assert "told later" in texts(notes)
    sidecar = json.loads(Path(written.folder, "_ramses_data.json").read_text())["PROJ_S_SH010_COMP.nk"]
    assert (sidecar["version"], sidecar["stateShortName"]) == (2, "OK")
    assert "Nuke 16.0v8" in sidecar["comment"] and "for lighting" in sidecar["comment"]
    rendered = Path(host.render(context))
    rendered.mkdir()
    for frame in range(993, 998):
        make_exr.write(os.fspath(rendered / f"PROJ_S_SH010_COMP.{frame:04d}.exr"), 8, 4)
        make_exr.write(os.fspath(rendered / f"PROJ_S_SH010_COMP_ALT.{frame:04d}.exr"), 8, 4)
    nuke.createNode("Blur")
    written, _notes = run(host.publish(context, "render", "WIP", ""))
    assert (written.number, os.path.basename(written.folder), len(written.files)) == (3, "003_WIP", 5)
    assert os.path.basename(written.files[0]) == "PROJ_S_SH010_COMP.0993.exr"
    assert "PROJ_S_SH010_COMP_WIP003.nk" in os.listdir(context.versions)
    assert "Blur {" in Path(context.work_path("nk")).read_text()
    written, _notes = run(host.publish(context, "scene", "WIP", ""))
    assert written.number == 4


def test_a_render_that_is_not_there_or_broken_is_not_published(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run
) -> None:
    host.save(context)
    with pytest.raises(ReadFailed, match="nothing was rendered"):
        run(host.publish(context, "render", "WIP", ""))
    rendered = Path(host.render(context))
    rendered.mkdir()
    for frame in (1001, 1002, 1003):
        make_exr.write(os.fspath(rendered / f"PROJ_S_SH010_COMP_ALT.{frame}.exr"), 8, 4)
    with pytest.raises(ReadFailed, match="no frame of PROJ_S_SH010_COMP is here"):
        run(host.publish(context, "render", "WIP", ""))
    for frame in (1001, 1003):
        make_exr.write(os.fspath(rendered / f"PROJ_S_SH010_COMP.{frame}.exr"), 8, 4)
    with pytest.raises(ReadFailed, match="1002"):
        run(host.publish(context, "render", "WIP", ""))
    assert not os.path.isdir(context.published) or not os.listdir(context.published)


# ---- the render's Write ----------------------------------------------------------------------------------------------


def test_the_write_renders_where_publish_looks_with_its_timecode(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run
) -> None:
    run(host.create([Wanted(plate(context, "001_WIP", timecode="10:00:00:00"))]))
    chosen = nuke.createNode("Blur")
    notes = host.setup_render(context)
    (write,), (clock,) = nuke.allNodes("Write"), nuke.allNodes("AddTimeCode")
    assert write["file"].value() == f"{context.folder}/_render/PROJ_S_SH010_COMP.####.exr".replace(os.sep, "/")
    assert (write["file_type"].value(), write["create_directories"].value()) == ("exr", True)
    assert write["metadata"].value() == "default metadata"
    assert (write.input(0), clock.inputs(), nuke.selectedNodes()) == (clock, 0, [chosen])
    # frame 993 is the first file frame, 10:00:00:00; the cut in sits on 1001
    assert write.metadata("input/timecode", 1001) == "10:00:00:08"
    assert "connect AddTimeCode1" in texts(notes)
    steps = nuke._steps()
    assert steps[-1] == "Ramses render"
    write["file"].setValue("/elsewhere/x.####.exr")
    write["metadata"].setValue("all metadata")
    clock["startcode"].setValue("02:00:00:00")
    host.setup_render(context)
    assert (len(nuke.allNodes("Write")), len(nuke.allNodes("AddTimeCode"))) == (1, 1)
    assert write["file"].value().startswith(context.folder.replace(os.sep, "/"))
    assert write["metadata"].value() == "all metadata"  # the artist's
    assert write.metadata("input/timecode", 1001) == "10:00:00:08"
    other = WorkContext.of_shot(context.root, "PROJ", "SH010", "COMP", "ALT")
    host.setup_render(other)
    assert len(nuke.allNodes("Write")) == 2


def test_the_timecode_moves_with_a_plate_that_the_artist_slips(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run
) -> None:
    run(host.create([Wanted(plate(context, "001_WIP"))]))
    (read,) = nuke.allNodes("Read")
    read["frame"].setValue(str(int(read["frame"].value()) + 5))
    host.setup_render(context)
    (clock,) = nuke.allNodes("AddTimeCode")
    assert clock.metadata("input/timecode", 998) == "01:00:00:00"


@settings(max_examples=80)
@given(
    st.sampled_from(["24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60", "100"]),
    st.integers(0, 24 * 3600 * 100 - 1),
    st.integers(-5000, 100_000),
    st.integers(-3000, 3000),
)
def test_every_frame_gets_the_label_that_our_own_timecode_has(rate: str, start: int, frame: int, later: int) -> None:
    import nuke as fake
    from ramses_plates.hosts.nuke import timecode_node

    fake._reset()
    first = Timecode(start, Fraction(rate)).wrapped()
    assert timecode_node.countable(first)
    node = timecode_node.add_timecode(None, first, frame, "x")
    assert node.metadata("input/timecode", frame + later) == str(first + later)
    assert not timecode_node.countable(Timecode(0, Fraction(30000, 1001), True))
    assert not timecode_node.countable(Timecode(0, Fraction(120)))


@pytest.mark.parametrize("timecode", ["01:00:00;00", ""])
def test_no_timecode_is_added_where_it_would_be_wrong(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run, timecode: str
) -> None:
    """AddTimeCode counts without drop only."""
    version = plate(context, "001_WIP", timecode=timecode or "01:00:00:00")
    sidecar = Path(version.path) / "_ramses_data.json"
    data = json.loads(sidecar.read_text())
    for entry in data.values():
        if timecode:
            entry["ramses_plates"].update(rate="30000/1001", drop=True)
        else:
            entry["ramses_plates"].pop("start_timecode")
    sidecar.write_text(json.dumps(data))
    nuke.root()["fps"].setValue(29.97 if timecode else 24)
    run(host.create([Wanted(make_published.finish(Path(context.root), "001_WIP"))]))
    notes = host.setup_render(context)
    assert nuke.allNodes("AddTimeCode") == []
    assert ("drop-frame" in texts(notes)) is bool(timecode)
    (write,) = nuke.allNodes("Write")
    assert write.inputs() == 0


def test_files_that_carry_no_timecode_get_a_node_for_it(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run
) -> None:
    from ramses_plates.core.footage import Footage
    from ramses_plates.core.frames import FrameSet
    from ramses_plates.core.placement import StartFacts
    from ramses_plates.core.sidecar import FrameFacts, SidecarFacts, write_entries

    def pngs(name: str, start: str) -> Any:
        home = make_published.folder(Path(context.root), name)
        names = [f"PROJ_S_SH010_PLATE.{frame}.png" for frame in range(1001, 1005)]
        for one in names:
            (home / one).write_bytes(b"\x89PNG\r\n\x1a\n")
        footage = Footage(names[0], "sequence", FrameSet.of(range(1001, 1005)), Fraction(24), start, ext="png")
        record = placement_record(footage, start=StartFacts(1001, 0, 0))
        facts = SidecarFacts(version=1, record=record, rate=Fraction(24), display=(64, 36))
        entries = (FrameFacts(one, frame) for one, frame in zip(names, range(1001, 1005), strict=True))
        (home / "_ramses_data.json").write_bytes(b"".join(write_entries(facts, entries)))
        return make_published.finish(Path(context.root), name)

    run(host.create([Wanted(pngs("001_WIP", "03:00:00:00"))]))
    (read,), (clock,) = nuke.allNodes("Read"), nuke.allNodes("AddTimeCode")
    assert (clock.input(0), clock.metadata("input/timecode", 1003)) == (read, "03:00:00:02")
    record = read_record(read)
    assert record is not None
    run(host.update([read.fullName()], pngs("002_WIP", "04:00:00:00")))
    assert nuke.allNodes("AddTimeCode") == [clock]  # replaced, never added again
    assert clock.metadata("input/timecode", 1003) == "04:00:00:02"
    nuke.undo()
    assert clock.metadata("input/timecode", 1003) == "03:00:00:02"


# ---- checks ----------------------------------------------------------------------------------------------------------


def codes(checks: list[Check]) -> list[tuple[str, str]]:
    return [(check.code, check.severity) for check in checks]


def test_every_check_has_its_fix(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    run(host.create([Wanted(plate(context, "001_WIP"))]))
    plate(context, "002_WIP")
    found = run(host.checks(context))
    assert codes(found) == [
        ("unsaved", "error"), ("outdated", "warning"), ("rate", "warning"), ("range", "warning"),
        ("format", "warning"), ("colour", "warning"), ("colour", "warning"),
    ]  # fmt: skip
    for check in found:
        assert check.fix, check
        run(host.fix(check))
    last = run(host.checks(context))
    assert codes(last) == [("unsaved", "info")]  # the fixes after the first save
    run(host.fix(last[0]))
    assert run(host.checks(context)) == []


def test_bad_reads_writes_and_paths_are_named(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    host.save(context)
    host.apply_setup(run(host.setup(context)))
    host.setup_render(context)
    (write,) = nuke.allNodes("Write")
    write.setInput(0, nuke.createNode("Blur"))
    write._error = True
    write["file"].setValue("/elsewhere/PROJ_S_SH010_COMP.%04d.exr")
    gone = nuke.nodes.Read()
    gone["file"].setValue(f"{context.root}/lost/x.####.exr".replace(os.sep, "/"))
    odd = nuke.nodes.Read()
    odd["file"].setValue("[getenv SHOW]/x.####.exr")
    off = nuke.nodes.Write()
    off["file"].setValue("/elsewhere/y.####.exr")
    off["disable"].setValue(True)
    host.save(context)
    found = {check.code: check for check in run(host.checks(context))}
    assert set(found) == {"write-error", "missing", "render-path", "outside", "expression"}
    assert found["write-error"].severity == "error" and "Write1" in found["write-error"].message
    assert found["missing"].severity == "warning" and "lost" in found["missing"].message
    assert found["outside"].subject == "Write1"
    assert found["expression"].subject == "Read2"
    run(host.fix(found["render-path"]))
    assert write["file"].value().endswith("/_render/PROJ_S_SH010_COMP.####.exr")
    with pytest.raises(PlatesError, match="Only you"):
        run(host.fix(found["outside"]))


def test_a_missing_plate_of_ours_keeps_the_script_back_what_is_written_need_not_be_there(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run
) -> None:
    import shutil

    version = plate(context, "001_WIP")
    run(host.create([Wanted(version)]))
    host.apply_setup(run(host.setup(context)))
    group = nuke.createNode("Gizmo").begin()
    nuke.nodes.Write()["file"].setValue("/nobody/x.####.exr")
    nuke.nodes.Read()["file"].setValue("/nobody/x.####.exr")
    group.end()
    shutil.rmtree(version.path)
    host.save(context)
    (check,) = run(host.checks(context))
    assert (check.code, check.severity, check.fix) == ("missing", "error", "")


def test_a_render_of_another_range_is_said(nuke: Any, host: NukeHost, context: WorkContext, run: Run) -> None:
    host.apply_setup(run(host.setup(context)))
    host.save(context)
    rendered = Path(host.render(context))
    rendered.mkdir()
    for frame in (993, 1040):
        (rendered / f"PROJ_S_SH010_COMP.{frame:04d}.exr").touch()
        (rendered / f"PROJ_S_SH010_COMP_ALT.{frame + 9}.exr").touch()
    (check,) = run(host.checks(context))
    assert (check.severity, check.message) == ("info", "The render has frames 993-1040, the shot 993-1050.")
    (rendered / "PROJ_S_SH010_COMP.1050.exr").touch()
    assert run(host.checks(context)) == []


def test_a_full_non_commercial_script_gets_its_write_without_the_timecode(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run
) -> None:
    nuke._reset(nc=True)
    run(host.create([Wanted(plate(context, "001_WIP"))]))
    for _each in range(8):
        nuke.createNode("Blur")
    notes = host.setup_render(context)
    assert len(nuke.allNodes("Write")) == 1 and nuke.allNodes("AddTimeCode") == []
    assert "ten nodes" in texts(notes) and "connect Write1" in texts(notes)


def test_a_script_that_lies_elsewhere_can_be_saved_as_the_work_file(
    nuke: Any, host: NukeHost, context: WorkContext, run: Run, tmp_path: Path
) -> None:
    nuke.scriptSaveAs(os.fspath(tmp_path / "mine.nk"))
    (check,) = [check for check in run(host.checks(context)) if check.severity == "error"]
    assert (check.code, "mine.nk" in check.message) == ("elsewhere", True)
    run(host.fix(check))
    assert host.scene_path() == context.work_path("nk")
