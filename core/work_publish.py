# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishes an artist's work like a plate: staged, hashed, verified, committed at once; the outbox tells Ramses."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .checks import check_completeness, check_frames_report, check_media
from .clip import Clip
from .delivery import Delivered, survey
from .errors import NameRefused, ReadFailed
from .events import Cancel, Listener, silent
from .finding import Finding, blocks
from .footage import Footage
from .holder import Holder
from .ids import check_state
from .job import Copies, Published, PublishJob, VerifyLevel
from .outbox import Registration, enqueue, registration_id
from .placement_record import placement_record
from .provenance import PUBLISHED_BY
from .publish import publish
from .run import new_run_id, operator_name
from .sidecar import SidecarFacts
from .source_files import SourceFiles
from .work_context import WorkContext
from .workfile import publish_number, save_version


@dataclass(frozen=True)
class _Order:
    """What is published besides files: who, how, why."""

    state: str
    comment: str
    host: str
    work_file: str | None
    record: Mapping[str, Any]
    verify: VerifyLevel
    facts: SidecarFacts = field(default_factory=SidecarFacts)


def publish_scene(
    context: WorkContext,
    scene_path: str,
    ext: str | None = None,
    state: str = "WIP",
    comment: str = "",
    *,
    extra: Sequence[str] = (),
    work_file: str | None = None,
    host: str = "",
    record: Mapping[str, Any] | None = None,
    verify: VerifyLevel = "full",
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> Published:
    """Publish a scene file as `_published/NNN_STATE/PROJ_S_SHOT_STEP[_RES].ext`; it is on the disk when this returns.

    NNN is max(newest work version, newest published + 1), more only where somebody else took that number meanwhile.
    `work_file` (by default the scene itself) is saved under the same number in `_versions` first. `scene_path` may be
    a copy that the host prepared. `extra` are further files, published beside it as `<stem>.<their name>`.
    `record` is kept in the sidecar. The registration waits in the outbox: `register.sync` delivers it.
    Raises ReadFailed, NameRefused, DiskFull, WriteFailed, VerifyFailed, SourceChanged, Cancelled.
    """
    ext = (ext or os.path.splitext(scene_path)[1]).lower().lstrip(".")
    files = [Copies(_taken(_single(scene_path)), context.stem, f".{ext}")]
    for path in extra:
        files.append(Copies(_taken(_single(path)), f"{context.stem}.", os.path.basename(path)))
    order = _Order(state, comment, host, work_file or scene_path, {"kind": "scene", **(record or {})}, verify)
    return _publish(context, files, order, listen, cancel or Cancel())


def publish_render(
    context: WorkContext,
    folder: str,
    state: str = "WIP",
    comment: str = "",
    *,
    base: str | None = None,
    work_file: str | None = None,
    host: str = "",
    verify: VerifyLevel = "full",
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> tuple[Published, tuple[Finding, ...]]:
    """Publish the rendered frames (or movie) in `folder` like a plate; every frame's header is read before.

    With `base` only the clip of that name counts, in any case: several scenes of a step render into one folder.
    Returns the version and what a person should know. Raises NameRefused where `folder` holds no clip or several,
    ReadFailed where frames are missing, empty or broken, and everything that publish_scene raises.
    """
    cancel = cancel or Cancel()
    item = _rendered(folder, base, listen, cancel)
    findings = tuple(_faults(item))
    if blocks(findings):
        bad = next(finding for finding in findings if finding.severity == "error")
        raise ReadFailed(bad.message, bad.file or folder, "Render these frames again.")
    clip, media = item.clip, item.media
    prefix = context.stem if clip.file else f"{context.stem}."
    record = placement_record(Footage.of_clip(clip, media))
    facts = SidecarFacts(
        timecode=media.start_timecode,
        rate=media.fps,
        source_media=clip.base,
        colorspace=media.colour.space,
        display=None if media.width is None or media.height is None else (media.width, media.height),
        data_window=media.data_window,
        pixel_aspect=media.pixel_aspect,
    )
    order = _Order(state, comment, host, work_file, record, verify, facts)
    files = [Copies(SourceFiles.take(clip, cancel=cancel), prefix, f".{clip.ext}")]
    return _publish(context, files, order, listen, cancel), findings


def _publish(context: WorkContext, files: list[Copies], order: _Order, listen: Listener, cancel: Cancel) -> Published:
    state, run, operator = check_state(order.state), new_run_id(), operator_name()
    told = f"{PUBLISHED_BY}{operator}{f' from {order.host}' if order.host else ''}"
    comment = f"{told}: {order.comment}" if order.comment else told
    facts = SidecarFacts(
        comment=comment,
        source=(order.work_file or files[0].sources.clip.folder).replace("\\", "/"),
        source_media=order.facts.source_media,
        operator=operator,
        timecode=order.facts.timecode,
        rate=order.facts.rate,
        colorspace=order.facts.colorspace,
        display=order.facts.display,
        data_window=order.facts.data_window,
        pixel_aspect=order.facts.pixel_aspect,
        record=order.record,
    )
    digests = [copies.sources.digest() for copies in files]
    plan = hashlib.sha1(json.dumps([context.step_folder, state, *digests]).encode(), usedforsecurity=False).hexdigest()
    least = publish_number(context)
    job = PublishJob(
        context.root, context.step_folder, context.resource, state, tuple(files), run, plan, facts, order.verify,
        comment, operator, context.label, least,
    )  # fmt: skip

    def sealed(number: int, folder: str) -> None:
        if order.work_file is not None:
            save_version(context, order.work_file, state, order.comment, number)
        enqueue(context.root, _registration(context, job, number, folder))

    return publish(job, listen=listen, cancel=cancel, sealed=sealed)


def _registration(context: WorkContext, job: PublishJob, number: int, folder: str) -> Registration:
    """A scene says nothing about its shot or asset: no length, no source, only that this version exists."""
    return Registration(
        id=registration_id(context.name, context.step, context.resource, job.key),
        run=job.run,
        plan=job.plan,
        project=context.project,
        shot=context.name,
        step=context.step,
        version=number,
        state=job.state,
        folder=folder,
        resource=context.resource,
        comment=job.comment,
        operator=job.operator,
        holder=Holder.me(job.run, job.key).text(),
        kind=context.kind,
    )


def _single(path: str) -> Clip:
    folder, name = os.path.split(os.path.abspath(path))
    base, ext = os.path.splitext(name)
    return Clip("still", folder, ".", base, ext.lower().lstrip("."), file=name)


def _taken(clip: Clip) -> SourceFiles:
    """The file as it is now. Raises ReadFailed where it is not there."""
    sources = SourceFiles.take(clip, threads=1)
    for name, why in sources.problems:
        raise ReadFailed(why, os.path.join(clip.folder, name), "Save the scene first.")
    return sources


def _rendered(folder: str, base: str | None, listen: Listener, cancel: Cancel) -> Delivered:
    items = survey([os.path.abspath(folder)], listen=listen, cancel=cancel).items
    if base is not None:
        found, items = items, tuple(item for item in items if item.clip.base.casefold() == base.casefold())
        if not items:
            others = ", ".join(item.clip.label for item in found[:5]) or "nothing"
            raise ReadFailed(f"no frame of {base} is here, but {others}.", folder, "Render first.")
    if len(items) != 1:
        labels = ", ".join(item.clip.label for item in items[:5]) or "none"
        raise NameRefused(f"one clip is published at a time, and here are: {labels}.", folder, "Choose its folder.")
    return items[0]


def _faults(item: Delivered) -> list[Finding]:
    found = [*check_media(item.clip, item.media), *check_completeness(item.clip, "refuse")]
    return found + (check_frames_report(item.clip, item.frames) if item.frames is not None else [])
