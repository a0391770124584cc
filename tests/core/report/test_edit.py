# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison with an edit inside reports: every event, what arrived for it, and nothing that is the house's own."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

from make_delivery import options, plate, project
from make_report import Outline, report, row
from ramses_plates.core.editorial.read import read_edit
from ramses_plates.core.ingest import carry_out, plan_delivery
from ramses_plates.core.project_view import project_view
from ramses_plates.core.report.audit import audit
from ramses_plates.core.report.client import client_edition
from ramses_plates.core.report.edit import EditComparison, EditLine
from ramses_plates.core.report.edit_html import edit_html
from ramses_plates.core.report.page import page
from ramses_plates.core.report.run_report import run_report
from ramses_plates.core.run import RunResult
from ramses_plates.hosts.cli.main import main

RATE = Fraction(24000, 1001)
EDL = """TITLE: REEL <1>
FCM: NON-DROP FRAME

001  A001 V C 01:00:00:02 01:00:00:06 01:00:00:00 01:00:00:04
* FROM CLIP NAME: SEQ010_SH010_plate
* COMMENT: SH010
002  A002 V C 01:00:00:02 01:00:00:06 01:00:00:04 01:00:00:08
* FROM CLIP NAME: SEQ010_SH020_plate
* COMMENT: SH020
003  A003 V C 01:00:00:02 01:00:00:12 01:00:00:08 01:00:00:18
* FROM CLIP NAME: SEQ010_SH030_plate
* COMMENT: SH030
004  A004 V C 05:00:00:00 05:00:01:00 01:00:01:00 01:00:02:00
* FROM CLIP NAME: SEQ010_SH040_plate
* COMMENT: SH040
"""


def edl(tmp_path: Path) -> Path:
    path = tmp_path / "cut.edl"
    path.write_text(EDL, "utf-8")
    return path


def ran(tmp_path: Path) -> RunResult:
    """SH010 is whole, SH020 has a gap, SH030 is too short, SH040 is missing, SH050 was not ordered."""
    delivery = tmp_path / "in"
    for shot, frames in (
        ("SH010", range(1001, 1009)),
        ("SH020", [1001, 1002, 1003, 1005, 1006, 1007, 1008]),
        ("SH030", range(1001, 1009)),
        ("SH050", range(1001, 1004)),
    ):
        plate(delivery / shot, f"SEQ010_{shot}_plate", frames, comments=shot)
    root = project(tmp_path)
    view = project_view(os.fspath(root), rate=RATE)
    wanted = options(root, view=view, edit=read_edit(os.fspath(edl(tmp_path)), RATE))
    return carry_out(plan_delivery([os.fspath(delivery)], wanted), jobs=1)


def compared(shown: Any) -> EditComparison:
    assert isinstance(shown.edit, EditComparison)
    return shown.edit


def test_every_event_stands_beside_what_arrived_for_it(tmp_path: Path) -> None:
    edit = compared(run_report(ran(tmp_path)))
    lines = {line.number: line for line in edit.lines}
    assert [(line.mark, line.word) for line in edit.lines] == [
        ("ok", "delivered"),
        ("lacking", "frames missing"),
        ("lacking", "too short"),
        ("lacking", "not delivered"),
    ]
    assert lines["001"].handles == (2, 2) and lines["001"].needed == 4
    assert lines["001"].delivered == ("SEQ010_SH010_plate, v001",)
    assert lines["002"].missing == "1004-1005" or lines["002"].missing == "1004"
    assert lines["003"].handles == (2, -4) and lines["004"].delivered == ()
    assert edit.unordered == ("SEQ010_SH050_plate, v001",) and edit.lacking == 3
    assert edit.holes == ("From 01:00:00:18 to 01:00:01:00 (6 frames) the edit has no event.",)


