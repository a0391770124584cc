# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as JSON, with the keys that the Ramses tools of the field read (`ramses-ingest-audit` 1.0)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from ..timecode import rate_text
from .edit import EditComparison
from .rows import Report, Row

# Our own keys have a schema of their own, beside the one of the known keys.
DETAILS = "ramses-plates/report/1"


def audit(report: Report, reported: Sequence[str] | None = None) -> dict[str, Any]:
    """The document beside the page. Our own keys (run, findings, verification ...) stand beside the known ones.

    `reported` are the identities that the next delta leaves out.
    """
    failed = [row for row in report.rows if row.level == "refused"]
    document: dict[str, Any] = {
        "version": "1.0",
        "schema": "ramses-ingest-audit",
        "details": DETAILS,
        "kind": report.kind,
        "client": report.client,
        "project": report.project,
        "operator": report.operator or None,
        "timestamp": utc(report.when),
        "run": report.run or None,
        "seconds": None if report.took is None else round(report.took, 3),
        "registered": report.registered or None,
        "scope": report.scope or None,
        "summary": {
            "total_clips": len(report.rows),
            "succeeded": len(report.done),
            "failed": len(failed),
            "total_frames": report.frames,
            "total_bytes": report.bytes,
            "total_seconds": round(report.seconds, 3),
        },
        "clips": [_clip(row) for row in report.rows],
    }
    if report.edit is not None:
        document["edit"] = _edit(report.edit)
    if reported is not None:
        document["reported"] = list(reported)
    return document


def _edit(edit: EditComparison) -> dict[str, Any]:
    lines = [{key: value for key, value in asdict(line).items() if key != "place"} for line in edit.lines]
    return {**asdict(replace(edit, lines=())), "lines": lines, "lacking": edit.lacking}


def utc(seconds: float) -> str:
    """Epoch seconds as `2026-01-31T12:00:00Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _clip(row: Row) -> dict[str, Any]:
    errors = [finding.message for finding in row.findings if finding.severity == "error"]
    return {
        "shot_id": row.shot or None,
        "sequence_id": row.sequence,
        "source_media": row.name,
        "ingested_on": None if row.when is None else utc(row.when),
        "version": row.version,
        "step": row.step or None,
        "resource": row.resource or None,
        "state": row.state or None,
        "status": row.status,
        "error": "; ".join(errors) or None,
        "findings": [finding.document() for finding in row.findings],
        "frames": {
            "count": row.count,
            "range": row.frames,
            "missing": row.missing,
            "has_gaps": bool(row.missing_count),
        },
        "technical": _technical(row),
        "colorspace": {
            "assigned": row.colorspace,
            "primaries": row.colour.primaries,
            "transfer": row.colour.transfer,
            "space": row.colour.space,
            "preview": row.picture.note or None,
        },
        "editorial": {
            "start_timecode": row.timecode_in,
            "end_timecode": row.timecode_out,
            "reel": row.reel,
            "event": row.event,
            "cut": None if row.ordered is None else list(row.ordered),
            "handles": None if row.handles is None else list(row.handles),
        },
        "integrity": {
            "md5_checksum": None,
            "bytes": row.bytes,
            "bytes_verified": row.bytes if row.verification in ("copy", "full") else 0,
            "verification": row.verification,
            "hash": row.hash_name,
            "manifest": row.manifest,
        },
        "paths": {"published": row.folder, "preview": row.preview},
    }


def _technical(row: Row) -> dict[str, Any]:
    aspect = row.pixel_aspect
    return {
        "resolution": {"width": row.width, "height": row.height},
        "framerate": None if row.rate is None else round(float(row.rate), 6),
        "framerate_exact": None if row.rate is None else rate_text(row.rate),
        "framerate_manual": row.rate_manual,
        "pixel_aspect_ratio": None if aspect is None else round(float(aspect), 6),
        "codec": row.codec,
        "pixel_format": row.pixel_format,
        "compression": row.compression,
        "duration_seconds": None if row.seconds is None else round(row.seconds, 6),
    }
