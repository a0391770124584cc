# SPDX-License-Identifier: GPL-3.0-or-later
"""Example names cut into cells between separators, and several of them laid over each other.

A cell holds parts: marked fields, and context around them. Cells that some examples lack are optional.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .errors import RuleError
from .noise import TOKEN

_RUNS = re.compile(r"[0-9]+|[^\W\d_]+|.", re.DOTALL)
# Costs of laying names over each other. Two cells of different form still go together rather than both being left out.
_SAME_FIELD, _SAME_FORM, _OTHER_FORM, _LEFT_OUT = -6.0, 0.3, 1.5, 1.0
# An example that would have to leave out more than this is of another kind.
_TOO_DIFFERENT = 3.5


class Mark(NamedTuple):
    """`name[start:end]` is the value of `field`; fields that begin with `_ignore` are parts that may be anything."""

    field: str
    start: int
    end: int


@dataclass
class Part:
    """A piece of a cell: a marked field, or context (`field` ""). `texts` are the values seen, as marked."""

    field: str
    texts: list[str]


@dataclass
class Cell:
    """What stands between two separators. `seps` are the separators seen before it, `samples` its whole texts."""

    seps: list[str]
    parts: list[Part]
    samples: list[str]
    optional: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields marked in this cell, ignored parts left out."""
        return tuple(part.field for part in self.parts if part.field and not is_ignored(part.field))

    @property
    def whole(self) -> bool:
        """True where one part fills the cell."""
        return len(self.parts) == 1


@dataclass
class Layout:
    """The cells of one or more names, and the text that stands before the first one."""

    cells: list[Cell] = field(default_factory=list)

    @property
    def fields(self) -> list[str]:
        """All fields, in order."""
        return [name for cell in self.cells for name in cell.fields]


def is_ignored(name: str) -> bool:
    """True for marks that say: this varies and means nothing."""
    return name.startswith("_ignore")


def runs(text: str) -> list[str]:
    """`SH010a` as ["SH", "010", "a"]."""
    return _RUNS.findall(text)


def form(text: str) -> tuple[str, ...]:
    """The kinds of the runs of a text: d digits, a letters, u letters of any script, else the character itself."""
    return tuple(_kind(run) for run in runs(text))


def _kind(run: str) -> str:
    if run.isascii():
        return "d" if run.isdigit() else "a" if run.isalpha() else run
    return "u" if run.isalpha() else run


def layout_of(stem: str, marks: Sequence[Mark]) -> Layout:
    """The cells of one name. Separators inside a mark belong to the mark."""
    layout = Layout()
    sep = ""
    open_cell: Cell | None = None
    for name, text, is_sep in _pieces(stem, marks):
        if is_sep:
            sep, open_cell = sep + text, None
            continue
        if open_cell is None:
            open_cell = Cell([sep], [], [""])
            layout.cells.append(open_cell)
            sep = ""
        open_cell.parts.append(Part(name, [text]))
        open_cell.samples[0] += text
    return layout


def _pieces(stem: str, marks: Sequence[Mark]) -> Iterable[tuple[str, str, bool]]:
    """(field, text, is separator) of each piece, in order."""
    at = 0
    for mark in [*sorted(marks, key=lambda mark: mark.start), Mark("", len(stem), len(stem))]:
        for token in TOKEN.finditer(stem, at, mark.start):
            if token.start() > at:
                yield "", stem[at : token.start()], True
            yield "", token[0], False
            at = token.end()
        if mark.start > at:
            yield "", stem[at : mark.start], True
        if mark.field:
            yield mark.field, stem[mark.start : mark.end], False
        at = mark.end


def merged(one: Layout, other: Layout) -> Layout | None:
    """Both laid over each other; None where they are too different. Raises RuleError where their marks contradict."""
    pairs, cost = _alignment(one, other)
    if cost > _TOO_DIFFERENT and not set(one.fields) & set(other.fields):
        return None
    cells: list[Cell] = []
    for left, right in pairs:
        if left is not None and right is not None:
            cells.append(_together(left, right))
        else:
            lonely = left or right
            if lonely is not None:
                cells.append(Cell(list(lonely.seps), lonely.parts, list(lonely.samples), True))
    layout = Layout(cells)
    twice = sorted({name for name in layout.fields if layout.fields.count(name) > 1})
    if twice:
        raise RuleError(
            f"The marks of {' and '.join(twice)} contradict each other: they stand in different places of the names.",
            advice="Mark the same part in all examples, or make two rules.",
        )
    return layout


def _together(left: Cell, right: Cell) -> Cell:
    marked, plain = (right, left) if right.fields and not left.fields else (left, right)
    parts = marked.parts
    if [part.field for part in marked.parts] == [part.field for part in plain.parts]:
        parts = [Part(one.field, one.texts + other.texts) for one, other in zip(marked.parts, plain.parts, strict=True)]
    elif marked.whole:
        parts = [Part(marked.parts[0].field, marked.parts[0].texts + plain.samples)]
    seps = left.seps + [sep for sep in right.seps if sep not in left.seps]
    return Cell(seps, parts, left.samples + right.samples, left.optional or right.optional)


def _alignment(one: Layout, other: Layout) -> tuple[list[tuple[Cell | None, Cell | None]], float]:
    """The cheapest pairing of the cells of two names in order, and its cost (edit distance)."""
    rows, columns = one.cells, other.cells
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for row in range(len(rows) - 1, -1, -1):
        best[row][len(columns)] = best[row + 1][len(columns)] + _LEFT_OUT
    for column in range(len(columns) - 1, -1, -1):
        best[len(rows)][column] = best[len(rows)][column + 1] + _LEFT_OUT
    elsewhere = set(one.fields), set(other.fields)
    for row in range(len(rows) - 1, -1, -1):
        for column in range(len(columns) - 1, -1, -1):
            pair = _cost(rows[row], columns[column], elsewhere) + best[row + 1][column + 1]
            best[row][column] = min(pair, best[row + 1][column] + _LEFT_OUT, best[row][column + 1] + _LEFT_OUT)
    return _walk(best, rows, columns, elsewhere), best[0][0]


def _walk(
    best: list[list[float]], rows: list[Cell], columns: list[Cell], elsewhere: tuple[set[str], set[str]]
) -> list[tuple[Cell | None, Cell | None]]:
    pairs: list[tuple[Cell | None, Cell | None]] = []
    row = column = 0
    while row < len(rows) and column < len(columns):
        here = best[row][column]
        if here == _cost(rows[row], columns[column], elsewhere) + best[row + 1][column + 1]:
            pairs.append((rows[row], columns[column]))
            row, column = row + 1, column + 1
        elif here == best[row + 1][column] + _LEFT_OUT:
            pairs.append((rows[row], None))
            row += 1
        else:
            pairs.append((None, columns[column]))
            column += 1
    pairs += [(cell, None) for cell in rows[row:]]
    pairs += [(None, cell) for cell in columns[column:]]
    return pairs


def _cost(left: Cell, right: Cell, elsewhere: tuple[set[str], set[str]]) -> float:
    if left.fields and right.fields:
        return _SAME_FIELD if left.fields == right.fields else float("inf")
    if set(left.fields) & elsewhere[1] or set(right.fields) & elsewhere[0]:
        return float("inf")
    if set(left.samples) & set(right.samples):
        cost = 0.0
    elif {form(text) for text in left.samples} & {form(text) for text in right.samples}:
        cost = _SAME_FORM
    else:
        cost = _OTHER_FORM
    return cost if set(left.seps) & set(right.seps) else cost + 0.2
