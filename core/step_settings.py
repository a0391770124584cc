# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds one section in the settings text of a Ramses step: JSON, or the YAML that people write there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_BLOCK = r"^([ \t]*)[\"']?{name}[\"']?[ \t]*:[ \t]*([^\n]*)$"
# Longer settings are not ours to search.
_LONGEST_TEXT = 256 * 1024


def section(settings: str, name: str) -> str | Mapping[str, object]:
    """The section `name: ...`: parsed where the text is JSON, else its lines of YAML, block or flow; "" without one.

    Only the first 256 KiB are searched. YAML is not parsed: the library for it is not part of Nuke or Blender.
    """
    text = settings[:_LONGEST_TEXT]
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text).get(name)
        except (ValueError, RecursionError):
            return ""
        return found if isinstance(found, dict) else ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    match = re.search(_BLOCK.format(name=re.escape(name)), text, re.MULTILINE)
    if match is None:
        return ""
    if not match[2].lstrip().startswith("{"):
        return _block(text[match.end() :], len(match[1]))
    return match[2] if "}" in match[2] else match[2] + text[match.end() :].partition("}")[0]


def section_text(settings: str, name: str, key: str) -> str:
    """The text of one key of a section, "" where it is not there."""
    found = section(settings, name)
    if not isinstance(found, str):
        value = found.get(key)
        return value.strip() if isinstance(value, str) else ""
    line = re.search(rf"(?:^|[{{,\n])[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*:[ \t]*([^\n]*)", found)
    return _scalar(line[1], flow=found.lstrip().startswith("{")) if line is not None else ""


def _scalar(text: str, *, flow: bool) -> str:
    """One YAML scalar: quoted, or plain up to a comment and in `{}` up to the next comma."""
    text = text.strip()
    if text[:1] in ('"', "'") and text[0] in text[1:]:
        return text[1:].partition(text[0])[0].strip()
    text = re.split(r"[ \t]#", text)[0]
    return (re.split(r"[,}]", text)[0] if flow else text).strip()


def _block(rest: str, indent: int) -> str:
    """The lines below a YAML key that stand deeper than it."""
    lines = []
    for line in rest.splitlines():
        text = line.strip()
        if text and not text.startswith("#") and len(line) - len(line.lstrip()) <= indent:
            break
        lines.append(line)
    return "\n".join(lines)
