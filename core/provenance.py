# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a plate came from, as one line in a status comment that leaves the artist's own lines alone."""

from __future__ import annotations

import re

from .outbox import Registration

# Names and folders of deliveries may hold anything; a status comment stays readable.
_LONGEST = 1000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# How the comment of an artist's publish begins; the version number goes between the two words.
PUBLISHED_BY = "Published by "
# The lines of earlier ingests, ours and those of the field's older tool: "Ingested v003 [REF] from ...".
_LINE = re.compile(r"(?:Ingested|Published) v(\d+)(?: \[([^\]]*)\])? ")
# The line that stands for versions which were taken back.
_TAKEN_BACK = re.compile(r"Took back v(\d+)(?: \[([^\]]*)\])?: ")


def clean_text(text: str, longest: int = _LONGEST) -> str:
    """`text` on one line, in characters that every program can store: undecodable bytes become U+FFFD."""
    whole = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    flat = _CONTROL.sub(" ", whole).strip()
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def comment_line(registration: Registration) -> str:
    """The line for one version: "Ingested v003 [REF] from /deliveries/day 1 by anna"."""
    resource = f" [{clean_text(registration.resource)}]" if registration.resource else ""
    came = clean_text(registration.comment)
    if came.startswith(PUBLISHED_BY):
        return f"Published v{registration.version:03d}{resource} {came.removeprefix('Published ')}"
    if came.startswith("Ingested "):
        # The number in it is the one that was planned, and a resource is written in brackets here.
        _verb, found, rest = came.partition(" from ")
        came = f"from {rest}" if found else came.removeprefix("Ingested ")
    if not came:
        came = clean_text(f"from {registration.source_media or 'an unknown source'} by {registration.operator or '?'}")
    return f"Ingested v{registration.version:03d}{resource} {came}"


def taken_back_line(registration: Registration, newest: int) -> str:
    """The line for a version that was taken back: "Took back v003 [REF]: v002 is the newest again (by anna)"."""
    resource = f" [{clean_text(registration.resource)}]" if registration.resource else ""
    left = f"v{newest:03d} is the newest again" if newest else "no published version of it is left"
    by = f" (by {clean_text(registration.operator)})" if registration.operator else ""
    return f"Took back v{registration.version:03d}{resource}: {left}{by}"


def merged_comment(existing: str, line: str) -> str:
    """`existing` with `line` at its end; an older line about the same resource gives way, everything else stays."""
    mine = _LINE.match(line) or _TAKEN_BACK.match(line)
    resource = mine[2] if mine else None

    def stays(old: str) -> bool:
        match = _LINE.match(old) or _TAKEN_BACK.match(old)
        return match is None or match[2] != resource

    lines = existing.split("\n") if existing.strip() else []
    return "\n".join([*filter(stays, lines), line])


def ingested_versions(comment: str) -> dict[str, int]:
    """The newest version that the comment's lines tell of, by resource ("" = the main plate)."""
    found: dict[str, int] = {}
    for line in comment.split("\n"):
        match = _LINE.match(line)
        if match is not None:
            resource = match[2] or ""
            found[resource] = max(found.get(resource, 0), int(match[1][:9]))
    return found
