# SPDX-License-Identifier: GPL-3.0-or-later
"""What to look at before a publish: what the script says is taken first, then the disk is asked, then both meet."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...core.events import Cancel
from ...core.longpath import native
from ...core.shot_setup import ShotSetup, main_plate, shot_setup
from ...core.work_context import WorkContext
from ..qt.host import Check, Severity
from .node_record import plain_path
from .nuke_api import READS, SEALED, nuke, script_path, sealed
from .render_setup import MARK, render_file, render_folder
from .shot_setup import rows
from .standing import Seen, Standing, judge
from .updates import seen
from .work_save import is_work_file

_MOST = 20  # of one kind: a list that nobody reads helps nobody


@dataclass(frozen=True)
class Written:
    """A Write that is switched on. `renders` is the scene that we made it for, "" for one of the artist's own."""

    node: str
    path: str
    error: bool
    renders: str


@dataclass(frozen=True)
class Script:
    """What the script says, taken on the main thread. `files` are (node, path) of every other file that it names."""

    path: str
    modified: bool
    reads: tuple[Seen, ...]
    writes: tuple[Written, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Looked:
    """What the disk says about it. `rendered` are the first and last frame that wait to be published."""

    wanted: ShotSetup
    standings: tuple[Standing, ...]
    gone: frozenset[str]
    rendered: tuple[int, int] | None = None


def script() -> Script:
    """Take down what the script says. On the main thread."""
    writes, files = [], []
    for node in nuke().allNodes(recurseGroups=True):
        kind, knob = node.Class(), node.knob("file")
        if knob is None or kind in READS or kind in SEALED or sealed(node.fullName()):
            continue
        path = str(knob.value() or "")
        if kind == "Write":
            if not node["disable"].value():
                mark = node.knob(MARK)
                # one that is connected to nothing is not wrong, it is not used yet
                error = node.input(0) is not None and bool(node.hasError())
                writes.append(Written(node.fullName(), path, error, "" if mark is None else str(mark.value())))
        elif path and "Write" not in kind:  # what other nodes write need not be there
            files.append((node.fullName(), path))
    root = nuke().root()
    return Script(script_path(), bool(root.modified()), tuple(seen()), tuple(writes), tuple(files))


def look(found: Script, context: WorkContext, cancel: Cancel) -> Looked:
    """Ask the disk; never touches Nuke. Raises Cancelled, NameRefused."""
    wanted = shot_setup(context, plate=main_plate(context, cancel))
    standings = tuple(judge(found.reads, cancel))
    known = {standing.node for standing in standings}
    gone = set()
    for node, path in _plain([*((one.node, one.path) for one in found.reads if one.node not in known), *found.files]):
        cancel.check()
        # of a numbered sequence only the folder is asked for: its frames may have gaps
        if not os.path.exists(native(os.path.dirname(path) if _numbered(path) else path)):
            gone.add(node)
    return Looked(wanted, standings, frozenset(gone), _rendered(context))


def checks(found: Script, looked: Looked, context: WorkContext) -> list[Check]:
    """All findings, the worst first. On the main thread."""
    answers = [
        *_saved(found, context),
        *_plates(looked.standings),
        *_missing(found, looked),
        *_writes(found.writes, context),
        *_render(looked),
        *_set_up(looked.wanted),
        *_outside(found, context),
    ]
    order = ("error", "warning", "info")
    return sorted(answers, key=lambda check: order.index(check.severity))


def _saved(found: Script, context: WorkContext) -> Iterator[Check]:
    if not found.path:
        yield Check("unsaved", "The script was never saved.", "error", "Save")
    elif not is_work_file(found.path, context):
        text = f"This script is {found.path}, not the work file of {context.label}."
        yield Check("elsewhere", text, "error", "Save as the work file")
    elif found.modified:
        yield Check("unsaved", "There are changes that are not saved: publishing saves them.", "info", "Save")


def _plates(standings: Iterable[Standing]) -> Iterator[Check]:
    for one in standings:
        if one.state == "older":
            yield Check("outdated", f"{one.node}: {one.reason}", "warning", "Update", one.node)
        elif one.state == "missing":
            fix = "Update" if one.newest is not None else ""
            # a leftover of somebody's own keeps nobody from publishing
            yield Check("missing", f"{one.node}: {one.reason}", "error" if one.ours else "warning", fix, one.node)
        elif one.state == "unknown":
            yield Check("unknown", f"{one.node}: {one.reason}", "warning", "", one.node)


def _missing(found: Script, looked: Looked) -> Iterator[Check]:
    paths = dict([*((one.node, one.path) for one in found.reads), *found.files])
    lines = [(node, f"{node}: {paths[node]} is not there.") for node in sorted(looked.gone)]
    yield from _few("missing", lines, "warning")


def _writes(writes: Iterable[Written], context: WorkContext) -> Iterator[Check]:
    wanted = render_file(context)
    for write in writes:
        if write.error:
            text = f"{write.node} has an error: Nuke says which in its panel."
            yield Check("write-error", text, "error" if write.renders == context.stem else "warning", "", write.node)
        if write.renders == context.stem and plain_path(write.path) != wanted:
            text = f"{write.node} renders to {write.path or 'nowhere'}, Publish looks for {wanted}."
            yield Check("render-path", text, "warning", "Set up render", write.node)


def _rendered(context: WorkContext) -> tuple[int, int] | None:
    form = re.compile(rf"{re.escape(context.stem)}\.(-?\d+)\.exr\Z", re.IGNORECASE)
    try:
        names = os.listdir(native(render_folder(context)))
    except OSError:
        return None
    frames = [int(match[1]) for name in names if (match := form.match(name))]
    return (min(frames), max(frames)) if frames else None


def _render(looked: Looked) -> Iterator[Check]:
    wanted = (looked.wanted.first, looked.wanted.last)
    if looked.rendered is not None and None not in wanted and looked.rendered != wanted:
        first, last = looked.rendered
        yield Check("render-range", f"The render has frames {first}-{last}, the shot {wanted[0]}-{wanted[1]}.", "info")


def _set_up(wanted: ShotSetup) -> Iterator[Check]:
    for row in rows(wanted):
        if row.differs:
            text = f"{row.label} is {row.now}, {row.source or 'Ramses'} says {row.wanted}."
            yield Check(row.code, text, "warning", "Set up", row.label)


def _outside(found: Script, context: WorkContext) -> Iterator[Check]:
    named = [
        *((one.node, one.path) for one in found.reads),
        *((one.node, one.path) for one in found.writes if one.path),
        *found.files,
    ]
    plain = list(_plain(named))
    told = [(node, path) for node, path in plain if not _inside(path, context.root)]
    lines = [(node, f"{node}: {path} lies outside the project, others may not have it.") for node, path in told]
    yield from _few("outside", lines, "warning")
    odd = [node for node, path in named if path and (node, path) not in plain]
    lines = [(node, f"{node}: its path is relative or an expression, and was not looked at.") for node in odd]
    yield from _few("expression", lines, "info")


def _few(code: str, lines: list[tuple[str, str]], severity: Severity) -> Iterator[Check]:
    for node, text in lines[:_MOST]:
        yield Check(code, text, severity, "", node)
    if len(lines) > _MOST:
        yield Check(code, f"The same is true of {len(lines) - _MOST} more nodes.", severity)


def _plain(named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Those whose path is a path: absolute, and nothing that Nuke would have to work out."""
    for node, path in named:
        if path and os.path.isabs(path) and "[" not in path:
            yield node, path


def _numbered(path: str) -> bool:
    name = os.path.basename(path)
    return "#" in name or "%" in name


def _inside(path: str, root: str) -> bool:
    try:
        inside = os.path.commonpath([os.path.normcase(os.path.abspath(path)), os.path.normcase(root)])
    except ValueError:  # another drive
        return False
    return inside == os.path.normcase(os.path.normpath(root))
