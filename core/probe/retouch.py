# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of one sequence differ in a few facts: quick copies of a Media with these exchanged."""

from __future__ import annotations

from ..media import Media


def with_label(media: Media, label: str | None, doubts: tuple[str, ...] = (), reel: str | None = None) -> Media:
    """`media` with that start timecode, with these notes added, and with that reel where it is not None.

    This is `dataclasses.replace`, which would set all eighteen frozen fields one by one: a third of a header read.
    """
    facts = {**media.__dict__, "start_timecode": label}
    if doubts:
        facts["notes"] = media.notes + doubts
    if reel is not None:
        facts["reel"] = reel
    twin = object.__new__(Media)
    object.__setattr__(twin, "__dict__", facts)
    return twin
