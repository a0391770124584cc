# SPDX-License-Identifier: GPL-3.0-or-later
"""From OpenTimelineIO's tracks to events: frames counted exactly, nested compositions opened, sound left out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import unquote, urlsplit

from ..errors import EditError
from ..timecode import rate_of
from .metadata import find_reel, find_shot, find_text
from .model import Edit
from .uses import DEEPEST, MOST_CLIPS, Reach, Use, event_of


@dataclass(frozen=True)
class _Window:
    """The part of a composition that is seen: from `start` for `length` (its own time), shown at `record`. Seconds."""

    start: Fraction
    length: Fraction
    record: Fraction


def edit_of(found: Any, path: str, rate: Fraction | None) -> Edit:
    """The edit of what an adapter returned: a timeline, a collection of timelines, or clips without a timeline.

    Raises EditError where there is no picture clip in it.
    """
    notes: list[str] = []
    timelines = [item for item in _items(found) if hasattr(item, "tracks")]
    known = title = None
    if timelines:
        timeline = timelines[0]
        if len(timelines) > 1:
            others = ", ".join(str(item.name) for item in timelines[1:5])
            notes.append(f"The file holds {len(timelines)} timelines: {timeline.name} was read, {others} left out.")
        start = timeline.global_start_time
        known = None if start is None else rate_of(start.rate)
        uses = list(_uses_of_tracks(timeline.tracks, start))
        title = str(timeline.name) or None
    else:
        uses = [_use(item, Fraction(0), _length(item), None) for item in _items(found) if _is_clip(item)]
    if not uses:
        raise EditError("this edit holds no picture clips.", path)
    counted, source = _rate(rate, known, uses)
    events = tuple(event_of(number, use, counted) for number, use in enumerate(uses, 1))
    return Edit(events, counted, source, title, tuple(notes), (), path)


def _items(found: Any) -> list[Any]:
    if hasattr(found, "tracks") or _is_clip(found):
        return [found]
    try:
        return list(found)
    except TypeError:
        return []


def _is_clip(item: Any) -> bool:
    return hasattr(item, "media_reference")


def _uses_of_tracks(tracks: Any, start: Any) -> Iterator[Use]:
    record = _seconds(start) if start is not None else Fraction(0)
    count = 0
    for track in tracks:
        if getattr(track, "kind", "Video") != "Video":
            continue
        trimmed = track.trimmed_range()
        window = _Window(_seconds(trimmed.start_time), _seconds(trimmed.duration), record)
        for use in _opened(track, window, 0, ()):
            count += 1
            if count > MOST_CLIPS:
                raise EditError(f"more than {MOST_CLIPS} clips are no edit.")
            yield use


def _opened(parent: Any, window: _Window, depth: int, notes: tuple[str, ...]) -> Iterator[Use]:
    """Every clip below a composition that the window shows."""
    children = list(parent)
    for at, child in enumerate(children):
        if not hasattr(child, "source_range") or type(child).__name__ == "Gap":
            continue
        place = parent.range_of_child_at_index(at)
        begin = _seconds(place.start_time)
        end = begin + _seconds(place.duration)
        first, last = max(begin, window.start), min(end, window.start + window.length)
        if first >= last:
            continue
        record = window.record + (first - window.start)
        if _is_clip(child):
            head = _reach(children, at - 1) if first == begin else None
            tail = _reach(children, at + 1) if last == end else None
            yield _use(child, first - begin, last - first, record, head, tail, notes)
        elif depth < DEEPEST:
            inner = _seconds(child.trimmed_range().start_time) + (first - begin)
            said = (*notes, f"It lies inside the compound clip {child.name}.") if child.name else notes
            yield from _opened(child, _Window(inner, last - first, record), depth + 1, said)


def _reach(children: list[Any], at: int) -> Reach | None:
    """How far a neighbouring transition reaches before and after the cut."""
    if not 0 <= at < len(children) or type(children[at]).__name__ != "Transition":
        return None
    return _seconds(children[at].in_offset), _seconds(children[at].out_offset)


def _use(
    clip: Any,
    offset: Fraction,
    length: Fraction,
    record: Fraction | None,
    head: Reach | None = None,
    tail: Reach | None = None,
    notes: tuple[str, ...] = (),
) -> Use:
    """The use of a clip from `offset` after its first frame on."""
    speed, said = _speed(clip)
    source = rate = None
    if _has_range(clip):
        start = clip.trimmed_range().start_time
        rate = rate_of(start.rate)
        source = _seconds(start) + offset * speed
    metadata = [clip.metadata]
    if clip.media_reference is not None:
        metadata.append(clip.media_reference.metadata)
    texts = tuple(_texts(clip))
    return Use(
        name=str(clip.name) or None,
        length=length,
        source=source,
        rate=rate,
        record=record,
        speed=speed,
        head=head,
        tail=tail,
        reel=find_reel(metadata),
        source_file=_file(clip.media_reference),
        scene=find_text(metadata, ("scene",)),
        take=find_text(metadata, ("take",)),
        shot=find_shot(metadata, texts),
        comments=texts,
        notes=(*notes, *said),
    )


def _rate(given: Fraction | None, known: Fraction | None, uses: list[Use]) -> tuple[Fraction, str]:
    if given is not None:
        return given, "as given"
    if known is not None:
        return known, "the timeline states it"
    rates = Counter(use.rate for use in uses if use.rate is not None)
    if rates:
        return rates.most_common(1)[0][0], "the rate of most of its clips"
    return Fraction(24), "assumed: nothing in the file tells its rate"


def _speed(clip: Any) -> tuple[Fraction, tuple[str, ...]]:
    """The product of its linear retimes; other time effects are named, not guessed."""
    speed = Fraction(1)
    notes: list[str] = []
    for effect in clip.effects:
        scalar = getattr(effect, "time_scalar", None)
        if scalar is not None:
            speed *= Fraction(float(scalar)).limit_denominator(10_000)
        elif "Time" in type(effect).__name__:
            notes.append(f"Its retime {effect.name or type(effect).__name__} varies: no speed was read.")
    return speed, tuple(notes)


def _texts(clip: Any) -> Iterator[str]:
    for marker in clip.markers:
        for text in (marker.name, getattr(marker, "comment", "")):
            if text:
                yield str(text)


def _file(reference: Any) -> str | None:
    """The file that the clip refers to, without its folder."""
    url = getattr(reference, "target_url", None)
    return file_of(url) if url else None


def file_of(url: str) -> str | None:
    """The file name at the end of a URL or a path of any system."""
    try:
        name = unquote(urlsplit(url).path if "://" in url else url)
    except ValueError:
        return None
    return os.path.basename(name.replace("\\", "/").rstrip("/")) or None


def _has_range(clip: Any) -> bool:
    reference = clip.media_reference
    return clip.source_range is not None or (reference is not None and reference.available_range is not None)


def _length(clip: Any) -> Fraction:
    return _seconds(clip.duration()) if _has_range(clip) else Fraction(0)


def _seconds(time: Any) -> Fraction:
    """The exact time of a RationalTime: its rate is a float that stands for n/1001."""
    return Fraction(float(time.value)) / rate_of(float(time.rate))
