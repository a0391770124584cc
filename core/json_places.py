# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each value of a JSON text stands, so that a bad entry can be named by its line and column."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

Path = tuple["str | int", ...]
_BLANK = re.compile(r"[ \t\n\r]*")
_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\.", re.DOTALL)
_DECODER = json.JSONDecoder()


class Place(NamedTuple):
    """Line and column, both counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class JsonPlaces:
    """The places of all values of a text that `json.loads` accepts; a path is ("rules", 0, "pattern")."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offsets: dict[Path, int] = {}
        self._walk((), self._skip(0))

    def of(self, path: Path) -> Place:
        """Where the value at `path` begins; for a missing one where its nearest container begins."""
        return self._place(self._offset(path))

    def inside(self, path: Path, index: int) -> Place:
        """Where the character `index` of the string value at `path` is written, escapes counted."""
        at = self._offset(path) + 1
        for _ in range(index):
            escape = _ESCAPE.match(self._text, at)
            at = escape.end() if escape else at + 1
        return self._place(at)

    def _offset(self, path: Path) -> int:
        while path not in self._offsets:
            path = path[:-1]
        return self._offsets[path]

    def _place(self, offset: int) -> Place:
        line_start = self._text.rfind("\n", 0, offset) + 1
        return Place(self._text.count("\n", 0, offset) + 1, offset - line_start + 1)

    def _skip(self, at: int) -> int:
        match = _BLANK.match(self._text, at)
        return match.end() if match else at

    def _walk(self, path: Path, at: int) -> int:
        """Note the value at offset `at` and all inside it, return the offset behind it."""
        self._offsets[path] = at
        opening = self._text[at]
        if opening == "{":
            return self._walk_members(path, at)
        if opening == "[":
            return self._walk_items(path, at)
        value: tuple[Any, int] = _DECODER.raw_decode(self._text, at)
        return value[1]

    def _walk_members(self, path: Path, at: int) -> int:
        at = self._skip(at + 1)
        while self._text[at] != "}":
            key, at = _DECODER.raw_decode(self._text, at)
            at = self._skip(self._skip(at) + 1)  # the colon
            at = self._comma(self._walk((*path, key), at))
        return at + 1

    def _walk_items(self, path: Path, at: int) -> int:
        at = self._skip(at + 1)
        index = 0
        while self._text[at] != "]":
            at = self._comma(self._walk((*path, index), at))
            index += 1
        return at + 1

    def _comma(self, at: int) -> int:
        at = self._skip(at)
        return self._skip(at + 1) if self._text[at] == "," else at
