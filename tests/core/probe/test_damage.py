# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged headers of every format: cut at each byte, or with bytes changed. One sentence, soon, in little memory."""

from __future__ import annotations

import struct
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import make_dpx
import make_exr
import numpy
import OpenEXR
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from ramses_plates.core.errors import DamagedFile, UnknownFormat
from ramses_plates.core.media import Media
from ramses_plates.core.probe import exr_header, files, probe_file
from ramses_plates.core.probe.source import Source


def by_pillow(form: str, mode: str = "RGB", **options: Any) -> bytes:
    stream = BytesIO()
    Image.new(mode, (31, 17), 100).save(stream, form, **options)
    return stream.getvalue()


def parts() -> bytes:
    grey = numpy.zeros((6, 8), "float16")
    stream = BytesIO()
    OpenEXR.File([OpenEXR.Part({}, {"Y": grey}, "one"), OpenEXR.Part({}, {"Z": grey}, "two")]).write(stream)
    return stream.getvalue()


def cineon() -> bytes:
    head = bytearray(2048)
    struct.pack_into(">5I", head, 0, 0x802A5FD7, 2048, 1024, 1024, 0)
    head[193] = 1
    struct.pack_into(">4B2I", head, 196, 0, 0, 10, 0, 8, 8)
    return bytes(head) + bytes(80)


PLATE = make_exr.build(8, 6, timecode=(1, 2, 3, 4, False), fps=Fraction(24000, 1001), reel="A", compression="zips")
TILES = {"tiles": ("tiledesc", struct.pack("<IIB", 4, 4, 1)), "type": ("string", b"tiledimage")}
SAMPLES: dict[str, bytes] = {
    "exr": PLATE,
    "exr tiled": PLATE[:5] + b"\x02" + make_exr.build(8, 6, attributes=TILES)[6:],
    "exr parts": parts(),
    "dpx": make_dpx.build(8, 6, timecode=(1, 2, 3, 4, False), fps=24, film_fps=25, reel="A", source_file="b.dpx"),
    "dpx little": make_dpx.build(8, 6, timecode=(1, 2, 3, 4, False), fps=24, big_endian=False),
    "cineon": cineon(),
    "png": by_pillow("PNG", dpi=(72, 72)),
    "jpeg": by_pillow("JPEG", dpi=(72, 72)),
    "tiff": by_pillow("TIFF", dpi=(72, 72)),
    "bigtiff": by_pillow("TIFF", big_tiff=True),
    "tga": by_pillow("TGA"),
    "sgi": by_pillow("SGI"),
    "bmp": by_pillow("BMP"),
    "webp": by_pillow("WEBP"),
    "jp2": by_pillow("JPEG2000"),
    "psd": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 17, 31, 8, 3) + bytes(40),
    "hdr": b"#?RADIANCE\nPIXASPECT=2\nFORMAT=32-bit_rle_rgbe\n\n-Y 17 +X 31\n" + bytes(100),
}


class Memory(Source):
    """A file of these bytes that never was on a disk: thousands of them are judged here."""

    __slots__ = ("_data",)

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.head = data[:4096]
        self._data = data
        self._size = len(data)

    def _pread(self, length: int, offset: int) -> bytes:
        return self._data[offset : offset + length]


def judge(name: str, data: bytes) -> str:
    """Probe these bytes: an answer that makes sense, or an error with one sentence; "" stands for a sound file."""
    source = Memory(f"/plates/a.{name.split()[0]}", data)
    started = time.monotonic()
    problem: str | None
    try:
        reader = files.reader_of(source)
        if reader is None:
            return "nobody's"
        media = reader.read(source)
        problem = media.error
        if problem is None:
            check_sense(media)
            problem = reader.check_complete(source) if reader.check_complete else None
    except DamagedFile as error:
        problem = error.message
    assert problem is None or ((problem[:1].islower() or problem.startswith("EXR")) and problem.endswith(".")), problem
    assert "\n" not in (problem or "")
    assert time.monotonic() - started < 2
    return problem or ""


def check_sense(media: Media) -> None:
    assert media.width is not None and 0 < media.width < 2**31
    assert media.height is None or 0 < media.height < 2**31
    assert media.fps is None or 0 < media.fps <= 1000
    assert media.pixel_aspect is None or media.pixel_aspect > 0
    assert all(isinstance(name, str) for name in media.channels)
    assert media.document()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_itself_is_sound(name: str) -> None:
    data = SAMPLES[name]
    if name == "exr tiled":
        header = exr_header.parse(Memory("a.exr", data))
        assert "never written" in judge(name, data[: header.end] + bytes(200))
    else:
        assert judge(name, data) == ""


@pytest.mark.parametrize("name", SAMPLES)
def test_cut_at_every_byte(name: str) -> None:
    data = SAMPLES[name]
    for length in [*range(min(len(data), 2200)), *range(2200, len(data), 37)]:
        judge(name, data[:length])


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
@settings(max_examples=40)
def test_changed_bytes(name: str, data: st.DataObject) -> None:
    sample = bytearray(SAMPLES[name])
    edge = min(len(sample), 2100) - 1
    for at in data.draw(st.lists(st.integers(0, edge), min_size=1, max_size=6)):
        sample[at] = data.draw(st.one_of(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]), st.integers(0, 255)))
    judge(name, bytes(sample))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_byte_replaced(name: str) -> None:
    sample = SAMPLES[name]
    for at in range(min(len(sample), 2100)):
        for value in (0, 0x7F, 0xFF):
            judge(name, sample[:at] + bytes([value]) + sample[at + 1 :])


@pytest.mark.parametrize("name", SAMPLES)
def test_numbers_replaced_by_extremes(name: str) -> None:
    """Sizes and counts become huge or negative: nothing is allocated or walked that the file does not have."""
    sample = SAMPLES[name]
    values = [struct.pack(order + "I", value) for value in (2**24, 2**31 - 1, 2**32 - 2) for order in "<>"]
    tracemalloc.start()
    try:
        for at in range(4, min(len(sample), 900) - 4, 4):
            for value in values:
                judge(name, sample[:at] + value + sample[at + 4 :])
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "build",
    [
        lambda: PLATE[:8] + b"a\0b\0\xff\xff\xff\x7f",
        lambda: PLATE[:8] + b"a" * 10_000_000,
        lambda: b"\x76\x2f\x31\x01\x02\x10\0\0" + (b"a\0b\0" + bytes(4) + b"\0") * 500_000,
        lambda: b"\xff\xd8" + b"\xff\xe0\0\x02" * 2_000_000,
        lambda: b"\xff\xd8\xff" + bytes(20_000_000),
        lambda: b"\x89PNG\r\n\x1a\n" + SAMPLES["png"][8:33] + (bytes(4) + b"tEXt" + bytes(4)) * 1_000_000,
        lambda: b"#?RADIANCE\n" + b"x\n" * 5_000_000,
        lambda: b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0" + b"\xff" * 1_000_000,
    ],
    ids=["length", "name", "parts", "segments", "zeros", "chunks", "lines", "entries"],
)
def test_endless_headers_end(tmp_path: Path, build: Callable[[], bytes]) -> None:
    path = tmp_path / "endless"
    path.write_bytes(build())
    tracemalloc.start()
    started = time.monotonic()
    try:
        with suppress(DamagedFile, UnknownFormat):
            probe_file(str(path))
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()
    assert time.monotonic() - started < 2
