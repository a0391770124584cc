# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags that cameras and hosts leave in a QuickTime index: reel, colour space (QTFF, metadata keys `mdta`)."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import DamagedFile
from .quicktime_boxes import Boxes
from .quicktime_timecode import clean_reel
from .quicktime_tracks import Movie

_MOST_KEYS = 1024
_LONGEST_VALUE = 1024
_REEL = (b"com.apple.proapps.reel", b"com.apple.proapps.studio.reel", b"com.arri.camera.ReelName")
_SPACE = (b"uk.co.thefoundry.Colorspace", b"com.arri.camera.ColorGammaSxS")
_WANTED = frozenset(_REEL + _SPACE)


@dataclass(frozen=True)
class Tags:
    """What the tags say; None where they say nothing."""

    reel: str | None = None
    space: str | None = None


NO_TAGS = Tags()


def movie_tags(movie: Movie) -> Tags:
    """The tags in the movie's own `meta` box, or in the one of its user data."""
    found: dict[bytes, bytes] = {}
    for kind, body, end in movie.boxes:
        if kind in (b"meta", b"udta"):
            try:
                _read_box(movie.index, kind, body, end, found)
            except DamagedFile:
                continue  # user data that some tool wrote badly is no reason to refuse the movie
    if not found:
        return NO_TAGS
    reel = next((found[key] for key in _REEL if key in found), b"")
    space = next((found[key] for key in _SPACE if key in found), b"")
    return Tags(clean_reel(reel), space.split(b"\0")[0].decode("utf-8", "replace").strip() or None)


def _read_box(index: Boxes, kind: bytes, body: int, end: int, found: dict[bytes, bytes]) -> None:
    if kind == b"meta":
        _read_meta(index, body, end, found)
        return
    for inner, start, stop in index.children(body, end):
        if inner == b"meta":
            _read_meta(index, start, stop, found)


def _read_meta(index: Boxes, body: int, end: int, found: dict[bytes, bytes]) -> None:
    if end - body < 16:
        return
    if index.take(body + 4, 4) != b"hdlr":
        body += 4  # ISO files put version and flags first, QuickTime does not
    keys: list[bytes] = []
    for kind, start, stop in index.children(body, end):
        if kind == b"keys":
            keys = _keys(index, start, stop)
        elif kind == b"ilst" and not _WANTED.isdisjoint(keys):
            for item, inner, inner_stop in index.children(start, stop):
                place = int.from_bytes(item, "big") - 1
                if 0 <= place < len(keys) and keys[place] in _WANTED:
                    _read_value(index, inner, inner_stop, keys[place], found)


def _keys(index: Boxes, start: int, end: int) -> list[bytes]:
    """Key names in order; a list that is broken ends where it breaks."""
    names: list[bytes] = []
    at = start + 8
    while at + 8 <= end and len(names) < _MOST_KEYS:
        size = int.from_bytes(index.take(at, 4), "big")
        if size < 8 or at + size > end:
            break
        names.append(index.take(at + 8, min(size - 8, _LONGEST_VALUE)))
        at += size
    return names


def _read_value(index: Boxes, start: int, end: int, key: bytes, found: dict[bytes, bytes]) -> None:
    """The `data` box of an item: type (1 is UTF-8), locale, value."""
    for kind, body, stop in index.children(start, end):
        if kind == b"data" and stop - body > 8 and index.take(body, 4) == b"\0\0\0\1":
            found[key] = index.take(body + 8, min(stop - body - 8, _LONGEST_VALUE))
