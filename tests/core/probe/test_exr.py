# SPDX-License-Identifier: GPL-3.0-or-later
"""EXR headers: facts against the OpenEXR library and OpenImageIO, and what they get wrong against the format."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import make_exr
import numpy
import OpenEXR
import OpenImageIO as oiio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import DamagedFile
from ramses_plates.core.media import Media
from ramses_plates.core.probe import exr, exr_header
from ramses_plates.core.probe.source import Source

NTSC24 = Fraction(24000, 1001)


def probe(path: Path | str) -> Media:
    with Source(str(path)) as source:
        assert exr.recognises(source.head)
        return exr.read(source)


def probe_bytes(tmp_path: Path, data: bytes) -> Media:
    path = tmp_path / "frame.exr"
    path.write_bytes(data)
    return probe(path)


def made(tmp_path: Path, **options: Any) -> Media:
    return probe_bytes(tmp_path, make_exr.build(**options))


def test_all_facts_of_a_plate(tmp_path: Path) -> None:
    bt709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
    media = made(
        tmp_path,
        width=64,
        height=36,
        timecode=(1, 2, 3, 4, False),
        fps=NTSC24,
        reel="A001C003",
        data_window=(-8, -8, 80, 52),
        pixel_aspect=2.0,
        chromaticities=bt709,
        compression="zips",
    )
    assert (media.source, media.width, media.height, media.data_window) == ("exr", 64, 36, (-8, -8, 80, 52))
    assert (media.fps, media.start_timecode, media.reel) == (NTSC24, "01:02:03:04", "A001C003")
    assert (media.pixel_aspect, media.compression, media.pixel_format) == (2, "zips", "half")
    assert (media.channels, media.colour.primaries, media.error) == (("B", "G", "R"), "bt709", None)
    assert media.frame_count is None and media.duration_seconds is None


def test_what_a_header_does_not_say_is_none(tmp_path: Path) -> None:
    media = made(tmp_path)
    assert media.fps is None and media.start_timecode is None and media.reel is None
    assert media.colour.primaries is None and media.notes == ()


def test_display_window_away_from_the_origin(tmp_path: Path) -> None:
    media = made(tmp_path, width=100, height=50, display_offset=(10, 20), data_window=(0, 0, 120, 80))
    assert (media.width, media.height, media.data_window) == (100, 50, (0, 0, 120, 80))


@pytest.mark.parametrize("pixel_type", ["half", "float", "uint"])
def test_pixel_types(tmp_path: Path, pixel_type: str) -> None:
    assert made(tmp_path, pixel_type=pixel_type).pixel_format == pixel_type


def test_one_read_of_four_kilobytes_for_an_ordinary_plate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "frame.exr"
    make_exr.write(str(path), width=256, height=64, timecode=(1, 0, 0, 0, False), fps=24)
    reads: list[tuple[int, int]] = []
    pread = Source._pread

    def counting(source: Source, length: int, offset: int) -> bytes:
        reads.append((length, offset))
        return pread(source, length, offset)

    monkeypatch.setattr(Source, "_pread", counting)
    probe(path)
    assert reads == [(4096, 0)]


class TestTimecode:
    @given(
        st.tuples(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 29), st.booleans()),
    )
    @settings(max_examples=60)
    def test_same_label_as_the_library(
        self, tmp_path_factory: pytest.TempPathFactory, code: tuple[int, int, int, int, bool]
    ) -> None:
        path = tmp_path_factory.mktemp("exr") / "frame.exr"
        make_exr.write(str(path), 4, 4, timecode=code)
        library = OpenEXR.File(str(path), header_only=True).header()["timeCode"]
        assert _fields(library) == (*code[:4], int(code[4]))
        hours, minutes, seconds, frames, drop = code
        expected = f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if drop else ':'}{frames:02d}"
        assert probe(path).start_timecode == expected

    @pytest.mark.parametrize("code", [0xFFFFFFFF, 0x25000000, 0x00600000, 0x00006000, 0x0000000A, 0x1A000000])
    def test_nonsense_in_any_digit_is_no_timecode(self, tmp_path: Path, code: int) -> None:
        value = struct.pack("<II", code, 0)
        media = made(tmp_path, fps=24, attributes={"timeCode": ("timecode", value)})
        assert media.start_timecode is None
        assert len(media.notes) == 1 and "no timecode" in media.notes[0]

    def test_field_and_colour_frame_flags_are_not_part_of_the_label(self, tmp_path: Path) -> None:
        code = 0x01020304 | 1 << 7 | 1 << 15 | 1 << 23 | 1 << 30 | 1 << 31
        media = made(tmp_path, attributes={"timeCode": ("timecode", struct.pack("<II", code, 0))})
        assert media.start_timecode == "01:02:03:04"

    def test_drop_flag_at_24_is_told_and_not_believed(self, tmp_path: Path) -> None:
        media = made(tmp_path, timecode=(1, 0, 0, 0, True), fps=24)
        assert media.start_timecode == "01:00:00;00"
        assert "drop" in media.notes[0]
        start = media.timecode()
        assert start is not None and (start.frame, start.drop) == (86400, False)

    def test_a_frame_that_the_rate_does_not_have_is_told(self, tmp_path: Path) -> None:
        media = made(tmp_path, timecode=(1, 0, 0, 27, False), fps=24)
        assert media.start_timecode == "01:00:00:27" and "27" in media.notes[0]
        assert media.timecode() is None

    def test_above_thirty_frames_pairs_are_told(self, tmp_path: Path) -> None:
        media = made(tmp_path, timecode=(1, 0, 0, 11, False), fps=48)
        assert media.start_timecode == "01:00:00:11" and "pairs" in media.notes[0]

    def test_one_value_with_two_readings_is_not_guessed(self, tmp_path: Path) -> None:
        """0x51 is frame 51, or frame 11 with the drop flag: at 59.94 both exist, at 50 only the second does not."""
        at_fifty_nine = made(tmp_path, timecode=(1, 0, 0, 11, True), fps=Fraction(60000, 1001))
        assert at_fifty_nine.start_timecode is None
        assert "01:00:00;11" in at_fifty_nine.notes[0] and "01:00:00:51" in at_fifty_nine.notes[0]
        at_fifty = made(tmp_path, timecode=(1, 0, 0, 1, True), fps=50)
        assert at_fifty.start_timecode == "01:00:00:41"

    def test_a_timecode_written_as_text(self, tmp_path: Path) -> None:
        assert made(tmp_path, attributes={"timeCode": ("string", b"01:02:03:04")}).start_timecode == "01:02:03:04"
        assert made(tmp_path, attributes={"timeCode": ("string", b"yesterday")}).start_timecode is None

    def test_names_compare_without_case(self, tmp_path: Path) -> None:
        attributes = {
            "FramesPerSecond": ("rational", struct.pack("<iI", 30000, 1001)),
            "timecode": ("timecode", make_exr.pack_timecode(1, 2, 3, 4, True)),
            "ReelName": ("string", b"B002"),
        }
        media = made(tmp_path, attributes=attributes)
        assert (media.fps, media.start_timecode, media.reel) == (Fraction(30000, 1001), "01:02:03;04", "B002")


class TestRate:
    @pytest.mark.parametrize(
        ("kind", "value", "expected"),
        [
            ("rational", struct.pack("<iI", 24000, 1001), NTSC24),
            ("rational", struct.pack("<iI", 2997, 100), Fraction(30000, 1001)),
            ("rational", struct.pack("<iI", 25, 1), Fraction(25)),
            ("float", struct.pack("<f", 23.976), NTSC24),
            ("double", struct.pack("<d", 59.94), Fraction(60000, 1001)),
            ("int", struct.pack("<i", 24), Fraction(24)),
            ("string", b"23.98", NTSC24),
        ],
    )
    def test_every_way_of_writing_it(self, tmp_path: Path, kind: str, value: bytes, expected: Fraction) -> None:
        assert made(tmp_path, attributes={"framesPerSecond": (kind, value)}).fps == expected

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("rational", struct.pack("<iI", 24, 0)),
            ("rational", struct.pack("<iI", -24, 1)),
            ("rational", b"\0"),
            ("float", struct.pack("<f", float("nan"))),
            ("float", struct.pack("<f", float("inf"))),
            ("string", b"fast"),
        ],
    )
    def test_nonsense_is_no_rate(self, tmp_path: Path, kind: str, value: bytes) -> None:
        media = made(tmp_path, attributes={"framesPerSecond": (kind, value)})
        assert media.fps is None and media.error is None and media.notes


class TestColour:
    @pytest.mark.parametrize(
        ("values", "name"),
        [
            ((0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767), "aces-ap0"),
            ((0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767), "aces-ap1"),
            ((0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290), "bt2020"),
            ((0.684, 0.313, 0.221, 0.848, 0.0861, -0.102, 0.3127, 0.3290), "arri-wide-gamut-3"),
            ((0.5, 0.3, 0.3, 0.6, 0.15, 0.06, 0.3, 0.3), None),
        ],
    )
    def test_known_primaries_have_names(self, tmp_path: Path, values: tuple[float, ...], name: str | None) -> None:
        assert made(tmp_path, chromaticities=values).colour.primaries == name

    def test_the_aces_container_and_the_interop_id_name_the_space(self, tmp_path: Path) -> None:
        flag = {"acesImageContainerFlag": ("int", struct.pack("<i", 1))}
        assert made(tmp_path, attributes=flag).colour.space == "aces2065-1"
        named = {"colorInteropID": ("string", b"lin_ap1_scene")}
        assert made(tmp_path, attributes=named).colour.space == "lin_ap1_scene"


class TestShapes:
    def test_a_header_beyond_the_first_read(self, tmp_path: Path) -> None:
        attributes = {f"camera.{at:03d}": ("string", b"x" * 997) for at in range(300)}
        media = made(tmp_path, attributes=attributes, timecode=(1, 2, 3, 4, False), fps=24, reel="Z")
        assert (media.width, media.start_timecode, media.fps, media.reel) == (64, "01:02:03:04", 24, "Z")

    def test_a_large_value_is_not_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        data = make_exr.build(attributes={"aManifest": ("string", b"m" * 8_000_000)}, reel="R")
        read = 0
        pread = Source._pread

        def counting(source: Source, length: int, offset: int) -> bytes:
            nonlocal read
            piece = pread(source, length, offset)
            read += len(piece)
            return piece

        monkeypatch.setattr(Source, "_pread", counting)
        assert probe_bytes(tmp_path, data).reel == "R"
        assert read < 200_000

    def test_long_names(self, tmp_path: Path) -> None:
        name = "a" * 200
        media = made(tmp_path, channels=(f"{name}.R", "G"), attributes={name: ("string", b"1")})
        assert media.channels == ("G", f"{name}.R")

    def test_attributes_in_any_order(self, tmp_path: Path) -> None:
        data = make_exr.build(timecode=(1, 2, 3, 4, False), fps=24)
        pieces, end = _attributes(data)
        shuffled = data[:8] + b"".join(reversed(pieces)) + data[end:]
        assert probe_bytes(tmp_path, shuffled) == probe_bytes(tmp_path, data)

    @pytest.mark.parametrize("mode", ["one", "mipmap"])
    def test_tiled(self, tmp_path: Path, mode: str) -> None:
        path = str(tmp_path / "tiled.exr")
        spec = oiio.ImageSpec(100, 60, 4, "half")
        spec.tile_width = spec.tile_height = 16
        spec["compression"] = "zip"
        spec["openexr:levelmode"] = 1 if mode == "mipmap" else 0
        output = oiio.ImageOutput.create(path)
        assert output.open(path, spec) and output.write_image(numpy.zeros((60, 100, 4), "float32")) and output.close()
        media = probe(path)
        assert (media.width, media.height, media.compression, media.error) == (100, 60, "zip", None)
        assert media.channels == ("A", "B", "G", "R")

    def test_multi_part_layers_carry_the_name_of_their_part(self, tmp_path: Path) -> None:
        path = str(tmp_path / "parts.exr")
        grey = numpy.zeros((20, 30), "float16")
        parts = [
            OpenEXR.Part({}, {"R": grey, "G": grey, "B": grey}, "beauty"),
            OpenEXR.Part({}, {"Z": numpy.zeros((20, 30), "float32")}, "depth"),
            OpenEXR.Part({}, {"spec.R": grey}, "spec"),
        ]
        OpenEXR.File(parts).write(path)
        media = probe(path)
        assert (media.width, media.height, media.error) == (30, 20, None)
        assert media.channels == ("beauty.B", "beauty.G", "beauty.R", "depth.Z", "spec.R")
        assert media.pixel_format == "half,float"

    def test_deep(self, tmp_path: Path) -> None:
        path = str(tmp_path / "deep.exr")
        spec = oiio.ImageSpec(12, 8, 2, "float")
        spec.channelnames = ("A", "Z")
        spec.deep = True
        deep = oiio.DeepData()
        deep.init(12 * 8, 2, "float", ("A", "Z"))
        for pixel in range(12 * 8):
            deep.set_samples(pixel, pixel % 3)
        output = oiio.ImageOutput.create(path)
        assert output.open(path, spec) and output.write_deep_image(deep) and output.close()
        media = probe(path)
        assert (media.width, media.height, media.channels, media.error) == (12, 8, ("A", "Z"), None)

    @pytest.mark.parametrize("name", ["NO", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB"])
    def test_every_compression_of_the_library(self, tmp_path: Path, name: str) -> None:
        path = str(tmp_path / "frame.exr")
        header = {"compression": getattr(OpenEXR, f"{name}_COMPRESSION"), "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, {"RGB": numpy.random.rand(70, 40, 3).astype("float16")}).write(path)
        assert probe(path).compression == {"NO": "none"}.get(name, name.lower())
        with Source(path) as source:
            assert exr.check_complete(source) is None


class TestRemembered:
    """A header of a shape seen before is read in one step; it must say exactly what walking it says."""

    @given(st.data())
    @settings(max_examples=50)
    def test_the_quick_way_and_the_long_way_agree(
        self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        folder = tmp_path_factory.mktemp("exr")
        options: dict[str, Any] = {
            "width": data.draw(st.integers(1, 5000)),
            "timecode": data.draw(st.none() | st.tuples(*[st.integers(0, 23)] * 4, st.booleans())),
            "fps": data.draw(st.none() | st.sampled_from([Fraction(24), NTSC24, Fraction(60)])),
            "reel": data.draw(st.none() | st.text("ABC01", max_size=4)),
            "data_window": (0, 0, 2, 2),
        }
        path = folder / "frame.exr"
        make_exr.write(str(path), height=36, **options)
        quick = [probe(path), probe(path), probe(path)]
        exr_header._layouts = ()
        exr._facts_of.cache_clear()
        assert quick == [probe(path)] * 3

    @given(st.integers(1, 60), st.integers(0, 400), st.booleans())
    @settings(max_examples=40)
    def test_long_headers_of_one_shape_and_of_almost_one_shape(
        self, tmp_path_factory: pytest.TempPathFactory, length: int, changed: int, same_size: bool
    ) -> None:
        folder = tmp_path_factory.mktemp("exr")
        attributes = {f"camera.{at:03d}": ("string", b"x" * length) for at in range(200)}
        for frame in range(4):
            make_exr.write(str(folder / f"{frame}.exr"), timecode=(1, 0, 0, frame, False), attributes=attributes)
            assert probe(folder / f"{frame}.exr").start_timecode == f"01:00:00:0{frame}"
        other = {**attributes, f"camera.{changed % 200:03d}": ("string", b"y" * (length if same_size else length + 1))}
        make_exr.write(str(folder / "other.exr"), timecode=(2, 0, 0, 0, False), reel="B", attributes=other)
        media = probe(folder / "other.exr")
        assert (media.start_timecode, media.reel) == ("02:00:00:00", "B")

    def test_a_name_that_differs_in_one_byte_is_another_shape(self, tmp_path: Path) -> None:
        data = make_exr.build(reel="A001")
        assert [probe_bytes(tmp_path, data).reel for _time in range(3)] == ["A001"] * 3
        assert probe_bytes(tmp_path, data.replace(b"reelName", b"reelGame")).reel is None

    def test_of_an_attribute_given_twice_the_first_counts(self, tmp_path: Path) -> None:
        data = make_exr.build(reel="A001")
        at = data.index(b"screenWindowCenter")
        twice = data[:at] + b"reelName\0string\0\x04\0\0\0B002" + data[at:]
        assert [probe_bytes(tmp_path, twice).reel for _time in range(3)] == ["B002"] * 3


class TestDamage:
    @pytest.mark.parametrize("name", [key.split(b"\0")[0].decode() for key in exr_header.REQUIRED])
    def test_each_attribute_that_must_be_there(self, tmp_path: Path, name: str) -> None:
        data = make_exr.build()
        broken = data.replace(name.encode() + b"\0", b"x" + name.encode()[1:] + b"\0", 1)
        media = probe_bytes(tmp_path, broken)
        assert media.error is not None and name in media.error

    def test_what_the_header_still_says_stays_known(self, tmp_path: Path) -> None:
        data = make_exr.build(640, 360, fps=25).replace(b"channels\0", b"chan\1els\0", 1)
        media = probe_bytes(tmp_path, data)
        assert (media.width, media.height, media.fps) == (640, 360, 25)
        assert media.error is not None

    def test_a_version_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(DamagedFile, match="version"):
            probe_bytes(tmp_path, b"\x76\x2f\x31\x01\x09\0\0\0" + bytes(100))

    def test_a_length_beyond_the_file_is_not_believed(self, tmp_path: Path) -> None:
        data = bytearray(make_exr.build())
        at = data.index(b"chlist\0") + 7
        data[at : at + 4] = b"\xff\xff\xff\x7f"
        assert probe_bytes(tmp_path, bytes(data)).error is not None

    def test_more_attributes_than_any_camera_writes_end_soon(self, tmp_path: Path) -> None:
        tiny = b"".join(f"{at}\0f\0".encode() + bytes(4) for at in range(200_000))
        media = probe_bytes(tmp_path, make_exr.build()[:8] + tiny)
        assert media.error is not None and "too many" in media.error

    def test_parts_that_disagree(self, tmp_path: Path) -> None:
        path = tmp_path / "parts.exr"
        grey = numpy.zeros((20, 30), "float16")
        OpenEXR.File([OpenEXR.Part({}, {"Y": grey}, "one"), OpenEXR.Part({}, {"Y": grey}, "two")]).write(str(path))
        data = path.read_bytes()
        assert probe(path).error is None
        renamed = data.replace(b"two", b"one")
        assert "same name" in str(probe_bytes(tmp_path, renamed).error)
        window = b"displayWindow\0box2i\0\x10\0\0\0"
        second = data.index(window, data.index(window) + 1) + len(window)
        moved = data[:second] + struct.pack("<4i", 0, 0, 1, 1) + data[second + 16 :]
        assert "disagree" in str(probe_bytes(tmp_path, moved).error)


def _attributes(data: bytes) -> tuple[list[bytes], int]:
    pieces, at = [], 8
    while data[at]:
        start = data.index(0, data.index(0, at) + 1) + 1
        end = start + 4 + struct.unpack_from("<I", data, start)[0]
        pieces.append(data[at:end])
        at = end
    return pieces, at


def _fields(code: Any) -> tuple[int, ...]:
    """Fields of the library's TimeCode: releases differ in whether they are methods."""
    values = [getattr(code, name) for name in ("hours", "minutes", "seconds", "frame", "dropFrame")]
    return tuple(int(value() if callable(value) else value) for value in values)
