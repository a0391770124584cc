# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions: how the plates of this file stand beside what is published, and updating them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ...core.errors import PlatesError, SettingsError
from ...core.events import Cancel, Listener
from ...core.versions import PublishedVersion, list_versions
from . import placing, plates
from .background import Answer, Steps, Work, counted
from .load_operators import placement_in
from .placing import Loaded
from .plates import Plate
from .tasks import TaskOperator, refuse, say

Key = tuple[str, str, str, str]


class RAMSES_OT_check_versions(TaskOperator, bpy.types.Operator):
    """Compare the plates of this file with what is published"""

    bl_idname = "ramses.check_versions"
    bl_label = "Check Versions"
    bl_options = {"REGISTER"}
    panel = "plates"
    title = "Version check"

    def prepare(self, _context: Any) -> Work:
        """Only the shots that this file shows are listed."""
        keys = {plate.key for plate in plates.plates()}
        return lambda listen, cancel: newest_of(keys, listen, cancel)

    def finish(self, context: Any, result: dict[Key, PublishedVersion]) -> Steps:
        """Fill the list."""
        yield from _fill(context, result)
        rows = context.window_manager.ramses.plates
        old = sum(row.standing == "outdated" for row in rows)
        gone = sum(row.standing == "missing" for row in rows)
        return say(self, f"{counted(len(rows), 'plate')}: {old} outdated, {gone} missing.", warn=bool(old or gone))


class RAMSES_OT_update_plates(TaskOperator, bpy.types.Operator):
    """Show the newest version; trims, shifts and colour settings of yours are kept"""

    bl_idname = "ramses.update_plates"
    bl_label = "Update Plates"
    bl_options = {"REGISTER", "UNDO"}
    panel = "plates"
    title = "Update"

    every: BoolProperty(name="All", default=True, description="All plates of this file, not only the named one")
    kind: StringProperty()
    owner: StringProperty()
    datablock: StringProperty()

    def prepare(self, _context: Any) -> Work:
        """Read the newest versions in the worker; of all plates, because the list is told anew afterwards."""
        keys = {plate.key for plate in plates.plates()}
        shown: dict[Key, int] = {}
        for plate in self._wanted():
            shown[plate.key] = min(plate.facts.version, shown.get(plate.key, plate.facts.version))
        return lambda listen, cancel: _read_newer(keys, shown, listen, cancel)

    def finish(self, context: Any, result: tuple[dict[Key, PublishedVersion], dict[Key, Loaded | str]]) -> Steps:
        """Update plate by plate; one that cannot be placed stays as it is, and says why."""
        newest, read = result
        told, troubles = [], []
        for plate in self._wanted():
            loaded = read.get(plate.key)
            if loaded is None or (isinstance(loaded, Loaded) and loaded.version.number <= plate.facts.version):
                continue
            if isinstance(loaded, str):
                troubles.append(f"{plate.name}: {loaded}")
                continue
            try:
                scene = bpy.data.scenes.get(plate.owner) or context.scene
                placement = placement_in(context, scene, loaded, plate.facts.policy)
                told.append(plates.update(plate, loaded, placement))
                told += filter(None, [self._space(plate, loaded)])
            except PlatesError as problem:
                troubles.append(f"{plate.name}: {problem}")
        yield from _fill(context, newest)
        return say(self, " ".join([*told, *troubles]) or "All plates are the newest.", warn=bool(troubles))

    def _space(self, plate: Plate, loaded: Loaded) -> str:
        settings = getattr(plate.datablock, "colorspace_settings", None)
        if settings is None or not loaded.colorspace or settings.name.casefold() == loaded.colorspace.casefold():
            return ""
        return f"The plate says {loaded.colorspace}, {plate.name} keeps {settings.name}."

    def _wanted(self) -> list[Plate]:
        if self.every:
            return list(plates.plates())
        found = plates.find(self.kind, self.owner, self.datablock)
        return [] if found is None else [found]


class RAMSES_OT_mark_cut(bpy.types.Operator):
    """Mark cut in and cut out of the chosen plate on the timeline, with their timecodes"""

    bl_idname = "ramses.mark_cut"
    bl_label = "Mark Cut"
    bl_options = {"REGISTER", "UNDO"}
    panel = "plates"

    def execute(self, context: Any) -> Answer:
        """Of the list's choice, else of the first plate."""
        session = context.window_manager.ramses
        found = None
        if session.plate_index < len(session.plates):
            row = session.plates[session.plate_index]
            found = plates.find(row.kind, row.owner, row.datablock)
        found = found or next(plates.plates(), None)
        if found is None:
            return refuse(self, SettingsError("this file shows no plate.", advice="Load one first."))
        placing.mark_cut(context.scene, found.facts)
        return say(self, f"Cut of {found.name}: {found.facts.cut_in} to {found.facts.cut_out}.")


def newest_of(keys: set[Key], listen: Listener, cancel: Cancel) -> dict[Key, PublishedVersion]:
    """The newest complete version of each plate; one listing per shot and step."""
    found: dict[Key, PublishedVersion] = {}
    for root, shot, step in sorted({key[:3] for key in keys}):
        for version in list_versions(root, shot, step, listen=listen, cancel=cancel):
            key = next((key for key in keys if key[:3] == (root, shot, step) and _same(key[3], version)), None)
            if key is not None and version.complete and version.files:
                found[key] = version
    return found


def _same(resource: str, version: PublishedVersion) -> bool:
    return resource.upper() == version.resource.upper()


def _fill(context: Any, newest: dict[Key, PublishedVersion]) -> Generator[None, None, None]:
    """The list of plates and how they stand."""
    rows = context.window_manager.ramses.plates
    rows.clear()
    for plate in plates.plates():
        version = newest.get(plate.key)
        row = rows.add()
        row.kind, row.owner, row.datablock = plate.kind, plate.owner, plate.name
        row.label = f"{plate.name} v{plate.facts.version:03d}"
        row.standing = plates.standing(plate.facts.version, version)
        row.newest = "" if version is None else version.folder
        yield


def _read_newer(
    keys: set[Key], shown: dict[Key, int], listen: Listener, cancel: Cancel
) -> tuple[dict[Key, PublishedVersion], dict[Key, Loaded | str]]:
    """The newest version of every plate, and those read that are newer than what is shown."""
    newest = newest_of(keys, listen, cancel)
    read: dict[Key, Loaded | str] = {}
    for key, version in newest.items():
        if key not in shown or version.number <= shown[key]:
            continue
        try:
            read[key] = placing.read_version(version)
        except PlatesError as problem:
            read[key] = str(problem)
    return newest, read


_CLASSES = (RAMSES_OT_check_versions, RAMSES_OT_update_plates, RAMSES_OT_mark_cut)


def register() -> None:
    """Add the operators."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take them back."""
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
