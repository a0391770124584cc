# SPDX-License-Identifier: GPL-3.0-or-later
"""Restoring, emptying and publishing at the same moment: no number is issued twice, whoever is first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import judge
import make_job
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles
from ramses_plates.core.trash import list_trash
from ramses_plates.core.tree import parse_version_folder
from ramses_plates.core.undo import undo

SUPPORT = Path(__file__).parents[1] / "support"
HOME = f"{make_job.STEP_FOLDER}/_published"
PUBLISH = """
import sys, make_job
from ramses_plates.core.publish import publish
from ramses_plates.core.source_files import SourceFiles
from pathlib import Path
root, source, name = sys.argv[1:]
files = SourceFiles.take(make_job.clip(Path(source), last=1002))
print("ready", flush=True); sys.stdin.readline()
for n in range(3):
    publish(make_job.job(Path(root), files, run=name, plan=f"{name}-{n}", verify="copy"), jobs=1)
"""
TRASH = """
import sys
from ramses_plates.core.trash import restore
from ramses_plates.core.trash_empty import empty_trash
root, run, what = sys.argv[1:]
print("ready", flush=True); sys.stdin.readline()
if what == "restore":
    restore(root, run, jobs=1)
else:
    empty_trash(root)
"""


def start(code: str, *words: str) -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", code, *words], cwd=SUPPORT, text=True, **pipes)


def numbers(folder: Path) -> list[int]:
    found = [parse_version_folder(name) for name in (os.listdir(folder) if folder.is_dir() else [])]
    return sorted(version.number for version in found if version is not None)


def test_no_number_is_issued_twice(tmp_path: Path) -> None:
    source = tmp_path / "in"
    files = SourceFiles.take(make_job.sequence(source, last=1002, size=60))
    for turn in range(4):
        root = tmp_path / f"proj-{turn}"
        root.mkdir()
        for number in range(3):
            publish(make_job.job(root, files, run=f"run-{number}", plan=f"p{number}", verify="copy"), jobs=1)
            assert undo(os.fspath(root), f"run-{number}").ok
        crowd = [start(PUBLISH, os.fspath(root), os.fspath(source), f"new-{name}") for name in "ab"]
        crowd += [start(TRASH, os.fspath(root), f"run-{number}", "restore") for number in (0, 2)]
        crowd.append(start(TRASH, os.fspath(root), "-", "empty"))
        for one in crowd:
            assert one.stdout is not None and one.stdout.readline() == "ready\n"
        for one in crowd:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        for one in crowd:
            _out, err = one.communicate(timeout=120)
            assert one.returncode == 0 or "ManifestError" in err.splitlines()[-1], err  # emptied before its restore
        published = numbers(root / HOME)
        trashed = numbers(root / "_trash" / make_job.STEP_FOLDER)
        assert len(published) == len(set(published)) and not set(published) & {
            parsed.number for entry in list_trash(os.fspath(root)) if (parsed := parse_version_folder(entry.place[-6:]))
        }
        assert set(range(4, 10)) <= set(published) and set(published) | set(trashed) == set(range(1, 10))
        judge.versions(root)
