# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks in example names, and the rule that they amount to; no Qt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...core.clip import Clip
from ...core.errors import RuleError
from ...core.events import Cancel
from ...core.identify import identify_clip
from ...core.identity import Identity
from ...core.infer import Example, Mark, infer
from ...core.rule import Rule
from ...core.rule_set import Rules
from .host import Job

# What can be marked: field, words, key.
MARKABLE: tuple[tuple[str, str, str], ...] = (
    ("shot", "Shot", "1"),
    ("sequence", "Sequence", "2"),
    ("resource", "Resource", "3"),
    ("step", "Step", "4"),
    ("version", "Version", "5"),
    ("_ignore", "Anything", "6"),
)
# More names make the rule no better, and the answer later.
_MOST_NAMES = 120


@dataclass(frozen=True)
class Marks:
    """Marks by file name, and names in which nothing may be found."""

    by_name: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    negative: frozenset[str] = frozenset()

    def of(self, name: str) -> tuple[Mark, ...]:
        """The marks in a name, from left to right."""
        return self.by_name.get(name, ())

    def put(self, name: str, what: str, start: int, end: int) -> Marks:
        """Mark `name[start:end]`; marks that it touches give way, and so does an older one of the same field."""
        if not 0 <= start < end <= len(name):
            return self
        kept = [mark for mark in self.of(name) if mark.end <= start or mark.start >= end]
        if what != "_ignore":
            kept = [mark for mark in kept if mark.field != what]
        marks = tuple(sorted([*kept, Mark(what, start, end)], key=lambda mark: mark.start))
        return Marks({**self.by_name, name: marks}, self.negative - {name})

    def clear(self, name: str) -> Marks:
        """Take the marks of a name away."""
        return Marks({other: marks for other, marks in self.by_name.items() if other != name}, self.negative - {name})

    def refuse(self, names: Sequence[str]) -> Marks:
        """Say that these names hold no shot; those that were said so already are ordinary again."""
        chosen = frozenset(names)
        negative = self.negative - chosen if chosen <= self.negative else self.negative | chosen
        return Marks({name: marks for name, marks in self.by_name.items() if name not in negative}, negative)

    @property
    def any(self) -> bool:
        """True where something is marked that a rule could find."""
        return any(mark.field != "_ignore" for marks in self.by_name.values() for mark in marks)


@dataclass(frozen=True)
class Inferred:
    """A rule, and what it makes of every clip; `problem` says why there is none."""

    rule: Rule | None = None
    found: tuple[Identity, ...] = ()
    problem: str = ""

    @property
    def matched(self) -> int:
        """In how many clips the rule finds a shot."""
        return sum(identity.matched for identity in self.found)


def infer_job(marks: Marks, clips: Sequence[Clip], name: str) -> Job[Inferred, Inferred]:
    """Find the rule and try it on the clips."""
    return Job("Finding the rule", lambda _listen, cancel: _infer(marks, clips, name, cancel), lambda found: found)


def _infer(marks: Marks, clips: Sequence[Clip], name: str, cancel: Cancel) -> Inferred:
    if not marks.any:
        return Inferred(problem="Mark the shot: select it in the name, then press Shot.")
    names = dict.fromkeys([*marks.by_name, *(clip.first_file for clip in clips[:_MOST_NAMES])])
    examples = [Example(one, marks.of(one)) for one in names if one not in marks.negative]
    try:
        rule = infer(examples, sorted(marks.negative), name)
    except RuleError as problem:
        return Inferred(problem=str(problem))
    cancel.check()
    only = Rules((rule,))
    found = []
    for clip in clips:
        cancel.check()
        found.append(identify_clip(clip, only))
    return Inferred(rule, tuple(found))


def with_rule(rules: Rules, rule: Rule) -> Rules:
    """The rules with this one tried first; the built-in reading stays behind it where it was."""
    return replace(rules, rules=(rule, *rules.rules), source="")
