# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of one folder to clips: our rules one by one, then properties over random names, then fileseq as a judge."""

from __future__ import annotations

import random
from collections import Counter

import fileseq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ramses_plates.core.clip import Clip
from ramses_plates.core.grouping import Grouped, Grouper, Place, group_names
from ramses_plates.core.naming_facts import IMAGES, MOVIES


def shown(names: list[str]) -> list[str]:
    """The clips as text: kind, base, sep, frames and padding, suffix, ext; files by their name."""
    return [
        f"{clip.kind} {clip.file}"
        if clip.file
        else f"{clip.kind} {clip.base}{clip.sep}[{clip.frames} pad {clip.padding}]{clip.suffix}.{clip.ext}"
        for clip in group_names(names).clips
    ]


def all_names(grouped: Grouped) -> list[str]:
    return sorted([name for clip in grouped.clips for _frame, name in clip.files()] + [i.path for i in grouped.ignored])


def stills(*names: str) -> list[str]:
    return [f"still {name}" for name in names]


SEQUENCES = [
    # numbers behind a dot
    (["p.0998.exr", "p.0999.exr", "p.1000.exr"], ["sequence p.[998-1000 pad 4].exr"]),
    (["p.998.exr", "p.999.exr", "p.1000.exr"], ["sequence p.[998-1000 pad 3].exr"]),
    (["p.1.exr", "p.2.exr", "p.10.exr", "p.100.exr"], ["sequence p.[1-2,10,100 pad 1].exr"]),
    (["p.01.exr"], ["sequence p.[1 pad 2].exr"]),
    (["p_v001.1001.exr"], ["sequence p_v001.[1001 pad 4].exr"]),
    (["p.v001.1001.exr", "p.v002.1001.exr"], ["sequence p.v001.[1001 pad 4].exr", "sequence p.v002.[1001 pad 4].exr"]),
    (["p.1001.1080p.exr"], ["sequence p.[1001 pad 4].1080p.exr"]),
    (["p_1920x1080.1001.exr"], ["sequence p_1920x1080.[1001 pad 4].exr"]),
    (["p_20240115.1001.exr"], ["sequence p_20240115.[1001 pad 4].exr"]),
    (["p.1001.20240115.exr"], ["sequence p.[1001 pad 4].20240115.exr"]),
    (["p.00000567.exr"], ["sequence p.[567 pad 8].exr"]),
    (["a b.1001.exr", "a b.1002.exr"], ["sequence a b.[1001-1002 pad 4].exr"]),
    (["p..0001.exr", "p..0002.exr"], ["sequence p..[1-2 pad 4].exr"]),
    # suffixes after the frame
    (["sh010.1001_matte.exr"], ["sequence sh010.[1001 pad 4]_matte.exr"]),
    (["shot.1001.v002.exr", "shot.1002.v002.exr"], ["sequence shot.[1001-1002 pad 4].v002.exr"]),
    (["name_0001_v2.exr", "name_0002_v2.exr"], ["sequence name_[1-2 pad 4]_v2.exr"]),
    (["0001_shot.exr", "0002_shot.exr"], ["sequence [1-2 pad 4]_shot.exr"]),
    (["1001.sh010.exr", "1002.sh010.exr"], ["sequence [1001-1002 pad 4].sh010.exr"]),
    (["s.1001_02.exr", "s.1002_02.exr"], ["sequence s.[1001-1002 pad 4]_02.exr"]),
    (["1001_bg_02.exr", "1002_bg_02.exr"], ["sequence [1001-1002 pad 4]_bg_02.exr"]),
    (["p.1001 copy.exr", "p.1001.exr"], ["sequence p.[1001 pad 4].exr", "sequence p.[1001 pad 4] copy.exr"]),
    (["p.1001 (1).exr", "p.1001.exr"], ["sequence p.[1001 pad 4].exr", "sequence p.[1001 pad 4] (1).exr"]),
    # other separators and none
    (["p_1001.exr"], ["sequence p_[1001 pad 4].exr"]),
    (["p_001.exr"], ["sequence p_[1 pad 3].exr"]),
    (["shot-1001.dpx"], ["sequence shot-[1001 pad 4].dpx"]),
    (["plate0001.exr", "plate0002.exr"], ["sequence plate[1-2 pad 4].exr"]),
    (["img9.png", "img10.png"], ["sequence img[9-10 pad 1].png"]),
    (["f0001.exr", "f0002.exr"], ["sequence f[1-2 pad 4].exr"]),
    (["shot0001.exr", "shot0002.exr", "shot0003.exr"], ["sequence shot[1-3 pad 4].exr"]),
    (["1001.exr"], ["sequence [1001 pad 4].exr"]),
    (["1.exr", "2.exr", "10.exr"], ["sequence [1-2,10 pad 1].exr"]),
    (["0998.exr", "0999.exr", "1000.exr"], ["sequence [998-1000 pad 4].exr"]),
    # camera names: the last number is made of the timecode and looks like no date
    (
        ["A001C009_220324BV_924360.tga", "A001C009_220324BV_924361.tga"],
        ["sequence A001C009_220324BV_[924360-924361 pad 6].tga"],
    ),
    (["A001C009_220324BV_220325.tga"], ["sequence A001C009_220324BV_[220325 pad 6].tga"]),
    (["A003C001_110804_R1LX.0924360.ari"], ["sequence A003C001_110804_R1LX.[924360 pad 7].ari"]),
    # the last number counts where two vary
    (
        ["a_001_0001.exr", "a_001_0002.exr", "a_002_0001.exr", "a_002_0002.exr"],
        ["sequence a_001_[1-2 pad 4].exr", "sequence a_002_[1-2 pad 4].exr"],
    ),
    (["a_0001_1.exr", "a_0001_2.exr", "a_0001_10.exr"], ["sequence a_0001_[1-2,10 pad 1].exr"]),
    # constant steps
    (["p.1001.exr", "p.1003.exr", "p.1005.exr"], ["sequence p.[1001,1003,1005 pad 4].exr"]),
    (["p.0010.exr", "p.0020.exr", "p.0030.exr"], ["sequence p.[10,20,30 pad 4].exr"]),
    (["p_1001.exr", "p_1050.exr"], ["sequence p_[1001,1050 pad 4].exr"]),
    # negative frames
    (["p.-002.exr", "p.-001.exr", "p.000.exr", "p.001.exr"], ["sequence p.[-2-1 pad 3].exr"]),
    (["p.-10.exr", "p.-9.exr", "p.0.exr", "p.5.exr"], ["sequence p.[-10--9,0,5 pad 1].exr"]),
    (["-0001.exr", "0000.exr", "0001.exr"], ["sequence [-1-1 pad 4].exr"]),
    (["p_-0001.exr", "p_0000.exr"], ["sequence p_[-1-0 pad 4].exr"]),
    (["p.-0000.exr", "p.0000.exr"], ["sequence p.[0 pad 4].exr", "sequence p.-[0 pad 4].exr"]),
    (["p-0001.exr", "p-0002.exr"], ["sequence p-[1-2 pad 4].exr"]),
    # several spellings of one sequence
    (["p.0099.exr", "p.100.exr"], ["sequence p.[99-100 pad 3].exr"]),
    (["p.1.exr", "p.0001.exr"], ["sequence p.[1 pad 4].exr", "sequence p.[1 pad 1].exr"]),
    (["p.1001.exr", "p.1002.EXR", "p.1003.Exr"], ["sequence p.[1001-1003 pad 4].exr"]),
    (["p.1001.exr", "p.1001.EXR"], ["sequence p.[1001 pad 4].exr", "sequence p.[1001 pad 4].exr"]),
    (["caf\u00e9.0001.exr", "cafe\u0301.0002.exr"], ["sequence caf\u00e9.[1-2 pad 4].exr"]),
    (["p.0001_\u00e9.exr", "p.0002_e\u0301.exr"], ["sequence p.[1-2 pad 4]_\u00e9.exr"]),
    (["P.0001.exr", "p.0002.exr"], ["sequence P.[1 pad 4].exr", "sequence p.[2 pad 4].exr"]),
    (["p.0001.tif", "p.0002.tiff"], ["sequence p.[1 pad 4].tif", "sequence p.[2 pad 4].tiff"]),
    # beyond 64 bits
    (
        [f"p.{10**29 + frame}.exr" for frame in (1, 2, 4)],
        [f"sequence p.[{10**29 + 1}-{10**29 + 2},{10**29 + 4} pad 30].exr"],
    ),
    ([f"p.{frame:030d}.exr" for frame in (1, 2, 4)], ["sequence p.[1-2,4 pad 30].exr"]),
    # odd characters
    (["a\nb.0001.exr", "a\nb.0002.exr"], ["sequence a\nb.[1-2 pad 4].exr"]),
    (["a\udce9.0001.exr", "a\udce9.0002.exr"], ["sequence a\udce9.[1-2 pad 4].exr"]),
    (["p.\u0661\u0662.exr", "p.\uff11\uff12.exr"], stills("p.\u0661\u0662.exr", "p.\uff11\uff12.exr")),
]

