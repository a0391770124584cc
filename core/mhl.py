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
from .os_errors import advice
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


@dataclass(frozen=True)
class Checked:
    """One file of a generation: `action` is "verified", or "original" for one that none before listed."""

    path: str
    size: int
    hash_name: str
    text: str
    action: str


def generation_name(label: str, date: float, number: int = 1) -> str:
    """`0001_<label>_<YYYY-MM-DD_HHMMSS>Z.mhl`, the file name of a generation."""
    return f"{number:04d}_{label[:_NAME_LIMIT]}_{time.strftime('%Y-%m-%d_%H%M%S', time.gmtime(date))}Z.mhl"


def write_generation(
    creator: Creator, date: float, hash_name: str, files: Iterable[tuple[str, int, str]]
) -> Iterator[bytes]:
    """A first generation as pieces of UTF-8 text; `files` are (path below the folder, size, hash text)."""
    records = (Checked(path, size, hash_name, text, "original") for path, size, text in files)
    return write_later(creator, date, records, process="transfer")


def write_later(
    creator: Creator,
    date: float,
    files: Iterable[Checked],
    *,
    process: str = "in-place",
    ignored: Iterable[str] = IGNORED,
    references: Iterable[tuple[str, str]] = (),
) -> Iterator[bytes]:
    """Any generation as pieces of UTF-8 text; `references` are (path, C4 id) of nested histories' newest ones."""
    when = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(date))
    lines = _head(creator, when, process, ignored)
    length = 0
    opened = False
    for file in files:
        if not opened:  # an element without any file is not allowed
            lines.append("  <hashes>")
            opened = True
        kind = file.hash_name
        line = (
            f'    <hash>\n      <path size="{file.size}">{_xml(file.path)}</path>\n'
            f'      <{kind} action="{file.action}" hashdate="{when}">{file.text}</{kind}>\n    </hash>'
        )
        lines.append(line)
        length += len(line)
        if length > _PIECE:
            yield ("\n".join(lines) + "\n").encode("utf-8")
            lines, length = [], 0
    if opened:
        lines.append("  </hashes>")
    nested = [
        f"    <hashlistreference>\n      <path>{_xml(path)}</path>\n      <c4>{c4}</c4>\n    </hashlistreference>"
        for path, c4 in references
    ]
    if nested:
        lines += ["  <references>", *nested, "  </references>"]
    lines += ["</hashlist>", ""]
    yield "\n".join(lines).encode("utf-8")


def _head(creator: Creator, when: str, process: str, ignored: Iterable[str]) -> list[str]:
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">',
        "  <creatorinfo>",
        f"    <creationdate>{when}</creationdate>",
        f"    <hostname>{_xml(creator.host)}</hostname>",
        f"    <tool version={quoteattr(creator.version)}>{_xml(creator.tool)}</tool>",
        *([f"    <comment>{_xml(creator.comment)}</comment>"] if creator.comment else ()),
        "  </creatorinfo>",
        "  <processinfo>",
        f"    <process>{process}</process>",
        "    <ignore>",
        *(f"      <pattern>{_xml(pattern)}</pattern>" for pattern in ignored),
        "    </ignore>",
        "  </processinfo>",
    ]


def write_chain(generation: str, c4: str) -> bytes:
    """The chain file of a history with one generation, whose exact bytes have the C4 id `c4`."""
    return write_chain_of([(generation, c4)])


def write_chain_of(generations: Iterable[tuple[str, str]]) -> bytes:
    """The chain file of (file name, C4 id of its exact bytes), oldest generation first."""
    rows = "".join(
        f'  <hashlist sequencenr="{number}">\n    <path>{_xml(name)}</path>\n    <c4>{c4}</c4>\n  </hashlist>\n'
        for number, (name, c4) in enumerate(generations, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ascmhldirectory xmlns="urn:ASC:MHL:DIRECTORY:v2.0">\n{rows}</ascmhldirectory>\n'
    ).encode()


def chain_rows(folder: str) -> list[tuple[str, str]]:
    """(file name, C4 id) of every generation as the chain has them, oldest first; none without a chain.

    Raises ManifestError.
    """
    path = os.path.join(folder, FOLDER, CHAIN)
    if not os.path.lexists(native(path)):
        return []
    return [(name, c4 or "") for name, c4 in parse_chain(_content(path, "the chain of the manifest"), path)]


def nested(folder: str) -> list[str]:
    """The folders below a history's that have a history of their own, relative to it, the uppermost ones only."""
    found = []
    for path, names, _files in os.walk(native(folder)):
        if path != native(folder) and FOLDER in names:
            found.append(os.path.relpath(path, native(folder)).replace(os.sep, "/"))
            names.clear()
        names[:] = sorted(name for name in names if name != FOLDER)
    return sorted(found)


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
        raise ManifestError(f"the manifest cannot be read: {error.strerror}.", home, advice(error)) from error
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
        raise ManifestError(f"the manifest cannot be read: {error.strerror}.", path, advice(error)) from error
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
    rows = chain_rows(folder)
    return rows[0] if rows else None


def read_all(folder: str) -> Manifest | None:
    """As `read`, with the files of nested histories under their own sub-folders; what the upper one lists comes first.

    Raises ManifestError where any of them cannot be trusted.
    """
    manifest = read(folder)
    if manifest is None:
        return None
    files, notes = dict(manifest.files), list(manifest.notes)
    ignored = list(manifest.ignored)
    for below in nested(folder):
        child = read_all(os.path.join(folder, *below.split("/")))
        if child is None:
            continue
        for name, entry in child.files.items():
            files.setdefault(f"{below}/{name}", entry)
        notes += [f"{below}: {note}" for note in child.notes]
        ignored += [f"{below}/{pattern}" for pattern in child.ignored if not pattern.startswith(FOLDER)]
    return Manifest(files, manifest.generations, tuple(ignored), tuple(notes))


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
        raise ManifestError(f"{what} cannot be read: {error.strerror}.", path, advice(error)) from error
    if len(data) > _LONGEST:
        raise ManifestError(f"{what} is too long to be one.", path)
    return data


def _xml(text: str) -> str:
    """Text for an XML element; what XML cannot hold becomes a question mark."""
    return escape(_NOT_XML.sub("?", text))
