# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what makes a folder of files a version: manifest and chain, sidecar, and the marker last."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .. import __version__
from . import fsops, hashing, mhl
from .frame_clock import FrameClock
from .job import PublishJob
from .sidecar import FrameFacts, marker, write_entries
from .stage import Digests
from .tree import COMPLETE_MARKER, SIDECAR

_TOOL = "Ramses Plates"


@dataclass(frozen=True)
class Seal:
    """What a journal keeps of a seal: `manifest` is the path below the version folder, `c4` the id of its bytes."""

    manifest: str
    c4: str
    date: float


def write_manifest(job: PublishJob, folder: str, digests: Digests) -> Seal:
    """Write the first generation of the manifest and its chain, durably. Raises WriteFailed, DiskFull."""
    date = time.time()
    home = os.path.join(folder, mhl.FOLDER)
    name = mhl.generation_name(job.step_folder.rpartition("/")[2], date)
    creator = mhl.Creator(_TOOL, __version__, _host(), f"run {job.run}, plan {job.key}")
    files = ((target, file.size, digests.text(at)) for at, (file, target) in enumerate(job.pairs()))
    fsops.make_folder(home)
    identity = hashing.C4()
    pieces = mhl.write_generation(creator, date, digests.hash_name, files)
    fsops.write_file(os.path.join(home, name), _watched(pieces, identity))
    c4 = identity.text()
    fsops.write_file(os.path.join(home, mhl.CHAIN), [mhl.write_chain(name, c4)])
    fsops.sync_folder(home)
    return Seal(f"{mhl.FOLDER}/{name}", c4, date)


def write_sidecar(job: PublishJob, folder: str, digests: Digests, seal: Seal, version: int, *, again: bool) -> None:
    """Write the sidecar for this version number and the marker last; `again` exchanges an earlier number's sidecar."""
    facts = replace(
        job.facts,
        version=version,
        date=seal.date,
        state=job.state,
        resource=job.resource,
        comment=job.comment or job.facts.comment,
        operator=job.operator or job.facts.operator,
        verification=job.verify,
        run=job.run,
        plan=job.key,
        hash_name=digests.hash_name,
    )
    first = next(job.pairs())[0].frame
    clock = FrameClock(facts, first)
    entries = (
        FrameFacts(target, file.frame, clock.label(file.frame), digests.text(at))
        for at, (file, target) in enumerate(job.pairs())
    )
    fsops.write_file(os.path.join(folder, SIDECAR), write_entries(facts, entries), replace=again)
    if not again:
        fsops.write_file(os.path.join(folder, COMPLETE_MARKER), [marker(seal.date)])
        fsops.sync_folder(folder)


def _watched(pieces: Iterator[bytes], identity: hashing.C4) -> Iterator[bytes]:
    """The same pieces, counted into the C4 id on their way to the disk."""
    for piece in pieces:
        identity.update(piece)
        yield piece


def _host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "unknown")
