# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters for pictures: a plain round-pen alphabet of our own, so that a burn-in needs no font on any machine.

A glyph is a few pen strokes on a grid 4 wide and 6 high, y downwards, the baseline at 6. It is drawn by the distance
of each pixel to the strokes, which gives smooth edges at every size. Needs numpy.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.float32]

_PEN = 0.42  # half the width of a stroke, in units of the grid
_GAP = 1.9
_HEIGHT = 6.0
_SPACE = 3.4
# Strokes are parted by "|", each a chain of points "xy" in single digits; one point alone is a dot.
_STROKES = {
    "0": "01 10 30 41 45 36 16 05 01|23",
    "1": "11 20 26|06 46",
    "2": "01 10 30 41 42 06 46",
    "3": "01 10 30 41 42 33 13|33 44 45 36 16 05",
    "4": "36 30 04 44",
    "5": "40 00 02 32 43 45 36 06",
    "6": "30 10 01 05 16 36 45 44 33 03",
    "7": "00 40 16",
    "8": "10 30 41 42 33 13 02 01 10|13 04 05 16 36 45 44 33",
    "9": "43 13 02 01 10 30 41 45 36 16",
    "A": "06 02 20 42 46|04 44",
    "B": "00 06 36 45 44 33 03|33 42 41 30 00",
    "C": "41 30 10 01 05 16 36 45",
    "D": "00 06 26 45 41 20 00",
    "E": "40 00 06 46|03 33",
    "F": "40 00 06|03 33",
    "G": "41 30 10 01 05 16 36 45 43 23",
    "H": "00 06|40 46|03 43",
    "I": "00 20|10 16|06 26",
    "J": "40 45 36 16 05",
    "K": "00 06|40 03 46",
    "L": "00 06 46",
    "M": "06 00 23 40 46",
    "N": "06 00 46 40",
    "O": "01 10 30 41 45 36 16 05 01",
    "P": "06 00 30 41 42 33 03",
    "Q": "01 10 30 41 45 36 16 05 01|24 46",
    "R": "06 00 30 41 42 33 03|23 46",
    "S": "41 30 10 01 02 13 33 44 45 36 16 05",
    "T": "00 40|20 26",
    "U": "00 05 16 36 45 40",
    "V": "00 26 40",
    "W": "00 16 23 36 40",
    "X": "00 46|40 06",
    "Y": "00 23 40|23 26",
    "Z": "00 40 06 46",
    ":": "12|15",
    ";": "12|15 06",
    ".": "06",
    ",": "06 07",
    "-": "03 23",
    "+": "03 43|21 25",
    "=": "02 42|04 44",
    "_": "06 46",
    "/": "06 40",
    "(": "10 01 05 16",
    ")": "00 11 15 06",
    "#": "10 16|30 36|02 42|04 44",
    "%": "06 40|01|45",
    "&": "46 02 01 10 21 22 04 05 16 26 44",
    "'": "00 01",
    "?": "01 10 30 41 42 23 24|26",
    "!": "00 04|06",
}
_UNKNOWN = "00 40 46 06 00"


def line_height(size: int) -> int:
    """How many pixels a line of capitals `size` pixels high needs, pen and descent counted in."""
    return round(size * (_HEIGHT + 4 * _PEN) / _HEIGHT) + 1


def draw(text: str, size: int) -> Mask:
    """The text as coverage 0..1, float32 (line_height(size), width); capitals are `size` pixels high.

    There are no small letters; a character that the alphabet lacks is shown as a box.
    """
    import numpy as np

    unit = size / _HEIGHT
    places, at = [], _PEN * unit
    for letter in text.upper():
        if letter != " ":
            places.append((round(at), _glyph(letter, size)))
        at += (_SPACE if letter == " " else _width(letter) + _GAP) * unit
    line = np.zeros((line_height(size), max(1, round(at + 2 * _PEN * unit))), np.float32)
    for left, mask in places:
        part = line[:, left : left + mask.shape[1]]
        np.maximum(part, mask[:, : part.shape[1]], out=part)
    return line


def _chains(letter: str) -> list[list[tuple[float, float]]]:
    strokes = _STROKES.get(letter, _UNKNOWN).split("|")
    return [[(float(point[0]), float(point[1])) for point in stroke.split()] for stroke in strokes]


def _width(letter: str) -> float:
    return max(x for chain in _chains(letter) for x, _y in chain)


@lru_cache(maxsize=512)
def _glyph(letter: str, size: int) -> Mask:
    """One letter; kept, because the same few stand on every frame of a movie."""
    import numpy as np

    unit, pen = size / _HEIGHT, max(_PEN * size / _HEIGHT, 0.6)
    height, width = line_height(size), round((_width(letter) + 3 * _PEN) * unit) + 2
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x + 0.5 - pen, y + 0.5 - pen
    nearest = np.full((height, width), np.inf, np.float32)
    for chain in _chains(letter):
        points = [(px * unit, py * unit) for px, py in chain]
        for start, end in zip(points, points[1:] or points, strict=False):
            along = (end[0] - start[0], end[1] - start[1])
            length = along[0] ** 2 + along[1] ** 2
            share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length if length else 0 * x
            share = np.clip(share, 0, 1)
            distance = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
            np.minimum(nearest, distance, out=nearest)
    mask: Mask = np.clip(pen - nearest + 0.5, 0, 1)
    return mask
