# SPDX-License-Identifier: GPL-3.0-or-later
"""The durable record of a run: one JSON line per version that it is about to commit or to move to the trash.

A line is written before the deed, so that a crash never leaves a version that its run does not know. Whoever reads it
must look at the disk whether the deed was done; the C4 id of the seal tells our version from somebody else's.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any

from . import fsops
from .errors import ManifestError, NameRefused
from .longpath import native
from .os_errors import advice
from .tree import REPORTS

FOLDER = "journal"
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_ENDING = ".jsonl"


def append(project_root: str, run: str, record: Mapping[str, Any]) -> None:
    """Add one record to a run's journal; it is on the disk when this returns. Raises WriteFailed, DiskFull."""
    path = _path(project_root, run)
    made: list[str] = []
    try:
        fsops.make_folders(os.path.dirname(path), made)
        fsops.append_line(path, json.dumps(record))
    except BaseException:
        fsops.remove_empty(reversed(made))
        raise


def read(project_root: str, run: str) -> list[dict[str, Any]]:
    """The records of a run, oldest first; a line that a crash tore apart is passed over.

    Raises ManifestError for a run that has no journal here.
    """
    path = _path(project_root, run)
    try:
        with open(native(path), encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        raise ManifestError(f"no run {run} is known in this project.", path) from None
    except OSError as error:
        raise ManifestError(f"the journal cannot be read: {error.strerror}.", path, advice(error)) from error
    return [record for record in map(_record, lines) if record is not None]


def runs(project_root: str) -> list[str]:
    """The names of all runs that have a journal, in order of their names. Raises ManifestError."""
    folder = os.path.join(project_root, REPORTS, FOLDER)
    try:
        names = os.listdir(native(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ManifestError(f"the journals cannot be read: {error.strerror}.", folder, advice(error)) from error
    return sorted(name[: -len(_ENDING)] for name in names if name.endswith(_ENDING))


def _record(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _path(project_root: str, run: str) -> str:
    if not _RUN.match(run):
        raise NameRefused(f"{run!r} is no name of a run.", advice="Use letters, digits, dots and dashes.")
    return os.path.join(project_root, REPORTS, FOLDER, run + _ENDING)
