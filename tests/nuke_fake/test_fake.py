# SPDX-License-Identifier: GPL-3.0-or-later
"""The fake is strict: what Nuke refuses it refuses, and what Nuke does to a script it does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def read(nuke: Any) -> Any:
    return nuke.createNode("Read", inpanel=False)


@pytest.mark.parametrize(
    ("knob", "value"),
    [("frame", 1001), ("first", "1001"), ("file", 5), ("raw", "on"), ("frame_mode", "start_at"), ("tile_color", 0.5)],
)
def test_a_value_of_the_wrong_type_is_refused(read: Any, knob: str, value: object) -> None:
    with pytest.raises(TypeError):
        read[knob].setValue(value)


def test_what_does_not_exist_is_said(nuke: Any, read: Any) -> None:
    with pytest.raises(NameError):
        read["colourspace"]
    assert read.knob("colourspace") is None
    with pytest.raises(RuntimeError):
        nuke.createNode("Reed")
    with pytest.raises(AttributeError):
        nuke.creatNode("Read")
    assert nuke.createNode("DeepRead", inpanel=False).knob("colorspace") is None


def test_only_user_text_looks_at_the_clip_and_stretches_the_project(nuke: Any, read: Any) -> None:
    read["file"].setValue("/a/b.####.exr")
    assert (read["first"].value(), read["last"].value()) == (1, 1)
    read["file"].fromUserText("/a/b.####.exr 1001-1040")
    assert (read["first"].value(), read["last"].value(), read["origset"].value()) == (1001, 1040, True)
    assert (nuke.root()["first_frame"].value(), nuke.root()["last_frame"].value()) == (1, 1040)
    nuke.root()["lock_range"].setValue(True)
    read["file"].fromUserText("/a/b.####.exr -5-2000")
    assert (nuke.root()["first_frame"].value(), nuke.root()["last_frame"].value()) == (1, 1040)


@pytest.mark.parametrize(
    ("mode", "text", "at", "expected"),
    [
        ("start at", "101", 105, 1005),
        ("offset", "900", 105, 1005),
        ("expression", "", 1005, 1005),
        ("expression", "frame-10", 1015, 1005),
        ("start at", "101", 90, 1001),
        ("start at", "101", 5000, 1010),
    ],
)
def test_frame_modes(tmp_path: Path, read: Any, mode: str, text: str, at: int, expected: int) -> None:
    for frame in range(1001, 1011):
        (tmp_path / f"b.{frame}.exr").touch()
    read["file"].fromUserText(f"{tmp_path.as_posix()}/b.####.exr")
    read["frame_mode"].setValue(mode)
    read["frame"].setValue(text)
    assert read.metadata("input/frame", at) == expected


def test_creating_connects_to_the_selection_and_takes_it(nuke: Any, read: Any) -> None:
    second = nuke.createNode("Read", inpanel=False)
    assert (second.name(), second.input(0)) == ("Read2", read)
    assert nuke.selectedNodes() == [second]
    third = nuke.nodes.Read()
    assert (third.inputs(), nuke.selectedNodes()) == (0, [second])


def test_non_commercial_gives_ten_nodes_per_script(nuke: Any) -> None:
    nuke._reset(nc=True)
    assert all(nuke.createNode("Read") is not None for _each in range(10))
    assert nuke.createNode("Read") is None
    nuke.scriptClear()
    assert nuke.createNode("Read") is not None


def test_groups_are_searched_only_when_asked(nuke: Any) -> None:
    group = nuke.createNode("Group")
    with_group = group.begin()
    inner = nuke.createNode("Read")
    with_group.end()
    assert nuke.allNodes() == [group]
    assert nuke.allNodes(recurseGroups=True) == [group, inner]
    assert nuke.toNode("Group1.Read1") is inner


def test_one_undo_step_takes_everything_back(nuke: Any, read: Any) -> None:
    nuke.Undo.begin("both")
    read["first"].setValue(7)
    nuke.nodes.Read()
    nuke.Undo.end()
    nuke.undo()
    assert (read["first"].value(), nuke.allNodes()) == (1, [read])


def in_thread(call: Callable[[], object]) -> list[type[BaseException]]:
    raised: list[type[BaseException]] = []

    def run() -> None:
        try:
            call()
        except RuntimeError as error:
            raised.append(type(error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised


def test_edits_belong_on_the_main_thread(nuke: Any, read: Any) -> None:
    first = read["first"]
    assert in_thread(lambda: first.setValue(5)) == [RuntimeError]
    assert in_thread(lambda: first.value()) == [RuntimeError]
    assert in_thread(lambda: nuke.allNodes()) == [RuntimeError]
    assert in_thread(lambda: nuke.createNode("Read")) == [RuntimeError]
    with pytest.raises(RuntimeError):
        nuke.executeInMainThread(print)
    assert in_thread(lambda: nuke.executeInMainThread(first.setValue, 5)) == []
    assert read["first"].value() == 1
    nuke._pump()
    assert read["first"].value() == 5


def test_enumerations_take_names_without_their_menu_path(nuke: Any) -> None:
    nuke._host().colorspaces = ["default (linear)", "ACEScg\tACES/ACEScg"]
    read = nuke.createNode("Read")
    read["colorspace"].setValue("ACEScg")
    assert read["colorspace"].value() == "ACEScg"
    with pytest.raises(TypeError):
        read["colorspace"].setValue("ACEScg\tACES/ACEScg")


def test_dialogs_never_block(nuke: Any) -> None:
    with pytest.raises(NotImplementedError):
        nuke.message("hello")
    nuke._reset(gui=False)
    with pytest.raises(RuntimeError):
        nuke.menu("Nuke")


def test_filename_filters_run_in_reverse(nuke: Any, tmp_path: Path, read: Any) -> None:
    (tmp_path / "STEP3.1001.exr").touch()
    nuke.addFilenameFilter(lambda path: path.replace("STEP2", "STEP3"))
    nuke.addFilenameFilter(lambda path: path.replace("STEP1", "STEP2"))
    read["file"].setValue(f"{tmp_path.as_posix()}/STEP1.####.exr")
    read["first"].setValue(1001)
    read["last"].setValue(1001)
    assert read.metadata("input/frame", 1001) == 1001


def test_callbacks_that_cannot_be_called_are_refused(nuke: Any) -> None:
    with pytest.raises(ValueError, match="callable"):
        nuke.addOnCreate("print")
    with pytest.raises(ValueError, match="dictionary"):
        nuke.addOnCreate(print, (), [])


def test_what_a_callback_raises_goes_up(nuke: Any) -> None:
    """So a test sees a callback of ours that stops a save."""
    nuke.addOnCreate(lambda: 1 / 0, nodeClass="Blur")
    with pytest.raises(ZeroDivisionError):
        nuke.createNode("Blur")


def test_disabled_undo_records_nothing_and_modifies(nuke: Any, read: Any) -> None:
    steps = nuke._steps()
    nuke.root().setModified(False)
    nuke.Undo.disable()
    read["first"].setValue(7)
    nuke.Undo.enable()
    assert (nuke._steps(), nuke.root().modified()) == (steps, True)
    with pytest.raises(NotImplementedError):
        nuke.Undo.enable()
    with pytest.raises(NotImplementedError):
        nuke.Undo.end()


def test_a_menu_command_runs_in_a_step_of_its_own(nuke: Any, read: Any) -> None:
    menu = nuke.menu("Nuke").addMenu("Mine")
    menu.addCommand("Two", lambda: (read["first"].setValue(2), read["last"].setValue(3)))
    nuke._choose(menu.findItem("Two"))
    assert nuke._steps()[-1] == "Two"
    nuke.undo()
    assert (read["first"].value(), read["last"].value()) == (1, 1)
    menu.addCommand("Nested", lambda: nuke.Undo.begin("inside"))
    with pytest.raises(NotImplementedError):
        nuke._choose(menu.findItem("Nested"))


def test_saving_asks_where_nuke_would(nuke: Any, tmp_path: Path) -> None:
    with pytest.raises(NotImplementedError):
        nuke.scriptSave()
    path = str(tmp_path / "a.nk")
    nuke.scriptSaveAs(path)
    with pytest.raises(NotImplementedError):
        nuke.scriptSaveAs(path)
    with pytest.raises(RuntimeError):
        nuke.scriptSaveAs(path, 0)
    with pytest.raises(RuntimeError):
        nuke.scriptSaveAs(str(tmp_path / "no" / "folder.nk"), 1)
    assert nuke.scriptSave(str(tmp_path / "copy.nk")) is True
    assert nuke.root()["name"].value() == path


def test_a_write_has_the_knobs_of_its_type(nuke: Any) -> None:
    write = nuke.createNode("Write")
    assert write.knob("metadata") is None
    write["file_type"].setValue("exr")
    assert write["metadata"].value() == "default metadata"
    with pytest.raises(TypeError):
        write["metadata"].setValue("everything")


def test_waiting_for_the_main_thread_hands_back_its_answer(nuke: Any) -> None:
    import time

    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(nuke.executeInMainThreadWithResult(lambda at: at + 1, 4)))
    thread.start()
    while not nuke._host().waiting:
        time.sleep(0.001)
    nuke._pump()
    thread.join(10)
    assert answers == [5]
    with pytest.raises(RuntimeError, match="hangs"):
        nuke.executeInMainThreadWithResult(print)
