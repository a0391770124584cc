# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordered against delivered as one self-contained page."""

from __future__ import annotations

from ..order import GOOD, Order, summary
from .html import escaped, style

_SHEET = "\nbody.order { padding: 2rem 1rem; max-width: 1300px; margin: auto; }"
_COLUMNS = ("Event", "Shot", "Ordered", "Source", "Delivered", "Status", "Handles", "What")


def order_page(order: Order) -> str:
    """The HTML text of a comparison."""
    title = f"Ordered and delivered: {order.edit.title or 'the edit'}"
    counts = "".join(f"<li>{count} {escaped(name)}</li>" for name, count in summary(order).items() if count)
    rows = []
    for line in order.lines:
        event = line.event
        names = ", ".join(sorted({order.footage[at].name for at in line.clips}))
        source = f"{event.source_in} – {event.source_out}" if event.source_in is not None else ""
        handles = f"{line.head_handle} + {line.tail_handle}" if line.clips else ""
        mark = "ok" if line.status in GOOD else "bad"
        cells = (event.number or "", event.shot or "", event.clip or event.tape or "", source, names)
        body = "".join(f"<td>{escaped(cell)}</td>" for cell in cells)
        rows.append(
            f'<tr>{body}<td><b class="{mark}">{escaped(line.status)}</b></td>'
            f"<td>{handles}</td><td>{escaped(line.message)}</td></tr>"
        )
    extra = "".join(f"<li>{escaped(order.footage[at].name)}</li>" for at in order.unordered)
    refused = "".join(
        f"<li>line {problem.line}: {escaped(problem.reason)}</li>" for problem in order.edit.refused_lines
    )
    head = "".join(f"<th scope=col>{name}</th>" for name in _COLUMNS)
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escaped(title)}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{style()}{_SHEET}</style></head><body class=order><header><h1>{escaped(title)}</h1>",
        f"<p>Counted at {escaped(str(order.edit.rate))} frames a second ({escaped(order.edit.rate_source)}).</p>",
        f"<ul class=totals>{counts}</ul></header><main><div class=wide><table><thead><tr>{head}</tr></thead>",
        f"<tbody>{''.join(rows)}</tbody></table></div>",
        f"<section><h2>Delivered, not ordered</h2><ul>{extra}</ul></section>" if extra else "",
        f"<section><h2>Lines left out of the edit</h2><ul>{refused}</ul></section>" if refused else "",
        "</main></body></html>\n",
    ]
    return "".join(parts)
