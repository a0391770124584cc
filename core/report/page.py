# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as one self-contained page: no network, no script needed to read it, every name escaped."""

from __future__ import annotations

from collections.abc import Iterator

from .edit_html import edit_html
from .html import edit_script, escaped, script, style
from .row_html import local_time, row_html
from .rows import Report, count_text, counted, size_text, time_text

# Nothing may be fetched from anywhere, whatever a name in the page tries.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_SORTS = (
    ("n", "Order of delivery", "Shot, newest first"),
    ("shot", "Shot", "Shot"),
    ("level", "Refused first", "Damaged first"),
    ("bytes", "Largest first", "Largest first"),
    ("frames", "Longest first", "Longest first"),
    ("tc", "Timecode", "Timecode"),
    ("when", "", "Newest first"),
)


def page(report: Report) -> Iterator[str]:
    """The HTML text of a report, in pieces."""
    yield _opening(report)
    yield '<main id="clips">'
    if not report.rows:
        yield "<p class=empty>There is nothing to show.</p>"
    for number, row in enumerate(report.rows):
        yield row_html(row, number) + "\n"
    yield '<p class="empty" id="nothing" hidden>No clip fits. <button type="button" id="reset">Show all</button></p>'
    yield "</main>"
    yield _left_out(report)
    yield (
        "<footer><p>Made by Ramses Plates. This page is complete in itself and needs no network.</p>"
        '<p class="keys">Keys: <kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and previous clip, '
        "<kbd>Enter</kbd> enlarge, <kbd>Esc</kbd> close.</p></footer>"
    )
    yield (
        '<dialog id="box" aria-label="Picture"><img alt=""><div><p></p>'
        '<button type="button" data-step="-1" aria-label="Previous picture">←</button>'
        '<button type="button" data-step="1" aria-label="Next picture">→</button>'
        '<button type="button" data-close autofocus>Close</button></div></dialog>'
    )
    more = f"<script>{edit_script()}</script>" if report.edit is not None else ""
    yield f"{more}<script>{script()}</script></body></html>\n"


def _opening(report: Report) -> str:
    what = {"run": "Plates delivered", "project": "Plates of the project"}[report.kind]
    title = f"{report.project} · {what} · {local_time(report.when)}"
    about = [local_time(report.when), report.scope]
    if report.operator:
        about.append(f"by {report.operator}")
    if report.run:
        about.append(f"run {report.run}")
    if report.registered:
        about.append(_REGISTERED.get(report.registered, report.registered))
    line = " · ".join(escaped(text) for text in about if text)
    notes = "".join(f"<li>{escaped(text)}</li>" for text in report.notes)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(title)}</title><style>{style()}</style></head><body>"
        '<a class="skip" href="#clips">Skip to the clips</a>'
        f'<header class="top"><div class="name"><p class="over">{what}</p><h1>{escaped(report.project)}</h1>'
        f"<p class=meta>{line}</p></div>{_totals(report)}"
        + (f'<ul class="notes">{notes}</ul>' if notes else "")
        + f"</header>{edit_html(report.edit) if report.edit is not None else ''}{_tools(report)}"
    )


_REGISTERED = {"yes": "registered in Ramses", "queued": "waits for Ramses", "off": ""}


def _totals(report: Report) -> str:
    tiles = [
        (f"{len(report.done):,}", "version delivered" if len(report.done) == 1 else "versions delivered"),
        (f"{report.frames:,}", "frame" if report.frames == 1 else "frames"),
        (time_text(report.seconds) if report.seconds else "", "running time"),
        (size_text(report.bytes), "of media"),
    ]
    if report.took is not None:
        speed = f"taken, {size_text(report.bytes / report.took)}/s" if report.took > 0 and report.bytes else "taken"
        tiles.append((time_text(report.took), speed))
    cells = "".join(f"<div><dd>{value}</dd><dt>{name}</dt></div>" for value, name in tiles if value)
    return f'<dl class="totals">{cells}</dl>'


def _tools(report: Report) -> str:
    counts = counted(report.rows)
    bad = "refused" if report.kind == "run" else "damaged"
    filters = [("all", "All", len(report.rows)), ("ok", "Fine", counts["ok"])]
    filters += [("warning", "With remarks", counts["warning"]), ("refused", bad.capitalize(), counts["refused"])]
    buttons = "".join(
        f'<button type="button" data-filter="{key}" aria-pressed="{str(key == "all").lower()}" class="{key}">'
        f"{name} <b>{count:,}</b></button>"
        for key, name, count in filters
        if count or key == "all"
    )
    at = 1 if report.kind == "run" else 2
    sorts = "".join(f'<option value="{sort[0]}">{sort[at]}</option>' for sort in _SORTS if sort[at])
    return (
        '<nav class="tools" aria-label="Find clips"><label class="search"><span class="sr">Search</span>'
        '<input type="search" id="search" placeholder="Search shot, name, timecode, reel …" autocomplete="off"></label>'
        f'<div class="filters" role="group" aria-label="Filter">{buttons}</div>'
        f'<label class="sort"><span class="sr">Sort by</span><select id="sort">{sorts}</select></label>'
        '<button type="button" id="theme" aria-label="Switch between dark and light">◐</button>'
        f'<p id="count" role="status">{count_text(len(report.rows), "clip")}</p></nav>'
    )


def _left_out(report: Report) -> str:
    if not report.left_out:
        return ""
    items = "".join(f"<li><b>{escaped(path)}</b> {escaped(reason)}</li>" for path, reason in report.left_out)
    return (
        f'<details class="left-out" {"open" if len(report.left_out) <= 12 else ""}><summary>'
        f"{count_text(len(report.left_out), 'file')} left out, with the reason</summary><ul>{items}</ul></details>"
    )
