# SPDX-License-Identifier: GPL-3.0-or-later
"""Callbacks: by class, then `*`, in order; filename filters in reverse; a duplicate moves to the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._state import STATE


def add(kind: str, call: Any, args: Any, kwargs: Any, node_class: str) -> None:
    """Register, as nuke.addOnCreate and its likes do."""
    if not callable(call):
        raise ValueError("call must be a callable")
    if not isinstance(kwargs, dict):
        raise ValueError("kwargs must be a dictionary")
    entry = (call, args if isinstance(args, tuple) else (args,), kwargs)
    known = STATE.callbacks.setdefault(kind, {}).setdefault(node_class, [])
    if entry in known:
        known.remove(entry)
    known.append(entry)


def remove(kind: str, call: Any, args: Any, kwargs: Any, node_class: str) -> None:
    """Forget; nothing where it is not known."""
    entry = (call, args if isinstance(args, tuple) else (args,), kwargs)
    known = STATE.callbacks.get(kind, {}).get(node_class, [])
    if entry in known:
        known.remove(entry)


def call(kind: str, node: Any) -> None:
    """Run all of a kind; what one raises goes up, as in Nuke: a callback of ours must not."""
    known = STATE.callbacks.get(kind, {})
    STATE.context.append(node)
    try:
        for entry in [*known.get(node.Class(), []), *known.get("*", [])]:
            entry[0](*entry[1], **entry[2])
    finally:
        STATE.context.pop()


def filtered(path: str) -> str:
    """A file name after all filters, the last registered first."""
    for entry in reversed(STATE.callbacks.get("FilenameFilter", {}).get("*", [])):
        path = entry[0](path, *entry[1], **entry[2]) or path
    return path


def pair(kind: str, default: str) -> tuple[Callable[..., None], Callable[..., None]]:
    """The two functions of one kind."""

    def adder(call: Any, args: Any = (), kwargs: Any = {}, nodeClass: str = default) -> None:  # noqa: B006
        add(kind, call, args, kwargs, nodeClass)

    def remover(call: Any, args: Any = (), kwargs: Any = {}, nodeClass: str = default) -> None:  # noqa: B006
        remove(kind, call, args, kwargs, nodeClass)

    return adder, remover


addOnUserCreate, removeOnUserCreate = pair("OnUserCreate", "*")
addOnCreate, removeOnCreate = pair("OnCreate", "*")
addOnScriptLoad, removeOnScriptLoad = pair("OnScriptLoad", "Root")
addOnScriptSave, removeOnScriptSave = pair("OnScriptSave", "Root")
addOnScriptClose, removeOnScriptClose = pair("OnScriptClose", "Root")
addFilenameFilter, removeFilenameFilter = pair("FilenameFilter", "*")
