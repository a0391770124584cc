# SPDX-License-Identifier: GPL-3.0-or-later
"""The wire: whole replies, limits, reconnecting, and no write that is sent twice."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_database import PROJECT, demo, named
from ramses_double import Daemon
from ramses_plates.lib.ramses.errors import (
    BadReply,
    Interrupted,
    RamsesError,
    RamsesOffline,
    RamsesTimeout,
    ReplyLost,
    Unsendable,
)
from ramses_plates.lib.ramses.reply import Reply
from ramses_plates.lib.ramses.request import Request, build
from ramses_plates.lib.ramses.wire import Limits, Wire
from raw_server import RawServer, reply, written

SHOT = named("shot", "SH010")
GET = build("getData", uuid=SHOT)
SET = build("setData", uuid=SHOT, data={"comment": "new"})
QUICK = Limits(connect=0.5, silence=0.3, total=1.0)
OBJECTS = reply({"objects": [{"uuid": SHOT, "data": {"comment": "é漢🎬 } \n}\n", "nested": [[], {}]}}]})


def ask(port: int, request: Request = GET, limits: Limits | None = None) -> Reply:
    """One request on a connection of its own."""
    wire = Wire(port, limits)
    try:
        return wire.ask(request)
    finally:
        wire.close()


@given(st.lists(st.integers(1, 1000), max_size=30), st.sampled_from([4, None]))
@settings(max_examples=40)
def test_any_chunking_over_a_socket(cuts: list[int], indent: int | None) -> None:
    data = written(OBJECTS, indent)
    edges = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
    with RawServer(lambda _request: [data[a:b] for a, b in pairwise(edges)]) as server:
        assert ask(server.port).content == OBJECTS["content"]


@pytest.mark.parametrize("indent", [4, None])
def test_twenty_megabytes(indent: int | None) -> None:
    document = reply({"objects": [{"uuid": SHOT, "data": {"comment": "ä" * 200, "name": "}"}}] * 48_000})
    data = written(document, indent)
    assert len(data) > 20_000_000
    with RawServer(lambda _request: (data[at : at + 65_431] for at in range(0, len(data), 65_431))) as server:
        assert len(ask(server.port).content["objects"]) == 48_000


def test_one_byte_at_a_time() -> None:
    with Daemon(demo()) as daemon:
        daemon.set_faults(pieces=1)
        wire = Wire(daemon.port)
        assert wire.ask(GET).content["data"]["shortName"] == "SH010"
        assert wire.ask(GET).content["uuid"] == SHOT
        wire.close()


@pytest.mark.parametrize("end", [b"", b"\n", b"  ", b"\r\n\n "])
def test_blanks_after_a_reply_belong_to_it(end: bytes) -> None:
    def pieces(_request: bytes) -> Iterable[bytes]:
        yield written(OBJECTS)[:-1]
        time.sleep(0.02)
        yield end

    with RawServer(pieces) as server:
        wire = Wire(server.port)
        for _round in range(3):
            assert wire.ask(GET).content == OBJECTS["content"]
            time.sleep(0.05)
        assert server.connections == 1
        wire.close()


def test_many_requests_use_one_connection_and_one_send_each() -> None:
    with RawServer(lambda _request: [written(OBJECTS)]) as server:
        wire = Wire(server.port)
        large = build("setData", uuid=SHOT, data={"comment": "é" * 7_000})
        for request in (GET, large, GET, large):
            wire.ask(request)
        wire.close()
        assert server.connections == wire.connections == 1
        assert server.requests == [b"ping", GET.payload, large.payload, GET.payload, large.payload]
        assert wire.requests == 5


def test_the_largest_request_arrives_in_one_piece() -> None:
    """60 kB over the real socket, a hundred times: the double wipes the object if a read brings less."""
    with Daemon(demo()) as daemon:
        wire = Wire(daemon.port)
        room = wire.limits.request - len(build("setData", uuid=SHOT, data={"comment": ""}).payload)
        for number in range(100):
            wire.ask(build("setData", uuid=SHOT, data={"comment": f"{number:03d}" + "x" * (room - 3)}))
            assert len(wire.ask(GET).content["data"]["comment"]) == room
        wire.close()


def test_a_request_beyond_the_limit_never_leaves() -> None:
    with RawServer(lambda _request: [written(OBJECTS)]) as server:
        with pytest.raises(Unsendable):
            ask(server.port, Request("setData", b"x" * 60_001, True))
        assert server.requests == []


def test_the_sending_side_stays_open() -> None:
    """A half-closed connection gets no reply: with a slow app that would show."""
    with Daemon(demo()) as daemon:
        daemon.set_faults(slow=0.1)
        assert ask(daemon.port).content["uuid"] == SHOT


def test_only_ipv4_is_tried() -> None:
    with Daemon(demo()) as daemon:
        assert Wire(daemon.port).host == "127.0.0.1"
        assert ask(daemon.port).success


# ---- time ------------------------------------------------------------------------------------------------------------


def test_silence_ends_in_a_timeout() -> None:
    with RawServer(lambda _request: []) as server:
        start = time.monotonic()
        with pytest.raises(RamsesTimeout) as caught:
            ask(server.port, SET, QUICK)
        assert caught.value.may_have_acted
        assert time.monotonic() - start < 5


def test_a_program_that_never_greets_is_not_written_to() -> None:
    with RawServer(lambda _request: [], greets=False) as server:
        with pytest.raises(RamsesTimeout) as caught:
            ask(server.port, SET, QUICK)
        assert not caught.value.may_have_acted
        assert server.requests == [b"ping"]


def test_a_reply_that_drips_forever_ends_at_the_total_limit() -> None:
    def drip(_request: bytes) -> Iterable[bytes]:
        yield b'{"a": "'
        while True:
            time.sleep(0.05)
            yield b"x"

    with RawServer(drip) as server:
        start = time.monotonic()
        with pytest.raises(RamsesTimeout):
            ask(server.port, GET, Limits(silence=0.5, total=0.6))
        assert time.monotonic() - start < 6


def test_a_slow_reply_within_the_limits_is_awaited() -> None:
    with Daemon(demo()) as daemon:
        daemon.set_faults(slow=0.4, pieces=100, gap=0.1)
        assert ask(daemon.port, GET, Limits(silence=3.0, total=30.0)).content["uuid"] == SHOT


def test_an_address_that_accepts_nothing() -> None:
    """A full backlog: the system holds the connection back."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port = server.getsockname()[1]
        fillers = []
        for _filler in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            fillers.append(filler)
        time.sleep(0.1)
        with pytest.raises((RamsesTimeout, RamsesOffline)):
            ask(port, GET, QUICK)
        for filler in fillers:
            filler.close()


