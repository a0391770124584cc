# SPDX-License-Identifier: GPL-3.0-or-later
"""Probing of clips: the first file's header, the sequence's own length, the cache, and all of it in parallel."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from ..cache import ProbeCache, Stamp, stamp_of
from ..clip import Clip
from ..events import Cancel, Event, Listener, silent
from ..media import Media
from .crew import TimedOut, run_each
from .files import examine, failed

TIME_LIMIT = 30.0
# Results are written to the cache in batches: one transaction costs as much as some hundred rows.
_BATCH = 500


def probe_clip(clip: Clip, cache: ProbeCache | None = None) -> Media:
    """The facts of a clip from its first file. Never raises for a bad file: `error` is then one sentence naming it.

    `frame_count` of a sequence is the number of its files, and `duration_seconds` follows from it where the rate is
    known. A first file without any facts lets the second speak; `error` stays.
    """
    if cache is None:
        return _probe(clip)
    stamp = _stamp(clip)
    if stamp is not None:
        known = cache.get_many([stamp]).get(stamp)
        if known is not None:
            return known
    media = _probe(clip)
    if stamp is not None and media.error is None:
        cache.put_many([(stamp, media)])
    return media


def probe_clips(
    clips: Sequence[Clip],
    *,
    jobs: int | None = None,
    cache: ProbeCache | None = None,
    time_limit: float = TIME_LIMIT,
    listen: Listener = silent,
    cancel: Cancel | None = None,
) -> Iterator[tuple[int, Media]]:
    """Yield (index of the clip, media) as they are known: first what the cache has, then the rest as files answer.

    `jobs` fixes the number of threads, None lets the measured latency decide. A file that does not answer within
    `time_limit` seconds costs its clip an `error`, and nobody else anything. Raises Cancelled.
    """
    for done, (index, media) in enumerate(_probe_all(clips, jobs, cache, time_limit, cancel), 1):
        listen(Event("probe", done, len(clips), "clips", clips[index].label, payload=media))
        yield index, media


def _probe_all(
    clips: Sequence[Clip], jobs: int | None, cache: ProbeCache | None, time_limit: float, cancel: Cancel | None
) -> Iterator[tuple[int, Media]]:
    if cache is None or not cache.usable:
        for index, media in run_each(clips, _probe, jobs=jobs, time_limit=time_limit, cancel=cancel):
            yield index, _late(clips[index], time_limit) if isinstance(media, TimedOut) else media
        return
    stamps: dict[int, Stamp] = {}
    left: list[int] = []
    for index, stamp in run_each(clips, _stamp, jobs=jobs, time_limit=time_limit, cancel=cancel):
        if isinstance(stamp, TimedOut):
            yield index, _late(clips[index], time_limit)
        elif stamp is None:
            left.append(index)
        else:
            stamps[index] = stamp
    known = cache.get_many(stamps.values())
    for index, stamp in stamps.items():
        if stamp in known:
            yield index, known[stamp]
        else:
            left.append(index)
    fresh: list[tuple[Stamp, Media]] = []
    try:
        todo = [clips[index] for index in left]
        for at, media in run_each(todo, _probe, jobs=jobs, time_limit=time_limit, cancel=cancel):
            index = left[at]
            if isinstance(media, TimedOut):
                media = _late(clips[index], time_limit)
            elif media.error is None and index in stamps:
                fresh.append((stamps[index], media))
                if len(fresh) >= _BATCH:
                    cache.put_many(fresh)
                    fresh = []
            yield index, media
    finally:
        cache.put_many(fresh)


def _stamp(clip: Clip) -> Stamp | None:
    path = clip.first_path
    try:
        return stamp_of(path, os.stat(path), clip.count)
    except OSError:
        return None


def _late(clip: Clip, time_limit: float) -> Media:
    return failed(clip.first_path, f"the file gave no answer within {time_limit:g} seconds.")


def _probe(clip: Clip) -> Media:
    media = examine(clip.first_path)
    if clip.file:
        return media if clip.kind == "movie" or media.frame_count is not None else _lasting(media, 1)
    if media.width is None and clip.count > 1:
        media = _facts_of_second(clip, media)
    return _lasting(media, clip.count if clip.kind == "sequence" else 1)


def _facts_of_second(clip: Clip, first: Media) -> Media:
    """The facts that the second file has, under the error of the first; its timecode counted back where possible."""
    files = clip.files()
    first_frame, _name = next(files)
    second_frame, name = next(files)
    media = examine(os.path.join(clip.folder, name))
    if media.width is None:
        return first
    start = media.timecode()
    label = None
    if start is not None and first_frame is not None and second_frame is not None:
        label = str(start - (second_frame - first_frame))
    return replace(
        media, error=first.error, start_timecode=label, notes=(*media.notes, f"The facts are those of {name}.")
    )


def _lasting(media: Media, count: int) -> Media:
    seconds = Fraction(count) / media.fps if media.fps else None
    return replace(media, frame_count=count, duration_seconds=seconds)
