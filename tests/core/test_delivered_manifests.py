# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's manifests against what arrived: present, matching, missing, extra, different, each by name."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import make_delivery
import make_mhl
import pytest
from make_delivery import ingest, plan, plate, project
from ramses_plates.core import fsops, readback
from ramses_plates.core.errors import Cancelled, ManifestError
from ramses_plates.core.events import Cancel
from ramses_plates.core.ingest import carry_out
from ramses_plates.core.mhl_delivered import read_manifest
from ramses_plates.hosts.cli.main import main

V1 = ("md5", "sha1", "xxhash", "xxhash64", "xxhash64be")
V2 = ("c4", "md5", "sha1", "xxh128", "xxh3", "xxh64")


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Two plates in two folders, and a document."""
    plate(tmp_path / "in" / "a", "SH010", range(1001, 1004))
    plate(tmp_path / "in" / "b", "SH020", range(1001, 1004))
    (tmp_path / "in" / "notes.txt").write_text("notes")
    return tmp_path / "in"


def files(delivery: Path) -> list[Path]:
    return sorted(path for path in delivery.rglob("*") if path.is_file() and "mhl" not in path.name)


def states(result: Any) -> dict[str, str]:
    return {clip.planned.shot: clip.status for clip in result.clips}


def found(result: Any, code: str) -> list[Any]:
    clips = [one for clip in result.clips for one in (*clip.planned.findings, *clip.findings)]
    return [one for one in (*clips, *result.plan.findings) if one.code == code]


def write(delivery: Path, kind: str, name: str) -> None:
    {"classic": make_mhl.classic, "history": make_mhl.history}[kind](delivery, files(delivery), name)


KINDS = [("classic", name) for name in V1] + [("history", name) for name in V2]


@pytest.mark.parametrize(("kind", "name"), KINDS)
def test_all_matches(delivery: Path, tmp_path: Path, kind: str, name: str) -> None:
    write(delivery, kind, name)
    result = ingest(delivery, project(tmp_path))
    assert states(result) == {"SH010": "published", "SH020": "published"}
    (entry,) = result.document()["mhl"]
    assert (entry["listed"], entry["present"], entry["matching"], entry["error"]) == (7, 7, 6, None)
    assert not (entry["missing"] or entry["extra"] or entry["mismatched"] or entry["not_checked"])
    assert len(found(result, "mhl-listed")) == 2


@pytest.mark.parametrize("when", ["copy", "plan"])
@pytest.mark.parametrize(("kind", "name"), KINDS)
def test_another_content_blocks_that_clip_alone(
    delivery: Path, tmp_path: Path, kind: str, name: str, when: str
) -> None:
    write(delivery, kind, name)
    for frame in (1001, 1003):
        path = delivery / "b" / f"SH020.{frame}.exr"
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
    root = project(tmp_path)
    result = ingest(delivery, root, check_manifests=when)
    assert states(result) == {"SH010": "published", "SH020": "failed" if when == "copy" else "refused"}
    (told,) = found(result, "mhl-mismatch")
    assert told.severity == "error" and "SH020.1001.exr" in told.message and "SH020.1003.exr" in told.message
    (entry,) = result.document()["mhl"]
    assert [one["file"] for one in entry["mismatched"]] == ["b/SH020.1001.exr", "b/SH020.1003.exr"]
    assert entry["matching"] == (3 if when == "copy" else 4)
    assert not (root / "05-SHOTS/PROJ_S_SH020").exists()
    assert result.report is not None and "SH020.1003.exr" in (root / result.report).read_text(encoding="utf-8")


def test_missing_and_extra_by_name(delivery: Path, tmp_path: Path) -> None:
    make_mhl.classic(delivery, files(delivery))
    os.unlink(delivery / "a" / "SH010.1002.exr")
    os.unlink(delivery / "notes.txt")
    plate(delivery / "b", "SH020", [1004])
    (delivery / "b" / "more.txt").write_text("more")
    result = ingest(delivery, project(tmp_path))
    (entry,) = result.document()["mhl"]
    assert entry["missing"] == ["a/SH010.1002.exr", "notes.txt"]
    assert entry["extra"] == ["b/SH020.1004.exr", "b/more.txt"]
    assert (entry["listed"], entry["present"], entry["matching"]) == (7, 5, 5)
    assert "SH010.1002.exr" in found(result, "mhl-missing")[0].message
    assert "SH020.1004.exr" in found(result, "mhl-extra")[0].message
    assert all(one.severity == "warning" for one in (*found(result, "mhl-missing"), *found(result, "mhl-extra")))


def test_a_wrong_size_is_found_while_planning(delivery: Path, tmp_path: Path) -> None:
    make_mhl.classic(delivery, files(delivery), "null")
    with open(delivery / "a" / "SH010.1002.exr", "ab") as file:
        file.write(b"x")
    planned = plan(delivery, project(tmp_path))
    assert {clip.shot: clip.status for clip in planned.clips} == {"SH010": "refused", "SH020": "planned"}
    (told,) = [one for one in planned.clips[0].findings if one.code == "mhl-mismatch"]
    assert "SH010.1002.exr" in told.message and "lists" in told.message


def test_sizes_only_and_unknown_hashes_are_called_unchecked(delivery: Path, tmp_path: Path) -> None:
    make_mhl.classic(delivery, files(delivery / "a"), "null")
    path = make_mhl.classic(delivery / "b", files(delivery / "b"), "md5")
    path.write_text(path.read_text().replace("md5>", "sha999>"))
    result = ingest(delivery, project(tmp_path))
    assert set(states(result).values()) == {"published"}
    assert len(found(result, "mhl-unchecked")) == 2 and not found(result, "mhl-listed")
    assert [len(entry["not_checked"]) for entry in result.document()["mhl"]] == [3, 3]


def test_off_and_a_manifest_outside_the_delivery(delivery: Path, tmp_path: Path) -> None:
    path = make_mhl.classic(delivery, files(delivery), path=tmp_path / "in.mhl")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("<file>", "<file>in/").replace("SH010.1001.exr", "SH010.0999.exr"), encoding="utf-8")
    planned = plan(delivery, project(tmp_path), manifests=(os.fspath(path),))
    assert planned.missing == {os.fspath(path): ("in/a/SH010.0999.exr",)}
    make_mhl.classic(delivery, files(delivery)[:1])
    planned = plan(delivery, tmp_path / "PROJ", check_manifests="off")
    assert not planned.manifests.listings and not planned.findings


def test_nested_histories_and_their_ignore_patterns(delivery: Path, tmp_path: Path) -> None:
    make_mhl.history(delivery / "a", files(delivery / "a"))
    home = make_mhl.history(delivery, [delivery / "b" / "SH020.1001.exr"])
    text = (home / "0001_x.mhl").read_text()
    text = text.replace("</processinfo>", "<ignore><pattern>*.1002.exr</pattern></ignore></processinfo>")
    (home / "0001_x.mhl").write_text(text)
    chain = (home / "ascmhl_chain.xml").read_text()
    old = chain[chain.index("<c4>") + 4 : chain.index("</c4>")]
    (home / "ascmhl_chain.xml").write_text(chain.replace(old, make_mhl.DIGESTS["c4"](text.encode())))
    result = ingest(delivery, project(tmp_path))
    extra = [name for entry in result.document()["mhl"] for name in entry["extra"]]
    assert extra == ["b/SH020.1003.exr", "notes.txt"]


def test_the_content_is_read_once(delivery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor's md5 comes from the reading of the copy; only the copies themselves are read again."""
    make_mhl.classic(delivery, files(delivery))
    copied, read = [], []
    real_copy, real_read, real_whole = fsops.copy_hashed, readback.hash_file, readback.hash_whole

    def copy(file: Any, *rest: Any) -> None:
        copied.append(file.path)
        real_copy(file, *rest)

    def hash_file(path: str, *rest: Any, **more: Any) -> int:
        read.append(path)
        return real_read(path, *rest, **more)

    def hash_whole(path: str, *rest: Any, **more: Any) -> int:
        read.append(path)
        return real_whole(path, *rest, **more)

    monkeypatch.setattr(fsops, "copy_hashed", copy)
    monkeypatch.setattr("ramses_plates.core.stage.hash_file", hash_file)
    monkeypatch.setattr("ramses_plates.core.manifest_check.hash_whole", hash_whole)
    assert ingest(delivery, project(tmp_path)).ok
    assert len(copied) == 6 and not [path for path in read if path.startswith(os.fspath(delivery))]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "laughs": f'<?xml version="1.0"?><!DOCTYPE hashlist [<!ENTITY l0 "lol">{LAUGHS}]><hashlist>&l11;</hashlist>',
    "external": '<!DOCTYPE h [<!ENTITY x SYSTEM "file:///etc/passwd">]><hashlist><hash><file>&x;</file></hash></hashlist>',
    "climbs": "<hashlist><hash><file>../../etc/passwd</file><size>1</size><md5>x</md5></hash></hashlist>",
    "absolute": "<hashlist><hash><file>/etc/passwd</file><size>1</size><md5>x</md5></hash></hashlist>",
    "drive": "<hashlist><hash><file>C:\\x</file><size>1</size><md5>x</md5></hash></hashlist>",
    "deep": "<hashlist>" + "<a>" * 100_000,
    "long": "<hashlist><hash><file>" + "x" * 1_000_000 + "</file></hash></hashlist>",
    "other": "<html><body>404</body></html>",
    "cut": "<hashlist><hash><file>a</file>",
    "empty": "",
    "binary": "\x00\x01\x02",
    "asc": '<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0"><hashes><hash><path>../x</path></hash></hashes>'
    "</hashlist>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_and_broken_manifests_are_refused_and_the_delivery_goes_on(
    delivery: Path, tmp_path: Path, name: str
) -> None:
    path = delivery / "x.mhl"
    path.write_text(HOSTILE[name], encoding="utf-8")
    with pytest.raises(ManifestError):
        read_manifest(os.fspath(path))
    result = ingest(delivery, project(tmp_path))
    assert set(states(result).values()) == {"published"}
    (told,) = found(result, "mhl-unreadable")
    assert told.severity == "warning" and told.file == os.fspath(path)
    assert result.document()["mhl"] == [{"path": os.fspath(path), "error": told.message.partition(": ")[2]}]


