# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning again after an edit, and what a run tells while it works."""

from __future__ import annotations

from pathlib import Path

import pytest
from make_delivery import options, plate, project
from ramses_plates.core.delivery import survey
from ramses_plates.core.events import Event
from ramses_plates.core.ingest import carry_out
from ramses_plates.core.plan import Override
from ramses_plates.core.planner import make_plan
from ramses_plates.core.run import ClipResult
from ramses_plates.core.source_files import SourceFiles


def test_planning_again_after_an_edit_asks_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plate(tmp_path / "in", "SH010", range(1001, 1004))
    plate(tmp_path / "in", "undecided", range(1001, 1003))
    root = project(tmp_path)
    delivery = survey([str(tmp_path / "in")])
    first = make_plan(delivery, options(root))
    assert {clip.clip.base: clip.status for clip in first.clips} == {"SH010": "planned", "undecided": "refused"}
    edited = {clip.key: Override(shot="SH020") for clip in first.clips if not clip.shot}
    looked = []
    take = SourceFiles.take.__func__  # type: ignore[attr-defined]

    def counted(kind: type[SourceFiles], clip: object, **more: object) -> object:
        looked.append(clip)
        return take(kind, clip, **more)

    monkeypatch.setattr(SourceFiles, "take", classmethod(counted))
    again = make_plan(delivery, options(root, overrides=edited), before=first)
    assert [clip.base for clip in looked] == ["undecided"]  # type: ignore[attr-defined]
    assert [clip.status for clip in again.clips] == ["planned", "planned"]
    assert again.clips[0].hash == first.clips[0].hash
    looked.clear()
    make_plan(delivery, options(root, overrides=edited), before=again)
    assert looked == []


def test_every_clip_is_told_once_it_is_through(tmp_path: Path) -> None:
    plate(tmp_path / "in", "SH010", range(1001, 1004))
    plate(tmp_path / "in", "SH020", range(1001, 1004))
    plan = make_plan(survey([str(tmp_path / "in")]), options(project(tmp_path)))
    events: list[Event] = []
    result = carry_out(plan, jobs=1, listen=events.append)
    through = [event for event in events if isinstance(event.payload, ClipResult)]
    assert [event.payload.planned.shot for event in through] == ["SH010", "SH020"]
    assert [event.payload for event in through] == list(result.clips)
    assert through[-1].done == through[-1].total == plan.bytes
