# SPDX-License-Identifier: GPL-3.0-or-later
"""The compositor's whole day on the demo's delivery: ingest, load, a second delivery, update, set-up, publish.

Ramses is there, is not, or dies in between. The script that is published is read back by plain Tcl.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import make_exr
import pytest
from ramses_database import PROJECT, Database, demo, named
from ramses_double import Daemon
from ramses_plates.core.outbox import pending
from ramses_plates.core.register import sync
from ramses_plates.core.verify import verify
from ramses_plates.core.versions import PublishedVersion, list_versions
from ramses_plates.core.work_context import WorkContext
from ramses_plates.hosts.cli.main import main
from ramses_plates.hosts.nuke.qt_host import NukeHost
from ramses_plates.hosts.nuke.updates import COLOURS
from ramses_plates.hosts.qt.host import Wanted
from ramses_plates.lib.ramses.client import RamDaemonInterface
from ramses_plates.tools import demo_delivery as vendor

READER = Path(__file__).parents[2] / "support" / "read_nk.tcl"
Run = Callable[[Any], Any]
OPENING = vendor.at(1, 0, 40, 17)
# shot -> (timecode of the first frame, file frame at script frame 1001)
EXPECTED = {
    "SH010": (OPENING, 1001),
    "SH020": (vendor.at(1, 2, 3, 0), 1001),
    "SH110": (vendor.at(1, 0, 0, 0), vendor.at(1, 0, 0, 0)),
    "SH120": (vendor.at(10, 11, 12, 13), 1),
    "SH130": (vendor.at(23, 59, 59, 12), 1),
}


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("delivery")
    vendor.make_delivery(os.fspath(folder))
    return folder


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The opening shot again, with four more frames at its head and two more at its tail."""
    folder = tmp_path_factory.mktemp("second")
    take = vendor.Take("SEQ010_SH010_PLATE_V002", vendor.DUSK, OPENING - 4, "A001C003", first=997, frames=30)
    vendor.exr(os.fspath(folder), "SEQ010", take)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "pröjekt"
    (folder / "05-SHOTS").mkdir(parents=True)
    return folder


def database(root: Path) -> Database:
    """The project in Ramses, with the opening shot: one second at 24."""
    made = demo(short_name="DEMO", folder=root.as_posix(), shots=1, width=480, height=270)
    sequence = named("sequence", "SEQ010")
    made.add("RamSequence", sequence, shortName="SEQ010", name="Ten", comment="", order=9, project=PROJECT)
    shot = {"name": "Opening", "comment": "", "order": 9, "duration": 1.0, "project": PROJECT, "sequence": sequence}
    made.add("RamShot", named("shot", "SH010"), shortName="SH010", **shot)
    return made


def ingest(delivery: Path, root: Path, capsys: Any) -> dict[str, Any]:
    words = ["ingest", delivery, "--root", root, "--project", "DEMO", "--yes", "--json"]
    main([os.fspath(word) for word in words])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def newest(root: Path) -> list[PublishedVersion]:
    return [version for version in list_versions(os.fspath(root)) if version.complete]


def states(host: NukeHost, run: Run) -> dict[str, str]:
    return {one.node: one.state for one in run(host.shown())}


