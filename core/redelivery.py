# SPDX-License-Identifier: GPL-3.0-or-later
"""A clip against what is published of it: the same content, a few corrected frames, or something new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .clip import Clip
from .destination import looks_like_patch
from .duplicates import find_duplicate
from .events import Cancel
from .finding import error, info, warning
from .footage import Footage
from .frames import FrameSet
from .grouping import Place, group_names
from .placement_record import placement_record
from .plan import PlannedClip, PlanOptions
from .probe import probe_clip
from .source_files import SourceFiles
from .versions import PublishedVersion

# Older versions are not compared: a plate that comes back from long ago is worth a new version.
_COMPARED = 10


def check_published(
    clip: PlannedClip, versions: Sequence[PublishedVersion], options: PlanOptions, cancel: Cancel
) -> PlannedClip:
    """The clip as a duplicate, as a patch of the newest version, or as it is; findings say which and why.

    `versions` are all of the step, in any order; only those of the same resource count. Reads whole files only where
    count and sizes of a version are equal. Raises ReadFailed, Cancelled.
    """
    assert clip.sources is not None
    mine = [version for version in versions if version.resource.upper() == clip.resource.upper()]
    mine = sorted(mine, key=lambda version: version.number, reverse=True)[:_COMPARED]
    duplicate = find_duplicate(mine, clip.resource, clip.sources, cancel)
    findings = [
        warning("duplicate-unchecked", f"Version {name} could not be compared: {why}.")
        for name, why in duplicate.unchecked
    ]
    if duplicate.version is not None:
        found = duplicate.version
        text = f"The same content is published as version {found.number:03d}; nothing to do."
        findings.append(info("duplicate", text, found.folder))
        return replace(
            clip, status="duplicate", version=found.number, folder=found.folder, findings=(*clip.findings, *findings)
        )
    clip = replace(clip, findings=(*clip.findings, *findings))
    newest = next((version for version in mine if version.complete), None)
    if newest is None or clip.clip.kind != "sequence":
        return _no_patch(clip) if options.patch else clip
    return _check_patch(clip, newest, options, cancel)


def _check_patch(clip: PlannedClip, newest: PublishedVersion, options: PlanOptions, cancel: Cancel) -> PlannedClip:
    published = version_clip(newest)
    if published is None or published.kind != "sequence" or published.ext != clip.clip.ext:
        return _no_patch(clip) if options.patch else clip
    new, old = clip.clip.frames, published.frames
    if options.patch:
        if not new - old and new == old:
            return clip
        return _patch(clip, newest, published, cancel)
    if options.incomplete != "publish" and looks_like_patch(new, old):
        text = f"These {len(new)} frames ({new}) are part of version {newest.number:03d}, which has {len(old)}."
        advice = "Publish them as a patch with --patch, or as they are with --incomplete publish."
        return replace(clip, findings=(*clip.findings, error("looks-like-patch", text, advice=advice)))
    if new != old and not new - old:
        text = f"The clip has {len(new)} frames; version {newest.number:03d} has {len(old)} ({old})."
        clip = replace(clip, findings=(*clip.findings, warning("fewer-frames", text)))
    return clip


def _patch(clip: PlannedClip, newest: PublishedVersion, published: Clip, cancel: Cancel) -> PlannedClip:
    """A full new version: the published frames, with the delivered ones in place of theirs."""
    base = SourceFiles.take(published, cancel=cancel)
    if base.problems or base.zero_byte:
        text = f"Version {newest.number:03d} has frames that cannot be read, so it cannot be completed."
        return replace(clip, findings=(*clip.findings, error("patch-base", text, newest.folder)))
    replaced = published.frames & clip.clip.frames
    added = clip.clip.frames - published.frames
    text = f"Patch of version {newest.number:03d}: frames {replaced or 'none'} are replaced"
    text += f", {added} are added." if added else "."
    clip = _described_whole(clip, published)
    return replace(clip, base=base, base_version=newest.folder, findings=(*clip.findings, info("patch", text)))


def _described_whole(clip: PlannedClip, published: Clip) -> PlannedClip:
    """The facts of the version as it will be: its first frame may be a published one, not a delivered one."""
    whole = replace(published, frames=published.frames | clip.clip.frames, runs=published.runs)
    if published.frames.first <= clip.clip.frames.first:
        media = probe_clip(published)
        if media.error is None:
            clip = replace(clip, media=replace(clip.media, start_timecode=media.start_timecode))
    footage = Footage.of_clip(whole, clip.media)
    record = placement_record(footage, event=clip.event)
    # the shot's start was decided for the plate, not for the few frames that came now
    kept = {key: value for key, value in clip.record.items() if key.startswith("shot_start")}
    return replace(clip, record={**record, **kept}, timecode_breaks=())


def _no_patch(clip: PlannedClip) -> PlannedClip:
    text = "There is no published sequence of this plate that these frames could complete."
    advice = "Leave out --patch to publish them as a version of their own."
    return replace(clip, findings=(*clip.findings, error("no-patch-base", text, advice=advice)))


def version_clip(version: PublishedVersion) -> Clip | None:
    """The one clip that a version folder holds, None where it holds none or several."""
    grouped = group_names(version.files, Place(version.path))
    return grouped.clips[0] if len(grouped.clips) == 1 else None


def frames_of(version: PublishedVersion) -> FrameSet:
    """The frames of a published sequence; empty for movies and stills."""
    clip = version_clip(version)
    return FrameSet() if clip is None else clip.frames
