# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity: which sequence, shot, step and resource a clip is, exactly as its name says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """Ids as found in a name; None where the name does not say. `rule` names what decided ("" = nothing matched).

    `sequence_guessed`: the sequence is the name of a folder that may as well be a day, a roll or a vendor; it tells
    two shots apart less surely than one that says what it is.
    """

    shot: str | None = None
    sequence: str | None = None
    step: str | None = None
    resource: str | None = None
    version: int | None = None
    project: str | None = None
    rule: str = ""
    sequence_guessed: bool = False

    @property
    def matched(self) -> bool:
        """True where at least the shot is known."""
        return self.shot is not None
