# SPDX-License-Identifier: GPL-3.0-or-later
"""Works for long in a process of its own and writes as JSON what it held: `flat_child.py files|runs|rounds FOLDER ...`.

files FOLDER CLIPS FRAMES: a delivery of hard links to one frame goes from the scan to the report.
runs FOLDER COUNT: small ingests, of which most fail or are cancelled somewhere.
rounds FOLDER COUNT PORT: connections to a Ramses on that port and to none, each with a sync.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import shutil
import sys
import threading
from contextlib import suppress
from pathlib import Path

import make_delivery
import make_exr
import peak_memory
from ramses_plates.core import outbox
from ramses_plates.core.cache import ProbeCache
from ramses_plates.core.errors import Cancelled, PlatesError
from ramses_plates.core.events import Cancel, Event
from ramses_plates.core.ingest import carry_out, plan_delivery
from ramses_plates.core.register import sync
from ramses_plates.core.undo import undo
from ramses_plates.core.verify import verify
from ramses_plates.lib.ramses.client import RamDaemonInterface
from ramses_plates.lib.ramses.wire import Limits
from registrations import publish, registration

Figures = dict[str, int]
WARM_UP = 30
SHORT = Limits(connect=5.0, silence=5.0, total=20.0)


def held() -> Figures:
    """What this process holds now: memory (KiB), its peak, open files, threads, objects of Python."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # what the C library keeps for later is no leak
    with open("/proc/self/status", encoding="ascii") as file:
        rss = int(next(line for line in file if line.startswith("VmRSS:")).split()[1])
    handles = len(os.listdir("/proc/self/fd")) - 1  # the listing itself is one
    return {
        "rss": rss,
        "peak": peak_memory.kib(),
        "handles": handles,
        "threads": threading.active_count(),
        "objects": len(gc.get_objects()),
    }


class Watcher:
    """Listens to a run and keeps the most open files and threads that it saw; cancels after some events."""

    def __init__(self, cancel: Cancel | None = None, after: int = -1) -> None:
        self.handles = self.threads = self.seen = 0
        self._cancel, self._after = cancel, after

    def __call__(self, _event: Event) -> None:
        self.seen += 1
        if self._cancel is not None and self.seen > self._after:
            self._cancel.set()
        self.handles = max(self.handles, len(os.listdir("/proc/self/fd")) - 1)
        self.threads = max(self.threads, threading.active_count())


def files(folder: Path, clips: int, frames: int) -> dict[str, object]:
    """Ingest a small delivery, then one of clips x frames files."""
    frame = folder / "frame.exr"
    make_exr.write(os.fspath(frame), 16, 9)
    _ingest_links(frame, folder / "small", 4, 500)
    before = held()
    watcher = _ingest_links(frame, folder / "large", clips, frames)
    return {"before": before, "after": held(), "most_handles": watcher.handles, "most_threads": watcher.threads}


def _ingest_links(frame: Path, folder: Path, clips: int, frames: int) -> Watcher:
    for number in range(clips):
        home = folder / "in" / f"SH{number:04d}"
        home.mkdir(parents=True)
        for at in range(1001, 1001 + frames):
            os.link(frame, home / f"SEQ010_SH{number:04d}_PLATE.{at:04d}.exr")
    root = make_delivery.project(folder)
    watcher = Watcher()
    options = make_delivery.options(root, verify="copy")
    plan = plan_delivery([os.fspath(folder / "in")], options, listen=watcher)
    result = carry_out(plan, listen=watcher)
    published = sum(clip.published.files for clip in result.clips if clip.published)
    assert result.ok and published == clips * frames, (result.warnings, published)
    shutil.rmtree(folder)
    return watcher


def runs(folder: Path, count: int) -> dict[str, object]:
    """Warm up, then `count` runs; what was held before and after, and how they ended."""
    ends: dict[str, int] = {}
    for number in range(WARM_UP):
        _run(folder, number)
    before = held()
    for number in range(count):
        end = _run(folder, number)
        ends[end] = ends.get(end, 0) + 1
    return {"before": before, "after": held(), "ends": ends}


def _run(folder: Path, number: int) -> str:
    """One ingest in an empty project; what happens to it goes by its number."""
    home = folder / "run"
    for shot in ("SH010", "SH020"):
        make_delivery.plate(home / "in" / shot, f"SEQ010_{shot}_PLATE", range(1001, 1004))
    root = make_delivery.project(home)
    kind = number % 5
    cancel = Cancel()
    listen = Watcher(cancel, number // 5) if kind in (1, 2) else Watcher()
    try:
        with ProbeCache(os.fspath(folder / "cache" / "probe.sqlite")) as cache:
            options = make_delivery.options(root)
            plan = plan_delivery([os.fspath(home / "in")], options, cache=cache, listen=listen, cancel=cancel)
        if kind == 3:  # a source changes, and a file lies where a folder should be
            (home / "in" / "SH010" / "SEQ010_SH010_PLATE.1002.exr").write_bytes(b"short")
            (root / "05-SHOTS" / "PROJ_S_SH020").write_bytes(b"in the way")
        result = carry_out(plan, listen=listen, cancel=cancel)
        if kind == 4:
            for clip in result.clips:
                assert clip.published is not None
                assert verify(os.path.join(root, clip.published.folder)).intact
        with suppress(PlatesError):  # a run that published nothing has no journal
            undo(os.fspath(root), result.run)
        return "/".join(sorted({clip.status for clip in result.clips}))
    except Cancelled:
        return "cancelled"
    finally:
        shutil.rmtree(home)


def rounds(folder: Path, count: int, port: int) -> dict[str, object]:
    """Warm up, then `count` connections with a sync each; every fourth meets no Ramses, every seventh is cancelled."""
    ends: dict[str, int] = {}
    for number in range(WARM_UP):
        _round(folder, number, port)
    before = held()
    for number in range(count):
        end = _round(folder, number, port)
        ends[end] = ends.get(end, 0) + 1
    return {"before": before, "after": held(), "ends": ends}


def _round(root: Path, number: int, port: int) -> str:
    publish(root, registration("SH010", 1 + number % 9))
    cancel = Cancel()
    if number % 7 == 3:
        cancel.set()
    client = RamDaemonInterface(1 if number % 4 == 3 else port, limits=SHORT)
    try:
        report = sync(os.fspath(root), client, cancel=cancel)
    finally:
        client.close()
    for entry in outbox.pending(os.fspath(root)):
        os.unlink(entry.path)
    return "/".join(sorted({outcome.result for outcome in report.outcomes}))


if __name__ == "__main__":
    _name, _folder, *_numbers = sys.argv[1:]
    print(json.dumps(globals()[_name](Path(_folder), *map(int, _numbers))))
