# SPDX-License-Identifier: GPL-3.0-or-later
"""MXF headers against PyAV and ffprobe on files made here, and against sets put together by hand."""

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

import make_movie
import make_mxf as mm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.errors import DamagedFile
from ramses_plates.core.media import Colour, Media
from ramses_plates.core.probe import mxf
from ramses_plates.core.probe.source import Source


def probe(path: Path | str) -> Media:
    with Source(str(path)) as source:
        assert mxf.recognises(source.head)
        return mxf.read(source)


def probe_bytes(tmp_path: Path, data: bytes) -> Media:
    path = tmp_path / "hand.mxf"
    path.write_bytes(data)
    return probe(path)


def complete(path: Path | str) -> str | None:
    with Source(str(path)) as source:
        return mxf.check_complete(source)


NTSC = {rate: Fraction(rate * 1000, 1001) for rate in (24, 30, 60)}
TAGGED = ("bt709", "bt709", "bt709")
MOVIES: dict[str, dict[str, Any]] = {
    "dnxhr 25.mxf": {"codec": "dnxhr", "rate": 25, "timecode": "09:59:50:00", "reel": "TAPE01", "colour": TAGGED},
    "dnxhr hqx 24.mxf": {"codec": "dnxhr_hqx", "rate": 24, "reel": "A001C003_230101_R1"},
    "dnxhd 23.976.mxf": {"codec": "dnxhd", "rate": NTSC[24], "size": (1920, 1080), "frames": 3},
    "prores 59.94 drop.mxf": {"codec": "prores", "rate": NTSC[60], "timecode": "01:00:00;00"},
    "prores 4444 50.mxf": {"codec": "prores_4444", "rate": 50},
    "h264 29.97 drop.mxf": {"codec": "h264", "rate": NTSC[30], "timecode": "10:11:12;13", "reel": "B002"},
    "mpeg2 sound.mxf": {"codec": "mpeg2", "rate": 25, "size": (1280, 720), "audio": True},
    "jpeg2000.mxf": {"codec": "jpeg2000", "rate": 24, "colour": ("bt2020", "smpte2084", "bt2020nc")},
    "anamorphic.mxf": {"codec": "prores", "sar": Fraction(2)},
    "atom.mxf": {"codec": "dnxhr", "rate": 24, "reel": "TAPE02", "container": "mxf_opatom"},
}


@pytest.fixture(scope="module")
def movies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("mxf")
    return {name: make_movie.write(str(folder / name), **{"frames": 6, **made}) for name, made in MOVIES.items()}


@pytest.mark.parametrize("name", MOVIES)
def test_agrees_with_pyav(name: str, movies: dict[str, str]) -> None:
    import av

    media = probe(movies[name])
    with av.open(movies[name]) as movie:
        stream = movie.streams.video[0]
        assert (media.width, media.height) == (stream.codec_context.width, stream.codec_context.height)
        assert media.fps == 1 / stream.time_base
        assert media.codec == stream.codec_context.codec.canonical_name
        assert media.pixel_aspect == (stream.sample_aspect_ratio or None)
        assert media.start_timecode == stream.metadata.get("timecode", movie.metadata["timecode"])
        assert media.reel == stream.metadata.get("reel_name")
        if media.pixel_format is not None and media.codec != "prores":
            assert media.pixel_format == stream.codec_context.pix_fmt
        assert media.frame_count == sum(1 for _ in movie.decode(video=0))
    assert media.duration_seconds == media.frame_count / media.fps
    assert media.source == "mxf"
    assert complete(movies[name]) is None


@pytest.mark.parametrize("name", MOVIES)
def test_says_what_was_written(name: str, movies: dict[str, str]) -> None:
    made = {"rate": Fraction(24), "timecode": "01:00:00:00", "frames": 6, **MOVIES[name]}
    media = probe(movies[name])
    assert media.fps == made["rate"]
    assert media.frame_count == made["frames"]
    assert media.start_timecode == made["timecode"]
    assert media.reel == made.get("reel")
    assert media.pixel_aspect == made["sar"] if "sar" in made else media.pixel_aspect in (1, None)
    if "colour" in made:
        assert media.colour == Colour(None, *made["colour"])


