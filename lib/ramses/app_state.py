# SPDX-License-Identifier: GPL-3.0-or-later
"""The states of the Ramses Client that a caller must tell apart: each allows less than the next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .model import RamProject


class Condition(Enum):
    """From "nothing answers" to "everything works"."""

    OFFLINE = "offline"
    NO_DATABASE = "no database open"
    NOBODY_LOGGED_IN = "nobody logged in"
    NO_CURRENT_PROJECT = "no current project"
    READY = "ready"


_SENTENCES = {
    Condition.OFFLINE: "Ramses is not running.",
    Condition.NO_DATABASE: "Ramses runs, but no database is open.",
    Condition.NOBODY_LOGGED_IN: "Ramses runs, but nobody is logged in.",
    Condition.NO_CURRENT_PROJECT: "Ramses runs, but no project is open in it.",
}


@dataclass(frozen=True)
class AppState:
    """What the app answers right now. `reason` says why it is offline; `project` is the one that the artist sees."""

    condition: Condition
    version: str = ""
    user: str = ""
    project: RamProject | None = None
    reason: str = ""

    @property
    def online(self) -> bool:
        """True where Ramses answers at all."""
        return self.condition is not Condition.OFFLINE

    def sentence(self) -> str:
        """The state in words, for people."""
        if self.reason:
            return self.reason
        if self.project is not None:
            return f"Ramses {self.version} runs with project {self.project.short_name or self.project.name} open."
        return _SENTENCES.get(self.condition, f"Ramses {self.version} runs.")
