# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour code points of ISO/IEC 23091-2 (ITU-T H.273), under the names that FFmpeg's tools print for them."""

from __future__ import annotations

from ..media import Colour

PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "ebu3213",
}
TRANSFERS = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}
MATRICES = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
}


def colour_of(primaries: int, transfer: int, matrix: int) -> Colour:
    """The colour tags behind three code points; "unspecified" and reserved ones are None."""
    return Colour(None, PRIMARIES.get(primaries), TRANSFERS.get(transfer), MATRICES.get(matrix))
