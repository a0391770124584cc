# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse patterns that could search one name for minutes: judged from their structure, without running them.

A backtracking search is exponential where a repeat can share out the same text among its own rounds in more than one
way, and of degree k where k neighbouring repeats can pass characters to each other. The first kind is refused; the
second kind is bounded by the length of the names that the pattern is used on.
"""

from __future__ import annotations

import importlib
import math
import re
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple

# The longest name searched, by degree: at most some tens of millions of steps, a fraction of a second.
LONGEST_NAME = {0: 255, 1: 255, 2: 255, 3: 140, 4: 72}
# Choices between optional parts double the work with each bit.
MAX_BITS = 12.0
# A counted repeat such as {1,8} cannot run away; beyond this many rounds it is treated like *.
_MANY = 16
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")

# The engine's own parse tree: the module moved in Python 3.11.
_parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

_ALPHABET = frozenset(map(chr, range(128))) | {"\u00e9", "\u4e2d", "\u0301"}  # stand-ins for all that is not ASCII
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
Characters = frozenset[str]
NONE: Characters = frozenset()


class _Piece(NamedTuple):
    """One item of a sequence: the characters it may take and may begin with, its shortest length, whether it can
    stretch far or has one length only, and the choices (in bits) that it leaves to a search."""

    characters: Characters
    first: Characters
    shortest: int
    stretches: bool
    fixed: bool
    bits: float = 0.0


def pattern_cost(pattern: str) -> tuple[str, int]:
    """(what makes a valid pattern too expensive or "", the longest name it may search). Raises re.error if invalid."""
    items = list(_parser.parse(pattern, re.IGNORECASE))
    problem = _sequence_problem(items)
    degree, bits = _deepest(items)
    if not problem and bits > MAX_BITS:
        problem = "too many of its optional parts can read the same characters"
    anchored = bool(items) and str(items[0][0]) == "AT" and str(items[0][1]) in ("AT_BEGINNING", "AT_BEGINNING_STRING")
    if anchored and degree:
        degree -= 1  # one start instead of one per character
    if not problem and degree not in LONGEST_NAME:
        problem = f"{degree} of its repeats can take each other's characters"
    return problem, LONGEST_NAME.get(degree, 0)


def _deepest(items: list[Any]) -> tuple[int, float]:
    found = [_freedom(items), *(_deepest(body) for item in items for body in _inner_sequences(item))]
    return max(degree for degree, _bits in found), max(bits for _degree, bits in found)


def _sequence_problem(items: list[Any]) -> str:
    return next((problem for item in items if (problem := _item_problem(item))), "")


def _inner_sequences(item: Any) -> Iterable[list[Any]]:
    if str(item[0]) in _REPEATS:
        yield list(item[1][2])
    yield from _bodies(item)


def _item_problem(item: Any) -> str:
    if str(item[0]) in _REPEATS and _int(item[1][1]) > _MANY and not _is_unambiguous(list(item[1][2])):
        return "a repeat inside a repeat can read the same characters in many ways"
    return next((problem for body in _inner_sequences(item) if (problem := _sequence_problem(body))), "")


def _bodies(item: Any) -> Iterable[list[Any]]:
    name, value = str(item[0]), item[1]
    if name == "SUBPATTERN":
        yield list(value[3])
    elif name == "BRANCH":
        yield from (list(branch) for branch in value[1])
    elif name in ("ASSERT", "ASSERT_NOT"):
        yield list(value[1])
    elif name == "ATOMIC_GROUP":
        yield list(value)
    elif name == "GROUPREF_EXISTS":
        yield from (list(branch) for branch in value[1:] if branch is not None)


def _is_unambiguous(body: list[Any]) -> bool:
    """True where the rounds of a repeat over `body` can be told apart: one item that no other item can imitate."""
    flat = _flat(body)
    pieces = [_piece(item) for item in flat]
    if len(flat) == 1 and str(flat[0][0]) in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
        return True
    if not _branches_differ(body):
        return False
    if all(piece.fixed for piece in pieces) and sum(piece.shortest for piece in pieces) > 0:
        return True
    if _freedom(flat)[0] > 1:
        return False
    for at, piece in enumerate(pieces):
        others = pieces[:at] + pieces[at + 1 :]
        apart = all(not piece.characters & other.characters for other in others)
        if piece.shortest and apart and (piece.fixed or any(other.shortest for other in others)):
            return True
    return False


def _branches_differ(items: list[Any]) -> bool:
    """True where, at any depth, no two branches can begin with the same character or both be empty."""
    for item in items:
        if str(item[0]) == "BRANCH":
            firsts = [_first(list(branch)) or frozenset(("",)) for branch in item[1][1]]
            if any(first & other for at, first in enumerate(firsts) for other in firsts[at + 1 :]):
                return False
        if not all(_branches_differ(body) for body in _inner_sequences(item)):
            return False
    return True


def _freedom(items: list[Any]) -> tuple[int, float]:
    """How many stretching repeats in a row can pass characters on, and how many bits of choice stand in a row.

    A mandatory item that none of those before it can imitate ends the row: the search knows where it is again.
    """
    deepest = run = 0
    most = bits = 0.0
    reach: Characters = NONE
    for item in _flat(items):
        piece = _piece(item)
        shared = bool(piece.characters & reach)
        if not shared and piece.shortest:
            run, bits, reach = 0, 0.0, NONE
        if piece.stretches:
            run = run + 1 if shared or not run else run
            deepest = max(deepest, run)
        bits += piece.bits
        most = max(most, bits)
        if piece.stretches or not piece.fixed:
            reach |= piece.characters
    return deepest, most


def _flat(items: list[Any]) -> list[Any]:
    """The items with groups opened and the rounds of optional groups laid out, as the search meets them."""
    flat: list[Any] = []
    for item in items:
        name, value = str(item[0]), item[1]
        if name == "SUBPATTERN":
            flat += _flat(list(value[3]))
        elif name in _REPEATS[:2] and _int(value[1]) <= 1:
            flat += [_optional(inner) for inner in _flat(list(value[2]))]
        else:
            flat.append(item)
    return flat


def _optional(item: Any) -> Any:
    if str(item[0]) in _REPEATS[:2]:
        _low, high, body = item[1]
        return (item[0], (0, high, body))
    return (_parser.MAX_REPEAT, (0, 1, [item]))


def _piece(item: Any) -> _Piece:
    name, value = str(item[0]), item[1]
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return _Piece(NONE, NONE, 0, False, True)
    if name in _REPEATS:
        low, high, body = value
        inner = [_piece(part) for part in _flat(list(body))]
        characters = frozenset().union(*(piece.characters for piece in inner))
        shortest = _int(low) * sum(piece.shortest for piece in inner)
        stretches = _int(high) > _MANY or any(piece.stretches for piece in inner)
        fixed = _int(low) == _int(high) and all(piece.fixed for piece in inner)
        # A far repeat is either unambiguous or refused as such.
        own = math.log2(_int(high) - _int(low) + 1)
        bits = 0.0 if _int(high) > _MANY else own + _int(high) * sum(piece.bits for piece in inner)
        return _Piece(characters, _first(list(body)), shortest, stretches, fixed, bits)
    bodies = [list(body) for body in _bodies(item)]
    if bodies:
        inner = [_piece(part) for body in bodies for part in _flat(body)]
        lengths = [sum(_piece(part).shortest for part in _flat(body)) for body in bodies]
        characters = frozenset().union(*(piece.characters for piece in inner))
        fixed = len(set(lengths)) == 1 and all(piece.fixed for piece in inner)
        first = frozenset().union(*(_first(body) for body in bodies))
        bits = math.log2(len(bodies)) + max(sum(_piece(part).bits for part in _flat(body)) for body in bodies)
        return _Piece(characters, first, min(lengths), any(piece.stretches for piece in inner), fixed, bits)
    if name.startswith("GROUPREF"):
        return _Piece(_ALPHABET, _ALPHABET, 0, False, False)
    characters = _characters(item)
    return _Piece(characters, characters, 1, False, True)


def _first(items: list[Any]) -> Characters:
    found: Characters = NONE
    for item in _flat(items):
        piece = _piece(item)
        found |= piece.first
        if piece.shortest:
            break
    return found


def _characters(item: Any) -> Characters:
    """The characters of the alphabet that a one-character item matches, whatever their case."""
    name, value = str(item[0]), item[1]
    if name == "ANY":
        return _ALPHABET - {"\n"}
    if name == "LITERAL":
        return _both_cases(chr(value))
    if name == "NOT_LITERAL":
        return _ALPHABET - _both_cases(chr(value))
    if name == "IN":
        return _class_characters(value)
    return _ALPHABET


def _class_characters(members: list[Any]) -> Characters:
    found: set[str] = set()
    negated = False
    for member in members:
        kind, inner = str(member[0]), member[1]
        if kind == "NEGATE":
            negated = True
        elif kind == "LITERAL":
            found |= _both_cases(chr(inner))
        elif kind == "RANGE":
            low, high = inner
            found |= {letter for letter in _ALPHABET if any(low <= ord(case) <= high for case in _cases(letter))}
            found |= {"\u4e2d"} if high > 127 else set()
        elif kind == "CATEGORY":
            category = re.compile(_CATEGORIES[str(inner)])
            found |= {letter for letter in _ALPHABET if category.match(letter)}
    return frozenset(_ALPHABET - found) if negated else frozenset(found)


def _cases(letter: str) -> tuple[str, ...]:
    return tuple(case for case in {letter, letter.lower(), letter.upper()} if len(case) == 1)


def _both_cases(letter: str) -> frozenset[str]:
    return frozenset(_cases(letter)) if letter.isascii() else frozenset((letter, "\u4e2d", "\u00e9"))


def _int(value: Any) -> int:
    return min(int(value), 1 << 30)