def test_what_arrived_and_was_refused_is_still_lacking(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in", "SEQ010_SH010_plate", range(1001, 1009))
    (delivery / "SEQ010_SH010_plate.1008.exr").write_bytes(b"")
    root = project(tmp_path)
    wanted = options(
        root, view=project_view(os.fspath(root), rate=RATE), edit=read_edit(os.fspath(edl(tmp_path)), RATE)
    )
    line = compared(run_report(carry_out(plan_delivery([os.fspath(delivery)], wanted), jobs=1))).lines[0]
    assert (line.mark, line.word) == ("lacking", "delivered, but refused")
    assert line.delivered == ("SEQ010_SH010_plate, refused",)


def test_the_page_says_it_once_and_escaped(tmp_path: Path) -> None:
    shown = run_report(ran(tmp_path))
    text = "".join(page(shown))
    outline = Outline(text)
    assert "Ordered and delivered: REEL <1>" in outline.text and "REEL <1>" not in text
    assert "Nothing was delivered for event 004 (SH040)" in outline.text
    assert outline.text.count("Nothing was delivered for event 004") == 1
    assert not any("SH040" in note for note in shown.notes)
    assert [tag for tag, _ in outline.tags].count("table") == 1
    assert "Ordered and delivered" not in Outline("".join(page(report(row())))).text


def test_the_client_sees_the_comparison_and_no_place(tmp_path: Path) -> None:
    result = ran(tmp_path)
    text = "".join(page(client_edition(run_report(result))))
    assert "SEQ010_SH020_plate, v001" in text.replace("<wbr>", "") and "frames missing" in text
    assert os.fspath(tmp_path) not in text and result.operator not in Outline(text).text.split()


def test_a_path_inside_an_edit_does_not_leave_the_house() -> None:
    line = EditLine(
        "001", "SH010", "/mnt/server/a", "A001", None, None, 4, ("/mnt/server/plate, v001",), None, "", "lacking",
        "too short", "/mnt/server/plate is too short.",
    )  # fmt: skip
    edit = EditComparison(
        "/mnt/server/cut", "24 frames a second, from /mnt/server/cut.edl", (line,), ("/mnt/x",), ("C:\\x",)
    )
    shown = client_edition(report(row(), edit=edit))
    for text in ("".join(page(shown)), json.dumps(audit(shown))):
        assert "/mnt" not in text and "C:\\" not in text and "too short" in text


def test_the_document_holds_the_comparison(tmp_path: Path) -> None:
    found = json.loads(json.dumps(audit(run_report(ran(tmp_path)))))["edit"]
    assert found["lacking"] == 3 and [line["number"] for line in found["lines"]] == ["001", "002", "003", "004"]
    assert found["lines"][2]["handles"] == [2, -4] and found["unordered"] == ["SEQ010_SH050_plate, v001"]
    assert "edit" not in audit(report(row()))


def test_long_edits_are_folded_and_a_list_of_pulls_has_no_strip() -> None:
    def line(at: int, place: tuple[float, float] | None) -> EditLine:
        return EditLine(f"{at:03d}", "SH", "clip", "", None, None, 1, (), None, "", "ok", "delivered", "", place)

    short = EditComparison("", "24", tuple(line(at, (at / 10, 0.1)) for at in range(10)))
    assert '<details class="edit" open>' in edit_html(short) and 'class="strip"' in edit_html(short)
    assert 'id="lacking"' not in edit_html(short)
    long = EditComparison("", "24", tuple(line(at, None) for at in range(2000)))
    assert '<details class="edit">' in edit_html(long) and 'class="strip"' not in edit_html(long)


def test_the_verb_compares_a_project_with_an_edit(tmp_path: Path, capsys: Any) -> None:
    result = ran(tmp_path)
    root, out = result.plan.options.root, tmp_path / "page.html"
    words = ["report", "--root", root, "--edl", os.fspath(tmp_path / "cut.edl"), "--edl-rate", "23.976"]
    assert main([*words, "--client", "--out", os.fspath(out), "--handles", "1+3"]) == 0
    assert "4 of 4 events of the edit lack something." in capsys.readouterr().out
    text = Outline(out.read_text("utf-8")).text.replace("_ ", "_")
    assert "SEQ010_SH010_plate, v001" in text and "not delivered" in text
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["edit_lacking"] == 3
