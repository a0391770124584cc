# SPDX-License-Identifier: GPL-3.0-or-later
"""OTIO, AAF and Final Cut 7 XML through OpenTimelineIO, which is an optional extra and loaded only here."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

from ..errors import EditError
from .aaf_tapes import tapes_of
from .decode import read_bytes
from .model import Edit
from .otio_events import edit_of

# Formats by the name of their OpenTimelineIO adapter.
ADAPTERS = {"otio": "otio_json", "otioz": "otioz", "aaf": "AAF", "fcp7": "fcp_xml"}
_ADVICE = "Install the project's editorial extra, or export the edit as an EDL."


def read_otio(path: str, kind: str, rate: Fraction | None = None) -> Edit:
    """The edit of a file that OpenTimelineIO reads; `kind` is a key of ADAPTERS. `rate` wins over the timeline's.

    Raises EditError where the library is missing, or the file is broken: then with the line, where it has lines.
    """
    _check_syntax(path, kind)
    try:
        import opentimelineio
    except ImportError:
        raise EditError(f"OpenTimelineIO is needed to read {kind.upper()} files.", path, _ADVICE) from None
    if ADAPTERS[kind] not in opentimelineio.adapters.available_adapter_names():
        raise EditError(f"OpenTimelineIO lacks its adapter {ADAPTERS[kind]}.", path, _ADVICE)
    try:
        found: Any = opentimelineio.adapters.read_from_file(path, ADAPTERS[kind])
    except Exception as problem:  # noqa: BLE001  third-party readers: whatever they raise means an unreadable file
        said = " ".join(str(problem).split())[:200] or type(problem).__name__
        raise EditError(f"OpenTimelineIO cannot read this file: {said}.", path) from None
    if kind == "aaf":
        _name_tapes(found, path)
    return edit_of(found, path, rate)


def _name_tapes(timeline: Any, path: str) -> None:
    """Put the tape of every clip where reels are looked for."""
    tapes = tapes_of(path)
    if not tapes or not hasattr(timeline, "find_clips"):
        return
    for clip in timeline.find_clips():
        facts = clip.metadata.get("AAF")
        tape = tapes.get(str(facts.get("MobID"))) if hasattr(facts, "get") else None
        if tape is not None:
            clip.metadata["tape"] = tape


def parse_xml(path: str) -> ElementTree.Element:
    """The root of an XML file. Raises EditError with the line of a fault, and for entity declarations (XML bombs)."""
    data = read_bytes(path)
    if b"<!ENTITY" in data or "<!ENTITY".encode("utf-16-le") in data or "<!ENTITY".encode("utf-16-be") in data:
        raise EditError("this XML declares entities of its own: no edit system writes that.", path)
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as problem:
        line, column = problem.position
        raise EditError(f"line {line}: broken XML at column {column + 1}.", path) from None
    except (ValueError, LookupError):
        raise EditError("line 1: the encoding of this XML is not known.", path) from None


def _check_syntax(path: str, kind: str) -> None:
    """The faults that can be told by line; adapters only say that something is wrong."""
    if kind == "fcp7":
        parse_xml(path)
    elif kind == "otio":
        try:
            json.loads(read_bytes(path))
        except json.JSONDecodeError as problem:
            raise EditError(f"line {problem.lineno}: broken JSON: {problem.msg}.", path) from None
        except (ValueError, RecursionError):  # no text, nested without end, or a number of a million digits
            raise EditError("line 1: this is no readable JSON.", path) from None
    elif not os.path.isfile(path):
        raise EditError("the edit cannot be opened: there is no such file.", path)
