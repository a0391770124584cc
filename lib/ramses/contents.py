# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the `content` of a reply, checked before anybody relies on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import values
from .errors import BadReply
from .model import Ram


def record_in(written: str) -> dict[str, Any]:
    """The record in a JSON text; {} where it is none."""
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def objects_in(content: Mapping[str, Any], key: str, kind: type[Ram]) -> list[Ram]:
    """The objects listed under `key`. Raises BadReply where there is no list."""
    entries = content.get(key)
    if not isinstance(entries, list):
        raise BadReply(f"Ramses answered without {key}.")
    found = []
    for entry in entries:
        uuid = entry.get("uuid") if isinstance(entry, dict) else None
        # An entry without id cannot be asked about or written to; asking for "" would end the app.
        if isinstance(uuid, str) and uuid.strip():
            data = entry.get("data")
            found.append(kind(uuid, data if isinstance(data, dict) else {}))
    return found


def uuids_in(content: Mapping[str, Any], key: str) -> list[str]:
    """The uuids listed under `key`. Raises BadReply where there is no list."""
    if not isinstance(content.get(key), list):
        raise BadReply(f"Ramses answered without {key}.")
    return list(values.references(content, key))


def text_of(content: Mapping[str, Any], key: str) -> str:
    """The text under `key`. Raises BadReply where there is none."""
    found = content.get(key)
    if not isinstance(found, str):
        raise BadReply(f"Ramses answered without {key}.")
    return found
