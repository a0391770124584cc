# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests: what Ramses would misread, wipe by or die of is refused; everything else arrives as meant."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ramses_app import App
from ramses_database import PROJECT, demo, named
from ramses_plates.lib.ramses.errors import Unsendable
from ramses_plates.lib.ramses.request import LARGEST_REQUEST, REFERENCE_LISTS, REFERENCES, build, data_text, is_uuid
from ramses_transcripts import rows

SHOT = named("shot", "SH010")
JSON_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
HOSTILE = st.sampled_from(
    [
        "A&quit&B",
        "x=1",
        "&quit",
        "&quit=",
        "&raise&",
        "a&b=c&d",
        "&ping&",
        "&uuid=",
        "\\u0026",
        "line\nbreak",
        '"',
        "%1",
        "🎬",
    ]
)
KEYS = (JSON_TEXT | HOSTILE).filter(lambda key: key not in REFERENCES | REFERENCE_LISTS)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | JSON_TEXT
    | HOSTILE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "query", ["raise", "quit", "open", "setCurrentProject", "setStatusModifiedBy", "bogus", "Ping", "ping\n", ""]
)
def test_queries_that_harm_or_do_not_exist_are_refused(query: str) -> None:
    with pytest.raises(Unsendable):
        build(query)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("getStatus", {"itemUuid": "", "stepUuid": SHOT}),
        ("getStatus", {"itemUuid": SHOT, "stepUuid": " "}),
        ("getStatus", {"itemUuid": SHOT}),
        ("getStatus", {}),
        ("getData", {"uuid": ""}),
        ("getPath", {"uuid": ""}),
        ("getShots", {}),
        ("getShots", {"projectUuid": None}),
        ("getShots", {"projectUuid": ""}),
        ("getSteps", {"projectUuid": SHOT, "type": ""}),
        ("getSteps", {"projectUuid": SHOT, "type": "all"}),
        ("getObjects", {"type": ""}),
        ("getObjects", {"type": "RamItem"}),
        ("getObjects", {"type": "FooBar"}),
        ("getObjects", {"type": "RamShot'; DROP"}),
        ("create", {"uuid": SHOT, "type": "RamShots", "data": {"a": 1}}),
        ("create", {"uuid": "notauuid", "type": "RamShot", "data": {"a": 1}}),
        ("create", {"uuid": SHOT.upper(), "type": "RamShot", "data": {"a": 1}}),
        ("create", {"uuid": "{" + SHOT + "}", "type": "RamShot", "data": {"a": 1}}),
        ("uuidFromPath", {"path": "", "type": "RamShot"}),
        ("uuidFromPath", {"path": "/jobs/R&D/x", "type": "RamShot"}),
        ("uuidFromPath", {"path": "/jobs/take=2", "type": "RamShot"}),
        ("uuidFromPath", {"path": "/jobs/x\n", "type": "RamShot"}),
        ("uuidFromPath", {"path": "/jobs/\udcff", "type": "RamShot"}),
        ("getData", {"uuid": "none"}),
        ("getData", {"uuid": 5}),
        ("ping", {"uuid": SHOT}),
    ],
)
def test_requests_that_kill_or_mislead_the_app_are_refused(query: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Unsendable):
        build(query, **fields)


@pytest.mark.parametrize("bad", ["a&b", "a=b", "a b", "a\nb", "a'b", 'a"b', "a\0b", "", "x" * 300, "\ud800"])
def test_ids_that_cannot_be_escaped_are_refused(bad: str) -> None:
    for query, key in (("getData", "uuid"), ("getPath", "uuid"), ("getSequences", "projectUuid")):
        with pytest.raises(Unsendable):
            build(query, **{key: bad})


@pytest.mark.parametrize(
    "key", ["project", "sequence", "item", "step", "state", "user", "assignedUser", "assetGroup", "fileType"]
)
@pytest.mark.parametrize("value", ["", " ", None, 5, ["x"]])
def test_empty_references_are_refused_at_any_depth(key: str, value: Any) -> None:
    for record in ({key: value}, {"own": {key: value}}, {"own": [{"deep": {key: value}}]}):
        with pytest.raises(Unsendable):
            data_text(record)


@pytest.mark.parametrize("key", ["users", "pipeline", "pipeFiles", "assets", "applications"])
def test_empty_references_in_lists_are_refused(key: str) -> None:
    assert data_text({key: []}) and data_text({key: [SHOT]})
    for value in ([""], [SHOT, ""], "", None, [None], [5]):
        with pytest.raises(Unsendable):
            data_text({key: value})


def deep(levels: int) -> dict[str, Any]:
    record: dict[str, Any] = {"a": 1}
    for _level in range(levels):
        record = {"a": record}
    return record


