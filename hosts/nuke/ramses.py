# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling Ramses what was published; for a worker thread. The version stands whether Ramses answers or not."""

from __future__ import annotations

from ...core.errors import PlatesError
from ...core.events import Cancel, Listener
from ...core.register import sync
from ...lib.ramses.client import RamDaemonInterface
from ...lib.ramses.errors import RamsesError
from ..qt.host import Note


def tell(project_root: str, listen: Listener, cancel: Cancel) -> Note:
    """Deliver the outbox where Ramses runs; a sentence about how that went. Raises Cancelled."""
    client = RamDaemonInterface.instance()
    try:
        if not client.is_online():
            return Note("Ramses does not run: it will be told later.")
        told = sync(project_root, client, listen=listen, cancel=cancel).registered
    except (RamsesError, PlatesError) as problem:
        return Note(f"Ramses was not told yet: {problem}", "warning")
    return Note("Ramses knows it.") if told == "yes" else Note("Ramses will be told later.", "warning")
