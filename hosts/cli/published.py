# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs `versions`, `verify` and `undo`: what is published, whether it is intact, and taking it back."""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

from ...core import mhl
from ...core.errors import ManifestError, PlatesError
from ...core.events import Cancel
from ...core.mhl_reseal import reseal
from ...core.redelivery import frames_of
from ...core.timecode import rate_text
from ...core.tree import PUBLISHED
from ...core.undo import undo
from ...core.verify import VerifyReport, verify
from ...core.versions import PublishedVersion, list_versions
from .options import add_jobs, add_output, add_root, project_root
from .output import OK, REFUSED, Progress, printable, say, schema, table, write_json
from .session import tell_ramses


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of the three verbs."""
    if verb == "verify":
        parser.add_argument("folders", nargs="+", metavar="FOLDER", help="version folders, or folders that hold some")
        parser.add_argument(
            "--reseal", action="store_true", help="add a generation to the manifest where all is intact"
        )
        add_jobs(parser)
    elif verb == "undo":
        parser.add_argument("run", metavar="RUN", help="the run's name, as `ingest` printed it")
        parser.add_argument("--offline", action="store_true", help="do not look for Ramses; the correction waits")
        add_root(parser)
    else:
        add_root(parser)
        parser.add_argument("--shot", metavar="SHOT", help="only this shot")
        parser.add_argument("--step", metavar="STEP", help="only this step")
        parser.add_argument("--resource", metavar="NAME", help='only this resource ("" = main plates)')
    add_output(parser)


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Dispatch."""
    return {"versions": _versions, "verify": _verify, "undo": _undo}[arguments.verb](arguments, cancel)


def _versions(arguments: argparse.Namespace, cancel: Cancel) -> int:
    root = project_root(arguments.root)
    listen = Progress(arguments.events)
    wanted = (arguments.shot, arguments.step)
    found = list_versions(root, *wanted, resource=arguments.resource, listen=listen, cancel=cancel)
    entries = [_version_document(version) for version in found]
    if arguments.json:
        write_json({"schema": schema("versions"), "versions": entries})
        return OK
    keys = ("shot", "step", "resource", "version", "state", "frames", "timecode", "rate", "date", "folder")
    rows = [[_cell(key, entry[key]) for key in keys] for entry in entries]
    say(table(rows, keys) if rows else "Nothing is published here yet.")
    for entry in entries:
        if entry["problem"]:
            say(f"  {printable(entry['folder'])}: {printable(entry['problem'])}")
    return OK


def _cell(key: str, value: Any) -> str:
    if value is None:
        return "-"
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(value)) if key == "date" else str(value)


def _version_document(version: PublishedVersion) -> dict[str, Any]:
    facts = None if version.problem else version.facts
    frames = frames_of(version)
    return {
        "shot": version.shot,
        "step": version.step,
        "resource": version.resource or None,
        "version": version.number,
        "state": version.state or None,
        "folder": version.folder,
        "complete": version.complete,
        "files": len(version.files),
        "frames": str(frames) if frames else None,
        "timecode": facts.timecode if facts else None,
        "rate": rate_text(facts.rate) if facts and facts.rate else None,
        "date": facts.date if facts else None,
        "source_media": facts.source_media or None if facts else None,
        "comment": facts.comment or None if facts else None,
        "problem": version.problem or None,
    }


def _verify(arguments: argparse.Namespace, cancel: Cancel) -> int:
    progress = Progress(arguments.events)
    reports: list[VerifyReport] = []
    problems: list[PlatesError] = []
    sealed: dict[str, str] = {}
    for folder in [found for given in arguments.folders for found in version_folders(os.path.abspath(given))]:
        try:
            if arguments.reseal:
                done = reseal(folder, jobs=arguments.jobs, listen=progress, cancel=cancel)
                sealed[folder] = done.generation
                reports.append(done.report)
            else:
                reports.append(verify(folder, jobs=arguments.jobs, listen=progress, cancel=cancel))
        except ManifestError as problem:
            problems.append(problem)
    progress.finish()
    good = not problems and all(report.intact for report in reports)
    if arguments.json:
        entries = [{**_report_document(report), "sealed": sealed.get(report.folder) or None} for report in reports]
        entries += [{"folder": one.path, "ok": False, "error": str(one)} for one in problems]
        write_json({"schema": schema("verify"), "folders": entries})
    else:
        for report in reports:
            _show_report(report)
            if sealed.get(report.folder):
                say(printable(f"  sealed again: {sealed[report.folder]}"))
        for one in problems:
            say(printable(str(one)))
    return OK if good else REFUSED


def version_folders(path: str) -> list[str]:
    """The version folders at or below a path, in order. Raises PlatesError where there is nothing to verify."""
    if not os.path.isdir(path):
        raise PlatesError("there is no such folder.", path)
    if os.path.isdir(os.path.join(path, mhl.FOLDER)) or os.path.basename(os.path.dirname(path)) == PUBLISHED:
        return [path]
    found = []
    for folder, names, _files in os.walk(path):
        names[:] = sorted(name for name in names if not name.startswith("."))
        if os.path.basename(folder) == PUBLISHED:
            found += [os.path.join(folder, name) for name in names]
            names.clear()
    if not found:
        raise PlatesError("no published version lies here.", path, "Name a version folder or a project.")
    return found


def _report_document(report: VerifyReport) -> dict[str, Any]:
    return {
        "folder": report.folder,
        "ok": report.intact,
        "files": len(report.ok),
        "bytes": report.bytes,
        "changed": [{"file": name, "why": why} for name, why in report.changed],
        "missing": list(report.missing),
        "extra": list(report.extra),
        "not_checked": [{"file": name, "why": why} for name, why in report.unchecked],
        "from_device": report.from_device,
        "notes": list(report.notes),
        "error": None,
    }


def _show_report(report: VerifyReport) -> None:
    state = "intact" if report.intact else "NOT as published"
    level = "read from the device" if report.from_device else "read through the system's cache"
    say(printable(f"{report.folder}: {state} ({len(report.ok)} files ok, {level})"))
    for name, why in (*report.changed, *report.unchecked):
        say(printable(f"  {name}: {why}"))
    for word, names in (("missing", report.missing), ("not listed in the manifest", report.extra)):
        for name in names:
            say(printable(f"  {name}: {word}"))


def _undo(arguments: argparse.Namespace, cancel: Cancel) -> int:
    root = project_root(arguments.root)
    progress = Progress(arguments.events)
    undone = undo(root, arguments.run, listen=progress, cancel=cancel)
    registered = tell_ramses(root, arguments.offline, progress)
    progress.finish()
    if arguments.json:
        write_json(
            {
                "schema": schema("undo"),
                "run": undone.run,
                "moved": [{"folder": folder, "to": to} for folder, to in undone.moved],
                "already": list(undone.already),
                "refused": [{"folder": folder, "why": why} for folder, why in undone.refused],
                "previews": list(undone.previews),
                "registered": registered,
            }
        )
    else:
        for folder, to in undone.moved:
            say(printable(f"{folder} is now in {to}"))
        for folder in undone.already:
            say(printable(f"{folder} lay in the trash already"))
        for folder, why in undone.refused:
            say(printable(f"{folder} stays: {why}"))
        for text in undone.previews:
            say(printable(text))
        if not (undone.moved or undone.already or undone.refused):
            say("This run published nothing.")
        say(f"Ramses: {registered}.")
    return OK if undone.ok else REFUSED
