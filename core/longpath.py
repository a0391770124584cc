# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths as the operating system wants them: Windows takes more than 260 characters only in its extended form."""

from __future__ import annotations

import ntpath
import os


def extended(path: str) -> str:
    r"""The extended Windows form (`\\?\C:\…`, `\\?\UNC\server\share\…`) of an absolute Windows path.

    The system takes such a path letter by letter, so separators and dots are settled here. Relative paths and paths
    that have the form already come back as they are. ("Maximum Path Length Limitation", Microsoft.)
    """
    if path.startswith("\\\\?\\") or not ntpath.isabs(path) or not ntpath.splitdrive(path)[0]:
        return path
    path = ntpath.normpath(path)
    if path.startswith("\\\\"):
        return "\\\\?\\UNC\\" + path[2:]
    return "\\\\?\\" + path


if os.name == "nt":
    native = extended
else:

    def native(path: str) -> str:
        """The path to hand to a system call."""
        return path
