# SPDX-License-Identifier: GPL-3.0-or-later
"""The rate of a list that does not hold one: given by a person, else assumed from its labels, and said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from ..errors import TimecodeError
from ..timecode import Timecode, can_drop, rate_text

_FRAMES = re.compile(r"[:;.,](\d{1,3})\s*\Z", re.ASCII)
_WHOLE = (24, 25, 30, 48, 50, 60, 120)
_DROP = (Fraction(30000, 1001), Fraction(60000, 1001), Fraction(120000, 1001))


def assumed_rate(labels: Iterable[str], drop: bool) -> tuple[Fraction, str]:
    """The lowest usual rate that has all labels, and the sentence that says so. `drop` = the list counts drop-frame."""
    highest = -1
    for label in labels:
        match = _FRAMES.search(label)
        if match is not None:
            highest = max(highest, int(match[1]))
    rates = _DROP if drop else tuple(map(Fraction, _WHOLE))
    rate = next((rate for rate in rates if highest < rate), rates[-1])
    if drop:
        why = "it counts drop-frame"
    elif highest < 0:
        why = "it has no timecode that would tell"
    else:
        why = f"its highest frame label is :{highest:02d}"
    return rate, f"assumed: the list does not state its rate, and {why}"


def read_label(text: str, rate: Fraction, list_drop: bool) -> tuple[Timecode, str]:
    """A label of a list and a note where it was read with doubt.

    `;` means drop by itself; plain colons follow the list's FCM, except where that skips the label.
    Raises TimecodeError for a label that does not exist at the rate.
    """
    if not list_drop or ";" in text or not can_drop(rate):
        return Timecode.read(text, rate)
    try:
        return Timecode.read(text, rate, True)
    except TimecodeError:
        timecode = Timecode.parse(text, rate, False)
        return timecode, f"{text} does not exist in drop-frame counting at {rate_text(rate)}: read as non-drop."
