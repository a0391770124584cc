# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the XML of ASC MHL: generations (`urn:ASC:MHL:v2.0`) and chains. No entities, no document types, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from .errors import ManifestError

_HASHLIST = "urn:ASC:MHL:v2.0"
_DIRECTORY = "urn:ASC:MHL:DIRECTORY:v2.0"
_SEPARATOR = "|"
_DRIVE = re.compile(r"[A-Za-z]:")
# Every other element is a hash: names that nobody here knows are kept too, so that they can be reported.
_NO_HASH = frozenset({"path", "previousPath", "metadata"})
# What no manifest needs: limits that keep a hostile file from filling the memory.
_DEEPEST = 64
_LONGEST_TEXT = 1 << 16
_MOST_RECORDS = 1_000_000


@dataclass(slots=True)
class Record:
    """One file of a generation: `hashes` are (hash name, text, action); `previous_path` is set by a rename."""

    path: str = ""
    size: int | None = None
    hashes: list[tuple[str, str, str]] = field(default_factory=list)
    previous_path: str | None = None


@dataclass
class Generation:
    """The file records of one generation, and its ignore patterns."""

    records: list[Record] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def parse_generation(data: bytes, path: str) -> Generation:
    """Read the bytes of one generation. Raises ManifestError for anything that is none, or a path that leads away."""
    return GenerationReader(path).read(data)


def parse_chain(data: bytes, path: str) -> list[tuple[str, str | None]]:
    """(file name, C4 id or None) of every generation, by sequence number. Raises ManifestError."""
    return _ChainReader(path).read_rows(data)


def leads_out(path: str) -> bool:
    """True where a manifest's path is absolute, climbs, or is written with the separators of Windows."""
    parts = path.split("/")
    return "\\" in path or bool(_DRIVE.match(path)) or not all(parts) or bool({".", ".."} & set(parts))


class Reader:
    """What both readers share: elements by their path of local names, text collected per element."""

    namespace = ""
    root = ""

    def __init__(self, path: str) -> None:
        self._path = path
        # The names of the elements from below the root to each open one: built once per element.
        self._open: list[tuple[str, ...]] = []
        self._text: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._collect
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._length = 0

    def parse(self, data: bytes) -> None:
        """The whole document at once."""
        self.feed(data, final=True)

    def feed(self, data: bytes, final: bool = False) -> None:
        """The next piece of the document. Raises ManifestError."""
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            self.fail(f"line {error.lineno} is broken ({expat.errors.messages[error.code]})")
        except (LookupError, ValueError) as error:  # an encoding that does not exist, or that expat cannot use
            self.fail(f"its encoding is unusable ({error})")

    def fail(self, reason: str) -> NoReturn:
        raise ManifestError(f"this is no readable ASC MHL: {reason}.", self._path)

    def start(self, names: tuple[str, ...], attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, names: tuple[str, ...], text: str) -> None:
        raise NotImplementedError

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(_SEPARATOR)
        if not self._open and (namespace, local) != (self.namespace, self.root):
            self.fail(f"it begins with <{local}> of {namespace or 'no namespace'}")
        self._open.append((*self._open[-1], local) if self._open else ())
        if len(self._open) > _DEEPEST:
            self.fail(f"it nests deeper than {_DEEPEST} elements")
        self._text.clear()
        self._length = 0
        self.start(self._open[-1], attributes)

    def _end(self, _name: str) -> None:
        self.end(self._open.pop(), "".join(self._text))
        self._text.clear()
        self._length = 0

    def _collect(self, text: str) -> None:
        self._length += len(text)
        if self._length > _LONGEST_TEXT:
            self.fail("a text in it is too long")
        self._text.append(text)

    def _refuse_doctype(self, *_parts: object) -> None:
        self.fail("it declares a document type")


class GenerationReader(Reader):
    """Reads a generation piece by piece: `feed` the bytes, then `found` holds what was in it."""

    namespace = _HASHLIST
    root = "hashlist"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.found = Generation()
        self._record = Record()
        self._action = ""

    def read(self, data: bytes) -> Generation:
        self.parse(data)
        return self.found

    def start(self, names: tuple[str, ...], attributes: dict[str, str]) -> None:
        if names == ("hashes", "hash"):
            self._record = Record()
        elif names == ("hashes", "hash", "path"):
            size = attributes.get("size", "")
            self._record.size = int(size) if size.isdecimal() and len(size) < 20 else None
        elif names[:2] == ("hashes", "hash"):
            self._action = attributes.get("action", "")

    def end(self, names: tuple[str, ...], text: str) -> None:
        if names == ("processinfo", "ignore", "pattern"):
            self.found.ignored.append(text.strip())
        elif names == ("hashes", "hash"):
            if not self._record.path:
                self.fail("a file has no path")
            self.take(self._record)
        elif names[:2] == ("hashes", "hash") and len(names) == 3:
            if names[2] == "path":
                self._record.path = self._checked(text)
            elif names[2] == "previousPath":
                self._record.previous_path = self._checked(text)
            elif names[2] not in _NO_HASH:
                self._record.hashes.append((names[2], text.strip(), self._action))

    def take(self, record: Record) -> None:
        """One record is complete; whoever does not want them all in memory takes them here."""
        if len(self.found.records) >= _MOST_RECORDS:
            self.fail(f"it lists more than {_MOST_RECORDS} files")
        self.found.records.append(record)

    def _checked(self, path: str) -> str:
        if leads_out(path):
            self.fail(f"the path {path!r} leads out of the folder")
        return path


class _ChainReader(Reader):
    namespace = _DIRECTORY
    root = "ascmhldirectory"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._rows: list[tuple[int, str, str | None]] = []
        self._number = 0
        self._name = ""
        self._c4: str | None = None

    def read_rows(self, data: bytes) -> list[tuple[str, str | None]]:
        self.parse(data)
        return [(name, c4) for _number, name, c4 in sorted(self._rows, key=lambda row: row[0])]

    def start(self, names: tuple[str, ...], attributes: dict[str, str]) -> None:
        if names == ("hashlist",):
            number = attributes.get("sequencenr", "")
            if not number.isdecimal() or len(number) > 9:
                self.fail(f"a generation has the number {number!r}")
            self._number, self._name, self._c4 = int(number), "", None

    def end(self, names: tuple[str, ...], text: str) -> None:
        if names == ("hashlist", "path"):
            self._name = text
        elif names == ("hashlist", "c4"):
            self._c4 = text.strip()
        elif names == ("hashlist",):
            self._rows.append((self._number, self._name, self._c4))
