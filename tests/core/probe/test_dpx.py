# SPDX-License-Identifier: GPL-3.0-or-later
"""DPX and Cineon headers: every field written and read back, OpenImageIO and PyAV as judges where they are right."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import make_dpx
import numpy
import OpenImageIO as oiio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import DamagedFile
from ramses_plates.core.media import Media
from ramses_plates.core.probe import cineon, dpx
from ramses_plates.core.probe.source import Source

NTSC24 = Fraction(24000, 1001)
UNDEFINED = b"\xff\xff\xff\xff"


def probe(path: Path | str) -> Media:
    with Source(str(path)) as source:
        assert dpx.recognises(source.head)
        return dpx.read(source)


def complete(path: Path | str) -> str | None:
    with Source(str(path)) as source:
        return dpx.check_complete(source)


def probe_bytes(tmp_path: Path, data: bytes) -> Media:
    path = tmp_path / "frame.dpx"
    path.write_bytes(data)
    return probe(path)


def changed(offset: int, value: bytes, **options: Any) -> bytes:
    data = make_dpx.build(**options)
    return data[:offset] + value + data[offset + len(value) :]


@pytest.mark.parametrize("big_endian", [True, False])
def test_all_facts_in_both_byte_orders(tmp_path: Path, big_endian: bool) -> None:
    data = make_dpx.build(
        timecode=(10, 20, 30, 15, False),
        fps=24,
        reel="A003C001",
        pixel_aspect=(2, 1),
        transfer=6,
        colorimetric=6,
        big_endian=big_endian,
    )
    media = probe_bytes(tmp_path, data)
    assert (media.source, media.width, media.height, media.pixel_aspect) == ("dpx", 64, 36, 2)
    assert (media.start_timecode, media.fps, media.reel) == ("10:20:30:15", 24, "A003C001")
    assert (media.channels, media.pixel_format, media.compression) == (("R", "G", "B"), "uint10", "none")
    assert (media.colour.primaries, media.colour.transfer) == ("bt709", "bt709")
    assert media.notes == () and media.error is None


@given(
    st.tuples(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 29), st.booleans()),
    st.booleans(),
)
@settings(max_examples=60)
def test_same_timecode_as_openimageio(
    tmp_path_factory: pytest.TempPathFactory, code: tuple[int, int, int, int, bool], big_endian: bool
) -> None:
    path = tmp_path_factory.mktemp("dpx") / "frame.dpx"
    make_dpx.write(str(path), 4, 4, timecode=code, big_endian=big_endian)
    judge = oiio.ImageInput.open(str(path)).spec().getattribute("dpx:TimeCode")
    assert probe(path).start_timecode == judge


def test_drop_flag(tmp_path: Path) -> None:
    media = probe_bytes(tmp_path, make_dpx.build(timecode=(1, 0, 0, 2, True), fps=Fraction(30000, 1001)))
    assert (media.start_timecode, media.fps) == ("01:00:00;02", Fraction(30000, 1001))


def test_above_thirty_frames_only_what_is_certain(tmp_path: Path) -> None:
    """Three tools read 0x01000051 at 59.94 in three ways; where one reading is left, it is taken."""
    word = struct.pack(">I", 0x01000051)
    media = probe_bytes(tmp_path, changed(1920, word, fps=Fraction(60000, 1001)))
    assert media.start_timecode is None and "01:00:00;11 or 01:00:00:51" in media.notes[0]
    media = probe_bytes(tmp_path, changed(1920, struct.pack(">I", 0x01000045), fps=50))
    assert media.start_timecode == "01:00:00:45"
    media = probe_bytes(tmp_path, changed(1920, struct.pack(">I", 0x01000033), fps=50))
    assert media.start_timecode == "01:00:00:33"


@pytest.mark.parametrize("word", [UNDEFINED, b"\x25\0\0\0", b"\0\x60\0\0", b"\0\0\0\x0b"])
def test_undefined_and_nonsense_timecode(tmp_path: Path, word: bytes) -> None:
    assert probe_bytes(tmp_path, changed(1920, word, fps=24)).start_timecode is None


@pytest.mark.parametrize(
    "value", [UNDEFINED, bytes(4), *(struct.pack(">f", rate) for rate in (float("nan"), float("inf"), -24.0, -1.7e38))]
)
def test_undefined_rates(tmp_path: Path, value: bytes) -> None:
    media = probe_bytes(tmp_path, changed(1940, value))
    assert media.fps is None and media.notes == ()


@pytest.mark.parametrize(
    ("stored", "exact"), [(23.976, NTSC24), (29.97, Fraction(30000, 1001)), (25, Fraction(25)), (NTSC24, NTSC24)]
)
def test_rates_are_exact(tmp_path: Path, stored: float, exact: Fraction) -> None:
    assert probe_bytes(tmp_path, make_dpx.build(fps=stored)).fps == exact


def test_rates_that_disagree_are_both_told(tmp_path: Path) -> None:
    media = probe_bytes(tmp_path, make_dpx.build(fps=25, film_fps=24))
    assert media.fps == 25
    assert media.notes == ("The film header says 24, the television header 25 frames a second.",)
    alone = probe_bytes(tmp_path, make_dpx.build(film_fps=24))
    assert alone.fps == 24 and "film header" in alone.notes[0]
    agreed = probe_bytes(tmp_path, make_dpx.build(fps=24, film_fps=24))
    assert agreed.fps == 24 and agreed.notes == ()


def test_pixels_are_no_television_header(tmp_path: Path) -> None:
    """FFmpeg begins the picture at 1664: what lies at 1920 and 1940 looks like a timecode and a rate, and is none."""
    path = tmp_path / "ffmpeg.dpx"
    with av.open(str(path), "w", format="image2", options={"update": "1"}) as container:
        stream = container.add_stream("dpx", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "gbrp10be"
        frame = av.VideoFrame.from_ndarray(numpy.full((36, 64, 3), 25, "uint8"), format="rgb24")
        for packet in [*stream.encode(frame), *stream.encode()]:
            container.mux(packet)
    data = bytearray(path.read_bytes())
    assert struct.unpack_from(">I", data, 4) == (1664,)
    struct.pack_into(">I", data, 1920, 0x01020304)
    struct.pack_into(">f", data, 1940, 24.0)
    media = probe_bytes(tmp_path, bytes(data))
    assert (media.width, media.height) == (64, 36)
    assert media.start_timecode is None and media.fps is None


def test_industry_header_that_is_not_there(tmp_path: Path) -> None:
    data = changed(28, bytes(4), timecode=(1, 0, 0, 0, False), fps=24)
    media = probe_bytes(tmp_path, data)
    assert media.start_timecode is None and media.fps is None


def test_reel_comes_from_the_device_else_from_the_source_file(tmp_path: Path) -> None:
    both = make_dpx.build(reel="A003", source_file="/mnt/scan/B001C002.0001.dpx")
    assert probe_bytes(tmp_path, both).reel == "A003"
    assert probe_bytes(tmp_path, make_dpx.build(source_file="/mnt/scan/B001C002.dpx")).reel == "B001C002"
    assert probe_bytes(tmp_path, make_dpx.build(source_file="C:\\scan\\B001C002.dpx")).reel == "B001C002"
    program = make_dpx.build(reel="Created with Nuke 15.1", source_file="B001.dpx")
    assert probe_bytes(tmp_path, program).reel == "B001"
    assert probe_bytes(tmp_path, make_dpx.build()).reel is None
    assert probe_bytes(tmp_path, changed(1556, b"\xff" * 32)).reel is None


@pytest.mark.parametrize("value", [struct.pack(">2I", 0, 1), UNDEFINED * 2, struct.pack(">2I", 1, 0)])
def test_undefined_pixel_aspect(tmp_path: Path, value: bytes) -> None:
    assert probe_bytes(tmp_path, changed(1628, value)).pixel_aspect is None


@pytest.mark.parametrize(
    ("bits", "channels", "element"),
    [(8, 3, "RGB"), (10, 3, "RGB"), (12, 3, "RGB"), (16, 3, "RGB"), (10, 4, "RGBA"), (16, 4, "RGBA"), (16, 1, "Y")],
)
def test_files_of_openimageio_are_complete(tmp_path: Path, bits: int, channels: int, element: str) -> None:
    path = tmp_path / "frame.dpx"
    spec = oiio.ImageSpec(61, 35, channels, "uint8" if bits == 8 else "uint16")
    spec["oiio:BitsPerSample"] = bits
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec), output.geterror()
    assert output.write_image(numpy.zeros((35, 61, channels), "float32")) and output.close()
    media = probe(path)
    assert (media.width, media.height, media.pixel_format) == (61, 35, f"uint{bits}")
    assert media.channels == tuple(element) and media.error is None
    assert complete(path) is None
    data = path.read_bytes()
    path.write_bytes(data[:-400])
    assert "missing" in str(complete(path))


def test_every_cut_is_found(tmp_path: Path) -> None:
    data = make_dpx.build(16, 9, timecode=(1, 0, 0, 0, False), fps=24)
    path = tmp_path / "cut.dpx"
    path.write_bytes(data)
    assert complete(path) is None
    for length in range(4, len(data)):
        path.write_bytes(data[:length])
        assert complete(path) is not None, length
        try:
            assert probe(path).width in (16, None)
        except DamagedFile as error:
            assert "cut off" in str(error)


@pytest.mark.parametrize(
    ("offset", "value", "word"),
    [
        (772, bytes(4), "size"),
        (776, UNDEFINED, "size"),
        (770, struct.pack(">H", 200), "elements"),
        (803, b"\x1a", "bits"),
    ],
)
def test_headers_that_make_no_sense(tmp_path: Path, offset: int, value: bytes, word: str) -> None:
    assert word in str(probe_bytes(tmp_path, changed(offset, value)).error)


def cineon_bytes(big_endian: bool = True, width: int = 60, height: int = 30, bits: int = 10, rate: float = 24) -> bytes:
    order = ">" if big_endian else "<"
    head = bytearray(2048)
    struct.pack_into(order + "5I", head, 0, 0x802A5FD7, 2048, 1024, 1024, 0)
    head[193] = 3
    for channel in range(3):
        struct.pack_into(order + "4B2I", head, 196 + 28 * channel, 0, channel + 1, bits, 0, width, height)
    head[844:848] = b"A007"
    struct.pack_into(order + "f", head, 1072, rate)
    return bytes(head) + bytes(width * height * 4)


@pytest.mark.parametrize("big_endian", [True, False])
def test_cineon(tmp_path: Path, big_endian: bool) -> None:
    path = tmp_path / "frame.cin"
    path.write_bytes(cineon_bytes(big_endian))
    with Source(str(path)) as source:
        assert cineon.recognises(source.head) and not dpx.recognises(source.head)
        media = cineon.read(source)
        assert cineon.check_complete(source) is None
    judge = oiio.ImageInput.open(str(path)).spec()
    assert (media.width, media.height) == (judge.width, judge.height) == (60, 30)
    assert (media.channels, media.pixel_format, media.reel) == (("R", "G", "B"), "uint10", "A007")
    assert media.fps == 24
    path.write_bytes(cineon_bytes(big_endian)[:-1])
    with Source(str(path)) as source:
        assert "missing" in str(cineon.check_complete(source))


def test_cineon_that_makes_no_sense(tmp_path: Path) -> None:
    path = tmp_path / "frame.cin"
    for data, word in ((cineon_bytes(bits=26), "bits"), (cineon_bytes(width=0), "size")):
        path.write_bytes(data)
        with Source(str(path)) as source:
            assert word in str(cineon.read(source).error)
    path.write_bytes(cineon_bytes()[:900])
    with Source(str(path)) as source, pytest.raises(DamagedFile, match="cut off"):
        cineon.read(source)
