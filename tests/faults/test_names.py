# SPDX-License-Identifier: GPL-3.0-or-later
"""Promise 15: names survive, whatever they hold, and do nothing: on disk, in pages, tables, logs, Ramses and hosts.

One delivery has a folder and a plate of every hostile name. It goes down the whole line once; each test judges one
name, or one thing that was written.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path, PureWindowsPath
from typing import Any

import hostile_names
import judge
import make_mhl
import pytest
from fault_figures import Figures
from hypothesis import given, settings
from hypothesis import strategies as st
from make_delivery import options, plan, plate, project
from ramses_database import demo
from ramses_double import Daemon
from ramses_plates.core.errors import PlatesError, ReadFailed
from ramses_plates.core.events import Cancel, Listener
from ramses_plates.core.ids import check_component, check_relative
from ramses_plates.core.ingest import carry_out, plan_delivery
from ramses_plates.core.longpath import extended
from ramses_plates.core.mhl_reseal import reseal
from ramses_plates.core.outbox import pending
from ramses_plates.core.plan import Override, Plan
from ramses_plates.core.published_footage import recorded
from ramses_plates.core.register import sync
from ramses_plates.core.report.table import safe
from ramses_plates.core.run import ClipResult, Registered, RunResult
from ramses_plates.core.scan import scan
from ramses_plates.core.trash import list_trash, restore
from ramses_plates.core.trash_empty import empty_trash
from ramses_plates.core.tree import find_project_root
from ramses_plates.core.undo import undo
from ramses_plates.core.verify import verify
from ramses_plates.core.versions import list_versions
from ramses_plates.hosts.cli.main import main
from ramses_plates.hosts.nuke.plate import read_plate
from ramses_plates.lib.ramses.client import RamDaemonInterface

NAMES = {**hostile_names.TEXTS, "longest": hostile_names.longest(".1001.exr")[: -len(".1001.exr")]}
FRAMES = (1001, 1002)


@dataclass(frozen=True)
class Line:
    """The delivery, the project and what the run made of it; `shots` is the shot of each name."""

    delivery: Path
    root: Path
    run: RunResult
    shots: dict[str, str]
    daemon: Daemon

    def clip(self, name: str) -> ClipResult:
        """What became of the plate of one name."""
        (found,) = [clip for clip in self.run.clips if clip.planned.shot == self.shots[name]]
        return found


def _overrides(delivery: Path, root: Path) -> tuple[dict[str, Override], dict[str, str]]:
    """A shot by hand for each plate, since these names say none; by clip key, and by our own name of the name."""
    first = plan(delivery, root)
    folders = {os.fspath(delivery / str(number)): name for number, name in enumerate(NAMES)}
    found, shots = {}, {}
    for clip in first.clips:
        above = os.path.dirname(clip.clip.folder)
        shot = f"SH{int(os.path.basename(above)):03d}"
        found[clip.key] = Override(shot=shot)
        shots[folders[above]] = shot
    return found, shots


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Everything, once, with Ramses at its end."""
    home = tmp_path_factory.mktemp("names")
    delivery, root = home / "in", project(home)
    for number, text in enumerate(NAMES.values()):
        folder = text if len(os.fsencode(text)) < 200 and text not in (".", "..") else "long"
        plate(delivery / str(number) / folder, text, FRAMES)
    overrides, shots = _overrides(delivery, root)
    with Daemon(demo(short_name="PROJ", folder=root.as_posix())) as daemon:
        client = RamDaemonInterface(daemon.port)

        def register(project_root: str, listen: Listener, cancel: Cancel) -> Registered:
            return sync(project_root, client, listen=listen, cancel=cancel).registered

        planned = plan_delivery([os.fspath(delivery)], options(root, overrides=overrides))
        yield Line(delivery, root, carry_out(planned, register=register, jobs=1), shots, daemon)
        client.close()


@pytest.mark.parametrize("name", NAMES)
def test_published_byte_for_byte_under_a_safe_name(name: str, line: Line, figures: Figures) -> None:
    clip = line.clip(name)
    assert clip.status == "published" and clip.published is not None, clip.findings
    folder = line.root / clip.published.folder
    copies = sorted(path for path in folder.iterdir() if path.suffix == ".exr")
    assert [path.name for path in copies] == [f"PROJ_S_{line.shots[name]}_PLATE.{frame}.exr" for frame in FRAMES]
    sources = sorted(clip.planned.clip.paths())
    assert all(os.path.basename(path).startswith(NAMES[name]) for path in sources)
    assert [path.read_bytes() for path in copies] == [Path(path).read_bytes() for path in sources]
    judge.complete(folder)
    assert verify(os.fspath(folder)).intact
    figures.add("names")


