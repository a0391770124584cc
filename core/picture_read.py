# SPDX-License-Identifier: GPL-3.0-or-later
"""One picture of a clip, small, as floats: stills through OpenImageIO, movies through PyAV.

Large pictures are read in strips that are averaged at once, so an 8K frame costs tens of megabytes, not a gigabyte.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .errors import ReadFailed
from .events import Cancel
from .longpath import native

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.float32]

_STRIP = 256
_BRIGHTEST = 65504.0
# Long-GOP movies have a picture to start from every few seconds; more than this is no movie that can be sought.
_MOST_DECODED = 2000


def picture_height(width: int, height: int, pixel_aspect: Fraction | None, wanted: int) -> int:
    """The height of a picture `wanted` pixels wide, its pixels squared; at least 2, at most four times the width."""
    aspect = float(pixel_aspect or 1) * width / max(1, height)
    return max(2, min(4 * wanted, round(wanted / aspect)))


def read_still(path: str, wanted: int, pixel_aspect: Fraction | None, cancel: Cancel) -> Picture:
    """The display window of a still as float32 (height, `wanted`, 3), in the file's own code values or linear light.

    Raises ReadFailed, Cancelled.
    """
    import numpy as np

    with _opened(path) as source:
        subimage, spec, channels = _colour_part(source, path)
        factor = _factor(spec.full_width, spec.full_height, wanted)
        height, width = max(1, spec.full_height // factor), max(1, spec.full_width // factor)
        canvas = np.zeros((height, width, 3), np.float32)
        for top, strip in _strips(source, subimage, spec, channels, factor, cancel):
            np.nan_to_num(strip, copy=False, nan=0.0, posinf=_BRIGHTEST, neginf=0.0)
            _paste(canvas, _averaged(strip, factor), (top - spec.full_y) // factor, (spec.x - spec.full_x) // factor)
        whole = (spec.full_width, spec.full_height)
    target = picture_height(*whole, pixel_aspect, wanted)
    return canvas if canvas.shape[:2] == (target, wanted) else resized(canvas, wanted, target)


def _factor(width: int, height: int, wanted: int) -> int:
    """How many pixels each way become one while reading: all there are to, where that comes out even."""
    whole = width // wanted
    even = width == whole * wanted and height % max(1, whole) == 0
    return max(1, whole if even else width // (2 * wanted))


def resized(picture: Picture, width: int, height: int) -> Picture:
    """The picture at another size. A soft filter: bright points must not get dark rings."""
    import numpy as np
    import OpenImageIO as oiio

    source = oiio.ImageBuf(np.ascontiguousarray(picture, np.float32))
    found = oiio.ImageBufAlgo.resize(source, filtername="triangle", roi=oiio.ROI(0, width, 0, height, 0, 1, 0, 3))
    pixels: Any = found.get_pixels(oiio.FLOAT)
    if pixels is None:
        raise ReadFailed(f"the picture cannot be made smaller: {found.geterror()}.")
    small: Picture = pixels.reshape(height, width, 3)
    return small


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    import OpenImageIO as oiio

    source = oiio.ImageInput.open(native(path))
    if source is None:
        raise ReadFailed(f"OpenImageIO cannot read it: {_first_line(oiio.geterror())}.", path)
    try:
        yield source
    finally:
        source.close()


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or ["the format is not known"])[0].rstrip(".")


def _colour_part(source: Any, path: str) -> tuple[int, Any, tuple[int, int, int]]:
    """The first part of a file that holds a picture: its number, spec, and where red, green and blue are."""
    subimage, first = 0, None
    while source.seek_subimage(subimage, 0):
        spec = source.spec()
        if getattr(spec, "deep", False):
            subimage += 1
            continue
        channels = _rgb(list(spec.channelnames))
        if channels is not None:
            return subimage, spec, channels
        first = first or (subimage, spec, (0, 0, 0))
        subimage += 1
    if first is None:
        raise ReadFailed("it holds no picture that could be shown.", path)
    # Looking for a part that is not there leaves some readers where they cannot read: back to one that is.
    source.geterror()  # what it said is no news either
    source.seek_subimage(first[0], 0)
    return first


def _rgb(names: list[str]) -> tuple[int, int, int] | None:
    """Where red, green and blue are: of the main layer, else of the first layer that has them all."""
    where = {name.lower(): at for at, name in enumerate(names)}
    layers = dict.fromkeys(["", *(name.rpartition(".")[0] for name in where if "." in name)])
    for layer in layers:
        for letters in (("r", "g", "b"), ("red", "green", "blue")):
            found = [where.get(f"{layer}.{letter}" if layer else letter) for letter in letters]
            if None not in found:
                return found[0] or 0, found[1] or 0, found[2] or 0
    return None


def _strips(
    source: Any, subimage: int, spec: Any, channels: tuple[int, int, int], factor: int, cancel: Cancel
) -> Iterator[tuple[int, Picture]]:
    """(first line, float32 (lines, width, 3)) from top to bottom; each a multiple of `factor` lines, but the last."""
    unit = math.lcm(factor, spec.tile_height or 1)
    lines = unit * max(1, -(-_STRIP // unit))
    begin, end = min(channels), max(channels) + 1
    import OpenImageIO as oiio

    for top in range(spec.y, spec.y + spec.height, lines):
        cancel.check()
        bottom = min(top + lines, spec.y + spec.height)
        if spec.tile_width:
            across = (spec.x, spec.x + spec.width)
            pixels = source.read_tiles(subimage, 0, *across, top, bottom, 0, 1, begin, end, oiio.FLOAT)
        else:
            pixels = source.read_scanlines(subimage, 0, top, bottom, 0, begin, end, oiio.FLOAT)
        if pixels is None:
            raise ReadFailed(f"lines {top} to {bottom - 1} cannot be read: {_first_line(source.geterror())}.")
        pixels = pixels.reshape(bottom - top, spec.width, end - begin)
        yield top, pixels[:, :, [channel - begin for channel in channels]]


def _averaged(strip: Picture, factor: int) -> Picture:
    rows, columns = strip.shape[0] // factor, strip.shape[1] // factor
    if factor == 1 or not rows or not columns:
        return strip[:: max(1, factor), :: max(1, factor)]
    strip = strip[: rows * factor, : columns * factor]
    small: Picture = strip[::factor, ::factor].copy()
    for at in range(1, factor * factor):  # faster than a mean over two axes of five
        small += strip[at // factor :: factor, at % factor :: factor]
    small /= factor * factor
    return small


def _paste(canvas: Picture, part: Picture, top: int, left: int) -> None:
    """Put a part where it belongs; what lies outside the canvas is cut off."""
    y, x = max(0, top), max(0, left)
    part = part[y - top : canvas.shape[0] - top, x - left : canvas.shape[1] - left]
    if part.size:
        canvas[y : y + part.shape[0], x : x + part.shape[1]] = part


def read_movie_frame(
    path: str, number: int, wanted: int, pixel_aspect: Fraction | None, cancel: Cancel
) -> tuple[Picture, int]:
    """Frame `number` (0 is the first) of a movie as float32 (height, `wanted`, 3) in 0..1, and which it really was.

    A movie that cannot be sought or ends early gives its last frame before that. Raises ReadFailed, Cancelled.
    """
    import av
    from av.error import FFmpegError

    try:
        with av.open(native(path), metadata_errors="ignore") as container:
            if not container.streams.video:
                raise ReadFailed("the movie has no picture.", path)
            frame, at = _seek(container, container.streams.video[0], number, cancel)
            if frame is None:
                raise ReadFailed("no frame of the movie can be decoded.", path)
            return _small(frame, pixel_aspect, wanted), at
    except (FFmpegError, ValueError) as error:
        raise ReadFailed(f"the movie cannot be decoded: {error}.", path) from error


def read_movie_frames(path: str, wanted: int, pixel_aspect: Fraction | None, cancel: Cancel) -> Iterator[Picture]:
    """Every frame of a movie in order, as `read_movie_frame` gives one. Raises ReadFailed, Cancelled."""
    import av
    from av.error import FFmpegError

    try:
        with av.open(native(path), metadata_errors="ignore") as container:
            if not container.streams.video:
                raise ReadFailed("the movie has no picture.", path)
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for frame in container.decode(stream):
                cancel.check()
                yield _small(frame, pixel_aspect, wanted)
    except (FFmpegError, ValueError) as error:
        raise ReadFailed(f"the movie cannot be decoded: {error}.", path) from error


def _small(frame: Any, pixel_aspect: Fraction | None, wanted: int) -> Picture:
    import numpy as np

    height = picture_height(frame.width, frame.height, pixel_aspect, wanted)
    matrix = _matrix(frame)
    pixels = frame.reformat(wanted, height, "rgb48le", src_colorspace=matrix, interpolation="AREA").to_ndarray()
    small: Picture = pixels.astype(np.float32) / 65535
    return small


def _seek(container: Any, stream: Any, number: int, cancel: Cancel) -> tuple[Any, int]:
    """Decode from the nearest frame before the wanted one up to it."""
    rate, base = stream.average_rate or stream.base_rate, stream.time_base
    first = stream.start_time or 0
    stream.thread_type = "AUTO"
    if rate and base and number:
        container.seek(first + int(number / rate / base), stream=stream, backward=True)
    last, last_at = None, 0
    for decoded, frame in enumerate(container.decode(stream)):
        cancel.check()
        at = decoded
        if frame.pts is not None and rate and base:
            at = round((frame.pts - first) * base * rate)
        last, last_at = frame, at
        if at >= number or decoded >= _MOST_DECODED:
            break
    return last, last_at


def _matrix(frame: Any) -> int:
    """The YCbCr matrix as swscale names it: what the frame states, else the custom of its size."""
    stated = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}.get(int(frame.colorspace))
    return stated or (1 if frame.height >= 720 else 5)
