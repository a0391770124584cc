# SPDX-License-Identifier: GPL-3.0-or-later
"""A layout of example cells written as a pattern with named groups, from strict to open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .name_cells import Cell, Layout, Part, form, is_ignored, runs

_LETTER = r"[^\W_]"
_NOT_INSIDE = rf"(?!{_LETTER})"
_ANY = rf"{_LETTER}+"
_RUN = {"d": r"\d+", "a": "[A-Za-z]+", "u": r"[^\W\d_]+"}


@dataclass(frozen=True)
class Style:
    """How closely the pattern follows the examples.

    `open_fields`, `open_context`: any letters and digits instead of the forms seen. `literal`: letters that all
    examples share are written out. `tail`: what follows the last field is part of the pattern. `extensions` are those
    of the examples, which a last optional part must not take for itself; `forbidden` are words that must not occur.
    """

    open_fields: bool = False
    open_context: bool = False
    literal: bool = False
    tail: bool = False
    extensions: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


def pattern_of(layout: Layout, style: Style) -> str:
    """The pattern that finds the fields of the layout, anchored at the start of the name."""
    last = max(at for at, cell in enumerate(layout.cells) if cell.fields)
    cells = layout.cells if style.tail else layout.cells[: last + 1]
    written = "^" + "".join(rf"(?!.*(?<!{_LETTER}){re.escape(word)}(?!{_LETTER}))" for word in style.forbidden)
    leading = True  # nothing but optional cells so far: separators follow their cell instead of preceding it
    for at, cell in enumerate(cells):
        text = _cell(cell, style)
        if at + 1 == len(cells) or cells[at + 1].optional:
            text += _NOT_INSIDE
        if leading and cell.optional and at + 1 < len(cells):
            written += f"(?:{text}{_separators(cells[at + 1].seps)})?"
            continue
        sep = "" if leading else _separators(cell.seps) + _guard(cell, style)
        if leading and at == 0 and cell.seps != [""]:
            sep = _separators(cell.seps)
        leading = False
        written += f"(?:{sep}{text})?" if cell.optional else sep + text
    return written + (r"(?=\Z|\.[A-Za-z0-9]+\Z|[._ -]-?\d+)" if style.tail else "")


def _guard(cell: Cell, style: Style) -> str:
    """Behind a dot an optional part must not read the extension of a full file name."""
    if "." not in "".join(cell.seps) or not style.extensions:
        return ""
    return rf"(?!(?:{'|'.join(map(re.escape, style.extensions))})\Z)"


def _separators(seps: Sequence[str]) -> str:
    distinct = sorted(set(seps))
    if len(distinct) == 1:
        return re.escape(distinct[0])
    if all(len(sep) == 1 for sep in distinct):
        return "[" + "".join(map(re.escape, distinct)) + "]"
    return f"(?:{'|'.join(map(re.escape, sorted(distinct, key=len, reverse=True)))})"


def _cell(cell: Cell, style: Style) -> str:
    if not cell.fields:
        return _context(cell, style)
    if cell.whole:
        return _group(cell.parts[0], _whole_field(cell.parts[0], style))
    return "".join(_group(part, _inner(cell, at)) for at, part in enumerate(cell.parts))


def _context(cell: Cell, style: Style) -> str:
    if any(is_ignored(part.field) for part in cell.parts):
        spans = any(not text.isalnum() for part in cell.parts for text in part.texts)
        return ".+?" if spans else _ANY
    return _ANY if style.open_context else shape(cell.samples, literal=style.literal)


def _group(part: Part, inner: str) -> str:
    return f"(?P<{part.field}>{inner})" if part.field and not is_ignored(part.field) else inner


def _whole_field(part: Part, style: Style) -> str:
    if all(text.isalnum() for text in part.texts):
        if part.field == "version":
            return _version(part.texts)
        if style.open_fields:
            return _ANY
    inner = shape(part.texts, literal=style.literal)
    # Shots grow letters (0010A) when an edit changes, long after the examples were chosen.
    return rf"{inner}[A-Za-z]?" if part.field == "shot" and inner.endswith(r"\d+") else inner


def _version(texts: Sequence[str]) -> str:
    heads = {text.rstrip("0123456789").lower() for text in texts}
    if len(heads) == 1 and all(text[-1:].isdigit() for text in texts):
        return re.escape(runs(texts[0])[0]) + r"\d+" if len(form(texts[0])) == 2 else shape(texts)
    return shape(texts)


def _inner(cell: Cell, at: int) -> str:
    """A part that shares its cell. Where a mark cuts a run of digits or letters in two, only its length tells where."""
    part = cell.parts[at]
    if part.field == "version" and not _cut_run(cell, at - 1):
        return _version(part.texts)
    return shape(part.texts, first_fixed=_cut_run(cell, at - 1), last_fixed=_cut_run(cell, at))


def _cut_run(cell: Cell, at: int) -> bool:
    """True where the boundary behind part `at` runs through digits or through letters."""
    if at < 0 or at + 1 >= len(cell.parts):
        return False
    before, behind = form(cell.parts[at].texts[0]), form(cell.parts[at + 1].texts[0])
    return bool(before and behind) and before[-1] == behind[0]


def shape(texts: Iterable[str], first_fixed: bool = False, last_fixed: bool = False, literal: bool = False) -> str:
    """A pattern for texts of this form: `\\d+`, `[A-Za-z]+\\d+`, else any letters and digits with the signs seen.

    `first_fixed`, `last_fixed`: the run at that end has a fixed length. `literal`: letters that are the same in all
    texts are written out.
    """
    texts = list(dict.fromkeys(texts))
    forms = {form(text) for text in texts}
    if len(forms) == 1:
        pieces = _pieces(texts, literal)
        for at, fixed in ((0, first_fixed), (-1, last_fixed)):
            if fixed and pieces[at].endswith("+"):
                pieces[at] = pieces[at][:-1] + f"{{{len(runs(texts[0])[at])}}}"
        return "".join(pieces)
    shorter = min(forms, key=len)
    if shorter and not (first_fixed or last_fixed) and forms <= {shorter, (*shorter, "a")}:
        return "".join(_RUN.get(kind, re.escape(kind)) for kind in shorter) + "[A-Za-z]*"
    signs = sorted({letter for text in texts for letter in text if not letter.isalnum()})
    return rf"(?:{_LETTER}|[{''.join(map(re.escape, signs))}])+" if signs else _ANY


def _pieces(texts: Sequence[str], literal: bool) -> list[str]:
    """One piece per run of texts of equal form."""
    pieces = []
    for kind, seen in zip(form(texts[0]), zip(*map(runs, texts), strict=True), strict=True):
        shared = kind in "au" and len({run.lower() for run in seen}) == 1
        pieces.append(re.escape(seen[0]) if literal and shared else _RUN.get(kind, re.escape(kind)))
    return pieces
