# SPDX-License-Identifier: GPL-3.0-or-later
"""What we believe of Nuke, as facts that anybody can hold against a real one.

    Nuke16.0 --nc -t tests/nuke_contract.py AN_EMPTY_FOLDER

Prints `ok` or `DIFFERS` per fact with what was found, writes nuke_contract.json into the folder to send back, and
exits 1 where a fact differs. Facts that no source backs are OPEN: what they find is printed and never fails. At most
ten nodes are made between two clearings of the script, so a Non-commercial Nuke will do.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import nuke

FACTS: list[tuple[str, object, bool, Callable[[str], object]]] = []


def fact(name: str, expected: object, open_question: bool = False) -> Callable[[Callable[[str], object]], None]:
    """Register a fact: its check is given a path with `####` whose frames 1001-1010 exist, and returns what is so."""

    def register(check: Callable[[str], object]) -> None:
        FACTS.append((name, expected, open_question, check))

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


@fact("the file's text comes back with ####", True, open_question=True)
def _(path: str) -> object:
    node = read()
    node["file"].fromUserText(path + " 1001-1010")
    return "####" in node["file"].value()


@fact("bad text in an enumeration", "TypeError", open_question=True)
def _(_path: str) -> object:
    node = read()
    return raised(lambda: node["frame_mode"].setValue("no such mode"))


@fact("start_at with an underscore", "TypeError", open_question=True)
def _(_path: str) -> object:
    node = read()
    return raised(lambda: node["frame_mode"].setValue("start_at"))


@fact("a format that does not exist", "RuntimeError", open_question=True)
def _(_path: str) -> object:
    node = read()
    return raised(lambda: node["format"].setValue("NoSuchFormat"))


@fact("a tile colour that does not fit", "OverflowError", open_question=True)
def _(_path: str) -> object:
    node = read()
    return raised(lambda: node["tile_color"].setValue(-1))


@fact("a deleted node", "ValueError", open_question=True)
def _(_path: str) -> object:
    node = read()
    nuke.delete(node)
    return raised(lambda: node.name())


@fact("metadata beyond black ends", None, open_question=True)
def _(path: str) -> object:
    node = read()
    node["file"].fromUserText(path + " 1001-1010")
    node["before"].setValue("black")
    return node.metadata("input/frame", 5)


@fact("metadata of a frame that is not there", None, open_question=True)
def _(path: str) -> object:
    node = read()
    node["file"].fromUserText(path + " 1001-1020")
    return node.metadata("input/frame", 1015)


@fact("negative numbers in file names: minus and four digits", -5, open_question=True)
def _(path: str) -> object:
    write_exr(path.replace("####", "-0005"))
    node = read()
    node["file"].fromUserText(path + " -5-0")
    found = node.metadata("input/frame", -5)
    return found if found is None else int(found)


@fact("menus in terminal mode", "RuntimeError", open_question=True)
def _(_path: str) -> object:
    return "" if nuke.env["gui"] else raised(lambda: nuke.menu("Nuke"))


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
    for name, expected, open_question, check in FACTS:
        nuke.scriptClear()
        try:
            found = check(path)
        except Exception as error:  # noqa: BLE001 - an error is an answer too, the next fact is asked nevertheless
            found = f"{type(error).__name__}: {error}"
        same = found == expected
        word = "ok" if same else "DIFFERS"
        differs += not same and not open_question
        print(f"{word}{' (OPEN)' if open_question else ''}: {name}: {found!r}" + ("" if same else f" not {expected!r}"))
        answers.append({"fact": name, "open": open_question, "expected": expected, "found": repr(found), "ok": same})
    with open(os.path.join(folder, "nuke_contract.json"), "w", encoding="utf-8") as file:
        json.dump({"version": str(getattr(nuke, "NUKE_VERSION_STRING", "stand-in")), "facts": answers}, file, indent=1)
    print(f"{len(FACTS)} facts, {differs} differ")
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


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
