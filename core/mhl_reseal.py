# SPDX-License-Identifier: GPL-3.0-or-later
"""Seals a folder again: every byte is read, and a further generation of its ASC MHL says that it was.

Nothing but a true statement is written: a folder in which something is missing or has another content gets no new
generation. Files that were added are listed as new originals. Nested histories are sealed first and referenced, as the
standard has it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .. import __version__
from . import fsops, hashing, mhl
from .errors import ManifestError, PlatesError
from .events import Cancel, Listener, silent
from .longpath import native
from .mhl import Checked
from .readback import hash_whole
from .verify import VerifyReport, verify

_TOOL = "Ramses Plates"
_LONGEST_LABEL = 80


@dataclass(frozen=True)
class Resealed:
    """What was found, and the new generation (its file name, "" where none was written)."""

    report: VerifyReport
    generation: str = ""


def reseal(
    folder: str, *, jobs: int | None = None, listen: Listener = silent, cancel: Cancel | None = None
) -> Resealed:
    """Verify a folder and, where all that is listed is intact, add a generation; the first one where it has none.

    Durable when it returns; killed in the middle the folder has its old history, and perhaps a manifest more that the
    chain does not list. Raises ManifestError for a history that cannot be trusted or that somebody else extended
    meanwhile, WriteFailed, DiskFull, ReadFailed, Cancelled.
    """
    cancel = cancel or Cancel()
    manifest = mhl.read_all(folder)
    if manifest is None:
        report = VerifyReport(folder, extra=tuple(_all_files(folder)))
    else:
        report = verify(folder, jobs=jobs, listen=listen, cancel=cancel)
    if report.changed or report.missing or report.unchecked:
        return Resealed(report)
    references = []
    for below in mhl.nested(folder):
        child = os.path.join(folder, *below.split("/"))
        sealed = _seal_child(child, cancel)
        references.append((f"{below}/{mhl.FOLDER}/{sealed[0]}", sealed[1]))
    generation = _add(folder, references, cancel)
    return Resealed(replace(report, extra=()), generation[0])


def _seal_child(folder: str, cancel: Cancel) -> tuple[str, str]:
    """A nested history was verified together with the upper one; it and those below it get their generations."""
    references = []
    for below in mhl.nested(folder):
        sealed = _seal_child(os.path.join(folder, *below.split("/")), cancel)
        references.append((f"{below}/{mhl.FOLDER}/{sealed[0]}", sealed[1]))
    return _add(folder, references, cancel)


def _add(folder: str, references: list[tuple[str, str]], cancel: Cancel) -> tuple[str, str]:
    """Write the next generation and its row in the chain; (file name, C4 id)."""
    home = os.path.join(folder, mhl.FOLDER)
    rows = mhl.chain_rows(folder)
    manifest = mhl.read(folder)
    if manifest is not None and not rows:
        raise ManifestError("the chain of the manifest lists nothing.", home)
    date = time.time()
    name = _free_name(home, os.path.basename(os.path.abspath(folder)), date, len(rows) + 1)
    creator = mhl.Creator(_TOOL, __version__, _host(), "sealed again" if rows else "sealed")
    ignored = mhl.IGNORED if manifest is None else tuple(dict.fromkeys((*manifest.ignored, *mhl.IGNORED)))
    files = _records(folder, manifest, ignored, cancel)
    identity = hashing.C4()
    made = fsops.make_folder(home)
    try:
        pieces = mhl.write_later(creator, date, files, ignored=ignored, references=references)
        fsops.write_file(os.path.join(home, name), _watched(pieces, identity))
        if mhl.chain_rows(folder) != rows:
            raise ManifestError("somebody else sealed it meanwhile.", home, "Verify it again.")
        chain = mhl.write_chain_of([*rows, (name, identity.text())])
        fsops.write_file(os.path.join(home, mhl.CHAIN), [chain], replace=True)
    except BaseException:
        # A generation that its chain does not list says nothing; this one is ours, by its name made a moment ago.
        if (name, identity.text()) not in _rows_or_none(folder):
            fsops.remove_named(os.path.join(home, name))
            if made:
                fsops.remove_empty([home])
        raise
    return name, identity.text()


def _rows_or_none(folder: str) -> list[tuple[str, str]]:
    try:
        return mhl.chain_rows(folder)
    except PlatesError:
        return []


def _records(folder: str, manifest: mhl.Manifest | None, ignored: tuple[str, ...], cancel: Cancel) -> Iterator[Checked]:
    """Every file of one history: those listed were just verified, the others are hashed now."""
    known = {} if manifest is None else manifest.files
    for name in sorted(known):
        entry = known[name]
        hash_name = next(one for one in entry.hashes if hashing.new(one) is not None)
        size = os.stat(native(os.path.join(folder, *name.split("/")))).st_size
        yield Checked(name, size, hash_name, entry.hashes[hash_name], "verified")
    for name in _all_files(folder):
        if name in known or mhl.ignores(name, ignored):
            continue
        hash_name = hashing.preferred()
        hasher = hashing.new(hash_name)
        if hasher is None:
            raise ValueError(f"{hash_name} cannot be computed here")
        path = os.path.join(folder, *name.split("/"))
        size = hash_whole(path, hasher, cancel, from_device=True)
        yield Checked(name, size, hash_name, hashing.text(hash_name, hasher.digest()), "original")


def _all_files(folder: str) -> list[str]:
    """The files below a folder, without manifests and without what nested histories are about."""
    found = []
    for path, names, files in os.walk(native(folder)):
        below = os.path.relpath(path, native(folder)).replace(os.sep, "/")
        if below != "." and mhl.FOLDER in names:
            names.clear()
            continue
        names[:] = sorted(name for name in names if name != mhl.FOLDER)
        found += [name if below == "." else f"{below}/{name}" for name in files]
    return sorted(found)


def _free_name(home: str, label: str, date: float, number: int) -> str:
    """The generation's name; a second one within one second gets a later time, never the same name."""
    label = label[:_LONGEST_LABEL]
    name = mhl.generation_name(label, date, number)
    while os.path.lexists(native(os.path.join(home, name))):
        date += 1
        name = mhl.generation_name(label, date, number)
    return name


def _watched(pieces: Iterator[bytes], identity: hashing.C4) -> Iterator[bytes]:
    for piece in pieces:
        identity.update(piece)
        yield piece


def _host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "unknown")
