# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of FCPXML: times as fractions of a second, resources by id, retimes, notes."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from xml.etree.ElementTree import Element

from ..timecode import snap_rate
from .otio_events import file_of

_TIME = re.compile(r"(-?\d{1,18})(?:/(\d{1,12}))?s\Z|(-?\d{1,12}\.\d{1,12})s\Z", re.ASCII)
ZERO = Fraction(0)


@dataclass
class Resources:
    """What clips refer to by id, and how many items were opened so far."""

    by_id: dict[str, Element]
    opened: int = 0

    def of(self, item: Element) -> Element | None:
        """The asset or media that an item refers to."""
        return self.by_id.get(item.get("ref") or "")

    def sequence_of(self, item: Element) -> Element | None:
        """The sequence of the compound clip that an item refers to."""
        media = self.of(item)
        return media.find("sequence") if media is not None and media.tag == "media" else None

    def rate(self, element: Element | None) -> Fraction | None:
        """The rate of an asset or sequence: the inverse of its format's frameDuration."""
        found = self.by_id.get((element.get("format") or "") if element is not None else "")
        duration = time_of(found, "frameDuration")
        return snap_rate(1 / duration) if duration is not None and duration > 0 else None

    def start(self, item: Element) -> Fraction:
        """An item's own time at its first frame: its start, else the asset's, else the compound clip's."""
        sequence = self.sequence_of(item)
        inherited = time_of(sequence, "tcStart") if sequence is not None else time_of(self.of(item), "start")
        given = time_of(item, "start")
        return given if given is not None else inherited or ZERO

    def duration(self, item: Element) -> Fraction:
        """How long an item lasts on its parent's timeline."""
        given = time_of(item, "duration")
        if given is not None:
            return given
        sequence = self.sequence_of(item)
        return time_of(sequence if sequence is not None else self.of(item), "duration") or ZERO


def time_of(element: Element | None, key: str) -> Fraction | None:
    """An attribute such as "1001/24000s" or "3600s" in seconds; None where it is missing or no time."""
    text = element.get(key) if element is not None else None
    match = _TIME.match(text) if text is not None else None
    if match is None:
        return None
    if match[3] is not None:
        return Fraction(match[3])
    under = int(match[2] or 1)
    return Fraction(int(match[1]), under) if under else None


def retime(item: Element, start: Fraction) -> tuple[Fraction, Fraction | None, tuple[str, ...]]:
    """Speed, the source time of `start` (None = not retimed), and notes: a map of several slopes has no one speed."""
    points = [
        (time, value)
        for point in item.iterfind("timeMap/timept")
        if (time := time_of(point, "time")) is not None and (value := time_of(point, "value")) is not None
    ]
    slopes = {
        (after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(points) if after[0] != before[0]
    }
    if not slopes:
        return Fraction(1), None, ()
    if len(slopes) > 1:
        return Fraction(1), None, ("Its speed varies: no retime was read.",)
    speed = slopes.pop()
    return speed, points[0][1] + (start - points[0][0]) * speed, ()


def metadata_of(element: Element | None) -> dict[str, str]:
    """The key and value pairs of an item's metadata."""
    if element is None:
        return {}
    return {item.get("key") or "": item.get("value") or "" for item in element.iterfind("metadata/md")}


def notes_of(item: Element) -> tuple[str, ...]:
    """The texts of an item's markers and notes."""
    found = (*item.iterfind("marker"), *item.iterfind("note"))
    texts = ((child.get("value") or child.text or "").strip() for child in found)
    return tuple(text for text in texts if text)


def media_file(asset: Element | None) -> str | None:
    """The file name of an asset: `src` of the asset, or of its media-rep since version 1.9."""
    if asset is None:
        return None
    media = asset.find("media-rep")
    source = asset.get("src") or (media.get("src") if media is not None else None)
    return file_of(source) if source else None


def bundle_file(path: str) -> str:
    """The XML file inside an .fcpxmld bundle, or the path itself."""
    inside = os.path.join(path, "Info.fcpxml")
    return inside if os.path.isdir(path) and os.path.isfile(inside) else path
