# SPDX-License-Identifier: GPL-3.0-or-later
"""The script's rate, range, format and colour beside what Ramses wants of the shot; shown first, then applied."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ...core.shot_setup import ShotSetup
from ...core.timecode import rate_of
from ..qt.host import Note, SetupRow
from .nuke_api import format_name, nuke, project_rate, undo_step

_RANGE = re.compile(r"(-?\d+)-(-?\d+)\Z")
_SIZE = re.compile(r"(\d+) x (\d+)(?:, pixel aspect ([\d.]+))?\Z")
_CONFIG, _WORKING = "OCIO config", "Working space"
_STEP = "the step's settings in Ramses"


def rows(wanted: ShotSetup) -> list[SetupRow]:
    """One row for everything that somebody asks for; nothing is changed. On the main thread."""
    root, found = nuke().root(), []
    if wanted.rate is not None:
        found.append(SetupRow("rate", "Rate", _rate_now(), _rate(wanted.rate), wanted.spec_source))
    if wanted.first is not None and wanted.last is not None:
        now = f"{int(root['first_frame'].value())}-{int(root['last_frame'].value())}"
        found.append(SetupRow("range", "Range", now, f"{wanted.first}-{wanted.last}", wanted.range_source))
    if wanted.size is not None:
        form = root["format"].value()
        now = _size(form.width(), form.height(), form.pixelAspect())
        aspect = float(wanted.pixel_aspect or Fraction(1))
        found.append(SetupRow("format", "Format", now, _size(*wanted.size, aspect), wanted.spec_source))
    if wanted.colour.config:
        found.append(SetupRow("colour", _CONFIG, _config_now(root), wanted.colour.config, _STEP))
    if wanted.colour.working:
        now = str(root["workingSpaceLUT"].value())
        found.append(SetupRow("colour", _WORKING, now, wanted.colour.working, _STEP))
    return found


def apply(wanted: Sequence[SetupRow]) -> list[Note]:
    """Give the script the wanted values, as one undo step; what it cannot take is said and left."""
    notes = []
    with undo_step("Ramses set-up"):
        # a config brings its own names: it goes first
        for row in sorted(wanted, key=lambda row: row.label != _CONFIG):
            if row.differs:
                problem = _apply(row)
                notes.append(Note(problem, "warning") if problem else Note(f"{row.label}: {row.now} is {row.wanted}."))
    return notes


def _apply(row: SetupRow) -> str:
    """Set one; a sentence where this script cannot take it."""
    root = nuke().root()
    if row.code == "rate":
        # three decimals, as Nuke's own list of rates has them; both readings are the same exact rate to us
        root["fps"].setValue(float(row.wanted))
        return ""
    if row.code == "range" and (match := _RANGE.match(row.wanted)):
        root["first_frame"].setValue(int(match[1]))
        root["last_frame"].setValue(int(match[2]))
        root["lock_range"].setValue(True)  # the next clip would stretch it
        return ""
    if row.code == "format" and (match := _SIZE.match(row.wanted)):
        root["format"].setValue(format_name(int(match[1]), int(match[2]), float(match[3] or 1)))
        return ""
    if row.label == _CONFIG:
        return _set_config(root, row.wanted)
    if row.label == _WORKING:
        return _choose(root["workingSpaceLUT"], row.wanted, "working space")
    return f"{row.label} {row.wanted} is nothing that can be set here."


def _set_config(root: Any, path: str) -> str:
    problem = _choose(root["colorManagement"], "OCIO", "colour management") or _choose(
        root["OCIO_config"], "custom", "OCIO config"
    )
    if not problem:
        root["customOCIOConfigPath"].setValue(path)
    return problem


def _choose(knob: Any, wanted: str, what: str) -> str:
    """Choose an item where it is offered."""
    if wanted not in [str(item).split("\t")[0] for item in knob.values()]:
        return f"This script offers no {what} {wanted}: it stays {knob.value()}."
    knob.setValue(wanted)
    return ""


def _config_now(root: Any) -> str:
    if str(root["colorManagement"].value()) != "OCIO":
        return "Nuke's own"
    config = str(root["OCIO_config"].value())
    return str(root["customOCIOConfigPath"].value()) if config == "custom" else config


def _rate_now() -> str:
    rate = project_rate()
    return _rate(rate) if rate is not None else f"{nuke().root()['fps'].value():g}"


def _rate(rate: Fraction) -> str:
    """ "23.976", "24": reads back to the same rate."""
    text = f"{float(rate):.3f}".rstrip("0").rstrip(".")
    return text if rate_of(text) == rate else f"{float(rate)}"


def _size(width: int, height: int, aspect: float) -> str:
    return f"{width} x {height}" + (f", pixel aspect {aspect:.6g}" if aspect != 1 else "")
