# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ramses can write: ids, resources and states checked against its grammar, with a proposal where they fail.

The grammar is that of the Ramses file names: ids are 1 to 10 of `A-Z a-z 0-9 + -`, resources may hold blanks as well.
Nothing may look like a version block (`v012`, `pub3`, a state's short name directly followed by digits), because
the readers of those names would take it for one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from .errors import NameRefused

ID_LENGTH = 10
RESOURCE_LENGTH = 64
COMPONENT_BYTES = 255
# The states of a fresh Ramses database, and the two that the review tools of the field add to it.
DEFAULT_STATES = ("NO", "STB", "TODO", "WIP", "FIRST", "RTK", "CHK", "CBB", "RDR", "OK", "RFR", "DONE")
VERSION_PREFIXES = ("v", "pub")

_ID_ALLOWED = f"1 to {ID_LENGTH} of A-Z, a-z, 0-9, + and -"
_ID = re.compile(r"[A-Za-z0-9+-]{1,10}\Z")
_RESOURCE = re.compile(r"[A-Za-z0-9+ -]{1,64}\Z")
_BREAK = re.compile(r"[^A-Za-z0-9+-]+")
_HEAD = re.compile(r"([A-Za-z+-]*)(\d.*)\Z")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|\Z)", re.IGNORECASE)


def is_version_like(text: str, states: Iterable[str] = DEFAULT_STATES) -> bool:
    """True for `v012`, `pub3`, `WIP2`, `ok010`: digits directly behind a version prefix or a state's short name."""
    head = text.rstrip("0123456789")
    if head == text or not head:
        return False
    return head.lower() in VERSION_PREFIXES or head.upper() in {state.upper() for state in states}


def check_id(kind: str, text: str, states: Iterable[str] = DEFAULT_STATES) -> str:
    """`text` without surrounding blanks, if Ramses can write it as the id of a `kind` (project, sequence, shot, step).

    `states` are the short names of the project's states. Raises NameRefused, with a proposal where there is one.
    """
    states = tuple(states)
    clean = text.strip()
    problem = _id_problem(clean, states)
    if problem:
        raise _refused(
            f"{kind} id", text, problem, propose_id(text, states), f"1 to {ID_LENGTH} of A-Z, a-z, 0-9, + and -"
        )
    return clean


def propose_id(text: str, states: Iterable[str] = DEFAULT_STATES) -> str | None:
    """The nearest id that Ramses can write, None where nothing of the text can be kept."""
    states = tuple(states)
    joined = _join(_ascii(text), _id_joint).strip("-")
    for candidate in (joined, joined.replace("-", "").replace("+", ""), _shorten(joined)):
        spaced = (
            re.sub(r"(?<=[A-Za-z])(?=\d)", "-", candidate, count=1) if is_version_like(candidate, states) else candidate
        )
        if not _id_problem(spaced, states):
            return spaced
    return None


def check_resource(text: str, states: Iterable[str] = DEFAULT_STATES) -> str:
    """`text` without surrounding blanks, if Ramses can write it as a resource; "" stands for the main plate.

    Raises NameRefused: `_` and digits alone make the version folder ambiguous, everything else breaks the file name.
    """
    states = tuple(states)
    clean = text.strip()
    problem = _resource_problem(clean, states) if clean else ""
    if problem:
        allowed = f"up to {RESOURCE_LENGTH} of A-Z, a-z, 0-9, +, - and blanks, not digits alone"
        raise _refused("resource", text, problem, propose_resource(text, states), allowed)
    return clean


def propose_resource(text: str, states: Iterable[str] = DEFAULT_STATES) -> str | None:
    """The nearest resource that Ramses can write, None where nothing of the text can be kept."""
    states = tuple(states)
    clean = _join(_ascii(text), lambda _before, _after: "-").strip("-")[:RESOURCE_LENGTH].strip("-")
    if clean.isdigit():
        clean = f"R{clean}"
    if is_version_like(clean, states):
        clean = _spaced(clean)
    return clean if clean and not _resource_problem(clean, states) else None


