# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scene of a shot should be by Ramses: rate, size, pixel aspect, range with handles, colour. Knows no host."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from .checks import expected_spec
from .placement import StartFacts
from .project_facts import load_facts
from .project_view import project_view
from .start_facts import start_facts
from .step_settings import section_text
from .work_context import WorkContext


@dataclass(frozen=True)
class Colour:
    """The step's `color_management` in Ramses, as Ramses-Maya reads it; "" where it says nothing."""

    config: str = ""
    working: str = ""
    display: str = ""
    view: str = ""

    @classmethod
    def of_settings(cls, settings: str) -> Colour:
        """From the step's settings text; paths get `/` separators."""
        config, *names = (
            section_text(settings, "color_management", key)
            for key in ("ocio_path", "rendering_space", "display_space", "view_transform")
        )
        return cls(config.replace("\\", "/"), *names)


@dataclass(frozen=True)
class ShotSetup:
    """The values that somebody knows; None = nobody does. `first` and `last` include the handles.

    `spec_source` and `range_source` say in words who asks for rate and size, and for the range.
    """

    rate: Fraction | None = None
    size: tuple[int, int] | None = None
    pixel_aspect: Fraction | None = None
    first: int | None = None
    last: int | None = None
    colour: Colour = field(default_factory=Colour)
    spec_source: str = ""
    range_source: str = ""


def shot_setup(work: WorkContext, setting: StartFacts | None = None) -> ShotSetup:
    """From what Ramses said the last time; start and handles come from the step's settings, else from `setting`.

    The range is the shot's frames at the project's rate with its handles around them. An asset has no range.
    Reads one small file. Raises NameRefused where the project has no short name.
    """
    facts = load_facts(work.root)
    if facts is None:
        return ShotSetup()
    view = project_view(work.root, facts)
    shot, step = facts.shot(work.shot), facts.step(work.step)
    sequence = shot.sequence if shot is not None else None
    spec = expected_spec(sequence or None, view.spec, dict(view.sequences))
    settings = step.settings if step is not None else ""
    start = start_facts(step_settings=settings, setting=setting)
    frames = shot.frames if shot is not None else None
    return ShotSetup(
        rate=spec.rate,
        size=(spec.width, spec.height) if spec.width and spec.height else None,
        pixel_aspect=spec.pixel_aspect,
        first=start.start - (start.head or 0) if frames else None,
        last=start.start + frames - 1 + (start.tail or 0) if frames else None,
        colour=Colour.of_settings(settings),
        spec_source=spec.source,
        range_source=f"{frames} frames of the shot in Ramses, start from {start.source}" if frames else "",
    )
