# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal's connection to Ramses: found, asked once, never waited for."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from ...core import outbox
from ...core.ask_ramses import ask_facts
from ...core.errors import PlatesError
from ...core.events import Cancel, Listener
from ...core.ingest import Register
from ...core.project_facts import ProjectFacts, load_facts
from ...core.register import sync
from ...core.run import Registered
from ...lib.ramses.client import RamDaemonInterface
from ...lib.ramses.errors import RamsesError
from .output import printable, say


@dataclass(frozen=True)
class Session:
    """What is known of the project, and how to register (None = Ramses is off, registrations wait)."""

    facts: ProjectFacts | None
    register: Register | None


def connect(root: str, offline: bool = False, project: str | None = None) -> Session:
    """Ask a running Ramses about the project in `root`; without one, what it said the last time counts.

    Nothing is written before `register` is called: planning leaves the project as it is.
    """
    if offline:
        return Session(load_facts(root), None)
    client = RamDaemonInterface.instance()
    try:
        if not client.is_online():
            return Session(load_facts(root), None)
        facts = ask_facts(client, root, project)
    except (RamsesError, PlatesError) as error:
        say(f"Ramses could not be asked, so it is left alone: {printable(str(error))}", sys.stderr)
        return Session(load_facts(root), None)

    def register(project_root: str, listen: Listener, cancel: Cancel) -> Registered:
        return sync(project_root, client, listen=listen, cancel=cancel).registered

    return Session(facts or load_facts(root), register)


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
