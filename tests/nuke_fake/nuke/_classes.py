# SPDX-License-Identifier: GPL-3.0-or-later
"""Which knobs a node class has, with class and default; nothing else exists on it.

OPEN knobs: names are documented or seen in saved scripts, classes and defaults on Nuke 15 to 17 are not.
"""

from __future__ import annotations

from . import _knobs as k
from ._state import STATE

UNPLACED = -2147483648
ENDS = ["hold", "loop", "bounce", "black"]
CLASSES = (
    "Read", "DeepRead", "Write", "AddTimeCode", "BackdropNode", "Blur",
    "Group", "Gizmo", "LiveGroup", "Precomp", "Root",
)  # fmt: skip
GROUPS = ("Group", "Gizmo", "LiveGroup", "Precomp", "Root")


def common() -> list[k.Knob]:
    """What every node has."""
    knobs: list[k.Knob] = [
        k.String_Knob("name"),
        k.ColorChip_Knob("tile_color"),
        k.ColorChip_Knob("gl_color"),
        k.Multiline_Eval_String_Knob("label"),
        _number(k.Double_Knob("note_font_size"), 11),
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
        return [*_read(deep=kind == "DeepRead"), *common(), _boolean("disable", False)]
    if kind == "BackdropNode":
        return [*_backdrop(), *common()]
    more = {"Write": _write, "AddTimeCode": _add_timecode}.get(kind, list)()
    return [*more, *common(), _boolean("disable", False)]


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


def _write() -> list[k.Knob]:
    knobs: list[k.Knob] = [
        k.File_Knob("file"),
        k.File_Knob("proxy"),
        k.Enumeration_Knob("frame_mode", "", ["expression", "start at", "offset"]),
        k.String_Knob("frame"),
        k.Enumeration_Knob("colorspace", "", STATE.colorspaces),
        _boolean("raw", False),
        k.Enumeration_Knob("file_type", "", ["", "exr", "dpx", "mov", "png"]),
        _boolean("create_directories", False),
        _number(k.Int_Knob("first"), 1),
        _number(k.Int_Knob("last"), 1),
        _boolean("use_limit", False),
    ]
    return knobs


def exr_knobs() -> list[k.Knob]:
    """What a Write has more once its file type is exr."""
    metadata = [
        "no metadata", "default metadata", "default metadata and exr/*", "all metadata except input/*", "all metadata",
    ]  # fmt: skip
    knobs: list[k.Knob] = [
        k.Enumeration_Knob("datatype", "", ["16 bit half", "32 bit float"]),
        k.Enumeration_Knob("compression", "", ["none", "Zip (1 scanline)", "Zip (16 scanlines)", "PIZ Wavelet"]),
        k.Enumeration_Knob("metadata", "", metadata),
    ]
    knobs[1]._value = knobs[1]._home = "Zip (1 scanline)"
    knobs[2]._value = knobs[2]._home = "default metadata"
    return knobs


def _add_timecode() -> list[k.Knob]:
    startcode = k.EvalString_Knob("startcode")
    startcode._value = startcode._home = "01:00:00:00"
    return [
        startcode,
        _number(k.Double_Knob("fps"), 24),
        _boolean("metafps", True),
        _number(k.Int_Knob("frame"), 1),
        _boolean("useFrame", False),
        k.EvalString_Knob("prefix"),
        _boolean("customPrefix", False),
    ]


def _backdrop() -> list[k.Knob]:
    return [
        _number(k.Double_Knob("bdwidth"), 80),
        _number(k.Double_Knob("bdheight"), 80),
        _number(k.Double_Knob("z_order"), 0),
    ]


def _root() -> list[k.Knob]:
    return [
        _number(k.Int_Knob("frame"), 1),
        _number(k.Int_Knob("first_frame"), 1),
        _number(k.Int_Knob("last_frame"), 100),
        _boolean("lock_range", False),
        _number(k.Double_Knob("fps"), 24),
        k.Format_Knob("format"),
        k.Enumeration_Knob("colorManagement", "", ["Nuke", "OCIO"]),
        # OPEN ocio-configs: what else is offered; "custom" takes the path
        k.Enumeration_Knob("OCIO_config", "", ["nuke-default", "aces_1.2", "custom"]),
        k.File_Knob("customOCIOConfigPath"),
        k.Enumeration_Knob("workingSpaceLUT", "", STATE.working_spaces),
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
