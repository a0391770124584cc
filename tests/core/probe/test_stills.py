# SPDX-License-Identifier: GPL-3.0-or-later
"""Still pictures written by OpenImageIO, Pillow and by hand: size, channels, pixel aspect, and never a rate."""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from pathlib import Path

import numpy
import OpenImageIO as oiio
import pytest
from PIL import Image
from ramses_plates.core.errors import DamagedFile
from ramses_plates.core.media import Media
from ramses_plates.core.probe import files, probe_file
from ramses_plates.core.probe.source import Source

RGB, RGBA = ("R", "G", "B"), ("R", "G", "B", "A")


def written(path: Path, channels: int = 3, form: str = "uint8", **attributes: object) -> Path:
    spec = oiio.ImageSpec(64, 36, channels, form)
    for name, value in attributes.items():
        spec[name.replace("__", ":")] = value
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    noise = numpy.random.default_rng(1).random((36, 64, channels)).astype("float32")
    assert output.write_image(noise) and output.close()
    return path


def complete(path: Path) -> str | None:
    with Source(str(path)) as source:
        reader = files.reader_of(source)
        assert reader is not None and reader.check_complete is not None
        return reader.check_complete(source)


@pytest.mark.parametrize(
    ("name", "channels", "form", "source", "expected_channels", "expected_format"),
    [
        ("a.png", 3, "uint8", "png", RGB, "uint8"),
        ("a.png", 4, "uint16", "png", RGBA, "uint16"),
        ("a.png", 1, "uint8", "png", ("Y",), "uint8"),
        ("a.jpg", 3, "uint8", "jpeg", RGB, "uint8"),
        ("a.jpg", 1, "uint8", "jpeg", ("Y",), "uint8"),
        ("a.tif", 3, "uint8", "tiff", RGB, "uint8"),
        ("a.tif", 4, "uint16", "tiff", RGBA, "uint16"),
        ("a.tif", 3, "float", "tiff", RGB, "float"),
        ("a.tga", 3, "uint8", "tga", RGB, "uint8"),
        ("a.tga", 4, "uint8", "tga", RGBA, "uint8"),
        ("a.hdr", 3, "float", "hdr", RGB, "float"),
        ("a.sgi", 3, "uint8", "sgi", RGB, "uint8"),
        ("a.sgi", 4, "uint16", "sgi", RGBA, "uint16"),
        ("a.bmp", 3, "uint8", "bmp", RGB, "uint8"),
        ("a.webp", 3, "uint8", "webp", RGB, "uint8"),
        ("a.webp", 4, "uint8", "webp", RGBA, "uint8"),
        ("a.jp2", 3, "uint8", "jpeg2000", RGB, "uint8"),
        ("a.j2c", 3, "uint16", "jpeg2000", RGB, "uint16"),
    ],
)
def test_facts(
    tmp_path: Path,
    name: str,
    channels: int,
    form: str,
    source: str,
    expected_channels: tuple[str, ...],
    expected_format: str,
) -> None:
    media = probe_file(str(written(tmp_path / name, channels, form)))
    assert (media.source, media.width, media.height) == (source, 64, 36)
    assert (media.channels, media.pixel_format) == (expected_channels, expected_format)
    assert media.fps is None and media.start_timecode is None and media.duration_seconds is None


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.tga", "a.jpg"])
def test_pixel_aspect(tmp_path: Path, name: str) -> None:
    assert probe_file(str(written(tmp_path / name, PixelAspectRatio=2.0))).pixel_aspect == 2


def test_pixel_aspect_from_resolutions(tmp_path: Path) -> None:
    """With a unit the numbers are dots: twice as many across make a narrow pixel."""
    path = tmp_path / "dots.jpg"
    Image.new("RGB", (64, 36)).save(path, dpi=(200, 100))
    assert probe_file(str(path)).pixel_aspect == Fraction(1, 2)
    Image.new("RGB", (64, 36)).save(tmp_path / "dots.tif", dpi=(200, 100))
    assert probe_file(str(tmp_path / "dots.tif")).pixel_aspect == Fraction(1, 2)


