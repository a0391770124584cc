# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's preferences, and what of the optional helpers this machine has."""

from __future__ import annotations

import importlib.util
import shutil
from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty

from . import live

# The extension's own name: bl_ext.<repository>.ramses_plates, or ramses_plates from a script.
PACKAGE = (__package__ or "").rpartition(".hosts.")[0]


class RamsesPreferences(bpy.types.AddonPreferences):
    """Shown in Blender's preferences."""

    bl_idname = PACKAGE

    offline: BoolProperty(
        name="Work without Ramses",
        description="Do not look for the Ramses Client: registrations wait in the project until it is told",
    )
    start: IntProperty(name="Start frame", default=1001, description="Where a shot starts when nobody knows better")
    every_frame: BoolProperty(
        name="Read every frame's header", default=True, description="Finds cut-off files and timecode breaks"
    )
    check_opened: BoolProperty(
        name="Check plates when a file is opened",
        default=True,
        description="Tells in Plates in This File which ones are outdated or missing",
    )

    def draw(self, _context: Any) -> None:
        """The settings and the check of what is available."""
        layout = self.layout
        for name in ("offline", "start", "every_frame", "check_opened"):
            layout.prop(self, name)
        box = layout.box()
        box.label(text="What is available")
        for text, there in available():
            box.label(text=text, icon="CHECKMARK" if there else "DOT")


class _Defaults:
    """The preferences where the add-on runs from a script and has none."""

    offline = False
    start = 1001
    every_frame = True
    check_opened = True


def preferences(context: Any = None) -> Any:
    """The add-on's preferences, or their defaults."""
    addon = (context or live.context()).preferences.addons.get(PACKAGE)
    return addon.preferences if addon is not None and addon.preferences is not None else _Defaults


def available() -> list[tuple[str, bool]]:
    """(sentence, there) of every optional helper."""
    ffprobe = shutil.which("ffprobe") is not None
    pyav = importlib.util.find_spec("av") is not None
    xxhash = importlib.util.find_spec("xxhash") is not None
    return [
        ("EXR, DPX, Cineon, TIFF, PNG, JPEG, TGA, QuickTime, MP4, MXF: read by the add-on itself", True),
        (
            "Other formats: read through PyAV" if pyav else "Other formats: read through ffprobe"
            if ffprobe else "Other formats: install FFmpeg so that ffprobe is found, they are refused until then",
            pyav or ffprobe,
        ),
        ("Hashes: XXH3 (fast)" if xxhash else "Hashes: SHA-1 from Python (slower; xxhash is not installed)", xxhash),
    ]  # fmt: skip


def register() -> None:
    """Add the preferences."""
    bpy.utils.register_class(RamsesPreferences)


def unregister() -> None:
    """Take them back."""
    bpy.utils.unregister_class(RamsesPreferences)
