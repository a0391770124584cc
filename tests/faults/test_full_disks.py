# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises 3, 4, 9 and 16: really full disks, read-only ones, folders of others, paths that become something else.

The disks are small ones in memory, mounted in a name space of the test's own, so that nobody has to be root.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import judge
import make_job
import pytest
from fault_figures import Figures
from ramses_plates.core import stage
from ramses_plates.core.errors import PlatesError, WriteFailed
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles

CHILD = Path(__file__).parents[1] / "support" / "small_disk.py"


def on_small_disk(place: Path, options: str, case: str) -> dict[str, Any]:
    """What a case of small_disk.py reports, run with a disk of these mount options at `place`/disk."""
    (place / "disk").mkdir()
    command = ["unshare", "-m" if os.geteuid() == 0 else "-Urm", sys.executable, os.fspath(CHILD)]
    done = subprocess.run(
        [*command, os.fspath(place), options, case], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def as_somebody_else(action: Callable[[], object]) -> list[str]:
    """Kind, path and advice of the error that `action` ends in, done by a user who may nothing."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        said = "nobody"
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            said = str(action())
        except PlatesError as error:
            said = f"{type(error).__name__}|{error.path}|{error.advice}"
        except BaseException:  # noqa: BLE001 - told by the assertion
            said = traceback.format_exc()
        finally:  # a child must never come back into the test
            try:
                os.write(write, said.encode())
            finally:
                os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as answer:
        return answer.read().split("|")


@pytest.mark.parametrize("jobs", ["1", "all"])
def test_a_disk_without_room_is_told_before_the_first_byte(fast_folder: Path, jobs: str, figures: Figures) -> None:
    found = on_small_disk(fast_folder, "size=1m", f"too-big:{jobs}")
    assert found["error"] == "DiskFull" and "bytes more are needed" in found["text"] and found["left"] == []
    assert found["advice"] and found["most"] == 0
    assert found["again"] == 1  # with less to copy
    figures.add("full disks")


@pytest.mark.parametrize("at", [0, 1, 2, 4, 6, 8])
@pytest.mark.parametrize("jobs", ["1", "all"])
def test_a_disk_that_somebody_else_fills_meanwhile(fast_folder: Path, jobs: str, at: int, figures: Figures) -> None:
    found = on_small_disk(fast_folder, "size=8m", f"fills:{jobs}:{at}")
    assert found["error"] == "DiskFull" and found["path"] and found["advice"], found
    assert found["left"] == [] and found["filler"]
    assert found["again"] == 1
    figures.add("full disks")


@pytest.mark.parametrize("inodes", range(3, 24))
def test_a_disk_without_room_for_names(fast_folder: Path, inodes: int, figures: Figures) -> None:
    """From a disk that takes not even the folders to one that takes all but the last file."""
    found = on_small_disk(fast_folder, f"size=64m,nr_inodes={inodes}", "names:1")
    if "error" in found:
        assert found["error"] == "DiskFull" and found["path"] and found["advice"], found
        assert found["left"] == []
    assert found["versions"] == (0 if "error" in found else 1)
    figures.add("full disks")


def test_a_disk_that_is_read_only(fast_folder: Path, figures: Figures) -> None:
    found = on_small_disk(fast_folder, "size=8m", "read-only:1")
    assert found["error"] == "WriteFailed" and "read-only" in found["text"] and found["left"] == []
    assert found["most"] == 0 and found["again"] == 1
    figures.add("full disks")


@pytest.mark.parametrize("at", [0, 1, 2, 4, 6, 8])
def test_a_disk_that_becomes_read_only_meanwhile(fast_folder: Path, at: int, figures: Figures) -> None:
    """As disks do that have found a fault in themselves. Nothing can be removed then, and that is said, too."""
    found = on_small_disk(fast_folder, "size=64m", f"becomes-read-only:1:{at}")
    assert found["error"] == "WriteFailed" and found["path"] and found["advice"], found
    assert found["versions"] == 0 and "Left behind" in found["text"]
    assert found["again"] == 1 and found["left_after"] == []
    figures.add("full disks")


def test_another_user_is_refused_before_the_first_byte(fast_folder: Path, figures: Figures) -> None:
    """Root passes by permissions, so the test becomes somebody else."""
    files = SourceFiles.take(make_job.sequence(fast_folder / "in"))
    project = fast_folder / "PROJ"
    home = project / make_job.STEP_FOLDER / "_published"
    home.mkdir(parents=True)
    warm = fast_folder / "warm"
    warm.mkdir()
    publish(make_job.job(warm, files), jobs=1)  # somebody else may not even import what is imported late
    for folder in (fast_folder, *fast_folder.rglob("*")):
        folder.chmod(0o755 if folder.is_dir() else 0o644)
    home.chmod(0o555)
    answer = as_somebody_else(lambda: publish(make_job.job(project, files), jobs=1))
    assert len(answer) == 3, answer
    kind, path, advice = answer
    assert (kind, path.startswith(os.fspath(home)), advice) == (
        "WriteFailed", True, "Check the permissions of the folder.",
    )  # fmt: skip
    assert not list(home.iterdir()) and stat.S_IMODE(home.stat().st_mode) == 0o555
    home.chmod(0o755)
    figures.add("full disks")


@pytest.mark.parametrize("at", range(10))
@pytest.mark.parametrize("what", ["step", "home", "staging"])
def test_a_path_that_becomes_a_file(
    what: str, at: int, fast_folder: Path, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    """Somebody moves a folder away under our feet and puts a file in its place: told, and both are kept."""
    files = SourceFiles.take(make_job.sequence(fast_folder / "in", last=1003, size=2 << 20))
    project, aside = fast_folder / "PROJ", fast_folder / "aside"
    project.mkdir()
    step = project / make_job.STEP_FOLDER
    calls = []
    real = stage._Copier._alive

    def interfere(copier: Any, count: int) -> None:
        calls.append(count)
        if len(calls) == at + 1:
            home = step / "_published"
            target = {"step": step, "home": home, "staging": next(home.glob(".ramses-staging-*"))}[what]
            target.rename(aside)
            target.write_text("theirs")
        real(copier, count)

    with monkeypatch.context() as patch, pytest.raises(PlatesError) as caught:
        patch.setattr(stage._Copier, "_alive", interfere)
        publish(make_job.job(project, files), jobs=1)
    assert caught.value.path and caught.value.advice, caught.value
    stranger = [path for path in project.rglob("*") if path.is_file() and path.read_bytes() == b"theirs"]
    assert len(stranger) == 1 and aside.is_dir()
    stranger[0].unlink()
    if what != "staging":
        aside.rename(stranger[0])
    assert publish(make_job.job(project, files)).version >= 1
    assert len(judge.versions(project)) == 1
    figures.add("full disks")


def test_a_project_that_is_not_there_is_not_made(fast_folder: Path, figures: Figures) -> None:
    files = SourceFiles.take(make_job.sequence(fast_folder / "in"))
    with pytest.raises(WriteFailed, match="mounted"):
        publish(make_job.job(fast_folder / "gone" / "PROJ", files))
    assert not (fast_folder / "gone").exists()
    figures.add("full disks")
