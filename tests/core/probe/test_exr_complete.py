# SPDX-License-Identifier: GPL-3.0-or-later
"""Missing pixel data of EXRs is found by the chunk tables: every cut, every unfinished table, all kinds of parts."""

from __future__ import annotations

import struct
from pathlib import Path

import make_exr
import numpy
import OpenEXR
import OpenImageIO as oiio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import DamagedFile
from ramses_plates.core.probe import exr, exr_header
from ramses_plates.core.probe.exr_chunks import tile_count
from ramses_plates.core.probe.source import Source

KINDS = ("scanline", "zip", "tiled", "mipmap", "parts", "deep", "deep tiles", "grey")


def complete(path: Path | str) -> str | None:
    with Source(str(path)) as source:
        return exr.check_complete(source)


def write(path: Path, kind: str, width: int = 50, height: int = 37) -> None:
    """An EXR of that kind, written by a library of others."""
    noise = numpy.random.default_rng(1).random((height, width, 3)).astype("float16")
    if kind == "parts":
        parts = [
            OpenEXR.Part({"compression": OpenEXR.ZIP_COMPRESSION}, {"RGB": noise}, "one"),
            OpenEXR.Part({"compression": OpenEXR.NO_COMPRESSION}, {"Z": noise[..., 0].copy()}, "two"),
        ]
        OpenEXR.File(parts).write(str(path))
    elif kind.startswith("deep"):
        write_deep(path, width, height, tiled=kind == "deep tiles")
    elif kind in ("tiled", "mipmap"):
        write_tiled(path, noise, mipmap=kind == "mipmap")
    elif kind == "grey":
        channels = {"Y": noise[..., 0].copy()}
        OpenEXR.File({"compression": OpenEXR.NO_COMPRESSION}, channels).write(str(path))
    else:
        code = OpenEXR.NO_COMPRESSION if kind == "scanline" else OpenEXR.ZIP_COMPRESSION
        OpenEXR.File({"compression": code}, {"RGB": noise}).write(str(path))


def write_tiled(path: Path, pixels: numpy.ndarray, mipmap: bool) -> None:
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], 3, "half")
    spec.tile_width = spec.tile_height = 16
    spec["compression"] = "zips"
    if mipmap:
        picture = oiio.ImageBuf(pixels.astype("float32"))
        assert oiio.ImageBufAlgo.make_texture(oiio.MakeTxTexture, picture, str(path), spec), oiio.geterror()
        return
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(pixels.astype("float32")) and output.close()


def write_deep(path: Path, width: int, height: int, tiled: bool) -> None:
    spec = oiio.ImageSpec(width, height, 2, "float")
    spec.channelnames = ("A", "Z")
    spec.deep = True
    spec["compression"] = "zips"
    if tiled:
        spec.tile_width = spec.tile_height = 16
    deep = oiio.DeepData()
    deep.init(width * height, 2, "float", ("A", "Z"))
    for pixel in range(width * height):
        deep.set_samples(pixel, pixel % 3)
        for sample in range(pixel % 3):
            deep.set_deep_value(pixel, 1, sample, float(pixel))
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec) and output.write_deep_image(deep) and output.close()


