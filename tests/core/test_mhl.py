# SPDX-License-Identifier: GPL-3.0-or-later
"""Our ASC MHL, judged by the reference tool, and our reader, judged by manifests of others."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import judge
import make_job
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core import hashing, mhl
from ramses_plates.core.errors import ManifestError
from ramses_plates.core.mhl_xml import parse_chain, parse_generation
from ramses_plates.core.publish import publish

ASCMHL = Path(sys.executable).parent / "ascmhl"
ASCMHL_DEBUG = Path(sys.executable).parent / "ascmhl-debug"
HASHLIST = '<?xml version="1.0" encoding="UTF-8"?>\n<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">{}</hashlist>'
HEAD = "<creatorinfo/><processinfo><process>transfer</process></processinfo>"


def run(tool: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [os.fspath(tool), *map(os.fspath, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """A published version of four frames."""
    (tmp_path / "proj").mkdir()
    done = publish(make_job.job(tmp_path / "proj", make_job.sequence(tmp_path / "in")))
    return tmp_path / "proj" / done.folder


def put(folder: Path, *generations: str, chain: bool = True) -> Path:
    """A folder with hand-written generations."""
    home = folder / "ascmhl"
    home.mkdir(parents=True)
    rows = ""
    for number, text in enumerate(generations, start=1):
        name = f"{number:04d}_x.mhl"
        (home / name).write_text(text, encoding="utf-8")
        rows += f'<hashlist sequencenr="{number}"><path>{name}</path><c4>{judge.c4(text.encode())}</c4></hashlist>'
    if chain:
        text = f'<ascmhldirectory xmlns="urn:ASC:MHL:DIRECTORY:v2.0">{rows}</ascmhldirectory>'
        (home / "ascmhl_chain.xml").write_text(text, encoding="utf-8")
    return folder


def generation(*records: str, ignored: str = "") -> str:
    info = f"<creatorinfo/><processinfo><process>transfer</process>{ignored}</processinfo>"
    return HASHLIST.format(f"{info}<hashes>{''.join(records)}</hashes>")


def record(path: str, value: str, size: str = ' size="4"') -> str:
    return f"<hash><path{size}>{path}</path>{value}</hash>"


# --- the reference tool as judge


@pytest.mark.ascmhl
def test_the_reference_tool_accepts_a_version(version: Path) -> None:
    done = run(ASCMHL_DEBUG, "verify", version)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.ascmhl
def test_other_tools_may_rewrite_sidecar_and_marker(version: Path) -> None:
    (version / "_ramses_data.json").write_text("{}", encoding="utf-8")
    (version / ".ramses_complete").unlink()
    assert run(ASCMHL_DEBUG, "verify", version).returncode == 0


@pytest.mark.ascmhl
@pytest.mark.parametrize(
    ("damage", "code"),
    [("change", 11), ("remove", 10), ("add", 21), ("manifest", 31), ("chain", 32)],
)
def test_the_reference_tool_sees_every_damage(version: Path, damage: str, code: int) -> None:
    """Guards the guard: an accepting judge would prove nothing."""
    frame = next(version.glob("*.exr"))
    if damage == "change":
        frame.write_bytes(frame.read_bytes()[:-1] + b"\0")
    elif damage == "remove":
        frame.unlink()
    elif damage == "add":
        (version / "more.exr").touch()
    elif damage == "manifest":
        path = next((version / "ascmhl").glob("*.mhl"))
        path.write_bytes(path.read_bytes() + b"\n")
    else:
        (version / "ascmhl" / "ascmhl_chain.xml").unlink()
    assert run(ASCMHL_DEBUG, "verify", version).returncode == code


@pytest.mark.ascmhl
def test_the_reference_tool_continues_our_history_and_we_read_it(version: Path) -> None:
    done = run(ASCMHL, "create", "-h", "xxh64", version)
    assert done.returncode == 0, done.stdout + done.stderr
    manifest = mhl.read(os.fspath(version))
    assert manifest is not None
    assert len(manifest.generations) == 2
    assert all(list(entry.hashes)[:1] == ["xxh128"] for entry in manifest.files.values())
    assert all({"xxh128", "xxh64"} <= set(entry.hashes) for entry in manifest.files.values())
    assert run(ASCMHL_DEBUG, "verify", version).returncode == 0


@pytest.mark.ascmhl
def test_a_renamed_version_folder_keeps_its_manifest(version: Path) -> None:
    """The name in the manifest's file name is free, so the commit may rename the folder."""
    moved = version.rename(version.with_name("renamed"))
    assert run(ASCMHL_DEBUG, "verify", moved).returncode == 0