@pytest.mark.ffprobe
@pytest.mark.parametrize("name", ["dnxhr 25.mxf", "h264 29.97 drop.mxf"])
def test_agrees_with_ffprobe(name: str, movies: dict[str, str]) -> None:
    command = ["ffprobe", "-v", "error", "-show_entries", "stream:stream_tags", "-of", "json", movies[name]]
    stream = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["streams"][0]
    media = probe(movies[name])
    assert (media.codec, media.width, media.height) == (stream["codec_name"], stream["width"], stream["height"])
    assert media.fps == Fraction(stream["r_frame_rate"])
    assert (media.start_timecode, media.reel) == (stream["tags"]["timecode"], stream["tags"]["reel_name"])


@pytest.mark.parametrize(
    ("name", "flavour"),
    [
        ("dnxhr 25.mxf", "DNxHR HQ"),
        ("dnxhr hqx 24.mxf", "DNxHR HQX"),
        ("dnxhd 23.976.mxf", "DNxHD"),
        ("prores 59.94 drop.mxf", "ProRes 422 HQ"),
        ("prores 4444 50.mxf", "ProRes 4444"),
        ("mpeg2 sound.mxf", None),
    ],
)
def test_flavours_have_the_names_that_people_use(name: str, flavour: str | None, movies: dict[str, str]) -> None:
    assert probe(movies[name]).compression == flavour


def test_tape_position_is_added_as_pyav_does(movies: dict[str, str], tmp_path: Path) -> None:
    """Editing systems keep the tape's whole timecode and say where on it the clip began."""
    import av

    data = bytearray(Path(movies["atom.mxf"]).read_bytes())
    begin = struct.pack(">HH", 0x1201, 8)
    places = [at for at in range(len(data)) if data[at : at + 4] == begin]
    assert len(places) == 3, "material, file and tape package each have one clip"
    data[places[1] + 4 : places[1] + 12] = struct.pack(">q", 36)
    path = tmp_path / "atom.mxf"
    path.write_bytes(data)
    media = probe(path)
    with av.open(str(path)) as movie:
        assert media.start_timecode == movie.streams.video[0].metadata["timecode"] == "01:00:01:12"
        assert movie.metadata["timecode"] == "01:00:00:00"
    assert any("material package starts at 01:00:00:00" in note for note in media.notes)


# Sets that no writer at hand makes


def test_material_timecode_where_there_is_no_tape(tmp_path: Path) -> None:
    header = mm.metadata(mm.material(clock=mm.Clock(90000)), [mm.file()])
    media = probe_bytes(tmp_path, mm.mxf(header))
    assert (media.start_timecode, media.reel, media.frame_count, media.fps) == ("01:00:00:00", None, 100, 25)
    assert (media.width, media.height, media.codec, media.compression) == (1920, 1080, "dnxhd", "DNxHR HQ")
    assert media.pixel_format == "yuv422p"
    assert not media.notes
    assert complete(tmp_path / "hand.mxf") is None


def test_clip_starts_add_up_along_the_chain(tmp_path: Path) -> None:
    behind = mm.Package(mm.IMPORT, (mm.TAPE, 2, 50, 100), "import", descriptor=(0x4A, {}))
    header = mm.metadata(
        mm.material(start=3, clock=mm.Clock(0)),
        [mm.file(start=20, behind=mm.IMPORT), behind, mm.tape("A012", mm.Clock(90000))],
    )
    media = probe_bytes(tmp_path, mm.mxf(header))
    assert (media.start_timecode, media.reel) == ("01:00:02:23", "A012")
    assert media.notes == ("The material package starts at 00:00:00:00; the source package's timecode is used.",)


