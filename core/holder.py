# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a reservation or a working folder: written into a name, so that taking over is one rename."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass

from . import processes

_SERIAL = itertools.count(1)
_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")
_TEXT = re.compile(r"[A-Za-z0-9-]+")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_LONGEST = 40
_UNKNOWN = "unknown"
# The serials of this process that are not done yet. A host may live for weeks after a share went away in its middle.
_at_work: set[int] = set()


@dataclass(frozen=True)
class Holder:
    """One publishing of one plan (`key`) by one process.

    `boot` is the start of the machine, `world` the container, `since` the start of the process; `serial` tells several
    publishings of one process apart.
    """

    run: str
    key: str
    machine: str
    boot: str
    world: str
    pid: int
    since: str
    serial: int

    @classmethod
    def me(cls, run: str, key: str) -> Holder:
        """A new holder in this process."""
        pid = os.getpid()
        since = processes.started(pid) or _UNKNOWN
        where = (processes.machine(), processes.boot(), processes.world())
        serial = next(_SERIAL)
        _at_work.add(serial)
        return cls(_word(run), _word(key), *where, pid, since, serial)

    def done(self) -> None:
        """It is over, and all that could be cleaned up is: what bears this name from now on may be removed."""
        _at_work.discard(self.serial)

    @classmethod
    def parse(cls, text: str) -> Holder | None:
        """The holder that a name stands for; None for a name that is none of ours."""
        parts = text.split(".")
        if len(parts) != 8 or not all(_TEXT.fullmatch(part) for part in parts):
            return None
        run, key, machine, boot, world, pid, since, serial = parts
        if not (_NUMBER.fullmatch(pid) and _NUMBER.fullmatch(serial)):
            return None
        return cls(run, key, machine, boot, world, int(pid), since, int(serial))

    def text(self) -> str:
        """The holder as part of a file name, without underscores."""
        where = f"{self.machine}.{self.boot}.{self.world}"
        return f"{self.run}.{self.key}.{where}.{self.pid}.{self.since}.{self.serial}"

    @property
    def is_dead(self) -> bool:
        """True only with evidence: it is done, or its process is no more. Age is none, silence is none."""
        if self.machine != processes.machine():
            return False
        if self.boot != processes.boot():
            # Nothing survives a new start of the machine. Containers of several machines may share a name, though.
            return self.world == processes.world() == processes.HOST
        if self.world != processes.world():
            return False
        if self.pid == os.getpid() and self.serial not in _at_work:
            return True  # an earlier one of this very process, or of one that had its number
        since = processes.started(self.pid)
        return since is processes.GONE or (since not in ("", self.since) and self.since != _UNKNOWN)


def _word(text: str) -> str:
    """A text as part of a name: no separators of ours, no underscore (it would look like a version to other tools)."""
    return _UNSAFE.sub("-", text)[:_LONGEST] or "-"
