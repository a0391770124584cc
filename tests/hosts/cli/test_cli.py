# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line's contract: documents, exit codes, and one sentence instead of a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import make_movie
import pytest
from make_delivery import plate, project, tree
from ramses_plates.hosts.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any, str]:
    code = main([os.fspath(word) if isinstance(word, Path) else str(word) for word in words])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out.strip().startswith("{") else out, err


def test_scan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plate(tmp_path / "in" / "sub", "plate", [1001, 1002, 1004])
    (tmp_path / "in" / "notes.txt").write_text("x")
    code, document, _ = run(capsys, "scan", tmp_path / "in", "--json")
    assert code == 0 and document["schema"] == "ramses-plates/scan/1"
    (clip,) = document["clips"]
    expected = {"kind": "sequence", "dir": "sub", "base": "plate", "sep": ".", "ext": "exr", "padding": 4}
    assert {key: clip[key] for key in expected} == expected
    assert (clip["frames"], clip["missing"], clip["count"]) == ("1001-1002,1004", "1003", 3)
    assert clip["files"] == ["plate.1001.exr", "plate.1004.exr"]
    assert [entry["path"] for entry in document["ignored"]] == ["notes.txt"]


def test_scan_sizes_names_empty_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plate(tmp_path, "plate", [1, 2, 3])
    (tmp_path / "plate.0002.exr").write_bytes(b"")
    _, document, _ = run(capsys, "scan", tmp_path, "--sizes", "--json")
    assert document["clips"][0]["zero_byte"] == "2"


def test_probe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plate(tmp_path, "plate", range(1001, 1004))
    code, document, _ = run(capsys, "probe", tmp_path, "--every-frame", "--json")
    assert code == 0
    (clip,) = document["clips"]
    media = clip["media"]
    assert (media["width"], media["height"], media["fps"]) == (32, 18, "24000/1001")
    assert (media["start_timecode"], media["frame_count"], media["source"]) == ("01:00:00:00", 3, "exr")
    assert media["error"] is None and clip["timecode_breaks"] == []
    assert media["colour"] == {"space": None, "primaries": None, "transfer": None, "matrix": None}


