# SPDX-License-Identifier: GPL-3.0-or-later
"""Text files of editorial: bounded, in whatever encoding and line ends they came."""

from __future__ import annotations

import codecs
import os
import re

from ..errors import EditError

LARGEST_FILE = 32 * 1024 * 1024
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")
_LINE_END = re.compile(r"\r\n|\r|\n")


def read_bytes(path: str, largest: int = LARGEST_FILE) -> bytes:
    """The whole file. Raises EditError where it cannot be read or is larger than any edit list."""
    try:
        with open(path, "rb") as file:
            data = file.read(largest + 1)
    except OSError as problem:
        raise EditError(f"the edit cannot be opened: {os.strerror(problem.errno or 0)}.", path) from None
    if len(data) > largest:
        raise EditError(f"this is no edit list: it is larger than {largest // 2**20} MiB.", path)
    return data


def decode(data: bytes, path: str) -> str:
    """The text of UTF-8, UTF-16 (with or without BOM), Windows or Latin-1 bytes.

    Raises EditError, naming the line, for bytes that are no text.
    """
    text = _decoded(data)
    bad = _CONTROL.search(text.rstrip("\x00\x1a"))
    if bad is not None:
        line = len(_LINE_END.findall(text, 0, bad.start())) + 1
        raise EditError(f"line {line}: this is no text: it holds the byte 0x{ord(bad[0]):02x}.", path)
    return text.rstrip("\x00\x1a")


def lines_of(text: str) -> list[str]:
    """The lines of a text with any line ends, without them."""
    return _LINE_END.split(text)


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig", "replace")
    head = data[:512]
    if len(head) >= 4 and head.count(0) * 3 >= len(head):  # UTF-16 of plain letters: every second byte is zero
        return data.decode("utf-16-le" if head[0] else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
