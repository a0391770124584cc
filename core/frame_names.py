# SPDX-License-Identifier: GPL-3.0-or-later
"""Which number of one file name may be its frame, judged by the shape of the name alone.

    plate.1001.exr            1001 behind a dot, at the end: the usual place
    sh010.1001_matte.exr      1001 behind a dot; 010 belongs to the word before it
    plate_v002.1001.exr       a version is never a frame
    plate_1080p.exr           nor is a number that runs into letters, nor 1920x1080

A name with several candidates gives them all, best first; whether a number really is a frame can only be said
with its neighbours at hand (evidence.py).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .naming_facts import IMAGES, words

SEPARATORS = "._- "
# Words that number things rather than frames, together with the digits that follow them: SH010, SEQ_020, A001, CAM2.
ID_WORDS = words(
    "sh shot sht sc scn scene sq seq sequence ep eps episode act tk take cam camera reel roll cut cb setup slate"
    " part day week unit rev vol disc disk card mag lens layer level lod tile id asset variant"
)
VERSION_WORDS = frozenset({"v", "ver", "vers", "version"})
_DIGITS = re.compile(r"[0-9]+")  # ASCII digits only: int() would also read full-width and Arabic ones
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[_\- ]?\Z")
_WIDTH_BEFORE = re.compile(r"[0-9] ?[xX×] ?\Z")  # the 1920x of 1920x1080

DOT_END, DOT_WIDE, SEPARATED_END, DOT_NARROW, SEPARATED, GLUED_END, ID_END, GLUED = range(8)
_DATE_PENALTY = 10
# File systems allow 255; nobody counts frames with more digits than this, and int() refuses to read thousands of them.
_MOST_DIGITS = 255


class Place(NamedTuple):
    """A candidate: `stem[start:end]` is the number with its sign, a lower `rank` is the better place."""

    rank: int
    start: int
    end: int


class Split(NamedTuple):
    """A file name cut at its frame number; `prefix + digits + tail` is the name."""

    prefix: str
    digits: str
    tail: str


def places(stem: str) -> list[Place]:
    """All candidates of a stem (a name without its extension), best first; on equal ranks the last one wins."""
    found = []
    for number in _DIGITS.finditer(stem):
        start, end = number.span()
        after = stem[end : end + 1]
        if (after and after not in SEPARATORS) or end - start > _MOST_DIGITS:
            continue
        start = _with_sign(stem, start, end)
        rank = _rank(stem, start, end)
        if rank is not None:
            found.append(Place(rank, start, end))
    found.sort(key=lambda place: (place.rank, -place.start))
    return found


def split(name: str) -> Split | None:
    """The name cut at its best candidate; None where there is none or the file is not a picture."""
    stem, _dot, ext = name.rpartition(".")
    if not stem or not _is_image(ext) or name[0] == ".":
        return None
    before, dot, number = stem.rpartition(".")
    if dot and number.isdecimal() and number.isascii() and len(number) < 8:
        return Split(f"{before}.", number, f".{ext}")  # the usual name; nothing beats this place
    candidates = places(stem)
    return cut(name, candidates[0]) if candidates else None


def cut(name: str, place: Place) -> Split:
    """The name cut at one place."""
    return Split(name[: place.start], name[place.start : place.end], name[place.end :])


@lru_cache(maxsize=256)
def word_before(prefix: str) -> str:
    """The letters that stand directly before a number or one separator ("_", "-", " ") away, in lower case."""
    found = _WORD_BEFORE.search(prefix[-40:])
    return found[1].lower() if found else ""


def is_reel_letter(word: str, before: str) -> bool:
    """True for the single letter of a camera reel or clip (A001, C003) that follows the text `before`.

    f0001 is a frame and x0001 the second half of a resolution.
    """
    return len(word) == 1 and word not in "fx" and not before[-1:].isalpha()


@lru_cache(maxsize=512)
def _is_image(ext: str) -> bool:
    return ext.lower() in IMAGES


def _with_sign(stem: str, start: int, end: int) -> int:
    """Where the number starts with its sign: a "-" that stands at the start or behind another separator.

    "-0" has no sign: the number could not be written back.
    """
    if start == 0 or stem[start - 1] != "-" or (start > 1 and stem[start - 2] not in SEPARATORS):
        return start
    return start - 1 if stem[start:end].strip("0") else start


def _rank(stem: str, start: int, end: int) -> int | None:
    """How good the place is; None where the number cannot be a frame."""
    before, width, at_end = stem[start - 1 : start] if start else "", end - start, end == len(stem)
    if before == ".":
        rank = DOT_END if at_end else DOT_WIDE if width >= 4 else DOT_NARROW
    elif not before:
        rank = SEPARATED_END if at_end else SEPARATED
    else:
        word = word_before(stem[:start])
        if word in VERSION_WORDS or _WIDTH_BEFORE.search(stem[max(0, start - 4) : start]):
            return None
        if before in SEPARATORS:
            rank = SEPARATED_END if at_end else SEPARATED
        elif word in ID_WORDS or is_reel_letter(word, stem[: start - len(word)]):
            if not at_end:
                return None
            rank = ID_END
        elif at_end:
            rank = GLUED_END
        elif width >= 4:
            rank = GLUED
        else:
            return None
    dated = may_be_dated(width) and stem[start : start + 2] in ("19", "20")
    return rank + _DATE_PENALTY if dated else rank


def may_be_dated(digits: int) -> bool:
    """Eight, twelve or more digits of this or the last century are a date before they are a frame.

    Only for such numbers does the best place depend on the number itself and not on the shape of the name alone.
    """
    return digits == 8 or digits >= 12