def test_tape_at_another_rate(tmp_path: Path) -> None:
    tape = mm.tape("A1", mm.Clock(180000, 50, rate=(50, 1)))
    header = mm.metadata(mm.material(), [mm.file(start=10, behind=mm.TAPE), tape])
    assert probe_bytes(tmp_path, mm.mxf(header)).start_timecode == "01:00:00:20"


def test_tape_without_timecode_still_names_the_reel(tmp_path: Path) -> None:
    header = mm.metadata(mm.material(clock=mm.Clock(25)), [mm.file(behind=mm.TAPE), mm.tape("B003")])
    media = probe_bytes(tmp_path, mm.mxf(header))
    assert (media.start_timecode, media.reel) == ("00:00:01:00", "B003")


def test_packages_that_point_at_each_other_end(tmp_path: Path) -> None:
    loop = mm.tape("L", mm.Clock(0), clip=(mm.FILE, 2, 1, 100))
    header = mm.metadata(mm.material(), [mm.file(behind=mm.TAPE), loop])
    assert probe_bytes(tmp_path, mm.mxf(header)).width == 1920


def test_a_timecode_in_parts_counts_in_the_right_one(tmp_path: Path) -> None:
    clock = mm.Clock(0, length=40, parts=((60, 90000),))
    header = mm.metadata(mm.material(start=50), [mm.file(clock=clock)])
    assert probe_bytes(tmp_path, mm.mxf(header)).start_timecode == "01:00:00:10"


@pytest.mark.parametrize(
    ("clock", "label", "noted"),
    [
        (mm.Clock(107892, 30, True, (30000, 1001)), "01:00:00;00", False),
        (mm.Clock(86400, 24, False, (24000, 1001)), "01:00:00:00", False),
        (mm.Clock(90000, 25, True), "01:00:00:00", True),
        (mm.Clock(90000, 25, False, (50, 1)), "01:00:00:00", True),
    ],
)
def test_timecode_components(clock: mm.Clock, label: str, noted: bool, tmp_path: Path) -> None:
    part = mm.material(clock=clock, rate=clock.rate)
    media = probe_bytes(tmp_path, mm.mxf(mm.metadata(part, [mm.file(rate=clock.rate)])))
    assert media.start_timecode == label
    assert bool(media.notes) is noted


@pytest.mark.parametrize(
    ("descriptor", "size", "aspect", "interlaced"),
    [
        (mm.picture_descriptor((1920, 540), layout=1), (1920, 1080), 1, True),
        (mm.picture_descriptor((1440, 1080)), (1440, 1080), Fraction(4, 3), False),
        (mm.picture_descriptor((1440, 1080), layout=3), (1440, 1080), Fraction(4, 3), True),
        (mm.picture_descriptor((2048, 1080), aspect=(19, 10)), (2048, 1080), 1, False),
        (mm.picture_descriptor((2880, 2160), aspect=(239, 100)), (2880, 2160), Fraction(717, 400), False),
        (mm.picture_descriptor((1920, 1080), aspect=(0, 0)), (1920, 1080), None, False),
        (
            mm.picture_descriptor((720, 608), aspect=(4, 3), more={0x3209: b"\0\0\2\xd0", 0x3208: b"\0\0\2\x40"}),
            (720, 576),
            Fraction(16, 15),
            False,
        ),
    ],
)
def test_size_and_aspect(
    descriptor: Any, size: tuple[int, int], aspect: Fraction | None, interlaced: bool, tmp_path: Path
) -> None:
    media = probe_bytes(tmp_path, mm.mxf(mm.metadata(mm.material(), [mm.file(descriptor=descriptor)])))
    assert (media.width, media.height) == size
    assert media.pixel_aspect == aspect
    assert ("The picture is interlaced." in media.notes) is interlaced


def label(text: str) -> bytes:
    return bytes.fromhex(text.replace(".", ""))


