# SPDX-License-Identifier: GPL-3.0-or-later
"""QuickTime and MP4 headers: size, rate, frames, start timecode, reel, colour, codec, without touching the pictures.

Sources: Apple QuickTime File Format, ISO/IEC 14496-12. Everything comes from the index (`moov`); the timecode track
costs one more read of four bytes.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from ..errors import DamagedFile
from ..media import Media
from ..timecode import rate_text
from .codec_names import codec_of
from .quicktime_boxes import TopBoxes, find_index
from .quicktime_fragments import fragment_runs, is_fragmented
from .quicktime_samples import last_byte
from .quicktime_tags import Tags, movie_tags
from .quicktime_timecode import NO_TIMECODE, StartTimecode, start_timecode
from .quicktime_timing import NOW, Timing, video_timing
from .quicktime_tracks import Display, Movie, Track, open_movie
from .sample_entry import VideoEntry, sensible_aspect, video_entry
from .sony_timecode import camera_timecode, is_xavc
from .source import Source
from .window import CUT_SHORT

_FIRST_BOXES = frozenset((b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp", b"moof", b"sidx"))
# File types in the same boxes that are no movies: HEIF and AVIF stills, JPEG 2000, Canon raw stills
_STILLS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"jp2 ", b"jpx ", b"jxl ", b"crx "))
# Codecs with a pixel aspect of their own inside the pictures, which overrules a display size that says nothing new
_OWN_ASPECT = frozenset(("dvvideo", "mpeg1video", "mpeg2video", "mpeg4", "hevc", "vvc"))
_SQUARE = Fraction(1)


def recognises(head: bytes) -> bool:
    """True for the first bytes of a QuickTime or MP4 movie."""
    kind = head[4:8]
    if kind not in _FIRST_BOXES:
        return False
    size = int.from_bytes(head[:4], "big")
    if kind == b"ftyp":
        return size >= 8 and head[8:12] not in _STILLS
    return size < 2 or size >= 8


def read(source: Source) -> Media:
    """The facts of the movie's index. Raises DamagedFile where it is missing, cut short or broken."""
    movie = open_movie(find_index(source))
    tags = movie_tags(movie)
    videos = movie.of_kind(b"vide")
    if not videos:
        return _without_picture(movie, tags)
    # a cover picture is a video track of one frame
    video = videos[0] if len(videos) == 1 else max(videos, key=lambda track: (track.enabled, track.sample_count))
    notes = [] if len(videos) == 1 else ["The movie has more than one video track; this is the one that players show."]
    return _with_picture(movie, video, tags, notes)


def _with_picture(movie: Movie, video: Track, tags: Tags, notes: list[str]) -> Media:
    described = video.entry()
    if not described:
        raise DamagedFile("the video track has no description of its pictures.", movie.index.source.path)
    entry = video_entry(described)
    runs, complete = video.durations(), True
    if not runs and is_fragmented(movie):
        runs, complete = fragment_runs(movie, video.number)
        if not complete:
            notes.append("The movie is written in very many fragments or is cut short; its frames were not counted.")
    timing = video_timing(video, movie.scale, runs)
    start = _start(movie, video, timing, notes)
    shown = video.display()
    width, height = entry.width, entry.height
    if not (width and height) and shown is not None:
        width, height = shown[1] >> 16, shown[2] >> 16
    _explain(video, entry, timing, shown, notes)
    return Media(
        source="quicktime",
        width=width or None,
        height=height or None,
        pixel_aspect=entry.pixel_aspect or _display_aspect(entry, shown),
        fps=timing.rate,
        start_timecode=start.label,
        frame_count=timing.frames if complete and timing.stored else None,
        duration_seconds=timing.seconds if complete else None,
        codec=entry.codec,
        compression=entry.flavour,
        pixel_format=entry.pixel_format,
        reel=start.reel or tags.reel,
        colour=entry.colour if tags.space is None else replace(entry.colour, space=tags.space),
        notes=tuple(notes),
    )