# --- hashes


@pytest.mark.parametrize("data", [b"", b"a", b"\0" * 1000])
def test_c4_ids(data: bytes) -> None:
    assert hashing.c4_of(data) == judge.c4(data)
    growing = hashing.C4()
    for byte in data:
        growing.update(bytes([byte]))
    assert growing.text() == judge.c4(data)


def test_c4_of_nothing_is_the_published_one() -> None:
    """The well-known id of the empty content (SMPTE ST 2114)."""
    expected = "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT"
    assert hashing.c4_of(b"") == expected


@given(st.binary(min_size=64, max_size=64))
@settings(max_examples=100)
def test_c4_text_of_any_digest(digest: bytes) -> None:
    text = hashing.c4_text(digest)
    assert len(text) == 90
    number = 0
    for character in text[2:]:
        number = number * 58 + judge.BASE58.index(character)
    assert number.to_bytes(64, "big") == digest


def test_unknown_hash_names_give_no_hasher() -> None:
    assert hashing.new("xxh32") is None and hashing.new("sha256") is None and hashing.new("") is None


def test_without_xxhash_the_standard_library_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hashing.preferred() == "xxh128"
    monkeypatch.setitem(sys.modules, "xxhash", None)
    assert hashing.preferred() == "sha1"
    assert hashing.new("xxh128") is None
    hasher = hashing.new("sha1")
    assert hasher is not None
    hasher.update(b"x")
    assert hasher.digest() == hashlib.sha1(b"x").digest()


# --- writing


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1, max_size=30)
            .filter(lambda name: name not in (".", "..") and name == name.replace("\ufffe", "").replace("\uffff", ""))
            .filter(lambda name: name[1:2] != ":"),
            st.integers(0, 2**40),
        ),
        min_size=1,
        max_size=10,
        unique_by=lambda item: item[0],
    )
)
def test_what_is_written_is_read_back(files: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        creator = mhl.Creator("A & B", '"1"', "<host>", "bad \x00 & good")
        rows = [(name, size, f"{size:032x}") for name, size in files]
        data = b"".join(mhl.write_generation(creator, 0, "xxh128", rows))
        home = Path(place) / "ascmhl"
        home.mkdir()
        (home / "0001_x.mhl").write_bytes(data)
        (home / "ascmhl_chain.xml").write_bytes(mhl.write_chain("0001_x.mhl", hashing.c4_of(data)))
        manifest = mhl.read(place)
    assert manifest is not None
    found = {name: (entry.size, entry.hashes) for name, entry in manifest.files.items()}
    assert found == {name: (size, {"xxh128": text}) for name, size, text in rows}


def test_a_long_manifest_comes_in_pieces() -> None:
    rows = ((f"plate.{frame}.exr", 1, "0" * 32) for frame in range(40_000))
    sizes = [len(piece) for piece in mhl.write_generation(mhl.Creator("a", "b", "c"), 0, "xxh128", rows)]
    assert len(sizes) > 3 and max(sizes) < 2_000_000


# --- reading


def test_a_folder_without_manifest_has_none(tmp_path: Path) -> None:
    assert mhl.read(os.fspath(tmp_path)) is None
    (tmp_path / "ascmhl").mkdir()
    assert mhl.read(os.fspath(tmp_path)) is None


def test_later_generations_add_and_never_replace(tmp_path: Path) -> None:
    put(
        tmp_path / "a",
        generation(record("one", '<md5 action="original">AA</md5>')),
        generation(
            record("one", '<md5 action="failed">BB</md5>'),
            record("one", '<sha1 action="verified">CC</sha1>'),
            record("two", '<md5 action="original">DD</md5>', ' size="7"'),
            ignored="<ignore><pattern>*.tmp</pattern></ignore>",
        ),
    )
    manifest = mhl.read(os.fspath(tmp_path / "a"))
    assert manifest is not None
    assert manifest.files["one"].hashes == {"md5": "AA", "sha1": "CC"} and manifest.files["one"].size == 4
    assert manifest.files["two"].size == 7
    assert manifest.ignored == ("*.tmp",)


def test_a_rename_moves_the_record(tmp_path: Path) -> None:
    renamed = "<hash><path>new</path><md5 action='verified'>AA</md5><previousPath>old</previousPath></hash>"
    put(tmp_path / "a", generation(record("old", '<md5 action="original">AA</md5>')), generation(renamed))
    manifest = mhl.read(os.fspath(tmp_path / "a"))
    assert manifest is not None and set(manifest.files) == {"new"}
    assert manifest.files["new"].size == 4


def test_a_manifest_outside_the_chain_is_told(tmp_path: Path) -> None:
    put(tmp_path / "a", generation(record("one", '<md5 action="original">AA</md5>')))
    (tmp_path / "a" / "ascmhl" / "0009_y.mhl").touch()
    manifest = mhl.read(os.fspath(tmp_path / "a"))
    assert manifest is not None and "0009_y.mhl" in manifest.notes[0]


def test_hashes_nobody_knows_are_kept_for_the_report(tmp_path: Path) -> None:
    put(tmp_path / "a", generation(record("one", '<blake9 action="original">AA</blake9>')))
    manifest = mhl.read(os.fspath(tmp_path / "a"))
    assert manifest is not None and manifest.files["one"].hashes == {"blake9": "AA"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no element found"),
        ("<hashlist", "line 1"),
        ("<html/>", "begins with <html>"),
        ('<hashlist xmlns="urn:ASC:MHL:v1.0"/>', "urn:ASC:MHL:v1.0"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><hashlist/>', "document type"),
        (generation(record("../x", "<md5>AA</md5>")), "leads out"),
        (generation(record("/etc/x", "<md5>AA</md5>")), "leads out"),
        (generation(record("C:/x", "<md5>AA</md5>")), "leads out"),
        (generation(record("a//b", "<md5>AA</md5>")), "leads out"),
        (generation("<hash><md5>AA</md5></hash>"), "no path"),
    ],
)
def test_a_broken_generation_is_told_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    put(tmp_path / "a", text)
    with pytest.raises(ManifestError, match=said) as caught:
        mhl.read(os.fspath(tmp_path / "a"))
    assert "0001_x.mhl" in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", "lists nothing"),
        ('<hashlist sequencenr="1"><path>gone.mhl</path><c4>c4</c4></hashlist>', "is missing"),
        ('<hashlist sequencenr="1"><path>0001_x.mhl</path><c4>c4abc</c4></hashlist>', "changed after"),
        ('<hashlist sequencenr="1"><path>0001_x.mhl</path></hashlist>', "changed after"),
        ('<hashlist sequencenr="1"><path>../x</path><c4>c4</c4></hashlist>', "names"),
        ('<hashlist sequencenr="x"><path>0001_x.mhl</path></hashlist>', "number"),
    ],
)
def test_a_broken_chain_is_told_in_one_sentence(tmp_path: Path, rows: str, said: str) -> None:
    put(tmp_path / "a", generation(record("one", "<md5>AA</md5>")), chain=False)
    text = f'<ascmhldirectory xmlns="urn:ASC:MHL:DIRECTORY:v2.0">{rows}</ascmhldirectory>'
    (tmp_path / "a" / "ascmhl" / "ascmhl_chain.xml").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestError, match=said):
        mhl.read(os.fspath(tmp_path / "a"))


