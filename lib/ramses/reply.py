# SPDX-License-Identifier: GPL-3.0-or-later
"""Replies: one JSON document of unknown length, collected from pieces of any size in linear time.

There is no length and no terminator to rely on. The Ramses Client 0.10 indents its replies, so that a brace in the
first column is unique to the end; other versions may write one line and end it with blanks. Both are understood.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from .errors import BadReply

# 3,000 shots are 1.4 MB. A hundred times that is no reply any more.
LARGEST_REPLY = 256 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n"
_TAIL = 64
_STRUCTURE = re.compile(rb'[{}\[\]"]')
_IN_STRING = re.compile(rb'["\\]')


@dataclass(frozen=True)
class Reply:
    """The five keys of every reply. `query` is not reliable: getData answers with "setData"."""

    query: str
    message: str
    accepted: bool
    success: bool
    content: dict[str, Any]


class ReplyBuffer:
    """Collects the bytes of one reply and knows when it is complete.

    While the reply looks like the app's own indented form, only its last bytes are looked at; otherwise every brace
    outside strings is counted once. Either way the cost grows with the bytes, not with the pieces.
    """

    def __init__(self, largest: int = LARGEST_REPLY) -> None:
        self._largest = largest
        self._data = bytearray()
        self._tail = b""
        self._indented: bool | None = None
        self._document: Any = None
        self._depth = 0
        self._in_string = False
        self._escaped = False
        self._end = -1

    def __len__(self) -> int:
        return len(self._data)

    def feed(self, piece: bytes) -> bool:
        """Take the next piece; True once the document is complete. Raises BadReply as soon as it cannot be one."""
        self._data += piece
        if len(self._data) > self._largest:
            raise BadReply(f"Ramses sent more than {self._largest} bytes without an end.")
        if self._indented is None:
            self._indented = self._look_at_start()
            if self._indented is None:
                return False
            piece = bytes(self._data)
        if self._indented:
            self._tail = (self._tail + piece)[-_TAIL:]
            if not self._tail.rstrip(_BLANKS).endswith(b"\n}"):
                return False
            try:
                self._document = _parse(self._data)
                return True
            except ValueError:  # not the app's form after all: count braces from the start
                self._indented = False
                piece = bytes(self._data)
        self._scan(piece)
        return self._finished()

    def document(self) -> Any:
        """The parsed JSON document of a complete reply."""
        return self._document

    def _look_at_start(self) -> bool | None:
        """Whether the reply is indented as the app does it; None while there are too few bytes to tell."""
        head = bytes(self._data[:1024])
        if _BOM.startswith(head):
            return None
        head = head.removeprefix(_BOM).lstrip(_BLANKS)
        if len(head) > 1 and head.startswith(b"{"):
            return head[1:2] in (b"\n", b"\r")
        if head in (b"", b"{") and len(self._data) < 1024:
            return None
        raise BadReply(f"What answers is not Ramses: {bytes(self._data[:40])!r}.")

    def _scan(self, piece: bytes) -> None:
        """Follow strings and braces through `piece`, which ends where the buffer ends."""
        base = len(self._data) - len(piece)
        at = 0
        while at < len(piece) and self._end < 0:
            if self._escaped:
                self._escaped = False
                at += 1
                continue
            match = (_IN_STRING if self._in_string else _STRUCTURE).search(piece, at)
            if match is None:
                return
            at = match.end()
            sign = match[0]
            if sign == b"\\":
                self._escaped = True
            elif sign == b'"':
                self._in_string = not self._in_string
            elif sign in b"{[":
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth <= 0:
                    self._end = base + at

    def _finished(self) -> bool:
        if self._end < 0:
            return False
        rest = bytes(self._data[self._end :]).strip(_BLANKS)
        if rest:
            raise BadReply("Ramses answered one request twice: it was cut in two on its way.", may_have_acted=True)
        try:
            self._document = _parse(self._data)
        except ValueError as error:
            raise BadReply(f"Ramses sent a reply that is not JSON ({error}).", may_have_acted=True) from None
        return True


def _parse(data: bytearray) -> Any:
    """The document in `data`. Raises ValueError for whatever is wrong with it."""
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def envelope(document: Any) -> Reply:
    """The reply in a parsed document; message and query may be missing. Raises BadReply for anything else."""
    if not isinstance(document, dict):
        raise BadReply("Ramses sent a reply that is no JSON object.", may_have_acted=True)
    content = document.get("content", {})
    accepted = document.get("accepted")
    success = document.get("success")
    query = document.get("query", "")
    message = document.get("message", "")
    if not (isinstance(accepted, bool) and isinstance(success, bool) and isinstance(content, dict)):
        raise BadReply("Ramses sent a reply without its five keys.", may_have_acted=True)
    return Reply(
        query if isinstance(query, str) else "",
        message if isinstance(message, str) else "",
        accepted,
        success,
        content,
    )
