# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that files and folders may have on Linux, and that programs stumble over."""

from __future__ import annotations

import os

# What a name says about a frame or a path, to shells, Tcl, HTML, XML, JSON, spreadsheets, Ramses, Windows and people.
TEXTS: dict[str, str] = {
    "newline": "a\nb",
    "forged ledger line": "x\n2026-11-22 10:00:00 | eve | ingest | SH010 PLATE v001",
    "carriage return": "a\r\nb",
    "tab": "a\tb",
    "escape sequence": "\x1b[31mred\x1b]0;title\x07",
    "control characters": "\x01\x7f\x9b",
    "two dots": "a..b..",
    "percent": "a%04d",
    "printf": "%s%n%x",
    "hashes": "a####",
    "at signs": "a@@@@",
    "bracket": "[frame]",
    "tcl": "[exec touch pwned]",
    "dollar": "$HOME",
    "braces": "{a} }{",
    "ampersand": "R&D",
    "equals": "take=2",
    "quit": "x&quit&y",
    "raise": "x&raise",
    "apostrophe": "it's",
    "quotes": 'say "hi"',
    "backslash": "a\\b\\..\\c",
    "windows path": "C:\\Windows\\x",
    "img": "<img src=x onerror=alert(1)>",
    "svg": '"><svg onload=alert(1)>',
    "script": "<script>alert(1)<",
    "template": "{{7*7}}${7*7}<%= 7*7 %>",
    "cdata": "]]>&amp;&#0;<!--",
    "json": '{"a": 1, "b": [',
    "formula": "=1+1",
    "hyperlink": '=HYPERLINK("http:\\evil","x")',
    "plus": "+1",
    "minus": "-rf",
    "at": "@SUM(1)",
    "wide formula": "＝1",
    "shell": "a;b|c`d`$(e)&&f>g",
    "star": "*?",
    "blank in front": " a",
    "blank at the end": "a ",
    "dot at the end": "a.",
    "con": "CON",
    "nul with extension": "NUL.txt",
    "com": "com1",
    "right to left": "\u202egpj.exe",
    "isolates": "\u2066a\u2069",
    "zero width": "a\u200b\ufeffb",
    "line separator": "a\u2028b\u2029c",
    "nfc": "caf\u00e9",
    "nfd": "cafe\u0301",
    "emoji": "\U0001f3ac\U0001f1e9\U0001f1ea",
    "arabic digits": "\u0661\u0662\u0663",
    "chinese": "镜头",
    "not a character": "\uffff\ufffe",
    "undecodable": "\udcff\udcfe",
    "latin-1": "caf\udce9",
    "half a letter": "\udcf0\udc9f\udc8e",
    "none": "None",
    "null": "null",
    "version": "v001_001",
    "ramses": "PROJ_S_SH010_PLATE_WIP001",
}
LONGEST = 255


def longest(tail: str = "", letter: str = "x") -> str:
    """A name of 255 bytes that ends in `tail`."""
    room = LONGEST - len(os.fsencode(tail))
    return letter * (room // len(letter.encode())) + "x" * (room % len(letter.encode())) + tail
