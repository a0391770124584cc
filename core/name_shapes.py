# SPDX-License-Identifier: GPL-3.0-or-later
"""How shots are named in the field: which parts of a name are its sequence and its shot, when no rule says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .name_tokens import Part, fold
from .words import LABELS


class Found(NamedTuple):
    """The shot and the sequence of a name; `rule` names the shape that decided. `shot` None: two shots, ambiguous."""

    shot: str | None
    sequence: str | None
    rule: str


SHOT_PREFIX = "builtin:shot"
SEQUENCE_PREFIX = "builtin:sequence"
SCENE_PREFIX = "builtin:scene"
NUMBER_PAIR = "builtin:number-pair"
SINGLE_NUMBER = "builtin:single-number"
AMBIGUOUS = Found(None, None, "")

# The years of deliveries, without the round numbers that big shows number their sequences with.
_YEAR = re.compile(r"20(?:1[5-9]|2[1-9]|3[1-9])\Z", re.ASCII)
# Sony and Canon video cameras number their clips C0001.mp4, with nothing else in the name.
_CAMERA_CLIP = re.compile(r"C\d{4}\Z")


def find_shot(parts: Sequence[Part]) -> Found | None:
    """The shot that a name speaks of, None where it names none; AMBIGUOUS where it names two."""
    kinds = [part.kind for part in parts]
    if "shot" in kinds:
        at = kinds.index("shot")
        if kinds.count("shot") > 1 and len({fold(part.text) for part in parts if part.kind == "shot"}) > 1:
            return AMBIGUOUS
        return Found(parts[at].text, _sequence_of(parts, at), SHOT_PREFIX)
    if parts and kinds[-1] == "word" and LABELS.get(parts[-1].head) == "shot":
        return None  # SEQ010_SH, 010_SH: somebody cut the shot's number off
    if "sequence" in kinds:
        return _behind_sequence(parts)
    if "scene" in kinds:
        return _scene(parts, kinds.index("scene"))
    return _numbers(parts)


def _behind_sequence(parts: Sequence[Part]) -> Found | None:
    """SEQ010_0020, SQ010_SC020: the id behind an explicit sequence is the shot; a sequence alone names none."""
    at = max(index for index, part in enumerate(parts) if part.kind == "sequence")
    behind = _next_id(parts, at)
    return Found(behind.text, parts[at].text, SEQUENCE_PREFIX) if behind else None


def _scene(parts: Sequence[Part], at: int) -> Found:
    """SC012_TK03 is a take of a scene; SC012 alone is what animation calls a shot."""
    behind = _next_id(parts, at)
    if behind:
        return Found(behind.text, parts[at].text, SCENE_PREFIX)
    return Found(parts[at].text, _sequence_of(parts, at), SCENE_PREFIX)


def _next_id(parts: Sequence[Part], at: int) -> Part | None:
    for skipped, part in enumerate(parts[at + 1 :]):
        if part.kind in ("scene", "take") or (part.candidate and (not skipped or len(part.digits) > 2)):
            return part
        if part.kind != "word":
            return None
    return None


def _numbers(parts: Sequence[Part]) -> Found | None:
    """010_0020, ABC010_0020, 101_010_0020: two numbers side by side; else one that can only be a shot."""
    runs = list(_runs(parts))
    for first, end in runs:
        if end - first > 1:
            return _pair(parts[first:end])
    return _single(parts, [first for first, _end in runs])


def _pair(run: Sequence[Part]) -> Found | None:
    if len(run) > 3:
        return AMBIGUOUS
    sequence, shot = run[-2:]
    if len(run) == 3 and shot.kind == "number" and len(shot.digits) < min(3, len(sequence.digits)):
        sequence, shot = run[:2]  # the third one counts takes or elements
    return Found(shot.text, sequence.text, NUMBER_PAIR)


def _single(parts: Sequence[Part], candidates: Sequence[int]) -> Found | None:
    if any(part.kind == "camera" for part in parts) or (len(parts) == 1 and _CAMERA_CLIP.match(parts[0].text)):
        return None
    fitting = [at for at in candidates if _is_shot_number(parts, at)]
    if not fitting:
        return None
    # TST_101_BRG_0010: episode, sequence code, shot.
    at = fitting[-1] if len(fitting) > 1 and _word_code(parts, fitting[-1]) else fitting[0]
    return Found(parts[at].text, _sequence_of(parts, at), SINGLE_NUMBER)


def _is_shot_number(parts: Sequence[Part], at: int) -> bool:
    part = parts[at]
    lettered = part.kind == "number" and len(part.text) > len(part.digits)
    if len(part.digits) < (2 if lettered else 3) or len(part.head) > 5:
        return False
    return at == 0 or parts[at - 1].kind not in ("known", "version", "take")


def _runs(parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """(first, end) of each run of candidates that stand side by side."""
    first = -1
    for at, part in enumerate(parts):
        if part.candidate:
            if first < 0:
                first = at
        elif first >= 0:
            yield first, at
            first = -1
    if first >= 0:
        yield first, len(parts)


def _sequence_of(parts: Sequence[Part], at: int) -> str | None:
    """The sequence of the shot at index `at`: the nearest one that says so, else the nearest number before it."""
    for kind in ("sequence", "scene"):
        places = [index for index, part in enumerate(parts) if part.kind == kind and index != at]
        before = [index for index in places if index < at]
        if places:
            return parts[before[-1] if before else places[0]].text
    code = _word_code(parts, at)
    if code:
        return code
    for index in range(at - 1, -1, -1):
        part = parts[index]
        counter = index > 0 and parts[index - 1].kind == "known"
        if part.candidate and not counter and not _YEAR.match(part.digits):
            return part.text
    return next((part.text for part in parts[:at] if part.kind == "episode"), None)


def _word_code(parts: Sequence[Part], at: int) -> str | None:
    """TST_BRG_0010: a short capital code right before the shot, with something before it, is the sequence."""
    if at < 2 or parts[at - 1].kind != "word" or parts[at - 2].kind not in ("word", "number", "code", "episode"):
        return None
    before, code = parts[at - 2].text, parts[at - 1].text
    return code if 2 <= len(code) <= 5 and len(before) <= 5 and code.isupper() and before.upper() == before else None
