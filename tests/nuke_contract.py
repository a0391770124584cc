# SPDX-License-Identifier: GPL-3.0-or-later
"""What we believe of Nuke, as facts that anybody can hold against a real one.

    Nuke16.0 --nc -t tests/nuke_contract.py AN_EMPTY_FOLDER

Prints `ok` or `DIFFERS` per fact with what was found, writes nuke_contract.json into the folder to send back, and
exits 1 where a fact differs. Facts that no source backs are OPEN: what they find is printed and never fails. At most
ten nodes are made between two clearings of the script, so a Non-commercial Nuke will do. The script is cleared again
and again: in a Nuke with windows, which a few facts need, run it in a session that holds nothing else.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import nuke

FACTS: list[tuple[str, object, str, bool, Callable[[str], object]]] = []
# the class and default of every knob that is relied on; saved scripts and documents tell the names only
KNOBS: dict[str, dict[str, tuple[str, object]]] = {
    "Read": {
        "file": ("File_Knob", ""),
        "format": ("Format_Knob", None),
        "first": ("Int_Knob", 1),
        "last": ("Int_Knob", 1),
        "origfirst": ("Int_Knob", 1),
        "origlast": ("Int_Knob", 1),
        "origset": ("Boolean_Knob", False),
        "before": ("Enumeration_Knob", "hold"),
        "after": ("Enumeration_Knob", "hold"),
        "frame_mode": ("Enumeration_Knob", "expression"),
        "frame": ("String_Knob", ""),
        "colorspace": ("Enumeration_Knob", None),
        "raw": ("Boolean_Knob", False),
        "premultiplied": ("Boolean_Knob", False),
        "tile_color": ("ColorChip_Knob", 0),
        "xpos": ("Array_Knob", None),
        "ypos": ("Array_Knob", None),
    },
    "DeepRead": {"file": ("File_Knob", ""), "first": ("Int_Knob", 1), "frame": ("String_Knob", "")},
    "Write": {
        "file": ("File_Knob", ""),
        "file_type": ("Enumeration_Knob", None),
        "create_directories": ("Boolean_Knob", False),
        "disable": ("Boolean_Knob", False),
    },
    "AddTimeCode": {
        "startcode": ("EvalString_Knob", "01:00:00:00"),
        "fps": ("Double_Knob", 24.0),
        "metafps": ("Boolean_Knob", True),
        "useFrame": ("Boolean_Knob", False),
        "frame": ("Int_Knob", 1),
        "disable": ("Boolean_Knob", False),
    },
    "BackdropNode": {
        "bdwidth": ("Double_Knob", None),
        "bdheight": ("Double_Knob", None),
        "label": ("Multiline_Eval_String_Knob", ""),
        "note_font_size": ("Double_Knob", None),
        "tile_color": ("ColorChip_Knob", 0),
    },
    "Root": {
        "name": ("String_Knob", "Root"),
        "fps": ("Double_Knob", 24.0),
        "first_frame": ("Int_Knob", 1),
        "last_frame": ("Int_Knob", 100),
        "lock_range": ("Boolean_Knob", False),
        "format": ("Format_Knob", None),
        "colorManagement": ("Enumeration_Knob", None),
        "OCIO_config": ("Enumeration_Knob", None),
        "customOCIOConfigPath": ("File_Knob", ""),
        "workingSpaceLUT": ("Enumeration_Knob", None),
    },
}


def fact(
    name: str, expected: object, question: str = "", gui: bool = False
) -> Callable[[Callable[[str], object]], None]:
    """Register a fact: its check is given a path with `####` whose frames 1001-1010 exist, and returns what is so.

    A `question` is one that no source answers: what is found is printed and fails nothing. One that needs a `gui` is
    left out in a terminal.
    """

    def register(check: Callable[[str], object]) -> None:
        FACTS.append((name, expected, question, gui, check))

    return register


def read() -> Any:
    return nuke.createNode("Read", inpanel=False)


def shown(mode: str, text: str, at: int, path: str) -> object:
    node = read()
    node["file"].fromUserText(path + " 1001-1010")
    node["frame_mode"].setValue(mode)
    node["frame"].setValue(text)
    found = node.metadata("input/frame", at)
    return found if found is None else int(found)


def project_range() -> list[int]:
    root = nuke.root()
    return [int(root["first_frame"].value()), int(root["last_frame"].value())]


@fact("a new project runs from 1 to 100, its range unlocked", [1, 100, False])
def _(_path: str) -> object:
    return [*project_range(), bool(nuke.root()["lock_range"].value())]


@fact("file.setValue does not read the clip", [1, 1])
def _(path: str) -> object:
    node = read()
    node["file"].setValue(path)
    return [int(node[name].value()) for name in ("first", "last")]


@fact("file.fromUserText takes the range off the text's end", [1001, 1010, 1001, 1010])
def _(path: str) -> object:
    node = read()
    node["file"].fromUserText(path + " 1001-1010")
    return [int(node[name].value()) for name in ("first", "last", "origfirst", "origlast")]


@fact("file.fromUserText stretches an unlocked project", [1, 1010])
def _(path: str) -> object:
    read()["file"].fromUserText(path + " 1001-1010")
    return project_range()


@fact("lock_range keeps the project's range", [1, 100])
def _(path: str) -> object:
    nuke.root()["lock_range"].setValue(True)
    read()["file"].fromUserText(path + " 1001-1010")
    return project_range()


@fact("negative first and last frames are taken", [-5, 0])
def _(_path: str) -> object:
    node = read()
    node["first"].setValue(-5)
    node["last"].setValue(0)
    return [int(node[name].value()) for name in ("first", "last")]


@fact("start at S: script frame F shows F - S + first", 1005)
def _(path: str) -> object:
    return shown("start at", "101", 105, path)


@fact("offset K: script frame F shows F + K", 1005)
def _(path: str) -> object:
    return shown("offset", "900", 105, path)


@fact("no expression: script frame F shows F", 1005)
def _(path: str) -> object:
    return shown("expression", "", 1005, path)


@fact("before and after hold by default", [1001, 1010])
def _(path: str) -> object:
    return [shown("start at", "101", 90, path), shown("start at", "101", 500, path)]


@fact("the frame knob holds text", "String_Knob")
def _(_path: str) -> object:
    return read()["frame"].Class()


@fact("the frame modes", ["expression", "start at", "offset"])
def _(_path: str) -> object:
    return list(read()["frame_mode"].values())


@fact("a knob that does not exist", ["NameError", None])
def _(_path: str) -> object:
    node = read()
    return [raised(lambda: node["no_such_knob"]), node.knob("no_such_knob")]


@fact("a node class that does not exist", "RuntimeError")
def _(_path: str) -> object:
    return raised(lambda: nuke.createNode("NoSuchNode"))


@fact("text in a number knob", "TypeError")
def _(_path: str) -> object:
    node = read()
    return raised(lambda: node["first"].setValue("1001"))


@fact("a number in a text knob", "TypeError")
def _(_path: str) -> object:
    node = read()
    return raised(lambda: node["frame"].setValue(1001))


@fact("createNode selects the new node and names it apart", [["Read2"], "Read1"])
def _(_path: str) -> object:
    first = read()
    read()
    return [[node.name() for node in nuke.selectedNodes()], first.name()]


@fact("nodes in groups are found when asked for, by their full name", ["Group1.Read1"])
def _(_path: str) -> object:
    group = nuke.createNode("Group", inpanel=False)
    group.begin()
    read()
    group.end()
    return [node.fullName() for node in nuke.allNodes(recurseGroups=True) if node.Class() == "Read"]


@fact("nodes in groups are found by class and by their full name", [["Group1.Read1"], True])
def _(_path: str) -> object:
    group = nuke.createNode("Group", inpanel=False)
    group.begin()
    inner = read()
    group.end()
    found = [node.fullName() for node in nuke.allNodes("Read", recurseGroups=True)]
    return [found, nuke.toNode("Group1.Read1") is not None and nuke.toNode("Group1.Read1").name() == inner.name()]


@fact("a Write that is connected to nothing has no error yet", False, question="write-error")
def _(_path: str) -> object:
    return bool(nuke.nodes.Write().hasError())


@fact("DeepRead has no colour space", None)
def _(_path: str) -> object:
    return nuke.createNode("DeepRead", inpanel=False).knob("colorspace")


@fact("colour spaces start with their default", True)
def _(_path: str) -> object:
    return str(read()["colorspace"].value()).startswith("default (")


@fact("a user knob is kept with its value", "some text")
def _(_path: str) -> object:
    node = read()
    node.addKnob(nuke.Tab_Knob("ramses_contract", "Contract"))
    knob = nuke.String_Knob("ramses_contract_text", "text")
    knob.setFlag(nuke.READ_ONLY)
    node.addKnob(knob)
    node["ramses_contract_text"].setValue("some text")
    node.setTab(0)
    return node["ramses_contract_text"].value()


@fact("a format is added by name and set by name", [1234, 567, "Ramses_contract"])
def _(_path: str) -> object:
    node = read()
    nuke.addFormat("1234 567 1 Ramses_contract")
    node["format"].setValue("Ramses_contract")
    form = node["format"].value()
    return [form.width(), form.height(), form.name()]


@fact("an unplaced tile has no colour", 0)
def _(_path: str) -> object:
    return int(read()["tile_color"].value())


@fact("the file's text comes back with ####", True, question="hashes")
def _(path: str) -> object:
    node = read()
    node["file"].fromUserText(path + " 1001-1010")
    return "####" in node["file"].value()


@fact("bad text in an enumeration", "TypeError", question="bad-item")
def _(_path: str) -> object:
    node = read()
    return raised(lambda: node["frame_mode"].setValue("no such mode"))


@fact("start_at with an underscore", "TypeError", question="start-at")
def _(_path: str) -> object:
    node = read()
    return raised(lambda: node["frame_mode"].setValue("start_at"))


@fact("a format that does not exist", "RuntimeError", question="bad-format")
def _(_path: str) -> object:
    node = read()
    return raised(lambda: node["format"].setValue("NoSuchFormat"))


@fact("a tile colour that does not fit", "OverflowError", question="tile-colour")
def _(_path: str) -> object:
    node = read()
    return raised(lambda: node["tile_color"].setValue(-1))


@fact("a deleted node", "ValueError", question="deleted-node")
def _(_path: str) -> object:
    node = read()
    nuke.delete(node)
    return raised(lambda: node.name())


@fact("metadata beyond black ends", None, question="black-ends")
def _(path: str) -> object:
    node = read()
    node["file"].fromUserText(path + " 1001-1010")
    node["before"].setValue("black")
    return node.metadata("input/frame", 5)


@fact("metadata of a frame that is not there", None, question="missing-frame")
def _(path: str) -> object:
    node = read()
    node["file"].fromUserText(path + " 1001-1020")
    return node.metadata("input/frame", 1015)


@fact("negative numbers in file names: minus and four digits", -5, question="negative-numbers")
def _(path: str) -> object:
    write_exr(path.replace("####", "-0005"))
    node = read()
    node["file"].fromUserText(path + " -5-0")
    found = node.metadata("input/frame", -5)
    return found if found is None else int(found)


@fact("menus in terminal mode", "RuntimeError", question="terminal-menu")
def _(_path: str) -> object:
    return "RuntimeError" if nuke.env["gui"] else raised(lambda: nuke.menu("Nuke"))


@fact("an unsaved script is called Root", ["Root", True])
def _(_path: str) -> object:
    return [nuke.root()["name"].value(), not os.path.isabs(nuke.root()["name"].value())]


@fact("scriptSaveAs names the script and leaves it unmodified", [True, False, True])
def _(path: str) -> object:
    read()
    target = script(path)
    nuke.scriptSaveAs(target, 1)
    same = os.path.normpath(nuke.root()["name"].value()) == os.path.normpath(target)
    return [same, bool(nuke.root().modified()), os.path.isfile(target)]


@fact("scriptSave writes under the script's own name", [True, False])
def _(path: str) -> object:
    nuke.scriptSaveAs(script(path), 1)
    read()
    return [bool(nuke.scriptSave()), bool(nuke.root().modified())]


@fact("an edit makes the script modified, setModified takes that back", [True, False])
def _(path: str) -> object:
    nuke.scriptSaveAs(script(path), 1)
    read()
    edited = bool(nuke.root().modified())
    nuke.root().setModified(False)
    return [edited, bool(nuke.root().modified())]


@fact("scriptSaveAs with overwrite 0 on a file that exists", "RuntimeError", question="save-over")
def _(path: str) -> object:
    nuke.scriptSaveAs(script(path), 1)
    return raised(lambda: nuke.scriptSaveAs(script(path), 0))


@fact("scriptSave of a copy keeps name and modified flag", [True, True], question="save-copy")
def _(path: str) -> object:
    nuke.scriptSaveAs(script(path), 1)
    read()
    nuke.scriptSave(script(path, "copy"))
    return [not nuke.root()["name"].value().endswith("copy." + ending()), bool(nuke.root().modified())]


@fact("scripts of this edition are saved under its own ending", True, question="endings")
def _(path: str) -> object:
    nuke.scriptSaveAs(script(path), 1)
    return os.path.isfile(script(path))


@fact("a script with the ending of another edition", "RuntimeError", question="nc-ending")
def _(path: str) -> object:
    if not nuke.env["nc"]:
        return "RuntimeError"  # only a Non-commercial Nuke can answer
    return raised(lambda: nuke.scriptSaveAs(os.path.join(os.path.dirname(path), "full.nk"), 1))


@fact("onScriptSave runs before the script is saved", ["called"])
def _(path: str) -> object:
    called: list[str] = []

    def note() -> None:
        called.append("called")

    nuke.addOnScriptSave(note)
    try:
        nuke.scriptSaveAs(script(path), 1)
    finally:
        nuke.removeOnScriptSave(note)
    nuke.scriptSave()
    return called


@fact("callbacks: the class before *, then in order; a duplicate moves to the end", ["b", "a", "any"])
def _(_path: str) -> object:
    called: list[str] = []
    nuke.addOnCreate(called.append, "any")
    nuke.addOnCreate(called.append, "a", nodeClass="Read")
    nuke.addOnCreate(called.append, "b", nodeClass="Read")
    nuke.addOnCreate(called.append, "a", nodeClass="Read")
    try:
        nuke.nodes.Read()
    finally:
        nuke.removeOnCreate(called.append, "any")
        for name in ("a", "b"):
            nuke.removeOnCreate(called.append, name, nodeClass="Read")
    return called


@fact("only what a user makes calls onUserCreate, before onCreate", ["user", "create", "create"])
def _(_path: str) -> object:
    called: list[str] = []
    nuke.addOnUserCreate(called.append, "user", nodeClass="Read")
    nuke.addOnCreate(called.append, "create", nodeClass="Read")
    try:
        nuke.createNode("Read", inpanel=False)
        nuke.nodes.Read()
    finally:
        nuke.removeOnUserCreate(called.append, "user", nodeClass="Read")
        nuke.removeOnCreate(called.append, "create", nodeClass="Read")
    return called


@fact("edits in onScriptLoad leave the script modified", False, question="load-modified")
def _(_path: str) -> object:
    return False  # a person must look: open a script whose Reads are out of date, close it again


@fact("a Write for EXR offers to keep the timecode, and does by default", [True, "default metadata"])
def _(_path: str) -> object:
    node = nuke.createNode("Write", inpanel=False)
    node["file_type"].setValue("exr")
    items = [str(item).split("\t")[0] for item in node["metadata"].values()]
    return ["no metadata" in items, node["metadata"].value()]


@fact("a Write of no type has no such knob", None, question="write-knobs")
def _(_path: str) -> object:
    return nuke.createNode("Write", inpanel=False).knob("metadata")


@fact("AddTimeCode says its start at the frame that is asked for", "10:00:01:00")
def _(path: str) -> object:
    clip = read()
    clip["file"].fromUserText(path + " 1001-1010")
    node = nuke.nodes.AddTimeCode()
    node.setInput(0, clip)
    node["startcode"].setValue("10:00:00:20")
    node["metafps"].setValue(False)
    node["fps"].setValue(24.0)
    node["useFrame"].setValue(True)
    node["frame"].setValue(1001)
    return node.metadata("input/timecode", 1005)


@fact("a backdrop takes no input", False, question="backdrop-input")
def _(_path: str) -> object:
    return bool(nuke.nodes.BackdropNode().setInput(0, read()))


@fact("what is edited while undo is disabled leaves no step", [True, False])
def _(_path: str) -> object:
    nuke.Undo.disable()
    try:
        off = bool(nuke.Undo.disabled())
    finally:
        nuke.Undo.enable()
    return [off, bool(nuke.Undo.disabled())]


@fact("a config of one's own is chosen as custom", True, question="ocio-configs")
def _(_path: str) -> object:
    return "custom" in [str(item).split("\t")[0] for item in nuke.root()["OCIO_config"].values()]


@fact("a panel's class is named as text and built without arguments", "made", question="panel-built", gui=True)
def _(_path: str) -> object:
    import nukescripts

    made: list[str] = []
    nuke._ramses_contract = lambda: made.append("made")
    nukescripts.panels.registerWidgetAsPanel("__import__('nuke')._ramses_contract", "Contract", "org.contract", True)
    return (made or ["only when it is shown"])[0]


@fact("drops ask the callback that was added last, until one says True", ["second", True], gui=True)
def _(_path: str) -> object:
    import nukescripts

    called: list[str] = []

    def first(_mime: str, _text: str) -> bool | None:
        called.append("first")
        return None

    def second(_mime: str, text: str) -> bool | None:
        if text != "a contract":
            return None
        called.append("second")
        return True

    nukescripts.addDropDataCallback(first)
    nukescripts.addDropDataCallback(second)
    answer = nukescripts.dropData("text/plain", "a contract")
    return [*called, answer]


@fact("a pane that is not there is None", None, gui=True)
def _(_path: str) -> object:
    return nuke.getPaneFor("org.ramses-plates.no-such-panel")


def knob_fact(kind: str, name: str, expected: tuple[str, object]) -> None:
    """Class and default of one knob; a default of None is printed and not compared."""

    @fact(f"{kind}.{name}", list(expected), question="knobs")
    def _(_path: str) -> object:
        node = nuke.root() if kind == "Root" else nuke.createNode(kind, inpanel=False)
        knob = node[name]
        value = knob.value()
        return [knob.Class(), None if expected[1] is None else value]


for _kind, _knobs in KNOBS.items():
    for _name, _expected in _knobs.items():
        knob_fact(_kind, _name, _expected)


def script(path: str, name: str = "contract") -> str:
    return os.path.join(os.path.dirname(path), f"{name}.{ending()}").replace(os.sep, "/")


def ending() -> str:
    for key, word in (("nc", "nknc"), ("ple", "nkple"), ("indie", "nkind")):
        try:
            if nuke.env[key]:
                return word
        except KeyError:
            continue
    return "nk"


def raised(call: Callable[[], object]) -> str:
    """The name of the error that a call raises, "" where it raises none."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - which class it is, is the question
        return type(error).__name__
    return ""