def test_a_caller_can_stop_waiting() -> None:
    stop = threading.Event()
    with RawServer(lambda _request: []) as server:
        wire = Wire(server.port, Limits(silence=60.0, total=60.0))
        wire.stopped = stop.is_set
        threading.Timer(0.1, stop.set).start()
        start = time.monotonic()
        with pytest.raises(Interrupted):
            wire.ask(GET)
        assert time.monotonic() - start < 5
        wire.close()


# ---- breaking --------------------------------------------------------------------------------------------------------


def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(RamsesOffline) as caught:
        ask(port, SET)
    assert not caught.value.may_have_acted
    assert str(port) in str(caught.value)


@pytest.mark.parametrize("fault", ["reset", "cut", "kill_before", "kill_after"])
def test_a_write_whose_reply_is_lost_is_not_sent_again(fault: str) -> None:
    with Daemon(demo()) as daemon:
        daemon.set_faults(only="setData", **{fault: True})
        with pytest.raises(ReplyLost) as caught:
            ask(daemon.port, SET)
        assert caught.value.may_have_acted
        assert [request for request in daemon.log.requests if request.startswith(b"setData")] == [SET.payload]


@pytest.mark.parametrize("fault", ["reset", "cut"])
def test_a_read_whose_reply_is_lost_is_sent_once_more(fault: str) -> None:
    with Daemon(demo()) as daemon:
        daemon.set_faults(only="getData", nth=1, **{fault: True})
        assert ask(daemon.port).content["uuid"] == SHOT
        assert daemon.log.connections == 2
        daemon.set_faults(only="getData", **{fault: True})
        with pytest.raises(ReplyLost):
            ask(daemon.port)