@pytest.mark.parametrize(
    "record",
    [
        {},
        [],
        "text",
        None,
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": [1, {"b": float("-inf")}]},
        {"a": 2**53 + 1},
        {"a": 10**400},
        {"a": b"bytes"},
        {"a": {1, 2}},
        {"a": object()},
        {1: "a"},
        {"a": "\ud83c"},
        {"\udcff": "a"},
        deep(40),
        deep(5000),
    ],
)
def test_records_that_would_not_be_stored_as_meant_are_refused(record: Any) -> None:
    with pytest.raises(Unsendable):
        data_text(record)


def test_whole_numbers_that_doubles_hold_pass() -> None:
    assert json.loads(data_text({"a": 2**53, "b": 10**20, "c": -1})) == {"a": 2**53, "b": 10**20, "c": -1}


def test_too_large_requests_are_refused() -> None:
    room = LARGEST_REQUEST - len(build("setData", uuid=SHOT, data={"comment": ""}).payload)
    assert len(build("setData", uuid=SHOT, data={"comment": "x" * room}).payload) == LARGEST_REQUEST
    with pytest.raises(Unsendable):
        build("setData", uuid=SHOT, data={"comment": "x" * (room + 1)})
    with pytest.raises(Unsendable):
        build("setData", uuid=SHOT, data={"comment": "é" * (room // 2 + 1)})


@given(st.dictionaries(st.sampled_from(["comment", "name", "a&b", "c=d", "own"]), JSON_VALUES, min_size=1))
def test_every_record_arrives_unharmed(record: dict[str, Any]) -> None:
    """Through the request grammar of the app: one setData, no other query, nothing wiped."""
    app = App(demo())
    payload = build("setData", uuid=SHOT, data=record).payload
    assert payload.count(b"&") == 2 and payload.count(b"=") == 2
    reply = app.answer(payload.decode("utf-8"))
    assert reply is not None and reply["query"] == "setData"
    found = app.memory[SHOT].record
    assert json.loads(json.dumps(found), parse_int=float) == json.loads(json.dumps(record), parse_int=float)


@given(JSON_TEXT | HOSTILE)
def test_no_text_becomes_another_request(text: str) -> None:
    app = App(demo())
    before = dict(app.stored.tables["RamShot"])
    reply = app.answer(build("setData", uuid=named("shot", "SH020"), data={"comment": text}).payload.decode("utf-8"))
    assert reply is not None and reply["message"] == "Data updated."
    after = app.stored.tables["RamShot"]
    assert {uid for uid in after if after[uid] != before.get(uid)} <= {named("shot", "SH020")}
    assert app.memory[named("shot", "SH020")].record == {"comment": text}


@given(st.text(max_size=40) | HOSTILE)
def test_no_id_or_path_becomes_another_request(text: str) -> None:
    for query, fields in (
        ("getData", {"uuid": text}),
        ("getPath", {"uuid": text}),
        ("uuidFromPath", {"path": text, "type": "RamShot"}),
        ("getShots", {"sequenceUuid": text}),
        ("getStatus", {"itemUuid": text, "stepUuid": named("step", "PLATE")}),
    ):
        try:
            payload = build(query, **fields).payload
        except Unsendable:
            continue
        parts = payload.decode("utf-8").split("&")
        assert parts[0] == query and len(parts) == 1 + len(fields)
        assert dict(part.split("=") for part in parts[1:]) == fields


def test_the_recorded_dangers_would_be_sent_harmlessly() -> None:
    """The requests that wiped or quit the real app, written by us."""
    for row in rows():
        if row["note"].startswith("dangerous value"):
            record = json.loads(row["request"].split("&data=")[1])
            payload = build("setData", uuid=SHOT, data=record).payload.decode("utf-8")
            app = App(demo())
            reply = app.answer(payload)
            assert reply is not None and reply["query"] == "setData"
            assert app.memory[SHOT].record == record


def test_requests_are_written_as_the_app_reads_them() -> None:
    assert build("ping").payload == b"ping"
    assert build("getObjects", type="RamShot").payload == b"getObjects&type=RamShot"
    assert (
        build("getShots", projectUuid=PROJECT, sequenceUuid=None).payload == b"getShots&projectUuid=" + PROJECT.encode()
    )
    sent = build("setData", uuid=SHOT, data={"comment": "R&D = é\n"})
    assert sent.payload == f'setData&uuid={SHOT}&data={{"comment":"R\\u0026D \\u003d é\\n"}}'.encode()
    assert sent.writes and not build("ping").writes


def test_uuids() -> None:
    assert is_uuid(SHOT)
    assert not any(map(is_uuid, [SHOT.upper(), SHOT + "\n", "", None, "none", "{" + SHOT + "}"]))
