# SPDX-License-Identifier: GPL-3.0-or-later
"""Final Cut Pro X XML, read exactly: its times are fractions of a second, which whole-number rates would spoil."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from xml.etree.ElementTree import Element

from ..errors import EditError
from .fcpxml_parts import ZERO, Resources, media_file, metadata_of, notes_of, retime, time_of
from .metadata import find_reel, find_shot, find_text
from .model import Edit
from .uses import DEEPEST, MOST_CLIPS, Reach, Use, event_of

_CLIPS = frozenset({"clip", "asset-clip", "ref-clip", "sync-clip", "mc-clip", "video", "audition"})
_ITEMS = _CLIPS | {"gap", "title"}
# Opening a compound clip costs as much as many clips; this keeps the worst file to a few seconds.
_COMPOUND_WEIGHT = 20
# Longer than any timeline: a window without an end.
_ENDLESS = Fraction(10**9)


@dataclass(frozen=True)
class _Window:
    """The part of a container that is seen, in its own time (seconds), and where its start is shown.

    `head` and `tail` are the reach of transitions at its ends.
    """

    start: Fraction
    end: Fraction
    record: Fraction
    head: Reach | None = None
    tail: Reach | None = None

    def shown_at(self, time: Fraction) -> Fraction:
        """Where a time of the container is shown."""
        return self.record + (time - self.start)


def read_fcpxml(root: Element, path: str, rate: Fraction | None = None) -> Edit:
    """The edit of a parsed FCPXML file: its first project, or else its clips. `rate` wins over the sequence's.

    Raises EditError where there is no picture clip in it.
    """
    resources = Resources({element.get("id") or "": element for element in root.iterfind("./resources/*")})
    projects = [item for item in root.iter("project") if item.find("sequence") is not None]
    notes = []
    if len(projects) > 1:
        others = ", ".join(item.get("name") or "unnamed" for item in projects[1:5])
        notes.append(f"It holds {len(projects)} projects: {projects[0].get('name')} was read, {others} left out.")
    sequence = projects[0].find("sequence") if projects else None
    uses = list(_sequence(resources, sequence) if sequence is not None else _browser(resources, root))
    if not uses:
        raise EditError("this edit holds no picture clips.", path)
    counted, source = _rate(rate, resources.rate(sequence), uses)
    drop = sequence is not None and sequence.get("tcFormat") == "DF" and counted.denominator == 1001
    events = tuple(event_of(number, use, counted, drop) for number, use in enumerate(uses, 1))
    return Edit(events, counted, source, projects[0].get("name") if projects else None, tuple(notes), (), path)


def _rate(given: Fraction | None, stated: Fraction | None, uses: list[Use]) -> tuple[Fraction, str]:
    if given is not None:
        return given, "as given"
    if stated is not None:
        return stated, "the sequence's format states it"
    first = next((use.rate for use in uses if use.rate is not None), None)
    if first is not None:
        return first, "the rate of its first clip"
    return Fraction(24), "assumed: nothing in the file tells its rate"


def _sequence(resources: Resources, sequence: Element) -> Iterator[Use]:
    start = time_of(sequence, "tcStart") or ZERO
    spine = sequence.find("spine")
    if spine is not None:
        yield from _spine(resources, spine, start, _Window(start, start + _ENDLESS, start), 0)


def _browser(resources: Resources, root: Element) -> Iterator[Use]:
    """Clips of an event that no project uses: they have a source range and no record."""
    for holder in (root, *root.iter("event")):
        for item in holder:
            if item.tag in _CLIPS:
                start = resources.start(item)
                window = _Window(start, start + resources.duration(item), ZERO)
                yield from (replace(use, record=None) for use in _item(resources, item, window, 0))


def _spine(resources: Resources, spine: Element, origin: Fraction, window: _Window, depth: int) -> Iterator[Use]:
    """The items of a storyline whose first frame is at `origin`; `window` is in the storyline's own time."""
    transitions = [
        (start, start + (time_of(item, "duration") or ZERO))
        for item in spine.iterfind("transition")
        if (start := time_of(item, "offset")) is not None
    ]
    at = origin
    for item in spine:
        if item.tag not in _ITEMS:
            continue
        given = time_of(item, "offset")
        begin = at if given is None else given
        at = begin + resources.duration(item)
        reach = (_reach(transitions, begin), _reach(transitions, at))
        yield from _seen(resources, item, begin, at, window, reach, depth)


