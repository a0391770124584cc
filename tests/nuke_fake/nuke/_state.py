# SPDX-License-Identifier: GPL-3.0-or-later
"""The fake's one script: its thread, its undo steps, its formats, and what a test decides about the host."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Inverse = Callable[[], None]

# Non-commercial Nuke gives Python ten nodes per script.
NC_NODES = 10


@dataclass
class State:
    """Everything that `scriptClear` or a new process forgets."""

    thread: int = field(default_factory=threading.get_ident)
    root: Any = None
    group: list[Any] = field(default_factory=list)
    made: int = 0
    steps: list[tuple[str, list[Inverse]]] = field(default_factory=list)
    open_step: tuple[str, list[Inverse]] | None = None
    undoing: bool = False
    formats: dict[str, Any] = field(default_factory=dict)
    waiting: list[Callable[[], None]] = field(default_factory=list)
    colorspaces: list[str] = field(default_factory=lambda: ["default (linear)", "linear", "sRGB", "rec709"])
    working_spaces: list[str] = field(default_factory=lambda: ["linear", "ACES - ACEScg\tACES/ACES - ACEScg"])
    views: list[str] = field(default_factory=lambda: ["main"])
    movie_lengths: dict[str, int] = field(default_factory=dict)
    printf: bool = False
    told: list[str] | None = None
    answers: dict[str, str | None] = field(default_factory=dict)
    menus: dict[str, Any] = field(default_factory=dict)
    cancelled: bool = False
    modified: bool = False
    undo_off: int = 0
    context: list[Any] = field(default_factory=list)
    callbacks: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    panes: set[str] = field(default_factory=lambda: {"Properties.1", "DAG.1"})
    panels: dict[str, Any] = field(default_factory=dict)
    drops: list[Any] = field(default_factory=list)
    tasks: list[Any] = field(default_factory=list)


STATE = State()
ENV: dict[str, Any] = {
    "gui": True,
    "nc": False,
    "ple": False,
    "indie": False,
    "assist": False,
    "nukex": False,
    "studio": False,
    "hiero": False,
    "NukeVersionMajor": 16,
    "NukeVersionMinor": 0,
    "NukeVersionString": "16.0v8",
}


def check_thread() -> None:
    """Edits off the main thread may crash a real Nuke; here they always raise."""
    if threading.get_ident() != STATE.thread:
        raise RuntimeError("nuke was used outside its main thread")


def changed(inverse: Inverse) -> None:
    """Remember how to take one edit back. There is no undo queue in terminal mode."""
    check_thread()
    STATE.modified = True
    if STATE.undoing or STATE.undo_off or not ENV["gui"]:
        return
    if STATE.open_step is not None:
        STATE.open_step[1].append(inverse)
    else:
        STATE.steps.append(("", [inverse]))


def take_back(inverses: list[Inverse]) -> None:
    """Undo edits, the last one first."""
    STATE.undoing = True
    try:
        for inverse in reversed(inverses):
            inverse()
    finally:
        STATE.undoing = False
