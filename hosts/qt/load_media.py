# SPDX-License-Identifier: GPL-3.0-or-later
"""One published version for people: its facts, its picture, and where each policy would place it. No Qt here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ...core.checks import expected_spec
from ...core.clip import Clip
from ...core.conform import place
from ...core.errors import ManifestError, PlacementRefused, PlatesError, ReadFailed
from ...core.footage import Footage
from ...core.longpath import native
from ...core.media import Media
from ...core.placement import POLICIES, Placement, Policy
from ...core.placement_record import Recorded
from ...core.preview_record import picture_path, read_record, record_path
from ...core.probe import probe_clip
from ...core.project_facts import ProjectFacts
from ...core.project_view import project_view
from ...core.published_footage import recorded
from ...core.redelivery import version_clip
from ...core.sidecar import SidecarFacts
from ...core.start_facts import start_facts
from ...core.timecode import rate_text
from ...core.versions import PublishedVersion

POLICY_NAMES: dict[Policy, str] = {
    "shot-start": "Shot start",
    "source-frames": "Source frame numbers",
    "timecode": "Timecode of day",
}
POLICY_HELP: dict[Policy, str] = {
    "shot-start": "The cut in sits on the shot's start frame, handles before it.",
    "source-frames": "Every frame keeps the number of its file.",
    "timecode": "Every frame sits on its timecode, counted in frames from midnight.",
}


@dataclass(frozen=True)
class Seat:
    """Where one policy puts a plate, or in `refusal` why it cannot."""

    placement: Placement | None
    refusal: str = ""


@dataclass(frozen=True)
class Examined:
    """A version as it was read. `rows` are (label, value); `picture` is a file's path, "" with a sentence in its note.

    `problem` says why it cannot be loaded, "" where it can.
    """

    version: PublishedVersion
    rows: tuple[tuple[str, str], ...]
    seats: dict[Policy, Seat] = field(default_factory=dict)
    picture: str = ""
    picture_note: str = ""
    problem: str = ""


def examine(version: PublishedVersion, facts: ProjectFacts | None = None) -> Examined:
    """Read a version's record, one header and its picture's record; a few KiB. Never raises for a broken version."""
    told, broken = _sidecar(version)
    try:
        clip = version_clip(version)
        known = recorded(version)
    except PlatesError as error:
        return Examined(version, tuple(_origin(version, told)), problem=str(error), picture_note="No picture.")
    picture, note = picture_of(version)
    if clip is None or known is None:
        problem = "This version does not hold exactly one clip that can be read: look into its folder."
        return Examined(version, tuple(_origin(version, told)), {}, picture, note, problem)
    media = probe_clip(clip)
    rows = (*_clip_rows(known.footage, clip, media, told), *_origin(version, told))
    rows = (*rows, ("Sidecar", broken)) if broken else rows
    return Examined(version, rows, _seats(known, version, facts), picture, note)


def picture_of(version: PublishedVersion) -> tuple[str, str]:
    """(the picture's path, what it shows) or ("", how to get one)."""
    path = picture_path(version)
    if not os.path.isfile(native(path)):
        return "", f"No picture yet. To make one:\nramses-plates preview {_quoted(version.path)}"
    record = read_record(record_path(version))
    if record is None:
        return path, "Made by another tool; which version it shows is not recorded."
    if record.version != version.name or record.completed not in (0, version.completed):
        text = f"The picture there shows {record.version}. To make one of this version:"
        return "", f"{text}\nramses-plates preview {_quoted(version.path)}"
    at = f" at {record.timecode}" if record.timecode else ""
    return path, f"Frame {record.frame}{at}. {record.colour}".strip()


def version_line(version: PublishedVersion) -> tuple[str, str, str, str, str]:
    """(version, state, frames, date, by and comment) for the list; reads the sidecar. Never raises."""
    told, broken = _sidecar(version)
    try:
        clip = version_clip(version)
    except ReadFailed as error:
        return f"{version.number:03d}", version.state, "", "", error.message
    frames = "" if clip is None else (f"{clip.frames}" if clip.frames else clip.ext.upper())
    about = broken or (told.comment if told is not None else "")
    if not version.complete:
        about = f"Unfinished, or from another tool. {about}".rstrip()
    return f"{version.number:03d}", version.state, frames, date_text(_date(version, told)), about


def date_text(seconds: float | None) -> str:
    """A day and minute in local time, "" where nobody knows."""
    if not seconds:
        return ""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
    except (OverflowError, OSError, ValueError):
        return ""  # a sidecar may claim any year


def _sidecar(version: PublishedVersion) -> tuple[SidecarFacts | None, str]:
    try:
        return version.facts, ""
    except ManifestError as error:
        return None, error.message


def _date(version: PublishedVersion, told: SidecarFacts | None) -> float | None:
    return version.completed or (told.date if told is not None else None)


def _clip_rows(footage: Footage, clip: Clip, media: Media, told: SidecarFacts | None) -> Iterator[tuple[str, str]]:
    missing = clip.missing if clip.kind == "sequence" else None
    yield "Frames", f"{footage.frames}  ({len(footage.frames)})" if footage.frames else "unknown"
    if missing:
        yield "Missing", f"{missing}  ({len(missing)})"
    size = (media.width, media.height) if media.width else told.display if told is not None else None
    yield "Size", _size(size, media)
    yield "Rate", rate_text(footage.rate) if footage.rate else "not stated"
    yield "Timecode", _timecode(footage)
    yield "Format", _format(clip, media)
    tags = media.colour
    header = tags.space or tags.transfer or tags.primaries
    yield "Colour space", (told.colorspace if told is not None else None) or header or "not stated"
    if footage.reel:
        yield "Reel", footage.reel


def _format(clip: Clip, media: Media) -> str:
    """File type, codec, compression, pixels: each that says something new."""
    told: list[str] = []
    for word in (clip.ext.upper(), media.codec, media.compression, media.pixel_format):
        word = "uncompressed" if word == "none" else word
        if word and word.casefold() not in (one.casefold() for one in told):
            told.append(word)
    return ", ".join(told)


def _size(size: tuple[int | None, int | None] | None, media: Media) -> str:
    if size is None or not size[0] or not size[1]:
        return "unknown"
    aspect = media.pixel_aspect or Fraction(1)
    return f"{size[0]} × {size[1]}" + (f", pixel aspect {float(aspect):.4g}" if aspect != 1 else "")


def _timecode(footage: Footage) -> str:
    """Start and end as labels, whatever the policy: source timecode in and out, the last frame included."""
    start = footage.start()
    if start is None:
        return footage.start_label or "none"
    return f"{start}  –  {start + (footage.length - 1)}" if footage.length else str(start)


def _origin(version: PublishedVersion, told: SidecarFacts | None) -> Iterator[tuple[str, str]]:
    date = date_text(_date(version, told))
    who = told.operator if told is not None else ""
    if date or who:
        yield "Published", " by ".join(filter(None, (date, who)))
    if told is not None and told.source_media:
        yield "Delivered as", told.source_media
    if told is not None and told.comment:
        yield "Comment", told.comment


def _seats(known: Recorded, version: PublishedVersion, facts: ProjectFacts | None) -> dict[Policy, Seat]:
    step = facts.step(version.step) if facts is not None else None
    start = start_facts(known, step.settings if step is not None else None)
    rate = _project_rate(version, facts)
    seats = {}
    for policy in POLICIES:
        try:
            seat = Seat(place(known.footage, policy, shot_start=start, event=known.event, project_rate=rate))
        except PlacementRefused as error:
            seat = Seat(None, f"{error.message} {error.advice}".rstrip())
        seats[policy] = seat
    return seats


def _project_rate(version: PublishedVersion, facts: ProjectFacts | None) -> Fraction | None:
    """The rate of the shot's sequence, else the project's; None where Ramses was never asked."""
    if facts is None:
        return None
    view = project_view(version.project_root, facts)
    shot = facts.shot(version.shot)
    return expected_spec((shot.sequence or None) if shot is not None else None, view.spec, dict(view.sequences)).rate


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path