def main(folder: str) -> int:
    """Hold every fact against this Nuke; 1 where a sourced one differs."""
    path = os.path.join(folder, "contract.####.exr").replace(os.sep, "/")
    for frame in range(1001, 1011):
        if not os.path.exists(path.replace("####", str(frame))):
            write_exr(path.replace("####", str(frame)))
    answers, differs = [], 0
    asked = [one for one in FACTS if nuke.env["gui"] or not one[3]]
    for name, expected, question, _gui, check in asked:
        nuke.scriptClear()
        try:
            found = check(path)
        except Exception as error:  # noqa: BLE001 - an error is an answer too, the next fact is asked nevertheless
            found = f"{type(error).__name__}: {error}"
        same = found == expected
        word = "ok" if same else "DIFFERS"
        differs += not same and not question
        print(f"{word}{' (OPEN)' if question else ''}: {name}: {found!r}" + ("" if same else f" not {expected!r}"))
        answers.append({"fact": name, "open": question, "expected": expected, "found": repr(found), "ok": same})
    with open(os.path.join(folder, "nuke_contract.json"), "w", encoding="utf-8") as file:
        json.dump({"version": str(getattr(nuke, "NUKE_VERSION_STRING", "stand-in")), "facts": answers}, file, indent=1)
    print(f"{len(asked)} facts, {differs} differ, {len(FACTS) - len(asked)} need a Nuke with windows")
    return 1 if differs else 0


