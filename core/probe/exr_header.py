# SPDX-License-Identifier: GPL-3.0-or-later
"""The attribute lists of an OpenEXR file (layout: "OpenEXR File Layout", openexr.com), read without its pixels."""

from __future__ import annotations

import struct
from operator import itemgetter
from typing import Any, NamedTuple

from ..errors import DamagedFile
from .source import HEAD_SIZE, Source

MAGIC = b"\x76\x2f\x31\x01"
TILED, LONG_NAMES, DEEP, MULTIPART = 0x200, 0x400, 0x800, 0x1000
_KNOWN_FLAGS = TILED | LONG_NAMES | DEEP | MULTIPART

# A part: the attributes that anybody here asks for, by "name NUL type NUL": one of a wrong type is not there.
Part = dict[bytes, bytes]


def key(name: str, kind: str) -> bytes:
    """How a part names the attribute `name` of type `kind`."""
    return f"{name}\0{kind}\0".encode()


CHANNELS = key("channels", "chlist")
COMPRESSION = key("compression", "compression")
DATA_WINDOW = key("dataWindow", "box2i")
DISPLAY_WINDOW = key("displayWindow", "box2i")
LINE_ORDER = key("lineOrder", "lineOrder")
PIXEL_ASPECT = key("pixelAspectRatio", "float")
SCREEN_CENTER = key("screenWindowCenter", "v2f")
SCREEN_WIDTH = key("screenWindowWidth", "float")
CHROMATICITIES = key("chromaticities", "chromaticities")
TIMECODE = key("timeCode", "timecode")
TIMECODE_TEXT = key("timeCode", "string")
REEL = key("reelName", "string")
RATES = tuple(key("framesPerSecond", kind) for kind in ("rational", "float", "double", "int", "string"))
RATE = RATES[0]
TILES = key("tiles", "tiledesc")
NAME = key("name", "string")
TYPE = key("type", "string")
CHUNK_COUNT = key("chunkCount", "int")
ACES = key("acesImageContainerFlag", "int")
COLOUR_SPACE = key("colorInteropID", "string")

# Every part must have these: the library refuses to write a file without them.
REQUIRED = (
    CHANNELS,
    COMPRESSION,
    DATA_WINDOW,
    DISPLAY_WINDOW,
    LINE_ORDER,
    PIXEL_ASPECT,
    SCREEN_CENTER,
    SCREEN_WIDTH,
)
_WANTED = {*REQUIRED, CHROMATICITIES, TIMECODE, TIMECODE_TEXT, REEL, *RATES, TILES, NAME, TYPE, CHUNK_COUNT}
_WANTED |= {ACES, COLOUR_SPACE}
# Writers differ in the case of these two names and of reelName.
_BY_LOWER_CASE = {wanted.lower(): wanted for wanted in (TIMECODE, TIMECODE_TEXT, REEL, *RATES)}

# Bounds far beyond real files: camera headers have some hundred attributes, cryptomatte files some hundred parts.
_MOST_ATTRIBUTES = 20_000
_MOST_PARTS = 4096
_LARGEST_VALUE = 4 * 1024 * 1024
_LONGEST_NAME = 255
_WINDOW = 64 * 1024

_size_at = struct.Struct("<I").unpack_from


class Header(NamedTuple):
    """All attribute lists. `end` is the offset of the first byte after them: the chunk-offset table.

    `damage` is one sentence where a list is broken or cut; `parts` then hold what stands before that place.
    """

    flags: int
    parts: tuple[Part, ...]
    end: int
    damage: str | None = None


class Plain(NamedTuple):
    """A single-part header of a known layout: wanted attributes without the timecode, and that."""

    flags: int
    names: tuple[bytes, ...]
    values: tuple[bytes, ...]
    timecode: bytes | None
    end: int

    def header(self) -> Header:
        """The same as `parse` gives it."""
        part = dict(zip(self.names, self.values, strict=True))
        if self.timecode is not None:
            part[TIMECODE] = self.timecode
        return Header(self.flags, (part,), self.end)


def remembered(source: Source) -> Plain | None:
    """The header that begins a file, if it has one of the layouts seen last."""
    head = source.head
    for layout in _layouts:
        if layout.end > len(head) and layout.may_be(head):
            plain = layout.read(source.read_some(0, layout.end))
        else:
            plain = layout.read(head)
        if plain is not None:
            return plain
    return None


def parse(source: Source) -> Header:
    """Read the header of a file that begins with MAGIC. Raises DamagedFile where nothing of it can be read."""
    head = source.head
    if len(head) < 9:
        raise DamagedFile("the EXR header is cut off.", source.path)
    flags = head[5] << 8 | head[6] << 16 | head[7] << 24
    if flags & ~_KNOWN_FLAGS or head[4] not in (1, 2):
        raise DamagedFile(f"this EXR version ({head[4]}, flags {flags:#x}) does not exist.", source.path)
    if not flags & MULTIPART:
        found = _walk(head, flags)
        if found is None and len(head) == HEAD_SIZE:
            found = _walk(source.read_some(0, _WINDOW), flags)
        if found is not None:
            return Header(flags, (found[0],), found[1])
    return _Reader(source).header(flags)


# name NUL type NUL, offset and size of the value
_Found = list[tuple[bytes, int, int]]


