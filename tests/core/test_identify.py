# SPDX-License-Identifier: GPL-3.0-or-later
"""Names to identities: the case table, the ways the field names its shots, and names that nobody foresaw."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ramses_plates.core.clip import Clip
from ramses_plates.core.errors import RuleError
from ramses_plates.core.identify import identify, identify_clip, identify_document, identity_document
from ramses_plates.core.identity import Identity
from ramses_plates.core.rules import BUILTIN, Rule, Rules

CASES = json.loads((Path(__file__).parent.parent / "cases" / "matcher.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case_table(case: dict[str, Any]) -> None:
    if "raises" in case["expected"]:
        with pytest.raises(RuleError):
            [Rule(**rule) for rule in case["rules"]]
        return
    rules = BUILTIN if case["rules"] == "builtin" else Rules(tuple(Rule(**rule) for rule in case["rules"]))
    found = identity_document(case["clip_base_name"], identify(case["clip_base_name"], case["parent_dir"], rules))
    expected = {key: None if value == "" else value for key, value in case["expected"].items()}
    assert {key: found[key] for key in expected} == expected


# name -> (sequence, shot, step, resource, version); the folder is DAY01 throughout.
D = "DAY01"
NAMES: dict[str, tuple[str | None, str | None, str | None, str | None, int | None]] = {
    # versions are never shots, wherever they stand
    "sh010_V003": (D, "sh010", None, None, 3),
    "SH010_v1": (D, "SH010", None, None, 1),
    "V012_SH010": (D, "SH010", None, None, 12),
    "v001_010_0020": ("010", "0020", None, None, 1),
    "SH010v003": (D, "SH010", None, None, 3),
    "SH010_ver02": (D, "SH010", None, None, 2),
    "SH010_v_007": (D, "SH010", None, None, 7),
    "SH010_v002a": (D, "SH010", None, None, 2),
    "v001": (None, None, None, None, None),
    # dates are neither
    "2024-01-15_SH010": (D, "SH010", None, None, None),
    "SH010_20240115": (D, "SH010", None, None, None),
    "240115_010_0020": ("010", "0020", None, None, None),
    "010_0010_15012024": ("010", "0010", None, None, None),
    "20240115_123045_SH010": (D, "SH010", None, None, None),
    "15jan2024_SH010": (D, "SH010", None, None, None),
    "2024_SH010": (D, "SH010", None, None, None),
    "20240115": (None, None, None, None, None),
    # sizes, rates, codecs, colour
    "SH010_1080p": (D, "SH010", None, None, None),
    "0010_1080p_24p": (D, "0010", None, None, None),
    "4K_SH010": (D, "SH010", None, None, None),
    "SH010_2048x1152": (D, "SH010", None, None, None),
    "010_0020_3840x2160_acescg": ("010", "0020", None, None, None),
    "23.976fps_SH010": (D, "SH010", None, None, None),
    "H.264_SH010": (D, "SH010", None, None, None),
    "ProRes_4444_SH010": (D, "SH010", None, None, None),
    "DNxHR_HQX_010_0020": ("010", "0020", None, None, None),
    "rec.709_SH010": (D, "SH010", None, None, None),
    "acescg_010_0020": ("010", "0020", None, None, None),
    "logc3_0010": (D, "0010", None, None, None),
    "ACES_1.2_SH010": (D, "SH010", None, None, None),
    "16bit_SH010": (D, "SH010", None, None, None),
    # sequence, shot, step, version, however they are written
    "SEQ010.SH020.plate.v001": ("SEQ010", "SH020", "PLATE", None, 1),
    "SEQ010-SH020-plate-v001": ("SEQ010", "SH020", "PLATE", None, 1),
    "seq010_sh020_comp_v012": ("seq010", "sh020", "COMP", None, 12),
    "SEQ_010_SH_020": ("SEQ010", "SH020", None, None, None),
    "seq 010 shot 0020": ("seq010", "shot0020", None, None, None),
    "SEQ010SH020v001": ("SEQ010", "SH020", None, None, 1),
    "BRG101_SH0010v001": ("BRG101", "SH0010", None, None, 1),
    "SEQ010_0020": ("SEQ010", "0020", None, None, None),
    "SEQ010_0020A": ("SEQ010", "0020A", None, None, None),
    "SQ010_SC020": ("SQ010", "SC020", None, None, None),
    "ICK_012-0500": ("012", "0500", None, None, None),
    "ISIH_A1_030": ("A1", "030", None, None, None),
    "BRG_101_0010_v001": ("101", "0010", None, None, 1),
    "TST_BRG_0010": ("BRG", "0010", None, None, None),
    "TST_101_BRG_0010_plate_v001": ("BRG", "0010", "PLATE", None, 1),
    "010_SH020": ("010", "SH020", None, None, None),
    # projects and episodes are no sequences
    "PROJ2024_SEQ010_SH020": ("SEQ010", "SH020", None, None, None),
    "EP101_SQ010_SH0020": ("SQ010", "SH0020", None, None, None),
    "101_010_0020_plate": ("010", "0020", "PLATE", None, None),
    "S01E02_010_0020": ("010", "0020", None, None, None),
    "E101_010_0020": ("010", "0020", None, None, None),
    # letters of shots
    "SH010A": (D, "SH010A", None, None, None),
    "SEQ010_SH020B_v2": ("SEQ010", "SH020B", None, None, 2),
    "SHOT0010LONG": (D, "SHOT0010LONG", None, None, None),
    # one shot, named once or twice; two shots are nobody's guess
    "SH010_SH010_plate": (D, "SH010", "PLATE", None, None),
    "SH010_SH020": (None, None, None, None, None),
    "SH010-SH010B": (None, None, None, None, None),
    "010_0020_0030_0040": (None, None, None, None, None),
    # a sequence alone is no shot
    "SEQ010": (None, None, None, None, None),
    "SEQ010_PLATE_v001": (None, None, None, None, None),
    "sequence_010": (None, None, None, None, None),
    # nor is a name that lost its shot
    "010_SH": (None, None, None, None, None),
    "TST_010_shot": (None, None, None, None, None),
    # files as cameras name them
    "A077C013_230614_RO9S": (None, None, None, None, None),
    "A001_C003_0101XY_001": (None, None, None, None, None),
    "A_0001C003_240101_120000_h1ABC": (None, None, None, None, None),
    "A001_05021530_C001": (None, None, None, None, None),
    "IMG_1234": (None, None, None, None, None),
    "DJI_0658": (None, None, None, None, None),
    "GX010123": (None, None, None, None, None),
    "P1010001": (None, None, None, None, None),
    "C0001": (None, None, None, None, None),
    "SH010_A001C002_240101_R1AB": (D, "SH010", None, None, None),
    "010_0020_A001C002_240101_R1AB": ("010", "0020", None, None, None),
    # counted things are no shots
    "plate_01": (None, None, None, None, None),
    "render_0001": (None, None, None, None, None),
    "untitled_001": (None, None, None, None, None),
    "CAM01_SH010": (D, "SH010", None, None, None),
    "reel2_SH010": (D, "SH010", None, None, None),
    # steps and resources in words
    "SH010_bg_v001": (D, "SH010", None, "BG", 1),
    "SH010_bgplate_v001": (D, "SH010", "PLATE", "BG", 1),
    "SH010_clean_plate": (D, "SH010", "PLATE", "CLEAN", None),
    "SH010_pl01_v001": (D, "SH010", "PLATE", None, 1),
    "SH010_pl02_v001": (D, "SH010", "PLATE", "PL02", 1),
    "SH010_plate_02": (D, "SH010", "PLATE", "PLATE02", None),
    "SH010_bg_02": (D, "SH010", None, "BG02", None),
    "SH010_bg_left": (D, "SH010", None, "BG-LEFT", None),
    "ISIH_A1_030_REF": ("A1", "030", None, "REF", None),
    "SH010bg": (D, "SH010", None, "BG", None),
    # other scripts and accents
    "séq010_0020": ("séq010", "0020", None, None, None),
    "se\u0301q010_sh020": ("se\u0301q010", "sh020", None, None, None),
    "кадр_010": (D, "010", None, None, None),
    "plan_шот_SH010": (D, "SH010", None, None, None),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_ways_of_the_field(name: str) -> None:
    found = identify(name, D)
    assert (found.sequence, found.shot, found.step, found.resource, found.version) == NAMES[name]
    assert found.project is None
    assert bool(found.rule) == found.matched


@pytest.mark.parametrize(
    ("name", "parent", "sequence", "shot"),
    [
        ("SH010", "SEQ010", "SEQ010", "SH010"),
        ("SH010", "DAY01/SEQ010/exr", "SEQ010", "SH010"),
        ("SH010", "SEQ010/DAY01", "SEQ010", "SH010"),
        ("SH010", "DAY01\\SEQ010\\exr", "SEQ010", "SH010"),
        ("SH010", "DAY01/exr/2k", "DAY01", "SH010"),
        ("SH010", "20240115", None, "SH010"),
        ("SH010", "left", None, "SH010"),
        ("SH010", "SH010", None, "SH010"),
        ("SH010", "SEQ010_plates", "SEQ010", "SH010"),
        ("SH010", ".", None, "SH010"),
        ("SH010", "", None, "SH010"),
        ("SH010", "../..", None, "SH010"),
        # a folder per shot
        ("", "SEQ010/SH020", "SEQ010", "SH020"),
        ("plate", "SEQ010_SH020", "SEQ010", "SH020"),
        ("A001C002_240101_R1AB", "010_0020", "010", "0020"),
        ("1001", "SEQ010/SH020", "SEQ010", "SH020"),
        ("garbage", "A001", None, None),
        ("garbage", "0010", None, None),
        ("SH010-SH020_transition", "SH010", None, None),
    ],
)
def test_folders(name: str, parent: str, sequence: str | None, shot: str | None) -> None:
    found = identify(name, parent)
    assert (found.sequence, found.shot) == (sequence, shot)


def test_a_folder_that_may_be_anything_is_a_guess() -> None:
    assert identify("SH010", "DAY01").sequence_guessed
    assert identify("SH010", "My Shots!").sequence_guessed
    for folder in ("SEQ010", "010", "BRG", "SC010"):
        assert not identify("SH020", folder).sequence_guessed, folder
    assert not identify("SEQ010_SH020", "DAY01").sequence_guessed


def test_the_rule_that_decided_is_named() -> None:
    assert identify("SEQ010_SH020").rule == "builtin:shot"
    assert identify("SH020", "SEQ010").rule == "builtin:shot + folder"
    assert identify("SH020", "DAY01").rule == "builtin:shot + guessed from folder"
    assert identify("010_0020").rule == "builtin:number-pair"
    assert identify("plate", "SH010").rule == "builtin:folder"
    assert identify("SH020", rules=Rules((Rule("(?P<shot>SH\\d+)", "mine"),))).rule == "mine"
    assert identify("SH020", rules=Rules((Rule("(?P<shot>SH\\d+)"),))).rule == "(?P<shot>SH\\d+)"
    assert identify("garbage").rule == ""


def test_ramses_names_are_read_as_ramses_reads_them() -> None:
    found = identify("PROJ_S_010_PLATE_BG_WIP003", "SEQ010")
    assert found == Identity("010", "SEQ010", "PLATE", "BG", 3, "PROJ", "builtin:ramses-name")


def test_own_rules_prefixes_and_order() -> None:
    rules = Rules(
        (
            Rule(r"^X(?P<shot>\d+)", "first", shot_prefix="SH", sequence_prefix="SEQ"),
            Rule(r"(?P<sequence>\d+)_(?P<shot>\d+)", "second", "SEQ", "SH"),
        )
    )
    assert identify("X10", "", rules) == Identity("SH10", rule="first")
    assert identify("010_SH020", "", rules).shot is None
    assert identify("010_020", "", rules) == Identity("SH020", "SEQ010", rule="second")
    assert identify("garbage", "", rules) == Identity()


def test_a_prefix_is_not_doubled() -> None:
    rules = Rules((Rule(r"(?P<shot>\w+)", shot_prefix="SH"),))
    assert identify("sh010", "", rules).shot == "sh010"


def test_builtin_reading_follows_own_rules_when_asked() -> None:
    rule = Rule(r"^K(?P<shot>\d+)", "mine")
    assert identify("SEQ010_SH020", "", Rules((rule,))).matched is False
    assert identify("SEQ010_SH020", "", Rules((rule,), builtin=True)).shot == "SH020"
    assert identify("K020", "", Rules((rule,), builtin=True)).rule == "mine"


def test_a_rule_without_shot_adds_to_what_another_finds() -> None:
    partial = Rule(r"_(?P<resource>[a-z]+)$", "resource")
    shot = Rule(r"^(?P<shot>[A-Z]+\d+)", "shot")
    assert identify("SH010_dirty", "", Rules((partial, shot))) == Identity("SH010", resource="dirty", rule="shot")
    found = identify("SEQ010_SH010_dirty", "", Rules((partial,), builtin=True))
    assert (found.sequence, found.shot, found.resource) == ("SEQ010", "SH010", "dirty")
    assert identify("garbage_dirty", "", Rules((partial,), builtin=True)) == Identity()


@pytest.mark.parametrize("shot", ["../x", "a/b", "a\\b", "..", "a\nb", "a\0b"])
def test_ids_that_are_no_names_are_never_reported(shot: str) -> None:
    assert identify(shot, "", Rules((Rule(r"(?s)(?P<shot>.+)"),))) == Identity()
    assert identify(f"x={shot}", "", Rules((Rule(r"(?s)(?P<shot>x)=(?P<sequence>.+)"),))) == Identity()


def test_views_of_a_rule_become_resources() -> None:
    rules = Rules((Rule(r"(?P<shot>SH\d+)_(?P<view>\w+)"),))
    assert identify("SH010_left", "", rules).resource == "LEFT"
    assert identify("SH010_cam2", "", rules).resource == "CAM2"


def test_documents_follow_the_contract() -> None:
    document = identify_document(["SEQ010_SH020_PLATE_v01", "garbage"], "DAY01")
    assert document["schema"] == "ramses-plates/identify/1"
    assert document["names"][0] == {
        "name": "SEQ010_SH020_PLATE_v01",
        "matched": True,
        "sequence": "SEQ010",
        "shot": "SH020",
        "step": "PLATE",
        "resource": None,
        "version": 1,
        "project": None,
        "rule": "builtin:shot",
    }
    assert document["names"][1]["matched"] is False
    json.dumps(document)


def test_a_clip_is_read_with_its_folders() -> None:
    def clip(root: str, folder: str) -> Clip:
        return Clip("movie", root, folder, "SH010", "mov", file="SH010.mov")

    assert identify_clip(clip("/in/vendor_drop", "SEQ020/exr")).sequence == "SEQ020"
    assert identify_clip(clip("/in/SEQ030", ".")).sequence == "SEQ030"
    assert identify_clip(clip("/in/vendor_drop", ".")).sequence is None


@given(st.text(max_size=300), st.text(max_size=40))
@settings(max_examples=200)
def test_any_text_is_answered(base: str, parent: str) -> None:
    found = identify(base, parent)
    if found.matched:
        assert found.shot and found.rule
        assert not set("/\\\0") & set(found.shot)
    json.dumps(identity_document(base, found))


TOKENS = st.sampled_from(
    (
        "SEQ010", "SH020", "0010", "010", "v001", "20240115", "1080p", "24fps", "h264", "acescg", "plate", "bg", "left",
        "TST", "A001C002_240101_R1AB", "EP01", "séq", "TK03", "SC012", "S01E02", "4K", "ref", "0957A", "x", "DAY01",
    )
)  # fmt: skip


@given(st.lists(TOKENS, max_size=8), st.sampled_from("_-. "), TOKENS)
@settings(max_examples=200)
def test_any_row_of_tokens_never_takes_noise_for_a_shot(tokens: list[str], sep: str, parent: str) -> None:
    found = identify(sep.join(tokens), parent)
    noise = {"v001", "20240115", "1080p", "24fps", "h264", "acescg", "plate", "bg", "left", "4K", "ref", "A001C002"}
    assert found.shot not in noise
    assert found.sequence not in noise


def test_five_thousand_names_are_quick() -> None:
    names = [f"TST_{a:03d}_{b:04d}_bgplate_v{c:03d}" for a in range(10) for b in range(50) for c in range(10)]
    start = time.process_time()
    assert all(identify(name, "DAY01").matched for name in names)
    assert time.process_time() - start < 1.0  # about 0.05 s; the guard is against another order of magnitude
