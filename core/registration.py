# SPDX-License-Identifier: GPL-3.0-or-later
"""From a planned clip to the record that tells Ramses about its version."""

from __future__ import annotations

from dataclasses import replace

from .editorial.shots import shots_from_edit
from .holder import Holder
from .job import PublishJob
from .outbox import PUBLISH, UNDO, Registration, enqueue, registration_id
from .plan import PlannedClip, PlanOptions
from .sidecar import SidecarFacts, read_facts
from .timecode import rate_text
from .tree import PUBLISHED, parse_step_folder, parse_version_folder


def enqueue_clip(options: PlanOptions, planned: PlannedClip, job: PublishJob, version: int, folder: str) -> None:
    """Make the registration of a version durable, just before the version appears. Raises WriteFailed, DiskFull."""
    enqueue(options.root, registration_of(options, planned, job, version, folder))


def registration_of(
    options: PlanOptions, planned: PlannedClip, job: PublishJob, version: int, folder: str
) -> Registration:
    """The record of one version. The shot lasts as long as its cut in the edit, else as long as its plate."""
    frames, basis = shot_frames(options, planned)
    rate = options.view.spec.rate or planned.rate
    media = planned.media
    known = options.view.shots.get(planned.shot.upper())
    name = planned.resource and f" {planned.resource}"
    return Registration(
        id=registration_id(planned.shot, planned.step, planned.resource, job.key),
        run=job.run,
        plan=job.plan,
        project=options.view.project,
        shot=planned.shot,
        step=planned.step,
        version=version,
        state=planned.state,
        folder=folder,
        sequence=planned.sequence,
        resource=planned.resource,
        project_uuid="" if options.view.facts is None else options.view.facts.uuid,
        frames=frames,
        seconds=float(frames / rate) if frames and rate else None,
        rate="" if rate is None else rate_text(rate),
        width=media.width,
        height=media.height,
        pixel_aspect="" if media.pixel_aspect is None else str(media.pixel_aspect),
        source_media=planned.clip.base or planned.clip.file,
        comment=f"Ingested v{version:03d}{name} from {planned.clip.folder} ({frames} frames: {basis})",
        operator=job.operator,
        holder=Holder.me(job.run, job.key).text(),
        before={} if known is None else {"shot": known[0], "sequence": known[1]},
    )


def correction_of(run: str, folder: str, operator: str) -> Registration | None:
    """The record that tells Ramses of an undone version; None for a folder that is no version of a shot's step."""
    step_folder, _, name = folder.rpartition(f"/{PUBLISHED}/")
    parts = step_folder.split("/")
    step = parse_step_folder(parts[-1], parts[-2] if len(parts) > 1 else "")
    version = parse_version_folder(name)
    if step is None or step.kind != "S" or version is None or not version.state:
        return None
    record = registration_id(step.name, step.step, version.resource, f"undo {folder}")
    return Registration(
        id=record,
        run=run,
        plan="",
        project=step.project,
        shot=step.name,
        step=step.step,
        version=version.number,
        state=version.state,
        folder=folder,
        resource=version.resource,
        operator=operator,
        action=UNDO,
        holder=Holder.me(run, record).text(),
    )


def registration_of_version(path: str, folder: str, run: str, operator: str) -> Registration | None:
    """The record that tells Ramses of a version that is put back; `path` is where it lies now, `folder` where it
    will stand. None for a folder that is no version of a shot's step. Raises ManifestError, ReadFailed.
    """
    base = correction_of(run, folder, operator)
    if base is None:
        return None
    facts = read_facts(path) or SidecarFacts()
    sequence = facts.record.get("sequence")
    return replace(
        base,
        id=registration_id(base.shot, base.step, base.resource, facts.plan or folder),
        plan=facts.plan,
        sequence=sequence if isinstance(sequence, str) and sequence else None,
        source_media=facts.source_media,
        comment=facts.comment,
        operator=facts.operator or operator,
        action=PUBLISH,
    )


def shot_frames(options: PlanOptions, planned: PlannedClip) -> tuple[int, str]:
    """How long the shot is in frames (0 = not known), and in words what was counted."""
    if options.edit is not None:
        names = {planned.shot.upper(), (planned.identity.shot or "").upper()}
        for shot in shots_from_edit(options.edit):
            if shot.frames is not None and shot.shot.upper() in names:
                return shot.frames, shot.basis
    handles = planned.record.get("handles")
    count = _plate_frames(planned)
    if isinstance(handles, (list, tuple)) and len(handles) == 2 and count > sum(handles):
        return count - sum(handles), "the plate without its handles"
    return count, "the whole plate"


def _plate_frames(planned: PlannedClip) -> int:
    clip = planned.clip
    if clip.kind == "sequence":
        frames = clip.frames if planned.base is None else clip.frames | planned.base.clip.frames
        return frames.last - frames.first + 1
    return planned.media.frame_count or 0 if clip.kind == "movie" else 1
