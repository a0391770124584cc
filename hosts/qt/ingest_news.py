# SPDX-License-Identifier: GPL-3.0-or-later
"""What the work tells while it goes on, as rows of the table; no Qt here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ...core.events import Event
from ...core.plan import PlannedClip
from ...core.run import ClipResult
from .ingest_rows import COLUMNS, Row, result_row, with_state


class News:
    """Remembers where in the run the clip that is copied now began."""

    def __init__(self) -> None:
        self._clip, self._begun = "", 0

    def rows_of(self, events: Iterable[Event], rows: Mapping[str, Row], clips: Mapping[str, PlannedClip]) -> list[Row]:
        """The rows that these events make or change; `rows` are those that are shown, `clips` those of the plan."""
        found: dict[str, Row] = {}
        for event in events:
            payload = event.payload
            if isinstance(payload, tuple):
                found.update((row.key, row) for row in payload)
            elif isinstance(payload, ClipResult):
                key = payload.planned.key
                found[key] = result_row(found.get(key) or rows[key], payload)
            elif event.stage == "publish" and isinstance(payload, str) and payload in clips:
                found[payload] = self._copied(found.get(payload) or rows[payload], clips[payload].bytes, event.done)
        return list(found.values())

    def _copied(self, row: Row, total: int, done: int) -> Row:
        if self._clip != row.key:
            self._clip, self._begun = row.key, done
        percent = min(100, (done - self._begun) * 100 // total) if total else 0
        return with_state(row, "publishing", percent)


def typed_row(row: Row, field: str, text: str) -> Row:
    """The row as it will look once the plan agrees with what was typed."""
    at = next(at for at, column in enumerate(COLUMNS) if column.field == field)
    cells = (*row.cells[:at], text.strip(), *row.cells[at + 1 :])
    return replace(row, cells=cells, edited=row.edited | {field})
