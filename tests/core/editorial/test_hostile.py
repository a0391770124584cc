# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a file holds: an edit or one sentence, never anything else."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from ramses_plates.core.editorial import read_edit, shots_from_edit
from ramses_plates.core.errors import EditError

EDL = (
    "TITLE: x\nFCM: DROP FRAME\n001 A V C 01:00:10:00 01:00:14:00 00:00:00:00 00:00:04:00\nM2 A 048.0 01:00:10:00\n"
    "* FROM CLIP NAME: A.1001.exr\n* COMMENT: SH010 1001-1100\n002 A V C 1:0:0:0 1:0:0:0 0:0:4:0 0:0:4:0\n"
    "002 B V D 010 01:00:10:00 01:00:11:00 00:00:04:00 00:00:05:00\n* TO CLIP NAME: B\n* LOC: 01:00:00:00 RED SH020\n"
)
ALE = "Heading\nFPS\t24\n\nColumn\nName\tTape\tStart\tEnd\n\nData\nA\tB\t01:00:00:00\t01:00:01:00\n"
FCPXML = (
    '<fcpxml version="1.10"><resources><format id="r1" frameDuration="1001/24000s"/><asset id="r2" start="3600s" '
    'duration="10s" hasVideo="1" format="r1"/></resources><project><sequence format="r1"><spine><asset-clip ref="r2" '
    'offset="0s" duration="5s"><timeMap><timept time="0s" value="0s"/><timept time="1s" value="2s"/></timeMap>'
    '</asset-clip><transition offset="4s" duration="1s"/></spine></sequence></project></fcpxml>'
)
OTIO = json.dumps({"OTIO_SCHEMA": "Timeline.1", "name": "x", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": []}})


def try_to_read(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        edit = read_edit(str(path))
    except EditError as refused:
        assert str(path) in str(refused)
        return
    json.dumps(edit.document())
    shots_from_edit(edit)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with pieces cut out, doubled, moved or overwritten."""
    data = bytearray(draw(st.sampled_from([EDL, ALE, FCPXML, OTIO])).encode())
    for _change in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.integers(0, 40)))
        how = draw(st.sampled_from(["cut", "double", "noise", "digits"]))
        if how == "cut":
            del data[at:to]
        elif how == "double":
            data[at:at] = data[at:to]
        elif how == "noise":
            data[at:to] = draw(st.binary(max_size=12))
        else:
            data[at:to] = draw(st.text("0123456789:;/-. \t\n", max_size=12)).encode()
    return bytes(data)


@given(damaged())
def test_a_damaged_edit_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    try_to_read(tmp_path / "cut", data)


@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace"))))
def test_anything_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    try_to_read(tmp_path / "cut", data)


@given(st.lists(st.sampled_from(EDL.splitlines()), max_size=30))
def test_lines_of_a_list_in_any_order_are_read_or_refused(tmp_path: Path, lines: list[str]) -> None:
    try_to_read(tmp_path / "cut", "\n".join(lines).encode())
