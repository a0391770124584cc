# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxy movies of published versions: `_preview/PROJ_S_SHOT_STEP[_RES].mp4`, H.264, 960 pixels wide, at their own rate.

Frame for frame the plate: a frame that is not there becomes a slate with its number, so counting, timecode and sound
stay right. The movie is made beside the project and put in place when it is whole. Needs the extra `pictures`.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from . import fsops
from .burn_in import slate, stamp
from .errors import Cancelled, PlatesError, ReadFailed, SettingsError
from .events import Cancel, Listener, silent
from .frames import FrameSet
from .longpath import native
from .picture_colour import load_config
from .picture_read import picture_height
from .preview import WIDTH, missing_libraries
from .preview_source import Source, Studio
from .progress import Progress
from .project_facts import load_facts
from .proxy_frames import ProxyFrame, frame_numbers, proxy_frames
from .proxy_movie import MovieWriter, encoder
from .proxy_record import ProxyRecord, content_of, proxy_path, proxy_record_path
from .timecode import nominal_rate, rate_of, rate_text
from .versions import PublishedVersion

if TYPE_CHECKING:
    from .burn_in import Codes

_THREADS = 4
_PIECE = 1 << 20


@dataclass(frozen=True)
class ProxyMade:
    """What became of one version: `path` is the movie's, None where `problem` says why there is none.

    `notes` are sentences about the movie: frames that could not be read, a rate that nobody stated.
    """

    version: PublishedVersion
    path: str | None = None
    record: ProxyRecord | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProxyOptions:
    """`rate` is a person's word against what the plate says, `burn_in` writes shot, version, frame and timecode in."""

    burn_in: bool = False
    colorspace: str | None = None
    rate: Fraction | None = None


