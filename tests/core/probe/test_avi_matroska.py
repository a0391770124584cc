# SPDX-License-Identifier: GPL-3.0-or-later
"""AVI and Matroska headers against PyAV on movies made here, and what happens to them on the way."""

from __future__ import annotations

import os
import struct
import time
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import make_movie
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import DamagedFile
from ramses_plates.core.media import Colour, Media
from ramses_plates.core.probe import avi, matroska
from ramses_plates.core.probe.source import Source

NTSC = {rate: Fraction(rate * 1000, 1001) for rate in (24, 30, 60)}
MOVIES: dict[str, dict[str, Any]] = {
    "mpeg4.avi": {"codec": "mpeg4"},
    "raw 25.avi": {"codec": "rawvideo", "rate": 25},
    "huffyuv 23.976 sound.avi": {"codec": "huffyuv", "rate": NTSC[24], "audio": True},
    "mjpeg 29.97 drop.avi": {"codec": "mjpeg", "rate": NTSC[30], "timecode": "01:00:00;02"},
    "ffv1 50 no timecode.avi": {"codec": "ffv1", "rate": 50, "timecode": None},
    "ffv1 25.mkv": {"codec": "ffv1", "rate": 25, "timecode": "09:59:50:00", "reel": "A001"},
    "prores 23.976.mkv": {"codec": "prores", "rate": NTSC[24]},
    "h264 pq.mkv": {"codec": "h264", "rate": 24, "colour": ("bt2020", "smpte2084", "bt2020nc")},
    "h264 b-frames.mkv": {"codec": "h264_b", "rate": NTSC[30], "frames": 50, "timecode": "01:00:00;02"},
    "mjpeg sound.mkv": {"codec": "mjpeg", "audio": True},
    "hevc 59.94.mkv": {"codec": "hevc", "rate": NTSC[60], "timecode": None},
    "vp9.webm": {"codec": "vp9"},
}


def reader(path: str) -> ModuleType:
    return avi if path.endswith(".avi") else matroska


def probe(path: str) -> Media:
    with Source(path) as source:
        assert reader(path).recognises(source.head)
        media: Media = reader(path).read(source)
        return media


def complete(path: str) -> str | None:
    with Source(path) as source:
        sentence: str | None = reader(path).check_complete(source)
        return sentence


@pytest.fixture(scope="module")
def movies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("movies")
    return {name: make_movie.write(str(folder / name), **{"frames": 6, **made}) for name, made in MOVIES.items()}


@pytest.mark.parametrize("name", MOVIES)
def test_agrees_with_pyav(name: str, movies: dict[str, str]) -> None:
    import av

    made = {"rate": Fraction(24), "timecode": "01:00:00:00", **MOVIES[name]}
    media = probe(movies[name])
    with av.open(movies[name]) as movie:
        stream = movie.streams.video[0]
        assert (media.width, media.height) == (stream.codec_context.width, stream.codec_context.height)
        assert media.codec == stream.codec_context.codec.canonical_name
        if media.pixel_format is not None and media.codec != "rawvideo":
            assert media.pixel_format == stream.codec_context.pix_fmt
        assert abs(media.fps - stream.average_rate) < Fraction(1, 20), "Matroska rounds in FFmpeg's hands"
        assert media.frame_count == sum(1 for _ in movie.decode(video=0))
    assert media.fps == made["rate"]
    assert media.start_timecode == made["timecode"]
    assert media.duration_seconds == media.frame_count / media.fps
    assert media.reel == made.get("reel")
    if "colour" in made:
        assert media.colour == Colour(None, *made["colour"])
    assert complete(movies[name]) is None


def test_pixel_aspect_of_avi(movies: dict[str, str], tmp_path: Path) -> None:
    data = Path(movies["mpeg4.avi"]).read_bytes()
    properties = struct.pack("<4sI5IHH12x", b"vprp", 36, 0, 0, 24, 320, 180, 9, 32)
    # room for it is in the junk that FFmpeg leaves in the stream's list
    at = data.index(b"JUNK")
    size = struct.unpack_from("<I", data, at + 4)[0]
    rest = struct.pack("<4sI", b"JUNK", size - len(properties)) + bytes(size - len(properties))
    path = tmp_path / "wide.avi"
    path.write_bytes(data[:at] + properties + rest + data[at + 8 + size :])
    assert probe(str(path)).pixel_aspect == 2
    assert complete(str(path)) is None


def element(kind: str, body: bytes) -> bytes:
    return bytes.fromhex(kind) + (0x10000000 | len(body)).to_bytes(4, "big") + body


