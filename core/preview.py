# SPDX-License-Identifier: GPL-3.0-or-later
"""Preview pictures of published versions: `_preview/PROJ_S_SHOT_STEP[_RES].jpg`, and beside it what it was made from.

Made after a version stands, as often as one likes; a preview that cannot be made is a sentence, never an error of the
version. Needs OpenImageIO, OpenColorIO and numpy (the extra `pictures`), in the standalone environment only.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from . import fsops
from .clip import Clip
from .errors import Cancelled, ManifestError, PlatesError, ReadFailed, SettingsError
from .events import Cancel, Listener, silent
from .footage import Footage
from .frames import FrameSet
from .media import Media
from .picture_colour import Conversion, conversion, input_space, load_config
from .picture_read import read_movie_frame, read_still, resized
from .preview_record import PreviewRecord, picture_path, record_path
from .probe import probe_clip
from .progress import Progress
from .published_footage import recorded
from .redelivery import version_clip
from .sidecar import SidecarFacts
from .versions import PublishedVersion
from .workers import run_all

WIDTH, SMALL = 960, 240
_LIBRARIES = {"OpenImageIO": "OpenImageIO", "PyOpenColorIO": "opencolorio", "numpy": "numpy", "av": "av"}
# Each picture on its way takes up to some hundred megabytes.
_THREADS = 4


@dataclass(frozen=True)
class Made:
    """What became of one version: `path` is the picture's, None where `problem` says why there is none."""

    version: PublishedVersion
    path: str | None = None
    record: PreviewRecord | None = None
    problem: str = ""


def missing_libraries() -> str:
    """One sentence that names what is missing for pictures, "" where all is there. Loads nothing."""
    lacking = [package for module, package in _LIBRARIES.items() if find_spec(module) is None]
    if not lacking:
        return ""
    return f"Pictures need {', '.join(lacking)}: install ramses-plates[pictures]. Everything else works without."


def make_previews(
    versions: Sequence[PublishedVersion],
    *,
    poster: int | None = None,
    colorspace: str | None = None,
    jobs: int | None = None,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> list[Made]:
    """The previews of some versions, in their order; a file has one preview, so a later version of a plate wins.

    `poster` is the frame to show (a file number, or from 1 in a movie), None = the middle. Raises Cancelled, and
    SettingsError where the libraries or the OpenColorIO configuration are missing.
    """
    lacking = missing_libraries()
    if lacking:
        raise SettingsError(lacking)
    cancel = cancel or Cancel()
    studio = _Studio(load_config(), poster, colorspace, cancel)
    wanted = {picture_path(version): version for version in versions}
    progress = Progress(listen, "preview", len(wanted), "pictures")
    found: dict[str, Made] = {}
    lock = threading.Lock()

    def one(item: tuple[str, PublishedVersion]) -> None:
        cancel.check()
        made = studio.make(item[1])
        with lock:
            found[item[0]] = made
            progress.add(1)

    threads = jobs or min(_THREADS, os.cpu_count() or 1)
    run_all(iter(wanted.items()), one, min(threads, max(1, len(wanted))), cancel)
    cancel.check()
    progress.finish()
    return [found[path] for path in wanted]


@dataclass
class _Studio:
    """What the pictures of one call share; the conversions are kept, because making one takes longer than using it."""

    config: Any
    poster: int | None
    colorspace: str | None
    cancel: Cancel

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], Conversion] = {}

    def make(self, version: PublishedVersion) -> Made:
        """Read, convert, write one picture."""
        try:
            return self._make(version)
        except Cancelled:
            raise
        except PlatesError as error:
            return Made(version, problem=str(error))
        except MemoryError:
            return Made(version, problem="There was not enough memory for the picture.")
        except Exception as error:  # noqa: BLE001 - native libraries raise what they like; a picture must not stop a run
            return Made(version, problem=f"The picture could not be made: {error}")

    def _make(self, version: PublishedVersion) -> Made:
        clip = version_clip(version)
        if clip is None:
            raise ReadFailed("there is not exactly one clip in this folder.", version.path)
        media = probe_clip(clip)
        if media.error is not None:
            raise ReadFailed(media.error, clip.first_path)
        facts = _facts_of(version)
        way, why = self._conversion(media, clip, facts)
        shown = _footage(version, clip, media)
        picture, frame = self._read(clip, media, shown)
        codes = _codes(way.apply(picture))
        start = shown.start(facts.rate if facts else None)
        label = None if start is None or not shown.frames else str(start + (frame - shown.first))
        height, width = codes.shape[:2]
        little = resized(codes / 255, SMALL, max(1, round(SMALL * height / width)))
        small = base64.b64encode(_jpeg(_codes(little), 78)).decode("ascii")
        record = PreviewRecord(
            version.name, frame, label, width, height, way.input, why, way.shown, small, version.completed or 0
        )
        return Made(version, _write(version, _jpeg(codes, 90), record), record)

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

    def _kept_conversion(self, space: Any) -> Conversion:
        key = (space.way, space.spoken, *space.names)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = conversion(space, self.config)
            return self._kept[key]

    def _read(self, clip: Clip, media: Media, footage: Footage) -> tuple[Any, int]:
        """The picture and the number of the frame that it shows."""
        if clip.kind == "movie":
            first, length = (footage.first, footage.length) if footage.frames else (1, 1)
            wanted = length // 2 if self.poster is None else min(max(0, self.poster - first), length - 1)
            picture, at = read_movie_frame(clip.first_path, wanted, WIDTH, media.pixel_aspect, self.cancel)
            return picture, first + at
        frame = poster_frame(clip.frames, self.poster)
        path = clip.first_path
        if frame is not None:
            names = (name for number, name in clip.files() if number == frame)
            path = os.path.join(clip.folder, next(names))
        return read_still(path, WIDTH, media.pixel_aspect, self.cancel), 1 if frame is None else frame


