# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a batch of new nodes goes: in a row below everything else, on a backdrop of its own."""

from __future__ import annotations

from collections.abc import Sequence

from .nuke_api import Node, create, nuke

# pixels of the node graph: one tile with its picture, and room around it
WIDTH, HEIGHT = 110, 150
UNPLACED = -2147483648
_HEAD, _EDGE, _BELOW = 70, 30, 60
_COLOUR = 0x3B4A5AFF


def free_place() -> tuple[int, int]:
    """(x, y) of the first tile of a row below all nodes and backdrops that are placed."""
    left, bottom = [], []
    for node in nuke().allNodes():
        x, y = int(node["xpos"].value()), int(node["ypos"].value())
        if UNPLACED in (x, y):
            continue
        height = int(node["bdheight"].value()) if node.Class() == "BackdropNode" else 0
        left.append(x)
        bottom.append(y + max(height, 0))
    return (min(left), max(bottom) + HEIGHT) if left else (0, 0)


def place(node: Node, x: int, y: int) -> None:
    """Put a node's tile there."""
    node["xpos"].setValue(x)
    node["ypos"].setValue(y)


def backdrop(nodes: Sequence[Node], label: str) -> Node:
    """A backdrop behind a row of tiles, with its label above them. Raises NukeRefused."""
    xs = [int(node["xpos"].value()) for node in nodes]
    ys = [int(node["ypos"].value()) for node in nodes]
    made = create("BackdropNode")
    place(made, min(xs) - _EDGE, min(ys) - _HEAD)
    made["bdwidth"].setValue(max(xs) - min(xs) + WIDTH + _EDGE)
    made["bdheight"].setValue(max(ys) - min(ys) + HEIGHT + _BELOW)
    made["label"].setValue(label)
    made["note_font_size"].setValue(24)
    made["tile_color"].setValue(_COLOUR)
    return made
