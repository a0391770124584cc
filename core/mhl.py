# SPDX-License-Identifier: GPL-3.0-or-later
"""ASC MHL v2.0 ("ASC Media Hash List", American Society of Cinematographers): our only manifest of a version.

`ascmhl/0001_<name>_<date>Z.mhl` lists every file with its size and hash, `ascmhl/ascmhl_chain.xml` holds the C4 id of
each such generation. `_ramses_data.json` and `.ramses_complete` are left out by patterns: other tools rewrite them.
"""

from __future__ import annotations

import fnmatch
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from . import hashing
from .errors import ManifestError
from .longpath import native
from .mhl_xml import Generation, GenerationReader, Reader, parse_chain
from .tree import COMPLETE_MARKER, SIDECAR

FOLDER = "ascmhl"
CHAIN = "ascmhl_chain.xml"
IGNORED = (".DS_Store", FOLDER, f"{FOLDER}/", SIDECAR, COMPLETE_MARKER)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME_LIMIT = 100
_PIECE = 1 << 20
# A generation of a million files is below 300 MB; what is longer is none of anybody's.
_LONGEST = 1 << 30


@dataclass(frozen=True)
class Entry:
    """What is known of one file: its size (None where no generation says it) and its hashes by name."""

    size: int | None
    hashes: dict[str, str]


@dataclass(frozen=True)
class Manifest:
    """All generations of a folder together: files by their path below it (`/` separators), the first record wins.

    `generations` are the names of the manifest files, oldest first. `ignored` are the patterns of the newest one,
    `notes` sentences about what is odd but proves no damage.
    """

    files: dict[str, Entry]
    generations: tuple[str, ...]
    ignored: tuple[str, ...] = IGNORED
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Creator:
    """Who writes a generation: `tool` and its `version`, the host's name and a comment."""

    tool: str
    version: str
    host: str
    comment: str = ""


@dataclass
class _Merged:
    files: dict[str, Entry] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


def generation_name(label: str, date: float) -> str:
    """`0001_<label>_<YYYY-MM-DD_HHMMSS>Z.mhl`, the file name of a first generation."""
    return f"0001_{label[:_NAME_LIMIT]}_{time.strftime('%Y-%m-%d_%H%M%S', time.gmtime(date))}Z.mhl"


def write_generation(
    creator: Creator, date: float, hash_name: str, files: Iterable[tuple[str, int, str]]
) -> Iterator[bytes]:
    """A first generation as pieces of UTF-8 text; `files` are (path below the folder, size, hash text)."""
    when = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(date))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">',
        "  <creatorinfo>",
        f"    <creationdate>{when}</creationdate>",
        f"    <hostname>{_xml(creator.host)}</hostname>",
        f"    <tool version={quoteattr(creator.version)}>{_xml(creator.tool)}</tool>",
        *([f"    <comment>{_xml(creator.comment)}</comment>"] if creator.comment else ()),
        "  </creatorinfo>",
        "  <processinfo>",
        "    <process>transfer</process>",
        "    <ignore>",
        *(f"      <pattern>{pattern}</pattern>" for pattern in IGNORED),
        "    </ignore>",
        "  </processinfo>",
        "  <hashes>",
    ]
    length = 0
    for path, size, text in files:
        line = (
            f'    <hash>\n      <path size="{size}">{_xml(path)}</path>\n'
            f'      <{hash_name} action="original" hashdate="{when}">{text}</{hash_name}>\n    </hash>'
        )
        lines.append(line)
        length += len(line)
        if length > _PIECE:
            yield ("\n".join(lines) + "\n").encode("utf-8")
            lines, length = [], 0
    lines += ["  </hashes>", "</hashlist>", ""]
    yield "\n".join(lines).encode("utf-8")


