# SPDX-License-Identifier: GPL-3.0-or-later
"""Which event ordered which clip: by reel or clip name and source timecode; one, none and several told apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .cut import source_range
from .editorial.model import Edit, Event
from .editorial.names import clip_key
from .errors import PlacementRefused, SettingsError
from .footage import Footage

Kind = Literal["one", "none", "several"]
# `outside` = both have timecode and no frame in common, `unlike` = the labels cannot be counted alike.
Coverage = Literal["full", "partial", "unknown", "outside", "unlike"]
By = Literal["name", "reel", "file name", "prefix", "timecode"]

# CMX3600 cuts reels to eight characters, some systems to seven: a shorter prefix says nothing.
SHORTEST_PREFIX = 7
_CRITERIA = ("reel", "timecode", "name")
# More near misses would only hide the others.
_MOST_NEAR = 5
_DAY = 24 * 60
# Drop and non-drop labels of one frame drift apart by less than two minutes a day.
_SLACK = 3


@dataclass(frozen=True)
class Criteria:
    """What must agree: a reel or a name (whichever is asked for), and the source timecode.

    A timecode that one side does not have cannot disagree; the match then says that it was not compared.
    """

    reel: bool = True
    timecode: bool = True
    name: bool = True

    def __str__(self) -> str:
        return ",".join(name for name in _CRITERIA if getattr(self, name))


def parse_criteria(text: str) -> Criteria:
    """The criteria of "reel,timecode,name" or a part of it. Raises SettingsError for anything else."""
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    wrong = [word for word in words if word not in _CRITERIA]
    if wrong or not words:
        shown = wrong[0] if wrong else text
        raise SettingsError(f"{shown!r} is nothing to match by.", advice="Use one or more of reel,timecode,name.")
    return Criteria("reel" in words, "timecode" in words, "name" in words)


@dataclass(frozen=True)
class Match:
    """One clip and one event that belong together. `footage` and `event` are positions in the lists compared.

    `by` says what decided and `reason` says it in words. `coverage` tells how much of the event's source the clip has.
    """

    footage: int
    event: int
    by: By
    coverage: Coverage
    reason: str

    @property
    def rank(self) -> tuple[bool, bool]:
        """Lower is better: exact before prefix, whole (or not comparable) before partial."""
        return self.by in ("prefix", "timecode"), self.coverage == "partial"


@dataclass(frozen=True)
class Matched:
    """All best matches of one clip or one event. `near` are sentences about what almost fitted."""

    matches: tuple[Match, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """one, none or several."""
        return "none" if not self.matches else "one" if len(self.matches) == 1 else "several"

    @property
    def only(self) -> Match | None:
        """The match where there is exactly one: several are never picked from silently."""
        return self.matches[0] if len(self.matches) == 1 else None

    def document(self) -> dict[str, Any]:
        """For reports and JSON."""
        return {
            "kind": self.kind,
            "by": [match.by for match in self.matches],
            "reasons": [match.reason for match in self.matches],
            "near": list(self.near),
        }


@dataclass(frozen=True)
class Matches:
    """The answer for a whole delivery: `by_footage` and `by_event` follow the lists that were compared."""

    events: tuple[Event, ...]
    footage: tuple[Footage, ...]
    by_footage: tuple[Matched, ...]
    by_event: tuple[Matched, ...]


def match_all(edit: Edit, footage: Sequence[Footage], criteria: Criteria | None = None) -> Matches:
    """Match every clip with the picture events of an edit. Linear in clips and events while their names differ."""
    matcher = Matcher(edit.picture, criteria)
    by_footage = tuple(matcher.match(item, at) for at, item in enumerate(footage))
    found: list[list[Match]] = [[] for _event in matcher.events]
    for matched in by_footage:
        for match in matched.matches:
            found[match.event].append(match)
    by_event = tuple(Matched(_best(matches)) for matches in found)
    return Matches(matcher.events, tuple(footage), by_footage, by_event)


@dataclass
class _Index:
    """Events by what they may be found by; all keys in lower case."""

    reels: dict[str, list[int]] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    prefixes: dict[str, set[str]] = field(default_factory=dict)
    minutes: dict[int, list[int]] = field(default_factory=dict)
    untimed: list[int] = field(default_factory=list)


class Matcher:
    """The events of an edit, indexed once for many clips."""

    def __init__(self, events: Iterable[Event], criteria: Criteria | None = None) -> None:
        self.events = tuple(events)
        self.criteria = criteria or Criteria()
        self._rate = next((event.source_in.rate for event in self.events if event.source_in is not None), None)
        self._index = _Index()
        for at, event in enumerate(self.events):
            self._add(at, event)

    def match(self, footage: Footage, at: int = 0) -> Matched:
        """The events that ordered a clip; `at` is the clip's position in the caller's list."""
        found: list[Match] = []
        near: list[str] = []
        far: list[tuple[int, By, str]] = []
        reachable = self._reachable(footage)
        for candidate in self._candidates(footage):
            if candidate[1] == "prefix" and found and found[0].by != "prefix":
                break  # a last resort, when nothing exact was found
            if reachable is not None and candidate[0] not in reachable:
                far.append(candidate)
                continue
            self._compare(footage, at, candidate, found, near)
        if not found:
            for candidate in far[: _MOST_NEAR - len(near)]:
                self._compare(footage, at, candidate, found, near)
        return Matched(_best(found), () if found else tuple(near))

    def _compare(
        self, footage: Footage, at: int, candidate: tuple[int, By, str], found: list[Match], near: list[str]
    ) -> None:
        event_at, by, words = candidate
        event = self.events[event_at]
        coverage, said = self._coverage(footage, event)
        if coverage in ("outside", "unlike"):
            if len(near) < _MOST_NEAR and by != "timecode":
                near.append(f"{words} of {event.label}, but {said}")
        elif by != "timecode" or coverage != "unknown":
            found.append(Match(at, event_at, by, coverage, f"{words}, {said}"))

    def _add(self, at: int, event: Event) -> None:
        index = self._index
        for reel in {_key(text) for text in (event.tape, event.short_reel) if text}:
            index.reels.setdefault(reel, []).append(at)
            if len(reel) >= SHORTEST_PREFIX:
                index.prefixes.setdefault(reel[:SHORTEST_PREFIX], set()).add(reel)
        for name in _names(event):
            index.names.setdefault(name, []).append(at)
        minutes = _minutes(event)
        for minute in minutes:
            index.minutes.setdefault(minute % _DAY, []).append(at)
        if not minutes:
            index.untimed.append(at)

    def _candidates(self, footage: Footage) -> Iterator[tuple[int, By, str]]:
        """Events that may belong to a clip, each once, the best evidence first."""
        seen: set[int] = set()
        for events, by, words in self._evidence(footage):
            for at in events:
                if at not in seen:
                    seen.add(at)
                    yield at, by, words

    def _evidence(self, footage: Footage) -> Iterator[tuple[Iterable[int], By, str]]:
        index, criteria = self._index, self.criteria
        names = {_key(clip_key(name)): name for name in reversed((footage.name, *footage.names)) if name}
        if criteria.name:
            for key, name in names.items():
                yield index.names.get(key, ()), "name", f"clip name {name}"
        if criteria.reel:
            where = f" ({footage.reel_source})" if footage.reel_source else ""
            if footage.reel:
                yield index.reels.get(_key(footage.reel), ()), "reel", f"reel {footage.reel}{where}"
            for key, name in names.items():
                yield index.reels.get(key, ()), "file name", f"the file name {name} is the reel"
            for key, name in ({_key(footage.reel): footage.reel, **names} if footage.reel else names).items():
                yield self._by_prefix(key), "prefix", f"only the beginning of {name} fits the reel"
        if not criteria.reel and not criteria.name:
            yield self._by_minute(footage), "timecode", "timecode alone"

    def _by_prefix(self, text: str) -> Iterator[int]:
        for reel in sorted(self._index.prefixes.get(text[:SHORTEST_PREFIX], ())):
            if text.startswith(reel) or reel.startswith(text):
                yield from self._index.reels[reel]

    def _by_minute(self, footage: Footage) -> Iterator[int]:
        for minute in self._seen_minutes(footage):
            yield from self._index.minutes.get(minute % _DAY, ())

    def _reachable(self, footage: Footage) -> frozenset[int] | None:
        """The events whose source may touch a clip, None where its timecode cannot tell: a coarse, cheap test."""
        minutes = self._seen_minutes(footage)
        if not minutes:
            return None
        found = set(self._index.untimed)
        for minute in range(minutes.start - _SLACK, minutes.stop + _SLACK):
            found.update(self._index.minutes.get(minute % _DAY, ()))
        return frozenset(found)

    def _seen_minutes(self, footage: Footage) -> range:
        """The minutes that a clip's labels touch; none where it has no timecode that could be compared."""
        start = footage.start(self._rate)
        if start is None or footage.doubt or not self.criteria.timecode:
            return range(0)
        return _span(str(start), str(start + max(0, footage.length - 1)))

    def _coverage(self, footage: Footage, event: Event) -> tuple[Coverage, str]:
        if not self.criteria.timecode:
            return "unknown", "timecode was not asked for"
        return coverage_of(footage, event)


