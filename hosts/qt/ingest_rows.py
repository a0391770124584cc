# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of clips as plain texts, one frozen row per clip; made on the worker's thread, no Qt here.

A row is made three times: when the clip is found, when its header was read, and when it is planned. What the table
shows later, while and after publishing, are rows again: so the window only ever compares and copies texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, NamedTuple

from ...core.clip import Clip
from ...core.finding import Finding
from ...core.footage import Footage
from ...core.frames import FrameSet
from ...core.identify import identify_clip
from ...core.identity import Identity
from ...core.media import Media
from ...core.plan import Override, PlannedClip, clip_key
from ...core.report.rows import count_text, size_text, timecodes
from ...core.rules import Rules
from ...core.run import ClipResult
from ...core.timecode import rate_text
from .ingest_advice import for_panel

State = Literal[
    "found", "read", "planned", "attention", "publishing", "published", "duplicate", "refused", "failed", "left-out"
]


class Column(NamedTuple):
    """One column: `field` is the name of the edit that it takes, "" where it cannot be edited; `letters` its width."""

    name: str
    title: str
    tip: str
    letters: int
    field: str = ""
    right: bool = False


COLUMNS = (
    Column("status", "Status", "What will happen, or what happened, to this clip", 18),
    Column("name", "Clip", "The clip as it was delivered; its folder shows when the mouse rests on it", 32),
    Column("sequence", "Sequence", "The Ramses sequence. F2 to edit, also on many rows at once", 9, "sequence"),
    Column("shot", "Shot", "The Ramses shot. F2 to edit, also on many rows at once", 9, "shot"),
    Column("resource", "Resource", "Empty for the main plate, else REF, MATTE, LEFT ... F2 to edit", 8, "resource"),
    Column(
        "frames", "Frames", "First and last frame as numbered by the files, or the length of a movie", 10, right=True
    ),
    Column("missing", "Missing", "How many frames are missing between the first and the last", 6, right=True),
    Column("picture", "Picture", "Width and height in pixels", 9, right=True),
    Column("bytes", "Size", "What will be copied", 7, right=True),
    Column("rate", "Rate", "Frames per second. F2 to edit: 25, 23.976, 24000/1001", 6, "rate", True),
    Column("tc_in", "TC in", "Timecode of the first frame", 10, right=True),
    Column("tc_out", "TC out", "Timecode of the last frame", 10, right=True),
    Column("codec", "Codec", "How the picture is stored", 10),
    Column("colour", "Colour", "The colour space. F2 to edit", 10, "colorspace"),
    Column("version", "Version", "The number that this clip will get, or has got", 6, right=True),
    Column("findings", "Findings", "What you should know about this clip", 60),
)
AT = {column.name: index for index, column in enumerate(COLUMNS)}
FIELDS = tuple(column.field for column in COLUMNS if column.field)

STATES: dict[str, str] = {
    "found": "Found",
    "read": "Read",
    "planned": "Ready",
    "attention": "Look at it",
    "publishing": "Publishing",
    "published": "Published",
    "duplicate": "Already there",
    "refused": "Refused",
    "failed": "Failed",
    "left-out": "Left out",
}
# How the status column sorts: what needs a person first.
_ORDER = (
    "failed",
    "refused",
    "attention",
    "planned",
    "publishing",
    "published",
    "duplicate",
    "left-out",
    "read",
    "found",
)
KINDS = {"sequence": "Sequences", "movie": "Movies", "still": "Stills", "udim": "Textures"}
_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class Row:
    """One clip as the table shows it. `cells` and `sort` follow COLUMNS; `edited` are fields that a person set.

    `where` is folder, name and frames in one.
    """

    key: str
    state: State
    kind: str
    cells: tuple[str, ...]
    sort: tuple[str | int, ...]
    findings: tuple[Finding, ...] = ()
    edited: frozenset[str] = frozenset()
    where: str = ""

    @property
    def search(self) -> str:
        """What the search box looks through, in lower case, one line."""
        return " ".join((*self.cells, self.where)).casefold().replace("\n", " ")

    def at(self, column: str) -> str:
        """The text in a column."""
        return self.cells[AT[column]]


def found_row(clip: Clip, rules: Rules) -> Row:
    """A clip of which only the name is known."""
    return _row("found", clip, identify_clip(clip, rules), None)


