# SPDX-License-Identifier: GPL-3.0-or-later
"""The Write that renders to the folder where Publish looks, with the main plate's timecode in its metadata."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ...core.errors import TimecodeError
from ...core.timecode import Timecode
from ...core.timecode import rate_of as parse_rate
from ...core.work_context import WorkContext
from ..qt.host import Note
from . import timecode_node
from .backdrop import free_place, place
from .node_record import NodeRecord, read_record
from .nuke_api import Node, NukeRefused, create, nuke, reads, undo_step

FOLDER = "_render"
MARK = "ramses_render"
_METADATA = "default metadata"  # what Nuke writes by default: timecode, edge code, frame rate, exposure


@dataclass(frozen=True)
class _Clock:
    """`start` is the timecode at script frame `frame`."""

    start: Timecode
    frame: int


def render_folder(context: WorkContext) -> str:
    """`<step folder>/_render`, absolute; all resources of the step render there under their own names."""
    return os.path.join(context.folder, FOLDER)


def render_file(context: WorkContext) -> str:
    """The text of the Write's file knob: forward slashes, `####` for the frame."""
    return os.path.join(render_folder(context), f"{context.stem}.####.exr").replace(os.sep, "/")


def setup_render(context: WorkContext) -> list[Note]:
    """Make the Write of this scene, or bring the one that is there up to date; one undo step. Raises NukeRefused.

    A new one is connected to nothing: the artist says what is rendered.
    """
    with undo_step("Ramses render"):
        found = [node for node in render_nodes() if node[MARK].value() == context.stem]
        if found:
            for node in found:
                _fill(node, context)
            return [Note(f"{found[0].fullName()} renders to {render_file(context)}."), *_renewed(context)]
        return _made(context)


def render_nodes() -> list[Node]:
    """The Writes that we made, for whatever scene."""
    return [node for node in nuke().allNodes("Write", recurseGroups=True) if node.knob(MARK) is not None]


def _made(context: WorkContext) -> list[Note]:
    host = nuke()
    x, y = free_place()
    node = create("Write")
    clock_node: Node | None = None
    try:
        knob = host.String_Knob(MARK, "render of")
        knob.setFlag(host.INVISIBLE)
        node.addKnob(knob)
        knob.setValue(context.stem)
        node.setTab(0)
        _fill(node, context)
        clock, why = _main_clock(context)
        place(node, x, y)
        if clock is not None:
            clock_node, why = _clock_above(node, clock, context, why)
    except BaseException:  # whatever happens: no half-made node stays in the artist's script
        for made in (clock_node, node):
            if made is not None:
                host.delete(made)
        raise
    top = clock_node or node
    return [Note(f"{node.fullName()} renders to {render_file(context)}: connect {top.fullName()}."), *why]


def _clock_above(write: Node, clock: _Clock, context: WorkContext, notes: list[Note]) -> tuple[Node | None, list[Note]]:
    try:
        made = timecode_node.add_timecode(None, clock.start, clock.frame, context.stem)
    except NukeRefused as error:
        return None, [Note(f"The render carries the timecode that its input brings: {error}", "warning")]
    write.setInput(0, made)
    place(made, int(write["xpos"].value()), int(write["ypos"].value()) - 50)
    return made, notes


def _fill(node: Node, context: WorkContext) -> None:
    # the type first: only then the Write has the knobs of EXR files
    node["file_type"].setValue("exr")
    node["file"].setValue(render_file(context))
    node["create_directories"].setValue(True)
    metadata = node.knob("metadata")
    if metadata is not None and str(metadata.value()) == "no metadata":
        metadata.setValue(_METADATA)


def _renewed(context: WorkContext) -> list[Note]:
    clock, why = _main_clock(context)
    nodes = timecode_node.owned_by(context.stem)
    for node in nodes:
        if clock is not None:
            timecode_node.set_timecode(node, clock.start, clock.frame)
        else:
            node["disable"].setValue(True)
    return why if nodes else []


def _main_clock(context: WorkContext) -> tuple[_Clock | None, list[Note]]:
    """The timecode of the shot's main plate as the script shows it, and a sentence where there is none to add."""
    clocks = []
    for node in reads():
        record = read_record(node)
        if record is None or _fact(node, "ramses_resource") or _fact(node, "ramses_shot") != context.shot:
            continue
        try:
            start = Timecode.parse(_fact(node, "ramses_timecode"), parse_rate(_fact(node, "ramses_rate")))
        except TimecodeError:
            continue  # none is known
        clocks.append(_Clock(start, record.start + _slip(node, record)))
    if not clocks:
        return None, [Note("No main plate with a timecode is loaded: the render carries what its input brings.")]
    if not all(timecode_node.countable(clock.start) for clock in clocks):
        why = "drop-frame" if clocks[0].start.drop else "high-speed"
        return None, [Note(f"The plate counts {why} timecode, which Nuke cannot add: its metadata is kept.")]
    zeros = {clock.start.frame - clock.frame for clock in clocks}
    if len(zeros) > 1:
        text = "The main plates disagree about the timecode: the render carries what its input brings."
        return None, [Note(text, "warning")]
    clock = clocks[0]
    return clock, [Note(f"Its timecode is {clock.start} at frame {clock.frame}, as the main plate's.")]


def _fact(node: Node, name: str) -> str:
    knob = node.knob(name)
    return "" if knob is None else str(knob.value())


def _slip(node: Node, record: NodeRecord) -> int:
    """By how many frames the artist moved the plate: the timecode moves with the picture."""
    if str(node["frame_mode"].value()) != "start at":
        return 0
    try:
        start = int(str(node["frame"].value()))
    except ValueError:
        return 0  # an expression of the artist
    return (start - int(node["first"].value())) - (record.start - record.first)
