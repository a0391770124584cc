# SPDX-License-Identifier: GPL-3.0-or-later
"""Probing of clips: the first file's header, the sequence's own length, the cache, and all of it in parallel."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from ..cache import ProbeCache, state_of
from ..clip import Clip
from ..events import Cancel, Event, Listener, silent
from ..media import Media
from .crew import TimedOut, run_each
from .failure import failed

TIME_LIMIT = 30.0
# Results are written to the cache in batches: one transaction costs as much as some hundred rows.
_BATCH = 500
_DOZEN = 64


def probe_clip(clip: Clip, cache: ProbeCache | None = None) -> Media:
    """The facts of a clip from its first file. Never raises for a bad file: `error` is then one sentence naming it.

    `frame_count` of a sequence is the number of its files, and `duration_seconds` follows from it where the rate is
    known. A first file without any facts lets the second speak; `error` stays.
    """
    if cache is None:
        return _probe(clip)
    path = _path(clip)
    state = _state(path, clip.count)
    known = cache.get_many({path: state}) if state else {}
    if path in known:
        return known[path]
    media = _probe(clip)
    if state and media.error is None:
        cache.put_many([(path, state, media)])
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
    answers = _probe_all(clips, jobs, cache, time_limit, cancel)
    if listen is silent:
        yield from answers
        return
    for done, (index, media) in enumerate(answers, 1):
        listen(Event("probe", done, len(clips), "clips", clips[index].label, payload=media))
        yield index, media


def _probe_all(
    clips: Sequence[Clip], jobs: int | None, cache: ProbeCache | None, time_limit: float, cancel: Cancel | None
) -> Iterator[tuple[int, Media]]:
    if cache is None or not cache.usable:
        yield from _read_all(clips, range(len(clips)), jobs, time_limit, cancel)
        return
    paths = [_path(clip) for clip in clips]
    states: dict[str, str] = {}
    answered = []
    for index, state in _states(clips, paths, jobs, time_limit, cancel):
        if isinstance(state, TimedOut):
            yield index, _late(clips[index], time_limit)
            continue
        answered.append(index)
        if state is not None:
            states[paths[index]] = state
    known = cache.get_many(states)
    left = []
    for index in answered:
        media = known.get(paths[index])
        if media is None:
            left.append(index)
        else:
            yield index, media
    fresh: list[tuple[str, str, Media]] = []
    try:
        for index, media in _read_all(clips, left, jobs, time_limit, cancel):
            path = paths[index]
            if path in states and media.error is None:
                fresh.append((path, states[path], media))
            if len(fresh) >= _BATCH:
                cache.put_many(fresh)
                fresh = []
            yield index, media
    finally:
        cache.put_many(fresh)


def _read_all(
    clips: Sequence[Clip], indices: Sequence[int], jobs: int | None, time_limit: float, cancel: Cancel | None
) -> Iterator[tuple[int, Media]]:
    todo = (clips[index] for index in indices)
    for at, media in run_each(todo, _probe, jobs=jobs, time_limit=time_limit, cancel=cancel):
        index = indices[at]
        yield index, _late(clips[index], time_limit) if isinstance(media, TimedOut) else media


def _states(
    clips: Sequence[Clip], paths: Sequence[str], jobs: int | None, time_limit: float, cancel: Cancel | None
) -> Iterator[tuple[int, str | TimedOut | None]]:
    """The state of each clip's first file, None where it cannot be asked for.

    Asking costs so little that it is handed out by the dozen; a dozen in which one hangs is asked one by one.
    """
    size = max(1, min(_DOZEN, len(clips) // _DOZEN))
    dozens = [range(at, min(at + size, len(clips))) for at in range(0, len(clips), size)]
    hanging: list[int] = []

    def ask(index: int) -> str | None:
        return _state(paths[index], clips[index].count)

    def ask_all(dozen: range) -> list[str | None]:
        return list(map(ask, dozen))

    for at, answers in run_each(dozens, ask_all, jobs=jobs, time_limit=time_limit, cancel=cancel):
        if isinstance(answers, TimedOut):
            hanging.extend(dozens[at])
        else:
            yield from zip(dozens[at], answers, strict=True)
    if hanging:
        for at, state in run_each(hanging, ask, jobs=jobs, time_limit=time_limit, cancel=cancel):
            yield hanging[at], state


def _path(clip: Clip) -> str:
    """`clip.first_path`, at a third of what `os.path.join` takes."""
    return f"{clip.folder}{os.sep}{clip.first_file}"


def _state(path: str, count: int) -> str | None:
    try:
        return state_of(os.stat(path), count)
    except OSError:
        return None


def _late(clip: Clip, time_limit: float) -> Media:
    return failed(clip.first_path, f"the file gave no answer within {time_limit:g} seconds.")


def _probe(clip: Clip) -> Media:
    from .files import examine  # not before a file has to be read

    media = examine(clip.first_path)
    if clip.file:
        return media if clip.kind == "movie" or media.frame_count is not None else _lasting(media, 1)
    if media.width is None and clip.count > 1:
        media = _facts_of_second(clip, media)
    return _lasting(media, clip.count if clip.kind == "sequence" else 1)


def _facts_of_second(clip: Clip, first: Media) -> Media:
    """The facts that the second file has, under the error of the first; its timecode counted back where possible."""
    from .files import examine

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
