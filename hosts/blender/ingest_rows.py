# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of a delivery's clips: filled from a plan, edited by the artist, read back as decisions."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from ...core.errors import PlatesError, SettingsError
from ...core.finding import Finding
from ...core.plan import Override, Plan, PlannedClip
from ...core.timecode import rate_of, rate_text

EDITABLE = ("shot", "resource", "rate", "colorspace")


def overrides(rows: Any) -> dict[str, Override]:
    """What the artist changed in the list, by clip. Raises SettingsError for a rate that is none."""
    found = {}
    for row in _touched(rows):
        changed: dict[str, Any] = {} if row.use else {"skip": True}
        for name in EDITABLE:
            text = getattr(row, name).strip()
            if text != getattr(row, f"planned_{name}"):
                changed[name] = _rate(row.label, text) if name == "rate" else text
        if not changed.get("colorspace", True):
            del changed["colorspace"]  # emptied: what the files say counts again
        if changed:
            found[row.key] = Override(**changed)
    return found


def _touched(rows: Any) -> Iterator[Any]:
    """The rows that somebody edited: reading all of thousands would hold the window."""
    marks = [False] * len(rows)
    rows.foreach_get("edited", marks)
    return (rows[at] for at, mark in enumerate(marks) if mark)


def _rate(label: str, text: str) -> Any:
    try:
        return rate_of(text) if text else None
    except (PlatesError, ValueError, ZeroDivisionError) as problem:
        raise SettingsError(f"{label}: {text} is no frame rate.", advice="Write 23.976, 25 or 30000/1001.") from problem


def show(session: Any, plan: Plan, edited: dict[str, Override]) -> Generator[None, None, None]:
    """Fill the list, clip by clip; an edited value stays, with what the rules said kept beside it."""
    before = {
        row.key: {name: (getattr(row, name), getattr(row, f"planned_{name}")) for name in EDITABLE}
        for row in _touched(session.clips)
    }
    yield
    session.clips.clear()
    yield
    for clip in plan.clips:
        row = session.clips.add()
        row.name = clip.clip.base or clip.clip.file
        row.key, row.label, row.status = clip.key, clip.clip.label, clip.status
        row.sequence, row.folder, row.findings = clip.sequence or "", clip.folder or "", told(clip)
        row.use = not (clip.key in edited and edited[clip.key].skip)
        row.frames = str(clip.clip.frames) if not clip.clip.file else f"{clip.media.frame_count or 1} in one file"
        row.timecode = clip.media.start_timecode or ""
        now = {
            "shot": clip.shot,
            "resource": clip.resource,
            "rate": "" if clip.rate is None else rate_text(clip.rate),
            "colorspace": clip.colorspace or "",
        }
        kept = before.get(clip.key, {})
        for name, value in now.items():
            typed, planned = kept.get(name, (value, value))
            mine = typed != planned
            setattr(row, name, typed if mine else value)
            setattr(row, f"planned_{name}", planned if mine else value)
        row.edited = clip.key in edited
        yield


def told(clip: PlannedClip, more: tuple[Finding, ...] = ()) -> str:
    """One line per finding that matters, with its severity in front."""
    found = [finding for finding in (*clip.findings, *more) if finding.severity != "info"]
    return "\n".join(f"{finding.severity}: {finding.message} {finding.advice}".rstrip() for finding in found)
