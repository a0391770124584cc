# SPDX-License-Identifier: GPL-3.0-or-later
"""Probe: headers against one bare read of 4 KiB, threads against latency, cuts of EXRs found, the cache when warm.

Headers are read one by one in one thread, as `probe_file` does it, from files that are in memory already.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import make_clips
import make_dpx
import make_exr
from measure import Row, at_least, at_most, beside, main, medians, progress
from ramses_plates.core.cache import ProbeCache
from ramses_plates.core.errors import DamagedFile
from ramses_plates.core.probe import exr, probe_clips, probe_file
from ramses_plates.core.probe.source import Source

RATE = Fraction(24000, 1001)
LATENCY = 0.004  # seconds per read


def run(quick: bool) -> list[Row]:
    """The rows of the prober. `quick` takes a tenth of the files."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="plates-bench-") as folder:
        rows += _headers(Path(folder), 40 if quick else 400, 5 if quick else 15)
        rows.append(_latency(Path(folder), 160 if quick else 800))
        rows.append(_cuts(Path(folder), 200 if quick else 2000))
        rows += _warm_cache(Path(folder) / "cached", 500 if quick else 5000, 3 if quick else 9)
    return rows


def plate(frame: int, **options: Any) -> bytes:
    """An ordinary plate: header below 2 KiB, with timecode, rate and reel."""
    return make_exr.build(
        256, 64, timecode=(1, 0, frame // 24 % 60, frame % 24, False), fps=RATE, reel="A001C003", **options
    )


def camera_plate(frame: int) -> bytes:
    """A plate with the header of a digital camera: some 300 attributes, about 16 KiB."""
    attributes = {f"com.camera.metadata.{at:03d}": ("string", b"0.123456789") for at in range(300)}
    return plate(frame, attributes=attributes)


def scan(frame: int) -> bytes:
    """A scanned frame with film and television header."""
    return make_dpx.build(
        64, 36, timecode=(1, 0, frame // 24 % 60, frame % 24, False), fps=24, film_fps=24, reel="A001"
    )


def written(folder: Path, count: int, ext: str, build: Callable[[int], bytes]) -> list[str]:
    """The paths of so many files."""
    folder.mkdir()
    paths = [str(folder / f"plate.{at:04d}.{ext}") for at in range(count)]
    for at, path in enumerate(paths):
        Path(path).write_bytes(build(at))
    return paths


def bare_read(paths: list[str]) -> None:
    """The limit: open, read 4 KiB, close."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        os.pread(handle, 4096, 0)
        os.close(handle)


def probe_each(paths: list[str]) -> None:
    """What is measured."""
    for path in paths:
        probe_file(path)


def _headers(folder: Path, count: int, rounds: int) -> list[Row]:
    import OpenImageIO as oiio

    def by_openimageio(paths: list[str]) -> None:
        for path in paths:
            image = oiio.ImageInput.open(path)
            assert image, oiio.geterror()
            image.spec()
            image.close()

    progress(f"headers of {count} files each")
    ordinary = written(folder / "exr", count, "exr", plate)
    camera = written(folder / "camera", count, "exr", camera_plate)
    dpx = written(folder / "dpx", count, "dpx", scan)
    # Turns shorter than what the system gives a process at a time: half of them at least are not interrupted.
    few = 40
    taken = medians(
        {
            "limit exr": lambda: bare_read(ordinary[:few]),
            "exr": lambda: probe_each(ordinary[:few]),
            "limit dpx": lambda: bare_read(dpx[:few]),
            "dpx": lambda: probe_each(dpx[:few]),
        },
        rounds * 25,
    )
    judged = medians(
        {
            "again exr": lambda: probe_each(ordinary),
            "oiio exr": lambda: by_openimageio(ordinary),
            "again dpx": lambda: probe_each(dpx),
            "oiio dpx": lambda: by_openimageio(dpx),
            "camera": lambda: probe_each(camera),
            "oiio camera": lambda: by_openimageio(camera),
        },
        rounds,
    )
    each = {name: seconds / few for name, seconds in taken.items()}
    each |= {name: seconds / count for name, seconds in judged.items()}
    return [
        at_most("EXR header, against open + read 4 KiB + close", each["exr"], each["limit exr"], 4),
        at_least("EXR header, against OpenImageIO", each["again exr"], each["oiio exr"], 2),
        beside(
            at_least(
                "EXR with a camera's header of 16 KiB, against OpenImageIO", each["camera"], each["oiio camera"], 1
            )
        ),
        at_most("DPX header, against open + read 4 KiB + close", each["dpx"], each["limit dpx"], 3),
        beside(at_least("DPX header, against OpenImageIO", each["again dpx"], each["oiio dpx"], 1)),
    ]


@contextmanager
def slow_reads() -> Iterator[None]:
    """Every read of a file takes as long as on a busy share."""
    real = Source._pread

    def slow(self: Source, length: int, offset: int) -> bytes:
        time.sleep(LATENCY)
        return real(self, length, offset)

    Source._pread = slow  # type: ignore[method-assign]
    try:
        yield
    finally:
        Source._pread = real  # type: ignore[method-assign]


def _latency(folder: Path, count: int) -> Row:
    progress(f"{count} EXR headers on a slow share")
    clips = [make_clips.single(path) for path in written(folder / "slow", count, "exr", plate)]

    def probe(jobs: int) -> int:
        return sum(1 for _media in probe_clips(clips, jobs=jobs))

    with slow_reads():
        taken = medians({"one": lambda: probe(1), "many": lambda: probe(16)}, rounds=1, warm=0)
    work = f"{count} EXR headers with 4 ms per read, 16 threads against one"
    return at_least(work, taken["many"], taken["one"], 10)


def _cuts(folder: Path, count: int) -> Row:
    """Random cuts of EXRs made by others, of our own where there are none: all have to be found, none invented."""
    named = os.environ.get("RAMSES_PLATES_MEDIA", "")
    sources = sorted(Path(named).glob("exr/*.exr")) if named else []
    files = [data for data in (path.read_bytes() for path in sources) if _complete(folder, data)]
    if not files:
        files = [plate(0), plate(0, compression="zip"), plate(0, pixel_type="float"), camera_plate(0)]
    progress(f"{count} cuts of {len(files)} EXRs")
    chance = random.Random(1)
    found = 0
    for at in range(count):
        data = files[at % len(files)]
        found += not _complete(folder, data[: chance.randrange(4, len(data))])
    work = f"random cuts of {len(files)} {'real' if named and sources else 'made'} EXRs found by their chunk tables"
    return Row(work, float(found), float(count), found / count, "= 1", found == count, "files")


def _complete(folder: Path, data: bytes) -> bool:
    path = folder / "cut.exr"
    path.write_bytes(data)
    try:
        with Source(str(path)) as source:
            return exr.check_complete(source) is None
    except DamagedFile:
        return False


_BARE = "import os, sys\nfor line in open(sys.argv[1]):\n    os.stat(line[:-1])"
_CLIPS = """
import sys
from ramses_plates.core.clip import Clip
lines = open(sys.argv[1]).read().splitlines()
clips = []
for path in lines:
    folder, _slash, name = path.rpartition("/")
    clips.append(Clip("still", folder, ".", name[:-4], "exr", file=name))
"""
_STAT = f"""{_CLIPS}
import os
for clip in clips:
    os.stat(clip.first_path)
"""
_PROBE = f"""{_CLIPS}
from ramses_plates.core.cache import ProbeCache
from ramses_plates.core.probe import probe_clips
with ProbeCache(sys.argv[2]) as cache:
    widths = [media.width for _index, media in probe_clips(clips, cache=cache)]
assert widths == [256] * len(lines), "not all clips were probed"
"""


def _warm_cache(folder: Path, count: int, rounds: int) -> list[Row]:
    """Processes that begin with the same clips: one stats their first files, ours says what is in them.

    Beside it a script that knows neither clips nor this package: half of what it saves is the loading of dataclasses
    and SQLite.
    """
    progress(f"{count} clips in a warm cache")
    folder.mkdir()
    paths = []
    for shot in range(count // 50):
        paths += written(folder / f"shot{shot:03d}", 50, "exr", plate)
    listing, cache = folder / "paths.txt", folder / "cache.sqlite"
    listing.write_text("".join(f"{path}\n" for path in paths))

    # What is installed is compiled, whatever the machine that measures says about bytecode.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")

    def process(*words: str) -> None:
        subprocess.run([sys.executable, "-c", *words], check=True, env=environment)

    process(_PROBE, str(listing), str(cache))
    with ProbeCache(str(cache)) as warm:
        assert warm.usable
    taken = medians(
        {
            "bare": lambda: process(_BARE, str(listing)),
            "stat": lambda: process(_STAT, str(listing)),
            "probe": lambda: process(_PROBE, str(listing), str(cache)),
        },
        rounds,
    )
    work = f"{count:,} clips from the warm cache in a fresh process, against"
    return [
        at_most(f"{work} one that stats each first file", taken["probe"], taken["stat"], 3),
        beside(at_most(f"{work} a bare script that stats so many paths", taken["probe"], taken["bare"], 3)),
    ]


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
