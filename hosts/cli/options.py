# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that several verbs share, each defined once."""

from __future__ import annotations

import argparse
import os
from fractions import Fraction

from ...core.errors import PlatesError, SettingsError
from ...core.timecode import rate_of
from ...core.tree import find_project_root


def add_output(parser: argparse.ArgumentParser) -> None:
    """`--json` and `--events`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    parser.add_argument("--events", action="store_true", help="print progress on stderr as JSON lines")


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """`--jobs`: how many threads; measured by itself without."""
    parser.add_argument("--jobs", type=_count, metavar="N", help="threads to work with (default: measured)")


def add_root(parser: argparse.ArgumentParser, required: bool = False) -> None:
    """`--root`: the project folder."""
    parser.add_argument(
        "--root",
        required=required,
        metavar="PROJECT_FOLDER",
        help="the Ramses project folder (default: the project that this folder lies in)",
    )


def rate(text: str) -> Fraction:
    """An argument type: a frame rate such as 25, 23.976 or 24000/1001."""
    try:
        return rate_of(text)
    except PlatesError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def size(text: str) -> tuple[int, int]:
    """An argument type: a size such as 1920x1080."""
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdigit() and 0 < int(part) <= 65536 for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write it as 1920x1080.")
    return int(parts[0]), int(parts[1])


def handles(text: str) -> tuple[int, int]:
    """An argument type: head and tail frames such as 8+12, or 8 for both."""
    parts = text.split("+")
    if len(parts) > 2 or not all(part.isdigit() and len(part) < 6 for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} are no handles; write 8 or 8+12.")
    return int(parts[0]), int(parts[-1])


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 256.")
    return int(text)


def project_root(given: str | None) -> str:
    """The absolute project folder: the one given, else the project that the current folder lies in.

    Raises SettingsError where there is none.
    """
    if given is not None:
        root = os.path.abspath(given)
        if not os.path.isdir(root):
            raise SettingsError(
                "the project folder does not exist.", root, "Make it first, or is its disk not mounted?"
            )
        return root
    found = find_project_root(os.getcwd())
    if found is None:
        raise SettingsError("no Ramses project here.", os.getcwd(), "Name its folder with --root.")
    return found