@pytest.mark.parametrize("name", NAMES)
def test_the_sidecar_keeps_the_name_as_it_is(name: str, line: Line) -> None:
    clip = line.clip(name)
    assert clip.published is not None
    (version,) = [one for one in list_versions(os.fspath(line.root)) if one.folder == clip.published.folder]
    assert version.facts is not None and version.problem == ""
    assert version.facts.source_media == clip.planned.clip.base and clip.planned.clip.base.startswith(NAMES[name][:1])
    assert version.facts.source == clip.planned.clip.folder.replace("\\", "/")
    text = (line.root / clip.published.folder / "_ramses_data.json").read_bytes()
    assert text.isascii() and len(json.loads(text)) == len(FRAMES)


@pytest.mark.parametrize("name", NAMES)
def test_hosts_are_shown_paths_that_mean_the_files(name: str, line: Line) -> None:
    """What Nuke gets as text, and the first frame and range that Blender gets: no delivered name is in either."""
    clip = line.clip(name)
    assert clip.published is not None
    (version,) = [one for one in list_versions(os.fspath(line.root)) if one.folder == clip.published.folder]
    shown = read_plate(version)
    assert shown.path == f"{version.path}/PROJ_S_{line.shots[name]}_PLATE.####.exr"
    footage = recorded(version)
    assert footage is not None and footage.footage.length == len(FRAMES)


def test_nothing_was_written_elsewhere(line: Line) -> None:
    home = line.root.parent
    assert sorted(os.listdir(home)) == ["PROJ", "in"]
    assert sum(len(files) for _path, _folders, files in os.walk(line.delivery)) == len(NAMES) * len(FRAMES)
    assert sorted(os.listdir(line.root)) == ["05-SHOTS", "_deliveries", "_ingest_reports"]
    assert len(os.listdir(line.root / "05-SHOTS")) == len(NAMES)


class _Page(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(text: str) -> _Page:
    found = _Page()
    found.feed(text)
    return found


def check_page(text: str) -> None:
    found = page_of(text)
    for tag, attributes in found.elements:
        assert tag not in ("svg", "iframe", "object", "embed", "base") or "onload" not in attributes
        assert not any(key.startswith("on") for key in attributes), (tag, attributes)
        for key in ("src", "href", "action"):
            assert not (attributes.get(key) or "").lower().startswith(("javascript:", "http:", "x")), attributes
    assert "<img src=x" in found.text and "<script>alert(1)<" in found.text


def test_the_reports_hold_names_as_text_only(line: Line, tmp_path: Path) -> None:
    assert line.run.report is not None
    check_page((line.root / line.run.report).read_text(encoding="utf-8"))
    for words in ([], ["--client"]):
        out, table = tmp_path / "r.html", tmp_path / "r.csv"
        where = ["--root", os.fspath(line.root), "--out", os.fspath(out), "--csv", os.fspath(table)]
        assert main(["report", *where, *words, "--json"]) == 0
        text = out.read_text(encoding="utf-8")
        if words:
            assert os.fspath(line.root) not in text and "onerror=alert(1)>" not in text.replace("&gt;", "")
        else:
            check_page(text)
        rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"), newline="")))
        assert len(rows) == len(NAMES) + 1 and {len(row) for row in rows} == {len(rows[0])}
        cells = [cell for row in rows[1:] for cell in row]
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) and not _is_number(cell)]
        out.unlink()
        table.unlink()


def _is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "", 1).isdigit()


def test_the_ledger_has_a_line_per_clip_and_no_forged_one(line: Line) -> None:
    text = (line.root / "_deliveries" / "ingest_history.log").read_bytes().decode("utf-8")
    rows = text.split("\n")
    assert rows.pop() == "" and len(rows) == len(NAMES)
    assert {len(row.split(" | ")) for row in rows} == {8}
    assert {row.split(" | ")[1] for row in rows} == {line.run.operator}
    assert all(letter.isprintable() for row in rows for letter in row)
    assert text.splitlines() == rows


def test_the_json_documents_are_plain_and_keep_the_names(line: Line) -> None:
    text = json.dumps(line.run.document(), ensure_ascii=True)
    bases = {clip["base"] for clip in json.loads(text)["clips"]}
    assert {line.clip(name).planned.clip.base for name in NAMES} == bases
    for path in (line.root / "_ingest_reports").glob("*.json"):
        assert json.loads(path.read_bytes())


