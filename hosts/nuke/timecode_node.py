# SPDX-License-Identifier: GPL-3.0-or-later
"""AddTimeCode, only where it is right: the files cannot carry the timecode themselves, and it counts every frame."""

from __future__ import annotations

from ...core.placement import Placement
from ...core.timecode import Timecode, nominal_rate
from .nuke_api import Node, create, nuke
from .plate import Plate

HIDDEN = "ramses_timecode_of"
# Nuke finds no timecode in these, whatever was recorded beside them
_SILENT = frozenset({"png", "jpg", "jpeg", "tif", "tiff", "tga", "sgi", "bmp", "hdr", "psd", "gif"})


def wanted(plate: Plate, placement: Placement) -> bool:
    """True where the plate's timecode is known, and Nuke would not find it in the files."""
    return plate.clip.ext.lower() in _SILENT and countable(placement.start_timecode)


def countable(start: Timecode | None) -> bool:
    """True for a timecode that AddTimeCode counts rightly: it knows no drop frames, and two digits for the frame."""
    return start is not None and not start.drop and nominal_rate(start.rate) <= 100


def add_timecode(above: Node | None, start: Timecode, frame: int, owner: str) -> Node:
    """An AddTimeCode below a node that says `start` at script frame `frame`. Raises NukeRefused."""
    host = nuke()
    made = create("AddTimeCode")
    knob = host.String_Knob(HIDDEN, "owner")
    knob.setFlag(host.INVISIBLE)
    made.addKnob(knob)
    knob.setValue(owner)
    made.setTab(0)
    if above is not None:
        made.setInput(0, above)
    set_timecode(made, start, frame)
    return made


def set_timecode(node: Node, start: Timecode, frame: int) -> None:
    """Say `start` at script frame `frame`. Labels are counted by whole rates: 24 for 23.976."""
    node["startcode"].setValue(str(start))
    node["metafps"].setValue(False)
    node["fps"].setValue(float(nominal_rate(start.rate)))
    node["useFrame"].setValue(True)
    node["frame"].setValue(frame)
    node["disable"].setValue(False)


def owned_by(owner: str) -> list[Node]:
    """The AddTimeCodes that we made for this record or render."""
    found = []
    for node in nuke().allNodes("AddTimeCode", recurseGroups=True):
        knob = node.knob(HIDDEN)
        if knob is not None and knob.value() == owner:
            found.append(node)
    return found


def renew(owner: str, plate: Plate, placement: Placement) -> None:
    """After another version was put into the Read: ours say its timecode, or nothing. None is added twice."""
    for node in owned_by(owner):
        if wanted(plate, placement) and placement.start_timecode is not None:
            set_timecode(node, placement.start_timecode, placement.timeline_first)
        else:
            node["disable"].setValue(True)
