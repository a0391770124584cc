# SPDX-License-Identifier: GPL-3.0-or-later
"""Tape names of an AAF: the chain of source clips followed from each master mob down to its tape."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# A chain is master, file, tape, sometimes film: longer ones go round in circles.
LONGEST_CHAIN = 16


def tapes_of(path: str) -> dict[str, str]:
    """Master mob id -> the name of the tape that its picture comes from; only mobs that have one.

    OpenTimelineIO's adapter leaves tape mobs out. Its own AAF library is used; without it, or for a file that the
    library cannot follow, nothing is known, and reels come from metadata alone.
    """
    try:
        aaf2 = import_module("aaf2")
        with aaf2.open(path, "r") as file:
            found = {str(mob.mob_id): _tape(mob) for mob in file.content.mastermobs()}
    except Exception:  # noqa: BLE001  a third-party reader on a file of any making: reels are a help, not a must
        return {}
    return {mob: tape for mob, tape in found.items() if tape}


def _tape(mob: Any) -> str | None:
    for _step in range(LONGEST_CHAIN):
        descriptor = getattr(mob, "descriptor", None)
        if type(descriptor).__name__ == "TapeDescriptor":
            return str(mob.name) if mob.name else None
        clip = _picture_clip(mob)
        mob = clip.mob if clip is not None else None
        if mob is None:
            return None
    return None


def _picture_clip(mob: Any) -> Any:
    """The first source clip of a picture slot."""
    for slot in mob.slots:
        segment = slot.segment
        if getattr(segment, "media_kind", None) != "Picture":
            continue
        for part in getattr(segment, "components", None) or [segment]:
            if type(part).__name__ == "SourceClip":
                return part
    return None
