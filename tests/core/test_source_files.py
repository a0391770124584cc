# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of delivered files: taken once, complete, and small enough for 200,000 of them."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from pathlib import Path

import make_job
import peak_memory
import pytest
from ramses_plates.core.clip import Clip, NameRun
from ramses_plates.core.errors import Cancelled
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.frames import FrameSet
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.workers import paced, run_all


def test_every_file_as_it_is(tmp_path: Path) -> None:
    clip = make_job.sequence(tmp_path, 998, 1003)
    files = SourceFiles.take(clip)
    assert len(files) == 6
    for file, (frame, name) in zip(files, clip.files(), strict=True):
        facts = (tmp_path / name).stat()
        assert file.path == os.fspath(tmp_path / name)
        assert (file.frame, file.frame_text) == (frame, f"{frame:03d}")
        assert (file.size, file.mtime_ns, file.inode) == (facts.st_size, facts.st_mtime_ns, facts.st_ino)
    assert files.total_bytes == sum(path.stat().st_size for path in tmp_path.iterdir())
    assert files.problems == () and files.vanished == () and files.zero_byte == ()
    assert pickle.loads(pickle.dumps(files)) == files


def test_frame_texts_are_those_of_the_names(tmp_path: Path) -> None:
    runs = (NameRun("a_", ".x.exr", 4, -2, -1), NameRun("a_", ".x.exr", 1, 0, 1), NameRun("a_", ".x.exr", 3, 4, 8, 2))
    clip = Clip("sequence", os.fspath(tmp_path), ".", "a", "exr", "_", 1, FrameSet.parse("-2-1,4,6,8"), runs)
    texts = [file.frame_text for file in SourceFiles.take(clip)]
    assert texts == ["-0002", "-0001", "0", "1", "004", "006", "008"]


def test_a_movie(tmp_path: Path) -> None:
    (file,) = SourceFiles.take(make_job.movie(tmp_path))
    assert (file.frame, file.frame_text, file.size) == (None, "", 20000)


def test_what_cannot_be_published_is_told_by_name(tmp_path: Path) -> None:
    clip = make_job.sequence(tmp_path, last=1005)
    (tmp_path / "plate.1001.exr").unlink()
    (tmp_path / "plate.1002.exr").unlink()
    (tmp_path / "plate.1002.exr").mkdir()
    (tmp_path / "plate.1003.exr").write_bytes(b"")
    (tmp_path / "plate.1004.exr").unlink()
    (tmp_path / "plate.1004.exr").symlink_to("nowhere")
    files = SourceFiles.take(clip)
    assert dict(files.problems) == {
        "plate.1001.exr": "the file is gone.",
        "plate.1002.exr": "this is not a file.",
        "plate.1004.exr": "the file is gone.",
    }
    assert files.vanished == ("plate.1001.exr", "plate.1002.exr", "plate.1004.exr")
    assert files.zero_byte == ("plate.1003.exr",) and str(files.zero_byte_frames) == "1003"
    assert files.total_bytes == (tmp_path / "plate.1005.exr").stat().st_size


def test_links_to_files_are_files(tmp_path: Path) -> None:
    make_job.sequence(tmp_path / "real", last=1001)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "plate.1001.exr").symlink_to(tmp_path / "real" / "plate.1001.exr")
    files = SourceFiles.take(make_job.clip(tmp_path / "in", last=1001))
    assert files.problems == () and files.total_bytes > 0


def test_the_digest_notices_every_change(tmp_path: Path) -> None:
    clip = make_job.sequence(tmp_path)
    first = SourceFiles.take(clip).digest()
    assert SourceFiles.take(clip).digest() == first
    os.utime(tmp_path / "plate.1002.exr", ns=(1, 1))
    second = SourceFiles.take(clip).digest()
    assert second != first
    with (tmp_path / "plate.1003.exr").open("ab") as file:
        file.write(b"x")
    assert SourceFiles.take(clip).digest() not in (first, second)


