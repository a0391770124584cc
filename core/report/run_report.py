# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of one run: what was delivered and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..finding import Finding
from ..footage import Footage
from ..frames import FrameSet
from ..order import compare
from ..plan import PlannedClip
from ..run import ClipResult, RunResult
from .delta import identity
from .edit import EditComparison, edit_comparison
from .pictures import Album
from .rows import Report, Row, timecodes


def run_report(result: RunResult) -> Report:
    """All clips of a run, in the order of the delivery."""
    options = result.plan.options
    album = Album(options.root)
    rows = tuple(_row(result, clip, album) for clip in result.clips)
    folders = {clip.planned.clip.root for clip in result.clips} | set(result.plan.paths)
    return Report(
        "run",
        options.view.project,
        result.started,
        rows,
        operator=result.operator,
        run=result.run,
        took=result.seconds,
        registered=result.registered,
        # what the edit lacks stands in a section of its own
        notes=(*result.plan.warnings, *result.warnings, *_said(result.plan.findings)),
        left_out=tuple((entry.path, entry.reason) for entry in result.plan.ignored),
        private=(options.root, *sorted(folders, key=len, reverse=True)),
        edit=_edit(result),
    )


def _edit(result: RunResult) -> EditComparison | None:
    """What the edit ordered beside what this run brought; None where there was no edit."""
    options = result.plan.options
    if options.edit is None:
        return None
    footage, fates = [], {}
    for one in result.clips:
        if one.planned.media.error is None:
            footage.append(_footage(one.planned))
            fates[footage[-1].path] = _fate(one)
    order = compare(options.edit, footage, criteria=options.criteria)
    return edit_comparison(order, fates)


def _said(findings: Iterable[Finding]) -> Iterator[str]:
    return (finding.message for finding in findings if not finding.code.startswith("edit-"))


def _fate(one: ClipResult) -> str:
    if one.published is not None:
        return f"v{one.published.version:03d}"
    return {"duplicate": "there already", "planned": "not published yet"}.get(one.status, one.status)


def _footage(planned: PlannedClip) -> Footage:
    """The footage as planning saw it: at the decided rate, and believed where its frames were looked at."""
    footage = Footage.of_clip(planned.clip, planned.media)
    if planned.rate is not None:
        footage = footage.at_rate(planned.rate)
    looked_at = bool(planned.record) and not planned.record.get("timecode_doubt")
    return footage.confirmed() if looked_at else footage


def _row(result: RunResult, one: ClipResult, album: Album) -> Row:
    planned, published = one.planned, one.published
    clip, media = planned.clip, planned.media
    footage = _footage(planned)
    start, end = timecodes(footage)
    folder = published.folder if published else planned.folder if one.status == "duplicate" else None
    picture, preview = album.picture(folder, planned.resource) if folder else (None, None)
    frames = footage.frames if clip.kind == "movie" else clip.frames
    extra: dict[str, Any] = {} if picture is None else {"picture": picture, "preview": preview}
    if folder and preview:
        extra["proxy"] = album.proxy(folder, planned.resource)
    return Row(
        status=one.status,
        label=clip.label,
        shot=planned.shot,
        sequence=planned.sequence,
        step=planned.step,
        resource=planned.resource,
        version=published.version if published else planned.version,
        state=planned.state,
        kind=clip.kind,
        name=clip.base or clip.file,
        count=movie_length(clip.kind, frames, clip.count),
        files=clip.count,
        frames=str(frames),
        missing=str(clip.missing),
        missing_count=len(clip.missing),
        width=media.width,
        height=media.height,
        pixel_aspect=media.pixel_aspect,
        rate=planned.rate,
        rate_manual=planned.rate_manual,
        codec=media.codec,
        compression=media.compression,
        pixel_format=media.pixel_format,
        timecode_in=start,
        timecode_out=end,
        reel=footage.reel,
        colorspace=planned.colorspace,
        colour=media.colour,
        bytes=published.bytes if published else planned.bytes,
        verification=published.verification if published else None,
        hash_name=published.hash_name if published else None,
        manifest=published.manifest if published else None,
        folder=folder,
        source=clip.folder,
        operator=result.operator,
        when=result.started,
        findings=(*planned.findings, *one.findings),
        identity=identity(result.plan.options.root, folder) if published and folder else "",
        **edit_facts(planned.record),
        **extra,
    )


def movie_length(kind: str, frames: FrameSet, files: int) -> int:
    """How many frames a clip has: a movie's are in the file, everything else is one per file."""
    return len(frames) if kind == "movie" and frames else files


def edit_facts(record: Any) -> dict[str, Any]:
    """What the placement record of a plate says about the edit: event number, ordered frames, handles."""
    event, cut, handles = record.get("event"), record.get("cut"), record.get("handles")
    number = event.get("number") if isinstance(event, dict) else None
    return {
        "event": number if isinstance(number, str) else None,
        "ordered": _pair(cut),
        "handles": _pair(handles),
    }


def _pair(value: object) -> tuple[int, int] | None:
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(type(part) is int for part in value):
        return value[0], value[1]
    return None
