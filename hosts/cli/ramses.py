# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs `status` and `sync`: Ramses, the outbox, the cache and the tools that this machine has."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
from typing import Any

from ...core.cache import default_path
from ...core.events import Cancel
from ...core.outbox import pending
from ...core.project_facts import load_facts
from ...core.register import sync
from ...core.tree import find_project_root
from ...lib.ramses.client import RamDaemonInterface
from ...lib.ramses.errors import RamsesError
from .options import add_output, add_root, project_root
from .output import OK, REFUSED, Progress, printable, say, schema, write_json

# What each optional library is for; nothing else stops working without it.
_LIBRARIES = {
    "xxhash": "fast hashes (sha1 is used without it)",
    "av": "formats without a reader of our own",
    "opentimelineio": "OTIO, AAF and FCP XML edits",
    "OpenImageIO": "pictures of EXR and DPX plates",
    "PyOpenColorIO": "colour-managed pictures",
}


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of both verbs."""
    del verb
    add_root(parser)
    add_output(parser)


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Dispatch."""
    return _sync(arguments, cancel) if arguments.verb == "sync" else _status(arguments)


def _status(arguments: argparse.Namespace) -> int:
    root = project_root(arguments.root) if arguments.root else find_project_root(os.getcwd())
    document = {
        "schema": schema("status"),
        "ramses": _ramses(),
        "project": _project(root),
        "cache": {"path": default_path(), "bytes": _size(default_path())},
        "tools": _tools(),
    }
    if arguments.json:
        write_json(document)
    else:
        _show(document)
    return OK


def _ramses() -> dict[str, Any]:
    """Whether Ramses answers and what it shows; never waits long."""
    client = RamDaemonInterface.instance()
    try:
        if not client.is_online():
            text = "Ramses is not running; everything works on disk and is registered later."
            return {"online": False, "state": text}
        state = client.app_state()
    except RamsesError as error:
        return {"online": False, "state": str(error)}
    project = None if state.project is None else state.project.short_name
    return {"online": True, "state": state.sentence(), "project": project, "version": state.version}


def _project(root: str | None) -> dict[str, Any] | None:
    if root is None:
        return None
    facts = load_facts(root)
    waiting = pending(root)
    return {
        "root": root,
        "short_name": None if facts is None else facts.short_name,
        "ramses_seen": None if facts is None else facts.seen,
        "outbox": [entry.document() for entry in waiting],
    }


def _size(path: str) -> int | None:
    try:
        return os.path.getsize(path)
    except OSError:
        return None


def _tools() -> dict[str, dict[str, Any]]:
    tools: dict[str, dict[str, Any]] = {}
    for name, use in _LIBRARIES.items():
        tools[name] = {"found": importlib.util.find_spec(name) is not None, "use": use}
    tools["ffprobe"] = {"found": shutil.which("ffprobe") is not None, "use": "formats that no library here reads"}
    return tools


def _show(document: dict[str, Any]) -> None:
    say(printable(f"Ramses   {document['ramses']['state']}"))
    project = document["project"]
    if project is None:
        say("Project  none here; name its folder with --root")
    else:
        say(printable(f"Project  {project['short_name'] or 'not seen in Ramses yet'} in {project['root']}"))
        say(f"Outbox   {len(project['outbox'])} registrations wait")
        for entry in project["outbox"][:20]:
            say(printable(f"         {os.path.basename(entry['path'])}: {entry['reason']}"))
    size = document["cache"]["bytes"]
    say(printable(f"Cache    {document['cache']['path']} ({'empty' if size is None else f'{size} bytes'})"))
    for name, tool in document["tools"].items():
        say(f"{'found  ' if tool['found'] else 'missing'}  {name}: {tool['use']}")


def _sync(arguments: argparse.Namespace, cancel: Cancel) -> int:
    root = project_root(arguments.root)
    progress = Progress(arguments.events)
    report = sync(root, RamDaemonInterface.instance(), listen=progress, cancel=cancel)
    progress.finish()
    if arguments.json:
        write_json({**report.document(), "schema": schema("sync")})
    else:
        document = report.document()
        say(f"{document['registered']} registered, {document['waiting']} wait, {document['dropped']} dropped.")
        for outcome in report.of("waiting"):
            name = outcome.path if outcome.registration is None else outcome.registration.label
            say(printable(f"  {name}: {outcome.reason}"))
    return OK if report.done else REFUSED
