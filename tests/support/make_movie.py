# SPDX-License-Identifier: GPL-3.0-or-later
"""Small movies with exact facts in them, written with PyAV: for tests, benches and the demo delivery.

`write("a.mov", codec="prores", timecode="01:00:00:00", reel="A001")` makes 24 frames of 320x180. The file extension
chooses the container. Every frame carries its index twice: as digits for people and as a row of black and white
blocks that survives any codec, which `number_of` reads back.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

# name -> encoder, pixel format, encoder options
CODECS: dict[str, tuple[str, str, dict[str, str]]] = {
    "prores": ("prores_ks", "yuv422p10le", {"profile": "hq", "vendor": "apl0"}),
    "prores_proxy": ("prores_ks", "yuv422p10le", {"profile": "proxy", "vendor": "apl0"}),
    "prores_lt": ("prores_ks", "yuv422p10le", {"profile": "lt", "vendor": "apl0"}),
    "prores_standard": ("prores_ks", "yuv422p10le", {"profile": "standard", "vendor": "apl0"}),
    "prores_4444": ("prores_ks", "yuva444p10le", {"profile": "4444", "vendor": "apl0"}),
    "dnxhr": ("dnxhd", "yuv422p", {"profile": "dnxhr_hq"}),
    "dnxhr_lb": ("dnxhd", "yuv422p", {"profile": "dnxhr_lb"}),
    "dnxhr_sq": ("dnxhd", "yuv422p", {"profile": "dnxhr_sq"}),
    "dnxhr_hqx": ("dnxhd", "yuv422p10le", {"profile": "dnxhr_hqx"}),
    "dnxhr_444": ("dnxhd", "yuv444p10le", {"profile": "dnxhr_444"}),
    "dnxhd": ("dnxhd", "yuv422p", {"b": "36M"}),  # 1920x1080 at 23.976 or 24 only
    "h264": ("libx264", "yuv420p", {"preset": "ultrafast"}),
    "h264_b": ("libx264", "yuv420p", {"preset": "veryfast", "bf": "2"}),  # B frames: the container shifts the start
    "hevc": ("libx265", "yuv420p", {"preset": "ultrafast", "x265-params": "log-level=none"}),
    "mpeg2": ("mpeg2video", "yuv422p", {"b": "10M"}),
    "mpeg4": ("mpeg4", "yuv420p", {}),
    "mjpeg": ("mjpeg", "yuvj422p", {}),
    "jpeg2000": ("jpeg2000", "yuv422p10le", {}),
    "png": ("png", "rgb24", {}),
    "cfhd": ("cfhd", "yuv422p10le", {}),
    "qtrle": ("qtrle", "rgb24", {}),
    "v210": ("v210", "yuv422p10le", {}),
    "rawvideo": ("rawvideo", "uyvy422", {}),
    "ffv1": ("ffv1", "yuv422p10le", {}),  # AVI and Matroska only, like huffyuv
    "huffyuv": ("huffyuv", "yuv422p", {}),
    "dv": ("dvvideo", "yuv420p", {}),  # 720x576 at 25 only
    "vp9": ("libvpx-vp9", "yuv420p", {"deadline": "realtime"}),  # MP4 and Matroska only
}
# ISO/IEC 23091-2 numbers of the names that FFmpeg's tools print
PRIMARIES = {"bt709": 1, "bt470bg": 5, "smpte170m": 6, "bt2020": 9, "smpte431": 11, "smpte432": 12}
TRANSFERS = {"bt709": 1, "smpte170m": 6, "linear": 8, "bt2020-10": 14, "smpte2084": 16, "arib-std-b67": 18}
MATRICES = {"gbr": 0, "bt709": 1, "smpte170m": 6, "bt2020nc": 9}

_BITS = 16
_SEGMENTS = {  # seven-segment digits as (x, y, width, height) in a cell of 6 x 10 units
    "a": (0, 0, 5, 1),
    "b": (4, 0, 1, 5),
    "c": (4, 4, 1, 5),
    "d": (0, 8, 5, 1),
    "e": (0, 4, 1, 5),
    "f": (0, 0, 1, 5),
    "g": (0, 4, 5, 1),
}
_DIGITS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgecd", "abc", "abcdefg", "abcdfg")


def write(
    path: str,
    codec: str = "prores",
    rate: Fraction | int = 24,
    frames: int = 24,
    size: tuple[int, int] = (320, 180),
    timecode: str | None = "01:00:00:00",
    reel: str | None = None,
    sar: Fraction | None = None,
    colour: tuple[str, str, str] | None = None,
    numbered: bool = True,
    first_number: int = 0,
    audio: bool = False,
    grain: bool = False,
    container: str | None = None,
    options: dict[str, str] | None = None,
    pictures: Iterable[Any] | None = None,
) -> str:
    """Write one movie and return its path.

    `codec` is a key of CODECS; `colour` is (primaries, transfer, matrix) by name; `first_number` is the number that
    the first frame shows; `audio` adds a silent stereo track; `grain` adds noise, which makes the file as large as a
    camera's; `container` is FFmpeg's name of the format where the extension does not say it ("mxf_opatom");
    `options` go to the muxer, for example {"movflags": "faststart"}; `pictures` are av.VideoFrames in the encoder's
    pixel format that replace the numbered ones.
    """
    import av

    encoder, pixel_format, encoder_options = CODECS[codec]
    with av.open(path, "w", format=container, options=options or {}) as target:
        stream: Any = target.add_stream(encoder, rate=Fraction(rate), options=dict(encoder_options))
        stream.width, stream.height = size
        stream.pix_fmt = pixel_format
        if sar is not None:
            stream.codec_context.sample_aspect_ratio = sar
        if colour is not None:
            _tag_colour(stream.codec_context, colour)
        for holder in (target, stream):
            # QuickTime takes both from the stream, MXF from the file
            if timecode is not None:
                holder.metadata["timecode"] = timecode
            if reel is not None:
                holder.metadata["reel_name"] = reel
        sound: Any = _add_sound(target) if audio else None
        numbers = range(first_number, first_number + frames)
        drawn = (_picture(size, number if numbered else None, pixel_format, grain) for number in numbers)
        for index, picture in enumerate(drawn if pictures is None else pictures):
            picture.pts = index
            picture.time_base = 1 / Fraction(rate)
            target.mux(stream.encode(picture))
            if sound is not None:
                target.mux(sound.encode(_silence(index, Fraction(rate))))
        target.mux(stream.encode(None))
        if sound is not None:
            target.mux(sound.encode(None))
    return path


def number_of(luma: bytes, size: tuple[int, int], stride: int | None = None) -> int:
    """The number that a frame carries, from its 8-bit luma plane; `stride` are the bytes per line."""
    width, height = size
    stride = stride or width
    block = width // _BITS
    row = (height - _block_height(height) // 2) * stride
    return sum((luma[row + bit * block + block // 2] > 127) << bit for bit in range(_BITS))


def numbers_in(path: str) -> Iterator[int]:
    """The numbers of all frames of a movie, in display order."""
    import av

    with av.open(path) as movie:
        for frame in movie.decode(video=0):
            grey = frame.reformat(format="gray")
            plane = grey.planes[0]
            yield number_of(bytes(plane), (grey.width, grey.height), plane.line_size)


def _tag_colour(context: Any, colour: tuple[str, str, str]) -> None:
    primaries, transfer, matrix = colour
    context.color_primaries = PRIMARIES[primaries]
    context.color_trc = TRANSFERS[transfer]
    context.colorspace = MATRICES[matrix]
    context.color_range = 1


def _add_sound(target: Any) -> Any:
    stream = target.add_stream("pcm_s16le", rate=48000)
    stream.layout = "stereo"
    return stream


def _silence(index: int, rate: Fraction) -> Any:
    import av

    first, last = (int(48000 * at / rate) for at in (index, index + 1))
    sound = av.AudioFrame(format="s16", layout="stereo", samples=last - first)
    for plane in sound.planes:
        plane.update(bytes(plane.buffer_size))
    sound.sample_rate = 48000
    sound.pts = first
    sound.time_base = Fraction(1, 48000)
    return sound


def _picture(size: tuple[int, int], number: int | None, pixel_format: str, grain: bool) -> Any:
    import av

    width, height = size
    picture = av.VideoFrame(width, height, "yuv444p")
    luma = _luma(width, height, number)
    if grain:
        _add_grain(luma, number or 0)
    shades = bytes(96 + 64 * x // width for x in range(width))
    for plane, row in zip(picture.planes, (None, shades, shades[::-1]), strict=True):
        padding = bytes(plane.line_size - width)
        if row is None:
            lines = (bytes(luma[y * width : (y + 1) * width]) + padding for y in range(height))
            plane.update(b"".join(lines))
        else:
            plane.update((row + padding) * height)
    return picture.reformat(format=pixel_format)


def _add_grain(luma: bytearray, seed: int) -> None:
    """Noise in the low bits; the blocks that carry the number stay far from the middle."""
    noise = int.from_bytes(random.Random(seed).randbytes(len(luma)), "big") & int.from_bytes(b"\x0f" * len(luma), "big")
    luma[:] = (int.from_bytes(luma, "big") ^ noise).to_bytes(len(luma), "big")


def _block_height(height: int) -> int:
    return max(height // 12, 4)


def _luma(width: int, height: int, number: int | None) -> bytearray:
    ramp = bytes(40 + 100 * x // width for x in range(width))
    luma = bytearray(ramp * height)
    if number is None:
        return luma
    bar = b"".join(bytes((235 if number >> bit & 1 else 16,)) * (width // _BITS) for bit in range(_BITS))
    bar = bar.ljust(width, b"\x10")
    for y in range(height - _block_height(height), height):
        luma[y * width : (y + 1) * width] = bar
    unit = max(height // 30, 1)
    for place, digit in enumerate(str(number)):
        for segment in _DIGITS[int(digit)]:
            x, y, w, h = (unit * value for value in _SEGMENTS[segment])
            left = 2 * unit + place * 6 * unit + x
            right = min(left + w, width)
            for line in range(2 * unit + y, min(2 * unit + y + h, height)):
                luma[line * width + left : line * width + right] = b"\xeb" * max(right - left, 0)
    return luma
