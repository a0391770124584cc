# SPDX-License-Identifier: GPL-3.0-or-later
"""One name per shot: Ramses has no folder per sequence, so equal shot numbers of two sequences need different ids.

`0010` of sequence `010` and of sequence `020` become `010-0010` and `020-0010` where that fits; else both are refused
with a proposal. What the project already has keeps its name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .errors import NameRefused
from .identity import Identity
from .ids import DEFAULT_STATES, ID_LENGTH, check_id, propose_id
from .name_tokens import fold

# Shots of the project: upper-case id -> (its spelling, its sequence or None where that is not known).
ExistingShots = Mapping[str, tuple[str, "str | None"]]


@dataclass(frozen=True)
class ShotName:
    """The id under which a clip's shot is published, None where it is refused (`refusal` says why) or unmatched.

    `sequence` is the sequence that the shot belongs to, `joined` True where the id became SEQUENCE-SHOT.
    """

    shot: str | None
    sequence: str | None = None
    joined: bool = False
    refusal: NameRefused | None = None


def unique_shots(
    identities: Sequence[Identity], existing: ExistingShots | None = None, states: Iterable[str] = DEFAULT_STATES
) -> list[ShotName]:
    """The shot name of each identity, in the same order. `states`: short names that an id must not look like."""
    known = existing or {}
    states = tuple(states)
    sequences = _sequences_per_shot(identities)
    return [_name(identity, sequences, known, states) for identity in identities]


def _sequences_per_shot(identities: Iterable[Identity]) -> dict[str, dict[str, str]]:
    """For each shot the sequences that surely speak of it: folded name -> as found."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for identity in identities:
        if identity.shot is not None and identity.sequence is not None and not identity.sequence_guessed:
            found[fold(identity.shot)].setdefault(fold(identity.sequence), identity.sequence)
    return found


def _name(
    identity: Identity, sequences: Mapping[str, Mapping[str, str]], existing: ExistingShots, states: tuple[str, ...]
) -> ShotName:
    shot = identity.shot
    if shot is None:
        return ShotName(None)
    rivals = sequences.get(fold(shot), {})
    sequence = None if identity.sequence_guessed else identity.sequence
    if sequence is None and len(rivals) == 1:
        sequence = next(iter(rivals.values()))  # a reference movie without a sequence in its name
    try:
        if sequence is None:
            return _without_sequence(identity, rivals, existing, states)
        return _with_sequence(shot, sequence, rivals, existing, states)
    except NameRefused as refusal:
        return ShotName(None, sequence, False, refusal)


def _without_sequence(
    identity: Identity, rivals: Mapping[str, str], existing: ExistingShots, states: tuple[str, ...]
) -> ShotName:
    shot = identity.shot or ""
    if len(rivals) > 1:
        listed = ", ".join(sorted(rivals.values()))
        text = f'Shot "{shot}" exists in several sequences ({listed}) and this name does not say which one it means.'
        raise NameRefused(text, advice="Set the sequence of this clip.")
    own = existing.get(shot.upper())
    guess = _writable(identity.sequence, states)
    if own:
        return ShotName(own[0], own[1] or guess)
    return ShotName(check_id("shot", shot, states), guess)


def _writable(sequence: str | None, states: tuple[str, ...]) -> str | None:
    """A guessed sequence, unless Ramses cannot write it: a folder called "drop from vendor" is no reason to refuse."""
    return sequence if sequence is not None and propose_id(sequence, states) == sequence else None


def _with_sequence(
    shot: str, sequence: str, rivals: Mapping[str, str], existing: ExistingShots, states: tuple[str, ...]
) -> ShotName:
    joined = existing.get(f"{sequence}-{shot}".upper())
    if joined:
        return ShotName(joined[0], sequence, True)
    own = existing.get(shot.upper())
    if own and (own[1] is None or fold(own[1]) == fold(sequence)):
        return ShotName(own[0], sequence)
    if own is None and len(rivals) < 2:
        return ShotName(check_id("shot", shot, states), sequence)
    return ShotName(_join(sequence, shot, states), sequence, True)


def _join(sequence: str, shot: str, states: tuple[str, ...]) -> str:
    joined = f"{sequence}-{shot}"
    try:
        return check_id("shot", joined, states)
    except NameRefused:
        proposal = _shorter(sequence, shot, states)
        why = f"{len(joined)} characters, {ID_LENGTH} are allowed" if len(joined) > ID_LENGTH else "not a valid id"
        text = f'Shot "{shot}" exists in another sequence too, and "{joined}" cannot be its name: {why}.'
        advice = f'Call it "{proposal}".' if proposal else "Give the shot a name of its own."
        raise NameRefused(text, advice=advice) from None


def _shorter(sequence: str, shot: str, states: tuple[str, ...]) -> str | None:
    """The numbers of both (SEQ010, SH0020: 010-0020), or as many letters as fit."""
    numbers = [re.sub(r"^\D+(?=\d)", "", text) for text in (sequence, shot)]
    for candidate in ("-".join(numbers), "-".join(number.lstrip("0") or "0" for number in numbers)):
        if len(candidate) <= ID_LENGTH and propose_id(candidate, states) == candidate:
            return candidate
    return None
