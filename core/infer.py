# SPDX-License-Identifier: GPL-3.0-or-later
"""A naming rule from examples: somebody marks the shot in a file name or two, the rest of the names confirm it.

Several patterns are written, from close to the examples to open. The first one is taken that gives back every mark,
refuses every negative example, and finds the most fields in the names without marks - on the full file names as well
as on the base names that a scan makes of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import RuleError
from .grouping import Grouper, Place
from .identify import identify
from .identity import Identity
from .name_cells import Layout, Mark, is_ignored, layout_of, merged
from .naming_facts import extension, is_footage
from .noise import TOKEN
from .pattern_writer import Style, pattern_of
from .rule import FIELDS, Rule
from .rules import Rules

__all__ = ["Example", "Mark", "infer", "infer_document", "preview", "read_examples"]

MOST_EXAMPLES = 500
LONGEST_NAME = 255


@dataclass(frozen=True)
class Example:
    """A full file name and what is marked in it; one without marks shows how other names look."""

    name: str
    marks: tuple[Mark, ...] = ()

    @property
    def stem(self) -> str:
        """The name without the extension of a footage format."""
        ext = extension(self.name)
        return self.name[: -len(ext) - 1] if ext and is_footage(ext) else self.name

    def text(self, mark: Mark) -> str:
        """What a mark covers."""
        return self.name[mark.start : mark.end]


def infer(examples: Sequence[Example], negative: Sequence[str] = (), name: str = "") -> Rule:
    """The rule that finds what is marked. Raises RuleError where the marks are wrong or contradict each other, or where
    a negative example cannot be told from the others."""
    examples = _checked(examples)
    bases = _bases([example.name for example in examples])
    texts = [sorted({example.name, example.stem, *bases.get(example.name, ())}, key=len) for example in examples]
    best: tuple[int, Rule] | None = None
    problem = "no part of them is alike"
    for pattern in _patterns(examples, negative):
        try:
            rule = Rule(pattern, name)
        except RuleError as found:
            problem = found.message
            continue
        wrong, score = _judged(rule, examples, texts, negative)
        if wrong:
            problem = wrong
        elif best is None or score > best[0]:
            best = (score, rule)
    if best is None:
        advice = "Mark the same part in all examples, or make two rules."
        raise RuleError(f"No pattern fits these examples: {problem}.", advice=advice)
    return best[1]


def preview(rule: Rule, names: Iterable[str]) -> list[Identity]:
    """What a rule alone makes of these names, for showing it while the examples are marked."""
    rules = Rules((rule,))
    return [identify(name, "", rules) for name in names]


def read_examples(document: Mapping[str, Any]) -> tuple[list[Example], list[str]]:
    """(examples, negative examples) of a JSON document with `examples` (names), `negative_examples` and `annotations`
    (`field`, `example`, `start`, `end`, and `text` for checking). Raises RuleError where it is not of that form."""
    names, negative = (_texts(document, key) for key in ("examples", "negative_examples"))
    annotations = document.get("annotations", [])
    if not isinstance(annotations, list):
        raise RuleError("annotations must be a list.")
    marks: dict[str, list[Mark]] = {name: [] for name in names}
    for number, entry in enumerate(annotations, 1):
        example, mark = _annotation(entry, number)
        marks.setdefault(example, []).append(mark)
    return [Example(example, tuple(found)) for example, found in marks.items()], negative


def infer_document(rule: Rule, examples: Sequence[Example], negative: Sequence[str] = ()) -> dict[str, Any]:
    """The document of `rules infer --json`: the rule as a rules file writes it, and what it finds in every name."""
    return {
        "schema": "ramses-plates/rules/1",
        "rule": rule.document(),
        "examples": [{"name": example.name, "values": rule.extract(example.stem)} for example in examples],
        "negative_examples": [{"name": name, "values": rule.extract(name)} for name in negative],
    }


def _texts(document: Mapping[str, Any], key: str) -> list[str]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise RuleError(f"{key} must be a list of names.")
    return list(dict.fromkeys(value))


def _annotation(entry: Any, number: int) -> tuple[str, Mark]:
    wanted = {"field": str, "example": str, "start": int, "end": int}
    if not isinstance(entry, dict) or not all(type(entry.get(key)) is kind for key, kind in wanted.items()):
        raise RuleError(f"Annotation {number} needs field and example (texts), start and end (numbers).")
    mark = Mark(entry["field"], entry["start"], entry["end"])
    text = entry["example"][mark.start : mark.end] if 0 <= mark.start <= mark.end else ""
    if "text" in entry and entry["text"] != text:
        raise RuleError(f'Annotation {number}: "{text}" stands there in "{entry["example"]}", not "{entry["text"]}".')
    return entry["example"], mark


def _checked(examples: Sequence[Example]) -> list[Example]:
    """The examples, each name once. Raises RuleError for marks that cannot be."""
    if len(examples) > MOST_EXAMPLES:
        raise RuleError(f"There are {len(examples)} examples; {MOST_EXAMPLES} are allowed.")
    by_name: dict[str, list[Mark]] = {}
    for example in examples:
        marks = by_name.setdefault(example.name, [])
        marks += [mark for mark in example.marks if mark not in marks]
    checked = [Example(name, tuple(sorted(marks, key=lambda mark: mark.start))) for name, marks in by_name.items()]
    for example in checked:
        _check_marks(example)
    if not any(not is_ignored(mark.field) for example in checked for mark in example.marks):
        raise RuleError("Nothing is marked.", advice="Mark at least the shot in one of the names.")
    return checked


def _check_marks(example: Example) -> None:
    if len(example.name) > LONGEST_NAME:
        raise RuleError(f"An example has {len(example.name)} characters; {LONGEST_NAME} are allowed.")
    at, seen = 0, set[str]()
    for mark in example.marks:
        where = f'in "{example.name}"'
        if mark.field not in FIELDS and not is_ignored(mark.field):
            raise RuleError(f'"{mark.field}" {where} is no field.', advice=f"Use {', '.join(FIELDS)} or _ignore_1.")
        if not 0 <= mark.start < mark.end <= len(example.name):
            raise RuleError(f"The mark of {mark.field} {where} is outside the name.")
        if mark.end > len(example.stem):
            raise RuleError(f"The mark of {mark.field} {where} reaches into the extension, which rules never see.")
        if mark.start < at:
            raise RuleError(f"The mark of {mark.field} {where} overlaps another one.")
        if mark.field in seen and not is_ignored(mark.field):
            raise RuleError(f"{mark.field} is marked twice {where}.")
        seen.add(mark.field)
        at = mark.end


def _bases(names: Sequence[str]) -> dict[str, set[str]]:
    """The base names that a scan gives these files, each alone and all of them in one folder."""
    found: dict[str, set[str]] = {}
    names = [name for name in names if name]
    for together in (list(names), *([name] for name in names)):
        grouper = Grouper(Place(""))
        grouper.add(together)
        for clip in grouper.grouped().clips:
            for _frame, file in clip.files():
                found.setdefault(file, set()).add(clip.base)
    return found


def _patterns(examples: Sequence[Example], negative: Sequence[str]) -> Iterator[str]:
    """Patterns to try, the closest ones first; those for negative examples come last."""
    extensions = tuple(sorted({extension(example.name) for example in examples if example.stem != example.name}))
    layouts = list(_layouts(examples))
    forbidden = _forbidden(examples, negative)
    for literal, tail, words in ((False, False, ()), (True, False, ()), (False, False, forbidden), (True, True, ())):
        for layout in layouts:
            for open_fields, open_context in ((False, False), (False, True), (True, False), (True, True)):
                yield pattern_of(layout, Style(open_fields, open_context, literal, tail, extensions, words))
        if not negative:
            return


def _layouts(examples: Sequence[Example]) -> Iterator[Layout]:
    """The marked examples laid over each other, then all examples."""
    marked = sorted((example for example in examples if example.marks), key=lambda example: -len(example.marks))
    layout = layout_of(marked[0].stem, marked[0].marks)
    for example in marked[1:]:
        laid = merged(layout, layout_of(example.stem, example.marks))
        if laid is None:
            raise RuleError(
                f'The marked names "{marked[0].name}" and "{example.name}" are built too differently for one rule.',
                advice="Make two rules.",
            )
        layout = laid
    yield layout
    for example in examples:
        if not example.marks:
            layout = merged(layout, layout_of(example.stem, ())) or layout
    yield layout


def _forbidden(examples: Sequence[Example], negative: Sequence[str]) -> tuple[str, ...]:
    """One word of each negative example that no other name has; words of letters first, then the longest."""
    kept = {token.lower() for example in examples for token in TOKEN.findall(example.name)}
    words: dict[str, None] = {}
    for name in negative:
        own = [token.lower() for token in TOKEN.findall(Example(name).stem) if token.lower() not in kept]
        if own and not any(word in words for word in own):
            words[max(own, key=lambda word: (word.isalpha(), len(word)))] = None
    return tuple(words)


def _judged(
    rule: Rule, examples: Sequence[Example], texts: Sequence[Sequence[str]], negative: Sequence[str]
) -> tuple[str, int]:
    """(what is wrong with the rule or "", how many fields it finds in all examples)."""
    score = 0
    for example, forms in zip(examples, texts, strict=True):
        whole = rule.extract(example.stem)
        score += len(whole)
        for text in forms:
            wrong = _wrong(rule.extract(text), whole, example, text)
            if wrong:
                return wrong, 0
    for name in negative:
        if rule.extract(name) or rule.extract(Example(name).stem):
            return f'the negative example "{name}" cannot be told from the others', 0
    return "", score


def _wrong(found: Mapping[str, str], whole: Mapping[str, str], example: Example, text: str) -> str:
    for mark in example.marks:
        inside = mark.end <= len(text) and text[: mark.end] == example.name[: mark.end]
        if inside and not is_ignored(mark.field) and found.get(mark.field) != example.text(mark):
            got = f'"{found[mark.field]}"' if mark.field in found else "nothing"
            return f'{mark.field} of "{text}" would be {got} instead of "{example.text(mark)}"'
    for name, value in found.items():
        if whole.get(name) != value:
            return f'{name} would be "{value}" in "{text}" but not in "{example.stem}"'
    return ""
