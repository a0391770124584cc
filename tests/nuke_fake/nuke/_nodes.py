# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes, groups and the two ways to make them."""

from __future__ import annotations

import re
from typing import Any

from . import _callbacks, _disk
from ._classes import CLASSES, GROUPS, exr_knobs, knobs_of
from ._knobs import Knob, Tab_Knob
from ._state import ENV, NC_NODES, STATE, changed, check_thread


class Node:
    """One node. After `delete` every use of it raises."""

    def __init__(self, kind: str) -> None:
        self._kind, self._parent, self._gone = kind, None, False
        self._knobs: dict[str, Knob] = {}
        self._user: list[str] = []
        self._inputs: list[Node | None] = []
        self._tab = 0
        self._error = False
        self._nodes: list[Node] = []
        for knob in knobs_of(kind):
            knob._node = self
            self._knobs[knob._name] = knob

    def _alive(self) -> None:
        check_thread()
        if self._gone:
            raise ValueError("A PythonObject is not attached to a node")  # OPEN deleted-node

    def __getitem__(self, name: str) -> Knob:
        self._alive()
        self._extend()
        if name not in self._knobs:
            raise NameError(f"knob {name} does not exist")
        return self._knobs[name]

    def _extend(self) -> None:
        """A Write for EXR has more knobs than another."""
        if self._kind == "Write" and self._knobs["file_type"]._value == "exr" and "metadata" not in self._knobs:
            for knob in exr_knobs():
                knob._node = self
                self._knobs[knob._name] = knob

    def knob(self, p: str, follow_link: bool = False) -> Knob | None:  # noqa: ARG002
        self._alive()
        self._extend()
        return self._knobs.get(p)

    def knobs(self) -> dict[str, Knob]:
        self._alive()
        return dict(self._knobs)

    def Class(self) -> str:
        self._alive()
        return self._kind

    def name(self) -> str:
        return str(self["name"].value())

    def fullName(self) -> str:
        above = self._parent
        return self.name() if above is None or above._kind == "Root" else f"{above.fullName()}.{self.name()}"

    def addKnob(self, knob: Knob) -> None:
        self._alive()
        if not isinstance(knob, Knob):
            raise TypeError("addKnob takes a knob")
        if knob._name in self._knobs:
            raise ValueError(f"there is a knob {knob._name} already")  # the real one doubles it; that bloats scripts
        knob._node = self
        self._knobs[knob._name] = knob
        self._user.append(knob._name)
        self._tab = len(self._user)  # adding a knob brings its tab to the front
        changed(lambda: self._forget(knob))

    def removeKnob(self, knob: Knob) -> None:
        self._alive()
        if knob._name not in self._user:
            raise ValueError(f"{knob._name} is no user knob")
        self._forget(knob)

        def back() -> None:
            self._knobs[knob._name] = knob
            self._user.append(knob._name)

        changed(back)

    def _forget(self, knob: Knob) -> None:
        del self._knobs[knob._name]
        self._user.remove(knob._name)

    def setTab(self, tabIndex: int) -> None:
        check_thread()
        self._tab = tabIndex

    def setSelected(self, selected: bool) -> None:
        self["selected"].setValue(selected)

    def setXYpos(self, x: int, y: int) -> None:
        self["xpos"].setValue(x)
        self["ypos"].setValue(y)

    def setInput(self, i: int, node: Node | None) -> bool:
        if self._kind == "BackdropNode":
            return False  # OPEN backdrop-input
        old = list(self._inputs)

        def back() -> None:
            self._inputs = old

        changed(back)
        self._inputs = [*self._inputs, *[None] * (i + 1 - len(self._inputs))]
        self._inputs[i] = node
        return True

    def hasError(self) -> bool:
        self._alive()
        return self._error

    def input(self, index: int) -> Node | None:
        return self._inputs[index] if index < len(self._inputs) else None

    def inputs(self) -> int:
        return sum(node is not None for node in self._inputs)

    def metadata(self, key: str, time: float | None = None, view: str | None = None) -> Any:
        """Only the file frame and the timecode are known here; any other key is beyond this fake."""
        at = STATE.root["frame"].value() if time is None else int(time)
        above = self.input(0)
        if self._kind == "AddTimeCode" and key == "input/timecode" and not self["disable"].value():
            return _disk.label_after(self, at)
        if self._kind not in ("Read", "DeepRead"):
            return None if above is None else above.metadata(key, time, view)
        if key not in ("input/frame", "input/timecode"):
            raise NotImplementedError(key)
        frame = file_frame(self, at)
        path = "" if frame is None else _callbacks.filtered(_disk.frame_file(self["file"].value(), frame))
        if frame is None or not _disk.os.path.exists(path):
            return None  # OPEN missing-frame
        return frame if key == "input/frame" else _disk.exr_timecode(path)


