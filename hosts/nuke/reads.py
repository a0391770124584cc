# SPDX-License-Identifier: GPL-3.0-or-later
"""Read nodes from published plates: exact range and place, the project's own range untouched, one undo step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...core.conform import place, start_facts
from ...core.placement import NUKE, Placement, Policy, StartFacts
from . import timecode_node
from .backdrop import HEIGHT, WIDTH, backdrop, free_place
from .backdrop import place as place_tile
from .node_record import NodeRecord, knob_text, read_record, write_facts, write_record
from .nuke_api import Node, NukeRefused, create, format_name, locked_root, nuke, project_rate, undo_step
from .plate import Plate

# The knobs whose values we own until the artist changes them. "frame" follows from "first" and the shift.
RANGE = ("first", "last", "origfirst", "origlast", "origset")
OWNED = ("file", *RANGE, "frame_mode", "format", "colorspace")
_GAP = 50
_DEFAULT = re.compile(r"default \((.*)\)\Z")


@dataclass(frozen=True)
class Made:
    """A new node by its full name, where its frames sit, and what the person should read."""

    node: str
    placement: Placement
    notes: tuple[str, ...] = ()


def placed(plate: Plate, policy: Policy, setting: StartFacts | None = None) -> Placement:
    """Where the plate sits in this script. Raises PlacementRefused with the reason.

    Start and handles come from the plate's record, else its step in Ramses, else `setting`.
    """
    known = plate.recorded
    return place(
        known.footage,
        policy,
        shot_start=start_facts(known, plate.step_settings, setting),
        event=known.event,
        project_rate=project_rate(),
        limits=NUKE,
    )


def create_read(plate: Plate, placement: Placement) -> Made:
    """One node for a plate, as one undo step. Raises NukeRefused; a node that cannot be finished does not stay."""
    return create_reads([(plate, placement)], f"Load {plate.version.shot} {plate.version.name}")[0]


def create_reads(plates: Sequence[tuple[Plate, Placement]], step: str) -> list[Made]:
    """A node for each plate, in a row on a backdrop below everything else, all in one undo step with this name.

    Raises NukeRefused; then none of the nodes stays.
    """
    batch = len(plates) > 1
    left, top = free_place() if batch else (0, 0)
    made: list[Node] = []
    done = []
    with undo_step(step):
        try:
            for at, (plate, placement) in enumerate(plates):
                node = create(plate.node_class)
                made.append(node)
                notes = _fill(node, plate, placement)
                if batch:
                    place_tile(node, left + at * WIDTH, top)
                notes += _timecode(node, plate, placement, made)
                done.append(Made(node.fullName(), placement, (*plate.notes, *placement.notes, *notes)))
            if batch:
                done[-1] = replace(done[-1], notes=(*done[-1].notes, *_backdrop(made, plates)))
        except BaseException:  # whatever happens: no half-made node stays in the artist's script
            for node in made:
                nuke().delete(node)
            raise
    return done


def _timecode(node: Node, plate: Plate, placement: Placement, made: list[Node]) -> list[str]:
    start, record = placement.start_timecode, read_record(node)
    if start is None or record is None or not timecode_node.wanted(plate, placement):
        return []
    try:
        below = timecode_node.add_timecode(node, start, placement.timeline_first, record.uuid)
    except NukeRefused as error:
        return [f"Its timecode {start} is not in the picture's metadata: {error}"]
    made.append(below)
    place_tile(below, int(node["xpos"].value()), int(node["ypos"].value()) + HEIGHT - _GAP)
    return []


def _backdrop(made: list[Node], plates: Sequence[tuple[Plate, Placement]]) -> list[str]:
    shots = list(dict.fromkeys(plate.version.shot for plate, _placement in plates))
    label = ", ".join(shots[:4]) + (f" and {len(shots) - 4} more" if len(shots) > 4 else "")
    try:
        made.append(backdrop(made, label))
    except NukeRefused:
        return ["There is no backdrop: Non-commercial Nuke makes no further node."]
    return []


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
