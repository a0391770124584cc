# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of a project on disk: what they show, what a delta cannot lose, and what the client edition keeps back."""

from __future__ import annotations

import base64
import getpass
import json
import os
import platform
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from make_delivery import ingest, plate, project
from make_report import PIXEL, Outline, report, row
from ramses_plates.core.finding import error
from ramses_plates.core.preview_record import PreviewRecord
from ramses_plates.core.project_view import project_view
from ramses_plates.core.report import write_project_report
from ramses_plates.core.report.audit import audit
from ramses_plates.core.report.client import client_edition
from ramses_plates.core.report.delta import last_reported
from ramses_plates.core.report.page import page
from ramses_plates.core.report.project_report import Selection, project_report
from ramses_plates.core.report.rows import Report
from ramses_plates.hosts.cli.main import main

NOW = 1_790_000_000.0


def shots(tmp_path: Path, *names: str) -> Path:
    root = project(tmp_path)
    for name in names:
        more(tmp_path, root, name)
    return root


def more(tmp_path: Path, root: Path, name: str, **facts: Any) -> None:
    ingest(plate(tmp_path / f"in_{name}", f"{name}_plate", range(1001, 1005), **facts), root)


def made(root: Path, **select: Any) -> Report:
    return project_report(os.fspath(root), "PROJ", NOW, Selection(**select), operator="kim")


def seen(shown: Report) -> list[str]:
    return [one.shot for one in shown.rows]


