# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookup tables for movies: close to the exact conversion for what cameras see, and never used where they are not."""

from __future__ import annotations

import numpy as np
import PyOpenColorIO as ocio
import pytest
from ramses_plates.core.media import Media
from ramses_plates.core.picture_bake import baked
from ramses_plates.core.picture_colour import Conversion, InputSpace, conversion, input_space, load_config

GREY, SKIN, BLUE = (0.18, 0.18, 0.18), (0.40, 0.22, 0.15), (0.05, 0.10, 0.30)


def exact(name: str, config: ocio.Config) -> Conversion:
    space: InputSpace = input_space(Media("test"), "exr", (), name)
    return conversion(space, config)


def codes(way: Conversion, colours: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return np.clip(way.apply(np.array([colours], np.float32)), 0, 1) * 255


@pytest.mark.parametrize("name", ["linear", "acescg", "aces", "logc3", "logc4", "slog3", "log3g10", "vlog", "cineon"])
def test_known_patches_come_out_alike(name: str) -> None:
    config = load_config()
    way = exact(name, config)
    table = baked(way, config)
    assert table is not way and (table.input, table.shown) == (way.input, way.shown)
    patches = np.array([GREY, SKIN, BLUE, (1, 1, 1), (0, 0, 0), (4, 4, 4), (0.002, 0.001, 0.004)])
    if name not in ("linear", "acescg", "aces"):
        patches = np.clip(0.4 + patches / 4, 0, 1)
    assert np.abs(codes(table, patches) - codes(way, patches)).max() <= 2


def test_two_tables_of_one_configuration_are_two() -> None:
    """OpenColorIO takes transforms for the same whose tables have the same smallest and largest value."""
    config = load_config()
    patch = np.array([(0.4, 0.45, 0.5)])
    found = [codes(baked(exact(name, config), config), patch) for name in ("logc3", "logc4", "slog3")]
    wanted = [codes(exact(name, config), patch) for name in ("logc3", "logc4", "slog3")]
    assert all(np.abs(one - two).max() <= 2 for one, two in zip(found, wanted, strict=True))
    assert np.abs(found[0] - found[1]).max() > 5


def test_a_view_that_no_table_can_hold_stays_exact() -> None:
    class Stripes:
        """Each thousandth of the light is another colour."""

        def applyRGB(self, pixels: np.ndarray) -> None:  # type: ignore[type-arg]
            pixels[:] = np.floor(pixels * 1000) % 2

    way = Conversion("lin_rec709_scene", "stripes", Stripes())
    assert baked(way, load_config()) is way
    plain = Conversion("sRGB", "as it is")
    assert baked(plain, load_config()) is plain
