# SPDX-License-Identifier: GPL-3.0-or-later
"""The run as JSON, with the keys that the Ramses tools of the field read (`ramses-ingest-audit` 1.0)."""

from __future__ import annotations

import time
from typing import Any

from ..run import ClipResult, RunResult
from ..timecode import rate_text


def audit(result: RunResult) -> dict[str, Any]:
    """The document beside the page. Our own keys (run, findings, verification ...) stand beside the known ones."""
    done = [clip for clip in result.clips if clip.status == "published"]
    failed = [clip for clip in result.clips if clip.status in ("refused", "failed")]
    return {
        "version": "1.0",
        "schema": "ramses-ingest-audit",
        "project": result.plan.options.view.project,
        "operator": result.operator,
        "timestamp": utc(result.started),
        "run": result.run,
        "seconds": round(result.seconds, 3),
        "registered": result.registered,
        "summary": {
            "total_clips": len(result.clips),
            "succeeded": len(done),
            "failed": len(failed),
            "total_frames": sum(clip.planned.clip.count for clip in done),
            "total_bytes": sum(clip.published.bytes for clip in done if clip.published),
        },
        "clips": [_clip(result, clip) for clip in result.clips],
    }


def utc(seconds: float) -> str:
    """Epoch seconds as `2026-01-31T12:00:00Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _clip(result: RunResult, clip: ClipResult) -> dict[str, Any]:
    planned, published = clip.planned, clip.published
    media = planned.media
    errors = [finding.message for finding in (*planned.findings, *clip.findings) if finding.severity == "error"]
    aspect = media.pixel_aspect
    return {
        "shot_id": planned.shot or None,
        "sequence_id": planned.sequence,
        "source_media": planned.clip.base,
        "ingested_on": utc(result.started),
        "version": published.version if published else planned.version,
        "step": planned.step or None,
        "resource": planned.resource or None,
        "status": clip.status,
        "error": "; ".join(errors) or None,
        "findings": [finding.document() for finding in (*planned.findings, *clip.findings)],
        "frames": {
            "count": planned.clip.count,
            "missing": str(planned.clip.missing),
            "has_gaps": bool(planned.clip.missing),
        },
        "technical": {
            "resolution": {"width": media.width, "height": media.height},
            "framerate": None if planned.rate is None else round(float(planned.rate), 6),
            "framerate_exact": None if planned.rate is None else rate_text(planned.rate),
            "framerate_manual": planned.rate_manual,
            "pixel_aspect_ratio": None if aspect is None else round(float(aspect), 6),
            "codec": media.codec,
            "pixel_format": media.pixel_format,
            "compression": media.compression,
            "duration_seconds": None if media.duration_seconds is None else float(media.duration_seconds),
        },
        "colorspace": {
            "assigned": planned.colorspace,
            "primaries": media.colour.primaries,
            "transfer": media.colour.transfer,
            "space": media.colour.space,
        },
        "editorial": {"start_timecode": media.start_timecode, "reel": media.reel},
        "integrity": {
            "md5_checksum": None,
            "bytes_verified": published.bytes if published and published.verification != "size" else 0,
            "verification": published.verification if published else None,
            "hash": published.hash_name if published else None,
            "manifest": published.manifest if published else None,
        },
        "paths": {"published": published.folder if published else None, "preview": None},
    }
