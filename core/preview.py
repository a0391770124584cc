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
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from . import fsops
from .errors import Cancelled, PlatesError, ReadFailed, SettingsError
from .events import Cancel, Listener, silent
from .frames import FrameSet
from .hashing import c4_of
from .picture_colour import load_config
from .picture_read import read_movie_frame, read_still, resized
from .preview_record import PreviewRecord, picture_path, record_path
from .preview_source import Source, Studio, display_codes
from .progress import Progress
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
    return f"Pictures need {', '.join(lacking)}: install them with pip. Everything else works without."


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
    stills = _Stills(Studio(load_config(), colorspace), poster, cancel)
    wanted = {picture_path(version): version for version in versions}
    progress = Progress(listen, "preview", len(wanted), "pictures")
    found: dict[str, Made] = {}
    lock = threading.Lock()

    def one(item: tuple[str, PublishedVersion]) -> None:
        cancel.check()
        made = stills.make(item[1])
        with lock:
            found[item[0]] = made
            progress.add(1)

    threads = jobs or min(_THREADS, os.cpu_count() or 1)
    run_all(iter(wanted.items()), one, min(threads, max(1, len(wanted))), cancel)
    cancel.check()
    progress.finish()
    return [found[path] for path in wanted]


@dataclass
class _Stills:
    """Makes the stills of one call."""

    studio: Studio
    poster: int | None
    cancel: Cancel

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
        source = self.studio.open(version)
        picture, frame = self._read(source)
        way = source.way
        codes = display_codes(way.apply(picture))
        height, width = codes.shape[:2]
        little = resized(codes / 255, SMALL, max(1, round(SMALL * height / width)))
        small = base64.b64encode(_jpeg(display_codes(little), 78)).decode("ascii")
        jpeg = _jpeg(codes, 90)
        record = PreviewRecord(
            version.name,
            frame,
            source.label(frame),
            width,
            height,
            way.input,
            source.why,
            way.shown,
            small,
            version.completed or 0,
            c4_of(jpeg),
        )
        return Made(version, _write(version, jpeg, record), record)

    def _read(self, source: Source) -> tuple[Any, int]:
        """The picture and the number of the frame that it shows."""
        clip, footage, aspect = source.clip, source.footage, source.media.pixel_aspect
        if clip.kind == "movie":
            first, length = (footage.first, footage.length) if footage.frames else (1, 1)
            wanted = length // 2 if self.poster is None else min(max(0, self.poster - first), length - 1)
            picture, at = read_movie_frame(clip.first_path, wanted, WIDTH, aspect, self.cancel)
            return picture, first + at
        frame = poster_frame(clip.frames, self.poster)
        path = clip.first_path
        if frame is not None:
            names = (name for number, name in clip.files() if number == frame)
            path = os.path.join(clip.folder, next(names))
        return read_still(path, WIDTH, aspect, self.cancel), 1 if frame is None else frame


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
