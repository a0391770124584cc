# SPDX-License-Identifier: GPL-3.0-or-later
"""The verb `preview`: pictures and proxy movies of published versions, whoever published them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ...core.errors import SettingsError
from ...core.events import Cancel
from ...core.preview import Made
from ...core.preview_record import picture_path
from ...core.preview_set import PreviewSet, PreviewWish, make_preview_set
from ...core.proxy import ProxyMade, ProxyOptions
from ...core.timecode import rate_text
from ...core.tree import find_project_root
from ...core.versions import PublishedVersion, versions_in
from .options import add_jobs, add_output
from .options import rate as rate_type
from .output import OK, REFUSED, Progress, printable, say, schema, write_json
from .published import version_folders


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of `preview`."""
    del verb
    parser.add_argument("paths", nargs="+", metavar="PATH", help="version folders, or folders that hold some")
    parser.add_argument("--poster", type=int, metavar="N", help="the frame to show (default: the middle one)")
    parser.add_argument("--colorspace", metavar="NAME", help="the colour space of the files, whatever they say")
    add_proxy(parser)
    parser.add_argument("--rate", type=rate_type, metavar="R", help="the proxies' rate, whatever the plates say")
    add_jobs(parser)
    add_output(parser)


def add_proxy(parser: argparse.ArgumentParser) -> None:
    """The options about proxy movies, which `ingest` has, too."""
    parser.add_argument("--proxy", action="store_true", help="make proxy movies (.mp4) at the plates' own rates, too")
    parser.add_argument("--burn-in", action="store_true", help="write shot, version, frame and timecode into them")


def proxy_options(arguments: argparse.Namespace, rate: Fraction | None = None) -> ProxyOptions | None:
    """The proxies that were asked for, None for none: a burn-in alone asks for them, too."""
    if not (arguments.proxy or arguments.burn_in):
        return None
    return ProxyOptions(arguments.burn_in, arguments.colorspace, rate)


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Make the pictures; 1 where one could not be made."""
    versions = newest_of(version for path in arguments.paths for version in _versions(os.path.abspath(path)))
    progress = Progress(arguments.events)
    wish = PreviewWish(arguments.poster, arguments.colorspace, proxy_options(arguments, arguments.rate))
    made = make_preview_set(versions, wish, jobs=arguments.jobs, listen=progress, cancel=cancel)
    progress.finish()
    if arguments.json:
        write_json(_document(made))
    else:
        _show(made)
    return REFUSED if made.failed else OK


def _document(made: PreviewSet) -> dict[str, Any]:
    proxies = {one.version.folder: one for one in made.proxies}
    entries = []
    for one in made.stills:
        record = None if one.record is None else {**one.record.document(), "small": None}
        problem = one.problem or None
        entry = {"folder": one.version.folder, "preview": one.path, "record": record, "problem": problem}
        movie = proxies.get(one.version.folder)
        entries.append(entry if movie is None else {**entry, "proxy": _proxy_document(movie)})
    return {"schema": schema("preview"), "previews": entries, "problem": made.trouble or None}


def _proxy_document(one: ProxyMade) -> dict[str, Any]:
    record = None if one.record is None else one.record.document()
    return {"path": one.path, "record": record, "problem": one.problem or None, "notes": list(one.notes)}


def _show(made: PreviewSet) -> None:
    proxies = {one.version.folder: one for one in made.proxies}
    for one in made.stills:
        lines = [*_about(one), *_about_proxy(proxies.get(one.version.folder))]
        say("\n".join(printable(line) for line in lines))
    if made.trouble:
        say(printable(f"No proxies: {made.trouble}"))


def _about(one: Made) -> list[str]:
    if one.record is None:
        return [f"{one.version.folder}: {one.problem}"]
    return [f"{one.version.folder}: {one.path}", f"  {one.record.colour}"]


def _about_proxy(one: ProxyMade | None) -> list[str]:
    if one is None:
        return []
    if one.record is None or one.record.rate is None:
        return [f"  No proxy: {one.problem}"]
    record = one.record
    timecode = f", from {record.timecode}" if record.timecode else ""
    lost = f", slates at {record.slates}" if record.slates else ""
    facts = f"{record.frames} frames at {rate_text(one.record.rate)}{timecode}{lost}"
    return [f"  {one.path}", f"  {facts}", *(f"  {note}" for note in one.notes)]


def newest_of(versions: Iterable[PublishedVersion]) -> list[PublishedVersion]:
    """The newest version of each plate: a preview belongs to the plate, not to the version."""
    best: dict[str, PublishedVersion] = {}
    for version in versions:
        path = picture_path(version)
        if path not in best or version.number >= best[path].number:
            best[path] = version
    return list(best.values())


def _versions(path: str) -> Iterable[PublishedVersion]:
    """The versions at or below a path. Raises SettingsError outside a Ramses project."""
    for folder in version_folders(path):
        root = find_project_root(folder)
        if root is None:
            raise SettingsError("this folder lies in no Ramses project.", folder, "Publish it first.")
        step = os.path.relpath(os.path.dirname(os.path.dirname(folder)), root).replace(os.sep, "/")
        name = os.path.basename(folder)
        yield from (version for version in versions_in(root, step) if version.name == name)
