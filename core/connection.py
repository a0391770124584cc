# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's connection to Ramses: found, asked once, never waited for."""

from __future__ import annotations

from dataclasses import dataclass

from ..lib.ramses.client import RamDaemonInterface
from ..lib.ramses.errors import RamsesError
from .ask_ramses import ask_facts
from .errors import PlatesError
from .events import Cancel, Listener
from .ingest import Register
from .project_facts import ProjectFacts, load_facts
from .register import sync
from .run import Registered


@dataclass(frozen=True)
class Connection:
    """What is known of the project, and how to register (None = Ramses is off, registrations wait in the outbox).

    `problem` says why a Ramses that runs could not be asked, "" where it could or is off.
    """

    facts: ProjectFacts | None
    register: Register | None = None
    problem: str = ""


def connect(root: str, project: str | None = None, *, offline: bool = False) -> Connection:
    """Ask a running Ramses about the project in `root`; without one, what it said the last time counts.

    Nothing is written before `register` is called: planning leaves the project as it is. A broken Ramses must not stop
    an ingest: registrations wait in the outbox.
    """
    if offline:
        return Connection(load_facts(root))
    client = RamDaemonInterface.instance()
    try:
        if not client.is_online():
            return Connection(load_facts(root))
        facts = ask_facts(client, root, project)
    except (RamsesError, PlatesError) as error:
        return Connection(load_facts(root), problem=str(error))

    def register(project_root: str, listen: Listener, cancel: Cancel) -> Registered:
        return sync(project_root, client, listen=listen, cancel=cancel).registered

    return Connection(facts or load_facts(root), register)