@pytest.mark.parametrize(
    ("coding", "container", "codec", "flavour"),
    [
        ("060e2b34.04010103.04010202.01030300", "", "mpeg2video", None),
        ("060e2b34.0401010a.04010202.01322101", "", "h264", None),
        ("060e2b34.0401010a.04010202.01311101", "", "h264", None),
        ("060e2b34.04010107.04010202.03010103", "", "jpeg2000", None),
        ("060e2b34.0401010d.04010202.03060500", "", "prores", "ProRes 4444"),
        ("060e2b34.0401010a.04010202.71010000", "", "dnxhd", "DNxHD"),
        ("060e2b34.0401010a.04010202.71280000", "", "dnxhd", "DNxHR LB"),
        ("060e2b34.04010101.04010202.02010200", "", "dvvideo", None),
        ("060e2b34.0401010a.04010201.01020201", "", "v210", None),
        ("060e2b34.04010101.04010201.7f000000", "", "rawvideo", None),
        ("060e2b34.0401010d.0e170000.03010100", "", "arriraw", None),
        ("", "060e2b34.0401010d.0d010301.021c0100", "prores", None),
        ("", "060e2b34.04010102.0d010301.02106001", "h264", None),
        ("", "060e2b34.04010107.0d010301.020c0100", "jpeg2000", None),
        ("", "060e2b34.04010101.0d010301.02010401", "mpeg2video", None),
        ("060e2b34.0401010d.0e060401.02040500", "060e2b34.0401010d.0e0d0301.02000000", None, None),
        ("", "", None, None),
        ("060e2b34.0401010a.04010202.71", "060e2b34", None, None),
    ],
)
def test_labels(coding: str, container: str, codec: str | None, flavour: str | None, tmp_path: Path) -> None:
    descriptor = mm.picture_descriptor(coding=label(coding), container=label(container))
    media = probe_bytes(tmp_path, mm.mxf(mm.metadata(mm.material(), [mm.file(descriptor=descriptor)])))
    assert (media.codec, media.compression) == (codec, flavour)


@pytest.mark.parametrize(
    ("primaries", "transfer", "equations", "expected"),
    [
        (3, 2, 2, Colour(None, "bt709", "bt709", "bt709")),
        (4, 10, 6, Colour(None, "bt2020", "smpte2084", "bt2020nc")),
        (6, 11, 5, Colour(None, "smpte432", "arib-std-b67", "gbr")),
        (99, 99, 99, Colour()),
    ],
)
@pytest.mark.parametrize("primed", [False, True])
def test_colour(primaries: int, transfer: int, equations: int, expected: Colour, primed: bool, tmp_path: Path) -> None:
    tags = (0x3219, 0x3210, 0x321A)
    names = (0x9001, 0x9002, 0x9003) if primed else tags
    numbers = ((3, primaries), (1, transfer), (2, equations))
    more = {
        tag: bytes.fromhex("060e2b340401010604010101") + bytes([kind, number, 0, 0])
        for tag, (kind, number) in zip(names, numbers, strict=True)
    }
    halves = ("0401020101060100", "0401020101010200", "0401020101030100")
    rows = b"".join(
        struct.pack(">H", tag) + bytes.fromhex("060e2b3401010109" + half)
        for tag, half in zip(names, halves, strict=True)
    )
    descriptor = mm.picture_descriptor(more=more)
    header = mm.metadata(mm.material(), [mm.file(descriptor=descriptor)], primer=rows if primed else b"")
    assert probe_bytes(tmp_path, mm.mxf(header)).colour == expected


def test_sound_alone(tmp_path: Path) -> None:
    sound = mm.file(length=96000, descriptor=mm.sound_descriptor(), kind=mm.SOUND, rate=(48000, 1))
    playing = mm.material(length=50, kind=mm.SOUND, clock=mm.Clock(90000))
    media = probe_bytes(tmp_path, mm.mxf(mm.metadata(playing, [sound])))
    assert (media.codec, media.duration_seconds, media.start_timecode) == ("pcm_s24le", 2, "01:00:00:00")
    assert (media.width, media.frame_count, media.fps) == (None, None, 25)


