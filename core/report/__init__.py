# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports: a self-contained page and JSON per run or project, and a line per clip in the ledger."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .. import fsops
from ..errors import WriteFailed
from ..longpath import native
from ..run import RunResult
from ..tree import REPORTS
from . import audit, ledger
from .client import client_edition
from .delta import MANIFEST_PREFIX, last_reported, remembered
from .page import page
from .rows import Report
from .run_report import run_report
from .table import csv_table

__all__ = ["Written", "write_project_report", "write_reports"]


@dataclass(frozen=True)
class Written:
    """Where a report went: absolute paths; `table` None where no CSV was asked for."""

    page: str
    document: str
    table: str | None = None


def write_reports(result: RunResult) -> str:
    """Write page, document and ledger lines; the page's path, relative to the project folder with `/` separators.

    Raises WriteFailed or DiskFull: the published versions are not touched by that.
    """
    root = result.plan.options.root
    folder = os.path.join(root, REPORTS)
    fsops.make_folders(folder, [])
    report = run_report(result)
    stamp = f"{report.project}_{int(result.started)}_{result.run[-6:]}"
    name = f"Ingest_Report_{stamp}.html"
    fsops.write_file(os.path.join(folder, name), _encoded(page(report)), replace=True)
    fsops.write_file(os.path.join(folder, f"Ingest_Audit_{stamp}.json"), _json(audit.audit(report)), replace=True)
    ledger.append(result)
    return f"{REPORTS}/{name}"


def write_project_report(
    root: str, report: Report, *, client: bool = False, out: str | None = None, table: str | None = None
) -> Written:
    """Write a project's page and its document; `out` and `table` name files elsewhere, which are replaced.

    The document always lies in the project's reports folder, because the next delta reads there what was reported.
    Raises WriteFailed, DiskFull.
    """
    folder = os.path.join(root, REPORTS)
    fsops.make_folders(folder, [])
    reported = remembered(last_reported(root), (row.identity for row in report.rows))
    shown = client_edition(report) if client else report
    stamp = _free_stamp(folder, report)
    where = out or os.path.join(folder, f"{'Client_' if client else 'Project_'}Ingest_Report_{stamp}.html")
    document = os.path.join(folder, f"{MANIFEST_PREFIX}{stamp}.json")
    # The page first: a list of what was reported must not exist for a page that does not.
    fsops.write_file(where, _encoded(page(shown)), replace=True)
    if table is not None:
        fsops.write_file(table, [csv_table(shown).encode("utf-8")], replace=True)
    fsops.write_file(document, _json(audit.audit(shown, reported)), replace=True)
    return Written(where, document, table)


def _free_stamp(folder: str, report: Report) -> str:
    """`PROJ_20260131-120000`, with a number behind it where two reports are made in one second."""
    base = f"{report.project}_{time.strftime('%Y%m%d-%H%M%S', time.localtime(report.when))}"
    for number in range(1000):
        stamp = f"{base}_{number:03d}" if number else base  # "_" sorts behind the "." of the first one
        if not os.path.lexists(native(os.path.join(folder, f"{MANIFEST_PREFIX}{stamp}.json"))):
            return stamp
    raise WriteFailed("too many reports are made at once.", folder, "Try again in a second.")


def _encoded(pieces: Iterable[str]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece.encode("utf-8", "backslashreplace")


def _json(document: object) -> list[bytes]:
    return [(json.dumps(document, indent=2) + "\n").encode("ascii")]
