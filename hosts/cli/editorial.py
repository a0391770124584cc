# SPDX-License-Identifier: GPL-3.0-or-later
"""The verb `editorial`: what an edit says, and whether a delivery or a project has what it orders."""

from __future__ import annotations

import argparse
import os

from ...core.cache import ProbeCache
from ...core.delivery import survey
from ...core.editorial.model import Edit
from ...core.editorial.read import read_edit
from ...core.errors import PlatesError
from ...core.events import Cancel
from ...core.footage import Footage
from ...core.match import parse_criteria
from ...core.order import compare
from ...core.order_report import table as order_table
from ...core.published_footage import project_footage
from ...core.report.order_page import order_page
from ...core.tree import find_project_root
from .options import add_jobs, add_output, handles
from .options import rate as rate_type
from .output import OK, REFUSED, Progress, printable, say, schema, table, write_json


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of `editorial`."""
    del verb
    parser.add_argument("file", metavar="FILE", help="an EDL, OTIO, AAF, FCP XML, FCPXML or ALE file")
    parser.add_argument("--rate", type=rate_type, metavar="R", help="the edit's rate; an EDL does not hold it")
    parser.add_argument("--against", metavar="FOLDER", help="a delivery or a project folder to compare with")
    parser.add_argument("--match", metavar="CRITERIA", default="reel,timecode,name", help="what must fit")
    parser.add_argument("--handles", type=handles, default=(0, 0), metavar="HEAD+TAIL", help="handles ordered: 8+8")
    parser.add_argument("--html", metavar="FILE", help="write the comparison as a page")
    add_jobs(parser)
    add_output(parser)


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Read, and compare where asked to; 1 where the edit's orders are not met."""
    edit = read_edit(arguments.file, arguments.rate)
    document = {"schema": schema("editorial"), **edit.document()}
    if arguments.against is None:
        if arguments.json:
            write_json(document)
        else:
            _show(edit)
        return OK
    footage = _footage(arguments, cancel)
    order = compare(edit, footage, criteria=parse_criteria(arguments.match), handles=arguments.handles)
    if arguments.html:
        _write_page(arguments.html, order_page(order))
    if arguments.json:
        write_json({**document, "against": arguments.against, "order": order.document()})
    else:
        say(order_table(order))
    return OK if order.complete else REFUSED


def _footage(arguments: argparse.Namespace, cancel: Cancel) -> list[Footage]:
    folder = os.path.abspath(arguments.against)
    progress = Progress(arguments.events)
    if find_project_root(folder) == folder:
        found = project_footage(folder, listen=progress, cancel=cancel)
    else:
        delivery = survey(
            [folder], every_frame=False, jobs=arguments.jobs, cache=ProbeCache(), listen=progress, cancel=cancel
        )
        found = [Footage.of_clip(item.clip, item.media) for item in delivery.items if item.media.error is None]
    progress.finish()
    return found


def _show(edit: Edit) -> None:
    say(printable(f"{edit.title or 'An edit'}: {len(edit.events)} events at {edit.rate} ({edit.rate_source})"))
    keys = ("number", "reel", "clip_name", "shot", "source_in", "source_out", "record_in", "frames", "speed")
    rows = [
        ["-" if entry[key] is None else str(entry[key]) for key in keys]
        for entry in (event.document() for event in edit.events)
    ]
    if rows:
        say(table(rows, keys))
    for note in edit.notes:
        say(printable(f"Note: {note}"))
    for problem in edit.refused_lines:
        say(printable(f"Line {problem.line} was left out: {problem.reason} ({problem.text})"))


def _write_page(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise PlatesError(f"cannot be written: {error.strerror}.", path) from error
