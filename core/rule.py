# SPDX-License-Identifier: GPL-3.0-or-later
"""One naming rule: a pattern with named groups, searched without regard to case in a clip's base name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .errors import RuleError
from .folder_hints import ID_CHARACTERS, nearest_folder, sanitised
from .regex_cost import pattern_cost

FIELDS = ("project", "sequence", "shot", "step", "resource", "version", "view")
PATTERN_CHARACTERS = 1024
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]|\.\.")


@dataclass(frozen=True)
class Rule:
    """A pattern and how to read it. Raises RuleError when the pattern is invalid, too long or too slow.

    Groups: see FIELDS; other groups are ignored. `sequence_prefix` and `shot_prefix` are put in front of what was
    found, unless it begins with them already. `use_parent_dir_as_sequence`: the folder names the sequence where the
    pattern does not. A rule without the group `shot` only adds its fields to what another rule finds.
    """

    pattern: str
    name: str = ""
    sequence_prefix: str = ""
    shot_prefix: str = ""
    use_parent_dir_as_sequence: bool = False
    longest: int = field(init=False, repr=False, compare=False, default=0)
    _search: re.Pattern[str] = field(init=False, repr=False, compare=False, default=re.compile(""))

    def __post_init__(self) -> None:
        search, longest = compile_pattern(self.pattern)
        object.__setattr__(self, "_search", search)
        object.__setattr__(self, "longest", longest)

    @property
    def label(self) -> str:
        """The name of the rule, or its pattern where it has none."""
        return self.name or self.pattern

    @property
    def has_shot(self) -> bool:
        """True where the pattern has the group `shot`."""
        return "shot" in self._search.groupindex

    @property
    def groups(self) -> tuple[str, ...]:
        """The named groups of the pattern."""
        return tuple(self._search.groupindex)

    def extract(self, name: str) -> dict[str, str]:
        """The text of every field found in `name`, as it stands there; empty where the pattern is not found."""
        match = self._search.search(name) if len(name) <= self.longest else None
        if match is None:
            return {}
        return {group: text for group, text in match.groupdict().items() if text and group in FIELDS}

    def read(self, base: str, parent: str = "") -> dict[str, str]:
        """The fields of a name with prefixes and folder applied; empty where the pattern finds none that are safe."""
        found = self.extract(base)
        if any(len(text) > ID_CHARACTERS or _UNSAFE.search(text) for text in found.values()):
            return {}
        for name, prefix in (("sequence", self.sequence_prefix), ("shot", self.shot_prefix)):
            if name in found and not found[name].lower().startswith(prefix.lower()):
                found[name] = prefix + found[name]
        if self.use_parent_dir_as_sequence and found and "sequence" not in found:
            folder = sanitised(nearest_folder(parent))
            if folder:
                found["sequence"] = folder
        return found

    def document(self) -> dict[str, Any]:
        """The rule as a rules file writes it; keys with their default value are left out."""
        data: dict[str, Any] = {"name": self.name, "pattern": self.pattern}
        data |= {"sequence_prefix": self.sequence_prefix, "shot_prefix": self.shot_prefix}
        data["use_parent_dir_as_sequence"] = self.use_parent_dir_as_sequence
        return {key: value for key, value in data.items() if value or key == "pattern"}


def compile_pattern(pattern: str) -> tuple[re.Pattern[str], int]:
    """The pattern compiled, and the longest name that it may be searched in. Raises RuleError with the position."""
    if len(pattern) > PATTERN_CHARACTERS:
        raise RuleError(f"The pattern has {len(pattern)} characters; {PATTERN_CHARACTERS} are allowed.")
    try:
        search = re.compile(pattern, re.IGNORECASE)
        problem, longest = pattern_cost(pattern)
    except re.error as found:
        raise PatternError(f"The pattern is no regular expression: {found.msg}", found.pos) from None
    except (OverflowError, RecursionError):
        raise RuleError("The pattern is too deep or its repeats are too large.") from None
    if problem:
        advice = "Separate the parts by a character that they cannot hold, or write [^_]+ instead of .* and \\w+."
        raise RuleError(f"The pattern could take minutes on one name: {problem}.", advice=advice)
    return search, longest


class PatternError(RuleError):
    """An invalid regular expression; `position` counts its characters from 0 (None where the engine does not say)."""

    def __init__(self, message: str, position: int | None) -> None:
        where = "" if position is None else f" at character {position + 1}"
        super().__init__(f"{message}{where}.")
        self.position = position
