# SPDX-License-Identifier: GPL-3.0-or-later
"""One clip of a report as HTML: picture, name and state, facts in groups, findings."""

from __future__ import annotations

import re
import time

from ..finding import Finding
from ..timecode import rate_text
from .html import escaped
from .rows import Row, count_text, size_text, time_text

_STATES = {
    "published": "published",
    "duplicate": "there already",
    "planned": "not started",
    "refused": "refused",
    "failed": "failed",
    "incomplete": "not marked complete",
    "damaged": "damaged",
}
_CHECKS = {
    "full": "Every byte read back and compared",
    "copy": "Every byte hashed while copying",
    "size": "Sizes compared",
    "fast": "Samples compared",
}
_CODECS = {"prores": "ProRes", "h264": "H.264", "hevc": "H.265", "dnxhd": "DNxHD", "mjpeg": "Motion JPEG"}
# A sentence about an option of the command line helps nobody who reads a page.
_OPTION = re.compile(r"(?<![\w-])--?[a-z]")
_ASIDE = re.compile(r"\s*\(see: [^)]*\)")


def row_html(row: Row, number: int) -> str:
    """The `<article>` of a clip; `number` counts from 0 in the report's own order."""
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in _facts(row) if value)
    notes = "".join(_finding(finding) for finding in row.findings if finding.severity != "info")
    return (
        f'<article class="clip {row.level}" data-level="{row.level}" data-n="{number}" data-shot="{_key(row)}" '
        f'data-bytes="{row.bytes}" data-frames="{row.count}" data-tc="{escaped(row.timecode_in or "")}" '
        f'data-when="{int(row.when or 0)}" tabindex="-1">'
        f'{_picture(row)}<div class="about">{_head(row)}<dl>{facts}</dl>{_where(row)}'
        + (f'<ul class="findings">{notes}</ul>' if notes else "")
        + "</div></article>"
    )


def _key(row: Row) -> str:
    return escaped(" ".join(((row.sequence or "~"), row.shot or "~", row.resource, f"{row.version or 0:05d}")).lower())


def _picture(row: Row) -> str:
    shown = row.picture.large or row.picture.small
    name = escaped(_title(row))
    if not shown:
        words = {"movie": "movie", "still": "still"}.get(row.kind, "sequence" if row.kind else "")
        return f'<div class="thumb none" aria-hidden="true"><b>{escaped(row.shot or "?")}</b><i>{words}</i></div>'
    return (
        f'<button class="thumb" type="button" aria-label="Enlarge {name}">'
        f'<img alt="{name}" decoding="async" loading="lazy" src="data:image/jpeg;base64,{shown}"></button>'
    )


def _title(row: Row) -> str:
    return " ".join(filter(None, (row.sequence, row.shot, row.resource))) or row.name or row.label


def _head(row: Row) -> str:
    crumbs = " ".join(filter(None, (row.sequence, row.step)))
    resource = f' <span class="res">{escaped(row.resource)}</span>' if row.resource else ""
    version = f'<span class="version">v{row.version:03d}</span>' if row.version else ""
    state = f'<span class="state">{escaped(row.state)}</span>' if row.state and row.version else ""
    return (
        f"<header><h2><small>{escaped(crumbs)}</small> {escaped(row.shot or 'No shot')}{resource}</h2>{version}{state}"
        f'<span class="mark {row.level}">{_STATES.get(row.status, escaped(row.status))}</span></header>'
        f'<p class="name">{escaped(row.label)}</p>'
    )


def _facts(row: Row) -> list[tuple[str, str]]:
    return [
        ("Frames", _frames(row)),
        ("Picture", _format(row)),
        ("Timecode", _timecode(row)),
        ("Edit", _edit(row)),
        ("Checked", _checked(row)),
    ]


def _frames(row: Row) -> str:
    if not row.count:
        return ""
    parts = [f"<b>{count_text(row.count, 'frame')}</b>"]
    if row.kind == "sequence" and row.frames:
        parts.append(f"<span class=wrap>{escaped(row.frames)}</span>")
    if row.missing_count:
        parts.append(
            f'<span class="warn">{count_text(row.missing_count, "frame")} missing: {escaped(row.missing)}</span>'
        )
    if row.seconds and row.kind != "still":
        parts.append(time_text(row.seconds))
    return _lines(parts)


