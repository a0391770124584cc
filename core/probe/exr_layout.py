# SPDX-License-Identifier: GPL-3.0-or-later
"""What an EXR header says about its pixels: windows, compression, part types, and contradictions between them."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import NamedTuple

from . import exr_header as eh
from .exr_header import Header, Part

# By the attribute's one byte: name, scan lines in one chunk (measured on files of the OpenEXR library 3.5).
COMPRESSIONS: dict[bytes, tuple[str, int]] = {
    bytes([code]): entry
    for code, entry in enumerate(
        [
            ("none", 1),
            ("rle", 1),
            ("zips", 1),
            ("zip", 16),
            ("piz", 32),
            ("pxr24", 16),
            ("b44", 32),
            ("b44a", 32),
            ("dwaa", 32),
            ("dwab", 256),
            ("htj2k256", 256),
            ("htj2k32", 32),
            ("lj2k", 256),
            ("zstd", 1),
        ]
    )
}
_PIXEL_TYPES = (("uint", 4), ("half", 2), ("float", 4))
PART_TYPES = (b"scanlineimage", b"tiledimage", b"deepscanline", b"deeptile")
# OpenEXR itself refuses coordinates beyond half the range of an int.
_FARTHEST = 2**30
_SHARED = (eh.DISPLAY_WINDOW, eh.PIXEL_ASPECT, eh.TIMECODE, eh.CHROMATICITIES)

Window = tuple[int, int, int, int]


@lru_cache(256)
def window(value: bytes) -> Window | None:
    """(x, y, width, height) of a box2i; None for an empty, inverted or impossible one."""
    if len(value) != 16:
        return None
    left, top, right, bottom = struct.unpack("<4i", value)
    if not (-_FARTHEST < left <= right < _FARTHEST and -_FARTHEST < top <= bottom < _FARTHEST):
        return None
    return left, top, right - left + 1, bottom - top + 1


class Channels(NamedTuple):
    """A channel list: names in file order, the pixel types that occur ("half", "half,float"), bytes in one pixel."""

    names: tuple[str, ...]
    types: str
    pixel_bytes: int
    subsampled: bool


@lru_cache(256)
def channel_list(value: bytes) -> Channels | None:
    """What a chlist holds; None where it is broken."""
    names: list[str] = []
    types: dict[str, None] = {}
    pixel_bytes = at = 0
    subsampled = False
    while at < len(value) - 1:
        end = value.find(0, at)
        if not at < end <= len(value) - 17:
            return None
        kind, x_sampling, y_sampling = struct.unpack_from("<i4xii", value, end + 1)
        if not 0 <= kind < len(_PIXEL_TYPES) or x_sampling < 1 or y_sampling < 1:
            return None
        name, size = _PIXEL_TYPES[kind]
        names.append(value[at:end].decode("utf-8", "replace"))
        types[name] = None
        pixel_bytes += size
        subsampled = subsampled or x_sampling > 1 or y_sampling > 1
        at = end + 17
    return Channels(tuple(names), ",".join(types), pixel_bytes, subsampled) if value[at:] == b"\0" else None


def part_type(header: Header, part: Part) -> bytes:
    """One of PART_TYPES: by the attribute, or by the version flags in single-part files without one."""
    default = PART_TYPES[(1 if header.flags & eh.TILED else 0) + (2 if header.flags & eh.DEEP else 0)]
    return part.get(eh.TYPE, default).rstrip(b"\0")


def contradiction(header: Header) -> str | None:
    """Why no reader can make a picture of this header, as a sentence; None for a sound one."""
    if header.damage is not None:
        return header.damage
    for part in header.parts:
        damage = _damage(part)
        if damage is not None:
            return damage
        if eh.TYPE in part or header.flags & eh.TILED or eh.TILES in part:
            damage = _type_damage(header, part)
            if damage is not None:
                return damage
    return _parts_damage(header) if header.flags & (eh.MULTIPART | eh.DEEP) else None


def _damage(part: Part) -> str | None:
    try:
        if window(part[eh.DATA_WINDOW]) is None or window(part[eh.DISPLAY_WINDOW]) is None:
            return "the EXR header has an impossible picture window."
        if part[eh.COMPRESSION] not in COMPRESSIONS:
            return "the EXR header names a compression that does not exist."
        if len(part[eh.LINE_ORDER]) != 1 or part[eh.LINE_ORDER] > b"\2":
            return "the EXR header names a line order that does not exist."
        if not _sound_aspect(part[eh.PIXEL_ASPECT]):
            return "the EXR header has an impossible pixel aspect ratio."
        if channel_list(part[eh.CHANNELS]) is None:
            return "the EXR header has a damaged channel list."
        if len(part[eh.SCREEN_CENTER]) != 8 or len(part[eh.SCREEN_WIDTH]) != 4:
            return "the EXR header has a damaged screen window."
    except KeyError as error:
        name = error.args[0].split(b"\0")[0].decode()
        return f"the EXR header has no usable attribute {name}."
    return None


@lru_cache(64)
def _sound_aspect(value: bytes) -> bool:
    return len(value) == 4 and 1e-6 <= struct.unpack("<f", value)[0] <= 1e6


def _type_damage(header: Header, part: Part) -> str | None:
    kind = part_type(header, part)
    if kind not in PART_TYPES:
        return "the EXR header names a type of part that does not exist."
    tiled = kind in (b"tiledimage", b"deeptile")
    deep = kind in (b"deepscanline", b"deeptile")
    if not header.flags & eh.MULTIPART and (tiled, deep) != (
        bool(header.flags & eh.TILED) or (deep and tiled),
        bool(header.flags & eh.DEEP),
    ):
        return f"the EXR header calls itself {kind.decode()}, but its version flags say something else."
    if tiled and _tile_damage(part.get(eh.TILES)):
        return "the EXR header has no usable tile description."
    return None


def _tile_damage(value: bytes | None) -> bool:
    if value is None or len(value) != 9:
        return True
    width, height, mode = struct.unpack("<IIB", value)
    return not (0 < width < 2**31 and 0 < height < 2**31 and mode & 15 < 3 and mode >> 4 < 2)


def _parts_damage(header: Header) -> str | None:
    needed = (eh.NAME, eh.TYPE, eh.CHUNK_COUNT) if header.flags & eh.MULTIPART else (eh.TYPE, eh.CHUNK_COUNT)
    first = header.parts[0]
    for part in header.parts:
        for attribute in needed:
            if attribute not in part:
                return f"the EXR header has a part without {attribute.split(bytes(1))[0].decode()}."
        for attribute in _SHARED:
            if attribute in part and attribute in first and part[attribute] != first[attribute]:
                return f"the parts of the EXR disagree about {attribute.split(bytes(1))[0].decode()}."
    if header.flags & eh.MULTIPART and len({part[eh.NAME] for part in header.parts}) < len(header.parts):
        return "two parts of the EXR have the same name."
    return None