class _Layout:
    """Names, types and sizes of a header seen before, to read one of the same shape in a single step.

    The frames and clips of a delivery differ in a few values only. One struct cuts a header into names and wanted
    values; all names, types and sizes must be equal byte for byte, so the answer is the one that walking would give.
    """

    __slots__ = ("_cut", "_flags", "_literals", "_literals_of", "_mark", "_names", "_timecode", "_values_of", "end")

    def __init__(self, head: bytes, flags: int, found: _Found, end: int) -> None:
        fields = [(head[:8], "8s")]
        values: dict[bytes, int] = {}
        for raw, start, size in found:
            fields.append((head[start - len(raw) - 4 : start], f"{len(raw) + 4}s"))
            name = _canonical(raw)
            if name in _WANTED:
                values[name] = len(fields)
                fields.append((b"", f"{size}s"))
            else:
                fields[-1] = (fields[-1][0], f"{fields[-1][1]}{size}x")
        fields.append((b"\0", "s"))
        taken = set(values.values())
        literals = [at for at in range(len(fields)) if at not in taken]
        self._cut = struct.Struct("<" + "".join(form for _literal, form in fields)).unpack_from
        self._literals = tuple(fields[at][0] for at in literals)
        self._literals_of: Any = itemgetter(*literals)
        self._timecode = values.pop(TIMECODE, None)
        self._names = tuple(values)
        self._values_of: Any = itemgetter(*values.values())
        self._flags, self.end = flags, end
        # Where the last name inside the first read lies depends on all sizes before it.
        self._mark = max((start - len(raw), raw) for raw, start, _size in found if start <= HEAD_SIZE)

    def may_be(self, head: bytes) -> bool:
        """True where a longer read is worth its time."""
        at, raw = self._mark
        return head.startswith(raw, at - 4)

    def read(self, head: bytes) -> Plain | None:
        """What `head` says; None where it has another shape."""
        if len(head) < self.end:
            return None
        fields = self._cut(head)
        if self._literals_of(fields) != self._literals:
            return None
        timecode = None if self._timecode is None else fields[self._timecode]
        return Plain(self._flags, self._names, self._values_of(fields), timecode, self.end)


_layouts: tuple[_Layout, ...] = ()
_last_found: _Found = []


def _walk(head: bytes, flags: int) -> tuple[Part, int] | None:
    """The attributes of a single-part header that lies in `head` as a whole, and its end; None where it does not."""
    global _last_found
    found: _Found = []
    at = 8
    try:
        while head[at]:
            start = head.index(0, head.index(0, at) + 1) + 1
            (size,) = _size_at(head, start)
            found.append((head[at:start], start + 4, size))
            at = start + 4 + size
    except (IndexError, ValueError, struct.error):
        return None
    part: Part = {}
    for raw, start, size in found:
        name = _canonical(raw)
        if name in _WANTED:
            part.setdefault(name, head[start : start + size])
    if found == _last_found:
        _remember(head, flags, found, part, at + 1)
    _last_found = found
    return part, at + 1


def _remember(head: bytes, flags: int, found: _Found, part: Part, end: int) -> None:
    """Keep the layout of a shape that came twice; one with missing or repeated attributes is left to the walk."""
    global _layouts
    if len(part) >= len(REQUIRED) and len({raw for raw, _start, _size in found}) == len(found):
        _layouts = (_Layout(head, flags, found, end), *_layouts[:3])


def _canonical(raw: bytes) -> bytes:
    return raw if raw in _WANTED else _BY_LOWER_CASE.get(raw.lower(), raw)


class _Reader:
    """Walks a header of any length and number of parts through a window; values nobody asks for are not read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._window = source.head
        self._base = 0
        self._attributes = 0
        self._at = 8

    def header(self, flags: int) -> Header:
        """All parts, as far as they are sound."""
        parts: list[Part] = []
        try:
            if not flags & MULTIPART:
                self._part(parts)
            else:
                while self._view(1) != b"\0":
                    self._part(parts)
                self._at += 1
                if not parts:
                    return Header(flags, ({},), self._at, "the EXR file is multi-part and has no part.")
        except DamagedFile as error:
            return Header(flags, tuple(parts), self._at, error.message)
        return Header(flags, tuple(parts), self._at)

    def _part(self, parts: list[Part]) -> None:
        """Append the next attribute list; the position is then behind its end mark."""
        part: Part = {}
        parts.append(part)
        if len(parts) > _MOST_PARTS:
            raise DamagedFile(f"the EXR header has more than {_MOST_PARTS} parts.")
        while self._view(1) != b"\0":
            self._attributes += 1
            if self._attributes > _MOST_ATTRIBUTES:
                raise DamagedFile("the EXR header has too many attributes to be real.")
            name = _canonical(self._text() + self._text())
            size = int.from_bytes(self._take(4), "little")
            if self._at + size > self._source.size:
                raise DamagedFile("the EXR header is cut off or damaged.")
            if name not in _WANTED:
                self._at += size
                continue
            if size > _LARGEST_VALUE:
                raise DamagedFile(f"the EXR header has an attribute of {size} bytes.")
            part.setdefault(name, self._take(size))
        self._at += 1

    def _text(self) -> bytes:
        """A text and its NUL."""
        view = self._view(_LONGEST_NAME + 1, short=True)
        end = view.find(0)
        if end < 1:
            raise DamagedFile("the EXR header is cut off or damaged.")
        self._at += end + 1
        return view[: end + 1]

    def _take(self, length: int) -> bytes:
        data = self._view(length)
        self._at += length
        return data

    def _view(self, length: int, short: bool = False) -> bytes:
        """`length` bytes from the current position; fewer only with `short`, at the end of the file."""
        start = self._at - self._base
        if not 0 <= start <= start + length <= len(self._window):
            self._base, start = self._at, 0
            self._window = self._source.read_some(self._at, max(length, _WINDOW))
            if len(self._window) < (1 if short else length):
                raise DamagedFile("the EXR header is cut off.")
        return self._window[start : start + length]
