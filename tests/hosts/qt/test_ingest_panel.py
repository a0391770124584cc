# SPDX-License-Identifier: GPL-3.0-or-later
"""The ingest panel as a person meets it: drop, look, edit, publish, take back; and what may get in the way."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_scene import FakeScene
from make_delivery import plate, tree
from qt_eyes import settle
from ramses_double import Daemon
from ramses_plates.core.events import Cancel, Event, Listener
from ramses_plates.core.outbox import pending
from ramses_plates.core.plan import Override
from ramses_plates.core.rules import Rule, Rules
from ramses_plates.core.versions import list_versions
from ramses_plates.hosts.qt import ingest_work, load_memory
from ramses_plates.hosts.qt.binding import Qt, QtCore, QtGui, QtWidgets, alive
from ramses_plates.hosts.qt.host import Job
from ramses_plates.hosts.qt.ingest_example import ExampleDialog
from ramses_plates.hosts.qt.ingest_menu import make_menu
from ramses_plates.hosts.qt.ingest_order import OrderDialog
from ramses_plates.hosts.qt.ingest_panel import IngestPanel
from ramses_plates.hosts.qt.ingest_rows import AT
from ramses_plates.hosts.qt.ingest_text import TextDialog

EDL = """TITLE: REEL 1
FCM: NON-DROP FRAME

001  AX       V     C        01:00:00:02 01:00:00:04 01:00:00:00 01:00:00:02
* FROM CLIP NAME: SH010_plate

002  AX       V     C        02:00:00:00 02:00:01:00 01:00:00:02 01:00:01:02
* FROM CLIP NAME: A099C001
"""


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    load_memory.remember(load_memory.Memory())


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Three good clips, one with a gap, one that no rule can read."""
    folder = tmp_path / "in"
    for shot in ("SH010", "SH020", "SH030"):
        plate(folder / shot, f"{shot}_plate", range(1001, 1007))
    plate(folder / "SH040", "SH040_plate", [1001, 1002, 1005])
    plate(folder / "odd", "wherever", range(1, 4))
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "PROJ"
    (made / "05-SHOTS").mkdir(parents=True)
    return made


@pytest.fixture
def scene() -> FakeScene:
    return FakeScene()


@pytest.fixture
def panel(qtbot: Any, scene: FakeScene) -> Iterator[IngestPanel]:
    made = IngestPanel(scene)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    yield made
    if alive(made):
        made.runner.cancel()
        settle(made)


def calm(panel: IngestPanel, until: Callable[[], object] = lambda: True) -> None:
    """Wait until all work is done and all rows are shown."""
    settle(panel, lambda: not (panel.table.busy or panel._wait.isActive()) and until())


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Keep the event loop going until a worker has come so far."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the worker never came so far"
        QtCore.QCoreApplication.processEvents()
        time.sleep(0.003)


def drop(panel: IngestPanel, *paths: Path) -> bool:
    """Drop files as a file manager does; False where the panel does not take them."""
    data = QtCore.QMimeData()
    data.setUrls([QtCore.QUrl.fromLocalFile(os.fspath(path)) for path in paths])
    action, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QtGui.QDragEnterEvent(QtCore.QPoint(50, 300), action, data, Qt.MouseButton.LeftButton, none)
    QtWidgets.QApplication.sendEvent(panel, enter)
    if not enter.isAccepted():
        return False
    event = QtGui.QDropEvent(QtCore.QPointF(50, 300), action, data, Qt.MouseButton.LeftButton, none)
    QtWidgets.QApplication.sendEvent(panel, event)
    return True


def key_of(panel: IngestPanel, name: str) -> str:
    return next(key for key, row in panel.table.rows.items() if name in row.at("name"))


def column(panel: IngestPanel, name: str) -> dict[str, str]:
    """What the table shows in a column, by the clip's name without numbers."""
    return {panel.table.text_at(key, "name").split(".")[0]: panel.table.text_at(key, name) for key in panel.table.rows}


@pytest.fixture
def planned(panel: IngestPanel, delivery: Path, root: Path) -> IngestPanel:
    """A panel with the delivery looked at and planned."""
    assert drop(panel, root)
    assert drop(panel, delivery)
    calm(panel)
    return panel