def test_a_history_that_was_changed_is_not_trusted(delivery: Path, tmp_path: Path) -> None:
    home = make_mhl.history(delivery, files(delivery))
    with open(home / "0001_x.mhl", "a", encoding="utf-8") as file:
        file.write("\n")
    planned = plan(delivery, project(tmp_path))
    assert [one.code for one in planned.findings] == ["mhl-unreadable"]
    assert "changed after it was sealed" in planned.findings[0].message


def test_windows_separators_and_unicode_forms(tmp_path: Path) -> None:
    delivery = plate(tmp_path / "in" / "caf\u00e9", "SH010", range(1001, 1003)).parent
    path = make_mhl.classic(delivery, files(delivery))
    path.write_text(path.read_text(encoding="utf-8").replace("caf\u00e9/", "caf\u00e9\\"), encoding="utf-8")
    (entry,) = ingest(delivery, project(tmp_path)).document()["mhl"]
    assert (entry["matching"], entry["missing"], entry["extra"]) == (2, [], [])
    listing = read_manifest(os.fspath(make_mhl.classic(tmp_path / "in", [], path=delivery / "y.mhl")))
    listing.add("re\u0301el.mov", 1, {"md5": "x"})
    assert listing.find(os.fspath(delivery), "r\u00e9el.mov") is not None


