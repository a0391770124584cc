# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping Reads up to date: states as tile colours, and newer versions that leave the artist's changes alone."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ...core.errors import PlatesError
from ...core.events import Cancel
from ...core.placement import Placement, Policy, StartFacts
from ...core.tree import parse_version_folder
from ...core.versions import PublishedVersion
from . import timecode_node
from .node_record import NodeRecord, knob_text, read_record, write_facts, write_record
from .nuke_api import Node, NukeRefused, find, locked_root, reads, undo_step, unnoticed
from .plate import Plate, read_plates
from .reads import OWNED, RANGE, placed, range_of, set_colorspace, set_file, set_format
from .standing import Seen, Standing, State, version_place

COLOURS: dict[State, int] = {
    "newest": 0x4ECD25FF,
    "older": 0xE8861AFF,
    "missing": 0xD82020FF,
    "unknown": 0xE8D21AFF,
}
_WORDS = {"file": "its file", "first": "its first frame", "last": "its last frame", "format": "its format"}


@dataclass(frozen=True)
class Updated:
    """What became of one node: version numbers, what of the artist's was kept, what to read; `problem` if it failed."""

    node: str
    was: str = ""
    now: str = ""
    kept: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""


def seen() -> list[Seen]:
    """The script's Reads, for `judge`. A copied node that shares its record's id gets one of its own."""
    found, ids = [], set()
    for node in reads():
        record = read_record(node)
        if record is not None:
            if record.uuid in ids:
                record = replace(record, uuid=uuid.uuid4().hex)
                with unnoticed():
                    write_record(node, record)
            ids.add(record.uuid)
        found.append(Seen(node.fullName(), str(node["file"].value()), record is not None))
    return found


def show(standings: Iterable[Standing]) -> None:
    """Colour the nodes by their states; a colour that the artist chose stays.

    Colours are no work of the artist's: they are no undo step, and leave the script as saved as it was.
    """
    with unnoticed():
        there = {node.fullName(): node for node in reads()}
        for standing in standings:
            node = there.get(standing.node)
            # deleted or changed while the disk was read, or of another script that was opened meanwhile
            if node is not None and _shows(node, standing.path):
                _colour(node, standing.state)


@dataclass(frozen=True)
class Coming:
    """What a node gets: a plate, and how it stands once it shows it. `path` is the file that it showed when asked."""

    node: str
    plate: Plate
    state: State = "newest"
    path: str = ""


def coming(
    standings: Iterable[Standing], to: PublishedVersion | None = None, cancel: Cancel | None = None
) -> tuple[list[Coming], list[Updated]]:
    """The plates for nodes that are to change, by default to their newest; looks at the disk only. Raises Cancelled."""
    wanted = []
    for standing in standings:
        version = to or standing.newest
        if version is not None and (standing.state == "missing" or version != standing.version):
            wanted.append((standing, version))
    found, problems = [], []
    for (standing, version), plate in zip(
        wanted, read_plates((version for _one, version in wanted), cancel), strict=True
    ):
        if isinstance(plate, str):
            problems.append(Updated(standing.node, problem=plate))
            continue
        older = standing.newest is not None and version.number < standing.newest.number
        found.append(Coming(standing.node, plate, "older" if older else "newest", standing.path))
    return found, problems


def take(plates: Iterable[Coming], setting: StartFacts | None = None) -> list[Updated]:
    """Give each node its plate; each is one undo step, a failing one stops no other."""
    done = []
    for one in plates:
        try:
            if not _shows(find(one.node), one.path):
                raise NukeRefused(f"{one.node} was changed meanwhile, or is of another script.", advice="Refresh.")
            done.append(update_read(one.node, one.plate, setting, one.state))
        except PlatesError as error:
            done.append(Updated(one.node, problem=str(error)))
    return done


def _shows(node: Node, path: str) -> bool:
    """True for the Read that the disk was asked about."""
    knob = node.knob("file")
    return knob is not None and str(knob.value()) == path


def update_read(name: str, plate: Plate, setting: StartFacts | None = None, state: State = "newest") -> Updated:
    """Show another version in a node, one undo step. What the artist changed since we wrote it stays and is listed.

    A slip in time stays too: the new frames move by as many frames as the old ones had been moved. A foreign node is
    taken over: its file and untrimmed range are ours from now on. Raises NukeRefused, PlacementRefused.
    """
    node = find(name)
    if node.Class() != plate.node_class:
        raise NukeRefused(f"{name} is a {node.Class()}, the new version needs a {plate.node_class}.", plate.path)
    record = read_record(node)
    policy: Policy = record.policy if record is not None else "source-frames"
    if record is not None and not _same_plate(node, record, plate):
        return Updated(name, kept=("its file",), notes=("Its file was changed by hand: nothing was updated.",))
    placement = placed(plate, policy, setting)
    with undo_step(f"Update {name} to {plate.version.name}"):
        before = {knob: node[knob].value() for knob in (*OWNED, "frame") if node.knob(knob) is not None}
        try:
            return _switch(node, record or _adopted(node), plate, placement, state)
        except BaseException:  # whatever happens: the artist's node is as it was
            _restore(node, before)
            raise