def type_into_cell(qtbot: Any, panel: IngestPanel, name: str, text: str) -> None:
    """Open the editor of the current row as F2 does, type and press Return."""
    panel.table.edit_column(name)
    editor = panel.table.findChild(QtWidgets.QLineEdit)
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    QtCore.QCoreApplication.processEvents()  # Qt hands the text over in the next turn of the event loop


def test_an_empty_panel_says_what_to_do(panel: IngestPanel) -> None:
    calm(panel)
    assert panel.empty.isVisible() and "Drop a delivery here" in panel.empty.text
    assert not panel.foot.may_publish and not panel.result.isVisible()
    assert "switched off" in panel.ramses.text


def test_a_dropped_delivery_is_looked_at_and_planned(planned: IngestPanel) -> None:
    assert column(planned, "status") == {
        "SH010_plate": "Ready", "SH020_plate": "Ready", "SH030_plate": "Ready",
        "SH040_plate": "Look at it", "wherever": "Refused",
    }  # fmt: skip
    assert column(planned, "version")["SH010_plate"] == "001"
    assert planned.foot.publish_words.startswith("Publish 4 plates") and planned.foot.may_publish
    assert "4 plates to publish" in planned.foot.text and "1 refused" in planned.foot.text


def test_clips_are_shown_before_a_project_is_known(panel: IngestPanel, delivery: Path) -> None:
    assert drop(panel, delivery)
    calm(panel)
    assert set(column(panel, "status").values()) == {"Read"}
    assert column(panel, "picture")["SH010_plate"] == "32×18"
    assert "project folder" in panel.foot.text and not panel.foot.may_publish
    assert column(panel, "shot")["wherever"] == ""
    panel.source.add_rules(Rules((Rule("(?P<shot>wher)ever"),), True), "mine")
    calm(panel)
    assert column(panel, "shot")["wherever"] == "wher"
    panel.set_project(os.fspath(delivery / "not there"))
    calm(panel)
    assert "no such project folder" in panel.foot.text


