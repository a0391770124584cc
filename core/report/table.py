# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as CSV for spreadsheets (RFC 4180, UTF-8 with byte order mark, as Excel expects it)."""

from __future__ import annotations

import csv
import io

from ..timecode import rate_text
from .rows import Report, Row

COLUMNS = (
    *("status", "sequence", "shot", "step", "resource", "version", "state", "clip", "frames", "missing", "width"),
    *("height", "rate", "timecode_in", "timecode_out", "head_handle", "tail_handle", "reel", "event", "colorspace"),
    *("codec", "bytes", "verification", "hash", "findings", "folder", "source"),
)
# A cell that begins with one of these is run as a formula by spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_table(report: Report) -> str:
    """One line per row of the report; the client edition has no `folder` and `source`."""
    columns = [name for name in COLUMNS if not (report.client and name in ("folder", "source"))]
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in report.rows:
        facts = _facts(row)
        writer.writerow([safe(facts[name]) for name in columns])
    return "\ufeff" + out.getvalue()


def safe(value: object) -> str:
    """A cell that no spreadsheet runs: text that looks like a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    text = str(value).encode("utf-8", "backslashreplace").decode("utf-8")
    text = "".join(letter if letter.isprintable() or letter in "\t\r\n" else "\ufffd" for letter in text)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def _facts(row: Row) -> dict[str, object]:
    head, tail = row.handles or (None, None)
    return {
        "status": row.status,
        "sequence": row.sequence,
        "shot": row.shot,
        "step": row.step,
        "resource": row.resource,
        "version": row.version,
        "state": row.state,
        "clip": row.label,
        "frames": row.count,
        "missing": row.missing,
        "width": row.width,
        "height": row.height,
        "rate": None if row.rate is None else rate_text(row.rate),
        "timecode_in": row.timecode_in,
        "timecode_out": row.timecode_out,
        "head_handle": head,
        "tail_handle": tail,
        "reel": row.reel,
        "event": row.event,
        "colorspace": row.colorspace,
        "codec": row.codec,
        "bytes": row.bytes,
        "verification": row.verification,
        "hash": row.hash_name,
        "findings": " | ".join(one.message for one in row.findings if one.severity != "info"),
        "folder": row.folder,
        "source": row.source,
    }