STILLS = [
    ["poster.jpg"],
    ["p_v001.exr", "p_v002.exr", "p_v003.exr"],
    ["p.v001.exr", "p.v002.exr"],
    ["p_V1.exr", "p_V2.exr", "p_ver03.exr", "p_ver04.exr", "p_v_1.exr", "p_v_2.exr"],
    ["SEQ010_SH010.exr", "SEQ010_SH020.exr", "SEQ010_SH030.exr"],
    ["SH001.jpg", "SH002.jpg", "SH003.jpg"],
    ["TST_010_0010.exr", "TST_010_0020.exr", "TST_010_0040.exr"],
    ["TST_0010.exr", "TST_0020.exr", "TST_0030.exr"],
    ["TST_0010_comp_v1.exr", "TST_0020_comp_v1.exr", "TST_0030_comp_v1.exr"],
    ["TST_0013_comp.exr", "TST_0027_comp.exr"],
    ["TST_010_0010.exr"],
    ["shot_010.exr"],
    ["SEQ_010_SH_020.exr"],
    ["flower-rgb-02.tif", "flower-rgb-08.tif", "flower-rgb-16.tif"],
    ["A003.ari", "A004.ari"],
    ["A001_C001.exr", "A001_C002.exr", "A001_C003.exr"],
    ["plate0001.exr"],
    ["IMG_0042.jpg"],
    ["DSC_0042.nef", "DSC_0107.nef"],
    ["IMG_20240101123045.jpg", "IMG_20240101123101.jpg"],
    ["IMG_20240101_123045.jpg", "IMG_20240101_123046.jpg"],
    ["PXL_20240101_123045123.jpg"],
    ["Screenshot 2024-01-15 at 10.30.05.png", "Screenshot 2024-01-15 at 10.30.45.png"],
    ["p_20240115.exr", "p_20240116.exr", "p_20240117.exr"],
    ["p.20240115.exr"],
    ["p_240115.exr", "p_240301.exr"],
    ["p_2024-01-15.exr", "p_2024-01-16.exr"],
    ["p_2024_01_15.exr"],
    ["capture_1700000000.jpg", "capture_1700000900.jpg"],
    ["p_1080p.exr", "p_4k.exr", "p_1920x1080.exr", "p_2k.exr", "p_16bit.exr", "p_24fps.exr", "p_2048 x 1556.exr"],
    ["0001_shot.exr"],
    ["p.%04d.exr", "p.####.exr", "p.$F4.exr"],
    ["poster 2.jpg", "poster (3).jpg"],
    ["v1.2.exr"],
    ["d41d8cd98f00b204e9800998ecf8427e.png"],
    ["12345678901234567890123456789012345678901234567890.png"],
]


