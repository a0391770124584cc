# SPDX-License-Identifier: GPL-3.0-or-later
"""One publishing onto a small disk of its own, which it mounts: `small_disk.py PLACE MOUNT-OPTIONS CASE:JOBS[:AT]`.

It runs in a mount name space of its own (unshare), and prints as JSON how the publishing ended and what was left.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import judge
import make_job
from ramses_plates.core import stage
from ramses_plates.core.errors import PlatesError
from ramses_plates.core.job import PublishJob
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles

SIZE, LAST = 1 << 20, 1003


def main(place: Path, options: str, case: str) -> None:
    """Mount, publish, look, mend what was wrong, publish again."""
    name, jobs_text, at = (*case.split(":"), "0")[:3]
    jobs = None if jobs_text == "all" else int(jobs_text)
    disk = place / "disk"
    mount(disk, options)
    project = disk / "PROJ"
    project.mkdir()
    files = SourceFiles.take(make_job.sequence(place / "in", last=LAST, size=2 << 20 if name == "fills" else SIZE))
    filler = Filler(disk, int(at), name)
    if name == "read-only":
        mount(disk, "remount,ro")
    found = attempt(make_job.job(project, files), jobs)
    found["left"] = left(project)
    found["versions"] = len(judge.versions(project))
    found["most"] = filler.most
    found["filler"] = filler.path.exists() if filler.path else False
    filler.undo()
    if name != "names":
        if name == "too-big":
            files = SourceFiles.take(make_job.sequence(place / "small", last=1001, size=1000))
        found["again"] = publish(make_job.job(project, files)).version
        assert len(judge.versions(project)) == 1
        found["left_after"] = judge.leftovers(project)
    print(json.dumps(found))


class Filler:
    """Fills the disk, or makes it read-only, when so many pieces were copied; counts the bytes that were copied."""

    def __init__(self, disk: Path, at: int, case: str) -> None:
        self._disk, self._at, self._case = disk, at, case
        self._seen = 0
        self.most = 0
        self.path: Path | None = None
        real = stage._Copier._alive

        def alive(copier: Any, count: int) -> None:
            self.most += count
            self._look()
            real(copier, count)

        stage._Copier._alive = alive  # type: ignore[method-assign]

    def _look(self) -> None:
        self._seen += 1
        if self._seen != self._at + 1:
            return
        if self._case == "fills":
            self.path = self._disk / "somebody else's"
            with open(self.path, "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(4096))
                except OSError:
                    pass
        elif self._case == "becomes-read-only":
            # With files open for writing the system refuses an ordinary remount: a bind mount can be made so.
            mount(self._disk, "bind", source=os.fspath(self._disk))
            mount(self._disk, "remount,bind,ro")

    def undo(self) -> None:
        """There is room again, and everybody may write."""
        if self.path:
            self.path.unlink()
        if self._case == "read-only":
            mount(self._disk, "remount,rw")
        elif self._case == "becomes-read-only":
            subprocess.run(["umount", "-l", os.fspath(self._disk)], check=True)


def attempt(job: PublishJob, jobs: int | None) -> dict[str, Any]:
    """How the publishing ended."""
    try:
        return {"version": publish(job, jobs=jobs).version}
    except PlatesError as error:
        return {"error": type(error).__name__, "text": str(error), "path": error.path, "advice": error.advice}


def left(project: Path) -> list[str]:
    """What is there besides the journal."""
    return [path for path in judge.tree(project) if not path.startswith("_ingest_reports")]


def mount(where: Path, options: str, source: str = "tmpfs") -> None:
    """Mount, or mount again in another way."""
    kind = ["-t", "tmpfs"] if source == "tmpfs" and "remount" not in options else []
    subprocess.run(["mount", *kind, "-o", options, source, os.fspath(where)], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
