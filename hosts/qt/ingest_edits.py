# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person changed in the table, with a way back; no Qt here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...core.errors import PlatesError, SettingsError
from ...core.plan import Override
from ...core.timecode import rate_of

Overrides = Mapping[str, Override]
_NOTHING = Override()
_MOST_STEPS = 100


def with_value(overrides: Overrides, keys: Iterable[str], field: str, text: str) -> dict[str, Override]:
    """The overrides with `field` of these clips set to what was typed.

    An empty text takes a shot, sequence or resource away, and gives rate and colour space back to the header.
    Raises SettingsError for a rate that is none.
    """
    value: Any = text.strip()
    if field == "rate":
        value = _rate(value)
    elif field == "colorspace":
        value = value or None
    return _changed(overrides, keys, **{field: value})


def left_out(overrides: Overrides, keys: Iterable[str], skip: bool) -> dict[str, Override]:
    """The overrides with these clips left out, or taken in again."""
    return _changed(overrides, keys, skip=skip)


def without(overrides: Overrides, keys: Iterable[str]) -> dict[str, Override]:
    """The overrides with everything that was set for these clips given back to the rules."""
    gone = set(keys)
    return {key: override for key, override in overrides.items() if key not in gone}


def _rate(text: str) -> Any:
    if not text:
        return None
    try:
        return rate_of(text)
    except PlatesError as problem:
        raise SettingsError(problem.message, None, problem.advice) from problem


def _changed(overrides: Overrides, keys: Iterable[str], **values: Any) -> dict[str, Override]:
    found = dict(overrides)
    made: dict[int, Override] = {}  # many clips share one override
    for key in keys:
        before = found.get(key, _NOTHING)
        after = made.get(id(before))
        if after is None:
            after = made[id(before)] = replace(before, **values)
        if after == _NOTHING:
            found.pop(key, None)
        else:
            found[key] = after
    return found


class History:
    """The edits as they stand, and the steps before and after."""

    def __init__(self) -> None:
        self.now: dict[str, Override] = {}
        self._before: list[dict[str, Override]] = []
        self._after: list[dict[str, Override]] = []

    def take(self, overrides: dict[str, Override]) -> bool:
        """A new step; False where it changes nothing."""
        if overrides == self.now:
            return False
        self._before = [*self._before[-_MOST_STEPS:], self.now]
        self._after.clear()
        self.now = overrides
        return True

    def back(self) -> bool:
        """Undo the last step; False where there is none."""
        return self._step(self._before, self._after)

    def again(self) -> bool:
        """Do the step again that was undone last; False where there is none."""
        return self._step(self._after, self._before)

    def clear(self) -> None:
        """Forget everything: another delivery."""
        self.now = {}
        self._before.clear()
        self._after.clear()

    def _step(self, source: list[dict[str, Override]], target: list[dict[str, Override]]) -> bool:
        if not source:
            return False
        target.append(self.now)
        self.now = source.pop()
        return True
