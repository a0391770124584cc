# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a whole project: what stands on its disk, whoever published it and whenever."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .. import mhl
from ..cache import ProbeCache
from ..clip import Clip
from ..errors import ManifestError, PlatesError
from ..events import Cancel, Event, Listener, silent
from ..finding import Finding, error, warning
from ..footage import Footage
from ..longpath import native
from ..media import Media
from ..placement_record import from_record
from ..probe import probe_clips
from ..redelivery import version_clip
from ..sidecar import SidecarFacts, read_entries
from ..versions import PublishedVersion, list_versions
from .delta import identity
from .pictures import Album
from .rows import Report, Row, timecodes
from .run_report import edit_facts, movie_length


@dataclass(frozen=True)
class Selection:
    """Which versions a report shows. `shots` empty = all; `known` are identities to be left out; `since` epoch seconds.

    A version whose time is not known counts as new: showing one twice is better than losing one.
    """

    shots: Collection[str] = ()
    known: Collection[str] = ()
    since: float | None = None
    scope: str = ""


def project_report(
    root: str,
    project: str,
    when: float,
    select: Selection | None = None,
    *,
    operator: str = "",
    cache: ProbeCache | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> Report:
    """Every version of the project that `select` wants. Opens one media file per version (or none, from the cache).

    Raises ReadFailed, Cancelled; a version that cannot be read is shown with the reason.
    """
    cancel, select = cancel or Cancel(), select or Selection()
    found = list_versions(root, listen=listen, cancel=cancel)
    newest = _newest(found)
    versions = [version for version in found if _wanted(version, select)]
    clips = [_clip_of(version) for version in versions]
    media = _probed([clip for clip in clips if clip is not None], cache, cancel)
    look = _Look(root, Album(root), newest, media)
    rows = []
    for done, (version, clip) in enumerate(zip(versions, clips, strict=True), start=1):
        cancel.check()
        rows.append(look.row(version, clip))
        listen(Event("report", done, len(versions), "versions", version.name))
    people = {row.operator for row in rows if row.operator} | {operator}
    private = (root, *sorted({row.source for row in rows if row.source}, key=len, reverse=True), *sorted(people))
    return Report(
        "project",
        project,
        when,
        tuple(sorted(rows, key=_order)),
        operator=operator,
        scope=select.scope,
        private=tuple(word for word in private if word),
    )


def _order(row: Row) -> tuple[str, str, str, int]:
    """Shots in order, main plates before resources, the newest version first."""
    return row.shot.upper(), row.step.upper(), row.resource.upper(), -(row.version or 0)


def _wanted(version: PublishedVersion, select: Selection) -> bool:
    if select.shots and version.shot.upper() not in {shot.upper() for shot in select.shots}:
        return False
    if select.since is not None and version.completed and version.completed < select.since:
        return False
    return not select.known or identity(version.project_root, version.folder) not in select.known


def _newest(versions: Sequence[PublishedVersion]) -> frozenset[str]:
    """The folders of the newest version of each plate and resource."""
    best: dict[tuple[str, str, str], PublishedVersion] = {}
    for version in versions:
        key = (version.shot.upper(), version.step.upper(), version.resource.upper())
        if key not in best or version.number > best[key].number:
            best[key] = version
    return frozenset(version.folder for version in best.values())


def _clip_of(version: PublishedVersion) -> Clip | None:
    try:
        return version_clip(version)
    except PlatesError:
        return None  # the row says so


def _probed(clips: Sequence[Clip], cache: ProbeCache | None, cancel: Cancel) -> dict[str, Media]:
    return {clips[index].first_path: media for index, media in probe_clips(clips, cache=cache, cancel=cancel)}


@dataclass
class _Look:
    """What the rows of one report share."""

    root: str
    album: Album
    newest: frozenset[str]
    media: Mapping[str, Media] = field(default_factory=dict)

    def row(self, version: PublishedVersion, clip: Clip | None) -> Row:
        """One version with all that its records and its files say."""
        findings: list[Finding] = []
        if version.problem:
            findings.append(warning("sidecar-broken", "The version's own record is broken; the files are untouched."))
        facts = None if version.problem else version.facts
        picture, preview = self.album.picture(version.folder, version.resource, version.folder in self.newest)
        values: dict[str, Any] = {"status": "published", "label": version.name}
        size, checked = self._content(version, findings)
        if clip is None:
            findings.append(error("no-single-clip", "The folder does not hold exactly one clip."))
        else:
            values.update(self._clip_facts(clip, facts, findings))
        if not version.complete:
            text = "The mark of completeness is missing: it is still being written, or another tool published it."
            findings.append(warning("no-marker", text))
            values["status"] = "incomplete"
        if any(finding.severity == "error" for finding in findings):
            values["status"] = "damaged"
        return Row(
            **values,
            shot=version.shot,
            step=version.step,
            resource=version.resource,
            version=version.number,
            state=version.state,
            folder=version.folder,
            bytes=size,
            manifest=checked,
            verification=facts.verification or None if facts else None,
            hash_name=facts.hash_name or None if facts else None,
            source=facts.source if facts else "",
            operator=facts.operator if facts else "",
            when=facts.date if facts and facts.date else version.completed or None,
            findings=tuple(findings),
            picture=picture,
            preview=preview,
            proxy=self.album.proxy(version.folder, version.resource) if preview else "",
            identity=identity(version.project_root, version.folder),
        )

    def _clip_facts(self, clip: Clip, facts: SidecarFacts | None, findings: list[Finding]) -> dict[str, Any]:
        media = self.media.get(clip.first_path) or Media("none", error="not read")
        if media.error is not None:
            findings.append(error("unreadable", "The first file cannot be read."))
        if clip.missing:
            findings.append(warning("missing-frames", f"{len(clip.missing)} frames are missing: {clip.missing}."))
        footage = _footage(clip, media, facts)
        start, end = timecodes(footage)
        record = facts.record if facts else {}
        sequence = record.get("sequence")
        frames = footage.frames if clip.kind == "movie" else clip.frames
        source = facts.source_media if facts else ""
        return {
            "label": source or clip.label,
            "name": source or clip.base or clip.file,
            "sequence": sequence if isinstance(sequence, str) else None,
            "kind": clip.kind,
            "count": movie_length(clip.kind, frames, clip.count),
            "files": clip.count,
            "frames": str(frames),
            "missing": str(clip.missing),
            "missing_count": len(clip.missing),
            "width": media.width,
            "height": media.height,
            "pixel_aspect": media.pixel_aspect,
            "rate": footage.rate,
            "rate_manual": bool(facts and facts.rate_manual),
            "codec": media.codec,
            "compression": media.compression,
            "pixel_format": media.pixel_format,
            "timecode_in": start,
            "timecode_out": end,
            "reel": footage.reel,
            "colorspace": facts.colorspace if facts else None,
            "colour": media.colour,
            **edit_facts(record),
        }

    def _content(self, version: PublishedVersion, findings: list[Finding]) -> tuple[int, str | None]:
        """Bytes of the version and its manifest; a finding for every file that is listed and not there."""
        try:
            present = frozenset(version.files)
            manifest = mhl.read(version.path)
        except ManifestError:
            findings.append(error("manifest-broken", "The version's manifest is broken: verify the version."))
            return 0, None
        except PlatesError:
            findings.append(error("unreadable", "The version's folder cannot be read."))
            return 0, None
        sizes = {name: entry.size for name, entry in manifest.files.items()} if manifest else _listed(version)
        lost = sorted(name for name in sizes if name not in present and "/" not in name)
        if lost:
            text = f"{len(lost)} of its files are not on the disk any more: {', '.join(lost[:3])}"
            findings.append(error("files-lost", text + (" ..." if len(lost) > 3 else ".")))
        size = sum(sizes.get(name) or _size(version.path, name) for name in present)
        return size, f"{version.folder}/{mhl.FOLDER}/{manifest.generations[-1]}" if manifest else None


def _footage(clip: Clip, media: Media, facts: SidecarFacts | None) -> Footage:
    """The footage as its record remembers it, else as its header and sidecar say."""
    if facts is not None and facts.record.get("kind") == clip.kind:
        try:
            frames = clip.frames if clip.kind == "sequence" else None
            known = from_record(facts.record, frames=frames, path=clip.first_path, ext=clip.ext).footage
            return known if known.rate is not None else replace(known, rate=facts.rate)
        except ManifestError:
            pass  # a broken record is no reason not to look at the files themselves
    footage = Footage.of_clip(clip, media)
    if facts is not None and facts.rate is not None and footage.rate is None:
        footage = footage.at_rate(facts.rate)
    return footage


def _listed(version: PublishedVersion) -> dict[str, int | None]:
    """The files that another tool's sidecar names."""
    try:
        return {name: None for name, entry in read_entries(version.path) if isinstance(entry, dict)}
    except ManifestError:
        return {}


def _size(folder: str, name: str) -> int:
    try:
        return os.stat(native(os.path.join(folder, name))).st_size
    except OSError:
        return 0