def test_ramses_holds_every_shot_whole(line: Line) -> None:
    """`&`, `=`, `&quit&` and undecodable bytes neither wipe a record nor end the app."""
    daemon = line.daemon
    assert daemon.alive and line.run.registered == "yes" and pending(os.fspath(line.root)) == []
    shots = {record.get("shortName"): dict(record, uuid=uid) for uid, record in daemon.app.stored.rows("RamShot")}
    statuses = {record.get("item"): record for _uid, record in daemon.app.stored.rows("RamStatus")}
    for name, shot in line.shots.items():
        record = shots[shot]
        assert record.get("project") and record.get("duration") is not None, name
        status = statuses[record["uuid"]]
        assert status.get("version") == 1 and "Ingested v001 from " in str(status.get("comment")), name
        assert "\n" not in str(status["comment"]) and record.get("name"), name
    assert all(record for _uid, record in daemon.app.stored.rows("RamStatus"))


def test_the_terminal_shows_every_name_on_one_line(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", os.fspath(line.delivery)]) == 0
    shown = capsys.readouterr().out
    assert all(letter.isprintable() for row in shown.split("\n") for letter in row)
    assert shown.count("sequence") >= len(NAMES) and "\x1b" not in shown


def test_names_that_begin_with_dots_are_hidden_and_listed(tmp_path: Path) -> None:
    for name in ("...", "..a", ".a"):
        plate(tmp_path / name, "SH010", FRAMES)
        plate(tmp_path / "in", name, FRAMES)
    found = scan([os.fspath(tmp_path)])
    assert not found.clips and len(found.ignored) == 3 + 3 * len(FRAMES)
    assert all(entry.reason.startswith("a hidden") for entry in found.ignored)


# ---- manifests that vendors write for such names


def test_a_vendors_manifest_of_hostile_names_is_compared(tmp_path: Path) -> None:
    delivery = tmp_path / "in"
    for number, text in enumerate(NAMES.values()):
        plate(delivery / str(number), text, FRAMES)
    spoken = [path for path in delivery.rglob("*.exr") if _is_xml(os.fspath(path)) and "\\" not in path.name]
    make_mhl.classic(delivery, sorted(spoken))
    root = project(tmp_path)
    planned: Plan = plan(delivery, root, check_manifests="plan")
    (entry,) = RunResult("", planned, tuple(ClipResult(c, c.status) for c in planned.clips), 0, 0, "").document()["mhl"]
    assert entry["listed"] == entry["present"] == len(spoken) and not entry["mismatched"]
    unspeakable = {path.relative_to(delivery).as_posix() for path in delivery.rglob("*.exr")} - {
        path.relative_to(delivery).as_posix() for path in spoken
    }
    assert set(entry["extra"]) <= unspeakable


def _is_xml(text: str) -> bool:
    return all(
        letter in "\t" or (" " <= letter < "\ud800") or "\ue000" <= letter <= "\ufffd" or letter > "\uffff"
        for letter in text
    )


# ---- the project folder itself


@pytest.mark.parametrize("name", [name for name in NAMES if name != "longest"])
def test_the_project_may_lie_in_a_folder_of_any_name(name: str, tmp_path: Path, figures: Figures) -> None:
    """Publish, verify, seal again, undo, restore, empty; Nuke is shown the path, or refused in a sentence."""
    root = tmp_path / NAMES[name]
    (root / "05-SHOTS").mkdir(parents=True)
    from ramses_plates.core.project_view import project_view

    view = project_view(os.fspath(root), project="PROJ")
    delivery = plate(tmp_path / "in" / "x", "SH010", FRAMES)
    done = carry_out(plan_delivery([os.fspath(delivery)], options(root, view=view)), jobs=1)
    assert done.ok and done.report is not None and find_project_root(os.fspath(root / "05-SHOTS")) == os.fspath(root)
    (version,) = list_versions(os.fspath(root))
    judge.complete(Path(version.path))
    assert reseal(version.path).generation and verify(version.path).intact
    try:
        assert read_plate(version).path.startswith(os.fspath(root))
    except ReadFailed as refused:
        assert set(NAMES[name]) & set("\\[$#%") and "Nuke would not take" in str(refused)
    assert undo(os.fspath(root), done.run).ok and len(list_trash(os.fspath(root))) == 1
    assert restore(os.fspath(root), done.run, jobs=1).ok and undo(os.fspath(root), done.run).ok
    assert empty_trash(os.fspath(root)).ok and list_versions(os.fspath(root)) == ()
    assert sorted(os.listdir(tmp_path)) == sorted({"in", NAMES[name]})
    figures.add("names")


# ---- names that no published file may have


@pytest.mark.parametrize(
    "bad", ["..", ".", "", "a/b", "a\\b", "a\0b", "/etc", "C:", "a\nb", "CON", "nul.txt", "a.", "a "]
)
def test_unsafe_components_are_refused(bad: str) -> None:
    with pytest.raises(PlatesError):
        check_component(bad)


@pytest.mark.parametrize("bad", ["../x", "/x", "a/../../x", "C:/x", "a//b", "a/./b", "\\\\server\\x", "a/..", ""])
def test_paths_that_lead_out_are_refused(bad: str) -> None:
    with pytest.raises(PlatesError):
        check_relative(bad)


@pytest.mark.parametrize("resource", ["../x", "a/b", "..", "R&D=", "x\ny", "a_b\0"])
def test_hand_made_ids_lead_nowhere(resource: str, tmp_path: Path) -> None:
    root = project(tmp_path)
    delivery = plate(tmp_path / "in", "SH010", FRAMES)
    key = plan(delivery, root).clips[0].key
    for override in (Override(resource=resource), Override(shot=resource), Override(step=resource)):
        done = carry_out(plan(delivery, root, overrides={key: override}), jobs=1)
        folders = [clip.published.folder for clip in done.clips if clip.published is not None]
        assert all(folder.startswith("05-SHOTS/PROJ_S_") and ".." not in folder for folder in folders)
    assert sorted(os.listdir(tmp_path)) == ["PROJ", "in"]


# ---- long paths, and Windows


def test_paths_beyond_260_and_1000_characters(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d" * 100] * 10)
    root = deep / "PROJ"
    (root / "05-SHOTS").mkdir(parents=True)
    delivery = plate(deep / "in", "SH010", FRAMES)
    done = carry_out(plan(delivery, root), jobs=1)
    (version,) = list_versions(os.fspath(root))
    assert done.ok and len(version.path) > 1000 and verify(version.path).intact
    assert undo(os.fspath(root), done.run).ok
    shutil.rmtree(tmp_path / ("d" * 100))


def test_a_name_of_255_bytes_of_two_byte_letters(tmp_path: Path) -> None:
    name = hostile_names.longest(".1001.exr", "é")
    delivery = plate(tmp_path / "in", name[: -len(".1001.exr")], FRAMES)
    (clip,) = scan([os.fspath(delivery)]).clips
    assert clip.count == 2 and len(os.fsencode(clip.first_file)) == 255


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("C:\\a\\b", "\\\\?\\C:\\a\\b"),
        ("C:/a/../b", "\\\\?\\C:\\b"),
        ("\\\\server\\share\\a", "\\\\?\\UNC\\server\\share\\a"),
        ("//server/share/a/./b", "\\\\?\\UNC\\server\\share\\a\\b"),
        ("\\\\?\\C:\\a\\..\\b", "\\\\?\\C:\\a\\..\\b"),
        ("\\\\?\\UNC\\server\\share\\a", "\\\\?\\UNC\\server\\share\\a"),
        ("a\\b", "a\\b"),
        ("\\a", "\\a"),
        ("C:", "C:"),
        ("C:a", "C:a"),
    ],
)
def test_the_extended_form_of_windows(path: str, wanted: str) -> None:
    assert extended(path) == wanted and extended(extended(path)) == extended(path)


