# SPDX-License-Identifier: GPL-3.0-or-later
"""Formats without a reader of our own: PyAV, or ffprobe through ffmpeg-python where PyAV is not to be had."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .. import native
from ..errors import DamagedFile, TimecodeError, UnknownFormat
from ..media import Colour, Media
from ..timecode import rate_of
from .colour_names import colour_of
from .ffprobe import Refused, run_ffprobe

TIME_LIMIT = 30.0
# Text, fonts and raw bytes that FFmpeg takes for pictures.
_NO_FOOTAGE = {"tty", "bin", "adf", "idf", "xbin", "rawvideo", "data", "lrc", "sds"}
# Sound files with a header of their own; FFmpeg finds the others, MP3 above all, in any noise.
_SOUND = {"wav", "w64", "aiff", "caf", "flac", "ogg", "matroska", "avi", "mpegts"}
# The smallest pictures of any use have more bytes of header than this.
_LEAST = 24
# FFmpeg would follow what these name, or wait for it.
_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"<?xml", b"<MPD", b"[playlist]", b"v=0")
_LABEL = re.compile(r"\d\d:[0-5]\d:[0-5]\d[:;.]\d{2,3}\Z")


@dataclass(frozen=True)
class _Found:
    """What FFmpeg says about a file, before we decide what of it to believe."""

    format: str
    has_sound: bool
    width: int = 0
    height: int = 0
    rate: Fraction | None = None
    frames: int = 0
    seconds: Fraction | None = None
    aspect: Fraction | None = None
    codec: str | None = None
    pixel_format: str | None = None
    colour: Colour = field(default_factory=Colour)
    timecode: str | None = None
    reel: str | None = None


def read(path: str, head: bytes) -> Media:
    """The facts of a file beginning with `head`, by PyAV or ffprobe. Raises UnknownFormat, DamagedFile or OSError."""
    if len(head) < _LEAST:
        raise UnknownFormat(f"no reader knows this format, and {len(head)} bytes are no footage.", path)
    if head.lstrip().startswith(_PLAYLISTS):
        raise UnknownFormat("this is a list of other files, not footage.", path)
    try:
        if not native.allowed():
            raise ImportError
        found, source = _by_pyav(path), "pyav"
    except ImportError:
        found, source = _by_ffprobe(path), "ffprobe"
    name = found.format.split(",")[0]
    has_picture = found.width > 0 and found.height > 0
    if name in _NO_FOOTAGE or not (has_picture or (found.has_sound and name in _SOUND)):
        raise UnknownFormat("no reader knows this format.", path)
    return _media(
        found, source, still=name.endswith("_pipe") or name == "image2" or (name == "gif" and found.frames < 2)
    )


def _media(found: _Found, source: str, still: bool) -> Media:
    """The facts that are believed: FFmpeg opens each still as a movie of 25 frames a second, which is none of them."""
    rate = None if still else found.rate
    frames = None if still else found.frames or None
    notes: list[str] = []
    if frames is None and rate is not None and found.seconds is not None:
        frames = round(found.seconds * rate) or None
        notes.append("The number of frames is counted from the duration.")
    if not found.width:
        notes.append("The file has no picture.")
    seconds = None if still else Fraction(frames) / rate if frames and rate else found.seconds
    label = found.timecode if found.timecode and _LABEL.match(found.timecode) else None
    return Media(
        source=source,
        width=found.width or None,
        height=found.height or None,
        pixel_aspect=found.aspect or None,
        fps=rate,
        start_timecode=label.replace(".", ";") if label else None,
        frame_count=1 if still else frames,
        duration_seconds=seconds,
        codec=found.codec,
        pixel_format=found.pixel_format,
        reel=found.reel,
        colour=found.colour,
        notes=tuple(notes),
    )


def _by_pyav(path: str) -> _Found:
    """What PyAV finds. Raises ImportError where it is missing."""
    import av
    from av.error import FFmpegError

    try:
        # Only the file itself may be read: playlists must not lead to other files or servers.
        with av.open(path, options={"protocol_whitelist": "file"}, timeout=TIME_LIMIT) as container:
            return _from_container(container)
    except FFmpegError as error:
        if isinstance(error, OSError) and error.errno is not None and 0 < error.errno < 200:
            raise OSError(error.errno, error.strerror, path) from None
        raise UnknownFormat("no reader knows this format, or the file is damaged.", path) from None


def _from_container(container: Any) -> _Found:
    videos = container.streams.video
    has_sound = len(container.streams.audio) > 0
    tags = _tags([container.metadata, *(stream.metadata for stream in container.streams)])
    if not videos:
        return _Found(container.format.name, has_sound, seconds=_seconds(container.duration, Fraction(1, 1_000_000)))
    video = videos[0]
    context = video.codec_context
    seconds = _seconds(video.duration, video.time_base) or _seconds(container.duration, Fraction(1, 1_000_000))
    return _Found(
        format=container.format.name,
        has_sound=has_sound,
        width=video.width,
        height=video.height,
        rate=_rate(video.average_rate) or _rate(video.guessed_rate),
        frames=video.frames,
        seconds=seconds,
        aspect=video.sample_aspect_ratio,
        codec=context.name,
        pixel_format=context.pix_fmt,
        colour=colour_of(int(context.color_primaries), int(context.color_trc), int(context.colorspace)),
        timecode=tags.get("timecode"),
        reel=tags.get("reel_name"),
    )


def _tags(places: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """All tags by lower-case name; the first place that has one wins."""
    found: dict[str, str] = {}
    for place in places:
        for name, value in place.items():
            found.setdefault(name.lower(), value)
    return found


def _seconds(count: int | None, unit: Fraction | None) -> Fraction | None:
    return count * unit if count and count > 0 and unit else None


def _rate(value: Any) -> Fraction | None:
    try:
        return rate_of(Fraction(value)) if value else None
    except (TimecodeError, ValueError, ZeroDivisionError):
        return None


def _by_ffprobe(path: str) -> _Found:
    try:
        document = run_ffprobe(path, TIME_LIMIT)
    except Refused as refused:
        if refused.broken:
            raise DamagedFile(refused.reason, path) from None
        raise UnknownFormat(refused.reason, path, refused.advice) from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise UnknownFormat("ffprobe gave an answer that cannot be read.", path) from None
    return _from_document(document)


def _from_document(document: Mapping[str, Any]) -> _Found:
    streams: list[dict[str, Any]] = document.get("streams", [])
    form: dict[str, Any] = document.get("format", {})
    videos = [stream for stream in streams if stream.get("codec_type") == "video"]
    has_sound = any(stream.get("codec_type") == "audio" for stream in streams)
    name = str(form.get("format_name", ""))
    seconds = _number(form.get("duration"))
    if not videos:
        return _Found(name, has_sound, seconds=seconds)
    video = videos[0]
    tags = _tags([form.get("tags", {}), *(stream.get("tags", {}) for stream in streams)])
    aspect = _number(str(video.get("sample_aspect_ratio", "")).replace(":", "/"))
    return _Found(
        format=name,
        has_sound=has_sound,
        width=int(video.get("width", 0)),
        height=int(video.get("height", 0)),
        rate=_rate(_number(video.get("avg_frame_rate"))) or _rate(_number(video.get("r_frame_rate"))),
        frames=int(_number(video.get("nb_frames")) or 0),
        seconds=_number(video.get("duration")) or seconds,
        aspect=aspect,
        codec=video.get("codec_name"),
        pixel_format=video.get("pix_fmt"),
        colour=Colour(None, *(_known(video.get(f"color_{name}")) for name in ("primaries", "transfer", "space"))),
        timecode=tags.get("timecode"),
        reel=tags.get("reel_name"),
    )


def _number(text: Any) -> Fraction | None:
    try:
        return Fraction(str(text)) or None
    except (ValueError, ZeroDivisionError):
        return None


def _known(name: Any) -> str | None:
    return name if isinstance(name, str) and name not in ("unknown", "unspecified", "reserved") else None
