# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scene of a shot should be by Ramses: rate, size, pixel aspect, range with handles, colour. Knows no host."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from .checks import expected_spec
from .events import Cancel
from .placement import StartFacts
from .placement_record import Recorded
from .project_facts import load_facts
from .project_view import project_view
from .published_footage import recorded
from .start_facts import start_facts
from .step_settings import section_text
from .versions import PublishedVersion, list_versions
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


def shot_setup(work: WorkContext, setting: StartFacts | None = None, plate: Recorded | None = None) -> ShotSetup:
    """From what Ramses said the last time; start and handles come from the plate's record where a `plate` is given (see
    `main_plate`), else from the step's settings, else from `setting`: so scene and plate line up.

    The range is the shot's frames at the project's rate with its handles around them, else that of the plate. An asset
    has no range. Reads one small file. Raises NameRefused where the project has no short name.
    """
    facts = load_facts(work.root)
    if facts is None:
        return _ranged(ShotSetup(), start_facts(plate, None, setting), None, plate)
    view = project_view(work.root, facts)
    shot, step = facts.shot(work.shot), facts.step(work.step)
    sequence = shot.sequence if shot is not None else None
    spec = expected_spec(sequence or None, view.spec, dict(view.sequences))
    settings = step.settings if step is not None else ""
    setup = ShotSetup(
        rate=spec.rate,
        size=(spec.width, spec.height) if spec.width and spec.height else None,
        pixel_aspect=spec.pixel_aspect,
        colour=Colour.of_settings(settings),
        spec_source=spec.source,
    )
    frames = shot.frames if shot is not None else None
    return _ranged(setup, start_facts(plate, settings, setting), frames, plate)


def main_plate(work: WorkContext, cancel: Cancel | None = None) -> Recorded | None:
    """What the newest main plate of the shot remembers, of those that remember their start or their handles.

    Any other step may hold it, and the one that was completed last counts. Lists the shot's steps and reads a few
    sidecars; None for an asset. Raises ReadFailed, Cancelled.
    """
    if not work.shot:
        return None
    newest: dict[str, PublishedVersion] = {}
    for version in list_versions(work.root, work.shot, resource="", cancel=cancel):
        if version.step.upper() != work.step.upper() and version.complete:
            newest[version.step.upper()] = version  # they come by number
    for version in sorted(newest.values(), key=lambda version: -(version.completed or 0)):
        known = recorded(version)
        if known is not None and (known.start is not None or known.handles is not None):
            return known
    return None


def _ranged(setup: ShotSetup, start: StartFacts, frames: int | None, plate: Recorded | None) -> ShotSetup:
    head, tail = start.head or 0, start.tail or 0
    told = f"{frames} frames of the shot in Ramses"
    if not frames and plate is not None and plate.handles is not None and plate.footage.length > head + tail:
        frames, told = plate.footage.length - head - tail, "the newest plate"
    if not frames:
        return setup
    source = f"{told}, start from {start.source}"
    return replace(setup, first=start.start - head, last=start.start + frames - 1 + tail, range_source=source)
