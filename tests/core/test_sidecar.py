# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidecar as every Ramses tool reads it, and a reader that no sidecar of anybody throws off."""

from __future__ import annotations

import io
import json
import os
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core import json_entries
from ramses_plates.core.errors import ManifestError
from ramses_plates.core.frame_clock import FrameClock
from ramses_plates.core.sidecar import (
    FrameFacts,
    SidecarFacts,
    completed_at,
    marker,
    parse_facts,
    parse_frame,
    read_entries,
    read_facts,
    write_entries,
)

FACTS = SidecarFacts(
    version=3,
    comment="from day 1",
    date=1700000000,
    state="OK",
    resource="REF",
    timecode="01:00:00;02",
    source="/deliveries/day1",
    source_media="A001_C002",
    operator="ana",
    verification="full",
    rate=Fraction(30000, 1001),
    rate_manual=True,
    colorspace="ACEScg",
    colorspace_manual=True,
    display=(1920, 1080),
    data_window=(-8, -8, 1936, 1096),
    pixel_aspect=Fraction(4, 3),
    timecode_breaks=((1003, "02:00:00;00"), (1005, None)),
    run="run-1",
    plan="abc",
    hash_name="xxh128",
    record={"schema": 1, "event": {"number": "001"}, "cut": [1002, 1004], "handles": [1, 1], "reel": "A001"},
)
FILES = [FrameFacts("a.1001.exr", 1001, "01:00:00;02", "aa"), FrameFacts("a.1002.exr", 1002, "01:00:00;03", "bb")]


def text_of(facts: SidecarFacts, files: list[FrameFacts]) -> str:
    return b"".join(write_entries(facts, files)).decode("ascii")


def put(folder: Path, text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    (folder / "_ramses_data.json").write_bytes(data)
    return os.fspath(folder)


def test_both_families_of_tools_find_their_keys() -> None:
    entries = json.loads(text_of(FACTS, FILES))
    assert list(entries) == ["a.1001.exr", "a.1002.exr"]  # every key is a file: others count it as lost
    entry = entries["a.1002.exr"]
    assert {key: entry[key] for key in ("version", "comment", "date", "stateShortName", "resource")} == {
        "version": 3,
        "comment": "from day 1",
        "date": 1700000000,
        "stateShortName": "OK",
        "resource": "REF",
    }
    assert {key: entry[key] for key in ("state", "timecode", "source", "sourceMedia", "operator", "verification")} == {
        "state": "ok",
        "timecode": "01:00:00;02",
        "source": "/deliveries/day1",
        "sourceMedia": "A001_C002",
        "operator": "ana",
        "verification": "full",
    }
    assert entry["fps"] == pytest.approx(29.97003) and entry["fpsManual"] is True
    assert (entry["colorspace"], entry["colorspaceManual"]) == ("ACEScg", True)
    assert "md5" not in entry
    own = entry["ramses_plates"]
    assert own["frame"] == 1002 and own["timecode"] == "01:00:00;03" and own["fps"] == "30000/1001"
    assert own["hash"] == {"xxh128": "bb"} and own["cut"] == [1002, 1004] and own["data_window"] == [-8, -8, 1936, 1096]


def test_unknown_facts_leave_no_keys() -> None:
    entry = json.loads(text_of(SidecarFacts(version=1, state="WIP"), FILES))["a.1001.exr"]
    assert not {"timecode", "fps", "fpsManual", "colorspace", "colorspaceManual"} & set(entry)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    folder = put(tmp_path, text_of(FACTS, FILES))
    assert read_facts(folder) == FACTS
    assert [parse_frame(name, entry) for name, entry in read_entries(folder)] == FILES


KEYS = ("version", "comment", "date", "state", "stateShortName", "fps", "timecode", "ramses_plates", "resource")
OWN_KEYS = ("fps", "hash", "frame", "data_window", "pixel_aspect", "timecode_breaks", "run", "timecode")
texts = st.text(max_size=20)
labels = st.sampled_from(["01:00:00:00", "23:59:59:23", "00:00:10;05"])


@given(
    facts=st.builds(
        SidecarFacts,
        version=st.integers(1, 10**6),
        comment=texts,
        date=st.integers(0, 2**40),
        state=st.sampled_from(["OK", "WIP", "TODO"]),
        resource=texts,
        timecode=st.none() | labels,
        source=texts,
        source_media=texts,
        operator=texts,
        rate=st.none() | st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(120)]),
        colorspace=st.none() | st.text(min_size=1, max_size=20),
        display=st.none() | st.tuples(st.integers(), st.integers()),
        pixel_aspect=st.none() | st.fractions(),
        run=texts,
        plan=texts,
        record=st.fixed_dictionaries({"schema": st.just(1)}, optional={"reel": texts, "odd \udc80": texts}),
    ),
    names=st.lists(texts, min_size=1, max_size=5, unique=True),
)
@settings(max_examples=100)
def test_any_facts_survive(facts: SidecarFacts, names: list[str]) -> None:
    files = [FrameFacts(name, index) for index, name in enumerate(names)]
    with tempfile.TemporaryDirectory() as place:
        folder = put(Path(place), text_of(facts, files))
        assert read_facts(folder) == facts
        assert [parse_frame(name, entry) for name, entry in read_entries(folder)] == files


