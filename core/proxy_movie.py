# SPDX-License-Identifier: GPL-3.0-or-later
"""One H.264 movie written frame by frame through PyAV: exact rate, Rec. 709 tags, source timecode in its own track.

The timecode track is FFmpeg's own: a `timecode` on the picture stream becomes a `tmcd` track of the MP4, at the
movie's rate, with the drop flag of the label's last separator.
"""

from __future__ import annotations

from fractions import Fraction
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .errors import SettingsError, WriteFailed
from .timecode import nominal_rate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Best first: which ones there are depends on how PyAV was built.
_ENCODERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("libx264", {"preset": "fast", "crf": "20"}),
    ("libopenh264", {"b": "8000000"}),
    ("h264_videotoolbox", {"b": "8000000"}),
    ("h264_mf", {"b": "8000000"}),
)
_BT709, _TELEVISION_RANGE = 1, 1  # as ISO/IEC 23091-2 and FFmpeg number them


def encoder() -> tuple[str, dict[str, str]]:
    """The H.264 encoder to use and its options. Raises SettingsError where this PyAV has none."""
    import av

    for name, options in _ENCODERS:
        if name in av.codecs_available:
            try:
                av.Codec(name, "w")
            except ValueError:  # a decoder alone has this name
                continue
            return name, options
    raise SettingsError("this PyAV was built without an H.264 encoder.", advice="Install the av package of pip.")


class MovieWriter:
    """A movie that grows picture by picture; `width` and `height` are even, `timecode` is the first frame's label."""

    def __init__(self, path: str, rate: Fraction, width: int, height: int, timecode: str | None = None) -> None:
        import av

        name, options = encoder()
        # The file ends in anything: nobody may take a half movie for a whole one.
        self._container: Any = av.open(path, "w", format="mp4", options={"movflags": "+faststart"})
        stream: Any = self._container.add_stream(name, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = 1 / rate
        context = stream.codec_context
        context.time_base = 1 / rate
        context.gop_size = max(2, nominal_rate(rate) // 2)  # people step through a proxy, forwards and backwards
        context.max_b_frames = 0  # some players show a movie late by what its B frames shift
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = _TELEVISION_RANGE
        if timecode is not None:
            stream.metadata["timecode"] = timecode
        self._stream = stream
        self.frames = 0

    def __enter__(self) -> MovieWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file; it is whole only where `finish` was called."""
        self._container.close()

    def add(self, picture: NDArray[np.uint8]) -> None:
        """Encode one picture, uint8 (height, width, 3) in display code values. Raises WriteFailed."""
        import av
        from av.error import FFmpegError
        from av.video.reformatter import ColorRange, Colorspace

        frame: Any = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame = frame.reformat(
            format="yuv420p",
            src_color_range=ColorRange.JPEG,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
        frame.pts, frame.time_base = self.frames, self._stream.codec_context.time_base
        try:
            self._container.mux(self._stream.encode(frame))
        except FFmpegError as error:
            raise WriteFailed(f"the movie cannot be written: {error}.") from error
        self.frames += 1

    def finish(self) -> None:
        """Write what the encoder still holds. Raises WriteFailed."""
        from av.error import FFmpegError

        try:
            self._container.mux(self._stream.encode(None))
            self._container.close()
        except FFmpegError as error:
            raise WriteFailed(f"the movie cannot be written: {error}.") from error