def _seen(
    resources: Resources,
    item: Element,
    begin: Fraction,
    end: Fraction,
    window: _Window,
    reach: tuple[Reach | None, Reach | None],
    depth: int,
) -> Iterator[Use]:
    """The part of an item that the window shows, and what is connected to it."""
    first, last = max(begin, window.start), min(end, window.end)
    local = resources.start(item)
    if first < last and item.tag in _CLIPS:
        head = reach[0] if first == begin else None
        tail = reach[1] if last == end else None
        inner = _Window(local + (first - begin), local + (last - begin), window.shown_at(first), head, tail)
        yield from _item(resources, item, inner, depth)
    whole = _Window(local, local + (end - begin), window.shown_at(begin))
    for child in item:
        if child.get("lane") is not None and depth < DEEPEST:
            yield from _connected(resources, child, whole, depth + 1)


def _connected(resources: Resources, child: Element, parent: _Window, depth: int) -> Iterator[Use]:
    """A clip or storyline on another lane: its offset counts in the time of the item that it hangs on."""
    record = parent.shown_at(time_of(child, "offset") or ZERO)
    window = _Window(ZERO, _ENDLESS, record)
    if child.tag == "spine":
        yield from _spine(resources, child, ZERO, window, depth)
    elif child.tag in _ITEMS:
        yield from _seen(resources, child, ZERO, resources.duration(child), window, (None, None), depth)


def _item(resources: Resources, item: Element, window: _Window, depth: int) -> Iterator[Use]:
    """The uses of one item; `window` is in the item's own time."""
    resources.opened += _COMPOUND_WEIGHT if item.tag in ("ref-clip", "sync-clip") else 1
    if resources.opened > MOST_CLIPS:  # compound clips in compound clips multiply: a small file may hold a million
        raise EditError(f"more than {MOST_CLIPS} clips are no edit.")
    if item.get("srcEnable") == "audio" or depth > DEEPEST:
        return
    sequence = resources.sequence_of(item) if item.tag == "ref-clip" else None
    container = sequence if sequence is not None else item
    spine = container.find("spine") if sequence is not None or item.tag == "sync-clip" else None
    if item.tag == "audition":  # its first take is the one in use
        chosen = next((child for child in item if child.tag in _CLIPS), None)
        if chosen is not None:
            yield from _item(resources, chosen, window, depth + 1)
    elif spine is not None:
        note = f"It lies inside the compound clip {item.get('name') or 'without a name'}."
        origin = time_of(container, "tcStart") or ZERO
        for use in _spine(resources, spine, origin, window, depth + 1):
            yield replace(use, notes=(note, *use.notes))
    else:
        clip = _clip(resources, item, window)
        if clip is not None:
            yield clip


def _clip(resources: Resources, item: Element, window: _Window) -> Use | None:
    """The use of an asset, directly or through the video inside a clip. None for sound and generators."""
    video = item if item.tag in ("asset-clip", "video") else next(item.iter("video"), None)
    if item.tag == "mc-clip":
        return _use(item, None, window, notes=("A multicam clip: which angle it shows was not read.",))
    asset = resources.of(video) if video is not None else None
    if video is None or asset is None or asset.tag != "asset" or asset.get("hasVideo") == "0":
        return None
    speed, mapped, notes = retime(item, window.start)
    source = window.start if mapped is None else mapped
    origin = time_of(asset, "start") or ZERO
    if video is not item:
        inner = time_of(video, "start")
        source += (origin if inner is None else inner) - (time_of(video, "offset") or ZERO)
    elif mapped is not None and mapped < origin:
        source += origin  # the map counts from the asset's first frame
    return replace(_use(item, asset, window, notes), source=source, rate=resources.rate(asset), speed=speed)


def _use(item: Element, asset: Element | None, window: _Window, notes: tuple[str, ...]) -> Use:
    metadata = [metadata_of(item), metadata_of(asset)]
    texts = notes_of(item)
    return Use(
        name=item.get("name") or (asset.get("name") if asset is not None else None),
        length=window.end - window.start,
        record=window.record,
        head=window.head,
        tail=window.tail,
        reel=find_reel(metadata),
        source_file=media_file(asset),
        scene=find_text(metadata, ("com.apple.proapps.studio.scene",)),
        take=find_text(metadata, ("com.apple.proapps.studio.take",)),
        shot=find_shot(metadata, texts),
        comments=texts,
        notes=notes,
    )


def _reach(transitions: list[tuple[Fraction, Fraction]], cut: Fraction) -> Reach | None:
    found = next(((first, last) for first, last in transitions if first <= cut <= last), None)
    return None if found is None else (cut - found[0], found[1] - cut)
