# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal's connection to Ramses: found, asked once, never waited for."""

from __future__ import annotations

import sys

from ...core import connection, outbox
from ...core.connection import Connection
from ...core.errors import PlatesError
from ...core.events import Cancel, Listener
from ...core.run import Registered
from .output import printable, say


def connect(root: str, offline: bool = False, project: str | None = None) -> Connection:
    """Ask a running Ramses about the project in `root`, and say where it could not be asked."""
    found = connection.connect(root, project, offline=offline)
    if found.problem:
        say(f"Ramses could not be asked, so it is left alone: {printable(found.problem)}", sys.stderr)
    return found


def tell_ramses(root: str, offline: bool, listen: Listener) -> Registered:
    """Deliver what waits in the outbox, where Ramses runs: "yes", "queued", or "off" where nothing had to be told.

    A cancel does not reach here: it is short, and what it tells of has happened.
    """
    try:
        if outbox.is_empty(root):
            return "off"
        register = connect(root, offline).register
        return "queued" if register is None else register(root, listen, Cancel())
    except PlatesError as error:
        say(f"Ramses was not told yet, the correction waits: {printable(str(error))}", sys.stderr)
        return "queued"