# --- sidecars of others


def test_a_sidecar_of_ramses_ingest() -> None:
    facts = parse_facts(
        {"version": 2, "comment": "Ingested via Ramses-Ingest", "date": 1, "state": "wip", "timecode": "10:00:00:00",
         "source": "D:/in", "sourceMedia": "sh010", "operator": "x", "verification": "fast", "fps": 23.976,
         "fpsManual": False, "md5": "00"}
    )  # fmt: skip
    assert (facts.state, facts.rate, facts.verification) == ("WIP", Fraction(24000, 1001), "fast")


def test_a_sidecar_of_ramses_py() -> None:
    facts = parse_facts({"version": 4, "stateShortName": "RTK", "date": 1.5, "resource": "BG", "history": [1, 2]})
    assert (facts.version, facts.state, facts.date, facts.resource) == (4, "RTK", 1.5, "BG")


@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | texts,
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(OWN_KEYS),
                    inner,
                )
            ),
            max_leaves=6,
        ),
    )
)
@settings(max_examples=100)
def test_values_of_any_type_are_survived(entry: dict[str, Any]) -> None:
    facts = parse_facts(entry)
    assert isinstance(facts.state, str) and isinstance(parse_frame("a", entry).name, str)


def test_no_sidecar_says_nothing(tmp_path: Path) -> None:
    assert read_facts(os.fspath(tmp_path)) is None
    assert read_facts(put(tmp_path, "{}")) is None
    assert read_facts(put(tmp_path, '{"a": 1, "b": {"version": 7}}')) == parse_facts({"version": 7})


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{", '{"a"', '{"a":', '{"a": {}', '{"a": {},}', '{"a": {}} x', "{1: 2}", '{"a": {"b": }}',
     b"\xff\xfe{}", b'{"a": "\xff"}', '{"a": ' + "[" * 100_000],
)  # fmt: skip
def test_a_broken_sidecar_is_told_by_name(tmp_path: Path, text: str | bytes) -> None:
    folder = put(tmp_path, text)
    with pytest.raises(ManifestError, match=r"_ramses_data\.json.*broken"):
        for _ in read_entries(folder):
            pass


def test_a_byte_order_mark_is_no_damage(tmp_path: Path) -> None:
    assert read_facts(put(tmp_path, '\ufeff{"a": {"version": 1}}')) == parse_facts({"version": 1})


def test_a_sidecar_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "_ramses_data.json").mkdir()
    with pytest.raises(ManifestError, match="cannot be read"):
        read_facts(os.fspath(tmp_path))


