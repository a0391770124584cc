# SPDX-License-Identifier: GPL-3.0-or-later
"""Which characters one item of a parsed pattern can match: ASCII exactly, all others by three stand-ins."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

Characters = frozenset[str]
NONE: Characters = frozenset()
_HAN, _ACCENTED, _COMBINING = "\u4e2d", "\u00e9", "\u0301"
ALPHABET: Characters = frozenset(map(chr, range(128))) | {_HAN, _ACCENTED, _COMBINING}
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def characters_of(item: Any) -> Characters:
    """The characters that a one-character item of a parse tree matches, whatever their case."""
    name, value = str(item[0]), item[1]
    if name == "LITERAL":
        return _both_cases(value)
    if name == "NOT_LITERAL":
        return ALPHABET - _both_cases(value)
    if name == "IN":
        return _class_characters(value)
    return ALPHABET - {"\n"} if name == "ANY" else ALPHABET


def _class_characters(members: list[Any]) -> Characters:
    found: set[str] = set()
    negated = False
    for member in members:
        kind, value = str(member[0]), member[1]
        if kind == "NEGATE":
            negated = True
        elif kind == "LITERAL":
            found |= _both_cases(value)
        elif kind == "RANGE":
            found |= _range_characters(*value)
        elif kind == "CATEGORY":
            found |= _category_characters(str(value))
    return frozenset(ALPHABET - found) if negated else frozenset(found)


@lru_cache(maxsize=256)
def _range_characters(low: int, high: int) -> Characters:
    found = {letter for letter in ALPHABET if any(low <= ord(case) <= high for case in _cases(letter))}
    return frozenset(found | {_HAN, _ACCENTED, _COMBINING} if high > 127 else found)


@lru_cache(maxsize=16)
def _category_characters(name: str) -> Characters:
    pattern = re.compile(_CATEGORIES[name])
    return frozenset(letter for letter in ALPHABET if pattern.match(letter))


def _cases(letter: str) -> tuple[str, ...]:
    return tuple(case for case in {letter, letter.lower(), letter.upper()} if len(case) == 1)


@lru_cache(maxsize=256)
def _both_cases(code: int) -> Characters:
    return frozenset(_cases(chr(code))) if code < 128 else frozenset((_HAN, _ACCENTED, _COMBINING))
