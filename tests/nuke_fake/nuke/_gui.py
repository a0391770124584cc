# SPDX-License-Identifier: GPL-3.0-or-later
"""Menus, toolbars, panes and progress: what exists with a GUI only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ._state import ENV, STATE, check_thread


class MenuItem:
    """One command."""

    def __init__(self, name: str, command: str | Callable[[], Any]) -> None:
        self._name, self._command = name, command

    def name(self) -> str:
        return self._name


class Menu(MenuItem):
    """A menu or a toolbar; the same name is the same entry."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name, "")
        self._entries: dict[str, Any] = {}

    def addMenu(self, name: str, icon: str = "", tooltip: str = "", index: int = -1) -> Menu:  # noqa: ARG002
        _gui()
        found: Menu = self._entries.setdefault(name, Menu(name))
        return found

    def addCommand(
        self,
        name: str,
        command: str | Callable[[], Any] = "",
        shortcut: str = "",  # noqa: ARG002
        icon: str = "",  # noqa: ARG002
        tooltip: str = "",  # noqa: ARG002
        index: int = -1,  # noqa: ARG002
    ) -> MenuItem:
        _gui()
        self._entries[name] = MenuItem(name, command)
        return self._entries[name]

    def addSeparator(self) -> MenuItem:
        return MenuItem("", "")

    def findItem(self, name: str) -> Any:
        return self._entries.get(name)

    def removeItem(self, name: str) -> None:
        self._entries.pop(name, None)

    def items(self) -> list[Any]:
        return list(self._entries.values())


class ToolBar(Menu):
    """The nodes' toolbar."""


def menu(name: str) -> Menu | None:
    _gui()
    return STATE.menus.setdefault(name, Menu(name)) if name in ("Nuke", "Pane", "Nodes") else None


def toolbar(name: str, create: bool = True) -> ToolBar | None:
    _gui()
    if name not in STATE.menus and not create and name != "Nodes":
        return None
    found: ToolBar = STATE.menus.setdefault(name, ToolBar(name))
    return found


def _gui() -> None:
    check_thread()
    if not ENV["gui"]:
        raise RuntimeError("not in GUI mode")  # OPEN terminal-menu


class _Dock:
    """A pane of the window."""

    def __init__(self, name: str) -> None:
        self._name = name


def getPaneFor(panelName: str) -> _Dock | None:
    check_thread()
    return _Dock(panelName) if panelName in STATE.panes else None


class ProgressTask:
    """Progress with a cancel button that a test may press."""

    def __init__(self, name: str) -> None:
        self._name = name
        STATE.tasks.append(name)

    def isCancelled(self) -> bool:
        return STATE.cancelled

    def setProgress(self, progress: int) -> None:
        if type(progress) is not int:
            raise TypeError("setProgress takes an int")

    def setMessage(self, message: str) -> None:
        if not isinstance(message, str):
            raise TypeError("setMessage takes text")


def executeInMainThread(call: Callable[..., Any], args: Any = (), kwargs: Any = {}) -> None:  # noqa: B006
    """Queue a call. On the main thread itself the real one hangs; this one raises."""
    if threading.get_ident() == STATE.thread:
        raise RuntimeError("executeInMainThread hangs on the main thread")
    wrapped = args if isinstance(args, tuple) else (args,)
    STATE.waiting.append(lambda: call(*wrapped, **kwargs))


def executeInMainThreadWithResult(call: Callable[..., Any], args: Any = (), kwargs: Any = {}) -> Any:  # noqa: B006
    """Wait for the idle loop to make the call; None where it raised."""
    done, answer = threading.Event(), []

    def make(*given: Any, **named: Any) -> None:
        try:
            answer.append(call(*given, **named))
        finally:
            done.set()

    executeInMainThread(make, args, kwargs)
    done.wait()
    return answer[0] if answer else None


def show(n: Any, forceFloat: bool = False) -> None:  # noqa: ARG001
    check_thread()
    n._alive()
