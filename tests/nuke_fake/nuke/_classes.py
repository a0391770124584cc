# SPDX-License-Identifier: GPL-3.0-or-later
"""Which knobs a node class has, with class and default; nothing else exists on it."""

from __future__ import annotations

from . import _knobs as k
from ._state import STATE

UNPLACED = -2147483648
ENDS = ["hold", "loop", "bounce", "black"]
CLASSES = ("Read", "DeepRead", "Group", "Gizmo", "LiveGroup", "Precomp", "Blur", "Root")
GROUPS = ("Group", "Gizmo", "LiveGroup", "Precomp", "Root")


def common() -> list[k.Knob]:
    """What every node has."""
    knobs: list[k.Knob] = [
        k.String_Knob("name"),
        k.ColorChip_Knob("tile_color"),
        k.ColorChip_Knob("gl_color"),
        k.Multiline_Eval_String_Knob("label"),
        _boolean("selected", False),
        _number(k.Array_Knob("xpos"), UNPLACED),
        _number(k.Array_Knob("ypos"), UNPLACED),
    ]
    return knobs


def knobs_of(kind: str) -> list[k.Knob]:
    """New knobs for a node of this class."""
    if kind == "Root":
        return [*_root(), *common()]
    if kind in ("Read", "DeepRead"):
        return [*_read(deep=kind == "DeepRead"), *common()]
    return common()


def _read(deep: bool) -> list[k.Knob]:
    knobs: list[k.Knob] = [
        k.Enumeration_Knob("file_type", "", ["", "exr", "dpx", "mov", "png"]),
        k.File_Knob("file"),
        k.Format_Knob("format"),
        k.File_Knob("proxy"),
        k.Format_Knob("proxy_format"),
        _number(k.Int_Knob("first"), 1),
        k.Enumeration_Knob("before", "", ENDS),
        _number(k.Int_Knob("last"), 1),
        k.Enumeration_Knob("after", "", ENDS),
        k.Enumeration_Knob("frame_mode", "", ["expression", "start at", "offset"]),
        k.String_Knob("frame"),
        _number(k.Int_Knob("origfirst"), 1),
        _number(k.Int_Knob("origlast"), 1),
        _boolean("origset", False),
        k.Enumeration_Knob("on_error", "", ["error", "black", "checkerboard", "nearest frame"]),
        k.Script_Knob("reload"),
        k.Array_Knob("version"),
        _policy(),
    ]
    if not deep:
        knobs += [
            k.Enumeration_Knob("colorspace", "", STATE.colorspaces),
            _boolean("raw", False),
            _boolean("premultiplied", False),
            _boolean("auto_alpha", False),
        ]
    return knobs


def _root() -> list[k.Knob]:
    return [
        _number(k.Int_Knob("frame"), 1),
        _number(k.Int_Knob("first_frame"), 1),
        _number(k.Int_Knob("last_frame"), 100),
        _boolean("lock_range", False),
        _number(k.Double_Knob("fps"), 24),
        k.Format_Knob("format"),
        k.Enumeration_Knob("colorManagement", "", ["Nuke", "OCIO"]),
        k.String_Knob("project_directory"),
    ]


def _policy() -> k.Knob:
    knob = k.Enumeration_Knob("localizationPolicy", "", ["on", "fromAutoLocalizePath", "onDemand", "off"])
    knob._value = knob._home = "fromAutoLocalizePath"
    return knob


def _number(knob: k.Knob, default: float) -> k.Knob:
    knob._value = knob._home = default
    return knob


def _boolean(name: str, default: bool) -> k.Knob:
    knob = k.Boolean_Knob(name)
    knob._value = knob._home = default
    return knob