def hand_made(video: bytes, codec: bytes = b"V_FFV1", private: bytes = b"", after: bytes = b"") -> bytes:
    shown = element("83", b"\1") + element("86", codec) + element("23e383", (40_000_000).to_bytes(8, "big"))
    track = element("ae", shown + element("63a2", private) + element("e0", video))
    info = element(
        "1549a966", element("2ad7b1", (1_000_000).to_bytes(4, "big")) + element("4489", struct.pack(">f", 400.0))
    )
    return element("1a45dfa3", b"") + element("18538067", info + element("1654ae6b", track) + after)


SIZE = element("b0", (720).to_bytes(2, "big")) + element("ba", (576).to_bytes(2, "big"))


@pytest.mark.parametrize(
    ("display", "aspect"),
    [
        (b"", Fraction(1)),
        (element("54b0", (1024).to_bytes(2, "big")) + element("54ba", (576).to_bytes(2, "big")), Fraction(64, 45)),
        (element("54b0", b"\x10") + element("54ba", b"\x09") + element("54b2", b"\3"), Fraction(64, 45)),
        (element("54b2", b"\4"), None),
    ],
)
def test_pixel_aspect_of_matroska(display: bytes, aspect: Fraction | None, tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(hand_made(SIZE + display))
    media = probe(str(path))
    assert (media.pixel_aspect, media.width, media.fps, media.frame_count) == (aspect, 720, 25, 10)


@pytest.mark.parametrize(
    ("codec", "private", "name"),
    [
        (b"V_MS/VFW/FOURCC", bytes(16) + b"HFYU" + bytes(20), "huffyuv"),
        (b"V_QUICKTIME", bytes(4) + b"apch" + bytes(80), "prores"),
        (b"V_PRORES", b"apch", "prores"),
        (b"V_SOMETHING", b"", "V_SOMETHING"),
    ],
)
def test_codecs_of_matroska(codec: bytes, private: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(hand_made(SIZE, codec, private))
    assert probe(str(path)).codec == name


def test_unknown_sizes_are_those_of_a_live_recording(tmp_path: Path) -> None:
    data = hand_made(SIZE, after=element("1f43b675", bytes(100)))
    at = data.index(bytes.fromhex("18538067")) + 4
    path = tmp_path / "live.mkv"
    path.write_bytes(data[:at] + b"\x1f\xff\xff\xff" + data[at + 4 :])
    assert probe(str(path)).width == 720
    assert complete(str(path)) is None


@pytest.mark.parametrize("name", ["mjpeg 29.97 drop.avi", "ffv1 25.mkv"])
def test_every_truncation_gives_a_sentence(name: str, movies: dict[str, str], tmp_path: Path) -> None:
    path = str(tmp_path / f"cut{name[-4:]}")
    whole = Path(movies[name]).read_bytes()
    Path(path).write_bytes(whole)
    for length in [*range(len(whole) - 1, 6000, -97), *range(6000, 16, -1)]:
        os.truncate(path, length)
        try:
            probe(path)
        except DamagedFile as error:
            assert path in str(error) and "cut short" in str(error)
            continue
        sentence = complete(path)
        assert sentence is not None and "cut short" in sentence, f"{length} of {len(whole)} bytes pass as whole"


@settings(max_examples=150)
@given(
    name=st.sampled_from(["mpeg4.avi", "h264 pq.mkv"]),
    changes=st.lists(st.tuples(st.integers(12, 1500), st.integers(0, 255)), min_size=1, max_size=10),
)
def test_mutations_give_facts_or_a_sentence(
    name: str, changes: list[tuple[int, int]], movies: dict[str, str], tmp_path: Path
) -> None:
    data = bytearray(Path(movies[name]).read_bytes())
    for at, value in changes:
        data[at] = value
    path = tmp_path / f"mutant{name[-4:]}"
    path.write_bytes(data)
    begin = time.perf_counter()
    for look in (probe, complete):
        try:
            result = look(str(path))
        except DamagedFile as error:
            assert str(path) in str(error) and "\n" not in str(error)
        else:
            assert result is None or isinstance(result, (str, Media))
    assert time.perf_counter() - begin < 2


@pytest.mark.parametrize("head", [b"", b"RIFF\0\0\0\0WAVE", b"RIFX\0\0\0\0AVI ", b"\x1a\x45\xdf"])
def test_recognises_nothing_else(head: bytes) -> None:
    assert not avi.recognises(head) and not matroska.recognises(head)


def test_hostile_lists_end(tmp_path: Path) -> None:
    path = tmp_path / "many.mkv"
    tags = element("1254c367", element("7373", element("67c8", b"") * 60_000))
    path.write_bytes(hand_made(SIZE, after=tags))
    begin = time.perf_counter()
    assert probe(str(path)).width == 720
    path = tmp_path / "many.avi"
    chunks = struct.pack("<4sI", b"JUNK", 0) * 100_000
    path.write_bytes(struct.pack("<4sI4s", b"RIFF", len(chunks) + 4, b"AVI ") + chunks)
    with pytest.raises(DamagedFile):
        probe(str(path))
    assert time.perf_counter() - begin < 2
