# SPDX-License-Identifier: GPL-3.0-or-later
"""The verb `preview`: pictures of published versions, whoever published them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable

from ...core.errors import SettingsError
from ...core.events import Cancel
from ...core.preview import make_previews
from ...core.preview_record import picture_path
from ...core.tree import find_project_root
from ...core.versions import PublishedVersion, versions_in
from .options import add_jobs, add_output
from .output import OK, REFUSED, Progress, printable, say, schema, write_json
from .published import version_folders


def add(verb: str, parser: argparse.ArgumentParser) -> None:
    """Options of `preview`."""
    del verb
    parser.add_argument("paths", nargs="+", metavar="PATH", help="version folders, or folders that hold some")
    parser.add_argument("--poster", type=int, metavar="N", help="the frame to show (default: the middle one)")
    parser.add_argument("--colorspace", metavar="NAME", help="the colour space of the files, whatever they say")
    add_jobs(parser)
    add_output(parser)


def run(arguments: argparse.Namespace, cancel: Cancel) -> int:
    """Make the pictures; 1 where one could not be made."""
    versions = newest_of(version for path in arguments.paths for version in _versions(os.path.abspath(path)))
    progress = Progress(arguments.events)
    made = make_previews(
        versions,
        poster=arguments.poster,
        colorspace=arguments.colorspace,
        jobs=arguments.jobs,
        listen=progress,
        cancel=cancel,
    )
    progress.finish()
    if arguments.json:
        entries = []
        for one in made:
            record = None if one.record is None else {**one.record.document(), "small": None}
            problem = one.problem or None
            entries.append({"folder": one.version.folder, "preview": one.path, "record": record, "problem": problem})
        write_json({"schema": schema("preview"), "previews": entries})
    else:
        for one in made:
            about = one.problem if one.record is None else f"{one.path}\n  {one.record.colour}"
            say("\n".join(printable(line) for line in f"{one.version.folder}: {about}".splitlines()))
    return REFUSED if any(one.problem for one in made) else OK


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
