# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading values out of Ramses records, whatever programs wrote into them: a wrong type reads as if it were missing."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

# The app writes "2026-11-22 07:49:01"; the official Python API writes "2026-11-22- 07:49:01" and reads only that.
_DATE = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})-?[ T]\s*(\d{1,2}):(\d{1,2}):(\d{1,2})")
NOBODY = "none"
_DEEPEST = 16


def text(data: Mapping[str, Any], key: str, default: str = "") -> str:
    """The text under `key`."""
    value = data.get(key)
    return value if isinstance(value, str) else default


def number(data: Mapping[str, Any], key: str, default: float, *, positive: bool = False) -> float:
    """The number under `key`; text that is a number counts. `positive` takes nothing else (a rate, a width)."""
    value = data.get(key)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return default
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return default
    try:
        found = float(value)
    except OverflowError:
        return default
    if not math.isfinite(found) or (positive and found <= 0):
        return default
    return found


def whole(data: Mapping[str, Any], key: str, default: int, *, positive: bool = False) -> int:
    """The whole number under `key`, rounded where it is none."""
    return round(number(data, key, default, positive=positive))


def flag(data: Mapping[str, Any], key: str, default: bool = False) -> bool:
    """The boolean under `key`."""
    value = data.get(key)
    return value if isinstance(value, bool) else default


def reference(data: Mapping[str, Any], key: str) -> str:
    """The uuid under `key`; "" where it is missing, empty or "none"."""
    value = text(data, key).strip()
    return "" if value == NOBODY else value


def references(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The uuids under `key`, a list or (in old databases) a single text."""
    value = data.get(key)
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str) and item.strip() and item != NOBODY)


def read_date(written: str) -> datetime | None:
    """The UTC time in either of the two spellings in use; None where it is neither."""
    match = _DATE.match(written)
    if match is None:
        return None
    try:
        return datetime(*(int(part) for part in match.groups()), tzinfo=timezone.utc)  # type: ignore[misc,arg-type]
    except ValueError:
        return None


def write_date(when: datetime) -> str:
    """The app's own spelling, in UTC: "yyyy-MM-dd hh:mm:ss". `when` must be aware of its zone."""
    return when.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def settings_values(written: str) -> dict[str, str]:
    """The plain `key: value` lines of a step's settings, nested keys joined by dots ("shot.handle_in").

    The field is free text meant as YAML. Lists and anything else that is not `key: value` are passed over; no YAML
    library is needed for the few numbers that matter, and nothing written there can raise.
    """
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in written.splitlines():
        key, colon, value = line.split(" #")[0].partition(":")
        name = key.strip()
        if not colon or not name or name[0] in "-#{[" or (value and not value[0].isspace()):
            continue
        indent = len(key) - len(key.lstrip())
        while above and above[-1][0] >= indent:
            above.pop()
        value = value.strip().strip("'\"")
        if value:
            found[".".join([*(parent for _indent, parent in above), name])] = value
        elif len(above) < _DEEPEST:
            above.append((indent, name))
    return found