def test_the_first_facts_cost_the_same_however_long_the_sidecar_is(tmp_path: Path) -> None:
    files = (FrameFacts(f"a.{frame}.exr", frame) for frame in range(20_000))
    data = b"".join(write_entries(FACTS, files))
    put(tmp_path, data)

    class Counting(io.StringIO):
        read_so_far = 0

        def read(self, size: int | None = -1) -> str:
            piece = super().read(size)
            self.read_so_far += len(piece)
            return piece

    file = Counting(data.decode())
    assert next(json_entries.entries(file))[0] == "a.0.exr"
    assert file.read_so_far < 200_000 < len(data)
    assert sum(1 for _ in read_entries(os.fspath(tmp_path))) == 20_000


@given(
    st.dictionaries(texts, st.recursive(st.integers() | texts | st.floats(allow_nan=False), st.lists, max_leaves=4)),
    st.data(),
)
@settings(max_examples=60)
def test_the_window_never_shows(value: dict[str, Any], data: st.DataObject) -> None:
    """Whatever is cut where by the pieces that are read, the entries are those of the standard library."""
    text = json.dumps(value, indent=data.draw(st.none() | st.integers(0, 3)))

    class Small(io.StringIO):
        def read(self, _size: int | None = -1) -> str:
            return super().read(data.draw(st.integers(1, 7)))

    assert dict(json_entries.entries(Small(text))) == value


def test_an_entry_without_end_is_refused_in_bounded_memory() -> None:
    class Endless(io.StringIO):
        served = 0

        def read(self, size: int | None = -1) -> str:
            self.served += size or 0
            assert self.served < 10 * json_entries.LONGEST_ENTRY
            return "x" * (size or 0)

        def __init__(self) -> None:
            super().__init__()

    class Opened(Endless):
        def read(self, size: int | None = -1) -> str:
            return '{"a": "' if self.served == 0 and super().read(size) else super().read(size)

    with pytest.raises(ValueError, match="too long"):
        list(json_entries.entries(Opened()))


# --- the marker


def test_the_marker_is_whole_seconds_without_newline(tmp_path: Path) -> None:
    assert marker(1700000000.9) == b"1700000000"
    assert completed_at(os.fspath(tmp_path)) is None
    (tmp_path / ".ramses_complete").write_bytes(b"1700000000")
    assert completed_at(os.fspath(tmp_path)) == 1700000000
    (tmp_path / ".ramses_complete").write_bytes(b"done")
    assert completed_at(os.fspath(tmp_path)) == 0


# --- each frame's timecode


def test_frames_count_on_from_the_start() -> None:
    clock = FrameClock(SidecarFacts(timecode="01:00:59;28", rate=Fraction(30000, 1001)), 1001)
    assert [clock.label(frame) for frame in (1001, 1002, 1003, 1000)] == [
        "01:00:59;28", "01:00:59;29", "01:01:00;02", None,
    ]  # fmt: skip


def test_a_break_starts_the_count_anew() -> None:
    clock = FrameClock(FACTS, 1001)
    assert [clock.label(frame) for frame in range(1001, 1007)] == [
        "01:00:00;02", "01:00:00;03", "02:00:00;00", "02:00:00;01", None, None,
    ]  # fmt: skip


def test_a_movie_has_the_timecode_of_its_start() -> None:
    assert FrameClock(SidecarFacts(timecode="01:00:00:05", rate=Fraction(24)), None).label(None) == "01:00:00:05"


@pytest.mark.parametrize(
    "facts",
    [
        SidecarFacts(),
        SidecarFacts(timecode="01:00:00:00"),
        SidecarFacts(rate=Fraction(24)),
        SidecarFacts(timecode="99:99:99:99", rate=Fraction(24)),
        SidecarFacts(timecode="01:00:00:00", rate=Fraction(48), record={"timecode_doubt": "pairs of frames"}),
    ],
)
def test_nothing_is_guessed(facts: SidecarFacts) -> None:
    assert FrameClock(facts, 1001).label(1002) is None