def _same_plate(node: Node, record: NodeRecord, plate: Plate) -> bool:
    """True where the file is the one we set, or the artist has put in another version of the plate that comes now."""
    if knob_text(node, "file") == record.values.get("file"):
        return True
    where, version = version_place(str(node["file"].value())), plate.version
    name = None if where is None else parse_version_folder(where[2])
    if where is None or name is None or name.resource.upper() != version.resource.upper():
        return False
    mine, coming = (where[0], where[1]), (version.project_root, "/".join(version.folder.split("/")[:3]))
    return _spelled(*mine) == _spelled(*coming)


def _spelled(root: str, folder: str) -> str:
    return os.path.normcase(os.path.abspath(os.path.join(root, folder)))


def _adopted(node: Node) -> NodeRecord:
    """What a foreign node would have recorded: its range is untouched where it is the range that Nuke found."""
    values = {knob: knob_text(node, knob) for knob in ("file", "origfirst", "origlast", "origset")}
    values |= {"first": values["origfirst"], "last": values["origlast"], "frame_mode": knob_text(node, "frame_mode")}
    values["colorspace"] = "default"  # whatever else it reads, a person chose it
    where = version_place(str(node["file"].value())) or ("", "", "")
    return NodeRecord(where[0], f"{where[1]}/_published/{where[2]}", "source-frames", 0, 0, values)


def _switch(node: Node, record: NodeRecord, plate: Plate, placement: Placement, state: State) -> Updated:
    ours = record.values
    was = {knob: node[knob].value() for knob in OWNED if node.knob(knob) is not None}
    kept = {knob for knob in was if knob in ours and knob != "file" and _changed(node, knob, ours[knob])}
    slip = _slip(node, record)
    set_file(node, plate, placement)
    for knob, number in range_of(placement).items():
        node[knob].setValue(was[knob] if knob in kept else number)
    notes = [] if "format" in kept else set_format(node, plate)
    notes += [] if "colorspace" in kept else set_colorspace(node, plate)
    _restore(node, {knob: was[knob] for knob in kept - set(RANGE)})
    if slip is not None:
        first, start = placement.first_file_frame, placement.timeline_first
        node["frame"].setValue(str(int(node["first"].value()) - first + start + slip))
    values = {knob: ours[knob] if knob in kept else knob_text(node, knob) for knob in was}
    values |= {knob: str(number) for knob, number in range_of(placement).items()}
    write_facts(node, plate, placement)
    version = plate.version
    first, start = placement.first_file_frame, placement.timeline_first
    new = NodeRecord(version.project_root, version.folder, placement.policy, first, start, values, record.uuid)
    write_record(node, new)
    timecode_node.renew(record.uuid, plate, placement)
    _colour(node, state)
    told = [_WORDS.get(knob, f"its {knob}") for knob in OWNED if knob in kept]
    told += [f"its slip by {slip:+d} frames"] if slip else []
    old = record.folder.rpartition("/")[2]
    return Updated(node.fullName(), old, version.name, tuple(told), (*plate.notes, *placement.notes, *notes))


def _changed(node: Node, knob: str, ours: str) -> bool:
    text = knob_text(node, knob)
    # the text of the default names another space for another file type: nobody chose it
    return text != ours and not (knob == "colorspace" and text.startswith("default"))


def _slip(node: Node, record: NodeRecord) -> int | None:
    """By how many frames the artist moved the picture; None where the node is not placed by a start frame."""
    if str(node["frame_mode"].value()) != "start at" or record.values.get("frame_mode") != "start at":
        return None
    try:
        start = int(str(node["frame"].value()))
    except ValueError:
        return None  # an expression of the artist
    return (start - int(node["first"].value())) - (record.start - record.first)


def _restore(node: Node, values: dict[str, Any]) -> None:
    with locked_root():
        for knob, value in values.items():
            node[knob].setValue(value)


def _colour(node: Node, state: State) -> None:
    now = int(node["tile_color"].value())
    if now != COLOURS[state] and (now == 0 or now in COLOURS.values()):
        node["tile_color"].setValue(COLOURS[state])
