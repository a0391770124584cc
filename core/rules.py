# SPDX-License-Identifier: GPL-3.0-or-later
"""Naming rules: the built-in ones, and those of a JSON file, each mistake in it reported with its place.

    {
      "rules": [{"name": "...", "pattern": "(?P<sequence>...)_(?P<shot>...)", "shot_prefix": "SH"}],
      "builtin": true,
      "steps": {"plt": "PLATE"},
      "words": {"cln": "CLEAN", "proxy": null},
      "resources": [{"view": "left", "resource": ""}]
    }

Rules are tried in their order, the first one that finds a shot decides; with `builtin` the built-in reading follows.
`steps` and `words` add to the words of the built-in reading (null takes one away), `resources` go before the default
resource rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from .errors import RuleError
from .finding import Finding, blocks, error, warning
from .json_places import JsonPlaces, Path
from .resource_rule import DEFAULT_RESOURCES, ResourceRule
from .rule import FIELDS, PatternError, Rule
from .rule_set import BUILTIN, Rules, rules_document, rules_text
from .vocabulary import Vocabulary

__all__ = [
    "BUILTIN",
    "FIELDS",
    "ResourceRule",
    "Rule",
    "Rules",
    "check_rules",
    "load_rules",
    "rules_document",
    "rules_text",
]

MAX_BYTES = 1 << 20
MAX_RULES = 500
# Keys of other tools' rule files, carried over without a word.
_FOREIGN_KEYS = frozenset(("studio_name", "studio_logo", "schema", "comment"))
_KEYS = ("rules", "builtin", "steps", "words", "resources")


def load_rules(path: str) -> Rules:
    """The rules of a file. Raises RuleError naming the first mistakes with their places."""
    rules, findings = _read(path)
    mistakes = [finding.message for finding in findings if finding.severity == "error"]
    if mistakes:
        more = f" ({len(mistakes) - 3} more)" if len(mistakes) > 3 else ""
        raise RuleError(" ".join(mistakes[:3]) + more, path, "Correct the rules file, then check it again.")
    return rules


def check_rules(path: str) -> list[Finding]:
    """Everything that is wrong (error) or doubtful (warning) in a rules file; an error keeps it from being used."""
    return _read(path)[1]


def check_document(path: str) -> dict[str, Any]:
    """The document of `rules check --json`."""
    rules, findings = _read(path)
    return {
        "schema": "ramses-plates/rules/1",
        "file": path,
        "ok": not blocks(findings),
        "rules": [rule.label for rule in rules.rules],
        "findings": [finding.document() for finding in findings],
    }


def _read(path: str) -> tuple[Rules, list[Finding]]:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as found:
        return BUILTIN, [error("rules-unreadable", f"The rules file cannot be read: {found.strerror}.", path)]
    if len(data) > MAX_BYTES:
        return BUILTIN, [error("rules-unreadable", f"The rules file is larger than {MAX_BYTES} bytes.", path)]
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text)
        places = JsonPlaces(text)
    except UnicodeDecodeError as found:
        return BUILTIN, [error("rules-unreadable", f"The rules file is not UTF-8 at byte {found.start}.", path)]
    except json.JSONDecodeError as found:
        where = f"line {found.lineno}, column {found.colno}"
        return BUILTIN, [error("rules-syntax", f"The rules file is not JSON at {where}: {found.msg}.", path)]
    except RecursionError:
        return BUILTIN, [error("rules-syntax", "The rules file is nested too deeply.", path)]
    except ValueError:
        return BUILTIN, [error("rules-syntax", "The rules file holds a number that is too long.", path)]
    reader = _Reader(path, places)
    return reader.rules(document), reader.findings


Made = TypeVar("Made", Rule, ResourceRule)
MadeType = type[Rule] | type[ResourceRule]


class _Reader:
    """Reads one rules document and collects what is wrong with it."""

    def __init__(self, path: str, places: JsonPlaces) -> None:
        self._path = path
        self._places = places
        self.findings: list[Finding] = []

    def rules(self, document: Any) -> Rules:
        """The usable rules of a document: an object with the key `rules`, or a bare list of rules."""
        at: Path = ()
        if isinstance(document, list):
            document = {"rules": document}
        else:
            at = ("rules",)
        if not isinstance(document, dict):
            self._error("rules-syntax", (), "A rules file holds an object with the key rules.")
            return BUILTIN
        for key in document.keys() - _FOREIGN_KEYS - set(_KEYS):
            self._warning((key,), f'The key "{key}" is not known and has no effect.')
        made = self._list(document.get("rules"), at, "rule", self._rule)
        resources = self._list(document.get("resources"), ("resources",), "resource rule", self._resource)
        vocabulary = Vocabulary()
        steps, words = self._words(document, "steps"), self._words(document, "words")
        if steps or words:
            vocabulary = vocabulary.extended(steps, words)
        builtin = self._flag(document.get("builtin", False), ("builtin",), "builtin")
        return Rules(tuple(made), builtin, (*resources, *DEFAULT_RESOURCES), vocabulary, self._path)

    def _list(self, value: Any, at: Path, what: str, make: Callable[[Any, Path, str], Made | None]) -> list[Made]:
        if value is None:
            return []
        if not isinstance(value, list):
            self._error("rules-syntax", at, f"{at[-1]} must be a list of {what}s.")
            return []
        if len(value) > MAX_RULES:
            self._error("rules-syntax", at, f"There are {len(value)} {what}s; {MAX_RULES} are allowed.")
            return []
        made = (make(item, (*at, index), f"{what} {index + 1}") for index, item in enumerate(value))
        return [item for item in made if item is not None]

    def _rule(self, item: Any, at: Path, label: str) -> Rule | None:
        arguments = self._arguments(item, at, label, Rule)
        if arguments is None:
            return None
        named = {**arguments, "name": arguments.get("name") or label}
        rule = self._make(lambda: Rule(**named), at, f'{label} "{named["name"]}"' if arguments.get("name") else label)
        if rule is not None:
            self._doubts(rule, at, label)
        return rule

    def _doubts(self, rule: Rule, at: Path, label: str) -> None:
        for group in rule.groups:
            if group not in FIELDS and not group.startswith("_"):
                self._warning((*at, "pattern"), f'{label}: the group "{group}" is none of {", ".join(FIELDS)}.')
        if not rule.has_shot:
            text = f"{label} has no group shot: it only adds to what another rule finds."
            self._warning((*at, "pattern"), text)
        if rule.longest < 100:
            text = f"{label} is only used on names of up to {rule.longest} characters, longer ones could take too long."
            self._warning((*at, "pattern"), text)

    def _resource(self, item: Any, at: Path, label: str) -> ResourceRule | None:
        if isinstance(item, dict) and isinstance(item.get("ext"), str):
            item = {**item, "ext": [item["ext"]]}
        arguments = self._arguments(item, at, label, ResourceRule)
        if arguments is None:
            return None
        if "ext" in arguments:
            arguments["ext"] = tuple(ext.lower().lstrip(".") for ext in arguments["ext"])
        return self._make(lambda: ResourceRule(**arguments), at, label)

    def _arguments(
        self, item: Any, at: Path, label: str, made: type[Rule] | type[ResourceRule]
    ) -> dict[str, Any] | None:
        """The members of one rule, each of the type of its field; None where one is missing or of another type."""
        if not isinstance(item, dict):
            self._error("rule-invalid", at, f"{label} is not an object.")
            return None
        known = {entry.name: entry for entry in fields(made) if entry.init}
        arguments: dict[str, Any] = {}
        good = True
        for key, value in item.items():
            if key not in known:
                self._warning((*at, key), f'{label}: the key "{key}" is not known and has no effect.')
            elif value is not None:
                good = self._has_type(value, str(known[key].type), (*at, key), f"{label}: {key}") and good
                arguments[key] = value
        for name, entry in known.items():
            if entry.default is MISSING and name not in arguments:
                self._error("rule-invalid", at, f"{label} has no {name}.")
                good = False
        return arguments if good else None

    def _has_type(self, value: Any, wanted: str, at: Path, what: str) -> bool:
        if wanted == "bool":
            self._flag(value, at, what)
            return isinstance(value, bool)
        if wanted == "str" and not isinstance(value, str):
            self._error("rule-invalid", at, f"{what} must be text.")
            return False
        if wanted.startswith("tuple") and not (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        ):
            self._error("rule-invalid", at, f"{what} must be a list of texts.")
            return False
        return True

    def _flag(self, value: Any, at: Path, what: str) -> bool:
        if not isinstance(value, bool):
            self._error("rule-invalid", at, f"{what} must be true or false.")
            return False
        return value

    def _make(self, make: Callable[[], Made], at: Path, label: str) -> Made | None:
        try:
            return make()
        except PatternError as found:
            place = self._places.inside((*at, "pattern"), found.position or 0)
            self.findings.append(error("rule-invalid", f"{label} ({place}): {found.message}", self._path))
        except RuleError as found:
            self._error("rule-invalid", (*at, "pattern"), f"{label}: {found.message}", found.advice)
        return None

    def _words(self, document: dict[str, Any], key: str) -> dict[str, str | None]:
        value = document.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(name is None or isinstance(name, str) for name in value.values()):
            self._error("rule-invalid", (key,), f"{key} must map words to names, or to null.")
            return {}
        return value

    def _error(self, code: str, at: Path, message: str, advice: str = "") -> None:
        self.findings.append(error(code, f"{_with_place(message, str(self._places.of(at)))}", self._path, advice))

    def _warning(self, at: Path, message: str) -> None:
        self.findings.append(warning("rule-doubtful", _with_place(message, str(self._places.of(at))), self._path))


def _with_place(message: str, place: str) -> str:
    return f"{message[:-1]} ({place})." if message.endswith(".") else f"{message} ({place})"
