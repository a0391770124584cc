# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of order and delivery for people: findings of the plan, and a table for a terminal."""

from __future__ import annotations

from .editorial.model import Event
from .finding import Finding, info, warning
from .footage import Footage
from .frames import NO_FRAMES, FrameSet
from .match import Matched
from .order import GOOD, Order, OrderLine, shown_ranges, summary

_ADVICE = {
    "missing": "Ask for it, or widen the search: --match name.",
    "short": "Ask for the missing frames, or shorten the shot.",
    "gaps": "Ask for the missing frames.",
    "several": "Choose one of them.",
    "wrong-rate": "Check the rate of the edit (--rate) and of the delivery.",
}


def findings(order: Order) -> tuple[Finding, ...]:
    """One finding per event that lacks something, per clip that nobody ordered, and per refused line."""
    found = [_line_finding(line, order) for line in order.lines if line.status not in GOOD or line.retimed]
    for at in order.unordered:
        clip = order.footage[at]
        near = order.matches.by_footage[at].near
        said = f"{clip.name} was delivered, but no event of the edit needs it."
        found.append(warning("edit-unordered", f"{said} {near[0]}" if near else said, clip.path or None))
    for problem in order.edit.refused_lines:
        found.append(warning("edit-line", f"Line {problem.line} of the edit was left out: {problem.reason}."))
    return tuple(found)


def clip_findings(matched: Matched, events: tuple[Event, ...], footage: Footage) -> tuple[Finding, ...]:
    """What a plan says about one clip: the event that ordered it and why, or that none or several did."""
    if matched.kind == "none":
        near = f" {matched.near[0]}" if matched.near else ""
        return (warning("edit-no-event", f"No event of the edit ordered this clip.{near}"),)
    found = [events[match.event] for match in matched.matches]
    shots = list(dict.fromkeys(event.shot for event in found if event.shot is not None))
    if len(shots) > 1:
        names = ", ".join(event.label for event in found[:5])
        said = f"{len(found)} events of different shots use this clip: {names}."
        advice = "Say which shot it is, or deliver it once per shot."
        return (warning("edit-several-events", said, advice=advice),)
    first = matched.matches[0]
    more = f" and {len(found) - 1} more of the shot" if len(found) > 1 else ""
    reasons = [info("edit-event", f"Ordered by {found[0].label}{more}: {first.reason}.")]
    for event in found:
        reasons.extend(expectation_findings(event, footage))
    return tuple(reasons)


def expectation_findings(event: Event, footage: Footage) -> tuple[Finding, ...]:
    """The file frames that a note of the list asks for, against those delivered. Handles around them are fine."""
    if event.expected is None:
        return ()
    first, last = event.expected
    wanted = last - first + 1
    if footage.kind != "sequence":
        if not footage.length or footage.length >= wanted:
            return ()
        said = f"The edit asks for {wanted} frames ({first}-{last}), the file has {footage.length}."
        return (warning("edit-frames-missing", said),)
    missing = FrameSet(((first, last),)) - footage.frames if footage.frames else NO_FRAMES
    if not missing:
        return ()
    said = f"The edit asks for frames {first}-{last}; {len(missing)} of them are missing: {shown_ranges(missing)}."
    return (warning("edit-frames-missing", said, advice="Ask for the missing frames."),)


def table(order: Order) -> str:
    """The comparison as text: one row per event, then what nobody ordered, then the counts."""
    rows: list[tuple[str, ...]] = [("event", "shot", "ordered", "delivered", "status", "handles", "what")]
    for line in order.lines:
        rows.append(_row(line, order))
    widths = [min(36, max(len(row[at]) for row in rows)) for at in range(len(rows[0]) - 1)]
    lines = [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1])) for row in rows
    ]
    lines.extend(f"not ordered: {order.footage[at].path or order.footage[at].name}" for at in order.unordered)
    counts = ", ".join(f"{name}: {count}" for name, count in summary(order).items() if count or name == "events")
    return "\n".join((*lines, counts)) + "\n"


def _row(line: OrderLine, order: Order) -> tuple[str, ...]:
    event = line.event
    names = sorted({order.footage[at].name for at in line.clips})
    handles = (
        f"{line.head_handle}+{line.tail_handle}" if line.clips and line.status in ("covered", "short", "gaps") else ""
    )
    ordered = event.clip or event.tape or ""
    return (event.number or "", event.shot or "", ordered, ", ".join(names), line.status, handles, line.message)


def _line_finding(line: OrderLine, order: Order) -> Finding:
    path = order.footage[line.clips[0]].path or None if len(line.clips) == 1 else None
    if line.status in GOOD:
        return info("edit-retimed", line.message, path)
    return warning(f"edit-{line.status}", line.message, path, _ADVICE[line.status])
