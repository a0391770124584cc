# SPDX-License-Identifier: GPL-3.0-or-later
"""The typed views: the app's defaults, any wrong type survived, unknown keys kept."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ramses_plates.lib.ramses import model, values
from ramses_plates.lib.ramses.merge import same, without_empty_references
from ramses_plates.lib.ramses.model import (
    KINDS,
    RamFileType,
    RamObject,
    RamPipe,
    RamProject,
    RamSequence,
    RamShot,
    RamState,
    RamStatus,
    RamStep,
    by_short_name,
    current_statuses,
)

ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["", "none", "auto", "24"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = [
    "shortName", "name", "comment", "order", "color", "project", "framerate", "width", "height", "pixelAspectRatio",
    "deadline", "users", "pipeline", "path", "overrideFramerate", "overrideResolution", "overridePixelAspectRatio",
    "sequence", "duration", "sourceMedia", "assets", "type", "applications", "customSettings", "publishSettings",
    "completionRatio", "item", "step", "itemType", "state", "user", "assignedUser", "version", "published", "date",
    "role", "assetGroup", "tags", "outputStep", "inputStep", "pipeFiles", "fileType", "extensions",
]  # fmt: skip


def test_defaults_are_the_apps_own() -> None:
    project = RamProject("u")
    assert (project.framerate, project.width, project.height, project.pixel_aspect) == (24.0, 1920, 1080, 1.0)
    assert project.users == project.pipeline == ()
    sequence = RamSequence("u")
    assert (sequence.own_framerate, sequence.own_size, sequence.own_pixel_aspect) == (None, None, None)
    shot = RamShot("u")
    assert (shot.duration, shot.sequence, shot.frames(project)) == (None, "", 120)
    assert RamState("u").completion == 50
    status = RamStatus("u")
    assert (status.version, status.completion, status.item_type, status.date, status.user) == (0, 0, "asset", None, "")
    assert RamStep("u").kind == "pre"
    assert RamFileType("u", {"shortName": "exr"}).extensions == ("exr",)


def test_overrides_count_only_while_ticked() -> None:
    stale = {"framerate": 30, "width": 4096, "height": 1080, "overrideFramerate": False, "overrideResolution": False}
    assert RamSequence("u", stale).own_framerate is None and RamSequence("u", stale).own_size is None
    ticked = RamSequence("u", stale | {"overrideFramerate": True, "overrideResolution": True})
    assert (ticked.own_framerate, ticked.own_size) == (30.0, (4096, 1080))
    alone = RamSequence("u", {"overrideFramerate": True, "overrideResolution": True, "overridePixelAspectRatio": True})
    assert (alone.own_framerate, alone.own_size, alone.own_pixel_aspect) == (24.0, (1920, 1080), 1.0)


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        (None, "/r/Projects/TEST"),
        ("", "/r/Projects/TEST"),
        ("auto", "/r/Projects/TEST"),
        ("/jobs/test", "/jobs/test"),
        ("/jobs/test/", "/jobs/test"),
        ("P:\\jobs\\test", "P:/jobs/test"),
        ("jobs/test", "jobs/test"),
        (5, "/r/Projects/TEST"),
    ],
)
def test_project_folder(path: object, folder: str) -> None:
    assert RamProject("u", {"shortName": "TEST", "path": path}).folder("/r/") == folder


@pytest.mark.parametrize("rate", [24, 25, 23.976, 23.98, 29.97, 59.94, 48, 12.5])
def test_frames_survive_the_way_through_seconds(rate: float) -> None:
    project = RamProject("u", {"framerate": rate})
    for frames in [*range(1, 500), 1001, 86_399, 100_000]:
        assert RamShot("s", {"duration": project.seconds(frames)}).frames(project) == frames


def test_frames_are_rounded_not_cut() -> None:
    assert RamShot("s", {"duration": 4.166666666666667}).frames(RamProject("p")) == 100
    assert RamShot("s", {"duration": 4.1666666}).frames(RamProject("p")) == 100


@pytest.mark.parametrize("written", ["2026-11-22 07:49:01", "2026-11-22- 07:49:01", " 2026-11-22T07:49:01"])
def test_both_date_spellings_are_read(written: str) -> None:
    when = datetime(2026, 11, 22, 7, 49, 1, tzinfo=timezone.utc)
    assert RamStatus("u", {"date": written}).date == when
    assert values.write_date(when) == "2026-11-22 07:49:01"


@pytest.mark.parametrize("written", ["", "yesterday", "2026-13-40 99:99:99", "2026-11-22", 5, None])
def test_other_dates_are_none(written: object) -> None:
    assert RamStatus("u", {"date": written}).date is None


def test_the_latest_status_of_a_pair_counts() -> None:
    def status(uid: str, item: str = "i", **data: Any) -> RamStatus:
        return RamStatus(uid, {"item": item, "step": "s", **data})

    rows = [
        status("undated"),
        status("old", date="2026-11-22 07:49:01"),
        status("new", date="2026-11-22- 07:49:02"),
        status("older", date="2025-11-22 07:49:01"),
        status("broken", date="zzz"),
        status("other", item="j"),
        RamStatus("lost", {"step": "s"}),
    ]
    found = current_statuses(rows)
    assert {pair: status.uuid for pair, status in found.items()} == {("i", "s"): "new", ("j", "s"): "other"}


def test_step_settings() -> None:
    text = "shot:\n  handle_in: 8\n  handle_out: '12'  # frames\ncolorspace: ACEScg\n- item: 3\nnonsense\nhttp://x: y"
    step = RamStep("u", {"customSettings": text, "publishSettings": "- format: exr\nfusion:\n  preview: yes"})
    assert step.settings == {"shot.handle_in": "8", "shot.handle_out": "12", "colorspace": "ACEScg"}
    assert (step.setting("handle_in"), step.setting("handle_out"), step.setting("none")) == (8, 12, None)
    assert step.setting("colorspace") is None
    assert step.publish_settings == {"fusion.preview": "yes"}


@given(st.text(max_size=300))
def test_any_settings_text_is_survived(text: str) -> None:
    assert all(isinstance(value, str) for value in values.settings_values(text).values())


def test_old_applications_are_one_text() -> None:
    assert RamStep("u", {"applications": "a"}).applications == ("a",)
    assert RamStep("u", {"applications": ["a", "", 5, "none", "b"]}).applications == ("a", "b")
    assert RamPipe("u", {"pipeFiles": None}).pipe_files == ()


@given(st.dictionaries(st.sampled_from(KEYS), ANY), st.sampled_from(sorted(KINDS)))
def test_any_record_is_survived_and_kept(record: dict[str, Any], kind: str) -> None:
    found = KINDS[kind]("u", record)
    for name in dir(found):
        if not name.startswith("_"):
            value = getattr(found, name)
            if callable(value) and name in ("frames", "folder", "seconds"):
                value = value({"frames": RamProject("p") if kind == "RamShot" else 2.0, "folder": "/r"}.get(name, 48))
    assert repr(found.data) == repr(record)
    assert found == KINDS[kind]("u", record) or record != record or "nan" in repr(record)
    assert model.by_short_name([found], "x") in (None, found)


def test_the_record_cannot_be_changed_through_a_view() -> None:
    found = RamObject("u", {"list": [1]})
    found.data["list"].append(2)
    found.get("list").append(3)
    assert found.data == {"list": [1]}


def test_by_short_name_prefers_the_exact_spelling() -> None:
    rows = [RamShot("a", {"shortName": "sh010"}), RamShot("b", {"shortName": "SH010"}), RamShot("c", {})]
    assert by_short_name(rows, "SH010") is rows[1]
    assert by_short_name(rows, "Sh010") is rows[0]
    assert by_short_name(rows, "") is None


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (24, 24.0, True),
        (4.166666666666667, 4.16666666666667, True),
        (1, True, False),
        (0, False, False),
        (None, 0, False),
        ("1", 1, False),
        ([1, {"a": 2.0}], [1.0, {"a": 2}], True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        (4.1, 4.2, False),
    ],
)
def test_same(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) is equal


def test_healing_touches_only_references() -> None:
    record = {"sequence": "", "project": "p", "users": ["", "u"], "applications": "", "comment": "", "own": {"a": ""}}
    assert without_empty_references(record) == {"project": "p", "users": ["u"], "comment": "", "own": {"a": ""}}
