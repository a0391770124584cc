# SPDX-License-Identifier: GPL-3.0-or-later
"""Published versions as footage: from their own record, or from their headers where another tool published them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from .errors import ManifestError, PlatesError
from .events import Cancel, Listener, silent
from .footage import Footage
from .placement_record import Recorded, from_record, with_sidecar
from .probe import probe_clip
from .redelivery import version_clip
from .sidecar import read_entries
from .versions import PublishedVersion, list_versions


def recorded(version: PublishedVersion) -> Recorded | None:
    """What a version says of itself, checked against the files that are there; None where no clip lies in it.

    A version without a record of ours is probed, and its sidecar fills what the headers leave open. Reads a few KiB.
    Raises ReadFailed.
    """
    clip = version_clip(version)
    if clip is None:
        return None
    try:
        facts = version.facts
    except ManifestError:
        facts = None
    if facts is not None and facts.record.get("kind") == clip.kind:
        try:
            frames = clip.frames if clip.kind == "sequence" else None
            found = from_record(facts.record, frames=frames, path=clip.first_path, ext=clip.ext)
            return _at_rate(found, facts.rate)
        except ManifestError:
            pass  # a broken record is no reason not to look at the files themselves
    media = probe_clip(clip)
    if media.error is not None:
        return None
    footage = Footage.of_clip(clip, media)
    if facts is not None:
        footage = with_sidecar(footage, _first_entry(version))
    return Recorded(footage)


def project_footage(project_root: str, *, listen: Listener = silent, cancel: Cancel | None = None) -> list[Footage]:
    """The newest complete version of every plate and resource of a project. Raises ReadFailed, Cancelled."""
    cancel = cancel or Cancel()
    newest: dict[tuple[str, str, str], PublishedVersion] = {}
    for version in list_versions(project_root, listen=listen, cancel=cancel):
        key = (version.shot.upper(), version.step.upper(), version.resource.upper())
        if key not in newest or version.number > newest[key].number:
            newest[key] = version
    found = []
    for version in newest.values():
        cancel.check()
        try:
            one = recorded(version)
        except PlatesError:
            continue  # one unreadable folder costs one version
        if one is not None:
            found.append(one.footage)
    return found


def _at_rate(found: Recorded, rate: Fraction | None) -> Recorded:
    """The same at the rate of the ingest where no header says one, as with PNG: the project's, or a person's."""
    if rate is None or found.footage.rate is not None or found.footage.kind not in ("sequence", "movie"):
        return found
    return replace(found, footage=replace(found.footage, rate=rate))


def _first_entry(version: PublishedVersion) -> dict[str, object]:
    try:
        return next((entry for _name, entry in read_entries(version.path) if isinstance(entry, dict)), {})
    except ManifestError:
        return {}
