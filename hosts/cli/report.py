# SPDX-License-Identifier: GPL-3.0-or-later
"""The verb `report`: the page of a whole project, made from what stands on its disk."""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from ...core.cache import ProbeCache
from ...core.editorial.read import read_edit
from ...core.errors import SettingsError
from ...core.events import Cancel
from ...core.project_facts import load_facts
from ...core.report import write_project_report
from ...core.report.delta import last_reported
from ...core.report.project_edit import project_edit
from ...core.report.project_report import Selection, project_report
from ...core.report.rows import count_text, counted, size_text
from ...core.run import operator_name
from ...core.timecode import rate_of
from ...core.tree import find_project_id
from .options import add_output, add_root, handles, project_root
from .options import rate as rate_type
from .output import OK, Progress, printable, say, schema, write_json

_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of `report`."""
    del verb
    add_root(parser)
    parser.add_argument("--project", metavar="ID", help="the project's short name (default: known from its folder)")
    parser.add_argument("--since", metavar="LAST|DATE", help="only what no report has shown, or what is newer")
    parser.add_argument("--shots", metavar="A,B", help="only these shots")
    parser.add_argument("--edl", metavar="FILE", help="an edit: the page shows what it orders beside what there is")
    parser.add_argument("--edl-rate", type=rate_type, metavar="R", help="the edit's rate (default: the project's)")
    parser.add_argument("--handles", type=handles, default=(0, 0), metavar="HEAD+TAIL", help="handles ordered: 8+8")
    parser.add_argument("--client", action="store_true", help="leave out every path, person and machine")
    parser.add_argument("--out", metavar="FILE", help="the page (default: in the project's _ingest_reports)")
    parser.add_argument("--csv", metavar="FILE", help="write a table for spreadsheets too")
    add_output(parser)


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Look at the project, write the page, tell where it is."""
    root = project_root(arguments.root)
    select = _selection(root, arguments.since, arguments.shots)
    progress = Progress(arguments.events)
    project = arguments.project or find_project_id(root) or os.path.basename(root)
    with ProbeCache() as cache:
        report = project_report(
            root,
            project,
            time.time(),
            select,
            operator=operator_name(),
            cache=cache,
            listen=progress,
            cancel=cancel,
        )
    if arguments.edl:
        edit = read_edit(arguments.edl, arguments.edl_rate or _project_rate(root))
        compared = project_edit(root, edit, arguments.handles, listen=progress, cancel=cancel)
        report = replace(report, edit=compared)
    progress.finish()
    out, table = (None if path is None else os.path.abspath(path) for path in (arguments.out, arguments.csv))
    written = write_project_report(root, report, client=arguments.client, out=out, table=table)
    levels = counted(report.rows)
    if arguments.json:
        places = {"report": written.page, "document": written.document, "csv": written.table}
        counts = {"versions": len(report.rows), "bytes": report.bytes, "levels": levels}
        lacking = None if report.edit is None else report.edit.lacking
        write_json({"schema": schema("report"), "project": project, **places, **counts, "edit_lacking": lacking})
        return OK
    say(f"{count_text(len(report.rows), 'version')}, {size_text(report.bytes)}.")
    if levels["refused"]:
        say(f"{count_text(levels['refused'], 'version')} damaged: the page says what is wrong.")
    if report.edit is not None:
        say(f"{report.edit.lacking} of {count_text(len(report.edit.lines), 'event')} of the edit lack something.")
    say(f"Report: {printable(written.page)}")
    if written.table:
        say(f"Table: {printable(written.table)}")
    return OK


def _project_rate(root: str) -> Fraction | None:
    """What Ramses said the last time: an EDL does not hold its rate."""
    facts = load_facts(root)
    return rate_of(facts.rate) if facts is not None and facts.rate > 0 else None


def _selection(root: str, since: str | None, shots: str | None) -> Selection:
    """What the options ask for. Raises SettingsError for a date that is none."""
    wanted = tuple(shot.strip() for shot in (shots or "").split(",") if shot.strip())
    scope = [f"shots {', '.join(wanted)}"] if wanted else []
    known: frozenset[str] = frozenset()
    moment: float | None = None
    if since is not None and since.upper() == "LAST":
        known = last_reported(root) or frozenset()
        scope.append("new since the last report" if known else "everything: there is no earlier report")
    elif since is not None:
        moment = _moment(since)
        scope.append(f"since {since}")
    return Selection(wanted, known, moment, ", ".join(scope))


def _moment(text: str) -> float:
    for form in _FORMATS:
        try:
            return datetime.strptime(text.strip(), form).timestamp()
        except (ValueError, OverflowError, OSError):
            continue
    raise SettingsError(f'"{text}" is no date.', None, "Write LAST, 2026-01-31 or 2026-01-31T18:30.")