def test_only_the_essence_in_this_file_counts(tmp_path: Path) -> None:
    """Each file of an OPAtom clip lists the packages of its siblings."""
    sibling = mm.Package(b"S" * 32, (bytes(32), 2, 0, 100), descriptor=mm.picture_descriptor((640, 480)))
    header = mm.metadata(mm.material(), [sibling, mm.file()])
    assert probe_bytes(tmp_path, mm.mxf(header)).width == 1920


def test_multiple_descriptors(tmp_path: Path) -> None:
    writer = mm.Writer()
    sound, shown = writer.add(*mm.sound_descriptor()), writer.add(*mm.picture_descriptor((1280, 720)))
    header = mm.metadata(mm.material(), [mm.file(descriptor=(0x44, {0x3F01: mm.batch([sound, shown])}))])
    assert probe_bytes(tmp_path, mm.mxf(header + b"".join(writer.data))).width == 1280


@pytest.mark.parametrize("where", ["footer", "random index"])
def test_the_footer_knows_what_an_open_header_does_not(where: str, tmp_path: Path) -> None:
    unfinished = mm.metadata(mm.material(length=-1), [mm.file(length=-1)])
    finished = mm.metadata(mm.material(length=48, clock=mm.Clock(90000)), [mm.file(length=48)])
    data = mm.mxf(unfinished, status=1, footer_metadata=finished, footer_known=where == "footer")
    media = probe_bytes(tmp_path, data)
    assert (media.frame_count, media.start_timecode) == (48, "01:00:00:00")
    assert complete(tmp_path / "hand.mxf") is None


def test_an_open_file_gives_what_it_knows_and_is_not_complete(tmp_path: Path) -> None:
    unfinished = mm.metadata(mm.material(length=-1), [mm.file(length=-1)])
    media = probe_bytes(tmp_path, mm.mxf(unfinished, status=1, footer_known=False, with_footer=False))
    assert (media.width, media.frame_count, media.duration_seconds) == (1920, None, None)
    assert "not been closed" in (complete(tmp_path / "hand.mxf") or "")


def test_duration_of_the_descriptor_helps_out(tmp_path: Path) -> None:
    described = mm.picture_descriptor(more={0x3002: struct.pack(">q", 77)})
    header = mm.metadata(mm.material(length=-1), [mm.file(length=-1, descriptor=described)])
    assert probe_bytes(tmp_path, mm.mxf(header)).frame_count == 77


@pytest.mark.parametrize("length", [1, 100, 5000, 60_000])
def test_run_in(length: int, tmp_path: Path) -> None:
    data = mm.mxf(
        mm.metadata(mm.material(clock=mm.Clock(25)), [mm.file()]),
        run_in=b"\x06\x0e" + bytes(length - 2 if length > 2 else 0),
    )
    path = tmp_path / "run-in.mxf"
    path.write_bytes(data)
    with Source(str(path)) as source:
        assert mxf.recognises(source.head) is (length < 4000)
        media = mxf.read(source)
        assert (media.width, media.start_timecode) == (1920, "00:00:01:00")
        assert mxf.check_complete(source) is None


@pytest.mark.parametrize("head", [b"", b"\x06\x0e\x2b\x34", bytes(4096), b"SDPX" + bytes(100)])
def test_recognises_nothing_else(head: bytes) -> None:
    assert not mxf.recognises(head)


# Damage

WHOLE = mm.mxf(
    mm.metadata(mm.material(clock=mm.Clock(0)), [mm.file(behind=mm.TAPE, start=7), mm.tape("A001", mm.Clock(90000))])
)


