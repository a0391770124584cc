# SPDX-License-Identifier: GPL-3.0-or-later
"""Vendors' manifests, written by an independent hand: hashlib, xxhash and plain text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.sax.saxutils import escape

import judge
import xxhash

DIGESTS: dict[str, Callable[[bytes], str]] = {
    "md5": lambda data: hashlib.md5(data).hexdigest(),
    "sha1": lambda data: hashlib.sha1(data).hexdigest(),
    "xxhash": lambda data: str(xxhash.xxh32(data).intdigest()),
    "xxhash64": lambda data: xxhash.xxh64(data).digest()[::-1].hex(),
    "xxhash64be": lambda data: xxhash.xxh64(data).hexdigest(),
    "xxh64": lambda data: xxhash.xxh64(data).hexdigest(),
    "xxh3": lambda data: xxhash.xxh3_64(data).hexdigest(),
    "xxh128": lambda data: xxhash.xxh3_128(data).hexdigest(),
    "c4": judge.c4,
}


def classic(root: Path, files: Iterable[Path], name: str = "md5", path: Path | None = None) -> Path:
    """An MHL 1.1 for files below `root`; `name` "null" lists sizes only."""
    records = []
    for file in files:
        data = file.read_bytes()
        value = "<null/>" if name == "null" else f"<{name}>{DIGESTS[name](data)}</{name}>"
        below = escape(file.relative_to(root).as_posix())
        when = "<lastmodificationdate>2026-11-22T10:00:00Z</lastmodificationdate>"
        size = f"<size>{len(data)}</size>"
        records.append(f"<hash><file>{below}</file>{size}{when}{value}<hashdate>2026-11-22T10:00:00Z</hashdate></hash>")
    info = "<creatorinfo><name>Vendor</name><username>v</username><hostname>h</hostname><tool>t</tool></creatorinfo>"
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<hashlist version="1.1">{info}{"".join(records)}</hashlist>'
    path = path or root / f"{root.name}_2026-11-22_100000.mhl"
    path.write_text(text, encoding="utf-8")
    return path


def history(root: Path, files: Iterable[Path], name: str = "xxh64") -> Path:
    """An ASC MHL history of one generation for files below `root`."""
    records = []
    for file in files:
        data = file.read_bytes()
        below = escape(file.relative_to(root).as_posix())
        value = f'<{name} action="original">{DIGESTS[name](data)}</{name}>'
        records.append(f'<hash><path size="{len(data)}">{below}</path>{value}</hash>')
    info = "<creatorinfo/><processinfo><process>in-place</process></processinfo>"
    text = f'<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">{info}<hashes>{"".join(records)}</hashes></hashlist>'
    home = root / "ascmhl"
    home.mkdir()
    (home / "0001_x.mhl").write_text(text, encoding="utf-8")
    row = f'<hashlist sequencenr="1"><path>0001_x.mhl</path><c4>{judge.c4(text.encode())}</c4></hashlist>'
    chain = f'<ascmhldirectory xmlns="urn:ASC:MHL:DIRECTORY:v2.0">{row}</ascmhldirectory>'
    (home / "ascmhl_chain.xml").write_text(chain, encoding="utf-8")
    return home
