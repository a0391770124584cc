# SPDX-License-Identifier: GPL-3.0-or-later
"""Saving: a script is Tcl, a node `Class {body}`, the body only what differs from the default."""

from __future__ import annotations

from typing import Any

from ._classes import GROUPS
from ._knobs import DO_NOT_WRITE, INVISIBLE, Format_Knob, String_Knob, Tab_Knob
from ._nodes import Node

_ESCAPED = str.maketrans({**{mark: "\\" + mark for mark in '\\"[]{}$'}, "\n": "\\n"})


def script_text(root: Any) -> str:
    """The whole script as Tcl."""
    lines = ["version 16.0 v8", *_node(root)]
    for node in root._nodes:
        lines += _node(node)
    return "\n".join(lines) + "\n"


def _node(node: Node) -> list[str]:
    lines = [f"{node._kind} {{"]
    if node._kind != "Root" and not node.inputs():
        lines.append(" inputs 0")
    for name, knob in node._knobs.items():
        if name in node._user:
            flags = " +INVISIBLE" if knob.getFlag(INVISIBLE) else ""
            lines.append(f" addUserKnob {{{knob._number} {name} l {quoted(knob.label())}{flags}}}")
        if isinstance(knob, Tab_Knob) or knob.getFlag(DO_NOT_WRITE):
            continue
        if knob._value is not knob._home and knob._value != knob._home:
            lines.append(f" {name} {_value(knob)}")
    lines.append("}")
    if node._kind in GROUPS and node._kind != "Root":
        for inner in node._nodes:
            lines += _node(inner)
        lines.append("end_group")
    return lines


def _value(knob: Any) -> str:
    text = knob.toScript()
    plain = not isinstance(knob, (String_Knob, Format_Knob)) and " " not in text and text
    return text if plain else quoted(text)


def quoted(text: str) -> str:
    """A Tcl word that is this text, whatever is in it."""
    return f'"{text.translate(_ESCAPED)}"'
