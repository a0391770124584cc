# SPDX-License-Identifier: GPL-3.0-or-later
"""QuickTime and MP4 headers against PyAV and ffprobe on movies made here, and against boxes put together by hand."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import time
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import Any

import make_boxes as mb
import make_movie
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import DamagedFile
from ramses_plates.core.media import Colour, Media
from ramses_plates.core.probe import colour_names, quicktime
from ramses_plates.core.probe.source import Source


def probe(path: Path | str) -> Media:
    with Source(str(path)) as source:
        assert quicktime.recognises(source.head)
        return quicktime.read(source)


def probe_bytes(tmp_path: Path, data: bytes) -> Media:
    path = tmp_path / "hand.mov"
    path.write_bytes(data)
    return probe(path)


def complete(path: Path | str) -> str | None:
    with Source(str(path)) as source:
        return quicktime.check_complete(source)


NTSC = {rate: Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60)}
MOVIES: dict[str, dict[str, Any]] = {
    "prores 23.976.mov": {"codec": "prores", "rate": NTSC[24], "timecode": "10:11:12:13", "reel": "A001C003_230101_R1"},
    "prores 24 tagged.mov": {"codec": "prores_4444", "colour": ("bt709", "bt709", "bt709"), "sar": Fraction(2)},
    "prores 29.97 drop.mov": {"codec": "prores_lt", "rate": NTSC[30], "timecode": "01:00:00;02", "reel": "R"},
    "prores 29.97 non-drop.mov": {"codec": "prores_proxy", "rate": NTSC[30], "timecode": "01:00:00:00"},
    "prores 47.952.mov": {"codec": "prores_standard", "rate": NTSC[48], "timecode": "00:59:59:23"},
    "dnxhr 25.mov": {"codec": "dnxhr", "rate": 25, "timecode": "23:59:59:24"},
    "dnxhr hqx 50.mov": {"codec": "dnxhr_hqx", "rate": 50},
    "dnxhd 1080.mov": {"codec": "dnxhd", "size": (1920, 1080), "frames": 2},
    "h264 59.94 drop.mov": {"codec": "h264", "rate": NTSC[60], "timecode": "00:09:59;59"},
    "h264 60 no timecode.mov": {"codec": "h264", "rate": 60, "timecode": None},
    "h264 b-frames.mp4": {"codec": "h264_b", "rate": 24, "timecode": "02:00:00:00", "frames": 30},
    "h264 pq.mp4": {"codec": "h264", "rate": NTSC[24], "colour": ("bt2020", "smpte2084", "bt2020nc")},
    "h264 index first.mp4": {"codec": "h264", "options": {"movflags": "faststart"}},
    "h264 anamorphic.mp4": {"codec": "h264", "sar": Fraction(4, 3), "size": (360, 200)},
    "hevc hlg.mov": {"codec": "hevc", "rate": 50, "colour": ("bt2020", "arib-std-b67", "bt2020nc")},
    "mpeg2 25.mov": {"codec": "mpeg2", "rate": 25},
    "mjpeg 24 sound.mov": {"codec": "mjpeg", "audio": True},
    "jpeg2000.mov": {"codec": "jpeg2000", "frames": 3},
    "png.mov": {"codec": "png", "frames": 3},
    "animation.mov": {"codec": "qtrle", "frames": 3},
    "cineform.mov": {"codec": "cfhd", "frames": 3, "size": (640, 360)},
    "v210.mov": {"codec": "v210", "frames": 3},
    "uyvy.mov": {"codec": "rawvideo", "frames": 3},
    "dv.mov": {"codec": "dv", "rate": 25, "frames": 3, "size": (720, 576)},
    "vp9.mp4": {"codec": "vp9", "frames": 5},
}


@pytest.fixture(scope="module")
def movies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("movies")
    return {name: make_movie.write(str(folder / name), **{"frames": 6, **made}) for name, made in MOVIES.items()}


@pytest.mark.parametrize("name", MOVIES)
def test_agrees_with_pyav(name: str, movies: dict[str, str]) -> None:
    import av

    media = probe(movies[name])
    with av.open(movies[name]) as movie:
        stream = movie.streams.video[0]
        context = stream.codec_context
        assert (media.width, media.height) == (context.width, context.height)
        assert media.fps == stream.average_rate
        assert media.codec == context.codec.canonical_name
        if media.codec in ("dvvideo", "mpeg2video"):
            assert media.pixel_aspect is None, "known inside the codec only"
        elif stream.sample_aspect_ratio:
            assert media.pixel_aspect == stream.sample_aspect_ratio
        assert media.start_timecode == stream.metadata.get("timecode")
        reels = [data.metadata.get("reel_name") for data in movie.streams if data.type == "data"]
        assert media.reel == next(iter(reels), None)
        if media.pixel_format is not None:
            assert media.pixel_format == context.pix_fmt.replace("yuvj", "yuv")
        assert media.frame_count == sum(1 for _ in movie.decode(video=0))
        assert media.duration_seconds == media.frame_count / media.fps
    assert media.source == "quicktime"
    assert media.error is None
    assert complete(movies[name]) is None


@pytest.mark.parametrize("name", MOVIES)
def test_says_what_was_written(name: str, movies: dict[str, str]) -> None:
    made = {"rate": Fraction(24), "timecode": "01:00:00:00", "frames": 6, **MOVIES[name]}
    media = probe(movies[name])
    assert media.fps == made["rate"]
    assert media.frame_count == made["frames"]
    assert media.start_timecode == made["timecode"]
    assert media.reel == made.get("reel")
    if "sar" in made:
        assert media.pixel_aspect == made["sar"]
    if "colour" in made:
        assert media.colour == Colour(None, *made["colour"])


@pytest.mark.ffprobe
@pytest.mark.parametrize("name", ["prores 29.97 drop.mov", "h264 pq.mp4", "dnxhr 25.mov", "h264 b-frames.mp4"])
def test_agrees_with_ffprobe(name: str, movies: dict[str, str]) -> None:
    shown = "stream=codec_name,width,height,r_frame_rate,nb_frames,duration,color_primaries,color_transfer:stream_tags"
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", shown, "-of", "json", movies[name]]
    stream = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["streams"][0]
    media = probe(movies[name])
    assert (media.codec, media.width, media.height) == (stream["codec_name"], stream["width"], stream["height"])
    assert media.fps == Fraction(stream["r_frame_rate"])
    assert media.frame_count == int(stream["nb_frames"])
    assert media.start_timecode == stream["tags"]["timecode"]
    for ours, theirs in ((media.colour.primaries, "color_primaries"), (media.colour.transfer, "color_transfer")):
        if theirs in stream and stream[theirs] != "unknown":
            assert ours == stream[theirs]


@pytest.mark.parametrize(
    ("name", "flavour"),
    [
        ("prores 23.976.mov", "ProRes 422 HQ"),
        ("prores 24 tagged.mov", "ProRes 4444"),
        ("dnxhr 25.mov", "DNxHR HQ"),
        ("dnxhr hqx 50.mov", "DNxHR HQX"),
        ("dnxhd 1080.mov", "DNxHD"),
        ("h264 pq.mp4", None),
    ],
)
def test_flavours_have_the_names_that_people_use(name: str, flavour: str | None, movies: dict[str, str]) -> None:
    assert probe(movies[name]).compression == flavour


@pytest.mark.parametrize("flags", ["frag_keyframe+empty_moov", "frag_keyframe+empty_moov+default_base_moof", "dash"])
def test_fragmented_files_are_counted(flags: str, tmp_path: Path) -> None:
    path = make_movie.write(
        str(tmp_path / "f.mp4"), codec="h264", rate=25, frames=40, timecode=None, options={"movflags": flags}
    )
    media = probe(path)
    assert (media.frame_count, media.fps, media.duration_seconds) == (40, 25, Fraction(40, 25))
    data = Path(path).read_bytes()
    Path(path).write_bytes(data[:-100])
    assert "cut short" in (complete(path) or "")


# Boxes that no writer of today makes


def test_edit_list_of_the_timecode_track_moves_the_start(tmp_path: Path) -> None:
    trimmed = mb.clock(86400, edits=[(600, 10 * 1000)])
    assert probe_bytes(tmp_path, mb.movie(mb.video(), trimmed)).start_timecode == "01:00:00:10"


def test_late_picture_has_the_timecode_of_its_own_moment(tmp_path: Path) -> None:
    late = mb.video(edits=[(600, -1), (600, 0)])  # one second of nothing first
    media = probe_bytes(tmp_path, mb.movie(late, mb.clock(86400)))
    assert (media.start_timecode, media.frame_count) == ("01:00:01:00", 24)
    both = mb.clock(86400, edits=[(300, -1), (900, 0)])
    assert probe_bytes(tmp_path, mb.movie(late, both)).start_timecode == "01:00:00:12"


def test_trimming_the_picture_alone_leaves_the_timecode(tmp_path: Path) -> None:
    trimmed = mb.video(edits=[(300, 6 * 1000)])
    media = probe_bytes(tmp_path, mb.movie(trimmed, mb.clock(86400)))
    assert (media.start_timecode, media.frame_count) == ("01:00:00:00", 12)
    assert media.duration_seconds == Fraction(1, 2)
    assert "12 of 24" in media.notes[0]


def test_frames_out_of_order_count_by_the_moment_they_are_shown(tmp_path: Path) -> None:
    # stored I P B B: shown 0 3 1 2, everything one frame late, and the edit list takes that back
    shown = mb.video(b"avc1", runs=[(4, 1000)], offsets=[(1, 1000), (1, 3000), (1, 0), (1, 0)], edits=[(100, 1000)])
    assert probe_bytes(tmp_path, mb.movie(shown)).frame_count == 4


@pytest.mark.parametrize(
    ("clock", "label"),
    [
        (mb.clock(107892, 30000, 1001, 30, flags=1), "01:00:00;00"),
        (mb.clock(108000, 30000, 1001, 30), "01:00:00:00"),
        (mb.clock(2073599, 24000, 1001, 24), "23:59:59:23"),
        (mb.clock(2589408, 30000, 1001, 30, flags=3), "00:00:00;00"),  # wraps
        (mb.clock(-24, flags=4), "23:59:59:00"),  # a negative number, where the flag allows it
        (mb.clock(215784, 60000, 1001, 60, flags=1), "01:00:00;00"),
        (mb.clock(432119, 120, 1, 120), "01:00:00:119"),
        (mb.clock(86400, code=b"tc64"), "01:00:00:00"),
        (mb.clock(108000, 30, 1, 30, flags=1), "01:00:03;18"),  # cameras drop at a true 30 too
    ],
)
def test_timecode_numbers_become_labels(clock: mb.Part, label: str, tmp_path: Path) -> None:
    assert probe_bytes(tmp_path, mb.movie(clock)).start_timecode == label


def test_drop_flag_without_drop_rate_is_ignored_and_said(tmp_path: Path) -> None:
    media = probe_bytes(tmp_path, mb.movie(mb.video(), mb.clock(86400, flags=1)))
    assert media.start_timecode == "01:00:00:00"
    assert any("drop flag is ignored" in note for note in media.notes)


def test_wrong_frames_a_second_in_the_timecode_track_do_not_count(tmp_path: Path) -> None:
    """Action cameras write 29 for 29.97."""
    ntsc = mb.video(scale=30000, runs=[(30, 1001)])
    media = probe_bytes(tmp_path, mb.movie(ntsc, mb.clock(108000, 30000, 1001, 29)))
    assert media.start_timecode == "01:00:00:00"
    assert any("says 29" in note for note in media.notes)


def test_timecode_of_another_rate_than_the_picture_is_said(tmp_path: Path) -> None:
    fast = mb.video(scale=60000, runs=[(60, 1001)])
    media = probe_bytes(tmp_path, mb.movie(fast, mb.clock(108029, 30000, 1001, 30)))
    assert (media.start_timecode, media.fps) == ("01:00:00:29", NTSC[60])
    assert any("counts 30000/1001" in note for note in media.notes)


def test_parts_of_a_timecode_track_are_told_apart(tmp_path: Path) -> None:
    parts = mb.clock([100, 5000], runs=[(1, 6000), (1, 18000)], edits=[(450, 8000)])
    media = probe_bytes(tmp_path, mb.movie(mb.video(), parts))
    assert media.start_timecode == "00:03:28:10"  # frame 5002: two frames into the second part
    assert any("2 parts" in note for note in media.notes)


def test_the_picture_chooses_among_timecode_tracks(tmp_path: Path) -> None:
    chosen = mb.video(refers=mb.box(b"tmcd", struct.pack(">I", 3)))
    data = mb.movie(chosen, mb.clock(0, reel=b"WRONG"), mb.clock(86400, reel=b"RIGHT"))
    media = probe_bytes(tmp_path, data)
    assert (media.start_timecode, media.reel) == ("01:00:00:00", "RIGHT")


def sony(value: str, counted: int, half: str = "false") -> bytes:
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<NonRealTimeMeta xmlns="urn:schemas-professionalDisc:nonRealTimeMeta:ver.2.20"><Duration value="8130"/>
<LtcChangeTable tcFps="{counted}" halfStep="{half}">
  <LtcChange frameCount="8129" value="53120700" status="end"/>
  <LtcChange frameCount="0" value="{value}" status="increment"/>
</LtcChangeTable></NonRealTimeMeta>"""
    return mb.full(b"meta", mb.full(b"hdlr", bytes(4), b"nrtm", bytes(13)), mb.box(b"xml ", bytes(4), text.encode()))


