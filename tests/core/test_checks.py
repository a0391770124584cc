# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks: what is warned, what is blocked, and what is left alone."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ramses_plates.core import checks
from ramses_plates.core.checks import ColourCase, Spec, Target
from ramses_plates.core.clip import Clip, NameRun
from ramses_plates.core.finding import blocks
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.media import Colour, FrameReport, Media, TimecodeBreak
from ramses_plates.core.timecode import rate_of

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "cases" / "validation.json").read_text(encoding="utf-8")
)["cases"]


def of_kind(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in CASES if case["kind"] == kind]


def sequence(frames: str = "1001-1010") -> Clip:
    numbers = FrameSet.parse(frames)
    runs = tuple(NameRun("plate.", ".exr", 4, first, last) for first, last in numbers.spans)
    return Clip("sequence", "/delivery", ".", "plate", "exr", ".", 4, numbers, runs)


def test_every_kind_of_the_table_is_tested() -> None:
    tested = {"batch-colour", "expected-spec", "row-status", "collision", "default-step", "disk-space"}
    assert {case["kind"] for case in CASES} == tested


@pytest.mark.parametrize("case", of_kind("batch-colour"))
def test_colour(case: dict[str, Any]) -> None:
    clips = [
        ColourCase(
            Colour(clip.get("space"), clip.get("prim") or None, clip.get("trc")),
            clip.get("seq"),
            bool(clip.get("resource")),
        )
        for clip in case["clips"]
    ]
    found = checks.check_colour(clips)
    assert not blocks(found.values())
    assert sorted(found) == case["expected"]["warned"]


def test_plates_without_tags_beside_a_tagged_movie_are_never_blocked() -> None:
    cases = [ColourCase(Colour()), ColourCase(Colour()), ColourCase(Colour(primaries="bt709", transfer="bt709"))]
    found = checks.check_colour(cases)
    assert sorted(found) == [0, 1]
    assert not blocks(found.values())


@pytest.mark.parametrize("case", of_kind("expected-spec"))
def test_expected_spec(case: dict[str, Any]) -> None:
    project = Spec("Project", Fraction(24), 1920, 1080, Fraction(1))
    sequences = {"SEQ_4K": Spec("Sequence SEQ_4K", Fraction(25), 4096, 2160, Fraction(2))}
    spec = checks.expected_spec(case["plan"]["seq"], project, sequences)
    assert spec.rate is not None and spec.pixel_aspect is not None
    rate, width, height, aspect, source = case["expected"]
    assert (float(spec.rate), spec.width, spec.height, float(spec.pixel_aspect)) == (rate, width, height, aspect)
    assert spec.source == source


@pytest.mark.parametrize("case", of_kind("row-status"))
def test_row_status(case: dict[str, Any]) -> None:
    plan, state = case["plan"], case["plan_state"]
    clip = sequence(state["frames"] or "1-10")
    findings = checks.check_completeness(clip, "publish")
    if state["error"]:
        findings += checks.check_media(clip, Media("exr", error=state["error"]))
    if not plan.get("resource"):
        media = Media("exr", width=plan["width"], height=plan["height"])
        project = Spec("the project", Fraction(24), 1920, 1080, Fraction(1))
        findings += checks.check_spec(media, rate_of(plan["fps"]), project)
    worst = {finding.severity for finding in findings}
    status = "error" if "error" in worst else "warning" if "warning" in worst else "ready"
    assert [status, not blocks(findings)] == case["expected"]


@pytest.mark.parametrize("case", of_kind("collision"))
def test_collisions(case: dict[str, Any]) -> None:
    # resources and joined shot names are decided before: an equal number elsewhere has another id by now
    targets = []
    seen_movie = {plan.get("ext") for plan in case["plans"]} == {"exr", "mov"}
    sequences = {plan.get("seq") for plan in case["plans"] if plan.get("seq")}
    for number, plan in enumerate(case["plans"]):
        resource = "REF" if seen_movie and plan.get("ext") == "mov" else ""
        shot = f"{plan['seq']}-{plan['shot']}" if len(sequences) > 1 else plan["shot"]
        targets.append(Target(shot, "PLATE", resource, f"clip {number}"))
    assert sorted(checks.check_collisions(targets)) == case["expected"]["blocked"]


@pytest.mark.parametrize("case", of_kind("default-step"))
def test_default_step(case: dict[str, Any]) -> None:
    assert checks.default_step(case["steps"]) == case["expected"]


def test_gaps_block_only_on_request_and_are_named() -> None:
    clip = sequence("1001-1003,1005-1010")
    (warned,) = checks.check_completeness(clip, "publish")
    (refused,) = checks.check_completeness(clip, "refuse")
    assert (warned.severity, refused.severity) == ("warning", "error")
    assert "1004" in warned.message and "1004" in refused.message


def test_every_bad_frame_is_named() -> None:
    report = FrameReport(
        checked=10,
        timecode_breaks=(TimecodeBreak(1004, "01:00:00:03", "01:00:00:04"),),
        odd=((1005, "is 64x36 instead of 128x72."),),
        truncated=((1006, "the file is cut off."),),
        unreadable=((1007, "this is no EXR."),),
        zero_byte=FrameSet.of([1008]),
    )
    found = {finding.code: finding for finding in checks.check_frames_report(sequence(), report)}
    assert {code for code, finding in found.items() if finding.severity == "error"} == {
        "zero-byte",
        "truncated",
        "unreadable-frames",
    }
    assert found["truncated"].file == "plate.1006.exr"
    assert "1008" in found["zero-byte"].message and "1005" in found["odd-frames"].message
    assert "01:00:00:04" in found["timecode-break"].message


def test_a_swapped_size_is_recognised() -> None:
    media = Media("exr", width=1080, height=1920)
    (found,) = checks.check_spec(media, None, Spec("the project", None, 1920, 1080))
    assert "swapped" in found.message
