# SPDX-License-Identifier: GPL-3.0-or-later
"""The run as one self-contained page: no network, no script needed to read it, every name escaped."""

from __future__ import annotations

import time
from collections import Counter

from ..run import ClipResult, RunResult
from ..timecode import rate_text
from .html import escaped, style

_MARKS = {"published": "ok", "duplicate": "same", "planned": "idle", "refused": "bad", "failed": "bad"}
_COLUMNS = ("Status", "Shot", "Clip", "Version", "Frames", "Size", "Rate", "Timecode", "Checked", "Findings")


def page(result: RunResult) -> str:
    """The HTML text of a run."""
    options = result.plan.options
    title = f"{options.view.project} · plates · {time.strftime('%Y-%m-%d %H:%M', time.localtime(result.started))}"
    counts = Counter(clip.status for clip in result.clips)
    frames = sum(clip.planned.clip.count for clip in result.clips if clip.status == "published")
    size = sum(clip.published.bytes for clip in result.clips if clip.published and clip.status == "published")
    totals = [f"{count} {status}" for status, count in sorted(counts.items())]
    totals += [f"{frames} frames", f"{size / 1e9:.2f} GB", f"{result.seconds:.1f} s", f"Ramses: {result.registered}"]
    rows = "\n".join(_row(clip) for clip in result.clips)
    ignored = "".join(f"<li><code>{escaped(e.path)}</code> {escaped(e.reason)}</li>" for e in result.plan.ignored)
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escaped(title)}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{style()}</style></head><body><header><h1>{escaped(title)}</h1>",
        f"<p>Run <code>{escaped(result.run)}</code> by {escaped(result.operator)}</p>",
        "<ul class=totals>" + "".join(f"<li>{escaped(total)}</li>" for total in totals) + "</ul></header><main>",
        "<div class=wide><table><thead><tr>" + "".join(f"<th scope=col>{name}</th>" for name in _COLUMNS),
        f"</tr></thead><tbody>{rows}</tbody></table></div>",
        f"<section><h2>Left out</h2><ul>{ignored}</ul></section>" if ignored else "",
        "</main></body></html>\n",
    ]
    return "".join(parts)


def _row(clip: ClipResult) -> str:
    planned, media, published = clip.planned, clip.planned.media, clip.published
    name = " ".join(filter(None, (planned.sequence, planned.shot, planned.resource)))
    version = published.version if published else planned.version
    size = f"{media.width}×{media.height}" if media.width else ""
    frames = str(planned.clip.count)
    if planned.clip.missing:
        frames += f" ({len(planned.clip.missing)} missing)"
    checked = f"{published.verification}, {published.hash_name}" if published else ""
    findings = "".join(
        f"<li class={finding.severity}>{escaped(finding.message)} {escaped(finding.advice)}</li>"
        for finding in (*planned.findings, *clip.findings)
        if finding.severity != "info"
    )
    cells = [
        name or "—",
        planned.clip.label,
        f"{version:03d}" if version else "",
        frames,
        size,
        rate_text(planned.rate) if planned.rate else "",
        media.start_timecode or "",
        checked,
    ]
    body = "".join(f"<td>{escaped(cell)}</td>" for cell in cells)
    mark = _MARKS[clip.status]
    return f"<tr><td><b class={mark}>{clip.status}</b></td>{body}<td><ul>{findings}</ul></td></tr>"
