# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishes one version: reserve, stage, verify, seal, commit. A version is absent or complete at every instant.

Everything is written into a private working folder beside the versions; one rename makes it a version. An error or a
cancel removes exactly what this publishing made. After a kill the next publisher of the step removes the remains, and
the same plan run again ends with the same version.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from . import fsops, hashing, journal, mhl
from .errors import ManifestError, PlatesError, ReadFailed, WriteFailed
from .events import Cancel, Listener, silent
from .fsops import names_in
from .holder import Holder
from .job import Copies, Published, PublishJob, VerifyLevel
from .longpath import native
from .os_errors import advice, reason
from .readback import passes_cache
from .reserve import Reservation, sweep
from .seal import Seal, write_manifest, write_sidecar
from .sidecar import read_facts
from .stage import Digests, Staging, check_space, copy_files
from .tree import COMPLETE_MARKER, parse_version_folder

__all__ = ["Copies", "PublishJob", "Published", "Sealed", "VerifyLevel", "publish"]

# Called with (version, folder relative to the project) once all is sealed and before the commit.
Sealed = Callable[[int, str], None]
_TRIES = 10


def publish(
    job: PublishJob,
    *,
    jobs: int | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
    sealed: Sealed | None = None,
) -> Published:
    """Publish one version and return it; it is on the disk then, or an earlier run of the same plan had put it there.

    `jobs` is the number of threads that copy (None: by the size of the files; 1: this thread alone). `sealed` makes
    the registration durable; it is called again with another number where somebody who ignores reservations took the
    first, and the last call counts. What it raises ends the publishing. Events: stage "publish", unit "bytes".

    Raises NameRefused, SourceChanged, ReadFailed, DiskFull, WriteFailed, VerifyFailed, Cancelled; nothing of this
    publishing is left then, except lines in its run's journal.
    """
    started = time.monotonic()
    cancel = cancel or Cancel()
    cancel.check()
    job.check()
    holder = Holder.me(job.run, job.key)
    try:
        done = _publish(job, holder, jobs, listen, cancel, sealed or _nobody)
    finally:
        holder.done()
    return replace(done, seconds=time.monotonic() - started)


def _publish(
    job: PublishJob, holder: Holder, jobs: int | None, listen: Listener, cancel: Cancel, sealed: Sealed
) -> Published:
    reservation = Reservation(job.published, job.trash, holder, job.least)
    with Staging(job.published, holder) as staging, reservation:
        warnings = sweep(job.published, holder)
        done = _committed_before(job)
        if done is None:
            check_space(job, staging.path)
            reservation.take()
            digests = copy_files(job, staging.path, hashing.preferred(), jobs, listen, cancel)
            seal = write_manifest(job, staging.path, digests)
            work = _Work(job, staging.path, reservation, digests, seal)
            number = _commit(work, sealed, cancel)
            done = _published(job, number, seal, digests.hash_name)
            warnings += _after(job)
    left = [f"Left behind: {sentence}" for sentence in (reservation.left_behind, staging.left_behind) if sentence]
    return replace(done, warnings=(*warnings, *left))


@dataclass(frozen=True)
class _Work:
    """A staged and sealed version that waits for its commit."""

    job: PublishJob
    staging: str
    reservation: Reservation
    digests: Digests
    seal: Seal


def _commit(work: _Work, sealed: Sealed, cancel: Cancel) -> int:
    """Make the working folder a version; the number under which it stands."""
    for attempt in range(_TRIES):
        write_sidecar(work.job, work.staging, work.digests, work.seal, work.reservation.number, again=attempt > 0)
        if _committed(work, sealed, cancel):
            return work.reservation.number
        work.reservation.take()
    raise WriteFailed(
        f"the version number was taken {_TRIES} times by somebody who ignores reservations.",
        work.job.published,
        "Find out what else publishes here.",
    )


def _committed(work: _Work, sealed: Sealed, cancel: Cancel) -> bool:
    """Commit under the reserved number; False, with nothing changed, where somebody ignored the reservation."""
    job, number = work.job, work.reservation.number
    folder = job.folder(number)
    _note(job, number, work.seal)
    sealed(number, folder)
    cancel.check()
    if not work.reservation.holds or work.reservation.is_used:
        return False
    return fsops.move(work.staging, os.path.join(job.published, os.path.basename(folder)))


def _after(job: PublishJob) -> list[str]:
    """What is still to be said about a version that stands: nothing after the commit can undo it."""
    warnings = []
    try:
        fsops.sync_folder(job.published)
    except PlatesError as problem:
        warnings.append(f"Committed, but the disk did not confirm that it will survive a power cut: {problem}")
    if job.verify == "full" and not passes_cache():
        warnings.append("The copies were read back through the memory of this system, which gives no way around it.")
    return warnings


def _published(job: PublishJob, number: int, seal: Seal, hash_name: str) -> Published:
    count, size = job.size()
    folder = job.folder(number)
    return Published(number, folder, count, size, hash_name, job.verify, 0.0, f"{folder}/{seal.manifest}")


def _note(job: PublishJob, number: int, seal: Seal) -> None:
    """Tell the run's journal which version is about to stand, and by which seal it will be known."""
    record = {
        "action": "publish",
        "time": time.time(),
        "folder": job.folder(number),
        "version": number,
        "plan": job.key,
        "manifest": seal.manifest,
        "c4": seal.c4,
    }
    journal.append(job.project_root, job.run, record)


def _committed_before(job: PublishJob) -> Published | None:
    """The version that an earlier run of the same plan committed, if it stands as planned."""
    for name in names_in(job.published):
        version = parse_version_folder(name)
        if version is None or version.number < 1 or os.path.basename(job.folder(version.number)) != name:
            continue
        folder = os.path.join(job.published, name)
        try:
            facts = read_facts(folder)
            generation = mhl.first_generation(folder)
        except ManifestError as problem:
            if isinstance(problem.__cause__, OSError):
                raise  # it may be the very version, which nobody can tell now
            continue  # damaged since, so publishing again is right
        if facts is None or facts.plan != job.key or generation is None or not _stands(job, folder):
            continue
        seal = Seal(f"{mhl.FOLDER}/{generation[0]}", generation[1], facts.date or 0.0)
        _note(job, version.number, seal)  # for this run's own undo
        return replace(_published(job, version.number, seal, facts.hash_name), already=True)
    return None


def _stands(job: PublishJob, folder: str) -> bool:
    """True where the marker and every planned file are there, each with its planned size. Raises ReadFailed."""
    path = os.path.join(folder, COMPLETE_MARKER)
    try:
        os.stat(native(path))
        for file, name in job.pairs():
            path = os.path.join(folder, name)
            if os.stat(native(path)).st_size != file.size:
                return False
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ReadFailed(f"cannot look at the file: {reason(error)}.", path, advice(error)) from error
    return True


def _nobody(_version: int, _folder: str) -> None:
    """Nobody registers what is published."""
