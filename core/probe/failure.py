# SPDX-License-Identifier: GPL-3.0-or-later
"""The media of files that could not be read."""

from __future__ import annotations

import os

from ..media import Media


def failed(path: str, problem: str) -> Media:
    """The media of a file that gave no facts; `error` is one sentence with the file's name."""
    return Media(source="none", error=named(path, problem))


def named(path: str, problem: str) -> str:
    """The sentence with the file's name before it."""
    return f"{os.path.basename(path)}: {problem}"
