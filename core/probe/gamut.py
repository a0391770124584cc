# SPDX-License-Identifier: GPL-3.0-or-later
"""Names for sets of primaries: the words of ITU-T H.273 as FFmpeg spells them, camera makers' names for the rest."""

from __future__ import annotations

from collections.abc import Sequence

# red x y, green x y, blue x y, white x y, from the published papers of ITU, SMPTE, AMPAS and the camera makers.
_SETS: dict[str, tuple[float, ...]] = {
    "bt709": (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    "bt2020": (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290),
    "smpte431": (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    "smpte432": (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290),
    "smpte428": (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1 / 3, 1 / 3),
    "bt470bg": (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    "smpte170m": (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, 0.3127, 0.3290),
    "adobe-rgb": (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290),
    "aces-ap0": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767),
    "aces-ap1": (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767),
    "arri-wide-gamut-3": (0.684, 0.313, 0.221, 0.848, 0.0861, -0.102, 0.3127, 0.3290),
    "arri-wide-gamut-4": (0.7347, 0.2653, 0.1424, 0.8576, 0.0991, -0.0308, 0.3127, 0.3290),
    "s-gamut3": (0.730, 0.280, 0.140, 0.855, 0.100, -0.050, 0.3127, 0.3290),
    "s-gamut3.cine": (0.766, 0.275, 0.225, 0.800, 0.089, -0.087, 0.3127, 0.3290),
    "red-wide-gamut": (0.780308, 0.304253, 0.121595, 1.493994, 0.095612, -0.084589, 0.3127, 0.3290),
    "v-gamut": (0.730, 0.280, 0.165, 0.840, 0.100, -0.030, 0.3127, 0.3290),
    "cinema-gamut": (0.740, 0.270, 0.170, 1.140, 0.080, -0.100, 0.3127, 0.3290),
    "davinci-wide-gamut": (0.8000, 0.3130, 0.1682, 0.9877, 0.0790, -0.1155, 0.3127, 0.3290),
}
# Writers round to three or four places.
_TOLERANCE = 0.0012


def name_of(values: Sequence[float]) -> str | None:
    """The name of eight chromaticity coordinates, None for a set that has none here."""
    for name, known in _SETS.items():
        if all(abs(value - wanted) <= _TOLERANCE for value, wanted in zip(values, known, strict=True)):
            return name
    return None
