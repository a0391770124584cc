# SPDX-License-Identifier: GPL-3.0-or-later
"""An asset's published scene is told to Ramses: its status alone, of an asset and a step that Ramses has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ramses_database import named
from ramses_double import Daemon
from ramses_plates.core.outbox import pending
from ramses_plates.core.register import sync
from ramses_plates.core.work_context import WorkContext
from ramses_plates.core.work_publish import publish_scene
from ramses_plates.lib.ramses.client import RamDaemonInterface


def published(root: Path, asset: str, step: str, text: str = "v1", state: str = "WIP") -> int:
    folder = root / f"04-ASSETS/Characters/PROJ_A_{asset}/PROJ_A_{asset}_{step}"
    folder.mkdir(parents=True, exist_ok=True)
    scene = folder / f"PROJ_A_{asset}_{step}.blend"
    scene.write_text(text, encoding="utf-8")
    context = WorkContext.from_path(os.fspath(scene))
    assert context.kind == "A"
    return publish_scene(context, os.fspath(scene), state=state, comment=f"{text} is done", host="Blender").version


def statuses(daemon: Daemon) -> list[dict[str, object]]:
    return [dict(record) for _uid, record in daemon.app.stored.rows("RamStatus") if record.get("published")]


def test_the_status_of_an_asset_is_written_once(ramses_with_folder: Daemon, ramses_project: Path) -> None:
    client = RamDaemonInterface.instance()
    assert published(ramses_project, "HERO", "Mod") == 1
    assert len(pending(os.fspath(ramses_project))) == 1
    assert sync(os.fspath(ramses_project), client).done
    (status,) = statuses(ramses_with_folder)
    assert (status["item"], status["step"], status["itemType"]) == (
        named("asset", "HERO"), named("step", "Mod"), "asset",
    )  # fmt: skip
    assert status["version"] == 1 and str(status["comment"]).endswith("v1 is done")
    assert published(ramses_project, "HERO", "Mod", "v2", "OK") == 2
    assert sync(os.fspath(ramses_project), client).done
    (status,) = statuses(ramses_with_folder)
    assert status["version"] == 2 and status["completionRatio"] == 100
    client.close()


@pytest.mark.parametrize(
    ("asset", "step", "reason"), [("VILLAIN", "Mod", "no asset VILLAIN"), ("HERO", "COMP", "no step of assets called")]
)
def test_what_ramses_lacks_is_said_and_waits(
    ramses_with_folder: Daemon, ramses_project: Path, asset: str, step: str, reason: str
) -> None:
    client = RamDaemonInterface.instance()
    published(ramses_project, asset, step)
    (waiting,) = sync(os.fspath(ramses_project), client).of("waiting")
    assert reason in waiting.reason
    assert statuses(ramses_with_folder) == []
    client.close()
