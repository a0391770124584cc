# SPDX-License-Identifier: GPL-3.0-or-later
"""Which versions were reported before. Decided by what the versions are, never by a clock.

A report lists the identity of every version that it or an earlier report has shown. A version that was finished while
a report was written is simply not in that list, so the next delta shows it; no clock of any machine matters.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable

from ..longpath import native
from ..sidecar import completed_at
from ..tree import REPORTS

MANIFEST_PREFIX = "Project_Ingest_Manifest_"
_LARGEST = 200_000_000


def identity(root: str, folder: str) -> str:
    """Sixteen hex digits for one version: its folder and when it was completed.

    A folder that was undone and published anew, or finished after it was reported, has another one. The digest keeps
    folder names out of documents that leave the house.
    """
    done = completed_at(os.path.join(root, *folder.split("/")))
    text = f"{folder}\n{'' if done is None else done}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def last_reported(root: str) -> frozenset[str] | None:
    """The identities that the newest report of this project lists; None where no report of ours is left."""
    folder = os.path.join(root, REPORTS)
    try:
        names = os.listdir(native(folder))
    except OSError:
        return None
    for name in sorted((name for name in names if name.startswith(MANIFEST_PREFIX)), reverse=True):
        found = _listed(os.path.join(folder, name))
        if found is not None:
            return found
    return None


def remembered(earlier: Iterable[str] | None, shown: Iterable[str]) -> list[str]:
    """What the next report is to remember: lists add up, so that a report of two shots forgets nothing else."""
    return sorted({*(earlier or ()), *filter(None, shown)})


def _listed(path: str) -> frozenset[str] | None:
    """The list in one manifest; None for manifests of other tools and damaged ones."""
    try:
        with open(native(path), "rb") as file:
            data = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return None
    reported = data.get("reported") if isinstance(data, dict) else None
    if not isinstance(reported, list):
        return None
    return frozenset(one for one in reported if isinstance(one, str))
