# SPDX-License-Identifier: GPL-3.0-or-later
"""Which points of a matrix are tried: all of them, or every k-th with an offset that is another one each day."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
VARIABLE = "RAMSES_PLATES_FAULTS"
_THINNED = re.compile(r"every:(\d+)(?::(\d+))?\Z")


def chosen(points: Sequence[T]) -> Sequence[T]:
    """The points to try: all, or, with RAMSES_PLATES_FAULTS=every:K, each K-th; every:K:OFFSET repeats such a run."""
    said = os.environ.get(VARIABLE, "full")
    match = _THINNED.match(said)
    if said == "full":
        return points
    if not match:
        raise ValueError(f"{VARIABLE} is full, every:K or every:K:OFFSET, not {said!r}")
    step = max(1, int(match[1]))
    offset = datetime.datetime.now(datetime.timezone.utc).date().toordinal() if match[2] is None else int(match[2])
    print(f"{VARIABLE}=every:{step}:{offset % step}")
    return points[offset % step :: step]
