# SPDX-License-Identifier: GPL-3.0-or-later
"""What pictures of a published version are made from: its clip, its facts, and the way of its pixels to a display."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from .clip import Clip
from .errors import ManifestError, PlatesError, ReadFailed, SettingsError
from .footage import Footage
from .frame_clock import FrameClock
from .media import Media
from .picture_bake import baked
from .picture_colour import Conversion, InputSpace, conversion, input_space
from .probe import probe_clip
from .published_footage import recorded
from .redelivery import version_clip
from .sidecar import SidecarFacts
from .versions import PublishedVersion


@dataclass(frozen=True)
class Source:
    """One version to be shown: `way` leads to the display codes, `why` says how its input space was found."""

    version: PublishedVersion
    clip: Clip
    media: Media
    facts: SidecarFacts | None
    footage: Footage
    way: Conversion
    why: str

    @cached_property
    def _clock(self) -> FrameClock | None:
        return None if self.facts is None else FrameClock(self.facts, self.clip.frames.first)

    def label(self, frame: int) -> str | None:
        """The source timecode of a frame number (a movie's first is 1), None where it is not known."""
        if self.facts is not None and self.clip.kind == "sequence":
            found = None if self._clock is None else self._clock.label(frame)
            if found is not None or self.facts.timecode is not None:
                return found
        start = self.footage.start(self.facts.rate if self.facts else None)
        if start is None or not self.footage.frames or self.footage.doubt:
            return None
        return str(start + (frame - self.footage.first))


@dataclass
class Studio:
    """Opens versions for pictures; the conversions are kept, because making one takes longer than using it.

    `tables` are for movies: a conversion becomes a lookup table where nobody can tell the difference.
    """

    config: Any
    colorspace: str | None = None
    tables: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[tuple[str, ...], Conversion] = field(default_factory=dict)

    def open(self, version: PublishedVersion) -> Source:
        """Look at a version. Raises ReadFailed, and SettingsError for a colour space that nobody knows."""
        clip = version_clip(version)
        if clip is None:
            raise ReadFailed("there is not exactly one clip in this folder.", version.path)
        media = probe_clip(clip)
        if media.error is not None:
            raise ReadFailed(media.error, clip.first_path)
        facts = _facts_of(version)
        way, why = self._conversion(media, clip, facts)
        return Source(version, clip, media, facts, _footage(version, clip, media), way, why)

    def _conversion(self, media: Media, clip: Clip, facts: SidecarFacts | None) -> tuple[Conversion, str]:
        """The way to the display and why it was taken. A tag that the configuration does not know counts as absent."""
        decided = self.colorspace or (facts.colorspace if facts and facts.colorspace_manual else None)
        names = (facts.source_media if facts else "", clip.base or clip.file)
        for tagged in (media, replace(media, colour=replace(media.colour, space=None))):
            space = input_space(tagged, clip.ext, names, decided)
            try:
                return self._kept_conversion(space), space.why
            except SettingsError:
                if decided or tagged is not media or media.colour.space is None:
                    raise
        raise AssertionError("the second round returns or raises")

    def _kept_conversion(self, space: InputSpace) -> Conversion:
        key = (space.way, space.spoken, *space.names)
        with self._lock:
            if key not in self._kept:
                exact = conversion(space, self.config)
                self._kept[key] = baked(exact, self.config) if self.tables else exact
            return self._kept[key]


def display_codes(picture: Any) -> Any:
    """Display values 0..1 as uint8; what is no number becomes black."""
    import numpy as np

    return np.rint(np.clip(np.nan_to_num(picture), 0, 1) * 255).astype(np.uint8)


def _facts_of(version: PublishedVersion) -> SidecarFacts | None:
    try:
        return version.facts
    except ManifestError:
        return None


def _footage(version: PublishedVersion, clip: Clip, media: Media) -> Footage:
    try:
        known = recorded(version)
    except PlatesError:
        known = None
    return Footage.of_clip(clip, media) if known is None else known.footage
