# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishing against `cp -r; sync -f` of the same frames on the same disk; what it reads; what a large plan weighs.

Every copy starts on a quiet disk (a sync before, outside the clock) and reads a source that is in memory, so the times
are those of writing and flushing. TMPDIR chooses the disk.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from measure import Row, at_most, beside, main, medians, progress
from ramses_plates.core.clip import Clip, NameRun
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.job import Copies, PublishJob
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.verify import verify
from ramses_plates.core.versions import list_versions

MIB = 1 << 20
LARGEST_PLAN = 150  # MiB resident
# A plan of 400 clips with 500 files each, in a process of its own that also walks all of it.
WEIGHT = """
import sys
from ramses_plates.core.clip import Clip, NameRun
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.job import Copies, PublishJob
from ramses_plates.core.source_files import SourceFiles
root, shots = sys.argv[1], int(sys.argv[2])
jobs = []
for shot in range(shots):
    run = NameRun("plate.", ".exr", 4, 1001, 1500)
    frames = FrameSet(((1001, 1500),))
    clip = Clip("sequence", root, f"SH{shot:04d}", "plate", "exr", ".", 4, frames, (run,))
    jobs.append(PublishJob("/p", "a/b", "", "OK", (Copies(SourceFiles.take(clip), "P.", ".exr"),), "r", str(shot)))
assert sum(1 for job in jobs for file, name in job.pairs() if file.size == 0) == shots * 500
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def run(quick: bool) -> list[Row]:
    """The rows of publishing."""
    frames = 30 if quick else 300
    rows = []
    with _scratch() as place:
        large = _delivery(place / "large", frames, 12 * MIB)
        taken = _turns(_copies(large, place, {"copy": "copy", "full": "full"}), 3 if quick else 5)
        rows.append(at_most(f"publish {frames} frames of 12 MiB, hashed, durable", taken["copy"], taken["cp"], 1.2))
        rows.append(at_most("the same with re-read from the device", taken["full"], taken["cp"], 1.6))
        rows.append(_bytes_read(large, place))
        rows.append(beside(_verify(large, place)))
        shutil.rmtree(place / "large")
        small = _delivery(place / "small", frames * 10, 400 << 10)
        taken = _turns(_copies(small, place, {"copy": "copy", "full": "full"}), 3)
        name = f"publish {frames * 10:,} frames of 400 KiB"
        rows.append(beside(at_most(f"{name}, hashed, durable", taken["copy"], taken["cp"], 1)))
        rows.append(beside(at_most(f"{name}, with re-read from the device", taken["full"], taken["cp"], 1)))
        shutil.rmtree(place / "small")
        rows.append(_weight(place, 40 if quick else 400))
        rows.append(beside(_listing(place, 300 if quick else 3000)))
    return rows


def _copies(files: SourceFiles, place: Path, levels: dict[str, str]) -> dict[str, Callable[[], float]]:
    """Each action prepares a quiet disk, copies, and returns the seconds of the copying alone."""
    source, target = files.clip.folder, place / "cp"

    def cp() -> float:
        _quiet(target)
        command = f"cp -r '{source}' '{target}'; sync -f '{target}'"
        return _timed(lambda: subprocess.run(command, shell=True, check=True))

    def level_of(level: str) -> Callable[[], float]:
        def ours() -> float:
            job = _job(files, place / "project", level)
            _quiet(place / "project", make=True)
            return _timed(lambda: publish(job))

        return ours

    return {"cp": cp, **{name: level_of(level) for name, level in levels.items()}}


def _turns(actions: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Medians of seconds that the actions measure themselves, taken in turns after one warm round."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(-1, rounds):
        for name, action in actions.items():
            seconds = action()
            if turn >= 0:
                taken[name].append(seconds)
    return {name: statistics.median(times) for name, times in taken.items()}


def _bytes_read(files: SourceFiles, place: Path) -> Row:
    """Bytes read per byte copied, as the kernel counts them for this process."""
    _quiet(place / "project", make=True)
    job = _job(files, place / "project", "copy")
    before = _read_so_far()
    done = publish(job)
    read = (_read_so_far() - before) / MIB
    # The kernel also counts the few bytes of /proc, the listings and the journal.
    return at_most("bytes read per byte copied (= 1.0)", read, done.bytes / MIB, 1.001, "MiB")


def _verify(files: SourceFiles, place: Path) -> Row:
    _quiet(place / "project", make=True)
    done = publish(_job(files, place / "project", "copy"))
    folder = os.fspath(place / "project" / done.folder)
    cat = f"cat '{folder}'/*.exr > /dev/null"

    def reader() -> float:
        _drop(folder)
        return _timed(lambda: subprocess.run(cat, shell=True, check=True))

    taken = _turns({"verify": lambda: _timed(lambda: verify(folder)), "cat": reader}, 3)
    return at_most("verify a version from the device, against cat of its files", taken["verify"], taken["cat"], 1)


def _weight(place: Path, shots: int) -> Row:
    """Peak resident MiB of a process that takes a plan from the disk and walks it."""
    progress(f"making {shots * 500:,} empty files")
    root = place / "plan"
    for shot in range(shots):
        folder = root / f"SH{shot:04d}"
        folder.mkdir(parents=True)
        for frame in range(1001, 1501):
            (folder / f"plate.{frame}.exr").touch()
    command = [sys.executable, "-c", WEIGHT, os.fspath(root), str(shots)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return at_most(f"memory of a {shots * 500:,}-file plan", int(done.stdout) / 1024, LARGEST_PLAN, 1, "MiB")


def _listing(place: Path, shots: int) -> Row:
    """All versions of a project by name, against find of the same folders."""
    root = place / "versions"
    for shot in range(shots):
        name = f"PROJ_S_SH{shot:04d}"
        for version in ("001_WIP", "002_OK"):
            (root / "05-SHOTS" / name / f"{name}_PLATE" / "_published" / version).mkdir(parents=True)
    find = f"find '{root}' -type d | wc -l"
    taken = medians(
        {
            "ours": lambda: list_versions(os.fspath(root)),
            "find": lambda: subprocess.run(find, shell=True, check=True, stdout=subprocess.DEVNULL),
        },
        5,
    )
    return at_most(f"versions of {shots:,} shots, against find", taken["ours"], taken["find"], 1)


def _job(files: SourceFiles, project: Path, level: str) -> PublishJob:
    copies = (Copies(files, "PROJ_S_SH010_PLATE.", ".exr"),)
    step = "05-SHOTS/PROJ_S_SH010/PROJ_S_SH010_PLATE"
    return PublishJob(os.fspath(project), step, "", "OK", copies, "bench", "bench", verify=level)  # type: ignore[arg-type]


def _delivery(folder: Path, frames: int, size: int) -> SourceFiles:
    progress(f"making {frames:,} frames of {size / MIB:.1f} MiB")
    folder.mkdir()
    noise = os.urandom(size)
    for frame in range(1001, 1001 + frames):
        (folder / f"plate.{frame}.exr").write_bytes(frame.to_bytes(8, "big") + noise[8:])
    last = 1000 + frames
    run = NameRun("plate.", ".exr", 4, 1001, last)
    clip = Clip("sequence", os.fspath(folder), ".", "plate", "exr", ".", 4, FrameSet(((1001, last),)), (run,))
    os.sync()
    return SourceFiles.take(clip)


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _quiet(target: Path, *, make: bool = False) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if make:
        target.mkdir()
    os.sync()


def _drop(folder: str) -> None:
    """Take the files of a folder out of memory."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            fd = os.open(path, os.O_RDONLY)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(fd)


def _read_so_far() -> int:
    with open("/proc/self/io", encoding="ascii") as file:
        return int(file.readline().split()[1])


@contextmanager
def _scratch() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="plates-bench-"))
    try:
        yield place
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    sys.exit(main(__doc__, run))