def test_200_000_files_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "big.mhl"
    with open(path, "w", encoding="utf-8") as file:
        file.write('<hashlist version="1.1">')
        for frame in range(200_000):
            name = f"day/{frame // 1000:04d}/SH{frame // 1000:04d}.{frame:07d}.exr"
            file.write(f"<hash><file>{name}</file><size>5</size><md5>{frame:032x}</md5></hash>")
        file.write("</hashlist>")
    tracemalloc.start()
    listing = read_manifest(os.fspath(path))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert listing.count == 200_000 and peak < 150e6
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        read_manifest(os.fspath(path), cancel)


def test_a_manifest_beside_a_single_sequence_counts(delivery: Path, tmp_path: Path) -> None:
    make_mhl.classic(delivery / "a", files(delivery / "a"))
    with open(delivery / "a" / "SH010.1002.exr", "ab") as file:
        file.write(b"x")
    pattern = os.fspath(delivery / "a" / "SH010.%04d.exr")
    planned = make_delivery.plan_delivery([pattern], make_delivery.options(project(tmp_path)))
    assert [entry.format for entry in planned.manifests.listings] == ["MHL"] and not planned.missing.popitem()[1]
    assert "mhl-mismatch" in {one.code for one in planned.clips[0].findings}


def test_a_part_of_a_delivery_is_judged_by_the_history_of_the_whole(delivery: Path, tmp_path: Path) -> None:
    """Only what lies in the part counts; what the history does not know of at all is none of its business."""
    write(delivery, "history", "xxh64")
    path = delivery / "b" / "SH020.1002.exr"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    (delivery / "b" / "SH020.1003.exr").unlink()
    result = ingest(delivery / "b", project(tmp_path), incomplete="publish")
    assert states(result) == {"SH020": "failed"}
    assert "SH020.1002.exr" in found(result, "mhl-mismatch")[0].message
    (missing,) = found(result, "mhl-missing")
    assert missing.message.startswith("1 file is") and missing.file == "b/SH020.1003.exr"
    plate(delivery / "later", "SH030", range(1001, 1003))
    result = ingest(delivery / "later", tmp_path / "PROJ")
    assert states(result) == {"SH030": "published"}
    assert not [one for clip in result.clips for one in clip.planned.findings if one.code.startswith("mhl")]


