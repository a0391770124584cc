# SPDX-License-Identifier: GPL-3.0-or-later
"""A conversion to the display as one lookup table: the same colours to the eye, several times faster for a movie.

Studio views such as those of ACES cost more than everything else about a small picture. A table is used only after it
was held against the exact conversion; where the two could be told apart, the exact one is kept.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from .picture_colour import Conversion

_SIZE = 65
# Scene-linear light goes through a logarithm first: from a little below black to where every view has burnt out.
_OFFSET, _LOWEST, _HIGHEST = 0.03, -0.02, 64.0
# In code values of 8 bits. One colour of a hundred may differ by more: those lie outside of what cameras see.
_GREYS, _COLOURS, _MEAN = 2.0, 3.0, 0.3


def baked(exact: Conversion, config: Any) -> Conversion:
    """The conversion through a table where that is as good, else `exact` itself."""
    import PyOpenColorIO as ocio

    if exact.processor is None:
        return exact
    try:
        space = config.getColorSpace(exact.input)
        linear = space is not None and space.getEncoding() in ("scene-linear", "")
        steps = ocio.GroupTransform()
        if linear:
            steps.appendTransform(_shaper())
        steps.appendTransform(_table(exact, linear))
        # A configuration takes two tables for the same where their smallest and largest values are: each gets its own.
        table = replace(exact, processor=ocio.Config.CreateRaw().getProcessor(steps).getDefaultCPUProcessor())
    except (ocio.Exception, ocio.ExceptionMissingFile):
        return exact
    return table if _is_as_good(table, exact, linear) else exact


def _bounds() -> tuple[float, float]:
    return math.log2(_LOWEST + _OFFSET), math.log2(_HIGHEST + _OFFSET)


def _shaper() -> Any:
    """Linear light to 0..1 by a logarithm (to the base of two, as this transform counts)."""
    import PyOpenColorIO as ocio

    low, high = _bounds()
    slope = 1 / (high - low)
    return ocio.LogAffineTransform(
        logSideSlope=[slope] * 3,
        logSideOffset=[-low * slope] * 3,
        linSideSlope=[1.0] * 3,
        linSideOffset=[_OFFSET] * 3,
    )


def _table(exact: Conversion, linear: bool) -> Any:
    import numpy as np
    import PyOpenColorIO as ocio

    axis = np.linspace(0, 1, _SIZE, dtype=np.float64)
    if linear:
        low, high = _bounds()
        axis = np.exp2(low + axis * (high - low)) - _OFFSET
    red, green, blue = np.meshgrid(axis, axis, axis, indexing="ij")
    grid = np.ascontiguousarray(np.stack((red, green, blue), axis=-1), np.float32)  # blue runs fastest
    values = np.clip(np.nan_to_num(exact.apply(grid.reshape(_SIZE, _SIZE * _SIZE, 3))), 0, 1)
    found = ocio.Lut3DTransform(gridSize=_SIZE)
    found.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    found.setData(np.ascontiguousarray(values, np.float32).reshape(-1))
    return found


def _is_as_good(table: Conversion, exact: Conversion, linear: bool) -> bool:
    """Both on greys and on many colours of every brightness and strength."""
    import numpy as np

    rng = np.random.default_rng(3)
    if linear:
        brightness = np.exp2(rng.uniform(-12, 5, (4000, 1)))
        colours = brightness * rng.uniform(0, 1, (4000, 3))
        greys = np.exp2(np.linspace(-12, 7, 400))[:, None] * np.ones(3)
    else:
        colours, greys = rng.uniform(0, 1, (4000, 3)), np.linspace(0, 1, 400)[:, None] * np.ones(3)
    grey, colour = (_apart(table, exact, samples) for samples in (greys, colours))
    return bool(grey.max() <= _GREYS and np.quantile(colour, 0.99) <= _COLOURS and colour.mean() <= _MEAN)


def _apart(one: Conversion, two: Conversion, samples: Any) -> Any:
    import numpy as np

    pixels = samples.astype(np.float32)[None]
    first, second = (np.clip(np.nan_to_num(way.apply(pixels.copy())), 0, 1) * 255 for way in (one, two))
    return np.abs(first - second)
