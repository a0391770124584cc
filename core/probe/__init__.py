# SPDX-License-Identifier: GPL-3.0-or-later
"""Probing: technical facts from file headers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clips import probe_clip, probe_clips
    from .every_frame import check_frames, frame_report_document
    from .files import probe_file

__all__ = ["check_frames", "frame_report_document", "probe_clip", "probe_clips", "probe_file"]

_HOMES = {
    "probe_clip": ".clips",
    "probe_clips": ".clips",
    "check_frames": ".every_frame",
    "frame_report_document": ".every_frame",
    "probe_file": ".files",
}


def __getattr__(name: str) -> Any:
    """Load a room when it is entered: all that a warm cache knows is told without any of the header readers."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
