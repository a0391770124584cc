# SPDX-License-Identifier: GPL-3.0-or-later
"""Stereo views told from names: `left/`, `sh010.left.1001.exr`, `sh010_R.1001.exr` beside `sh010_L.1001.exr`.

A word (left, right) speaks for itself where it ends a name (a version may follow) or is the whole folder; anywhere
else, and a letter always, needs its counterpart beside it: Nuke's %V writes words, %v letters, always for both eyes.
"""

from __future__ import annotations

import re
from collections.abc import Container

_OTHER_EYE = {
    "left": "right",
    "right": "left",
    "lefteye": "righteye",
    "righteye": "lefteye",
    "leye": "reye",
    "reye": "leye",
    "lft": "rgt",
    "rgt": "lft",
    "le": "re",
    "re": "le",
    "l": "r",
    "r": "l",
}
_SPEAKS_FOR_ITSELF = frozenset({"left", "right", "lefteye", "righteye"})
_EYE = re.compile(
    r"(?<![^._\- \0])(?:left[_\-]?eye|right[_\-]?eye|left|right|leye|reye|lft|rgt|le|re|l|r)(?![^._\- \0])",
    re.IGNORECASE,
)
_ONLY_VERSION_FOLLOWS = re.compile(r"(?:[._\- ]v(?:er)?[0-9]+)*[._\- ]*(?:\0|\Z)", re.IGNORECASE)


def view_in(text: str, beside: Container[str]) -> str:
    """The view that a text speaks of: "left", "right" or "".

    The text is a folder name, or a file name's parts before and after the frame with a NUL between them. `beside`
    holds the texts of everything that lies in the same folder.
    """
    for found in reversed(list(_EYE.finditer(text))):
        word = re.sub(r"[_\-]", "", found[0]).lower()
        ends = _ONLY_VERSION_FOLLOWS.match(text, found.end()) is not None
        if (ends and word in _SPEAKS_FOR_ITSELF) or _mirrored(text, found) in beside:
            return "left" if word.startswith("l") else "right"
    return ""


def _mirrored(text: str, found: re.Match[str]) -> str:
    """The text with the other eye in the place of this one, in the same case."""
    written = found[0]
    eye = re.split(r"[_\-]", written)[0]
    other = _OTHER_EYE[eye.lower()]
    if eye.isupper():
        other = other.upper()
    elif eye[0].isupper():
        other = other.capitalize()
    return text[: found.start()] + other + written[len(eye) :] + text[found.end() :]
