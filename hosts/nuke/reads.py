# SPDX-License-Identifier: GPL-3.0-or-later
"""Read nodes from published plates: exact range and place, the project's own range untouched, one undo step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...core.conform import place, start_facts
from ...core.placement import NUKE, Placement, Policy, StartFacts
from .node_record import NodeRecord, knob_text, write_facts, write_record
from .nuke_api import Node, create, format_name, locked_root, nuke, project_rate, undo_step
from .plate import Plate

# The knobs whose values we own until the artist changes them. "frame" follows from "first" and the shift.
RANGE = ("first", "last", "origfirst", "origlast", "origset")
OWNED = ("file", *RANGE, "frame_mode", "format", "colorspace")
# pixels of the node graph: one tile with its picture, and room around it
_WIDTH, _HEIGHT = 110, 150
_UNPLACED = -2147483648
_DEFAULT = re.compile(r"default \((.*)\)\Z")


@dataclass(frozen=True)
class Made:
    """A new node by its full name, where its frames sit, and what the person should read."""

    node: str
    placement: Placement
    notes: tuple[str, ...] = ()


def placed(
    plate: Plate, policy: Policy, setting: StartFacts | None = None, step_settings: str | None = None
) -> Placement:
    """Where the plate sits in this script. Raises PlacementRefused with the reason."""
    known = plate.recorded
    return place(
        known.footage,
        policy,
        shot_start=start_facts(known, step_settings, setting),
        event=known.event,
        project_rate=project_rate(),
        limits=NUKE,
    )


def create_read(plate: Plate, placement: Placement) -> Made:
    """One node for a plate, as one undo step. Raises NukeRefused; a node that cannot be finished does not stay."""
    return create_reads([(plate, placement)], f"Load {plate.version.shot} {plate.version.name}")[0]


def create_reads(plates: Sequence[tuple[Plate, Placement]], step: str) -> list[Made]:
    """A node for each plate, in a row below everything else, all in one undo step with this name.

    Raises NukeRefused; then none of the nodes stays.
    """
    left, top = _free_place() if len(plates) > 1 else (None, None)
    made: list[Node] = []
    done = []
    with undo_step(step):
        try:
            for at, (plate, placement) in enumerate(plates):
                node = create(plate.node_class)
                made.append(node)
                notes = _fill(node, plate, placement)
                if left is not None:
                    node["xpos"].setValue(left + at * _WIDTH)
                    node["ypos"].setValue(top)
                done.append(Made(node.fullName(), placement, (*plate.notes, *placement.notes, *notes)))
        except BaseException:  # whatever happens: no half-made node stays in the artist's script
            for node in made:
                nuke().delete(node)
            raise
    return done


def _free_place() -> tuple[int, int]:
    """(x, y) of the first tile of a row below all nodes that are placed."""
    places = [(int(node["xpos"].value()), int(node["ypos"].value())) for node in nuke().allNodes()]
    places = [place for place in places if place[0] != _UNPLACED]
    return (min(x for x, _y in places), max(y for _x, y in places) + _HEIGHT) if places else (0, 0)


def _fill(node: Node, plate: Plate, placement: Placement) -> list[str]:
    set_file(node, plate, placement)
    for name, number in range_of(placement).items():
        node[name].setValue(number)
    node["frame_mode"].setValue("start at")
    node["frame"].setValue(str(placement.timeline_first))
    notes = [*set_format(node, plate), *set_colorspace(node, plate), *_stereo_notes(plate)]
    write_facts(node, plate, placement)
    values = {name: knob_text(node, name) for name in OWNED if node.knob(name) is not None}
    version = plate.version
    first, start = placement.first_file_frame, placement.timeline_first
    write_record(node, NodeRecord(version.project_root, version.folder, placement.policy, first, start, values))
    return notes


def range_of(placement: Placement) -> dict[str, int | bool]:
    """The range knobs: what our own probe found, never the host's guess."""
    first, last = placement.first_file_frame, placement.last_file_frame
    return {"first": first, "last": last, "origfirst": first, "origlast": last, "origset": True}


def set_file(node: Node, plate: Plate, placement: Placement) -> None:
    """Point the node at the files; Nuke reads the clip, the project's range stays."""
    frames = f" {placement.first_file_frame}-{placement.last_file_frame}" if plate.is_sequence else ""
    with locked_root():
        node["file"].fromUserText(plate.path + frames)


def set_format(node: Node, plate: Plate) -> list[str]:
    """Correct the format where Nuke found another one than was published."""
    if plate.size is None:
        return []
    width, height = plate.size
    aspect = float(plate.pixel_aspect)
    if knob_text(node, "format") != f"{width} {height} {aspect:g}":
        node["format"].setValue(format_name(width, height, aspect))
    return []


def set_colorspace(node: Node, plate: Plate) -> list[str]:
    """Set the colour space where this script offers it, else leave the default and say both names."""
    knob = node.knob("colorspace")
    if knob is None or not plate.colorspace:
        return []
    value = str(knob.value())
    default = _DEFAULT.match(value)
    now = default[1] if default else value
    if now == plate.colorspace:
        return []
    offered = [str(item).split("\t")[0] for item in knob.values()]
    if plate.colorspace in offered:
        knob.setValue(plate.colorspace)
        return []
    return [f"This script has no colour space {plate.colorspace}: {node.name()} stays in {now}."]


def _stereo_notes(plate: Plate) -> list[str]:
    if not re.search(r"%v", plate.path, re.IGNORECASE) or {"left", "right"} <= set(nuke().views()):
        return []
    return ["The plate is stereo, and this script has no views left and right: add them in the project settings."]
