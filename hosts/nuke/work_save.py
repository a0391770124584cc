# SPDX-License-Identifier: GPL-3.0-or-later
"""Saves the script as the work file of its step; a file that is somebody else's is never overwritten."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ...core.errors import PlatesError, WriteFailed
from ...core.longpath import native
from ...core.work_context import WorkContext
from .editions import script_ext
from .nuke_api import nuke, script_path


def save(context: WorkContext) -> str:
    """Save the script and return where: under its own name where that is this scene's, else as the work file.

    A restored version stays the file that it is. Raises WriteFailed, also where the work file is there already and the
    script is another one.
    """
    path = script_path()
    if is_work_file(path, context):
        _saved(path, nuke().scriptSave)
        return path
    target = context.work_path(script_ext())
    if os.path.exists(native(target)):
        raise WriteFailed(
            "there is a work file already, and this script is another one.", target, "Open it, or name a resource."
        )
    try:
        os.makedirs(native(context.folder), exist_ok=True)
    except OSError as error:
        raise WriteFailed(f"cannot make the step folder: {error.strerror}.", context.folder) from error
    # forward slashes: a backslash is an escape to Nuke
    _saved(target, lambda: nuke().scriptSaveAs(target.replace(os.sep, "/"), 0))
    return target


def is_work_file(path: str, context: WorkContext) -> bool:
    """True where a script at this path is this scene: in the step folder, of the same resource."""
    if not path or os.path.normcase(os.path.dirname(path)) != os.path.normcase(os.path.normpath(context.folder)):
        return False
    try:
        return WorkContext.from_path(path).stem.casefold() == context.stem.casefold()
    except PlatesError:
        return False


def _saved(path: str, call: Callable[[], Any]) -> None:
    try:
        answer = call()
    except RuntimeError as error:
        raise WriteFailed(f"Nuke could not save it: {error}.", path, "Check the disk and the permissions.") from error
    if answer is False:
        raise WriteFailed("Nuke did not save it.", path, "Save it by hand and look at what Nuke says.")
