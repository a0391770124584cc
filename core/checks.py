# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of clips against themselves, each other and the project. They only report; the plan decides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .clip import Clip
from .finding import Finding, error, info, warning
from .media import Colour, FrameReport, Media
from .timecode import rate_text

# Two rates or pixel aspects nearer than this are the same one, written with fewer digits.
TOLERANCE = Fraction(1, 1000)
# How many frames a sentence names before it says "and n more".
_NAMED = 5


@dataclass(frozen=True)
class Spec:
    """What a plate should be: rate, size in pixels, pixel aspect (None = not known), and who says so."""

    source: str
    rate: Fraction | None = None
    width: int | None = None
    height: int | None = None
    pixel_aspect: Fraction | None = None


def expected_spec(sequence: str | None, project: Spec, sequences: dict[str, Spec]) -> Spec:
    """The standard that a plate of `sequence` is held against.

    A sequence that does not exist yet has no standard of its own: the project's counts, so that a wrong first plate
    cannot make itself the standard.
    """
    if not sequence:
        return project
    known = {name.upper(): spec for name, spec in sequences.items()}.get(sequence.upper())
    if known is None:
        source = f"{project.source} (sequence not created yet)"
        return Spec(source, project.rate, project.width, project.height, project.pixel_aspect)
    return Spec(
        known.source,
        known.rate or project.rate,
        known.width or project.width,
        known.height or project.height,
        known.pixel_aspect or project.pixel_aspect,
    )


def check_spec(media: Media, rate: Fraction | None, spec: Spec) -> list[Finding]:
    """Warnings where size, rate or pixel aspect of a main plate differ from the standard. Never blocks."""
    found = []
    if rate is not None and spec.rate is not None and abs(rate - spec.rate) > TOLERANCE:
        text = f"runs at {rate_text(rate)}, {spec.source} at {rate_text(spec.rate)} frames a second."
        found.append(warning("rate-differs", text, advice="Set the rate of the clip if its header is wrong."))
    size = (media.width, media.height)
    wanted = (spec.width, spec.height)
    if None not in size and None not in wanted and size != wanted:
        turned = " The sides look swapped." if size == wanted[::-1] else ""
        found.append(
            warning("size-differs", f"is {size[0]}x{size[1]}, {spec.source} is {wanted[0]}x{wanted[1]}.{turned}")
        )
    aspect = media.pixel_aspect
    if aspect and spec.pixel_aspect and abs(aspect - spec.pixel_aspect) > TOLERANCE:
        text = f"has pixel aspect {float(aspect):g}, {spec.source} has {float(spec.pixel_aspect):g}."
        found.append(warning("aspect-differs", text))
    return found


def check_media(clip: Clip, media: Media) -> list[Finding]:
    """What the header alone tells: unreadable files, no rate, no timecode, notes of the reader."""
    name = clip.first_file
    if media.error:
        return [error("unreadable", media.error, name, "Ask the vendor for this file again.")]
    found = [info("header-note", note, name) for note in media.notes]
    if clip.kind in ("sequence", "movie"):
        if media.start_timecode is None:
            text = "The header carries no timecode; the clip can be placed by frame numbers only."
            found.append(info("no-timecode", text, name))
        colour = media.colour
        if (colour.space, colour.primaries, colour.transfer) == (None, None, None):
            text = "The header does not say its colour; name it with a colour space where that matters."
            found.append(info("unknown-colour", text, name))
        if media.fps is None and clip.kind == "sequence":
            found.append(info("no-rate", "The header carries no frame rate; the project's is used.", name))
    return found


def check_completeness(clip: Clip, incomplete: str) -> list[Finding]:
    """Missing frames, by number. They block only where the person asked for that (`incomplete` == "refuse")."""
    found = []
    missing = clip.missing
    if missing:
        text = f"{len(missing)} of {clip.frames.last - clip.frames.first + 1} frames are missing: {missing}."
        if incomplete == "refuse":
            advice = "Ask the vendor for them, or publish the clip as it is with --incomplete publish."
            found.append(error("missing-frames", text, advice=advice))
        else:
            advice = "The clip is published with the gap; --incomplete refuse holds it back."
            found.append(warning("missing-frames", text, advice=advice))
    if clip.every:
        found.append(info("constant-step", f"Only every {clip.every}. frame is there, without exception."))
    if clip.mixed_padding:
        found.append(warning("mixed-padding", "The frame numbers are padded in more than one way."))
    if clip.mixed_case:
        found.append(warning("mixed-extension-case", "The extension is written in more than one way."))
    return found


