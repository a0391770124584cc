# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests that a vendor delivered: classic MHL files and ASC MHL histories, read into one compact listing each."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from . import mhl
from .errors import ManifestError
from .events import Cancel
from .longpath import native
from .mhl_hashes import Listed, best
from .mhl_xml import GenerationReader, Reader, Record, leads_out
from .scan_result import Ignored

_ENDING = ".mhl"
_ASC = b"urn:ASC:MHL:v2.0"
_HEAD = 4096
# A delivery ten times as large as any that was met; more is an attack on the memory.
_MOST_FILES = 2_000_000


@dataclass
class Listing:
    """One delivered manifest. `path` is its file (or the folder of its history), `root` what its paths begin at.

    `folders` holds, by absolute folder and then by file name, what is listed. `format` is "MHL" or "ASC MHL";
    `notes` are sentences about what is odd with it.
    """

    path: str
    root: str
    format: str
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    folders: dict[str, dict[str, Listed]] = field(default_factory=dict)
    count: int = 0
    _spellings: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        return os.path.basename(self.path) if self.format == "MHL" else f"the ASC MHL history of {self.root}"

    def find(self, folder: str, name: str) -> Listed | None:
        """What is listed of a file; a name that a file system stores in another Unicode form is found as well."""
        found = self.folders.get(folder)
        if found is None:
            return None
        listed = found.get(name)
        if listed is None and not name.isascii():
            listed = found.get(self._spelling(folder, found).get(unicodedata.normalize("NFC", name), ""))
        return listed

    def covers(self, folder: str) -> bool:
        """True where the folder lies in what this manifest is about."""
        return folder == self.root or folder.startswith(self.root.rstrip(os.sep) + os.sep)

    def leaves_out(self, folder: str, name: str) -> bool:
        """True where the manifest's own patterns leave the file out."""
        below = os.path.relpath(os.path.join(folder, name), self.root).replace(os.sep, "/")
        return mhl.ignores(below, self.ignored)

    def entries(self) -> Iterator[tuple[str, str, Listed]]:
        """(folder, file name, what is listed) of every file."""
        for folder, names in self.folders.items():
            for name, listed in names.items():
                yield folder, name, listed

    def narrow(self, folders: Iterable[str]) -> bool:
        """Forget what lies outside of these folders; False where nothing is left."""
        tops = [folder.rstrip(os.sep) for folder in folders]
        self.folders = {
            folder: names
            for folder, names in self.folders.items()
            if any(folder == top or folder.startswith(top + os.sep) for top in tops)
        }
        self.count = sum(len(names) for names in self.folders.values())
        return self.count > 0

    def add(self, path: str, size: int | None, hashes: dict[str, str]) -> None:
        """Take in one file; the first record of a file stays. Raises ManifestError for more files than anybody has."""
        folder, _, name = path.rpartition("/")
        home = os.path.join(self.root, *folder.split("/")) if folder else self.root
        names = self.folders.setdefault(home, {})
        if name in names:
            return
        self.count += 1
        if self.count > _MOST_FILES:
            raise ManifestError(f"it lists more than {_MOST_FILES} files.", self.path)
        kind, text = best(hashes)
        names[name] = Listed(size, kind, text, os.path.basename(self.path))

    def _spelling(self, folder: str, names: dict[str, Listed]) -> dict[str, str]:
        known = self._spellings.get(folder)
        if known is None:
            known = {unicodedata.normalize("NFC", name): name for name in names if not name.isascii()}
            self._spellings[folder] = known
        return known


def find_manifests(ignored: Iterable[Ignored], given: Iterable[str] = (), named: Iterable[str] = ()) -> list[str]:
    """Paths of the `.mhl` files and `ascmhl` folders that a scan passed by, and of those that a person `named`.

    `given` are the paths that were scanned: where one is a file or a pattern, its folder was not scanned as a whole,
    and what lies beside it counts too.
    """
    found = {os.path.abspath(path): None for path in named}
    for entry in ignored:
        if not entry.temporary and _is_manifest(entry.path.rpartition("/")[2]):
            found[os.path.join(entry.root, *entry.path.split("/"))] = None
    for folder in sorted({os.path.dirname(os.path.abspath(path)) for path in given if not os.path.isdir(native(path))}):
        try:
            names = sorted(os.listdir(native(folder)))
        except OSError:
            continue  # the scan has said so
        found.update({os.path.join(folder, name): None for name in names if _is_manifest(name)})
    return list(found)


def histories_above(given: Iterable[str]) -> list[str]:
    """The nearest `ascmhl` folder above each path: the delivery was sealed as a whole and a part of it is taken."""
    found: dict[str, None] = {}
    for folder in folders_of(given):
        while not os.path.isdir(native(os.path.join(folder, mhl.FOLDER))):
            above = os.path.dirname(folder)
            if above == folder:
                break
            folder = above
        else:
            found[os.path.join(folder, mhl.FOLDER)] = None
    return list(found)