def test_every_truncation_is_found(tmp_path: Path) -> None:
    path = tmp_path / "cut.mxf"
    path.write_bytes(WHOLE)
    tail = WHOLE.rindex(mm.RANDOM_INDEX)
    for length in range(len(WHOLE) - 1, 19, -1):
        os.truncate(path, length)
        try:
            media = probe(path)
            sentence = complete(path)
        except DamagedFile as error:
            assert str(path) in str(error) and "cut short" in str(error), str(error)
            continue
        assert media.start_timecode == "01:00:00:07"
        if length < tail:
            assert sentence is not None and "cut short" in sentence, f"{length} of {len(WHOLE)} bytes pass as whole"


def test_sentences(tmp_path: Path) -> None:
    def damaged(data: bytes) -> str:
        with pytest.raises(DamagedFile) as caught:
            probe_bytes(tmp_path, data)
        return str(caught.value)

    empty = mm.metadata(mm.material(), [mm.file()]).replace(mm.FILE, b"X" * 32, 1)
    assert "neither picture nor sound" in damaged(mm.mxf(b""))
    assert probe_bytes(tmp_path, mm.mxf(empty)).width == 1920, "a clip that leads nowhere hides no picture"
    huge = mm.partition(2, 4, 0, 0, 1 << 60) + mm.metadata(mm.material(), [mm.file()])
    assert "impossible length" in damaged(huge)
    many = mm.klv(bytes.fromhex("060e2b34025301010d0101010101ff00"), b"", 0) * 30_000
    assert "more parts" in damaged(mm.mxf(many))


@pytest.mark.parametrize("size", [0xFFFFFFFF, 1 << 40])
def test_hostile_lengths_cost_nothing(size: int, tmp_path: Path) -> None:
    start = WHOLE.index(mm.PRIMER)
    data = WHOLE[: start + 16] + b"\x88" + size.to_bytes(8, "big") + WHOLE[start + 21 :]
    tracemalloc.start()
    begin = time.perf_counter()
    with pytest.raises(DamagedFile):
        probe_bytes(tmp_path, data)
    spent, (_, most) = time.perf_counter() - begin, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < 2
    assert most < 20 * 2**20


def test_a_random_index_of_any_claimed_length_ends(tmp_path: Path) -> None:
    unfinished = mm.metadata(mm.material(length=-1), [mm.file(length=-1)])
    data = mm.mxf(unfinished, status=1, footer_known=False)
    at = data.rindex(mm.RANDOM_INDEX) + 16
    path = tmp_path / "index.mxf"
    path.write_bytes(data[:at] + b"\x84\xff\xff\xff\xff" + data[at + 5 :])
    begin = time.perf_counter()
    assert probe(path).width == 1920
    assert time.perf_counter() - begin < 2


@pytest.mark.parametrize("place", [1 << 40, 1 << 62, (1 << 63) - 1, (1 << 64) - 1])
def test_a_footer_past_every_file_system(place: int, tmp_path: Path) -> None:
    header = mm.metadata(mm.material(), [mm.file()])
    path = tmp_path / "far.mxf"
    path.write_bytes(mm.partition(2, 1, 0, place, len(header)) + header)
    assert probe(path).width == 1920
    assert "cut short" in (complete(path) or "")


@settings(max_examples=200)
@given(changes=st.lists(st.tuples(st.integers(13, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_mutations_give_facts_or_a_sentence(changes: list[tuple[int, int]], tmp_path: Path) -> None:
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    _facts_or_sentence(tmp_path, bytes(data))


@settings(max_examples=100)
@given(rubbish=st.binary(max_size=300), at=st.integers(13, len(WHOLE)), dropped=st.integers(0, 400))
def test_rubbish_gives_facts_or_a_sentence(rubbish: bytes, at: int, dropped: int, tmp_path: Path) -> None:
    _facts_or_sentence(tmp_path, WHOLE[:at] + rubbish + WHOLE[at + dropped :])


def _facts_or_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mutant.mxf"
    path.write_bytes(data)
    begin = time.perf_counter()
    with Source(str(path)) as source:
        for read in (mxf.read, mxf.check_complete):
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