part = st.text(st.sampled_from(string.ascii_letters + "é .-_"), min_size=1, max_size=60).filter(
    lambda text: text.strip(". ") == text
)


@settings(max_examples=100)
@given(parts=st.lists(part, min_size=1, max_size=12), share=st.booleans())
def test_the_extended_form_means_the_same_path(parts: list[str], share: bool) -> None:
    root = "\\\\server\\share\\" if share else "D:\\"
    path = root + "\\".join(parts)
    found = extended(path)
    back = found.replace("\\\\?\\UNC\\", "\\\\").replace("\\\\?\\", "")
    assert PureWindowsPath(back) == PureWindowsPath(path) and found.startswith("\\\\?\\")


# ---- any text at all


names = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40)


@settings(max_examples=60)
@given(name=names)
def test_any_text_names_a_plate(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every file of every name is either in a clip, under its own name, or left out with a reason."""
    home = tmp_path_factory.mktemp("any")
    files = [f"{name}.{frame}.exr" for frame in FRAMES]
    for file in files:
        (home / file).write_bytes(b"x")
    found = scan([os.fspath(home)])
    seen = [file for clip in found.clips for _frame, file in clip.files()]
    assert sorted([*seen, *(entry.path for entry in found.ignored)]) == sorted(files)
    assert json.loads(json.dumps(found.document()))
    shutil.rmtree(home)


@settings(max_examples=200)
@given(text=st.text(max_size=30))
def test_no_cell_is_a_formula(text: str) -> None:
    cell = safe(text)
    assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert unicodedata.normalize("NFKC", cell)[:1] not in tuple("=+-@")


def test_unicode_forms_of_one_name_stay_two_files(tmp_path: Path) -> None:
    for form in ("caf\u00e9", "cafe\u0301"):
        plate(tmp_path / "in", form, FRAMES)
    found: list[Any] = [clip.first_file for clip in scan([os.fspath(tmp_path / "in")]).clips]
    assert sorted(found) == sorted(["caf\u00e9.1001.exr", "cafe\u0301.1001.exr"])
