# SPDX-License-Identifier: GPL-3.0-or-later
"""Views, suffixes and reference movies become resources, by rules that can be changed."""

from __future__ import annotations

import time

import pytest
from ramses_plates.core.clip import Clip, Kind
from ramses_plates.core.errors import RuleError
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.identify import identify_clip
from ramses_plates.core.resource_rule import DEFAULT_RESOURCES, ResourceRule
from ramses_plates.core.resources import assign_resources, quality
from ramses_plates.core.rules import Rules


def clip(base: str, ext: str = "exr", folder: str = ".", view: str = "", suffix: str = "", kind: str = "") -> Clip:
    movie = ext in ("mov", "mp4", "mxf")
    found: Kind = "movie" if movie else "still" if kind == "still" else "sequence"
    if found == "sequence":
        return Clip(found, "/in", folder, base, ext, ".", 4, FrameSet([(1, 9)]), view=view, suffix=suffix)
    return Clip(found, "/in", folder, base, ext, file=f"{base}.{ext}", view=view, suffix=suffix)


def resources(*clips: Clip, rules: tuple[ResourceRule, ...] = ()) -> list[str | None]:
    found = Rules(builtin=True, resources=(*rules, *DEFAULT_RESOURCES))
    return [identity.resource for identity in assign_resources(clips, [identify_clip(one) for one in clips], found)]


def test_a_reference_movie_beside_a_plate() -> None:
    assert resources(clip("SH010_plate"), clip("SH010", "mov")) == [None, "REF"]
    assert resources(clip("SH010", "mov"), clip("SH010_plate")) == ["REF", None]
    assert resources(clip("SH010_plate"), clip("SH010", "mov"), clip("SH010", "mp4")) == [None, "REF", "REF2"]


def test_a_movie_alone_is_the_plate() -> None:
    assert resources(clip("SH010", "mov")) == [None]
    assert resources(clip("SH010", "mov"), clip("SH020")) == [None, None]


def test_a_delivery_movie_beside_a_camera_movie() -> None:
    assert resources(clip("SH010", "mov"), clip("SH010", "mp4")) == [None, "REF"]


def test_two_equal_clips_stay_equal() -> None:
    assert resources(clip("SH010", "exr"), clip("SH010", "dpx")) == [None, None]
    assert resources(clip("SH010", "mov", "a"), clip("SH010", "mov", "b")) == [None, None]


def test_other_steps_and_sequences_are_no_company() -> None:
    assert resources(clip("SH010_plate"), clip("SH010_comp", "mov")) == [None, None]
    assert resources(clip("SEQ010_SH010"), clip("SEQ020_SH010", "mov")) == [None, None]
    assert resources(clip("SEQ010_SH010"), clip("SH010", "mov")) == [None, "REF"]
    assert resources(clip("SH010", "exr", "DAY01"), clip("SH010", "mov", "DAY02")) == [None, "REF"]


def test_spelling_does_not_matter() -> None:
    assert resources(clip("SH010_plate"), clip("sh010", "mov")) == [None, "REF"]


def test_a_name_that_says_its_resource_keeps_it() -> None:
    assert resources(clip("SH010_plate"), clip("SH010_ref", "mov"), clip("SH010", "mov")) == [None, "REF", "REF2"]
    assert resources(clip("SH010_bg"), clip("SH010", "mov")) == ["BG", None]
    assert resources(clip("SH010_clean_plate"), clip("SH010_plate"), clip("SH010", "mov")) == ["CLEAN", None, "REF"]


def test_proxies_and_stills() -> None:
    assert resources(clip("SH010", "exr"), clip("SH010", "jpg")) == [None, "PROXY"]
    assert resources(clip("SH010", "exr"), clip("SH010", "jpg", kind="still")) == [None, "STILL"]
    assert resources(clip("SH010", "jpg"), clip("SH010", "mov")) == [None, "REF"]
    assert resources(clip("SH010", "exr"), clip("SH010", "png")) == [None, None]


def test_views() -> None:
    left, right = clip("SH010", folder="left", view="left"), clip("SH010", folder="right", view="right")
    assert resources(left, right) == ["LEFT", "RIGHT"]
    assert resources(left, right, clip("SH010", "mov")) == ["LEFT", "RIGHT", "REF"]
    assert resources(clip("SH010_bg", view="left")) == ["BG-LEFT"]
    assert resources(clip("SH010_left", view="left")) == ["LEFT"]
    assert resources(clip("SH010", view="cam 2")) == ["CAM-2"]


def test_the_left_eye_can_be_the_plate() -> None:
    left, right = clip("SH010", view="left"), clip("SH010", view="right")
    assert resources(left, right, rules=(ResourceRule("", view="left"),)) == [None, "RIGHT"]


def test_suffixes() -> None:
    assert resources(clip("SH010", suffix="_matte")) == ["MATTE"]
    assert resources(clip("SH010"), clip("SH010", suffix="_Dirt.Map")) == [None, "DIRT-MAP"]
    assert resources(clip("SH010_bg", suffix="_matte", view="left")) == ["BG-MATTE-LEFT"]
    assert resources(clip("SH010", suffix="_key"), rules=(ResourceRule("MATTE", suffix="KEY"),)) == ["MATTE"]


def test_folders() -> None:
    assert resources(clip("SH010"), clip("SH010", "mov", "refs")) == [None, "REF"]
    assert resources(clip("SH010", folder="SH010/matte")) == ["MATTE"]
    assert resources(clip("SH010", folder="dailies"), rules=(ResourceRule("DAILY", folder="Dailies"),)) == ["DAILY"]


def test_patterns_kinds_and_extensions() -> None:
    rule = ResourceRule("WEB", pattern=r"_web\b", kind="movie", ext=("mp4",))
    assert resources(clip("SH010_web", "mp4"), rules=(rule,)) == ["WEB"]
    assert resources(clip("SH010_web", "mov"), rules=(rule,)) == [None]
    assert resources(clip("SH010_web", "exr"), rules=(rule,)) == [None]


def test_reference_movies_can_be_called_otherwise() -> None:
    rules = (ResourceRule("EDIT", kind="movie", beside_plate=True),)
    assert resources(clip("SH010"), clip("SH010", "mov"), rules=rules) == [None, "EDIT"]
    rules = (ResourceRule("", kind="movie", beside_plate=True),)
    assert resources(clip("SH010"), clip("SH010", "mov"), rules=rules) == [None, None]


def test_unmatched_clips_are_left_alone() -> None:
    assert resources(clip("garbage", view="left"), clip("garbage", "mov")) == [None, None]


def test_a_rule_needs_a_condition() -> None:
    with pytest.raises(RuleError):
        ResourceRule("X", kind="movie")
    with pytest.raises(RuleError):
        ResourceRule("X", pattern="(")


def test_quality_orders_footage() -> None:
    ordered = [
        clip("a"),
        clip("a", "png"),
        clip("a", "jpg"),
        clip("a", "mov"),
        clip("a", "mp4"),
        clip("a", kind="still"),
    ]
    assert [quality(one) for one in ordered] == [0, 1, 2, 3, 4, 5]


def test_thousands_of_equal_shot_numbers_stay_quick() -> None:
    clips = [clip(f"{sequence:03d}_0010", ext) for sequence in range(1500) for ext in ("exr", "mov")]
    identities = [identify_clip(one) for one in clips]
    start = time.process_time()
    found = assign_resources(clips, identities)
    assert time.process_time() - start < 3.0  # about 0.05 s
    assert sum(identity.resource == "REF" for identity in found) == 1500
