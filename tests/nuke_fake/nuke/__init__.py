# SPDX-License-Identifier: GPL-3.0-or-later
"""A strict stand-in for Nuke's module: what it does not know raises, what it does it does as documented.

Names with a leading underscore are the tests' own levers. A belief that no source backs is marked OPEN.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from . import _knobs, _nodes, _save, _state
from ._knobs import (
    DO_NOT_WRITE,
    INVISIBLE,
    READ_ONLY,
    Array_Knob,
    Boolean_Knob,
    ColorChip_Knob,
    Double_Knob,
    Enumeration_Knob,
    EvalString_Knob,
    File_Knob,
    Format,
    Format_Knob,
    Int_Knob,
    Knob,
    Multiline_Eval_String_Knob,
    Script_Knob,
    String_Knob,
    Tab_Knob,
)
from ._nodes import Node, allNodes, createNode, delete, selectedNodes, toNode

__all__ = [
    "DO_NOT_WRITE",
    "INVISIBLE",
    "READ_ONLY",
    "Array_Knob",
    "Boolean_Knob",
    "ColorChip_Knob",
    "Double_Knob",
    "Enumeration_Knob",
    "EvalString_Knob",
    "File_Knob",
    "Format",
    "Format_Knob",
    "Int_Knob",
    "Knob",
    "Menu",
    "Multiline_Eval_String_Knob",
    "Node",
    "ProgressTask",
    "Script_Knob",
    "String_Knob",
    "Tab_Knob",
    "Undo",
    "addFormat",
    "allNodes",
    "createNode",
    "delete",
    "env",
    "executeInMainThread",
    "formats",
    "getFilename",
    "getInput",
    "menu",
    "message",
    "nodes",
    "root",
    "scriptClear",
    "scriptSaveAs",
    "selectedNodes",
    "toNode",
    "tprint",
    "undo",
    "views",
]

env = _state.ENV


class Undo:
    """One named undo step; `cancel` takes its edits back."""

    @staticmethod
    def begin(name: str = "") -> None:
        _state.check_thread()
        if env["gui"]:
            if _state.STATE.open_step is not None:
                raise NotImplementedError("undo steps inside each other")
            _state.STATE.open_step = (name, [])

    @staticmethod
    def name(name: str) -> None:
        if _state.STATE.open_step is not None:
            _state.STATE.open_step = (name, _state.STATE.open_step[1])

    @staticmethod
    def end() -> None:
        step, _state.STATE.open_step = _state.STATE.open_step, None
        if step is not None and step[1]:
            _state.STATE.steps.append(step)

    @staticmethod
    def cancel() -> None:
        step, _state.STATE.open_step = _state.STATE.open_step, None
        if step is not None:
            _state.take_back(step[1])


class _Nodes:
    """`nuke.nodes.Read()`: no selection, no connection."""

    def __getattr__(self, name: str) -> Callable[[], Node | None]:
        return lambda: _nodes.make(name)


nodes = _Nodes()


def root() -> Node:
    found: Node = _state.STATE.root
    return found


def undo() -> None:
    """Take the last step back."""
    _state.check_thread()
    if not env["gui"]:
        raise RuntimeError("there is no undo queue in terminal mode")
    _state.take_back(_state.STATE.steps.pop()[1])


def views() -> list[str]:
    return list(_state.STATE.views)


def formats() -> list[Format]:
    return list(_state.STATE.formats.values())


def addFormat(s: str) -> Format:
    width, height, aspect, name = s.split(" ", 3)
    found = Format(int(width), int(height), float(aspect), name)
    _state.STATE.formats[name] = found
    return found


def scriptClear() -> None:
    """Forget the script; a Non-commercial Nuke counts its nodes anew."""
    _reset(env["gui"], env["nc"])


def scriptSaveAs(filename: str, overwrite: int = -1) -> None:  # noqa: ARG001
    with open(filename, "w", encoding="utf-8", newline="\n") as file:
        file.write(_save.script_text(root()))


def message(prompt: str) -> None:
    """A dialog would block: a test must say that it expects one."""
    if _state.STATE.told is None:
        raise NotImplementedError(f"a dialog would block: {prompt}")
    _state.check_thread()
    _state.STATE.told.append(prompt)


def getInput(prompt: str, default: str = "") -> str | None:  # noqa: ARG001
    if prompt not in _state.STATE.answers:
        raise NotImplementedError(f"a dialog would block: {prompt}")
    return _state.STATE.answers[prompt]


def getFilename(message: str) -> str | None:
    return getInput(message)


def tprint(value: str) -> None:
    print(value)


class Menu:
    """A menu; the fake remembers the commands."""

    def __init__(self) -> None:
        self._entries: dict[str, Any] = {}

    def addMenu(self, name: str) -> Menu:
        found: Menu = self._entries.setdefault(name, Menu())
        return found

    def addCommand(self, name: str, command: str) -> None:
        self._entries[name] = command


def menu(name: str) -> Menu | None:
    if not env["gui"]:
        raise RuntimeError("not in GUI mode")  # OPEN: the class of this error
    return _state.STATE.menus.setdefault(name, Menu()) if name == "Nuke" else None


class ProgressTask:
    """Progress with a cancel button that a test may press."""

    def __init__(self, name: str) -> None:
        self._name = name

    def isCancelled(self) -> bool:
        return _state.STATE.cancelled

    def setProgress(self, progress: int) -> None:
        if type(progress) is not int:
            raise TypeError("setProgress takes an int")


def executeInMainThread(call: Callable[..., Any], args: Any = (), kwargs: dict[str, Any] | None = None) -> None:
    """Queue a call. On the main thread itself the real one hangs; this one raises."""
    if threading.get_ident() == _state.STATE.thread:
        raise RuntimeError("executeInMainThread hangs on the main thread")
    wrapped = args if isinstance(args, tuple) else (args,)
    _state.STATE.waiting.append(lambda: call(*wrapped, **(kwargs or {})))


def _pump() -> None:
    """Play the idle loop."""
    while _state.STATE.waiting:
        _state.STATE.waiting.pop(0)()


def _reset(gui: bool = True, nc: bool = False) -> None:
    """A new, empty script in a Nuke of this kind."""
    env.update(gui=gui, nc=nc)
    fresh = _state.State()
    _state.STATE.__dict__.update(fresh.__dict__)
    _state.STATE.formats["HD_1080"] = _knobs.Format(1920, 1080, 1.0, "HD_1080")
    _state.STATE.root = Node("Root")
    _state.STATE.root["name"]._value = _state.STATE.root["name"]._home = "Root"
    _state.STATE.group = [_state.STATE.root]
    _state.STATE.steps.clear()


def _steps() -> list[str]:
    """The names of the undo steps so far."""
    return [name for name, _inverses in _state.STATE.steps]


def _host() -> _state.State:
    """What a test may decide: colour spaces, views, lengths of movies."""
    return _state.STATE


# as `Nuke -t` runs a script
_reset(gui="FAKE_NUKE_TERMINAL" not in os.environ)