def poster_frame(frames: FrameSet, wanted: int | None) -> int | None:
    """The frame to show: the one in the middle of those that are there, or the nearest to the wanted one."""
    if not frames:
        return None
    if wanted is None:
        middle = len(frames) // 2
        return next(frame for at, frame in enumerate(frames) if at == middle)
    return min(frames, key=lambda frame: (abs(frame - wanted), frame))


def notes_of(made: Iterable[Made]) -> tuple[str, ...]:
    """One sentence per version without a picture."""
    return tuple(f"No preview of {one.version.name} ({one.version.shot}): {one.problem}" for one in made if one.problem)


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


def _codes(picture: Any) -> Any:
    import numpy as np

    return np.rint(np.clip(np.nan_to_num(picture), 0, 1) * 255).astype(np.uint8)


def _jpeg(codes: Any, quality: int) -> bytes:
    """The bytes of a JPEG that says nothing but its pixels: machines and people in a header stay at home."""
    import OpenImageIO as oiio

    height, width = codes.shape[:2]
    spec = oiio.ImageSpec(width, height, 3, oiio.UINT8)
    spec.attribute("compression", f"jpeg:{quality}")
    spec.attribute("jpeg:subsampling", "4:4:4")
    with tempfile.TemporaryDirectory(prefix="ramses-plates-") as folder:
        path = os.path.join(folder, "picture.jpg")
        out = oiio.ImageOutput.create(path)
        if out is None or not out.open(path, spec) or not out.write_image(codes) or not out.close():
            raise ReadFailed(f"OpenImageIO cannot write a JPEG: {oiio.geterror()}.")
        with open(path, "rb") as file:
            return file.read()


def _write(version: PublishedVersion, data: bytes, record: PreviewRecord) -> str:
    """The record first: a picture without one would pass for another tool's and be shown with any version."""
    path = picture_path(version)
    fsops.make_folders(os.path.dirname(path), [])
    text = json.dumps(record.document(), indent=1) + "\n"
    fsops.write_file(record_path(version), [text.encode("ascii")], replace=True)
    fsops.write_file(path, [data], replace=True)
    return path
