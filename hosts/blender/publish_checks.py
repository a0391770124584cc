# SPDX-License-Identifier: GPL-3.0-or-later
"""What is looked at before a scene is published, and the fixes that one click applies."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import bpy

from ...core.bring_in import outside
from ...core.work_context import WorkContext
from . import plates
from .blend_paths import external_files
from .scene_setup import Setup


@dataclass(frozen=True)
class Check:
    """A finding. `fix` names the operator call that cures it, "" where only the artist can."""

    code: str
    message: str
    severity: str = "warning"
    fix: str = ""


def checks(
    scene: Any, work: WorkContext, setup: Setup, newest: dict[Any, Any], missing: Collection[str]
) -> list[Check]:
    """All findings for this file; errors keep it from being published. `missing` are external files, looked for by a
    worker: asking a share for thousands of frames takes its time.
    """
    found = [*_saved(work), *_files(work, missing), *_libraries()]
    found += [Check(code, f"{text}.", fix="setup") for code, text in setup.differences(scene)]
    for plate in plates.plates():
        version = newest.get(plate.key)
        if version is not None and plates.standing(plate.facts.version, version) == "outdated":
            text = f"{plate.name} shows version {plate.facts.version}, {version.number} is published."
            found.append(Check("outdated", text, fix="update"))
    return found


def _saved(work: WorkContext) -> Iterator[Check]:
    if not bpy.data.filepath:
        yield Check("unsaved", "The scene was never saved.", "error", "save")
    elif bpy.data.is_dirty and not bpy.app.background:  # without a window Blender never calls a file saved
        yield Check("unsaved", "There are changes that are not saved.", "error", "save")
    elif os.path.abspath(bpy.data.filepath) != work.work_path("blend"):
        text = f"This file is not the work file {work.work_path('blend')}; the publish is made from it all the same."
        yield Check("elsewhere", text)


def _files(work: WorkContext, missing: Collection[str]) -> Iterator[Check]:
    files = external_files()
    libraries = {os.path.normpath(bpy.path.abspath(library.filepath)) for library in bpy.data.libraries}
    for path in sorted(missing):
        yield Check("missing", f"{path} is missing.", "error", "find")
    for path in outside(work.root, files):
        if path not in missing:
            fix = "" if path in libraries else "copy"
            yield Check("outside", f"{path} lies outside the project: others may not have it.", fix=fix)
    packed = [image.name for image in bpy.data.images if image.packed_file is not None]
    if packed:
        yield Check("packed", f"Packed into the file: {', '.join(packed[:10])}.", "info")
    if any(path.startswith("//") for path in bpy.utils.blend_paths(absolute=False)):
        text = "Some paths are relative: the published copy gets absolute ones, the work file keeps its own."
        yield Check("relative", text, "info", "absolute")


def _libraries() -> Iterator[Check]:
    for library in bpy.data.libraries:
        yield Check("library", f"Linked library: {bpy.path.abspath(library.filepath)}.", "info")
