# SPDX-License-Identifier: GPL-3.0-or-later
"""What the folders of a clip say about it: the sequence where its name has none, and sometimes the shot."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .name_shapes import NUMBER_PAIR, SEQUENCE_PREFIX, SHOT_PREFIX, Found, find_shot
from .name_tokens import Part, fold, parts_of

ID_CHARACTERS = 64
_UNWRITABLE = re.compile(r"[^\w+-]+")
# A lone number or code as a folder's name is a roll or a day as often as a shot.
_SURE_SHAPES = frozenset((SHOT_PREFIX, SEQUENCE_PREFIX, NUMBER_PAIR))


class FolderHints(NamedTuple):
    """`sequence` as a folder says it in so many words, `shot` of a folder per shot, `names` of folders that might be a
    sequence, each with True where it looks like an id (010, BRG) and False where it may be anything (DAY01)."""

    sequence: str | None
    shot: Found | None
    names: tuple[tuple[str, bool], ...]


def sanitised(folder: str) -> str:
    """A folder's name as an id: everything but letters, digits, `+` and `-` becomes `_`; outer ones are dropped."""
    return _UNWRITABLE.sub("_", folder)[:ID_CHARACTERS].strip("_-+")


@lru_cache(maxsize=4096)
def nearest_folder(parent: str) -> str:
    """The last folder of a path with `/` or `\\` separators, "" for none."""
    folders = _folders(parent)
    return folders[0] if folders else ""


@lru_cache(maxsize=4096)
def folder_hints(parent: str) -> FolderHints:
    """Read the folders of a path below the delivery, the nearest first."""
    sequence: str | None = None
    shot: Found | None = None
    names: list[tuple[str, bool]] = []
    for folder in _folders(parent):
        parts = parts_of(folder)
        found = find_shot(parts)
        if found and found.shot is not None and found.rule in _SURE_SHAPES:
            shot = shot or found
            sequence = sequence or found.sequence
            continue
        sequence = sequence or _explicit_sequence(folder, parts)
        if any(_may_name_a_sequence(part) for part in parts):
            names.append((sanitised(folder), len(parts) == 1 and _is_like_an_id(parts[0])))
    return FolderHints(sequence, shot, tuple(entry for entry in names if entry[0]))


def sequence_from_folders(parent: str, shot: str) -> tuple[str | None, bool]:
    """(the sequence that the folders give a shot whose name gives none, whether that is a guess)."""
    hints = folder_hints(parent)
    if hints.sequence:
        return hints.sequence, False
    for name, sure in hints.names:
        if fold(name) != fold(shot):
            return name, not sure
    return None, False


def _folders(parent: str) -> list[str]:
    folders = re.split(r"[/\\]", parent)
    return [folder for folder in reversed(folders) if folder not in ("", ".", "..")]


def _explicit_sequence(folder: str, parts: list[Part]) -> str | None:
    named = [part for part in parts if part.kind == "sequence"]
    if not named:
        return None
    return sanitised(folder) if len(parts) == 1 else named[-1].text


def _is_like_an_id(part: Part) -> bool:
    return (
        part.candidate or part.kind == "scene" or (part.kind == "word" and part.text.isupper() and len(part.text) < 6)
    )


def _may_name_a_sequence(part: Part) -> bool:
    """Formats, dates, versions, views and steps sort files, they name no sequence; DAY01 might."""
    return part.kind not in ("noise", "camera", "version") and (part.kind != "known" or bool(part.digits))