def make_proxies(
    versions: Sequence[PublishedVersion],
    options: ProxyOptions | None = None,
    *,
    jobs: int | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> list[ProxyMade]:
    """The proxies of some versions, one after the other; stills have none and are left out.

    Events: stage "proxy", unit "frames". Raises Cancelled, and SettingsError where the libraries, an H.264 encoder or
    the OpenColorIO configuration are missing.
    """
    lacking = missing_libraries()
    if lacking:
        raise SettingsError(lacking)
    encoder()
    cancel = cancel or Cancel()
    options = options or ProxyOptions()
    studio = Studio(load_config(), options.colorspace, tables=True)
    threads = jobs or min(_THREADS, os.cpu_count() or 1)
    wanted = {proxy_path(version): version for version in versions}
    made = (_make(studio, version, options, threads, listen, cancel) for version in wanted.values())
    return [one for one in made if one is not None]


def proxy_notes(made: Iterable[ProxyMade]) -> tuple[str, ...]:
    """One sentence per version without a movie, and what the movies' makers noticed."""
    found = []
    for one in made:
        name = f"{one.version.name} ({one.version.shot})"
        if one.problem:
            found.append(f"No proxy of {name}: {one.problem}")
        found.extend(f"Proxy of {name}: {note}" for note in one.notes)
    return tuple(found)


def _make(
    studio: Studio, version: PublishedVersion, options: ProxyOptions, threads: int, listen: Listener, cancel: Cancel
) -> ProxyMade | None:
    cancel.check()
    try:
        source = studio.open(version)
        if source.clip.kind not in ("sequence", "movie"):
            return None
        return _Proxy(source, options, threads, listen, cancel).make()
    except Cancelled:
        raise
    except PlatesError as error:
        return ProxyMade(version, problem=str(error))
    except MemoryError:
        return ProxyMade(version, problem="There was not enough memory for the movie.")
    except Exception as error:  # noqa: BLE001 - native libraries raise what they like; a proxy must not stop a run
        return ProxyMade(version, problem=f"The movie could not be made: {error}")


@dataclass
class _Proxy:
    """One proxy on its way."""

    source: Source
    options: ProxyOptions
    threads: int
    listen: Listener
    cancel: Cancel

    def __post_init__(self) -> None:
        self._size = self._measure()

    def make(self) -> ProxyMade:
        rate, rate_from = self._rate()
        numbers = frame_numbers(self.source)
        with tempfile.TemporaryDirectory(prefix="ramses-plates-") as folder:
            draft = os.path.join(folder, "proxy.part")
            timecode = self._timecode(rate, numbers[0])
            lost = self._encode(draft, rate, timecode, len(numbers))
            slates = FrameSet.of(frame.number for frame in lost)
            record = self._record(draft, rate, rate_from, timecode, numbers, slates)
            path = _put(self.source.version, draft, record, self.cancel)
        notes = [f"no rate is recorded; {rate_from} was taken."] if rate_from.startswith("the project") else []
        if timecode is None and self.source.label(numbers[0]) is not None:
            notes.append(f"no timecode track: the plate's timecode does not count at {rate_text(rate)}.")
        notes += [f"frame {frame.number} is a slate: {frame.problem}" for frame in lost if frame.problem][:10]
        return ProxyMade(self.source.version, path, record, notes=tuple(notes))

    def _rate(self) -> tuple[Fraction, str]:
        """The plate's own rate and who says it. Raises ReadFailed where nobody does."""
        source = self.source
        if self.options.rate is not None:
            return self.options.rate, "a person"
        if source.facts is not None and source.facts.rate is not None:
            return source.facts.rate, "the version's sidecar"
        if source.footage.rate is not None:
            return source.footage.rate, "the file"
        project = load_facts(source.version.project_root)
        if project is not None and project.rate > 0:
            rate = rate_of(project.rate)
            return rate, f"the project's {rate_text(rate)}"
        raise ReadFailed("nobody says its frame rate.", source.clip.first_path, "Say it with --rate.")

    def _timecode(self, rate: Fraction, first: int) -> str | None:
        """The first frame's label, None where a movie of this rate would count on from it in another way."""
        facts, counted = self.source.facts, self.source.footage.rate
        own = facts.rate if facts is not None and facts.rate is not None else counted
        return self.source.label(first) if own is None or nominal_rate(own) == nominal_rate(rate) else None

    def _measure(self) -> tuple[int, int]:
        """Width and height of the movie: square pixels, both even."""
        media = self.source.media
        height = picture_height(media.width or 16, media.height or 9, media.pixel_aspect, WIDTH)
        return WIDTH, max(2, height + height % 2)

    def _encode(self, draft: str, rate: Fraction, timecode: str | None, length: int) -> list[ProxyFrame]:
        """Write all frames; the lost ones."""
        lost = []
        progress = Progress(self.listen, "proxy", length, "frames", self.source.version.shot)
        with MovieWriter(draft, rate, *self._size, timecode) as movie:
            for frame in proxy_frames(self.source, self._size, self.threads, self.cancel):
                self.cancel.check()
                picture = frame.picture
                if picture is None:
                    lost.append(frame)
                    picture = slate(*self._size, f"frame {frame.lost}", str(frame.number))
                if self.options.burn_in:
                    picture = picture.copy()  # a held picture is shown again with another number
                    self._stamp(picture, frame.number)
                movie.add(picture)
                progress.add(1)
            if len(lost) == length:
                raise ReadFailed(f"none of its frames can be read: {lost[0].problem}", self.source.clip.folder)
            movie.finish()
        progress.finish()
        return lost

    def _stamp(self, picture: Codes, number: int) -> None:
        version = self.source.version
        sequence = self.source.facts.record.get("sequence") if self.source.facts is not None else None
        names = (sequence if isinstance(sequence, str) else "", version.shot, version.resource)
        stamp(picture, "top left", " ".join(filter(None, names)))
        stamp(picture, "top right", " ".join(filter(None, (version.step, f"v{version.number:03d}", version.state))))
        stamp(picture, "bottom left", str(number))
        stamp(picture, "bottom right", self.source.label(number) or "no timecode")

    def _record(
        self, draft: str, rate: Fraction, said: str, timecode: str | None, numbers: range, lost: FrameSet
    ) -> ProxyRecord:
        source, version = self.source, self.source.version
        return ProxyRecord(
            version=version.name,
            completed=version.completed or 0,
            first=numbers[0],
            last=numbers[-1],
            slates=str(lost),
            rate=rate,
            rate_from=said,
            timecode=timecode,
            burn_in=self.options.burn_in,
            width=self._size[0],
            height=self._size[1],
            input=source.way.input,
            why=source.why,
            shown=source.way.shown,
            bytes=os.path.getsize(draft),
            content=content_of(draft),
        )


def _put(version: PublishedVersion, draft: str, record: ProxyRecord, cancel: Cancel) -> str:
    """The record first, as with the stills: a movie without one would pass for another tool's."""
    path = proxy_path(version)
    fsops.make_folders(os.path.dirname(path), [])
    text = json.dumps(record.document(), indent=1) + "\n"
    fsops.write_file(proxy_record_path(version), [text.encode("ascii")], replace=True)
    fsops.write_file(path, _pieces(draft, cancel), replace=True)
    return path


def _pieces(path: str, cancel: Cancel) -> Iterator[bytes]:
    with open(native(path), "rb") as file:
        while piece := file.read(_PIECE):
            cancel.check()
            yield piece
