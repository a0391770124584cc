# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells whether a delivery is published already: by the whole content of every file, read only where sizes agree."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import hashing, mhl
from .errors import ManifestError, ReadFailed
from .events import Cancel
from .longpath import native
from .readback import hash_whole
from .sidecar import completed_at
from .source_files import SourceFile
from .versions import PublishedVersion, files_in

# Published names carry the frame between the last two dots (ramses-formats: `PROJ_S_SHOT_STEP.<frame>.<ext>`).
_FRAME = re.compile(r"\.(-?\d+)\.[^.]+\Z")


@dataclass(frozen=True)
class Duplicate:
    """`version` is the newest version with the same content, None where there is none.

    `unchecked` are (version folder name, sentence) of those that might be it but cannot be compared here.
    """

    version: PublishedVersion | None = None
    unchecked: tuple[tuple[str, str], ...] = ()


def find_duplicate(
    versions: Sequence[PublishedVersion],
    resource: str,
    files: Iterable[SourceFile],
    cancel: Cancel | None = None,
) -> Duplicate:
    """Compare a clip's files with the complete versions of the same resource, newest first.

    A source file is read once per hash name at most, however many versions there are. Raises ReadFailed for a source
    that cannot be read, Cancelled.
    """
    content = _Content(files, cancel or Cancel())
    unchecked = []
    for version in sorted(versions, key=lambda version: version.number, reverse=True):
        if version.resource.upper() != resource.upper():
            continue
        same = _same(version.path, content)
        if same is None:
            unchecked.append((version.name, "the hashes of its manifest cannot be checked here"))
        elif same:
            return Duplicate(version, tuple(unchecked))
    return Duplicate(None, tuple(unchecked))


def same_content(version_folder: str, files: Iterable[SourceFile], cancel: Cancel | None = None) -> bool | None:
    """True where a version holds exactly these files: the same frames, each with the same whole content.

    False for another content, and for a version that is not complete, damaged or not readable: publishing again is the
    safe answer. None where the hashes of its manifest cannot be computed here, so nobody can say. Names do not count.
    """
    return _same(version_folder, _Content(files, cancel or Cancel()))


class _Content:
    """The files of a clip by frame, and their digests as far as they were needed."""

    def __init__(self, files: Iterable[SourceFile], cancel: Cancel) -> None:
        self.files = sorted(files, key=lambda file: (file.frame is not None, file.frame or 0))
        self.cancel = cancel
        self._digests: dict[tuple[int, str], bytes] = {}

    def digest(self, index: int, hash_name: str) -> bytes | None:
        """The digest of one file; None where the hash cannot be computed here."""
        found = self._digests.get((index, hash_name))
        if found is None:
            found = _digest(self.files[index].path, hash_name, self.cancel)
            if found is not None:
                self._digests[index, hash_name] = found
        return found


def _same(folder: str, content: _Content) -> bool | None:
    if completed_at(folder) is None:
        return False
    try:
        names = files_in(folder)
        if len(names) != len(content.files):
            return False
        names.sort(key=lambda name: (_frame(name) is not None, _frame(name) or 0, name))
        if not all(_matches(folder, name, file) for name, file in zip(names, content.files, strict=True)):
            return False
        manifest = mhl.read(folder)
    except (OSError, ManifestError, ReadFailed):
        return False
    if manifest is None:
        return _same_bytes(folder, names, content)
    if any(name not in manifest.files or not manifest.files[name].hashes for name in names):
        return False
    entries = [(index, manifest.files[name].hashes) for index, name in enumerate(names)]
    return _same_hashes(entries, content)


def _same_hashes(entries: list[tuple[int, dict[str, str]]], content: _Content) -> bool | None:
    for index, hashes in entries:
        known = [name for name in hashes if hashing.new(name) is not None]
        if not known:
            return None
        digest = content.digest(index, known[0])
        if digest is None or not hashing.same(known[0], hashes[known[0]], digest):
            return False
    return True


def _same_bytes(folder: str, names: list[str], content: _Content) -> bool:
    """Without a manifest both sides are read: the versions of other tools."""
    hash_name = hashing.preferred()
    for index, name in enumerate(names):
        try:
            published = _digest(os.path.join(folder, name), hash_name, content.cancel)
        except ReadFailed:
            return False
        if published != content.digest(index, hash_name):
            return False
    return True


def _matches(folder: str, name: str, file: SourceFile) -> bool:
    facts = os.stat(native(os.path.join(folder, name)))
    return stat.S_ISREG(facts.st_mode) and facts.st_size == file.size and _frame(name) == file.frame


def _frame(name: str) -> int | None:
    found = _FRAME.search(name)
    return int(found[1]) if found else None


def _digest(path: str, hash_name: str, cancel: Cancel) -> bytes | None:
    hasher = hashing.new(hash_name)
    if hasher is None:
        return None
    hash_whole(path, hasher, cancel)
    return hasher.digest()
