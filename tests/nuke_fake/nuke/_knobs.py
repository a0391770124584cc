# SPDX-License-Identifier: GPL-3.0-or-later
"""Knobs: each class takes the type of value that it takes in Nuke and refuses all others."""

from __future__ import annotations

from typing import Any

from . import _disk
from ._state import STATE, changed, check_thread

INVISIBLE, READ_ONLY, DO_NOT_WRITE = 1024, 268435456, 512


class Format:
    """A picture format; `name()` is "" for one that Nuke made up for a file."""

    def __init__(self, width: int, height: int, pixelAspect: float = 1.0, name: str = "") -> None:
        self._facts = (width, height, float(pixelAspect), name)

    def width(self) -> int:
        return int(self._facts[0])

    def height(self) -> int:
        return int(self._facts[1])

    def pixelAspect(self) -> float:
        return float(self._facts[2])

    def name(self) -> str:
        return str(self._facts[3])


class Knob:
    """The common part. `_number` is the type code of `addUserKnob`."""

    _takes: tuple[type, ...] = (str,)
    _number = 0
    _default: Any = ""

    def __init__(self, name: str, label: str = "") -> None:
        self._name, self._label, self._flags, self._node = name, label, 0, None
        self._value: Any = self._default
        self._home: Any = self._default

    def name(self) -> str:
        return self._name

    def label(self) -> str:
        return self._label

    def Class(self) -> str:
        return type(self).__name__

    def setFlag(self, flag: int) -> None:
        self._flags |= flag

    def getFlag(self, flag: int) -> bool:
        return bool(self._flags & flag)

    def value(self) -> Any:
        check_thread()
        return self._value

    def getValue(self) -> Any:
        return self._value

    def setValue(self, val: Any, chan: int = 0) -> bool:  # noqa: ARG002
        return self._set(val)

    def _set(self, val: Any) -> bool:
        check_thread()
        if not isinstance(val, self._takes) or (isinstance(val, bool) and bool not in self._takes):
            raise TypeError(f"{self._name}: {type(val).__name__} is no value for {self.Class()}")
        self._write(self._read(val))
        return True

    def toScript(self) -> str:
        return str(self._value)

    def _read(self, val: Any) -> Any:
        return val

    def _write(self, value: Any) -> None:
        old = self._value

        def back() -> None:
            self._value = old

        changed(back)
        self._value = value


class String_Knob(Knob):
    _number = 1

    def setValue(self, val: Any, view: Any = None) -> None:  # type: ignore[override] # noqa: ARG002
        self._set(val)


class Multiline_Eval_String_Knob(String_Knob):
    _number = 26


class EvalString_Knob(String_Knob):
    _number = 1


class Tab_Knob(Knob):
    _number = 20


class Array_Knob(Knob):
    _takes, _number, _default = (int, float), 12, 0

    def defaultValue(self) -> Any:
        return self._home


class Int_Knob(Array_Knob):
    _takes, _number, _default = (int, float), 3, 0

    def setValue(self, val: Any) -> bool:  # type: ignore[override]
        return self._set(val)

    def _read(self, val: Any) -> Any:
        return int(val)


class Double_Knob(Array_Knob):
    _takes, _number, _default = (int, float), 7, 0.0


class ColorChip_Knob(Knob):
    """An unsigned 32-bit number, 0xRRGGBBAA."""

    _takes, _default = (int,), 0

    def setValue(self, val: Any) -> bool:  # type: ignore[override]
        return self._set(val)

    def _read(self, val: Any) -> Any:
        if not 0 <= val <= 0xFFFFFFFF:
            raise OverflowError(val)  # OPEN tile-colour
        return val

    def toScript(self) -> str:
        return hex(self._value)


class Boolean_Knob(Array_Knob):
    _takes, _number, _default = (bool, int, float), 6, False

    def setValue(self, b: Any) -> bool:  # type: ignore[override]
        return self._set(b)

    def _read(self, val: Any) -> Any:
        return bool(val)

    def toScript(self) -> str:
        return "true" if self._value else "false"


class Script_Knob(String_Knob):
    _number = 22

    def setValue(self, cmd: Any) -> None:  # type: ignore[override]
        self._set(cmd)


class Enumeration_Knob(Knob):
    """Items may read `name<TAB>menu path`; the value is the name."""

    _takes = (str, int)

    def __init__(self, name: str, label: str, items: list[str]) -> None:
        super().__init__(name, label)
        self._items = list(items)
        self._value = self._home = items[0].split("\t")[0]

    def values(self) -> list[str]:
        return list(self._items)

    def _read(self, val: Any) -> Any:
        names = [item.split("\t")[0] for item in self._items]
        if isinstance(val, int):
            return names[val]
        if val in names:
            return val
        if val.isdigit() and int(val) < len(names):
            return names[int(val)]
        raise TypeError(f"{self._name} has no item {val!r}")  # OPEN bad-item


class Format_Knob(Knob):
    _takes = (str, Format)
    _default = Format(2048, 1556, 1.0, "2K_Super_35(full-ap)")

    def _read(self, val: Any) -> Any:
        if isinstance(val, Format):
            return val
        if val not in STATE.formats:
            raise RuntimeError(f"no such format: {val}")  # OPEN bad-format
        return STATE.formats[val]

    def name(self) -> str:
        return super().name()

    def toScript(self) -> str:
        form: Format = self._value
        return f"{form.width()} {form.height()} 0 0 {form.width()} {form.height()} {form.pixelAspect():g} {form.name()}"


class File_Knob(EvalString_Knob):
    """`setValue` stores a text; only `fromUserText` looks at the clip, and stretches an unlocked project."""

    _number = 2

    def _read(self, val: Any) -> Any:
        if "\\" in val:
            raise ValueError(f"a backslash is a Tcl escape: {val}")
        return _disk.printf_name(val) if STATE.printf else val

    def fromUserText(self, s: str) -> None:
        check_thread()
        if not isinstance(s, str):
            raise TypeError("fromUserText takes text")
        path, first, last = _disk.ranged(s)
        self.setValue(path)
        node: Any = self._node
        if node is None or "first" not in node.knobs():
            return
        for name, number in (("first", first), ("last", last), ("origfirst", first), ("origlast", last)):
            node[name].setValue(number)
        node["origset"].setValue(True)
        size = _disk.exr_size(_disk.frame_file(path, first))
        if size is not None and "format" in node.knobs():
            node["format"].setValue(Format(*size))
        root = STATE.root
        if not root["lock_range"].value():
            root["first_frame"].setValue(min(first, root["first_frame"].value()))
            root["last_frame"].setValue(max(last, root["last_frame"].value()))
