# SPDX-License-Identifier: GPL-3.0-or-later
"""A set of naming rules, built in or from a file, and how a file writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import RuleError
from .resource_rule import DEFAULT_RESOURCES, ResourceRule
from .rule import Rule
from .vocabulary import Vocabulary


@dataclass(frozen=True)
class Rules:
    """What `identify` goes by. `source` is the file that the rules came from, "" for others."""

    rules: tuple[Rule, ...] = ()
    builtin: bool = False
    resources: tuple[ResourceRule, ...] = DEFAULT_RESOURCES
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    source: str = ""

    def only(self, name: str) -> Rules:
        """These rules with the one called `name` alone. Raises RuleError where there is none."""
        chosen = tuple(rule for rule in self.rules if rule.label == name)
        if not chosen:
            raise RuleError(f'There is no rule "{name}".', self.source or None)
        return Rules(chosen, False, self.resources, self.vocabulary, self.source)


BUILTIN = Rules(builtin=True)


def rules_document(rules: Rules) -> dict[str, Any]:
    """The rules as a rules file writes them; default resource rules and built-in words are left out."""
    data: dict[str, Any] = {"rules": [rule.document() for rule in rules.rules], "builtin": rules.builtin}
    own = [rule.document() for rule in rules.resources if rule not in DEFAULT_RESOURCES]
    plain = Vocabulary()
    steps, words = (
        _changed(own_words, built_in)
        for own_words, built_in in (
            (rules.vocabulary.steps, plain.steps),
            (rules.vocabulary.resources, plain.resources),
        )
    )
    data |= {"steps": steps, "words": words, "resources": own}
    return {key: value for key, value in data.items() if value or key in ("rules", "builtin")}


def rules_text(rules: Rules) -> str:
    """The text of a rules file with these rules."""
    return json.dumps(rules_document(rules), indent=2, ensure_ascii=False) + "\n"


def _changed(own: Mapping[str, str], built_in: Mapping[str, str]) -> dict[str, str | None]:
    changed: dict[str, str | None] = {word: name for word, name in own.items() if built_in.get(word) != name}
    return changed | {word: None for word in built_in if word not in own}