def test_planning_again_reads_no_manifest_again(
    delivery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_mhl.classic(delivery, files(delivery))
    from ramses_plates.core import planner
    from ramses_plates.core.delivery import survey

    root = project(tmp_path)
    found_there = survey([os.fspath(delivery)])
    options = make_delivery.options(root)
    first = planner.make_plan(found_there, options)
    monkeypatch.setattr(planner, "read_manifests", None)
    second = planner.make_plan(found_there, options, before=first)
    assert [clip.listing for clip in second.clips] == [clip.listing for clip in first.clips]
    assert carry_out(second, jobs=1).ok


def test_the_verb(delivery: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_mhl.classic(delivery, files(delivery))
    (delivery / "a" / "SH010.1002.exr").write_bytes((delivery / "a" / "SH010.1001.exr").read_bytes())
    words = ["ingest", os.fspath(delivery), "--root", os.fspath(project(tmp_path)), "--project", "PROJ", "--offline"]
    assert main([*words, "--check-mhl", "plan", "--dry-run", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [one["file"] for one in document["mhl"][0]["mismatched"]] == ["a/SH010.1002.exr"]
    assert main([*words, "--dry-run"]) == 0
    assert "Manifest in_2026-11-22_100000.mhl: 7 listed, 0 match, 6 not compared yet." in capsys.readouterr().out
    assert main([*words, "--yes", "--no-preview", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert {clip["shot"]: clip["status"] for clip in document["clips"]} == {"SH010": "failed", "SH020": "published"}


def test_the_examples_of_the_standard(media_folder: Path) -> None:
    """Histories that the reference tool wrote, with renames and several generations, read whole."""
    homes = sorted((media_folder / "mhl").rglob("ascmhl"))
    assert homes
    for home in homes:
        listing = read_manifest(os.fspath(home))
        assert listing.count and all(one.computable for _folder, _name, one in listing.entries())
