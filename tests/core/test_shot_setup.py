# SPDX-License-Identifier: GPL-3.0-or-later
"""What a shot's scene should be: Ramses' words, the sequence before the project, handles around the shot's frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from ramses_plates.core.footage import Footage
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.placement import StartFacts
from ramses_plates.core.placement_record import placement_record
from ramses_plates.core.project_facts import ProjectFacts, SequenceFacts, ShotFacts, StepFacts, save_facts
from ramses_plates.core.shot_setup import Colour, ShotSetup, main_plate, shot_setup
from ramses_plates.core.sidecar import FrameFacts, SidecarFacts, write_entries
from ramses_plates.core.step_settings import section_text
from ramses_plates.core.work_context import WorkContext

SETTINGS = """shot:
    handle_in: 8
    handle_out: 4
    first_image_number: 993
color_management:
    ocio_path: "D:\\ocio\\config.ocio"  # of the show
    rendering_space: ACEScg
    display_space: sRGB - Display
    view_transform: 'ACES 1.0 - SDR Video'
other: yes
"""


@pytest.fixture
def work(tmp_path: Path) -> WorkContext:
    facts = ProjectFacts(
        "p", "DEMO", "Demo", tmp_path.as_posix(), 24.0, 2048, 858, 1.0,
        steps=(StepFacts("s", "COMP", kind="shot", settings=SETTINGS), StepFacts("t", "ROTO", kind="shot")),
        sequences=(SequenceFacts("q", "SEQ1", rate=23.976, pixel_aspect=2.0),),
        shots=(ShotFacts("a", "SH010", "SEQ1", 40), ShotFacts("b", "SH020", "", None)),
    )  # fmt: skip
    save_facts(str(tmp_path), facts)
    return WorkContext.of_shot(str(tmp_path), "DEMO", "SH010", "COMP")


def of(work: WorkContext, shot: str, step: str) -> WorkContext:
    return WorkContext.of_shot(work.root, "DEMO", shot, step)


def test_the_sequence_wins_and_handles_lie_around_the_shot(work: WorkContext) -> None:
    found = shot_setup(work)
    assert (found.rate, found.size, found.pixel_aspect) == (Fraction(24000, 1001), (2048, 858), Fraction(2))
    # the cut in sits on 993 + 8; 40 frames, 8 before and 4 after
    assert (found.first, found.last) == (993, 1001 + 39 + 4)
    assert found.spec_source == "sequence SEQ1"
    assert found.range_source == "40 frames of the shot in Ramses, start from the step's settings in Ramses"
    assert found.colour == Colour("D:/ocio/config.ocio", "ACEScg", "sRGB - Display", "ACES 1.0 - SDR Video")


def test_a_step_that_says_nothing_takes_the_setting_of_the_person(work: WorkContext) -> None:
    found = shot_setup(of(work, "SH010", "ROTO"), StartFacts(101, 2, 3, "the preferences"))
    assert (found.first, found.last, found.colour) == (99, 143, Colour())
    assert found.range_source.endswith("start from the preferences")


def test_what_nobody_said_is_not_made_up(work: WorkContext, tmp_path: Path) -> None:
    found = shot_setup(of(work, "SH020", "COMP"))
    assert (found.rate, found.first, found.last, found.range_source) == (Fraction(24), None, None, "")
    (tmp_path / "other").mkdir()
    assert shot_setup(WorkContext.of_shot(str(tmp_path / "other"), "DEMO", "SH010", "COMP")) == ShotSetup()


def test_scene_and_plate_line_up(work: WorkContext) -> None:
    """The newest main plate knows its start and handles; the step's settings would say otherwise."""
    root = Path(work.root)
    stem, home = "DEMO_S_SH010_PLATE", "05-SHOTS/DEMO_S_SH010/DEMO_S_SH010_PLATE"

    def publish(name: str, frames: range, handles: tuple[int, int] | None, start: int = 101) -> None:
        folder = root / home / "_published" / name
        folder.mkdir(parents=True)
        names = [f"{stem}.{frame}.exr" for frame in frames]
        for one in names:
            (folder / one).touch()
        footage = Footage(stem, "sequence", FrameSet.of(frames), Fraction(24), "01:00:00:00", ext="exr")
        facts = StartFacts(start, *(handles or (None, None)))
        record = placement_record(footage, start=facts if handles else None)
        entries = (FrameFacts(one, frame) for one, frame in zip(names, frames, strict=True))
        (folder / "_ramses_data.json").write_bytes(b"".join(write_entries(SidecarFacts(record=record), entries)))
        (folder / ".ramses_complete").write_text(str(int(name[:3])))

    assert main_plate(work) is None
    publish("001_WIP", range(1001, 1061), (10, 10))
    publish("002_WIP", range(1001, 1061), (12, 8))
    plate = main_plate(work)
    assert plate is not None and plate.handles == (12, 8)
    found = shot_setup(work, plate=plate)
    assert (found.first, found.last) == (101 - 12, 101 + 39 + 8)
    assert found.range_source == "40 frames of the shot in Ramses, start from the plate's own record"
    # Ramses never heard how long SH020 is: the plate knows
    nobody = shot_setup(of(work, "SH020", "ROTO"), plate=plate)
    assert (nobody.first, nobody.last) == (89, 148)
    assert nobody.range_source == "the newest plate, start from the plate's own record"
    assert main_plate(of(work, "SH010", "PLATE")) is None  # its own step asks for nothing


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("{color_management: {ocio_path: /a/b.ocio, rendering_space: x}}", ""),  # no JSON, and no block of its own
        ("color_management: {ocio_path: /a/b.ocio, rendering_space: lin rec709}", "lin rec709"),
        ('{"color_management": {"rendering_space": "ACEScg"}}', "ACEScg"),
        ('{"color_management": {"rendering_space": 5}}', ""),
        ('{"color_management": []}', ""),
        ("shot:\n  rendering_space: wrong\ncolor_management:\n  rendering_space: right", "right"),
        ("color_management:\n  xrendering_space: wrong", ""),
        ("color_management:\n\nrendering_space: outside", ""),
        ("color_management:\n  rendering_space: plain # a comment\n", "plain"),
        ("color_management:\n  rendering_space:\n  view_transform: other\n", ""),
        ("", ""),
    ],
)
def test_colour_is_found_in_its_own_section_only(settings: str, expected: str) -> None:
    assert section_text(settings, "color_management", "rendering_space") == expected
