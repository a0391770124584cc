# SPDX-License-Identifier: GPL-3.0-or-later
"""What the codec set-up boxes of H.264, HEVC, AV1 and VP9 say: pixel format, pixel aspect, colour.

They stand in the movie's index, so nothing of the picture data is read. Sources: ISO/IEC 14496-15 (avcC, hvcC), ITU-T
H.264 7.3.2.1 and annex E (sequence parameter set), the AV1 and VP9 bindings to ISO media files (av1C, vpcC).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..media import Colour
from .colour_names import colour_of

_LONGEST_SET = 1024
_CHROMA = ("gray", "yuv420p", "yuv422p", "yuv444p")
_PROFILES_WITH_CHROMA = frozenset((100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135))
# H.264 table E-1
_ASPECTS = {
    1: (1, 1),
    2: (12, 11),
    3: (10, 11),
    4: (16, 11),
    5: (40, 33),
    6: (24, 11),
    7: (20, 11),
    8: (32, 11),
    9: (80, 33),
    10: (18, 11),
    11: (15, 11),
    12: (64, 33),
    13: (160, 99),
    14: (4, 3),
    15: (3, 2),
    16: (2, 1),
}


@dataclass(frozen=True)
class CodecFacts:
    """What a set-up box says about the pictures; None where it is silent."""

    pixel_format: str | None = None
    pixel_aspect: Fraction | None = None
    colour: Colour | None = None


NOTHING = CodecFacts()


class _Bits:
    """A bit reader over one parameter set; reading past its end raises IndexError."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise IndexError
        return (self._value >> self._left) & ((1 << count) - 1)

    def ue(self) -> int:
        """An unsigned Exp-Golomb number."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise IndexError
        return (1 << zeros) - 1 + self.take(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb number."""
        value = self.ue()
        return (value + 1) // 2 if value % 2 else -(value // 2)


def pixel_format(chroma: int, depth: int, matrix: int | None = None) -> str:
    """FFmpeg's name of planar YUV: `chroma` 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4 (which is RGB where the matrix is 0)."""
    name = "gbrp" if chroma == 3 and matrix == 0 else _CHROMA[chroma]
    return name if depth == 8 else f"{name}{depth}le"


def avc_facts(box: bytes) -> CodecFacts:
    """Facts of an `avcC` body: its first sequence parameter set."""
    if len(box) < 8 or not box[5] & 0x1F:
        return NOTHING
    length = int.from_bytes(box[6:8], "big")
    unit = box[8 : 8 + min(length, _LONGEST_SET)].replace(b"\0\0\3", b"\0\0")
    try:
        return _sequence_facts(_Bits(unit[1:]))
    except IndexError:
        return NOTHING


def _sequence_facts(bits: _Bits) -> CodecFacts:
    profile = bits.take(8)
    bits.take(16)
    bits.ue()
    chroma, depth = 1, 8
    if profile in _PROFILES_WITH_CHROMA:
        chroma = bits.ue()
        if chroma > 3:
            raise IndexError
        if chroma == 3:
            bits.take(1)
        depth = 8 + bits.ue()
        bits.ue()
        bits.take(1)
        if bits.take(1):
            _skip_scaling_lists(bits, 8 if chroma != 3 else 12)
    if depth > 14:
        raise IndexError
    _skip_to_usability(bits)
    if not bits.take(1):
        return CodecFacts(pixel_format(chroma, depth))
    aspect, codes = _usability(bits)
    colour = None if codes is None else colour_of(*codes)
    return CodecFacts(pixel_format(chroma, depth, codes[2] if codes else None), aspect, colour)


def _skip_scaling_lists(bits: _Bits, lists: int) -> None:
    for index in range(lists):
        if not bits.take(1):
            continue
        last = following = 8
        for _ in range(16 if index < 6 else 64):
            if following:
                following = (last + bits.se()) % 256
            last = following or last


def _skip_to_usability(bits: _Bits) -> None:
    """From the frame numbering to the flag that says whether usability information (annex E) follows."""
    bits.ue()
    order = bits.ue()
    if order == 0:
        bits.ue()
    elif order == 1:
        bits.take(1)
        bits.se()
        bits.se()
        for _ in range(min(bits.ue(), 255)):
            bits.se()
    bits.ue()
    bits.take(1)
    bits.ue()
    bits.ue()
    if not bits.take(1):
        bits.take(1)
    bits.take(1)
    if bits.take(1):
        for _ in range(4):
            bits.ue()


def _usability(bits: _Bits) -> tuple[Fraction | None, tuple[int, int, int] | None]:
    """Pixel aspect and the three colour codes."""
    aspect = None
    if bits.take(1):
        kind = bits.take(8)
        wide, high = (bits.take(16), bits.take(16)) if kind == 255 else _ASPECTS.get(kind, (0, 0))
        aspect = Fraction(wide, high) if wide and high else None
    if bits.take(1):
        bits.take(1)
    if not bits.take(1):
        return aspect, None
    bits.take(4)
    if not bits.take(1):
        return aspect, None
    return aspect, (bits.take(8), bits.take(8), bits.take(8))


def hevc_facts(box: bytes) -> CodecFacts:
    """Facts of an `hvcC` body: its chroma format and bit depth."""
    if len(box) < 19:
        return NOTHING
    return CodecFacts(pixel_format(box[16] & 3, 8 + (box[17] & 7)))


def av1_facts(box: bytes) -> CodecFacts:
    """Facts of an `av1C` body."""
    if len(box) < 4 or box[0] != 0x81:
        return NOTHING
    flags = box[2]
    depth = 8 if not flags & 0x40 else 12 if flags & 0x20 else 10
    chroma = 0 if flags & 0x10 else {0b11: 1, 0b10: 2, 0b00: 3}.get(flags >> 2 & 3, 1)
    return CodecFacts(pixel_format(chroma, depth))


def vp9_facts(box: bytes) -> CodecFacts:
    """Facts of a `vpcC` body."""
    if len(box) < 10:
        return NOTHING
    chroma = {0: 1, 1: 1, 2: 2, 3: 3}.get(box[6] >> 1 & 7)
    if chroma is None:
        return NOTHING
    return CodecFacts(pixel_format(chroma, box[6] >> 4, box[9]), None, colour_of(box[7], box[8], box[9]))