@pytest.mark.parametrize(
    ("value", "counted", "half", "fps", "label"),
    [
        ("44410200", 30, "false", 30, "00:02:41;04"),
        ("67460811", 30, "false", 30, "11:08:46;27"),
        ("16162602", 24, "false", 24, "02:26:16:16"),
        ("00000001", 30, "true", 60, "01:00:00:00"),
        ("00006000", 24, "false", 24, None),
        ("0f000000", 24, "false", 24, None),
    ],
)
@pytest.mark.parametrize("where", ["index", "file"])
def test_sony_cameras_keep_timecode_in_a_text(
    value: str, counted: int, half: str, fps: int, label: str | None, where: str, tmp_path: Path
) -> None:
    text = sony(value, counted, half)
    shown = mb.video(b"avc1", scale=fps * 1000, runs=[(fps, 1001)])
    data = mb.movie(shown, ftyp=b"XAVC", extra=text if where == "index" else b"")
    media = probe_bytes(tmp_path, data + (text if where == "file" else b""))
    assert (media.start_timecode, media.fps) == (label, NTSC[fps])
    assert any("camera's own metadata" in note for note in media.notes) is (label is not None)
    other = probe_bytes(tmp_path, mb.movie(shown, mb.clock(86400), ftyp=b"XAVC", extra=text))
    assert other.start_timecode == "01:00:00:00", "a timecode track comes first"


