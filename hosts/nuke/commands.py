# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the menu: the disk is read in a thread, the script is edited on the main thread."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from ...core.errors import Cancelled, PlatesError
from ...core.events import Cancel
from ...core.tree import find_project_root, parse_shot_folder
from .nuke_api import nuke
from .plate import Plate, newest_plates, read_plate
from .reads import create_reads, placed
from .standing import Seen, Standing, judge
from .updates import Updated, seen, show, update_read

Found = TypeVar("Found")


def load_newest() -> None:
    """Ask for project and shot (those of the saved script by default), then make a Read for every newest plate."""
    root, shot = script_shot(str(nuke().root()["name"].value()))
    if not root:
        chosen = str(nuke().getFilename("Ramses project folder") or "")
        if not chosen:
            return
        root = find_project_root(chosen) or ""
        if not root:
            _tell([f"{chosen}: there is no Ramses project in or above this folder."])
            return
    shot = str(nuke().getInput("Shot", shot) or "").strip()
    if shot:
        _in_background("Newest plates", lambda cancel: newest_plates(root, shot, cancel=cancel), _load)


def refresh() -> None:
    """Colour every Read by how it stands."""
    reads = seen()
    _in_background("Versions", lambda cancel: judge(reads, cancel), show)


def update_all() -> None:
    """Bring every older Read of ours to the newest version, and say what was kept."""
    reads = seen()
    _in_background("Newer versions", lambda cancel: _newer(reads, cancel), _update)


def script_shot(script: str) -> tuple[str, str]:
    """(project folder, shot) of a saved script's path; "" where it says none."""
    root = find_project_root(os.path.dirname(script)) if os.path.isabs(script) else None
    if root is None:
        return "", ""
    for part in os.path.relpath(script, root).replace(os.sep, "/").split("/")[:-1]:
        parsed = parse_shot_folder(part)
        if parsed is not None:
            return root, parsed[1]
    return root, ""


def _load(found: tuple[list[Plate], list[str]]) -> None:
    plates, problems = found
    lines = list(problems)
    if not plates and not problems:
        lines.append("Nothing is published for this shot.")
    pairs = []
    for plate in plates:
        try:
            pairs.append((plate, placed(plate, "shot-start")))
        except PlatesError as error:
            lines.append(str(error))
    for one in create_reads(pairs, "Load newest plates"):
        lines += [f"{one.node}: {note}" for note in one.notes]
    _tell(lines)


def _newer(reads: list[Seen], cancel: Cancel) -> tuple[list[Standing], list[tuple[str, Plate]], list[str]]:
    """How all stand, and each node that can be updated with the plate that it gets."""
    standings, plates, problems = judge(reads, cancel), [], []
    for standing in standings:
        cancel.check()
        if standing.state == "older" and standing.ours and standing.newest is not None:
            try:
                plates.append((standing.node, read_plate(standing.newest)))
            except PlatesError as error:
                problems.append(f"{standing.node}: {error}")
    return standings, plates, problems


def _update(found: tuple[list[Standing], list[tuple[str, Plate]], list[str]]) -> None:
    standings, plates, lines = found
    show(standings)
    for name, plate in plates:
        try:
            lines += _told(update_read(name, plate))
        except PlatesError as error:
            lines.append(f"{name}: {error}")
    _tell(lines or ["Every Read of ours shows its newest version."])


def _told(done: Updated) -> list[str]:
    kept = f", kept {', '.join(done.kept)}" if done.kept else ""
    return [f"{done.node}: {done.was} became {done.now}{kept}." if done.now else f"{done.node}: nothing changed{kept}."]


def _in_background(title: str, look: Callable[[Cancel], Found], then: Callable[[Found], None]) -> None:
    """Run `look` in a thread with a cancel button, then `then` on the main thread. A terminal has no event loop."""
    if not nuke().env["gui"]:
        _guarded(lambda: then(look(Cancel())))
        return
    cancel, task, done = Cancel(), nuke().ProgressTask(f"Ramses: {title}"), threading.Event()

    def work() -> None:
        answer: list[Found] = []
        problem = _caught(lambda: answer.append(look(cancel)))
        done.set()
        nuke().executeInMainThread(_finish, (problem, then, answer))

    def watch(task: Any) -> None:
        while not done.wait(0.1):
            if task.isCancelled():
                cancel.set()

    threading.Thread(target=work, daemon=True).start()
    threading.Thread(target=watch, args=(task,), daemon=True).start()


def _finish(problem: str | None, then: Callable[[Any], None], answer: list[Any]) -> None:
    if problem is not None:
        _tell([problem] if problem else [])
    else:
        _guarded(lambda: then(answer[0]))


def _guarded(call: Callable[[], None]) -> None:
    problem = _caught(call)
    if problem:
        _tell([problem])


def _caught(call: Callable[[], None]) -> str | None:
    """What went wrong in words, "" where the person cancelled, None where all went well."""
    try:
        call()
    except Cancelled:
        return ""
    except PlatesError as error:
        return f"{error} {error.advice}".strip()
    except Exception as error:  # noqa: BLE001 - the border to Nuke: a fault of ours is told and logged, never a crash
        nuke().tprint(traceback.format_exc())
        return f"Ramses Plates met a fault of its own ({type(error).__name__}); the script editor has the details."
    return None


def _tell(lines: list[str]) -> None:
    if lines:
        (nuke().message if nuke().env["gui"] else nuke().tprint)("\n".join(lines))