def check_frames_report(clip: Clip, report: FrameReport) -> list[Finding]:
    """Findings for every frame that is empty, cut off, unreadable, unlike the others or breaks the timecode."""
    found = []
    if report.zero_byte:
        text = f"{_frames(len(report.zero_byte))} without content: {report.zero_byte}."
        found.append(error("zero-byte", text, advice="Ask the vendor for these frames again."))
    for code, frames, what in (
        ("truncated", report.truncated, "cut off"),
        ("unreadable-frames", report.unreadable, "unreadable"),
    ):
        if frames:
            text = f"{_frames(len(frames))} {what}: {_name_frames(frames)}."
            found.append(error(code, text, _file_of(clip, frames[0][0]), "Ask the vendor for these frames again."))
    if report.odd:
        text = f"{_frames(len(report.odd))} unlike the first one: {_name_frames(report.odd)}."
        found.append(warning("odd-frames", text, _file_of(clip, report.odd[0][0])))
    if report.timecode_breaks:
        first = report.timecode_breaks[0]
        text = f"The timecode breaks at frame {first.frame}: {first.found or 'none'} where {first.expected} should be"
        more = len(report.timecode_breaks) - 1
        text += f", and {more} more." if more else "."
        found.append(warning("timecode-break", text, _file_of(clip, first.frame)))
    return found


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _name_frames(frames: Sequence[tuple[int, str]]) -> str:
    named = "; ".join(f"{frame} ({why.rstrip('.')})" for frame, why in frames[:_NAMED])
    return named if len(frames) <= _NAMED else f"{named}; and {len(frames) - _NAMED} more"


def _file_of(clip: Clip, frame: int) -> str | None:
    for run in clip.runs:
        if frame in run.frames():
            return run.name(frame)
    return None


@dataclass(frozen=True)
class ColourCase:
    """What the colour check needs of a clip: its tags and its sequence. Resources and refused clips are `exempt`."""

    colour: Colour
    sequence: str | None = None
    exempt: bool = False


def check_colour(cases: Sequence[ColourCase]) -> dict[int, Finding]:
    """Warnings by clip index where main plates of one sequence do not agree in their colour tags. Never blocks.

    The minority is named; on a tie everyone is. A clip without tags is named where others have them.
    """
    found: dict[int, Finding] = {}
    by_sequence: dict[str, list[int]] = defaultdict(list)
    for index, case in enumerate(cases):
        if not case.exempt:
            by_sequence[(case.sequence or "").upper()].append(index)
    for members in by_sequence.values():
        tagged = [index for index in members if _tag(cases[index].colour.primaries)]
        if not tagged:
            continue
        for index in members:
            if index not in tagged:
                text = "has no colour tags while other plates of the sequence have some."
                found[index] = warning("unknown-colour", text, advice="Set its colour space by hand.")
        primaries = {index: _tag(cases[index].colour.primaries) for index in tagged}
        odd = _minority(primaries)
        for index in odd:
            text = f"has {primaries[index]} primaries; the sequence has {_others(primaries, index)}."
            found[index] = warning("mixed-primaries", text)
        transfers: dict[str, dict[int, str]] = defaultdict(dict)
        for index in tagged:
            transfer = _tag(cases[index].colour.transfer)
            if index not in odd and transfer:
                transfers[primaries[index]][index] = transfer
        for group in transfers.values():
            for index in _minority(group):
                text = f"has transfer {group[index]}; the sequence has {_others(group, index)}."
                found.setdefault(index, warning("mixed-transfer", text))
    return found


def _tag(value: str | None) -> str:
    """A colour tag in lower case, "" where it says nothing ("unspecified" is no tag)."""
    text = (value or "").lower()
    return "" if text in ("unspecified", "unknown", "reserved", "reserved0") else text


def _minority(values: dict[int, str]) -> list[int]:
    """The indexes that do not have the most frequent value; all of them on a tie; none where all agree."""
    ranked = Counter(values.values()).most_common()
    if len(ranked) < 2:
        return []
    if ranked[0][1] == ranked[1][1]:
        return list(values)
    return [index for index, value in values.items() if value != ranked[0][0]]


def _others(values: dict[int, str], index: int) -> str:
    return ", ".join(sorted({value for other, value in values.items() if other != index and value != values[index]}))


@dataclass(frozen=True)
class Target:
    """Where a clip is going, as far as collisions care. `order` breaks nothing: all who collide are named."""

    shot: str
    step: str
    resource: str
    label: str


def check_collisions(targets: Sequence[Target | None]) -> dict[int, Finding]:
    """An error by index for all clips that would become the same shot, step and resource; None = has no target."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, target in enumerate(targets):
        if target is not None:
            groups[(target.shot.upper(), target.step.upper(), target.resource.upper())].append(index)
    found = {}
    for members in groups.values():
        if len(members) > 1:
            for index in members:
                target = targets[index]
                assert target is not None
                others = [other.label for i in members if i != index and (other := targets[i]) is not None]
                text = f"is the same shot and resource ({target.shot} {target.resource}".rstrip() + ") as "
                advice = "Give one of them a resource name, or leave one out."
                found[index] = error("collision", text + _list_names(others) + ".", advice=advice)
    return found


def _list_names(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def default_step(steps: Iterable[str]) -> str:
    """The project's step for plates: the one called PLATE in any case, else the first, else ""."""
    names = list(steps)
    return next((name for name in names if name.upper() == "PLATE"), names[0] if names else "")
