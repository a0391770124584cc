# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparisons of an edit made of plain facts, for tests of pages of any size."""

from __future__ import annotations

from ramses_plates.core.report.edit import EditComparison, EditLine, Mark

LONG = "A_VERY_LONG_NAME_WITHOUT_ANY_PLACE_TO_BREAK_" * 4
_KINDS: tuple[tuple[Mark, str], ...] = (
    ("ok", "delivered"),
    ("lacking", "not delivered"),
    ("doubt", "range not checked"),
)


def edit(count: int = 6, name: str = LONG) -> EditComparison:
    """Events of every kind in turn, each with names that cannot be broken."""
    lines = []
    for at in range(count):
        mark, word = _KINDS[at % 3]
        lines.append(
            EditLine(
                f"{at + 1:03d}",
                f"SH{at:04d}",
                name,
                "A001C001",
                ("01:00:00:00", "01:00:01:00"),
                ("01:00:10:00", "01:00:11:00"),
                24,
                () if mark == "lacking" else (f"{name}, v001",),
                None if mark == "lacking" else (-8, 12),
                "",
                mark,
                word,
                f"{name} was looked at.",
                (at / count, 0.8 / count),
            )
        )
    return EditComparison(f"REEL {name}", "24 frames a second", tuple(lines), (name,), (f"line 4: {name}",), (name,))
