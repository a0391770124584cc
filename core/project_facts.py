# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ramses says about a project: asked while it runs, kept in the project folder for the times when it does not."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, TypeVar

from . import fsops
from .finding import Finding, info, warning
from .longpath import native
from .tree import REPORTS

FILE = "ramses_project.json"
_SCHEMA = 1
_LARGEST = 64 << 20


@dataclass(frozen=True)
class StepFacts:
    """A step: `kind` is pre, asset, shot or post; `settings` its general settings as written (meant as YAML)."""

    uuid: str
    short_name: str
    name: str = ""
    kind: str = "pre"
    settings: str = ""


@dataclass(frozen=True)
class StateFacts:
    """A state and its completion, 0 to 100."""

    uuid: str
    short_name: str
    name: str = ""
    completion: int = 50


@dataclass(frozen=True)
class SequenceFacts:
    """A sequence; rate, size and pixel aspect are None unless it overrides the project's."""

    uuid: str
    short_name: str
    rate: float | None = None
    width: int | None = None
    height: int | None = None
    pixel_aspect: float | None = None


@dataclass(frozen=True)
class ShotFacts:
    """A shot: the short name of its sequence ("" = none) and its frames at the project's rate (None = never said)."""

    uuid: str
    short_name: str
    sequence: str = ""
    frames: int | None = None


@dataclass(frozen=True)
class ProjectFacts:
    """Everything about a project that planning needs. `rate` is as typed (23.976), `seen` UTC when Ramses said it."""

    uuid: str
    short_name: str
    name: str
    folder: str
    rate: float
    width: int
    height: int
    pixel_aspect: float
    steps: tuple[StepFacts, ...] = ()
    states: tuple[StateFacts, ...] = ()
    sequences: tuple[SequenceFacts, ...] = ()
    shots: tuple[ShotFacts, ...] = ()
    seen: str = ""

    def shot(self, short_name: str) -> ShotFacts | None:
        """The shot of that id, in any case."""
        return _named(self.shots, short_name)

    def sequence(self, short_name: str) -> SequenceFacts | None:
        """The sequence of that id, in any case."""
        return _named(self.sequences, short_name)

    def step(self, short_name: str) -> StepFacts | None:
        """The step of that id, in any case."""
        return _named(self.steps, short_name)


def load_facts(project_root: str) -> ProjectFacts | None:
    """The facts of the last time Ramses was seen; None where it never was, or the file cannot be used."""
    try:
        with open(native(_path(project_root)), "rb") as file:
            data = json.loads(file.read(_LARGEST))
        return _parse(data) if isinstance(data, dict) and data.get("schema") == _SCHEMA else None
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        return None


def save_facts(project_root: str, facts: ProjectFacts) -> None:
    """Keep the facts for later, durably; nothing is written where only the time differs. Raises WriteFailed."""
    known = load_facts(project_root)
    if known is not None and replace(known, seen="") == replace(facts, seen=""):
        return
    path = _path(project_root)
    fsops.make_folders(os.path.dirname(path), [])
    text = json.dumps({"schema": _SCHEMA, **asdict(facts)}, indent=1, sort_keys=True)
    fsops.write_file(path, [text.encode("ascii")], replace=True)


def compare(
    facts: ProjectFacts, shot: str, sequence: str | None = None, step: str | None = None, frames: int = 0
) -> list[Finding]:
    """What the person should know before a plate of that shot goes into this project; nothing here blocks.

    `frames` is how long the plate says the shot is (0 = not known). Rate, size and pixel aspect are compared by
    `checks.check_spec`, with what `facts` says.
    """
    found = []
    known = facts.shot(shot)
    if known is not None:
        if frames and known.frames and frames != known.frames:
            text = f"The plate has {frames} frames, shot {known.short_name} has {known.frames} in Ramses."
            found.append(warning("duration-differs", text, advice="Ramses keeps its length; change it there if wrong."))
        if sequence and known.sequence.casefold() != sequence.casefold():
            where = f"in sequence {known.sequence}" if known.sequence else "in no sequence"
            text = f"Shot {known.short_name} is {where} in Ramses, the delivery says {sequence}."
            found.append(warning("other-sequence", text, advice="It stays where it is: move it in Ramses if wrong."))
        if known.short_name != shot:
            found.append(info("shot-spelling", f"The shot is called {known.short_name} in Ramses, so it is here."))
    elif sequence and facts.sequence(sequence) is None:
        found.append(info("new-sequence", f"Sequence {sequence} and shot {shot} are new in Ramses."))
    else:
        found.append(info("new-shot", f"Shot {shot} is new in Ramses."))
    if step is not None:
        found += _compare_step(facts, step)
    return found


def _compare_step(facts: ProjectFacts, step: str) -> list[Finding]:
    known = facts.step(step)
    if known is not None and known.kind == "shot":
        return []
    names = ", ".join(entry.short_name for entry in facts.steps if entry.kind == "shot") or "none"
    text = f"Project {facts.short_name} has no shot step {step} in Ramses; it has {names}."
    return [warning("unknown-step", text, advice="Add the step in Ramses: until then the registration waits.")]


class _HasShortName(Protocol):
    @property
    def short_name(self) -> str: ...


_Named = TypeVar("_Named", bound=_HasShortName)


def _named(objects: Sequence[_Named], short_name: str) -> _Named | None:
    folded = short_name.casefold()
    found = [entry for entry in objects if entry.short_name.casefold() == folded]
    return next((entry for entry in found if entry.short_name == short_name), found[0] if found else None)


def _path(project_root: str) -> str:
    return os.path.join(project_root, REPORTS, FILE)


def _parse(data: Mapping[str, Any]) -> ProjectFacts:
    """Raises TypeError, KeyError or ValueError for what is no such document."""
    kinds: dict[str, type] = {"steps": StepFacts, "states": StateFacts, "sequences": SequenceFacts, "shots": ShotFacts}
    values: dict[str, Any] = {key: value for key, value in data.items() if key != "schema"}
    values |= {key: tuple(kind(**entry) for entry in data[key]) for key, kind in kinds.items()}
    facts = ProjectFacts(**values)
    if not (facts.uuid and facts.short_name and float(facts.rate) > 0):
        raise ValueError("no project")
    return facts