def test_timecode_past_the_end_is_unknown_not_zero(tmp_path: Path) -> None:
    data = mb.movie(mb.video(), mb.clock(86400), index_first=True)
    media = probe_bytes(tmp_path, data[:-4])
    assert media.start_timecode is None
    assert any("past the end" in note for note in media.notes)
    assert "cut short" in (complete(tmp_path / "hand.mov") or "")


@pytest.mark.parametrize("reel", [b"0x060A2B340101010501010D4313000000", b"", b"\0\0\0", b"   ", b"\x01\x02"])
def test_what_is_no_reel_name_is_no_reel(reel: bytes, tmp_path: Path) -> None:
    assert probe_bytes(tmp_path, mb.movie(mb.clock(reel=reel))).reel is None


def tags(key: bytes, value: bytes, iso: bool = False) -> bytes:
    keys = mb.full(b"keys", struct.pack(">I", 1), struct.pack(">I4s", len(key) + 8, b"mdta") + key)
    item = mb.box(struct.pack(">I", 1), mb.box(b"data", struct.pack(">II", 1, 0), value))
    handler = mb.full(b"hdlr", bytes(4), b"mdta", bytes(13))
    return mb.box(b"meta", bytes(4) if iso else b"", handler, keys, mb.box(b"ilst", item))


