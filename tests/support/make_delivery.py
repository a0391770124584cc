# SPDX-License-Identifier: GPL-3.0-or-later
"""Small deliveries for tests of the whole line, and ways to run it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import make_exr
from ramses_plates.core.ingest import carry_out, plan_delivery
from ramses_plates.core.plan import Plan, PlanOptions
from ramses_plates.core.project_view import project_view
from ramses_plates.core.run import RunResult
from ramses_plates.core.timecode import Timecode

RATE = Fraction(24000, 1001)


def plate(
    folder: Path,
    name: str,
    frames: Iterable[int],
    start: str | None = "01:00:00:00",
    comments: str = "",
    **options: Any,
) -> Path:
    """EXR frames `name.####.exr` whose timecode counts from `start` at frame 1001; their bytes differ by frame."""
    folder.mkdir(parents=True, exist_ok=True)
    first = None if start is None else Timecode.parse(start, RATE)
    for frame in frames:
        label = None
        if first is not None:
            at = str(first + (frame - 1001)).replace(";", ":").split(":")
            label = (int(at[0]), int(at[1]), int(at[2]), int(at[3]), False)
        note = f"frame {frame} {comments}".encode()
        facts = {"timecode": label, "fps": RATE, "attributes": {"comments": ("string", note)}, **options}
        make_exr.write(os.fspath(folder / f"{name}.{frame:04d}.exr"), 32, 18, **facts)
    return folder


def project(tmp_path: Path, name: str = "PROJ") -> Path:
    """An empty Ramses project folder."""
    root = tmp_path / name
    (root / "05-SHOTS").mkdir(parents=True)
    return root


def options(root: Path, **changes: Any) -> PlanOptions:
    """Plan options for a project nobody has told anything about."""
    return PlanOptions(root=os.fspath(root), view=changes.pop("view", None) or project_view(os.fspath(root)), **changes)


def plan(delivery: Path, root: Path, **changes: Any) -> Plan:
    """Plan a delivery."""
    return plan_delivery([os.fspath(delivery)], options(root, **changes))


def ingest(delivery: Path, root: Path, **changes: Any) -> RunResult:
    """Plan and publish a delivery, on this thread alone."""
    return carry_out(plan(delivery, root, **changes), jobs=1)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, by relative path."""
    return {
        os.fspath(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
