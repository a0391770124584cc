# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that a Blender file names: a copy with absolute paths, and pointing datablocks at other files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import bpy

from ...core.errors import WriteFailed
from ...core.events import Cancel
from ...core.longpath import native
from . import strips


def save(path: str) -> None:
    """Save the work file; paths stay as they are. Raises WriteFailed."""
    try:
        os.makedirs(native(os.path.dirname(path)), exist_ok=True)
        bpy.ops.wm.save_as_mainfile(filepath=path, relative_remap=False)
    except (OSError, RuntimeError) as problem:
        raise WriteFailed(f"Blender could not save it: {problem}.", path, "Check the permissions.") from problem


def absolute_copy(target: str) -> None:
    """Write a copy of the open file in which every path is absolute; the open file stays as it is."""
    with _absolute():
        try:
            bpy.ops.wm.save_as_mainfile(filepath=target, copy=True, relative_remap=False)
        except RuntimeError as problem:
            raise WriteFailed(f"Blender could not write the copy: {problem}.", target) from problem


def external_files() -> set[str]:
    """Absolute paths of all files that this one needs, packed ones left out."""
    return {os.path.normpath(path) for path in bpy.utils.blend_paths(absolute=True, packed=False) if path}


def missing_of(paths: Iterable[str], cancel: Cancel) -> set[str]:
    """Those that are not there; for a worker. Lists each folder once instead of asking for thousands of frames."""
    folders: dict[str, set[str]] = {}
    for path in paths:
        folders.setdefault(os.path.dirname(path), set()).add(os.path.basename(path))
    found = set()
    for folder, names in folders.items():
        cancel.check()
        if len(names) > 8:
            with suppress(OSError):  # where a folder cannot be listed each file is asked for
                names = names.difference(os.listdir(native(folder)))
        found |= {path for name in names if not os.path.exists(native(path := os.path.join(folder, name)))}
    return found


def point_at(moved: Mapping[str, str]) -> int:
    """Give every datablock and strip that names one of these absolute paths the new one; how many changed."""
    changed = 0
    for block in blocks_with_paths():
        new = moved.get(_absolute_of(block.filepath))
        if new is not None:
            block.filepath = new
            changed += 1
    for strip in _image_strips():
        names = [element.filename for element in strip.elements]
        folder = _absolute_of(strip.directory)
        found = {os.path.dirname(moved[path]) for name in names if (path := os.path.join(folder, name)) in moved}
        if len(found) == 1:
            strip.directory = found.pop()
            changed += 1
    return changed


def blocks_with_paths() -> list[Any]:
    """Everything that names a file of its own; image strips name a folder."""
    data = bpy.data
    kinds = (data.images, data.movieclips, data.libraries, data.sounds, data.fonts, data.volumes, data.cache_files)
    found = [block for kind in kinds for block in kind if block.filepath and block.filepath != "<builtin>"]
    return found + [strip for strip in _all_strips() if strip.type == "MOVIE"]


@contextmanager
def _absolute() -> Iterator[None]:
    before = [(owner, name, path) for owner, name in _own_paths() if (path := getattr(owner, name)).startswith("//")]
    try:
        for owner, name, path in before:
            setattr(owner, name, bpy.path.abspath(path))
        yield
    finally:
        for owner, name, path in before:
            setattr(owner, name, path)


def _own_paths() -> Iterator[tuple[Any, str]]:
    """(owner, property) of all paths of this file: what it reads, and where its renders go; linked data keeps its own.

    An image's raw path is taken: the other one loads the file anew and forgets what was painted and not saved.
    """
    for block in blocks_with_paths():
        if getattr(block, "library", None) is None:
            yield block, "filepath_raw" if hasattr(block, "filepath_raw") else "filepath"
    for strip in _image_strips():
        yield strip, "directory"
    groups: Any = list(bpy.data.node_groups)
    for scene in bpy.data.scenes:
        if scene.library is None:
            yield scene.render, "filepath"
            groups.append(getattr(scene, "node_tree", None))
    for group in groups:
        for node in group.nodes if group is not None and group.library is None else ():
            if node.bl_idname == "CompositorNodeOutputFile":
                yield node, "directory" if hasattr(node, "directory") else "base_path"


def _absolute_of(path: str) -> str:
    return os.path.normpath(bpy.path.abspath(path)) if path else ""


def _image_strips() -> list[Any]:
    return [strip for strip in _all_strips() if strip.type == "IMAGE"]


def _all_strips() -> list[Any]:
    return [strip for scene in bpy.data.scenes for strip in strips.all_strips(scene)]