def test_reel_and_colour_space_come_from_tags(tmp_path: Path) -> None:
    key = b"com.apple.proapps.reel"
    for extra in (tags(key, b"A004"), tags(key, b"A004", iso=True), mb.box(b"udta", tags(key, b"A004"))):
        assert probe_bytes(tmp_path, mb.movie(mb.video(), extra=extra)).reel == "A004"
    own = mb.movie(mb.video(), mb.clock(reel=b"B001"), extra=tags(key, b"A004"))
    assert probe_bytes(tmp_path, own).reel == "B001", "the timecode track's own reel comes first"
    nuke = tags(b"uk.co.thefoundry.Colorspace", b"AlexaV3LogC")
    assert probe_bytes(tmp_path, mb.movie(mb.video(), extra=nuke)).colour.space == "AlexaV3LogC"


def test_broken_user_data_does_not_hide_the_picture(tmp_path: Path) -> None:
    for extra in (mb.box(b"udta", b"\xff" * 40), mb.box(b"meta", b"\xff" * 40), mb.box(b"udta", b"\0\0\0\0")):
        assert probe_bytes(tmp_path, mb.movie(mb.video(), extra=extra)).width == 320


@pytest.mark.parametrize(
    "layout",
    [
        {"index_first": True},
        {"large_data": True},
        {"open_end": True},
        {"index_first": True, "open_end": True},
        {"ftyp": None},
        {"packed": True},
        {"between": mb.box(b"free", bytes(50)) + mb.box(b"wide")},
        {"between": mb.box(b"free", bytes(70_000))},
    ],
    ids=str,
)
def test_the_index_is_found_wherever_it_stands(layout: dict[str, Any], tmp_path: Path) -> None:
    media = probe_bytes(tmp_path, mb.movie(mb.video(), mb.clock(), **layout))
    assert (media.width, media.frame_count, media.start_timecode) == (320, 24, "01:00:00:00")
    assert complete(tmp_path / "hand.mov") is None