def write_chain(generation: str, c4: str) -> bytes:
    """The chain file of a history with one generation, whose exact bytes have the C4 id `c4`."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ascmhldirectory xmlns="urn:ASC:MHL:DIRECTORY:v2.0">\n'
        f'  <hashlist sequencenr="1">\n    <path>{_xml(generation)}</path>\n    <c4>{c4}</c4>\n  </hashlist>\n'
        "</ascmhldirectory>\n"
    ).encode()


def read(folder: str) -> Manifest | None:
    """The manifest of a version folder, its chain verified; None where the folder has none.

    Raises ManifestError where the chain is missing or broken, or a generation is missing, changed or unreadable.
    """
    home = os.path.join(folder, FOLDER)
    try:
        names = sorted(os.listdir(native(home)))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ManifestError(f"the manifest cannot be read: {error.strerror}.", home) from error
    if not names:
        return None
    chain_path = os.path.join(home, CHAIN)
    rows = parse_chain(_content(chain_path, "the chain of the manifest"), chain_path)
    if not rows:
        raise ManifestError("the chain of the manifest lists nothing.", chain_path)
    merged = _Merged()
    for name, c4 in rows:
        path = os.path.join(home, name)
        if name != os.path.basename(name) or name in ("", ".", ".."):
            raise ManifestError(f"the chain of the manifest names {name!r}.", chain_path)
        reader = GenerationReader(path)
        if c4 != feed(reader, path):
            raise ManifestError("the manifest was changed after it was sealed.", path)
        _merge(merged, reader.found)
    listed = [name for name, _c4 in rows]
    unlisted = [name for name in names if name.endswith(".mhl") and name not in listed]
    notes = tuple(f"The manifest {name} is not in the chain and was not looked at." for name in unlisted)
    return Manifest(merged.files, tuple(listed), tuple(merged.ignored) or IGNORED, notes)


def feed(reader: Reader, path: str) -> str:
    """Give a whole file to a reader, in pieces; the C4 id of its bytes. Raises ManifestError."""
    identity = hashing.C4()
    length = 0
    try:
        with open(native(path), "rb") as file:
            while piece := file.read(_PIECE):
                length += len(piece)
                if length > _LONGEST:
                    raise ManifestError("a manifest that the chain lists is too long to be one.", path)
                identity.update(piece)
                reader.feed(piece)
        reader.feed(b"", final=True)
    except FileNotFoundError:
        raise ManifestError("a manifest that the chain lists is missing.", path) from None
    except OSError as error:
        raise ManifestError(f"the manifest cannot be read: {error.strerror}.", path) from error
    return identity.text()


def ignores(name: str, patterns: Iterable[str]) -> bool:
    """True where one of a manifest's patterns leaves this file out (the plain ones; no `**`, no negation)."""
    parts = name.split("/")
    for pattern in (pattern.strip("/") for pattern in patterns):
        if "/" in pattern:
            if fnmatch.fnmatchcase(name, pattern) or name.startswith(pattern + "/"):
                return True
        elif any(fnmatch.fnmatchcase(part, pattern) for part in parts):
            return True
    return False


def first_generation(folder: str) -> tuple[str, str] | None:
    """(file name, C4 id) of the oldest generation as the chain has them, None without one. Raises ManifestError."""
    path = os.path.join(folder, FOLDER, CHAIN)
    if not os.path.lexists(native(path)):
        return None
    rows = parse_chain(_content(path, "the chain of the manifest"), path)
    return (rows[0][0], rows[0][1] or "") if rows else None


def _merge(merged: _Merged, generation: Generation) -> None:
    """Later generations add files, hash names and renames; what an earlier one recorded stays."""
    for record in generation.records:
        if record.previous_path is not None and record.path not in merged.files:
            earlier = merged.files.pop(record.previous_path, None)
            if earlier is not None:
                merged.files[record.path] = earlier
        known = merged.files.get(record.path)
        hashes = {} if known is None else known.hashes
        for name, text, action in record.hashes:
            if action != "failed":
                hashes.setdefault(name, text)
        merged.files[record.path] = Entry(known.size if known and known.size is not None else record.size, hashes)
    if generation.ignored:
        merged.ignored = list(generation.ignored)


def _content(path: str, what: str) -> bytes:
    try:
        with open(native(path), "rb") as file:
            data = file.read(_LONGEST + 1)
    except FileNotFoundError:
        raise ManifestError(f"{what} is missing.", path) from None
    except OSError as error:
        raise ManifestError(f"{what} cannot be read: {error.strerror}.", path) from error
    if len(data) > _LONGEST:
        raise ManifestError(f"{what} is too long to be one.", path)
    return data


def _xml(text: str) -> str:
    """Text for an XML element; what XML cannot hold becomes a question mark."""
    return escape(_NOT_XML.sub("?", text))
