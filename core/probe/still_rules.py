# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that all readers of still pictures share."""

from __future__ import annotations

from fractions import Fraction

# Deflate, the densest in use, packs one-bit pixels about 8,000 to a byte; more than this is a trap, not a picture.
_MOST_PIXELS_PER_BYTE = 200_000


def far_too_many(width: int, height: int, size: int) -> str | None:
    """One sentence where no compression could hold that many pixels in `size` bytes."""
    if width * height <= _MOST_PIXELS_PER_BYTE * size:
        return None
    return f"the header claims {width} x {height} pixels, but the file has only {size} bytes."


def ratio(over: int, under: int) -> Fraction | None:
    """A pixel aspect ratio from two counts; None where one is zero or the result is absurd."""
    if over <= 0 or under <= 0:
        return None
    value = Fraction(over, under).limit_denominator(10_000)
    return value if Fraction(1, 100) <= value <= 100 else None
