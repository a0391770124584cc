# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse patterns that could search one name for minutes: judged from their structure, without running them.

A backtracking search is exponential where a far repeat can share out the same text among its rounds in more than one
way: refused. It is of degree k where k repeats can pass characters to each other, times the choices that optional parts
leave: bounded by the length of the names that the pattern is used on.
"""

from __future__ import annotations

import importlib
import math
import re
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple

from .regex_characters import ALPHABET, NONE, Characters, characters_of

LONGEST = 255
# Patterns that cannot be used on names of this length are refused: ordinary names have 20 to 40 characters.
SHORTEST_LIMIT = 40
# Backtracking steps for one name: the engine makes ten to a hundred million in a second.
MOST_STEPS = 2e7
# Up to this many rounds a counted repeat is laid out round by round, beyond it counts as far.
_MANY = 16
_MOST_ITEMS = 400
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_CHECKS = ("AT", "ASSERT", "ASSERT_NOT", "GROUPREF", "GROUPREF_EXISTS")
_SKIPPABLE = "SKIPPABLE"  # an item of our own in laid-out sequences
_ONE_CHARACTER = ("LITERAL", "NOT_LITERAL", "IN", "ANY")
_AMBIGUOUS = "a repeat inside a repeat can read the same characters in many ways"
_TOO_LARGE = "it is too large"
_TOO_MANY = "too many of its parts can take each other's characters"

# The engine's own parse tree: the module moved in Python 3.11.
_parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")


class _TooLarge(Exception):
    """The pattern lays out to more items than are worth looking at."""


class _Piece(NamedTuple):
    """One item of a sequence: the characters it may take, its shortest length, whether it has one length only, how
    many far repeats it has, and the choices (in bits) that its rounds and its alternatives leave."""

    characters: Characters
    shortest: int
    fixed: bool
    far: int = 0
    bits: float = 0.0
    inner_bits: float = 0.0


class _Freedom(NamedTuple):
    """How freely a sequence can be laid over a text: degree, bits of choice, and whether any text fits twice."""

    degree: int
    bits: float
    ambiguous: bool


def pattern_cost(pattern: str) -> tuple[str, int]:
    """(what makes a valid pattern too expensive or "", the longest name it may search). Raises re.error if invalid."""
    items = list(_parser.parse(pattern, re.IGNORECASE))
    try:
        if not _far_repeats_are_clear(items):
            return _AMBIGUOUS, 0
        freedom = _freedom(_what_can_fail(_flat(items)))
    except _TooLarge:
        return _TOO_LARGE, 0
    anchored = bool(items) and str(items[0][1]) in ("AT_BEGINNING", "AT_BEGINNING_STRING")
    power = freedom.degree if anchored else freedom.degree + 1
    longest = _longest_name(power, freedom.bits)
    return ("", longest) if longest >= SHORTEST_LIMIT else (_TOO_MANY, 0)


def _what_can_fail(flat: list[Any]) -> list[Any]:
    """The sequence without its end that fits any text: once that far, a search has succeeded and never goes back."""
    pieces = [_piece(item) for item in flat]
    last = max((at for at, piece in enumerate(pieces) if piece.shortest or str(flat[at][0]) in _CHECKS), default=-1)
    if last < 0:
        return []
    kept = flat[: last + 1]
    if pieces[last].far and str(flat[last][0]) in _REPEATS:
        low, _high, body = flat[last][1]
        kept[last] = (flat[last][0], (low, low, body))
    return kept


def _longest_name(power: int, bits: float) -> int:
    """The longest text that `power` repeats cannot share out in more ways than MOST_STEPS; each bit doubles them."""
    most = MOST_STEPS / 2 ** min(bits, 64.0)
    if power > SHORTEST_LIMIT:
        return 0
    return next((length for length in range(LONGEST, 0, -1) if math.comb(length + power, power) <= most), 0)


def _far_repeats_are_clear(items: list[Any]) -> bool:
    for item in items:
        if str(item[0]) in _REPEATS and _int(item[1][1]) > _MANY and not _is_clear(list(item[1][2])):
            return False
        if not all(_far_repeats_are_clear(body) for body in _inner_sequences(item)):
            return False
    return True


def _is_clear(body: list[Any]) -> bool:
    """True where the rounds of a repeat over `body` can be told apart: one item that no other item can imitate."""
    flat = _flat(body)
    if len(flat) == 1 and str(flat[0][0]) in _ONE_CHARACTER:
        return True
    if not _branches_differ(body) or _freedom(body).ambiguous:
        return False
    pieces = [_piece(item) for item in flat]
    if all(piece.fixed for piece in pieces):
        return sum(piece.shortest for piece in pieces) > 0
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


def _freedom(items: list[Any]) -> _Freedom:
    """Walk a sequence in rows: a mandatory item that none before it can imitate ends a row, the search knows where it
    is again. Ambiguous rows multiply, so degrees beyond the first of each row and their bits are added up."""
    degree = row = 0
    bits = row_bits = 0.0
    shared = any_shared = False
    reach: Characters = NONE
    for item in [*_flat(items), None]:
        piece = _Piece(NONE, 1, True) if item is None else _piece(item)
        overlaps = bool(piece.characters & reach)
        if not overlaps and piece.shortest:
            degree += max(0, row - 1)
            bits += row_bits if shared else 0.0
            row, row_bits, shared, reach = 0, 0.0, False, NONE
        shared, any_shared = shared or overlaps, any_shared or overlaps
        # A repeat that shares nothing with the row before it adds no freedom of its own.
        row += piece.far if overlaps or not row else max(0, piece.far - 1)
        bits += piece.inner_bits
        row_bits += piece.bits
        if not piece.fixed:
            reach |= piece.characters
    inner = [(item, _freedom(body)) for item in _flat(items) for body in _bodies(item)]
    looks = sum(found.degree for item, found in inner if str(item[0]).startswith("ASSERT"))
    has_far = any(_piece(item).far for item in _flat(items))
    return _Freedom(degree + int(has_far) + looks, bits, any_shared or any(found.ambiguous for _item, found in inner))


def _flat(items: list[Any]) -> list[Any]:
    """The items with groups opened and the rounds of counted groups laid out, as the search meets them."""
    flat: list[Any] = []
    for item in items:
        name, value = str(item[0]), item[1]
        if name == "SUBPATTERN":
            flat += _flat(list(value[3]))
        elif name == "ATOMIC_GROUP":
            flat += _flat(list(value))
        elif name in _REPEATS and _int(value[1]) <= _MANY and not _is_one_character(value[2]):
            body = _flat(list(value[2]))
            flat += body * _int(value[0])
            skippable = [_optional(inner, at == 0) for at, inner in enumerate(body)]
            flat += skippable * (_int(value[1]) - _int(value[0]))
        else:
            flat.append(item)
        if len(flat) > _MOST_ITEMS:
            raise _TooLarge
    return flat


def _is_one_character(body: Any) -> bool:
    return len(body) == 1 and str(body[0][0]) in _ONE_CHARACTER


def _optional(item: Any, first: bool) -> Any:
    """The item as part of an optional group: leaving the group out is one choice, made at its first item."""
    if str(item[0]) in _REPEATS:
        _low, high, body = item[1]
        return (item[0], (0, high, body))
    return (_parser.MAX_REPEAT, (0, 1, [item])) if first else (_SKIPPABLE, item)


def _piece(item: Any) -> _Piece:
    name, value = str(item[0]), item[1]
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return _Piece(NONE, 0, True)
    if name == _SKIPPABLE:
        return _piece(value)._replace(shortest=0, fixed=False)
    if name in _REPEATS:
        return _repeat(_int(value[0]), _int(value[1]), [_piece(part) for part in _flat(list(value[2]))])
    bodies = [_flat(body) for body in _bodies(item)]
    if bodies:
        return _branch([[_piece(part) for part in body] for body in bodies], _most_at_once(bodies))
    if name.startswith("GROUPREF"):
        return _Piece(ALPHABET, 0, False)
    return _Piece(characters_of(item), 1, True)


def _repeat(low: int, high: int, inner: list[_Piece]) -> _Piece:
    characters = frozenset().union(*(piece.characters for piece in inner))
    shortest = low * sum(piece.shortest for piece in inner)
    fixed = low == high and all(piece.fixed for piece in inner)
    if high > _MANY:
        return _Piece(characters, shortest, fixed, far=1)
    far = high * sum(piece.far for piece in inner)
    bits = math.log2(high - low + 1) + high * sum(piece.bits for piece in inner)
    return _Piece(characters, shortest, fixed, far, bits, high * sum(piece.inner_bits for piece in inner))


def _most_at_once(bodies: list[list[Any]]) -> int:
    """How many alternatives can fit one text: of plain words only those that begin with each other."""
    if not all(str(item[0]) == "LITERAL" for body in bodies for item in body):
        return len(bodies)
    words = [tuple(item[1] for item in body) for body in bodies]
    return max(sum(word[: len(other)] == other for other in words) for word in words)


def _branch(bodies: list[list[_Piece]], at_once: int) -> _Piece:
    characters = frozenset().union(*(piece.characters for body in bodies for piece in body))
    lengths = [sum(piece.shortest for piece in body) for body in bodies]
    fixed = len(set(lengths)) == 1 and all(piece.fixed for body in bodies for piece in body)
    far = max(sum(piece.far for piece in body) for body in bodies)
    choices = sorted((sum(piece.bits + piece.inner_bits for piece in body) for body in bodies), reverse=True)
    inner_bits = math.log2(sum(2 ** min(bits, 64.0) for bits in choices[:at_once]))
    return _Piece(characters, min(lengths), fixed, far, 0.0, inner_bits)


def _inner_sequences(item: Any) -> Iterable[list[Any]]:
    if str(item[0]) in _REPEATS:
        yield list(item[1][2])
    elif str(item[0]) == "SUBPATTERN":
        yield list(item[1][3])
    elif str(item[0]) == "ATOMIC_GROUP":
        yield list(item[1])
    yield from _bodies(item)


def _bodies(item: Any) -> Iterable[list[Any]]:
    """The alternatives of a branch or condition, and what a look-around looks for."""
    name, value = str(item[0]), item[1]
    if name == "BRANCH":
        yield from (list(branch) for branch in value[1])
    elif name in ("ASSERT", "ASSERT_NOT"):
        yield list(value[1])
    elif name == "GROUPREF_EXISTS":
        yield from (list(branch) for branch in value[1:] if branch is not None)


def _first(items: list[Any]) -> Characters:
    """The characters that a sequence may begin with."""
    found: Characters = NONE
    for item in _flat(items):
        bodies = list(_bodies(item)) or ([list(item[1][2])] if str(item[0]) in _REPEATS else [])
        piece = _piece(item)
        found |= frozenset().union(*map(_first, bodies)) if bodies else piece.characters
        if piece.shortest:
            break
    return found


def _int(value: Any) -> int:
    return min(int(value), 1 << 30)