def test_wide_dates_and_offsets(tmp_path: Path) -> None:
    wide = mb.movie(mb.video(version=1, edits=[(600, 0)]), mb.clock(version=1))
    media = probe_bytes(tmp_path, wide)
    assert (media.fps, media.frame_count, media.start_timecode) == (24, 24, "01:00:00:00")


@pytest.mark.parametrize(
    ("scale", "runs", "rate"),
    [
        (600, [(24, 25)], Fraction(24)),
        (2997, [(30, 100)], NTSC[30]),
        (90000, [(1, 3754), (1, 3753), (10, 3754)], NTSC[24]),
        (1000, [(2, 42), (1, 41), (2, 42)], NTSC[24]),  # 23.976 in milliseconds
        (1000, [(1, 33), (2, 34), (1, 33), (2, 33)], Fraction(30)),
        (24000, [(23, 1001), (1, 500)], NTSC[24]),  # the last frame is cut
        (24000, [(23, 1001), (1, 0)], NTSC[24]),
        (12800, [(10, 512)], Fraction(25)),
        (15360, [(10, 256)], Fraction(60)),
        (30000, [(1, 1001)], NTSC[30]),
        (1000, [(100, 40)], Fraction(25)),
        (12, [(5, 1)], Fraction(12)),
    ],
)
def test_rates_are_what_the_clock_means(
    scale: int, runs: list[tuple[int, int]], rate: Fraction, tmp_path: Path
) -> None:
    media = probe_bytes(tmp_path, mb.movie(mb.video(scale=scale, runs=runs)))
    assert media.fps == rate
    assert not media.notes


def test_variable_rate_is_said(tmp_path: Path) -> None:
    media = probe_bytes(tmp_path, mb.movie(mb.video(scale=600, runs=[(20, 20), (5, 30), (4, 47), (1, 20)])))
    assert (media.fps, media.frame_count) == (30, 30)
    assert media.duration_seconds == Fraction(20 * 20 + 5 * 30 + 4 * 47 + 20, 600)
    assert "varies" in media.notes[0]


def test_a_movie_without_durations_has_no_rate(tmp_path: Path) -> None:
    media = probe_bytes(tmp_path, mb.movie(mb.video(runs=[(1, 0)])))
    assert (media.fps, media.frame_count) == (None, 1)


def pasp(wide: int, high: int) -> bytes:
    return mb.box(b"pasp", struct.pack(">II", wide, high))


@pytest.mark.parametrize(
    ("part", "aspect"),
    [
        (mb.video(size=(720, 576), extensions=pasp(64, 45)), Fraction(64, 45)),
        (mb.video(size=(720, 576), display=(1024, 576)), Fraction(64, 45)),
        (mb.video(size=(1920, 1080), display=(1920, 1080)), Fraction(1)),
        (mb.video(size=(1998, 1080), display=(1999, 1080)), Fraction(1)),
        (
            mb.video(size=(1440, 1080), display=(1440, 1080), matrix=(0x15555, 0, 0, 0, 0x10000, 0, 0, 0, 1)),
            Fraction(4, 3),
        ),
        (
            mb.video(size=(1920, 1080), display=(1920, 1080), matrix=(0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 1)),
            Fraction(1),
        ),
        (mb.video(size=(1920, 1080), display=(0, 0)), None),
        (mb.video(size=(1920, 1080), extensions=pasp(0, 0), display=(0, 0)), None),
        (mb.video(size=(1920, 1080), extensions=pasp(1, 4_000_000_000), display=(0, 0)), None),
    ],
)
def test_pixel_aspect(part: mb.Part, aspect: Fraction | None, tmp_path: Path) -> None:
    assert probe_bytes(tmp_path, mb.movie(part)).pixel_aspect == aspect


