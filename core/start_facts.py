# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a shot starts and how long its handles are: the plate's record, else the step in Ramses, else a setting."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .placement import StartFacts
from .placement_record import Recorded
from .step_settings import section

RECORD = "the plate's own record"
STEP = "the step's settings in Ramses"
_KEYS = ("first_image_number", "handle_in", "handle_out")
_NUMBER = r"[\"']?{key}[\"']?\s*:\s*[\"']?(-?\d{{1,9}})[\"']?\s*(?=[,}}#\n]|\Z)"


def start_facts(
    recorded: Recorded | None = None,
    step_settings: str | Mapping[str, object] | None = None,
    setting: StartFacts | None = None,
) -> StartFacts:
    """The start frame and handles of a plate; `source` says where each came from.

    `recorded` is the plate's own record (`from_record`), `step_settings` the customSettings of its step in Ramses, as
    text or parsed: `shot: {first_image_number, handle_in, handle_out}`, `setting` the user's or the command line's.
    A value that one of them leaves out is looked for in the next, in this order, and last in StartFacts().
    Ramses counts `first_image_number` from the head handle on, as Ramses-Maya sets up its scenes: the cut in sits on
    first_image_number + handle_in, so that a plate and a Maya scene of one shot line up.
    """
    last = setting if setting is not None else StartFacts()
    found: dict[str, int] = {}
    sources: dict[str, str] = {}
    for values, source in (
        (_recorded_values(recorded), RECORD),
        (_step_values(step_settings), STEP),
        (_values(last.start, last.head, last.tail), last.source),
    ):
        for key, value in values.items():
            if key not in found:
                found[key], sources[key] = value, source
    return StartFacts(found["start"], found.get("head"), found.get("tail"), _told(sources))


def _values(start: int | None, head: int | None, tail: int | None) -> dict[str, int]:
    named = {"start": start, "head": head, "tail": tail}
    return {key: value for key, value in named.items() if value is not None}


def _recorded_values(recorded: Recorded | None) -> dict[str, int]:
    if recorded is None:
        return {}
    head, tail = recorded.handles or (None, None)
    return _values(recorded.start, head, tail)


def _step_values(settings: str | Mapping[str, object] | None) -> dict[str, int]:
    if settings is None:
        return {}
    shot = section(settings, "shot") if isinstance(settings, str) else settings.get("shot")
    numbers = _text_numbers(shot) if isinstance(shot, str) else _numbers(shot)
    first, head = numbers.get("first_image_number"), numbers.get("handle_in")
    return _values(None if first is None else first + (head or 0), head, numbers.get("handle_out"))


def _numbers(shot: object) -> dict[str, int]:
    if not isinstance(shot, Mapping):
        return {}
    return {key: shot[key] for key in _KEYS if isinstance(shot.get(key), int) and not isinstance(shot[key], bool)}


def _text_numbers(section_text: str) -> dict[str, int]:
    """The three numbers of a `shot:` section in YAML."""
    found = {}
    for key in _KEYS:
        number = re.search(_NUMBER.format(key=key), section_text)
        if number is not None:
            found[key] = int(number[1])
    return found


def _told(sources: Mapping[str, str]) -> str:
    """In words where start and handles come from: one source where it is the same."""
    start = sources["start"]
    handles = list(dict.fromkeys(sources[key] for key in ("head", "tail") if key in sources))
    if not handles or handles == [start]:
        return start
    return f"{start}, handles from {' and '.join(handles)}"