def test_clips_appear_while_the_scan_goes_on(
    panel: IngestPanel, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    survey = ingest_work.survey

    def slow(paths: Any, **more: Any) -> Any:
        def listen(event: Event) -> None:
            more["listen"](event)
            if event.stage == "probe":
                assert gate.wait(20)

        return survey(paths, **{**more, "listen": listen})

    monkeypatch.setattr(ingest_work, "survey", slow)
    monkeypatch.setattr(ingest_work, "_BETWEEN", 0.0)
    assert drop(panel, delivery)
    try:
        wait_for(lambda: len(panel.table.rows) == 5 and not panel.table.busy)
        assert panel.runner.busy and panel.table.shown == 5
        assert "Found" in column(panel, "status").values()
    finally:
        gate.set()
    calm(panel)
    assert set(column(panel, "status").values()) == {"Read"}


def test_one_row_is_edited_in_place_and_planned_again(qtbot: Any, planned: IngestPanel) -> None:
    key = key_of(planned, "wherever")
    planned.table.choose([key])
    type_into_cell(qtbot, planned, "shot", "SH900")
    assert planned.table.rows[key].at("shot") == "SH900"  # at once, before the plan says so
    calm(planned)
    assert planned.table.text_at(key, "status") == "Ready" and planned.table.rows[key].edited == {"shot"}
    assert planned.foot.publish_words.startswith("Publish 5 plates")
    qtbot.keyClick(planned.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    calm(planned)
    assert planned.table.text_at(key, "status") == "Refused"


def test_many_rows_are_edited_at_once(qtbot: Any, planned: IngestPanel) -> None:
    keys = [key_of(planned, name) for name in ("SH010", "SH020", "SH030")]
    planned.table.choose(keys)
    assert sorted(planned.table.chosen_keys()) == sorted(keys)
    type_into_cell(qtbot, planned, "sequence", "SEQ5")
    calm(planned)
    type_into_cell(qtbot, planned, "rate", "25")
    calm(planned)
    assert {planned.table.text_at(key, "sequence") for key in keys} == {"SEQ5"}
    assert {planned.table.text_at(key, "rate") for key in keys} == {"25"}
    assert planned._planned is not None
    clips = [planned._planned.clips[key] for key in keys]
    assert {clip.sequence for clip in clips} == {"SEQ5"} and {clip.rate for clip in clips} == {25}
    assert planned.table.text_at(key_of(planned, "SH040"), "sequence") == ""


def test_a_rate_that_is_none_is_refused_in_words(qtbot: Any, planned: IngestPanel) -> None:
    planned.table.choose([key_of(planned, "SH010")])
    type_into_cell(qtbot, planned, "rate", "fast")
    assert "not a frame rate" in planned.foot.text and planned.history.now == {}


def test_columns_that_are_facts_cannot_be_edited(planned: IngestPanel) -> None:
    planned.table.choose([key_of(planned, "SH010")])
    planned.table.edit_column("codec")
    assert planned.table.findChild(QtWidgets.QLineEdit) is None


def test_space_leaves_out_and_takes_in_again(qtbot: Any, planned: IngestPanel) -> None:
    key = key_of(planned, "SH010")
    planned.table.choose([key])
    qtbot.keyClick(planned.table, Qt.Key.Key_Space)
    calm(planned)
    assert planned.table.text_at(key, "status") == "Left out"
    assert planned.foot.publish_words.startswith("Publish 3 plates")
    qtbot.keyClick(planned.table, Qt.Key.Key_Delete)
    calm(planned)
    assert planned.table.text_at(key, "status") == "Ready"


def test_search_and_state_buttons_filter_the_rows(qtbot: Any, planned: IngestPanel) -> None:
    qtbot.keyClick(planned.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert planned.filters.field.hasFocus()
    qtbot.keyClicks(planned.filters.field, "sh0 plate")
    qtbot.waitUntil(lambda: planned.table.shown == 4)
    planned.filters.press("attention")
    assert planned.table.shown_keys() == [key_of(planned, "SH040")]
    qtbot.keyClick(planned.filters.field, Qt.Key.Key_Escape)
    planned.filters.press("attention", False)
    qtbot.waitUntil(lambda: planned.table.shown == 5)
    planned.filters.press("bad")
    assert planned.table.shown_keys() == [key_of(planned, "wherever")]
    planned.filters.press("done")
    planned.filters.press("bad", False)
    assert planned.table.shown == 0 and planned.table.nothing.isVisible()
    planned.filters.reset()
    assert planned.table.shown == 5 and not planned.table.nothing.isVisible()


def test_sorting_goes_by_what_the_cells_mean(planned: IngestPanel) -> None:
    planned.table.sortByColumn(AT["status"], Qt.SortOrder.AscendingOrder)
    states = [planned.table.rows[key].state for key in planned.table.shown_keys()]
    assert states == ["refused", "attention", "planned", "planned", "planned"]


def test_the_chosen_clip_shows_where_it_goes(planned: IngestPanel) -> None:
    planned.table.choose([key_of(planned, "SH040")])
    settle(planned, lambda: "SH040" in planned.details.toPlainText())
    text = planned.details.toPlainText()
    assert "_published/001_WIP" in text and "PROJ_S_SH040_PLATE.1001.exr" in text and "1003-1004" in text


def test_the_menu_offers_what_can_be_done(planned: IngestPanel) -> None:
    key = key_of(planned, "wherever")
    planned.table.choose([key])
    actions = {action.text().split("\t")[0]: action for action in make_menu(planned).actions()}
    assert actions["Edit shot…"].isEnabled() and not actions["Give back to the rules"].isEnabled()
    planned.edit([key], "shot", "SH900")
    calm(planned)
    actions = {action.text().split("\t")[0]: action for action in make_menu(planned).actions()}
    actions["Give back to the rules"].trigger()
    calm(planned)
    assert planned.history.now == {} and planned.table.text_at(key, "status") == "Refused"
    actions = {action.text().split("\t")[0]: action for action in make_menu(planned).actions()}
    actions["Copy as text"].trigger()
    assert "wherever.####.exr" in QtWidgets.QApplication.clipboard().text()


def test_a_dry_run_shows_everything_and_writes_nothing(planned: IngestPanel, root: Path) -> None:
    before = tree(root)
    planned.dry_run()
    calm(planned)
    dialog = planned.findChild(TextDialog)
    assert dialog is not None
    assert "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE/_published/001_WIP/" in dialog.body.toPlainText()
    assert tree(root) == before
    dialog.close()


def test_publish_nodes_and_undo(planned: IngestPanel, scene: FakeScene, root: Path, delivery: Path) -> None:
    planned.publish()
    assert not planned.source.isEnabled()  # nothing may change now
    assert not drop(planned, delivery)
    calm(planned)
    assert planned.source.isEnabled() and planned.result.isVisible()
    assert "4 plates published" in planned.result.text and "Ramses will be told" in planned.result.text
    states = column(planned, "status")
    assert states["SH010_plate"] == "Published" and states["wherever"] == "Refused"
    versions = list_versions(os.fspath(root))
    assert sorted(version.shot for version in versions) == ["SH010", "SH020", "SH030", "SH040"]
    published = root / "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE/_published/001_WIP/PROJ_S_SH010_PLATE.1001.exr"
    assert published.read_bytes() == (delivery / "SH010/SH010_plate.1001.exr").read_bytes()
    settle(planned, lambda: "4 registrations waiting" in planned.ramses.text)
    assert planned._result is not None and planned._result.report is not None
    assert (root / planned._result.report).exists()

    planned.result.create_nodes.click()
    calm(planned, lambda: len(scene.plates) == 4)
    assert sorted(version.shot for version in scene.plates.values()) == ["SH010", "SH020", "SH030", "SH040"]
    assert "Read1" in planned.result.text

    planned.result.take_back.click()
    calm(planned, lambda: planned._planned is not None)
    assert "4 versions moved to the project's trash" in planned.result.text
    assert list_versions(os.fspath(root)) == () and pending(os.fspath(root)) == []
    assert not planned.result.take_back.isEnabled()
    assert column(planned, "status")["SH010_plate"] == "Ready" and column(planned, "version")["SH010_plate"] == "002"


def test_the_same_delivery_again_is_there_already(planned: IngestPanel) -> None:
    planned.publish()
    calm(planned)
    planned.look()
    calm(planned)
    assert column(planned, "status")["SH010_plate"] == "Already there" and not planned.foot.may_publish


def test_a_window_without_a_scene_offers_no_nodes(qtbot: Any, delivery: Path, root: Path) -> None:
    panel = IngestPanel(FakeScene(has_scene=False))
    qtbot.addWidget(panel)
    panel.show()
    panel.set_project(os.fspath(root))
    panel.set_delivery([os.fspath(delivery)])
    calm(panel)
    panel.publish()
    calm(panel)
    assert panel.result.open_folder.isVisible() and not panel.result.create_nodes.isVisible()


def test_cancel_in_the_middle_keeps_what_stands(
    qtbot: Any, planned: IngestPanel, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out = ingest_work.carry_out
    reached, go_on = threading.Event(), threading.Event()

    def halting(plan: Any, **more: Any) -> Any:
        def listen(event: Event) -> None:
            more["listen"](event)
            if "SH020" in event.clip:
                reached.set()
                assert go_on.wait(20)

        return carry_out(plan, **{**more, "listen": listen})

    monkeypatch.setattr(ingest_work, "carry_out", halting)
    planned.publish()
    wait_for(reached.is_set)
    qtbot.keyClick(planned, Qt.Key.Key_Escape)
    assert "Stopping" in planned.foot.text
    go_on.set()
    calm(planned)
    assert [version.shot for version in list_versions(os.fspath(root))] == ["SH010"]
    assert column(planned, "status")["SH010_plate"] == "Published"
    assert column(planned, "status")["SH030_plate"] == "Ready" and "3 not begun" in planned.result.text
    planned.look()
    calm(planned)
    assert planned.foot.publish_words.startswith("Publish 3 plates")


def test_cancel_while_looking_leaves_a_panel_that_works(
    panel: IngestPanel, delivery: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = threading.Event()

    def endless(_paths: Any, *, cancel: Cancel, **_more: Any) -> Any:
        reached.set()
        assert cancel.wait(20)
        cancel.check()

    survey = ingest_work.survey
    monkeypatch.setattr(ingest_work, "survey", endless)
    panel.set_project(os.fspath(root))
    assert drop(panel, delivery)
    wait_for(reached.is_set)
    panel.cancel()
    calm(panel)
    assert "Stopped" in panel.foot.text
    monkeypatch.setattr(ingest_work, "survey", survey)
    panel.look()
    calm(panel)
    assert panel.foot.may_publish


def test_closing_the_panel_during_work_ends_the_work(
    qtbot: Any, scene: FakeScene, delivery: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out = ingest_work.carry_out
    reached, ended = threading.Event(), threading.Event()

    def waiting(plan: Any, *, listen: Listener, cancel: Cancel, **more: Any) -> Any:
        reached.set()
        assert cancel.wait(20)
        result = carry_out(plan, listen=listen, cancel=cancel, **more)
        ended.set()
        return result

    monkeypatch.setattr(ingest_work, "carry_out", waiting)
    panel = IngestPanel(scene)
    panel.show()
    panel.set_project(os.fspath(root))
    panel.set_delivery([os.fspath(delivery)])
    calm(panel)
    panel.publish()
    wait_for(reached.is_set)
    panel.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    assert not alive(panel)
    wait_for(ended.is_set)
    qtbot.wait(100)
    assert list_versions(os.fspath(root)) == ()


def test_an_edit_names_what_was_ordered(planned: IngestPanel, tmp_path: Path) -> None:
    edl = tmp_path / "cut.edl"
    edl.write_text(EDL)
    assert drop(planned, edl)
    calm(planned)
    assert "No event of the edit ordered this clip" in column(planned, "findings")["SH020_plate"]
    planned.show_order()
    dialog = planned.findChild(OrderDialog)
    assert dialog is not None and "2 events, 1 delivered, 1 missing" in dialog.summary.text()
    assert dialog.words.text().startswith("SH010_plate covers event 001")
    dialog.only_open()
    hidden = [dialog.table.topLevelItem(line).isHidden() for line in range(dialog.table.topLevelItemCount())]
    assert hidden == [True, False, False, False, False, False]
    dialog.table.itemDoubleClicked.emit(dialog.table.topLevelItem(0), 0)
    assert planned.table.chosen_keys() == [key_of(planned, "SH010")]
    dialog.close()
    planned.source.set_edit("")
    calm(planned)
    assert "No event" not in column(planned, "findings")["SH020_plate"]


def test_an_edit_that_cannot_be_read_is_told_and_the_clips_stay(planned: IngestPanel, tmp_path: Path) -> None:
    edl = tmp_path / "cut.edl"
    edl.write_bytes(b"\x00\x01 nothing of the kind")
    assert drop(planned, edl)
    calm(planned)
    assert "cut.edl" in planned.foot.text and len(planned.table.rows) == 5


def test_a_marked_example_becomes_a_rule_that_names_the_clips(planned: IngestPanel) -> None:
    planned.table.choose([key_of(planned, "wherever")])
    planned.mark_example()
    dialog = planned.findChild(ExampleDialog)
    assert dialog is not None and dialog.name.toPlainText() == "wherever.0001.exr"
    dialog.mark_part("shot", 0, 8)
    settle(dialog, lambda: dialog.inferred.rule is not None)
    found = [identity.shot for identity in dialog.inferred.found]
    assert "wherever" in found and "shot in" in dialog.verdict.text()
    dialog.accept()
    calm(planned)
    assert column(planned, "status")["wherever"] in ("Ready", "Look at it")
    assert column(planned, "shot")["wherever"].lower() == "wherever"


def test_a_project_that_nobody_can_name_is_asked_for(panel: IngestPanel, delivery: Path, tmp_path: Path) -> None:
    nameless = tmp_path / "a folder without a short name"
    (nameless / "05-SHOTS").mkdir(parents=True)
    panel.set_delivery([os.fspath(delivery)])
    panel.set_project(os.fspath(nameless))
    calm(panel)
    assert "short name" in panel.foot.text and "beside the project folder" in panel.foot.text
    panel.set_project(os.fspath(nameless), "MOON")
    calm(panel)
    assert panel.foot.may_publish
    panel.table.choose([key_of(panel, "SH010")])
    settle(panel, lambda: "MOON_S_SH010_PLATE" in panel.details.toPlainText())


def test_edits_survive_looking_again(planned: IngestPanel) -> None:
    key = key_of(planned, "wherever")
    planned.edit([key], "shot", "SH900")
    planned.look()
    calm(planned)
    assert planned.table.text_at(key, "shot") == "SH900" and planned.history.now == {key: Override(shot="SH900")}
    assert planned.table.text_at(key, "status") == "Ready"


def test_ramses_is_told_and_may_go_away_at_any_time(
    planned: IngestPanel, start_ramses: Callable[..., Daemon], root: Path
) -> None:
    from ramses_database import demo

    database = demo(short_name="PROJ", folder=root.as_posix())
    daemon = start_ramses(database)
    planned.ramses.refresh()
    settle(planned, lambda: planned.ramses.state is not None and planned.ramses.state.online)
    assert "PROJ open" in planned.ramses.text
    planned.plan_again(True)
    calm(planned)
    daemon.kill("stopped")  # between the plan and the publishing
    planned.publish()
    calm(planned)
    assert "4 plates published" in planned.result.text and "Ramses will be told" in planned.result.text
    settle(planned, lambda: planned.ramses.state is not None and planned.ramses.state.waiting == 4)
    assert not planned.ramses.state.online
    start_ramses(database)
    planned.ramses.refresh()
    settle(planned, lambda: planned.ramses.state.online)
    planned.ramses.register_now()
    settle(planned, lambda: planned.ramses.state.waiting == 0)
    assert pending(os.fspath(root)) == []


def test_ramses_hears_of_the_plates_at_once_where_it_runs(
    panel: IngestPanel, start_ramses: Callable[..., Daemon], root: Path, delivery: Path
) -> None:
    from ramses_database import demo

    start_ramses(demo(short_name="PROJ", folder=root.as_posix()))
    panel.set_project(os.fspath(root))
    panel.set_delivery([os.fspath(delivery)])
    calm(panel)
    panel.publish()
    calm(panel)
    assert "Ramses knows them" in panel.result.text and pending(os.fspath(root)) == []
    panel.undo()
    calm(panel, lambda: panel._planned is not None)
    assert "4 versions moved" in panel.result.text and pending(os.fspath(root)) == []  # Ramses heard of that as well


def test_a_host_that_refuses_nodes_is_told_in_words(planned: IngestPanel, scene: FakeScene) -> None:
    from ramses_plates.core.errors import SettingsError

    planned.publish()
    calm(planned)
    scene.problem = SettingsError("it holds no more nodes.", None, "Close some.")
    planned.create_nodes()
    calm(planned, lambda: "no more nodes" in planned.foot.text)
    assert scene.plates == {}


def test_a_job_that_fails_by_a_fault_leaves_the_panel_usable(planned: IngestPanel, caplog: Any) -> None:
    def broken(_listen: Listener, _cancel: Cancel) -> None:
        raise RuntimeError("no such thing")

    planned.runner.start(Job("Planning", broken, lambda found: found))
    calm(planned)
    assert "fault of this program" in planned.foot.text and "no such thing" in caplog.text
    assert planned.foot.may_publish


def test_the_project_of_the_scene_is_chosen_already(qtbot: Any, root: Path, delivery: Path) -> None:
    folder = root / "05-SHOTS" / "PROJ_S_SH010" / "PROJ_S_SH010_COMP"
    folder.mkdir(parents=True)
    panel = IngestPanel(FakeScene(str(folder / "PROJ_S_SH010_COMP.nk")))
    qtbot.addWidget(panel)
    panel.show()
    wait_for(lambda: panel.source.wish.root == str(root))
    panel.set_delivery([os.fspath(delivery)])
    calm(panel)
    assert panel.foot.may_publish


def test_tab_goes_from_the_top_to_the_bottom_and_everything_says_what_it_is_for(planned: IngestPanel) -> None:
    kinds = (QtWidgets.QAbstractButton, QtWidgets.QComboBox, QtWidgets.QLineEdit, QtWidgets.QTreeView)
    visible = [one for kind in kinds for one in planned.findChildren(kind) if one.isVisible()]
    inner = (QtWidgets.QComboBox, QtWidgets.QHeaderView, QtWidgets.QLineEdit)
    named = [one for one in visible if not isinstance(one.parent(), inner)]
    assert len(named) > 15
    silent = [one for one in named if not one.toolTip() and one is not planned.table]
    assert silent == []
    assert all(planned.table.model().headerData(at, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
               for at in range(len(AT)))  # fmt: skip
    planned.source.in_order[0].setFocus()
    seen = []
    for _ in range(60):
        now = QtWidgets.QApplication.focusWidget()
        if now is None or (seen and now is seen[0]):
            break
        seen.append(now)
        planned.focusNextChild()
    heights = [one.mapTo(planned, QtCore.QPoint(0, 0)).y() for one in seen]
    assert len(seen) > 12 and heights == sorted(heights)


def option(panel: IngestPanel, words: str) -> Any:
    menu = panel.source.findChild(QtWidgets.QMenu)
    assert menu is not None
    menu.aboutToShow.emit()
    return next(action for action in menu.actions() if words in action.text())


def test_options_change_the_plan_and_keep_the_edits(planned: IngestPanel) -> None:
    key = key_of(planned, "wherever")
    planned.edit([key], "shot", "SH900")
    calm(planned)
    option(planned, "Refuse clips with missing frames").trigger()
    calm(planned)
    assert column(planned, "status")["SH040_plate"] == "Refused"
    assert not option(planned, "Publish clips with missing frames").isChecked()
    option(planned, "every frame").trigger()  # looks again
    calm(planned)
    assert planned.table.text_at(key, "shot") == "SH900" and not planned.source.wish.every_frame
    option(planned, "Refuse clips with missing frames").trigger()
    calm(planned)
    assert column(planned, "status")["SH040_plate"] == "Look at it"
    option(planned, "Do not compare").trigger()
    option(planned, "Compare sizes only").trigger()
    calm(planned)
    assert planned._planned is not None
    assert planned._planned.plan.options.check_manifests == "off" and planned._planned.plan.options.verify == "size"


def test_what_an_edition_cannot_do_is_said(qtbot: Any) -> None:
    panel = IngestPanel(FakeScene(limits="Only ten nodes can be made here."))
    qtbot.addWidget(panel)
    panel.show()
    assert panel.limits.isVisible() and "ten nodes" in panel.limits.text


def test_columns_grow_to_what_they_show_but_not_against_a_hand(planned: IngestPanel) -> None:
    header = planned.table.header()
    name = AT["name"]
    assert header.sectionSize(name) >= planned.table.sizeHintForColumn(name)
    header.resizeSection(name, 40)
    planned.look()
    calm(planned)
    assert header.sectionSize(name) == 40


def test_names_that_are_no_text_are_shown_and_stop_nothing(panel: IngestPanel, root: Path, tmp_path: Path) -> None:
    plate(tmp_path / "in", "SH010_plate", range(1001, 1003))
    folder = os.fsencode(tmp_path / "in")
    odd = b"\xff\xe9" if sys.platform == "linux" else "ÿé".encode()  # elsewhere all names are text
    for frame in (b"1001", b"1002"):
        os.rename(folder + b"/SH010_plate." + frame + b".exr", folder + b"/SH010_" + odd + b"." + frame + b".exr")
    panel.set_project(os.fspath(root))
    panel.set_delivery([os.fspath(tmp_path / "in")])
    calm(panel)
    assert len(panel.table.rows) == 1 and panel.table.shown == 1
    panel.table.selectAll()
    panel.edit(panel.table.chosen_keys(), "shot", "SH011")
    calm(panel)
    make_menu(panel)
    panel.mark_example()
    panel.dry_run()
    calm(panel)
    for dialog in panel.findChildren(QtWidgets.QDialog):
        dialog.close()
    panel.publish()
    calm(panel)
    assert "1 plate published" in panel.result.text