def test_clean_aperture_and_fields_are_said(tmp_path: Path) -> None:
    clap = mb.box(b"clap", struct.pack(">IIIIiIiI", 704, 1, 480, 1, 0, 1, 0, 1))
    media = probe_bytes(tmp_path, mb.movie(mb.video(size=(720, 480), extensions=clap + mb.box(b"fiel", b"\2\x0e"))))
    assert (media.width, media.height) == (720, 480)
    assert media.notes == ("The picture is interlaced.", "The clean aperture is 704 x 480.")


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        (b"nclc" + struct.pack(">HHH", 1, 1, 1), Colour(None, "bt709", "bt709", "bt709")),
        (b"nclx" + struct.pack(">HHHB", 9, 16, 9, 0x80), Colour(None, "bt2020", "smpte2084", "bt2020nc")),
        (b"nclx" + struct.pack(">HHHB", 9, 18, 9, 0), Colour(None, "bt2020", "arib-std-b67", "bt2020nc")),
        (b"nclc" + struct.pack(">HHH", 2, 2, 2), Colour()),
        (b"nclc" + struct.pack(">HHH", 12, 13, 0), Colour(None, "smpte432", "iec61966-2-1", "gbr")),
        (b"nclc" + struct.pack(">HHH", 3, 99, 65535), Colour()),
        (b"prof" + bytes(40), Colour()),
        (b"nclc\0", Colour()),
    ],
)
def test_colour_tags(colour: bytes, expected: Colour, tmp_path: Path) -> None:
    media = probe_bytes(tmp_path, mb.movie(mb.video(extensions=mb.box(b"colr", colour))))
    assert media.colour == expected


@pytest.mark.parametrize(
    ("option", "names"),
    [
        ("color_primaries", colour_names.PRIMARIES),
        ("color_trc", colour_names.TRANSFERS),
        ("colorspace", colour_names.MATRICES),
    ],
)
def test_colour_names_are_those_of_ffmpeg(option: str, names: dict[int, str]) -> None:
    import av

    spelling = {"color_trc": {"bt470m": "gamma22", "bt470bg": "gamma28"}, "colorspace": {"gbr": "rgb"}}.get(option, {})
    for number, name in names.items():
        context: Any = av.CodecContext.create("mpeg4", "w")
        context.width, context.height, context.pix_fmt, context.time_base = 32, 32, "yuv420p", Fraction(1, 25)
        context.options = {option: spelling.get(name, name)}
        context.open()
        assert int(getattr(context, option)) == number, name


@pytest.mark.parametrize(
    ("code", "codec"),
    [
        (b"apch", "prores"),
        (b"aprn", "prores_raw"),
        (b"AVdh", "dnxhd"),
        (b"hvc1", "hevc"),
        (b"dvh1", "hevc"),
        (b"brhq", "braw"),
        (b"rle ", "qtrle"),
        (b"xyz1", "xyz1"),
        (b"\x00\x00\x00\x01", None),
    ],
)
def test_codec_names(code: bytes, codec: str | None, tmp_path: Path) -> None:
    assert probe_bytes(tmp_path, mb.movie(mb.video(code))).codec == codec


def test_encrypted_tracks_name_their_codec(tmp_path: Path) -> None:
    hidden = mb.video(b"encv", extensions=mb.box(b"sinf", mb.box(b"frma", b"avc1")))
    assert probe_bytes(tmp_path, mb.movie(hidden)).codec == "h264"


def test_mpeg4_object_type_names_the_codec(tmp_path: Path) -> None:
    esds = mb.full(b"esds", bytes([3, 0x80, 0x80, 0x80, 27, 0, 1, 0, 4, 0x80, 0x80, 0x80, 13, 0x6C]), bytes(12))
    assert probe_bytes(tmp_path, mb.movie(mb.video(b"mp4v", extensions=esds))).codec == "mjpeg"


def test_timecode_alone(tmp_path: Path) -> None:
    media = probe_bytes(tmp_path, mb.movie(mb.clock(83200, reel=b"A001")))
    assert (media.start_timecode, media.fps, media.reel) == ("00:57:46:16", 24, "A001")
    assert (media.width, media.codec, media.frame_count) == (None, None, None)