def _without_picture(movie: Movie, tags: Tags) -> Media:
    """A file that holds timecode or sound alone."""
    clocks, sounds = movie.of_kind(b"tmcd"), movie.of_kind(b"soun")
    if not clocks and not sounds:
        raise DamagedFile("the movie holds neither picture nor sound nor timecode.", movie.index.source.path)
    notes = ["The movie has no picture."]
    start = start_timecode(clocks[0], movie.scale, NOW, None, notes) if clocks else NO_TIMECODE
    lasting = (sounds or clocks)[0]
    return Media(
        source="quicktime",
        fps=start.rate,
        start_timecode=start.label,
        duration_seconds=Fraction(lasting.duration, lasting.timescale),
        codec=codec_of(sounds[0].entry()[4:8]) if sounds else None,
        reel=start.reel or tags.reel,
        notes=tuple(notes),
    )


def _start(movie: Movie, video: Track, timing: Timing, notes: list[str]) -> StartTimecode:
    """The timecode of the track that the picture refers to, else of the first one."""
    clocks = movie.of_kind(b"tmcd")
    if not clocks:
        return camera_timecode(movie, timing.rate, notes) if is_xavc(movie.index.source) else NO_TIMECODE
    clock = clocks[0]
    if len(clocks) > 1:
        wanted = video.references(b"tmcd")
        clock = next((track for track in clocks if track.number in wanted), clock)
        notes.append(f"The movie has {len(clocks)} timecode tracks; this is the one of the picture.")
    return start_timecode(clock, movie.scale, timing.lead, timing.rate, notes)


def _display_aspect(entry: VideoEntry, shown: Display | None) -> Fraction | None:
    """The pixel aspect that the track's display size asks for: 1 where it shows the pixels as they are stored."""
    if shown is None or not (entry.width and entry.height):
        return None
    matrix, width, height = shown
    across, down = abs(matrix[0]), abs(matrix[4])
    if not (across and down):  # turned by 90 degrees
        across, down = abs(matrix[1]), abs(matrix[3])
    wide, high = width * across, height * down
    if wide * entry.height == high * entry.width:
        return _SQUARE if wide and entry.codec not in _OWN_ASPECT else None
    if not (wide and high):
        return None
    stored = entry.aperture or (Fraction(entry.width), Fraction(entry.height))
    aspect = Fraction(wide, high) / (stored[0] / stored[1])
    # the display size is in whole pixels: within one percent it means square ones
    return _SQUARE if abs(aspect - 1) < Fraction(1, 100) else sensible_aspect(aspect.limit_denominator(1000))


def _explain(video: Track, entry: VideoEntry, timing: Timing, shown: Display | None, notes: list[str]) -> None:
    if timing.frames < timing.stored:
        notes.append(f"The edit list shows {timing.frames} of {timing.stored} stored frames.")
    if not timing.steady and timing.seconds:
        average = float(timing.frames / timing.seconds)
        usual = "" if timing.rate is None else f"; most frames last 1/{rate_text(timing.rate)} second"
        notes.append(f"The frame rate varies: {average:.3f} frames a second on average{usual}.")
    if entry.interlaced:
        notes.append("The picture is interlaced.")
    if entry.aperture and (entry.aperture[0] != entry.width or entry.aperture[1] != entry.height):
        notes.append(f"The clean aperture is {float(entry.aperture[0]):g} x {float(entry.aperture[1]):g}.")
    if shown is not None and not shown[0][0] and not shown[0][4] and shown[0][1]:
        notes.append("Players turn the picture by 90 degrees.")
    if video.elsewhere:
        notes.append("This is a reference movie: its pictures lie in another file.")


def check_complete(source: Source) -> str | None:
    """One sentence where picture data is missing at the end of the file, None where all of it is there.

    Raises DamagedFile where not even the index can be read.
    """
    for kind, _, end in TopBoxes(source):
        if end > source.size:
            box = kind.decode("latin-1")
            return f"The movie ends {end - source.size} bytes before the end of its {box} box: {CUT_SHORT}."
    for track in open_movie(find_index(source)).tracks:
        if not track.elsewhere and last_byte(track) > source.size:
            return f"The movie's index refers to data past the end of the file: {CUT_SHORT}."
    return None
