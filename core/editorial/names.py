# SPDX-License-Identifier: GPL-3.0-or-later
"""Names inside an edit: clip names with extensions and frame numbers, and notes that name a shot."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MEDIA = (
    "exr|dpx|cin|tif|tiff|tga|png|jpg|jpeg|jp2|j2k|sgi|rgb|hdr|psd|bmp|mov|mp4|m4v|mxf|avi|mkv|mpg|mpeg|webm|"
    "r3d|ari|arx|braw|dng|crm|rmf|cine|wav|aif|aiff|bwf|mp3|aaf"
)
_EXTENSION = re.compile(rf".*[^.]\.(?:{_MEDIA})\s*\Z", re.ASCII | re.IGNORECASE | re.DOTALL)
_FRAME = re.compile(r"[._-](?:\d{3,}|#+|%0?\d*d|\[\d+-\d+\]|\d+-\d+)\Z")
# Edit systems add to a clip's name the speed of a retime, FF for a freeze frame, or how a copy of it came about.
_ADDED = re.compile(
    r"(?:\s+(?:\(-?\d{1,4}(?:\.\d{1,4})? FPS\)|FF)|(?:\.(?:new|sub|copy|transcoded|consolidated)\.\d{1,3}){1,4})\Z",
    re.ASCII | re.IGNORECASE,
)
_RANGE = re.compile(r"(\S+?)\s*[:,]?\s+\(?(-?\d+)\s*-\s*(-?\d+)\)?\s*\Z", re.ASCII)

# A shot as nearly everybody writes it: SH010, shot_0100, s0010, with a sequence, an episode or a project before it.
_STRONG = re.compile(
    r"(?:[A-Za-z0-9+]{1,32}[_/.-]){0,6}(?:sh|sht|shot|s)[-_]?\d{2,5}[A-Za-z]?\Z", re.ASCII | re.IGNORECASE
)
# A code of three or more parts that ends in a number: ABC_010_0010.
_CODE = re.compile(r"[A-Za-z]{1,8}[A-Za-z0-9]{0,8}(?:_[A-Za-z0-9]{1,8}){1,3}_\d{3,5}[A-Za-z]?\Z", re.ASCII)
# Letters and two digits side by side, or at least three digits: ABC0010, 010_0020, 0100.
_WEAK = re.compile(r"(?=.*\d\d)(?=.*[A-Za-z_]|\d{3,}\Z)[A-Za-z0-9][A-Za-z0-9_./+-]*\Z", re.ASCII)
# Words with digits that people write in notes and that are no shots.
_NEVER = re.compile(
    r"(?:v|ver|vers|version|rev|take|tk|cam|camera|lay|anim|fx|vfx|fps|iso|reel|roll|tc|mm|ep|track|lens|mag|audio|a)"
    r"[-_.]?\d+\Z|\d+(?:[.,]\d+)?(?:k|x|%|fps|mm|fr|f|frames|s|sec|hz|bit)\Z|\d+[./-]\d+(?:[./-]\d+)?\Z",
    re.ASCII | re.IGNORECASE,
)
_SEQUENCE_SHOT = re.compile(
    r"((?:sq|seq|sequence|sc|scene|ep)[-]?[A-Za-z]?\d+[A-Za-z]?)[_/.-]((?:sh|sht|shot|s)?[-]?\d+[A-Za-z]?)\Z",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True)
class ShotNote:
    """What a note says about a shot: its name and, where given, the first and last file frame (inclusive)."""

    shot: str
    expected: tuple[int, int] | None = None


def clip_key(name: str) -> str:
    """A clip name as the scanner would call the clip: no folder, no media extension, no frame number before it."""
    name = _ADDED.sub("", name.strip())
    key = re.split(r"[\\/]", name)[-1] if _has_extension(name) else name
    if _has_extension(key):
        key = key.rpartition(".")[0]
        key = _FRAME.sub("", key) or key
    return key


def shot_note(text: str, *, labelled: bool = True) -> ShotNote | None:
    """The shot that the text of a note names, None where it names none with certainty.

    "SH010", "SH010 1001-1096", "SH010: 1001-1096" and "SH010 any words" are read; "approved" and "retime" are not.
    Ranges that run backwards are turned round. Without a label such as COMMENT only unmistakable shot names count.
    """
    words = text.split(None, 1)
    if not words:
        return None
    ranged = _RANGE.match(text.strip())
    if ranged is not None and (_STRONG.match(ranged[1]) or (labelled and _is_weak(ranged[1]))):
        low, high = sorted((int(ranged[2]), int(ranged[3])))
        return ShotNote(ranged[1], (low, high))
    word = words[0].rstrip(":,;")
    if _STRONG.match(word) and (labelled or len(words) == 1):
        return ShotNote(word)
    if labelled and _CODE.match(word) and _NEVER.match(word) is None:
        return ShotNote(word)
    if labelled and len(words) == 1 and _is_weak(word):
        return ShotNote(word)
    return None


def split_sequence(shot: str) -> tuple[str | None, str]:
    """("SQ010", "SH020") of "SQ010_SH020"; (None, shot) where the name does not say where the sequence ends."""
    match = _SEQUENCE_SHOT.match(shot)
    return (match[1], match[2]) if match else (None, shot)


def _is_weak(word: str) -> bool:
    return len(word) <= 64 and _WEAK.match(word) is not None and _NEVER.match(word) is None


def _has_extension(name: str) -> bool:
    return _EXTENSION.match(name) is not None
