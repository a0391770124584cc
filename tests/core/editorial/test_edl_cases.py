# SPDX-License-Identifier: GPL-3.0-or-later
"""The case table of EDLs: which clip belongs to which shot, and which file frames the list asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ramses_plates.core.editorial import Edit, read_edit
from ramses_plates.core.errors import EditError
from ramses_plates.core.footage import Footage
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.order_report import expectation_findings

CASES = json.loads((Path(__file__).parents[2] / "cases" / "edl.json").read_text(encoding="utf-8"))["cases"]
MAPPED = [case for case in CASES if "clip" not in case and "raises" not in case["expected"]["clip_to_shot"]]
RANGED = [case for case in CASES if "clip" in case]


def written(case: dict[str, Any], folder: Path) -> str:
    path = folder / "cut.edl"
    text = case["edl"]
    path.write_bytes(
        bytes.fromhex(case["edl_bytes_hex"]) if text is None else text.encode(case.get("encoding", "utf-8"))
    )
    return str(path)


def read(case: dict[str, Any], folder: Path) -> Edit:
    return read_edit(written(case, folder))


@pytest.mark.parametrize("case", MAPPED, ids=lambda case: str(case["id"]))
def test_clips_are_mapped_to_shots_as_the_table_says(case: dict[str, Any], tmp_path: Path) -> None:
    edit = read(case, tmp_path)
    assert edit.clip_to_shot == case["expected"]["clip_to_shot"]
    found = {clip: list(expected) for clip, expected in edit.frame_expectations.items()}
    assert found == case["expected"]["frame_expectations"]
    assert edit.refused_lines == ()


def test_binary_is_refused_with_a_readable_sentence(tmp_path: Path) -> None:
    case = next(case for case in CASES if case["id"] == "binary")
    with pytest.raises(EditError, match=r"line 1: .*no CMX3600"):
        read(case, tmp_path)


@pytest.mark.parametrize("case", RANGED, ids=lambda case: str(case["id"]))
def test_delivered_frames_are_held_against_the_frames_asked_for(case: dict[str, Any], tmp_path: Path) -> None:
    (event,) = read(case, tmp_path).events
    clip = case["clip"]
    assert event.clip == clip["base"]
    kind = "sequence" if clip["is_sequence"] else "movie"
    findings = expectation_findings(event, Footage(clip["base"], kind, FrameSet.parse(clip["frames"])))
    assert (not findings) == case["expected"]["ok"]
    said = " ".join(finding.message for finding in findings)
    assert all(word in said for word in case["expected"]["message_mentions"])


def test_every_case_of_the_table_is_tried() -> None:
    assert len(MAPPED) + len(RANGED) + 1 == len(CASES) == 21
