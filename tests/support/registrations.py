# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions that stand on disk, and the registrations that wait for them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ramses_plates.core.outbox import Registration, enqueue, registration_id

PROJECT = "PROJ"


def registration(shot: str = "SH500", version: int = 1, resource: str = "", **changes: Any) -> Registration:
    """A registration of one plate."""
    step = changes.get("step", "PLATE")
    state = changes.get("state", "WIP")
    name = f"{resource}_{version:03d}_{state}" if resource else f"{version:03d}_{state}"
    folder = f"05-SHOTS/{PROJECT}_S_{shot}/{PROJECT}_S_{shot}_{step}/_published/{name}"
    values: dict[str, Any] = {
        "id": registration_id(shot, step, resource, f"key{version}"),
        "run": "20261122T101500Z-abc123",
        "plan": f"key{version}",
        "project": PROJECT,
        "sequence": "SEQ01",
        "shot": shot,
        "step": step,
        "resource": resource,
        "version": version,
        "state": state,
        "folder": folder,
        "frames": 96,
        "rate": "24",
        "source_media": f"A001_{shot}",
        "comment": "Ingested from /deliveries/day 1 by anna",
        "operator": "anna",
        "created": "2026-11-22 10:15:00",
    }
    return Registration(**(values | changes))


def stand(root: Path, record: Registration) -> None:
    """Put the version of a registration on the disk, complete."""
    folder = root.joinpath(*record.folder.split("/"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".ramses_complete").write_text("1795335092")


def publish(root: Path, *records: Registration) -> None:
    """Put versions on the disk and their registrations into the outbox."""
    for record in records:
        stand(root, record)
        enqueue(os.fspath(root), record)
