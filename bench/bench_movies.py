# SPDX-License-Identifier: GPL-3.0-or-later
"""Movie headers: our readers against PyAV and ffprobe on the same files.

The movies are of the size that is delivered, 1920x1080 with grain as a camera has it. PyAV opens the file and looks
at its stream, which is what it takes to know the same facts. Headers are read in runs of twenty, as a delivery's are:
what PyAV leaves in the caches of the processor is not our cost.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from measure import Row, at_least, at_most, beside, main, medians, progress
from ramses_plates.core.probe.files import Reader, reader_of
from ramses_plates.core.probe.source import Source

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

# what, file name, how it is made, how many times faster than PyAV
MOVIES: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("MOV ProRes with timecode", "a.mov", {"codec": "prores", "reel": "A001C003"}, 2),
    ("MP4 H.264", "a.mp4", {"codec": "h264_b"}, 20),
    ("MXF DNxHR with tape name", "a.mxf", {"codec": "dnxhr", "reel": "A001C003", "audio": True}, 20),
)
FFPROBE_FACTOR = 300
_RUN = 20


def run(quick: bool) -> list[Row]:
    """Each movie's header by us, by PyAV and by an ffprobe process. Warm files, one thread."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for what, name, made, factor in MOVIES:
            path = _write(str(Path(folder, name)), made, 6 if quick else 24)
            progress(f"bench_movies: {what}")
            rows += _rows(what, path, factor, 20 if quick else 200)
    return rows


def _write(path: str, made: dict[str, Any], frames: int) -> str:
    import make_movie

    make_movie.write(path, size=(1920, 1080), frames=frames, grain=True, **made)
    return path


def _rows(what: str, path: str, factor: int, rounds: int) -> list[Row]:
    ours, pyav, checked = (partial(action, path) for action in (_ours, _pyav, _ours_checked))
    taken = _each({"ours": ours, "checked": checked, "pyav": pyav}, max(rounds // _RUN, 3))
    rows = [
        at_least(f"{what}: header, against PyAV", taken["ours"], taken["pyav"], factor),
        beside(
            at_most(f"{what}: with the check for missing data, against without", taken["checked"], taken["ours"], 2)
        ),
    ]
    ffprobe = shutil.which("ffprobe")
    if ffprobe:
        process = medians({"ffprobe": partial(_ffprobe, ffprobe, path)}, max(rounds // 20, 3))
        rows.append(at_least(f"{what}: header, against ffprobe", taken["ours"], process["ffprobe"], FFPROBE_FACTOR))
    return rows


def _each(actions: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Median seconds of one call, measured in runs of calls."""

    def run_of(action: Callable[[], None]) -> None:
        for _ in range(_RUN):
            action()

    taken = medians({name: partial(run_of, action) for name, action in actions.items()}, rounds)
    return {name: seconds / _RUN for name, seconds in taken.items()}


def _ours(path: str) -> None:
    with Source(path) as source:
        media = _reader(source).read(source)
        assert media.start_timecode == "01:00:00:00" and media.width == 1920


def _ours_checked(path: str) -> None:
    with Source(path) as source:
        reader = _reader(source)
        reader.read(source)
        assert reader.check_complete is not None and reader.check_complete(source) is None


def _reader(source: Source) -> Reader:
    reader = reader_of(source)
    assert reader is not None
    return reader


def _pyav(path: str) -> None:
    import av

    with av.open(path) as movie:
        stream = movie.streams.video[0]
        assert stream.codec_context.width == 1920 and stream.frames >= 0


def _ffprobe(program: str, path: str) -> None:
    command = [program, "-v", "error", "-show_format", "-show_streams", "-of", "json", path]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