@pytest.mark.parametrize(("names", "expected"), SEQUENCES, ids=[names[0] for names, _expected in SEQUENCES])
def test_sequences(names: list[str], expected: list[str]) -> None:
    assert shown(names) == expected
    assert all_names(group_names(names)) == sorted(names)


@pytest.mark.parametrize("names", STILLS, ids=[names[0] for names in STILLS])
def test_stills(names: list[str]) -> None:
    assert shown(names) == stills(*sorted(names))


def test_movies_are_never_a_sequence() -> None:
    assert shown(["m_0001.mov", "m_0002.mov", "A001.R3D"]) == ["movie A001.R3D", "movie m_0001.mov", "movie m_0002.mov"]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["tex.1001.exr", "tex.1002.exr", "tex.1011.exr"], "udim"),
        (["body.1001.png", "body.1002.png", "body.1011.png", "body.1021.png"], "udim"),
        (["hero_udim.1001.png"], "udim"),
        (["wall.1001.tx", "wall.1002.tx"], "udim"),
        ([f"tex.{tile}.exr" for tile in (*range(1001, 1011), 1011, 1012)], "udim"),
        (["plate.1001.exr", "plate.1002.exr", "plate.1011.exr"], "sequence"),
        (["sh010.1001.exr", "sh010.1002.exr", "sh010.1011.exr"], "sequence"),
        (["A001C002.1001.exr", "A001C002.1011.exr"], "sequence"),
        (["scan.1001.dpx", "scan.1011.dpx"], "sequence"),
        (["x.1001.exr", "x.1002.exr", "x.1003.exr"], "sequence"),
        (["x.1001.exr", "x.1002.exr", "x.1013.exr"], "sequence"),
        (["x.1001.exr", "x.1003.exr", "x.1011.exr"], "sequence"),
        ([f"x.{frame}.exr" for frame in range(1001, 1101) if frame not in (1008, 1009, 1010)], "sequence"),
        ([f"tex.{frame}.exr" for frame in range(1001, 1101)], "sequence"),
        (["tex.0001.exr", "tex.0011.exr"], "sequence"),
    ],
)
def test_tiles_need_evidence(names: list[str], kind: str) -> None:
    (clip,) = group_names(names).clips
    assert clip.kind == kind
    assert ("padding" in clip.document()) == (kind == "sequence")
    assert not (kind == "udim" and clip.missing)


