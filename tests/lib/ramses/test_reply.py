# SPDX-License-Identifier: GPL-3.0-or-later
"""Replies: any chunking, any layout, any length; and nothing else passes for one."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ramses_plates.lib.ramses.errors import BadReply
from ramses_plates.lib.ramses.reply import ReplyBuffer, envelope
from ramses_transcripts import rows

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.sampled_from(
    ["}", "\n}\n", '"', "\\", '\\"', "{", "]", "}}", "é漢🎬", "\\u0022"]
)
DOCUMENTS = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=10,
    ),
    max_size=4,
)
LAYOUTS = st.fixed_dictionaries({"indent": st.sampled_from([4, None, 0, 1]), "ensure_ascii": st.booleans()})
ENDS = st.sampled_from([b"", b"\n", b"  ", b"\r\n"])


def feed(data: bytes, cuts: list[int]) -> tuple[ReplyBuffer, int]:
    """The buffer and how many bytes it took before it said it was complete."""
    buffer = ReplyBuffer()
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, end in pairwise(edges):
        if buffer.feed(data[start:end]):
            return buffer, end
    return buffer, -1


@given(DOCUMENTS, LAYOUTS, ENDS, st.lists(st.integers(0, 10_000), max_size=20), st.booleans())
def test_any_chunking_of_any_layout(
    document: dict[str, Any], layout: dict[str, Any], end: bytes, cuts: list[int], bom: bool
) -> None:
    body = (b"\xef\xbb\xbf" if bom else b"") + json.dumps(document, **({"ensure_ascii": False} | layout)).encode(
        "utf-8"
    )
    data = body + end
    for chosen in (cuts, list(range(len(data)))):
        buffer, taken = feed(data, chosen)
        assert len(body) <= taken <= len(data)
        assert buffer.document() == document


@given(DOCUMENTS, LAYOUTS, st.integers(1, 10_000))
def test_a_part_is_never_taken_for_the_whole(document: dict[str, Any], layout: dict[str, Any], cut: int) -> None:
    body = json.dumps(document, **layout).encode("utf-8")
    part = body[: cut % len(body)]
    _buffer, taken = feed(part, list(range(len(part))))
    assert taken == -1


@pytest.mark.parametrize("row", [row for row in rows() if row["reply"] and row["reply_bytes"] > 500])
def test_recorded_replies_byte_by_byte(row: dict[str, Any]) -> None:
    data = (json.dumps(row["reply"], indent=4, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")
    buffer, _taken = feed(data, list(range(len(data))))
    assert buffer.document() == row["reply"]
    assert envelope(buffer.document()).content == row["reply"]["content"]


@pytest.mark.parametrize("indent", [4, None])
def test_twenty_megabytes_in_linear_time(indent: int | None) -> None:
    """Complete, and eight times the size costs about eight times the time in small pieces, not sixty-four times."""

    def seconds(objects: int) -> float:
        shot = {"uuid": "x" * 36, "data": {"comment": "}\n" + "é" * 150, "name": "Shot", "nested": {"a": [1, {}]}}}
        document = {"content": {"objects": [shot] * objects}, "accepted": True}
        data = json.dumps(document, indent=indent, ensure_ascii=False).encode("utf-8") + b"\n"
        buffer = ReplyBuffer()
        start = time.thread_time()  # other programs on the machine are not our concern
        complete = [at for at in range(0, len(data), 4096) if buffer.feed(data[at : at + 4096])]
        spent = time.thread_time() - start
        assert complete == [(len(data) - 1) // 4096 * 4096]
        assert len(buffer.document()["content"]["objects"]) == objects
        if objects > 30_000:
            assert len(data) > 20_000_000
        return spent

    small = min(seconds(6_250) for _round in range(3))
    assert seconds(50_000) < 80 * small


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"pong",
        b"[1, 2]",
        b"  null",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1]',
        b'{"a" 1}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{\n"a": tru\n}\n',
        b"\xff\xfe{\x00",
        b" " * 3000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    ],
)
def test_what_is_no_reply_is_refused(data: bytes) -> None:
    for cuts in ([], list(range(min(len(data), 3000)))):
        with pytest.raises(BadReply):
            buffer, taken = feed(data, cuts)
            assert taken == -1 and not buffer.document()


@pytest.mark.parametrize("indent", [4, None])
def test_two_replies_at_once_are_none(indent: int | None) -> None:
    """A request that TCP cut in two is answered twice; when the second part comes later, the wire finds it."""
    data = json.dumps({"a": 1}, indent=indent).encode("utf-8") + b"\n"
    with pytest.raises(BadReply):
        ReplyBuffer().feed(data + data)


def test_an_endless_reply_is_cut_off() -> None:
    buffer = ReplyBuffer(largest=100_000)
    with pytest.raises(BadReply):
        for _round in range(1000):
            buffer.feed(b'{"a": "' + b"x" * 1000)


@pytest.mark.parametrize(
    "document",
    [
        [],
        "text",
        {},
        {"accepted": True},
        {"accepted": "yes", "success": True, "content": {}},
        {"accepted": True, "success": 1, "content": {}},
        {"accepted": True, "success": True, "content": []},
        {"accepted": True, "success": True, "content": "{}"},
    ],
)
def test_replies_without_their_keys_are_refused(document: Any) -> None:
    with pytest.raises(BadReply):
        envelope(document)


def test_message_and_query_may_be_missing_or_odd() -> None:
    found = envelope({"accepted": True, "success": False, "content": {"a": 1}, "message": 5})
    assert (found.query, found.message, found.success, found.content) == ("", "", False, {"a": 1})
