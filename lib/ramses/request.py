# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests: the queries Ramses knows, written so that it reads what we mean, or refused before they are sent.

The app splits a request at every `&` and each part at every `=`, without any escaping (measured on the Ramses Client
0.10.0). A raw `&` or `=` inside JSON leaves broken JSON, and the app then replaces the object by `{}` and answers
success. Keys are matched anywhere in the text, so `&quit=` in a comment really quits it. Inside JSON both can be
written as `\\u0026` and `\\u003d`; in ids and paths they cannot be expressed at all.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import Unsendable

# One send must arrive as one read. The loopback of Linux and Windows carries 64 KiB in one piece, that of macOS 16 KiB.
LARGEST_REQUEST = 16_000 if sys.platform == "darwin" else 60_000
# Qt stops parsing at 1,024 levels and would store {}; nothing in Ramses is deeper than three.
_DEEPEST = 32
_LONGEST_ID = 200

_NEEDED: dict[str, tuple[str, ...]] = {
    "ping": (),
    "getCurrentProject": (),
    "getRamsesFolder": (),
    "getProjects": (),
    "setData": ("uuid", "data"),
    "getData": ("uuid",),
    "uuidFromPath": ("path", "type"),
    "getPath": ("uuid",),
    "getObjects": ("type",),
    "create": ("uuid", "type", "data"),
    "getStatus": ("itemUuid", "stepUuid"),
    "getAssets": (),
    "getShots": (),
    "getAssetGroups": ("projectUuid",),
    "getSequences": ("projectUuid",),
    "getPipes": ("projectUuid",),
    "getSteps": ("projectUuid", "type"),
}
# At least one of these, for queries that accept either.
_EITHER: dict[str, tuple[str, ...]] = {
    "getAssets": ("projectUuid", "groupUuid"),
    "getShots": ("projectUuid", "sequenceUuid"),
}
_NEVER = {
    "raise": "it crashes Ramses 0.10",
    "quit": "it ends Ramses",
    "open": "it logs the artist out and restarts Ramses",
    "setCurrentProject": "it changes what the artist sees, and an empty id crashes Ramses",
    "setStatusModifiedBy": "no released Ramses answers it",
}
_WRITES = frozenset({"setData", "create"})

# Any other name would make the app create an empty table of that name.
TYPES = frozenset(
    {
        "RamApplication",
        "RamAsset",
        "RamAssetGroup",
        "RamFileType",
        "RamPipe",
        "RamPipeFile",
        "RamProject",
        "RamScheduleComment",
        "RamScheduleEntry",
        "RamScheduleRow",
        "RamSequence",
        "RamShot",
        "RamState",
        "RamStatus",
        "RamStep",
        "RamTemplateAssetGroup",
        "RamTemplateStep",
        "RamUser",
    }
)
STEP_KINDS = frozenset(
    {"ALL", "PRE_PRODUCTION", "ASSET_PRODUCTION", "SHOT_PRODUCTION", "POST_PRODUCTION", "PRODUCTION"}
)

# Keys whose value is the uuid of another object. A stored "" makes the app abort when it follows the reference, some
# of them at every later start; null and numbers read as "" there.
REFERENCES = frozenset(
    {
        "assetGroup",
        "assignedUser",
        "estimationMultiplyGroup",
        "fileType",
        "inputStep",
        "item",
        "outputStep",
        "project",
        "sequence",
        "state",
        "step",
        "user",
    }
)
REFERENCE_LISTS = frozenset({"applications", "assets", "pipeFiles", "pipeline", "users"})

_CANONICAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
# The app pastes ids into SQL text, hence no quotes; control characters and outer blanks would become part of the id.
_ID = re.compile(r"[^\s&='\"\\\x00-\x1f\x7f]{1,%d}\Z" % _LONGEST_ID)  # noqa: UP031 braces abound
_ESCAPES = str.maketrans({"&": "\\u0026", "=": "\\u003d"})


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent in one piece. `writes` tells that sending it twice is not the same as once."""

    query: str
    payload: bytes
    writes: bool


def build(query: str, *, limit: int = LARGEST_REQUEST, **fields: Any) -> Request:
    """The request `query&key=value&...`. Raises Unsendable for everything that would not be understood as meant.

    Fields are text, `data` is a mapping that becomes JSON. Empty optional ids may be given as None and are left out.
    """
    if query in _NEVER:
        raise Unsendable(f"{query!r} is never sent to Ramses: {_NEVER[query]}.")
    if query not in _NEEDED:
        raise Unsendable(f"Ramses knows no query {query!r}.")
    given = {key: value for key, value in fields.items() if value is not None}
    either = _EITHER.get(query, ())
    unknown = set(given) - set(_NEEDED[query]) - set(either)
    if unknown:
        raise Unsendable(f"{query!r} takes no {', '.join(sorted(unknown))}.")
    missing = [key for key in _NEEDED[query] if key not in given]
    if missing or (either and not any(key in given for key in either)):
        raise Unsendable(f"{query!r} needs {', '.join(missing) or ' or '.join(either)}.")
    parts = [query]
    parts += [f"{key}={_written(query, key, value)}" for key, value in given.items()]
    payload = "&".join(parts).encode("utf-8")
    if len(payload) > limit:
        raise Unsendable(
            f"This {query} has {len(payload)} bytes; beyond {limit} the system may cut it in two, which would wipe "
            "the object.",
            "Shorten its texts.",
        )
    return Request(query, payload, query in _WRITES)


def _written(query: str, key: str, value: Any) -> str:
    if key == "data":
        return data_text(value)
    if not isinstance(value, str):
        raise Unsendable(f"{key} of {query!r} must be text, not {type(value).__name__}.")
    if key == "path":
        return checked_path(value)
    if key == "type":
        allowed = STEP_KINDS if query == "getSteps" else TYPES
        if value not in allowed:
            raise Unsendable(f"Ramses has no type {value!r}.")
        return value
    if query == "create" and not is_uuid(value):
        raise Unsendable(f"{value!r} is no lower-case uuid; Ramses would store the object under it all the same.")
    return checked_id(key, value)


def is_uuid(text: object) -> bool:
    """True for a uuid in the only spelling that Ramses finds again: lower case, with dashes, without braces."""
    return isinstance(text, str) and _CANONICAL.match(text) is not None


def checked_id(key: str, value: str) -> str:
    """`value`, if it can stand for an object in a request. Raises Unsendable."""
    if not value.strip():
        raise Unsendable(f"An empty {key} ends Ramses at once, so it was not sent.")
    if value == "none" or not _ID.match(value) or not _encodes(value):
        raise Unsendable(f"{value[:80]!r} cannot be a {key}.")
    return value


def checked_path(path: str) -> str:
    """`path` with `/` separators, if Ramses can read it. Raises Unsendable."""
    if not path.strip():
        raise Unsendable("An empty path matches any object, so it was not sent.")
    if "&" in path or "=" in path:
        raise Unsendable(f"Ramses cannot be asked about {path!r}: its requests cannot hold '&' or '='.")
    if path != path.strip() or any(ord(character) < 32 for character in path) or not _encodes(path):
        raise Unsendable(f"Ramses cannot be asked about {path!r}: blanks at its ends or characters it cannot read.")
    return path


def data_text(data: Mapping[str, Any]) -> str:
    """The JSON of an object, without any raw `&` or `=`. Raises Unsendable for what the app would not store as meant.

    Refused are: anything but a mapping with entries, empty or non-text references to other objects, NaN and infinite
    numbers, whole numbers that doubles cannot hold, lone surrogates, and structures deeper than 32.
    """
    if not isinstance(data, Mapping) or not data:
        raise Unsendable("An empty record would wipe the object.")
    plain = _plain_mapping(data, 1)
    # Both signs can only stand inside JSON strings, so replacing them in the finished text is exact.
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_ESCAPES)


def _plain_mapping(data: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, value in data.items():
        if not isinstance(key, str) or not _encodes(key):
            raise Unsendable(f"{key!r} cannot be a key of a record.")
        if key in REFERENCES:
            _check_reference(key, value)
        elif key in REFERENCE_LISTS:
            for item in value if isinstance(value, (list, tuple)) else [value]:
                _check_reference(key, item)
        plain[key] = _plain(key, value, depth + 1)
    return plain


def _check_reference(key: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise Unsendable(f"{value!r} in the reference {key!r} would make Ramses crash.", "Leave the key out instead.")


def _plain(key: str, value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise Unsendable(f"{key!r} is nested more than {_DEEPEST} levels deep.")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if not _encodes(value):
            raise Unsendable(f"{key!r} holds half a character (from an undecodable file name).")
        return str(value)
    if isinstance(value, int):
        if abs(value) > 2**53 and (abs(value) >= 2**1023 or int(float(value)) != value):
            raise Unsendable(f"{value} in {key!r} has more digits than Ramses keeps.")
        return int(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise Unsendable(f"{value} in {key!r} is no number that JSON can hold.")
        return float(value)
    if isinstance(value, Mapping):
        return _plain_mapping(value, depth)
    if isinstance(value, (list, tuple)):
        return [_plain(key, item, depth + 1) for item in value]
    raise Unsendable(f"A {type(value).__name__} in {key!r} cannot be stored by Ramses.")


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
