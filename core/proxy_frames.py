# SPDX-License-Identifier: GPL-3.0-or-later
"""The frames of a clip one after the other, small and in display codes, with a place for every frame that is lost.

Stills are read by a few threads, a movie is decoded in order; only so many pictures wait at any time as there are
threads, each 960 pixels wide, so neither the length of a clip nor the size of its frames fills the memory.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import PlatesError, ReadFailed
from .events import Cancel
from .picture_read import read_movie_frames, read_still, resized
from .preview_source import Source, display_codes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Codes = NDArray[np.uint8]

T = TypeVar("T")
# More lost frames than this, and more than were delivered: these are not gaps of one take.
_MOST_LOST = 2000


@dataclass(frozen=True)
class ProxyFrame:
    """Frame `number` of a clip; `picture` None where it is `lost` ("missing", "cannot be read")."""

    number: int
    picture: Codes | None = None
    lost: str = ""
    problem: str = ""


def frame_numbers(source: Source) -> range:
    """Every number from the first to the last, gaps counted in. Raises ReadFailed where that makes no movie."""
    frames = source.clip.frames if source.clip.kind == "sequence" else source.footage.frames
    if not frames:
        raise ReadFailed("the length of the movie is not known.", source.clip.first_path)
    numbers = range(frames.first, frames.last + 1)
    missing = len(source.clip.missing)
    if missing > max(_MOST_LOST, len(frames)):
        raise ReadFailed(
            f"{missing} frames are missing between its {len(frames)}: no movie of that.", source.clip.folder
        )
    return numbers


def proxy_frames(source: Source, size: tuple[int, int], threads: int, cancel: Cancel) -> Iterator[ProxyFrame]:
    """All frames of a sequence or movie in order, pictures as uint8 (height, width, 3). Raises Cancelled.

    A frame that is not there or cannot be read is told as lost and ends nothing. A sequence on twos holds each
    picture for two frames, so that it runs at its own speed.
    """
    make = _of_movie if source.clip.kind == "movie" else _of_sequence
    return make(source, size, threads, cancel)


def _of_sequence(source: Source, size: tuple[int, int], threads: int, cancel: Cancel) -> Iterator[ProxyFrame]:
    names = dict(source.clip.files())
    step = source.clip.every or 1

    def read(number: int) -> ProxyFrame:
        cancel.check()
        name = names.get(number)
        if name is None:
            return ProxyFrame(number, lost="missing")
        path = os.path.join(source.clip.folder, name)
        return _readable(number, lambda: read_still(path, size[0], source.media.pixel_aspect, cancel), source, size)

    numbers = frame_numbers(source)
    there = (number for number in numbers if (number - numbers[0]) % step == 0)
    for frame in _in_order(there, read, threads):
        yield frame
        for held in range(frame.number + 1, min(frame.number + step, numbers[-1] + 1)):
            yield ProxyFrame(held, frame.picture, frame.lost, frame.problem)


def _of_movie(source: Source, size: tuple[int, int], threads: int, cancel: Cancel) -> Iterator[ProxyFrame]:
    numbers = frame_numbers(source)
    trouble = [""]

    def decoded() -> Iterator[tuple[int, Any]]:
        pictures = read_movie_frames(source.clip.first_path, size[0], source.media.pixel_aspect, cancel)
        try:
            yield from zip(numbers, pictures, strict=False)
        except ReadFailed as error:
            trouble[0] = str(error)

    def shown(item: tuple[int, Any]) -> ProxyFrame:
        cancel.check()
        return _readable(item[0], lambda: item[1], source, size)

    done = 0
    for frame in _in_order(decoded(), shown, threads):
        yield frame
        done += 1
    if done == 0:
        raise ReadFailed(trouble[0] or "no frame of the movie can be decoded.", source.clip.first_path)
    if len(numbers) - done > max(_MOST_LOST, done):
        raise ReadFailed(f"only {done} of its {len(numbers)} frames can be decoded.", source.clip.first_path)
    for number in numbers[done:]:
        yield ProxyFrame(number, None, "cannot be read", trouble[0] or "the movie ends before its stated length.")


def _readable(number: int, read: Callable[[], Any], source: Source, size: tuple[int, int]) -> ProxyFrame:
    try:
        codes = display_codes(source.way.apply(_fitted(read(), size)))
    except PlatesError as error:
        return _lost(number, error)
    except Exception as error:  # noqa: BLE001 - native libraries raise what they like; one frame must not end a movie
        return ProxyFrame(number, None, "cannot be read", f"it cannot be read: {error}")
    return ProxyFrame(number, codes)


def _lost(number: int, error: PlatesError) -> ProxyFrame:
    if isinstance(error, ReadFailed):
        return ProxyFrame(number, None, "cannot be read", str(error))
    raise error


def _fitted(picture: Any, size: tuple[int, int]) -> Any:
    """The picture in the movie's own size; one of another shape stands in the middle of black."""
    import numpy as np

    width, height = size
    if picture.shape[0] == height:
        return picture
    if abs(picture.shape[0] - height) <= 1:
        return resized(picture, width, height)
    scale = min(1.0, height / picture.shape[0])
    small = resized(picture, max(1, round(width * scale)), max(1, round(picture.shape[0] * scale)))
    whole = np.zeros((height, width, 3), np.float32)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    whole[top : top + small.shape[0], left : left + small.shape[1]] = small
    return whole


def _in_order(items: Iterable[T], work: Callable[[T], ProxyFrame], threads: int) -> Iterator[ProxyFrame]:
    """`work` of every item by some threads, its results in the order of the items; few are under way at once."""
    waiting: deque[Future[ProxyFrame]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="plates-proxy") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > threads + 1:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()