def test_sound_alone(tmp_path: Path) -> None:
    media = probe_bytes(tmp_path, mb.movie(mb.sound(samples=96000)))
    assert (media.codec, media.fps, media.duration_seconds) == ("pcm_s16le", None, 2)


def test_reference_movie_is_said_and_not_called_cut(tmp_path: Path) -> None:
    far = struct.pack(">4sIII", b"stco", 0, 1, 0x7FFFFFFF)
    for elsewhere in (True, False):
        whole = mb.movie(mb.video(elsewhere=elsewhere))
        at = whole.index(b"stco")
        media = probe_bytes(tmp_path, whole[:at] + far + whole[at + 16 :])
        assert any("another file" in note for note in media.notes) is elsewhere
        assert (complete(tmp_path / "hand.mov") is None) is elsewhere


def test_cover_pictures_are_not_the_movie(tmp_path: Path) -> None:
    cover = mb.video(b"jpeg", size=(600, 800), runs=[(1, 1000)])
    assert probe_bytes(tmp_path, mb.movie(cover, mb.video())).codec == "prores"


@pytest.mark.parametrize(
    ("head", "known"),
    [
        (mb.box(b"ftyp", b"qt  "), True),
        (mb.box(b"wide"), True),
        (b"\0\0\0\1mdat", True),
        (b"\0\0\0\0mdat", True),
        (mb.box(b"ftyp", b"heic"), False),
        (mb.box(b"ftyp", b"avif"), False),
        (mb.box(b"jP  ", b"\r\n\x87\n"), False),
        (b"\0\0\0\4moov", False),
        (b"SDPX\0\0\0\0", False),
        (b"moov", False),
        (b"", False),
    ],
)
def test_recognises(head: bytes, known: bool) -> None:
    assert quicktime.recognises(head) is known


# Damage


def test_every_truncation_gives_a_sentence_or_the_facts(tmp_path: Path) -> None:
    path = tmp_path / "cut.mov"
    for index_first in (True, False):
        whole = mb.movie(mb.video(extensions=pasp(2, 1)), mb.clock(reel=b"A001"), index_first=index_first)
        path.write_bytes(whole)
        for length in range(len(whole) - 1, 11, -1):
            os.truncate(path, length)
            try:
                media = probe(path)
            except DamagedFile as error:
                assert str(path) in str(error) and "cut short" in str(error)
                continue
            assert index_first and media.width == 320
            sentence = complete(path)
            assert sentence is not None and "cut short" in sentence, f"{length} of {len(whole)} bytes pass as whole"


def test_last_chunk_past_the_end_is_found_without_a_box_that_says_so(tmp_path: Path) -> None:
    whole = mb.movie(mb.video(), index_first=True, open_end=True)
    path = tmp_path / "hand.mov"
    path.write_bytes(whole[:-1])
    assert "past the end" in (complete(path) or "")


def damaged(tmp_path: Path, data: bytes) -> str:
    with pytest.raises(DamagedFile) as caught:
        probe_bytes(tmp_path, data)
    return str(caught.value)


def test_sentences(tmp_path: Path) -> None:
    whole = mb.movie(mb.video())
    assert "no index" in damaged(tmp_path, whole[: whole.index(b"moov") - 4])
    assert "impossible size" in damaged(
        tmp_path, whole.replace(b"mdia", b"mdia").replace(*_sized(whole, b"stbl", 4000))
    )
    assert "'stsd' of a track is missing" in damaged(tmp_path, whole.replace(b"stsd", b"stsx"))
    assert "'mdhd' of a track is missing" in damaged(tmp_path, whole.replace(b"mdhd", b"mdhx"))
    assert "mvhd" in damaged(tmp_path, whole.replace(b"mvhd", b"mvhx"))
    assert "neither picture" in damaged(tmp_path, whole.replace(b"vide", b"xxxx"))
    assert "claims 4294967295 entries" in damaged(
        tmp_path, whole.replace(b"stts" + bytes(4) + b"\0\0\0\1", b"stts" + bytes(4) + b"\xff" * 4)
    )
    assert "zero ticks" in damaged(tmp_path, whole.replace(struct.pack(">II", 24000, 24000), struct.pack(">II", 0, 0)))


