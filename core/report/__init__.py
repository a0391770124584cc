# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports: one self-contained page and one JSON document per run, and a line per clip in the project's ledger."""

from __future__ import annotations

import json
import os

from .. import fsops
from ..run import RunResult
from ..tree import REPORTS
from . import audit, ledger, page


def write_reports(result: RunResult) -> str:
    """Write page, document and ledger lines; the page's path, relative to the project folder with `/` separators.

    Raises WriteFailed or DiskFull: the published versions are not touched by that.
    """
    root = result.plan.options.root
    folder = os.path.join(root, REPORTS)
    fsops.make_folders(folder, [])
    stamp = f"{result.plan.options.view.project}_{int(result.started)}_{result.run[-6:]}"
    name = f"Ingest_Report_{stamp}.html"
    # surrogates of undecodable names are spelled out, so that the text is valid for every reader
    fsops.write_file(os.path.join(folder, name), [page.page(result).encode("utf-8", "backslashreplace")])
    text = json.dumps(audit.audit(result), indent=2)
    fsops.write_file(os.path.join(folder, f"Ingest_Audit_{stamp}.json"), [text.encode("ascii")])
    ledger.append(result)
    return f"{REPORTS}/{name}"
