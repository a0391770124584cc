# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing and healing records on their way back to Ramses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .request import REFERENCE_LISTS, REFERENCES


def without_empty_references(record: Mapping[str, Any]) -> dict[str, Any]:
    """`record` without references that are empty or no text: other programs leave them, and they crash the app."""
    healed: dict[str, Any] = {}
    for key, value in record.items():
        if key in REFERENCES:
            if isinstance(value, str) and value.strip():
                healed[key] = value
        elif key in REFERENCE_LISTS:
            if isinstance(value, list):
                healed[key] = [item for item in value if isinstance(item, str) and item.strip()]
            elif isinstance(value, str) and value.strip():
                healed[key] = value
        else:
            healed[key] = value
    return healed


def same(one: Any, other: Any) -> bool:
    """Equality as it survives a round trip: numbers are doubles (24.0 comes back as 24), booleans are not numbers."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one), abs(other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)