def test_every_version_is_shown_with_what_it_is(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010", "SH020")
    shown = made(root)
    assert seen(shown) == ["SH010", "SH020"]
    first = shown.rows[0]
    assert (first.count, first.timecode_in, first.timecode_out) == (4, "01:00:00:00", "01:00:00:03")
    assert first.level == "ok" and first.verification == "full" and first.width == 32
    media = root / str(first.folder)
    assert first.bytes == sum(path.stat().st_size for path in media.glob("*.exr"))


def test_the_rate_of_the_ingest_is_shown_where_no_header_says_one(tmp_path: Path) -> None:
    root = project(tmp_path)
    delivery = plate(tmp_path / "in", "SH010_plate", range(1001, 1005), start=None, fps=None)
    ingest(delivery, root, view=project_view(os.fspath(root), rate=Fraction(25)))
    (shown,) = made(root).rows
    assert (shown.rate, shown.seconds) == (25, 0.16)


def test_versions_of_other_tools_are_shown_too(tmp_path: Path) -> None:
    root = project(tmp_path)
    folder = root / "05-SHOTS/PROJ_S_OLD/PROJ_S_OLD_PLATE/_published/001_OK"
    plate(folder, "PROJ_S_OLD_PLATE", range(1001, 1004))
    (one,) = made(root).rows
    assert (one.shot, one.count, one.status, one.level) == ("OLD", 3, "incomplete", "warning")
    assert one.bytes == sum(path.stat().st_size for path in folder.iterdir())


def test_a_lost_file_and_a_broken_record_are_said(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010", "SH020")
    first, second = made(root).rows
    (root / str(first.folder) / "PROJ_S_SH010_PLATE.1002.exr").unlink()
    (root / str(second.folder) / "_ramses_data.json").write_text("{broken")
    first, second = made(root).rows
    assert first.status == "damaged" and "1002" in " ".join(found.message for found in first.findings)
    assert second.level == "warning" and second.count == 4


def test_only_some_shots(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010", "SH020", "SH030")
    assert seen(made(root, shots=("sh010", "SH030"))) == ["SH010", "SH030"]


def test_a_delta_shows_what_no_report_has_shown(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010")
    assert last_reported(os.fspath(root)) is None
    write_project_report(os.fspath(root), made(root))
    assert seen(made(root, known=last_reported(os.fspath(root)) or ())) == []
    more(tmp_path, root, "SH020")
    assert seen(made(root, known=last_reported(os.fspath(root)) or ())) == ["SH020"]


def test_a_version_finished_while_a_report_was_written_is_in_the_next_delta(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010")
    collected = made(root)
    more(tmp_path, root, "SH020")  # after the look, before the page is written and named
    write_project_report(os.fspath(root), collected)
    assert seen(made(root, known=last_reported(os.fspath(root)) or ())) == ["SH020"]


def test_a_report_of_some_shots_or_of_the_client_forgets_nothing(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010", "SH020")
    write_project_report(os.fspath(root), made(root, shots=("SH010",)))
    assert seen(made(root, known=last_reported(os.fspath(root)) or ())) == ["SH020"]
    write_project_report(os.fspath(root), made(root, shots=("SH020",)), client=True)
    assert seen(made(root, known=last_reported(os.fspath(root)) or ())) == []


def test_a_version_published_anew_under_its_old_number_is_new(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010")
    shown = made(root)
    write_project_report(os.fspath(root), shown)
    (root / str(shown.rows[0].folder) / ".ramses_complete").write_text("1999999999")
    assert seen(made(root, known=last_reported(os.fspath(root)) or ())) == ["SH010"]


def test_manifests_of_other_tools_and_damaged_ones_are_passed_over(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010")
    write_project_report(os.fspath(root), made(root))
    reports = root / "_ingest_reports"
    (reports / "Project_Ingest_Manifest_PROJ_99990101-000000.json").write_text('{"schema": "ramses-ingest-audit"}')
    (reports / "Project_Ingest_Manifest_PROJ_99990102-000000.json").write_text("[")
    assert len(last_reported(os.fspath(root)) or ()) == 1


def test_two_reports_in_one_second_are_two(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010")
    first, second = (write_project_report(os.fspath(root), made(root)) for _ in range(2))
    assert first.page != second.page and first.document != second.document


def test_the_document_has_the_keys_of_the_field(tmp_path: Path) -> None:
    document = audit(made(shots(tmp_path, "SH010")), ["x"])
    assert (document["version"], document["schema"]) == ("1.0", "ramses-ingest-audit")
    assert document["details"] == "ramses-plates/report/1" and document["reported"] == ["x"]
    assert set(document["summary"]) >= {"total_clips", "succeeded", "failed", "total_frames", "total_bytes"}
    (clip,) = document["clips"]
    assert clip["frames"]["count"] == 4 and clip["editorial"]["start_timecode"] == "01:00:00:00"
    assert clip["integrity"]["bytes_verified"] == document["summary"]["total_bytes"]
    json.dumps(document)


def preview(root: Path, folder: str, version: str) -> Path:
    home = root / folder.rpartition("/_published")[0] / "_preview"
    home.mkdir(exist_ok=True)
    stem = folder.split("/")[2]
    (home / f"{stem}.jpg").write_bytes(base64.b64decode(PIXEL))
    record = PreviewRecord(version, 1002, None, 1, 1, "Linear Rec.709 (sRGB)", "scene-linear", "sRGB", PIXEL)
    (home / f"{stem}.preview.json").write_text(json.dumps(record.document()))
    return home / f"{stem}.jpg"


def test_a_picture_is_shown_with_its_own_version_only(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010")
    folder = str(made(root).rows[0].folder)
    preview(root, folder, "001_WIP")
    (one,) = made(root).rows
    assert one.picture.large == PIXEL and "scene-linear" in one.picture.note
    assert PIXEL in "".join(page(made(root)))
    preview(root, folder, "000_WIP")
    assert made(root).rows[0].picture.large == ""


def test_a_picture_of_what_was_taken_back_is_not_shown_with_what_came_instead(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010")
    folder = str(made(root).rows[0].folder)
    record = preview(root, folder, "001_WIP").with_suffix(".preview.json")
    done = int((root / folder / ".ramses_complete").read_text())
    for completed, shown in ((done, True), (done - 60, False), (0, True)):
        text = json.loads(record.read_text())
        record.write_text(json.dumps({**text, "completed": completed}))
        assert bool(made(root).rows[0].picture.large) is shown


def test_a_file_that_is_no_picture_is_not_embedded(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010")
    preview(root, str(made(root).rows[0].folder), "001_WIP").write_bytes(b"<svg onload=alert(1)>")
    assert made(root).rows[0].picture.large == ""


SECRETS = ("/mnt/in/day 1", "/srv/Show Name/proj", "kim", "render-12", r"\\server\vault\x", "C:\\jobs\\x")


def test_the_client_edition_holds_no_path_person_or_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.node", lambda: "render-12")
    rows = [
        row(f"SH{n}", status="failed", findings=(error("publish-failed", f"{secret}: no.", secret, secret),))
        for n, secret in enumerate(SECRETS)
    ]
    shown = report(
        *rows, private=SECRETS[:2], run="RUN-1", notes=SECRETS, left_out=(("/mnt/in/day 1/x.tmp", "temporary"),)
    )
    client = client_edition(shown)
    for text in ("".join(page(client)), json.dumps(audit(client))):
        for secret in (*SECRETS, "RUN-1", "/mnt/in", "Show Name"):
            assert secret not in text and json.dumps(secret)[1:-1] not in text, secret
    assert "SH3" in Outline("".join(page(client))).text and "x.tmp" in Outline("".join(page(client))).text


def test_the_client_edition_of_a_real_project(tmp_path: Path) -> None:
    root = shots(tmp_path, "SH010")
    out, table = tmp_path / "send.html", tmp_path / "send.csv"
    written = write_project_report(os.fspath(root), made(root), client=True, out=os.fspath(out), table=os.fspath(table))
    for path in (out, table, Path(written.document)):
        text = path.read_text(encoding="utf-8-sig")
        assert os.fspath(tmp_path) not in text and "05-SHOTS" not in text and "kim" not in text
        assert f"by {getpass.getuser()}" not in text and platform.node() not in text
        assert "SH010" in text


def test_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = shots(tmp_path, "SH010", "SH020")
    words = ["report", "--root", os.fspath(root), "--json"]
    assert main(words) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["versions"] == 2 and Path(said["report"]).is_file() and Path(said["document"]).is_file()
    assert main([*words, "--since", "last"]) == 0
    assert json.loads(capsys.readouterr().out)["versions"] == 0
    assert main([*words, "--since", "2001-01-01", "--shots", "sh020"]) == 0
    assert json.loads(capsys.readouterr().out)["versions"] == 1
    assert main([*words, "--since", "2999-01-01"]) == 0
    assert json.loads(capsys.readouterr().out)["versions"] == 0
    assert main([*words, "--since", "yesterday"]) == 1
    assert "is no date" in capsys.readouterr().err