def folders_of(given: Iterable[str]) -> list[str]:
    """The folders that were scanned: a path itself, of a file or a pattern the one where it lies."""
    paths = [os.path.abspath(path) for path in given]
    return sorted({path if os.path.isdir(native(path)) else os.path.dirname(path) for path in paths})


def _is_manifest(name: str) -> bool:
    return not name.startswith(".") and (name.lower().endswith(_ENDING) or name.lower() == mhl.FOLDER)


def read_manifest(path: str, cancel: Cancel | None = None) -> Listing:
    """Read one manifest: an `.mhl` file of either format, an `ascmhl` folder, or a folder that holds one.

    Memory: about 300 bytes per listed file. Raises ManifestError for what is none, is damaged, or was changed after it
    was sealed; Cancelled.
    """
    cancel = cancel or Cancel()
    if os.path.isdir(native(path)):
        return _read_history(path)
    listing = Listing(path, os.path.dirname(path), "MHL")
    if _is_asc(path):
        listing.format = "ASC MHL"
        asc = _AscReader(path, listing, cancel)
        mhl.feed(asc, path)
        listing.ignored = tuple(asc.found.ignored) or mhl.IGNORED
    else:
        mhl.feed(_ClassicReader(path, listing, cancel), path)
    return listing


def _read_history(path: str) -> Listing:
    root = os.path.dirname(path) if os.path.basename(path).lower() == mhl.FOLDER else path
    manifest = mhl.read(root)
    if manifest is None:
        raise ManifestError("there is no ASC MHL history here.", path)
    home = os.path.join(root, mhl.FOLDER)
    listing = Listing(home, root, "ASC MHL", (*manifest.ignored, *mhl.IGNORED), manifest.notes)
    for name, entry in manifest.files.items():
        listing.add(name, entry.size, entry.hashes)
    return listing


def _is_asc(path: str) -> bool:
    try:
        with open(native(path), "rb") as file:
            return _ASC in file.read(_HEAD)
    except OSError as error:
        raise ManifestError(f"the manifest cannot be read: {error.strerror}.", path) from error


class _AscReader(GenerationReader):
    """A single generation outside of a history: what `flatten` writes, or a manifest that was sent by mail."""

    def __init__(self, path: str, listing: Listing, cancel: Cancel) -> None:
        super().__init__(path)
        self._listing = listing
        self._cancel = cancel

    def take(self, record: Record) -> None:
        self._cancel.check()
        hashes = {name: text for name, text, action in record.hashes if action != "failed"}
        self._listing.add(record.path, record.size, hashes)


class _ClassicReader(Reader):
    """MHL 1.0 and 1.1 (mediahashlist.org): `hashlist/hash` with `file`, `size`, times and one hash or more."""

    namespace = ""
    root = "hashlist"
    _BESIDE = frozenset({"file", "size", "lastmodificationdate", "creationdate", "hashdate", "referencehhashlist"})

    def __init__(self, path: str, listing: Listing, cancel: Cancel) -> None:
        super().__init__(path)
        self._listing = listing
        self._cancel = cancel
        self._file = ""
        self._size: int | None = None
        self._hashes: dict[str, str] = {}

    def start(self, names: tuple[str, ...], attributes: dict[str, str]) -> None:
        del attributes
        if names == ("hash",):
            self._cancel.check()
            self._file, self._size, self._hashes = "", None, {}

    def end(self, names: tuple[str, ...], text: str) -> None:
        if names == ("hash",):
            self._end_of_file()
        elif names[:1] == ("hash",) and len(names) == 2:
            if names[1] == "file":
                self._file = text.strip("\r\n\t ") if text.strip() != text and "\n" in text else text
            elif names[1] == "size":
                size = text.strip()
                self._size = int(size) if size.isdecimal() and len(size) < 20 else None
            elif names[1] not in self._BESIDE and len(self._hashes) < 16:
                self._hashes[names[1]] = text.strip()

    def _end_of_file(self) -> None:
        # Tools on Windows write its separators; the schema wants the others.
        path = self._file.replace("\\", "/")
        while path.startswith("./"):
            path = path[2:]
        if not path:
            self.fail("a file has no name")
        if leads_out(path):
            self.fail(f"the path {path!r} leads out of the folder")
        self._hashes.pop("null", None)
        self._listing.add(path, self._size, self._hashes)


def read_manifests(
    paths: Iterable[str], cancel: Cancel | None = None
) -> tuple[list[Listing], list[tuple[str, ManifestError]]]:
    """All manifests that can be read, and (path, error) of the others. Raises Cancelled."""
    listings: list[Listing] = []
    refused: list[tuple[str, ManifestError]] = []
    for path in paths:
        try:
            listings.append(read_manifest(path, cancel))
        except ManifestError as problem:
            refused.append((path, problem))
    return listings, refused
