# SPDX-License-Identifier: GPL-3.0-or-later
"""`ingest --watch FOLDER`: what arrives in a folder is planned, and published with `--yes`, delivery by delivery."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from ...core.cache import ProbeCache
from ...core.errors import SettingsError
from ...core.events import Cancel
from ...core.ingest import Pictures, carry_out, plan_delivery
from ...core.run import RunResult
from ...core.watch import Outcome, Watch, WatchEvent, WatchRules
from ...core.watch_state import WatchState
from .options import project_root
from .output import OK, Progress, printable, say, schema, write_line

# What a plan depends on: with others, deliveries that were refused are planned anew.
_DECIDING = (
    "project",
    "step",
    "state",
    "edl",
    "rules",
    "rate",
    "project_rate",
    "project_size",
    "match",
    "incomplete",
    "patch",
    "colorspace",
    "verify",
    "start",
    "quick",
    "mhl",
    "check_mhl",
)


def add(parser: argparse.ArgumentParser) -> None:
    """The options of watching."""
    parser.add_argument("--watch", metavar="FOLDER", help="ingest what arrives in this folder, until stopped")
    parser.add_argument(
        "--settle",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="with --watch: how long a delivery must stay as it is to count as arrived (default: 30)",
    )
    parser.add_argument(
        "--poll", type=_seconds, default=10.0, metavar="SECONDS", help="with --watch: time between looks (default: 10)"
    )
    parser.add_argument("--once", action="store_true", help="with --watch: end when nothing is arriving any more")


def run(arguments: argparse.Namespace, cancel: Cancel, pictures: Pictures | None) -> int:
    """Watch until stopped; a clean stop is 0. Events are lines on stdout, JSON with --json."""
    folder = os.path.abspath(arguments.watch)
    if not os.path.isdir(folder):
        raise SettingsError("there is no such folder to watch.", folder, "Is its disk or share mounted?")
    root = project_root(arguments.root)
    state = WatchState.open(root, folder)
    tell = _tell_json if arguments.json else _tell_person
    rules = WatchRules(arguments.settle, arguments.poll, arguments.yes, _options(arguments))

    def handle(paths: Sequence[str], stop: Cancel) -> Outcome:
        return _handle(arguments, paths, pictures, stop)

    settle, poll = arguments.settle, arguments.poll
    tell(WatchEvent("watching", "", f"{folder}: settled after {settle:g} s without change, a look every {poll:g} s"))
    try:
        Watch(folder, state, handle, tell, rules).run(cancel, arguments.once)
    finally:
        state.close()
    tell(WatchEvent("stopped"))
    return OK


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds up to a day.")
    return seconds


def _options(arguments: argparse.Namespace) -> str:
    """What stands for the options that decide about a plan; a rules file or edit that was changed counts as another."""
    values: dict[str, Any] = {name: str(getattr(arguments, name)) for name in _DECIDING}
    for name in ("rules", "edl"):
        path = getattr(arguments, name)
        if path and os.path.exists(path):
            values[f"{name} time"] = os.stat(path).st_mtime_ns
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha1(text.encode("ascii"), usedforsecurity=False).hexdigest()


def _handle(arguments: argparse.Namespace, paths: Sequence[str], pictures: Pictures | None, cancel: Cancel) -> Outcome:
    """Plan one delivery and, with --yes, publish it; Ramses and the project are asked afresh each time."""
    from .ingest import only_planned, plan_options, with_pictures

    progress = Progress(arguments.events)
    options, register = plan_options(arguments, cancel)
    with ProbeCache() as cache:
        plan = plan_delivery(
            paths,
            options,
            every_frame=not arguments.quick,
            jobs=arguments.jobs,
            cache=cache,
            listen=progress,
            cancel=cancel,
        )
    if arguments.yes and not arguments.dry_run and plan.to_publish:
        result = carry_out(
            plan, register=register, pictures=pictures, jobs=arguments.jobs, listen=progress, cancel=cancel
        )
    else:
        result = only_planned(plan)
        if arguments.yes and not arguments.dry_run:
            result = with_pictures(result, pictures, progress, cancel)
    progress.finish()
    return _outcome(result)


def _outcome(result: RunResult) -> Outcome:
    counts: dict[str, int] = {}
    for clip in result.clips:
        counts[clip.status] = counts.get(clip.status, 0) + 1
    message = ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "no clips found"
    document = result.document()
    for verdict in ("failed", "planned", "refused"):
        if verdict in counts:
            return Outcome(verdict, result.run, message, document)
    return Outcome("published", result.run, message, document)


def _tell_json(event: WatchEvent) -> None:
    document: dict[str, Any] = {"schema": schema("watch"), "event": event.kind, "time": round(time.time(), 3)}
    for key, value in (("delivery", event.delivery), ("message", event.message), ("files", event.files)):
        if value:
            document[key] = value
    if event.document is not None:
        document["ingest"] = event.document
    write_line(sys.stdout, json.dumps(document))


def _tell_person(event: WatchEvent) -> None:
    when = time.strftime("%H:%M:%S")
    files = f" ({event.files} files)" if event.files else ""
    say(printable(f"{when} {event.kind:<9} {event.delivery}{files}{': ' if event.message else ''}{event.message}"))
    sys.stdout.flush()
    for clip in (event.document or {}).get("clips", ()):
        for finding in clip["findings"]:
            if finding["severity"] == "error":
                say(printable(f"         {clip['base']}: {finding['message']}"))
