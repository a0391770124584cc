# SPDX-License-Identifier: GPL-3.0-or-later
"""Bombs: whatever a file claims about itself, reading it costs little memory and little time, and ends in a sentence.

The command line reads them as it reads any delivery, in a child whose memory is limited by the system.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bombs
import pytest
from fault_figures import Figures
from make_delivery import plate, project
from ramses_plates.core.ingest import carry_out

if sys.platform == "win32":
    pytest.fail("limits of memory need another system", pytrace=False)

SUPPORT = Path(__file__).parents[1] / "support"
ADDRESS_SPACE, SECONDS, PEAK = 3000, 20, 400  # MiB, s of processor per file, MiB


class Child:
    """One limited process for many commands; a new one where it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, *words: str) -> dict[str, Any]:
        """What one command cost and said. Fails where the process does not survive it."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, SUPPORT / "bomb_child.py", str(ADDRESS_SPACE), str(SECONDS)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            code, said = self._process.wait(), self._process.stderr.read() if self._process.stderr else ""
            self._process = None
            pytest.fail(f"{words}: the process died with {code}: {said[-500:]}")
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    found = Child()
    yield found
    found.close()


def survived(found: dict[str, Any], codes: tuple[int, ...] = (0, 1)) -> dict[str, Any]:
    """The command's document, after its costs were checked."""
    assert found["code"] in codes, found
    assert "Traceback" not in found["err"], found["err"]
    assert found["seconds"] < SECONDS and found["peak"] < PEAK, (found["seconds"], found["peak"])
    return found


@pytest.mark.parametrize("name", bombs.MEDIA)
def test_media(name: str, child: Child, tmp_path: Path, figures: Figures) -> None:
    (tmp_path / name).write_bytes(bombs.MEDIA[name]())
    found = survived(child.run("probe", os.fspath(tmp_path / name), "--json", "--no-cache"))
    (clip,) = json.loads(found["out"])["clips"]
    assert found["code"] == (0 if clip["media"]["error"] is None else 1)
    figures.add("bombs")


@pytest.mark.parametrize("name", [name for name in bombs.MEDIA if name.endswith((".exr", ".dpx", ".png", ".tif"))])
def test_every_frame_of_a_sequence(name: str, child: Child, tmp_path: Path, figures: Figures) -> None:
    """A bomb among true frames costs its clip, not the machine; the plan is made."""
    ext = name.rpartition(".")[2]
    data = bombs.MEDIA[name]()
    for frame in (1001, 1002, 1003):
        (tmp_path / f"SH010.{frame}.{ext}").write_bytes(data)
    survived(child.run("probe", os.fspath(tmp_path), "--json", "--no-cache", "--every-frame"))
    (tmp_path / "proj" / "05-SHOTS").mkdir(parents=True)
    root = os.fspath(tmp_path / "proj")
    words = ("--root", root, "--project", "PROJ", "--offline", "--dry-run", "--json")
    survived(child.run("ingest", os.fspath(tmp_path / f"SH010.%04d.{ext}"), *words))
    figures.add("bombs", 2)


@pytest.mark.parametrize("name", bombs.EDITS)
def test_edits(name: str, child: Child, tmp_path: Path, figures: Figures) -> None:
    (tmp_path / name).write_bytes(bombs.EDITS[name]())
    survived(child.run("editorial", os.fspath(tmp_path / name), "--json"))
    figures.add("bombs")


@pytest.mark.parametrize("name", bombs.RECORDS)
def test_records_of_the_project(name: str, child: Child, tmp_path: Path, figures: Figures) -> None:
    """Sidecar, outbox, journal, watch and facts are files that anybody may have replaced."""
    from make_delivery import plan

    root = project(tmp_path)
    result = carry_out(plan(plate(tmp_path / "in", "SH010", [1001, 1002]), root), jobs=1)
    data = bombs.RECORDS[name]()
    folder = root / "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE/_published/001_WIP"
    reports = root / "_ingest_reports"
    (outbox,) = (reports / "outbox").glob("*.json")
    for path in (
        folder / "_ramses_data.json",
        outbox,
        reports / "ramses_project.json",
        reports / "outbox/.reasons.json",
    ):
        path.write_bytes(data)
    where = ("--root", os.fspath(root), "--json")
    survived(child.run("versions", *where))
    survived(child.run("status", *where))
    survived(child.run("sync", *where))
    survived(child.run("report", *where))
    survived(child.run("verify", os.fspath(folder), "--json"))
    (reports / "journal" / f"{result.run}.jsonl").write_bytes(data)
    survived(child.run("undo", result.run, *where))
    survived(child.run("trash", "list", *where))
    (tmp_path / "rules.json").write_bytes(data)
    survived(child.run("rules", "check", os.fspath(tmp_path / "rules.json"), "--json"))
    figures.add("bombs", 8)


@pytest.mark.parametrize("kind", ["laughs", "deep", "long", "many-attributes", "binary", "long-hash"])
def test_manifests(kind: str, child: Child, tmp_path: Path, figures: Figures) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    text = {
        "laughs": f'<!DOCTYPE hashlist [<!ENTITY l0 "lol">{entities}]><hashlist>&l11;</hashlist>',
        "deep": "<hashlist>" + "<a>" * 1_000_000,
        "long": "<hashlist><hash><file>" + "x" * (32 << 20),
        "many-attributes": "<hashlist " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>",
        "binary": "\x00\x01" * 100_000,
        "long-hash": "<hashlist><hash><file>a</file>"
        f"<size>{'9' * 60_000}</size><md5>{'f' * 60_000}</md5></hash></hashlist>",
    }[kind]
    folder = plate(tmp_path / "in", "SH010", [1001, 1002])
    (folder / "x.mhl").write_text(text, encoding="utf-8")
    root = project(tmp_path)
    words = ("--root", os.fspath(root), "--project", "PROJ", "--offline", "--dry-run", "--json")
    found = survived(child.run("ingest", os.fspath(folder), *words))
    assert json.loads(found["out"])["clips"][0]["status"] == "planned"
    figures.add("bombs")
