# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of one large JSON object, one after the other, in bounded memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

_CHUNK = 64 * 1024
# No entry of a sidecar is anywhere near as long; a longer one is damage.
LONGEST_ENTRY = 8 * 1024 * 1024
_BLANKS = " \t\r\n"
_ENDS = tuple(_BLANKS + ",:}")


def entries(file: TextIO) -> Iterator[tuple[str, Any]]:
    """(key, value) of every entry of the JSON object in `file`. Raises ValueError where it is none or breaks off."""
    text = _Text(file)
    text.expect("{")
    if text.peek() == "}":
        text.expect("}")
        text.end()
        return
    while True:
        key = text.value()
        if not isinstance(key, str):
            raise ValueError("a name is missing")
        text.expect(":")
        yield key, text.value()
        if text.peek() != ",":
            text.expect("}")
            text.end()
            return
        text.expect(",")


class _Text:
    """A window that moves over the text."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """The next character that is no blank, "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def expect(self, character: str) -> None:
        if self.peek() != character:
            raise ValueError(f"{character!r} is missing")
        self._at += 1

    def end(self) -> None:
        if self.peek():
            raise ValueError("there is more behind the end")

    def value(self) -> Any:
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise ValueError("it is nested too deep") from None
            except ValueError:
                if not self._more():
                    raise
                continue
            # A number at the end of the window may go on behind it.
            if self._text[end : end + 1] in _ENDS or not self._more():
                self._at = end
                return value

    def _more(self) -> bool:
        if len(self._text) - self._at > LONGEST_ENTRY:
            raise ValueError("an entry is too long")
        # Each step doubles the window, so that a long entry is not decoded again for every few bytes.
        piece = self._file.read(max(_CHUNK, len(self._text) - self._at))
        self._text = self._text[self._at :] + piece
        self._at = 0
        return bool(piece)