def check_state(text: str) -> str:
    """The short name of a state in upper case, as version folders carry it. Raises NameRefused."""
    clean = text.strip().upper()
    if not _ID.match(clean) or clean.isdigit():
        proposal = propose_id(clean, ())
        keep = proposal if proposal and not proposal.isdigit() else None
        raise _refused("state", text, "a version folder could not be read back", keep, _ID_ALLOWED)
    return clean


def check_component(name: str) -> str:
    """`name`, if it is one safe folder or file name on Linux, Windows and macOS. Raises NameRefused.

    Refused are separators, `.` and `..`, characters and device names that Windows reserves, blanks or dots at the end,
    undecodable bytes, and names of more than 255 bytes.
    """
    problem = ""
    if not name or name in (".", ".."):
        problem = "it names no file"
    elif _FORBIDDEN.search(name):
        problem = "it holds a character that a file name cannot have everywhere"
    elif name[-1] in ". ":
        problem = "Windows drops the dot or blank at its end"
    elif _RESERVED.match(name):
        problem = "Windows keeps that name for a device"
    elif not name.isascii() and any("\ud800" <= letter <= "\udfff" for letter in name):
        problem = "it holds bytes that are no text"
    elif len(name.encode()) > COMPONENT_BYTES:
        problem = f"it is longer than {COMPONENT_BYTES} bytes"
    if problem:
        raise NameRefused(f"{_shown(name)} cannot be a file or folder name: {problem}.")
    return name


def check_relative(path: str) -> str:
    """`path`, if each part of it between `/` is a safe name: never absolute, never upwards. Raises NameRefused."""
    for part in path.split("/"):
        check_component(part)
    return path


def _id_problem(text: str, states: tuple[str, ...]) -> str:
    if not text:
        return "it is empty"
    if not _ID.match(text):
        odd = sorted(set(re.findall(r"[^A-Za-z0-9+-]", text)))
        if odd:
            return f"{', '.join(map(_shown, odd[:5]))} is not allowed"
        return f"it has {len(text)} characters"
    return "it looks like a version" if is_version_like(text, states) else ""


def _resource_problem(text: str, states: tuple[str, ...]) -> str:
    if not _RESOURCE.match(text):
        odd = sorted(set(re.findall(r"[^A-Za-z0-9+ -]", text)))
        return f"{', '.join(map(_shown, odd[:5]))} is not allowed" if odd else f"it has {len(text)} characters"
    if text.replace(" ", "").isdigit():
        return "digits alone read like a version number"
    return "it looks like a version" if is_version_like(text, states) else ""


def _refused(what: str, text: str, problem: str, proposal: str | None, allowed: str) -> NameRefused:
    advice = f'Use "{proposal}" instead.' if proposal else f"Use {allowed}."
    return NameRefused(f"{_shown(text)} cannot be a Ramses {what}: {problem}.", advice=advice)


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 80 else text[:77] + "...") if not text.isprintable() else f'"{text[:80]}"'


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text[: 4 * COMPONENT_BYTES])
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _id_joint(before: str, after: str) -> str:
    # SH_010 is written SH010, but the numbers of 010_0020 must not run into one.
    return "" if before.isalpha() and after.isdigit() else "-"


def _join(text: str, joint: Callable[[str, str], str]) -> str:
    parts = [part for part in _BREAK.split(text) if part]
    joined = parts[0] if parts else ""
    for part in parts[1:]:
        joined += joint(joined[-1], part[0]) + part
    return joined


def _spaced(text: str) -> str:
    return re.sub(r"(?<=[A-Za-z])(?=\d)", "-", text, count=1)


def _shorten(text: str) -> str:
    match = _HEAD.match(text)
    if match and len(match[2]) < ID_LENGTH:
        return match[1][: ID_LENGTH - len(match[2])] + match[2]
    return text[:ID_LENGTH].strip("-")