def read_row(clip: Clip, media: Media, rules: Rules) -> Row:
    """A clip whose header was read."""
    findings = () if media.error is None else (Finding("unreadable", "error", media.error),)
    return _row("read", clip, identify_clip(clip, rules), media, findings)


def planned_row(planned: PlannedClip, override: Override | None = None) -> Row:
    """A clip with everything that the plan says about it."""
    override = override or Override()
    identity = replace(
        planned.identity,
        sequence=planned.sequence or planned.identity.sequence,
        shot=planned.shot or planned.identity.shot,
        resource=planned.resource or planned.identity.resource,
    )
    row = _row(
        _state(planned),
        planned.clip,
        identity,
        planned.media,
        planned.findings,
        rate=planned.rate,
        colour=planned.colorspace,
        version=planned.version,
        size=planned.bytes,
    )
    return replace(row, edited=frozenset(field for field in FIELDS if getattr(override, field) is not None))


def result_row(row: Row, result: ClipResult) -> Row:
    """The row after the run."""
    state: State = row.state if result.status == "planned" else result.status
    if state == "publishing":
        state = "planned"
    findings = tuple(for_panel(finding) for finding in (*result.planned.findings, *result.findings))
    row = with_state(replace(row, findings=findings), state)
    cells, sort = list(row.cells), list(row.sort)
    cells[AT["findings"]] = told(findings, result.planned.clip.first_file)
    if result.published is not None:
        cells[AT["version"]] = f"{result.published.version:03d}"
        sort[AT["version"]] = result.published.version
    return replace(row, cells=tuple(cells), sort=tuple(sort))


def with_state(row: Row, state: State, percent: int | None = None) -> Row:
    """The same row in another state; `percent` of it is copied."""
    words = STATES[state] + ("" if percent is None else f" {percent} %")
    if row.state == state and row.cells[0] == words:
        return row
    return replace(row, state=state, cells=(words, *row.cells[1:]), sort=(_ORDER.index(state), *row.sort[1:]))


def told(findings: Iterable[Finding], file: str = "") -> str:
    """Errors and warnings in one line, errors first; the name of the clip's own `file` need not be said again."""
    wanted = [finding for finding in findings if finding.severity != "info"]
    # That nobody knows the shot is easily seen; what is wrong with the files is not.
    wanted.sort(key=lambda finding: (_SEVERITIES.index(finding.severity), finding.code == "unmatched"))
    return " · ".join(" ".join(finding.message.removeprefix(f"{file}: ").split()) for finding in wanted)


def _state(planned: PlannedClip) -> State:
    if any(finding.code == "left-out" for finding in planned.findings):
        return "left-out"
    if planned.status == "planned" and any(finding.severity == "warning" for finding in planned.findings):
        return "attention"
    return planned.status


def _row(
    state: State,
    clip: Clip,
    identity: Identity,
    media: Media | None,
    findings: tuple[Finding, ...] = (),
    *,
    rate: Fraction | None = None,
    colour: str | None = None,
    version: int | None = None,
    size: int = 0,
) -> Row:
    rate = rate or (media.fps if media is not None else None)
    missing = len(clip.missing)
    length = _length(clip, media)
    first, last = _timecodes(clip, media, rate)
    pixels = (media.width or 0, media.height or 0) if media is not None else (0, 0)
    values: dict[str, tuple[str, str | int]] = {
        "status": (STATES[state], _ORDER.index(state)),
        "name": (_name(clip), f"{clip.dir}/{_name(clip)}".casefold()),
        "sequence": _text(identity.sequence),
        "shot": _text(identity.shot),
        "resource": _text(identity.resource),
        "frames": (_frames(clip, length), length),
        "missing": (f"{missing:,}" if missing else "", missing),
        "picture": (f"{pixels[0]}×{pixels[1]}" if all(pixels) else "", pixels[0] * pixels[1]),
        "bytes": (size_text(size) if size else "", size),
        "rate": (_rate(rate), round(rate * 1000) if rate else 0),
        "tc_in": _text(first),
        "tc_out": _text(last),
        "codec": _text(_codec(media)),
        "colour": _text(colour or _colour(media)),
        "version": ("", 0) if version is None else (f"{version:03d}", version),
        "findings": _text(told(findings, clip.first_file)),
    }
    texts, sort = zip(*(values[column.name] for column in COLUMNS), strict=True)
    findings = tuple(for_panel(finding) for finding in findings)
    return Row(clip_key(clip), state, clip.kind, texts, sort, findings, where=clip.label)


