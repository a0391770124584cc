# SPDX-License-Identifier: GPL-3.0-or-later
"""`_deliveries/ingest_history.log`: one line per clip, in the form that the Ramses tools of the field write."""

from __future__ import annotations

import os
import time

from .. import fsops
from ..run import ClipResult, RunResult

LEDGER = ("_deliveries", "ingest_history.log")
# Sizes only is "fast" to those tools; everything that reads the bytes is "full".
_LEVELS = {"size": "fast", "copy": "full", "full": "full"}


def append(result: RunResult) -> None:
    """Add the run's clips to the ledger of the project. Raises WriteFailed, DiskFull."""
    root = result.plan.options.root
    path = os.path.join(root, *LEDGER)
    fsops.make_folders(os.path.dirname(path), [])
    if result.clips:
        # one write for the whole run: two runs that end together cannot mix their lines
        fsops.append_line(path, "\n".join(line(result, clip) for clip in result.clips))


def line(result: RunResult, clip: ClipResult) -> str:
    """`time | operator | ingest | SHOT STEP vNNN [RES] | N frames | fast/full | OK or FAIL: why | from folder`.

    Local time, as those tools write it. A name can forge neither a column nor a line: `|` and every character that
    does not print become `_`.
    """
    planned = clip.planned
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(result.started + result.seconds))
    version = clip.published.version if clip.published else planned.version
    what = f"{planned.shot or planned.clip.base} {planned.step} v{version or 0:03d}"
    if planned.resource:
        what += f" [{planned.resource}]"
    reasons = [finding.message for finding in (*planned.findings, *clip.findings) if finding.severity == "error"]
    outcome = {"published": "OK", "duplicate": "OK: already published"}.get(
        clip.status, f"FAIL: {'; '.join(reasons) or clip.status}"
    )
    level = _LEVELS[result.plan.options.verify]
    columns = [when, result.operator, "ingest", what, f"{planned.clip.count} frames", level, outcome]
    return " | ".join(map(_safe, [*columns, f"from {planned.clip.folder.replace(os.sep, '/')}"]))


def _safe(text: str) -> str:
    return "".join(c if c.isprintable() and c != "|" else "_" for c in text)
