# SPDX-License-Identifier: GPL-3.0-or-later
"""Which clips of a delivery are resources beside the main plate: views, suffixes, reference movies, proxies.

Choices made here, all of which a rules file can change:
- A resource that the name or a naming rule states is kept. A suffix and a view are added to it: BG of the left eye is
  `BG-LEFT`.
- Both eyes of a stereo plate are resources, LEFT and RIGHT. Whoever wants the left one as the main plate writes
  `{"view": "left", "resource": ""}`.
- Where a shot has several clips without a resource, the best kind of footage is the plate: camera pictures, other
  pictures, JPEG, camera movies, delivery movies, stills. Lesser ones become REF, PROXY, STILL; a second one REF2.
- Equals stay equal: two plates of one shot are for the plan to refuse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .clip import Clip
from .identity import Identity
from .name_tokens import fold
from .resource_rule import ResourceRule
from .rule_set import BUILTIN, Rules
from .words import PLATE

_PLAIN_PICTURES = frozenset(("png", "tga", "targa", "bmp", "gif", "webp"))
_JPEG = frozenset(("jpg", "jpeg", "jpe", "jp2"))
_DELIVERY_MOVIES = frozenset(("mp4", "m4v", "avi", "mkv", "webm", "mpg", "mpeg", "wmv", "flv", "h264", "hevc"))


def assign_resources(
    clips: Sequence[Clip], identities: Sequence[Identity], rules: Rules = BUILTIN, default_step: str = PLATE
) -> list[Identity]:
    """The identities with the resource of each clip, in the same order; unmatched ones are left alone.

    `default_step` is the step of clips whose name has none.
    """
    table = _Table(rules.resources)
    alone = [_own_resource(clip, found, table) for clip, found in zip(clips, identities, strict=True)]
    assigned = list(alone)
    for group in _groups(alone, default_step):
        for at, resource in _beside_plates(clips, alone, group, table.beside):
            assigned[at] = replace(alone[at], resource=resource)
    return assigned


class _Table:
    """The resource rules sorted by what they look at, so that each clip meets few of them."""

    def __init__(self, rules: Iterable[ResourceRule]) -> None:
        rules = tuple(rules)
        alone = [rule for rule in rules if not rule.beside_plate]
        self.beside = [rule for rule in rules if rule.beside_plate]
        self.suffix = [rule for rule in alone if rule.suffix]
        self.view = [rule for rule in alone if rule.view and not rule.suffix]
        self.name = [rule for rule in alone if not rule.suffix and not rule.view]


def _own_resource(clip: Clip, identity: Identity, table: _Table) -> Identity:
    """What name, suffix, folder and view of one clip make of it."""
    if not identity.matched:
        return identity
    by_name = identity.resource or _first(clip, table.name)
    by_suffix = _first(clip, table.suffix) if clip.suffix else ""
    by_view = _first(clip, table.view) if clip.view else ""
    parts: list[str] = []
    for part in (by_name, by_suffix, by_view):
        if part and not any(part in (given, *given.split("-")) for given in parts):
            parts.append(part)
    resource = "-".join(parts) or None
    return identity if resource == identity.resource else replace(identity, resource=resource)


def _first(clip: Clip, rules: Iterable[ResourceRule]) -> str:
    return next((found for rule in rules if (found := rule.resource_of(clip)) is not None), "")


def _groups(identities: Sequence[Identity], default_step: str) -> list[list[int]]:
    """The indexes of clips that would become one published step of one shot, whatever their resource."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, identity in enumerate(identities):
        if identity.shot is not None:
            groups[fold(identity.shot), fold(identity.step or default_step)].append(at)
    return [group for group in groups.values() if len(group) > 1]


def _beside_plates(
    clips: Sequence[Clip], identities: Sequence[Identity], group: list[int], rules: Iterable[ResourceRule]
) -> list[tuple[int, str]]:
    """(index, resource) of the clips without a resource that lie beside a better plate of their shot."""
    company = _Company(identities, group)
    found: list[tuple[int, str]] = []
    for at in group:
        others = company.of(at)
        if identities[at].resource or not any(_outranks(clips, identities, other, at) for other in others):
            continue
        resource = _first(clips[at], rules)
        if resource:
            given = {fold(name) for other, name in found if other in others}
            given |= {fold(identities[other].resource or "") for other in others}
            found.append((at, _numbered(resource, given)))
    return found


class _Company:
    """Which clips of a group may be of the same shot: those of the same sequence, and those of no sure one."""

    def __init__(self, identities: Sequence[Identity], group: list[int]) -> None:
        self._group = group
        self._sequence = {at: _sure_sequence(identities[at]) for at in group}
        self._members: dict[str | None, list[int]] = defaultdict(list)
        for at, sequence in self._sequence.items():
            self._members[sequence].append(at)

    def of(self, at: int) -> list[int]:
        sequence = self._sequence[at]
        found = self._group if sequence is None else self._members[sequence] + self._members[None]
        return [other for other in found if other != at]


def _sure_sequence(identity: Identity) -> str | None:
    return None if identity.sequence is None or identity.sequence_guessed else fold(identity.sequence)


def _outranks(clips: Sequence[Clip], identities: Sequence[Identity], other: int, at: int) -> bool:
    """True where `other` is the main plate, or an eye of a stereo plate, and of better quality; a matte never is."""
    plate = not identities[other].resource or bool(clips[other].view and not clips[at].view)
    return plate and quality(clips[other]) < quality(clips[at])


def _numbered(resource: str, used: set[str]) -> str:
    number = 1
    name = resource
    while fold(name) in used:
        number += 1
        name = f"{resource}{number}"
    return name


def quality(clip: Clip) -> int:
    """The rank of a clip as a plate: 0 camera or scene-linear pictures ... 5 a still. Lower is better."""
    if clip.kind == "still":
        return 5
    if clip.kind == "movie":
        return 4 if clip.ext in _DELIVERY_MOVIES else 3
    return 2 if clip.ext in _JPEG else 1 if clip.ext in _PLAIN_PICTURES else 0
