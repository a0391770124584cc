# SPDX-License-Identifier: GPL-3.0-or-later
"""Reel, shot, scene and take inside the nested metadata of edit systems: searched by key, bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from .names import ShotNote, shot_note

MOST_KEYS = 5000
_REEL = ("tapename", "tape name", "tape", "reel name", "reelname", "reel", "com.apple.proapps.studio.reel")
_SHOT = ("vfx shot", "vfx shot id", "vfx id", "shot id", "shot", "vfx", "com.apple.proapps.studio.shot")


def find_text(metadata: Iterable[Any], keys: tuple[str, ...]) -> str | None:
    """The first non-empty text under one of the keys, the keys in order of preference, compared in lower case."""
    found: dict[str, str] = {}
    for key, value in _pairs(metadata):
        if key in keys and key not in found:
            text = value.get("name") if hasattr(value, "get") else value
            if isinstance(text, str) and text.strip():
                found[key] = text.strip()
    return next((found[key] for key in keys if key in found), None)


def find_reel(metadata: Iterable[Any]) -> str | None:
    """The tape or reel that an edit system noted."""
    return find_text(metadata, _REEL)


def find_shot(metadata: Iterable[Any], texts: Iterable[str] = ()) -> ShotNote | None:
    """The shot that metadata or, after it, markers and notes name."""
    named = find_text(metadata, _SHOT)
    candidates = [named] if named is not None else []
    return next((note for text in (*candidates, *texts) if (note := shot_note(text)) is not None), None)


def _pairs(metadata: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Every key in lower case with its value, nearest to the surface first."""
    waiting: deque[Any] = deque(metadata)
    seen = 0
    while waiting and seen < MOST_KEYS:
        value = waiting.popleft()
        if hasattr(value, "items"):
            for key, inner in value.items():
                seen += 1
                yield str(key).lower(), inner
                if hasattr(inner, "items") or isinstance(inner, (list, tuple)):
                    waiting.append(inner)
        elif hasattr(value, "__iter__") and not isinstance(value, (str, bytes)):
            waiting.extend(inner for inner in list(value)[:MOST_KEYS] if not isinstance(inner, (str, bytes)))
