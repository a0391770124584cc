# SPDX-License-Identifier: GPL-3.0-or-later
"""CMX3600 edit decision lists, as edit systems and people write them (timecode.md section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ..errors import EditError, TimecodeError
from ..timecode import Timecode, nominal_rate, rate_text
from .cmx_lines import BrokenLine, EventLine, ModeLine, NoteLine, SpeedLine, TitleLine, read_line
from .cmx_notes import NoteFacts, names_clip, names_shot, read_notes
from .decode import lines_of
from .model import Edit, Event, LineProblem, Transition, TransitionKind
from .names import split_sequence
from .rates import assumed_rate, read_label

MOST_EVENTS = 100_000
_KINDS: dict[str, TransitionKind] = {"D": "dissolve", "W": "wipe", "K": "key"}
_NAMED_FPS = re.compile(r"\((-?\d{1,4}\.\d{1,4}) FPS\)\s*\Z", re.ASCII)


@dataclass
class _Row:
    """An event line, where it stands, and the lines that belong to it."""

    line: int
    text: str
    event: EventLine | None
    drop: bool
    speeds: list[SpeedLine] = field(default_factory=list)
    notes: list[NoteLine] = field(default_factory=list)


@dataclass
class _Listing:
    """A list taken apart into rows, before any label is counted."""

    title: str | None = None
    rows: list[_Row] = field(default_factory=list)
    header: list[tuple[int, NoteLine]] = field(default_factory=list)
    refused: list[LineProblem] = field(default_factory=list)
    drop: bool = False


def read_cmx3600(text: str, path: str, rate: Fraction | None = None) -> Edit:
    """The edit of an EDL's text. `rate` counts its labels; None assumes one and says so.

    Raises EditError, naming the line, where nothing of the list can be used.
    """
    listing = _listing(text, path)
    if not listing.rows:
        listing.rows = list(_noted_clips(listing.header))
    if not listing.rows:
        _refuse(listing, path)
    labels = [label for row in listing.rows if row.event is not None for label in row.event.labels]
    if rate is None:
        rate, rate_source = assumed_rate(labels, listing.drop or any(";" in label for label in labels))
    else:
        rate_source = "as given"
    events, left_out = _events(listing, rate)
    if not events and not left_out:
        _refuse(listing, path)
    notes = [_left_out_note(left_out)] if left_out else []
    return Edit(tuple(events), rate, rate_source, listing.title, tuple(notes), tuple(listing.refused), path)


def _listing(text: str, path: str) -> _Listing:
    listing = _Listing()
    drop = False
    lost = False  # what follows a line that could not be read belongs to nobody
    for number, raw in enumerate(lines_of(text), 1):
        line = read_line(raw)
        if isinstance(line, EventLine):
            if len(listing.rows) >= MOST_EVENTS:
                raise EditError(f"line {number}: more than {MOST_EVENTS} events are no edit.", path)
            listing.rows.append(_Row(number, raw, line, drop))
            if line.after:
                listing.rows[-1].notes.append(NoteLine("", line.after, line.after))
            lost = False
        elif isinstance(line, ModeLine):
            drop = line.drop
            listing.drop = listing.drop or drop
        elif isinstance(line, TitleLine):
            listing.title = listing.title or line.title or None
        elif isinstance(line, BrokenLine):
            listing.refused.append(_problem(number, raw, line.reason))
            lost = True
        elif lost:
            continue
        elif isinstance(line, SpeedLine):
            if listing.rows:
                listing.rows[-1].speeds.append(line)
            else:
                listing.refused.append(_problem(number, raw, "a speed must follow its event"))
        elif isinstance(line, NoteLine):
            if listing.rows:
                listing.rows[-1].notes.append(line)
            else:
                listing.header.append((number, line))
    return listing


def _noted_clips(header: list[tuple[int, NoteLine]]) -> Iterator[_Row]:
    """The entries of a list that has notes only. Each opens with the kind of note that the list opens with."""
    first = next((note for _number, note in header if names_clip(note) or names_shot(note)), None)
    if first is None or not any(names_clip(note) for _number, note in header):
        return
    shots_lead = names_shot(first)
    row: _Row | None = None
    named = False
    for number, note in header:
        opens = named if names_clip(note) else named and shots_lead and names_shot(note)
        if row is None or opens:
            if row is not None and named:
                yield row
            row, named = _Row(number, note.whole, None, False), False
        row.notes.append(note)
        named = named or names_clip(note)
    if row is not None and named:
        yield row


def _refuse(listing: _Listing, path: str) -> None:
    if listing.refused:
        first = listing.refused[0]
        more = f" ({len(listing.refused)} lines were refused)" if len(listing.refused) > 1 else ""
        raise EditError(f"line {first.line}: {first.reason}{more}.", path, "No event of this list can be used.")
    raise EditError("line 1: no event was found: this is no CMX3600 edit list.", path)


def _events(listing: _Listing, rate: Fraction) -> tuple[list[Event], int]:
    """The picture events of a list, and how many audio events were left out."""
    events: list[Event] = []
    left_out = 0
    outgoing: _Row | None = None
    for at, row in enumerate(listing.rows):
        following = listing.rows[at + 1] if at + 1 < len(listing.rows) else None
        if _is_outgoing(row, following):
            outgoing = row
            continue
        try:
            event = _event(row, rate, outgoing, events[-1] if events else None)
        except TimecodeError as problem:
            reason = f"{problem.message.rstrip('.')}; the list is counted at {rate_text(rate)}"
            listing.refused.append(_problem(row.line, row.text, reason))
            continue
        finally:
            outgoing = None
        if event.is_picture:
            if event.transition is not None and events and events[-1].record_out == event.record_in:
                events[-1] = replace(events[-1], overlap_out=event.transition.frames)
            events.append(event)
        else:
            left_out += 1
    listing.refused.sort(key=lambda problem: problem.line)
    return events, left_out


def _is_outgoing(row: _Row, following: _Row | None) -> bool:
    """True for the first line of a dissolve or wipe: no length, and the transition follows at the same place."""
    if row.event is None or following is None or following.event is None or following.event.kind == "C":
        return False
    mine, next_one = row.event.labels, following.event.labels
    return mine[0] == mine[1] and mine[2] == mine[3] == next_one[2]


def _event(row: _Row, rate: Fraction, outgoing: _Row | None, before: Event | None) -> Event:
    """One event. Raises TimecodeError for labels that do not exist, or that run backwards."""
    line = row.event
    facts = read_notes([*(outgoing.notes if outgoing else ()), *row.notes])
    sequence, shot = split_sequence(facts.shot.shot) if facts.shot is not None else (None, None)
    entry = Event(
        clip_name=facts.from_clip,
        shot=shot,
        sequence=sequence,
        expected=facts.shot.expected if facts.shot is not None else None,
        source_file=facts.source_file,
        comments=tuple(facts.comments),
        line=row.line,
    )
    if line is None:
        return entry
    notes: list[str] = []
    source_in, source_out, record_in, record_out = _positions(line, rate, row.drop, notes)
    transition, clip_name = _transition(line, facts, outgoing, before)
    speed = _speed(row, facts, rate, source_out.frames_since(source_in), record_out.frames_since(record_in), notes)
    if speed < 0 and source_out.frame < source_in.frame:
        source_in, source_out = source_out, source_in
    _check_lengths(source_in, source_out, record_in, record_out, speed, notes)
    return replace(
        entry,
        number=line.number,
        reel=facts.long_reel or line.reel,
        short_reel=line.reel if facts.long_reel else None,
        clip_name=clip_name,
        source_in=source_in,
        source_out=source_out,
        record_in=record_in,
        record_out=record_out,
        speed=speed,
        transition=transition,
        channels=line.channels,
        notes=tuple(notes),
    )


def _positions(
    line: EventLine, rate: Fraction, drop: bool, notes: list[str]
) -> tuple[Timecode, Timecode, Timecode, Timecode]:
    read = [read_label(label, rate, drop) for label in line.labels]
    notes.extend(dict.fromkeys(note for _timecode, note in read if note))
    return read[0][0], read[1][0], read[2][0], read[3][0]


def _check_lengths(
    source_in: Timecode,
    source_out: Timecode,
    record_in: Timecode,
    record_out: Timecode,
    speed: Fraction,
    notes: list[str],
) -> None:
    """Raises TimecodeError where an out lies before its in; notes lengths that no speed explains."""
    for what, start, end in (("source", source_in, source_out), ("record", record_in, record_out)):
        if end.frames_since(start) > start.frames_per_day // 2:
            raise TimecodeError(f"{what} out {end} lies before {what} in {start}")
    source, record = source_out.frames_since(source_in), record_out.frames_since(record_in)
    if speed == 1 and source != record:
        notes.append(
            f"Source is {source} frames long, record {record}, and no M2 line explains it: the source is believed."
        )


def _transition(
    line: EventLine, facts: NoteFacts, outgoing: _Row | None, before: Event | None
) -> tuple[Transition | None, str | None]:
    """How the event begins, and the name of its own clip: TO CLIP NAME in a transition, else FROM CLIP NAME."""
    kind = _KINDS.get(line.kind[0])
    if kind is None:
        return None, facts.from_clip or facts.to_clip
    from_clip, clip_name = facts.from_clip, facts.to_clip
    before_name = before.clip_name if before is not None else None
    black = outgoing is not None and outgoing.event is not None and (outgoing.event.reel or "").upper() in ("BL", "AX")
    if clip_name is None and from_clip is not None and (before is None or black or from_clip != before_name):
        from_clip, clip_name = None, from_clip
    code = line.kind[1:].strip() if kind == "wipe" else ""
    return Transition(kind, line.frames, code, from_clip or (None if black else before_name)), clip_name


def _speed(row: _Row, facts: NoteFacts, rate: Fraction, source: int, record: int, notes: list[str]) -> Fraction:
    """The playing speed: what M2 says of this event's own reel, or a freeze that only a note tells."""
    mine = row.event.reel if row.event is not None else None
    chosen = next((line for line in reversed(row.speeds) if _same_reel(line.reel, mine)), None)
    if chosen is None and len(row.speeds) == 1 and (row.event is None or row.event.kind == "C"):
        chosen = row.speeds[0]
        notes.append(f"The M2 line names reel {chosen.reel}: it was taken for this event all the same.")
    elif chosen is None and row.speeds:
        notes.append("An M2 line of the outgoing clip was left out.")
    if chosen is not None:
        return _exact_speed(Fraction(chosen.speed), facts.from_clip or facts.to_clip, rate)
    return Fraction(0) if facts.freeze and source == 1 < record else Fraction(1)


def _same_reel(one: str, other: str | None) -> bool:
    return not one or other is None or one.upper() == other.upper()


def _exact_speed(fps: Fraction, clip_name: str | None, rate: Fraction) -> Fraction:
    """M2 rounds to a tenth of a frame a second; the clip's name may hold hundredths, n/1001 rates count as whole."""
    named = _NAMED_FPS.search(clip_name or "")
    slack = Fraction(1, 10)
    if named is not None and abs(Fraction(named[1]) - fps) <= slack:
        fps, slack = Fraction(named[1]), Fraction(1, 100)
    nominal = Fraction(nominal_rate(rate))
    if rate != nominal:
        for base in (nominal, rate):
            quarter = Fraction(round(fps / base * 4), 4)
            if abs(fps / base - quarter) * base <= slack:
                return quarter
    return fps / nominal


def _left_out_note(count: int) -> str:
    what = "1 audio event was" if count == 1 else f"{count} audio events were"
    return f"{what} left out: sound orders no plates."


def _problem(line: int, text: str, reason: str) -> LineProblem:
    shown = text.strip()
    return LineProblem(line, shown if len(shown) <= 120 else f"{shown[:117]}...", reason)
