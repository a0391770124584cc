# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that touches Nuke's module: typed, and with the guards that each call needs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from importlib import import_module
from typing import Any, Protocol

from ...core.errors import PlatesError, TimecodeError
from ...core.timecode import rate_of

READS = ("Read", "DeepRead")
# What is inside these belongs to somebody else's file.
SEALED = ("LiveGroup", "Precomp", "Gizmo")


class NukeRefused(PlatesError):
    """Nuke did not do what was asked; the message says why."""


class Knob(Protocol):
    """The part of a knob that is used here."""

    def value(self) -> Any: ...
    def setValue(self, val: Any) -> Any: ...
    def setFlag(self, flag: int) -> Any: ...


class Node(Protocol):
    """The part of a node that is used here."""

    def __getitem__(self, name: str) -> Any: ...
    def knob(self, p: str) -> Any: ...
    def Class(self) -> str: ...
    def name(self) -> str: ...
    def fullName(self) -> str: ...
    def addKnob(self, k: Any) -> Any: ...
    def setTab(self, tabIndex: int) -> Any: ...
    def input(self, index: int) -> Any: ...
    def setInput(self, i: int, node: Any) -> Any: ...
    def hasError(self) -> bool: ...


def nuke() -> Any:
    """Nuke's module, loaded when it is needed first: this package can be imported anywhere."""
    return import_module("nuke")


def env(name: str) -> Any:
    """An entry of nuke.env; False where this Nuke does not know it."""
    try:
        return nuke().env[name]
    except KeyError:
        return False


def script_path() -> str:
    """The absolute path of the saved script, "" while it has none: Nuke calls it Root then."""
    path = str(nuke().root()["name"].value())
    return os.path.normpath(path) if os.path.isabs(path) else ""


def create(kind: str) -> Node:
    """A new node, connected to nothing, its panel closed, the selection as it was. Raises NukeRefused."""
    host = nuke()
    chosen = host.selectedNodes()
    for node in chosen:
        node["selected"].setValue(False)
    try:
        made: Node | None = _made(kind)
        if made is None:
            raise NukeRefused(
                "Nuke made no node: Non-commercial Nuke lets scripts handle ten nodes only.",
                advice="Clear the script, or use a licensed Nuke.",
            )
        made["selected"].setValue(False)
        return made
    finally:
        for node in chosen:
            node["selected"].setValue(True)


def _made(kind: str) -> Node | None:
    try:
        made: Node | None = nuke().createNode(kind, inpanel=False)
    except RuntimeError as error:  # Assist lacks classes, and plug-ins of a studio may refuse
        raise NukeRefused(f"This Nuke makes no {kind}: {error}.") from error
    return made


@contextmanager
def undo_step(name: str) -> Iterator[None]:
    """All edits inside are one step of Nuke's undo queue."""
    undo = nuke().Undo
    undo.begin(name)
    try:
        yield
    finally:
        undo.end()


@contextmanager
def unnoticed() -> Iterator[None]:
    """Edits that are no work of the artist: no undo step, and the script is not called modified for them."""
    host, root = nuke(), nuke().root()
    modified = root.modified()
    host.Undo.disable()
    try:
        yield
    finally:
        host.Undo.enable()
        root.setModified(modified)


@contextmanager
def locked_root() -> Iterator[None]:
    """The project's range stays as it is: a new clip stretches an unlocked one. Checked again afterwards."""
    root = nuke().root()
    was = {name: root[name].value() for name in ("lock_range", "first_frame", "last_frame")}
    root["lock_range"].setValue(True)
    try:
        yield
    finally:
        for name in ("first_frame", "last_frame", "lock_range"):
            if root[name].value() != was[name]:
                root[name].setValue(was[name])


def project_rate() -> Fraction | None:
    """The script's rate, None where it is none that pictures run at."""
    try:
        return rate_of(nuke().root()["fps"].value())
    except TimecodeError:
        return None


def reads() -> list[Node]:
    """Every Read and DeepRead of the script that may be written, those inside groups too."""
    found = []
    for node in nuke().allNodes(recurseGroups=True):
        if node.Class() in READS and not sealed(node.fullName()):
            found.append(node)
    return found


def sealed(full_name: str) -> bool:
    """True where one of the groups that a node lies in is somebody else's file."""
    parts = full_name.split(".")
    groups = [".".join(parts[:count]) for count in range(1, len(parts))]
    return any((group := nuke().toNode(name)) is not None and group.Class() in SEALED for name in groups)


def find(full_name: str) -> Node:
    """A node by its full name. Raises NukeRefused where it is gone."""
    node: Node | None = nuke().toNode(full_name)
    if node is None:
        raise NukeRefused(f"there is no node {full_name} any more.", advice="Refresh the list.")
    return node


def format_name(width: int, height: int, pixel_aspect: float) -> str:
    """The name of a format of this size: one that the script knows, else a new one."""
    host = nuke()
    for known in host.formats():
        if (known.width(), known.height(), known.pixelAspect()) == (width, height, pixel_aspect) and known.name():
            return str(known.name())
    name = f"Ramses_{width}x{height}" + (f"_{pixel_aspect:g}" if pixel_aspect != 1 else "")
    host.addFormat(f"{width} {height} {pixel_aspect:g} {name}")
    return name
