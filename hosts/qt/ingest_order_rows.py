# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of order and delivery as rows of texts; no Qt here."""

from __future__ import annotations

from dataclasses import dataclass

from ...core.order import GOOD, Order, OrderLine, summary
from ...core.order_report import table
from ...core.report.rows import count_text

HEADS = ("Status", "Event", "Shot", "Ordered", "Delivered", "Handles", "In words")
_WORDS = {
    "covered": ("Delivered", "good"),
    "unchecked": ("Not checked", "info"),
    "short": ("Too short", "attention"),
    "gaps": ("Gaps", "attention"),
    "missing": ("Missing", "refused"),
    "several": ("Several fit", "attention"),
    "wrong-rate": ("Wrong rate", "refused"),
}
_NOBODY = ("Not ordered", "attention")


@dataclass(frozen=True)
class OrderRow:
    """One line: texts after HEADS, the state to draw, and the first files of the clips that it is about."""

    cells: tuple[str, ...]
    sign: str
    good: bool
    paths: tuple[str, ...] = ()


def order_rows(order: Order) -> tuple[OrderRow, ...]:
    """Events in the order of the edit, then the clips that nobody ordered."""
    rows = [_line(line, order) for line in order.lines]
    for at in order.unordered:
        clip, near = order.footage[at], order.matches.by_footage[at].near
        words = near[0] if near else "No event of the edit needs it."
        rows.append(OrderRow((_NOBODY[0], "", "", "", clip.name, "", words), _NOBODY[1], False, _paths((at,), order)))
    return tuple(rows)


def summary_text(order: Order) -> str:
    """The comparison in one sentence."""
    counts = summary(order)
    parts = [count_text(counts["events"], "event")]
    parts += [f"{counts[status]} {words.lower()}" for status, (words, _sign) in _WORDS.items() if counts.get(status)]
    if counts["retimed"]:
        parts.append(f"{counts['retimed']} retimed")
    if counts["unordered"]:
        parts.append(f"{count_text(counts['unordered'], 'clip')} not ordered")
    assumed = " (assumed)" if order.edit.rate_assumed else ""
    return f"{', '.join(parts)}. The edit counts {float(order.edit.rate):.6g} frames a second{assumed}."


def order_text(order: Order) -> str:
    """The comparison as plain text."""
    return table(order)


def _line(line: OrderLine, order: Order) -> OrderRow:
    words, sign = _WORDS[line.status]
    event = line.event
    names = ", ".join(sorted({order.footage[at].name for at in line.clips}))
    handles = f"{line.head_handle} + {line.tail_handle}" if line.status in ("covered", "short", "gaps") else ""
    cells = (words, event.number or "", event.shot or "", event.clip or event.tape or "", names, handles, line.message)
    return OrderRow(cells, sign, line.status in GOOD, _paths(line.clips, order))


def _paths(clips: tuple[int, ...], order: Order) -> tuple[str, ...]:
    return tuple(order.footage[at].path for at in clips if order.footage[at].path)