def test_more_files_than_anybody_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ramses_plates.core.mhl_xml._MOST_RECORDS", 3)
    records = [record(f"{number}.exr", "<md5 action='original'>x</md5>") for number in range(4)]
    assert mhl.read(os.fspath(put(tmp_path / "a", generation(*records[:3])))) is not None
    with pytest.raises(ManifestError, match="more than 3 files"):
        mhl.read(os.fspath(put(tmp_path / "b", generation(*records))))


def test_a_missing_chain_is_told(tmp_path: Path) -> None:
    put(tmp_path / "a", generation(record("one", "<md5>AA</md5>")), chain=False)
    with pytest.raises(ManifestError, match="chain of the manifest is missing"):
        mhl.read(os.fspath(tmp_path / "a"))


@given(st.binary(max_size=300), st.integers(0, 10**6))
@settings(max_examples=200)
def test_no_damage_makes_the_reader_fall_over(junk: bytes, at: int) -> None:
    text = generation(record("one", '<md5 action="original">AA</md5>')).encode()
    cut = at % (len(text) + 1)
    for data in (junk, text[:cut] + junk + text[cut:], text[:cut]):
        for parse in (parse_generation, parse_chain):
            with contextlib.suppress(ManifestError):
                parse(data, "x.mhl")


def test_the_examples_of_the_standard(media_folder: Path) -> None:
    """The history that the ASC publishes as an example: two generations, one file changed between them."""
    folder = media_folder / "mhl/examples/scenarios/Output/scenario_04/file_server/A002R2EC"
    manifest = mhl.read(os.fspath(folder))
    assert manifest is not None
    assert len(manifest.generations) == 2
    assert manifest.files["Sidecar.txt"].hashes == {"xxh64": "3ab5a4166b9bde44"}
    assert manifest.files["Clips/A002C006_141024_R2EC.mov"].size == 5
