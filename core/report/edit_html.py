# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordered against delivered as a section of a page: the edit as a strip, its events as a table."""

from __future__ import annotations

from collections import Counter

from .edit import EditComparison, EditLine
from .html import escaped
from .rows import count_text

_COLUMNS = ("Event", "Ordered", "Needed", "Delivered", "Handles", "Result")
# Longer edits are shown folded, and their strip would be a grey line.
_OPEN_UP_TO, _STRIP_UP_TO = 60, 600


def edit_html(edit: EditComparison, folded: bool = True) -> str:
    """The section. `folded` puts it into a fold that is open for short edits."""
    body = f"{_strip(edit)}{_only(edit)}{_table(edit)}{_lists(edit, 'h3' if folded else 'h2')}"
    if not folded:  # the page has said already what it is
        return f'<section class="edit">{_counts(edit)}{body}</section>'
    heading = f"<h2>Ordered and delivered{_title(edit)}</h2>{_counts(edit)}"
    shown = " open" if len(edit.lines) <= _OPEN_UP_TO else ""
    return f'<details class="edit"{shown}><summary>{heading}</summary>{body}</details>'


def _title(edit: EditComparison) -> str:
    return f": {escaped(edit.title)}" if edit.title else ""


def _counts(edit: EditComparison) -> str:
    words: Counter[tuple[str, str]] = Counter((line.mark, line.word) for line in edit.lines)
    items = [
        f'<span class="{mark}"><b>{count:,}</b> {escaped(word)}</span>' for (mark, word), count in words.most_common()
    ]
    if edit.unordered:
        items.append(f'<span class="doubt"><b>{len(edit.unordered):,}</b> not ordered</span>')
    whole = f"<span><b>{len(edit.lines):,}</b> {'event' if len(edit.lines) == 1 else 'events'} ordered</span>"
    return f'<span class="tally">{whole}{"".join(items)}</span>'


def _strip(edit: EditComparison) -> str:
    """The timeline; decoration beside the table, which says the same in words."""
    placed = [line for line in edit.lines if line.place is not None]
    if not placed or len(placed) > _STRIP_UP_TO:
        return ""
    pieces = []
    for line in placed:
        start, length = line.place or (0.0, 0.0)
        title = " ".join(filter(None, (line.number, line.shot or line.ordered, line.word)))
        style = f"left:{100 * start:.3f}%;width:{100 * length:.3f}%"
        pieces.append(f'<i class="{line.mark}" style="{style}" title="{escaped(title)}"></i>')
    return f'<div class="strip" aria-hidden="true">{"".join(pieces)}</div>'


def _only(edit: EditComparison) -> str:
    if not edit.lacking or edit.lacking == len(edit.lines):
        return ""
    return '<label class="only"><input type="checkbox" id="lacking"> Only what lacks something</label>'


def _table(edit: EditComparison) -> str:
    head = "".join(f'<th scope="col" class="{name.lower()}">{name}</th>' for name in _COLUMNS)
    rows = "".join(_row(line) for line in edit.lines)
    caption = f"<caption>Counted at {escaped(edit.rate)}.</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(line: EditLine) -> str:
    needed = count_text(line.needed, "frame") if line.needed is not None else ""
    handles = " + ".join(_signed(count) for count in line.handles or ())
    cells = (
        f"<b>{escaped(line.number)}</b> {escaped(line.shot)}",
        _lines(_name(line.ordered), _dim(line.reel, "reel "), _range(line.source)),
        _lines(needed, _dim(" to ".join(line.record or ()), "at ")),
        _lines(*(_name(name) for name in line.delivered)) or "<span class=dim>nothing</span>",
        handles,
        _lines(f'<b class="{line.mark}">{escaped(line.word)}</b>', _dim(line.said, "")),
    )
    body = "".join(
        f'<td data-name="{name}"{"" if cell else " class=void"}>{cell}</td>'
        for name, cell in zip(_COLUMNS, cells, strict=True)
    )
    return f'<tr class="{line.mark}">{body}</tr>'


def _signed(count: int) -> str:
    return str(count) if count >= 0 else f'<b class="lacking">\N{MINUS SIGN}{-count}</b>'


def _range(labels: tuple[str, str] | None) -> str:
    if labels is None:
        return ""
    return f'<span class="tc">{labels[0]}</span> <span class="dim">to</span> <span class="tc">{labels[1]}</span>'


def _name(text: str) -> str:
    """A file name that may be broken where a person would."""
    return escaped(text).replace("_", "_<wbr>")


def _dim(text: str, before: str) -> str:
    return f'<span class="dim">{before}{escaped(text)}</span>' if text else ""


def _lines(*parts: str) -> str:
    return "<br>".join(part for part in parts if part)


def _lists(edit: EditComparison, heading: str) -> str:
    parts = (
        ("Delivered, and no event of the edit needs it", edit.unordered),
        ("Where the edit itself holds nothing", edit.holes),
        ("Lines left out of the edit", edit.refused),
    )
    return "".join(
        f"<{heading}>{name}</{heading}><ul>{''.join(f'<li>{escaped(text)}</li>' for text in texts)}</ul>"
        for name, texts in parts
        if texts
    )