@pytest.mark.parametrize("when", [2**33, 2**62 // 10**9])
def test_absurd_times_are_survived(tmp_path: Path, when: int) -> None:
    clip = make_job.sequence(tmp_path, last=1001)
    os.utime(tmp_path / "plate.1001.exr", (when, when))
    before = SourceFiles.take(clip)
    assert before.problems == () and SourceFiles.take(clip).digest() == before.digest()


def test_progress_and_cancel(tmp_path: Path) -> None:
    clip = make_job.sequence(tmp_path)
    events: list[Event] = []
    SourceFiles.take(clip, listen=events.append)
    assert (events[-1].stage, events[-1].done, events[-1].total, events[-1].unit) == ("plan", 4, 4, "files")
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        SourceFiles.take(clip, cancel=cancel)


def test_a_slow_share_is_asked_by_many_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make_job.sequence(tmp_path, 1, 400, size=10)
    real, seen = os.stat, set()

    def slow(path: str, *values: object, **options: object) -> os.stat_result:
        seen.add(threading.get_ident())
        time.sleep(0.002)
        return real(path, *values, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", slow)
    files = SourceFiles.take(clip)
    assert len(seen) > 4 and files.problems == () and 0 not in files.sizes


def test_a_plan_of_200_000_files_stays_small() -> None:
    """Resident memory of a whole process that holds and walks it, without the disk's own cost."""
    code = (
        "import peak_memory\n"
        "from array import array\n"
        "from ramses_plates.core.clip import Clip, NameRun\n"
        "from ramses_plates.core.frames import FrameSet\n"
        "from ramses_plates.core.job import Copies, PublishJob\n"
        "from ramses_plates.core.source_files import SourceFiles\n"
        "jobs = []\n"
        "for shot in range(400):\n"
        "    run = NameRun('plate.', '.exr', 4, 1001, 1500)\n"
        "    clip = Clip('sequence', '/in', f'SH{shot}', 'plate', 'exr', '.', 4, FrameSet(((1001, 1500),)), (run,))\n"
        "    numbers = array('q', range(shot * 500, shot * 500 + 500))\n"
        "    files = SourceFiles(clip, numbers, array('q', numbers), array('Q', numbers))\n"
        "    jobs.append(PublishJob('/p', 'a/b', '', 'OK', (Copies(files, 'P.', '.exr'),), 'r', str(shot)))\n"
        "assert sum(1 for job in jobs for _ in job.pairs()) == 200_000\n"
        "assert len({job.key for job in jobs}) == 400\n"
        "print(peak_memory.kib())\n"
    )
    support = os.path.dirname(peak_memory.__file__)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=support)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 80 * 1024


# --- the threads


@pytest.mark.parametrize("threads", [1, 2, 9])
def test_every_item_is_worked_on_once(threads: int) -> None:
    seen: list[int] = []
    run_all(iter(range(100)), seen.append, threads)
    assert sorted(seen) == list(range(100))
    assert threads > 1 or seen == list(range(100))


@pytest.mark.parametrize("threads", [1, 4])
def test_the_first_error_ends_all_and_is_raised_when_all_have_ended(threads: int) -> None:
    stop, running = Cancel(), []

    def work(item: int) -> None:
        if item == 5:
            raise ValueError("five")
        running.append(item)
        while threads > 1 and not stop.wait(0.01):
            pass
        running.remove(item)
        stop.check()

    items = iter([1, 2, 3, 5] if threads > 1 else [5])
    with pytest.raises(ValueError, match="five"):
        run_all(items, work, threads, stop)
    assert running == []


def test_an_endless_stream_is_not_drawn_ahead() -> None:
    drawn = 0

    def items() -> object:
        nonlocal drawn
        while True:
            drawn += 1
            yield drawn

    def work(item: int) -> None:
        if item == 50:
            raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        run_all(items(), work, 4)  # type: ignore[arg-type]
    assert drawn < 60


def test_fast_calls_stay_in_this_thread() -> None:
    seen = set()
    paced(iter(range(100)), lambda _item: seen.add(threading.get_ident()), None)
    assert seen == {threading.get_ident()}
