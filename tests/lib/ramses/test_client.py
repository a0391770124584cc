# SPDX-License-Identifier: GPL-3.0-or-later
"""RamDaemonInterface against the double of the real app: every query, every trap of the protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_database import NO, OK, PROJECT, USER, WIP, Database, compact, demo, empty, named
from ramses_double import Daemon
from ramses_plates.lib.ramses.app_state import Condition
from ramses_plates.lib.ramses.client import RamDaemonInterface
from ramses_plates.lib.ramses.errors import (
    AlreadyThere,
    BadReply,
    Damaged,
    Interrupted,
    NotFound,
    NotLoaded,
    NotWritten,
    RamsesError,
    RamsesOffline,
    Refused,
    Unconfirmed,
    UnknownQuery,
    Unsendable,
)
from ramses_plates.lib.ramses.model import RamPipe, RamProject, RamSequence, RamShot, RamState, RamStatus, RamStep
from ramses_plates.lib.ramses.wire import Limits
from raw_server import RawServer, reply, written

SHOT, OTHER_SHOT = named("shot", "SH010"), named("shot", "SH020")
PLATE, COMP, MOD = named("step", "PLATE"), named("step", "COMP"), named("step", "Mod")
SECOND = named("project", "SECOND")
FOREIGN = named("shot", "A010")
ZERO = "00000000-0000-0000-0000-000000000000"
SHORT = Limits(connect=5.0, silence=5.0, total=20.0)


def two_projects() -> Database:
    """The demo with a second project whose shot is stored but not loaded."""
    database = demo()
    database.add("RamProject", SECOND, shortName="SECOND", name="Second", users=[USER], framerate=25)
    database.add("RamShot", FOREIGN, shortName="A010", name="A010", project=SECOND, duration=1)
    return database


def stored(daemon: Daemon, kind: str, uid: str) -> dict[str, Any]:
    found = daemon.app.stored.record(kind, uid)
    assert found is not None
    return dict(found)


# ---- the app ---------------------------------------------------------------------------------------------------------


def test_instance_is_one_for_all_threads(ramses: Daemon) -> None:
    found = []
    threads = [threading.Thread(target=lambda: found.append(RamDaemonInterface.instance())) for _index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(instance) for instance in found}) == 1
    assert found[0].ping() == ("0.10.0-Beta", USER)
    assert found[0].place.endswith(str(ramses.port))
    found[0].close()


@pytest.mark.parametrize(
    ("database", "options", "condition"),
    [
        (None, {}, Condition.NO_DATABASE),
        (demo, {"user": ""}, Condition.NOBODY_LOGGED_IN),
        (demo, {"current": None}, Condition.NO_CURRENT_PROJECT),
        (demo, {}, Condition.READY),
    ],
)
def test_app_states(database: Callable[[], Database] | None, options: dict[str, Any], condition: Condition) -> None:
    with Daemon(database() if database else None, **options) as daemon:
        client = RamDaemonInterface(daemon.port)
        state = client.app_state()
        assert state.condition is condition and state.online and state.version == "0.10.0-Beta"
        assert (state.project is not None) is (condition is Condition.READY)
        assert state.sentence().startswith("Ramses ")
        client.close()


def test_offline_is_a_state_too() -> None:
    with Daemon(demo()) as daemon:
        port = daemon.port
    state = RamDaemonInterface(port).app_state()
    assert state.condition is Condition.OFFLINE and not state.online
    assert str(port) in state.sentence()
    assert not RamDaemonInterface(port).is_online()


def test_current_project_comes_as_text(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    project = ramses_client.current_project()
    assert project is not None
    assert (project.uuid, project.short_name, project.framerate) == (PROJECT, "TEST", 24.0)
    ramses.app.current = None
    assert ramses_client.current_project() is None


def test_a_current_project_with_broken_text_is_read_otherwise() -> None:
    def pieces(request: bytes) -> list[bytes]:
        if request == b"getCurrentProject":
            return [written(reply({"uuid": PROJECT, "data": "not json"}))]
        return [written(reply({"uuid": PROJECT, "data": {"shortName": "TEST"}}))]

    with RawServer(pieces) as server:
        project = RamDaemonInterface(server.port).current_project()
        assert project is not None and project.short_name == "TEST"


def test_projects_are_those_of_the_user(ramses_client: RamDaemonInterface) -> None:
    assert [project.short_name for project in ramses_client.projects()] == ["TEST"]


def test_unknown_queries_of_other_versions_are_survived() -> None:
    with RawServer(lambda _request: [written(reply(accepted=False, success=False, query=""))]) as server:
        client = RamDaemonInterface(server.port)
        with pytest.raises(UnknownQuery):
            client.ramses_folder()
        with pytest.raises(UnknownQuery):
            client.uuid_from_path("/x", RamShot)


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_lists(ramses_client: RamDaemonInterface) -> None:
    assert len(ramses_client.shot_uuids(PROJECT)) == 5
    assert len(ramses_client.shot_uuids(sequence=named("sequence", "SEQ02"))) == 2
    assert ramses_client.sequence_uuids(PROJECT) == [named("sequence", "SEQ01"), named("sequence", "SEQ02")]
    assert ramses_client.asset_uuids(PROJECT) == ramses_client.asset_uuids(group=named("group"))
    assert ramses_client.asset_group_uuids(PROJECT) == [named("group")]
    assert ramses_client.pipe_uuids(PROJECT) == [named("pipe")]
    assert ramses_client.step_uuids(PROJECT, "SHOT_PRODUCTION") == [PLATE, COMP]
    assert len(ramses_client.step_uuids(PROJECT)) == len(ramses_client.steps_of(PROJECT)) == 4
    assert ramses_client.ramses_folder() == "/home/artist/Ramses"
    with pytest.raises(Refused, match="can't find this project"):
        ramses_client.shot_uuids(ZERO)


def test_objects_are_one_request(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    shots = ramses_client.objects(RamShot)
    assert [shot.short_name for shot in shots] == ["SH010", "SH020", "SH030", "SH110", "SH120"]
    assert ramses.log.requests == [b"ping", b"getObjects&type=RamShot"]


def test_find_by_short_name(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    assert (found := ramses_client.find(RamShot, "sh020")) and found.uuid == OTHER_SHOT
    assert ramses_client.find(RamShot, "SH999") is None
    assert ramses_client.find(RamShot, "") is None
    assert ramses_client.find(RamShot, "SH020", ZERO) is None
    ramses.app.stored.add("RamShot", named("x"), shortName="sh020", name="x", project=PROJECT)
    assert (found := ramses_client.find(RamShot, "sh020")) and found.uuid == named("x")


def test_paths(ramses_client: RamDaemonInterface) -> None:
    folder = "/home/artist/Ramses/Projects/TEST/05-SHOTS/TEST_S_SH010"
    assert ramses_client.path(SHOT) == folder
    assert ramses_client.path(ZERO) == ""
    assert ramses_client.uuid_from_path(folder + "/TEST_S_SH010_PLATE/x.exr", RamShot) == SHOT
    assert ramses_client.uuid_from_path("/elsewhere", RamShot) == ""


def test_types_without_folder_match_any_path_and_are_not_asked(ramses_client: RamDaemonInterface) -> None:
    for kind in (RamSequence, RamState, RamPipe):
        with pytest.raises(Unsendable):
            ramses_client.uuid_from_path("/anything", kind)


def test_empty_ids_never_reach_the_app(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    for call in (
        lambda: ramses_client.get_data(""),
        lambda: ramses_client.get_status("", PLATE),
        lambda: ramses_client.get_status(SHOT, ""),
        lambda: ramses_client.update(RamShot, "", {"comment": "x"}),
        lambda: ramses_client.set_data("", {"comment": "x"}),
        lambda: ramses_client.create(RamShot, {"shortName": "A", "name": "A", "project": ""}),
        lambda: ramses_client.ask("setCurrentProject", uuid=PROJECT),
        lambda: ramses_client.ask("raise"),
    ):
        with pytest.raises(Unsendable):
            call()
    assert ramses.alive and ramses.log.requests in ([], [b"ping"])


def test_get_data_answers_with_another_query_name(ramses_client: RamDaemonInterface) -> None:
    assert ramses_client.ask("getData", uuid=SHOT).query == "setData"
    assert ramses_client.get_data(SHOT)["shortName"] == "SH010"


def test_get_data_is_remembered_for_two_seconds_and_dropped_on_write() -> None:
    now = [0.0]
    with Daemon(demo()) as daemon:
        client = RamDaemonInterface(daemon.port, clock=lambda: now[0])

        def asked() -> int:
            return sum(1 for request in daemon.log.requests if request.startswith(b"getData"))

        client.get_data(SHOT)["shortName"] = "changed by the caller"
        assert client.get_data(SHOT)["shortName"] == "SH010"
        assert asked() == 1
        client.get_data(SHOT, fresh=True)
        assert asked() == 2
        now[0] = 2.5
        client.get_data(SHOT)
        assert asked() == 3
        client.update(RamShot, OTHER_SHOT, {"comment": "x"})
        before = asked()
        client.get_data(SHOT)
        assert asked() == before + 1
        client.cache_seconds = 0
        client.get_data(SHOT)
        client.get_data(SHOT)
        assert asked() == before + 3


def test_an_answer_for_another_object_is_refused() -> None:
    answer = written(reply({"uuid": OTHER_SHOT, "data": {"a": 1}}))
    with RawServer(lambda _request: [answer]) as server, pytest.raises(BadReply):
        RamDaemonInterface(server.port).get_data(SHOT)


@pytest.mark.parametrize("content", [{}, {"objects": "x"}, {"objects": {}}, {"objects": None}])
def test_contents_of_wrong_types(content: dict[str, Any]) -> None:
    with RawServer(lambda _request: [written(reply(content))]) as server:
        client = RamDaemonInterface(server.port)
        calls: list[Callable[[], object]] = [
            lambda: client.objects(RamShot),
            client.projects,
            client.ramses_folder,
            lambda: client.shot_uuids(PROJECT),
            lambda: client.get_data(SHOT),
            lambda: client.get_status(SHOT, PLATE),
        ]
        for call in calls:
            with pytest.raises(BadReply):
                call()


def test_entries_of_wrong_types_are_passed_over() -> None:
    entries = [
        5,
        None,
        {},
        {"uuid": ""},
        {"uuid": 5},
        {"uuid": SHOT, "data": "text"},
        {"uuid": OTHER_SHOT, "data": {"a": 1}},
    ]
    with RawServer(lambda _request: [written(reply({"objects": entries}))]) as server:
        found = RamDaemonInterface(server.port).objects(RamShot)
        assert [shot.uuid for shot in found] == [SHOT, OTHER_SHOT]
        assert found[0].is_empty and found[1].get("a") == 1


# ---- loaded and stored -----------------------------------------------------------------------------------------------


def test_what_is_not_loaded_is_said() -> None:
    with Daemon(two_projects()) as daemon:
        client = RamDaemonInterface(daemon.port)
        assert client.get_data(FOREIGN) == {}
        with pytest.raises(NotLoaded, match="A010"):
            client.read(RamShot, FOREIGN)
        before = dict(daemon.app.stored.tables["RamShot"])
        with pytest.raises(NotLoaded):
            client.update(RamShot, FOREIGN, {"comment": "would be lost"})
        assert daemon.app.stored.tables["RamShot"] == before
        assert not any(request.startswith(b"setData") for request in daemon.log.requests)
        with pytest.raises(NotFound):
            client.read(RamShot, ZERO)


def test_wiped_objects_are_said(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    ramses.app.answer(f"setData&uuid={SHOT}&data=broken")
    with pytest.raises(Damaged):
        ramses_client.update(RamShot, SHOT, {"comment": "x"})


# ---- writing ---------------------------------------------------------------------------------------------------------


def test_update_keeps_everything_else(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    ramses.app.answer(
        f'setData&uuid={SHOT}&data={{"shortName":"SH010","name":"n","order":7,"assets":["{named("asset", "HERO")}"],'
        '"own":{"deep":[1,null,true]},"comment":"old","project":"' + PROJECT + '"}'
    )
    before = stored(ramses, "RamShot", SHOT)
    found = ramses_client.update(RamShot, SHOT, {"comment": "R&D = 5 &quit&", "duration": 4.5})
    assert stored(ramses, "RamShot", SHOT) == before | {"comment": "R&D = 5 &quit&", "duration": 4.5}
    assert found.comment == "R&D = 5 &quit&" and ramses.alive


def test_update_reads_afresh_so_that_an_edit_in_between_survives(
    ramses: Daemon, ramses_client: RamDaemonInterface
) -> None:
    record = ramses_client.get_data(SHOT)
    ramses.app.answer(f"setData&uuid={SHOT}&data={compact(record | {'color': 'artist'})}")
    assert ramses_client.get_data(SHOT).get("color") is None, "the cache is expected to be old here"
    ramses_client.update(RamShot, SHOT, {"comment": "ours"})
    assert stored(ramses, "RamShot", SHOT)["color"] == "artist"


def test_update_writes_nothing_where_nothing_changes(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    ramses_client.update(RamShot, SHOT, {"shortName": "SH010", "order": 0.0})
    assert not any(request.startswith(b"setData") for request in ramses.log.requests)


def test_update_removes_keys(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    ramses_client.update(RamShot, SHOT, {}, remove=["comment"])
    assert "comment" not in stored(ramses, "RamShot", SHOT)


def test_update_heals_empty_references_of_others(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    bad = {
        "shortName": "SH010",
        "name": "n",
        "project": PROJECT,
        "sequence": "",
        "assets": ["", OTHER_SHOT],
        "state": None,
    }
    ramses.app.answer(f"setData&uuid={SHOT}&data={compact(bad)}")
    ramses_client.update(RamShot, SHOT, {"comment": "x"})
    found = stored(ramses, "RamShot", SHOT)
    assert "sequence" not in found and "state" not in found and found["assets"] == [OTHER_SHOT]
    ramses.app.show_shots_table()


@pytest.mark.parametrize("fault", ["reset", "cut", "malformed", "wrong_types", "twice"])
def test_a_lost_reply_is_cleared_up_by_reading(fault: str) -> None:
    with Daemon(demo()) as daemon:
        daemon.set_faults(only="setData", nth=1, **{fault: True})
        client = RamDaemonInterface(daemon.port, limits=SHORT)
        assert client.update(RamShot, SHOT, {"comment": "done"}).comment == "done"
        assert sum(1 for request in daemon.log.requests if request.startswith(b"setData")) == 1


def test_a_write_that_never_happened_is_not_sent_again() -> None:
    """Old bytes may still wait in the app: sending once more could undo what the artist does meanwhile."""
    writes = 0

    def pieces(request: bytes) -> list[bytes | None]:
        nonlocal writes
        if request.startswith(b"setData"):
            writes += 1
            return [None]
        return [written(reply({"uuid": SHOT, "data": {"comment": "old"}}))]

    with RawServer(pieces) as server:
        with pytest.raises(Unconfirmed) as caught:
            RamDaemonInterface(server.port).update(RamShot, SHOT, {"comment": "new"})
        assert caught.value.may_have_acted and writes == 1


def test_a_success_that_is_none_is_said() -> None:
    answer = written(reply({"uuid": SHOT, "data": {"comment": "old"}}))
    with RawServer(lambda _request: [answer]) as server, pytest.raises(NotWritten):
        RamDaemonInterface(server.port).update(RamShot, SHOT, {"comment": "new"})


def test_an_app_that_dies_in_a_write_leaves_it_unconfirmed() -> None:
    with Daemon(demo()) as daemon:
        daemon.set_faults(only="setData", kill_after=True)
        with pytest.raises(Unconfirmed):
            RamDaemonInterface(daemon.port).update(RamShot, SHOT, {"comment": "x"})


def test_an_object_that_our_own_request_wiped_is_written_again() -> None:
    """The last resort where the system cut a request in two in spite of everything."""
    record: dict[str, Any] = {"comment": "old", "name": "precious"}

    def pieces(request: bytes) -> list[bytes]:
        nonlocal record
        if request.startswith(b"setData"):
            record = json.loads(request.split(b"&data=")[1]) if cut.pop(0) else {}
            return [written(reply())]
        return [written(reply({"uuid": SHOT, "data": record}))]

    cut = [False, True]
    with RawServer(pieces) as server:
        found = RamDaemonInterface(server.port).update(RamShot, SHOT, {"comment": "new"})
    assert found.data == record == {"comment": "new", "name": "precious"}


NEW = {"shortName": "NEW", "name": "New", "project": PROJECT}


def test_create(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    shot = ramses_client.create(RamShot, NEW | {"sequence": named("sequence", "SEQ01"), "comment": "a&b=c"})
    assert stored(ramses, "RamShot", shot.uuid)["comment"] == "a&b=c"
    assert ramses_client.path(shot.uuid).endswith("TEST_S_NEW")


def test_create_refuses_a_uuid_that_exists(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    before = dict(ramses.app.stored.tables["RamShot"])
    with pytest.raises(AlreadyThere):
        ramses_client.create(RamShot, NEW, SHOT)
    with pytest.raises(AlreadyThere):
        ramses_client.create(RamShot, NEW, SHOT, stored={SHOT})
    assert ramses.app.stored.tables["RamShot"] == before


@pytest.mark.parametrize("missing", ["project", "shortName", "name"])
def test_create_refuses_what_the_app_could_not_find_again(ramses_client: RamDaemonInterface, missing: str) -> None:
    for record in ({key: value for key, value in NEW.items() if key != missing}, NEW | {missing: " "}):
        with pytest.raises(Unsendable):
            ramses_client.create(RamShot, record)


def test_create_refuses_statuses_and_odd_uuids(ramses_client: RamDaemonInterface) -> None:
    with pytest.raises(Unsendable):
        ramses_client.create(RamStatus, {"shortName": "x", "item": SHOT, "step": PLATE})
    with pytest.raises(Unsendable):
        ramses_client.create(RamShot, NEW, "notauuid", stored=())


def test_create_in_another_project_is_stored_and_seen() -> None:
    with Daemon(two_projects()) as daemon:
        client = RamDaemonInterface(daemon.port)
        shot = client.create(RamShot, NEW | {"project": SECOND})
        assert client.get_data(shot.uuid) == {} and shot.uuid in {found.uuid for found in client.objects(RamShot)}


@pytest.mark.parametrize("fault", ["reset", "cut", "malformed"])
def test_a_create_whose_reply_is_lost_happens_once(fault: str) -> None:
    with Daemon(demo()) as daemon:
        daemon.set_faults(only="create", **{fault: True})
        client = RamDaemonInterface(daemon.port)
        shot = client.create(RamShot, NEW)
        assert [found.uuid for found in client.objects(RamShot)].count(shot.uuid) == 1
        assert sum(1 for request in daemon.log.requests if request.startswith(b"create")) == 1


def test_a_create_of_a_removed_uuid_is_not_called_a_success(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    """The real app overwrites the row and leaves it removed."""
    uid = named("once removed")
    ramses.app.stored.add("RamShot", uid, shortName="GONE")
    ramses.app.stored.removed.add(uid)
    with pytest.raises(NotWritten):
        ramses_client.create(RamShot, NEW, uid)


# ---- statuses --------------------------------------------------------------------------------------------------------


def test_status_by_the_recipe(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    seen: list[RamStatus] = []

    def change(status: RamStatus) -> dict[str, Any]:
        seen.append(status)
        return {"state": WIP, "completionRatio": 50, "version": 3, "user": USER, "comment": "a & b = c"}

    found = ramses_client.write_status(SHOT, PLATE, change)
    assert seen[0].state == NO and seen[0].user == ""
    assert (found.state, found.completion, found.version, found.user) == (WIP, 50, 3, USER)
    record = stored(ramses, "RamStatus", found.uuid)
    assert record["item"] == SHOT and record["itemType"] == "shot" and record["comment"] == "a & b = c"
    kinds = [request.split(b"&")[0] for request in ramses.log.requests]
    assert kinds == [b"ping", b"getStatus", b"setData", b"getStatus"]
    assert ramses_client.write_status(SHOT, PLATE, lambda _status: {}).uuid == found.uuid
    assert ramses.log.requests[-1].startswith(b"getStatus") and len(ramses.log.requests) == 5


def test_status_of_pairs_that_do_not_fit(ramses_client: RamDaemonInterface) -> None:
    for item, step in ((SHOT, MOD), (ZERO, PLATE), (SHOT, ZERO)):
        with pytest.raises(Refused, match="Unknown"):
            ramses_client.get_status(item, step)


def test_status_needs_a_current_project() -> None:
    with Daemon(demo(), current=None) as daemon, pytest.raises(Refused, match="no active project"):
        RamDaemonInterface(daemon.port).get_status(SHOT, PLATE)


def test_status_is_never_stored_with_an_empty_state(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    for bad in ({"state": ""}, {"user": ""}, {"step": None}):
        with pytest.raises(Unsendable):
            ramses_client.write_status(SHOT, PLATE, lambda _status, bad=bad: bad)  # type: ignore[misc]
    ramses.restart()


def test_status_written_while_the_reply_gets_lost(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    ramses.set_faults(only="setData", nth=1, reset=True)
    assert ramses_client.write_status(SHOT, PLATE, lambda _status: {"state": OK}).state == OK


# ---- finding and sharing ---------------------------------------------------------------------------------------------


def test_the_port_is_looked_for_and_only_ramses_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    from ramses_plates.lib.ramses import connection
    from ramses_plates.lib.ramses.settings import PortChoice

    with RawServer(lambda _request: [b"OKAY"], greets=False) as stranger, Daemon(demo()) as daemon:
        choices = [PortChoice(stranger.port, "default"), PortChoice(daemon.port, "default")]
        monkeypatch.setattr(connection, "port_choices", lambda: tuple(choices))
        client = RamDaemonInterface()
        assert client.ping()[1] == USER
        assert stranger.requests == [b"ping"]
        # After Ramses moved to another port, it is looked for again.
        daemon.kill()
        with Daemon(demo()) as moved:
            choices[1] = PortChoice(moved.port, "default")
            with pytest.raises(RamsesOffline):
                client.ping()
            assert client.ping()[1] == USER
        choices.pop()
        client.close()
        with pytest.raises(RamsesOffline, match=str(stranger.port)):
            client.ping()


def test_ramses_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAMSES_PLATES_PORT", "off")
    with pytest.raises(RamsesOffline, match="switched off"):
        RamDaemonInterface().ping()


def test_threads_take_turns(ramses: Daemon, ramses_client: RamDaemonInterface) -> None:
    """Eight threads merge different keys into one object: none undoes another, on one connection."""
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                ramses_client.update(RamShot, SHOT, {f"key{number}": turn})
                ramses_client.write_status(SHOT, PLATE, lambda status: {"version": status.version + 1})
        except RamsesError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    record = stored(ramses, "RamShot", SHOT)
    assert [record[f"key{number}"] for number in range(8)] == [9] * 8
    assert ramses_client.get_status(SHOT, PLATE).version == 80
    assert ramses.log.connections == 1


def test_stopping_is_for_the_thread_that_asked(ramses_client: RamDaemonInterface) -> None:
    with ramses_client.stopping_when(lambda: True):
        with pytest.raises(Interrupted):
            ramses_client.ping()
        with pytest.raises(Interrupted):
            ramses_client.app_state()
        elsewhere: list[bool] = []
        thread = threading.Thread(target=lambda: elsewhere.append(ramses_client.is_online()))
        thread.start()
        thread.join()
        assert elsewhere == [True]
    assert ramses_client.is_online()


NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80) | st.sampled_from(
    ["A&quit&B", "x=1", "&quit", "a\nb", '"quoted"', "🎬" * 20, "x" * 10_000, "&raise&y", "\\", "%1"]
)


@given(st.lists(NAMES, min_size=1, max_size=3))
@settings(max_examples=30)
def test_hostile_names_through_the_whole_client(names: list[str]) -> None:
    with Daemon(demo()) as daemon:
        client = RamDaemonInterface(daemon.port)
        for name in names:
            assert client.update(RamShot, SHOT, {"comment": name, "sourceMedia": name}).source_media == name
            assert client.write_status(SHOT, PLATE, lambda _s, name=name: {"comment": name}).comment == name  # type: ignore[misc]
            shot = client.create(RamShot, NEW | {"name": "n" + name, "comment": name})
            assert client.read(RamShot, shot.uuid).comment == name
        assert len(client.objects(RamShot)) == 5 + len(names)
        assert daemon.alive
        client.close()


def test_an_empty_database_is_no_trouble() -> None:
    with Daemon(empty(), current=None) as daemon:
        client = RamDaemonInterface(daemon.port)
        assert client.projects() == [] and client.objects(RamProject) == [] and client.objects(RamStep) == []
        assert len(client.objects(RamState)) == 10
