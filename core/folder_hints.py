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
    sequence."""

    sequence: str | None
    shot: Found | None
    names: tuple[str, ...]


def sanitised(folder: str) -> str:
    """A folder's name as an id: everything but letters, digits, `+` and `-` becomes `_`; outer ones are dropped."""
    return _UNWRITABLE.sub("_", folder)[:ID_CHARACTERS].strip("_-+")


def nearest_folder(parent: str) -> str:
    """The last folder of a path with `/` or `\\` separators, "" for none."""
    folders = _folders(parent)
    return folders[0] if folders else ""


@lru_cache(maxsize=4096)
def folder_hints(parent: str) -> FolderHints:
    """Read the folders of a path below the delivery, the nearest first."""
    sequence: str | None = None
    shot: Found | None = None
    names: list[str] = []
    for folder in _folders(parent):
        parts = parts_of(folder)
        found = find_shot(parts)
        if found and found.shot is not None and found.rule in _SURE_SHAPES:
            shot = shot or found
            sequence = sequence or found.sequence
            continue
        sequence = sequence or _explicit_sequence(folder, parts)
        if any(_may_name_a_sequence(part) for part in parts):
            names.append(sanitised(folder))
    return FolderHints(sequence, shot, tuple(name for name in names if name))


def sequence_from_folders(parent: str, shot: str) -> str | None:
    """The sequence that the folders give a shot whose name gives none."""
    hints = folder_hints(parent)
    if hints.sequence:
        return hints.sequence
    return next((name for name in hints.names if fold(name) != fold(shot)), None)


def _folders(parent: str) -> list[str]:
    folders = re.split(r"[/\\]", parent)
    return [folder for folder in reversed(folders) if folder not in ("", ".", "..")]


def _explicit_sequence(folder: str, parts: list[Part]) -> str | None:
    named = [part for part in parts if part.kind == "sequence"]
    if not named:
        return None
    return sanitised(folder) if len(parts) == 1 else named[-1].text


def _may_name_a_sequence(part: Part) -> bool:
    """Formats, dates, versions, views and steps sort files, they name no sequence; DAY01 might."""
    return part.kind not in ("noise", "camera", "version") and (part.kind != "known" or bool(part.digits))