def is_cut_found(path: Path, data: bytes, length: int) -> bool:
    path.write_bytes(data[:length])
    try:
        return complete(path) is not None
    except DamagedFile:
        return True


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_is_complete_and_every_cut_is_found(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "frame.exr"
    write(path, kind)
    assert complete(path) is None
    data = path.read_bytes()
    cut = tmp_path / "cut.exr"
    lengths = [*range(4, min(len(data), 1500)), *range(1500, len(data), 53), len(data) - 1]
    assert [length for length in lengths if not is_cut_found(cut, data, length)] == []


def test_every_single_byte_of_a_small_file(tmp_path: Path) -> None:
    data = make_exr.build(8, 5, timecode=(1, 2, 3, 4, False), fps=24, compression="zip")
    path = tmp_path / "cut.exr"
    assert [length for length in range(4, len(data)) if not is_cut_found(path, data, length)] == []
    path.write_bytes(data)
    assert complete(path) is None


@given(st.sets(st.integers(0, 35), min_size=1, max_size=36))
@settings(max_examples=40)
def test_an_unfinished_render_has_zeros_in_its_table(
    tmp_path_factory: pytest.TempPathFactory, unwritten: set[int]
) -> None:
    path = tmp_path_factory.mktemp("exr") / "frame.exr"
    make_exr.write(str(path), 64, 36)
    data = bytearray(path.read_bytes())
    with Source(str(path)) as source:
        table = exr_header.parse(source).end
    for chunk in unwritten:
        struct.pack_into("<Q", data, table + 8 * chunk, 0)
    path.write_bytes(bytes(data))
    problem = complete(path)
    assert problem is not None and f"{len(unwritten)} of 36" in problem


def test_a_table_that_points_into_itself(tmp_path: Path) -> None:
    data = bytearray(make_exr.build())
    path = tmp_path / "frame.exr"
    path.write_bytes(data)
    with Source(str(path)) as source:
        table = exr_header.parse(source).end
    struct.pack_into("<Q", data, table + 8, table)
    path.write_bytes(bytes(data))
    assert "table" in str(complete(path))


def test_a_chunk_larger_than_its_pixels(tmp_path: Path) -> None:
    data = bytearray(make_exr.build(64, 2))
    data += bytes(1000)
    path = tmp_path / "frame.exr"
    at = len(data) - 1000 - 64 * 3 * 2 - 4
    struct.pack_into("<i", data, at, 64 * 3 * 2 + 10)
    path.write_bytes(bytes(data))
    assert complete(path) == "the pixel data is damaged."


def test_a_window_of_a_million_lines_in_a_tiny_file(tmp_path: Path) -> None:
    path = tmp_path / "frame.exr"
    path.write_bytes(make_exr.build(4, 4).replace(struct.pack("<4i", 0, 0, 3, 3), struct.pack("<4i", 0, 0, 3, 2**29)))
    assert "cut" in str(complete(path)) or "ends" in str(complete(path))


def test_a_header_that_counts_its_chunks_wrongly(tmp_path: Path) -> None:
    path = tmp_path / "frame.exr"
    make_exr.write(str(path), attributes={"chunkCount": ("int", struct.pack("<i", 5))})
    assert "counts" in str(complete(path))


@pytest.mark.parametrize("rounding", [0, 1])
@pytest.mark.parametrize("mode", [0, 1, 2])
@pytest.mark.parametrize(
    ("width", "height", "tile"), [(1, 1, 16), (50, 37, 16), (64, 64, 64), (100, 3, 7), (513, 2, 32)]
)
def test_the_number_of_tiles_is_that_of_the_library(
    tmp_path: Path, width: int, height: int, tile: int, mode: int, rounding: int
) -> None:
    tiles = struct.pack("<IIB", tile, tile, mode | rounding << 4)
    count = tile_count(width, height, tiles)
    attributes = {"tiles": ("tiledesc", tiles), "type": ("string", b"tiledimage")}
    data = bytearray(make_exr.build(width, height, attributes=attributes))
    data[5] |= exr_header.TILED >> 8
    path = tmp_path / "frame.exr"
    path.write_bytes(bytes(data))
    with Source(str(path)) as source:
        end = exr_header.parse(source).end
    # One byte less than the table of that many entries is a cut table, as many is a table without chunks.
    path.write_bytes(bytes(data[:end]) + bytes(8 * count - 1))
    assert "chunk table" in str(complete(path))
    path.write_bytes(bytes(data[:end]) + bytes(8 * count))
    assert f"{count} of {count}" in str(complete(path))
    assert count == _tiles_by_definition(width, height, tile, mode, bool(rounding))


def _tiles_by_definition(width: int, height: int, tile: int, mode: int, round_up: bool) -> int:
    """Levels as the format describes them: halve until one pixel is left, count the tiles of each."""

    def halved(size: int) -> int:
        return max(1, (size + 1) // 2 if round_up else size // 2)

    def sides(size: int) -> list[int]:
        found = [size]
        while found[-1] > 1:
            found.append(halved(found[-1]))
        return found

    def tiles(wide: int, high: int) -> int:
        return ((wide + tile - 1) // tile) * ((high + tile - 1) // tile)

    if mode == 0:
        return tiles(width, height)
    if mode == 2:
        return sum(tiles(wide, high) for wide in sides(width) for high in sides(height))
    total, size = tiles(width, height), (width, height)
    while max(size) > 1:
        size = (halved(size[0]), halved(size[1]))
        total += tiles(*size)
    return total