class Group(Node):
    """A node with nodes inside."""

    def nodes(self) -> list[Node]:
        return list(self._nodes)

    def begin(self) -> Group:
        STATE.group.append(self)
        return self

    def end(self) -> None:
        STATE.group.pop()


class Root(Group):
    """The project."""

    def modified(self) -> bool:
        return STATE.modified

    def setModified(self, modified: bool) -> None:
        check_thread()
        STATE.modified = bool(modified)


def file_frame(node: Node, at: int) -> int | None:
    """The file frame at a script frame: "start at" S shows F - S + first, "offset" K shows F + K."""
    mode, text = node["frame_mode"].value(), node["frame"].value()
    first, last = node["first"].value(), node["last"].value()
    if mode == "expression":
        match = re.fullmatch(r"frame\s*([+-])\s*(\d+)", text or "frame+0")
        if match is None:
            raise NotImplementedError(f"the fake evaluates no Tcl: {text}")
        frame = at + int(match[1] + match[2])
    elif mode == "start at":
        frame = at if text == "" else at - int(text) + first
    else:
        frame = at + int(text or 0)
    if first <= frame <= last:
        return int(frame)
    side = node["before" if frame < first else "after"].value()
    if side == "black":
        return None  # OPEN black-ends
    if side != "hold":
        raise NotImplementedError(side)
    return int(first if frame < first else last)


def make(kind: str, _user: bool = False) -> Node | None:
    """A new node in the current group; None beyond the limit of a Non-commercial Nuke."""
    check_thread()
    if kind not in CLASSES or kind == "Root":
        raise RuntimeError(f"{kind}: Unknown command")
    if ENV["nc"] and STATE.made >= NC_NODES:
        return None
    STATE.made += 1
    node: Node = Group(kind) if kind in GROUPS else Node(kind)
    home = STATE.group[-1]
    taken = {other._knobs["name"]._value for other in home._nodes}
    node._knobs["name"]._value = next(name for at in range(1, 10**6) if (name := f"{kind}{at}") not in taken)
    node._parent = home
    home._nodes.append(node)

    def back() -> None:
        home._nodes.remove(node)
        node._gone = True

    changed(back)
    if _user:
        _callbacks.call("OnUserCreate", node)
    _callbacks.call("OnCreate", node)
    return node


def createNode(typ: str, knobs: str = "", inpanel: bool = True) -> Node | None:  # noqa: ARG001
    """As a user makes one: connected to the selection and selected itself."""
    if knobs:
        raise NotImplementedError("knobs as text")
    selection = selectedNodes()
    node = make(typ, _user=True)
    if node is None:
        return None
    if selection:
        node.setInput(0, selection[0])
    for other in selection:
        other.setSelected(False)
    node.setSelected(True)
    return node


def delete(n: Node) -> None:
    n._alive()
    home: Any = n._parent
    home._nodes.remove(n)
    n._gone = True

    def back() -> None:
        home._nodes.append(n)
        n._gone = False

    changed(back)


def selectedNodes(filter: str | None = None) -> list[Node]:  # noqa: A002 - the real parameter name
    found = [node for node in STATE.group[-1]._nodes if node["selected"].value()]
    return [node for node in reversed(found) if filter in (None, node._kind)]


def allNodes(filter: str | None = None, group: Any = None, recurseGroups: bool = False) -> list[Node]:  # noqa: A002
    check_thread()
    home = group or STATE.group[-1]
    found: list[Node] = []
    for node in home._nodes:
        if filter in (None, node._kind):
            found.append(node)
        if recurseGroups and node._kind in GROUPS:
            found += allNodes(filter, node, True)
    return found


def toNode(s: str) -> Node | None:
    check_thread()
    if s == "root":
        return STATE.root
    node: Any = STATE.group[-1]
    for name in s.split("."):
        node = next((one for one in node._nodes if one.name() == name), None)
        if node is None:
            return None
    return node


__all__ = ["Tab_Knob"]