def test_a_restarted_app_is_found_again_before_anything_is_sent() -> None:
    with Daemon(demo()) as daemon:
        wire = Wire(daemon.port)
        wire.ask(GET)
        daemon.restart()
        assert wire.ask(SET).message == "Data updated."
        assert [r for r in daemon.log.requests if r.startswith(b"setData")] == [SET.payload]
        wire.close()


@pytest.mark.parametrize("fault", ["malformed", "wrong_types", "twice"])
def test_replies_that_are_none(fault: str) -> None:
    with Daemon(demo()) as daemon:
        daemon.set_faults(only="setData", **{fault: True})
        wire = Wire(daemon.port)
        with pytest.raises(RamsesError) as caught:
            wire.ask(SET)
        assert isinstance(caught.value, BadReply) and caught.value.may_have_acted
        # What else arrives belongs to the broken exchange: the next request gets its own reply.
        assert wire.ask(GET).content["uuid"] == SHOT
        wire.close()


def test_a_late_second_reply_is_not_taken_for_the_next_one() -> None:
    late = written(reply({"uuid": "late"}))

    def pieces(request: bytes) -> Iterable[bytes]:
        yield written(reply({"uuid": "right"}))
        if request == SET.payload:
            time.sleep(0.05)
            yield late

    with RawServer(pieces) as server:
        wire = Wire(server.port)
        wire.ask(SET)
        time.sleep(0.3)
        assert wire.ask(GET).content == {"uuid": "right"}
        assert server.connections == 2
        wire.close()


def test_a_reply_that_comes_after_its_timeout_is_not_taken_for_the_next_one() -> None:
    def pieces(request: bytes) -> Iterable[bytes]:
        if request == SET.payload:
            time.sleep(0.6)
        yield written(reply({"uuid": "late" if request == SET.payload else "right"}))

    with RawServer(pieces) as server:
        wire = Wire(server.port, QUICK)
        with pytest.raises(RamsesTimeout):
            wire.ask(SET)
        wire.limits = Limits()
        assert wire.ask(GET).content == {"uuid": "right"}
        wire.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"OKAY",
        b"\x00\x01\x02",
        written(reply({"ramses": "Something else"})),
        written(reply({})),
    ],
)
def test_a_program_that_is_not_ramses_gets_nothing_but_a_ping(answer: bytes) -> None:
    with RawServer(lambda _request: [answer], greets=False) as server:
        with pytest.raises(RamsesError) as caught:
            ask(server.port, SET, QUICK)
        assert not caught.value.may_have_acted
        assert server.requests == [b"ping"]


def test_the_greeting_tells_version_and_user() -> None:
    with Daemon(demo()) as daemon:
        wire = Wire(daemon.port)
        wire.ask(GET)
        assert wire.greeting["version"] == "0.10.0-Beta"
        wire.close()


def test_counts() -> None:
    with Daemon(demo()) as daemon:
        wire = Wire(daemon.port)
        for _round in range(3):
            wire.ask(build("getShots", projectUuid=PROJECT))
        wire.close()
        assert (wire.requests, wire.connections) == (4, 1) == (len(daemon.log.requests), daemon.log.connections)
        assert wire.received == daemon.log.sent


def test_a_partly_sent_request_is_never_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest would be carried out as a request of its own, after the object was wiped."""

    class Half(socket.socket):
        def send(self, data: Any, flags: int = 0) -> int:
            return super().send(data[: len(data) // 2] if data.startswith(b"setData") else data, flags)

    with Daemon(demo()) as daemon:
        wire = Wire(daemon.port)
        monkeypatch.setattr("ramses_plates.lib.ramses.wire.socket.socket", Half)
        with pytest.raises(ReplyLost) as caught:
            wire.ask(SET)
        assert caught.value.may_have_acted
        time.sleep(0.2)
        assert b"".join(r for r in daemon.log.requests if b"setData" in r) == SET.payload[: len(SET.payload) // 2]
