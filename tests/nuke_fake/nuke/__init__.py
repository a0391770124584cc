# SPDX-License-Identifier: GPL-3.0-or-later
"""A strict stand-in for Nuke's module: what it does not know raises, what it does it does as documented.

Names with a leading underscore are the tests' own levers. A belief that no source backs is marked OPEN with
the name of the question that the contract script asks a real Nuke.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from . import _callbacks, _knobs, _nodes, _save, _state
from ._callbacks import (
    addFilenameFilter,
    addOnCreate,
    addOnScriptClose,
    addOnScriptLoad,
    addOnScriptSave,
    addOnUserCreate,
    removeFilenameFilter,
    removeOnCreate,
    removeOnScriptClose,
    removeOnScriptLoad,
    removeOnScriptSave,
    removeOnUserCreate,
)
from ._gui import (
    Menu,
    MenuItem,
    ProgressTask,
    ToolBar,
    executeInMainThread,
    executeInMainThreadWithResult,
    getPaneFor,
    menu,
    show,
    toolbar,
)
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
from ._nodes import Group, Node, Root, allNodes, createNode, delete, selectedNodes, toNode

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
    "Group",
    "Int_Knob",
    "Knob",
    "Menu",
    "MenuItem",
    "Multiline_Eval_String_Knob",
    "Node",
    "ProgressTask",
    "Root",
    "Script_Knob",
    "String_Knob",
    "Tab_Knob",
    "ToolBar",
    "Undo",
    "addFilenameFilter",
    "addFormat",
    "addOnCreate",
    "addOnScriptClose",
    "addOnScriptLoad",
    "addOnScriptSave",
    "addOnUserCreate",
    "allNodes",
    "createNode",
    "delete",
    "env",
    "executeInMainThread",
    "executeInMainThreadWithResult",
    "formats",
    "getFilename",
    "getInput",
    "getPaneFor",
    "menu",
    "message",
    "nodes",
    "pluginAddPath",
    "pluginPath",
    "removeFilenameFilter",
    "removeOnCreate",
    "removeOnScriptClose",
    "removeOnScriptLoad",
    "removeOnScriptSave",
    "removeOnUserCreate",
    "root",
    "scriptClear",
    "scriptSave",
    "scriptSaveAs",
    "selectedNodes",
    "show",
    "thisClass",
    "thisNode",
    "toNode",
    "toolbar",
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
        if env["gui"] and _state.STATE.open_step is None:
            raise NotImplementedError("an undo step that never began")
        step, _state.STATE.open_step = _state.STATE.open_step, None
        if step is not None and step[1]:
            _state.STATE.steps.append(step)

    @staticmethod
    def disable() -> None:
        _state.check_thread()
        _state.STATE.undo_off += 1

    @staticmethod
    def enable() -> None:
        if not _state.STATE.undo_off:
            raise NotImplementedError("enable without disable")
        _state.STATE.undo_off -= 1

    @staticmethod
    def disabled() -> bool:
        return _state.STATE.undo_off > 0

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


def root() -> Root:
    _state.check_thread()
    found: Root = _state.STATE.root
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
    """Forget the script; a Non-commercial Nuke counts its nodes anew. Callbacks, menus and panels stay."""
    was = vars(_state.STATE).copy()
    _reset(env["gui"], env["nc"])
    for name in ("callbacks", "menus", "panels", "drops", "panes", "told", "answers", "waiting", "tasks"):
        setattr(_state.STATE, name, was[name])


def scriptSaveAs(filename: str | None = None, overwrite: int = -1) -> None:
    """Save under a name that the script has from now on; -1 asks where the file exists."""
    _state.check_thread()
    if filename is None or (overwrite == -1 and env["gui"] and os.path.exists(filename)):
        raise NotImplementedError("a file chooser would block")
    if overwrite not in (1, True) and os.path.exists(filename):
        raise RuntimeError(f"{filename} exists")  # OPEN save-over
    _write(filename)
    root()["name"]._value = filename
    _state.STATE.modified = False


def scriptSave(filename: str | None = None) -> bool:
    """Save under the script's own name, or a copy under another one that leaves the name as it is."""
    _state.check_thread()
    target = filename or root()["name"].value()
    if target == "Root":
        raise NotImplementedError("a file chooser would block")
    _write(target)
    if filename is None:
        _state.STATE.modified = False  # OPEN save-copy: whether a copy clears it too
    return True


def _write(path: str) -> None:
    if env["nc"] and not path.endswith(".nknc"):
        raise RuntimeError("a Non-commercial Nuke writes .nknc")  # OPEN nc-ending
    _callbacks.call("OnScriptSave", root())
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(_save.script_text(root()))
    except OSError as error:
        raise RuntimeError(str(error)) from error  # the docs: RuntimeError on failures


def thisNode() -> Node | None:
    return _state.STATE.context[-1] if _state.STATE.context else None


def thisClass() -> str:
    return _state.STATE.context[-1].Class() if _state.STATE.context else ""


def pluginPath() -> list[str]:
    return []


def pluginAddPath(args: str, addToSysPath: bool = True) -> None:
    raise NotImplementedError("pluginAddPath")


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


def getFilename(
    message: str,
    pattern: str = "",  # noqa: ARG001
    default: str = "",  # noqa: ARG001
    favorites: str = "",  # noqa: ARG001
    type: str = "",  # noqa: A002, ARG001
    multiple: bool = False,  # noqa: ARG001
) -> str | None:
    return getInput(message)


def tprint(*args: Any, sep: str = " ", end: str = "\n", file: Any = None) -> None:
    _state.check_thread()
    print(*args, sep=sep, end=end, file=file)


def _pump() -> None:
    """Play the idle loop."""
    while _state.STATE.waiting:
        _state.STATE.waiting.pop(0)()


def _reset(gui: bool = True, nc: bool = False) -> None:
    """A new, empty script in a Nuke of this kind."""
    env.update(gui=gui, nc=nc, ple=False, indie=False, assist=False, nukex=False, studio=False, hiero=False)
    fresh = _state.State()
    _state.STATE.__dict__.update(fresh.__dict__)
    _state.STATE.formats["HD_1080"] = _knobs.Format(1920, 1080, 1.0, "HD_1080")
    _state.STATE.root = Root("Root")
    _state.STATE.root["name"]._value = _state.STATE.root["name"]._home = "Root"
    _state.STATE.group = [_state.STATE.root]
    _state.STATE.steps.clear()
    _state.STATE.modified = False


def _load() -> None:
    """Play the end of File > Open: the nodes are there, the callbacks run."""
    _callbacks.call("OnScriptLoad", root())
    _state.STATE.modified = False  # OPEN load-modified: whether edits in this callback leave it modified


def _choose(item: MenuItem) -> None:
    """Play a click on a menu's entry: the command runs inside an undo step of Nuke's own."""
    Undo.begin(item.name())
    try:
        exec(item._command, {}) if isinstance(item._command, str) else item._command()
    finally:
        Undo.end()


def _steps() -> list[str]:
    """The names of the undo steps so far."""
    return [name for name, _inverses in _state.STATE.steps]


def _host() -> _state.State:
    """What a test may decide: colour spaces, views, lengths of movies."""
    return _state.STATE


# as `Nuke -t` runs a script
_reset(gui="FAKE_NUKE_TERMINAL" not in os.environ)