def _text(value: str | None) -> tuple[str, str]:
    value = value or ""
    return value, value.casefold()


def _name(clip: Clip) -> str:
    """The name alone: folder and frames have their own places."""
    return clip.file or f"{clip.base}{clip.sep}{'#' * max(1, clip.padding)}{clip.suffix}.{clip.ext}"


def _length(clip: Clip, media: Media | None) -> int:
    if not clip.file:
        return len(clip.frames)
    return (media.frame_count or 0) if media is not None else 0


def _frames(clip: Clip, length: int) -> str:
    if clip.file:
        return f"{length:,}" if length else ""
    first, last = clip.frames.first, clip.frames.last
    return str(first) if first == last else f"{first}-{last}"


def _timecodes(clip: Clip, media: Media | None, rate: Fraction | None) -> tuple[str | None, str | None]:
    if media is None or media.error is not None:
        return None, None
    footage = Footage.of_clip(clip, media)
    return timecodes(footage if rate is None or rate == media.fps else footage.at_rate(rate))


def _rate(rate: Fraction | None) -> str:
    """Rates as people say them: 23.976 for 24000/1001."""
    if rate is None:
        return ""
    return rate_text(rate) if rate.denominator == 1 else f"{float(rate):.3f}".rstrip("0")


def _codec(media: Media | None) -> str:
    if media is None:
        return ""
    codec, how = media.codec or "", media.compression or ""
    if how.casefold().startswith(codec.casefold()):  # ProRes 422 HQ says it all
        return how
    return codec if how == "none" else f"{codec} {how}".strip()


def _colour(media: Media | None) -> str | None:
    if media is None:
        return None
    tags = media.colour
    return tags.space or tags.transfer or tags.primaries


@dataclass(frozen=True)
class Detail:
    """What the panel shows of one chosen clip: a heading, facts, findings, and the files as they will be named."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()


def detail(row: Row, planned: PlannedClip | None, root: str) -> Detail:
    """Everything worth reading about one clip."""
    if planned is None:
        return Detail(row.at("name"), (), row.findings)
    facts = [("From", planned.clip.folder)]
    if planned.identity.rule:
        facts.append(("Named by", rule_words(planned.identity.rule)))
    if planned.folder is not None:
        facts.append(("Goes to", f"{root}/{planned.folder}".replace("\\", "/")))
        facts.append(("As", " … ".join(names_to_be(planned))))
    if planned.bytes:
        count = count_text(planned.clip.count, "file")
        facts.append(("Copies", f"{count}, {size_text(planned.bytes)}"))
    if planned.clip.missing:
        facts.append(("Missing", shown(planned.clip.missing)))
    return Detail(row.at("name"), tuple(facts), row.findings)


def names_to_be(planned: PlannedClip) -> tuple[str, ...]:
    """The first and the last file name of the version to be; () while it has no folder."""
    if planned.step_folder is None or not planned.shot:
        return ()
    stem = planned.step_folder.rpartition("/")[2]
    stem += f"_{planned.resource}" if planned.resource else ""
    clip = planned.clip
    if clip.file:
        return (f"{stem}.{clip.ext}",)
    texts = [_frame_text(clip, number) for number in (clip.frames.first, clip.frames.last)]
    return tuple(dict.fromkeys(f"{stem}.{text}.{clip.ext}" for text in texts))


def _frame_text(clip: Clip, number: int) -> str:
    """The frame number with the digits that it was delivered with."""
    run = next(run for run in clip.runs if run.first <= number <= run.last)
    return f"{'-' if number < 0 else ''}{abs(number):0{run.width}d}"


def rule_words(rule: str) -> str:
    """Who decided which shot it is, for people."""
    if rule.startswith("builtin:"):
        return f"the built-in reading ({rule[len('builtin:') :]})"
    return rule


def shown(frames: FrameSet, most: int = 8) -> str:
    """The first ranges of a frame set, and how many frames it has in all."""
    parts = str(frames).split(",")
    text = ", ".join(parts[:most]) + (" …" if len(parts) > most else "")
    return f"{text} ({count_text(len(frames), 'frame')})"
