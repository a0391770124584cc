# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of recipes and expected values, `tests/cases/probing.json`: each file is made as its recipe says."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import make_clips
import make_dpx
import make_exr
import make_movie
import numpy
import OpenImageIO as oiio
import pytest
from ramses_plates.core.probe import probe_clip
from ramses_plates.core.timecode import rate_of

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "cases" / "probing.json").read_text(encoding="utf-8")
)["cases"]
NTSC24 = Fraction(24000, 1001)
BT709 = ("bt709", "bt709", "bt709")


def by_openimageio(path: str, form: str, **attributes: object) -> None:
    spec = oiio.ImageSpec(64, 36, 3, form)
    for name, value in attributes.items():
        spec[name] = value
    output = oiio.ImageOutput.create(path)
    assert output.open(path, spec), output.geterror()
    assert output.write_image(numpy.zeros((36, 64, 3), "float32")) and output.close()


def cut_exr(path: str) -> None:
    data = make_exr.build(512, 512)
    Path(path).write_bytes(data[: len(data) // 3])


# id -> (file name, how to make it)
RECIPES: dict[str, tuple[str, Callable[[str], object]]] = {
    "exr-timecode-fps": ("a.exr", lambda path: make_exr.write(path, timecode=(1, 2, 3, 4, False), fps=NTSC24)),
    "exr-plain": ("a.exr", lambda path: make_exr.write(path)),
    "exr-overscan": ("a.exr", lambda path: make_exr.write(path, data_window=(-8, -8, 80, 52))),
    "exr-dwaa": ("a.exr", lambda path: by_openimageio(path, "half", compression="dwaa:45")),
    "dpx-timecode": ("a.dpx", lambda path: make_dpx.write(path, timecode=(10, 20, 30, 15, False), fps=24)),
    "png": ("a.png", lambda path: by_openimageio(path, "uint8")),
    "tga": ("a.tga", lambda path: by_openimageio(path, "uint8")),
    "mov-h264-tc": ("a.mov", lambda path: make_movie.write(path, codec="h264", colour=BT709)),
    "mov-23976": ("a.mov", lambda path: make_movie.write(path, rate=NTSC24)),
    "mov-no-tc": ("a.mov", lambda path: make_movie.write(path, timecode=None)),
    "mov-anamorphic": ("a.mov", lambda path: make_movie.write(path, sar=Fraction(2))),
    "mxf-tc": (
        "a.mxf",
        lambda path: make_movie.write(path, codec="mpeg2", rate=25, frames=25, timecode="09:59:50:00", size=(720, 576)),
    ),
    "mp4-tc": ("a.mp4", lambda path: make_movie.write(path, codec="h264", timecode="02:00:00:00")),
    "avi": ("a.avi", lambda path: make_movie.write(path, codec="mpeg4", timecode=None)),
    "zero-byte-mov": ("a.mov", lambda path: Path(path).touch()),
    "zero-byte-exr": ("a.exr", lambda path: Path(path).touch()),
    "truncated-exr": ("a.exr", cut_exr),
}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(tmp_path: Path, case: dict[str, Any]) -> None:
    name, make = RECIPES[case["id"]]
    path = str(tmp_path / name)
    make(path)
    kind = "movie" if name.endswith((".mov", ".mp4", ".mxf", ".avi")) else "still"
    media = probe_clip(make_clips.single(path, kind))
    document = media.document()
    for key, expected in case["expected"].items():
        if key == "error":
            assert media.error is not None and expected in media.error
        elif key == "fps":
            assert media.fps is not None and abs(float(media.fps) - expected) < 0.001
        elif key == "color_primaries":
            assert media.colour.primaries == expected.lower()
        else:
            found = document[{"pixel_aspect_ratio": "pixel_aspect"}.get(key, key)]
            assert found == (None if expected == "" else expected), key
    if case["id"] in ("png", "tga", "exr-plain"):
        assert media.fps is None
    if case["id"] == "mov-23976":
        assert media.fps == NTSC24 == rate_of(case["expected"]["fps"])


def test_no_case_is_left_out() -> None:
    assert sorted(RECIPES) == sorted(case["id"] for case in CASES)
