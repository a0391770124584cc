# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview of a scene: in place of the older one when it is whole, and noted with the version it is of."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from make_delivery import project
from ramses_plates.core.errors import WriteFailed
from ramses_plates.core.work_context import WorkContext
from ramses_plates.core.work_preview import put_preview
from ramses_plates.core.workfile import save_version


@pytest.fixture
def work(tmp_path: Path) -> WorkContext:
    context = WorkContext.of_shot(os.fspath(project(tmp_path)), "PROJ", "SH010", "COMP")
    os.makedirs(context.preview)
    Path(context.work_path("blend")).write_text("scene", encoding="utf-8")
    return context


def drafts(work: WorkContext, text: str) -> dict[str, str]:
    made = {ending: os.path.join(work.preview, f".draft.{ending}") for ending in ("mp4", "jpg")}
    for path in made.values():
        Path(path).write_text(text, encoding="utf-8")
    return made


def test_it_says_of_which_version_it_is(work: WorkContext) -> None:
    scene = work.work_path("blend")
    movie = put_preview(work, drafts(work, "one"), scene, "WIP", "first look")
    assert movie == work.preview_path("mp4") and Path(movie).read_text(encoding="utf-8") == "one"
    sidecar = Path(work.preview) / "_ramses_data.json"
    noted = json.loads(sidecar.read_text(encoding="utf-8"))
    assert noted["PROJ_S_SH010_COMP.jpg"]["versionFilePath"] == scene.replace("\\", "/")
    assert (noted["PROJ_S_SH010_COMP.mp4"]["version"], noted["PROJ_S_SH010_COMP.mp4"]["comment"]) == (0, "first look")
    noted["other.mp4"] = {"version": 7}
    noted["PROJ_S_SH010_COMP.mp4"]["theirs"] = True
    sidecar.write_text(json.dumps(noted), encoding="utf-8")
    saved = save_version(work, scene)
    put_preview(work, drafts(work, "two"), scene)
    noted = json.loads(sidecar.read_text(encoding="utf-8"))
    assert noted["other.mp4"] == {"version": 7} and noted["PROJ_S_SH010_COMP.mp4"]["theirs"] is True
    assert noted["PROJ_S_SH010_COMP.mp4"]["version"] == 1
    assert noted["PROJ_S_SH010_COMP.mp4"]["versionFilePath"] == saved.replace("\\", "/")
    assert sorted(os.listdir(work.preview)) == ["PROJ_S_SH010_COMP.jpg", "PROJ_S_SH010_COMP.mp4", "_ramses_data.json"]


def test_a_draft_that_is_gone_is_said(work: WorkContext) -> None:
    with pytest.raises(WriteFailed, match="cannot be put in place"):
        put_preview(work, {"mp4": os.path.join(work.preview, ".gone.mp4")})
