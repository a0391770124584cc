# SPDX-License-Identifier: GPL-3.0-or-later
"""An independent reader of a project tree: shares no code with what it judges.

Every version folder must be complete: marker, sidecar, manifest, chain, and each byte as its hash says. Nothing of the
publisher may be left beside the versions.
"""

from __future__ import annotations

import hashlib
import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import xxhash

MHL = "{urn:ASC:MHL:v2.0}"
CHAIN = "{urn:ASC:MHL:DIRECTORY:v2.0}"
HASHES = {"xxh128": xxhash.xxh3_128, "sha1": hashlib.sha1}
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def versions(project: Path) -> list[Path]:
    """Every version folder of the shots of a project, judged complete one by one."""
    found = sorted(folder for home in _homes(project) for folder in home.iterdir() if not folder.name.startswith("."))
    for folder in found:
        complete(folder)
    return found


def leftovers(project: Path) -> list[str]:
    """Dot-names of the publisher beside the versions: none may be there when nobody is at work."""
    return sorted(entry.name for home in _homes(project) for entry in home.iterdir() if entry.name.startswith("."))


def content(folder: Path) -> dict[str, bytes]:
    """The media files of a version: name -> whole content."""
    beside = ("_ramses_data.json", ".ramses_complete", "ascmhl")
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name not in beside}


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder: path -> content, None for folders."""
    found: dict[str, bytes | None] = {}
    for path in sorted(folder.rglob("*")):
        found[path.relative_to(folder).as_posix()] = path.read_bytes() if path.is_file() else None
    return found


def whole(project: Path) -> None:
    """Every version is complete, also those in the trash, but for what is on its way out of it (a dot-name)."""
    versions(project)
    for folder in sorted(project.glob("_trash/05-SHOTS/*/*/[!.]*")):
        if not folder.name.endswith("+emptied"):  # keeps a number taken
            complete(folder)


def readable(project: Path) -> None:
    """What can be seen beside the versions is whole and has a known name: records, reports, the ledger, the scenes."""
    inside = [*project.glob("05-SHOTS/*/*/_published/[!.]*"), *project.glob("_trash/05-SHOTS/*/*/*")]
    for path in sorted(project.rglob("*")):
        parts = path.relative_to(project).parts
        if any(part.startswith(".") for part in parts) or any(folder in path.parents for folder in inside):
            continue
        if path.is_file():
            _readable_file(path, parts)


def _readable_file(path: Path, parts: tuple[str, ...]) -> None:
    if path.suffix == ".json":
        assert isinstance(json.loads(path.read_bytes()), dict), path
    elif path.suffix == ".html":
        assert path.read_bytes().rstrip().endswith(b"</html>"), path
    elif path.suffix == ".nk":
        assert path.read_bytes() == b"Root {}\n" * 50, path
    elif path.name.startswith("probe.sqlite"):
        assert parts[0] == "cache", path
    else:
        assert (
            path.name in ("ingest_history.log", "notes.txt")
            or path.suffix == ".jsonl"
            or path.name.endswith("+emptied")
        ), f"{path}: not known"


# Nothing of these is the same in two runs: dates, names of runs and machines.
_DATED = ("_ramses_data.json", ".ramses_complete", "ascmhl_chain.xml", "+emptied", "probe.sqlite")
_OF_A_RUN = ("run", "created", "holder", "comment", "operator", "seen")


def shape(project: Path) -> dict[str, bytes | None]:
    """The tree without what holds times or the name of a run, and without journals, reports and the ledger of runs."""
    found: dict[str, bytes | None] = {}
    for path, data in tree(project).items():
        if path.endswith((".mhl", ".jsonl")) or "/Ingest_" in path or path.startswith("_deliveries"):
            continue
        if data is not None and path.startswith("_ingest_reports") and path.endswith(".json"):
            record = {key: value for key, value in json.loads(data).items() if key not in _OF_A_RUN}
            data = json.dumps(record, sort_keys=True).encode()
        found[path] = None if path.endswith(_DATED) else data
    return found


def complete(folder: Path) -> None:
    """Fail with a sentence unless this version folder is complete in every part."""
    marker = (folder / ".ramses_complete").read_bytes()
    assert marker.isdigit(), f"{folder}: marker {marker!r}"
    media = set(content(folder))
    assert media, f"{folder}: no media"
    entries = json.loads((folder / "_ramses_data.json").read_text(encoding="utf-8"))
    assert set(entries) == media, f"{folder}: sidecar and files differ"
    number = int(next(block for block in folder.name.split("_") if block.isdigit()))
    assert all(entry["version"] == number for entry in entries.values()), f"{folder}: version in the sidecar"
    listed = dict(manifest(folder))
    assert set(listed) == media, f"{folder}: manifest and files differ"
    for name, (size, hash_name, text) in listed.items():
        data = (folder / name).read_bytes()
        assert len(data) == size, f"{folder / name}: {len(data)} bytes, {size} in the manifest"
        assert HASHES[hash_name](data).hexdigest() == text, f"{folder / name}: content"


def manifest(folder: Path) -> Iterator[tuple[str, tuple[int, str, str]]]:
    """(file, (size, hash name, hash)) of the only generation, after its chain was checked."""
    home = folder / "ascmhl"
    rows = ET.parse(home / "ascmhl_chain.xml").getroot().findall(f"{CHAIN}hashlist")
    assert len(rows) == 1 and rows[0].get("sequencenr") == "1", f"{folder}: chain"
    path = home / str(rows[0].findtext(f"{CHAIN}path"))
    assert rows[0].findtext(f"{CHAIN}c4") == c4(path.read_bytes()), f"{path}: C4 id"
    assert sorted(os.listdir(home)) == sorted([path.name, "ascmhl_chain.xml"]), f"{home}: more than one generation"
    for item in ET.parse(path).getroot().iter(f"{MHL}hash"):
        where, value = item
        assert value.get("action") == "original"
        yield str(where.text), (int(str(where.get("size"))), value.tag.removeprefix(MHL), str(value.text))


def c4(data: bytes) -> str:
    """The C4 id of some bytes."""
    number = int.from_bytes(hashlib.sha512(data).digest(), "big")
    text = ""
    for _ in range(88):
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "c4" + text


def _homes(project: Path) -> list[Path]:
    return sorted(project.glob("05-SHOTS/*/*/_published"))
