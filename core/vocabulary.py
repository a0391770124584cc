# SPDX-License-Identifier: GPL-3.0-or-later
"""Step, resource and version as the words of a name say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .name_tokens import Part, as_code, fold
from .words import PLATE, PLATE_RESOURCES, RESOURCES, STEPS


@dataclass(frozen=True)
class Vocabulary:
    """Which words stand for which step and resource, keys folded to lower case without accents."""

    steps: Mapping[str, str] = field(default_factory=lambda: STEPS)
    resources: Mapping[str, str] = field(default_factory=lambda: RESOURCES)
    both: Mapping[str, str] = field(default_factory=lambda: PLATE_RESOURCES)
    own: frozenset[str] = frozenset()

    def extended(self, steps: Mapping[str, str | None], resources: Mapping[str, str | None]) -> Vocabulary:
        """With words added or, where the id is None, taken away."""
        new = {fold(word): step for word, step in steps.items()}, {fold(word): name for word, name in resources.items()}
        return Vocabulary(
            _merged(self.steps, new[0]),
            _merged(self.resources, new[1]),
            {word: name for word, name in self.both.items() if word not in new[0] and word not in new[1]},
            self.own | new[0].keys() | new[1].keys(),
        )

    def sorted_out(self, parts: list[Part]) -> list[Part]:
        """The parts with the words of a rules file marked as known, and the words that it took away as plain words."""
        if not self.own:
            return parts
        return [self._own_kind(part) for part in parts]

    def _own_kind(self, part: Part) -> Part:
        if part.head not in self.own or part.kind not in ("word", "code", "known", "noise"):
            return part
        if part.head in self.steps or part.head in self.resources:
            return part._replace(kind="known", candidate=False)
        return as_code(part.text, part.head, part.digits) if part.digits else part._replace(kind="word")


class Words(NamedTuple):
    """What the words say; None where they do not."""

    step: str | None
    resource: str | None
    version: int | None


def read_words(parts: Sequence[Part], vocabulary: Vocabulary) -> Words:
    """The first step, the last version, and all resources joined by `-` (bg_clean is BG-CLEAN, bg_02 is BG02)."""
    step: str | None = None
    version: int | None = None
    resources: dict[str, None] = {}
    for at, part in enumerate(parts):
        kind = part.kind
        if kind == "version":
            version = int(part.digits)
        elif kind == "known":
            number = part.digits or _counter(parts, at)
            if part.head in vocabulary.both:
                step = step or PLATE
                resources[vocabulary.both[part.head] + number] = None
            elif part.head in vocabulary.steps:
                step = step or vocabulary.steps[part.head]
                if vocabulary.steps[part.head] == PLATE and int(number or 1) != 1:
                    resources[part.head.upper() + number] = None  # pl02 lies beside the main plate pl01
            elif part.head in vocabulary.resources:
                resources[vocabulary.resources[part.head] + number] = None
    return Words(step, "-".join(resources) or None, version)


def _counter(parts: Sequence[Part], at: int) -> str:
    """The one or two digits that count a word (bg_02), unless they begin a pair of numbers."""
    behind = parts[at + 1 : at + 3]
    if not behind or behind[0].kind != "number" or len(behind[0].text) > 2 or not behind[0].text.isdigit():
        return ""
    return "" if len(behind) > 1 and behind[1].candidate else behind[0].digits


def _merged(old: Mapping[str, str], new: Mapping[str, str | None]) -> dict[str, str]:
    merged: dict[str, str | None] = {**old, **new}
    return {word: name for word, name in merged.items() if name is not None}
