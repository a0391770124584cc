# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rows are shown: one hidden text per row, one pattern over it, so that Qt filters without asking Python."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from .ingest_rows import Row

# The buttons above the table: their name, their word, and the states that they show.
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("ready", "Ready", ("planned", "attention", "publishing")),
    ("attention", "Look at", ("attention",)),
    ("bad", "Refused", ("refused", "failed")),
    ("there", "Already there", ("duplicate",)),
    ("done", "Published", ("published",)),
    ("out", "Left out", ("left-out",)),
)


def filter_text(row: Row) -> str:
    """The hidden text of a row."""
    return f"|{row.state}|{row.kind}| {row.search}"


def filter_pattern(search: str = "", groups: Collection[str] = (), kinds: Collection[str] = ()) -> str:
    """The pattern that the hidden text of a shown row matches: every word, one of the groups, one of the kinds."""
    states = sorted({state for name, _word, states in GROUPS if name in groups for state in states})
    parts = []
    if states:
        parts.append(rf"(?=\|(?:{'|'.join(map(re.escape, states))})\|)")
    if kinds:
        parts.append(rf"(?=\|[^|]*\|(?:{'|'.join(map(re.escape, sorted(kinds)))})\|)")
    parts += [rf"(?=.*{re.escape(word)})" for word in search.casefold().split()]
    return "^" + "".join(parts) if parts else ""


def counted(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows each group shows."""
    states: Counter[str] = Counter(row.state for row in rows)
    return {name: sum(states[state] for state in members) for name, _word, members in GROUPS}