@pytest.mark.parametrize("ramses", ["on", "off", "dying"])
def test_the_whole_story(
    nuke: Any,
    ramses: str,
    root: Path,
    delivery: Path,
    second: Path,
    tmp_path: Path,
    start_ramses: Callable[..., Daemon],
    run: Run,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    daemon = start_ramses(database(root)) if ramses != "off" else None
    if daemon is None:
        monkeypatch.setattr(RamDaemonInterface, "_instance", None)
    document = ingest(delivery, root, capsys)
    assert document["registered"] == ("queued" if ramses == "off" else "yes")
    plates = newest(root)
    assert len(plates) == 6

    # a script for the opening shot, set up as Ramses has it, with every plate of the delivery
    host = NukeHost()
    context = WorkContext.of_shot(os.fspath(root), "DEMO", "SH010", "COMP")
    rows = run(host.setup(context))
    assert [row.code for row in rows] == ([] if ramses == "off" else ["rate", "range", "format"])
    host.apply_setup(rows)
    project = (nuke.root()["first_frame"].value(), nuke.root()["last_frame"].value())
    assert project == ((1, 100) if ramses == "off" else (1001, 1024))
    host.save(context)
    notes = run(host.create([Wanted(version) for version in plates]))
    assert not [note.text for note in notes if note.severity == "error"]
    reads = {node["ramses_shot"].value(): node for node in nuke.allNodes("Read") if not node["ramses_resource"].value()}
    assert set(reads) == set(EXPECTED) and len(nuke.allNodes("BackdropNode")) == 1
    for shot, (start, file_frame) in EXPECTED.items():
        node = reads[shot]
        assert node["ramses_timecode"].value() == vendor.label(start), shot
        assert node["frame"].value() == "1001", shot
        if node["file"].value().endswith((".exr", ".dpx")):
            assert node.metadata("input/frame", 1005) == file_frame + 4
        else:
            assert (node["first"].value(), node["last"].value()) == (1, 24)
        if node["file"].value().endswith(".exr"):
            assert node.metadata("input/timecode", 1005) == vendor.label(start + 4)
    assert (nuke.root()["first_frame"].value(), nuke.root()["last_frame"].value()) == project
    assert set(states(host, run).values()) == {"newest"}

    # the second delivery
    ingest(second, root, capsys)
    opening = reads["SH010"]
    opening["colorspace"].setValue("sRGB")  # the artist's own
    assert states(host, run)[opening.fullName()] == "older"
    assert opening["tile_color"].value() == COLOURS["older"]
    assert reads["SH020"]["tile_color"].value() == COLOURS["newest"]
    (note, *_more) = run(host.update([opening.fullName()]))
    assert "kept its colorspace" in note.text
    assert opening["tile_color"].value() == COLOURS["newest"]
    at = int(opening["frame"].value()) + 4
    assert opening.metadata("input/frame", at) == 1001
    assert opening.metadata("input/timecode", at) == vendor.label(OPENING)

    # the render, with the plate's timecode
    host.setup_render(context)
    (write,) = nuke.allNodes("Write")
    assert write.metadata("input/timecode", at) == vendor.label(OPENING)
    rendered = Path(host.render(context))
    rendered.mkdir()
    for frame in range(1001, 1005):
        make_exr.write(os.fspath(rendered / f"DEMO_S_SH010_COMP.{frame}.exr"), 64, 36)
    checks = run(host.checks(context))
    assert not [check.message for check in checks if check.severity == "error"]

    if daemon is not None and ramses == "dying":
        daemon.set_faults(nth=2, kill_after=True)
    script, told = run(host.publish(context, "scene", "WIP", "solved"))
    frames, told_too = run(host.publish(context, "render", "OK", "first render"))
    assert [os.path.basename(one.folder) for one in (script, frames)] == ["001_WIP", "002_OK"]
    assert all(verify(one.folder).intact for one in (script, frames))
    assert host.scene_path() == context.work_path("nk")
    assert sorted(name for name in os.listdir(context.versions) if name.endswith(".nk")) == [
        "DEMO_S_SH010_COMP_OK002.nk",
        "DEMO_S_SH010_COMP_WIP001.nk",
    ]
    said = " ".join(note.text for note in [*told, *told_too])
    if ramses == "on":
        assert daemon is not None
        assert pending(os.fspath(root)) == [] and "Ramses knows it" in said
        comments = [record["comment"] for _uid, record in daemon.app.stored.rows("RamStatus")]
        assert any(text.endswith("first render") for text in comments)
    else:
        assert "later" in said or "not told" in said
        assert pending(os.fspath(root))
        if daemon is not None:
            daemon.set_faults()
            daemon.restart()
        else:
            start_ramses(database(root))
        sync(os.fspath(root), RamDaemonInterface.instance())
        assert pending(os.fspath(root)) == []


@pytest.mark.tclsh
def test_the_published_script_is_good_tcl(
    nuke: Any, root: Path, delivery: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(delivery, root, capsys)
    host = NukeHost()
    context = WorkContext.of_shot(os.fspath(root), "DEMO", "SH010", "COMP")
    run(host.create([Wanted(version) for version in newest(root)]))
    host.setup_render(context)
    nuke.allNodes("BackdropNode")[0]["label"].setValue('the "batch" [of] $today {')
    written, _notes = run(host.publish(context, "scene", "WIP", ""))
    done = subprocess.run(["tclsh", os.fspath(READER), written.files[0]], capture_output=True, text=True, check=True)
    rows = [line.split(" ") for line in done.stdout.splitlines()]
    values = [(kind, knob, base64.b64decode(value).decode()) for kind, knob, value in rows]
    files = {value for kind, knob, value in values if (kind, knob) == ("Read", "file")}
    assert files == {node["file"].value() for node in nuke.allNodes("Read")}
    assert ("Write", "file", f"{context.folder}/_render/DEMO_S_SH010_COMP.####.exr".replace(os.sep, "/")) in values
    assert ("AddTimeCode", "startcode", vendor.label(OPENING)) in values
    assert ("BackdropNode", "label", 'the "batch" [of] $today {') in values
    assert len({value for kind, knob, value in values if knob == "name"}) == 9