@pytest.mark.parametrize("name", ["a.webp", "a.bmp", "a.tga", "a.sgi", "a.jp2", "a.png", "a.tif", "a.jpg"])
def test_the_same_from_another_writer(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    Image.new("RGB", (70, 30)).save(path)
    media = probe_file(str(path))
    assert (media.width, media.height, media.channels) == (70, 30, RGB)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16", "F"])
def test_tiff_modes(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tif"
    Image.new(mode, (70, 30)).save(path)
    media = probe_file(str(path))
    channels = {"P": RGB, "RGBA": RGBA, "CMYK": ("C", "M", "Y", "K")}.get(mode, ("Y",))
    form = {"1": "uint1", "I;16": "uint16", "F": "float"}.get(mode, "uint8")
    assert (media.width, media.height, media.channels, media.pixel_format) == (70, 30, channels, form)


def test_bigtiff(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.new("RGB", (70, 30)).save(path, big_tiff=True)
    assert path.read_bytes()[2] == 43
    media = probe_file(str(path))
    assert (media.width, media.height, media.channels) == (70, 30, RGB)
    assert complete(path) is None


def test_photoshop(tmp_path: Path) -> None:
    path = tmp_path / "a.psd"
    path.write_bytes(b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 4, 30, 70, 16, 3) + bytes(100))
    media = probe_file(str(path))
    assert (media.width, media.height, media.channels, media.pixel_format) == (70, 30, RGBA, "uint16")


def test_radiance_says_more_than_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.hdr"
    lines = (
        b"#?RADIANCE\nPIXASPECT=0.5\nPRIMARIES=0.64 0.33 0.30 0.60 0.15 0.06 0.3127 0.3290\nFORMAT=32-bit_rle_rgbe\n"
    )
    path.write_bytes(lines + b"\n-Y 36 +X 64\n" + bytes(64 * 36 * 4))
    media = probe_file(str(path))
    assert (media.width, media.height, media.pixel_aspect, media.colour.primaries) == (64, 36, 2, "bt709")


def png(*chunks: tuple[bytes, bytes], width: int = 4, height: int = 4) -> bytes:
    """A PNG of 4 x 4 pixels that may claim another size, with these chunks before its pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(4 * (1 + 3 * 4)))
    data = b"\x89PNG\r\n\x1a\n"
    for kind, value in [(b"IHDR", head), *chunks, (b"IDAT", pixels), (b"IEND", b"")]:
        data += struct.pack(">I", len(value)) + kind + value + struct.pack(">I", zlib.crc32(kind + value))
    return data


@pytest.mark.parametrize(
    ("chunk", "primaries", "transfer"),
    [
        ((b"sRGB", b"\0"), "bt709", "iec61966-2-1"),
        ((b"cICP", bytes([9, 16, 0, 1])), "bt2020", "smpte2084"),
        ((b"gAMA", struct.pack(">I", 100_000)), None, "linear"),
        ((b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)), "bt709", None),
    ],
)
def test_png_colour(tmp_path: Path, chunk: tuple[bytes, bytes], primaries: str | None, transfer: str | None) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(chunk))
    colour = probe_file(str(path)).colour
    assert (colour.primaries, colour.transfer) == (primaries, transfer)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.tga"])
def test_cut_pictures(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name)
    assert complete(path) is None
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    try:
        problem = complete(path)
    except DamagedFile as error:
        problem = str(error)
    assert problem is not None


def test_a_bomb_is_told_and_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(width=2_000_000, height=2_000_000)[:200])
    with pytest.raises(DamagedFile, match="2000000 x 2000000"):
        probe_file(str(path))


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n",
        png()[:20],
        png().replace(b"IHDR", b"IHDX"),
        png()[:16] + b"\0\0\0\0" + png()[20:],
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"\xff\xd8\xff\xd9" + bytes(100),
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\0\0",
        b"#?RADIANCE\nnothing",
        b"\x01\xda\0",
        b"BM" + bytes(6),
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"8BPS\0\1",
        b"\xff\x4f\xff\x51",
    ],
)
def test_damaged_headers_have_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken"
    path.write_bytes(data)
    with pytest.raises(DamagedFile) as caught:
        probe_file(str(path))
    assert str(caught.value).startswith(str(path)) and str(caught.value).endswith(".")


def test_tga_needs_its_name_because_it_has_no_magic(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tga")
    renamed = path.rename(tmp_path / "a.dat")
    media: Media = probe_file(str(renamed.rename(tmp_path / "A.TGA")))
    assert media.source == "tga"