@pytest.mark.parametrize(
    ("names", "views"),
    [
        (["p_L.0001.exr", "p_R.0001.exr"], ["left", "right"]),
        (["p_l.0001.exr", "p_r.0001.exr"], ["left", "right"]),
        (["p_L.0001.exr"], [""]),
        (["p.left.0001.exr"], ["left"]),
        (["p_RIGHT_v002.0001.exr"], ["right"]),
        (["p.0001.left.exr", "p.0001.right.exr"], ["left", "right"]),
        (["left_p.0001.exr", "right_p.0001.exr"], ["left", "right"]),
        (["turn_left_now.0001.exr"], [""]),
        (["p_left.mov", "p_right.mov"], ["left", "right"]),
        (["p_left_eye.0001.exr"], ["left"]),
        (["bright.0001.exr", "leftover.0001.exr"], ["", ""]),
    ],
)
def test_views_in_names(names: list[str], views: list[str]) -> None:
    assert [clip.view for clip in group_names(names).clips] == views


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("._p.0001.exr", "an AppleDouble file of macOS"),
        (".p.0001.exr", "a hidden file"),
        ("desktop.ini", "a folder settings file of Windows"),
        ("a.wav", "not footage: audio (.wav)"),
        ("a.EDL", "not footage: an edit list (.edl)"),
        ("a.nk", "not footage: a scene or project (.nk)"),
        ("a.mhl", "not footage: a checksum manifest (.mhl)"),
        ("a.zip", "not footage: an archive (unpack it first) (.zip)"),
        ("a.xyz", "not footage (.xyz)"),
        ("README", "not footage: no extension"),
        ("exr", "not footage: no extension"),
        (".exr", "a hidden file"),
        ("p.0001.exr~", "a backup file"),
        ("p.0001.exr.part", "a partial transfer (.part)"),
        (".p.0001.exr.aB3dE9", "a partial transfer (rsync)"),
    ],
)
def test_ignored_names_have_a_reason(name: str, reason: str) -> None:
    grouped = group_names([name], Place("/root", "a/b"))
    assert grouped.clips == []
    assert [(entry.path, entry.reason) for entry in grouped.ignored] == [(f"a/b/{name}", reason)]


def test_no_format_is_both_picture_and_movie() -> None:
    assert not IMAGES & MOVIES
    assert all(ext == ext.lower() for ext in IMAGES | MOVIES)


def test_runs_stay_in_frame_order_when_spellings_alternate() -> None:
    names = [f"p.{frame:04d}.{'exr' if frame % 2 else 'EXR'}" for frame in range(1, 40)]
    (clip,) = group_names(names).clips
    assert [name for _frame, name in clip.files()] == names
    assert clip.mixed_case and clip.first_file == names[0] and clip.last_file == names[-1]


def test_warnings_name_what_differs() -> None:
    warnings = group_names(["p.0099.exr", "p.100.EXR", "q.1.exr", "q.01.exr", "r.####.exr"], Place("/r", "in")).warnings
    assert sorted(warnings) == [
        "in/p.###.exr: mixed extension case (.EXR, .exr).",
        "in/p.###.exr: the frame numbers are padded in more than one way.",
        "in/q.#.exr: some frames are there in two spellings; they are kept apart.",
        "in/r.####.exr: the name holds a frame pattern that a tool did not fill in.",
    ]


def test_interleaved_names_are_told_apart() -> None:
    """Names that sort between the first and last of a run, as long as they are, are not swallowed by it."""
    names = ["a.1009.exr", "a.100z.exr", "a.1011.exr", "a.1010.jpg", "a.10090.exr", "a.1010b.exr"]
    grouped = group_names(names)
    assert all_names(grouped) == sorted(names)
    assert "sequence a.[1009,1011,10090 pad 4].exr" in shown(names)


def test_photos_months_apart_cost_nothing() -> None:
    (clip,) = group_names(["p.0000000001.exr", "p.9999999999.exr"]).clips
    assert str(clip.missing) == "2-9999999998"


