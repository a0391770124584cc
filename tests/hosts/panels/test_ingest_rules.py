# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules by example and the comparison with an edit, as the panel's windows show them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import make_clips
from make_delivery import plate
from ramses_plates.core.delivery import survey
from ramses_plates.core.editorial.read import read_edit
from ramses_plates.core.events import Cancel, silent
from ramses_plates.core.footage import Footage
from ramses_plates.core.identify import identify_clip
from ramses_plates.core.infer import Mark
from ramses_plates.core.order import compare
from ramses_plates.core.rule_set import BUILTIN
from ramses_plates.hosts.qt.host import Job
from ramses_plates.hosts.qt.ingest_marks import Inferred, Marks, infer_job, with_rule
from ramses_plates.hosts.qt.ingest_order_rows import order_rows, order_text, summary_text

EDL = """TITLE: REEL 1
FCM: NON-DROP FRAME

001  AX       V     C        01:00:00:02 01:00:00:06 01:00:00:00 01:00:00:04
* FROM CLIP NAME: SEQ010_SH010_plate

002  AX       V     C        02:00:00:00 02:00:01:00 01:00:00:04 01:00:01:04
* FROM CLIP NAME: A099C001
"""


def run(job: Job[Any, Inferred]) -> Inferred:
    return job.finish(job.work(silent, Cancel()))


def clips(*names: str) -> list[Any]:
    return [make_clips.sequence("/in", name, "exr", range(1001, 1003)) for name in names]


def test_marks_give_way_to_newer_ones() -> None:
    marks = Marks().put("abc_def", "shot", 0, 3).put("abc_def", "sequence", 2, 5)
    assert marks.of("abc_def") == (Mark("sequence", 2, 5),)
    marks = marks.put("abc_def", "sequence", 0, 1)
    assert marks.of("abc_def") == (Mark("sequence", 0, 1),)  # one of each field
    marks = marks.put("abc_def", "_ignore", 2, 3).put("abc_def", "_ignore", 4, 5)
    assert len(marks.of("abc_def")) == 3 and marks.any
    assert marks.put("abc_def", "shot", 3, 3) == marks and marks.put("abc_def", "shot", 3, 99) == marks
    assert not marks.clear("abc_def").any


def test_a_name_without_a_shot_can_be_said_and_taken_back() -> None:
    marks = Marks().put("a", "shot", 0, 1).refuse(["a", "b"])
    assert marks.negative == {"a", "b"} and not marks.any
    assert marks.refuse(["b"]).negative == {"a"}
    assert marks.put("a", "shot", 0, 1).negative == {"b"}


def test_one_example_is_enough_for_a_rule_that_all_clips_are_tried_on() -> None:
    found = clips("MX_0450_bg_v1", "MX_0460_bg_v2", "readme")
    name = found[0].first_file
    inferred = run(infer_job(Marks().put(name, "shot", 3, 7), found, "mine"))
    assert inferred.rule is not None and inferred.rule.label == "mine"
    assert [identity.shot for identity in inferred.found] == ["0450", "0460", None] and inferred.matched == 2
    rules = with_rule(BUILTIN, inferred.rule)
    assert rules.builtin and identify_clip(found[1], rules).rule == "mine"


def test_why_there_is_no_rule_is_told() -> None:
    found = clips("MX_0450_bg_v1")
    assert "Mark the shot" in run(infer_job(Marks(), found, "mine")).problem
    name = found[0].first_file
    problem = run(infer_job(Marks().put(name, "shot", 0, len(name)), found, "mine")).problem
    assert "extension" in problem


def test_order_and_delivery_side_by_side(tmp_path: Path) -> None:
    plate(tmp_path / "in", "SEQ010_SH010_plate", range(1001, 1009))
    plate(tmp_path / "in", "SEQ010_SH020_plate", range(1001, 1003), "05:00:00:00")
    (tmp_path / "cut.edl").write_text(EDL)
    items = survey([str(tmp_path / "in")]).items
    edit = read_edit(str(tmp_path / "cut.edl"), Fraction(24000, 1001))
    order = compare(edit, [Footage.of_clip(item.clip, item.media) for item in items])
    rows = order_rows(order)
    assert [row.cells[0] for row in rows] == ["Delivered", "Missing", "Not ordered"]
    assert [row.good for row in rows] == [True, False, False]
    assert rows[0].cells[3:6] == ("SEQ010_SH010_plate", "SEQ010_SH010_plate", "2 + 2")
    assert rows[0].paths == (items[0].clip.first_path,) and rows[2].paths == (items[1].clip.first_path,)
    assert summary_text(order).startswith("2 events, 1 delivered, 1 missing, 1 clip not ordered.")
    assert "A099C001" in order_text(order)
