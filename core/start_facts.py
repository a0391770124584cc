# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a shot starts and how long its handles are: the plate's record, else the step in Ramses, else a setting."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .placement import StartFacts
from .placement_record import Recorded

RECORD = "the plate's own record"
STEP = "the step's settings in Ramses"
_KEYS = ("first_image_number", "handle_in", "handle_out")
_NUMBER = r"[\"']?{key}[\"']?\s*:\s*[\"']?(-?\d{{1,9}})[\"']?\s*(?=[,}}#\r\n]|\Z)"
_SHOT_BLOCK = re.compile(r"^([ \t]*)[\"']?shot[\"']?[ \t]*:[ \t]*([^\r\n]*)$", re.MULTILINE)
# Longer settings are not ours to search.
_LONGEST_TEXT = 256 * 1024


def start_facts(
    recorded: Recorded | None = None,
    step_settings: str | Mapping[str, object] | None = None,
    setting: StartFacts | None = None,
) -> StartFacts:
    """The start frame and handles of a plate; `source` says where each came from.

    `recorded` is the plate's own record (`from_record`), `step_settings` the customSettings of its step in Ramses, as
    text or parsed: `shot: {first_image_number, handle_in, handle_out}`, `setting` the user's or the command line's.
    A value that one of them leaves out is looked for in the next, in this order, and last in StartFacts().
    """
    head, tail = recorded.handles if recorded is not None and recorded.handles is not None else (None, None)
    record_values = _values(recorded.start if recorded is not None else None, head, tail)
    step_values = _step_values(step_settings)
    last = setting if setting is not None else StartFacts()
    found: dict[str, int] = {}
    sources: dict[str, str] = {}
    for values, source in (
        (record_values, RECORD),
        (step_values, STEP),
        (_values(last.start, last.head, last.tail), last.source),
    ):
        for key in _KEYS:
            if key not in found and key in values:
                found[key], sources[key] = values[key], source
    return StartFacts(found["first_image_number"], found.get("handle_in"), found.get("handle_out"), _told(sources))


def _values(start: int | None, head: int | None, tail: int | None) -> dict[str, int]:
    named = {"first_image_number": start, "handle_in": head, "handle_out": tail}
    return {key: value for key, value in named.items() if value is not None}


def _step_values(settings: str | Mapping[str, object] | None) -> dict[str, int]:
    if settings is None:
        return {}
    if isinstance(settings, str):
        return _text_values(settings[:_LONGEST_TEXT])
    shot = settings.get("shot")
    if not isinstance(shot, Mapping):
        return {}
    return {key: shot[key] for key in _KEYS if isinstance(shot.get(key), int) and not isinstance(shot[key], bool)}


def _text_values(text: str) -> dict[str, int]:
    """The three numbers of a `shot:` section in YAML or JSON text, block or flow."""
    if text.lstrip().startswith("{"):
        section = text.partition("shot")[2].partition("}")[0]
    else:
        match = _SHOT_BLOCK.search(text)
        if match is None:
            return {}
        section = match[2] if match[2].lstrip().startswith("{") else _block(text[match.end() :], len(match[1]))
        if match[2].lstrip().startswith("{") and "}" not in section:
            section += text[match.end() :].partition("}")[0]
    found = {}
    for key in _KEYS:
        number = re.search(_NUMBER.format(key=key), section)
        if number is not None:
            found[key] = int(number[1])
    return found


def _block(rest: str, indent: int) -> str:
    """The lines below a YAML key that stand deeper than it."""
    lines = []
    for line in rest.splitlines():
        text = line.strip()
        if text and not text.startswith("#") and len(line) - len(line.lstrip()) <= indent:
            break
        lines.append(line)
    return "\n".join(lines)


def _told(sources: Mapping[str, str]) -> str:
    """In words where start and handles come from: one source where it is the same."""
    start = sources["first_image_number"]
    handles = list(dict.fromkeys(sources[key] for key in _KEYS[1:] if key in sources))
    if not handles or handles == [start]:
        return start
    return f"{start}, handles from {' and '.join(handles)}"