def coverage_of(footage: Footage, event: Event) -> tuple[Coverage, str]:
    """How much of an event's source range a clip holds, by timecode, and that in words."""
    if footage.doubt:
        return "unknown", f"timecode not compared: {footage.doubt}"
    if event.source_in is None:
        return "unknown", "timecode not compared: the list states none"
    start = footage.start(event.source_in.rate)
    if start is None:
        return "unknown", "timecode not compared: the clip has none"
    try:
        offset, count, _note = source_range(event, start)
    except PlacementRefused as problem:
        return "unlike", problem.message
    last = offset + count
    length = max(1, footage.length)
    wanted = f"{start + offset} to {start + (last - 1)}"
    if offset >= length or last <= 0:
        return "outside", f"it needs {wanted} and the clip holds {start} to {start + (length - 1)}."
    if offset < 0 or last > length:
        return "partial", f"timecode {wanted} in part"
    return "full", f"timecode {wanted}"


def _best(matches: Sequence[Match]) -> tuple[Match, ...]:
    if not matches:
        return ()
    best = min(match.rank for match in matches)
    return tuple(match for match in matches if match.rank == best)


def _names(event: Event) -> set[str]:
    return {_key(clip_key(text)) for text in (event.clip_name, event.source_file) if text}


def _key(text: str) -> str:
    return text.strip().rstrip(".").casefold()


def _minutes(event: Event) -> range:
    if event.source_in is None:
        return range(0)
    out = event.source_out if event.source_out is not None else event.source_in
    return _span(str(event.source_in), str(out))


def _span(first: str, last: str) -> range:
    """The minutes of the day between two labels, on past midnight; taken by label, so rates do not matter."""
    begin, end = (int(label[:2]) * 60 + int(label[3:5]) for label in (first, last))
    return range(begin, (end if end >= begin else end + _DAY) + 1)