def test_a_million_frames_are_a_few_runs() -> None:
    grouper = Grouper(Place(""))
    for first in range(0, 1_000_000, 50_000):
        if first != 500_000:
            grouper.add([f"p.{frame:07d}.exr" for frame in range(first, first + 50_000)])
    (clip,) = grouper.grouped().clips
    assert (clip.count, str(clip.frames), len(clip.runs)) == (950_000, "0-499999,550000-999999", 2)


# Names that hold everything the rules look at, in any order.
PART = st.sampled_from(
    ["plate", "sh010", "SH", "v", "v001", "x", "1920x", "L", "left", "\u00e9", "e\u0301", "\udce9", "\n", "%04d", "IMG"]
)
NUMBER = st.one_of(
    st.integers(0, 30).map(str),
    st.integers(995, 1012).map(lambda number: f"{number:04d}"),
    st.sampled_from(["20240101", "20240102", "240101", "18999999", "19000000", "123045", "000", "\u0661", "9" * 25]),
)
NAME = st.builds(
    lambda parts, ext: "".join(parts) + ext,
    st.lists(st.one_of(PART, NUMBER, st.sampled_from([".", "_", "-", " ", ".-"])), min_size=1, max_size=7),
    st.sampled_from([".exr", ".exr", ".EXR", ".jpg", ".mov", ".txt", "", ".exr.part", "."]),
).filter(lambda name: "/" not in name)


def comparable(grouped: Grouped) -> tuple[list[Clip], list[str], list[str]]:
    return grouped.clips, sorted(entry.path for entry in grouped.ignored), sorted(grouped.warnings)


@settings(max_examples=200)
@given(st.lists(NAME, unique=True, max_size=40), st.randoms(use_true_random=False), st.integers(1, 10))
@example(["a.0001.18999999.exr", "a.0001.19000000.exr", "a.0002.19000000.exr"], random.Random(1), 1)
def test_every_name_is_there_once_whatever_the_order(names: list[str], rng: random.Random, portion: int) -> None:
    grouped = group_names(names)
    assert all_names(grouped) == sorted(names)
    mixed = rng.sample(names, len(names))
    assert comparable(group_names(mixed)) == comparable(grouped)
    portions = Grouper(Place(""))
    for at in range(0, len(mixed), portion):
        portions.add(mixed[at : at + portion])
    assert comparable(portions.grouped()) == comparable(grouped)


@settings(max_examples=100)
@given(
    st.sampled_from(["plate.", "sh010_beauty.", "A001_", "0010_x-", "left.", ""]),
    st.sets(st.integers(-30, 1100), min_size=2, max_size=300),
    st.sampled_from([1, 3, 4, 6]),
    st.sampled_from([".exr", ".DPX", "_matte.exr", ".v002.png"]),
)
def test_clips_of_one_spelling_give_back_their_names(prefix: str, frames: set[int], width: int, tail: str) -> None:
    names = [f"{prefix}{'-' * (frame < 0)}{abs(frame):0{width}d}{tail}" for frame in sorted(frames)]
    grouped = group_names(names)
    assert all_names(grouped) == sorted(names)
    if prefix.endswith("."):
        (clip,) = grouped.clips
        assert list(clip.files()) == list(zip(sorted(frames), names, strict=True))
        assert set(clip.frames) == frames


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["plate", "bg_v002", "sh010", "left eye", "a-b", "x.y"]),
            st.sets(st.integers(0, 12000), min_size=2, max_size=60),
            st.sampled_from(["exr", "dpx", "jpg"]),
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda one: (one[0], one[2]),
    )
)
def test_fileseq_sees_the_same_frames(clips: list[tuple[str, set[int], str]]) -> None:
    """An independent judge on ordinary names: base, dot, frame padded to four, extension."""
    names = [f"{base}.{frame:04d}.{ext}" for base, frames, ext in clips for frame in frames]
    ours = Counter((f"{c.base}{c.sep}", f".{c.ext}", frozenset(c.frames)) for c in group_names(names).clips)
    theirs = Counter(
        (seq.basename(), seq.extension(), frozenset(int(frame) for frame in seq.frameSet() or ()))
        for seq in fileseq.findSequencesInList(names)
    )
    merged: dict[tuple[str, str], frozenset[int]] = {}
    for base, ext, frames in theirs:  # fileseq makes one sequence per count of digits
        merged[base, ext] = merged.get((base, ext), frozenset()) | frames
    assert ours == Counter((base, ext, frames) for (base, ext), frames in merged.items())
