# SPDX-License-Identifier: GPL-3.0-or-later
"""The verb `trash`: what `undo` put aside, putting it back, and deleting it for good."""

from __future__ import annotations

import argparse
import time

from ...core.events import Cancel
from ...core.run import operator_name
from ...core.trash import Trashed, list_trash, restore
from ...core.trash_empty import empty_trash, to_empty
from .options import add_jobs, add_output, add_root, project_root
from .output import OK, REFUSED, Progress, printable, say, schema, size_text, table, write_json
from .session import tell_ramses


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of `trash list`, `trash restore` and `trash empty`."""
    del verb
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="show the versions in the trash", allow_abbrev=False)
    back = actions.add_parser("restore", help="put versions back under their own numbers", allow_abbrev=False)
    back.add_argument("what", metavar="VERSION|RUN", help="a place or folder as `trash list` shows it, or a run")
    back.add_argument("--offline", action="store_true", help="do not look for Ramses; the registration waits")
    add_jobs(back)
    empty = actions.add_parser("empty", help="delete the versions in the trash for good", allow_abbrev=False)
    empty.add_argument("--older-than", type=_days, default=0.0, metavar="DAYS", help="only those undone before that")
    empty.add_argument("--yes", action="store_true", help="delete; without it the versions are only shown")
    for sub in (listing, back, empty):
        add_root(sub)
        add_output(sub)


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Dispatch."""
    return {"list": _list, "restore": _restore, "empty": _empty}[arguments.action](arguments, cancel)


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0 <= days < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days.")
    return days


def _list(arguments: argparse.Namespace, cancel: Cancel) -> int:
    cancel.check()
    _show(arguments, list_trash(project_root(arguments.root)))
    return OK


def _show(arguments: argparse.Namespace, entries: tuple[Trashed, ...]) -> None:
    if arguments.json:
        versions = [entry.document() for entry in entries]
        write_json({"schema": schema("trash"), "action": arguments.action, "versions": versions})
        return
    keys = ("undone", "run", "place")
    rows = [[time.strftime("%Y-%m-%d %H:%M", time.localtime(one.undone)), one.run, one.place] for one in entries]
    say(table(rows, keys) if rows else "The trash holds no version.")


def _restore(arguments: argparse.Namespace, cancel: Cancel) -> int:
    root = project_root(arguments.root)
    progress = Progress(arguments.events)
    done = restore(root, arguments.what, operator=operator_name(), jobs=arguments.jobs, listen=progress, cancel=cancel)
    registered = tell_ramses(root, arguments.offline, progress) if done.restored else "off"
    progress.finish()
    refused = [{"place": place, "why": why} for place, why in done.refused]
    if arguments.json:
        document = {"schema": schema("trash"), "action": "restore", "restored": list(done.restored)}
        write_json({**document, "refused": refused, "previews": list(done.previews), "registered": registered})
    else:
        for folder in done.restored:
            say(printable(f"{folder} stands again"))
        for text in done.previews:
            say(printable(text))
        for place, why in done.refused:
            say(printable(f"{place} stays: {why}"))
        say(f"Ramses: {registered}.")
    return OK if done.ok else REFUSED


def _empty(arguments: argparse.Namespace, cancel: Cancel) -> int:
    root = project_root(arguments.root)
    if not arguments.yes:
        entries = to_empty(root, arguments.older_than)
        _show(arguments, entries)
        if entries and not arguments.json:
            say("\nNothing was deleted: add --yes to delete these versions for good.")
        return REFUSED if entries else OK
    progress = Progress(arguments.events)
    done = empty_trash(root, arguments.older_than, listen=progress, cancel=cancel)
    progress.finish()
    if arguments.json:
        refused = [{"place": place, "why": why} for place, why in done.refused]
        document = {"schema": schema("trash"), "action": "empty", "removed": list(done.removed)}
        write_json({**document, "refused": refused, "bytes": done.bytes})
    else:
        for place in done.removed:
            say(printable(f"{place} is gone"))
        for place, why in done.refused:
            say(printable(f"{place} stays: {why}"))
        say(f"{len(done.removed)} versions deleted, {size_text(done.bytes)} freed.")
    return OK if done.ok else REFUSED
