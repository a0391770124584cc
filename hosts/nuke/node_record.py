# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Read node remembers: a Ramses tab for people, and one hidden knob with what we wrote for the next update."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from ...core.placement import POLICIES, Placement, Policy
from ...core.timecode import rate_text
from .nuke_api import Node, nuke
from .plate import Plate

SCHEMA = 1
TAB, HIDDEN = "ramses_plates", "ramses_plates_record"
# (knob, label) of the facts for people
FACTS = (
    ("ramses_project", "project"),
    ("ramses_shot", "shot"),
    ("ramses_step", "step"),
    ("ramses_resource", "resource"),
    ("ramses_version", "version"),
    ("ramses_timecode", "start timecode"),
    ("ramses_rate", "rate"),
    ("ramses_reel", "reel"),
    ("ramses_source", "source"),
    ("ramses_placement", "placement"),
)


@dataclass(frozen=True)
class NodeRecord:
    """What we last did to a node. `values` holds each knob as text, as we left it; `folder` is below `root`."""

    root: str
    folder: str
    policy: Policy
    first: int
    start: int
    values: Mapping[str, str] = field(default_factory=dict)
    uuid: str = field(default_factory=lambda: uuid.uuid4().hex)

    def text(self) -> str:
        """The record in letters that no Tcl reader can misread."""
        data = {"schema": SCHEMA, **self.__dict__, "values": dict(self.values)}
        return base64.b64encode(json.dumps(data, sort_keys=True).encode()).decode("ascii")

    @classmethod
    def parse(cls, text: str) -> NodeRecord | None:
        """The record again; None where the text is none of ours or of a newer form."""
        try:
            data = json.loads(base64.b64decode(text, validate=True))
            if data.pop("schema") != SCHEMA or data["policy"] not in POLICIES:
                return None
            return cls(
                root=str(data["root"]),
                folder=str(data["folder"]),
                policy=cast(Policy, data["policy"]),
                first=int(data["first"]),
                start=int(data["start"]),
                values={str(name): str(value) for name, value in data["values"].items()},
                uuid=str(data["uuid"]),
            )
        except (binascii.Error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None


def read_record(node: Node) -> NodeRecord | None:
    """What we last did to this node; None for a node of somebody else."""
    knob = node.knob(HIDDEN)
    return None if knob is None else NodeRecord.parse(str(knob.value()))


def write_record(node: Node, record: NodeRecord) -> None:
    """Keep the record on the node, in the one knob. The Read's own tab is in front afterwards."""
    host = nuke()
    knob = node.knob(HIDDEN)
    if knob is None:
        knob = host.String_Knob(HIDDEN, "record")
        knob.setFlag(host.INVISIBLE)
        node.addKnob(knob)
    knob.setValue(record.text())
    node.setTab(0)


def write_facts(node: Node, plate: Plate, placement: Placement) -> None:
    """Fill the Ramses tab, made at the first time."""
    host, version, footage = nuke(), plate.version, plate.recorded.footage
    texts = (
        version.project,
        version.shot,
        version.step,
        version.resource,
        version.name,
        "" if placement.start_timecode is None else str(placement.start_timecode),
        "" if placement.rate is None else rate_text(placement.rate),
        footage.reel or "",
        plate.source,
        placement.reason,
    )
    if node.knob(TAB) is None:
        node.addKnob(host.Tab_Knob(TAB, "Ramses"))
    for (name, label), text in zip(FACTS, texts, strict=True):
        knob = node.knob(name)
        if knob is None:
            knob = host.String_Knob(name, label)
            knob.setFlag(host.READ_ONLY)
            node.addKnob(knob)
        knob.setValue(text)


def knob_text(node: Node, name: str) -> str:
    """A knob's value as a text that can be compared: `####` and `%04d` are the same, so are 1001 and 1001.0."""
    value: Any = node[name].value()
    if name == "file":
        return plain_path(str(value))
    if name == "format":
        return f"{value.width()} {value.height()} {value.pixelAspect():g}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def plain_path(path: str) -> str:
    """A path with its frame number written as `####`."""
    return re.sub(r"%0?(\d*)d", lambda found: "#" * int(found[1] or 1), path)
