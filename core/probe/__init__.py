# SPDX-License-Identifier: GPL-3.0-or-later
"""Probing: technical facts from file headers."""

from __future__ import annotations

from .clips import probe_clip, probe_clips
from .every_frame import check_frames, frame_report_document
from .files import PROBER_VERSION, probe_file

__all__ = ["PROBER_VERSION", "check_frames", "frame_report_document", "probe_clip", "probe_clips", "probe_file"]