def test_a_movies_frames_are_those_of_its_header(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_movie.write(os.fspath(tmp_path / "clip.mov"), codec="prores", frames=12)
    assert main(["probe", os.fspath(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[2].split()[1:3] == ["movie", "12"]
    assert main(["scan", os.fspath(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[2].split()[1:3] == ["movie", "-"]


def test_probe_of_a_broken_file_is_one_sentence_and_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clip.mov").write_bytes(b"")
    code, document, _ = run(capsys, "probe", tmp_path, "--json")
    assert code == 1 and "empty" in document["clips"][0]["media"]["error"]


def test_identify(capsys: pytest.CaptureFixture[str]) -> None:
    code, document, _ = run(capsys, "identify", "SEQ010_SH020_PLATE_v01", "--json")
    entry = document["names"][0]
    assert code == 0 and (entry["sequence"], entry["shot"], entry["version"]) == ("SEQ010", "SH020", 1)
    code, document, _ = run(capsys, "identify", "garbage", "--json")
    assert code == 1 and document["names"][0]["matched"] is False


def test_ingest_needs_yes_and_a_dry_run_touches_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    delivery, root = plate(tmp_path / "in", "SH010", range(1001, 1004)), project(tmp_path)
    words = ("ingest", delivery, "--root", root, "--project", "PROJ", "--json")
    code, document, _ = run(capsys, *words)
    assert code == 1 and document["clips"][0]["status"] == "planned" and tree(root) == {}
    code, document, _ = run(capsys, *words, "--dry-run")
    assert code == 0 and tree(root) == {}
    code, document, _ = run(capsys, *words, "--yes")
    (clip,) = document["clips"]
    assert code == 0 and document["schema"] == "ramses-plates/ingest/1" and clip["status"] == "published"
    assert clip["folder"] == "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE/_published/001_WIP"
    assert (clip["frames"], clip["version"], clip["shot"]) == ("1001-1003", 1, "SH010")
    assert document["registered"] == "queued" and (root / document["report"]).is_file()
    code, document, _ = run(capsys, *words, "--yes")
    assert code == 0 and document["clips"][0]["status"] == "duplicate"


def test_versions_verify_undo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    delivery, root = plate(tmp_path / "in", "SH010", range(1001, 1004)), project(tmp_path)
    _, ingested, _ = run(capsys, "ingest", delivery, "--root", root, "--yes", "--json")
    code, document, _ = run(capsys, "versions", "--root", root, "--shot", "sh010", "--json")
    (version,) = document["versions"]
    assert code == 0 and (version["version"], version["frames"], version["complete"]) == (1, "1001-1003", True)
    folder = root / version["folder"]
    code, document, _ = run(capsys, "verify", root, "--json")
    assert code == 0 and document["folders"][0]["ok"] is True
    frame = folder / "PROJ_S_SH010_PLATE.1002.exr"
    frame.chmod(0o644)
    frame.write_bytes(frame.read_bytes()[:-1] + b"x")
    code, document, _ = run(capsys, "verify", folder, "--json")
    assert code == 1 and document["folders"][0]["changed"][0]["file"] == frame.name
    code, document, _ = run(capsys, "undo", ingested["run"], "--root", root, "--json")
    assert code == 0 and not folder.exists()
    assert (root / document["moved"][0]["to"] / frame.name).is_file()
    _, document, _ = run(capsys, "ingest", delivery, "--root", root, "--yes", "--json")
    assert document["clips"][0]["version"] == 2


def test_status_and_sync_without_ramses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    delivery, root = plate(tmp_path / "in", "SH010", range(1001, 1004)), project(tmp_path)
    run(capsys, "ingest", delivery, "--root", root, "--yes", "--json")
    code, document, _ = run(capsys, "status", "--root", root, "--json")
    assert code == 0 and document["ramses"]["online"] is False and len(document["project"]["outbox"]) == 1
    code, document, _ = run(capsys, "sync", "--root", root, "--json")
    assert code == 1 and document["waiting"] == 1


EDL = """TITLE: CUT
001  A001     V     C        01:00:00:01 01:00:00:03 00:00:00:00 00:00:00:02
* FROM CLIP NAME: plate
* COMMENT: SH040
"""


def test_editorial_and_an_edit_that_names_the_shots(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edl = tmp_path / "cut.edl"
    edl.write_text(EDL)
    delivery, root = plate(tmp_path / "in", "plate", range(1001, 1006)), project(tmp_path)
    code, document, _ = run(capsys, "editorial", edl, "--rate", "23.976", "--json")
    (event,) = document["events"]
    assert code == 0 and document["clip_to_shot"] == {"plate": "SH040"}
    assert (event["source_in"], event["source_out"], event["frames"]) == ("01:00:00:01", "01:00:00:03", 2)
    code, document, _ = run(capsys, "editorial", edl, "--rate", "23.976", "--against", delivery, "--json")
    assert code == 0 and document["order"]["lines"][0]["status"] == "covered"
    words = ("ingest", delivery, "--root", root, "--edl", edl, "--project-rate", "23.976", "--yes", "--json")
    code, document, _ = run(capsys, *words)
    assert code == 0 and document["clips"][0]["shot"] == "SH040"
    code, document, _ = run(capsys, "editorial", edl, "--rate", "23.976", "--against", root, "--json")
    assert code == 0 and document["order"]["lines"][0]["status"] == "covered"


@pytest.mark.parametrize(
    "words",
    [
        ("scan", "/no/such/folder"),
        ("ingest", "/no/such/folder", "--root", "/no/such/project"),
        ("verify", "/no/such/folder"),
        ("undo", "no-such-run", "--root", "."),
        ("editorial", "/no/such.edl"),
        ("rules", "check", "/no/such.json"),
    ],
)
def test_what_is_not_there_is_one_sentence(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    code, document, err = run(capsys, *words, "--json")
    assert code == 1
    assert "Traceback" not in err and (err.strip() or document)


@pytest.mark.parametrize(
    "words", [("nonsense",), ("scan",), ("ingest", "x", "--verify", "maybe"), ("probe", "x", "--jobs", "0")]
)
def test_wrong_usage_is_exit_2(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_undecodable_names_survive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = os.fsencode(tmp_path / "in")
    os.mkdir(folder)
    for frame in (1, 2):
        with open(folder + b"/sh010_\xff.%04d.exr" % frame, "wb") as file:
            file.write(b"")
    code, document, _ = run(capsys, "scan", tmp_path / "in", "--json")
    assert code == 0 and document["clips"][0]["base"] == "sh010_\udcff"
    code, out, _ = run(capsys, "scan", tmp_path / "in")
    assert code == 0 and "sh010_" in out


def test_ctrl_c_stops_cleanly(tmp_path: Path) -> None:
    delivery, root = tmp_path / "in", project(tmp_path)
    for number in range(40):
        plate(delivery / f"SH{number:03d}", f"SH{number:03d}", range(1001, 1009))
    command = [sys.executable, "-m", "ramses_plates.hosts.cli.main", "ingest", os.fspath(delivery)]
    command += ["--root", os.fspath(root), "--yes", "--json", "--events", "--offline"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if '"publish"' in line and "SH003" in line:
                process.send_signal(signal.SIGINT)
                break
        sent = time.monotonic()
        out, err = process.communicate(timeout=30)
    document = json.loads(out)
    states = {clip["status"] for clip in document["clips"]}
    assert process.returncode == 1 and states == {"published", "planned"} and "Traceback" not in err
    assert time.monotonic() - sent < 10


def test_a_file_that_is_named_itself_is_probed_by_its_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plate(tmp_path, "plate", [1])
    (tmp_path / "plate.0001.exr").rename(tmp_path / "from_the_fuzzer")
    code, document, _ = run(capsys, "probe", tmp_path / "from_the_fuzzer", "--json")
    assert code == 0 and document["schema"] == "ramses-plates/probe/1"
    assert document["clips"][0]["media"]["source"] == "exr" and document["ignored"] == []