def _sized(whole: bytes, kind: bytes, size: int) -> tuple[bytes, bytes]:
    at = whole.index(kind)
    return whole[at - 4 : at + 4], struct.pack(">I", size) + kind


def nested(depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = mb.box(b"mdia", inner)
    return inner


@pytest.mark.parametrize(
    "index",
    [
        mb.box(b"free") * 100_000,
        mb.box(b"trak") * 300,
        mb.box(b"trak", nested(2000)),
        mb.box(b"trak", mb.box(b"free") * 50_000),
        mb.box(b"cmov", mb.box(b"cmvd", struct.pack(">I", 1 << 31), b"\0" * 100)),
        struct.pack(">I4sQ", 1, b"trak", 1 << 63),
        struct.pack(">I4sQ", 1, b"trak", 3),
    ],
    ids=["boxes", "tracks", "depth", "track boxes", "packed", "huge", "small"],
)
def test_hostile_indexes_are_refused_at_once(index: bytes, tmp_path: Path) -> None:
    header = mb.full(b"mvhd", struct.pack(">IIII", 0, 0, 600, 0), bytes(80))
    tracemalloc.start()
    begin = time.perf_counter()
    damaged(tmp_path, mb.box(b"ftyp", b"qt  ") + mb.box(b"moov", header, index))
    spent, (_, most) = time.perf_counter() - begin, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < 2
    assert most < 20 * 2**20


def test_a_packed_index_cannot_blow_up(tmp_path: Path) -> None:
    import zlib

    bomb = zlib.compress(struct.pack(">I4s", 0x7FFFFFFF, b"moov") + bytes(100 * 2**20), 9)
    index = mb.box(b"cmov", mb.box(b"dcom", b"zlib"), mb.box(b"cmvd", bytes(4), bomb))
    tracemalloc.start()
    damaged(tmp_path, mb.box(b"moov", index))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40 * 2**20


@pytest.mark.parametrize("size", [1 << 62, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_sizes_past_every_file_system(size: int, tmp_path: Path) -> None:
    start = mb.box(b"ftyp", b"qt  ") + struct.pack(">I4sQ", 1, b"mdat", size)
    assert "cut short" in damaged(tmp_path, start + mb.movie(mb.video()))
    far = mb.movie(mb.clock(version=1))
    at = far.index(b"co64") + 12
    media = probe_bytes(tmp_path, far[:at] + size.to_bytes(8, "big") + far[at + 8 :])
    assert media.start_timecode is None
    assert "past the end" in (complete(tmp_path / "hand.mov") or "")


def test_endless_tables_are_cut(tmp_path: Path) -> None:
    count = 400_000
    runs = [(1, 1000 + index % 2) for index in range(count)]
    path = tmp_path / "long.mov"
    path.write_bytes(mb.movie(mb.video(runs=runs, edits=[(600, 5)])))
    begin = time.perf_counter()
    assert probe(path).width == 320
    assert time.perf_counter() - begin < 5


WHOLE = mb.movie(mb.video(extensions=pasp(2, 1)), mb.clock(reel=b"A001"), mb.sound(), index_first=True)


@settings(max_examples=200)
@given(changes=st.lists(st.tuples(st.integers(16, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@example(changes=[(WHOLE.index(b"stts") + 7, 255)])
def test_mutations_give_facts_or_a_sentence(changes: list[tuple[int, int]], tmp_path: Path) -> None:
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    _facts_or_sentence(tmp_path, bytes(data))


@settings(max_examples=100)
@given(rubbish=st.binary(max_size=300), at=st.integers(0, len(WHOLE)), dropped=st.integers(0, 400))
def test_rubbish_gives_facts_or_a_sentence(rubbish: bytes, at: int, dropped: int, tmp_path: Path) -> None:
    _facts_or_sentence(tmp_path, WHOLE[:at] + rubbish + WHOLE[at + dropped :])


def _facts_or_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mutant.mov"
    path.write_bytes(data)
    begin = time.perf_counter()
    with Source(str(path)) as source:
        if not quicktime.recognises(source.head):
            return
        for read in (quicktime.read, quicktime.check_complete):
            try:
                result = read(source)
            except DamagedFile as error:
                assert str(path) in str(error)
                assert "\n" not in str(error)
            else:
                assert result is None or isinstance(result, (str, Media))
                if isinstance(result, Media):
                    result.document()
    assert time.perf_counter() - begin < 2
