# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs `scan` and `probe`: what is in a delivery, and what its headers say."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...core.cache import ProbeCache
from ...core.clip import Clip
from ...core.events import Cancel
from ...core.frames import FrameSet
from ...core.media import Media
from ...core.probe import check_frames, frame_report_document, probe_clips
from ...core.scan import scan
from ...core.scan_result import ScanResult
from .options import add_jobs, add_output
from .output import OK, REFUSED, Progress, printable, say, schema, table, write_json


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of both verbs."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="folders or files of a delivery")
    if verb == "scan":
        parser.add_argument("--sizes", action="store_true", help="ask for every file's size; names empty files")
    else:
        parser.add_argument("--every-frame", action="store_true", help="read the header of every frame")
        parser.add_argument("--no-cache", action="store_true", help="read the headers even where they are remembered")
    add_jobs(parser)
    add_output(parser)


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Scan, and for `probe` read headers; 1 where a file cannot be read."""
    progress = Progress(arguments.events)
    sizes = arguments.verb == "scan" and arguments.sizes
    found = scan(arguments.paths, sizes=sizes, threads=arguments.jobs, listen=progress, cancel=cancel)
    if arguments.verb == "scan":
        progress.finish()
        document = found.document()
        if arguments.json:
            write_json(document)
        else:
            _show_clips(found, [])
        return OK
    return _probe(arguments, _with_named_files(found, arguments.paths), progress, cancel)


def _with_named_files(found: ScanResult, paths: Sequence[str]) -> ScanResult:
    """A file that was named itself is probed by its content, whatever it is called."""
    ignored = {os.path.join(entry.root, *entry.path.split("/")): entry for entry in found.ignored}
    named = [path for path in map(os.path.abspath, paths) if path in ignored and os.path.isfile(path)]
    clips = list(found.clips)
    for path in named:
        folder, name = os.path.split(path)
        base, dot_ext = os.path.splitext(name)
        clips.append(Clip("still", folder, ".", base, dot_ext[1:].lower(), file=name))
    left = tuple(entry for path, entry in ignored.items() if path not in named)
    return replace(found, clips=tuple(clips), ignored=left)


def _probe(arguments: argparse.Namespace, found: ScanResult, progress: Progress, cancel: Cancel) -> int:
    cache = None if arguments.no_cache else ProbeCache()
    media: list[Media] = [Media(source="none")] * len(found.clips)
    probes = probe_clips(found.clips, jobs=arguments.jobs, cache=cache, listen=progress, cancel=cancel)
    for index, facts in probes:
        media[index] = facts
    document = found.document()
    bad = False
    for clip, facts, entry in zip(found.clips, media, document["clips"], strict=True):
        entry["media"] = facts.document()
        if arguments.every_frame and clip.kind == "sequence" and facts.error is None:
            report = check_frames(clip, facts, jobs=arguments.jobs, listen=progress, cancel=cancel)
            entry.update(frame_report_document(report))
            bad = bad or bool(report.truncated or report.unreadable or report.zero_byte)
        bad = bad or facts.error is not None
    progress.finish()
    if arguments.json:
        write_json({**document, "schema": schema("probe")})
    else:
        _show_clips(found, media)
        _show_damage(document["clips"])
    return REFUSED if bad else OK


def _show_clips(found: ScanResult, media: list[Media]) -> None:
    header = ["clip", "kind", "frames", "missing"]
    header += ["size", "rate", "timecode", "codec", "reel"] if media else []
    rows = []
    for index, clip in enumerate(found.clips):
        # How many frames a movie has is known from its header alone.
        row = [clip.label, clip.kind, "-" if clip.kind == "movie" else str(clip.count), _short(clip)]
        if media:
            facts = media[index].document()
            size = f"{facts['width']}x{facts['height']}" if facts["width"] else "-"
            codec = facts["codec"] or facts["compression"] or "-"
            if clip.kind == "movie" and facts["frame_count"]:
                row[2] = str(facts["frame_count"])
            row += [size, facts["fps"] or "-", facts["start_timecode"] or "-", codec, facts["reel"] or "-"]
        rows.append(row)
    say(table(rows, header) if rows else "No clips found.")
    for index, facts_ in enumerate(media):
        if facts_.error:
            say(f"  {printable(found.clips[index].label)}: {printable(facts_.error)}")
    if found.ignored:
        say(f"\nIgnored {len(found.ignored)}:")
        for entry in found.ignored[:20]:
            say(f"  {printable(entry.path)}: {entry.reason}")
        if len(found.ignored) > 20:
            say(f"  ... and {len(found.ignored) - 20} more (all with --json)")
    for warning in found.warnings:
        say(f"Warning: {printable(warning)}")


def _short(clip: Clip) -> str:
    missing: FrameSet = clip.missing
    text = str(missing)
    return text if len(text) <= 24 else f"{len(missing)} frames"


def _show_damage(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        for key in ("zero_byte", "truncated", "unreadable", "odd_frames", "timecode_breaks"):
            if entry.get(key):
                name = printable(f"{entry['base']}.{entry['ext']}")
                say(f"  {name}: {key.replace('_', ' ')}: {printable(str(entry[key]))}")