def _format(row: Row) -> str:
    parts = []
    if row.width and row.height:
        aspect = row.pixel_aspect
        squeeze = f" · pixels {float(aspect):g}:1" if aspect is not None and aspect != 1 else ""
        parts.append(f"<b>{row.width} × {row.height}</b>{squeeze}")
    codec = _CODECS.get(row.codec or "", (row.codec or "").upper())
    packed = "uncompressed" if row.compression == "none" else row.compression or ""
    # "ProRes" says nothing beside "ProRes 422 HQ"
    kind = packed if codec and packed.startswith(codec) else ", ".join(filter(None, (codec, packed)))
    parts += [
        escaped(kind),
        *(f"<span class=dim>{escaped(text)}</span>" for text in (row.pixel_format, _colour(row)) if text),
    ]
    return _lines(parts)


def _timecode(row: Row) -> str:
    rate = f"{_rate(row)} fps" + (" (decided by a person)" if row.rate_manual else "") if row.rate else "rate not known"
    if row.timecode_in is None:
        return _lines(["none", rate]) if row.kind else ""
    span = f"<b class=tc>{escaped(row.timecode_in)}</b>"
    if row.timecode_out:
        span += f" <span class=dim>to</span> <b class=tc>{escaped(row.timecode_out)}</b>"
    return _lines([span, rate])


def _rate(row: Row) -> str:
    """`24`, or `23.976 (24000/1001)`."""
    assert row.rate is not None
    exact = rate_text(row.rate)
    return exact if row.rate.denominator == 1 else f"{float(row.rate):.3f} ({exact})"


def _edit(row: Row) -> str:
    parts = []
    if row.event:
        parts.append(f"event <b>{escaped(row.event)}</b>")
    if row.reel:
        parts.append(f"reel <b>{escaped(row.reel)}</b>")
    if row.ordered:
        first, last = row.ordered
        parts.append(f"ordered {first} to {last} ({count_text(last - first + 1, 'frame')})")
    if row.handles:
        parts.append(f"handles {row.handles[0]} + {row.handles[1]}")
    return _lines(parts)


def _colour(row: Row) -> str:
    tags = (row.colorspace, row.colour.space, row.colour.primaries, row.colour.transfer)
    return " / ".join(dict.fromkeys(tag for tag in tags if tag))


def _checked(row: Row) -> str:
    size = f"<b>{size_text(row.bytes)}</b> in {count_text(row.files, 'file')}" if row.bytes and row.files else ""
    if row.verification is None:
        return size
    how = _CHECKS.get(row.verification, escaped(row.verification))
    return _lines([size, how, f"hashes: {escaped(row.hash_name)}" if row.hash_name else ""])


def _where(row: Row) -> str:
    """What the picture was read as, where the version lies and where it came from: long texts on lines of their own."""
    parts = [escaped(row.picture.note), escaped(row.proxy)]
    parts += [f"in {escaped(row.folder)}" if row.folder else "", f"from {escaped(row.source)}" if row.source else ""]
    if row.operator and row.when:
        parts.append(f"by {escaped(row.operator)}, {local_time(row.when)}")
    return f'<p class="where">{_lines(parts)}</p>' if any(parts) else ""


def _finding(finding: Finding) -> str:
    advice = " ".join(text for text in _sentences(_ASIDE.sub("", finding.advice)) if not _OPTION.search(text))
    more = f" <span class=dim>{escaped(advice)}</span>" if advice else ""
    return f'<li class="{finding.severity}">{escaped(_begun(finding.message))}{more}</li>'


def _begun(text: str) -> str:
    """Some findings continue the clip's name in a table; here each is a sentence of its own."""
    return text[:1].upper() + text[1:] if text[:1].islower() and " " in text and "." not in text.split()[0] else text


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text) if text else []


def _lines(parts: list[str]) -> str:
    return "<br>".join(part for part in parts if part)


def local_time(seconds: float) -> str:
    """Epoch seconds as local time, `2026-01-31 12:00`."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