def write_exr(path: str) -> None:
    """A black picture of 4 x 2, uncompressed, as the OpenEXR file layout says."""
    from struct import pack

    def attribute(name: str, kind: str, value: bytes) -> bytes:
        return name.encode() + b"\0" + kind.encode() + b"\0" + pack("<i", len(value)) + value

    width, height = 4, 2
    channels = b"".join(name + b"\0" + pack("<iBBBBii", 1, 0, 0, 0, 0, 1, 1) for name in (b"B", b"G", b"R")) + b"\0"
    window = pack("<4i", 0, 0, width - 1, height - 1)
    head = b"\x76\x2f\x31\x01" + pack("<i", 2)
    head += attribute("channels", "chlist", channels) + attribute("compression", "compression", b"\0")
    head += attribute("dataWindow", "box2i", window) + attribute("displayWindow", "box2i", window)
    head += attribute("lineOrder", "lineOrder", b"\0") + attribute("pixelAspectRatio", "float", pack("<f", 1))
    head += attribute("screenWindowCenter", "v2f", pack("<2f", 0, 0)) + attribute(
        "screenWindowWidth", "float", pack("<f", 1)
    )
    head += b"\0"
    size = 3 * 2 * width
    at = len(head) + 8 * height
    offsets = b"".join(pack("<Q", at + line * (8 + size)) for line in range(height))
    lines = b"".join(pack("<ii", line, size) + bytes(size) for line in range(height))
    with open(path, "wb") as file:
        file.write(head + offsets + lines)


def empty_folder() -> str:
    """The folder that was named, else a new one: the script editor passes none."""
    named = [word for word in sys.argv[1:] if os.path.isdir(word)]
    return os.path.abspath(named[-1]) if named else tempfile.mkdtemp(prefix="nuke-contract-")


if __name__ == "__main__":
    _folder = empty_folder()
    _code = main(_folder)
    print(f"Please send {os.path.join(_folder, 'nuke_contract.json')}")
    if not nuke.env["gui"]:  # in the script editor this would end Nuke
        sys.exit(_code)
