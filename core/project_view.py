# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan knows of the project: from Ramses or its last visit, from the folder, from the command line."""

from __future__ import annotations

import os
from fractions import Fraction

from .checks import Spec
from .errors import NameRefused, SettingsError
from .ids import check_id
from .placement import StartFacts
from .plan import ProjectView
from .project_facts import ProjectFacts, SequenceFacts, StepFacts
from .start_facts import start_facts
from .timecode import rate_of
from .tree import find_project_id


def project_view(
    root: str,
    facts: ProjectFacts | None = None,
    project: str | None = None,
    rate: Fraction | None = None,
    size: tuple[int, int] | None = None,
) -> ProjectView:
    """The view of the project in `root`. What is given explicitly wins over Ramses, Ramses over the folder names.

    Raises SettingsError where nobody says the project's short name, NameRefused where it cannot be one.
    """
    name = project or (facts.short_name if facts is not None else None) or find_project_id(root) or _folder_id(root)
    if name is None:
        advice = "Say it with --project, for example --project PROJ."
        raise SettingsError("nothing here tells the project's short name.", root, advice)
    name = check_id("project", name)
    if facts is None:
        width, height = size or (None, None)
        return ProjectView(name, Spec("the project", rate, width, height))
    spec = Spec(
        "the project",
        rate or rate_of(facts.rate),
        size[0] if size else facts.width,
        size[1] if size else facts.height,
        Fraction(facts.pixel_aspect).limit_denominator(1000),
    )
    return ProjectView(
        name,
        spec,
        {sequence.short_name: _sequence_spec(sequence) for sequence in facts.sequences},
        {shot.short_name.upper(): (shot.short_name, shot.sequence or None) for shot in facts.shots},
        tuple(step.short_name for step in facts.steps if step.kind == "shot"),
        tuple(state.short_name for state in facts.states),
        {step.short_name: start for step in facts.steps if (start := _start(step)) is not None},
        facts,
    )


def _folder_id(root: str) -> str | None:
    """The name of the project folder, where Ramses could have made it: a short name and nothing else."""
    name = os.path.basename(os.path.normpath(root))
    marked = os.path.isdir(os.path.join(root, "05-SHOTS")) or os.path.isdir(os.path.join(root, "00-ADMIN"))
    try:
        return check_id("project", name) if marked else None
    except NameRefused:
        return None


def _sequence_spec(sequence: SequenceFacts) -> Spec:
    aspect = sequence.pixel_aspect
    return Spec(
        f"sequence {sequence.short_name}",
        None if sequence.rate is None else rate_of(sequence.rate),
        sequence.width,
        sequence.height,
        None if aspect is None else Fraction(aspect).limit_denominator(1000),
    )


def _start(step: StepFacts) -> StartFacts | None:
    """The shot start of a step's settings, None where they say nothing of it."""
    found = start_facts(step_settings=step.settings)
    return None if found.source == StartFacts().source else found
